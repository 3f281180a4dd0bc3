"""Repairs as data: what to change in the source, and what that changes in the model.

Rules say *what* to change in terms of calls and arguments; :mod:`keras_lint.fixes` finds the text.
"""

from __future__ import annotations

import dataclasses

from keras_lint.model.dataclass import dataclass
from keras_lint.model.spans import Span


@dataclasses.dataclass(frozen=True, order=True)
class Edit:
    """New text in place of a span; an empty span inserts."""

    span: Span
    text: str


@dataclass(frozen=True)
class SetArgument:
    """Give the call at ``call`` the keyword ``name`` with the source text ``value``.

    An argument that is there already (by keyword) gets the new value instead. Not possible for a
    call with ``**keywords`` that may hold it.
    """

    call: Span
    name: str
    value: str


@dataclass(frozen=True)
class SetString:
    """Write the string ``new`` for the argument of the call at ``call`` that is the string ``old``.

    Not possible where it is not written there, or written for several arguments.
    """

    call: Span
    old: str
    new: str


@dataclass(frozen=True)
class RemoveArgument:
    """Take the keyword ``name`` out of the call at ``call``."""

    call: Span
    name: str


@dataclass(frozen=True)
class RenameArgument:
    """Call the keyword ``old`` of the call at ``call`` ``new``; its value stays."""

    call: Span
    old: str
    new: str


@dataclass(frozen=True)
class Drop:
    """Take a layer out: the layer whose construction is at ``layer``.

    It may stand in the list of a Sequential, in a ``model.add(...)`` of its own, or be called on
    one tensor where it is made (``x = Dropout(0)(x)`` goes, ``Dense(1)(Dropout(0)(x))`` becomes
    ``Dense(1)(x)``). Elsewhere the change is not possible.
    """

    layer: Span


@dataclass(frozen=True)
class Rename:
    """Write the public Keras object ``name`` (``keras.ops.reshape``) in place of ``span``.

    The shortest spelling that the file's imports allow is taken; if there is none, an import is
    added (``from keras import ops``). ``keras`` at the front stands for whichever of ``keras``,
    ``tensorflow.keras`` and ``tf_keras`` the file uses.
    """

    span: Span
    name: str


@dataclass(frozen=True)
class SetValue:
    """Write ``value`` as the value of the argument at ``argument``, by position or keyword."""

    argument: Span
    value: str


@dataclass(frozen=True)
class Bracket:
    """Make the positional arguments of the call at ``call`` one list."""

    call: Span


@dataclass(frozen=True)
class Unwrap:
    """Put what stands at ``inner`` in place of what stands around it at ``outer``."""

    outer: Span
    inner: Span


@dataclass(frozen=True)
class Unshare:
    """Make a new object each time in ``[Dense(8)] * 3``; ``item`` is where the object is made."""

    item: Span


@dataclass(frozen=True)
class Share:
    """Make one object for two calls: ``Dense(8)(x)`` and, further down, ``Dense(8)(y)``.

    The object is made before the statement of the first. Not possible unless both are called where
    they are made, in statements of one block.

    Args:
        first, second: where the two are made.
        name: what the object is called, with a number if that means something already.
    """

    first: Span
    second: Span
    name: str


@dataclass(frozen=True)
class BeginWithInput:
    """Put an ``Input`` before the first layer of a Sequential, in place of its argument.

    Possible where the layer is the first item of the list of a ``Sequential(...)``, or the first
    that is added to an empty one in the same block.

    Args:
        layer: where the layer is made.
        argument: ``input_shape`` or ``input_dim``.
    """

    layer: Span
    argument: str


@dataclass(frozen=True)
class Reshape:
    """Change the tuple that the argument at ``shape`` gives.

    Args:
        shape: an argument whose value is written as a tuple, a list or a number.
        drop_first: take the first item out.
        append: an item to put last.
        single: make a lone number a tuple of one.
    """

    shape: Span
    drop_first: bool = False
    append: str = ""
    single: bool = False


@dataclass(frozen=True)
class CallSuper:
    """Make ``super().__init__(**kwargs)`` the first statement of an ``__init__``.

    Args:
        init: its name. What it takes by ``**`` is handed on if nothing else in it reads that.
    """

    init: Span


@dataclass(frozen=True)
class HandOn:
    """Let an ``__init__`` take ``**kwargs`` and hand them on to ``super().__init__``.

    Not possible unless it calls that once.

    Args:
        init: its name.
    """

    init: Span


@dataclass(frozen=True)
class Complete:
    """Put keys into the dict that a ``get_config`` gives.

    Args:
        config: its name.
        init: the name of the ``__init__`` of the class.
        names: of the parameters, which are also the keys and the attributes that hold the values.
        kept: those of them that ``__init__`` does not keep in these attributes yet.
    """

    config: Span
    init: Span
    names: tuple[str, ...]
    kept: tuple[str, ...] = ()


@dataclass(frozen=True)
class Decorate:
    """Put ``@name()`` before a class.

    Args:
        definition: the name of the class.
        name: a public Keras object, spelt as by :class:`Rename`.
    """

    definition: Span
    name: str


Change = (
    Edit
    | SetArgument
    | SetValue
    | SetString
    | RemoveArgument
    | RenameArgument
    | Bracket
    | Reshape
    | Drop
    | Unwrap
    | Unshare
    | Share
    | BeginWithInput
    | CallSuper
    | HandOn
    | Complete
    | Decorate
    | Rename
)


@dataclass(frozen=True)
class Claim:
    """What a fix says it changes; with nothing said, the model stays the same.

    Args:
        layers: names of the layers whose configuration it changes. Their outputs, and the shapes
            of what comes after them, may differ.
        added: classes of layers that it puts in, one entry for each.
        removed: classes of layers that it takes out.
        unshared: whether calls that shared one layer get layers of their own, or the reverse.
        arguments: arguments of constructors that are spelt otherwise, or left out, and mean the
            same to Keras.
    """

    layers: frozenset[str] = frozenset()
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    unshared: bool = False
    arguments: frozenset[str] = frozenset()


SAME = Claim()


@dataclass(frozen=True)
class Fix:
    """How to repair a finding.

    Args:
        title: what it does, as an order: ``add return_sequences=True``.
        changes: made together or not at all.
        safe: whether it surely means what the author meant; others are made only on demand.
        claim: what it changes in the model.
    """

    title: str
    changes: tuple[Change, ...]
    safe: bool = True
    claim: Claim = SAME
