"""The ring of a real kernel: opening it, what it says of the interface, and what is left when it is closed."""

from __future__ import annotations

import errno
import json
import socket
import struct
from typing import Any

import pytest

import monitor.capture.live.ring as ring_module
from monitor.capture.live.ring import BLOCK_BYTES, BLOCKS, Ring
from monitor.errors import UsageError
from tests.support.wire import FAR, NEAR, ip, send, tunnel, turn, wait_for

RX_RING = 5
FRAME = bytes(range(60))
LONG = FRAME + bytes(60_000)


def promiscuity(interface: str) -> int:
    """How many want to see frames of the interface that are for others."""
    number: int = json.loads(ip("-j", "-d", "link", "show", interface).stdout)[0]["promiscuity"]
    return number


@pytest.mark.usefixtures("wire")
def test_promiscuous_while_open() -> None:
    """Frames for other machines are seen while the ring is open, and the interface is left as it was."""
    with Ring(NEAR) as ring:
        assert 1 == promiscuity(NEAR)
        assert 1 == ring.linktype
        assert BLOCK_BYTES * BLOCKS == len(ring.data)
    assert 0 == promiscuity(NEAR)


@pytest.mark.usefixtures("wire")
def test_blocks_come_and_go() -> None:
    """Full blocks come one after the other, and round again, as they are given back."""
    sent = 0
    places = []

    def more() -> bytes | None:
        nonlocal sent
        if ring.ready() is not None:
            return None
        sent += 1
        return LONG

    with Ring(NEAR) as ring:
        assert ring.ready() is None
        for _ in range(BLOCKS + 1):
            send(iter(more, None))
            place = ring.ready()
            assert place is not None
            assert -1 != ring.data.find(FRAME, place, place + BLOCK_BYTES)
            places.append(place)
            ring.release()
        assert (sent, 0, 0) == ring.figures()
        assert (0, 0, 0) == ring.figures()
    assert [*range(0, BLOCKS * BLOCK_BYTES, BLOCK_BYTES), 0] == places


@pytest.mark.usefixtures("wire")
def test_a_block_that_is_not_full_comes_too() -> None:
    """Nobody waits for the last packets of a quiet hour."""
    with Ring(NEAR) as ring:
        send([FRAME])
        wait_for(lambda: ring.wait(1_000) and ring.ready() is not None)
        assert 0 == ring.ready()


@pytest.mark.usefixtures("wire")
def test_what_finds_no_room_is_counted() -> None:
    """When nobody reads, the ring fills and the kernel counts what it drops."""
    count = BLOCK_BYTES * BLOCKS // len(LONG) + 100
    with Ring(NEAR) as ring:
        send([LONG] * count)
        counted = ring.figures()
        wait_for(lambda: ring.ready() is not None)

    assert count == counted.packets
    assert 100 <= counted.dropped < 300
    assert 1 == counted.freezes


@pytest.mark.usefixtures("wire")
def test_a_smaller_ring_has_to_do_where_memory_is_short(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the kernel does not give that much memory, it is asked for half, and half again."""

    class Short(socket.socket):
        def setsockopt(self, level: int, option: int, value: Any, /) -> None:  # type: ignore[override]  # one form of it
            if option == RX_RING and struct.unpack("=7I", value)[1] > 16:
                raise OSError(errno.ENOMEM, "no memory")
            super().setsockopt(level, option, value)

    monkeypatch.setattr(ring_module.socket, "socket", Short)
    with Ring(NEAR) as ring:
        assert 16 * BLOCK_BYTES == len(ring.data)
        send([FRAME])
        wait_for(lambda: ring.wait(1_000) and ring.ready() is not None)


@pytest.mark.usefixtures("wire")
def test_nothing_is_taken_after_the_stop() -> None:
    """What comes after the stop is neither in the ring nor in the figures."""
    with Ring(NEAR) as ring:
        send([FRAME])
        ring.stop()
        send([FRAME] * 3)
        assert 1 == ring.figures().packets


@pytest.mark.usefixtures("wire")
def test_down_is_told_once() -> None:
    """An interface that goes down says so once, and receives again when it is up."""
    with Ring(NEAR) as ring:
        turn(NEAR, "down")
        assert not ring.wait(1_000)
        assert ring.wait(1)
        turn(NEAR, "up")
        wait_for(lambda: _arrives(ring))
        assert NEAR == ring.name()


def _arrives(ring: Ring) -> bool:
    send([FRAME])
    return ring.figures().packets > 0


@pytest.mark.usefixtures("wire")
def test_gone_is_known() -> None:
    """An interface that was removed does not exist, whatever its end was."""
    with Ring(NEAR) as ring:
        assert NEAR == ring.name()
        ip("link", "del", FAR)
        assert ring.name() is None
        assert not ring.is_up()


@pytest.mark.usefixtures("wire")
@pytest.mark.parametrize("name", ["eth\x1b[2J9", "", "x" * 50, "a\0b", "any"])
def test_an_unknown_name_is_refused(name: str) -> None:
    """It is told, made safe to show, with the names that there are."""
    with pytest.raises(UsageError, match=r"there is no interface .*there is: lo, .*tap0") as refused:
        Ring(name)
    assert str(refused.value).isprintable()


@pytest.mark.usefixtures("wire")
@pytest.mark.parametrize(("kind", "linktype"), [(1, 1), (65534, 101), (519, 101)])
def test_kinds_of_interfaces(kind: int, linktype: int) -> None:
    """Ethernet, and IP without a link layer."""
    with tunnel("tun9", kind), Ring("tun9") as ring:
        assert linktype == ring.linktype


@pytest.mark.usefixtures("wire")
def test_loopback_is_read_as_ethernet() -> None:
    """Its frames have such a header, empty as it is."""
    with Ring("lo") as ring:
        assert 1 == ring.linktype


@pytest.mark.usefixtures("wire")
def test_other_kinds_are_refused() -> None:
    """What is on their wire would be taken for something that it is not."""
    with tunnel("tun9", 280), pytest.raises(UsageError, match=r"tun9 is of a kind that cannot be read \(ARPHRD 280\)"):
        Ring("tun9")
