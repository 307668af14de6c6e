"""The other ends of a finding while it grows: how often each took part, and what the device exchanged with it."""

from __future__ import annotations

from collections.abc import Iterable

from monitor.model.finding import Peer, Volume
from monitor.model.flow import Endpoint, Reach, Traffic


class PeerTally:
    """One other end of a finding."""

    __slots__ = ("count", "end", "order", "port", "traffics")

    def __init__(self, end: Endpoint, port: int, order: int) -> None:
        self.end = end
        self.port = port
        """0 where it used many."""
        self.count = 0
        self.order = order
        """How many peers of the finding were seen before this one."""
        self.traffics: set[Traffic] = set()
        """What the device exchanges with it; several where its address is not shown."""

    @property
    def is_outside(self) -> bool:
        """Whether it is on the internet."""
        return self.end.reach is Reach.INTERNET

    def peer(self) -> Peer:
        """As it stands now."""
        end, sent_bytes, received_bytes = self.end, 0, 0
        for one in self.traffics:  # written out: this meets every peer of every finding that has changed
            sent_bytes += one.sent_bytes
            received_bytes += one.received_bytes
        return Peer(
            address=end.address,
            port=self.port,
            name=end.name,
            zone=end.zone,
            asset=end.asset,
            count=self.count,
            sent_bytes=sent_bytes,
            received_bytes=received_bytes,
        )


def volume_of(peers: Iterable[PeerTally]) -> Volume | None:
    """All that a device exchanged with the peers of a finding; its longest upload stands for all."""
    traffics = {traffic for peer in peers for traffic in peer.traffics}
    if not traffics:
        return None
    uploads = [one for one in traffics if one.upload_since_ns]
    return Volume(
        sent_bytes=sum(one.sent_bytes for one in traffics),
        received_bytes=sum(one.received_bytes for one in traffics),
        since_ns=min(one.since_ns for one in traffics),
        upload_since_ns=min((one.upload_since_ns for one in uploads), default=0),
        upload_bits_per_second=sum(one.upload_bits_per_second for one in uploads),
    )
