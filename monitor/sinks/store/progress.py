"""How long sensors have watched, and which date it is: what the life of findings is measured by, whatever clocks say.

Trace time follows the clock of the machine, which may be set by years in both directions, and back again. So the time
watched is the sum of the small steps between ticks, and a date that is more than a day off is believed only when the
clock has shown it for a day.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from monitor.model.record import Record
from monitor.sinks.store.life import DAY_NS

MAX_STEP_NS = 60 * 10**9
"""Between two ticks, which come every second or so. A longer one is a clock that was set, or a machine that slept."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Progress(Record):
    """As far as it was written."""

    watched_ns: int = 0
    """How long sensors have listened, all runs together."""
    date_ns: int = 0
    """The date that is believed, in nanoseconds since 1970 UTC; 0 before the first."""
    doubt_ns: int = 0
    """For how long of watched time the clock has shown another date."""

    @property
    def today(self) -> str:
        """The date that is believed, in UTC, ``YYYY-MM-DD``."""
        return f"{_EPOCH + timedelta(microseconds=self.date_ns // 1_000):%Y-%m-%d}"


def watched_between(before_ns: int, at_ns: int) -> int:
    """How much of watched time lies between two ticks at these trace times."""
    return min(max(at_ns - before_ns, 0), MAX_STEP_NS)


def advance(progress: Progress, watched_ns: int, at_ns: int) -> Progress:
    """Time goes on by `watched_ns` of watched time, and trace time is `at_ns` then."""
    date_ns = progress.date_ns + watched_ns
    doubt_ns = progress.doubt_ns + watched_ns
    if not progress.date_ns or abs(at_ns - date_ns) <= DAY_NS or doubt_ns >= DAY_NS:
        date_ns, doubt_ns = at_ns, 0
    return Progress(watched_ns=progress.watched_ns + watched_ns, date_ns=date_ns, doubt_ns=doubt_ns)
