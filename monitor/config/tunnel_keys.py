"""The keys of `tunnels`: between whom SIP2 is to be encrypted, and who may speak it in clear."""

from __future__ import annotations

from monitor.config.structures import Forms, Key, ListOf, Section
from monitor.config.words import NAME, REFERENCE

MAX_TUNNELS = 1_000
"""One for each of 200 branches, and some to vendors."""
MAX_TUNNEL_ENDS = 100
"""Of one tunnel; who has more names a zone."""

TUNNEL_END = Forms(
    {
        "asset": Section((Key(name="asset", shape=REFERENCE, says="name of an asset", required=True),)),
        "zone": Section((Key(name="zone", shape=REFERENCE, says="name of a zone: all its devices", required=True),)),
    }
)

TUNNEL = Section(
    (
        Key(name="name", shape=NAME, says="name of the tunnel", required=True),
        Key(
            name="ends",
            shape=ListOf(item=TUNNEL_END, least=1, most=MAX_TUNNEL_ENDS),
            says="where encryption begins and ends: hosts with stunnel or the like, clients and servers with TLS",
            required=True,
        ),
        Key(
            name="plain",
            shape=ListOf(item=TUNNEL_END, most=MAX_TUNNEL_ENDS),
            says="who may speak SIP2 to an end in clear; without it nobody, but within one machine",
        ),
    )
)
