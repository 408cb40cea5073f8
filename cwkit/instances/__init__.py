"""What came back: Instance, reading pasted responses, tables, findings."""
