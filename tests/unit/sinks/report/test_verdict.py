"""The verdict says what the findings say, and never more."""

from __future__ import annotations

from dataclasses import replace

import pytest

from monitor.model.data import DataClass, Level
from monitor.model.finding import Finding
from monitor.model.opaque import Label
from monitor.model.stats import Stats
from monitor.sinks.report.verdict import judge, tell_patrons, tell_unit
from tests.unit.sinks.samples import CAMERA, FIVE_NS, HEARTBEAT, LOGIN, NINE_NS, PIN, kiosks, peer, quiet_stats

DAY_NS = 86_400 * 10**9
CLEAR = "Patron PINs and passwords cross the network in the clear:"


def test_one_finding() -> None:
    """The figures of one finding stand as they are."""
    verdict = judge([PIN], quiet_stats())

    assert (CLEAR, "1 service, 17 devices, 840 patrons.") == (verdict.statement, verdict.figures)
    assert verdict.level is Level.CRITICAL


def test_figures_that_overlap_are_lower_bounds() -> None:
    """Devices that are not named and patrons of two services cannot be added up."""
    assert "2 services, at least 17 devices, at least 840 patrons." == judge([PIN, LOGIN], quiet_stats()).figures


def test_named_devices_are_counted_once() -> None:
    """Where every device is known by its address, the number is exact."""
    second = replace(
        PIN,
        id=Label("second"),
        about=replace(PIN.about, port=6002),
        peers=(*kiosks(3), peer("10.30.0.99", 1)),
        peers_total=4,
    )

    assert "2 services, 18 devices, at least 840 patrons." == judge([PIN, second], quiet_stats()).figures


def test_gravest_kind_of_data_leads() -> None:
    """Among findings of the worst level, what harms patrons most is named."""
    names = replace(PIN, data_classes=(DataClass.NAME, DataClass.PATRON_IDENTIFIER))

    assert "Library card numbers cross the network in the clear:" == judge([names], quiet_stats()).statement


def test_lesser_findings_do_not_color_the_verdict() -> None:
    """A low finding about PINs does not make a high one about cameras sound like PINs."""
    verdict = judge([CAMERA, replace(PIN, level=Level.LOW)], quiet_stats())

    assert ("A camera sends video to a host nobody expects:", "1 device, 1 destination.") == (
        verdict.statement,
        verdict.figures,
    )


def test_title_where_no_data_was_exposed() -> None:
    """A finding without patron data speaks with its own title, and no patrons are invented."""
    verdict = judge([HEARTBEAT], quiet_stats())

    assert "SIP2 without encryption, no patron data seen yet:" == verdict.statement
    assert "1 service, 2 devices." == verdict.figures


@pytest.mark.parametrize(
    ("stats", "expected"),
    [
        (quiet_stats(), "Nothing found in 1,200 packets seen."),
        (Stats(), "No packets were read, so nothing can be said."),
    ],
)
def test_nothing_found(stats: Stats, expected: str) -> None:
    """No findings is said with the number of packets behind it."""
    verdict = judge([], stats)

    assert (expected, "", None) == (verdict.statement, verdict.figures, verdict.level)


@pytest.mark.parametrize(
    ("finding", "expected"),
    [
        (PIN, "840 patrons"),
        (replace(PIN, subjects=1), "1 patron"),
        (replace(PIN, subjects=0), ""),
        (replace(PIN, last_seen_ns=NINE_NS + DAY_NS), "about 840 patrons"),
        (replace(PIN, subjects_limited=True), "at least 840 patrons"),
        (replace(PIN, subjects_limited=True, last_seen_ns=FIVE_NS + DAY_NS), "at least 840 patrons"),
    ],
)
def test_patrons(finding: Finding, expected: str) -> None:
    """One day is exact, several days count who comes back twice, a limit makes a lower bound."""
    assert expected == tell_patrons([finding])


@pytest.mark.parametrize(
    ("finding", "expected"),
    [
        (PIN, "messages"),
        (LOGIN, "requests"),
        (CAMERA, "connections"),
        (replace(CAMERA, protocol=Label("http")), "connections"),
    ],
)
def test_units(finding: Finding, expected: str) -> None:
    """What is counted depends on the protocol, and for devices it is flows."""
    assert expected == tell_unit(finding)[1]
