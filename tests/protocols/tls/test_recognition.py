"""Tests of `monitor.protocols.tls.recognition`."""

from __future__ import annotations

import pytest

from monitor.model.contract import Answer, Head, Verdict
from monitor.protocols.tls.recognition import probe
from tests.protocols.tls.samples import BROWSER, DATA, LARGE, MODERN_SERVER, in_records, message, old_hello, record

FINAL = True
NOTHING = Head(b"", from_start=True)
HELLO = record(BROWSER, version=0x0301)


def start(data: bytes) -> Head:
    """The first bytes an end sent."""
    return Head(data, from_start=True)


@pytest.mark.parametrize(
    "data", [HELLO, HELLO[:9], in_records(BROWSER, 1)[:6], record(LARGE), old_hello(), old_hello(0x0002)]
)
@pytest.mark.parametrize("from_start", [True, False])
def test_a_clients_hello(data: bytes, *, from_start: bool) -> None:
    """Its sender is the client, wherever it stands."""
    head = Head(data, from_start=from_start)
    assert Verdict(Answer.YES, 0) == probe((head, NOTHING), not FINAL)
    assert Verdict(Answer.YES, 1) == probe((NOTHING, head), FINAL)


def test_a_servers_hello() -> None:
    """With the client's hello unseen, the other end is the client."""
    head = Head(record(MODERN_SERVER), from_start=False)
    assert Verdict(Answer.YES, 1) == probe((head, NOTHING), not FINAL)
    assert Verdict(Answer.YES, 0) == probe((start(b"EHLO me\r\n"), head), not FINAL)


@pytest.mark.parametrize("whole", [HELLO, old_hello(), in_records(BROWSER, 1)], ids=["hello", "ssl 2", "records"])
def test_more_until_it_is_certain(whole: bytes) -> None:
    """The answer does not depend on how the bytes were cut: first more, then yes, never no."""
    answers = [probe((start(whole[:size]), NOTHING), not FINAL).answer for size in range(1, 40)]
    first = answers.index(Answer.YES)
    assert {Answer.MORE} == set(answers[:first])
    assert {Answer.YES} == set(answers[first:])
    assert Answer.NO is probe((start(whole[:2]), NOTHING), FINAL).answer


@pytest.mark.parametrize(
    ("data", "at"),
    [
        (b"GET / HTTP/1.1\r\n", 1),
        (b"\x16\x02\x01\x00\x40\x01\x00\x00\x3c", 2),
        (b"\x16\x03\x05\x00\x40\x01\x00\x00\x3c", 3),
        (b"\x16\x03\x01\x00\x00\x01\x00\x00\x3c", 6),
        (b"\x16\x03\x01\x40\x01\x01\x00\x00\x3c", 6),
        (b"\x16\x03\x01\x00\x40\x0b\x00\x00\x3c", 6),
        (b"\x16\x03\x01\x00\x40\x01\x00\x00\x25", 9),
        (b"\x16\x03\x01\x00\x40\x01\x02\x00\x00", 9),
        (b"\x80\x2e\x04\x03\x01", 3),
        (b"\x80\x2e\x01\x04\x01", 4),
        (b"\x80\x2e\x01\x03\x01\x00\x09\x00\x00\x00\x11", 11),
        (record(bytes(40), DATA), 1),
        (record(message(11, bytes(40))), 6),
        (b"\x00\x00\x00\x08\x04\xd2\x16\x2f", 1),
        (b"\x03\x00\x00\x13\x0e\xe0", 1),
    ],
)
def test_no_at_the_first_wrong_byte(data: bytes, at: int) -> None:
    """No flow is kept waiting that cannot be TLS, nor is one that was met halfway."""
    for from_start in (True, False):
        head = Head(data[:at], from_start=from_start)
        assert Answer.NO is probe((NOTHING, head), not FINAL).answer
        assert at == 1 or Answer.MORE is probe((Head(data[: at - 1], from_start), NOTHING), not FINAL).answer
