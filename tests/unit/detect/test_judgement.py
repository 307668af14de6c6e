"""What rules say of an event: worked out once for all flows that are alike in what rules ask about."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from monitor.detect import judgement as room
from monitor.detect.judgement import Judgement, Verdict
from monitor.model.flow import FlowView
from tests.unit.detect.samples import KIOSK, SERVER, Cut, Said, Sort, end, exposed, flow, load, rule


def judgement(folder: Path, *asked: dict[str, Any], **changes: Any) -> Judgement:
    """One rule for each selection, in a family of its own."""
    rules = {
        f"rule_{number}": rule(
            number,
            family=f"family-{number}",
            event="talk.said",
            detection={"selection": one, "condition": "selection"},
            examples={"match": [{"event": "talk.said"}], "no_match": [{"event": "talk.said"}]},
            **changes,
        )
        for number, one in enumerate(asked, 1)
    }
    return Judgement(load(folder, **rules).active)


def families(verdict: Verdict | None) -> list[str]:
    """Those of the rules that count the event."""
    assert verdict is not None
    return sorted(one.family for _, one in verdict.events)


def judge(judgement: Judgement, event: Any, view: FlowView) -> Verdict | None:
    """The same for stand-ins of events."""
    return judgement.judge(event, view)


def test_flows_that_are_alike_share_a_verdict(tmp_path: Path) -> None:
    """What no rule asks about makes no difference; what one of them asks about does."""
    rules = judgement(tmp_path, {"sort": "hello"}, {"responder.reach": "local", "originator.port|lt": 1024})
    event = Said()
    one = judge(rules, event, flow(end("10.0.0.1", 2_000), SERVER))

    assert one is judge(rules, event, flow(end("10.0.0.2", 2_000), end("10.0.0.9", 7)))
    assert one is not judge(rules, event, flow(end("10.0.0.1", 1_000), SERVER))
    assert one is not judge(rules, event, flow(end("10.0.0.1", 2_000), end("192.0.2.1", 6001)))
    assert one is not judge(rules, Said(), flow(end("10.0.0.1", 2_000), SERVER))
    assert ["family-1"] == families(one)
    assert ["family-1", "family-2"] == families(judge(rules, event, flow(end("10.0.0.1", 1_000), SERVER)))
    assert ["family-1"] == families(judge(rules, event, flow(end("10.0.0.1", 1_000), end("192.0.2.1", 6001))))


def test_rules_that_ask_about_events_only(tmp_path: Path) -> None:
    """All flows are alike to them."""
    rules = judgement(tmp_path, {"sort": "loan"})
    event = Said(sort=Sort.LOAN, exposed=exposed(N="name"))
    verdict = judge(rules, event, flow(KIOSK, SERVER))

    assert verdict is judge(rules, event, flow(end("192.0.2.1"), end("192.0.2.2")))
    assert ["family-1"] == families(verdict)
    assert verdict is not None
    assert verdict.classes == exposed(N="name")[0].data_class.bit
    assert [] == families(judge(rules, Said(), flow(KIOSK, SERVER)))


def test_events_that_no_rule_looks_at(tmp_path: Path) -> None:
    """They have no verdict."""
    rules = judgement(tmp_path, {"sort": "loan"})

    assert judge(rules, Cut(), flow(KIOSK, SERVER)) is None
    assert {Said} == rules.judged


def test_rules_that_count_flows(tmp_path: Path) -> None:
    """They are told apart from those that count events."""
    rules = judgement(tmp_path, {"sort": "hello"}, counts="flows")
    verdict = judge(rules, Said(), flow(KIOSK, SERVER))

    assert verdict is not None
    assert ((), ["family-1"]) == (verdict.events, [one.family for _, one in verdict.flows])


def test_what_is_known_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When it is full, verdicts are worked out anew and are the same."""
    monkeypatch.setattr(room, "MAX_VERDICTS", 3)
    rules = judgement(tmp_path, {"originator.port|lt": 10})
    events = [Said() for _ in range(3)]
    views = [flow(end("10.0.0.1", port), SERVER) for port in range(20)]

    for _ in range(2):
        for view in views:
            for event in events:
                wanted = ["family-1"] if view.originator.port < 10 else []
                assert wanted == families(judge(rules, event, view))
