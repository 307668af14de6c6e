"""What becomes of a finding: a page, a ticket for the digest, or nothing. Pure: a case goes in, a verdict comes out.

Rule: whoever is woken up for nothing turns alerts off. So the one thing that pages is what its rule calls urgent, and
that once; everything else waits for the digest.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from fnmatch import fnmatchcase

from monitor.config.settings import AlertPolicy, Quiet, Urgency
from monitor.model.closed import Enum
from monitor.model.named import NamedTuple

_MINUTES = 60


class Told(Enum):
    """What people know of a finding. Closed: the ledger holds these words."""

    NOTHING = "nothing"
    PAGE = "page"
    TICKET = "ticket"
    SILENCE = "silence"
    """Somebody decided that nobody is told."""
    ENDED = "ended"
    """They knew of it, and it is over."""


class Verdict(Enum):
    """What is to be done."""

    PAGE = "page"
    TICKET = "ticket"
    SILENCE = "silence"
    """Nobody is told, and what is being told ends."""
    NOTHING = "nothing"
    """What is known is enough."""


class Case(NamedTuple):
    """A finding, as far as it matters."""

    told: Told
    is_urgent: bool
    """By its rule, or by what the operator decided about it."""
    was_urgent: bool
    """Whether people have heard of it as urgent, and it stands or has not been over for long."""
    is_settled: bool
    """Acknowledged, excepted, or never to be told."""
    is_first_look: bool
    """The sensor is new here."""


TABLE: tuple[tuple[Mapping[str, object], Verdict], ...] = (
    # Somebody looks after it already, or has decided to live with it.
    ({"is_settled": True}, Verdict.SILENCE),
    ({"told": Told.PAGE, "is_urgent": True}, Verdict.NOTHING),
    # The operator has decided otherwise since.
    ({"told": Told.PAGE}, Verdict.TICKET),
    # What was there before the sensor was waits for the first digest, however bad.
    ({"is_first_look": True, "told": Told.TICKET}, Verdict.NOTHING),
    ({"is_first_look": True}, Verdict.TICKET),
    # New, or known as something smaller. What is back is neither.
    ({"is_urgent": True, "was_urgent": False}, Verdict.PAGE),
    ({"told": Told.TICKET}, Verdict.NOTHING),
    ({}, Verdict.TICKET),
)
"""The first line whose every word fits decides."""


def judge(case: Case) -> Verdict:
    """What is to be done about a finding."""
    known = case._asdict()
    return next(verdict for wanted, verdict in TABLE if all(known[name] == value for name, value in wanted.items()))


def urgency(rule: str, zone: str, policies: Iterable[AlertPolicy], *, pages: bool) -> Urgency:
    """How urgent something is: as the operator decided, else as its rule says (`pages`)."""
    for policy in policies:
        if fnmatchcase(rule, policy.rule) and policy.zone in ("", zone):
            return policy.alert
    return Urgency.PAGE if pages else Urgency.TICKET


def is_quiet(quiet: Quiet | None, at_ns: int) -> bool:
    """Whether nobody wants to hear of what does not page, at trace time `at_ns`."""
    if quiet is None:
        return False
    local = _local(at_ns)
    minute = local.hour * _MINUTES + local.minute
    if quiet.begin < quiet.end:
        return quiet.begin <= minute < quiet.end
    return minute >= quiet.begin or minute < quiet.end


def digest_day(digest_at: int, at_ns: int) -> str:
    """The day, ``YYYY-MM-DD``, whose digest was due last at trace time `at_ns`; it changes at `digest_at`."""
    return f"{_local(at_ns) - timedelta(minutes=digest_at):%Y-%m-%d}"


def _local(at_ns: int) -> datetime:
    """By the clock on the wall: people live by it."""
    return datetime.fromtimestamp(at_ns // 10**9, UTC).astimezone()
