"""Tests of `monitor.protocols.tls.collector`."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from monitor.protocols.tls.collector import BODY, HELLO_BYTES, Collector, Found, is_old_hello, whole_end
from tests.protocols.tls.samples import ALERT, BROWSER, DATA, MODERN_SERVER, in_records, message, old_hello, record
from tests.support.uncompiled import load_source


def collect(data: bytes, size: int = 1 << 20) -> tuple[Found, Collector]:
    """What comes of `data` in pieces of `size` bytes."""
    collector = Collector()
    for at in range(0, len(data), size):
        found = collector.add(memoryview(data[at : at + size]))
        if found is not Found.NOTHING_YET:
            return found, collector
    return Found.NOTHING_YET, collector


@pytest.mark.parametrize("size", [1, 2, 5, 6, 100, 1 << 20])
@pytest.mark.parametrize("in_record", [4, 5, 60, 16_384])
def test_a_hello_in_records_and_pieces(in_record: int, size: int) -> None:
    """However it is cut, the body comes out whole."""
    found, collector = collect(in_records(BROWSER, in_record) + record(b"x", DATA), size)
    assert (Found.HELLO, 1, BROWSER[4:]) == (found, collector.kind, collector.body)
    assert not collector.begun


@pytest.mark.parametrize("end", [whole_end, load_source("monitor.protocols.tls.collector").whole_end])
@pytest.mark.parametrize("data", [record(BROWSER), record(MODERN_SERVER + b"more"), in_records(BROWSER, 60)])
def test_whole(data: bytes, end: Callable[[bytes], int]) -> None:
    """What lies whole in one record is what a collector finds at its first look."""
    for size in range(len(data) + 1):
        found, collector = collect(data[:size])
        is_whole = found is Found.HELLO and data[:size].count(b"\x16\x03\x03") == 1
        assert (BODY + len(collector.body) if is_whole else 0) == end(data[:size])
    assert 0 == end(data.replace(b"\x16\x03", b"\x16\x02", 1))
    assert 0 == end(record(message(1, b"")[:1] + (HELLO_BYTES + 1).to_bytes(3), DATA))
    assert 0 == end(record(message(11, bytes(60))))


@pytest.mark.parametrize(
    "data",
    [
        record(bytes(20), DATA),
        record(message(11, bytes(20))),
        record(b"\x02\x28", ALERT),
        b"HTTP/1.1 400 Bad Request",
        record(b""),
        b"\x16\x02\x00\x00\x20\x01",
        b"\x80\x20\x02",
        b"\x80\x2e\x01\x03\x01\x00\x00\x00\x00\x00\x10",
    ],
)
@pytest.mark.parametrize("size", [1, 1 << 20])
def test_anything_else(data: bytes, size: int) -> None:
    """What is no hello is said to be none."""
    found, _ = collect(data.ljust(40, b"x"), size)
    assert Found.OTHER is found


@pytest.mark.parametrize("size", [1, 1 << 20])
def test_a_warning_is_passed_over(size: int) -> None:
    """The hello behind it is what counts."""
    found, collector = collect(record(b"\x01\x70", ALERT) + record(MODERN_SERVER), size)
    assert (Found.HELLO, 2) == (found, collector.kind)


@pytest.mark.parametrize("size", [1, 1 << 20])
def test_too_long(size: int) -> None:
    """A hello longer than the limit is given up at its header, one in too many records after the last of them."""
    assert Found.OVERSIZE is collect(record(message(1, b"")[:1] + (HELLO_BYTES + 1).to_bytes(3)), size)[0]
    assert Found.OVERSIZE is collect(in_records(BROWSER, 1), size)[0]


@pytest.mark.parametrize("size", [1, 1 << 20])
def test_the_form_of_ssl_2(size: int) -> None:
    """It is awaited whole, although its head is all that matters."""
    found, collector = collect(old_hello(), size)
    assert (Found.OLD_HELLO, 1, old_hello()[:11]) == (found, collector.kind, collector.body)
    assert Found.NOTHING_YET is collect(old_hello()[:-1], size)[0]
    assert Found.OVERSIZE is collect(old_hello(ciphers=3 * HELLO_BYTES // 2)[:20], size)[0]


@pytest.mark.parametrize(
    "data",
    [old_hello(ciphers=0), old_hello(ciphers=8), old_hello(session=7), old_hello(challenge=15), old_hello(0x0305)],
)
def test_what_only_looks_like_ssl_2(data: bytes) -> None:
    """Lengths that no client sends are another protocol's."""
    assert not is_old_hello(data)


def test_waiting() -> None:
    """The part of a hello is kept, and is known to be one."""
    found, collector = collect(record(BROWSER)[:50])
    assert Found.NOTHING_YET is found
    assert collector.begun
