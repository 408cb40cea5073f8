"""The command ``cwkit``: lab, sandbox, inspect, profile and ledger."""

from cwkit.cli.main import main

__all__ = ["main"]
