"""Results of checks and what they come to."""

from __future__ import annotations

from monitor.doctor.check import Grade, attention, bad, good, unknown, worst

GOOD, SOON, NOW, OPEN = good("a.b-c", "s"), attention("a.d", "s", "t"), bad("e.f", "s", "t"), unknown("e.g", "s", "t")


def test_the_worst() -> None:
    """Bad beats attention; what could not be found out is no trouble."""
    assert Grade.BAD is worst([GOOD, NOW, SOON])
    assert Grade.ATTENTION is worst([GOOD, SOON, OPEN])
    assert Grade.GOOD is worst([GOOD, OPEN])
    assert Grade.GOOD is worst([])


def test_the_key() -> None:
    """A key is a group and a subject."""
    assert ("a", "b c") == (GOOD.group, GOOD.title)
