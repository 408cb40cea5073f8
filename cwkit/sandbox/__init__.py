"""A local platform with a small ConnectWise behind it, to learn and to test on."""

from cwkit.sandbox.face import Sandbox, attach, start
from cwkit.sandbox.faults import KINDS, parse_faults
from cwkit.sandbox.running import run

__all__ = ["KINDS", "Sandbox", "attach", "parse_faults", "run", "start"]
