"""What came back: instances, reading pasted text, tables, findings, comparing, reports."""

from cwkit.instances.model import Instance

__all__ = ["Instance"]
