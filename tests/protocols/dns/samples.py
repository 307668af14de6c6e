"""Invented DNS exchanges, each as the datagrams that either side sends in turn.

Answers with aliases, of both kinds of addresses, in full and in part, and what servers say instead of an answer.
"""

from __future__ import annotations

from monitor.audit.plants.dns import (  # noqa: F401  (tests take them from here)
    AAAA,
    ANSWER,
    CLIENT,
    CNAME,
    NO_SUCH_NAME,
    OPT,
    PTR,
    QUERY,
    QUESTION,
    SERVER,
    SOA,
    SRV,
    TXT,
    A,
    address,
    message,
    name,
    question,
    resource,
)
from monitor.model.flow import Side

OPTIONS = resource(b"\0", OPT, b"", network=1232, ttl=0)
ASKED = question("catalog.example.org")
ASKED_6 = question("catalog.example.org", AAAA)
CAMERA = question("p2p.eu.vendor.example")

CONVERSATIONS: dict[str, list[tuple[Side, bytes]]] = {
    "one address": [
        (CLIENT, message(QUERY, ASKED)),
        (SERVER, message(ANSWER, ASKED, answers=(address("192.0.2.10"),))),
    ],
    "both kinds at once": [
        (CLIENT, message(QUERY, ASKED, others=(OPTIONS,), number=1)),
        (CLIENT, message(QUERY, ASKED_6, others=(OPTIONS,), number=2)),
        (SERVER, message(ANSWER, ASKED_6, answers=(address("2001:db8::10"),), others=(OPTIONS,), number=2)),
        (SERVER, message(ANSWER, ASKED, answers=(address("192.0.2.10"), address("192.0.2.11")), number=1)),
    ],
    "aliases": [
        (CLIENT, message(QUERY, CAMERA)),
        (
            SERVER,
            message(
                ANSWER,
                CAMERA,
                answers=(
                    resource(QUESTION, CNAME, name("edge.cloud.example"), ttl=60),
                    resource(name("edge.cloud.example"), CNAME, b"\x01a\xc0\x33", ttl=900),
                    address("198.51.100.7", owner=b"\xc0\x5d", ttl=20),
                ),
            ),
        ),
    ],
    "authoritative, without recursion": [
        (CLIENT, message(0x0000, ASKED)),
        (SERVER, message(0x8400, ASKED, answers=(address("192.0.2.10", ttl=3600),))),
    ],
    "other records among the addresses": [
        (CLIENT, message(QUERY, ASKED)),
        (
            SERVER,
            message(
                ANSWER,
                ASKED,
                answers=(
                    resource(QUESTION, 46, bytes(90), ttl=5),
                    address("192.0.2.10"),
                    resource(QUESTION, TXT, b"\x03abc"),
                ),
            ),
        ),
    ],
    "a name without an address, then one with": [
        (CLIENT, message(QUERY, question("nowhere.example.org"))),
        (SERVER, message(NO_SUCH_NAME, question("nowhere.example.org"))),
        (CLIENT, message(QUERY, ASKED, number=2)),
        (SERVER, message(ANSWER, ASKED, answers=(address("192.0.2.10"),), number=2)),
    ],
}
"""By name; all of them begin with the first datagram of their flow."""
