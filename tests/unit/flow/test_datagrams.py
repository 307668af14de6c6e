"""Whose questions are read, of flows over ports at which only watched devices are of interest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from monitor.flow.tracker import Tracker
from monitor.model.flow import Side
from monitor.model.stats import Stats
from monitor.privacy.naming import NamingPolicy
from monitor.protocols.dns import SPEC as DNS
from tests.support.captures import SECOND, START
from tests.support.conversation import Conversation, Host, Packet, datagram
from tests.support.frames import decoded
from tests.support.toy import TOY, ToyLine

CAMERA, OTHER, RESOLVER = "10.70.0.7", "10.70.0.8", Host("10.1.0.53", 53)
QUESTION = bytes.fromhex("12340100000100000000000003777777076578616d706c65036f72670000010001")
TOY_CAMERA = replace(TOY, cameras={ToyLine: lambda line: line.side if line.size_bytes == len("CAMERA") else None})


def ask(address: str, port: int) -> Packet:
    """A name is asked for."""
    return Packet(START * SECOND, datagram(Host(address, port), RESOLVER, QUESTION))


def read(packets: Sequence[Packet], batch: int) -> int:
    """How many flows of DNS were read."""
    stats = Stats()
    tracker = Tracker([TOY_CAMERA, DNS], NamingPolicy(), stats, lambda _: None, slots=1024)
    for first in range(0, len(packets), batch):
        chunk = packets[first : first + batch]
        tracker.take(decoded([p.data for p in chunk], times_ns=[p.at_ns for p in chunk], first=first + 1))
    tracker.finish()
    return stats.protocols["dns"]["flows"]


@pytest.mark.parametrize("batch", [1, 100])
def test_a_camera_is_read_from_when_it_says_so(batch: int) -> None:
    """What was known of an address before does not count any more; nobody else is read."""
    says = Conversation(Host(CAMERA, 40_000), Host("10.1.0.9", 7777)).open()
    says.say(Side.ORIGINATOR, b"TOY\nCAMERA\n")
    before = [ask(CAMERA, 1025), ask(OTHER, 1025)]
    after = [ask(CAMERA, 1026), ask(OTHER, 1026), ask(CAMERA, 1027)]
    assert (0, 2) == (read([*before, *says.packets], batch), read([*before, *says.packets, *after], batch))


def test_answers_alone_are_read_too() -> None:
    """A watched device is one at either end."""
    says = Conversation(Host(CAMERA, 40_000), Host("10.1.0.9", 7777)).open().originator(b"TOY\nCAMERA\n")
    answers = [
        Packet(START * SECOND, datagram(RESOLVER, Host(one, 1025), QUESTION[:2] + b"\x81\x80" + QUESTION[4:]))
        for one in (CAMERA, OTHER)
    ]
    assert 1 == read([*says.packets, *answers], 100)
