"""What people and programs are shown of an audit."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from monitor.audit.auditing import NOTHING, Audit, Output, Reading
from monitor.audit.page import SHOWN_TRACES, compose, state, to_json
from monitor.audit.search import Trace
from monitor.sinks.report.text import Appearance, draw

GOLDEN = Path(__file__).parent / "golden"
READ = Reading(protocol="sip2", values=115, conversations=624, flows=539, exposures=9_814, findings=6)
UNREAD = Reading(protocol="mail", values=0, conversations=0, flows=0, exposures=0, findings=0)
CLEAN = Audit(
    readings=(READ, UNREAD),
    outputs=(
        Output(name="findings, lines of JSON", size_bytes=120_030, traces=()),
        Output(name="metrics, scraped", size_bytes=39_598, traces=()),
    ),
    packets=14_356,
    excluded_packets=1_808,
    addresses=1,
    tried=174,
    noticed=174,
    faults=0,
)
LEAKY = replace(
    CLEAN,
    outputs=(
        *CLEAN.outputs,
        Output(name="syslog", size_bytes=99, traces=tuple(Trace("sip2 AA", f"way {n}") for n in range(30))),
    ),
    addresses=0,
    faults=2,
)
SILENT = replace(
    CLEAN, outputs=(*CLEAN.outputs, Output(name="findings in the journal", size_bytes=0, traces=(), doubt=NOTHING))
)


@pytest.mark.parametrize("width", [80, 120])
@pytest.mark.parametrize("name", ["clean", "leaky", "silent"])
def test_page(name: str, width: int, request: pytest.FixtureRequest) -> None:
    """The whole page, as wide as the terminal."""
    audit = {"clean": CLEAN, "leaky": LEAKY, "silent": SILENT}[name]
    page = draw(lambda _: compose(audit), Appearance(width=width))
    golden = GOLDEN / f"{name}-{width}.txt"
    if request.config.getoption("--update"):
        golden.write_text(page, "utf-8")
    assert golden.read_text("utf-8") == page
    assert max(map(len, page.splitlines())) <= width


def test_many_traces() -> None:
    """The first say enough."""
    page = draw(lambda _: compose(LEAKY), Appearance())
    assert SHOWN_TRACES == page.count("value of sip2 AA, way")
    assert "and 10 more" in page


def test_verdicts() -> None:
    """Clean, leaking, unread, blind, silent: five sentences."""
    unread = replace(CLEAN, readings=(UNREAD,))
    blind = replace(CLEAN, noticed=3)
    assert "Nothing that was planted left." == state(CLEAN)
    assert state(SILENT).startswith("Not proven: no value was found in what left, but of 1 way out")
    assert state(LEAKY).startswith("VALUES LEAVE")
    assert state(unread).startswith("This proves nothing: nothing of what was planted was found")
    assert state(blind).startswith("This proves nothing: the search")


def test_json() -> None:
    """Everything for programs."""
    document = json.loads(to_json(LEAKY))
    assert ("privacy-monitor/self-audit/1", False) == (document["schema"], document["clean"])
    assert {"value_of": "sip2 AA", "spelling": "way 0"} == document["outputs"][2]["found"][0]
    assert json.loads(to_json(CLEAN))["clean"]
    silent = json.loads(to_json(SILENT))
    assert (False, NOTHING) == (silent["clean"], silent["outputs"][2]["doubt"])
