"""Delivery: again until it was accepted, no faster than need be, and each receiver by itself."""

from __future__ import annotations

from monitor.sinks.alerts.dispatch import FADES_NS, LONGEST_PAUSE_NS, SHOWN_NS
from tests.unit.sinks.alerts.telling import KNOWN, MINUTE_NS, SECOND_NS, URGENT, Desk, Pad, number
from tests.unit.sinks.samples import PIN

IDENT = str(URGENT.id)
HOUR_NS = 60 * MINUTE_NS


def test_it_is_repeated_every_minute() -> None:
    """A receiver that has lost its memory has it again soon; between two minutes it is left alone."""
    pad = Pad()
    desk = Desk(pads=[pad])
    desk.tell(URGENT)
    desk.wait(10 * MINUTE_NS, step_ns=SECOND_NS)
    assert [(IDENT, True)] * 11 == pad.pushed
    assert 1 == desk.figures.delivered


def test_news_does_not_wait_for_the_minute() -> None:
    """A second alert is told when it begins."""
    pad = Pad()
    desk = Desk(pads=[pad])
    desk.tell(URGENT)
    desk.wait(5 * SECOND_NS, step_ns=SECOND_NS)
    desk.tell(number(URGENT, 7))
    assert [(IDENT, True), (f"{7:010x}", True)] == pad.pushed


def test_it_is_over() -> None:
    """That is told once it is so, repeated for a while, and then forgotten."""
    pad = Pad()
    desk = Desk(pads=[pad])
    desk.tell(URGENT)
    desk.wait(SHOWN_NS)
    desk.book._end_notice(IDENT)
    desk.wait(SECOND_NS)
    assert (IDENT, False) == pad.pushed[-1]
    desk.wait(FADES_NS)
    assert {} == desk.ledger.notices
    assert {(IDENT, False)} == set(pad.pushed[-10:])


def test_begun_and_ended_in_an_outage() -> None:
    """Nobody heard of it: so it is told that it stands, for a while, and then that it is over."""
    pad = Pad()
    pad.is_deaf = True
    desk = Desk(pads=[pad])
    desk.tell(URGENT)
    desk.wait(HOUR_NS)
    desk.book._end_notice(IDENT)
    desk.wait(HOUR_NS)
    pad.is_deaf = False
    desk.wait(LONGEST_PAUSE_NS)
    assert [(IDENT, True)] == pad.pushed
    desk.wait(SHOWN_NS)
    assert (IDENT, False) == pad.pushed[-1]
    assert 2 == desk.figures.delivered


def test_a_receiver_that_is_deaf_holds_up_nobody() -> None:
    """The other one has it at once, and this one when it is back; one line says each."""
    deaf, pad = Pad("deaf"), Pad("pad")
    deaf.is_deaf = True
    desk = Desk(pads=[deaf, pad])
    desk.tell(URGENT)
    assert [(IDENT, True)] == pad.pushed
    assert desk.dispatch.is_failing
    desk.wait(10 * MINUTE_NS, step_ns=SECOND_NS)
    assert deaf.asked < 16
    deaf.is_deaf = False
    desk.wait(LONGEST_PAUSE_NS, step_ns=SECOND_NS)
    assert (IDENT, True) in deaf.pushed
    assert not desk.dispatch.is_failing
    expected = [
        "deaf: connection refused: alerts wait; it is tried again until it works",
        "deaf: alerts are delivered again",
    ]
    assert expected == desk.said


def test_messages() -> None:
    """Each is sent once; digests wait for quiet hours to end, pages do not."""
    mail = Pad("mail")
    desk = Desk(KNOWN, mail=[mail])
    desk.is_quiet = True
    desk.tell(PIN, number(URGENT, 7))
    desk.wait(4 * HOUR_NS)
    assert [True] == [one.is_urgent for one in mail.sent]
    desk.is_quiet = False
    desk.wait(4 * HOUR_NS)
    assert [True, False] == [one.is_urgent for one in mail.sent]
    assert {} == desk.ledger.messages


def test_quiet_hours_hold_pushes() -> None:
    """What does not page begins in the morning; what was told before goes on, so that it does not begin twice."""
    early, late = Pad("early"), Pad("late")
    late.is_deaf = True
    desk = Desk(pads=[early, late])
    desk.tell(number(PIN, 7))
    desk.wait(3 * HOUR_NS)  # noon passes, and with it the digest's time
    (digest,) = (key for key in desk.ledger.notices if key.startswith("digest"))
    desk.is_quiet, late.is_deaf = True, False
    desk.tell(URGENT)
    before = len(early.pushed)
    desk.wait(10 * MINUTE_NS)
    assert {IDENT} == {key for key, _ in late.pushed}
    assert digest in {key for key, _ in early.pushed[before:]}
    desk.is_quiet = False
    desk.wait(MINUTE_NS)
    assert (digest, True) in late.pushed


def test_messages_in_an_outage() -> None:
    """They wait, and come in their order."""
    mail = Pad("mail")
    mail.is_deaf = True
    desk = Desk(mail=[mail])
    desk.tell(*(number(URGENT, ident) for ident in range(8)))
    desk.wait(HOUR_NS)
    assert [] == mail.sent
    mail.is_deaf = False
    desk.wait(5 * MINUTE_NS)
    assert 8 == len({one.body for one in mail.sent}) == len(mail.sent)


def test_nobody_to_push_to() -> None:
    """An alert that is over is forgotten at once where nobody listens to alerts."""
    desk = Desk(mail=[Pad("mail")])
    desk.tell(URGENT)
    desk.book._end_notice(IDENT)
    desk.wait(SECOND_NS)
    assert {} == desk.ledger.notices
