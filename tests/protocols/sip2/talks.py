"""Short ways to run the SIP2 parser in tests, and the reader of the recorded exchanges."""

from __future__ import annotations

import struct
from collections.abc import Iterable
from pathlib import Path

from monitor.model.events import Event, Output, Sighted, Weird
from monitor.model.flow import Close, Side
from monitor.protocols.sip2.events import Sip2Message, Sip2Weird
from monitor.protocols.sip2.parser import Sip2Parser

SC, ACS = Side.ORIGINATOR, Side.RESPONDER
SYN, ACK = 0x02, 0x10


def parse(*pieces: tuple[Side, bytes], from_start: bool = True, finish: bool = True) -> list[Output]:
    """Everything the parser says of these pieces."""
    parser = Sip2Parser({}, from_start)
    outputs = [output for side, data in pieces for output in parser.feed(side, memoryview(data))]
    if finish:
        outputs += [output for side in Side for output in parser.finish(side, Close.FIN)]
    return outputs


def facts(outputs: Iterable[Output]) -> list[Event]:
    """The events, in order, whoever they are about."""
    found = (one.event if isinstance(one, Sighted) else one for one in outputs)
    return [one for one in found if isinstance(one, Event)]


def ids(outputs: Iterable[Output]) -> list[str]:
    """Ids of the whole messages, in order."""
    return [one.message.value for one in facts(outputs) if isinstance(one, Sip2Message)]


def oddities(outputs: Iterable[Output]) -> list[Sip2Weird]:
    """Names of the oddities, in order."""
    return [output.name for output in outputs if isinstance(output, Weird) and isinstance(output.name, Sip2Weird)]


def exposed(outputs: Iterable[Output]) -> list[tuple[str, str]]:
    """Key and class of everything exposed, in order."""
    return [(one.key, one.data_class.value) for event in facts(outputs) for one in event.exposed]


def read_exchange(path: Path) -> list[tuple[Side, bytes]]:
    """The payloads of the one connection that was opened in a capture from loopback, without repetitions."""
    data = path.read_bytes()
    at, talk, opened, seen = 24, [], frozenset(), set()
    while at < len(data):
        (size,) = struct.unpack_from("<I", data, at + 8)
        packet = data[at + 16 + 14 : at + 16 + size]  # behind record and Ethernet header
        at += 16 + size
        segment = packet[(packet[0] & 0x0F) * 4 : struct.unpack_from(">H", packet, 2)[0]]
        source, target, sequence = struct.unpack_from(">HHI", segment)
        if segment[13] & (SYN | ACK) == SYN:
            opened, opener = frozenset((source, target)), source
        payload = segment[(segment[12] >> 4) * 4 :]
        if payload and opened == {source, target} and (source, sequence) not in seen:
            seen.add((source, sequence))
            talk.append((SC if source == opener else ACS, payload))
    return talk
