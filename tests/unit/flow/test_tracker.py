"""From frames to observations: recognition, orientation, gaps, skips, ends, and no dependence on batches."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import pytest

from monitor.flow import segments
from monitor.flow.follower import MAX_HEAD_BYTES
from monitor.flow.reassembly import MAX_HELD_BYTES, MAX_WAIT_NS
from monitor.flow.table import DUPLICATE_WINDOW_NS
from monitor.flow.tracker import Tracker
from monitor.model.contract import Answer, Head, Parser, ProtocolSpec, Verdict
from monitor.model.events import Event
from monitor.model.finding import Observation
from monitor.model.flow import Close, Side
from monitor.model.stats import Stats
from monitor.privacy.naming import NamingPolicy
from tests.support.conversation import Conversation, Host, Packet, woven
from tests.support.frames import decoded
from tests.support.toy import TOY, ToyEnd, ToyLine

CLIENT = Host("10.30.0.11", 49152)
SERVER = Host("10.1.0.10", 7777)


def track(
    packets: Iterable[Packet], batch: int = 0, ticks: Sequence[int] = (), spec: ProtocolSpec = TOY
) -> tuple[list[Observation], Stats]:
    """Run packets through a tracker that knows the toy protocol, `batch` frames at a time."""
    seen: list[Observation] = []
    stats = Stats()
    packets = list(packets)
    size = batch or max(1, len(packets))
    tracker = Tracker([spec], NamingPolicy(), stats, seen.append, slots=1024)
    for first in range(0, len(packets), size):
        chunk = packets[first : first + size]
        tracker.take(
            decoded(
                [p.data for p in chunk],
                times_ns=[p.at_ns for p in chunk],
                wirelens=[p.size for p in chunk],
                first=first + 1,
            ),
        )
        tracker.tick(chunk[-1].at_ns)
    for at_ns in ticks:
        tracker.tick(at_ns)
    tracker.finish()
    return seen, stats


def lines(seen: list[Observation]) -> list[tuple[Side, int]]:
    """Side and size of each line that was observed."""
    return [(one.event.side, one.event.size_bytes) for one in seen if isinstance(one.event, ToyLine)]


def ends(seen: list[Observation]) -> list[tuple[Side, Close]]:
    """How each side ended."""
    return [(one.event.side, one.event.how) for one in seen if isinstance(one.event, ToyEnd)]


def by_flow(seen: list[Observation]) -> list[Observation]:
    """Observations in the order of each flow; between flows there is none, since a tick may end a wait early."""
    return sorted(seen, key=lambda one: one.flow_serial)


def talk() -> Conversation:
    """A connection that has just opened."""
    return Conversation(CLIENT, SERVER).open()


def test_a_conversation_is_recognised_oriented_and_ended() -> None:
    """Events carry the flow's view, the time and the frame that completed them."""
    conversation = talk().originator(b"TOY\nabc\n").responder(b"ok\n").close()
    seen, stats = track(conversation.packets)

    assert [(Side.ORIGINATOR, 3), (Side.ORIGINATOR, 3), (Side.RESPONDER, 2)] == lines(seen)
    assert [(Side.ORIGINATOR, Close.FIN), (Side.RESPONDER, Close.FIN)] == ends(seen)
    assert ("10.30.0.11", "10.1.0.10", 7777) == (
        seen[0].flow.originator.address,
        seen[0].flow.responder.address,
        seen[0].flow.responder.port,
    )
    assert (4, 5) == (seen[0].frame, seen[2].frame)
    assert conversation.packets[3].at_ns == seen[0].at_ns
    assert {"flows": 1, "lines": 3} == stats.protocols["toy"]


@pytest.mark.parametrize("server_is_lower", [True, False])
def test_the_middle_of_a_connection_is_oriented_by_the_probe(server_is_lower: bool) -> None:  # noqa: FBT001
    """With no SYN the probe's word decides, whichever address is lower."""
    ends_ = (Host("10.9.0.1", 7777), Host("10.9.0.2", 50000))
    server, client = ends_ if server_is_lower else (Host("10.9.0.9", 7777), Host("10.9.0.2", 50000))
    seen, _ = track(Conversation(client, server).originator(b"TOY\nabc\n").packets)

    assert client.address == seen[0].flow.originator.address
    assert [(Side.ORIGINATOR, 3)] == lines(seen)


def test_nobody_wants_the_flow() -> None:
    """What no probe knows is only counted."""
    seen, stats = track(talk().originator(b"GET / HTTP/1.0\r\n\r\n").responder(b"x" * 9000).close().packets)

    assert [] == seen
    assert {"flows": 0, "lines": 0} == stats.protocols["toy"]
    assert 1 == stats.coverage.flows


def test_undecided_flows_are_given_up_at_the_bound() -> None:
    """A server that talks for ever while its client is silent is not kept for ever."""
    conversation = talk().originator(b"TO")
    conversation.sequence[Side.ORIGINATOR] += 1
    conversation.responder(b"")
    for _ in range(MAX_HEAD_BYTES // 4):
        conversation.originator(b"Y\n..")
    seen, stats = track(conversation.packets)

    assert [] == lines(seen)
    assert 0 == stats.protocols["toy"]["flows"]


def patient(heads: tuple[Head, Head], final: bool) -> Verdict:  # noqa: FBT001 - the contract's
    """The toy's first word wherever an end begins with it, which may come late."""
    said = [head.data.startswith(b"TOY\n") for head in heads]
    return Verdict(Answer.YES, said.index(True)) if any(said) else Verdict(Answer.NO if final else Answer.MORE)


PATIENT = replace(TOY, probe=patient, openings=frozenset({b"TOY\n"}))
MAX_PASSED = 65_536
LONG = b"." * 2 * MAX_HEAD_BYTES


@pytest.mark.parametrize("batch", [0, 1, 7])
def test_a_flow_met_in_a_long_body_is_known_by_its_next_message(batch: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever talks meanwhile, and whatever is lost of that; nothing is kept of it."""
    monkeypatch.setattr(segments, "MAX_KEPT_BYTES", 3 * MAX_HEAD_BYTES)
    talks = [Conversation(Host("10.30.0.11", port), SERVER) for port in range(40_000, 40_010)]
    for conversation in talks:
        conversation.responder(LONG).lose(Side.RESPONDER, 70_000).originator(LONG).responder(LONG)
    for conversation in talks:
        conversation.originator(b"TOY\nabc\n").responder(b"tail\nok\n").close()
    seen, stats = track([packet for one in talks for packet in one.packets], batch, spec=PATIENT)

    assert 10 * [(Side.ORIGINATOR, 3), (Side.RESPONDER, 2)] == lines(by_flow(seen))
    assert 10 == stats.protocols["toy"]["flows"]
    assert ({}, 0) == (dict(stats.limits), stats.coverage.gap_bytes)


def test_nobody_waits_where_the_start_was_seen() -> None:
    """What such a flow speaks shows in its first bytes."""
    seen, stats = track(talk().responder(LONG).originator(b"TOY\nabc\n").packets, spec=PATIENT)
    assert [] == seen
    assert 0 == stats.followed_flows


@pytest.mark.parametrize(("passed", "flows"), [(-1, 1), (0, 0)])
def test_nobody_waits_for_ever(passed: int, flows: int) -> None:
    """After so many segments the flow is merely counted."""
    conversation = Conversation(CLIENT, SERVER, mss=MAX_HEAD_BYTES).responder(LONG[:MAX_HEAD_BYTES])
    first, more = conversation.originator(b".").packets
    passing = [
        Packet(first.at_ns + 2 * at * DUPLICATE_WINDOW_NS, more.data) for at in range(1, MAX_PASSED + passed + 1)
    ]
    conversation.at_ns = passing[-1].at_ns
    last = conversation.originator(b"TOY\n").packets[-1]
    _, stats = track([first, *passing, last], spec=PATIENT)

    assert flows == stats.protocols["toy"]["flows"]


def test_what_the_snap_length_cut_is_not_read_on() -> None:
    """The segment behind it begins anew, somewhere in the flow."""
    heads: list[Head] = []

    def note(pair: tuple[Head, Head], final: bool) -> Verdict:  # noqa: FBT001 - the contract's
        heads.append(pair[0] if pair[0].data else pair[1])
        return patient(pair, final)

    *before, long, last = talk().originator(b"TO" + bytes(800)).originator(b"Y\n").packets
    cut = replace(long, data=long.data[:-800], wirelen=long.size)
    track([*before, cut, last], spec=replace(PATIENT, probe=note))

    assert [(b"TO", True), (b"Y\n", False)] == [head[:2] for head in heads if head.data][:2]


def test_a_lost_segment_is_a_gap_and_the_rest_is_read() -> None:
    """Lines before and behind the loss are told, the broken one is not."""
    conversation = talk().originator(b"TOY\nab").lose(Side.ORIGINATOR, 40)
    conversation.originator(b"cd\nwhole\n").wait(MAX_WAIT_NS * 2).originator(b"late\n").close()
    seen, stats = track(conversation.packets)

    assert [(Side.ORIGINATOR, size) for size in (3, 5, 4)] == lines(seen)
    assert 40 == stats.coverage.gap_bytes
    assert 1 == stats.weirds["toy.lost"]


def test_silence_alone_ends_the_wait() -> None:
    """A tick lets go of what waited, as of the last packet of the flow."""
    conversation = talk().originator(b"TOY\n").lose(Side.ORIGINATOR, 5).originator(b"\nkept\n")
    last = conversation.packets[-1]
    seen, _ = track(conversation.packets, ticks=[last.at_ns + MAX_WAIT_NS * 2])

    assert [(Side.ORIGINATOR, 3), (Side.ORIGINATOR, 4)] == lines(seen)
    assert (last.at_ns, 5) == (seen[1].at_ns, seen[1].frame)


def test_the_first_segment_of_a_side_may_be_lost() -> None:
    """What follows the loss is not taken for the beginning."""
    conversation = talk().originator(b"TOY\n").lose(Side.RESPONDER, 9).responder(b"tail\nok\n").close()
    seen, stats = track(conversation.packets)

    assert [(Side.ORIGINATOR, 3), (Side.RESPONDER, 2)] == lines(seen)
    assert 9 == stats.coverage.gap_bytes


@pytest.mark.parametrize("size", [10, 3000, 3_000_000_000])
def test_what_a_parser_skips_is_never_seen(size: int) -> None:
    """However long the skip, the next line is found behind it, and losses inside it are no loss."""
    conversation = talk().originator(b"TOY\nSKIP %d\n" % size)
    body = min(size, 6000)
    conversation.originator(b"x" * (body // 2))
    conversation.lose(Side.ORIGINATOR, size - body // 2 - 4)
    if size > MAX_HEAD_BYTES:
        behind = conversation.sequence[Side.ORIGINATOR]
        for mark in range(behind - size + (1 << 29), behind - 8, 1 << 29):
            conversation.sequence[Side.ORIGINATOR] = mark
            conversation.originator(b"y" * 1000)
        conversation.sequence[Side.ORIGINATOR] = behind
    conversation.originator(b"xxxxnext\n").close()
    seen, stats = track(conversation.packets)

    assert (Side.ORIGINATOR, 4) == lines(seen)[-1]
    assert 3 == len(lines(seen))
    assert 0 == stats.coverage.gap_bytes


def test_enough_ends_the_look() -> None:
    """After `Enough` nothing of the flow is read, not even in the same segment."""
    seen, _ = track(talk().originator(b"TOY\nBYE\nmore\n").responder(b"more\n").close().packets)

    assert [(Side.ORIGINATOR, 3), (Side.ORIGINATOR, 3)] == lines(seen)
    assert [] == ends(seen)


def test_a_parser_that_fails_loses_its_flow_only() -> None:
    """The fault is counted by type; another flow goes on."""
    other = Conversation(Host("10.30.0.12", 50001), SERVER).open().originator(b"TOY\nok\n")
    seen, stats = track(woven(talk().originator(b"TOY\nBOOM\nmore\n").packets, other.packets))

    assert {"toy.ZeroDivisionError": 1} == dict(stats.faults)
    assert 4 == len(lines(seen))


def test_a_reset_ends_both_sides() -> None:
    """What was held comes out before the end."""
    conversation = talk().originator(b"TOY\n").lose(Side.ORIGINATOR, 3).originator(b"\nheld\n").reset(Side.RESPONDER)
    seen, _ = track(conversation.packets)

    assert [(Side.ORIGINATOR, 3), (Side.ORIGINATOR, 4)] == lines(seen)
    assert {(Side.ORIGINATOR, Close.RST), (Side.RESPONDER, Close.RST)} == set(ends(seen))


def test_vlan_tags_are_told_with_each_observation() -> None:
    """Mirrors may tag each direction differently; the flow stays one."""
    there = Conversation(CLIENT, SERVER, vlans=(30,)).open().originator(b"TOY\n")
    there.vlans = (31,)
    seen, stats = track(there.responder(b"ok\n").packets)

    assert [30, 31] == [one.vlan for one in seen if isinstance(one.event, ToyLine)]
    assert 1 == stats.coverage.flows


def test_coverage_is_reported() -> None:
    """One-sided flows, duplicates and undecoded frames reach the figures of the run."""
    packets = talk().originator(b"TOY\nx\n").packets
    lonely = Conversation(Host("10.30.0.12", 5), SERVER).originator(b"zzz").packets
    broken = [Packet(packets[-1].at_ns, b"\0" * 12)]
    seen, stats = track([*packets, packets[-1], *lonely, *broken])

    assert 2 == len(lines(seen))
    assert (2, 1, 1, 1) == (
        stats.coverage.flows,
        stats.coverage.one_sided_flows,
        stats.coverage.duplicate_packets,
        stats.coverage.undecoded_packets,
    )
    assert stats.coverage.packets == sum(stats.packets_by_kind.values())


@pytest.mark.parametrize("batch", [1, 2, 3, 10])
def test_batches_change_nothing(batch: int) -> None:
    """Shuffled, lossy, repeated conversations give the same observations and figures however they are cut."""
    rng = random.Random(7)
    flows = []
    for n in range(12):
        conversation = Conversation(Host("10.30.0.11", 50000 + n), SERVER, at_ns=10**18 + n * 777, mss=5)
        if rng.random() < 0.7:
            conversation.open()
        conversation.originator(b"TOY\n")
        for _ in range(8):
            conversation.say(
                rng.choice(list(Side)), rng.choice([b"abc\n", b"SKIP 7\nabcdefghi\n", b"x" * 11, b"q\nBYE\n"])
            )
            if rng.random() < 0.3:
                conversation.lose(rng.choice(list(Side)), rng.randrange(1, 9))
            conversation.wait(rng.choice([0, 0, MAX_WAIT_NS]))
        if rng.random() < 0.5:
            conversation.close()
        flows.append(conversation.packets)
    packets = woven(*flows)
    for _ in range(60):
        at = rng.randrange(len(packets) - 1)
        packets[at], packets[at + 1] = packets[at + 1], packets[at]
    packets = [packet for packet in packets if rng.random() > 0.02]

    whole, whole_stats = track(packets)
    cut, cut_stats = track(packets, batch)

    assert by_flow(whole) == by_flow(cut)
    assert whole_stats.coverage == cut_stats.coverage
    assert whole_stats.weirds == cut_stats.weirds
    assert len(lines(whole)) > 40


def test_events_that_nobody_judges_count_and_are_not_observed() -> None:
    """Only the types that somebody wants come out; the figures of the protocol hold all the same."""
    seen: list[Observation] = []
    stats = Stats()
    packets = list(talk().originator(b"TOY\nabc\n").responder(b"ok\n").close().packets)
    tracker = Tracker([TOY], NamingPolicy(), stats, seen.append, slots=1024, judged=frozenset({ToyEnd}))
    tracker.take(decoded([p.data for p in packets], times_ns=[p.at_ns for p in packets], first=1))
    tracker.finish()

    assert not lines(seen)
    assert [(Side.ORIGINATOR, Close.FIN), (Side.RESPONDER, Close.FIN)] == ends(seen)
    assert track(packets)[1].protocols == stats.protocols


@pytest.mark.parametrize(("judged", "reports", "fed"), [((), False, 0), ((), True, 1), ((ToyEnd,), False, 1)])
def test_a_protocol_that_nobody_listens_to_is_recognized_and_counted(
    judged: tuple[type[Event], ...],
    reports: bool,  # noqa: FBT001 (a table)
    fed: int,
) -> None:
    """Its parser is not even made: no rule looks at its events, and the report counts none of them."""
    made: list[bool] = []

    def parser(options: Mapping[str, object], from_start: bool) -> Parser:  # noqa: FBT001 (the contract's)
        made.append(from_start)
        return TOY.parser(options, from_start)

    spec = replace(TOY, parser=parser, report=TOY.report if reports else {})
    stats = Stats()
    packets = list(talk().originator(b"TOY\nabc\n").responder(b"ok\n").close().packets)
    tracker = Tracker([spec], NamingPolicy(), stats, lambda _: None, slots=1024, judged=frozenset(judged))
    tracker.take(decoded([p.data for p in packets], times_ns=[p.at_ns for p in packets], first=1))
    tracker.finish()

    assert fed == len(made)
    assert 1 == stats.protocols["toy"]["flows"]


def test_what_is_followed_is_counted() -> None:
    """Bytes that were there, bytes that were lost, and flows while they are of interest."""
    conversation = talk().originator(b"TOY\n").lose(Side.ORIGINATOR, 7).originator(b"abc\n")
    _, stats = track(conversation.packets, ticks=[conversation.at_ns + MAX_WAIT_NS + 1])
    assert (8, 7, 7) == (stats.followed_bytes, stats.coverage.gap_bytes, stats.lost_bytes)


def test_what_comes_out_of_order_is_counted_once() -> None:
    """However its segments get to the parser, a byte that was fed counts."""
    packets = list(talk().originator(b"TOY\nabc\n").originator(b"def\n").originator(b"ghi\n").packets)
    packets[-2], packets[-1] = packets[-1], packets[-2]
    _, stats = track(packets)
    assert 16 == stats.followed_bytes


def test_a_jump_is_no_loss_of_gigabytes() -> None:
    """The report tells the gap as it is; what was lost by it is no more than could have been waited for."""
    conversation = talk().originator(b"TOY\n").lose(Side.ORIGINATOR, 2_000_000_000).originator(b"abc\n")
    _, stats = track(conversation.packets, ticks=[conversation.at_ns + MAX_WAIT_NS + 1])
    assert (2_000_000_000, MAX_HELD_BYTES) == (stats.coverage.gap_bytes, stats.lost_bytes)


def test_flows_are_followed_until_they_end() -> None:
    """Those that nobody wants any more are not."""
    stats = Stats()
    tracker = Tracker([TOY], NamingPolicy(), stats, lambda _: None, slots=64)
    followed = []
    for packets in (talk().originator(b"TOY\n").packets, talk().originator(b"TOY\nBYE\n").packets[3:]):
        tracker.take(decoded([p.data for p in packets], times_ns=[p.at_ns for p in packets]))
        tracker.tick(packets[-1].at_ns)
        followed.append(stats.followed_flows)

    assert [1, 0] == followed


def test_a_flood_of_unfinished_flows_pushes_out_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """Over the bound, what never told anything is given up first, and counted; what has told something goes on."""
    monkeypatch.setattr(segments, "MAX_FLOWS", 20)
    monkeypatch.setattr(segments, "_GIVEN_UP_AT_ONCE", 5)
    talk = Conversation(CLIENT, SERVER).open().originator(b"TOY one\n")
    flood = []
    for port in range(100):
        other = Conversation(Host("10.9.9.9", 20_000 + port), SERVER, at_ns=talk.at_ns).open().originator(b"TOY")
        talk.at_ns = other.at_ns
        flood += other.packets
    talk.originator(b"two!\n")
    seen, stats = track(woven(talk.packets, flood), batch=7)

    told = [one for one in seen if isinstance(one.event, ToyLine)]
    assert 2 == len(told)
    assert 1 == len({one.flow_serial for one in told})
    assert 80 < stats.limits["flow.stream_flows"] <= 100
