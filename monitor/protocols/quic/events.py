"""What the QUIC parser says: the client's hello."""

from __future__ import annotations

from monitor.model.events import Event
from monitor.model.opaque import HostName


class QuicClientHello(Event):
    """A client wants to talk to a server over QUIC (RFC 9001 4.1)."""

    server_name: HostName | None
    """Whom it wants to talk to (RFC 6066 3); None where it does not say, or no plain host name."""
