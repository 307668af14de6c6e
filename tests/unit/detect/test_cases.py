"""What came up before is counted as if each time were the first."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path

import pytest

from monitor.detect import cases
from monitor.detect.engine import Engine
from monitor.detect.rule import RuleSet
from monitor.model.finding import Finding, Observation
from monitor.model.flow import Side
from monitor.model.stats import Stats
from monitor.privacy.subjects import SubjectCounter
from tests.unit.detect.samples import FLOW, MIDNIGHT_NS, Telling, end, exposing, flow, load, rule, said, seen


@pytest.fixture
def rules(tmp_path: Path) -> RuleSet:
    """A family of events, one of flows, and a rule that asks for the flow."""
    return load(
        tmp_path / "rules",
        who=rule(1, level="high", detection=exposing("name", "patron_identifier")),
        loans=rule(2, level="medium", detection=exposing("circulation")),
        video=rule(3, family="talk-video", counts="flows", detection=exposing("video")),
        camera=rule(
            4,
            family="talk-camera",
            detection={"camera": {"camera": ["originator", "responder"]}, "condition": "camera"},
        ),
    )


def observations(*, alike: bool) -> list[Observation]:
    """A few hundred messages of few shapes; `alike` where what repeats is the same object."""
    dice = random.Random(5)
    views = [flow(end(f"10.30.0.{kiosk}"), end("10.1.0.10", 6001 + kiosk % 2)) for kiosk in range(4)]
    facts = [said(AA="patron_identifier"), said(AB="circulation circulation"), said(V="video"), said()]
    found = []
    for number in range(600):
        kiosk, fact = dice.randrange(4), dice.randrange(4)
        event = facts[fact] if alike else replace(facts[fact])
        at_ns = MIDNIGHT_NS + number // 3
        one = seen(event, views[kiosk], serial=kiosk + 1, at_ns=at_ns, frame=number + 1, vlan=dice.choice((kiosk, -1)))
        found.append(one._replace(capture=number // 200))
    return found


def judged(rules: RuleSet, given: list[Observation], *, tick: int = 1_000) -> tuple[list[Finding], Stats]:
    """What an engine finds, asked in between every so often."""
    stats = Stats()
    engine = Engine(rules, SubjectCounter(), stats)
    tell = Telling(engine)
    for number, observation in enumerate(given):
        tell(observation)
        if number % tick == tick - 1:
            engine.tick(number)
    return engine.finish(), stats


@pytest.mark.parametrize("tick", [1, 7, 1_000])
def test_the_same_as_one_by_one(rules: RuleSet, tick: int) -> None:
    """Counts, fields, times, frames, VLANs and figures do not depend on what was known before."""
    expected = judged(rules, observations(alike=False), tick=1)
    assert len(expected[0]) > 3
    assert expected == judged(rules, observations(alike=True), tick=tick)


@pytest.mark.parametrize("tick", [1, 7, 1_000])
def test_what_is_told_late_is_as_old_as_it_is(rules: RuleSet, tick: int) -> None:
    """What waited in one flow is told behind what others said since: first and last are so by time."""

    def disordered(*, alike: bool) -> list[Observation]:
        found = [one._replace(capture=0, vlan=-1) for one in observations(alike=alike)]
        random.Random(3).shuffle(found)
        return found

    assert judged(rules, disordered(alike=False), tick=1) == judged(rules, disordered(alike=True), tick=tick)


def test_too_many_are_told_early(rules: RuleSet, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is lost."""
    expected = judged(rules, observations(alike=True))
    monkeypatch.setattr(cases, "MAX_OPEN", 2)
    assert expected == judged(rules, observations(alike=True))


def test_a_flow_that_is_described_anew_is_judged_anew(rules: RuleSet) -> None:
    """One of its ends turned out to be a camera."""
    event = said()
    found, _ = judged(rules, [seen(event), seen(event, replace(FLOW, camera=Side.RESPONDER)), seen(event)])
    assert {"camera": 1} == {one.rule: one.count for one in found}
