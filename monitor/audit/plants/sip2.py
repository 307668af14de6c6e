"""SIP2 conversations whose every value is a mark."""

from __future__ import annotations

from collections.abc import Iterator

from monitor.audit.marks import PIECE_BYTES, Marks, Script
from monitor.model.flow import Side
from monitor.protocols.sip2.catalog import LAYOUTS, Shape
from monitor.protocols.sip2.events import Role
from monitor.protocols.sip2.fields import FIELDS

UNKNOWN_FIELDS = ("ZZ", "Q7", "HX")
PLAIN_FIXED = {
    "date": b"20260102    090000",
    "ok": b"1",
    "flag": b"Y",
    "flag or unknown": b"N",
    "hold mode": b"+",
    "algorithm": b"0",
    "login ok": b"1",
    "currency": b"USD",
    "version": b"2.00",
}
"""A regular value of each fixed field; blanks where none is named."""
STATUS = "98YYYYYN060003" + "20260105    101500" + "2.00AOMAIN|AMInvented Library|BXYYYYYYYYYYYNYYYY|"
"""What a library system says of itself."""


def checksum(text: bytes) -> bytes:
    """The checksum over `text`, which ends in ``AZ``."""
    return b"%04X" % (-sum(text) & 0xFFFF)


def sealed(text: str, sequence: int = 0, encoding: str = "cp850") -> bytes:
    """A whole message with sequence number and checksum, ended by CR."""
    data = f"{text}AY{sequence}AZ".encode(encoding)
    return data + checksum(data) + b"\r"


def sip2(marks: Marks) -> Iterator[Script]:
    """Every field in every message, marks in fixed parts, in place of ids, around messages, in all samples."""
    sides = {Role.SC: Side.ORIGINATOR, Role.ACS: Side.RESPONDER}
    opening = [(Side.ORIGINATOR, sealed("9900302.00")), (Side.RESPONDER, sealed(STATUS))]
    keys = [*(key.decode("ascii") for key in FIELDS if key not in {b"AY", b"AZ"}), *UNKNOWN_FIELDS]
    values = b"".join(key.encode("ascii") + marks.mark(key) + b"|" for key in keys)
    for number, layout in enumerate(LAYOUTS.values()):
        fixed = b"".join(PLAIN_FIXED.get(part.shape.name, b"").ljust(part.shape.width) for part in layout.fixed)
        side = sides[layout.sender]
        yield [*opening, (side, sealed((layout.id + fixed + values).decode("ascii"), number % 10))]
        marked = b"".join(_marked(part.shape, marks) for part in layout.fixed)
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


def _marked(shape: Shape, marks: Marks) -> bytes:
    return (
        marks.mark("fixed", shape.width)
        if shape.width >= PIECE_BYTES
        else PLAIN_FIXED.get(shape.name, b"").ljust(shape.width)
    )
