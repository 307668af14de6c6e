"""DNS exchanges whose every value is a mark. Each piece is one datagram."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from ipaddress import ip_address

from monitor.audit.marks import Marks, Script
from monitor.model.flow import Side

CLIENT, SERVER = Side.ORIGINATOR, Side.RESPONDER
A, NS, CNAME, SOA, PTR, TXT, AAAA, SRV, OPT = 1, 2, 5, 6, 12, 16, 28, 33, 41
QUERY, ANSWER, NO_SUCH_NAME = 0x0100, 0x8180, 0x8183
QUESTION = b"\xc0\x0c"
"""A pointer to the name that was asked for."""


def name(text: str) -> bytes:
    """A name on the wire, not compressed."""
    labels = [label.encode() for label in text.split(".") if label]
    return b"".join(bytes([len(label)]) + label for label in labels) + b"\0"


def question(text: str, kind: int = A, network: int = 1) -> bytes:
    """What is asked."""
    return name(text) + struct.pack("!HH", kind, network)


def resource(owner: bytes, kind: int, data: bytes, *, ttl: int = 300, network: int = 1) -> bytes:
    """One record; `owner` as it stands on the wire."""
    return owner + struct.pack("!HHIH", kind, network, ttl, len(data)) + data


def address(text: str, *, owner: bytes = QUESTION, ttl: int = 300) -> bytes:
    """A record with an address of either kind."""
    parsed = ip_address(text)
    return resource(owner, A if parsed.version == 4 else AAAA, parsed.packed, ttl=ttl)  # noqa: PLR2004 (IP's number)


def message(
    flags: int, *questions: bytes, answers: tuple[bytes, ...] = (), others: tuple[bytes, ...] = (), number: int = 4711
) -> bytes:
    """A message; `others` are additional records."""
    head = struct.pack("!6H", number, flags, len(questions), len(answers), 0, len(others))
    return head + b"".join((*questions, *answers, *others))


def dns(marks: Marks) -> Iterator[Script]:
    """Marks in names asked for, in aliases, in texts, in addresses and in options."""
    asked = question(marks.mark("name").decode("ascii") + ".example.org")
    alias = name(marks.mark("alias").decode("ascii") + ".example.net")
    number = marks.mark("address")
    answers = (
        resource(QUESTION, CNAME, alias),
        resource(alias, 28, number),
        resource(QUESTION, 1, number[:4]),
        address("192.0.2.10"),
        resource(QUESTION, TXT, b"\x10" + marks.mark("text")),
    )
    options = resource(b"\0", OPT, b"\x00\x0a\x00\x10" + marks.mark("cookie"))
    yield [
        (CLIENT, message(QUERY, asked, others=(options,))),
        (SERVER, message(ANSWER, asked, answers=answers, others=(options,))),
    ]
    yield [(CLIENT, message(QUERY, asked)), (SERVER, message(ANSWER, asked, answers=answers)[:-9])]
    loose = marks.mark("loose")
    for text in (
        loose,
        message(QUERY, asked) + loose,
        message(ANSWER, loose, answers=(loose,)),
        message(ANSWER) + loose,
    ):
        yield [(CLIENT, message(QUERY, asked)), (SERVER, text), (CLIENT, text)]
        yield [(CLIENT, text), (SERVER, text)]
