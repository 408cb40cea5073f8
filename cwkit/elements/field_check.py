"""The vocabulary of a check: a repair that was made, a problem that is left, and the value between."""

from __future__ import annotations

from dataclasses import dataclass, replace

from cwkit.redaction import MASK, Secret, as_secret, reveal

__all__ = ["FieldCheck", "Problem", "Repair"]


@dataclass(frozen=True)
class Repair:
    """A value or key that had one possible meaning and was put right. Secrets are masked."""

    key: str
    before: str
    after: str
    reason: str

    def __str__(self) -> str:
        told = self.after not in ("", MASK, self.key)
        return f"{self.key}: {self.reason}" + (f" Now: {self.after}" if told else "")


@dataclass(frozen=True)
class Problem:
    """A value that cannot stay. ``shown`` is the value, masked where it is secret.

    ``certain``: the platform refuses it for sure.
    """

    key: str
    code: str
    message: str
    fix: str
    shown: str = ""
    certain: bool = False

    def __str__(self) -> str:
        return f"{self.message} {self.fix}".strip()


@dataclass(frozen=True)
class FieldCheck:
    """One value on its way through the rules: as it will be sent, what was repaired, what is wrong."""

    key: str
    value: str | Secret | None
    secret: bool = False
    repairs: tuple[Repair, ...] = ()
    problem: Problem | None = None

    @property
    def text(self) -> str:
        """The value in clear, for the rules; empty where there is none."""
        return "" if self.value is None else str(reveal(self.value))

    @property
    def shown(self) -> str:
        """The value as a person may see it."""
        if self.value is None:
            return "empty"
        return MASK if self.secret else repr(self.text if len(self.text) <= 120 else f"{self.text[:117]}...")

    def with_value(self, text: str) -> FieldCheck:
        """Return the check with another spelling of the same value; no repair is told."""
        return replace(self, value=as_secret(text) if self.secret else text)

    def repaired(self, text: str, reason: str) -> FieldCheck:
        """Return the check with a value put right, and tell it."""
        if text == self.text:
            return self
        before, after = (MASK, MASK) if self.secret else (self.text, text)
        repair = Repair(self.key, before, after, reason)
        return replace(self.with_value(text), repairs=(*self.repairs, repair))

    def cleared(self) -> FieldCheck:
        """Return the check of a blank value."""
        return replace(self, value=None)

    def refused(self, code: str, message: str, fix: str, *, certain: bool = False) -> FieldCheck:
        """Return the check with a problem. ``message`` goes on after the field's name."""
        message = message[:1].upper() + message[1:]
        return self.with_problem(Problem(self.key, code, message, fix, self.shown, certain))

    def with_problem(self, problem: Problem) -> FieldCheck:
        """Return the check with ``problem``."""
        return replace(self, problem=problem)
