"""The keys of `tunnels`: between whom SIP2 is to be encrypted, and who may speak it in clear."""

from __future__ import annotations

from monitor.config.structures import Forms, Key, ListOf, Section
from monitor.config.words import NAME, REFERENCE

MAX_TUNNELS = 1_000
"""One for each of 200 branches, and some to vendors."""
MAX_PARTIES = 100
"""Ends of one tunnel, and who speaks to one of them in clear; who has more names a zone."""

_ASSET = Key(name="asset", shape=REFERENCE, says="name of an asset", required=True)
_ZONE = Key(name="zone", shape=REFERENCE, says="name of a zone: all its devices", required=True)

PARTY = Forms({"asset": Section((_ASSET,)), "zone": Section((_ZONE,))})

_PLAIN = Key(
    name="plain",
    shape=ListOf(item=PARTY, most=MAX_PARTIES),
    says="who may speak SIP2 with this end in clear; without it nobody, but what stays within one machine",
)

TUNNEL_END = Forms({"asset": Section((_ASSET, _PLAIN)), "zone": Section((_ZONE, _PLAIN))})

TUNNEL = Section(
    (
        Key(name="name", shape=NAME, says="name of the tunnel", required=True),
        Key(
            name="ends",
            shape=ListOf(item=TUNNEL_END, least=1, most=MAX_PARTIES),
            says="where encryption begins and ends: hosts with stunnel or the like, clients and servers with TLS",
            required=True,
        ),
    )
)
