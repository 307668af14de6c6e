"""DNS exchanges whose every value is a mark: for the canary test. Each piece is one datagram."""

from __future__ import annotations

from collections.abc import Iterator

from tests.protocols.dns.samples import (
    ANSWER,
    CLIENT,
    CNAME,
    OPT,
    QUERY,
    QUESTION,
    SERVER,
    TXT,
    address,
    message,
    name,
    question,
    resource,
)
from tests.support.marks import Marks, Script


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
