"""Locks: what the process gives up before it runs anybody's code.

Each lock is applied where the system has it; the audit hook is always there. What was applied is
reported to the parent. Nothing here protects a secret: it keeps a model script that came through
the allow-list in error from writing files, starting programs or using the network.
"""

from __future__ import annotations

import ctypes
import os
import platform
import struct
import sys
from collections.abc import Callable
from typing import Any

try:
    import resource
except ImportError:  # not on Windows
    resource = None  # type: ignore[assignment]

_GIB = 1024**3
_MEMORY_HEADROOM = 4 * _GIB  # address space beyond what TensorFlow itself has mapped
_LARGEST_FILE = 16 * 1024**2

_CLONE_NEWUSER = 0x10000000
_CLONE_NEWNET = 0x40000000
_PR_SET_NO_NEW_PRIVS = 38

# Landlock (same system call numbers on every architecture)
_LANDLOCK_CREATE, _LANDLOCK_ADD, _LANDLOCK_RESTRICT = 444, 445, 446
_LANDLOCK_CHANGES = (1 << 0) | (1 << 1) | sum(1 << bit for bit in range(4, 13))
_LANDLOCK_REFER, _LANDLOCK_TRUNCATE = 1 << 13, 1 << 14
_LANDLOCK_ON_FILE = (1 << 1) | _LANDLOCK_TRUNCATE


def before_imports(scratch: str) -> list[str]:
    """Locks that bind only the calling thread and those it starts: before TensorFlow has threads.

    Args:
        scratch: the one folder that stays writable.

    Returns:
        The names of the locks that closed.
    """
    sys.dont_write_bytecode = True
    os.chdir(scratch)
    closed: list[str] = []
    if not sys.platform.startswith("linux"):
        return closed
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0:
        closed.append("no-new-privileges")
    uid, gid = os.getuid(), os.getgid()
    if libc.unshare(_CLONE_NEWNET) == 0:
        closed.append("network-namespace")
    elif libc.unshare(_CLONE_NEWUSER | _CLONE_NEWNET) == 0:
        _keep_identity(uid, gid)
        closed.append("network-namespace")
    if _first_to_go():
        closed.append("out-of-memory-first")
    if _landlock(libc, scratch):
        closed.append("landlock")
    return closed


def after_imports(scratch: str, *, hook: bool = True) -> list[str]:
    """Locks that would hinder Keras while it starts; they bind every thread of the process.

    Args:
        scratch: the one folder that stays writable.
        hook: whether Python's own audit hook is to be added, which takes nothing away again.
    """
    closed: list[str] = []
    if resource is not None:
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_FSIZE, (_LARGEST_FILE, _LARGEST_FILE))
        closed.append("limits")
        mapped = _mapped_bytes()
        if mapped is not None:
            limit = mapped + _MEMORY_HEADROOM
            resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    if sys.platform.startswith("linux") and _seccomp():
        closed.append("seccomp")
    if hook:
        add_hook(scratch)
        closed.append("audit")
    return closed


def add_hook(scratch: str) -> None:
    """Have Python itself refuse what a replay may not do."""
    sys.addaudithook(_hook(os.path.realpath(scratch)))


def limit_cpu(seconds: float) -> None:
    """The kernel ends the process after ``seconds`` more of processor time in all threads."""
    if resource is None:
        return
    used = resource.getrusage(resource.RUSAGE_SELF)
    soft = int(used.ru_utime + used.ru_stime + seconds) + 1
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    if hard == resource.RLIM_INFINITY or soft < hard:
        resource.setrlimit(resource.RLIMIT_CPU, (soft, hard))


def _first_to_go() -> bool:
    """Where memory runs out, the kernel is to end this process and not the user's others."""
    try:
        with open("/proc/self/oom_score_adj", "w", encoding="ascii") as stream:
            stream.write("1000")
    except OSError:
        return False
    return True


def _keep_identity(uid: int, gid: int) -> None:
    """Inside a new user namespace the process is nobody unless it maps itself."""
    for name, text in (
        ("setgroups", "deny"),
        ("uid_map", f"{uid} {uid} 1"),
        ("gid_map", f"{gid} {gid} 1"),
    ):
        try:
            with open(f"/proc/self/{name}", "w", encoding="ascii") as stream:
                stream.write(text)
        except OSError:
            return


def _landlock(libc: Any, scratch: str) -> bool:
    """No change to any file outside ``scratch``, no program started, no TCP (where known)."""
    version = libc.syscall(_LANDLOCK_CREATE, None, 0, 1)
    if version < 1:
        return False
    files = _LANDLOCK_CHANGES
    if version >= 2:
        files |= _LANDLOCK_REFER
    if version >= 3:
        files |= _LANDLOCK_TRUNCATE
    fields = [files, 3] if version >= 4 else [files]
    attributes = struct.pack(f"={len(fields)}Q", *fields)
    rules = libc.syscall(_LANDLOCK_CREATE, attributes, len(attributes), 0)
    if rules < 0:
        return False
    for path, access in ((scratch, files & ~1), (os.devnull, files & _LANDLOCK_ON_FILE)):
        beneath = os.open(path, os.O_PATH | os.O_CLOEXEC)
        try:
            rule = struct.pack("=Qi", access, beneath)
            if libc.syscall(_LANDLOCK_ADD, rules, 1, rule, 0) != 0:
                os.close(rules)
                return False
        finally:
            os.close(beneath)
    done = libc.syscall(_LANDLOCK_RESTRICT, rules, 0) == 0
    os.close(rules)
    return bool(done)


# -- seccomp ---------------------------------------------------------------------------------------

_AUDIT_ARCH = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
_SYSCALLS = {  # name -> number on x86_64, aarch64 (None: does not exist there)
    "socket": (41, 198),
    "connect": (42, 203),
    "bind": (49, 200),
    "execve": (59, 221),
    "execveat": (322, 281),
    "fork": (57, None),
    "vfork": (58, None),
    "kill": (62, 129),
    "tkill": (200, 130),
    "rt_sigqueueinfo": (129, 138),
    "rt_tgsigqueueinfo": (297, 240),
    "pidfd_open": (434, 434),
    "pidfd_send_signal": (424, 424),
    "ptrace": (101, 117),
    "process_vm_writev": (311, 271),
    "mount": (165, 40),
    "io_uring_setup": (425, 425),
}
_CLONE, _CLONE3 = (56, 220), 435
_CLONE_THREAD = 0x10000
_SECCOMP = {"x86_64": 317, "aarch64": 277}
_SET_FILTER, _SYNC_THREADS = 1, 1
_ALLOW, _REFUSE, _NO_SUCH_CALL = 0x7FFF0000, 0x00050000 | 1, 0x00050000 | 38
_LOAD, _EQUALS, _ANY_BIT, _RETURN = 0x20, 0x15, 0x45, 0x06


def _seccomp() -> bool:
    """A filter on all threads: no sockets, programs, processes or signals; threads are fine."""
    machine = platform.machine()
    if machine not in _SECCOMP or struct.calcsize("P") != 8:
        return False
    column = 0 if machine == "x86_64" else 1
    program = [
        (_LOAD, 0, 0, 4),
        (_EQUALS, 1, 0, _AUDIT_ARCH[machine]),
        (_RETURN, 0, 0, _REFUSE),
        (_LOAD, 0, 0, 0),
    ]
    for numbers in _SYSCALLS.values():
        number = numbers[column]
        if number is not None:
            program += [(_EQUALS, 0, 1, number), (_RETURN, 0, 0, _REFUSE)]
    program += [
        (_EQUALS, 0, 1, _CLONE3),  # its flags are behind a pointer: let libc fall back to clone
        (_RETURN, 0, 0, _NO_SUCH_CALL),
        (_EQUALS, 0, 3, _CLONE[column]),
        (_LOAD, 0, 0, 16),
        (_ANY_BIT, 1, 0, _CLONE_THREAD),
        (_RETURN, 0, 0, _REFUSE),
        (_RETURN, 0, 0, _ALLOW),
    ]
    code = b"".join(struct.pack("=HBBI", *step) for step in program)
    steps = ctypes.create_string_buffer(code, len(code))
    header = struct.pack("=H6xQ", len(program), ctypes.addressof(steps))
    libc = ctypes.CDLL(None, use_errno=True)
    return bool(libc.syscall(_SECCOMP[machine], _SET_FILTER, _SYNC_THREADS, header) == 0)


def _mapped_bytes() -> int | None:
    try:
        with open("/proc/self/statm", encoding="ascii") as stream:
            return int(stream.read().split()[0]) * resource.getpagesize()
    except OSError:
        return None


# -- audit hook ------------------------------------------------------------------------------------

_REFUSED = (
    "socket.",
    "subprocess.",
    "ctypes.",
    "os.exec",
    "os.fork",
    "os.kill",
    "os.posix_spawn",
    "os.putenv",
    "os.spawn",
    "os.startfile",
    "os.system",
    "os.unsetenv",
    "pty.",
    "signal.pthread_kill",
    "gc.get_",
    "ftplib.",
    "http.",
    "imaplib.",
    "smtplib.",
    "urllib.",
    "webbrowser.",
    "winreg.",
    "_winapi.",
    "mmap.",
)
_PATHS = {  # event -> how many of its first arguments are paths that would change
    "os.chflags": 1,
    "os.chmod": 1,
    "os.chown": 1,
    "os.link": 2,
    "os.mkdir": 1,
    "os.remove": 1,
    "os.removexattr": 1,
    "os.rename": 2,
    "os.rmdir": 1,
    "os.setxattr": 1,
    "os.symlink": 2,
    "os.truncate": 1,
    "os.utime": 1,
    "sqlite3.connect": 1,
}


def _hook(scratch: str) -> Callable[[str, tuple[Any, ...]], None]:
    """The audit hook; everything it needs is bound here, so that nothing can be swapped later."""
    writing = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
    realpath, fsdecode, sep, devnull = os.path.realpath, os.fsdecode, os.sep, os.devnull
    refused, paths = _REFUSED, dict(_PATHS)

    def inside(path: Any) -> bool:
        if isinstance(path, int):
            return True  # already open: it was checked then
        real = realpath(fsdecode(path))
        return real in (scratch, devnull) or real.startswith(scratch + sep)

    def hook(event: str, args: tuple[Any, ...]) -> None:
        if event == "open":
            path, _, flags = args
            if isinstance(flags, int) and flags & writing and not inside(path):
                raise PermissionError(f"a replay may not write {path!r}")
        elif event in paths:
            if not all(inside(path) for path in args[: paths[event]]):
                raise PermissionError(f"a replay may not do {event}")
        elif event.startswith(refused):
            raise PermissionError(f"a replay may not do {event}")

    return hook
