"""Dataclasses that take little time to define and to make: a short run defines 160 of them.

Python's own (up to 3.12) compiles six functions for each frozen class, which is a quarter of what a
short run takes, and its frozen objects take twice as long to make as others. Here only ``__init__``
is compiled, and nothing guards the attributes at run time. To a type checker ``dataclass`` is that
of :mod:`dataclasses`: it sees to it that nothing frozen is assigned to.
"""

from __future__ import annotations

import dataclasses
from operator import attrgetter
from reprlib import recursive_repr
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dataclasses import dataclass as dataclass
else:

    def dataclass(cls=None, /, *, frozen=False, eq=True):
        """``dataclasses.dataclass`` with these of its options; ``frozen`` objects have a hash.

        The fields, ``__init__`` and what :mod:`dataclasses` offers for such classes are Python's
        own; ``__repr__``, ``__eq__`` and ``__hash__`` say the same as Python's, and those that a
        class defines stay.
        """
        if cls is None:
            return lambda cls: dataclass(cls, frozen=frozen, eq=eq)
        own = dict(vars(cls))
        made = dataclasses.dataclass(cls, repr=False, eq=False)
        if "__repr__" not in own:
            made.__repr__ = _repr_of([f.name for f in dataclasses.fields(made) if f.repr])
        if eq:
            names = [field.name for field in dataclasses.fields(made) if field.compare]
            values = _values_of(names)
            if "__eq__" not in own:
                made.__eq__ = _eq_by(values)
            if own.get("__hash__") is None:  # as Python leaves it where there is an ``__eq__``
                made.__hash__ = _hash_by(values) if frozen else None
        return made

    def _values_of(names):
        """What gives the values of an object as a tuple, whose parts are equal if they are one."""
        if len(names) > 1:
            return attrgetter(*names)
        get = attrgetter(*names) if names else None
        return lambda one: () if get is None else (get(one),)

    def _repr_of(names):
        @recursive_repr()
        def __repr__(self):
            shown = ", ".join(f"{name}={getattr(self, name)!r}" for name in names)
            return f"{type(self).__qualname__}({shown})"

        return __repr__

    def _eq_by(values):
        def __eq__(self, other):
            return values(self) == values(other) if type(other) is type(self) else NotImplemented

        return __eq__

    def _hash_by(values):
        def __hash__(self):
            return hash(values(self))

        return __hash__
