"""Flows count once in a family, in the worst finding they reach."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor.detect import ladder as ladders
from monitor.detect.engine import Engine
from monitor.detect.ladder import Ladder, Stake
from monitor.detect.rule import RuleSet
from monitor.detect.tally import Tally, identity
from monitor.model.data import DataClass
from monitor.model.finding import Finding
from monitor.model.stats import Stats
from monitor.privacy.subjects import SubjectCounter
from tests.unit.detect.samples import KIOSK, end, exposing, flow, load, rule, said, seen


@pytest.fixture
def rules(tmp_path: Path) -> RuleSet:
    """A family of three levels that counts flows."""
    return load(
        tmp_path / "rules",
        worst=rule(1, level="critical", counts="flows", detection=exposing("credential")),
        middle=rule(2, level="medium", counts="flows", detection=exposing("video")),
        least=rule(3, level="low", counts="flows", detection=exposing("search"), reports=["search"]),
    )


@pytest.fixture
def engine(rules: RuleSet) -> Engine:
    """An engine with these rules."""
    return Engine(rules, SubjectCounter(), Stats())


def counts(found: list[Finding]) -> dict[str, tuple[int, dict[str, int]]]:
    """Count and fields by rule."""
    return {one.rule: (one.count, dict(one.fields)) for one in found}


def test_a_flow_counts_once(engine: Engine) -> None:
    """However often it matches; what it shows is counted each time."""
    for serial in (1, 1, 1, 2):
        engine.observe(seen(said(V="video"), serial=serial))
    assert {"middle": (2, {"V": 4})} == counts(engine.finish())


def test_a_flow_moves_up(engine: Engine) -> None:
    """A flow that turns out worse leaves the lower finding, with all it showed."""
    engine.observe(seen(said(V="video"), serial=1))
    engine.observe(seen(said(V="video", W="video"), serial=2))
    engine.observe(seen(said(P="credential"), serial=2))
    assert {"worst": (1, {"P": 1, "V": 1, "W": 1}), "middle": (1, {"V": 1})} == counts(engine.finish())


def test_what_is_left_below(engine: Engine) -> None:
    """Classes and peers that only the moved flow brought are gone from the lower finding."""
    engine.observe(seen(said(V="video"), serial=1))
    engine.observe(seen(said(V="video email"), flow(end("10.30.0.12")), serial=2))
    engine.observe(seen(said(P="credential"), flow(end("10.30.0.12")), serial=2))
    worst, middle = engine.finish()
    assert middle.data_classes == (DataClass.VIDEO,)
    assert [peer.address for peer in middle.peers] == ["10.30.0.11"]
    assert middle.peers_total == 1
    assert worst.data_classes == (DataClass.CREDENTIAL, DataClass.EMAIL, DataClass.VIDEO)


def test_a_flow_never_moves_down(engine: Engine) -> None:
    """Later, harmless events of a flow count where the flow stands."""
    engine.observe(seen(said(P="credential")))
    engine.observe(seen(said(V="video")))
    engine.observe(seen(said(S="search")))
    assert {"worst": (1, {"P": 1, "V": 1, "S": 1})} == counts(engine.finish())


def test_all_the_way(engine: Engine) -> None:
    """Up two steps; a rule shows only what it reports, also of what came along."""
    engine.observe(seen(said(S="search", E="email")))
    engine.observe(seen(said(V="video")))
    engine.observe(seen(said(P="credential")))
    assert {"worst": (1, {"E": 1, "P": 1, "S": 1, "V": 1})} == counts(engine.finish())


def test_what_a_rule_does_not_report(engine: Engine) -> None:
    """A rule shows what it reports and nothing else."""
    engine.observe(seen(said(S="search", E="email")))
    assert {"least": (1, {"S": 1})} == counts(engine.finish())


def test_withdrawn_at_the_end(engine: Engine) -> None:
    """The end tells of a finding that emptied since the last tick, too."""
    engine.observe(seen(said(V="video")))
    engine.tick(0)
    engine.observe(seen(said(P="credential")))
    assert {"worst": (1, {"P": 1, "V": 1}), "middle": (0, {})} == counts(engine.finish())


def test_an_emptied_finding_is_withdrawn(engine: Engine) -> None:
    """Who was told of it is told once that nothing is left; who was not hears nothing."""
    engine.observe(seen(said(V="video")))
    assert {"middle": (1, {"V": 1})} == counts(engine.tick(0))
    engine.observe(seen(said(P="credential")))
    assert {"worst": (1, {"P": 1, "V": 1}), "middle": (0, {})} == counts(engine.tick(1))
    assert {"worst": (1, {"P": 1, "V": 1})} == counts(engine.finish())


def test_a_finding_can_come_back(engine: Engine) -> None:
    """An emptied finding fills again under its old id."""
    engine.observe(seen(said(V="video")))
    before = engine.tick(0)[0].id
    engine.observe(seen(said(P="credential")))
    engine.tick(1)
    engine.observe(seen(said(V="video"), serial=2))
    assert [(before, 1)] == [(one.id, one.count) for one in engine.tick(2)]


def test_events_of_other_families_are_apart(tmp_path: Path) -> None:
    """A flow counts once in each family."""
    rules = load(
        tmp_path / "rules",
        video=rule(1, counts="flows", detection=exposing("video"), family="camera"),
        names=rule(2, counts="flows", detection=exposing("video"), family="other"),
    )
    engine = Engine(rules, SubjectCounter(), Stats())
    engine.observe(seen(said(V="video")))
    assert {"video": (1, {"V": 1}), "names": (1, {"V": 1})} == counts(engine.finish())


def test_flows_are_bounded(rules: RuleSet, monkeypatch: pytest.MonkeyPatch) -> None:
    """The flow that was silent for longest is forgotten first, and that is counted."""
    monkeypatch.setattr(ladders, "MAX_STAKES", 2)
    stats = Stats()
    engine = Engine(rules, SubjectCounter(), stats)
    for serial in (1, 2, 1, 3, 1, 2):
        engine.observe(seen(said(V="video"), serial=serial))
    assert {"middle": (4, {"V": 6})} == counts(engine.finish())
    assert stats.limits == {"detect.flows": 2}


def test_a_flow_that_ended_long_ago(rules: RuleSet, monkeypatch: pytest.MonkeyPatch) -> None:
    """To forget it is nothing to tell of: any sensor does, sooner or later."""
    monkeypatch.setattr(ladders, "MAX_STAKES", 2)
    stats = Stats()
    engine = Engine(rules, SubjectCounter(), stats)
    for hour in range(5):
        engine.observe(seen(said(V="video"), serial=hour, at_ns=hour * ladders.SILENT_NS))
    assert {"middle": (5, {"V": 5})} == counts(engine.finish())
    assert stats.limits == {}


def test_stake(rules: RuleSet) -> None:
    """A stake is found by flow and family."""
    one = rules.rules[0]
    observation = seen(said(P="credential"))
    tally = Tally(one, identity(one.about, observation.flow), observation, Stats())
    peer = tally.peer(flow(KIOSK), room=True)
    assert peer is not None
    stake = Stake(0, tally, peer)
    ladder = Ladder(Stats())
    ladder.enter(1, "camera", stake, 0)
    assert ladder.stake(1, "camera") is stake
    assert ladder.stake(1, "other") is None
    assert ladder.stake(2, "camera") is None
    assert (tally.count, peer.count) == (1, 1)
