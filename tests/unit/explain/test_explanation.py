"""From a request to an explanation."""

from __future__ import annotations

import pytest

from monitor.errors import CaptureError
from monitor.explain import sought
from monitor.explain.explanation import Explanation, Request, explain
from monitor.model.finding import Finding
from tests.support.shark import need_tshark
from tests.unit.explain.conftest import CAPTURE


def test_another_conversation(pin: Explanation, findings: dict[str, Finding]) -> None:
    """The second one is another kiosk's."""
    need_tshark()
    other = explain(Request(path=CAPTURE, finding=findings["sip2-patron-credential"].id, conversation=2))
    assert ("10.30.0.11", "10.30.0.12") == (
        pin.conversation.flow.originator.address,
        other.conversation.flow.originator.address,
    )
    assert pin.conversation.filters == other.conversation.filters
    assert pin.filters.finding == other.filters.finding


def test_more_than_there_is_room_for(monkeypatch: pytest.MonkeyPatch, findings: dict[str, Finding]) -> None:
    """A capture with too much in it has to be cut first."""
    monkeypatch.setattr(sought, "MAX_PLACES", 0)
    with pytest.raises(CaptureError, match=r"^more was found in this capture than there is room to note"):
        explain(Request(path=CAPTURE, finding=findings["sip2-patron-credential"].id))
