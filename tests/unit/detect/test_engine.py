"""Observations in, findings out: families, what is reported, limits, order."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from monitor.detect import engine as engines
from monitor.detect.engine import Engine
from monitor.detect.rule import RuleSet
from monitor.model.data import DataClass, Level
from monitor.model.finding import Finding, Observation
from monitor.model.stats import Stats
from monitor.privacy.subjects import DAY_NS, SubjectCounter
from tests.unit.detect.samples import (
    MIDNIGHT_NS,
    Cut,
    Said,
    Telling,
    end,
    exposed,
    exposing,
    flow,
    load,
    rule,
    said,
    seen,
)


@pytest.fixture
def rules(tmp_path: Path) -> RuleSet:
    """A family of three levels, and one of its own for staff."""
    return load(
        tmp_path / "rules",
        pin=rule(1, level="critical", detection=exposing("credential")),
        who=rule(2, level="high", detection=exposing("name", "patron_identifier")),
        loans=rule(3, level="medium", detection=exposing("circulation")),
        staff=rule(4, family="talk-staff", detection=exposing("staff_credential"), reports=["staff_credential"]),
    )


@pytest.fixture
def stats() -> Stats:
    """Figures of this run."""
    return Stats()


@pytest.fixture
def engine(rules: RuleSet, stats: Stats) -> Engine:
    """An engine with these rules."""
    return Engine(rules, SubjectCounter(), stats)


def told(found: list[Finding]) -> dict[str, tuple[int, dict[str, int]]]:
    """Count and fields by rule."""
    return {one.rule: (one.count, dict(one.fields)) for one in found}


def test_worst_rule_of_a_family_wins(engine: Engine) -> None:
    """A message counts once in a family, with everything it exposed."""
    engine.observe(seen(said(AA="patron_identifier", AD="credential", AB="circulation")))
    engine.observe(seen(said(AA="patron_identifier", AB="circulation")))
    engine.observe(seen(said(AB="circulation")))
    expected = {"pin": (1, {"AA": 1, "AB": 1, "AD": 1}), "who": (1, {"AA": 1, "AB": 1}), "loans": (1, {"AB": 1})}
    assert expected == told(engine.finish())


def test_two_families(engine: Engine) -> None:
    """A message may count in each of two families; each shows what is its own."""
    engine.observe(seen(said(AA="patron_identifier", AC="staff_credential", AD="credential")))
    assert {"pin": (1, {"AA": 1, "AD": 1}), "staff": (1, {"AC": 1})} == told(engine.finish())


def test_staff_only(engine: Engine) -> None:
    """A login without a patron is no finding about patrons."""
    engine.observe(seen(said(CN="staff_credential", CO="staff_credential")))
    found = engine.finish()
    assert {"staff": (1, {"CN": 1, "CO": 1})} == told(found)
    assert found[0].data_classes == (DataClass.STAFF_CREDENTIAL,)


def test_nothing_exposed(engine: Engine) -> None:
    """A message that exposes nothing is no finding."""
    engine.observe(seen(said()))
    engine.observe(seen(said(X="search")))
    assert engine.finish() == []


def test_unknown_event(engine: Engine) -> None:
    """An event that no rule looks at is passed over."""
    engine.observe(seen(object()))
    assert engine.finish() == []


def test_pieces_count_too(engine: Engine) -> None:
    """What a cut message exposed was exposed."""
    engine.observe(seen(Cut(exposed=exposed(AD="credential"))))
    assert {"pin": (1, {"AD": 1})} == told(engine.finish())


def test_every_occurrence_counts(engine: Engine) -> None:
    """A field that repeats counts each time; the message counts once."""
    engine.observe(seen(said(AU="circulation circulation circulation")))
    assert {"loans": (1, {"AU": 3})} == told(engine.finish())


def test_one_finding_for_thirty_kiosks(engine: Engine) -> None:
    """Many clients of one service are one finding, each port of a server another."""
    for kiosk in range(30):
        view = flow(end(f"10.30.0.{kiosk}", 50_000 + kiosk))
        engine.observe(seen(said(AD="credential"), view, serial=kiosk + 1))
    engine.observe(seen(said(AD="credential"), flow(responder=end("10.1.0.10", 6002)), serial=31))
    assert [(6001, 30, 30), (6002, 1, 1)] == [(one.about.port, one.count, one.peers_total) for one in engine.finish()]


def test_patrons(engine: Engine) -> None:
    """Patrons are counted once a day in each finding that reports them."""
    for at_ns in (MIDNIGHT_NS, MIDNIGHT_NS + 1, MIDNIGHT_NS + DAY_NS):
        for patron in ("21234000000017", "21234000000025"):
            engine.observe(seen(said(patron, AA="patron_identifier", AC="staff_credential"), at_ns=at_ns))
    assert {"who": (6, 4), "staff": (6, 0)} == {one.rule: (one.count, one.subjects) for one in engine.finish()}


def test_patrons_of_each_finding(engine: Engine) -> None:
    """One patron in two findings counts in both."""
    engine.observe(seen(said("21234000000017", AA="patron_identifier")))
    engine.observe(seen(said("21234000000017", AA="patron_identifier", AD="credential")))
    assert {"who": 1, "pin": 1} == {one.rule: one.subjects for one in engine.finish()}


def test_tick_tells_what_changed(engine: Engine) -> None:
    """A finding is told when it is new and when it changes, and not otherwise."""
    engine.observe(seen(said(AD="credential")))
    engine.observe(seen(said(AB="circulation")))
    assert {"pin": (1, {"AD": 1}), "loans": (1, {"AB": 1})} == told(engine.tick(1))
    assert engine.tick(2) == []
    engine.observe(seen(said(AB="circulation")))
    assert {"loans": (2, {"AB": 2})} == told(engine.tick(3))
    assert {"pin": (1, {"AD": 1}), "loans": (2, {"AB": 2})} == told(engine.finish())


def test_order(engine: Engine) -> None:
    """Worst level first, then the larger count, then rule and place."""
    for port, count in ((6003, 1), (6002, 1), (6001, 2)):
        for _ in range(count):
            engine.observe(seen(said(AB="circulation"), flow(responder=end("10.1.0.10", port)), serial=port))
    engine.observe(seen(said(AD="credential")))
    expected = [(Level.CRITICAL, 6001), (Level.MEDIUM, 6001), (Level.MEDIUM, 6002), (Level.MEDIUM, 6003)]
    assert expected == [(one.level, one.about.port) for one in engine.finish()]


def observations() -> list[Observation]:
    """A few hundred messages of several kiosks and servers."""
    dice = random.Random(1)
    words = [kind.value for kind in DataClass]
    return [
        seen(
            said(str(dice.randrange(40)), **{f"F{n}": dice.choice(words) for n in range(dice.randrange(4))}),
            flow(end(f"10.30.0.{kiosk}"), end(f"10.1.0.{kiosk % 3}", 6001)),
            serial=kiosk + 1,
            at_ns=MIDNIGHT_NS + number,
            frame=number + 1,
            vlan=kiosk % 4,
        )
        for number in range(400)
        for kiosk in [dice.randrange(12)]
    ]


def test_same_answer_live_and_offline(rules: RuleSet) -> None:
    """Asking in between changes nothing in the end, and what was told last is what is true."""
    live, offline = Engine(rules, SubjectCounter(), Stats()), Engine(rules, SubjectCounter(), Stats())
    latest: dict[str, Finding] = {}
    for number, observation in enumerate(observations()):
        live.observe(observation)
        offline.observe(observation)
        if number % 7 == 0:
            latest.update((one.id, one) for one in live.tick(number))
    latest.update((one.id, one) for one in live.tick(400))
    expected = offline.finish()
    assert len(expected) > 3
    assert expected == live.finish()
    assert {one.id: one for one in expected} == latest


def test_findings_are_bounded(engine: Engine, stats: Stats, monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond the limit known findings go on, and what is lost is counted."""
    monkeypatch.setattr(engines, "MAX_FINDINGS", 2)
    for port in (1, 2, 3, 3, 1):
        engine.observe(seen(said(AB="circulation"), flow(responder=end("10.1.0.10", port)), serial=port))
    assert [(1, 2), (2, 1)] == [(one.about.port, one.count) for one in engine.finish()]
    assert stats.limits == {"detect.findings": 2}


def test_findings_of_flows_are_bounded(tmp_path: Path, stats: Stats, monkeypatch: pytest.MonkeyPatch) -> None:
    """A flow that has no room to move up stays where it counts."""
    rules = load(
        tmp_path / "more",
        worst=rule(1, level="critical", counts="flows", detection=exposing("credential")),
        least=rule(2, level="low", counts="flows", detection=exposing("video")),
    )
    monkeypatch.setattr(engines, "MAX_FINDINGS", 1)
    engine = Engine(rules, SubjectCounter(), stats)
    for event in (said(V="video"), said(P="credential")):
        engine.observe(seen(event))
    engine.observe(seen(said(P="credential"), serial=2))
    assert {"least": (1, {"V": 1, "P": 1})} == told(engine.finish())
    assert stats.limits == {"detect.findings": 2}


def test_peers_are_bounded(engine: Engine, stats: Stats, monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond the limit messages still count, their senders are not told apart."""
    monkeypatch.setattr(engines, "MAX_ALL_PEERS", 2)
    event = said(AB="circulation")
    views = {kiosk: flow(end(f"10.30.0.{kiosk}")) for kiosk in range(1, 5)}
    tell = Telling(engine)
    for kiosk in (1, 2, 3, 4, 4, 1):
        tell(seen(event, views[kiosk], serial=kiosk))
    found = engine.finish()[0]
    assert (found.count, found.peers_total) == (6, 2)
    assert [("10.30.0.1", 2), ("10.30.0.2", 1)] == [(peer.address, peer.count) for peer in found.peers]
    assert stats.limits == {"detect.peers": 2}


def test_seats_are_bounded(rules: RuleSet, stats: Stats, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a rule counts what comes in a flow may be forgotten: it is found again."""
    events = (said(P="credential"), said(N="name"), said(AB="circulation"))
    views = [flow(end(f"10.30.0.{kiosk}")) for kiosk in range(1, 4)]
    found = []
    for bound in (1, 16_384):
        monkeypatch.setattr(engines, "MAX_SEATS", bound)
        engine = Engine(rules, SubjectCounter(), stats)
        tell = Telling(engine)
        for serial, (event, view) in enumerate([(event, view) for event in events for view in views] * 2):
            tell(seen(event, view, serial=serial))
        found.append(engine.finish())
    assert [(6, 3)] * 3 == [(one.count, one.peers_total) for one in found[0]]
    assert found[0] == found[1]


def test_no_rules(stats: Stats) -> None:
    """An engine without rules finds nothing."""
    engine = Engine(RuleSet(()), SubjectCounter(), stats)
    engine.observe(seen(said(AD="credential")))
    assert engine.finish() == []


def test_rule_texts_reach_the_finding(tmp_path: Path, stats: Stats) -> None:
    """What the author wrote for people is in the finding."""
    content = rule(references=["https://www.example.org/a"], checklist=["Encrypt."], remediation="Do this.\n")
    engine = Engine(load(tmp_path / "more", one=content), SubjectCounter(), stats)
    engine.observe(seen(said(N="name")))
    found = engine.finish()[0]
    assert found.title == content["title"]
    assert found.family == "talk-data"
    assert found.remediation == "Do this."
    assert (found.references, found.checklist) == (("https://www.example.org/a",), ("Encrypt.",))


def test_only_events_of_rules_are_judged(engine: Engine) -> None:
    """What no rule looks at need not be observed."""
    assert {Said, Cut} == engine.judged
    assert frozenset() == Engine(RuleSet(()), SubjectCounter(), Stats()).judged
