"""What is asked of git."""

from __future__ import annotations

import os
import subprocess
from contextlib import suppress

_OF_HOOKS = frozenset({"GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX"})
"""What git tells its hooks; with it, git would take any folder we ask about for the top one."""


class GitError(Exception):
    """git cannot say what it was asked, with one line for the user."""


def top_of(folder: str) -> str:
    """The top folder of the repository that a folder is in.

    Raises:
        GitError: there is no git, or no repository.
    """
    return os.fsdecode(git(folder, "rev-parse", "--show-toplevel")).removesuffix("\n")


def must_be_known(revision: str, folder: str) -> None:
    """Refuse what is no revision of the repository.

    Raises:
        GitError: it is none, or there is no git.
    """
    if not revision.startswith("-"):
        with suppress(GitError):
            git(folder, "rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}")
            return
    raise GitError(f"there is no revision {revision!r} here (a shallow clone has only the last)")


def names_in(listed: bytes) -> list[str]:
    """The names in a list that ``-z`` ends with NUL bytes."""
    return [name for name in os.fsdecode(listed).split("\0") if name]


def git(folder: str, *arguments: str, given: bytes = b"") -> bytes:
    """What git prints.

    Args:
        folder: where it is run.
        arguments: what it is asked.
        given: its standard input.

    Raises:
        GitError: there is no git, or it fails.
    """
    try:
        done = subprocess.run(
            ["git", "-C", folder, *arguments],
            capture_output=True,
            check=True,
            input=given,
            env={name: value for name, value in os.environ.items() if name not in _OF_HOOKS},
        )
    except FileNotFoundError as error:
        raise GitError("git is not installed") from error
    except subprocess.CalledProcessError as error:
        said = os.fsdecode(error.stderr).strip().removeprefix("fatal: ")
        raise GitError(said or f"git {arguments[0]} failed") from error
    return done.stdout
