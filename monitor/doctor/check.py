"""What a check says: how things stand, what was seen, and what to do about it.

Rule: sentences are made of our words, figures, and names that the operator typed; nothing of them came off the wire.
"""

from __future__ import annotations

from collections.abc import Iterable

from monitor.model.closed import Enum
from monitor.model.record import Record


class Grade(Enum):
    """How things stand."""

    GOOD = "good"
    ATTENTION = "attention"
    """It works, and something may not be meant or may become a trouble."""
    BAD = "bad"
    """Something that should be seen or told is not."""
    UNKNOWN = "unknown"
    """It could not be found out here."""


class Check(Record):
    """The result of one check."""

    key: str
    """Group and subject: ``interface.link``. Never changes; programs go by it."""
    grade: Grade
    seen: str
    """One sentence."""
    advice: str = ""
    """What to do, in one or two sentences; empty only where nothing is to be done."""
    interface: str = ""
    """The interface that it is about, as the operator typed it; empty where it is about no single one."""

    @property
    def group(self) -> str:
        """The first half of the key."""
        return self.key.partition(".")[0]

    @property
    def title(self) -> str:
        """The second half, for people."""
        return self.key.partition(".")[2].replace("-", " ")


def good(key: str, seen: str, advice: str = "") -> Check:
    """All is well."""
    return Check(key=key, grade=Grade.GOOD, seen=seen, advice=advice)


def attention(key: str, seen: str, advice: str) -> Check:
    """Somebody should look at it some day."""
    return Check(key=key, grade=Grade.ATTENTION, seen=seen, advice=advice)


def bad(key: str, seen: str, advice: str) -> Check:
    """Somebody should look at it now."""
    return Check(key=key, grade=Grade.BAD, seen=seen, advice=advice)


def unknown(key: str, seen: str, advice: str) -> Check:
    """It could not be found out."""
    return Check(key=key, grade=Grade.UNKNOWN, seen=seen, advice=advice)


def worst(checks: Iterable[Check]) -> Grade:
    """The grade of all of them together; what could not be found out is no trouble."""
    grades = {check.grade for check in checks}
    return next((grade for grade in (Grade.BAD, Grade.ATTENTION) if grade in grades), Grade.GOOD)
