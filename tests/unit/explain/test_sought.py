"""Finding the finding, and everything that counts in it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from monitor.config.settings import Config
from monitor.errors import CaptureError, UsageError
from monitor.explain import sought
from monitor.explain.sought import seek
from monitor.model.finding import Finding
from tests.unit.explain.conftest import CAPTURE


def test_everything_that_counts_is_noted(findings: dict[str, Finding]) -> None:
    """As many messages as the report counts, in as many flows, and the evidence is among them."""
    for rule, finding in findings.items():
        found = seek(CAPTURE, finding.id, Config())
        assert finding == found.finding
        frames = {place.frame for flow in found.flows for place in flow.places}
        assert {one.frame for one in finding.evidence} <= frames
        if rule.startswith("sip2") or rule == "http-search-terms":
            assert finding.count == sum(len(flow.places) for flow in found.flows)
        assert {*finding.fields} <= {one.key for flow in found.flows for place in flow.places for one in place.exposed}
        assert not found.limited


def test_the_beginning_of_an_id_will_do(findings: dict[str, Finding]) -> None:
    """If no other begins so."""
    ident = findings["sip2-patron-credential"].id
    assert ident == seek(CAPTURE, ident[:6], Config()).finding.id
    with pytest.raises(UsageError, match=rf"^{len(findings)} ids begin with '', "):
        seek(CAPTURE, "", Config())
    with pytest.raises(CaptureError, match=r"^this capture shows no finding whose id begins with 'zz'$"):
        seek(CAPTURE, "zz", Config())


@pytest.mark.parametrize(
    ("make", "error", "words"),
    [
        (lambda folder: folder, UsageError, "explain reads one capture"),
        (lambda _: Path("-"), UsageError, "explain reads one capture"),
        (lambda folder: folder / "missing.pcap", CaptureError, "missing.pcap: "),
        (lambda folder: _written(folder / "noise.pcap"), CaptureError, "noise.pcap: "),
    ],
    ids=["folder", "stdin", "missing", "no capture"],
)
def test_what_is_no_capture(tmp_path: Path, make: Callable[[Path], Path], error: type[Exception], words: str) -> None:
    """Named, in words."""
    with pytest.raises(error, match=words):
        seek(make(tmp_path), "5e", Config())


def _written(path: Path) -> Path:
    path.write_bytes(b"no capture at all" * 10)
    return path


def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch, findings: dict[str, Finding]) -> None:
    """What there is no room for is said to be left out."""
    monkeypatch.setattr(sought, "MAX_PLACES", 3)
    found = seek(CAPTURE, findings["sip2-patron-credential"].id, Config())
    assert 3 == sum(len(flow.places) for flow in found.flows)
    assert found.limited
