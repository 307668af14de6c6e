"""What is known of flows stands in the finding where they count, and goes with them to a worse one."""

from __future__ import annotations

import pytest

from monitor.build import name_events
from monitor.config.shipped import shipped
from monitor.detect.engine import Engine
from monitor.detect.loading import load_rules
from monitor.model.data import Role
from monitor.model.events import FlowOpened, Trait
from monitor.model.finding import Finding, Observation
from monitor.model.flow import FlowView, Reach, Side, Traffic
from monitor.model.record import replace
from monitor.model.stats import Stats
from monitor.privacy.labels import typed
from monitor.privacy.subjects import SubjectCounter
from monitor.protocols.registry import specs
from tests.unit.detect.samples import FLOW

LADDER = ("camera-attempt", "camera-unexpected-internet", "camera-upload", "camera-from-internet", "camera-p2p-relay")
"""What happened, from what matters least."""


def view(traffic: Traffic | None = None) -> FlowView:
    """A camera and a host on the internet."""
    camera = replace(FLOW.originator, address=typed("10.40.0.7"), role=Role.CAMERA)
    other = replace(FLOW.responder, address=typed("203.0.113.9"), reach=Reach.INTERNET)
    side = Side.ORIGINATOR
    return replace(
        FLOW, originator=camera, responder=other, camera=side, device=side, device_role=Role.CAMERA, traffic=traffic
    )


def judged(*told: tuple[int, FlowOpened], traffic: Traffic | None = None) -> dict[str, Finding]:
    """The findings that stand, by rule, of flows with these numbers."""
    rules = load_rules([shipped()], name_events(specs()))
    engine, flow = Engine(rules, SubjectCounter(), Stats()), view(traffic)
    for number, event in told:
        engine.observe(Observation(number, flow, number, event, 0, number, -1))
    return {one.rule: one for one in engine.finish() if one.count}


def event(*traits: Trait, attempt: bool = False) -> FlowOpened:
    """Of a flow that nobody expects."""
    return FlowOpened(expected=False, attempt=attempt, traits=traits)


STEPS = (
    event(attempt=True),
    event(Trait.UNNAMED),
    event(Trait.UNNAMED, Trait.UPLOAD),
    event(Trait.INBOUND, Trait.UPLOAD),
    event(Trait.INBOUND, Trait.UPLOAD, Trait.RELAY),
)


@pytest.mark.parametrize("step", range(len(STEPS)))
def test_a_flow_counts_at_the_worst_that_happened(step: int) -> None:
    """Whatever was told of it before and after; with what is known of it."""
    found = judged((1, STEPS[0]), (1, STEPS[step]), (1, STEPS[0]))
    (finding,) = found.values()

    assert LADDER[step] == finding.rule
    assert 1 == finding.count
    assert {one.value: 1 for one in STEPS[step].traits} == finding.traits


def test_flows_that_move_take_it_along() -> None:
    """What stays says nothing of them any more."""
    found = judged((1, STEPS[1]), (2, STEPS[1]), (1, STEPS[2]))

    assert {"camera-unexpected-internet": {"unnamed": 1}, "camera-upload": {"unnamed": 1, "upload": 1}} == {
        rule: dict(one.traits) for rule, one in found.items()
    }


def test_an_exception_that_expired_is_a_finding_of_its_own() -> None:
    """It pages nobody, but a way past the firewall does in any case."""
    assert {"camera-exception-expired"} == set(judged((1, event(Trait.LAPSED)), (2, event(Trait.LAPSED, Trait.UPLOAD))))
    assert {"camera-p2p-relay"} == set(judged((1, event(Trait.LAPSED, Trait.RELAY))))


def test_volumes() -> None:
    """As they stand when somebody asks, for the finding and for its peer."""
    traffic = Traffic(7)
    traffic.sent_bytes, traffic.received_bytes = 5_000, 70
    traffic.upload_since_ns, traffic.upload_bits_per_second = 9, 64_000
    (finding,) = judged((1, STEPS[1]), (2, STEPS[1]), traffic=traffic).values()
    assert finding.volume is not None

    assert (5_000, 70, 7) == (finding.volume.sent_bytes, finding.volume.received_bytes, finding.volume.since_ns)
    assert (9, 64_000) == (finding.volume.upload_since_ns, finding.volume.upload_bits_per_second)
    assert [(5_000, 70)] == [(one.sent_bytes, one.received_bytes) for one in finding.peers]


def test_without_figures_there_is_no_volume() -> None:
    """Nobody is told of zero bytes."""
    (finding,) = judged((1, STEPS[1])).values()

    assert finding.volume is None
