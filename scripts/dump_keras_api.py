"""Write the API facts of the installed Keras 3 into ``keras_lint/keras_api/data/keras3/``.

Run ``python scripts/dump_keras_api.py`` in an environment with Keras installed. One JSON file per
public namespace: ``layers.json`` holds ``keras.layers.*``, ``keras.json`` the names directly under
``keras``. Each name maps to its kind, its canonical name (aliases share one), and for classes and
functions the signature as a list of ``[name, kind, has_default, default]``.
"""

from __future__ import annotations

import inspect
import json
import os
import re
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")

TARGET = Path(__file__).resolve().parent.parent / "keras_lint" / "keras_api" / "data" / "keras3"
SKIPPED = {"keras.src", "keras.tree"}


def plain(value: Any) -> Any:
    """A default as JSON; what JSON cannot hold becomes its class in angle brackets."""
    if isinstance(value, (bool, int, float, str, type(None))):
        return value
    if isinstance(value, (tuple, list)):
        return [plain(item) for item in value]
    return f"<{type(value).__name__}>"


def signature(obj: Any) -> list[list[Any]] | None:
    """Parameters without ``self``; None where Python cannot tell."""
    try:
        target = obj.__init__ if inspect.isclass(obj) else obj
        parameters = list(inspect.signature(target).parameters.values())
    except (TypeError, ValueError):
        return None
    if inspect.isclass(obj):
        parameters = parameters[1:]
    return described(parameters)


def described(parameters: list[inspect.Parameter]) -> list[list[Any]]:
    """Parameters as lists of name, kind, whether there is a default, and the default."""
    return [
        [p.name, p.kind.name.lower(), p.default is not p.empty]
        + ([plain(p.default)] if p.default is not p.empty else [])
        for p in parameters
    ]


def call_signature(obj: Any) -> list[list[Any]] | None:
    """The signature of a layer's ``call``, without ``self``."""
    call = getattr(obj, "call", None)
    if call is None:
        return None
    return described(list(inspect.signature(call).parameters.values())[1:])


_POPPED = re.compile(r"kwargs\.(?:pop|get)\(\s*['\"](\w+)['\"]" + r"|['\"](\w+)['\"] in kwargs")


def extra_keywords(cls: type) -> list[str]:
    """Keywords that ``**kwargs`` of a layer's constructor reaches in its bases, or that it pops."""
    names: set[str] = set()
    for base in cls.__mro__:
        init = vars(base).get("__init__")
        if init is None or not base.__module__.startswith("keras.src.layers"):
            continue
        if base is not cls:
            parameters = list(inspect.signature(init).parameters.values())[1:]
            names.update(p.name for p in parameters if not p.kind.name.startswith("VAR"))
        for match in _POPPED.finditer(inspect.getsource(init)):
            names.add(match.group(1) or match.group(2))
    return sorted(names)


def collect(module: ModuleType, prefix: str, found: dict[str, Any], seen: set[int]) -> None:
    """Every public name under ``prefix``, modules first walked and then described."""
    seen.add(id(module))
    for name in sorted(dir(module)):
        if name.startswith("_"):
            continue
        path = f"{prefix}.{name}"
        obj = getattr(module, name)
        if path in SKIPPED:
            continue
        if inspect.ismodule(obj):
            inside = obj.__name__.startswith("keras.") and not obj.__name__.startswith("keras.src")
            if inside and id(obj) not in seen:
                found[path] = ("module", obj)
                collect(obj, path, found, seen)
        else:
            found[path] = ("value", obj)


def main() -> int:
    """Write the files; the exit code says whether anything changed."""
    import keras
    from keras.src.api_export import REGISTERED_OBJS_TO_NAMES
    from keras.src.models.functional import Functional

    found: dict[str, Any] = {}
    collect(keras, "keras", found, set())
    by_object: dict[int, list[str]] = {}
    for path, (kind, obj) in found.items():
        if kind == "value" and callable(obj):
            by_object.setdefault(id(obj), []).append(path)

    files: dict[str, dict[str, Any]] = {}
    for path, (kind, obj) in sorted(found.items()):
        parts = path.split(".")
        namespace = parts[1] if len(parts) > 2 else "keras"
        facts: dict[str, Any] = {"kind": kind}
        if kind == "value":
            if inspect.isclass(obj):
                facts["kind"] = "class"
            elif callable(obj):
                facts["kind"] = "function"
            aliases = by_object.get(id(obj), [path])
            exported = (
                [n for n in REGISTERED_OBJS_TO_NAMES.get(obj, ()) if n in found]
                if (facts["kind"] != "value")
                else []
            )
            named = [a for a in aliases if a.rpartition(".")[2] == getattr(obj, "__name__", "")]
            own = getattr(obj, "__name__", "")
            preferred = [n for n in exported if n.rpartition(".")[2] == own]
            order = preferred or exported or named or aliases
            canonical = order[0]
            if canonical != path:
                facts["canonical"] = canonical
            elif facts["kind"] in ("class", "function"):
                # A model made from tensors is a Functional, whatever ``Model.__init__`` says.
                facts["params"] = signature(Functional if obj is keras.Model else obj)
                if facts["kind"] == "class":
                    facts["bases"] = [
                        base.__name__ for base in obj.__mro__[1:] if base is not object
                    ]
                    if issubclass(obj, keras.layers.Layer):
                        facts["call"] = call_signature(obj)
                        extra = extra_keywords(obj)
                        if any(p[1] == "var_keyword" for p in facts["params"] or ()) and extra:
                            facts["extra"] = extra
        files.setdefault(namespace, {})[path] = facts

    TARGET.mkdir(parents=True, exist_ok=True)
    for namespace, names in sorted(files.items()):
        text = json.dumps({"keras": keras.__version__, "names": names}, indent=0, sort_keys=True)
        (TARGET / f"{namespace}.json").write_text(text + "\n", encoding="utf-8")
    print(f"Keras {keras.__version__}: {len(found)} names in {len(files)} files")
    return 0


if __name__ == "__main__":
    sys.exit(main())
