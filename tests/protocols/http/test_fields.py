"""Tests of `monitor.protocols.http.fields`."""

from __future__ import annotations

import pytest

from monitor.protocols.http.fields import MAX_FIELDS, Fields, read_cut_fields, read_fields
from monitor.protocols.http.survey import WANTED

END = b"\r\n\r\n"


def read(*lines: bytes) -> Fields:
    """The fields in these lines."""
    return read_fields(b"\r\n".join(lines) + END)


def test_every_wanted_field() -> None:
    """Names count in any case, values without the blanks around them; the rest is passed over."""
    fields = read(
        b"HOST:  Catalog.Example.ORG:8080 ",
        b"content-Length: 007",
        b"Content-Type: text/plain; charset=x",
        b"Cookie: a=b",
        b"set-cookie: c=d; path=/",
        b"Set-Cookie: e=f",
        b"Transfer-Encoding: gzip, Chunked",
        b"Content-Encoding: deflate, identity",
        b"Authorization: Basic x",
        b"Proxy-Authorization: Basic y",
        b"X-Other: z",
    )
    assert (b"catalog.example.org:8080", 7, b"text/plain; charset=x") == (
        fields.host,
        fields.length,
        fields.content_type,
    )
    assert ((b"a=b",), (b"c=d; path=/", b"e=f")) == (fields.cookies, fields.new_cookies)
    assert (True, True, (b"deflate", b"gzip")) == (fields.transfer, fields.chunked, fields.codings)
    assert ((b"authorization", b"Basic x"), (b"proxy-authorization", b"Basic y")) == fields.authorizations
    assert (11, False, False) == (fields.seen, fields.broken, fields.unclear)


def test_names_are_known_once() -> None:
    """Each name that is wanted changes something, so that none is looked for in vain."""
    plain = vars(Fields)
    for name in sorted(WANTED):
        fields = read(name.title() + b": 5")
        changed = {slot for slot, value in vars(fields).items() if value != plain[slot]} - {"seen"}
        assert changed, name


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ((b"Content-Length: 5", b"Content-Length: 5"), (5, False)),
        ((b"Content-Length: 5, 5",), (5, False)),
        ((b"Content-Length: 6", b"Content-Length: 5"), (5, True)),
        ((b"Content-Length: 5; x",), (5, True)),
        ((b"Content-Length: 00000000000000000000000000000005",), (5, False)),
        ((b"Content-Length: 18446744073709551615",), (None, True)),
        ((b"Content-Length: -1",), (None, True)),
    ],
)
def test_lengths(lines: tuple[bytes, ...], expected: tuple[int | None, bool]) -> None:
    """A length may be repeated; where it is contradicted, the least one is taken, and it is noted."""
    fields = read(*lines)
    assert expected == (fields.length, fields.disputed)
    assert (fields.length is None) == fields.unclear


def test_one_bad_line_hides_nothing_else() -> None:
    """A line that is no field is passed over, and noted."""
    fields = read(b"Host: a", b"no field", b"Bad Name: x", b": y", b"Cookie: b=c", b" d=e", b"X\xe4: z")
    assert fields.broken
    assert (b"a", (b"b=c d=e",)) == (fields.host, fields.cookies)


def test_habits_that_are_borne_with() -> None:
    """Line feeds alone, folded lines, control characters, a length beside chunks."""
    assert (b"b",) == read_fields(b"Host: a\nCookie: b\n\n").cookies
    assert (b"b  c",) == read(b"Cookie: b", b"  c", b"Host: a").cookies
    assert b"a\x01\xff" == read(b"Content-Type: a\x01\xff", b"Host: x").content_type
    both = read(b"Content-Length: 5", b"Transfer-Encoding: chunked")
    assert (True, False, False) == (both.chunked, both.broken, both.unclear)


def test_a_head_that_is_cut() -> None:
    """Only what is certainly whole counts: the next line shows that the one before does not go on."""
    fields = read_fields(b"Cookie: b\r\nHost: a")
    assert ((b"b",), b"") == (fields.cookies, fields.host)
    assert () == read_fields(b"Cookie: b\r\n").cookies
    assert 0 == read_fields(b"").seen


def test_a_flood_of_bad_lines_is_bounded() -> None:
    """Of a head that is all wrong, a bounded number of lines is read."""
    assert MAX_FIELDS >= read(*[b"bad line"] * 10, *[b"Cookie: a"] * 2 * MAX_FIELDS).seen


@pytest.mark.parametrize(
    ("cut", "cookies", "authorizations"),
    [
        (b"Authorization: Basic abcd\r\n", (), ((b"authorization", b"Basic abcd"),)),
        (b"AUTHORIZATION: Basic abc", (), ((b"authorization", b"Basic"),)),
        (b"Proxy-Authorization: Digest use", (), ((b"proxy-authorization", b"Digest"),)),
        (b"Cookie: a=b; c=d", (b"a=b",), ()),
        (b"Cookie: a=b", (b"",), ()),
        (b"Cookie: ", (), ()),
        (b"Cook", (), ()),
    ],
)
def test_a_head_that_breaks_off(
    cut: bytes, cookies: tuple[bytes, ...], authorizations: tuple[tuple[bytes, bytes], ...]
) -> None:
    """The last field that is whole counts, and of one that is not, that it says who asks."""
    line = b"GET / HTTP/1.1\r\n"
    fields = read_cut_fields(line + b"Host: a\r\n" + cut, len(line))
    assert (b"a", False) == (fields.host, fields.broken)
    assert (cookies, authorizations) == (tuple(map(bytes.strip, fields.cookies)), fields.authorizations)
