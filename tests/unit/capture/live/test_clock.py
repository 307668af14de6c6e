"""The clock of silence."""

from __future__ import annotations

from monitor.capture.live.clock import SteadyClock


class Clocks:
    """A wall clock that can be set, and a monotonic one that cannot."""

    def __init__(self) -> None:
        self.wall = 1_000
        self.monotonic = 5

    def steady(self) -> SteadyClock:
        """The clock under test on top of them."""
        return SteadyClock(lambda: self.wall, lambda: self.monotonic)

    def pass_time(self, ns: int) -> None:
        """Let both go on."""
        self.wall += ns
        self.monotonic += ns


def test_it_follows_the_wall() -> None:
    """Also when that is set forward, or when the machine was asleep."""
    clocks = Clocks()
    clock = clocks.steady()
    clocks.pass_time(10)
    assert 1_010 == clock.now()
    clocks.wall += 500
    assert 1_510 == clock.now()
    clocks.pass_time(1)
    assert 1_511 == clock.now()


def test_it_goes_on_when_the_wall_is_set_back() -> None:
    """Time neither runs back nor stands still."""
    clocks = Clocks()
    clock = clocks.steady()
    clocks.wall -= 900
    assert 1_000 == clock.now()
    clocks.pass_time(7)
    assert 1_007 == clock.now()
