"""Delivers what the ledger holds: to each receiver by itself, again and again until it was accepted, and no faster.

Rules: a receiver that does not answer holds up no other one; what it was not told waits in the ledger. Each is tried
again after a pause that doubles up to a bound. Time is watched time.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Protocol

from monitor.config.settings import Urgency
from monitor.errors import DeliveryError
from monitor.model.named import NamedTuple
from monitor.model.stats import SinkStats
from monitor.sinks.alerts.ledger import Ledger
from monitor.sinks.alerts.notice import Delivery, Message, Notice

SECOND_NS = 10**9
RESEND_NS = 60 * SECOND_NS
"""Between two pushes of the same: one that has lost its memory has it again soon."""
FIRST_PAUSE_NS = 2 * SECOND_NS
LONGEST_PAUSE_NS = 60 * SECOND_NS
"""After an outage everybody knows within a minute."""
SHOWN_NS = 300 * SECOND_NS
"""What is over before it could be told is told for as long: Alertmanager waits for company before it tells anybody."""
FADES_NS = 900 * SECOND_NS
"""How long it is repeated that something is over, as Prometheus does."""
MESSAGES_AT_ONCE = 5
"""Of one outlet at a time: each may take some seconds."""


class Pusher(Protocol):
    """A receiver of alerts."""

    name: str

    def push(self, notices: Sequence[Notice], at_ns: int) -> None:
        """Tell it of these, or raise `DeliveryError`."""
        ...


class Sender(Protocol):
    """A receiver of messages."""

    name: str

    def send(self, message: Message) -> None:
        """Deliver one, or raise `DeliveryError`."""
        ...


class Moment(NamedTuple):
    """When it is."""

    at_ns: int
    """Trace time."""
    watched_ns: int
    is_quiet: bool
    """Nobody wants to hear of what does not page."""


class _Line:
    """How one receiver fares."""

    def __init__(self) -> None:
        self.failures = 0
        self.retry_ns = 0
        """Watched time before which it is left alone."""
        self.told_ns: int | None = None
        """When it was pushed to last."""


class Dispatch:
    """All receivers."""

    def __init__(
        self,
        ledger: Ledger,
        pushers: Sequence[Pusher],
        senders: Sequence[Sender],
        figures: SinkStats,
        complain: Callable[[str], None],
    ) -> None:
        self._ledger = ledger
        self._pushers = pushers
        self._senders = senders
        self._figures = figures
        self._complain = complain
        self._lines = {name: _Line() for name in (*(one.name for one in pushers), *(one.name for one in senders))}

    @property
    def is_failing(self) -> bool:
        """Whether any of them does not take what it is given."""
        return any(line.failures for line in self._lines.values())

    def deliver(self, now: Moment) -> None:
        """Tell everybody what they have not heard, as far as they are listening."""
        for pusher in self._pushers:
            self._try(pusher.name, now, partial(self._push, pusher, now))
        for sender in self._senders:
            self._try(sender.name, now, partial(self._send, sender, now))
        self._drop_finished(now)

    def _try(self, name: str, now: Moment, attempt: Callable[[], None]) -> None:
        line = self._lines[name]
        if now.watched_ns < line.retry_ns:
            return
        try:
            attempt()
        except DeliveryError as error:
            pause_ns = min(FIRST_PAUSE_NS << min(line.failures, 10), LONGEST_PAUSE_NS)
            line.retry_ns = now.watched_ns + pause_ns
            line.failures += 1
            if line.failures == 1:
                self._complain(f"{error}: alerts wait; it is tried again until it works")

    def _succeed(self, name: str) -> None:
        if self._lines[name].failures:
            self._complain(f"{name}: alerts are delivered again")
        self._lines[name].failures = 0

    def _push(self, pusher: Pusher, now: Moment) -> None:
        line, name = self._lines[pusher.name], pusher.name
        is_due = line.told_ns is None or now.watched_ns - line.told_ns >= RESEND_NS or line.failures > 0
        notices = [one for one in self._ledger.notices.values() if not _is_held(one, name, now)]
        news = [one for one in notices if _is_news(one, name, now.watched_ns)]
        told = notices if is_due else news
        if not told:
            return
        pusher.push([_as_told(one, name, now.watched_ns) for one in told], now.at_ns)
        for one in told:
            self._note(one, name, now.watched_ns)
        self._figures.delivered += len(news)
        if is_due:
            line.told_ns = now.watched_ns
        self._succeed(name)

    def _note(self, notice: Notice, name: str, watched_ns: int) -> None:
        """Remember what a receiver has accepted."""
        delivery = notice.deliveries.get(name)
        if delivery is None:
            notice.deliveries[name] = Delivery(fired_ns=watched_ns)
        elif not notice.stands and delivery.resolved_ns is None and _has_shown(delivery, watched_ns):
            delivery.resolved_ns = watched_ns
        else:
            return
        self._ledger.mark("notice", notice.key)

    def _send(self, sender: Sender, now: Moment) -> None:
        waiting = [
            number
            for number, message in sorted(self._ledger.messages.items())
            if message.outlet == sender.name and (message.is_urgent or not now.is_quiet)
        ]
        for number in waiting[:MESSAGES_AT_ONCE]:
            sender.send(self._ledger.messages[number])
            del self._ledger.messages[number]
            self._ledger.mark("message", number)
            self._figures.delivered += 1
            self._succeed(sender.name)

    def _drop_finished(self, now: Moment) -> None:
        """Forget alerts that are over and of which everybody knows that."""
        names = [pusher.name for pusher in self._pushers]
        for key, notice in list(self._ledger.notices.items()):
            if not notice.stands and all(_has_faded(notice, name, now.watched_ns) for name in names):
                del self._ledger.notices[key]
                self._ledger.mark("notice", key)


def _is_held(notice: Notice, name: str, now: Moment) -> bool:
    """Whether a receiver hears of it later; what it knows is repeated, or it would begin once more in the morning."""
    return now.is_quiet and notice.labels.get("severity") != Urgency.PAGE.value and name not in notice.deliveries


def _is_news(notice: Notice, name: str, watched_ns: int) -> bool:
    """Whether a receiver has not heard that it stands, or that it is over."""
    delivery = notice.deliveries.get(name)
    if delivery is None:
        return True
    return not notice.stands and delivery.resolved_ns is None and _has_shown(delivery, watched_ns)


def _has_shown(delivery: Delivery, watched_ns: int) -> bool:
    return watched_ns - delivery.fired_ns >= SHOWN_NS


def _has_faded(notice: Notice, name: str, watched_ns: int) -> bool:
    delivery = notice.deliveries.get(name)
    return delivery is not None and delivery.resolved_ns is not None and watched_ns - delivery.resolved_ns >= FADES_NS


def _as_told(notice: Notice, name: str, watched_ns: int) -> Notice:
    """A notice as this receiver should hear of it: one that is over stands until it was told for a while."""
    delivery = notice.deliveries.get(name)
    stands = notice.stands or delivery is None or not _has_shown(delivery, watched_ns)
    return Notice(
        key=notice.key,
        labels=notice.labels,
        annotations=notice.annotations,
        starts_ns=notice.starts_ns,
        stands=stands,
    )
