"""A virtual wire in a network namespace of its own, for tests of live capture.

What is sent into one end comes out of the other, and nothing of it outlives the test. Whoever uses it runs inside the
namespace until the end of the ``with``, and so does every program started meanwhile.
"""

from __future__ import annotations

import ctypes
import fcntl
import json
import os
import shutil
import socket
import struct
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any, Self

import pytest

FAR = "wire0"
"""The end that frames are sent into."""
NEAR = "tap0"
"""The end that is listened to."""
DEADLINE_SECONDS = 60.0
"""Long enough for the busiest machine; only a test that fails waits for it."""

_TUNSETIFF, _TUNSETLINK, _IFF_TUN_WITHOUT_HEADER = 0x400454CA, 0x400454CD, 0x1001
_CLONE_NEWNET = 0x40000000
_SOL_PACKET = 263
_STATISTICS = 6


@contextmanager
def virtual_wire() -> Iterator[None]:
    """Enter a namespace that holds a virtual pair, on one processor, so that frames keep their order.

    Skips the test where that cannot be had.
    """
    if sys.platform != "linux":
        pytest.skip("live capture needs Linux")
    if shutil.which("ip") is None:
        pytest.skip("the command ip (package iproute2) is not here to make a virtual wire")
    libc = ctypes.CDLL(None, use_errno=True)
    with ExitStack() as stack:
        outside = os.open("/proc/thread-self/ns/net", os.O_RDONLY)
        stack.callback(os.close, outside)
        if libc.unshare(_CLONE_NEWNET):
            pytest.skip("a network namespace cannot be made here: that takes the rights of root")
        stack.callback(libc.setns, outside, 0)
        stack.callback(os.sched_setaffinity, 0, os.sched_getaffinity(0))
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
        make_wire()
        yield


def make_wire() -> None:
    """Make the virtual pair, up, in the namespace that we are in.

    Frames may be long, for what offload would make; there are no addresses, so that the kernel itself says nothing.
    """
    made = ip("link", "add", FAR, "mtu", "65535", "type", "veth", "peer", "name", NEAR, "mtu", "65535")
    if "Unknown device type" in made.stderr:
        pytest.skip("this kernel has no virtual wires (veth)")
    for end in (FAR, NEAR):
        ip("link", "set", end, "addrgenmode", "none")
        ip("link", "set", end, "up").check_returncode()


@contextmanager
def tunnel(name: str, kind: int) -> Iterator[None]:
    """An interface whose kind (ARPHRD) can be chosen. Skips the test where there is none."""
    try:
        device = os.open("/dev/net/tun", os.O_RDWR)
    except OSError:
        pytest.skip("this kernel has no tunnels (/dev/net/tun)")
    try:
        fcntl.ioctl(device, _TUNSETIFF, struct.pack("16sH22x", name.encode(), _IFF_TUN_WITHOUT_HEADER))
        fcntl.ioctl(device, _TUNSETLINK, kind)
        yield
    finally:
        os.close(device)


def ip(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command ip."""
    return subprocess.run(["ip", *arguments], capture_output=True, text=True, check=False)


def turn(interface: str, state: str) -> None:
    """Turn an interface ``up`` or ``down``."""
    ip("link", "set", interface, state).check_returncode()


def send(frames: Iterable[bytes], interface: str = FAR) -> None:
    """Send frames."""
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0) as wire:
        wire.bind((interface, 0))
        for frame in frames:
            wire.send(frame)


def wait_for(condition: Callable[[], bool]) -> None:
    """Wait until something is the case, and fail when it does not come true."""
    deadline = time.monotonic() + DEADLINE_SECONDS
    while not condition():
        assert time.monotonic() < deadline, "it did not come true in time"
        time.sleep(0.01)


def timeless(findings: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Entries of a report without what a repetition at another time changes, by their id."""
    times = {"first_seen", "last_seen", "evidence", "volume"}
    kept = [{key: one[key] for key in one if key not in times} for one in findings]
    return sorted(kept, key=lambda one: str(one["id"]))


def analyzed(capture: Path, *arguments: str) -> dict[str, Any]:
    """What the real command reports of the same frames offline."""
    command = [sys.executable, "-m", "monitor", "analyze", "--format", "json", *arguments, str(capture)]
    report: dict[str, Any] = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    return report


def replay(capture: Path, packets_per_second: int) -> int:
    """Send a capture from another process; returns how many frames that were."""
    command = [sys.executable, "-m", "tests.support.replay", FAR, str(capture), str(packets_per_second)]
    return int(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


class Observer:
    """Counts what arrives at the near end; made before the sensor starts, it counts a frame after the sensor has it."""

    def __init__(self) -> None:
        self._socket = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
        self._socket.bind((NEAR, 3))
        self._count = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()

    def has_seen(self, count: int) -> bool:
        """Whether that many frames have arrived."""
        packets, _ = struct.unpack("=2I", self._socket.getsockopt(_SOL_PACKET, _STATISTICS, 8))
        self._count += packets
        return self._count >= count


class Sensor:
    """The real command, listening to the near end as its own process, which never outlives the ``with``."""

    def __init__(
        self,
        folder: Path,
        *arguments: str,
        stdout: int | None = None,
        around: tuple[str, ...] = (),
        named: bool = True,
        notices: Path | None = None,
    ) -> None:
        """Both its streams go to files in `folder`, unless a descriptor for the first is given.

        `around` is a command that runs the command it is given, in the same process. `named` is False where the
        configuration names the interface. `notices` is the socket of a service manager.
        """
        self._findings = folder / "findings.jsonl"
        self._remarks = folder / "remarks"
        command = [*around, sys.executable, "-m", "monitor", "run", *arguments]
        command += ["--interface", NEAR] if named else []
        environment = os.environ | ({"NOTIFY_SOCKET": str(notices)} if notices else {})
        with self._findings.open("wb") as findings, self._remarks.open("wb") as remarks:
            self.process = subprocess.Popen(
                command, stdout=findings if stdout is None else stdout, stderr=remarks, env=environment
            )

    def __enter__(self) -> Self:
        wait_for(lambda: "listening" in self.stderr or self.process.poll() is not None)
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(ProcessLookupError):
            self.process.kill()
        self.process.wait()

    @property
    def stdout(self) -> str:
        """What it has written so far."""
        return self._findings.read_text("utf-8")

    @property
    def stderr(self) -> str:
        """What it has remarked so far."""
        return self._remarks.read_text("utf-8")

    def findings(self) -> list[dict[str, Any]]:
        """The last state of every finding that stands, by its id, without times and places."""
        last = {one["id"]: one for one in map(json.loads, self.stdout.splitlines())}
        return timeless([one for one in last.values() if one["count"]])

    def end(self, signal: int) -> int:
        """Send a signal and wait for the end; returns the exit status."""
        self.process.send_signal(signal)
        return self.process.wait(DEADLINE_SECONDS)
