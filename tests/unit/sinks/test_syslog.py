"""Messages of syslog: RFC 5424 for servers, the older form for the daemon of this machine."""

from __future__ import annotations

import os
import re
import socket
import time
from dataclasses import replace

import pytest

from monitor.model.opaque import Label
from monitor.sinks import syslog as room
from monitor.sinks.lines import News, Told
from monitor.sinks.sentence import compose_sentence
from monitor.sinks.syslog import SyslogMessages
from tests.unit.sinks.samples import CAMERA, NINE_NS, PIN

RFC_5424 = re.compile(
    r"<(?P<priority>[1-9][0-9]{0,2})>1 (?P<time>\S+) (?P<host>[!-~]{1,255}) (?P<application>[!-~]{1,48})"
    r" (?P<process>[!-~]{1,128}) (?P<kind>[!-~]{1,32})"
    r' (?P<structure>\[[!-~]{1,32}(?: [!-~]{1,32}="(?:[^"\\\]]|\\["\\\]])*")*\]) (?P<message>.*)'
)
"""Section 6, as far as these messages go."""


def parsed(told: Told) -> dict[str, str]:
    """The parts of a message for a server."""
    found = RFC_5424.fullmatch(SyslogMessages().compose(told).decode())
    assert found is not None
    return found.groupdict()


def test_for_a_server() -> None:
    """Header, structured data and text."""
    told = Told(PIN, News.NEW, NINE_NS)
    assert {
        "priority": f"{3 * 8 + 2}",
        "time": "2026-05-08T09:00:01.000000Z",
        "host": socket.gethostname(),
        "application": "privacy-monitor",
        "process": f"{os.getpid()}",
        "kind": "new",
        "structure": '[finding@32473 id="a1b2c3d4" rule="sip2-patron-pin" level="critical" zone="servers" count="8120"'
        ' patrons="840" data="credential patron_identifier name circulation"]',
        "message": compose_sentence(told),
    } == parsed(told)


def test_what_is_empty_is_left_out() -> None:
    """A finding in no zone has none."""
    about = replace(CAMERA.about, zone=Label(""))
    assert "zone=" not in parsed(Told(replace(CAMERA, about=about), News.GONE, NINE_NS))["structure"]


def test_signs_of_its_own_are_escaped() -> None:
    """A name may have quotes, brackets and backslashes."""
    about = replace(PIN.about, zone=Label('a "b" [c] \\d'))
    structure = parsed(Told(replace(PIN, about=about), News.NEW, NINE_NS))["structure"]
    assert r'zone="a \"b\" [c\] \\d"' in structure


def test_other_letters_are_marked() -> None:
    """Text that is not ASCII is UTF-8, and says so."""
    plain, umlaut = (
        SyslogMessages().compose(Told(replace(PIN, title=Label(title)), News.NEW, NINE_NS))
        for title in ("Library", "Bücherei")
    )
    assert plain.isascii()
    assert b"] \xef\xbb\xbfcritical: B\xc3\xbccherei" in umlaut


@pytest.mark.parametrize("name", ["", "two words", "Bücherei"])
def test_a_machine_without_a_fit_name(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """It has none."""
    monkeypatch.setattr(room.socket, "gethostname", lambda: name)
    assert "-" == parsed(Told(PIN, News.NEW, NINE_NS))["host"]


def test_for_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """As syslog(3) writes it, in local time; and days below 10 have a space before them."""
    monkeypatch.setenv("TZ", "UTC-2")
    time.tzset()
    try:
        told = Told(PIN, News.CHANGED, NINE_NS)
        expected = f"<26>May  8 11:00:01 privacy-monitor[{os.getpid()}]: {compose_sentence(told)}"
        assert expected == SyslogMessages().compose_locally(told).decode()
    finally:
        monkeypatch.undo()
        time.tzset()
