"""The DNS parser: each message by itself. It keeps nothing, so one serves every flow."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from monitor.model.contract import Octets
from monitor.model.events import Output
from monitor.model.flow import Close, Side
from monitor.protocols.dns.message import HEADER_BYTES, RESPONSE, read_question, read_response


class DnsParser:
    """Both sides of one flow (`monitor.model.contract.Parser`)."""

    __slots__ = ()

    def __init__(self, options: Mapping[str, object], from_start: bool) -> None:  # noqa: FBT001  # the contract's
        """Take nothing."""

    def feed(self, side: Side, data: Octets) -> Iterable[Output]:  # noqa: ARG002  # the contract's
        """Take one datagram."""
        if len(data) < HEADER_BYTES:
            return ()
        return read_response(bytes(data)) if data[2] & RESPONSE else read_question(bytes(data))

    def gap(self, side: Side, size_bytes: int) -> Iterable[Output]:  # noqa: ARG002  # the contract's
        """Datagrams leave no gaps."""
        return ()

    def finish(self, side: Side, how: Close) -> Iterable[Output]:  # noqa: ARG002  # the contract's
        """Nothing is left to say."""
        return ()
