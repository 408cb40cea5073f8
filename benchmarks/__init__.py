"""Benchmarks: how long the main jobs take beside a named baseline of the same run."""
