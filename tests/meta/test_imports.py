"""What a run loads: only the rooms it needs, nothing slow, nothing that only Linux has."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from monitor.config.prepared import prepared
from monitor.config.shipped import shipped

LOADED = """
import sys
from monitor.cli import main
names = sys.argv.pop()
try:
    status = main(sys.argv[1:])  # by itself it would end the process
except SystemExit as end:
    status = end.code
with open(names, "w") as file:
    file.write("\\n".join(sys.modules))
sys.exit(status)
"""
"""Runs the command on its arguments but the last, which names the file for the list of everything that was loaded."""

WITHOUT_LINUX = """
import socket, sys

class Absent:
    def find_spec(self, name, path=None, target=None):
        if name in sys.argv[1].split(","):
            raise ModuleNotFoundError(f"{name} is not on this system", name=name)

sys.meta_path.insert(0, Absent())
for name in [name for name in vars(socket) if name.startswith(("AF_PACKET", "PACKET_", "AF_NETLINK"))]:
    delattr(socket, name)
import monitor.analyze
import monitor.cli
import monitor.doctor.examination
"""
LINUX_ONLY = "fcntl,grp,posix_ipc,pty,pwd,resource,spwd,syslog,systemd,termios,tty"
"""Modules of the standard library and others that Windows or macOS lack."""

SLOW_OR_FOREIGN = {
    "asyncio",
    "cython",
    "hypothesis",
    "multiprocessing",
    "numpy",
    "pydoc",
    "pyshark",
    "requests",
    "scapy",
    "setuptools",
    "sqlite3",
    "tkinter",
    "unittest",
    "urllib.request",
}

AVOIDED = {"dataclasses", "hashlib", "inspect", "pkgutil", "random", "shutil", "traceback"}
"""What a start does without, because importing it, or having used it by then, takes a good part of the start."""

SELDOM = {f"monitor.protocols.{name}.parser" for name in ("ncip", "rtsp", "z3950")}
"""What is loaded when a capture has such a flow."""

UNASKED = {"http.server", "monitor.config.loading", "prometheus_client", "ssl"}
"""What only a configuration, or the offer of metrics, needs."""


def loaded(tmp_path: Path, *arguments: str) -> set[str]:
    """Names of all modules that were loaded when the command with these arguments had ended."""
    names = tmp_path / "modules"
    subprocess.run([sys.executable, "-c", LOADED, *arguments, str(names)], check=True, capture_output=True)
    return set(names.read_text("utf-8").splitlines())


def test_json_loads_nothing_it_does_not_need(tmp_path: Path, repository: Path) -> None:
    """A report for programs needs no terminal library, a plain capture no decompressor, and neither live capture."""
    capture = repository / "demo" / "maple-street-library.pcapng"
    modules = loaded(tmp_path, "analyze", "--format", "json", str(capture))
    assert set() == modules & {
        *SLOW_OR_FOREIGN,
        *UNASKED,
        "rich",
        "lz4",
        "zstandard",
        "monitor.cli.run",
        "monitor.sensor",
        "monitor.capture.live",
    }


def test_start_is_short(tmp_path: Path) -> None:
    """A capture without a packet needs little, and no PyYAML where the build has parsed the rules."""
    capture = tmp_path / "empty.pcap"
    capture.write_bytes(bytes.fromhex("d4c3b2a1020004000000000000000000ffff000001000000"))
    modules = loaded(tmp_path, "analyze", "--format", "json", str(capture))
    assert set() == modules & {*AVOIDED, *UNASKED, *SELDOM, "monitor.cli.run"}
    parsed = [prepared(path.read_text("utf-8")) is not None for path in shipped().glob("*.yaml")]
    assert ("yaml" in modules) is not all(parsed)


def test_text_loads_the_page_only(tmp_path: Path, repository: Path) -> None:
    """A page for people, without color and in English, needs no rich to measure it, and nothing slow."""
    capture = repository / "demo" / "maple-street-library.pcapng"
    modules = loaded(tmp_path, "analyze", str(capture))
    assert set() == modules & {*SLOW_OR_FOREIGN, *UNASKED, "lz4", "rich", "zstandard"}


def test_recorded_captures_need_no_linux() -> None:
    """An analyst's laptop may run anything: the offline path imports no module that only Linux has."""
    command = [sys.executable, "-c", WITHOUT_LINUX, LINUX_ONLY]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (0, "") == (ended.returncode, ended.stderr)
