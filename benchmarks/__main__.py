"""``python -m benchmarks``: run the benchmarks and print one table."""

from __future__ import annotations

import argparse
import json
import platform
import sys
from dataclasses import asdict
from math import isfinite

from benchmarks.measure import Row
from benchmarks.rows import ROWS, Size


def main(arguments: list[str] | None = None) -> int:
    """Run the chosen lines; the exit status is 1 where one misses what is to be reached."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=main.__doc__)
    parser.add_argument("lines", nargs="*", metavar="LINE", help=f"which to run: {', '.join(ROWS)} (all)")
    parser.add_argument("--quick", action="store_true", help="smaller inputs and fewer runs, for a look")
    parser.add_argument("--times", type=int, help="how many runs; the median counts (5; quick: 3)")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    chosen = parser.parse_args(arguments)
    if unknown := set(chosen.lines) - set(ROWS):
        parser.error(f"no such line: {', '.join(sorted(unknown))}; choose from {', '.join(ROWS)}")
    found: list[Row] = []
    for name, run in ROWS.items():
        if not chosen.lines or name in chosen.lines:
            print(f"... {name}", file=sys.stderr, flush=True)
            found.extend(run(Size(chosen.quick, chosen.times)))
    if chosen.json:
        print(
            json.dumps(
                [{**asdict(row), "ratio": row.ratio, "reached": row.reached} for row in found], indent=1
            )
        )
    else:
        print(_table(found))
        print(f"\n{platform.python_implementation()} {platform.python_version()} on {platform.system()}")
    return 0 if all(row.reached for row in found) else 1


def _table(found: list[Row]) -> str:
    lines = [("what", "baseline", "ours", "baseline", "ratio", "reach", "")]
    lines += [
        (
            row.what,
            row.baseline,
            f"{row.ours:.4g} {row.unit}",
            f"{row.base:.4g} {row.unit}",
            f"{row.ratio:.2f}",
            f"{row.reach:g}" if isfinite(row.reach) else "-",
            "" if row.reached else "missed",
        )
        for row in found
    ]
    widths = [max(len(line[place]) for line in lines) for place in range(7)]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    )


if __name__ == "__main__":
    sys.exit(main())
