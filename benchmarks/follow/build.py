"""The building process: ``python -m benchmarks.follow.build DRIVERS ANSWERS``.

Reads programs (a JSON list of texts) and builds one after the other in TensorFlow, with the
verification child's own machinery: weights deferred where Keras can do without them, and graphs
written by the same producer. Writes one JSON line per program: the last model's graph, or why there
is none.
"""

from __future__ import annotations

import json
import sys
import warnings
from pathlib import Path
from typing import Any


def main() -> None:
    """Build every program of a file."""
    from keras_lint.verify.child.build import Builder, start_keras
    from keras_lint.verify.child.values import Values

    programs = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    warnings.simplefilter("ignore")
    start_keras()
    builder = Builder()
    nothing: Values = []
    with Path(sys.argv[2]).open("w", encoding="utf-8") as out:
        for text in programs:
            out.write(json.dumps(_brief(builder.answer(text, "driver.py", nothing))) + "\n")
            out.flush()


def _brief(result: dict[str, Any]) -> dict[str, Any]:
    if not result["ok"]:
        return {"error": f"{result['exception'][0]}: {result['message'][:300]}"}
    if not result["graphs"]:
        return {"error": "the program makes no model"}
    return {"graph": result["graphs"][-1]}


if __name__ == "__main__":
    main()
