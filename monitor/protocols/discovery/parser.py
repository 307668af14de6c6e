"""The parser of discovery: each datagram by itself, until the flow has said what it had to say.

Rule: what was said is not said again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from monitor.model.contract import Octets
from monitor.model.events import DeviceSign, Enough, Event, Output, PortMapping, Route
from monitor.model.flow import Close, Side
from monitor.protocols.discovery.kinds import reader

LOOK_DATAGRAMS = 64
"""Looked at in a flow: a device says what it is when it comes, and again as long as somebody asks."""
MAX_SAID = 16
"""Different things that a flow says, before it has said enough."""

_ENOUGH = Enough()
_MAPPING = PortMapping()


class DiscoveryParser:
    """Both sides of one flow (`monitor.model.contract.Parser`)."""

    __slots__ = ("_looked", "_said")

    def __init__(self, options: Mapping[str, object], from_start: bool) -> None:  # noqa: ARG002, FBT001  # the contract's
        self._looked = 0
        self._said: list[Event] = []

    def feed(self, side: Side, data: Octets) -> Iterable[Output]:
        """Take one datagram."""
        self._looked += 1
        datagram = bytes(data)
        read = reader(datagram) if datagram else None
        event = read(side, datagram) if read is not None else None
        outputs: list[Output] = []
        if event is not None and event not in self._said:
            self._said.append(event)
            outputs.append(event)
            if isinstance(event, DeviceSign) and event.route is Route.MAPPING:
                outputs.append(_MAPPING)
        if self._looked >= LOOK_DATAGRAMS or len(self._said) >= MAX_SAID:
            outputs.append(_ENOUGH)
        return outputs

    def gap(self, side: Side, size_bytes: int) -> Iterable[Output]:  # noqa: ARG002  # the contract's
        """Datagrams leave no gaps."""
        return ()

    def finish(self, side: Side, how: Close) -> Iterable[Output]:  # noqa: ARG002  # the contract's
        """Nothing is left to say."""
        return ()
