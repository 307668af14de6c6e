"""Conversations whose every value is a mark: for the canary test. One function a protocol, named in `PLANTS`.

A mark stands in for one field wherever that field occurs, so that a few hundred marks cover every message.
"""

from __future__ import annotations

import gzip
import re
from base64 import b64encode
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from random import Random

from monitor.model.flow import Side
from monitor.protocols.sip2.catalog import FIELDS, LAYOUTS, Fixed
from monitor.protocols.sip2.events import Role
from tests.protocols.http import samples as web
from tests.protocols.sip2.samples import ANSWERS, CONVERSATIONS, sealed
from tests.protocols.tls import samples as secure
from tests.support.marks import draw

Script = list[tuple[Side, bytes]]
"""Who says what, in order."""


@dataclass(slots=True)
class Marks:
    """Draws marks and remembers them."""

    random: Random
    drawn: dict[str, bytes] = field(default_factory=dict)

    def mark(self, place: str, length: int = 16) -> bytes:
        """The mark of one place; the same place has the same mark."""
        return self.drawn.setdefault(f"{place}/{length}", draw(self.random, length))

    @property
    def all(self) -> list[bytes]:
        """Every mark so far."""
        return list(self.drawn.values())


UNKNOWN_FIELDS = ("ZZ", "Q7", "HX")
PLAIN_FIXED = {
    "date": b"20260102    090000",
    "ok": b"1",
    "flag": b"Y",
    "flag or unknown": b"N",
    "hold mode": b"+",
    "algorithms": b"00",
    "currency": b"USD",
    "version": b"2.00",
}
"""A regular value of each fixed field; blanks where none is named."""
_VALUE = re.compile(rb"([A-Z][A-Z0-9])([^|~\r\n]+)(?=[|~])")


def sip2(marks: Marks) -> Iterator[Script]:
    """SIP2: every field in every message, marks in fixed parts, in place of ids, around messages, in all samples."""
    sides = {Role.SC: Side.ORIGINATOR, Role.ACS: Side.RESPONDER}
    opening = [(Side.ORIGINATOR, sealed("9900302.00")), (Side.RESPONDER, sealed(ANSWERS["98"]))]
    keys = [*(key.decode("ascii") for key in FIELDS if key not in {b"AY", b"AZ"}), *UNKNOWN_FIELDS]
    values = b"".join(key.encode("ascii") + marks.mark(key) + b"|" for key in keys)
    for number, layout in enumerate(LAYOUTS.values()):
        fixed = b"".join(PLAIN_FIXED.get(part.name, b"").ljust(part.width) for part in layout.fixed)
        side = sides[layout.sender]
        yield [*opening, (side, sealed((layout.id + fixed + values).decode("ascii"), number % 10))]
        marked = b"".join(_marked(part, marks) for part in layout.fixed)
        yield [*opening, (side, layout.id + marked + values + b"\r"), (side, layout.id + fixed + values + b"\n")]

    user, word = marks.mark("user"), marks.mark("password")
    yield [
        (Side.RESPONDER, b"login: "),
        (Side.ORIGINATOR, user + b"\r\n"),
        (Side.RESPONDER, b"password: "),
        (Side.ORIGINATOR, word + b"\r\n"),
        (Side.RESPONDER, b"Login OK.  Initiating SIP\r\n"),
        *opening,
    ]
    loose = marks.mark("loose")
    for text in (
        loose,
        b"77" + loose + b"|AA" + loose + b"|",
        b"64" + loose,
        b"24" + b" " * 14 + b"00020260102    090000|" + loose + b"|" + loose + b"|",
        b"24" + b" " * 14 + b"00020260102    090000AA" + loose + b"~AE" + loose + b"~",
        b"98YYYYYY00300320260102    0900002.00AO" + loose + b"|AY" + loose + b"AZ" + loose,
        b"12" + loose * 5000,
    ):
        yield [*opening, (Side.RESPONDER, text + b"\r"), (Side.ORIGINATOR, text + b"\r")]
        yield [*opening, (Side.RESPONDER, text)]  # and never an end
    yield [(Side.ORIGINATOR, loose + b"\r"), (Side.RESPONDER, loose + b"\r")]
    for talk in CONVERSATIONS.values():
        yield [(side, _VALUE.sub(lambda found: found[1] + marks.mark(found[1].decode()), data)) for side, data in talk]


def _marked(part: Fixed, marks: Marks) -> bytes:
    return marks.mark("fixed", part.width) if part.width >= 8 else PLAIN_FIXED.get(part.name, b"").ljust(part.width)


def http(marks: Marks) -> Iterator[Script]:
    """HTTP: marks in targets, names and values of fields, forms of every kind, cookies, logins and broken heads."""
    text = {place: marks.mark(place).decode("ascii") for place in ("path", "name", "value", "cookie", "host", "text")}
    word, value = text["name"], text["value"]
    login = f"userid={value}&password={value}&{word}={value}".encode()
    basic = b64encode(f"{value}:{value}".encode()).decode("ascii")
    pairs = {"Cookie": f"CGISESSID={text['cookie']}; {word}={value}", f"X-{word}": value, "User-Agent": text["text"]}
    bodies = (
        (login, web.FORM),
        (web.multipart({"password": value, word: value}), "multipart/form-data; boundary=------invented"),
        (f'{{"password": "{value}", "{word}": ["{value}"]}}'.encode(), "application/json"),
        (gzip.compress(login), web.FORM),
    )
    for path in (f"/{text['path']}?{word}={value}&q={value}&email={value}@example.org", "/cgi-bin/koha/opac-user.pl"):
        yield [(Side.ORIGINATOR, web.ask(f"GET {path}", Host=f"{text['host']}.example", **pairs))]
        yield [(Side.ORIGINATOR, web.ask(f"GET {path}", Authorization=f"Basic {basic}"))]
        for body, kind in bodies:
            asked = web.ask(f"POST {path}", body, Content_Type=kind, **pairs)
            said = web.answer(body=value.encode() * 9, Set_Cookie=f"CGISESSID={text['cookie']}", **{f"X-{word}": value})
            yield [(Side.ORIGINATOR, asked), (Side.RESPONDER, said)]
            for cut in (10, len(asked) // 2, len(asked) - 3):
                yield [(Side.ORIGINATOR, asked[:cut])]
    for broken in (
        f"GET /{value}\r\n{value}\r\n\r\n",
        f"{word} /{value} HTTP/1.1\r\n{value}\r\n\r\n",
        f"HTTP/1.1 {value}\r\n",
    ):
        yield [(Side.ORIGINATOR, web.ask("GET /")), (Side.ORIGINATOR, broken.encode())]


def tls(marks: Marks) -> Iterator[Script]:
    """TLS: marks in the server's name, in the protocols offered, and all over records that are no hello."""
    name, other = marks.mark("name"), marks.mark("protocol")
    hello = secure.client_hello(secure.server_name(name + b".example"), secure.alpn(other))
    yield [(Side.ORIGINATOR, secure.record(hello)), (Side.RESPONDER, secure.record(secure.server_hello()))]
    yield [(Side.ORIGINATOR, secure.record(hello)), (Side.RESPONDER, secure.record(other * 20))]
    for cut in (20, len(hello) // 2, len(hello) - 2):
        yield [(Side.ORIGINATOR, secure.record(hello)[:cut])]


PLANTS: dict[str, Callable[[Marks], Iterator[Script]]] = {"http": http, "sip2": sip2, "tls": tls}
"""Every protocol must stand here."""
