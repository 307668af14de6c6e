"""SIP2 whose packets are cut, merged, lost, doubled and reordered at random: nothing is said that was not said.

Every exchange was recorded between real programs, or is one of the repository's own. Without loss the events are the
same; with loss there is a gap, it is said, and every event is one of the whole exchange.
"""

from __future__ import annotations

import random
from collections import Counter
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.flow.tracker import Tracker
from monitor.model.events import Event
from monitor.model.finding import Observation
from monitor.model.flow import Side
from monitor.model.stats import Stats
from monitor.privacy.naming import NamingPolicy
from monitor.protocols.sip2 import SPEC
from monitor.protocols.sip2.events import Sip2Fragment, Sip2Login, Sip2Message
from tests.protocols.sip2.samples import CONVERSATIONS
from tests.protocols.sip2.talks import read_exchange
from tests.support.conversation import Conversation, Host, Packet
from tests.support.frames import decoded

Talk = tuple[tuple[Side, bytes], ...]
FOLDER = Path(__file__).resolve().parents[3] / "shared" / "sip2" / "pcaps"
OWN = {name: tuple(talk) for name, talk in CONVERSATIONS.items() if name != "cut in the middle"}
LARGEST = 1_400
"""Bytes of a packet."""


@cache
def recorded() -> dict[str, Talk]:
    """Exchanges between real programs, if they are beside the repository."""
    paths = sorted(FOLDER.glob("*.pcap")) if FOLDER.is_dir() else []
    return {path.stem: tuple(read_exchange(path)) for path in paths if not path.stem.startswith("tls")}


def exchanges() -> dict[str, Talk]:
    """All of them."""
    return OWN | recorded()


def cut(talk: Talk, pick: random.Random, *, many: bool) -> list[tuple[Side, bytes]]:
    """The same bytes in other pieces; what one side says in a row may come in one."""
    pieces: list[tuple[Side, bytes]] = []
    rows: list[tuple[Side, bytearray]] = []
    for side, data in talk:
        if rows and rows[-1][0] is side and pick.random() < 0.5:
            rows[-1][1].extend(data)
        else:
            rows.append((side, bytearray(data)))
    for side, data in rows:
        at = 0
        while at < len(data):
            size = pick.randint(1, 60) if many else pick.choice((LARGEST, LARGEST, pick.randint(1, 400)))
            pieces.append((side, bytes(data[at : at + size])))
            at += size
    return pieces


def hear(packets: list[Packet]) -> tuple[list[Event], Stats]:
    """What is said of these packets, in their order, all at one time."""
    seen: list[Observation] = []
    stats = Stats()
    tracker = Tracker([SPEC], NamingPolicy(), stats, seen.append, slots=64)
    start = packets[0].at_ns
    tracker.take(decoded([one.data for one in packets], times_ns=[start + at for at in range(len(packets))]))
    tracker.finish()
    return [one.event for one in seen if isinstance(one.event, Sip2Message | Sip2Fragment | Sip2Login)], stats


def packets_of(pieces: list[tuple[Side, bytes]], *, opened: bool = True) -> list[Packet]:
    """A connection with these pieces, each a packet."""
    talk = Conversation(Host("10.30.0.11", 50_000), Host("10.1.0.10", 6001))
    if opened:
        talk.open()
    for side, data in pieces:
        talk.say(side, data)
    return talk.close().packets


def told(events: list[Event]) -> Counter[object]:
    """Messages with what they exposed; whose system it is may be learned later, or never, where packets are lost."""
    return Counter(
        (type(one).__name__, getattr(one, "message", None), tuple(part.key for part in one.exposed)) for one in events
    )


@cache
def whole(name: str) -> tuple[Counter[object], frozenset[tuple[object, ...]]]:
    """What is said of an exchange as it was sent: all of it, and what each message exposed."""
    events, _ = hear(packets_of(list(exchanges()[name])))
    said = told(events)
    assert said
    return said, frozenset(said)


@pytest.mark.parametrize("name", exchanges())
@settings(max_examples=max(6, settings().max_examples // 10))
@given(seed=st.integers(0, 2**32), many=st.booleans())
def test_cut_merged_doubled_and_reordered(name: str, seed: int, many: bool) -> None:  # noqa: FBT001
    """Nothing was lost, so the same is said.

    Only a login by telnet must come as it was sent: without the prompt ahead of it, half a word is no login.
    """
    pick = random.Random(seed)
    packets = packets_of(cut(exchanges()[name], pick, many=many))
    first, last = packets[:3], packets[-3:]
    moved = [one for one in packets[3:-3] for _ in range(1 + (pick.random() < 0.1))]
    for at in range(len(moved) - 1):
        if pick.random() < 0.15 and "telnet" not in name:
            to = min(at + pick.randint(1, 3), len(moved) - 1)
            moved[at], moved[to] = moved[to], moved[at]
    events, stats = hear([*first, *moved, *last])
    assert whole(name)[0] == told(events)
    assert not stats.faults
    assert 0 == stats.coverage.gap_bytes


@pytest.mark.parametrize("name", exchanges())
@settings(max_examples=max(6, settings().max_examples // 10))
@given(seed=st.integers(0, 2**32), many=st.booleans(), opened=st.booleans())
def test_lost(name: str, seed: int, many: bool, opened: bool) -> None:  # noqa: FBT001
    """What was lost is called lost, and no message is made of what lay around it."""
    pick = random.Random(seed)
    packets = packets_of(cut(exchanges()[name], pick, many=many), opened=opened)
    begin = 3 if opened else 0
    lost = {at for at in range(begin, len(packets) - 3) if pick.random() < 0.1}
    events, stats = hear([one for at, one in enumerate(packets) if at not in lost])
    said, known = whole(name)
    assert not stats.faults
    assert [] == [one for one in told(events) if one[0] == "Sip2Message" and one not in known]  # type: ignore[index]
    if any(one[0] == "Sip2Login" for one in told(events)):  # type: ignore[index]
        assert any(one[0] == "Sip2Login" for one in known)  # type: ignore[index]
    count = Counter(one for one in told(events).elements() if one[0] == "Sip2Message")  # type: ignore[index]
    assert count <= said
    for kind, message, keys in (one for one in told(events) if one[0] == "Sip2Fragment"):  # type: ignore[misc]
        assert any(kind == one[0] or message is one[1] for one in known), keys  # type: ignore[index]
    inner = {at for at in lost if begin < at and not _is_at_an_end(packets, at, lost)}
    if inner and stats.protocols["sip2"]["flows"]:
        assert stats.coverage.gap_bytes > 0


def _is_at_an_end(packets: list[Packet], at: int, lost: set[int]) -> bool:
    """Whether everything of that side ahead of a packet was lost, so that nobody can tell that there was more."""
    source = packets[at].data[26:30]
    start = 3 if packets[0].data[47] & 0x02 else 0
    return all(one in lost for one in range(start, at) if packets[one].data[26:30] == source)
