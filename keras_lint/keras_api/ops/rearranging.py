"""``keras.ops.rearrange``: axes taken apart, turned and joined by a pattern."""

from __future__ import annotations

import re
from collections.abc import Sequence

from keras_lint.keras_api.arithmetic import product
from keras_lint.keras_api.ops.base import Arguments, operation
from keras_lint.model.dims import FREE, Dim
from keras_lint.model.outcomes import Lost
from keras_lint.model.tensors import Nested, Shape, TensorType

_SIDE = re.compile(r"\s*(?:(?:[A-Za-z_]\w*|\(\s*[A-Za-z_]\w*(?:\s+[A-Za-z_]\w*)*\s*\))(?:\s+|$))+")


def _groups(side: str) -> list[list[str]]:
    """``"b (h w)"`` as ``[["b"], ["h", "w"]]``; ``Lost`` for anything but names."""
    if _SIDE.fullmatch(side) is None:
        raise Lost("a pattern of other than names")
    return [token.strip("()").split() for token in re.findall(r"\w+|\(.*?\)", side)]


@operation("rearrange", "Rearrange")
def rearrange(a: Arguments) -> Nested[TensorType]:
    """As the pattern says; Keras 3.15 multiplies no open axis of a symbolic tensor."""
    x, dims = a.tensor("tensor"), a.dims("tensor")
    before, arrow, after = a.text("pattern").partition("->")
    if not arrow:
        raise Lost("a pattern without an arrow")
    taken, made = _groups(before), _groups(after)
    names = [name for group in taken for name in group]
    wanted = [name for group in made for name in group]
    if len(taken) != len(dims) or len(set(names)) != len(names) or sorted(names) != sorted(wanted):
        raise Lost("a pattern that does not fit")
    lengths: dict[str, Dim] = {}
    for group, dim in zip(taken, dims, strict=True):
        lengths |= _apart(a, x, group, dim)
    if not a.traced and FREE in lengths.values():
        raised = ("TypeError", "ValueError")
        raise a.refuse("undefined", "known lengths", str(x.shape), (x,), exceptions=raised)
    return TensorType(Shape(tuple(_joined([lengths[n] for n in g]) for g in made)), x.dtype)


def _apart(a: Arguments, x: TensorType, group: Sequence[str], dim: Dim) -> dict[str, Dim]:
    """The lengths of the axes that one axis consists of, of which one may be left out."""
    if len(group) == 1:
        return {group[0]: dim}
    given: dict[str, Dim] = {name: a.integer(name) for name in group if name in a}
    missing = [name for name in group if name not in given]
    if len(missing) > 1:
        needed = f"a length for {missing[1]}"
        raise a.refuse("missing", needed, "none", (x,), exceptions=("KeyError",))
    known = product(tuple(given.values()))
    if not isinstance(known, int) or known < 1 or (not missing and dim != known):
        raise Lost("lengths of axes that do not fit, or not surely")
    if not missing:
        return given
    if dim is not FREE and not (isinstance(dim, int) and dim % known == 0):
        raise Lost("an axis that may not be taken apart so")
    return {**given, missing[0]: FREE if dim is FREE else dim // known}


def _joined(lengths: Sequence[Dim]) -> Dim:
    return FREE if FREE in lengths else product(tuple(lengths))
