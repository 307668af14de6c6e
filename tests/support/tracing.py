"""Whom a program contacts, as the kernel was asked to: the command strace writes its network calls down."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest


def tracer(folder: Path) -> tuple[str, ...]:
    """What runs a command with its network calls written down, in the same process."""
    if shutil.which("strace") is None:
        pytest.skip("the command strace is not here to see whom the sensor contacts")
    calls = "trace=connect,bind,sendto,sendmsg,sendmmsg"
    return "strace", "-D", "-f", "-qq", "-s", "8", "-e", calls, "-e", "signal=none", "-o", str(folder / "calls")


CALL = re.compile(r"(connect|bind|sendto|sendmsg|sendmmsg)\((.*)")
ANSWER = re.compile(r'\d+, "HTTP/1\.0|\d+, .*, NULL, 0\b')
"""Bytes on a connection that is open already, which only those who connected to us can have."""


def contacts(folder: Path) -> tuple[list[str], list[str]]:
    """Where a traced command offered something, and whom it contacted."""
    text = (folder / "calls").read_text("utf-8")
    made = CALL.findall(text)
    offered = [rest for call, rest in made if call == "bind"]
    return offered, [f"{call}({rest}" for call, rest in made if call != "bind" and not ANSWER.match(rest)]
