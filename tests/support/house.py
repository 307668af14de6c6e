"""A small house of real network stacks: rooms are network namespaces, and a bridge joins them.

It lives in the namespace that `virtual_wire` enters. The sensor's interface is the bridge's end of the first room: all
that its device sends and receives.
"""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest

from tests.support.wire import NEAR, ip

BRIDGE = "house"


class Room:
    """One device with an address."""

    def __init__(self, name: str, address: str, end: str) -> None:
        """Make it; `address` has a prefix length, `end` is the name of the bridge's end."""
        self._space = f"{BRIDGE}-{os.getpid()}-{name}"
        ip("netns", "add", self._space).check_returncode()
        ip("link", "add", end, "type", "veth", "peer", "name", "eth0", "netns", self._space).check_returncode()
        ip("link", "set", end, "master", BRIDGE, "up").check_returncode()
        for command in ("link set lo up", f"address add {address} dev eth0", "link set eth0 up"):
            self.ip(*command.split())

    def ip(self, *arguments: str) -> str:
        """Run the command ip in the room."""
        ended = ip("-n", self._space, *arguments)
        ended.check_returncode()
        return ended.stdout

    def run(self, *command: str) -> subprocess.Popen[bytes]:
        """Begin a command in the room; nobody reads what it says."""
        inside = ["ip", "netns", "exec", self._space, *command]
        null = subprocess.DEVNULL
        return subprocess.Popen(inside, stdin=null, stdout=null, stderr=null)

    def listens(self, port: int) -> bool:
        """Whether somebody in the room waits for TCP connections at a port."""
        inside = ["ip", "netns", "exec", self._space, "cat", "/proc/net/tcp"]
        table = subprocess.run(inside, capture_output=True, text=True, check=True).stdout
        return f":{port:04X} 00000000:0000 0A" in table

    def counted(self) -> tuple[int, int]:
        """Bytes that the kernel counted: received, and sent."""
        (link,) = json.loads(self.ip("-s", "-j", "link", "show", "dev", "eth0"))
        return link["stats64"]["rx"]["bytes"], link["stats64"]["tx"]["bytes"]

    def close(self) -> None:
        """Take it away, with all that runs in it no more."""
        ip("netns", "delete", self._space)


@contextmanager
def house(**rooms: str) -> Iterator[dict[str, Room]]:
    """Rooms by name, each with its address, in one network; the first is the one that is listened to."""
    ip("link", "delete", NEAR).check_returncode()
    if ip("link", "add", BRIDGE, "type", "bridge").returncode:
        pytest.skip("this kernel has no bridges")
    with ExitStack() as stack:
        ip("link", "set", BRIDGE, "addrgenmode", "none", "up").check_returncode()
        made = {}
        for number, (name, address) in enumerate(rooms.items()):
            made[name] = Room(name, address, f"room{number}" if number else NEAR)
            stack.callback(made[name].close)
        yield made
