"""Keeps account of who has to hear of what: judges findings, begins and ends notices, writes digests.

Rules: everything is worked out from the ledger and the present findings; nothing here waits for anybody. Time is
watched time (`monitor.sinks.store.progress`), so a clock that is set ends no first look; digests alone go by the clock.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from functools import partial

from monitor.config.settings import AlertSettings, Urgency
from monitor.model.finding import Finding
from monitor.model.record import replace
from monitor.sinks.alerts.digest import FIRST_LOOK, News, compose_digest, item_of
from monitor.sinks.alerts.ledger import MAX_MESSAGES, MAX_NOTICES, MAX_TOLD, UNKNOWN, Ledger, Telling
from monitor.sinks.alerts.notice import Labels, Notice, Sender, describe_page, write_message
from monitor.sinks.alerts.policy import Case, Told, Verdict, digest_day, is_quiet, judge, urgency
from monitor.sinks.alerts.subject import BLIND, Subject, item_of_sensor, page_of_sensor
from monitor.sinks.store.life import DAY_NS, Life

HOUR_NS = 3_600 * 10**9
DIGEST_STANDS_NS = HOUR_NS
"""How long Alertmanager holds a digest: an event, which it has to notice and to send on."""
SETTLES_NS = 120 * 10**9
"""What was seen within it is not over, though the database of findings may not have heard of it yet."""
MISSED_NS = DAY_NS
"""A finding that the database of findings does not know, and that was not seen for so long, is over."""
_OVER = frozenset({Told.ENDED, Told.NOTHING})
_STANDS = frozenset({Told.PAGE, Told.TICKET})


class Book:
    """Judgement over a ledger."""

    def __init__(self, ledger: Ledger, settings: AlertSettings, sender: Sender, outlets: Sequence[str]) -> None:
        """`outlets` are the names of those that are sent messages, rather than alerts."""
        self.ledger = ledger
        self.limits: Counter[str] = Counter()
        """What limits have cost."""
        self._settings = settings
        self._sender = sender
        self._outlets: tuple[str, ...] = ()
        self._latest: dict[str, Finding] = {}
        """Of this run; as many as the rule engine makes, which bounds their number."""
        self._waiting: set[str] = set()
        """Ids of those that were told since they were judged last."""
        self._lives: Mapping[str, Life] = {}
        for record in ledger.told.values():
            record.seen_ns = ledger.progress.watched_ns  # what was seen of it just before the end is not on disk
        self.renew(settings, sender, outlets)

    def renew(self, settings: AlertSettings, sender: Sender, outlets: Sequence[str]) -> None:
        """The operator decides otherwise: from now on, and about everything that stands."""
        self._settings, self._sender, self._outlets = settings, sender, tuple(outlets)
        self._waiting.update(self._latest)
        for number, message in list(self.ledger.messages.items()):
            if message.outlet not in self._outlets:
                del self.ledger.messages[number]
                self.ledger.mark("message", number)

    @property
    def is_first_look(self) -> bool:
        """Whether the sensor is new here."""
        progress = self.ledger.progress
        return not progress.digest_day and progress.watched_ns < self._settings.first_look_hours * HOUR_NS

    def receive(self, finding: Finding) -> None:
        """Take a finding or its new state."""
        ident = str(finding.id)
        before = self._latest.get(ident)
        if before is not None and (before.count, before.last_seen_ns) == (finding.count, finding.last_seen_ns):
            return  # all findings come once more at the end
        self._latest[ident] = finding
        record = self.ledger.told.get(ident)
        if record is not None:
            record.seen_ns = self.ledger.progress.watched_ns
        self._waiting.add(ident)

    def judge(self) -> None:
        """Decide about everything that was received."""
        for ident in self._waiting:
            finding = self._latest[ident]
            if finding.count:
                self._judge(finding)
            elif ident in self.ledger.told:
                self._withdraw(self.ledger.told[ident])
        self._waiting.clear()

    def follow(self, lives: Mapping[str, Life]) -> None:
        """Take what became of findings meanwhile: resolved, or settled by somebody, or open again."""
        self._lives = lives
        now_ns = self.ledger.progress.watched_ns
        for ident, record in self.ledger.told.items():
            if record.told in _OVER:
                continue
            life, unseen_ns = lives.get(ident), now_ns - record.seen_ns
            is_over = unseen_ns >= (SETTLES_NS if life else MISSED_NS) and not (life and life.stands)
            if is_over:
                self._end(record)
            elif ident in self._latest:
                if self._is_settled(ident) is not (record.told is Told.SILENCE):
                    self._waiting.add(ident)
            elif self._is_settled(ident) and record.told is not Told.SILENCE:
                self._silence(record)

    def refresh(self) -> None:
        """Bring what alerts say of findings up to date."""
        for key, notice in self.ledger.notices.items():
            finding = self._latest.get(key)
            if finding is not None and finding.count and notice.stands:
                notice.annotations = describe_page(finding, self._sender)[1]

    @property
    def blindness(self) -> str:
        """Why the sensor does not see what it should, as people know it; empty where they know of nothing."""
        record = self.ledger.told.get(BLIND)
        return record.item.text if record and record.item and record.told in _STANDS else ""

    def watch_sensor(self, reason: str, at_ns: int) -> None:
        """Begin or end the alert that the sensor does not see what it should."""
        record = self.ledger.told.get(BLIND)
        if reason:
            self._decide(
                Subject(
                    ident=BLIND,
                    wanted=urgency(BLIND, "", self._settings.policy, pages=True),
                    page=partial(page_of_sensor, reason, self._sender),
                    item=partial(item_of_sensor, reason),
                    first_ns=at_ns,
                    last_ns=at_ns,
                    is_sensor=True,
                )
            )
        elif record is not None and record.told not in _OVER:
            self._end(record)

    def pass_time(self, watched_ns: int, at_ns: int) -> None:
        """Let `watched_ns` of watched time pass, until trace time `at_ns`: notices end, digests fall due."""
        progress = self.ledger.progress
        progress.watched_ns += watched_ns
        for key, notice in list(self.ledger.notices.items()):
            if notice.until_ns is not None and notice.until_ns <= progress.watched_ns:
                self._end_notice(key)
        day = digest_day(self._settings.digest_at, at_ns)
        is_set_back = progress.digest_day > digest_day(self._settings.digest_at, at_ns + DAY_NS)
        if progress.digest_day == UNKNOWN or is_set_back:  # by more than a day: what the clock said was wrong
            progress.digest_day = day
        if not self.is_first_look and day > progress.digest_day and not is_quiet(self._settings.quiet, at_ns):
            is_first = not progress.digest_day and self._settings.first_look_hours
            self._write_digest(FIRST_LOOK if is_first else day, at_ns)
            progress.digest_day = day

    def forget(self) -> None:
        """Remove what nobody needs any more, and what there is no room for."""
        now_ns, told = self.ledger.progress.watched_ns, self.ledger.told
        keep_ns = self._settings.reopen_days * DAY_NS
        for ident, record in list(told.items()):
            if record.ended_ns is not None and not record.is_news and now_ns - record.ended_ns >= keep_ns:
                del told[ident]
                self.ledger.mark("told", ident)

    def _judge(self, finding: Finding) -> None:
        self._decide(
            Subject(
                ident=str(finding.id),
                wanted=urgency(finding.rule, finding.about.zone, self._settings.policy, pages=finding.pages),
                page=partial(describe_page, finding, self._sender),
                item=partial(item_of, finding),
                first_ns=finding.first_seen_ns,
                last_ns=finding.last_seen_ns,
            )
        )

    def _decide(self, subject: Subject) -> None:
        ident, is_urgent = subject.ident, subject.wanted is Urgency.PAGE
        record = self.ledger.told.get(ident) or Telling(id=ident)
        now_ns = record.seen_ns = self.ledger.progress.watched_ns
        is_recent = record.ended_ns is None or now_ns - record.ended_ns < self._settings.reopen_days * DAY_NS
        was_urgent = record.was_urgent and is_recent
        verdict = judge(
            Case(
                told=record.told,
                is_urgent=is_urgent,
                was_urgent=was_urgent and not subject.is_sensor,
                is_settled=subject.wanted is Urgency.NEVER or self._is_settled(ident),
                is_first_look=self.is_first_look and not subject.is_sensor,
            )
        )
        if verdict is Verdict.PAGE and len(self.ledger.notices) >= MAX_NOTICES and not subject.is_sensor:
            self.limits["alerts.notices"] += 1
            verdict = Verdict.TICKET
        if verdict is Verdict.NOTHING or (verdict is Verdict.SILENCE and record.told is Told.SILENCE):
            return
        if ident not in self.ledger.told and not self._has_room() and not subject.is_sensor:
            return
        self.ledger.told[ident] = record
        if verdict is Verdict.SILENCE:
            self._silence(record)
            return
        is_back = record.told is Told.ENDED
        record.item = subject.item(News.BACK if is_back else News.NEW, is_urgent=is_urgent)
        record.is_news = verdict is Verdict.TICKET
        if verdict is Verdict.PAGE:
            self._begin_notice(ident, *subject.page(), subject.last_ns if is_back else subject.first_ns)
            record.told = Told.PAGE
        else:
            self._end_notice(ident)
            record.told = Told.TICKET
        record.was_urgent, record.ended_ns = is_urgent or was_urgent, None
        self.ledger.mark("told", ident)

    def _is_settled(self, ident: str) -> bool:
        """Whether somebody has acknowledged it, or made an exception that holds."""
        life = self._lives.get(ident)
        return life is not None and life.decision is not None

    def _has_room(self) -> bool:
        told = self.ledger.told
        if len(told) < MAX_TOLD:
            return True
        self.limits["alerts.told"] += 1
        oldest = min(
            (one for one in told.values() if one.told is Told.ENDED), key=lambda one: one.seen_ns, default=None
        )
        if oldest is None:
            return False
        del told[oldest.id]
        self.ledger.mark("told", oldest.id)
        return True

    def _silence(self, record: Telling) -> None:
        self._end_notice(record.id)
        record.told, record.is_news = Told.SILENCE, False
        self.ledger.mark("told", record.id)

    def _end(self, record: Telling) -> None:
        """It is over; the next digest says so, unless nobody was to hear of it."""
        self._end_notice(record.id)
        finding = self._latest.get(record.id)
        if record.told in _STANDS and record.item is not None:
            item = item_of(finding, News.OVER, is_urgent=False) if finding else record.item
            record.item, record.is_news = replace(item, news=News.OVER, is_urgent=False), True
        record.told, record.ended_ns = Told.ENDED, self.ledger.progress.watched_ns
        self.ledger.mark("told", record.id)

    def _withdraw(self, record: Telling) -> None:
        """All of it counts in a worse finding, of which people hear."""
        if record.told not in _OVER:
            self._end_notice(record.id)
            record.told, record.is_news, record.ended_ns = Told.ENDED, False, self.ledger.progress.watched_ns
            self.ledger.mark("told", record.id)

    def _write_digest(self, title: str, at_ns: int) -> None:
        items = []
        for record in self.ledger.told.values():
            if record.item is None or not record.is_news:
                continue
            finding = self._latest.get(record.id)
            if finding is not None and finding.count and record.told is Told.TICKET:
                record.item = item_of(finding, record.item.news, is_urgent=record.item.is_urgent)
            items.append(record.item)
            record.is_news = False
            self.ledger.mark("told", record.id)
        if items:
            standing = sum(one.told in _STANDS and one.id != BLIND for one in self.ledger.told.values())
            labels, annotations = compose_digest(items, standing, title, self._sender)
            until_ns = self.ledger.progress.watched_ns + DIGEST_STANDS_NS
            self._begin_notice(f"digest {title}", labels, annotations, at_ns, until_ns=until_ns)

    def _begin_notice(
        self, key: str, labels: Labels, annotations: Labels, starts_ns: int, *, until_ns: int | None = None
    ) -> None:
        """Alertmanagers hear of it as long as it stands, all others once."""
        self.ledger.notices[key] = Notice(
            key=key, labels=labels, annotations=annotations, starts_ns=starts_ns, until_ns=until_ns
        )
        self.ledger.mark("notice", key)
        is_urgent = labels["severity"] == Urgency.PAGE.value
        for outlet in self._outlets:
            number = self.ledger.progress.next_message
            self.ledger.progress.next_message += 1
            self.ledger.messages[number] = write_message(outlet, labels, annotations, is_urgent=is_urgent)
            self.ledger.mark("message", number)
        while len(self.ledger.messages) > MAX_MESSAGES:
            oldest = min(self.ledger.messages, key=lambda number: (self.ledger.messages[number].is_urgent, number))
            del self.ledger.messages[oldest]
            self.ledger.mark("message", oldest)
            self.limits["alerts.messages"] += 1

    def _end_notice(self, key: str) -> None:
        notice = self.ledger.notices.get(key)
        if notice is not None and notice.stands:
            notice.stands = False
            self.ledger.mark("notice", key)
