"""Brings the device book what flows show of their ends, and has cameras watched that it recognizes.

Rules: a hardware address is taken from the very packet that showed something, if the end it tells of stands in it;
names that a device asks for are looked at in its first flows only (`DeviceBook.curious`).
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence

from monitor.devices.book import DeviceBook
from monitor.devices.catalog import Catalog
from monitor.flow.lane import Follower
from monitor.flow.shape import looks_like_video
from monitor.flow.table import FlowTable
from monitor.flow.watch import Watch
from monitor.model.contract import ProtocolSpec
from monitor.model.data import Role
from monitor.model.events import DeviceLease, DeviceSign, Event
from monitor.model.finding import Moment
from monitor.model.flow import Side
from monitor.model.frames import Frames
from monitor.model.opaque import Label
from monitor.privacy.labels import typed
from monitor.privacy.names import ask

SHAPES_NS = 60 * 10**9
"""Between looks at the traffic of devices that might be cameras: one goes through the whole table, in a millisecond."""
MIN_BYTES = 262_144
"""Sent in one flow before anybody asks whether it is video: a second or so of it."""

DEVICE_EVENTS = (DeviceSign, DeviceLease)
"""Events that tell of a device whichever protocol says them."""

_ETHERNET, _COOKED = 1, 113
_HARDWARE_AT = 6
"""The sender's, in the headers of both."""
_IP_AT = {_ETHERNET: (14, 18, 22), _COOKED: (16, 20)}
"""Where IP begins in a frame that no tunnel carried: behind the header, and VLAN tags."""
_IPV4_SOURCE, _IPV6_SOURCE = 12, 8
_UPLOAD = typed("video-upload")


class Signs:
    """Hears of devices from parsers and from the flow table."""

    def __init__(
        self, specs: Iterable[ProtocolSpec], book: DeviceBook, catalog: Catalog, watch: Watch, table: FlowTable
    ) -> None:
        self._readers = {kind: read for spec in specs for kind, read in spec.devices.items()}
        self._names = {kind: read for spec in specs for kind, read in spec.names.items()}
        self._book = book
        self._catalog = catalog
        self._watch = watch
        self._table = table
        self._frames: Frames | None = None
        self._shaped_ns = 0
        self.curious, self.wonders = book.curious, book.wonders

    def tells(self, kind: type[Event]) -> bool:
        """Whether events of a type tell something of a device."""
        return kind in self._readers or kind in self._names or kind in DEVICE_EVENTS

    def turn(self, frames: Frames) -> None:
        """Go over to the next batch."""
        self._frames = frames

    def hear(self, follower: Follower, event: Event) -> None:
        """Take a fact about the ends of a flow."""
        kind = type(event)
        read, name_of = self._readers.get(kind), self._names.get(kind)
        if read is not None or name_of is not None:
            for side, signal in () if read is None else read(event):
                self._note(follower, side, (signal,))
            name = None if name_of is None else name_of(event)
            signals = () if name is None else ask(name, self._catalog.host)
            if signals:
                self._note(follower, Side.ORIGINATOR, signals)
        elif isinstance(event, DeviceSign):
            if event.protocol is not None:
                self._watch.name(follower.serial, event.protocol, event.route, follower.at_ns)
            if event.signals:
                self._note(follower, event.side, event.signals)
        elif isinstance(event, DeviceLease):
            self._lease(event, follower.at_ns)

    def meet(self, spec: ProtocolSpec, client: bytes, server: bytes, at_ns: int) -> None:
        """Take that two ends, 4 or 16 bytes each, speak a protocol with each other."""
        for address, signal in zip((client, server), spec.parties, strict=True):
            if signal is not None:
                self._take(address, (signal,), 0, at_ns)

    def glance(self, spec: ProtocolSpec, client: bytes, first: bytes, moment: Moment) -> bool:
        """Look at the first segment of a flow of which nobody wants more than a curious look.

        Returns:
            whether that tells all there is.
        """
        signals = None if spec.glance is None else spec.glance(first)
        if signals:
            self.show(client, signals, moment)
        return signals is not None

    def show(self, address: bytes, signals: Sequence[Label], moment: Moment) -> None:
        """Take what an end, with an address of 4 or 16 bytes, showed in a packet of this batch."""
        at_ns, capture, frame, _ = moment
        self._take(address, signals, self._hardware(address, capture, frame), at_ns)

    def tick(self, at_ns: int) -> None:
        """Let trace time pass."""
        if at_ns - self._shaped_ns >= SHAPES_NS:
            self.look_at_shapes(at_ns)

    def look_at_shapes(self, at_ns: int) -> None:
        """See whether any device that might be a camera sends what looks like video."""
        self._shaped_ns = at_ns
        candidates = self._book.undecided()
        if not candidates:
            return
        for load in self._table.loads(MIN_BYTES):
            if load.address in candidates and looks_like_video(load):
                self._take(load.address, (_UPLOAD,), 0, at_ns)

    def _lease(self, event: DeviceLease, at_ns: int) -> None:
        self._take(event.address.to_bytes(4), event.signals, event.hardware, at_ns)

    def _note(self, follower: Follower, side: Side, signals: Sequence[Label]) -> None:
        self.show(follower.addresses[side ^ follower.originator], signals, follower.moment)

    def _take(self, address: bytes, signals: Sequence[Label], hardware: int, at_ns: int) -> None:
        if self._book.note(address, signals, hardware, at_ns) and self._book.role(address) is Role.CAMERA:
            for one in self._book.addresses(address):
                self._watch.declare(one, at_ns)

    def _hardware(self, address: bytes, capture: int, frame: int) -> int:
        """The hardware address with which an end stands in a frame of this batch; 0 where it does not."""
        frames = self._frames
        if frames is None:
            return 0
        at = bisect_left(frames.number, frame, 0, frames.count)
        if at == frames.count or frames.number[at] != frame or frames.captures[frames.interface[at]] != capture:
            return 0
        link = frames.linktypes[frames.interface[at]]
        start, place = frames.offset[at], frames.columns.address[at]
        ip_at = place - (_IPV6_SOURCE if frames.columns.v6[at] else _IPV4_SOURCE)
        if ip_at - start not in _IP_AT.get(link, ()):
            return 0
        if frames.data[place : place + len(address)] == address:
            return int.from_bytes(frames.data[start + _HARDWARE_AT : start + _HARDWARE_AT + 6])
        place += len(address)
        if link == _ETHERNET and frames.data[place : place + len(address)] == address:
            return int.from_bytes(frames.data[start : start + 6])
        return 0
