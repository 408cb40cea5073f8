"""A local platform with a small ConnectWise behind it, to learn and to test on."""

from cwkit_sandbox.face import Sandbox, attach, start
from cwkit_sandbox.faults import KINDS, parse_faults
from cwkit_sandbox.practice_sheet import practice_sheet
from cwkit_sandbox.running import run

__all__ = ["KINDS", "Sandbox", "attach", "parse_faults", "practice_sheet", "run", "start"]
