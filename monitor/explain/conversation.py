"""The conversation behind a finding: asks tshark which one it is, and reads what was said in it.

Rule: everything here is bounded: how many conversations are looked up, how much of one is kept, and how long it takes.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from monitor.errors import CaptureError, UsageError
from monitor.explain.layers import Part, Reading, nanoseconds, read_layers
from monitor.explain.shark import Enough, Packet, read_packets
from monitor.explain.sought import FlowPlaces, Place
from monitor.model.flow import FlowView, Side, Transport
from monitor.model.record import Record, replace
from monitor.protocols.sip2.fixed import FACTS

MAX_CONVERSATIONS = 50
"""Looked up of one finding: as many as the report lists peers."""
CONTEXT = 6
"""Messages shown ahead of the first that counts: a login, a request."""
_PROTOCOLS = ("frame", "ip", "ipv6", "tcp", "udp", "sip2", "http", "rtsp")
_NAMED = {"tls": "TLS", "rtp": "RTP", "dns": "DNS", "quic": "QUIC"}
"""Protocols that are told by name only."""
_HIDING = {"sip2.mask_values": "TRUE"}


class Line(Record):
    """One message of the conversation, or one packet of which nothing more is known."""

    frame: int
    at_ns: int
    sender: Side
    reading: Reading
    counts: bool
    """Whether it counts in the finding."""


class Conversation(Record):
    """What two ends said to each other."""

    flow: FlowView
    number: int
    """Among those of the finding, from 1."""
    filters: tuple[str, ...]
    """Display filters of all conversations that were looked up."""
    total: int
    """Conversations of the finding."""
    lines: tuple[Line, ...]
    frames: tuple[int, ...]
    """Frames that count, in order."""
    cut: bool
    """Whether more was said than is shown, before or after."""

    @property
    def filter(self) -> str:
        """The display filter that shows it whole."""
        return self.filters[self.number - 1]


def read_conversation(
    path: Path, flows: Sequence[FlowPlaces], *, number: int, messages: int, timeout_seconds: float
) -> Conversation:
    """Read one conversation of a finding.

    Args:
        path: the capture.
        flows: of the finding, as `monitor.explain.sought.seek` gives them.
        number: which of them, from 1.
        messages: how many messages to keep.
        timeout_seconds: how long tshark may take for each of two readings.

    Raises:
        CaptureError: tshark cannot read the capture, or reads other frames in it than we do.
        UsageError: pyshark or tshark is not here or takes too long; or there is no such conversation.
    """
    if not 1 <= number <= min(len(flows), MAX_CONVERSATIONS):
        looked_up = f", of which {MAX_CONVERSATIONS} can be shown" if len(flows) > MAX_CONVERSATIONS else ""
        raise UsageError(f"there is no conversation {number}: this finding has {len(flows)}{looked_up}")
    shown = flows[number - 1]
    filters = _look_up(path, flows[:MAX_CONVERSATIONS], timeout_seconds)
    reader = _Reader(shown, messages)
    payload = "tcp.len > 0" if shown.flow.transport is Transport.TCP else "udp.length > 8"
    told = "sip2" if shown.flow.protocol == "sip2" else payload
    counted = [place.frame for place in shown.places][:MAX_CONVERSATIONS]
    read_packets(
        path,
        f"{filters[number - 1]} && ({told} || {among(counted)})",
        reader.take,
        protocols=_PROTOCOLS,
        preferences=_HIDING,
        timeout_seconds=timeout_seconds,
    )
    if not reader.lines:
        raise CaptureError("tshark does not see this conversation; its version may be too old (3.6 or later is needed)")
    return Conversation(
        flow=shown.flow,
        number=number,
        filters=filters,
        total=len(flows),
        lines=tuple(reader.lines),
        frames=tuple(dict.fromkeys(place.frame for place in shown.places)),
        cut=reader.cut,
    )


def _look_up(path: Path, flows: Sequence[FlowPlaces], timeout_seconds: float) -> tuple[str, ...]:
    """The display filter of each flow, by the number that tshark gives it."""
    first = [flow.places[0].frame for flow in flows]
    streams: dict[int, str] = {}

    def take(packet: Packet) -> None:
        for transport in ("tcp", "udp"):
            if transport in packet:
                number = str(packet[transport].stream)
                if number.isdigit():
                    streams[int(packet.number)] = f"{transport}.stream == {number}"

    read_packets(
        path,
        among(first),
        take,
        protocols=("frame", "tcp", "udp"),
        preferences={},
        last_frame=max(first),
        timeout_seconds=timeout_seconds,
    )
    if not streams.keys() >= set(first):
        raise CaptureError("tshark cannot read the capture as far as the finding")
    return tuple(streams[frame] for frame in first)


def among(frames: Iterable[int]) -> str:
    """The display filter for some frames. Commas part them: what Wireshark 3.6 allows, and later versions want."""
    return f"frame.number in {{{', '.join(map(str, sorted(set(frames))))}}}"


class _Reader:
    """Keeps what stands around the first message that counts."""

    def __init__(self, shown: FlowPlaces, messages: int) -> None:
        self.lines: list[Line] = []
        self.cut = False
        self._ahead: deque[Line] = deque(maxlen=min(CONTEXT, messages - 1))
        self._flow = shown.flow
        self._messages = messages
        self._places: dict[int, list[Place]] = {}
        for place in shown.places:
            self._places.setdefault(place.frame, []).append(place)
        self._first = shown.places[0].frame

    def take(self, packet: Any) -> None:
        frame = int(packet.number)
        at_ns = nanoseconds(str(packet.frame_info.time_epoch))
        sender = _sender(packet, self._flow)
        for reading, counts in self._readings(packet, frame):
            line = Line(frame=frame, at_ns=at_ns, sender=sender, reading=reading, counts=counts)
            if frame < self._first:
                self.cut = self.cut or len(self._ahead) == self._ahead.maxlen
                self._ahead.append(line)
                continue
            self.lines += self._ahead
            self._ahead.clear()
            if len(self.lines) >= self._messages:
                self.cut = True
                raise Enough
            self.lines.append(line)

    def _readings(self, packet: Any, frame: int) -> Iterator[tuple[Reading, bool]]:
        """What a packet says, each with whether it counts; then what counts and is no message that tshark saw in it."""
        left = list(self._places.get(frame, []))
        readings = list(read_layers(packet)) or [_unread(packet)]
        for number, reading in enumerate(readings):
            last = number == len(readings) - 1
            if reading.protocol == "sip2":
                mine = [place for place in left if _is_of(place, reading)][:1]
                mine += [place for place in left if last and not place.exposed]
                reading = _with_facts(reading, mine)  # noqa: PLW2901  (tshark has no fields for them)
            else:
                mine = left if last else []
                reading = _complete(reading, mine)  # noqa: PLW2901  (what tshark has no name for belongs to it)
            left = [place for place in left if place not in mine]
            yield reading, bool(mine)
        if left:
            yield _complete(Reading(protocol="", code="", title="in what was sent up to here"), left), True


def _is_of(place: Place, reading: Reading) -> bool:
    """Whether what the engine counts is this message, by the fields that both saw."""
    seen = Counter(part.key for part in reading.parts)
    return bool(place.exposed) and not Counter(one.key for one in place.exposed if one.key not in FACTS) - seen


def _with_facts(reading: Reading, places: Sequence[Place]) -> Reading:
    """The same with what the engine saw in the fixed part."""
    facts = (one for place in places for one in place.exposed if one.key in FACTS)
    return replace(reading, parts=(*(Part(key=one.key, data_class=one.data_class) for one in facts), *reading.parts))


def _complete(reading: Reading, places: Sequence[Place]) -> Reading:
    """The same with what the engine saw in it and tshark has no name for: parameters of forms and addresses."""
    exposed = (one for place in places for one in place.exposed)
    more = tuple(Part(key=one.key, data_class=one.data_class) for one in exposed)
    return replace(reading, parts=reading.parts + more)


def _unread(packet: Any) -> Reading:
    """A packet whose protocol is not taken apart here."""
    size = str(packet.frame_info.len)
    named = next((_NAMED[layer.layer_name] for layer in packet.layers if layer.layer_name in _NAMED), "")
    return Reading(protocol="", code=named, title=f"a packet of {size if size.isdigit() else '?'} bytes")


def _sender(packet: Any, flow: FlowView) -> Side:
    """Who sent a packet: told by the ports, and by the addresses where the ports are the same."""
    layer = packet.tcp if "tcp" in packet else packet.udp
    source, target = int(layer.srcport), int(layer.dstport)
    near, far = flow.originator, flow.responder
    if source != target:
        return Side.ORIGINATOR if (source, target) == (near.port, far.port) else Side.RESPONDER
    address = str(packet.ipv6.src if "ipv6" in packet else packet.ip.src)
    shown_near = near.address and address == near.address
    return Side.ORIGINATOR if shown_near or (far.address and address != far.address) else Side.RESPONDER
