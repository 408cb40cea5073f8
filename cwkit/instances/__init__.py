"""What came back: instances, reading pasted text, tables, findings, comparing, reports."""

from cwkit.instances.model import Instance
from cwkit.instances.reading import read_instance, read_instances

__all__ = ["Instance", "read_instance", "read_instances"]
