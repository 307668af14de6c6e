"""The life of a finding, as pure functions: from open to resolved and back, and what people decide meanwhile.

Times are *watched time*: nanoseconds that sensors have listened, all runs together (`progress`). It stands still while
nobody listens and knows no clock, so that no clock, however it is set, makes a finding older.
Rule: a day counts toward being resolved only if the finding was not seen on it and its place was.
"""

from __future__ import annotations

from monitor.model.closed import Enum
from monitor.model.record import Record, replace

DAY_NS = 86_400 * 10**9


class State(Enum):
    """Where a finding stands. Closed: databases and exports hold these words."""

    OPEN = "open"
    """New, or an exception from it is over."""
    ONGOING = "ongoing"
    """Seen again after its first day."""
    REOPENED = "reopened"
    """Seen again after it was resolved."""
    ACKNOWLEDGED = "acknowledged"
    """Somebody works on it; until it is resolved."""
    EXCEPTED = "excepted"
    """Somebody has decided to live with it until a date."""
    RESOLVED = "resolved"


class Cause(Enum):
    """Why a finding changed its state, in the words of its history."""

    SEEN = "seen"
    SEEN_ON = "seen after its first day"
    SEEN_EXCEPTED = "seen again while the exception holds"
    SILENT = "not seen, though its place was"
    WITHDRAWN = "all of it counts in a worse finding"
    ACKNOWLEDGED = "acknowledged"
    EXCEPTED = "excepted"
    EXPIRED = "the exception is over"


_STANDING = frozenset({State.OPEN, State.ONGOING, State.REOPENED, State.ACKNOWLEDGED, State.EXCEPTED})
_NEXT: dict[tuple[State, Cause], State] = {
    (State.OPEN, Cause.SEEN_ON): State.ONGOING,
    (State.REOPENED, Cause.SEEN_ON): State.ONGOING,
    (State.RESOLVED, Cause.SEEN): State.REOPENED,
    (State.RESOLVED, Cause.SEEN_EXCEPTED): State.EXCEPTED,
    (State.EXCEPTED, Cause.EXPIRED): State.OPEN,
    (State.RESOLVED, Cause.EXPIRED): State.RESOLVED,
    **{(state, Cause.SILENT): State.RESOLVED for state in _STANDING},
    **{(state, Cause.WITHDRAWN): State.RESOLVED for state in _STANDING},
    **{(state, Cause.ACKNOWLEDGED): State.ACKNOWLEDGED for state in _STANDING},
    **{(state, Cause.EXCEPTED): State.EXCEPTED for state in _STANDING},
}
"""The whole machine; what is not in it changes nothing."""


class Decision(Record):
    """What somebody decided about a finding, as typed by that person."""

    owner: str
    reason: str
    until: str = ""
    """Last day of an exception in UTC, ``YYYY-MM-DD``; empty for an acknowledgment."""


class Life(Record):
    """Where a finding stands, since when, and what was decided."""

    state: State
    since_ns: int
    """Watched time at which it was opened the last time."""
    seen_ns: int
    """Watched time at which it was last seen."""
    quiet_days: int = 0
    """Days without it on which its place was seen, since it was last seen."""
    shown: bool = False
    """Whether its place was seen on the present day of watched time."""
    decision: Decision | None = None
    """Of an acknowledged finding, an excepted one, and a resolved one whose exception still holds."""

    @property
    def stands(self) -> bool:
        """Whether it is not resolved."""
        return self.state in _STANDING


Step = tuple[Life, Cause | None]
"""A life after something happened, and the cause if that changed its state."""


def begin(now_ns: int) -> Step:
    """A finding nobody knew is seen."""
    return Life(state=State.OPEN, since_ns=now_ns, seen_ns=now_ns), Cause.SEEN


def see(life: Life, now_ns: int) -> Step:
    """It is seen, or goes on."""
    seen = replace(life, seen_ns=now_ns, quiet_days=0, shown=False)
    if life.state is State.RESOLVED:
        return _turn(seen, Cause.SEEN_EXCEPTED if life.decision else Cause.SEEN, now_ns)
    return _turn(seen, Cause.SEEN_ON, now_ns) if now_ns - life.since_ns >= DAY_NS else (seen, None)


def withdraw(life: Life, now_ns: int) -> Step:
    """Nothing is left of it: everything counts in a worse finding."""
    return _turn(life, Cause.WITHDRAWN, now_ns)


def end_day(life: Life, now_ns: int, resolve_after_days: int) -> Step:
    """A day of watched time has ended at `now_ns`."""
    silent = life.shown and life.seen_ns // DAY_NS < now_ns // DAY_NS - 1
    life = replace(life, shown=False, quiet_days=life.quiet_days + 1 if silent else life.quiet_days)
    return _turn(life, Cause.SILENT, now_ns) if life.quiet_days >= resolve_after_days else (life, None)


def expire(life: Life, today: str, now_ns: int) -> Step:
    """`today` is a date in UTC, ``YYYY-MM-DD``: an exception that ended before it is over."""
    if life.decision is None or not life.decision.until or today <= life.decision.until:
        return life, None
    return _turn(life, Cause.EXPIRED, now_ns)


def decide(life: Life, decision: Decision, now_ns: int) -> Step:
    """Somebody acknowledges it, or makes an exception if the decision names a day; not of what is resolved."""
    after, cause = _turn(life, Cause.EXCEPTED if decision.until else Cause.ACKNOWLEDGED, now_ns)
    return (replace(after, decision=decision), cause) if cause else (life, None)


def _turn(life: Life, cause: Cause, now_ns: int) -> Step:
    state = _NEXT.get((life.state, cause))
    if state is None:
        return life, None
    opened = state in {State.OPEN, State.REOPENED}
    holds = cause is Cause.SEEN_EXCEPTED or (life.state is State.EXCEPTED and state is State.RESOLVED)
    return (
        replace(
            life,
            state=state,
            since_ns=now_ns if opened else life.since_ns,
            decision=life.decision if holds else None,
        ),
        cause,
    )
