"""Whether Python takes a value for true."""

from __future__ import annotations

from keras_lint.interp.store import (
    DictObject,
    InstanceObject,
    IteratorObject,
    ListObject,
    ScopeObject,
    SetObject,
    Store,
)
from keras_lint.interp.values import (
    BoundMethod,
    ClassValue,
    Const,
    ExternalValue,
    FunctionValue,
    PartialValue,
    Ref,
    TupleValue,
    Value,
)
from keras_lint.keras_api.names import lookup

_CALLABLES = (FunctionValue, ClassValue, BoundMethod, PartialValue)


def truth(store: Store, value: Value) -> bool | None:
    """The truth value, None if it is not known."""
    if isinstance(value, Const):
        return bool(value.value)
    if isinstance(value, TupleValue):
        return bool(value.items)
    if isinstance(value, ExternalValue):
        public = lookup(value.path)
        return True if public is not None and public.kind != "value" else None
    if not isinstance(value, Ref):
        return True if isinstance(value, _CALLABLES) else None
    found = store.get(value.address)
    if isinstance(found, IteratorObject):
        return True
    if isinstance(found, (ListObject, SetObject, DictObject)):
        return None if found.items is None else bool(found.items)
    if isinstance(found, InstanceObject) and _says_it_itself(store, found.cls):
        return None
    return None if found is None else True


def _says_it_itself(store: Store, cls: ClassValue) -> bool:
    members = store[cls.members]
    own = isinstance(members, ScopeObject) and {"__bool__", "__len__"} & set(members.variables)
    return bool(own) or any(
        isinstance(base, ClassValue) and _says_it_itself(store, base) for base in cls.bases
    )
