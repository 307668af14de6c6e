"""When the sensor knows that it does not see what it should."""

from __future__ import annotations

import pytest

from monitor.model.stats import CaptureStats, Stats
from monitor.sinks.alerts.blindness import LEAST_BYTES, LEAST_PACKETS, MINUTE_NS, SILENCE_NS, WINDOW_NS, Blindness
from tests.unit.sinks.samples import NINE_NS


class Watch:
    """Figures that grow, and a minute that passes."""

    def __init__(self, reason: str = "") -> None:
        self.stats = Stats(captures=[CaptureStats(path="eth0")])
        self.at_ns = NINE_NS
        self._blindness = Blindness(reason)

    def minute(self, *, arrived: int = 0, dropped: int = 0, followed: int = 0, lost: int = 0) -> str:
        """What is said after a minute with these figures."""
        capture = self.stats.captures[0]
        self.at_ns += MINUTE_NS
        capture.arrived += arrived
        capture.dropped += dropped
        self.stats.followed_bytes += followed
        self.stats.lost_bytes += lost
        if arrived > dropped:
            capture.last_ns = self.at_ns
        return self._blindness.reason(self.at_ns, self.stats)


def test_silence() -> None:
    """Ten minutes without a packet; five good ones end it."""
    watch = Watch()
    assert [""] * 10 == [watch.minute() for _ in range(10)]
    assert "No packet has come for 10 minutes." == watch.minute()
    assert "No packet has come for 11 minutes." == watch.minute()
    said = [watch.minute(arrived=1) for _ in range(7)]
    assert ["No packet has come for 11 minutes."] * 5 + [""] * 2 == said


def test_a_quiet_network_is_no_silence() -> None:
    """One packet within ten minutes is enough."""
    watch = Watch()
    said = {watch.minute(arrived=int(minute % 9 == 8)) for minute in range(100)}
    assert {""} == said


@pytest.mark.parametrize(
    ("figures", "words"),
    [
        ({"arrived": LEAST_PACKETS, "dropped": LEAST_PACKETS // 10}, "10% of all packets were dropped"),
        ({"arrived": 1, "followed": LEAST_BYTES, "lost": LEAST_BYTES}, "50% of what connections carried never came"),
    ],
)
def test_losses(figures: dict[str, int], words: str) -> None:
    """A tenth over five minutes; not before five minutes have passed."""
    watch = Watch()
    said = [watch.minute(**figures) for _ in range(WINDOW_NS // MINUTE_NS + 1)]
    assert [""] * 5 == said[:-1]
    assert words in said[-1]


@pytest.mark.parametrize(
    "figures",
    [
        {"arrived": LEAST_PACKETS, "dropped": LEAST_PACKETS // 11},
        {"arrived": 10, "dropped": 9},
        {"arrived": 1, "followed": 100, "lost": 100},
        {"arrived": 1, "followed": LEAST_BYTES, "lost": LEAST_BYTES // 10},
    ],
)
def test_small_losses(figures: dict[str, int]) -> None:
    """Less than a tenth, or a share of next to nothing, is for metrics."""
    watch = Watch()
    assert {""} == {watch.minute(**figures) for _ in range(30)}


def test_a_burst_is_forgotten() -> None:
    """One bad minute among good ones is no alert."""
    watch = Watch()
    said = [watch.minute(arrived=10_000, dropped=4_000 * (minute == 10)) for minute in range(30)]
    assert {""} == set(said)


def test_a_burst_in_a_quiet_night() -> None:
    """Nor is one among next to none, be it drops or one gap: most of the window is lost then, in one of its minutes."""
    watch = Watch()
    said = {watch.minute(arrived=10 + 50_000 * (at == 10), dropped=49_000 * (at == 10)) for at in range(30)}
    said |= {watch.minute(arrived=10, followed=100, lost=5_000_000 * (at == 10)) for at in range(30)}
    assert {""} == said


def test_once_told_it_stands_while_the_window_is_bad() -> None:
    """A good minute between bad ones takes nothing back; what came before it tells nothing."""
    watch = Watch()
    bad = {"arrived": 10_000, "dropped": 4_000}
    said = [watch.minute(arrived=10_000)]
    said += [watch.minute(**bad) for _ in range(4)]
    said += [watch.minute(arrived=10_000)]
    said += [watch.minute(**bad) for _ in range(4)]
    assert {""} == set(said)
    assert "40% of all packets" in watch.minute(**bad)
    later = [watch.minute(**({"arrived": 10_000} if at % 3 == 1 else bad)) for at in range(20)]
    assert "" not in later


def test_after_a_restart() -> None:
    """What stood goes on until there is something good to see: five minutes with packets and without losses."""
    reason = "No packet has come for 12 minutes."
    watch = Watch(reason)
    assert [reason] * 9 == [watch.minute() for _ in range(9)]
    assert [reason] * 5 + [""] == [watch.minute(arrived=1) for _ in range(6)]
    lossy = Watch("12% of all packets were dropped, because this machine cannot keep up.")
    said = [lossy.minute(arrived=10_000, dropped=4_000) for _ in range(10)]
    assert "" not in said
    assert "40% of all packets" in said[-1]


def test_no_capture_yet() -> None:
    """Nothing is said before there is something to look at, but for silence."""
    blindness = Blindness()
    assert "" == blindness.reason(NINE_NS, Stats())
    assert "No packet" in blindness.reason(NINE_NS + SILENCE_NS, Stats())
