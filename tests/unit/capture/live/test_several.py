"""Several interfaces are one source: in the order of time, and each with its own figures."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable
from contextlib import ExitStack

import pytest

from monitor.capture.live.several import LiveCaptures
from monitor.capture.live.source import LiveCapture
from monitor.errors import UsageError
from monitor.model.frames import Frames, Tick
from monitor.model.stats import Stats
from tests.support.captures import Seen, copy
from tests.support.wire import DEADLINE_SECONDS, FAR, NEAR, ip, send, turn

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("wire")]

OTHER_NEAR, OTHER_FAR = "tap1", "wire1"


def frame(number: int) -> bytes:
    """A frame with a number."""
    return bytes(12) + b"\x88\xb5" + number.to_bytes(4) + bytes(42)


class Listening:
    """Both wires."""

    def __init__(self) -> None:
        ip("link", "add", OTHER_FAR, "type", "veth", "peer", "name", OTHER_NEAR)
        for end in (OTHER_FAR, OTHER_NEAR):
            ip("link", "set", end, "addrgenmode", "none")
            turn(end, "up")
        self.stats = Stats()
        self.seen: list[Seen] = []
        self.ticks: list[int] = []
        self.said: list[str] = []
        self._deadline = time.monotonic() + DEADLINE_SECONDS
        self.goal: Callable[[], bool] = lambda: False
        kinds = Frames(data=bytearray(), capacity=0)
        self.source = LiveCaptures(
            [
                LiveCapture(name, self.stats, self._is_enough, self.said.append, beside=1, kinds=kinds)
                for name in (NEAR, OTHER_NEAR)
            ],
            kinds,
        )

    def until(self, goal: Callable[[], bool], act: Callable[[], None] = lambda: None) -> None:
        """Take what comes until the goal is reached."""
        self.goal = goal
        with self.source:
            for item in self.source:
                if isinstance(item, Frames):
                    self.seen += copy(item)
                elif isinstance(item, Tick):
                    self.ticks.append(item.at_ns)
                act()
        assert goal(), "the goal was not reached in time"

    def _is_enough(self) -> bool:
        return self.goal() or time.monotonic() > self._deadline


def test_packets_come_in_the_order_of_time() -> None:
    """However they alternate, and whatever ring is full first."""
    listening = Listening()
    count = 3_000
    with ExitStack() as stack:
        wires = [stack.enter_context(socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)) for _ in range(2)]
        for wire, interface in zip(wires, (FAR, OTHER_FAR), strict=True):
            wire.bind((interface, 0))
        for number in range(count):
            wires[number % 7 >= 5].send(frame(number))
    listening.until(lambda: len(listening.seen) >= count)

    assert list(range(count)) == [int.from_bytes(one.data[14:18]) for one in listening.seen]
    assert [int(number % 7 >= 5) for number in range(count)] == [one.capture for one in listening.seen]
    assert sorted(listening.ticks) == listening.ticks
    assert {NEAR: count - sum(n % 7 >= 5 for n in range(count)), OTHER_NEAR: sum(n % 7 >= 5 for n in range(count))} == {
        one.path: one.packets for one in listening.stats.captures
    }


def test_what_came_before_the_stop_is_handed_out() -> None:
    """Of both."""
    listening = Listening()
    send([frame(1)] * 3, FAR)
    send([frame(2)] * 4, OTHER_FAR)
    listening.until(lambda: True)

    assert 7 == len(listening.seen)


def test_one_goes_and_comes_while_the_other_goes_on() -> None:
    """A removed interface holds nobody up, and is waited for."""
    listening = Listening()
    numbers = iter(range(10**6))
    steps = []

    def act() -> None:
        if not steps and len(listening.seen) >= 5:
            steps.append("gone")
            ip("link", "del", OTHER_FAR).check_returncode()
        elif steps == ["gone"] and any("is gone" in line for line in listening.said):
            steps.append("back")
            ip("link", "add", OTHER_FAR, "type", "veth", "peer", "name", OTHER_NEAR).check_returncode()
            turn(OTHER_FAR, "up")
            turn(OTHER_NEAR, "up")
        elif steps == ["gone", "back"] and any("is there again" in line for line in listening.said):
            send([frame(next(numbers))], OTHER_FAR)
        send([frame(next(numbers))], FAR)

    send([frame(next(numbers))] * 3, OTHER_FAR)
    listening.until(lambda: sum(one.capture == 1 for one in listening.seen) > 8, act)

    assert 1 == listening.stats.weirds["capture.interface_gone"]
    assert [False, False] == [one.away for one in listening.stats.captures]
    assert {1} == {one.linktype for one in listening.seen}


def test_all_must_be_there_at_the_start() -> None:
    """One that is not is most likely a typing mistake."""
    with ExitStack() as stack:
        stack.enter_context(LiveCapture(NEAR, Stats(), lambda: True, beside=1))
        with pytest.raises(UsageError, match="there is no interface tap7"):
            LiveCapture("tap7", Stats(), lambda: True, beside=1)
