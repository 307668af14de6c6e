"""Invented Z39.50 conversations, each as the pieces that either side sends in turn, from the start of its flow.

Accounts of every kind, queries of several languages, a look into an index, an answer to a challenge, values of open
end, a request over the limit, and damage.
"""

from __future__ import annotations

from monitor.audit.plants.z3950 import (
    CLIENT,
    SERVER,
    account,
    begin,
    both,
    rpn,
    scan,
    search,
    tagged,
    term,
    universal,
)
from monitor.model.flow import Side

FOUND = tagged(23, tagged(23, b"\x01"), tagged(24, b"\0"), tagged(25, b"\x01"), tagged(22, b"\xff"), made=True)
PRESENT = tagged(24, tagged(31, b"1"), tagged(30, b"\x01"), tagged(29, b"\x01"), made=True)
RECORDS = tagged(
    25, tagged(24, b"\x01"), tagged(25, b"\0"), tagged(27, b"\0"), tagged(28, b"x" * 300, made=True), made=True
)
CLOSE = tagged(48, tagged(211, b"\0"), made=True)
TWO_TERMS = rpn(tagged(1, both(term(b"sagas"), term(b"iceland", 21)), made=True))
ONE_TERM = rpn(tagged(0, term(b"sagas"), made=True))

CONVERSATIONS: dict[str, list[tuple[Side, bytes]]] = {
    "a user and a password": [
        (CLIENT, begin(account(b"", b"ask.lund", b"secret"))),
        (SERVER, begin(answer=True)),
        (CLIENT, search(ONE_TERM)),
        (SERVER, FOUND),
        (CLIENT, PRESENT),
        (SERVER, RECORDS),
        (CLIENT, CLOSE),
    ],
    "a string, and several queries at once": [
        (CLIENT, begin(universal(26, b"east/secret"))),
        (SERVER, begin(answer=True)),
        (CLIENT, search(TWO_TERMS) + scan(term(b"sag")) + search(tagged(2, b"sagas and iceland"))),
        (SERVER, FOUND + RECORDS + FOUND),
    ],
    "nobody, and a challenge": [
        (CLIENT, begin()),
        (SERVER, begin(answer=True) + tagged(28, tagged(37, b"who?"), made=True)),
        (CLIENT, tagged(29, tagged(38, b"secret"), made=True)),
        (SERVER, FOUND),
    ],
    "open ends, and too much": [
        (CLIENT, begin(universal(5))),
        (SERVER, begin(answer=True)),
        (CLIENT, search(ONE_TERM, open_ended=True)),
        (CLIENT, b"\xb6\x83\x01\x00\x10" + b"x" * 65_552),
        (CLIENT, search(ONE_TERM)),
    ],
    "something else": [
        (CLIENT, begin()),
        (SERVER, begin(answer=True)),
        (CLIENT, b"\x15\x03\x01"),
        (CLIENT, search(ONE_TERM) + b"\xb6\x20\x8d"),
    ],
}
"""By name."""
