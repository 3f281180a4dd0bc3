"""Public Keras objects by the spelling that a file's imports allow."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import libcst as cst

from keras_lint.fixes.syntax import NotPossible, Syntax, point
from keras_lint.model.dataclass import dataclass
from keras_lint.model.fixes import Edit, Rename
from keras_lint.model.spans import Span
from keras_lint.source.walk import walk

_FLAVOURS = ("keras", "tensorflow.keras", "tf_keras")
_ASSIGNING = (
    cst.AnnAssign,
    cst.AssignTarget,
    cst.AugAssign,
    cst.CompFor,
    cst.For,
    cst.NamedExpr,
)


@dataclass(frozen=True)
class _Binding:
    """A name that an import of the module gives: ``tf`` for ``tensorflow``."""

    name: str
    dotted: str
    line: int


def rename(syntax: Syntax, change: Rename) -> Iterator[Edit]:
    """Write a Keras object in place of an expression; see :class:`Rename`.

    Raises:
        NotPossible: no spelling is free: the names that it needs mean something else in the file.
    """
    imports = [n for n in _top_level(syntax) if isinstance(n, (cst.Import, cst.ImportFrom))]
    span = change.span
    if syntax.source.cells is not None:
        span = syntax.source.cells.join(span)
    taken = _bound(syntax)
    bindings = [b for node in imports for b in _bindings(syntax, node) if taken[b.name] == 1]
    dotted = f"{_flavour(bindings)}.{change.name.removeprefix('keras.')}"
    best = ""
    for binding in bindings:
        if binding.line <= span.line and f"{dotted}.".startswith(f"{binding.dotted}."):
            written = binding.name + dotted[len(binding.dotted) :]
            if not best or written.count(".") < best.count("."):
                best = written
    if best:
        yield syntax.edit(span, best)
        return
    module, _, last = dotted.rpartition(".")
    holder, _, imported = module.rpartition(".")
    if taken[imported]:
        raise NotPossible(f"the name {imported} means something else here")
    yield _added(syntax, imports, holder, imported, span)
    yield syntax.edit(span, f"{imported}.{last}")


def _flavour(bindings: list[_Binding]) -> str:
    """By which of its names the file has Keras; the one most imports use."""
    counts: Counter[str] = Counter()
    for binding in bindings:
        for flavour in _FLAVOURS:
            if f"{binding.dotted}.".startswith(f"{flavour}."):
                counts[flavour] += 1
    if counts:
        return counts.most_common(1)[0][0]
    if any(binding.dotted == "tensorflow" for binding in bindings):
        return "tensorflow.keras"
    return "keras"


def _top_level(syntax: Syntax) -> Iterator[cst.CSTNode]:
    """The small statements of the module itself, those of a notebook's cells included."""
    for line in syntax.source.module.body:
        if isinstance(line, cst.SimpleStatementLine):
            yield from line.body
        elif isinstance(line, cst.If) and syntax.source.cells is not None:
            for inner in line.body.body:  # an indented cell
                if isinstance(inner, cst.SimpleStatementLine):
                    yield from inner.body


def _bindings(syntax: Syntax, node: cst.Import | cst.ImportFrom) -> Iterator[_Binding]:
    line = syntax.span(node).line
    if isinstance(node, cst.Import):
        for alias in node.names:
            dotted = _dotted(alias.name)
            if alias.asname is None:
                top = dotted.partition(".")[0]
                yield _Binding(top, top, line)
            elif isinstance(alias.asname.name, cst.Name):
                yield _Binding(alias.asname.name.value, dotted, line)
    elif not node.relative and node.module is not None:
        module = _dotted(node.module)
        for alias in () if isinstance(node.names, cst.ImportStar) else node.names:
            dotted = _dotted(alias.name)
            name = dotted
            if alias.asname is not None and isinstance(alias.asname.name, cst.Name):
                name = alias.asname.name.value
            yield _Binding(name, f"{module}.{dotted}", line)


def _bound(syntax: Syntax) -> Counter[str]:
    """How often the file gives each name a value, in whatever scope."""
    found: Counter[str] = Counter()
    for node in walk(syntax.source.module):
        if isinstance(node, (cst.Import, cst.ImportFrom)):
            # several `import keras.x` bind the same `keras`
            found.update({b.name for b in _bindings(syntax, node)} - _same(found, syntax, node))
        elif isinstance(node, (cst.FunctionDef, cst.ClassDef, cst.Param)):
            found[node.name.value] += 1
        elif isinstance(node, _ASSIGNING):
            found.update(_targets(node.target))
        elif isinstance(node, cst.AsName) and not isinstance(syntax.parent(node), cst.ImportAlias):
            found.update(_targets(node.name))
    return found


def _same(found: Counter[str], syntax: Syntax, node: cst.Import | cst.ImportFrom) -> set[str]:
    """The names of an import that mean what an import before it made them mean."""
    if not isinstance(node, cst.Import):
        return set()
    return {b.name for b in _bindings(syntax, node) if b.name == b.dotted and found[b.name] == 1}


def _targets(target: cst.CSTNode) -> set[str]:
    if isinstance(target, (cst.Attribute, cst.Subscript)):
        return set()
    return {node.value for node in walk(target) if isinstance(node, cst.Name)}


def _added(
    syntax: Syntax,
    imports: list[cst.Import | cst.ImportFrom],
    holder: str,
    name: str,
    used: Span,
) -> Edit:
    """``from holder import name``: put into such an import that is there, or after the imports."""
    last = None
    for node in imports:
        span = syntax.span(node)
        if span.line >= used.line:
            break
        last = node
        if (
            isinstance(node, cst.ImportFrom)
            and not isinstance(node.names, cst.ImportStar)
            and node.module is not None
            and not node.relative
            and _dotted(node.module) == holder
        ):
            end = syntax.span(node.names[-1])
            return syntax.edit(point(end.end_line, end.end_column), f", {name}")
    text = f"from {holder} import {name}" if holder else f"import {name}"
    if last is None:
        raise NotPossible("there is no import to put one beside")
    span = syntax.span(last)
    indent = syntax.indent(span.line)
    line = syntax.lines[span.end_line - 1]
    rest = line[span.end_column - 1 :].strip()
    if rest and not rest.startswith("#"):
        return syntax.edit(point(span.end_line, span.end_column), f"; {text}")
    return syntax.edit(point(span.end_line, len(line) + 1), f"\n{indent}{text}")


def _dotted(node: cst.CSTNode) -> str:
    if isinstance(node, cst.Attribute):
        return f"{_dotted(node.value)}.{node.attr.value}"
    assert isinstance(node, cst.Name)
    return node.value
