"""A Sequential that begins with an Input."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from keras_lint.fixes.arguments import remove_argument
from keras_lint.fixes.imports import rename
from keras_lint.fixes.syntax import NotPossible, Syntax, point
from keras_lint.model.fixes import BeginWithInput, Edit, RemoveArgument, Rename

_SHAPES = ("batch_input_shape", "batch_size", "input_dim", "input_shape")


def begin_with_input(syntax: Syntax, change: BeginWithInput) -> Iterator[Edit]:
    """Put an Input first; see :class:`BeginWithInput`.

    Raises:
        NotPossible: the layer is not surely the first of a Sequential, or says more of its input.
    """
    made = syntax.at(change.layer, cst.Call)
    given = [a for a in made.args if a.keyword is not None and a.keyword.value in _SHAPES]
    if len(given) != 1 or any(argument.star for argument in made.args):
        raise NotPossible("the layer says more of its input")
    value = syntax.text(syntax.outer_span(given[0].value))
    shape = f"({value},)" if change.argument == "input_dim" else value
    holder = syntax.parent(made)
    if isinstance(holder, cst.Element):
        _first_of_a_list(syntax, holder)
        span = syntax.span(made)
        before, after = "", ", "
        if syntax.alone_on_lines(span):
            after = f",\n{syntax.indent(span.line)}"
        place = point(span.line, span.column)
    else:
        receiver, statement = _first_added(syntax, holder)
        span = syntax.span(statement)
        before, after = f"{receiver}.add(", f")\n{syntax.indent(span.line)}"
        place = point(span.line, span.column)
    yield from remove_argument(syntax, RemoveArgument(change.layer, change.argument))
    wanted = syntax.edit(place, "").span
    for edit in rename(syntax, Rename(wanted, "keras.Input")):
        if edit.span == wanted:
            yield Edit(wanted, f"{before}{edit.text}(shape={shape}){after}")
        else:
            yield edit


def _first_of_a_list(syntax: Syntax, element: cst.CSTNode) -> None:
    """Whether an element is the first of the list that a ``Sequential(...)`` is given."""
    items = syntax.parent(element)
    argument = syntax.parent(items)
    call = syntax.parent(argument)
    if (
        not isinstance(items, (cst.List, cst.Tuple))
        or items.elements[0] is not element
        or not isinstance(argument, cst.Arg)
        or not _makes_sequential(call)
    ):
        raise NotPossible("the layer is not the first in the list of a Sequential")


def _first_added(syntax: Syntax, holder: cst.CSTNode) -> tuple[str, cst.CSTNode]:
    """The name of the Sequential that a layer is added to, and the statement that does so."""
    adding = syntax.parent(holder) if isinstance(holder, cst.Arg) else holder
    name = _added_to(adding)
    if not name:
        raise NotPossible("the layer is not added to a model where it is made")
    line = syntax.parent(syntax.statement(adding))
    block = syntax.parent(line)
    if not isinstance(block, (cst.IndentedBlock, cst.Module)):
        raise NotPossible("the layer is not added by a statement of its own")
    for before in reversed(block.body[: list(block.body).index(line)]):  # type: ignore[arg-type]
        if not isinstance(before, cst.SimpleStatementLine):
            break
        for small in before.body:
            value = small.value if isinstance(small, (cst.Assign, cst.Expr)) else None
            if _added_to(value) == name:
                raise NotPossible("the layer is not the first that is added")
            if isinstance(small, cst.Assign) and _is_name(small.targets[0].target, name):
                if _makes_sequential(value) and not _has_layers(value):
                    return name, line
                raise NotPossible("the model is not surely empty")
    raise NotPossible("the model is not made in the same block")


def _added_to(node: cst.CSTNode | None) -> str:
    """``model`` of ``model.add(...)``."""
    if isinstance(node, cst.Call) and isinstance(node.func, cst.Attribute):
        owner = node.func.value
        if node.func.attr.value == "add" and isinstance(owner, cst.Name):
            return owner.value
    return ""


def _is_name(node: cst.CSTNode, name: str) -> bool:
    return isinstance(node, cst.Name) and node.value == name


def _makes_sequential(node: cst.CSTNode | None) -> bool:
    if not isinstance(node, cst.Call):
        return False
    function = node.func
    last = function.attr if isinstance(function, cst.Attribute) else function
    return isinstance(last, cst.Name) and last.value == "Sequential"


def _has_layers(node: cst.CSTNode | None) -> bool:
    return isinstance(node, cst.Call) and any(
        argument.keyword is None or argument.keyword.value == "layers" for argument in node.args
    )
