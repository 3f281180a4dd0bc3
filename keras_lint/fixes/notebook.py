"""Code cells of a notebook rewritten in place: every other byte of the file stays as it is."""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Iterator, Mapping

from keras_lint.fixes.text import EditError, apply_edits, line_starts
from keras_lint.model.dataclass import dataclass
from keras_lint.model.fixes import Edit

_DECODER = json.JSONDecoder()
_BLANK = re.compile(r"[ \t\r\n]*")
_SCALAR = re.compile(r"[^\s,\]}]+")


@dataclass(frozen=True)
class _Value:
    """Where a value stands in a JSON text, and what it holds.

    ``items`` are an array's values, ``members`` an object's; ``string`` is a string's content.
    """

    start: int
    end: int
    items: tuple[_Value, ...] = ()
    members: Mapping[str, _Value] | None = None
    string: str | None = None


def edit_notebook(data: bytes, edits: Mapping[int, tuple[Edit, ...]]) -> bytes:
    """A notebook with edits made in code cells.

    Args:
        data: the file, UTF-8; a notebook that was read without error.
        edits: by cell number, from 1; lines and columns are those of the cell.

    Raises:
        EditError: edits that overlap or are not in the cell.
    """
    text = data.decode("utf-8-sig")
    bom = data[: len(data) - len(text.encode("utf-8"))]
    document, _ = _value(text, 0)
    cells = (document.members or {})["cells"].items
    pieces: list[str] = []
    done = 0
    for number in sorted(edits):
        source = (cells[number - 1].members or {})["source"]
        pieces += [text[done : source.start], _rewritten(text, source, edits[number])]
        done = source.end
    return bom + "".join([*pieces, text[done:]]).encode("utf-8")


def _rewritten(text: str, source: _Value, edits: tuple[Edit, ...]) -> str:
    """The JSON text of a cell's source after edits, in the form that it had."""
    ascii_only = text.isascii()
    if source.string is not None:
        return json.dumps(apply_edits(source.string, edits), ensure_ascii=ascii_only)
    old = "".join(item.string or "" for item in source.items)
    new = apply_edits(old, edits)
    written = {item.string: text[item.start : item.end] for item in source.items}
    starts = [*line_starts(new), len(new)]
    lines = [new[a:b] for a, b in itertools.pairwise(starts) if a < b]
    strings = [written.get(line, json.dumps(line, ensure_ascii=ascii_only)) for line in lines]
    if not strings:
        return "[]"
    first, last = source.items[0], source.items[-1]
    between = ", "
    if len(source.items) > 1:
        between = text[first.end : source.items[1].start]
    elif "\n" in text[source.start : first.start]:
        between = "," + text[source.start + 1 : first.start]
    opening, closing = text[source.start : first.start], text[last.end : source.end]
    return opening + between.join(strings) + closing


def _value(text: str, position: int) -> tuple[_Value, int]:
    """The JSON value at a position, and where it ends."""
    position = _blank(text, position)
    character = text[position]
    if character == '"':
        string, end = _DECODER.raw_decode(text, position)
        return _Value(position, end, string=string), end
    if character == "[":
        items = tuple(value for _, value in _held(text, position, "]"))
        end = _closing(text, items[-1].end if items else position + 1)
        return _Value(position, end, items=items), end
    if character == "{":
        members = dict(_held(text, position, "}"))
        last = max((value.end for value in members.values()), default=position + 1)
        end = _closing(text, last)
        return _Value(position, end, members=members), end
    match = _SCALAR.match(text, position)
    if match is None:
        raise EditError("the notebook is not JSON")
    return _Value(position, match.end()), match.end()


def _held(text: str, position: int, close: str) -> Iterator[tuple[str, _Value]]:
    """What an array or object holds; keys are empty in an array."""
    position = _blank(text, position + 1)
    while text[position] != close:
        if text[position] == ",":
            position = _blank(text, position + 1)
        key = ""
        if close == "}":
            key, position = _DECODER.raw_decode(text, position)
            position = _blank(text, position) + 1  # the colon
        value, position = _value(text, position)
        yield key, value
        position = _blank(text, position)


def _closing(text: str, end: int) -> int:
    """The offset behind the bracket that closes what ends at ``end``."""
    return _blank(text, end) + 1


def _blank(text: str, position: int) -> int:
    match = _BLANK.match(text, position)
    return match.end() if match else position
