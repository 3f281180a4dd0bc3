"""One run of the linter with verification, in a process of its own; prints numbers as JSON."""

from __future__ import annotations

import json
import resource
import sys
import time
from pathlib import Path

from keras_lint.engine import check_paths
from keras_lint.verify import Verifier


def run(folder: str, cache: str) -> dict[str, float]:
    """Check everything in ``folder``.

    Args:
        folder: of programs.
        cache: folder of the cache; empty for none.
    """
    start = time.perf_counter()
    with Verifier(cache=Path(cache) if cache else None) as verifier:
        result = check_paths([folder], verifier=verifier)
    seconds = time.perf_counter() - start
    own, child = (resource.getrusage(w) for w in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return {
        "seconds": seconds,
        "cpu": own.ru_utime + own.ru_stime + child.ru_utime + child.ru_stime,
        "parent_mb": own.ru_maxrss / 1024,
        "child_mb": child.ru_maxrss / 1024,
        "children": verifier.started,
        "findings": len(result.findings()),
        "confirmed": len(result.findings("confirmed")),
    }


if __name__ == "__main__":
    print(json.dumps(run(sys.argv[1], sys.argv[2])))
