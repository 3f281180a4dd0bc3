"""A folder of answers that may be forgotten at any time, safe to share and to find in a project.

The folder lies in the project, and so may be part of what somebody else sent: every entry is
signed with a secret that never leaves the user's own cache folder, and counts only with it.
"""

from __future__ import annotations

import contextlib
import hmac
import os
from pathlib import Path

DEFAULT_FOLDER = ".keras_lint_cache"
_TAG = (
    "Signature: 8a477f597d28d172789f06886806bc55\n"
    "# This folder holds what keras-lint may forget at any time.\n"
)


class KeptAnswers:
    """Entries by key; several processes may use them at once.

    Anything that cannot be read counts as not there, and a folder that cannot be written only
    means that nothing is kept.

    Args:
        folder: made at the first entry, with a ``CACHEDIR.TAG`` and a ``.gitignore``; where there
            is something else in it, it gets neither, for they would hold for that too.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._secret = _secret()

    def get(self, key: str) -> bytes | None:
        """The entry of a key; None if there is none that we wrote.

        Args:
            key: a digest in hexadecimal.
        """
        if self._secret is None:
            return None
        try:
            with open(os.path.join(self._folder, key[:2], key[2:]), "rb") as stream:
                kept = stream.read()
        except OSError:
            return None
        signature, _, content = kept.partition(b"\n")
        return content if hmac.compare_digest(signature, self._signature(key, content)) else None

    def put(self, key: str, content: bytes) -> None:
        """Keep an entry; another process never sees half of it."""
        if self._secret is None:
            return
        place = self._folder / key[:2] / key[2:]
        with contextlib.suppress(OSError):
            if not (self._folder / "CACHEDIR.TAG").exists():
                self._make_folder()
            place.parent.mkdir(exist_ok=True)
            import tempfile  # a run that finds everything kept needs none of it

            handle, name = tempfile.mkstemp(dir=place.parent, suffix=".part")
            try:
                with os.fdopen(handle, "wb") as stream:
                    stream.write(self._signature(key, content) + b"\n" + content)
                os.replace(name, place)
            except BaseException:
                Path(name).unlink(missing_ok=True)
                raise

    def _make_folder(self) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        if any(self._folder.iterdir()):
            return
        (self._folder / ".gitignore").write_text("*\n", "ascii")
        (self._folder / "CACHEDIR.TAG").write_text(_TAG, "ascii")

    def _signature(self, key: str, content: bytes) -> bytes:
        assert self._secret is not None
        return hmac.new(self._secret, key.encode() + content, "sha256").hexdigest().encode()


def _secret() -> bytes | None:
    """The user's own secret, made when there is none; None if it can be neither read nor kept."""
    base = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache")
    place = Path(base) / "keras-lint" / "secret"
    try:
        if not place.exists():
            _make_secret(place)
        found = place.read_bytes()
    except OSError:
        return None
    return found if len(found) == 32 else None


def _make_secret(place: Path) -> None:
    import tempfile  # once in a user's life

    place.parent.mkdir(parents=True, exist_ok=True)
    with (
        contextlib.suppress(FileExistsError),
        tempfile.NamedTemporaryFile(dir=place.parent) as made,
    ):
        made.write(os.urandom(32))
        made.flush()
        os.link(made.name, place)  # whole or not at all; whoever comes first wins
