"""Write the API facts of the installed Keras 3 and Keras 2 into ``keras_lint/keras_api/data/``.

Run ``python scripts/dump_keras_api.py`` where Keras 3, TensorFlow and ``tf_keras`` are installed;
with ``--check`` it writes nothing and exits with 1 where the files differ from what is installed.

``keras3/`` and ``keras2/`` hold one JSON file per public namespace: ``layers.json`` has
``keras.layers.*``, ``keras.json`` the names directly under ``keras`` (``tf_keras`` is spelt
``keras`` too). Each name maps to its kind, its canonical name (aliases share one), and for classes
and functions the signature as a list of ``[name, kind, has_default, default]``.
``versions/tensorflow.json`` has what Keras 3 offers as ``tf.keras`` alone, in the same form.

``--history FOLDER...`` writes ``versions/history.json``: in which minor version of Keras 3 a name
or an argument came or went. Each folder holds one version
(``pip install --no-deps --target FOLDER "keras==3.6.*"``), the newest included; what old versions
need besides (``optree``, ``dm-tree``) must be importable too.
"""

from __future__ import annotations

import argparse
import functools
import importlib
import inspect
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")

TARGET = Path(__file__).resolve().parent.parent / "keras_lint" / "keras_api" / "data"
SKIPPED = {"src", "tree", "api", "protobuf"}
"""Modules directly under ``keras`` that are private, or no part of Keras."""
BASE_KEYWORDS = ("activity_regularizer", "autocast", "dtype", "input_dim", "input_shape", "name")
BASE_KEYWORDS += ("trainable",)
"""What the Layer base class takes from every layer's ``**kwargs``."""
OWN_NAMES = "_keras_api_names"
"""Where objects of Keras 2 keep the names under which they are public."""
PROVISIONAL = {"dtensor", "experimental", "legacy"}
Names = dict[str, dict[str, Any]]


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
        if init is None or ".src.layers" not in base.__module__:
            continue
        if base is not cls:
            parameters = list(inspect.signature(init).parameters.values())[1:]
            names.update(p.name for p in parameters if not p.kind.name.startswith("VAR"))
        for match in _POPPED.finditer(inspect.getsource(init)):
            names.add(match.group(1) or match.group(2))
    return sorted(names)


def collect(
    module: ModuleType, prefix: str, found: dict[str, tuple[str, Any]], seen: set[int]
) -> None:
    """Every public name under ``prefix``, modules first walked and then described."""
    seen.add(id(module))
    root = prefix == "keras"
    for name in sorted(dir(module)):
        if name.startswith("_") or (root and name in SKIPPED):
            continue
        path = f"{prefix}.{name}"
        obj = getattr(module, name)
        if inspect.ismodule(obj):
            package = obj.__name__.split(".")
            inside = package[0] in ("keras", "tf_keras") and package[1:2] != ["src"]
            if inside and id(obj) not in seen:
                found[path] = ("module", obj)
                collect(obj, path, found, seen)
        else:
            found[path] = ("value", obj)


def exported_names(obj: Any, registered: Any) -> list[str]:
    """The names Keras gives to one of its objects, the canonical one first."""
    if registered is not None:
        return list(registered.get(obj, ()))
    names = [f"keras.{name.removeprefix('keras.')}" for name in vars(obj).get(OWN_NAMES, ())]
    return sorted(names, key=lambda name: bool(PROVISIONAL & set(name.split("."))))


def surface(module: ModuleType, models: tuple[type, type], registered: Any) -> Names:
    """The facts of every public name of one Keras.

    Args:
        module: ``keras``, ``tf_keras`` or what stands for ``tf.keras``.
        models: its ``Model`` and what a model made from tensors is.
        registered: Keras 3's table from objects to names; None for Keras 2.
    """
    found: dict[str, tuple[str, Any]] = {}
    collect(module, "keras", found, set())
    by_object: dict[int, list[str]] = {}
    for path, (kind, obj) in found.items():
        if kind == "value" and callable(obj):
            by_object.setdefault(id(obj), []).append(path)
    names: Names = {}
    for path, (kind, obj) in sorted(found.items()):
        facts: dict[str, Any] = {"kind": kind}
        if kind == "value" and callable(obj):
            facts["kind"] = "class" if inspect.isclass(obj) else "function"
            aliases = by_object[id(obj)]
            own = getattr(obj, "__name__", "")
            exported = [n for n in exported_names(obj, registered) if n in found]
            preferred = [n for n in exported if n.rpartition(".")[2] == own]
            named = [a for a in aliases if a.rpartition(".")[2] == own]
            canonical = (preferred or exported or named or aliases)[0]
            if canonical != path:
                facts["canonical"] = canonical
            else:
                # A model made from tensors is a Functional, whatever ``Model.__init__`` says.
                facts["params"] = signature(models[1] if obj is models[0] else obj)
                if inspect.isclass(obj):
                    facts |= class_facts(obj, facts["params"], module.layers.Layer)
        names[path] = facts
    return names


def class_facts(cls: type, params: list[list[Any]] | None, layer: type) -> dict[str, Any]:
    """Bases, and for layers ``call`` and what ``**kwargs`` of the constructor takes."""
    facts: dict[str, Any] = {
        "bases": [
            base.__name__
            for base in cls.__mro__[1:]
            # what other packages are installed is not a fact about Keras
            if base is not object and not base.__module__.startswith("sklearn")
        ]
    }
    if issubclass(cls, layer):
        facts["call"] = call_signature(cls)
        extra = extra_keywords(cls)
        if any(p[1] == "var_keyword" for p in params or ()) and extra:
            facts["extra"] = extra
    return facts


def keras3() -> tuple[str, Names]:
    """Version and names of the installed Keras 3."""
    import keras
    from keras.src.api_export import REGISTERED_OBJS_TO_NAMES
    from keras.src.models.functional import Functional

    return keras.__version__, surface(keras, (keras.Model, Functional), REGISTERED_OBJS_TO_NAMES)


def keras2() -> tuple[str, Names]:
    """Version and names of the installed Keras 2, ``tf_keras``.

    The layers of cuDNN, which it offers to TensorFlow 1 alone, are told as of ``keras.layers``.
    """
    import tf_keras
    from tf_keras.src.engine.functional import Functional
    from tf_keras.src.layers import CuDNNGRU, CuDNNLSTM

    names = surface(tf_keras, (tf_keras.Model, Functional), None)
    for cls in (CuDNNGRU, CuDNNLSTM):
        params = signature(cls)
        facts = {
            "kind": "class",
            "params": params,
            **class_facts(cls, params, tf_keras.layers.Layer),
        }
        names[f"keras.layers.{cls.__name__}"] = facts
    return tf_keras.__version__, names


def tensorflow_only() -> tuple[str, Names]:
    """The names that Keras 3 has as ``tf.keras`` alone."""
    import keras
    from keras.src.api_export import REGISTERED_OBJS_TO_NAMES
    from keras.src.models.functional import Functional

    legacy = importlib.import_module("keras._tf_keras.keras")
    models = (keras.Model, Functional)
    own = surface(keras, models, REGISTERED_OBJS_TO_NAMES)
    theirs = surface(legacy, models, REGISTERED_OBJS_TO_NAMES)
    return keras.__version__, {path: facts for path, facts in theirs.items() if path not in own}


def written(facts: dict[str, Any], indent: int | None = 0) -> str:
    """Facts as the text of a file."""
    return json.dumps(facts, indent=indent, sort_keys=True) + "\n"


def files() -> dict[str, str]:
    """Every file that the installed versions give: its place below ``data`` and its text."""
    made: dict[str, str] = {}
    sources: dict[str, Callable[[], tuple[str, Names]]] = {"keras3": keras3, "keras2": keras2}
    for folder, read in sources.items():
        version, names = read()
        spaces: dict[str, Names] = {}
        for path, facts in names.items():
            parts = path.split(".")
            spaces.setdefault(parts[1] if len(parts) > 2 else "keras", {})[path] = facts
        for space, content in spaces.items():
            made[f"{folder}/{space}.json"] = written({"keras": version, "names": content})
    version, names = tensorflow_only()
    made["versions/tensorflow.json"] = written({"keras": version, "names": names})
    return made


def accepted(names: Names) -> dict[str, list[str] | None]:
    """Name to the arguments it takes; None where that is open or not known."""
    taken: dict[str, list[str] | None] = {}
    for path, facts in names.items():
        source = names[facts.get("canonical", path)]
        params = source.get("params")
        taken[path] = None
        if params is None:
            continue
        arguments = [p[0] for p in params if not p[1].startswith("var")]
        if any(p[1] == "var_keyword" for p in params):
            if "call" not in source or "Model" in source["bases"]:
                continue
            arguments += [*source.get("extra", ()), *BASE_KEYWORDS]
        taken[path] = arguments
    return taken


def surfaces(folders: list[Path]) -> Iterator[tuple[str, dict[str, list[str] | None]]]:
    """Version and names with their arguments of each folder, asked in a process of its own."""
    for folder in folders:
        paths = [str(folder), os.environ.get("PYTHONPATH", "")]
        ran = subprocess.run(
            [sys.executable, __file__, "--surface"],
            env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, paths))},
            check=True,
            capture_output=True,
            text=True,
        )
        yield tuple(json.loads(ran.stdout.splitlines()[-1]))


def spans(present: list[bool | None], minors: list[int]) -> list[int | None] | None:
    """First and last minor version of something, None where it has been or is for ever.

    None altogether for what was there all the time, and for what came back after it went. A version
    that does not tell (None) counts as having it.
    """
    having = [index for index, has in enumerate(present) if has is not False]
    if (
        len(having) == len(present)
        or not having
        or having != list(range(having[0], having[-1] + 1))
    ):
        return None
    since = None if having[0] == 0 else minors[having[0]]
    return [since, None if having[-1] == len(present) - 1 else minors[having[-1]]]


def history(folders: list[Path]) -> dict[str, Any]:
    """When names and arguments came and went; whatever is not mentioned was there all along."""
    told = sorted(surfaces(folders), key=lambda item: int(item[0].split(".")[1]))
    versions, contents = [item[0] for item in told], [item[1] for item in told]
    minors = [int(version.split(".")[1]) for version in versions]
    names: dict[str, Any] = {}
    arguments: dict[str, dict[str, Any]] = {}
    for path in sorted(functools.reduce(lambda a, b: a | b.keys(), contents, set[str]())):
        span = spans([path in content for content in contents], minors)
        if span is not None:
            names[path] = span
        having = [i for i, content in enumerate(contents) if path in content]
        lists = [contents[i][path] for i in having]
        every = sorted({name for given in lists if given is not None for name in given})
        for name in every:
            present = [None if given is None else name in given for given in lists]
            span = spans(present, [minors[i] for i in having])
            if span is not None:
                arguments.setdefault(path, {})[name] = span
    return {"versions": versions, "names": names, "arguments": arguments}


def main() -> int:
    """Write or check the files; the exit code says whether they are as they should be."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--check", action="store_true", help="write nothing, compare")
    parser.add_argument("--surface", action="store_true", help="print names with their arguments")
    parser.add_argument("--history", nargs="+", type=Path, metavar="FOLDER", default=[])
    options = parser.parse_args()
    if options.surface:
        version, names = keras3()
        print(json.dumps([version, accepted(names)]))
        return 0
    if options.history:
        made = {"versions/history.json": written(history(options.history))}
    else:
        made = files()
    stale = [
        name
        for name, text in sorted(made.items())
        if not (TARGET / name).is_file() or (TARGET / name).read_text(encoding="utf-8") != text
    ]
    for name in stale:
        if not options.check:
            (TARGET / name).parent.mkdir(parents=True, exist_ok=True)
            (TARGET / name).write_text(made[name], encoding="utf-8")
        print(f"{name} {'differs' if options.check else 'written'}")
    print(f"{len(made)} files, {len(stale)} of them not as installed before")
    return 1 if stale and options.check else 0


if __name__ == "__main__":
    sys.exit(main())
