"""The compose file: what it mounts is there, and what containers are told fits what lies in this project."""

from __future__ import annotations

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
    """Data source, dashboards, and the folder that the provisioning of dashboards names."""
    grafana = mounts(services["grafana"])
    (provider,) = yaml.safe_load((FOLDER / "provisioning/dashboards/library-privacy.yaml").read_text("utf-8"))[
        "providers"
    ]
    assert "./dashboards" == grafana[provider["options"]["path"]]
    assert {"./provisioning/datasources", "./provisioning/dashboards"} < set(grafana.values())


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
