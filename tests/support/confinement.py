"""Runs a program as the unit file would have systemd run it, where no systemd runs.

    python -m tests.support.confinement UNIT FOLDER COMMAND...

Read from the unit: capabilities, system calls, address families, no executable memory. Whatever these do not allow
ends the program at once, with SIGSYS where it is a system call, so that a test sees what systemd would only refuse.
FOLDER alone can be written to. Takes the rights of root, libseccomp and the commands setpriv and systemd-analyze.
"""

from __future__ import annotations

import ctypes
import os
import re
import socket
import stat
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

NOBODY = 65_534

_NEW_MOUNTS = 0x00020000
_PRIVATE, _RECURSIVE, _BIND, _REMOUNT, _READ_ONLY = 1 << 18, 1 << 14, 1 << 12, 1 << 5, 1
_SET_MDWE, _GET_MDWE, _REFUSE_EXEC_GAIN = 65, 66, 1
_KILL_PROCESS, _ALLOW = 0x80000000, 0x7FFF0000
_EQUAL, _MASKED_EQUAL = 4, 7
_WRITE_AND_RUN, _RUN = 6, 4


class _Comparison(ctypes.Structure):
    """One condition on an argument of a system call (seccomp.h: scmp_arg_cmp)."""

    _fields_ = (
        ("arg", ctypes.c_uint),
        ("op", ctypes.c_int),
        ("datum_a", ctypes.c_uint64),
        ("datum_b", ctypes.c_uint64),
    )


def missing() -> str:
    """What this needs and does not find here, or nothing."""
    if sys.platform != "linux" or os.geteuid() != 0:
        return "the rights of root on Linux are needed to confine a program"
    for command in ("setpriv", "systemd-analyze"):
        if subprocess.run(["which", command], capture_output=True, check=False).returncode:
            return f"the command {command} is not here"
    try:
        ctypes.CDLL("libseccomp.so.2")
    except OSError:
        return "libseccomp is not here"
    if ctypes.CDLL(None).prctl(_GET_MDWE, 0, 0, 0, 0) < 0:
        return "this kernel is older than 6.3: it has no PR_SET_MDWE"
    return ""


def settings(unit: Path, key: str) -> list[str]:
    """The words that a unit gives to a key, in order."""
    return [
        word
        for line in re.findall(rf"^{key}=(.*)$", unit.read_text("utf-8"), re.MULTILINE)
        for word in str(line).split()
    ]


def allowed_calls(unit: Path) -> set[str]:
    """System calls that the unit allows (systemd.exec(5): SystemCallFilter)."""
    sets = _sets()
    allowed = set(_members("@default", sets))
    for line in re.findall(r"^SystemCallFilter=(.*)$", unit.read_text("utf-8"), re.MULTILINE):
        calls = {call for word in line.removeprefix("~").split() for call in _members(word, sets)}
        allowed = allowed - calls if line.startswith("~") else allowed | calls
    return allowed


def _sets() -> dict[str, list[str]]:
    """What each set of system calls holds, other sets included, by its name."""
    listed = subprocess.run(["systemd-analyze", "syscall-filter"], check=True, capture_output=True, text=True)
    sets: dict[str, list[str]] = {}
    for line in listed.stdout.splitlines():
        word = line.strip()
        if line.startswith("@"):
            members = sets.setdefault(word, [])
        elif word and not word.startswith("#"):
            members.append(word)
    return sets


def _members(word: str, sets: Mapping[str, list[str]]) -> Iterator[str]:
    if not word.startswith("@"):
        yield word
        return
    for member in sets[word]:
        yield from _members(member, sets)


def _mount(source: str | None, target: Path, flags: int, kind: str | None = None, options: str | None = None) -> None:
    words = [None if word is None else os.fsencode(word) for word in (source, target, kind, options)]
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.mount(words[0], words[1], words[2], ctypes.c_ulong(flags), words[3]):
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()), str(target))


def _enclose(folder: Path) -> None:
    """Let nothing be written but below `folder`, and of closed homes show what is needed to run."""
    if ctypes.CDLL(None).unshare(_NEW_MOUNTS):
        raise OSError("unshare")
    _mount(None, Path("/"), _PRIVATE | _RECURSIVE)
    needed = {path.resolve(): 0 for path in (Path(sys.base_prefix), Path(sys.prefix), Path.cwd())}
    closed = {min(shut) for path in needed if (shut := [one for one in path.parents if not _is_open(one)])}
    for path in needed:
        needed[path] = os.open(path, os.O_PATH | os.O_DIRECTORY)
    for home in closed:
        _mount("none", home, 0, "tmpfs", "mode=755")
    for path, descriptor in needed.items():
        if not closed.isdisjoint(path.parents):
            path.mkdir(parents=True, exist_ok=True)
            _mount(f"/proc/self/fd/{descriptor}", path, _BIND)
    os.chdir(Path.cwd())
    for path in (*closed, Path("/")):
        _mount(None, path, _REMOUNT | _BIND | _READ_ONLY)
    _mount(str(folder), folder, _BIND)
    _mount(None, folder, _REMOUNT | _BIND)


def _is_open(folder: Path) -> bool:
    return bool(folder.stat().st_mode & stat.S_IXOTH)


def _seal(unit: Path) -> None:
    """Refuse system calls, address families and executable memory, for us and for what we become."""
    libc = ctypes.CDLL(None, use_errno=True)
    seccomp = ctypes.CDLL("libseccomp.so.2")
    seccomp.seccomp_init.restype = ctypes.c_void_p
    context = ctypes.c_void_p(seccomp.seccomp_init(ctypes.c_uint32(_KILL_PROCESS)))

    def allow(call: str, *conditions: _Comparison) -> None:
        number = seccomp.seccomp_syscall_resolve_name(call.encode())
        if number < 0:  # another architecture's
            return
        array = (_Comparison * max(1, len(conditions)))(*conditions)
        if seccomp.seccomp_rule_add_array(context, ctypes.c_uint32(_ALLOW), number, len(conditions), array):
            raise OSError(call)

    special = {"socket", "mmap", "mprotect", "pkey_mprotect"}
    for call in allowed_calls(unit) - special:
        allow(call)
    for family in settings(unit, "RestrictAddressFamilies"):
        allow("socket", _Comparison(0, _EQUAL, getattr(socket, family).value, 0))
    for neither in range(0, _WRITE_AND_RUN, 2):  # written, run, or neither; never both
        allow("mmap", _Comparison(2, _MASKED_EQUAL, _WRITE_AND_RUN, neither))
    for call in ("mprotect", "pkey_mprotect"):
        allow(call, _Comparison(2, _MASKED_EQUAL, _RUN, 0))
    if libc.prctl(_SET_MDWE, _REFUSE_EXEC_GAIN, 0, 0, 0):
        raise OSError(ctypes.get_errno(), "PR_SET_MDWE")
    if seccomp.seccomp_load(context):
        raise OSError("seccomp_load")


def confine(unit: Path, folder: Path, command: list[str]) -> None:
    """Become the command, confined."""
    os.setpriority(os.PRIO_PROCESS, 0, int(settings(unit, "Nice")[0]))
    os.chown(folder, NOBODY, NOBODY)
    _enclose(folder)
    rights = ",".join(
        ["-all", *(f"+{name.removeprefix('CAP_').lower()}" for name in settings(unit, "AmbientCapabilities"))]
    )
    user = [f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]
    drop = [
        "setpriv",
        *user,
        f"--inh-caps={rights}",
        f"--ambient-caps={rights}",
        f"--bounding-set={rights}",
        "--no-new-privs",
    ]
    sealed = [sys.executable, "-m", "tests.support.confinement", "--sealed", str(unit), *command]
    os.execvp("setpriv", [*drop, *sealed])


def skip_unless_possible() -> None:
    """Skip the test where a program cannot be confined."""
    if reason := missing():
        pytest.skip(reason)


if __name__ == "__main__":
    if sys.argv[1] == "--sealed":
        _seal(Path(sys.argv[2]))
        os.execvp(sys.argv[3], sys.argv[3:])
    confine(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3:])
