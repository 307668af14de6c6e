"""What the shelf of TCP flows keeps and gives up, over all of them together."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from monitor.flow import segments
from monitor.flow.backlog import Backlog
from monitor.flow.tracker import Tracker
from monitor.model.contract import Head, Verdict
from monitor.model.finding import Observation
from monitor.model.flow import Side
from monitor.model.record import replace
from monitor.model.stats import Stats
from monitor.privacy.naming import NamingPolicy
from tests.support.conversation import Conversation, Host, Packet
from tests.support.frames import decoded
from tests.support.toy import TOY, ToyLine

SERVER = Host("10.1.0.10", 7777)


class Asked:
    """The toy's probe, which notes what it is asked about."""

    def __init__(self) -> None:
        self.heads: list[bytes] = []

    def __call__(self, heads: tuple[Head, Head], final: bool) -> Verdict:  # noqa: FBT001  (the contract's)
        """As the toy's."""
        self.heads.append(heads[0].data or heads[1].data)
        return TOY.probe(heads, final)


def track(packets: Sequence[Packet], probe: Asked | None = None) -> tuple[list[Observation], Stats]:
    """All packets in one batch; the flows that are left over do not end."""
    seen: list[Observation] = []
    stats = Stats()
    spec = TOY if probe is None else replace(TOY, probe=probe)
    tracker = Tracker([spec], NamingPolicy(), stats, seen.append, slots=1024)
    tracker.take(decoded([one.data for one in packets], times_ns=[one.at_ns for one in packets]))
    return seen, stats


def talk(port: int) -> Conversation:
    """A connection that has just opened."""
    return Conversation(Host("10.30.0.11", port), SERVER).open()


def test_who_waits_longest_gives_up_first(monkeypatch: pytest.MonkeyPatch) -> None:
    """Over the bound, segments that never become whole make room for one that is only late."""
    monkeypatch.setattr(segments, "MAX_HELD_BYTES", 5_000)
    packets: list[Packet] = []
    for port in range(20_000, 20_010):
        packets += talk(port).originator(b"TOY\n").lose(Side.ORIGINATOR, 9).originator(b"." * 900).packets
    late = talk(30_000).originator(b"TOY\n").originator(b"first\n").originator(b"second" * 20 + b"\n")
    seen, stats = track([*packets, *late.packets[:-2], late.packets[-1], late.packets[-2]])

    assert [3, 5, 120] == [one.event.size_bytes for one in seen if isinstance(one.event, ToyLine)][-3:]
    assert 5 <= stats.limits["flow.held_bytes"] <= 10
    assert 0 < stats.coverage.gap_bytes <= 90


def test_what_is_kept_of_the_undecided_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Flows that could become anything are kept up to a bound; the longest silent are given up and counted."""
    monkeypatch.setattr(segments, "MAX_KEPT_BYTES", 10_000)
    talks = [talk(port).originator(b"T") for port in range(20_000, 20_080)]
    packets = [packet for one in talks[:40] for packet in one.packets]
    packets += talks[0].originator(b"O").packets[-1:]
    packets += [packet for one in talks[40:] for packet in one.packets]
    heard, silent = (one.originator(b"OY\n"[-size:]).packets[-1:] for one, size in ((talks[0], 2), (talks[1], 3)))
    seen, stats = track([*packets, *heard, *silent])

    assert [talks[0].near.port] == [one.flow.originator.port for one in seen]
    assert {"flow.kept_bytes"} == set(stats.limits)
    assert 31 <= stats.limits["flow.kept_bytes"] <= 33


def test_nobody_is_asked_twice_about_the_same() -> None:
    """What a first segment could be is asked once; and again when more came."""
    asked = Asked()
    track(talk(20_000).originator(b"T").originator(b"O").originator(b"Y\n").packets, asked)
    assert [b"T", b"TO", b"TOY\n"] == asked.heads


def test_bounds_are_more_than_one_flow_may_keep() -> None:
    """A flow alone never gives up anything."""
    backlog = Backlog(segments.MAX_HELD_BYTES)
    backlog.note(1, 2 * 262_144 + 2 * 256 * 200)
    assert [] == list(backlog.excess())
