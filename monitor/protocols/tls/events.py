"""What the TLS parser says: the two hello messages, and oddities.

Rule: a server's name leaves as an opaque `HostName`; of application protocols only the ones named here are told apart.
"""

from __future__ import annotations

from monitor.model.closed import Enum
from monitor.model.events import Event
from monitor.model.opaque import HostName


class TlsVersion(Enum):
    """A protocol version; drafts of TLS 1.3 count as TLS 1.3."""

    SSL_2 = "ssl2"
    SSL_3 = "ssl3"
    TLS_1_0 = "tls1.0"
    TLS_1_1 = "tls1.1"
    TLS_1_2 = "tls1.2"
    TLS_1_3 = "tls1.3"
    OTHER = "other"
    """Greater than any that is defined, or none that is."""


class Alpn(Enum):
    """What will be spoken inside (IANA's list of ALPN protocol ids, the ones that matter here)."""

    HTTP_1_0 = "http/1.0"
    HTTP_1_1 = "http/1.1"
    HTTP_2 = "h2"
    DNS = "dot"
    """DNS over TLS, RFC 7858."""
    MQTT = "mqtt"
    OTHER = "other"


class TlsClientHello(Event):
    """A client wants to talk to a server (RFC 8446 4.1.2)."""

    version: TlsVersion
    """The highest that the client offers."""
    server_name: HostName | None
    """Whom it wants to talk to (RFC 6066 3); None where it does not say, or no plain host name."""
    alpn: tuple[Alpn, ...]
    """What it offers to speak, best first, none twice."""


class TlsServerHello(Event):
    """The server agrees (RFC 8446 4.1.3)."""

    version: TlsVersion
    """The one that both will use."""
    alpn: Alpn | None
    """What both will speak; None where nothing was agreed or, with TLS 1.3, it is encrypted."""


class TlsWeird(Enum):
    """Oddities of a TLS flow."""

    BAD_HELLO = "bad_hello"
    """A hello whose lengths contradict each other."""
    OVERSIZE_HELLO = "oversize_hello"
    """Longer than the limit, or in more records than the limit."""
    CUT_HELLO = "cut_hello"
    """The flow ended or bytes were lost inside a hello."""
