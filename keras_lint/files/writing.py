"""Writing files so that nobody ever sees half of one."""

from __future__ import annotations

import contextlib
import os
import sys


def write_atomically(path: str, data: bytes) -> None:
    """Replace a file's content in one step: whoever reads meanwhile sees the old or the new.

    A file that is not there is made.

    Permission bits and owner stay; a link stays a link, and what it leads to is replaced. What is
    no regular file, such as ``/dev/stdout`` or a pipe, is written into.

    Raises:
        OSError: it cannot be written; then it is as it was.
    """
    if os.path.exists(path) and not os.path.isfile(path):
        with open(path, "wb") as stream:
            stream.write(data)
        return
    import shutil  # with what it needs in turn, it takes longer to import than a small file
    import tempfile

    target = os.path.realpath(path)
    handle, scratch = tempfile.mkstemp(dir=os.path.dirname(target), prefix=".keras-lint-")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
        if os.path.exists(target):
            _keep_owner(target, scratch)
            shutil.copymode(target, scratch)
        else:
            os.chmod(scratch, 0o666 & ~_umask())
        os.replace(scratch, target)
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(scratch)
        raise


def _keep_owner(path: str, scratch: str) -> None:
    """Give a file the owner and group of another, as far as we may."""
    if sys.platform != "win32":
        status = os.stat(path)
        with contextlib.suppress(OSError):
            os.chown(scratch, status.st_uid, status.st_gid)


def _umask() -> int:
    """The permission bits that new files do not get; asking changes it for a moment."""
    current = os.umask(0o077)
    os.umask(current)
    return current
