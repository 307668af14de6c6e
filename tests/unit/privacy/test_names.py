"""Tests of `monitor.privacy.names`."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.model.opaque import HostName, Label, Raw
from monitor.privacy import names
from monitor.privacy.names import MAX_LIFE_NS, MIN_LIFE_NS, NameBook, host_name, label_of

CAMERA, KIOSK = bytes([10, 40, 0, 7]), bytes([10, 30, 0, 11])
ADDRESS = 0xC6336407
START = 1_767_225_600 * 10**9
SECOND = 10**9


def named(text: str) -> HostName:
    """A name that must be one."""
    found = host_name(Raw(text.encode()))
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (b"opac.example.org", "opac.example.org"),
        (b"OPAC.Example.ORG.", "opac.example.org"),
        (b"_ldap._tcp.dc.example", "_ldap._tcp.dc.example"),
        (b"xn--bcher-kva.example", "xn--bcher-kva.example"),
        (b"printer", "printer"),
        (b"-odd-.example", "-odd-.example"),
        (b"x" * 63 + b".example", "x" * 63 + ".example"),
        (b".".join([b"x" * 62] * 4) + b".", ".".join(["x" * 62] * 4)),
    ],
)
def test_host_names(value: bytes, expected: str) -> None:
    """In lower case, without the dot at the end."""
    assert expected == named(value.decode()).reveal()


@pytest.mark.parametrize(
    "value",
    [
        b"",
        b".",
        b"a..b",
        b".a",
        b"two words.example",
        b"caf\xc3\xa9.example",
        b"a\x00.example",
        b"a.example\n",
        b"x" * 64 + b".example",
        b".".join([b"x" * 50] * 6),
        b"192.0.2.7",
        b"10.0x7f",
        b"2130706433",
        b"[2001:db8::1]",
        b"user@example.org",
        b"*.example.org",
    ],
)
def test_what_is_no_host_name(value: bytes) -> None:
    """Addresses, patterns and anything that no resolver would take."""
    assert host_name(Raw(value)) is None


@given(st.binary(max_size=300))
def test_a_name_is_plain_whatever_was_given(value: bytes) -> None:
    """What comes out can be shown on any terminal, and is never longer than names are."""
    found = host_name(Raw(value))
    if found is not None:
        shown = label_of(found, registrable=False)
        assert set(shown) <= set("abcdefghijklmnopqrstuvwxyz0123456789-_.")
        assert 0 < len(shown) <= 253


@pytest.mark.parametrize("show", [repr, str, "{}".format, lambda name: f"{name!s:>30}", lambda name: str([name])])
def test_names_are_opaque(show: object) -> None:
    """However it is turned into text, only the type comes out."""
    assert callable(show)
    assert "opac" not in show(named("opac.example.org"))


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("cam7.eu.vendor.co.uk", "vendor.co.uk"),
        ("vendor.example", "vendor.example"),
        ("a.b.internal", "b.internal"),
        ("co.uk", "co.uk"),
        ("printer", "printer"),
        ("library.github.io", "library.github.io"),
    ],
)
def test_the_domain_that_somebody_registered(name: str, expected: str) -> None:
    """By the list of public suffixes; the name itself where there is no such domain."""
    assert Label(expected) == label_of(named(name), registrable=True)
    assert Label(name) == label_of(named(name), registrable=False)


def test_the_list_is_loaded_when_it_is_needed() -> None:
    """A run that reports no name does not read it, and nothing is fetched."""
    program = (
        "import sys; from monitor.privacy.names import host_name, label_of; from monitor.model.opaque import Raw\n"
        "name = host_name(Raw(b'a.example')); label_of(name, registrable=False)\n"
        "assert 'publicsuffixlist' not in sys.modules\n"
        "label_of(name, registrable=True)\n"
        "assert 'publicsuffixlist' in sys.modules\n"
        "assert not {'socket', 'ssl', 'http.client', 'urllib.request'} & set(sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


def test_a_name_is_remembered_for_who_was_told() -> None:
    """And for nobody else: what a patron asked for says nothing of a camera."""
    book = NameBook()
    name = named("p2p.vendor.example")
    book.note(CAMERA, ADDRESS, 4, name, ttl_seconds=60, at_ns=START)
    assert name is book.look_up(CAMERA, ADDRESS, 4, START + SECOND)
    assert book.look_up(KIOSK, ADDRESS, 4, START + SECOND) is None
    assert book.look_up(None, ADDRESS, 4, START + SECOND) is None
    assert book.look_up(CAMERA, ADDRESS, 6, START + SECOND) is None
    assert book.look_up(CAMERA, ADDRESS + 1, 4, START + SECOND) is None


def test_a_name_for_everybody() -> None:
    """It is the answer where the client's own is not known."""
    book = NameBook()
    shared, own = named("shared.example"), named("own.example")
    book.note(None, ADDRESS, 4, shared, ttl_seconds=60, at_ns=START)
    book.note(CAMERA, ADDRESS, 4, own, ttl_seconds=60, at_ns=START)
    assert (own, shared, shared) == tuple(book.look_up(one, ADDRESS, 4, START) for one in (CAMERA, KIOSK, None))


def test_the_latest_name_counts() -> None:
    """An address is given to another name."""
    book = NameBook()
    for text in ("first.example", "second.example"):
        book.note(CAMERA, ADDRESS, 4, named(text), ttl_seconds=60, at_ns=START)
    found = book.look_up(CAMERA, ADDRESS, 4, START)
    assert found is not None
    assert "second.example" == found.reveal()
    assert 1 == len(book)


@pytest.mark.parametrize(
    ("ttl_seconds", "life_ns"), [(0, MIN_LIFE_NS), (7200, 7200 * SECOND), ((1 << 31) - 1, MAX_LIFE_NS)]
)
def test_how_long_it_lives(ttl_seconds: int, life_ns: int) -> None:
    """An hour at least, a day at most, else as the answer says, by trace time."""
    book = NameBook()
    book.note(CAMERA, ADDRESS, 4, named("a.example"), ttl_seconds=ttl_seconds, at_ns=START)
    assert book.look_up(CAMERA, ADDRESS, 4, START + life_ns) is not None
    assert book.look_up(CAMERA, ADDRESS, 4, START + life_ns + 1) is None


def test_the_oldest_makes_room(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is noted again is young again; making room for an entry that lived is counted."""
    monkeypatch.setattr(names, "MAX_REMEMBERED", 3)
    book = NameBook()
    name = named("a.example")
    for address in (1, 2, 3, 1, 4):
        book.note(CAMERA, address, 4, name, ttl_seconds=60, at_ns=START)
    assert (3, 1) == (len(book), book.evicted_total)
    assert [False, True, True, True] == [book.look_up(CAMERA, one, 4, START) is not None for one in (2, 3, 1, 4)]
    book.note(CAMERA, 5, 4, name, ttl_seconds=60, at_ns=START + 2 * MIN_LIFE_NS)
    assert (3, 1) == (len(book), book.evicted_total)
