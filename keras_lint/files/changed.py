"""Which files git says have changed."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterable, Iterator
from contextlib import suppress

from keras_lint.files.targets import Target

_OF_HOOKS = frozenset({"GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX"})
"""What git tells its hooks; with it, git would take any folder we ask about for the top one."""


class GitError(Exception):
    """git cannot say what has changed, with one line for the user."""


def changed_since(revision: str, folder: str = ".") -> frozenset[str]:
    """Real paths of the files that differ from a revision, and of those git does not know yet.

    What others changed after the two histories parted does not count: as in a pull request, the
    files are compared with the last common commit.

    Args:
        revision: a commit, branch or tag.
        folder: in the repository.

    Raises:
        GitError: there is no git, no repository, or no such revision.
    """
    top = _git(folder, "rev-parse", "--show-toplevel").removesuffix("\n")
    _must_be_known(revision, top)
    try:
        base = _git(top, "merge-base", revision, "HEAD").strip()
    except GitError:  # a shallow clone, or histories that have nothing in common
        base = revision
    names = _git(top, "diff", "--name-only", "--diff-filter=d", "-z", base, "--")
    names += _git(top, "ls-files", "--others", "--exclude-standard", "-z")
    return frozenset(os.path.realpath(os.path.join(top, name)) for name in _parts(names))


def content_at(path: str, revision: str) -> bytes:
    """What a file held at a revision, whether or not it is there today.

    Raises:
        GitError: there is no git, no repository, no such revision, or no such file in it.
    """
    folder, name = os.path.split(os.path.abspath(path))
    while not os.path.isdir(folder):
        folder, last = os.path.split(folder)
        name = f"{last}/{name}"
    _must_be_known(revision, folder)
    return _bytes(folder, "show", f"{revision}:./{name}")


def only_changed(targets: Iterable[Target], changed: frozenset[str]) -> Iterator[Target]:
    """Of some targets, those among the changed files; standard input and problems stay."""
    for target in targets:
        if target.stdin or target.problem or os.path.realpath(target.path) in changed:
            yield target


def _must_be_known(revision: str, folder: str) -> None:
    _git(folder, "rev-parse", "--git-dir")  # or there is no repository
    if not revision.startswith("-"):
        with suppress(GitError):
            _git(folder, "rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}")
            return
    raise GitError(f"there is no revision {revision!r} here (a shallow clone has only the last)")


def _parts(names: str) -> list[str]:
    return [name for name in names.split("\0") if name]


def _git(folder: str, *arguments: str) -> str:
    return os.fsdecode(_bytes(folder, *arguments))


def _bytes(folder: str, *arguments: str) -> bytes:
    try:
        done = subprocess.run(
            ["git", "-C", folder, *arguments],
            capture_output=True,
            check=True,
            stdin=subprocess.DEVNULL,
            env={name: value for name, value in os.environ.items() if name not in _OF_HOOKS},
        )
    except FileNotFoundError as error:
        raise GitError("git is not installed") from error
    except subprocess.CalledProcessError as error:
        said = os.fsdecode(error.stderr).strip().removeprefix("fatal: ")
        raise GitError(said or f"git {arguments[0]} failed") from error
    return done.stdout
