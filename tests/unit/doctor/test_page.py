"""The table on a terminal, whole: golden pages in ``golden/``, rewritten by ``pytest --update``; lines and JSON."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from monitor.doctor.check import Check, attention, bad, good, unknown
from monitor.doctor.page import compose, list_plainly, summarize, to_json
from monitor.model.record import replace
from monitor.sinks.report.text import Appearance, draw

GOLDEN = Path(__file__).parent / "golden"
_CHECKS: list[Check] = [
    good("configuration.file", "no mistakes; 5 zones, 3 assets"),
    unknown("service.running", "this machine is not run by systemd", "see that something starts the sensor, and again"),
    good("interface.link", "eth0 is up and connected"),
    attention(
        "interface.offloads",
        "GRO is on: packets are glued together before they are seen; nothing is missed, but fewer are counted",
        "ethtool -K eth0 gro off lro off (again after each start of the machine)",
    ),
    bad("traffic.both-directions", "of 40 connections both ends are heard in 2", "set the mirror to both directions"),
    good("traffic.vlans", "VLAN 10, 20; without a tag 0.0%", "is one missing? Add it to the mirror"),
    attention("configuration.zones", "4 of 5 heard; silent: \x1b[31mcameras", "are their ports or VLANs mirrored?"),
]
CHECKS = [replace(check, interface="eth0" if check.group in {"interface", "traffic"} else "") for check in _CHECKS]


@pytest.mark.parametrize("width", [80, 120])
@pytest.mark.parametrize("encoding", ["utf-8", "ascii"])
def test_page(width: int, encoding: str, request: pytest.FixtureRequest) -> None:
    """The page fits the terminal and what it can show, and a name is no command to it."""
    looks = Appearance(width=width, encoding=encoding)
    page = draw(lambda plain: compose(CHECKS, ascii_only=plain), looks)
    golden = GOLDEN / f"{encoding}-{width}.txt"
    if request.config.getoption("--update"):
        golden.write_text(page, "utf-8")
    assert golden.read_text("utf-8") == page
    assert max(map(len, page.splitlines())) <= width
    assert "\x1b" not in page


def test_color_only_repeats() -> None:
    """Without color the same words stand there."""
    colored = draw(lambda plain: compose(CHECKS, ascii_only=plain), Appearance(color=True))
    assert "\x1b[1;31m\u2717" in colored
    assert "\u2717" in draw(lambda plain: compose(CHECKS, ascii_only=plain), Appearance())


def test_lines() -> None:
    """One line a check, which other programs can take apart, and a last one."""
    lines = list_plainly(CHECKS).splitlines()
    assert len(CHECKS) + 1 == len(lines)
    assert (
        "bad        traffic.both-directions  of 40 connections both ends are heard in 2 "
        "(to do: set the mirror to both directions)" == lines[4]
    )
    assert "\x1b" not in "".join(lines)


def test_json() -> None:
    """Everything for programs."""
    document = json.loads(to_json(CHECKS))
    link = {"check": "interface.link", "interface": "eth0", "grade": "good", "seen": "eth0 is up and connected"}
    assert ("privacy-monitor/doctor/1", "bad") == (document["schema"], document["verdict"])
    assert link | {"to_do": ""} == document["checks"][2]
    assert "" == document["checks"][0]["interface"]


def test_several_interfaces() -> None:
    """Each has groups of its own, and each line says which one it is about."""
    both = [replace(check, interface=name) for name in ("eth0", "eth1") for check in CHECKS if check.interface]
    page = draw(lambda plain: compose(both, ascii_only=plain), Appearance())
    assert ["Interface: eth0", "Interface: eth1"] == [
        line.strip() for line in page.splitlines() if "Interface:" in line
    ]
    assert {"eth0:interface.link", "eth1:interface.link"} <= {
        line.split()[1] for line in list_plainly(both).splitlines()
    }


def test_what_it_comes_to() -> None:
    """One sentence, which never says that all is well when it is not."""
    assert "1 thing is good. Nothing is bad." == summarize(CHECKS[:1])
    assert "1 thing is good, 1 could not be found out. Nothing is bad." == summarize(CHECKS[:2])
    assert summarize(CHECKS).endswith("1 to mend now: until then something is not seen, or not told.")
