"""What figures mean that no virtual wire shows: losses, giants, wrappings, a card that keeps frames to itself."""

from __future__ import annotations

from dataclasses import replace

import pytest

from monitor.doctor.check import Check, Grade
from monitor.doctor.listening import Heard
from monitor.doctor.mirror import judge_traffic
from monitor.doctor.tally import Tally
from monitor.model.stats import CaptureStats, Coverage, Stats
from tests.support.conversation import Host, datagram
from tests.support.frames import frames_of

SEEN = Coverage(packets=1_000, bytes=100_000)


def heard(*, card_losses: int | None = 0, promiscuous: bool | None = True, longest: int = 1_500, **named: int) -> Heard:
    """A thousand packets, some of which were looked at; `named` are figures of theirs."""
    stats = Stats(
        captures=[CaptureStats(path="eth0", arrived=1_000, dropped=named.pop("dropped", 0))],
        followed_bytes=named.pop("followed_bytes", 0),
        lost_bytes=named.pop("lost_bytes", 0),
        coverage=replace(SEEN, **named),
    )
    tally = Tally(b"", longest)
    tally.take(frames_of([datagram(Host("10.0.0.1", 1), Host("10.0.0.2", 2), b"x" * 100)] * 10))
    return Heard(seconds=10, tally=tally, stats=stats, findings=0, promiscuous=promiscuous, card_losses=card_losses)


def judged(made: Heard) -> dict[str, Check]:
    """What is said, by key."""
    return {check.key: check for check in judge_traffic(made)}


@pytest.mark.parametrize(
    ("dropped", "grade", "seen"),
    [
        (0, Grade.GOOD, "the kernel dropped nothing"),
        (1, Grade.ATTENTION, "1 packet dropped (0.1%)"),
        (500, Grade.BAD, "50% was dropped: this machine is too slow for it"),
    ],
)
def test_kernel_drops(dropped: int, grade: Grade, seen: str) -> None:
    """A few are news, many mean that findings are missing."""
    check = judged(heard(dropped=dropped))["traffic.kernel-drops"]
    assert (grade, seen) == (check.grade, check.seen)


def test_losses_elsewhere() -> None:
    """What the card dropped is told, and what the mirror did, as far as it shows in TCP."""
    checks = judged(heard(card_losses=7, followed_bytes=900, lost_bytes=100))
    assert "the network card dropped 7 packets" in checks["traffic.card-drops"].seen
    assert checks["traffic.mirror-loss"].seen.startswith("10% of what connections carried is missing")
    assert "traffic.card-drops" not in judged(heard(card_losses=None))
    jump = heard(followed_bytes=900, gap_bytes=4_000_000_000)  # a sequence number that was forged, or used again
    assert Grade.GOOD is judged(jump)["traffic.mirror-loss"].grade


def test_glued_packets() -> None:
    """Packets that cannot have been on the wire like that."""
    assert Grade.ATTENTION is judged(heard(longest=100))["traffic.glued"].grade
    assert Grade.GOOD is judged(heard())["traffic.glued"].grade


def test_wrapped_packets() -> None:
    """A wrapping that is not understood."""
    assert Grade.ATTENTION is judged(heard(undecoded_packets=500))["traffic.readable"].grade
    assert (
        "less than 0.1% could not be decoded"
        == judged(heard(undecoded_packets=1, packets=9_999))["traffic.readable"].seen
    )


def test_a_card_that_keeps_frames() -> None:
    """Without promiscuous mode a mirror shows nothing."""
    assert Grade.BAD is judged(heard(promiscuous=False))["traffic.promiscuous"].grade
    assert "traffic.promiscuous" not in judged(heard(promiscuous=None))


def test_too_little_to_tell() -> None:
    """Few connections say nothing of directions, and nothing recognized says nothing of the rest."""
    checks = judged(heard())
    assert Grade.UNKNOWN is checks["traffic.both-directions"].grade
    assert Grade.UNKNOWN is checks["traffic.recognized"].grade


def test_advice_is_given() -> None:
    """Whatever is not good says what to do."""
    for made in (heard(), heard(dropped=500, card_losses=3, undecoded_packets=500, duplicate_packets=900, longest=1)):
        assert [] == [check.key for check in judge_traffic(made) if check.grade is not Grade.GOOD and not check.advice]
