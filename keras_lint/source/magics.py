"""What IPython adds to Python, made Python of the same lines and columns.

A line or cell that is not Python becomes an empty statement. Where it may have given variables
other values, these are named, so that nobody believes to know them.
"""

from __future__ import annotations

import ast
import keyword
import re
from collections.abc import Iterator
from dataclasses import field

from keras_lint.model.dataclass import dataclass

_RESULT = "get_ipython()"
"""For the result of a magic or of a shell command, about as IPython itself does it."""

_RUN_BODY = frozenset({"capture", "debug", "prun", "time", "timeit"})
"""Cell magics that run the rest of the cell as Python, among the notebook's variables."""
_LOCAL_BODY = "timeit"
"""The one of these that runs it as a function: what the body binds is gone afterwards."""
_HARMLESS_CELLS = frozenset(
    {
        *("!", "HTML", "R", "SVG", "bash", "bigquery", "cmd", "file", "html", "javascript", "js"),
        *("latex", "markdown", "perl", "pypy", "python", "python2", "python3", "ruby", "script"),
        *("sh", "shell", "sql", "svg", "system", "sx", "writefile"),
    }
)
"""Cell magics whose body does not touch the notebook's variables."""
_HARMLESS_LINES = frozenset(
    {
        *("alias", "autoreload", "autosave", "bash", "cat", "cd", "colors", "conda", "config"),
        *(
            "cp",
            "debug",
            "dhist",
            "dirs",
            "doctest_mode",
            "env",
            "head",
            "history",
            "killbgscripts",
        ),
        *("less", "ll", "load_ext", "logstart", "ls", "lsmagic", "magic", "mamba", "man"),
        *("matplotlib", "micromamba", "mkdir", "more", "mv", "notebook", "pdb", "pdoc", "pinfo"),
        *("pip", "popd", "precision", "profile", "psource", "pushd", "pwd", "qtconsole", "reload"),
        *("reload_ext", "reset", "rm", "rmdir", "set_env", "sx", "system", "tail", "tb"),
        *("tensorboard", "tensorflow_version", "time", "timeit", "unload_ext", "uv", "who"),
        *("who_ls", "whos", "xdel", "xmode"),
    }
)
"""Line magics after which every variable is what it was, or gone."""
_BINDS_ANYTHING = frozenset({"macro", "pylab", "recall", "rerun", "run", "store"})
"""Line magics that may bind any name, as a star import does."""
_RUN_LINE = frozenset({"time", "prun"})
_SHELL_WORDS = re.compile(r"(?:pip3?|conda|mamba|uv|cd|ls|cat|cp|mv|mkdir|rm|wget|unzip)\s+\S")
"""Commands that IPython also takes without a percent sign where the line is no Python."""
_ASSIGNED = re.compile(r"([\w.*, ]*\w(?:\[[^\]]*\])?)\s*=\s*[!%]")
_IDENTIFIER = re.compile(r"(?<![\w.])[^\W\d]\w*")
_BINDERS = re.compile(r"\b(?:import|as|def|class|for|del|with|global)\b([^:\n]*)")
_TARGETS = re.compile(r"^([\w., \t\[\]()*]+)(?:[-+/|&@%]|//)?=(?!=)", re.MULTILINE)


@dataclass
class Code:
    """A cell as Python.

    Args:
        lines: as many as the cell has.
        indented: whether the whole cell stands indented, which IPython allows.
        touched: variables to which something happened that cannot be followed.
        rebound: those of them that certainly get a new value, be they functions or modules.
    """

    lines: list[str]
    indented: bool = False
    touched: set[str] = field(default_factory=set)
    rebound: set[str] = field(default_factory=set)

    @property
    def text(self) -> str:
        """The lines as one module."""
        return "\n".join(["if 1:", *self.lines] if self.indented else self.lines)

    def tree(self) -> ast.Module:
        """The syntax tree; raises ``SyntaxError`` or ``ValueError`` if it is not Python."""
        return ast.parse(self.text)


def to_python(source: str) -> Code:
    """A cell's source without IPython's additions.

    Args:
        source: with plain line ends (LF).

    Raises:
        SyntaxError, ValueError: it is not Python apart from them either.
        RecursionError, MemoryError: it is nested too deeply.
    """
    lines = source.split("\n")
    code = Code(lines)
    try:
        code.tree()
    except SyntaxError:
        pass  # not plain Python: look closer
    else:
        return code
    local = _cell_magics(code)
    _line_magics(code)
    try:
        tree = code.tree()
    except IndentationError:
        first = next((line for line in code.lines if line.strip()), "")
        if not first[:1].isspace():
            raise
        try:
            tree = ast.parse("\n".join(["if 1:", *code.lines]))
        except SyntaxError:
            tree = code.tree()  # raises again, with the position of the cell as written
        code.indented = True
    if local:
        code.rebound |= assigned_names(tree) | defined_names(tree) - imported_names(tree)
        code.touched |= code.rebound
    return code


def broken(source: str) -> Code:
    """What is left of a cell that is not Python: its imports, and the names it speaks of.

    Nobody knows what the rest would have done, so all that it may change is not known after it.
    """
    lines = source.split("\n")
    code = Code([""] * len(lines))
    imported: set[str] = set()
    for first, last in _logical_lines(lines):
        if lines[first].startswith(("import ", "from ")):
            try:
                tree = ast.parse("\n".join(lines[first:last]))
            except (SyntaxError, ValueError):
                continue
            code.lines[first:last] = lines[first:last]
            imported |= imported_names(tree)
    _touch(code, source)
    code.rebound -= imported
    code.touched -= imported
    return code


def assigned_names(tree: ast.AST) -> set[str]:
    """The variables that a piece of Python assigns to or deletes, at any depth."""
    return {
        node.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load)
    }


def defined_names(tree: ast.AST) -> set[str]:
    """The names that it binds by ``import``, ``def`` and ``class``: modules, functions, classes."""
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    defined = {node.name for node in ast.walk(tree) if isinstance(node, kinds)}
    return defined | imported_names(tree)


def imported_names(tree: ast.AST) -> set[str]:
    """The names that it imports."""
    return {
        (alias.asname or alias.name).partition(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, (ast.Import, ast.ImportFrom))
        for alias in node.names
    }


def _cell_magics(code: Code) -> bool:
    """Blank what ``%%`` at the start of the cell says; whether the body's names stay inside."""
    local = False
    lines = code.lines
    for index, line in enumerate(lines):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        if not line.lstrip().startswith("%%"):
            return local
        name, *arguments = line.strip()[2:].split() or [""]
        code.rebound.update(word for word in arguments if word.isidentifier())
        code.touched |= code.rebound
        lines[index] = ""
        if name not in _RUN_BODY:
            if name not in _HARMLESS_CELLS:
                _touch(code, "\n".join(lines[index:]))
            lines[index:] = [""] * (len(lines) - index)
            return local
        local = local or name == _LOCAL_BODY
    return local


def _line_magics(code: Code) -> None:
    """Replace lines, with the lines they continue on, that are not Python but IPython's."""
    lines = code.lines
    for first, last in _logical_lines(lines):
        line = lines[first]
        indent = line[: len(line) - len(line.lstrip())]
        command = line.strip()
        if command.startswith(("%", "!", "?", "/", ",", ";")):
            rest = _magic(code, command, lines[first:last])
        elif assigned := _ASSIGNED.match(command):
            rest = f"{assigned[1]} = {_RESULT}"
        elif _ends_in_question(lines[first:last]) or (
            last == first + 1 and _SHELL_WORDS.match(command) and not _is_python(command)
        ):
            rest = "pass"
        else:
            continue
        lines[first] = indent + rest.split("\n")[0]
        lines[first + 1 : last] = rest.split("\n")[1:] or [""] * (last - first - 1)


def _magic(code: Code, command: str, lines: list[str]) -> str:
    """Python for one magic, shell or help statement; it may go on over its own lines."""
    if not command.startswith("%") or lines[-1].rstrip().endswith("?"):
        return "pass"
    found = re.match(r"%(\w*)", command)
    name = found[1] if found else ""
    argument = "\n".join([command[1 + len(name) :], *lines[1:]])
    if name in _RUN_LINE and argument.strip():
        statement = "if 1:".ljust(1 + len(name)) + argument  # as long as %time, so columns stay
        if _is_python(statement):
            return statement
        _touch(code, argument)
    elif name in _BINDS_ANYTHING:
        return "from __ipython__ import *"
    elif name not in _HARMLESS_LINES:
        _touch(code, argument)
    return "pass"


def _touch(code: Code, source: str) -> None:
    """Note every name in ``source``; those that look bound there may be anything from now on."""
    words = set(_IDENTIFIER.findall(source))
    code.touched |= {word for word in words if not keyword.iskeyword(word)}
    for pattern in (_BINDERS, _TARGETS):
        for part in pattern.findall(source):
            code.rebound.update(w for w in _IDENTIFIER.findall(part) if not keyword.iskeyword(w))


def _is_python(text: str) -> bool:
    try:
        ast.parse(text)
    except (SyntaxError, ValueError):
        return False
    return True


def _ends_in_question(lines: list[str]) -> bool:
    """Whether a logical line asks for help: a question mark at its end is never Python."""
    if not lines[-1].rstrip().endswith("?"):
        return False
    scan = _Scan()
    for line in lines:
        scan.feed(line)
    return scan.last == "?"


def _logical_lines(lines: list[str]) -> Iterator[tuple[int, int]]:
    """First line and line past the end of every statement, as far as brackets and strings say."""
    scan = _Scan()
    first = 0
    for index, line in enumerate(lines):
        if scan.is_clean:
            first = index
            if line.lstrip().startswith(("%", "!")):  # the shell's quotes are none of Python's
                scan.continued = line.endswith("\\")
                scan.shell = scan.continued
                if not scan.continued and line.strip():
                    yield index, index + 1
                continue
        if scan.shell:
            scan.continued = scan.shell = line.endswith("\\")
        else:
            scan.feed(line)
        if scan.is_clean and "".join(lines[first : index + 1]).strip():
            yield first, index + 1
    if not scan.is_clean:
        yield first, len(lines)


_TOKEN = re.compile(r"\"\"\"|'''|\"|'|#|[()\[\]{}]|\\.|\\$|\S")


@dataclass
class _Scan:
    """Reads Python by lines, far enough to know where statements end.

    ``quote`` is the end of the string we are in, ``last`` the last character outside strings and
    comments, ``shell`` whether we are in a command that goes on.
    """

    depth: int = 0
    quote: str = ""
    continued: bool = False
    shell: bool = False
    last: str = ""

    @property
    def is_clean(self) -> bool:
        """Whether the next line begins a statement."""
        return not (self.depth > 0 or self.quote or self.continued)

    def feed(self, line: str) -> None:
        self.continued = False
        for found in _TOKEN.finditer(line):
            token = found[0]
            if self.quote:
                if token == self.quote or (len(self.quote) == 1 and token[:1] == self.quote):
                    self.quote = ""
            elif token == "#":
                break
            elif token[0] in "\"'":
                self.quote = token
                self.last = token
            elif token == "\\":
                self.continued = True
            else:
                self.depth += (token in "([{") - (token in ")]}")
                self.last = token
        if len(self.quote) == 1 and not line.endswith("\\"):
            self.quote = ""  # not closed on its line: an error, and not ours to follow
        self.depth = max(self.depth, 0)
