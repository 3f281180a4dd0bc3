"""What a file's own layer and model classes say about themselves."""

from __future__ import annotations

from typing import Literal

from keras_lint.model.dataclass import dataclass
from keras_lint.model.spans import Span


@dataclass(frozen=True)
class Parameter:
    """A parameter of ``__init__``.

    Args:
        name, span: of the parameter.
        required: whether it has no default.
        stored: ``plain`` if its value goes into the attribute of its name as it is, ``changed`` if
            anything else goes there, empty if nothing does.
        kept: whether its value goes into an attribute of that name, or its default says more than
            None: one that is neither may be another way to give what a third parameter says.
    """

    name: str
    span: Span
    required: bool
    kept: bool = True
    stored: Literal["", "plain", "changed"] = ""


@dataclass(frozen=True)
class Constructor:
    """The ``__init__`` of a class.

    Args:
        span: of its name.
        parameters: in order, without ``self``, ``*args`` and ``**kwargs``.
        spread: whether it takes ``**kwargs``.
        handed: whether these go on to ``super().__init__`` as they are.
    """

    span: Span
    parameters: tuple[Parameter, ...] = ()
    spread: bool = False
    handed: bool = False


@dataclass(frozen=True)
class Configuration:
    """The ``get_config`` of a class.

    Args:
        span: of its name.
        keys: the keys of what it gives; None if they are not all known.
        inherits: whether what the base class gives is among them.
    """

    span: Span
    keys: frozenset[str] | None = None
    inherits: bool = False


@dataclass(frozen=True)
class Place:
    """Something at a place: the state made there, the attribute that is set there."""

    span: Span
    what: str
    attribute: str = ""


@dataclass(frozen=True)
class OwnClass:
    """A class of the file that is built on a layer or model class of Keras.

    Args:
        name: of the class; ``span`` of its name.
        base: the class of Keras it is built on: ``keras.Layer``, ``keras.Model``.
        direct: whether that is its own base, with no other class of the file between, and none
            of another library beside it.
        registered: whether Keras's serialisation knows it by a decorator.
        init: its own constructor, None if it has none.
        config: its own ``get_config``, None if it has none.
        extended: whether other classes of the file are built on it.
        from_config: whether it makes itself from a configuration in its own way.
        state_in_call: layers with weights and variables that its ``call`` makes each time.
        untracked: attributes with state that Keras 3 does not see.
        undeclared: where its ``call`` reads ``training`` or ``mask`` without naming it as a
            parameter; see :func:`keras_lint.interp.undeclared.undeclared`.
    """

    name: str
    span: Span
    base: str
    direct: bool
    registered: bool = False
    init: Constructor | None = None
    config: Configuration | None = None
    extended: bool = False
    from_config: bool = False
    state_in_call: tuple[Place, ...] = ()
    untracked: tuple[Place, ...] = ()
    undeclared: tuple[Place, ...] = ()


@dataclass(frozen=True)
class Misdeclared:
    """A ``compute_output_shape`` that says something else than ``call`` gives.

    Args:
        cls: name of the class.
        span: of the method's name.
        declared, actual: the shapes, in Keras notation.
    """

    cls: str
    span: Span
    declared: str
    actual: str


@dataclass(frozen=True)
class OwnCode:
    """All of these in one file.

    ``lambdas`` are the Lambda layers around a Python ``lambda``, ``saved_lambdas`` those of them
    that are in a model on which ``save`` is called.
    """

    classes: tuple[OwnClass, ...] = ()
    misdeclared: tuple[Misdeclared, ...] = ()
    lambdas: tuple[Span, ...] = ()
    saved_lambdas: tuple[Span, ...] = ()
