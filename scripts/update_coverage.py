"""Write docs/coverage.md: what is known of every public layer, operation and application.

Run it from anywhere: ``python scripts/update_coverage.py``; a test fails when the table is stale.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import keras_lint.keras_api.layers
import keras_lint.keras_api.ops
from keras_lint.keras_api.base import entries
from keras_lint.keras_api.names import functional_layer, lookup, lookup_any, public_names
from keras_lint.keras_api.ops.base import find

assert keras_lint.keras_api.layers, keras_lint.keras_api.ops

DOCUMENT = Path(__file__).resolve().parent.parent / "docs" / "coverage.md"
NAMESPACES = ("keras.layers", "keras.ops", "keras.applications")
OF_KERAS_2 = ("keras.layers", "keras.layers.experimental")
"""Namespaces with layers that Keras 3 lacks."""
BY_NATURE = {
    "keras.Input": ("exact", "makes a tensor"),
    "keras.InputSpec": ("opaque", "no layer: describes inputs"),
    "keras.Layer": ("opaque", "the base class; classes derived from it are interpreted"),
    "keras.layers.deserialize": ("opaque", "makes the layer that its argument says"),
    "keras.layers.serialize": ("opaque", "gives a dictionary"),
    "keras.layers.AbstractRNNCell": ("opaque", "a base class"),
    "keras.layers.DenseFeatures": ("opaque", "its feature columns decide"),
    "keras.layers.experimental.DynamicEmbedding": ("opaque", "its vocabulary grows with the data"),
    "keras.layers.experimental.DynamicLookup": ("opaque", "its vocabulary grows with the data"),
    "keras.ops.associative_scan": ("opaque", "calls a function"),
    "keras.ops.cond": ("opaque", "calls a function"),
    "keras.ops.custom_gradient": ("opaque", "gives a function"),
    "keras.ops.dtype": ("exact", "gives a string"),
    "keras.ops.fori_loop": ("opaque", "calls a function"),
    "keras.ops.is_tensor": ("exact", "gives a truth value"),
    "keras.ops.jvp": ("opaque", "calls a function"),
    "keras.ops.map": ("opaque", "calls a function"),
    "keras.ops.scan": ("opaque", "calls a function"),
    "keras.ops.shape": ("exact", "gives the lengths"),
    "keras.ops.switch": ("opaque", "calls a function"),
    "keras.ops.numpy.vectorize": ("opaque", "gives a function"),
    "keras.ops.vectorized_map": ("opaque", "calls a function"),
    "keras.ops.while_loop": ("opaque", "calls a function"),
}
"""Names that are no entry, by what they are; an entry, once there is one, goes before."""


def state(path: str) -> tuple[str, str]:
    """``exact``, ``opaque`` (unknown by nature) or ``missing``, and a remark."""
    api = lookup_any(path)
    canonical = path if api is None else api.canonical
    alias = "" if canonical == path else f"is {canonical}"
    layer = entries().get(functional_layer(path) or canonical)
    if layer is not None:
        return ("opaque", "code that is not Keras's") if layer.opaque else ("exact", alias)
    if find(canonical) is not None:
        return "exact", alias
    if path.startswith("keras.applications."):
        return "exact", "read from the source of the installed Keras"
    return BY_NATURE.get(canonical, ("missing", alias))


def rows(namespace: str) -> Iterator[tuple[str, str, str]]:
    """Name, state and remark of every class and function of a namespace."""
    for name in public_names(namespace):
        path = f"{namespace}.{name}"
        api = lookup(path)
        if api is None or api.kind in ("class", "function"):
            yield name, *state(path)


def rows_of_keras_2() -> Iterator[tuple[str, str, str]]:
    """Path, state and remark of every layer that Keras 2 has and Keras 3 has not."""
    for namespace in OF_KERAS_2:
        for name in public_names(namespace, "keras2"):
            path = f"{namespace}.{name}"
            api = lookup(path, "keras2")
            if lookup(path) is None and api is not None and api.kind == "class":
                yield path.removeprefix("keras.layers."), *state(path)


def document() -> str:
    """The whole page."""
    lines = [
        "# What is known of Keras",
        "",
        "Written by `scripts/update_coverage.py` from the entries themselves. *exact*: shapes,",
        "dtypes and numbers of weights are computed and compared with Keras in the tests.",
        "*opaque*: what comes out is unknown by nature, and so are the models that hold it.",
        "Applications are interpreted from the source of the installed Keras, without one not.",
        "",
        "| namespace | exact | opaque | missing |",
        "|---|---|---|---|",
    ]
    for namespace in NAMESPACES:
        count = Counter(found for _, found, _ in rows(namespace))
        lines.append(
            f"| `{namespace}` | {count['exact']} | {count['opaque']} | {count['missing']} |"
        )
    for namespace in NAMESPACES:
        lines += ["", f"## {namespace}", "", "| name | known | |", "|---|---|---|"]
        lines += [f"| {name} | {found} | {remark} |" for name, found, remark in rows(namespace)]
    lines += [
        "",
        "## Layers of Keras 2 alone",
        "",
        "Compared with `tf_keras`. Their shapes are followed, but no model of the file counts as",
        "followed.",
        "The names of `keras.layers.experimental.preprocessing` mean those of `keras.layers`.",
        "",
        "| name | known | |",
        "|---|---|---|",
        *(f"| {name} | {found} | {remark} |" for name, found, remark in rows_of_keras_2()),
    ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    DOCUMENT.parent.mkdir(exist_ok=True)
    DOCUMENT.write_text(document(), "utf-8")
