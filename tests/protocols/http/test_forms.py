"""Tests of `monitor.protocols.http.forms`."""

from __future__ import annotations

import json
from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.protocols.http import forms
from monitor.protocols.http.forms import PARAMETERS, body_pairs, is_form, is_urlencoded, query_pairs, unfolded
from tests.protocols.http.samples import FORM, multipart
from tests.support.uncompiled import load_source

URLENCODED = FORM.encode()
PARTS = b"multipart/form-data; boundary=------invented"
JSON = b"application/json"


def test_query() -> None:
    """Names and values are decoded, what has no value is left out, and ``;`` joins too."""
    expected = [(b"a b", b"\xc3\xb6 1"), (b"x", b"=y"), (b"z", b"%zz%4")]
    assert expected == query_pairs(b"a+b=%C3%B6+1&empty=&none;x==y&z=%zz%4")


def test_urlencoded() -> None:
    """A value that goes on where the body is cut is left out."""
    assert [(b"a", b"1"), (b"b", b"2;3")] == body_pairs(b"a=1&b=2;3\r\n", URLENCODED, whole=True)
    assert [(b"a", b"1")] == body_pairs(b"a=1&b=2", URLENCODED, whole=False)
    assert PARAMETERS == len(body_pairs(b"a=1&" * 1000, URLENCODED, whole=True))
    assert PARAMETERS == len(query_pairs(b"a=1&" * 1000))


PLAIN = b"userid=29990000000017&password=pa.55-w*rd&op=x"


@pytest.mark.parametrize("room", [forms, load_source("monitor.protocols.http.forms")], ids=["compiled", "source"])
@given(st.text("ab1&=%+?{[(</ \r\n\xe4_", max_size=12).map(str.encode))
def test_what_is_plain_reads_the_same(room: ModuleType, body: bytes) -> None:
    """As any other form, where it is taken for plain at all: all is filled in, and nothing stands within."""
    pairs = room.plain_pairs(body)
    assert pairs in (None, body_pairs(body, URLENCODED, whole=True))
    assert pairs is None or (unfolded(pairs) is pairs and all(name and value for name, value in pairs))
    assert body_pairs(PLAIN, URLENCODED, whole=True) == room.plain_pairs(PLAIN)


def test_urlencoded_in_ascii() -> None:
    """By its type alone."""
    assert is_urlencoded(b"Application/X-WWW-Form-urlencoded ; charset=UTF-8")
    assert not is_urlencoded(URLENCODED + b"; charset=utf-16")
    assert not is_urlencoded(JSON)


def test_multipart() -> None:
    """Every part with a value, files aside; a part whose end is missing is left out."""
    body = multipart({"a": "1", "b": "", "c": "two\r\nlines"})
    assert [(b"a", b"1"), (b"b", b""), (b"c", b"two\r\nlines")] == body_pairs(body, PARTS, whole=True)
    assert [(b"a", b"1"), (b"b", b"")] == body_pairs(body[: body.index(b"lines")], PARTS, whole=False)
    assert 3 == len(body_pairs(body, b"multipart/form-data", whole=True))
    assert [] == body_pairs(body[3:], b"multipart/form-data", whole=True)
    quoted = b'Multipart/Form-Data; Boundary="------invented"; charset=x'
    assert 3 == len(body_pairs(body, quoted, whole=True))


def test_json() -> None:
    """Pairs at any depth; strings that only read like pairs are none, and what is cut is left out."""
    body = b'{"a": "1", "l": ["x", {"b" : 2.5, "c":true}], "t": "say \\"d\\": \\"3\\"", "": "e", "n": null, "o": {}}'
    expected = [*[(b"a", b"1"), (b"b", b"2.5"), (b"c", b"true"), (b"t", b'say "d": "3"'), (b"", b"e"), (b"n", b"null")]]
    assert expected == body_pairs(body, JSON, whole=True)
    assert [(b"a", b"1")] == body_pairs(b'{"a": "1", "b": "2', JSON, whole=False)
    assert [] == body_pairs(b'{"a": 12', JSON, whole=False)


@given(
    st.recursive(
        st.text() | st.integers() | st.booleans(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)
    )
)
def test_json_as_another_reader_sees_it(value: object) -> None:
    """Every name that has a string or number is found, in order, as the standard library finds them."""
    found: list[str] = []

    def note(pairs: list[tuple[str, object]]) -> dict[str, object]:
        found.extend(name for name, held in pairs if isinstance(held, str | int) and held != "")
        return dict(pairs)

    text = json.dumps(value)
    json.loads(text, object_pairs_hook=note)
    names = [name.decode() for name, value in body_pairs(text.encode(), JSON, whole=True) if value]
    assert sorted(found)[:PARAMETERS] == sorted(names) or len(found) > PARAMETERS


def test_plain_text() -> None:
    """What browsers send of a form as plain text, and what programs send without saying what it is."""
    assert [(b"a", b"1"), (b"b", b"2 3")] == body_pairs(b"a=1\r\nb=2 3\r\n", b"text/plain", whole=True)
    assert [(b"a", b"1")] == body_pairs(b"a=1\r\nb=2", b"text/plain", whole=False)
    assert [(b"a", b"1"), (b"b", b"2")] == body_pairs(b"a=1&b=2", b"", whole=True)
    assert [(b"a", b"1")] == body_pairs(b' {"a": "1"}', URLENCODED, whole=True)
    assert [] == body_pairs(b"Dear library, a=1", b"text/plain", whole=True)
    assert [] == body_pairs(b"a=1", b"image/png", whole=True)


@pytest.mark.parametrize(
    ("encoding", "charset"),
    [
        ("utf-16", b"UTF-16"), ("utf-16-le", b"utf-16le"), ("utf-16-be", b'"utf-16be"'), ("utf-32-le", b"utf-32le"),
        ("utf-7", b"utf-7"), ("cp037", b"ibm037"), ("cp500", b"IBM500"), ("utf-8-sig", b"utf-8"), ("utf-16", b"utf-8"),
    ],
)  # fmt: skip
def test_encodings(encoding: str, charset: bytes) -> None:
    """A form whose very names do not read like ASCII is read as what it says it is, or as its mark says."""
    body = "user=ask&password=wörd".encode(encoding)
    expected = [(b"user", b"ask"), (b"password", "wörd".encode())]
    assert expected == body_pairs(body, URLENCODED + b"; charset=" + charset, whole=True)


def test_escapes() -> None:
    """What servers take beside percent signs; strings of JSON are read as they are meant."""
    assert [(b"password", "w€rd".encode())] == query_pairs(b"%u0070assword=w%u20ACrd")
    assert [(b"password", b"wo%zd")] == body_pairs(b"pass%77ord=wo%zd", URLENCODED, whole=True)
    assert [(b"password", b'a"b')] == body_pairs(rb'{"pass\u0077ord": "a\"b"}', JSON, whole=True)
    assert [(rb"a\q", b"b")] == body_pairs(rb'{"a\q": "b"}', JSON, whole=True)


def test_parts_of_every_type() -> None:
    """Parts hold forms of their own, and parts; those of parts are read one level deep."""
    inner = b"--in\r\nContent-Disposition: form-data; name=pin\r\n\r\n4711\r\n--in--"
    deep = b"--in\r\nContent-Type: multipart/mixed; boundary=deep\r\n\r\n--deep\r\n\r\nx\r\n--deep--\r\n--in--"
    body = b"".join(
        b"--xyz\r\nContent-Type: %b\r\nContent-Disposition: form-data; name=%b\r\n\r\n%b\r\n" % one
        for one in (
            (JSON, b"data", b'{"a": "1"}'),
            (b"text/xml", b"soap", b"<l><b>2</b></l>"),
            (b"text/plain", b"text", b"c=3"),
            (b"multipart/mixed; boundary=in", b"more", inner),
            (b"multipart/mixed; boundary=in", b"more", deep),
        )
    )
    expected = [(b"data", b'{"a": "1"}'), (b"a", b"1"), (b"soap", b"<l><b>2</b></l>"), (b"b", b"2"), (b"text", b"c=3")]
    expected += [(b"pin", b"4711")]
    assert expected == body_pairs(body + b"--xyz--", b"multipart/related; boundary=xyz", whole=True)


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        (URLENCODED, True), (b"Application/X-WWW-Form-Urlencoded; charset=UTF-8", True), (PARTS, True), (JSON, True),
        (b"application/vnd.paos+json", True), (b"", True), (b"text/plain", True), (b"application/octet-stream", True),
        (b"image/png", False), (b"text/xml", True), (b"multipart/related", True), (b"text/html", False),
        (b"application/ipp", False),
    ],
)  # fmt: skip
def test_what_may_be_a_form(kind: bytes, expected: bool) -> None:  # noqa: FBT001  # a parameter of the test
    """Only bodies that may hold parameters are looked at."""
    assert expected is is_form(kind)


@given(st.binary(max_size=300), st.sampled_from([URLENCODED, PARTS, JSON, b"text/plain", b""]), st.booleans())
def test_never_fails(body: bytes, kind: bytes, whole: bool) -> None:  # noqa: FBT001  # drawn
    """Whatever comes, there are pairs or none; of the beginning of a body none that the whole does not have."""
    assert PARAMETERS >= len(body_pairs(body, kind, whole=whole))
    assert all(value for _, value in query_pairs(body))
