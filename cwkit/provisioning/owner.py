"""Which process an entry of the ledger belongs to, and whether that process is still alive."""

from __future__ import annotations

import os
import socket
from dataclasses import dataclass
from functools import lru_cache

import psutil

__all__ = ["Owner", "is_gone", "this_process"]

_SAME_START = 2.0
"""Seconds by which two readings of one process's start may differ."""


@dataclass(frozen=True)
class Owner:
    """A process: host name, process id, and its start in Unix seconds, for process ids are used again."""

    host: str
    pid: int
    started: float


def this_process() -> Owner:
    """Return the process that asks."""
    return _owner(os.getpid())


@lru_cache(maxsize=4)
def _owner(pid: int) -> Owner:
    return Owner(socket.gethostname(), pid, psutil.Process(pid).create_time())


def is_gone(owner: Owner) -> bool | None:
    """Say whether a process has ended; ``None`` where it ran on another machine and nobody can tell."""
    if owner.host != this_process().host:
        return None
    try:
        process = psutil.Process(owner.pid)
        ended = bool(process.status() == psutil.STATUS_ZOMBIE)
        return ended or abs(process.create_time() - owner.started) > _SAME_START
    except psutil.NoSuchProcess:
        return True
    except psutil.Error:
        return None
