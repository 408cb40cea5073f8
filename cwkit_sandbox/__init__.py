"""A local platform with a small ConnectWise behind it, to learn and to test on."""

from cwkit_sandbox.demo import practice_sheet
from cwkit_sandbox.faults import KINDS, parse_faults
from cwkit_sandbox.sandbox import Sandbox, attach, run, start

__all__ = ["KINDS", "Sandbox", "attach", "parse_faults", "practice_sheet", "run", "start"]
