"""What a file takes from Keras and TensorFlow by name, as it is written there.

Paths are spelt as the file's imports spell them (``tensorflow.keras.layers.Dense``). Whether Keras
has such a name is not told here: that depends on the Keras the code is to run on.
"""

from __future__ import annotations

from keras_lint.model.dataclass import dataclass
from keras_lint.model.spans import Span


@dataclass(frozen=True)
class Argument:
    """One argument of a call.

    Args:
        name: of the keyword; empty for an argument by position.
        span: of ``name=value``.
        value: span of the value.
        literal: the value of a string, number, ``True``, ``False`` or ``None``.
        is_literal: whether it is one of these.
        path: the name that stands there, resolved through the imports; empty for anything else.
    """

    name: str
    span: Span
    value: Span
    literal: str | int | float | bool | None = None
    is_literal: bool = False
    path: str = ""


@dataclass(frozen=True)
class CallUse:
    """A call, its arguments in the order of the text; ``spread`` if it has ``*`` or ``**``."""

    span: Span
    arguments: tuple[Argument, ...] = ()
    spread: bool = False

    def keyword(self, name: str) -> Argument | None:
        """The argument given as ``name=``."""
        return next((item for item in self.arguments if item.name == name), None)

    def positional(self, index: int) -> Argument | None:
        """The argument at a position, if no ``*`` may have come before it."""
        found = [item for item in self.arguments if not item.name]
        return found[index] if index < len(found) and not self.spread else None


@dataclass(frozen=True)
class ImportUse:
    """One name of an import statement.

    Args:
        path: what is imported, ``keras.layers.core.Dense``; of a star the module.
        module: after ``from``; empty for a plain ``import``.
        name: the name that the file has for it.
        span: of the dotted name as written, without ``as``.
        module_span: of the module after ``from``; as ``span`` for a plain ``import``.
        statement: of the whole statement.
        names: how many names the statement imports.
        renamed: whether there is an ``as``.
        star: ``from module import *``.
        guarded: whether the code is prepared for the import to fail.
    """

    path: str
    module: str
    name: str
    span: Span
    module_span: Span
    statement: Span
    names: int = 1
    renamed: bool = False
    star: bool = False
    guarded: bool = False


@dataclass(frozen=True)
class NameUse:
    """One expression ``a.b.c`` that begins with an imported name.

    Args:
        path: what it stands for, ``tensorflow.keras.layers.Dense``.
        base: the path that the import gives, a front part of ``path``.
        span: of the expression.
        parts: spans of the front parts that add one name each to ``base``, shortest first.
        call: the call, if the expression is called.
        guarded: whether the code is prepared for the name not to be there, or may not run at all.
        within: span of the call in whose arguments it stands, the innermost one.
    """

    path: str
    base: str
    span: Span
    parts: tuple[Span, ...] = ()
    call: CallUse | None = None
    guarded: bool = False
    within: Span | None = None


@dataclass(frozen=True)
class MethodUse:
    """A call of a method of an object that surely is a Keras one.

    Args:
        owner: public name of the class: ``keras.Model``, ``keras.Sequential``.
        name: of the method.
        span: of the method's name.
        call: the call.
        guarded: as in :class:`NameUse`.
    """

    owner: str
    name: str
    span: Span
    call: CallUse
    guarded: bool = False


@dataclass(frozen=True)
class FileNames:
    """All of these in one file; ``bound`` are the names that the file gives a value anywhere."""

    imports: tuple[ImportUse, ...] = ()
    uses: tuple[NameUse, ...] = ()
    methods: tuple[MethodUse, ...] = ()
    bound: frozenset[str] = frozenset()
