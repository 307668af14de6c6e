"""NCIP is told by its first document, and never where HTTP or another document stands around it."""

from __future__ import annotations

import pytest

from monitor.model.contract import Answer, Head, Verdict
from monitor.protocols.http.recognition import probe as probe_http
from monitor.protocols.ncip.prolog import PROLOG_BYTES
from monitor.protocols.ncip.recognition import probe
from tests.protocols.ncip.samples import FOUND, LOOKUP, LOOKUP_1

FINAL = True
NOTHING = Head(b"", from_start=False)


def asked(data: bytes, *, from_start: bool = True, final: bool = False) -> Verdict:
    """The verdict on one end."""
    return probe((Head(data, from_start=from_start), NOTHING), final)


@pytest.mark.parametrize(
    ("text", "originator"),
    [(LOOKUP, 0), (LOOKUP_1, 0), (FOUND, 1), ("\ufeff" + LOOKUP, 0), ("<!-- <a> --> " + LOOKUP.partition("\n")[2], 0)],
)
def test_the_first_document(text: str, originator: int) -> None:
    """Its root says what it is, and its name who answers."""
    assert Verdict(Answer.YES, originator) == asked(text.encode())


@pytest.mark.parametrize(
    "data",
    [
        b"GET / HTTP/1.1\r\n",
        b"<html>",
        b"<?xml version='1.0'?><stream:stream to='example.org'>",
        b"<?xml version='1.0'?><NCIPMessages>",
        b"<soap:Envelope><NCIPMessage>",
        b"\x16\x03\x01",
        b"<?xml " + b" " * PROLOG_BYTES,
    ],
)
def test_something_else(data: bytes) -> None:
    """Other documents, other protocols, no root in reach."""
    assert Answer.NO is asked(data).answer


def test_in_http() -> None:
    """The same document behind a head is HTTP's, from the start and halfway."""
    head = b"POST /ncip HTTP/1.1\r\nHost: example.org\r\nContent-Length: %d\r\n\r\n" % len(LOOKUP.encode())
    whole = head + LOOKUP.encode()
    assert Answer.NO is asked(whole).answer
    assert Answer.NO is asked(LOOKUP.encode()[200:] + whole, from_start=False, final=True).answer
    heads = (Head(LOOKUP.encode()[200:] + b"\r\n" + whole, from_start=False), NOTHING)
    assert Answer.YES is probe_http(heads, FINAL).answer


def test_met_halfway() -> None:
    """Believed only when there is no more to see."""
    data = FOUND.encode()[300:] + FOUND.encode()
    assert Answer.MORE is asked(data, from_start=False).answer
    assert Verdict(Answer.YES, 1) == asked(data, from_start=False, final=True)
    assert Answer.NO is asked(FOUND.encode()[300:], from_start=False, final=True).answer
