"""What one requirements file asks of Keras; imported only for files that name it.

Parsing versions takes ``packaging``, whose import is not worth it for most files.
"""

from __future__ import annotations

import ast
import configparser
import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.utils import canonicalize_name

from keras_lint.model.target import Generation, Target

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

_TENSORFLOW = frozenset(
    ("tensorflow", "tensorflow-cpu", "tensorflow-gpu", "tensorflow-macos", "tf-nightly")
)
_KERAS_2 = ("2.0.9", "2.1.6", "2.2.5", "2.3.1", "2.4.3", *(f"2.{n}.0" for n in range(5, 16)))
_TENSORFLOW_2 = ("1.15.5", *(f"2.{n}.1" for n in range(0, 16)))
_NEWEST_MINORS = 60
"""So many minor versions of Keras 3 and TensorFlow 2 are thought possible: requirements come from
before the next release."""
_CONDA = re.compile(r"\s*-\s*[\"']?([A-Za-z0-9_.-]+)\s*([=<>!~][^\s\"'#]*)?[\"']?\s*(#.*)?$")
_CARET = re.compile(r"\^\s*(\d+)(?:\.(\d+))?")


def target_of(file: Path, text: str) -> Target | None:
    """What one file with the content ``text`` asks for; None if it says nothing about Keras."""
    keras: Target | None = None
    for requirement in _requirements(file.name, text):
        name = canonicalize_name(requirement.name)
        if name == "keras":
            generation, minor = _generation(requirement.specifier)
            other = keras.tensorflow if keras else generation
            keras = Target(generation, other, minor, f"{file.name}: {requirement}")
        elif name in _TENSORFLOW:
            generation = "keras2" if _no_keras3(requirement.specifier) else "keras3"
            own = keras.keras if keras else generation
            keras = Target(
                own, generation, keras.minor if keras else None, f"{file.name}: {requirement}"
            )
    return keras


def _generation(specifier: SpecifierSet) -> tuple[Generation, int | None]:
    """The newest generation of Keras that is allowed; the minor version if not the newest."""
    minors = [n for n in range(_NEWEST_MINORS) if _allows(specifier, f"3.{n}")]
    if minors:
        return "keras3", minors[-1] if minors[-1] < _NEWEST_MINORS - 1 else None
    return ("keras2" if any(_allows(specifier, v[:-2]) for v in _KERAS_2) else "keras3"), None


def _no_keras3(specifier: SpecifierSet) -> bool:
    """Whether only versions of TensorFlow before 2.16 are allowed."""
    newer = any(_allows(specifier, f"2.{n}") for n in range(16, _NEWEST_MINORS))
    return not newer and any(_allows(specifier, v[:-2]) for v in _TENSORFLOW_2)


def _allows(specifier: SpecifierSet, minor: str) -> bool:
    """Whether some release of a minor version is allowed."""
    return any(specifier.contains(f"{minor}.{patch}") for patch in range(10))


# -- the files -------------------------------------------------------------------------------------


def _requirements(name: str, text: str) -> Iterator[Requirement]:
    for line in _lines(name, text):
        try:
            yield Requirement(line)
        except InvalidRequirement:
            continue


def _lines(name: str, text: str) -> Iterator[str]:
    """Requirements as pip writes them."""
    if name.endswith(".txt"):
        for line in text.splitlines():
            yield re.sub(r"(^|\s)#.*", "", line).strip()
    elif name == "pyproject.toml":
        yield from _of_pyproject(text)
    elif name == "setup.cfg":
        parser = configparser.ConfigParser(interpolation=None)
        try:
            parser.read_string(text)
        except configparser.Error:
            return
        yield from parser.get("options", "install_requires", fallback="").splitlines()
    elif name == "setup.py":
        yield from _of_setup(text)
    else:
        for line in text.splitlines():
            found = _CONDA.match(line)
            if found:
                version = re.sub(r"^=(?!=)", "==", found[2] or "")
                parts = version.removeprefix("==").split("=")  # conda: keras=2.3.1=build
                if version.startswith("==") and "," not in version:
                    exact = parts[0].removesuffix(".*").removesuffix("*")
                    version = f"=={exact}.*" if exact else ""
                yield found[1] + version


def _of_pyproject(text: str) -> Iterator[str]:
    try:
        content: dict[str, Any] = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return
    project = content.get("project", {})
    if isinstance(project, Mapping) and isinstance(project.get("dependencies"), list):
        yield from (str(item) for item in project["dependencies"])
    tool = content.get("tool", {})
    poetry = tool.get("poetry", {}) if isinstance(tool, Mapping) else {}
    wanted = poetry.get("dependencies", {}) if isinstance(poetry, Mapping) else {}
    for name, version in wanted.items() if isinstance(wanted, Mapping) else ():
        said = version.get("version", "") if isinstance(version, Mapping) else version
        yield name + _from_poetry(str(said))


def _from_poetry(version: str) -> str:
    """``^2.4`` as ``>=2.4,<3``, ``2.4`` as ``==2.4``, ``*`` as nothing."""
    caret = _CARET.match(version)
    if caret is not None:
        return f">={caret[1]}.{caret[2] or 0},<{int(caret[1]) + 1}"
    version = re.sub(r"^~(?=\d)", "~=", version.strip())
    if version == "~=" or version == "*":
        return ""
    plain = f"=={version}"
    try:
        SpecifierSet(version)
    except InvalidSpecifier:
        return plain
    return version


def _of_setup(text: str) -> Iterator[str]:
    """The strings of ``install_requires=[...]`` and of lists called so."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return
    for node in ast.walk(tree):
        value: ast.expr | None = None
        if isinstance(node, ast.keyword) and node.arg == "install_requires":
            value = node.value
        elif isinstance(node, ast.Assign):
            names = [target.id for target in node.targets if isinstance(target, ast.Name)]
            if any("require" in name.lower() for name in names):
                value = node.value
        if isinstance(value, (ast.List, ast.Tuple)):
            for item in value.elts:
                if isinstance(item, ast.Constant) and isinstance(item.value, str):
                    yield item.value
