"""Tests of `monitor.protocols.http.documents`."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from monitor.protocols.http.documents import FIELDS, document_pairs

SOAP = """<?xml version="1.0"?><s:Envelope xmlns:s="http://example.org/s"><s:Header><w:Security xmlns:w="x">
<w:UsernameToken><w:Username>kiosk</w:Username><w:Password Type="%s">word</w:Password></w:UsernameToken></w:Security>
</s:Header><s:Body><Login card="29990000000017"><pin> 4711 </pin><empty/></Login></s:Body></s:Envelope>"""


def test_soap() -> None:
    """Each element with its text, each attribute; a digest in place of a password is none."""
    fields = [(b"Username", b"kiosk"), (b"Password", b"word"), (b"card", b"29990000000017"), (b"pin", b"4711")]
    found = [
        one
        for one in document_pairs((SOAP % "PasswordText").encode(), whole=True)
        if one[0] not in (b"Type", b"s", b"w")
    ]
    assert fields == found
    digest = document_pairs((SOAP % "http://example.org#PasswordDigest").encode(), whole=True)
    assert b"Password" not in dict(digest)


def test_xml_rpc() -> None:
    """A member's value goes by its name."""
    text = b"<params><member><name>password</name><value><string>word</string></value></member></params>"
    assert [(b"password", b"word")] == document_pairs(text, whole=True)


def test_encodings() -> None:
    """In the encoding that it names, and where that is not so, in any."""
    assert [(b"a", "ö".encode())] == document_pairs('<?xml version="1.0"?><a>ö</a>'.encode("utf-16"), whole=True)
    assert [(b"a", "ö".encode())] == document_pairs("<a>ö</a>".encode("latin-1"), whole=True)


def test_trust() -> None:
    """What declares entities says nothing, what is cut says what is there, and there is an end to everything."""
    assert [] == document_pairs(b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', whole=True)
    assert [(b"b", b"1")] == document_pairs(b"<a><b>1</b><c>2", whole=False)
    assert FIELDS == len(document_pairs(b"<a>" + b"<b>1</b>" * (FIELDS + 9) + b"</a>", whole=True))


@given(st.binary(max_size=200), st.booleans())
def test_never_fails(body: bytes, whole: bool) -> None:  # noqa: FBT001  # drawn
    """Whatever comes, there are pairs or none."""
    document_pairs(b"<a>" + body, whole=whole)
