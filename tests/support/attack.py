"""Traffic that means harm, or looks like it: as much as is wanted, made as it is asked for.

Between its packets a self-check goes on saying what it says; all of that is to be found whatever else comes.
"""

from __future__ import annotations

import random
import struct
from collections.abc import Callable, Iterator
from itertools import islice

from monitor.capture.conversation import Conversation, Host, Packet
from monitor.model.flow import Transport

EVERY = 1_000
"""Packets of the attack between two of the self-check."""
STEP_NS = 10_000
PATRON = b"6300020261122    120000Y         AObench|AA21999000000017|AC|AD4711|\r"
_SYN, _ACK, _PUSH = 0x02, 0x10, 0x18


def syn_flood(rng: random.Random) -> Iterator[bytes]:
    """A flow a packet, from everywhere, to one port; some of them twice, for a SYN is said again."""
    while True:
        packet = _segment(
            (rng.getrandbits(32), rng.getrandbits(16), 0x0A01000A, 6001), rng.getrandbits(32), 0, _SYN, b""
        )
        yield packet
        if rng.random() < 0.2:
            yield packet


def port_scan(_: random.Random) -> Iterator[bytes]:
    """One machine asks every port of every other, and is refused."""
    number = 0
    while True:
        target, port = 0x0A000000 | number >> 16, number & 0xFFFF
        yield _segment((0x0A1E0042, 40_000, target, port), 7, 0, _SYN, b"")
        yield _segment((target, port, 0x0A1E0042, 40_000), 0, 8, 0x14, b"")
        number += 1


def short_flows(rng: random.Random) -> Iterator[bytes]:
    """Open, a few bytes, closed: millions of them."""
    while True:
        near, port, seq = rng.getrandbits(32), rng.getrandbits(16), rng.getrandbits(32)
        yield _segment((near, port, 0x0A01000A, 443), seq, 0, _SYN, b"")
        yield _segment((near, port, 0x0A01000A, 443), seq + 1, 1, _PUSH, rng.randbytes(20))
        yield _segment((near, port, 0x0A01000A, 443), seq + 21, 1, 0x11, b"")


def flows_that_never_close(rng: random.Random) -> Iterator[bytes]:
    """They say something that could become anything, and then nothing."""
    while True:
        near, port, seq = rng.getrandbits(32), rng.getrandbits(16), rng.getrandbits(32)
        yield _segment((near, port, 0x0A01000A, 6001), seq, 0, _SYN, b"")
        yield _segment((near, port, 0x0A01000A, 6001), seq + 1, 1, _PUSH, b"63000" + b"2" * rng.randrange(900))


def segments_far_ahead(rng: random.Random) -> Iterator[bytes]:
    """What would come first never does, so everything has to wait."""
    while True:
        near, port, seq = rng.getrandbits(32), rng.getrandbits(16), rng.getrandbits(32)
        yield _segment((near, port, 0x0A01000A, 6001), seq, 0, _SYN, b"")
        yield _segment((near, port, 0x0A01000A, 6001), seq + 1, 1, _PUSH, b"9300CNx|\r")
        for _ in range(rng.randrange(1, 20)):
            ahead = seq + rng.randrange(50, 1 << 20)
            yield _segment((near, port, 0x0A01000A, 6001), ahead, 1, _PUSH, bytes(rng.randrange(1_400)))


def fragments_without_end(rng: random.Random) -> Iterator[bytes]:
    """The first of two, of packets whose second never comes."""
    while True:
        packet = _segment((rng.getrandbits(32), 1, 0x0A01000A, 6001), 0, 0, _PUSH, bytes(rng.randrange(125) * 8 + 4))
        number = rng.getrandbits(16).to_bytes(2)
        yield packet[:18] + number + b"\x20\x00" + packet[22:]


ATTACKS: dict[str, Callable[[random.Random], Iterator[bytes]]] = {
    "SYN flood": syn_flood,
    "port scan": port_scan,
    "short flows": short_flows,
    "flows that never close": flows_that_never_close,
    "segments far ahead": segments_far_ahead,
    "fragments without end": fragments_without_end,
}


def messages(packets: int) -> int:
    """How many messages the self-check says between so many packets of an attack."""
    return packets // EVERY


def attack(name: str, packets: int, seed: int = 7) -> Iterator[Packet]:
    """So many packets of an attack, and the self-check's; it opened its connection before, and does not close it."""
    talk = Conversation(Host("10.30.0.11", 49152), Host("10.1.0.10", 6001)).open()
    yield from talk.packets
    at_ns = talk.at_ns
    for number, data in enumerate(islice(ATTACKS[name](random.Random(seed)), packets), 1):
        at_ns += STEP_NS
        yield Packet(at_ns, data)
        if number % EVERY == 0:
            talk.packets.clear()
            talk.at_ns = at_ns
            yield from talk.originator(PATRON).packets


def as_pcap(packets: Iterator[Packet]) -> Iterator[bytes]:
    """The same as the bytes of a capture."""
    yield struct.pack("<IHHiIII", 0xA1B23C4D, 2, 4, 0, 0, 262144, 1)
    for one in packets:
        seconds, rest = divmod(one.at_ns, 10**9)
        yield struct.pack("<4I", seconds, rest, len(one.data), len(one.data)) + one.data


_HEAD = bytes(12) + b"\x08\x00\x45\x00"


def _segment(ends: tuple[int, int, int, int], seq: int, acknowledged: int, flags: int, data: bytes) -> bytes:
    """One frame, from an address and a port to others; its checksums would take most of the time, and nobody looks."""
    source, from_port, target, to_port = ends
    return b"".join(
        (
            _HEAD,
            struct.pack("!HHHBBHII", 40 + len(data), seq & 0xFFFF, 0, 64, Transport.TCP, 0, source, target),
            struct.pack("!HHIIBBHHH", from_port, to_port, seq & 0xFFFFFFFF, acknowledged, 0x50, flags, 64240, 0, 0),
            data,
        )
    )
