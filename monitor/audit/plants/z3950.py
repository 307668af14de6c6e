"""Z39.50 conversations whose every value is a mark."""

from __future__ import annotations

from collections.abc import Iterator

from monitor.audit.marks import Marks, Script
from monitor.model.flow import Side

CLIENT, SERVER = Side.ORIGINATOR, Side.RESPONDER
BIB_1 = b"\x06\x07\x2a\x86\x48\xce\x13\x03\x01"
"""The attribute set of libraries, 1.2.840.10003.3.1."""
_CONTEXT, _CONSTRUCTED, _LONG = 0x80, 0x20, 0x80
_FURTHER = 0x1F
"""Says that the number of a tag follows."""
_DIGIT = 0x80
"""Numbers of tags are written in digits of seven bits."""


def tagged(number: int, *inside: bytes, made: bool = False, open_ended: bool = False) -> bytes:
    """One value under a tag of the protocol's own; `made` of others or not, of open end or not (X.690 8.1)."""
    content = b"".join(inside)
    first = _CONTEXT | (_CONSTRUCTED if made or open_ended else 0)
    high = [] if number < _DIGIT else [_DIGIT | number >> 7]
    tag = bytes([first | number]) if number < _FURTHER else bytes([first | _FURTHER, *high, number & 0x7F])
    if open_ended:
        return tag + b"\x80" + content + b"\0\0"
    size = len(content)
    return tag + (bytes([size]) if size < _LONG else b"\x82" + size.to_bytes(2)) + content


def universal(number: int, *inside: bytes) -> bytes:
    """One value under a tag that means the same everywhere."""
    content = b"".join(inside)
    return bytes([number, len(content)]) + content


def begin(*identification: bytes, answer: bool = False) -> bytes:
    """A request to begin a session, or the answer to one."""
    said = [tagged(7, *identification, made=True)] if identification else []
    said += [tagged(12, b"\xff")] if answer else []
    sizes = tagged(5, b"\x10\0\0"), tagged(6, b"\x10\0\0")
    names = tagged(110, b"81"), tagged(111, b"Invented Client"), tagged(112, b"1.0")
    return tagged(20 + answer, tagged(3, b"\0\xe0"), tagged(4, b"\0\xe9\xa2"), *sizes, *said, *names, made=True)


def account(group: bytes, user: bytes, password: bytes) -> bytes:
    """A group, a user and a password."""
    return universal(0x30, tagged(0, group), tagged(1, user), tagged(2, password))


def term(value: bytes, attribute: int = 4) -> bytes:
    """A term with the index it is looked for in."""
    use = universal(0x30, tagged(120, b"\x01"), tagged(121, bytes([attribute])))
    return tagged(102, tagged(44, use, made=True), tagged(45, value), made=True)


def both(left: bytes, right: bytes) -> bytes:
    """Two terms that must both occur."""
    return tagged(
        1, tagged(0, left, made=True), tagged(0, right, made=True), tagged(46, tagged(0), made=True), made=True
    )


def search(query: bytes, *, open_ended: bool = False) -> bytes:
    """A search."""
    parts = (
        tagged(13, b"\0"),
        tagged(14, b"\x01"),
        tagged(15, b"\0"),
        tagged(16, b"\xff"),
        tagged(17, b"1"),
        tagged(18, tagged(105, b"Default"), made=True),
        tagged(21, query, made=True),
    )
    return tagged(22, *parts, made=True, open_ended=open_ended)


def rpn(operand: bytes) -> bytes:
    """A query in reverse Polish notation, of one operand."""
    return tagged(1, BIB_1, operand, made=True)


def scan(where: bytes) -> bytes:
    """A look into an index."""
    return tagged(35, tagged(3, tagged(105, b"Default"), made=True), BIB_1, where, tagged(6, b"\x14"), made=True)


def z3950(marks: Marks) -> Iterator[Script]:
    """Z39.50: marks in accounts, terms, names of programs and databases, records, around messages."""
    user, word, group = (marks.mark(place) for place in ("user", "password", "group"))
    loose, wanted = marks.mark("loose"), marks.mark("term")
    record = tagged(25, tagged(28, universal(0x30, tagged(1, loose * 3)), made=True), made=True)
    for who in (universal(26, user + b"/" + word), account(group, user, word), universal(0x28, loose)):
        yield [
            (CLIENT, begin(who)),
            (SERVER, begin(answer=True) + record),
            (CLIENT, search(rpn(tagged(0, both(term(wanted), term(marks.mark("other term"))), made=True)))),
            (SERVER, record),
            (CLIENT, search(tagged(2, marks.mark("query"))) + scan(term(wanted))),
            (CLIENT, tagged(29, tagged(38, word), made=True)),
        ]
    for odd in (loose, tagged(22, loose), search(rpn(loose)), tagged(26, loose, made=True), search(term(wanted))[:-5]):
        yield [(CLIENT, begin() + odd), (SERVER, odd), (CLIENT, begin())]
