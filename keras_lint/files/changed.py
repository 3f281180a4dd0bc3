"""Which files git says have changed."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator

from keras_lint.files.git import GitError, git, must_be_known, names_in, top_of
from keras_lint.files.targets import Target


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
    top = top_of(folder)
    must_be_known(revision, top)
    try:
        base = git(top, "merge-base", revision, "HEAD").decode().strip()
    except GitError:  # a shallow clone, or histories that have nothing in common
        base = revision
    names = git(top, "diff", "--name-only", "--diff-filter=d", "-z", base, "--")
    names += git(top, "ls-files", "--others", "--exclude-standard", "-z")
    return frozenset(os.path.realpath(os.path.join(top, name)) for name in names_in(names))


def only_changed(targets: Iterable[Target], changed: frozenset[str]) -> Iterator[Target]:
    """Of some targets, those among the changed files; standard input and problems stay."""
    for target in targets:
        if target.stdin or target.problem or os.path.realpath(target.path) in changed:
            yield target
