"""QUIC: whom a client wants to talk to, as its first packets say it; their keys are known to everybody (RFC 9001 5.2).

Only what watched devices ask is opened: of everybody else's flows it is merely counted that they are QUIC.

`SPEC` is what the registry finds.
"""

from __future__ import annotations

from operator import attrgetter

from monitor.model.contract import ProtocolSpec
from monitor.model.flow import Transport
from monitor.protocols.quic.events import QuicClientHello
from monitor.protocols.quic.parser import CRYPTO_BYTES, LOOK_DATAGRAMS, QuicParser
from monitor.protocols.quic.recognition import probe

SPEC = ProtocolSpec(
    name="quic",
    transport=Transport.UDP,
    ports=(443,),
    probe=probe,
    parser=QuicParser,
    events=(QuicClientHello,),
    limits={"crypto_bytes": CRYPTO_BYTES, "look_datagrams": LOOK_DATAGRAMS},
    unordered=True,
    names={QuicClientHello: attrgetter("server_name")},
)
