"""The whole engine on drawn and spoilt programs, for as long as you like.

Prints every program that made something go wrong inside, and ends with how many there were, and
which took longest: ``--slowest FILE`` keeps that one, to run it again.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

import hypothesmith
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import seed as seeded

from benchmarks.fuzz.programs import MODEL, complaint, spoilt_programs

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.fuzz", description=__doc__)
    parser.add_argument("--minutes", type=float, default=1.0)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--slowest", type=Path, help="where the slowest program is written to")
    options = parser.parse_args()
    wrong = 0
    count = {"spoilt": 0, "drawn": 0}
    slowest, which = 0.0, ""

    def look(kind: str, name: str, content: bytes | str) -> None:
        nonlocal wrong, slowest, which
        start = time.process_time()  # others may want the machine too
        said = complaint(content, name)
        took = time.process_time() - start
        if took > slowest:
            slowest, which = took, f"{kind} {name}, seed {options.seed}, {len(content):,} long"
            if options.slowest is not None:
                data = content.encode("utf-8", "replace") if isinstance(content, str) else content
                options.slowest.write_bytes(data)
        count[kind] += 1
        if said:
            wrong += 1
            print(f"--- {name}\n{content!r}\n{said}")

    half = options.minutes * 30
    end = time.monotonic() + half
    for name, content in spoilt_programs(FIXTURES, options.seed):
        look("spoilt", name, content)
        if time.monotonic() > end:
            break

    @seeded(options.seed)
    @settings(
        max_examples=20,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(hypothesmith.from_grammar())
    def drawn(program: str) -> None:
        look("drawn", "drawn.py", f"{MODEL}{program}")

    end = time.monotonic() + half
    while time.monotonic() < end:
        drawn()
        options.seed += 1
        drawn = seeded(options.seed)(drawn)
    print(
        f"{count['spoilt']} spoilt and {count['drawn']} drawn programs: {wrong} went wrong; "
        f"slowest: {slowest:.1f} s of CPU time for {which}"
    )
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
