"""The compose file: what it mounts is there, and what containers are told fits what lies in this project."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

FOLDER = Path(__file__).resolve().parents[2] / "grafana"


@pytest.fixture
def services() -> dict[str, Any]:
    """The services by their names."""
    found: dict[str, Any] = yaml.safe_load((FOLDER / "compose.yaml").read_text("utf-8"))["services"]
    return found


def mounts(service: dict[str, Any]) -> dict[str, str]:
    """Folders of this project, by where a container finds them."""
    parts = [volume.split(":") for volume in service["volumes"]]
    return {part[1]: part[0] for part in parts if part[0].startswith("./")}


def test_what_is_mounted_is_there(services: dict[str, Any]) -> None:
    """Else an empty folder would be made in its place."""
    folders = [folder for service in services.values() for folder in mounts(service).values()]
    assert folders
    assert [] == [folder for folder in folders if not (FOLDER / folder).is_dir()]


def test_everything_is_provisioned(services: dict[str, Any]) -> None:
    """Every folder that Grafana reads is where it looks for it, and so are the dashboards that one of them names."""
    grafana = mounts(services["grafana"])
    kinds = {path.name for path in (FOLDER / "provisioning").iterdir() if path.name != "optional"}
    assert {"alerting", "dashboards", "datasources"} == kinds
    for kind in kinds:
        assert f"./provisioning/{kind}" == grafana[f"/etc/grafana/provisioning/{kind}"]
    (provider,) = provisioned("dashboards", "providers")
    assert "./dashboards" == grafana[provider["options"]["path"]]
    assert provisioned("datasources", "datasources")
    for key in ("groups", "contactPoints", "policies"):
        assert provisioned("alerting", key), key


def provisioned(kind: str, key: str) -> list[dict[str, Any]]:
    """What all files of a folder say together; each is of the one version that there is."""
    found: list[dict[str, Any]] = []
    for path in sorted((FOLDER / "provisioning" / kind).iterdir()):
        said = yaml.safe_load(path.read_text("utf-8"))
        assert 1 == said["apiVersion"], path
        found += said.get(key, [])
    return found


def routes(policy: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """A policy and all below it."""
    yield policy
    for route in policy.get("routes", []):
        yield from routes(route)


def test_what_is_provisioned_fits_together() -> None:
    """Grafana does not start where a policy names no contact point, or a rule no data source."""
    points = provisioned("alerting", "contactPoints")
    named = {route["receiver"] for policy in provisioned("alerting", "policies") for route in routes(policy)}
    assert {point["name"] for point in points} == named
    for receiver in (one for point in points for one in point["receivers"]):
        assert {"email": {"addresses"}, "webhook": {"url"}}[receiver["type"]] == receiver["settings"].keys()
        assert re.fullmatch("[A-Za-z0-9_-]{1,40}", receiver["uid"])
        assert "$" not in str(receiver), "a variable that is not set would be an empty address"
    (source,) = provisioned("datasources", "datasources")
    rules = [rule for group in provisioned("alerting", "groups") for rule in group["rules"]]
    assert len(rules) == len({rule["uid"] for rule in rules})
    for rule in rules:
        assert {source["uid"], "__expr__"} == {one["datasourceUid"] for one in rule["data"]}
        assert rule["condition"] in {one["refId"] for one in rule["data"]}


def test_nothing_is_told_twice(services: dict[str, Any]) -> None:
    """Alertmanager tells people; Grafana's own alerts rest until somebody wants them instead."""
    assert "alerting" in yaml.safe_load((FOLDER / "prometheus/prometheus.yml").read_text("utf-8"))
    environment = services["grafana"]["environment"]
    assert "${GRAFANA_ALERTS:-false}" == environment["GF_UNIFIED_ALERTING_EXECUTE_ALERTS"]
    assert all(":-" in value for value in environment.values() if "$" in value), "each has a value without being set"


@pytest.mark.parametrize("name", ["prometheus", "alertmanager"])
def test_configurations_are_where_they_are_looked_for(name: str, services: dict[str, Any]) -> None:
    """Each is told a file that is mounted."""
    (option,) = [one for one in services[name]["command"] if one.startswith("--config.file=")]
    place = Path(option.removeprefix("--config.file="))
    assert (FOLDER / mounts(services[name])[str(place.parent)] / place.name).is_file()


def test_nothing_leaves_the_machine(services: dict[str, Any]) -> None:
    """Each listens to this machine alone."""
    for name in ("prometheus", "alertmanager"):
        assert any(one.startswith("--web.listen-address=127.0.0.1:") for one in services[name]["command"])
    assert "127.0.0.1" == services["grafana"]["environment"]["GF_SERVER_HTTP_ADDR"]
