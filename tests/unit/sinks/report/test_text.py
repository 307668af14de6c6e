"""The page for people, whole: golden pages in ``golden/``, rewritten by ``pytest --update`` and reviewed as a diff."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from io import StringIO
from pathlib import Path

import pytest

from monitor.model.finding import Finding
from monitor.model.opaque import Label
from monitor.model.stats import Stats
from monitor.sinks.report.text import Appearance, TextReport
from tests.unit.sinks.samples import ALL, CAMERA, PIN, busy_stats, quiet_stats

GOLDEN = Path(__file__).parents[1] / "golden"
CASES: dict[str, tuple[Sequence[Finding], Stats]] = {
    "busy": (ALL, busy_stats()),
    "one": ((PIN,), quiet_stats()),
    "camera": ((CAMERA,), quiet_stats()),
    "doubtful": ((), busy_stats()),
    "quiet": ((), quiet_stats()),
    "nothing": ((), Stats()),
}


def render(findings: Sequence[Finding], stats: Stats, appearance: Appearance) -> str:
    """The page as the sink writes it."""
    stream = StringIO()
    report = TextReport(stream, appearance)
    for finding in findings:
        report.receive(finding)
    report.finish(stats)
    return stream.getvalue()


@pytest.mark.parametrize("width", [80, 100])
@pytest.mark.parametrize("case", CASES)
def test_golden(case: str, width: int, request: pytest.FixtureRequest) -> None:
    """Pages without color look as they were approved."""
    page = render(*CASES[case], Appearance(width=width))
    golden = GOLDEN / f"{case}-{width}.txt"
    if request.config.getoption("--update"):
        golden.write_text(page, "utf-8")

    assert golden.read_text("utf-8") == page


@pytest.mark.parametrize("width", [40, 57, 80, 100, 120, 300])
def test_never_wider_than_the_terminal(width: int) -> None:
    """Long names and addresses wrap, none is cut."""
    long = replace(PIN, about=replace(PIN.about, name=Label("a-very-long-name." * 12 + "end.example")))
    page = render([long], busy_stats(), Appearance(width=width))

    assert max(map(len, page.splitlines())) <= min(width, 120)
    assert "end.example" in re.sub(r"\s", "", page)


def test_color_says_nothing_new() -> None:
    """Without its escapes the colored page is the plain page."""
    colored = render(ALL, busy_stats(), Appearance(width=100, color=True))
    plain = render(ALL, busy_stats(), Appearance(width=100))
    stripped = re.sub(r"\x1b\[[0-9;]*m", "", colored)

    assert "\x1b[" in colored
    assert "\x1b" not in plain
    assert [line.rstrip() for line in stripped.splitlines()] == plain.splitlines()


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp437"])
def test_other_encodings(encoding: str) -> None:
    """Lines are drawn in ASCII, and what the encoding lacks becomes a question mark instead of an error."""
    finding = replace(PIN, title=Label("Bücherei \u2192 Selbstverbuchung"))
    page = render([finding], quiet_stats(), Appearance(width=80, encoding=encoding))

    assert page == page.encode(encoding).decode(encoding)
    assert "-" * 80 in page
    assert "? Selbstverbuchung" in page


def test_hostile_names_never_reach_the_terminal() -> None:
    """Escapes, bidirectional controls and lone surrogates are gone, whichever text they hide in; markup is text."""
    evil = Label("\x1b]0;owned\x07\x9b2J\u202e\udc80[red]x[/red]\r\n")
    finding = replace(
        PIN,
        id=evil,
        rule=evil,
        title=evil,
        about=replace(PIN.about, name=evil, zone=evil, asset=evil, transport=evil),
        peers=tuple(replace(one, address=evil, name=evil, asset=evil, zone=evil) for one in PIN.peers),
        fields={evil: 1},
        remediation=evil,
        references=(evil,),
    )
    stats = busy_stats()
    for capture in stats.captures:
        capture.path = str(evil)
    stats.weirds[evil] = 99
    stats.limits[evil] = 99
    stats.protocols[evil] = stats.protocols["tls"]
    page = render([finding] * 3, stats, Appearance(width=100))

    assert not set(page) & set("\x1b\x07\x9b\u202e\udc80\r")
    assert page.count("[red]x[/red]") > 8


def test_calm_page_ends_with_a_blank_line() -> None:
    """The prompt does not stick to the page."""
    page = render(ALL, busy_stats(), Appearance(width=80))

    assert page.startswith("\n")
    assert page.endswith(".\n\n")
