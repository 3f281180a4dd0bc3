"""A ``.keras`` archive as the program that would make its model, from its configuration alone.

Nothing in the archive is loaded or run: ``config.json`` is read as data and written down as Keras
calls, which are then analysed like any other source. What only code outside the archive could tell
(classes and functions of its author) appears as something unknown.

The format is that of Keras 3 (seen in 3.15): a functional model lists its layers with the calls of
each as ``inbound_nodes``, whose tensors are ``[layer, call, output]``.
"""

from __future__ import annotations

import io
import json
import keyword
import re
import zlib
from collections.abc import Iterator, Mapping
from typing import Any

from keras_lint.model.dataclass import dataclass
from keras_lint.source.reader import SourceError

SUFFIX = ".keras"
OWN_CODE = "code_that_is_not_in_the_archive"
"""The module from which the written program takes what the archive does not hold."""

_CONFIG = "config.json"
_METADATA = "metadata.json"
_HDF5 = b"\x89HDF\r\n\x1a\n"
_LARGEST = 64 * 1024 * 1024
_KEPT_APART = frozenset({"name", "trainable", "dtype"})
_LIBRARY = ("initializers", "regularizers", "constraints")
_OPERATIONS = "keras.src.ops."
_CAPITALS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")

Json = Mapping[str, Any]


def is_archive(content: bytes, path: str) -> bool:
    """Whether this is to be read as an archive: by its name, or by how such a file begins."""
    return path.lower().endswith(SUFFIX) or content.startswith((b"PK\x03\x04", _HDF5))


@dataclass(frozen=True)
class Archive:
    """What an archive says of its model: the program that makes it, its name and class."""

    text: str
    name: str
    class_name: str


def read_archive(content: bytes) -> Archive:
    """The model of an archive as a program.

    Raises:
        SourceError: it is no archive of Keras 3, or its configuration is not what Keras writes.
    """
    if content.startswith(_HDF5):
        raise SourceError("failed", "an HDF5 file: of saved models, .keras archives alone are read")
    metadata = _read(content, _METADATA)
    version = str(metadata.get("keras_version", ""))
    if version.startswith("2."):
        raise _refused(f"saved by Keras {version}; only archives of Keras 3 are read")
    writer = _Writer()
    saved = _read(content, _CONFIG)
    try:
        writer.model(saved, "")
        name, class_name = str(saved["config"].get("name", "")), _identifier(saved["class_name"])
    except (KeyError, TypeError, IndexError, AttributeError, ValueError) as error:
        raise _refused(f"{_CONFIG} is not what Keras writes: {error!r}") from error
    text = "\n".join(["import keras", f"import {OWN_CODE}", *writer.lines, ""])
    return Archive(text, name or class_name, class_name)


def _refused(reason: str) -> SourceError:
    return SourceError("failed", reason)


def _read(content: bytes, name: str) -> Json:
    """One JSON document of the archive."""
    import zipfile  # few runs need it

    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive, archive.open(name) as file:
            data = file.read(_LARGEST + 1)
    except KeyError as error:
        raise _refused(f"not a Keras archive: it has no {name}") from error
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError) as error:
        raise _refused(f"not a readable zip archive: {error}") from error
    except (RuntimeError, NotImplementedError) as error:  # encrypted, or packed in another way
        raise _refused(f"{name} cannot be unpacked: {error}") from error
    if len(data) > _LARGEST:
        raise _refused(f"{name} is larger than {_LARGEST // 1024 // 1024} MiB")
    try:
        document = json.loads(data)
    except RecursionError as error:
        raise _refused(f"{name} is nested too deeply") from error
    except ValueError as error:
        raise _refused(f"{name} is not JSON: {error}") from error
    if not isinstance(document, dict):
        raise _refused(f"{name} holds no object")
    return document


class _Writer:
    """Writes statements; every method returns the expression that stands for what it wrote."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self._names = 0
        self._shared: dict[int, str] = {}

    def model(self, saved: Json, name: str) -> str:
        """A model; ``name`` is that under which a functional model lists it, if one does."""
        config = saved["config"]
        if not isinstance(config, dict):
            raise _refused(f"the configuration of {saved['class_name']} is no object")
        name = name or str(config.get("name", ""))
        if isinstance(config.get("layers"), list) and "input_layers" in config:
            made = self._functional(config, name)
        elif isinstance(config.get("layers"), list) and saved["class_name"] == "Sequential":
            made = self._sequential(config, name)
        else:
            return self._bind(self._own(saved["class_name"]))
        if config.get("trainable") is False:
            self.lines.append(f"{made}.trainable = False")
        return made

    def _bind(self, expression: str) -> str:
        self._names += 1
        self.lines.append(f"v{self._names} = {expression}")
        return f"v{self._names}"

    def _own(self, class_name: object) -> str:
        return f"{OWN_CODE}.{_identifier(class_name)}()"

    def _sequential(self, config: Json, name: str) -> str:
        layers = [
            self._input(layer) if layer["class_name"] == "InputLayer" else self.layer(layer)
            for layer in config["layers"]
        ]
        made = self._bind(f"keras.Sequential([{', '.join(layers)}], name={name!r})")
        first = config["layers"][0]["class_name"] if layers else ""
        shape = config.get("build_input_shape")
        if shape is not None and first != "InputLayer":
            self.lines.append(f"{made}.build({self._tuple(shape)})")
        return made

    def _input(self, layer: Json) -> str:
        config = layer["config"]
        arguments = [f"batch_shape={self._tuple(config['batch_shape'])}"]
        for key in ("dtype", "sparse", "ragged", "optional", "name"):
            if config.get(key):
                arguments.append(f"{key}={self.value(config[key])}")
        return f"keras.Input({', '.join(arguments)})"

    def _tuple(self, shape: Any) -> str:
        return f"tuple({self.value(shape)})"

    def layer(self, saved: Json) -> str:
        """A layer, or a model in the role of one."""
        shared = saved.get("shared_object_id")
        if isinstance(shared, int) and shared in self._shared:
            return self._shared[shared]
        made = self._layer(saved)
        if isinstance(shared, int):
            self._shared[shared] = made
        return made

    def _layer(self, saved: Json) -> str:
        config = saved["config"]
        if isinstance(config, dict) and isinstance(config.get("layers"), list):
            return self.model(saved, str(saved.get("name") or ""))
        if saved.get("module") != "keras.layers" or saved.get("registered_name"):
            return self._bind(self._own(saved["class_name"]))
        arguments = [f"{key}={value}" for key, value in self._arguments(config)]
        call = f"keras.layers.{_identifier(saved['class_name'])}({', '.join(arguments)})"
        return self._bind(call)

    def _arguments(self, config: Json) -> Iterator[tuple[str, str]]:
        for key, value in config.items():
            if key not in _KEPT_APART:
                yield _identifier(key), self.value(value)
        if "name" in config:
            yield "name", repr(str(config["name"]))
        if config.get("trainable") is False:
            yield "trainable", "False"
        if config.get("dtype") is not None:
            yield "dtype", self.value(config["dtype"])

    def value(self, value: Any, tensors: Mapping[tuple[str, int], str] | None = None) -> str:
        """Anything in a configuration as an expression; ``tensors`` are the calls made so far."""
        if value is None or isinstance(value, (bool, int, str)):
            return repr(value)
        if isinstance(value, float):
            return repr(value) if value - value == 0 else f"float({str(value)!r})"
        if isinstance(value, list):
            return f"[{', '.join(self.value(item, tensors) for item in value)}]"
        if not isinstance(value, dict):
            raise TypeError(f"{type(value).__name__} in a configuration")
        kind, config = value.get("class_name"), value.get("config")
        if kind is None:
            items = (f"{key!r}: {self.value(item, tensors)}" for key, item in value.items())
            return "{" + ", ".join(items) + "}"
        if kind == "__tuple__":
            return f"tuple({self.value(value['items'], tensors)})"
        if kind == "__keras_tensor__" and tensors is not None and isinstance(config, dict):
            return _tensor(config["keras_history"], tensors)
        module = str(value.get("module") or "")
        if module == "keras" and kind == "DTypePolicy" and isinstance(config, dict):
            return repr(str(config["name"]))
        if module == "keras.layers":
            return self.layer(value)
        own = bool(value.get("registered_name"))
        if module.startswith("keras.") and module.rpartition(".")[2] in _LIBRARY and not own:
            said = ", ".join(f"{k}={v}" for k, v in self._arguments(config or {}) if k != "name")
            return f"{module}.{_identifier(kind)}({said})"
        return self._own("value")

    # -- functional models ---------------------------------------------------------------------

    def _functional(self, config: Json, name: str) -> str:
        layers = {str(layer["name"]): layer for layer in config["layers"]}
        made: dict[str, str] = {}
        tensors: dict[tuple[str, int], str] = {}
        waiting: list[tuple[str, int, Json]] = []
        for key, layer in layers.items():
            if layer["class_name"] == "InputLayer":
                tensors[key, 0] = self._bind(f"[{self._input(layer)}]")
                continue
            if not str(layer.get("module") or "").startswith(_OPERATIONS):
                made[key] = self.layer(layer)
            waiting += [(key, index, node) for index, node in enumerate(layer["inbound_nodes"])]
        while waiting:
            ready = [call for call in waiting if _sources(call[2]) <= tensors.keys()]
            if not ready:
                raise _refused(f"{_CONFIG}: the calls of {waiting[0][0]!r} wait for each other")
            for key, index, node in ready:
                call = self._call(layers[key], made.get(key), node, tensors)
                tensors[key, index] = self._bind(f"keras.tree.flatten({call})")
            waiting = [call for call in waiting if (call[0], call[1]) not in tensors]
        ends = [self._ends(config[what], tensors) for what in ("input_layers", "output_layers")]
        return self._bind(f"keras.Model({ends[0]}, {ends[1]}, name={name!r})")

    def _call(
        self, layer: Json, made: str | None, node: Json, tensors: Mapping[tuple[str, int], str]
    ) -> str:
        arguments = [self.value(value, tensors) for value in node["args"]]
        keywords = {k: v for k, v in node["kwargs"].items() if v is not None}
        if made is not None:
            arguments += [f"{_identifier(k)}={self.value(v, tensors)}" for k, v in keywords.items()]
            return f"{made}({', '.join(arguments)})"
        if layer["class_name"] == "GetItem":
            return f"{arguments[0]}[{_slice(node['args'][1])}]"
        given = {k: v for k, v in layer["config"].items() if k not in ("name", "dtype")}
        keywords = {**given, **keywords}
        arguments += [f"{_identifier(k)}={self.value(v, tensors)}" for k, v in keywords.items()]
        function = _CAPITALS.sub("_", _identifier(layer["class_name"])).lower()
        return f"keras.ops.{function}({', '.join(arguments)})"

    def _ends(self, refs: Any, tensors: Mapping[tuple[str, int], str]) -> str:
        if isinstance(refs, dict):
            if refs.get("class_name") == "__tuple__":
                return f"tuple({self._ends(refs['items'], tensors)})"
            items = (f"{key!r}: {self._ends(item, tensors)}" for key, item in refs.items())
            return "{" + ", ".join(items) + "}"
        if len(refs) == 3 and isinstance(refs[0], str):
            return _tensor(refs, tensors)
        return f"[{', '.join(self._ends(item, tensors) for item in refs)}]"


def _tensor(history: Any, tensors: Mapping[tuple[str, int], str]) -> str:
    layer, call, output = history
    return f"{tensors[str(layer), int(call)]}[{int(output)}]"


def _sources(value: Any) -> set[tuple[str, int]]:
    """The calls whose tensors are in the arguments of another call."""
    if isinstance(value, dict):
        if value.get("class_name") == "__keras_tensor__":
            layer, call, _ = value["config"]["keras_history"]
            return {(str(layer), int(call))}
        return _sources(list(value.values()))
    if isinstance(value, list):
        return {source for item in value for source in _sources(item)}
    return set()


def _slice(key: Any) -> str:
    """What stands between the brackets of ``tensor[...]``."""
    if isinstance(key, dict) and key.get("class_name") == "__slice__":
        ends = (key["config"][name] for name in ("start", "stop", "step"))
        return ":".join("" if end is None else str(int(end)) for end in ends)
    if isinstance(key, dict) and key.get("class_name") == "__ellipsis__":
        return "..."
    if isinstance(key, dict) and key.get("class_name") == "__tuple__":
        key = key["items"]
    if isinstance(key, list):
        return ", ".join(_slice(item) for item in key)
    if key is None or isinstance(key, int):
        return repr(key)
    raise TypeError("an index of a kind that is not known")


def _identifier(name: object) -> str:
    """A name that may be written into a program; nothing else passes."""
    if isinstance(name, str) and name.isidentifier() and not keyword.iskeyword(name):
        return name
    raise _refused(f"{_CONFIG}: {name!r} is no name")
