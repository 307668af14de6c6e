"""What becomes of findings over weeks: pages, tickets, digests, and what people decide meanwhile."""

from __future__ import annotations

from dataclasses import replace

import pytest

from monitor.config.settings import AlertPolicy, Quiet, Urgency
from monitor.model.opaque import Label
from monitor.sinks.alerts.digest import FIRST_LOOK, News
from monitor.sinks.alerts.ledger import MAX_MESSAGES, MAX_NOTICES, UNKNOWN
from monitor.sinks.alerts.policy import Told
from monitor.sinks.store.life import Decision, Life, State
from tests.unit.sinks.alerts.telling import DAY_NS, KNOWN, MINUTE_NS, URGENT, Desk, Pad, again, number
from tests.unit.sinks.samples import CAMERA, HEARTBEAT, PIN

HOUR_NS = 60 * MINUTE_NS
IDENT = str(URGENT.id)


def life(state: State, decision: Decision | None = None) -> Life:
    """What the database of findings says."""
    return Life(state=state, since_ns=0, seen_ns=0, decision=decision)


def resolve(desk: Desk, ident: str = IDENT) -> None:
    """The finding was silent for long enough."""
    desk.wait(10 * MINUTE_NS)
    desk.book.follow({ident: life(State.RESOLVED)})


def digests(desk: Desk) -> list[str]:
    """Keys of the digests that stand or fade."""
    return [key for key in desk.ledger.notices if key.startswith("digest")]


def test_a_page() -> None:
    """What its rule calls urgent is told at once; that it goes on is not told again."""
    desk = Desk()
    desk.tell(URGENT)
    assert [IDENT] == desk.standing
    first = desk.ledger.notices[IDENT]
    desk.tell(again(URGENT, desk.at_ns))
    assert first is desk.ledger.notices[IDENT]
    assert "page" == first.labels["severity"]


def test_a_ticket_waits_for_the_digest() -> None:
    """Noon comes, and one digest; the next noon brings no news and no digest."""
    desk = Desk()
    desk.tell(PIN, CAMERA)
    assert [] == desk.standing
    desk.wait(3 * HOUR_NS)
    assert ["digest 2026-05-08"] == digests(desk)
    text = desk.ledger.notices["digest 2026-05-08"].annotations
    assert "Daily digest of 2026-05-08: 2 new" == text["summary"]
    assert str(PIN.id) in text["description"]
    assert str(CAMERA.id) in text["description"]
    desk.wait(DAY_NS)
    assert [] == digests(desk)


def test_a_digest_ends_by_itself() -> None:
    """It is an event: an hour later it does not stand any more."""
    desk = Desk(pads=[Pad()])
    desk.tell(PIN)
    desk.wait(3 * HOUR_NS)
    assert ["digest 2026-05-08"] == desk.standing
    desk.wait(HOUR_NS)
    assert [] == desk.standing


def test_the_first_look() -> None:
    """Nothing pages for a day, then one digest says everything, and what is urgent; that pages no more either."""
    desk = Desk(replace(KNOWN, first_look_hours=24))
    desk.tell(URGENT, CAMERA)
    desk.wait(23 * HOUR_NS)
    assert [] == list(desk.ledger.notices)
    desk.tell(number(HEARTBEAT, 1))
    desk.wait(HOUR_NS)
    assert [f"digest {FIRST_LOOK}"] == desk.standing
    text = desk.ledger.notices[f"digest {FIRST_LOOK}"].annotations["description"]
    assert 3 == text.count("- [")
    assert "[critical, URGENT]" in text
    desk.tell(again(URGENT, desk.at_ns), number(URGENT, 2))
    assert [f"{2:010x}", f"digest {FIRST_LOOK}"] == desk.standing


def test_a_ticket_that_grows_worse() -> None:
    """Its traffic begins to cross the internet: that is news, in the first look's tickets, too."""
    desk = Desk()
    desk.tell(PIN)
    desk.tell(replace(again(PIN, desk.at_ns), pages=True))
    assert [IDENT] == desk.standing
    desk.wait(3 * HOUR_NS)
    assert [] == digests(desk)


def test_it_is_over() -> None:
    """The alert ends, and the next digest says so."""
    desk = Desk()
    desk.tell(URGENT)
    resolve(desk)
    assert [] == desk.standing
    assert Told.ENDED is desk.ledger.told[IDENT].told
    desk.wait(3 * HOUR_NS)
    (digest,) = digests(desk)
    assert "Daily digest of 2026-05-08: 1 over" == desk.ledger.notices[digest].annotations["summary"]


def test_what_was_just_seen_is_not_over() -> None:
    """The database of findings hears of it a few seconds later."""
    desk = Desk()
    desk.tell(URGENT)
    desk.book.follow({IDENT: life(State.RESOLVED)})
    assert [IDENT] == desk.standing


@pytest.mark.parametrize(("days", "expected"), [(29, []), (31, [IDENT])])
def test_it_is_back(days: int, expected: list[str]) -> None:
    """Within 30 days it is a ticket, later it is news again."""
    desk = Desk()
    desk.tell(URGENT)
    resolve(desk)
    desk.wait(days * DAY_NS, step_ns=HOUR_NS)
    desk.book.forget()
    desk.book.follow({})
    desk.tell(again(URGENT, desk.at_ns))
    assert expected == [key for key in desk.standing if not key.startswith("digest")]
    if not expected:
        item = desk.ledger.told[IDENT].item
        assert item is not None
        assert News.BACK is item.news


def test_a_ticket_that_is_back() -> None:
    """The digest calls it so."""
    desk = Desk()
    desk.tell(PIN)
    desk.wait(3 * HOUR_NS)
    resolve(desk)
    desk.wait(DAY_NS)
    desk.book.follow({})
    desk.tell(again(PIN, desk.at_ns))
    desk.wait(DAY_NS)
    summaries = [one.annotations["summary"] for one in desk.ledger.notices.values()]
    assert ["Daily digest of 2026-05-10: 1 back again"] == summaries


@pytest.mark.parametrize(
    "known",
    [
        life(State.ACKNOWLEDGED, Decision(owner="J. Doe", reason="ticket")),
        life(State.EXCEPTED, Decision(owner="J", reason="r", until="2027")),
    ],
)
def test_what_is_settled_never_pages(known: Life) -> None:
    """Neither as a page nor in a digest; and what fires already, ends."""
    desk = Desk()
    desk.book.follow({IDENT: known})
    desk.tell(URGENT)
    desk.wait(4 * HOUR_NS)
    assert [] == list(desk.ledger.notices)

    other = Desk()
    other.tell(URGENT)
    other.book.follow({IDENT: known})
    other.book.judge()
    assert [] == other.standing


def test_settled_before_it_was_seen_again() -> None:
    """A run that has not seen the finding yet ends its alert, too."""
    desk = Desk()
    desk.tell(URGENT)
    desk.book = type(desk.book)(desk.ledger, KNOWN, desk.book._sender, [])
    desk.book.follow({IDENT: life(State.ACKNOWLEDGED, Decision(owner="J. Doe", reason="ticket"))})
    assert [] == desk.standing


def test_an_exception_that_holds_through_silence() -> None:
    """What was resolved under an exception and is back is still nobody's news."""
    desk = Desk()
    desk.book.follow({IDENT: life(State.RESOLVED, Decision(owner="J. Doe", reason="old printer", until="2027-01-01"))})
    desk.tell(URGENT)
    assert [] == desk.standing


def test_an_exception_is_over() -> None:
    """Then the finding is news, if it was none before."""
    desk = Desk()
    desk.book.follow({IDENT: life(State.EXCEPTED, Decision(owner="J. Doe", reason="old printer", until="2026-05-08"))})
    desk.tell(URGENT)
    desk.book.follow({IDENT: life(State.OPEN)})
    desk.book.judge()
    assert [IDENT] == desk.standing


def test_a_withdrawn_finding() -> None:
    """All of it counts in a worse one: nobody has to hear of it."""
    desk = Desk()
    desk.tell(URGENT, CAMERA)
    desk.tell(replace(URGENT, count=0), replace(CAMERA, count=0))
    assert [] == desk.standing
    desk.wait(4 * HOUR_NS)
    assert [] == digests(desk)


def test_all_findings_once_more_at_the_end() -> None:
    """What ended meanwhile is not back because a run that ends tells everything once more."""
    desk = Desk()
    desk.tell(URGENT)
    resolve(desk)
    desk.tell(URGENT)
    assert [] == desk.standing
    assert Told.ENDED is desk.ledger.told[IDENT].told


def test_nobody_knows_it() -> None:
    """A finding that the database has forgotten is over a day after it was seen, and not earlier."""
    desk = Desk()
    desk.tell(URGENT)
    desk.wait(23 * HOUR_NS)
    desk.book.follow({})
    assert [IDENT] == [key for key in desk.standing if key == IDENT]
    desk.wait(HOUR_NS)
    desk.book.follow({})
    assert [] == desk.standing


def test_quiet_hours() -> None:
    """A page breaks them, a digest waits until they are over."""
    desk = Desk(replace(KNOWN, quiet=Quiet(8 * 60, 15 * 60)))
    desk.tell(URGENT, CAMERA)
    assert [IDENT] == desk.standing
    desk.wait(5 * HOUR_NS)
    assert [] == digests(desk)
    desk.wait(HOUR_NS + MINUTE_NS)
    assert ["digest 2026-05-08"] == digests(desk)


def test_the_operator_decides() -> None:
    """A page less, a page more, and something nobody is told."""
    policy = (
        AlertPolicy(rule=URGENT.rule, zone=URGENT.about.zone, alert=Urgency.TICKET),
        AlertPolicy(rule=CAMERA.rule, zone=Label(""), alert=Urgency.PAGE),
        AlertPolicy(rule=HEARTBEAT.rule, zone=Label(""), alert=Urgency.NEVER),
    )
    desk = Desk(replace(KNOWN, policy=policy))
    desk.tell(URGENT, CAMERA, HEARTBEAT)
    assert [str(CAMERA.id)] == desk.standing
    desk.wait(3 * HOUR_NS)
    (digest,) = digests(desk)
    assert "1 new" in desk.ledger.notices[digest].annotations["summary"]


def test_the_operator_decides_later() -> None:
    """An alert that fires ends when its rule has become a ticket meanwhile, and stands in the digest."""
    desk = Desk()
    desk.tell(URGENT)
    policy = (AlertPolicy(rule="*", zone=Label(""), alert=Urgency.TICKET),)
    later = Desk(replace(KNOWN, policy=policy))
    later.ledger.told, later.ledger.notices = desk.ledger.told, desk.ledger.notices
    later.tell(URGENT)
    assert [] == later.standing
    assert Told.TICKET is later.ledger.told[IDENT].told


def test_a_blind_sensor() -> None:
    """It pages once, in the first look, too, and ends when it sees again."""
    desk = Desk(replace(KNOWN, first_look_hours=24))
    for reason in ("No packet has come for 10 minutes.", "No packet has come for 11 minutes."):
        desk.book.watch_sensor(reason, desk.at_ns)
        assert ["sensor-blind"] == desk.standing
    labels = desk.ledger.notices["sensor-blind"].labels
    assert ("SensorBlind", "page") == (labels["alertname"], labels["severity"])
    desk.book.watch_sensor("", desk.at_ns)
    assert [] == desk.standing


def test_a_sensor_that_is_blind_again() -> None:
    """That is no old story: it pages each time; the next digest says that it is over."""
    desk = Desk()
    for _ in range(2):
        desk.book.watch_sensor("No packet has come for 10 minutes.", desk.at_ns)
        assert ["sensor-blind"] == desk.standing
        desk.book.watch_sensor("", desk.at_ns)
        desk.wait(MINUTE_NS)
    desk.wait(3 * HOUR_NS)
    (digest,) = digests(desk)
    text = desk.ledger.notices[digest].annotations
    assert "Daily digest of 2026-05-08: 1 over" == text["summary"]
    line = "- [high] The sensor does not see what it should. No packet has come for 10 minutes."
    assert ["Over:", line, "", "0 findings stand now."] == text["description"].splitlines()


def test_a_sensor_that_stays_blind() -> None:
    """For days; no database of findings knows of it, and that ends nothing. A digest does not count it as a finding."""
    desk = Desk()
    desk.tell(PIN)
    for _ in range(3 * 24):
        desk.book.watch_sensor("No packet has come for 10 minutes.", desk.at_ns)
        desk.wait(HOUR_NS, step_ns=HOUR_NS)
        desk.book.follow({})
        assert "sensor-blind" in desk.standing
    assert "No packet has come for 10 minutes." == desk.book.blindness
    desk.book.watch_sensor("", desk.at_ns)
    assert "" == desk.book.blindness


@pytest.mark.parametrize(
    ("alert", "told", "summary"),
    [(Urgency.TICKET, Told.TICKET, ["Daily digest of 2026-05-08: 1 new"]), (Urgency.NEVER, Told.SILENCE, [])],
)
def test_a_blind_sensor_by_policy(alert: Urgency, told: Told, summary: list[str]) -> None:
    """It can be named like a rule, and waits for the digest like one."""
    desk = Desk(replace(KNOWN, policy=(AlertPolicy(rule="sensor-*", zone=Label(""), alert=alert),)))
    for _ in range(2):
        desk.book.watch_sensor("No packet has come for 10 minutes.", desk.at_ns)
        assert [] == desk.standing
        assert told is desk.ledger.told["sensor-blind"].told
    desk.wait(3 * HOUR_NS)
    assert summary == [one.annotations["summary"] for one in desk.ledger.notices.values()]


def test_it_is_over_after_a_restart() -> None:
    """A later run has never seen the finding, and its digest names it all the same."""
    desk = Desk()
    desk.tell(URGENT, CAMERA)
    later = Desk()
    later.ledger.told, later.ledger.notices = desk.ledger.told, desk.ledger.notices
    resolve(later)
    later.wait(3 * HOUR_NS)
    text = later.ledger.notices["digest 2026-05-08"].annotations
    assert "Daily digest of 2026-05-08: 1 new, 1 over" == text["summary"]
    assert f"Over:\n- [critical] {URGENT.title} (finding {IDENT})" in text["description"]


def test_what_is_said_grows_along() -> None:
    """Annotations follow the finding, labels stay."""
    desk = Desk()
    desk.tell(URGENT)
    before = desk.ledger.notices[IDENT].labels.copy()
    desk.tell(replace(URGENT, count=9_999_999, last_seen_ns=desk.at_ns))
    desk.book.refresh()
    notice = desk.ledger.notices[IDENT]
    assert "9,999,999 messages" in notice.annotations["description"]
    assert before == notice.labels


def test_nobody_remembers() -> None:
    """After damage it is no first look, and no digest is due for that."""
    desk = Desk()
    desk.ledger.progress.digest_day = UNKNOWN
    desk.tell(URGENT)
    assert [IDENT] == desk.standing
    assert "2026-05-07" == desk.ledger.progress.digest_day


def test_a_clock_that_is_set_back() -> None:
    """No second digest for a day that had one; a clock that ran far ahead costs no more than a day of them."""
    desk = Desk()
    desk.tell(CAMERA)
    desk.wait(3 * HOUR_NS)
    assert "2026-05-08" == desk.ledger.progress.digest_day
    desk.tell(number(CAMERA, 7))
    desk.at_ns -= 4 * HOUR_NS
    desk.wait(HOUR_NS)
    desk.wait(5 * HOUR_NS)
    assert "2026-05-08" == desk.ledger.progress.digest_day
    assert ident_waits(desk, 7)
    desk.at_ns -= 10 * DAY_NS
    desk.wait(HOUR_NS)
    assert ident_waits(desk, 7)
    desk.wait(24 * HOUR_NS)
    assert not ident_waits(desk, 7)


def ident_waits(desk: Desk, ident: int) -> bool:
    """Whether no digest has told of it yet."""
    return desk.ledger.told[f"{ident:010x}"].is_news


def test_too_many_pages() -> None:
    """Beyond the limit a finding waits for the digest, and that is counted."""
    desk = Desk()
    desk.tell(*(number(URGENT, ident) for ident in range(MAX_NOTICES + 3)))
    assert MAX_NOTICES == len(desk.ledger.notices)
    assert {"alerts.notices": 3} == desk.book.limits
    assert 3 == sum(one.is_news for one in desk.ledger.told.values())


def test_too_many_messages() -> None:
    """The oldest that do not page go, and are counted."""
    mail = Pad("mail")
    mail.is_deaf = True
    desk = Desk(mail=[mail])
    desk.tell(PIN)
    desk.wait(3 * HOUR_NS)
    desk.tell(*(number(URGENT, ident) for ident in range(MAX_NOTICES - 1)))
    desk.book.watch_sensor("Blind.", desk.at_ns)
    assert MAX_MESSAGES == len(desk.ledger.messages)
    assert {"alerts.messages": 1} == desk.book.limits
    assert all(one.is_urgent for one in desk.ledger.messages.values())


def test_messages_for_outlets_that_are_gone() -> None:
    """Nobody waits for an outlet that the configuration names no more."""
    desk = Desk(mail=[Pad("old")])
    desk.book.watch_sensor("Blind.", desk.at_ns)
    assert 1 == len(desk.ledger.messages)
    type(desk.book)(desk.ledger, KNOWN, desk.book._sender, ["new"])
    assert {} == desk.ledger.messages
