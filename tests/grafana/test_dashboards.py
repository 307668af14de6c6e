"""Dashboards are what their source says, and each panel tells what it shows, in which unit, and where to read on."""

from __future__ import annotations

import json
import re
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
import yaml

from grafana.source.generate import FOLDER, generated
from grafana.source.runbooks import UID, link_to, number, pages
from grafana.source.words import DATA, LEVELS, SHORT, shipped_rules
from monitor.model.data import DataClass, Level

GENERATED = generated()
BOARDS = {path.stem: json.loads(path.read_text("utf-8")) for path in sorted(FOLDER.glob("dashboards/*.json"))}
FOUR = {name: board for name, board in BOARDS.items() if name != "runbooks"}
PANELS = [
    pytest.param(panel, id=f"{name}: {panel['title']}") for name, board in FOUR.items() for panel in board["panels"]
]
KNOWN = {"stat", "table", "timeseries", "state-timeline", "text"}
"""Kinds of panels that Grafana 10 has and later ones still do."""
OWN = {"__range", "__interval", "__rate_interval"}
"""Variables of Grafana's own."""
MAX_TITLE = 24
"""Letters that fit over a quarter of a page that is 1,000 pixels wide."""


@pytest.mark.parametrize("path", GENERATED, ids=lambda path: path.name)
def test_files_are_current(path: Path) -> None:
    """What is committed is what `make dashboards` writes."""
    assert GENERATED[path] == path.read_text("utf-8")


def test_nothing_is_left_over() -> None:
    """No file stays behind when its source is gone."""
    assert {path for path in GENERATED if path.suffix == ".json"} == set(FOLDER.glob("dashboards/*"))


@pytest.mark.parametrize("name", BOARDS)
def test_classic(name: str) -> None:
    """The format that Grafana 10 to 13 import, with an address that does not change, found by what it is about."""
    board = BOARDS[name]
    assert 38 == board["schemaVersion"]
    assert board["uid"].startswith("privacy-monitor-")
    assert board["title"].startswith("Library privacy: ")
    assert ["library-privacy"] == board["tags"]
    assert "elements" not in board
    assert {panel["type"] for panel in board["panels"]} <= KNOWN


@pytest.mark.parametrize("name", BOARDS)
def test_layout(name: str) -> None:
    """No panel lies over another or beyond the edge, and none has the number of another."""
    panels = BOARDS[name]["panels"]
    assert len(panels) == len({panel["id"] for panel in panels})
    places = [panel["gridPos"] for panel in panels]
    assert all(0 <= at["x"] and at["x"] + at["w"] <= 24 for at in places)
    for one, other in combinations(places, 2):
        beside = one["x"] + one["w"] <= other["x"] or other["x"] + other["w"] <= one["x"]
        below = one["y"] + one["h"] <= other["y"] or other["y"] + other["h"] <= one["y"]
        assert beside or below


@pytest.mark.parametrize("panel", PANELS)
def test_panels_speak(panel: dict[str, Any]) -> None:
    """A title, a description in a whole sentence, a unit, thresholds, what to say without data, and a page."""
    defaults = panel["fieldConfig"]["defaults"]
    assert re.fullmatch(r"[A-Z].*", panel["title"])
    assert panel["description"].endswith((".", "`."))
    assert defaults["unit"]
    assert defaults["thresholds"]["steps"]
    assert defaults["noValue"]
    (link,) = panel["links"]
    assert link["url"] in {link_to(page.slug) for page in pages()}
    if panel["gridPos"]["w"] <= 6:
        assert len(panel["title"]) <= MAX_TITLE


@pytest.mark.parametrize("panel", PANELS)
def test_questions(panel: dict[str, Any]) -> None:
    """Each question goes to the chosen data source, for the chosen sites and sensors, with variables that exist."""
    assert panel["targets"]
    assert len(panel["targets"]) == len({target["refId"] for target in panel["targets"]})
    for target in panel["targets"]:
        assert "${datasource}" == target["datasource"]["uid"]
        assert 'site=~"$site",instance=~"$sensor"' in target["expr"]
        names = set(re.findall(r"\$\{?(\w*[a-z]\w*)", target["expr"] + target["legendFormat"]))
        assert names <= {"site", "sensor", "zone", "seen"} | OWN


@pytest.mark.parametrize("name", FOUR)
def test_variables(name: str) -> None:
    """Site, sensor and zone: any number of each."""
    chosen = {one["name"]: one for one in FOUR[name]["templating"]["list"]}
    assert {"datasource", "site", "sensor", "seen"} <= set(chosen)
    assert ("zone" in chosen) == (name != "sensor-health")
    for variable in {"site", "sensor", "zone"} & set(chosen):
        assert chosen[variable]["multi"]
        assert chosen[variable]["includeAll"]
        assert ".*" == chosen[variable]["allValue"]


def test_no_answer_is_not_good_news() -> None:
    """Where nothing is known, a figure is gray and not green."""
    for board in FOUR.values():
        for panel in board["panels"]:
            if panel["type"] == "stat":
                special = [one for one in panel["fieldConfig"]["defaults"]["mappings"] if one["type"] == "special"]
                assert ["null+nan"] == [one["options"]["match"] for one in special]


def test_every_word_is_known() -> None:
    """Kinds of data and levels have a name and a color; short names belong to rules that exist and fit a table."""
    assert set(DataClass) == set(DATA)
    assert set(Level) == set(LEVELS)
    assert set(SHORT) <= {rule.slug for rule in shipped_rules()}
    assert all(len(short) <= 46 for short in SHORT.values())


def test_all_pages_are_there() -> None:
    """Each page has its panel, with links that lead to other panels."""
    panels = {panel["id"]: panel for panel in BOARDS["runbooks"]["panels"]}
    assert {number(page.slug): page.title for page in pages()} == {key: one["title"] for key, one in panels.items()}
    linked = {
        int(found)
        for panel in panels.values()
        for found in re.findall(rf"\(/d/{UID}/runbooks\?viewPanel=(\d+)\)", panel["options"]["content"])
    }
    assert linked <= set(panels)
    assert len(linked) >= len(panels) - 1
    assert not any(".md)" in panel["options"]["content"] for panel in panels.values())


def test_grafana_alerts() -> None:
    """Each alert for Prometheus is one for Grafana, with no variable that Grafana would take away."""
    path = FOLDER / "provisioning" / "alerting" / "rules.yaml"
    (group,) = yaml.safe_load(path.read_text("utf-8"))["groups"]
    source = yaml.safe_load((FOLDER / "prometheus" / "sensor.yaml").read_text("utf-8"))["groups"][0]["rules"]
    assert [rule["alert"] for rule in source] == [rule["title"] for rule in group["rules"]]
    for rule in group["rules"]:
        assert len(rule["uid"]) <= 40
        assert rule["condition"] in {part["refId"] for part in rule["data"]}
        models = yaml.safe_dump([part["model"] for part in rule["data"]])
        assert [] == re.findall(r"(?<!\$)\$(?!\$)", models)
        words = " ".join(rule["annotations"].values())
        assert not re.search(r"\$value\b|externalLabels", words)


def test_provisioning_fits_together() -> None:
    """Policies tell contact points that exist, and rules ask the data source that is set up."""
    parts = {
        path.stem: yaml.safe_load(path.read_text("utf-8")) for path in (FOLDER / "provisioning").glob("[ad]*/*.yaml")
    }
    assert {1} == {part["apiVersion"] for part in parts.values()}
    (source,) = parts["prometheus"]["datasources"]
    asked = {part["datasourceUid"] for rule in parts["rules"]["groups"][0]["rules"] for part in rule["data"]}
    assert {source["uid"], "__expr__"} == asked
    (tree,) = parts["policies"]["policies"]
    told = {tree["receiver"], *(route["receiver"] for route in tree["routes"])}
    assert told == {point["name"] for point in parts["contact-points"]["contactPoints"]}
