"""Tests of `monitor.protocols.http.multipart`."""

from __future__ import annotations

from base64 import b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.protocols.http.multipart import NAME_BYTES, PARTS, boundary_of, parts

TYPE = b"multipart/form-data; boundary=xyz"


def part(disposition: str, content: bytes, *more: str) -> bytes:
    """One part with the line end ahead of it."""
    return "\r\n".join([f"\r\n--xyz\r\nContent-Disposition: {disposition}", *more, "", ""]).encode() + content


def test_parts() -> None:
    """Name, type and content of each; files, and what has no end, are left out."""
    body = part('form-data; name="a"', b"1") + part(
        'form-data; name="f"; filename="x.png"', b"\0" * 9, "Content-Type: x/y"
    )
    body += part('form-data; name="c"', b"{}", "Content-Type: application/json") + part('form-data; name="d"', b"cut")
    assert [(b"a", b"", b"1"), (b"c", b"application/json", b"{}")] == list(parts(body, TYPE))


@pytest.mark.parametrize(
    ("disposition", "name"),
    [
        ('form-data; name="a b"', b"a b"),
        ("form-data; name=ab", b"ab"),
        ('form-data; NAME = "ab"', b"ab"),
        ("form-data; name*=UTF-8''ab", b"ab"),
        ('form-data;\r\n name="ab"', b"ab"),
        ('form-data; name=""', b""),
        (f'form-data; name="{"x" * 2000}"', b"x" * NAME_BYTES),
        ("form-data", b""),
    ],
)
def test_names(disposition: str, name: bytes) -> None:
    """However a name is written; a name is cut where nobody has a longer one."""
    ((found, _, content),) = parts(part(disposition, b"1") + b"\r\n--xyz--", TYPE)
    assert (name, b"1") == (found, content)


@pytest.mark.parametrize(
    "disposition", ["form-data; name=\"a\"; filename*=UTF-8''x", 'form-data; name="a"; FileName = x']
)
def test_files(disposition: str) -> None:
    """However it is written that a part is a file, it is passed over."""
    assert [] == list(parts(part(disposition, b"1") + b"\r\n--xyz--", TYPE))


def test_habits_that_are_borne_with() -> None:
    """Line feeds alone, a boundary that only the body says, and the codings of mail."""
    body = part('form-data; name="a"', b"1").replace(b"\r", b"") + b"\n--xyz--"
    assert [(b"a", b"", b"1")] == list(parts(body, TYPE))
    assert [(b"a", b"", b"1")] == list(parts(body.lstrip(), b"multipart/form-data"))
    assert b"x y" == boundary_of(b'multipart/mixed; Boundary="x y"; a=b')
    assert b"" == boundary_of(b"multipart/mixed", b"nothing")
    packed = part("form-data; name=a", b64encode(b"word"), "Content-Transfer-Encoding: Base64")
    packed += part("form-data; name=b", b"w=6Frd", "content-transfer-encoding: quoted-printable")
    packed += part("form-data; name=c", b"A", "Content-Transfer-Encoding: base64") + b"\r\n--xyz--"
    assert [(b"a", b"", b"word"), (b"b", b"", b"word"), (b"c", b"", b"A")] == list(parts(packed, TYPE))


def test_no_more_than_the_bound() -> None:
    """A body of many parts is read up to a bound."""
    assert PARTS == len(list(parts(part("form-data; name=a", b"1") * (PARTS + 9), TYPE)))


@given(st.binary(max_size=300))
def test_never_fails(body: bytes) -> None:
    """Whatever comes, there are parts or none."""
    list(parts(b"--xyz\r\n" + body + b"\r\n--xyz--", TYPE))
    list(parts(body, body))
