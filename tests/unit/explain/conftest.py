"""The demo's findings, and one of them explained."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor.analyze import Request as Analysis
from monitor.analyze import analyze
from monitor.config.loading import load_config
from monitor.explain.explanation import Explanation, Request, explain
from monitor.model.finding import Finding
from monitor.protocols.registry import specs
from monitor.sinks.report.ledger import Ledger
from tests.support.shark import need_tshark

DEMO = Path(__file__).resolve().parents[3] / "demo"
CAPTURE = DEMO / "maple-street-library.pcapng"
CONFIG = DEMO / "maple-street-library.yaml"


class Kept(Ledger):
    """A sink that keeps findings."""

    def tick(self, at_ns: int, stats: object) -> None:
        """Time does not matter."""

    def finish(self, stats: object) -> None:
        """Nothing is left to do."""


@pytest.fixture(scope="session")
def findings() -> dict[str, Finding]:
    """Everything the demo shows, by its rule."""
    kept = Kept()
    analyze(Analysis(paths=(str(CAPTURE),), sinks=(kept,)))
    return {str(finding.rule): finding for finding in kept.findings()}


@pytest.fixture(scope="session")
def pin(findings: dict[str, Finding]) -> Explanation:
    """The finding of PINs explained, without a configuration."""
    need_tshark()
    return explain(Request(path=CAPTURE, finding=findings["sip2-patron-credential"].id, messages=12))


@pytest.fixture(scope="session")
def hidden(findings: dict[str, Finding]) -> Explanation:
    """A login on a public computer explained, with the configuration that hides it."""
    need_tshark()
    config = load_config(CONFIG, specs())
    return explain(Request(path=CAPTURE, finding=findings["http-login-in-clear"].id, config=config))
