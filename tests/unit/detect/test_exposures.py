"""What showed patron data is counted, by protocol, kind and zone."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from monitor.detect import exposures as room
from monitor.detect.engine import Engine
from monitor.detect.exposures import Exposures
from monitor.detect.rule import RuleSet
from monitor.model.data import DataClass
from monitor.model.flow import Side
from monitor.model.opaque import Label
from monitor.model.stats import Stats
from monitor.privacy.subjects import SubjectCounter
from tests.unit.detect.samples import KIOSK, SERVER, exposing, flow, load, rule, said, seen

NAME, PIN = DataClass.NAME, DataClass.CREDENTIAL
FLOW = flow(replace(KIOSK, zone=Label("self-check")), replace(SERVER, zone=Label("servers")))


@pytest.fixture
def rules(tmp_path: Path) -> RuleSet:
    """One rule, about credentials."""
    return load(tmp_path / "rules", pin=rule(1, detection=exposing("credential")))


@pytest.mark.parametrize(
    ("camera", "zone"), [(None, "servers"), (Side.RESPONDER, "servers"), (Side.ORIGINATOR, "self-check")]
)
def test_whose_zone_it_is(camera: Side | None, zone: str) -> None:
    """That of the camera, or else of the end that answers."""
    stats = Stats()
    counter = Exposures(stats)
    counter.count(replace(FLOW, camera=camera), NAME.bit)
    counter.report()

    assert {("talk", NAME, zone): 1} == stats.exposures


def test_each_kind_once_a_message(rules: RuleSet) -> None:
    """Whether a rule matches or not; two names in one message are one message with a name."""
    stats = Stats()
    engine = Engine(rules, SubjectCounter(), stats)
    engine.observe(seen(said(AE="name", AB="name", AD="credential")))
    engine.tick(0)
    engine.observe(seen(said(AE="name")))
    engine.observe(seen(said()))
    engine.finish()

    assert {("talk", NAME, ""): 2, ("talk", PIN, ""): 1} == stats.exposures


def test_nothing_is_lost_when_there_are_many(monkeypatch: pytest.MonkeyPatch) -> None:
    """What finds no room is reported early."""
    monkeypatch.setattr(room, "MAX_SETS", 2)
    stats = Stats()
    counter = Exposures(stats)
    for classes in (NAME.bit, PIN.bit, NAME.bit | PIN.bit):
        counter.count(FLOW, classes)
    counter.report()

    assert {("talk", NAME, "servers"): 2, ("talk", PIN, "servers"): 2} == stats.exposures
