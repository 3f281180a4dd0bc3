"""Jupyter notebooks: the code cells, in order, as the text of one module.

Cells are numbered as Jupyter's own tools and ruff number them: from 1, text cells counted too.
Only the source of code cells is looked at, never outputs, and nothing is written.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from keras_lint.model.cells import CellLines, Cells
from keras_lint.model.dataclass import dataclass
from keras_lint.model.spans import Span
from keras_lint.source.magics import (
    Code,
    assigned_names,
    broken,
    defined_names,
    to_python,
)
from keras_lint.source.reader import SourceError

SUFFIX = ".ipynb"
FORMAT = 4
NO_CODE = "the notebook has no code"

_PYTHON = frozenset({"python", "python2", "python3", "ipython", "ipython2", "ipython3"})
_OTHER_KERNELS = {"ir": "R", "julia": "Julia", "scala": "Scala", "sagemath": "Sage", "bash": "Bash"}
"""Beginnings of kernel names, for notebooks that do not say their language."""


@dataclass(frozen=True)
class BrokenCell:
    """A cell that is not Python: where in it, and why."""

    span: Span
    reason: str


@dataclass(frozen=True)
class Notebook:
    """A notebook's code.

    Args:
        text: the code cells as one module; what is IPython's alone is blanked, lines kept, and so
            are cells that cannot be parsed.
        cells: where they stand in it.
        sources: each code cell as it was written, by number.
        broken: the cells that cannot be parsed.
    """

    text: str
    cells: Cells
    sources: Mapping[int, str]
    broken: tuple[BrokenCell, ...] = ()

    @property
    def written(self) -> str:
        """All code as it was written."""
        return "\n".join(self.sources.values())


def read_notebook(data: bytes) -> Notebook:
    """The code of a notebook in nbformat 4; call inside ``with_deep_stack``.

    Args:
        data: the content of the file.

    Raises:
        SourceError: it is no notebook, one of another format (``failed``), one in another language,
            or without code (``skipped``).
    """
    document = _document(data)
    language = _other_language(document)
    if language:
        raise SourceError("skipped", f"a notebook in {language}, not in Python")
    sources = {
        number: source
        for number, cell in enumerate(document["cells"], start=1)
        if (source := _code(number, cell)) is not None
    }
    if not any(source.strip() for source in sources.values()):
        raise SourceError("skipped", NO_CODE)
    return _joined(sources)


def _joined(sources: dict[int, str]) -> Notebook:
    codes: dict[int, Code] = {}
    errors: list[BrokenCell] = []
    assigned: set[str] = set()
    defined: set[str] = set()
    for number, source in sources.items():
        try:
            code = to_python(source)
            tree = code.tree()
        except (SyntaxError, ValueError) as error:
            errors.append(_broken_cell(number, error))
            code = broken(source)
            tree = code.tree()
        except (RecursionError, MemoryError) as error:
            raise SourceError("failed", f"cell {number} is nested too deeply") from error
        codes[number] = code
        assigned |= assigned_names(tree)
        defined |= defined_names(tree)
    broken_numbers = {cell.span.cell for cell in errors}
    lines: list[str] = []
    places: list[CellLines] = []
    for number, code in codes.items():
        lines.extend(["if 1:"] if code.indented else [])
        places.append(CellLines(number, len(lines) + 1, len(code.lines)))
        lines.extend(code.lines)
        # between the cells: what may have changed in this one is not known from here on
        unknown = code.touched & assigned | code.rebound & (assigned | defined)
        if unknown:
            why = "broken_cell" if number in broken_numbers else "magic_in_cell"
            lines.append(" = ".join([*sorted(unknown), f"{why}_{number}()"]))
    text = "\n".join([*lines, ""])
    return Notebook(text, Cells(tuple(places)), sources, tuple(errors))


def _broken_cell(number: int, error: SyntaxError | ValueError) -> BrokenCell:
    line, column, reason = 1, 1, str(error)
    if isinstance(error, SyntaxError):
        line, column = max(error.lineno or 1, 1), max(error.offset or 1, 1)
        reason = error.msg or "invalid syntax"
    return BrokenCell(Span(line, column, line, column + 1, number), reason)


def _document(data: bytes) -> dict[str, Any]:
    """The notebook as a mapping that has a list of cells."""
    try:
        document = json.loads(data)
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise SourceError("failed", f"not a notebook: invalid JSON, {where}") from error
    except (UnicodeDecodeError, RecursionError) as error:
        raise SourceError("failed", "not a notebook: it cannot be read as JSON") from error
    if not isinstance(document, dict) or not isinstance(document.get("nbformat"), int):
        raise SourceError("failed", "not a notebook: it does not say its nbformat")
    if document["nbformat"] != FORMAT:
        reason = f"a notebook in nbformat {document['nbformat']}; only nbformat {FORMAT} is read"
        raise SourceError("failed", reason)
    if not isinstance(document.get("cells"), list):
        raise SourceError("failed", "not a notebook: it has no list of cells")
    return document


def _code(number: int, cell: object) -> str | None:
    """The source of a cell with plain line ends; None if it is not Python code."""
    if not isinstance(cell, dict) or not isinstance(cell.get("cell_type"), str):
        raise SourceError("failed", f"not a notebook: cell {number} has no type")
    if cell["cell_type"] != "code" or _cell_language(cell) not in _PYTHON:
        return None
    source = cell.get("source")
    if isinstance(source, list) and all(isinstance(line, str) for line in source):
        source = "".join(source)
    if not isinstance(source, str):
        raise SourceError("failed", f"not a notebook: cell {number} has no source")
    return source.replace("\r\n", "\n").replace("\r", "\n")


def _cell_language(cell: dict[str, Any]) -> str:
    """The language an editor gave one cell in a notebook of several."""
    language = _get(cell, "metadata", "vscode", "languageId")
    return language.lower() if isinstance(language, str) else "python"


def _other_language(document: dict[str, Any]) -> str:
    """The notebook's language as it calls it, if that is not Python; else ``""``."""
    for path in (("language_info", "name"), ("kernelspec", "language")):
        language = _get(document, "metadata", *path)
        if isinstance(language, str) and language:
            return "" if language.lower() in _PYTHON else language
    kernel = _get(document, "metadata", "kernelspec", "name")
    if isinstance(kernel, str):
        for beginning, language in _OTHER_KERNELS.items():
            if kernel.partition("-")[0].lower() == beginning:
                return language
    return ""


def _get(value: Any, *path: str) -> Any:
    for key in path:
        value = value.get(key) if isinstance(value, dict) else None
    return value
