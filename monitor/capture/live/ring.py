"""The packet ring that the kernel fills for one interface: opened, read block by block, and asked what it lost.

Rules: nothing is ever sent; promiscuous mode is a membership of the socket, which ends when the socket does; a block
goes back to the kernel when, and not before, the reader is done with it.
Source: packet(7), linux/if_packet.h, linux/if_arp.h, Documentation/networking/packet_mmap.rst.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import select
import socket
import struct
from collections.abc import Callable, Sequence
from mmap import mmap
from pathlib import Path
from types import TracebackType
from typing import Self

from monitor.capture.live.filter import Instruction
from monitor.capture.live.proof import attach
from monitor.capture.live.walker import RESERVED_BYTES
from monitor.errors import UsageError
from monitor.model.named import NamedTuple
from monitor.privacy.labels import file_label

BLOCK_BYTES = 1024 * 1024
"""Longer than any packet that receive offload glues together (512 KiB), so that none is cut."""
BLOCKS = 64
"""64 MB: half a second of 1 Gbit/s, or six seconds of a quiet line, may wait while something else takes the time. The
kernel gives it at once and whole; where it has no more than a part of what was asked for, that has to do."""
_LEAST_BLOCKS = 8
"""A machine that has not even that for it has other troubles."""
RETIRE_MS = 100
"""A block is handed over after this long though it is not full; the kernel may take twice as long."""

_SOL_PACKET = 263
_ADD_MEMBERSHIP = 1
_RX_RING = 5
_STATISTICS = 6
_VERSION = 10
_RESERVE = 12
_IGNORE_OUTGOING = 23
_TPACKET_V3 = 2
_PROMISCUOUS = 1
_ALL_PROTOCOLS = 3
_FRAME_BYTES = 2048
"""Must be given, and means nothing in this version of the ring but that blocks are a multiple of it."""
_STATUS_WORD = 2
"""Where in a block, counted in words of 32 bits, the word stands that says whose it is."""
_READERS = 1
"""In that word: the block is the reader's."""
_KERNELS = 0
_STATISTICS_BYTES = 12
_GET_FLAGS = 0x8913
_UP = 1
_TAKE_NOTHING: Sequence[Instruction] = ((6, 0, 0, 0),)
"""A socket filter of one instruction, which returns 0 bytes to take (linux/filter.h: BPF_RET | BPF_K)."""
_TAKE_ALL: Sequence[Instruction] = ((6, 0, 0, 0xFFFFFFFF),)

_INTERFACES = Path("/proc/self/net/dev")
"""Two lines of heads, and one for each interface of our network namespace (proc_pid_net(5))."""

_ETHERNET = 1
_LOOPBACK = 772
_LINKTYPES = {_ETHERNET: 1, 6: 1, _LOOPBACK: 1, 519: 101, 65534: 101}
"""LINKTYPE_ by ARPHRD_: Ethernet, IEEE 802, loopback; raw IP and tunnels without a link layer."""


class Figures(NamedTuple):
    """What happened since the ring was asked before."""

    packets: int
    """That came for the ring, those without room included."""
    dropped: int
    """For which there was no room."""
    freezes: int
    """How often there was no room left."""


class Ring:
    """An open ring. The reader asks for the next block, walks it, and gives it back."""

    def __init__(
        self,
        interface: str,
        *,
        screen: Callable[[int], Sequence[Instruction]] = lambda _: (),
        outgoing: bool = False,
        blocks: int = BLOCKS,
    ) -> None:
        """Begin to receive.

        Args:
            interface: its name.
            screen: gives the filter for a link type; packets that it does not take never get into the ring.
            outgoing: whether what this machine itself sends is received as well.
            blocks: of memory.

        Raises:
            UsageError: there is no such interface, it is of a kind that cannot be read, or the process may not.
        """
        self.index = _find(interface)
        self._socket = _open()
        self._blocks = blocks
        self._over = False
        try:
            self.linktype = self._prepare(interface, outgoing=outgoing)
            self.data = mmap(self._socket.fileno(), BLOCK_BYTES * self._blocks)
            self.is_screened = False
            self.screen(screen(self.linktype))
            self._receive(interface)
        except OSError as error:
            self._socket.close()
            raise UsageError(f"cannot read from {_shown(interface)}: {os.strerror(error.errno or 0)}") from None
        except BaseException:
            self._socket.close()
            raise
        self._words = memoryview(self.data).cast("I")
        self._block = 0
        self._poll = select.poll()
        self._poll.register(self._socket, select.POLLIN | select.POLLERR)

    def _prepare(self, interface: str, *, outgoing: bool) -> int:
        """Lay the ring out, before anything is received; returns the link type."""
        self._socket.bind((interface, 0))
        kind = self._socket.getsockname()[3]
        if kind not in _LINKTYPES:
            raise UsageError(f"{_shown(interface)} is of a kind that cannot be read (ARPHRD {kind})")
        self._socket.setsockopt(_SOL_PACKET, _VERSION, _TPACKET_V3)
        self._socket.setsockopt(_SOL_PACKET, _RESERVE, RESERVED_BYTES)
        if kind == _LOOPBACK or not outgoing:  # on loopback, everything comes in that went out
            with contextlib.suppress(OSError):
                self._socket.setsockopt(_SOL_PACKET, _IGNORE_OUTGOING, 1)
        self._lay_out()
        return _LINKTYPES[kind]

    def _lay_out(self) -> None:
        """Have the kernel give the memory; half of it, if it has no more."""
        frames = BLOCK_BYTES // _FRAME_BYTES * self._blocks
        layout = struct.pack("=7I", BLOCK_BYTES, self._blocks, _FRAME_BYTES, frames, RETIRE_MS, 0, 0)
        try:
            self._socket.setsockopt(_SOL_PACKET, _RX_RING, layout)
        except OSError as error:
            if error.errno != errno.ENOMEM or self._blocks < _LEAST_BLOCKS * 2:
                raise
            self._blocks //= 2
            self._lay_out()

    def _receive(self, interface: str) -> None:
        membership = struct.pack("=iHH8x", self.index, _PROMISCUOUS, 0)
        self._socket.setsockopt(_SOL_PACKET, _ADD_MEMBERSHIP, membership)
        self._socket.bind((interface, _ALL_PROTOCOLS))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Stop receiving. The memory goes when nobody looks at it any more."""
        self._socket.close()
        self._words.release()
        with contextlib.suppress(BufferError):
            self.data.close()

    def ready(self) -> int | None:
        """Where in `data` the next block starts, or None while the kernel is not done with it."""
        start = self._block * BLOCK_BYTES
        return start if self._words[start // 4 + _STATUS_WORD] & _READERS else None

    def release(self) -> None:
        """Give the block back that was `ready`."""
        self._words[self._block * BLOCK_BYTES // 4 + _STATUS_WORD] = _KERNELS
        self._block = (self._block + 1) % self._blocks

    def is_filling(self) -> bool:
        """Whether half of all blocks wait for the reader."""
        middle = (self._block + self._blocks // 2) % self._blocks
        return bool(self._words[middle * BLOCK_BYTES // 4 + _STATUS_WORD] & _READERS)

    def wait(self, timeout_ms: int) -> bool:
        """Wait until a block may be ready; False if the interface has gone down, which is told once each time."""
        return not any(
            events & select.POLLERR and self._socket.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
            for _, events in self._poll.poll(timeout_ms)
        )

    def figures(self) -> Figures:
        """What happened since this was asked before."""
        return Figures(*struct.unpack("=3I", self._socket.getsockopt(_SOL_PACKET, _STATISTICS, _STATISTICS_BYTES)))

    def received(self) -> int | None:
        """Packets that the interface itself counted, whoever they were for; None where nobody says."""
        name = self.name()
        for line in _device_lines():
            named, _, figures = line.rpartition(":")
            if named.strip() == name and len(words := figures.split()) > 1 and words[1].isdecimal():
                return int(words[1])
        return None

    def fileno(self) -> int:
        """Of the socket, which is readable when a block is."""
        return self._socket.fileno()

    def name(self) -> str | None:
        """What the interface is called now; None when it does not exist any more."""
        try:
            return socket.if_indextoname(self.index)
        except OSError:
            return None

    def is_up(self) -> bool:
        """Whether the interface is up (netdevice(7): SIOCGIFFLAGS)."""
        name = self.name()
        if name is None:
            return False
        try:
            answer = fcntl.ioctl(self._socket, _GET_FLAGS, struct.pack("16sH22x", name.encode(), 0))
        except OSError:  # it has gone meanwhile
            return False
        _, flags = struct.unpack("16sH22x", answer)
        return bool(flags & _UP)

    def stop(self) -> None:
        """Take no more packets; what was received before can still be read."""
        self._over = True
        attach(self._socket, _TAKE_NOTHING)

    def screen(self, program: Sequence[Instruction]) -> None:
        """Receive only what a program takes, from here on; everything, if it is empty."""
        if self._over or not (program or self.is_screened):
            return
        try:
            attach(self._socket, program or _TAKE_ALL)
        except OSError:  # no memory for it any more: what does not get through is left out later
            attach(self._socket, _TAKE_ALL)
            program = ()
        self.is_screened = bool(program)


def is_there(interface: str) -> bool:
    """Whether there is an interface of this name."""
    try:
        socket.if_nametoindex(interface)
    except (OSError, ValueError):
        return False
    return True


def _find(interface: str) -> int:
    try:
        return socket.if_nametoindex(interface)
    except (OSError, ValueError):
        raise UsageError(f"there is no interface {_shown(interface)} (there is: {_listed()})") from None


def _listed() -> str:
    """The interfaces that there are.

    `socket.if_nameindex` is not asked: it takes a netlink socket, which a service is not given.
    """
    lines = _device_lines()
    return ", ".join(sorted(_shown(line.rpartition(":")[0].strip()) for line in lines)) or "nobody knows"


def _device_lines() -> list[str]:
    """A line for each interface: its name, a colon, bytes and packets received, and more."""
    try:
        return _INTERFACES.read_text("utf-8", errors="replace").splitlines()[2:]
    except OSError:
        return []


def _open() -> socket.socket:
    try:
        return socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
    except PermissionError:
        raise UsageError(
            "reading from an interface needs the capability CAP_NET_RAW: run this with sudo, "
            "or as a service that is given AmbientCapabilities=CAP_NET_RAW"
        ) from None
    except OSError as error:
        raise UsageError(f"this system offers no packet sockets: {os.strerror(error.errno or 0)}") from None


def _shown(interface: str) -> str:
    return str(file_label(interface))
