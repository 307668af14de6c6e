"""The page's order and its overview."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from monitor.model.data import Level
from monitor.model.finding import Finding
from monitor.model.opaque import Label
from monitor.model.stats import Stats
from monitor.sinks.report.ledger import worst_first
from monitor.sinks.report.page import compose
from monitor.sinks.report.text import Appearance, print_page
from tests.unit.sinks.samples import CAMERA, HEARTBEAT, LOGIN, PIN, busy_stats, quiet_stats


def page(findings: Sequence[Finding], stats: Stats) -> str:
    """The page as text."""
    return print_page(lambda _: compose(worst_first(findings), stats, ascii_only=True), Appearance())


def test_people_look_before_they_read() -> None:
    """The verdict stands above the findings, and these above what was read and what was not."""
    text = page([PIN, CAMERA], busy_stats())
    places = [
        text.index(words)
        for words in (
            "cross the network in the clear",
            "2 findings: 1 critical, 1 high.",
            "CRITICAL ",
            "HIGH ",
            "What was read",
            "What this report could not see",
        )
    ]

    assert sorted(places) == places


@pytest.mark.parametrize(
    ("findings", "expected"),
    [
        ([PIN], "1 finding, critical."),
        ([PIN, LOGIN], "2 findings, all critical."),
        ([PIN, LOGIN, HEARTBEAT], "3 findings: 2 critical, 1 informational."),
    ],
)
def test_tally(findings: list[Finding], expected: str) -> None:
    """Findings are counted by level, without counting what is the same."""
    assert expected in [line.strip() for line in page(findings, quiet_stats()).splitlines()]


def test_overview_names_a_rule_once() -> None:
    """Many findings of one rule are one line of the overview."""
    cameras = [replace(CAMERA, id=Label(f"camera-{number}")) for number in range(12)]
    overview = page([*cameras, PIN], quiet_stats()).partition("-" * 100)[0]

    assert 1 == overview.count(CAMERA.title)
    assert "x 12" in overview


def test_advice_is_given_once() -> None:
    """Twelve cameras are one thing to do: the others point to the first."""
    cameras = [replace(CAMERA, id=Label(f"camera-{number:02}")) for number in range(12)]
    text = page([*cameras, LOGIN], quiet_stats())

    assert 1 == text.count("Block the camera's way")
    assert 11 == text.count("The same as for finding camera-00 above.")
    assert 1 == text.count("Serve the catalog over HTTPS")


def test_no_advice_is_not_repeated() -> None:
    """Rules without a remediation do not point to each other."""
    silent = [replace(CAMERA, id=Label(f"camera-{number}"), remediation=Label("")) for number in range(2)]

    assert "The same as" not in page(silent, quiet_stats())


def test_no_overview_of_little() -> None:
    """One or two findings need none."""
    assert PIN.title not in page([PIN, CAMERA], quiet_stats()).partition("-" * 100)[0]


@pytest.mark.parametrize(
    ("stats", "expected"),
    [
        (quiet_stats(), "This holds for the traffic in these captures and for no other."),
        (busy_stats(), "Partly blind: 1,800 of 9,000 TCP flows show one side only. See the end of the page."),
    ],
)
def test_nothing_found_is_never_more_than_that(stats: Stats, expected: str) -> None:
    """No findings comes with its limits."""
    assert expected in page([], stats)


@pytest.mark.parametrize(
    ("findings", "stats", "style"),
    [
        ([PIN], quiet_stats(), "bold red"),
        ([replace(PIN, level=Level.MEDIUM)], quiet_stats(), "bold"),
        ([], quiet_stats(), "bold green"),
        ([], busy_stats(), "bold"),
    ],
)
def test_color_of_the_verdict(findings: list[Finding], stats: Stats, style: str) -> None:
    """Red is for what is bad, green for a capture without flaw or finding, and doubt is neither."""
    verdict = list(compose(findings, stats, ascii_only=True))[1]

    (_margin, (_sentence, shown)), *_folded = verdict(100)
    assert style == shown
