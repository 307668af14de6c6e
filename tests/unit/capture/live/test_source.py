"""Live capture through a real kernel: what comes out, how time passes, and how it ends."""

from __future__ import annotations

import itertools
import random
import time
from collections.abc import Callable
from contextlib import ExitStack
from ipaddress import ip_address, ip_network
from typing import Any

import pytest

from monitor.capture.bounds import BATCH_FRAMES
from monitor.capture.live.source import LAG_NS, LiveCapture
from monitor.model.data import Audience, Inspect, Role
from monitor.model.frames import Frames, Tick
from monitor.model.opaque import Label
from monitor.model.stats import CaptureStats, Stats
from monitor.privacy.exclusion import Exclusion
from monitor.privacy.places import Asset, Zone
from tests.support.captures import Seen, copy
from tests.support.conversation import Host, datagram
from tests.support.wire import DEADLINE_SECONDS, FAR, NEAR, ip, make_wire, send, tunnel, turn

HEADER = bytes.fromhex("020000000001 020000000002")
PLAIN = HEADER + b"\x08\x00" + bytes(46)
TAGGED = HEADER + b"\x81\x00\x00\x1e\x08\x00" + bytes(46)
TWICE = HEADER + b"\x88\xa8\x00\x07\x81\x00\x00\x1e\x08\x00" + bytes(46)

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("wire")]


class Listening:
    """What a source has given until a condition on it came true."""

    def __init__(self, interface: str = NEAR, **more: Any) -> None:
        self.stats = Stats()
        self.seen: list[Seen] = []
        self.ticks: list[int] = []
        self.batches: list[int] = []
        self.goal: Callable[[], bool] = lambda: True
        self._deadline = time.monotonic() + DEADLINE_SECONDS
        self.said: list[str] = []
        self.source = LiveCapture(interface, self.stats, self._is_enough, self.said.append, **more)

    def until(self, goal: Callable[[], bool], between: Callable[[int], object] = lambda _: None) -> Listening:
        """Take what comes until the goal is reached; `between` is called with the number of each item."""
        self.goal = goal
        with self.source:
            for number, item in enumerate(self.source):
                if isinstance(item, Frames):
                    self.seen += copy(item)
                    self.batches.append(item.count)
                elif isinstance(item, Tick):
                    self.ticks.append(item.at_ns)
                between(number)
        assert goal(), "the goal was not reached in time"
        return self

    def _is_enough(self) -> bool:
        return self.goal() or time.monotonic() > self._deadline

    @property
    def figures(self) -> CaptureStats:
        """Of the interface."""
        (figures,) = self.stats.captures
        return figures


def test_frames_come_as_they_were_on_the_wire() -> None:
    """Tags the kernel takes off are back in their place; lengths, numbers and sums are those of the wire."""
    began_ns = time.time_ns()
    listening = Listening()
    frames = [PLAIN, TAGGED, TWICE, PLAIN + bytes(60_000)]
    send(frames)
    listening.until(lambda: len(listening.seen) >= len(frames))

    assert frames == [one.data for one in listening.seen]
    assert [len(frame) for frame in frames] == [one.wirelen for one in listening.seen]
    assert [1, 2, 3, 4] == [one.number for one in listening.seen]
    assert {(1, 0)} == {(one.linktype, one.capture) for one in listening.seen}
    assert began_ns - LAG_NS < listening.seen[0].at_ns <= listening.seen[3].at_ns < time.time_ns() + LAG_NS
    figures = listening.figures
    assert (NEAR, 4, sum(map(len, frames))) == (figures.path, figures.packets, figures.bytes)
    assert (listening.seen[0].at_ns, listening.seen[3].at_ns) == (figures.first_ns, figures.last_ns)
    assert (4, 0) == (figures.arrived, figures.dropped)
    assert ({}, {}) == (dict(listening.stats.limits), dict(listening.stats.weirds))


def test_batches_are_bounded_and_lose_nothing() -> None:
    """More small frames than a batch may hold, over several blocks, come out once each and in order."""
    count = 3 * BATCH_FRAMES
    listening = Listening()
    send(HEADER + number.to_bytes(4, "big") + bytes(44) for number in range(count))
    listening.until(lambda: len(listening.seen) >= count)

    assert list(range(count)) == [int.from_bytes(one.data[12:16], "big") for one in listening.seen]
    assert max(listening.batches) <= BATCH_FRAMES
    assert listening.ticks == sorted(set(listening.ticks))


def test_time_passes_in_silence() -> None:
    """Ticks come without a frame, one after the other, and stay behind the clock."""
    began_ns = time.time_ns()
    listening = Listening()
    listening.until(lambda: len(listening.ticks) >= 3)

    assert [] == listening.seen
    assert began_ns - LAG_NS <= listening.ticks[0]
    assert listening.ticks[-1] <= time.time_ns() - LAG_NS
    assert listening.ticks == sorted(set(listening.ticks))
    assert ({}, 0) == (dict(listening.stats.weirds), listening.figures.packets)


def test_what_came_before_the_stop_is_handed_out() -> None:
    """A block that is not full yet when the end is asked for is waited for."""
    listening = Listening()
    send([PLAIN] * 50)
    listening.until(lambda: True)

    assert 50 == len(listening.seen) == listening.figures.arrived


def test_what_does_not_fit_is_counted() -> None:
    """A source that is held up says how much the kernel dropped, and that the ring was full."""
    count = 1_500
    listening = Listening()
    send([PLAIN + bytes(60_000)] * count)
    listening.until(lambda: True)
    figures = listening.figures

    assert count == figures.arrived == figures.packets + figures.dropped
    assert figures.dropped > 0
    assert {"capture.ring": 1} == dict(listening.stats.limits)


def test_down_and_up_again() -> None:
    """The interface goes down and comes back; the source counts that and goes on."""
    listening = Listening()

    def act(number: int) -> None:
        if number == 0:
            turn(NEAR, "down")
        elif len(listening.said) == 1:
            turn(NEAR, "up")
            send([PLAIN])

    listening.until(lambda: bool(listening.seen) and len(listening.said) == 2, act)

    assert 1 == listening.stats.weirds["capture.interface_down"]
    assert [
        "tap0 is down; listening goes on when it is up",
        "tap0 is up; listening goes on",
    ] == listening.said


def test_an_interface_that_is_down_is_waited_for() -> None:
    """The sensor may start before its interface does."""
    turn(NEAR, "down")
    listening = Listening()

    def act(_number: int) -> None:
        if listening.stats.weirds["capture.interface_down"]:
            turn(NEAR, "up")
            send([PLAIN])

    listening.until(lambda: bool(listening.seen), act)

    assert 1 == listening.stats.weirds["capture.interface_down"]


@pytest.mark.parametrize("down_before", [False, True])
def test_an_interface_that_goes_away_is_waited_for(down_before: bool) -> None:  # noqa: FBT001
    """What had come is handed out, and when it is there again, figures and numbers go on; all of it is said once."""
    listening = Listening()
    send([PLAIN] * 3)
    waited = itertools.count()
    gone = "tap0 is gone: the interface was removed; listening goes on when it is there again"
    back = "tap0 is there again; listening goes on"

    def act(number: int) -> None:
        if number == 0:
            if down_before:
                turn(NEAR, "down")
            ip("link", "del", FAR)
        elif gone in listening.said and back not in listening.said:
            if next(waited) == 3:
                assert listening.figures.away
                make_wire()
        elif back in listening.said and len(listening.seen) < 8:
            send([TAGGED])

    listening.until(lambda: len(listening.seen) >= 8, act)

    figures = listening.figures
    assert [PLAIN] * 3 + [TAGGED] * 5 == [one.data for one in listening.seen]
    assert [*range(1, 9)] == [one.number for one in listening.seen]
    assert {0} == {one.capture for one in listening.seen}
    assert (8, 8, 0, False) == (figures.packets, figures.arrived, figures.dropped, figures.away)
    assert 3 * len(PLAIN) + 5 * len(TAGGED) == figures.bytes
    assert (listening.seen[0].at_ns, listening.seen[7].at_ns) == (figures.first_ns, figures.last_ns)
    assert 1 == listening.stats.weirds["capture.interface_gone"]
    assert [gone, back] == [line for line in listening.said if "down" not in line]
    assert listening.ticks == sorted(set(listening.ticks))


def test_the_end_can_be_asked_for_while_it_is_away() -> None:
    """Nobody has to wait for an interface to stop listening to it."""
    listening = Listening()
    ip("link", "del", FAR)
    listening.until(lambda: listening.figures.away)

    assert 1 == len(listening.said)


def test_what_comes_back_may_be_something_else() -> None:
    """What cannot be read is said once, and waited out."""
    listening = Listening()
    steps = itertools.count()

    def act(number: int) -> None:
        if number == 0:
            ip("link", "del", FAR)
        elif listening.figures.away and (step := next(steps)) in {2, 8}:
            if step == 2:
                stack.enter_context(tunnel(NEAR, 280))
            else:
                stack.close()
                make_wire()
        elif len(listening.said) == 3:
            send([PLAIN])

    with ExitStack() as stack:
        listening.until(lambda: bool(listening.seen), act)

    assert "tap0 is of a kind that cannot be read (ARPHRD 280); it is tried again" == listening.said[1]
    assert 3 == len(listening.said)


def test_another_name_is_said() -> None:
    """The same interface under another name is listened to as before."""
    listening = Listening()

    def act(number: int) -> None:
        if number == 0:
            turn(NEAR, "down")
            ip("link", "set", NEAR, "name", "tap9").check_returncode()
            turn("tap9", "up")
        elif any("called" in line for line in listening.said):
            send([PLAIN])

    listening.until(lambda: bool(listening.seen), act)

    assert "tap0 is called tap9 now; listening goes on" in listening.said
    assert NEAR == listening.figures.path


@pytest.mark.parametrize("outgoing", [False, True])
def test_what_this_machine_says(outgoing: bool) -> None:  # noqa: FBT001 (a parameter)
    """It is no part of a mirror; on a server or a router it is half of every conversation, and wanted if it is said."""
    listening = Listening(outgoing=outgoing)
    send([PLAIN], NEAR)
    send([TAGGED])
    listening.until(lambda: len(listening.seen) > outgoing)

    assert [PLAIN] * outgoing + [TAGGED] == [one.data for one in listening.seen]


def zone(inspect: Inspect, *networks: str) -> Zone:
    """One zone."""
    return Zone(name=Label("zone"), audience=Audience.STAFF, networks=tuple(map(ip_network, networks)), inspect=inspect)


def framed(source: str, target: str, vlans: tuple[int, ...] = (), *, fragment: bool = False) -> bytes:
    """A datagram, or a fragment of one."""
    frame = datagram(Host(source, 4711), Host(target, 53), bytes(40), vlans)
    if not fragment:
        return frame
    at = 14 + 4 * len(vlans)
    if ":" in source:
        return frame[: at + 6] + b"\x2c" + frame[at + 7 : at + 40] + b"\x11\0\0\x01" + bytes(4) + frame[at + 48 :]
    return frame[: at + 6] + b"\x20\x00" + frame[at + 8 :]


def test_the_kernel_leaves_out_what_is_not_to_be_inspected() -> None:
    """Both ways, IPv4 and IPv6, without and behind tags that the kernel takes off or leaves, whole or in fragments."""
    exclusion = Exclusion(
        (zone(Inspect.LIBRARY_ONLY, "10.99.0.0/16", "fd00:99::/64"), zone(Inspect.NONE, "10.98.0.0/16")),
        (Asset(name=Label("ils"), addresses=(ip_address("10.1.0.10"), ip_address("fd00::10")), role=Role.ILS),),
    )
    shapes: list[dict[str, Any]] = [
        {"vlans": vlans, "fragment": fragment} for vlans in ((), (30,), (7, 30)) for fragment in (False, True)
    ]
    patron, patron6, hidden, ils, ils6 = "10.99.0.7", "fd00:99::7", "10.98.0.1", "10.1.0.10", "fd00::10"
    out = [(patron, "203.0.113.1"), ("203.0.113.1", patron), (hidden, ils), (ils, hidden), (patron6, "2001:db8::1")]
    seen = [(patron, ils), (ils, patron), (patron6, ils6), ("10.97.0.1", "203.0.113.1"), ("2001:db8::1", ils6)]
    left = [framed(*ends, **shape) for ends in [*out, ("2001:db8::1", patron6)] for shape in shapes]
    wanted = [framed(*ends, **shape) for ends in seen for shape in shapes]
    listening = Listening(exclusion=exclusion)
    frames = [*wanted, *left]
    random.Random(7).shuffle(frames)
    send(frames)
    send([PLAIN])
    listening.until(lambda: len(listening.seen) > len(wanted))

    assert [one for one in frames if one in wanted] + [PLAIN] == [one.data for one in listening.seen]
    assert len(wanted) + 1 == listening.figures.arrived
    assert len(left) == listening.figures.screened
    assert ({}, {}, []) == (dict(listening.stats.limits), dict(listening.stats.faults), listening.said)


def test_another_exclusion_holds_at_once() -> None:
    """What was looked at is left out, then everything is looked at again; the estimate goes on."""
    frame = framed("10.98.0.1", "203.0.113.1")
    listening = Listening()

    def act(_: int) -> None:
        if len(listening.seen) == len(steps) == 1:
            steps.append("closed")
            listening.source.screen(Exclusion((zone(Inspect.NONE, "10.98.0.0/16"),)))
            send([frame, frame, PLAIN])
        elif len(listening.seen) == len(steps) == 2:
            steps.append("open")
            listening.source.screen(Exclusion())
            send([frame])

    steps = ["begun"]

    send([frame])
    listening.until(lambda: len(listening.seen) >= 3, act)

    assert [frame, PLAIN, frame] == [one.data for one in listening.seen]
    assert 2 == listening.figures.screened


def test_loopback_shows_each_frame_once() -> None:
    """There, everything that goes out comes in again."""
    turn("lo", "up")
    listening = Listening("lo")
    send([PLAIN] * 5, "lo")
    listening.until(lambda: len(listening.seen) >= 5)

    assert 5 == len(listening.seen)


def test_frames_stay_until_the_next_is_asked_for() -> None:
    """A block is the reader's as long as its frames are in use, while the kernel fills others."""
    listening = Listening()
    send([PLAIN])
    held = itertools.count()

    def act(_number: int) -> None:
        if listening.seen and next(held) == 0:
            before = listening.seen[0].data
            send([TAGGED] * 1_000)
            frames = listening.source._frames
            at = frames.offset[0]
            assert before == bytes(frames.data[at : at + frames.caplen[0]])

    listening.until(lambda: len(listening.seen) > 1_000, act)
