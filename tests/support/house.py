"""A small house of real network stacks: rooms are network namespaces, and a bridge joins them.

It lives in the namespace that `virtual_wire` enters. The bridge forgets at once who is where, so that it sends
everything everywhere: also to the far end of that wire, as a mirror port does, and the sensor hears all of it.
"""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest

from tests.support.wire import FAR, ip

BRIDGE = "house"

OUTSIDE = "203.0.113.9"


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
    """Rooms by name, each with its address, in one network that is listened to."""
    if ip("link", "add", BRIDGE, "type", "bridge", "ageing_time", "0").returncode:
        pytest.skip("this kernel has no bridges")
    with ExitStack() as stack:
        ip("link", "set", BRIDGE, "addrgenmode", "none", "up").check_returncode()
        ip("link", "set", FAR, "mtu", "1500", "master", BRIDGE).check_returncode()
        made = {}
        for number, (name, address) in enumerate(rooms.items()):
            made[name] = Room(name, address, f"room{number}")
            stack.callback(made[name].close)
        yield made


@contextmanager
def cameras() -> Iterator[dict[str, Room]]:
    """A camera, its recorder, and somebody on the internet (`OUTSIDE`) who is reached without a router."""
    with house(camera="10.40.0.7/24", recorder="10.40.0.250/24", outside=f"{OUTSIDE}/24") as made:
        made["camera"].ip("route", "add", "203.0.113.0/24", "dev", "eth0")
        made["outside"].ip("route", "add", "10.40.0.0/24", "dev", "eth0")
        yield made
