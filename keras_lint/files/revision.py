"""A file as it was at a git revision, with the modules and requirements around it."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

from keras_lint.files.git import GitError, git, must_be_known, names_in, top_of

_SUFFIXES = (".py", ".toml", ".cfg")
_BEGINNINGS = ("requirements", "environment.")
_FILE = "100"  # how the modes of regular files begin


@contextmanager
def at_revision(path: str, revision: str) -> Iterator[str]:
    """Gives the path of a copy of the file, for the time of the block.

    The copy lies as the file did among copies of the modules it may import and of the files that
    say which Keras the project asks for.

    Args:
        path: of the file; it need not be there today.
        revision: a commit, branch or tag.

    Raises:
        GitError: there is no git, no repository, no such revision, or no such file in it.
    """
    folder, name = os.path.split(os.path.abspath(path))
    while not os.path.isdir(folder):
        folder, last = os.path.split(folder)
        name = os.path.join(last, name)
    top = top_of(folder)
    must_be_known(revision, top)
    wanted = os.path.relpath(os.path.join(os.path.realpath(folder), name), os.path.realpath(top))
    wanted = wanted.replace(os.sep, "/")
    objects = {
        name: found for name, found in _objects(top, revision) if name == wanted or _counts(name)
    }
    if wanted not in objects:
        raise GitError("there was no such file")
    with tempfile.TemporaryDirectory(prefix="keras-lint-") as scratch:
        os.mkdir(os.path.join(scratch, ".git"))  # what lies above is not asked
        for name, content in zip(objects, _contents(top, list(objects.values())), strict=True):
            place = os.path.join(scratch, *name.split("/"))
            os.makedirs(os.path.dirname(place), exist_ok=True)
            with open(place, "wb") as stream:
                stream.write(content)
        yield os.path.join(scratch, *wanted.split("/"))


def _counts(name: str) -> bool:
    last = name.rpartition("/")[2]
    return last.endswith(_SUFFIXES) or last.startswith(_BEGINNINGS)


def _objects(top: str, revision: str) -> Iterator[tuple[str, str]]:
    """The name of every file of a revision, from the top, with what git calls its content."""
    for row in names_in(git(top, "ls-tree", "-r", "-z", "--full-tree", revision)):
        facts, _, name = row.partition("\t")
        mode, _, found = facts.split(" ")
        inside = not {"..", ".git"}.intersection(name.split("/"))  # or somebody made it by hand
        if mode.startswith(_FILE) and inside:
            yield name, found


def _contents(top: str, objects: list[str]) -> Iterator[bytes]:
    """The content of each object, in order."""
    given = "".join(f"{name}\n" for name in objects).encode()
    answer = git(top, "cat-file", "--batch", given=given)
    place = 0
    for _ in objects:
        begin = answer.index(b"\n", place) + 1
        name, *facts = answer[place:begin].split()
        if len(facts) != 2:
            raise GitError(f"the repository lacks {name.decode()}, a file of that revision")
        size = int(facts[1])
        yield answer[begin : begin + size]
        place = begin + size + 1
