"""`make bench`: what things cost, as ratios to hand-written SQL in the same run.

`python -m tests.bench [steps] [wal] [sweep] [recompute] [ledger] [pages] [screens]
[--json FILE]`. A figure that misses its target is shown as such and is no failure, but of the
pages: one that takes over ten times as long as a minimal page, or more than six statements, ends
the run with exit code 1.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from time import monotonic

from tests.bed import Server, scratch_folder, server
from tests.bench import ledger, pages, recompute, screens, steps, sweep, wal
from tests.bench.report import Row, header, line, summary, write_json

Bench = Callable[[Server, Path, Callable[[str], None]], Iterator[Row]]

BENCHES: Mapping[str, Bench] = {
    "steps": steps.bench,
    "wal": wal.bench,
    "sweep": sweep.bench,
    "recompute": recompute.bench,
    "ledger": ledger.bench,
    "pages": pages.bench,
    "screens": screens.bench,
}


def main(arguments: list[str]) -> int:
    """Run the benchmarks asked for and print a row for each figure."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="name", help=f"of {', '.join(BENCHES)}")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there too")
    asked = parser.parse_args(arguments)
    unknown = sorted(set(asked.names) - set(BENCHES))
    if unknown:
        parser.error(f"no benchmark {', '.join(unknown)}: choose of {', '.join(BENCHES)}")
    begin = monotonic()

    def say(words: str) -> None:
        print(f"[{monotonic() - begin:5.1f} s] {words}", file=sys.stderr, flush=True)

    rows: list[Row] = []
    print(header(), flush=True)
    with scratch_folder() as folder, server() as found:
        for name in asked.names or BENCHES:
            say(name)
            for row in BENCHES[name](found, folder, say):
                rows.append(row)
                print(line(row), flush=True)
    print(f"\n{summary(rows)}", flush=True)
    if asked.json is not None:
        write_json(asked.json, rows)
    return 1 if any(row.verdict == "FAIL" for row in rows) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
