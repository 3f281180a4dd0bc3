"""Getting packages from PyPI and unpacking them into a scratch folder."""

from __future__ import annotations

import importlib.metadata
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

from benchmarks.follow.packages import Package


class FetchFailed(Exception):
    """A package cannot be had."""


def fetch(package: Package, scratch: Path) -> Path:
    """The folder ``scratch/<name>/`` with the package and its family unpacked side by side.

    What the import needs besides goes into ``scratch/<name>.needs/``, out of the way of inference.
    A folder that is there already is used as it is.

    Raises:
        FetchFailed: pip cannot download one of the packages.
    """
    folder = scratch / package.name
    if not folder.is_dir():
        partial = scratch / f"{package.name}.partial"
        partial.mkdir(parents=True, exist_ok=True)
        for name in (package.name, *package.beside):
            _unpack(_download(name, scratch / "downloads" / name), partial)
        partial.rename(folder)
    needs = needs_folder(package, scratch)
    if package.needs and not needs.is_dir():
        _pip("install", "--no-deps", "--target", str(needs), *package.needs)
    return folder


def needs_folder(package: Package, scratch: Path) -> Path:
    """Where the packages are that only the import of ``package`` needs."""
    return scratch / f"{package.name}.needs"


def _download(name: str, place: Path) -> Path:
    """The wheel or sdist of a package: the installed version if it is installed."""
    place.mkdir(parents=True, exist_ok=True)
    try:
        wanted = f"{name}=={importlib.metadata.version(name)}"
    except importlib.metadata.PackageNotFoundError:
        wanted = name
    _pip("download", "--no-deps", "--dest", str(place), wanted)
    archives = sorted(place.iterdir())
    if not archives:
        raise FetchFailed(f"{name}: pip downloaded nothing")
    return archives[-1]


def _pip(*arguments: str) -> None:
    command = [sys.executable, "-m", "pip", arguments[0], "--quiet", *arguments[1:]]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise FetchFailed(done.stderr.strip().splitlines()[-1] if done.stderr else "pip failed")


def _unpack(archive: Path, folder: Path) -> None:
    """A wheel as it is; of an sdist the content of its one top folder (or of ``src`` in it)."""
    if archive.suffix in (".whl", ".zip"):
        with zipfile.ZipFile(archive) as wheel:
            wheel.extractall(folder)
        return
    inside = folder / "unpacked"
    with tarfile.open(archive) as sdist:
        sdist.extractall(inside, filter="data")
    for top in list(inside.iterdir()):
        source = top / "src" if (top / "src").is_dir() else top
        for item in list(source.iterdir()):
            if not (folder / item.name).exists():
                item.rename(folder / item.name)
