"""``python -m benchmarks.training [--check]``: outputs, losses, labels and metrics, all together.

The whole product is decided twice: by the rules, from the source of a program, and by one training
step in the installed Keras. What came of it is written to ``docs/training.md``; with ``--check``
nothing is written. Exit code 1 if the rules call something an error that Keras takes, if something
that Keras refuses is not told, or if the page is out of date. Takes some minutes.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from benchmarks.training.page import disagreements, page
from benchmarks.training.product import decided, everything, told

PAGE = Path(__file__).resolve().parents[2] / "docs" / "training.md"


def main(arguments: list[str] | None = None) -> int:
    """Decide everything, write the page, and tell of disagreements."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.training", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing")
    options = parser.parse_args(arguments)
    cases = list(everything())
    outcomes = dict(zip(cases, zip(map(told, cases), decided(cases), strict=True), strict=True))
    text, wrong = page(outcomes), disagreements(outcomes)
    for line in wrong:
        print(line)
    stale = not PAGE.is_file() or PAGE.read_text("utf-8") != text
    if options.check:
        print(f"{PAGE.name} is out of date" if stale else f"{PAGE.name} is up to date")
        return int(stale or bool(wrong))
    PAGE.write_text(text, "utf-8")
    print(f"{len(cases)} combinations, {len(wrong)} disagreements on errors")
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
