"""What is shipped of roles, vendors and hosts can be read, and says what it should."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor.config.catalog import shipped_policies, shipped_services, vendor_expectations, vendor_names
from monitor.config.loading import load_config
from monitor.errors import ConfigError
from monitor.model.data import Role
from monitor.model.events import Trait
from monitor.privacy.services import Known


def test_roles() -> None:
    """Each role that has a policy."""
    expected = {Role.CAMERA, Role.PRINTER, Role.VOICE_ASSISTANT, Role.SELF_CHECK, Role.PUBLIC_PC}

    assert expected == set(shipped_policies())
    assert [Role.ILS] == [one.role for one in shipped_policies()[Role.SELF_CHECK]]


def test_destinations() -> None:
    """Servers of encrypted DNS, and relays."""
    by_trait: dict[Trait, list[Known]] = {}
    for one in shipped_services():
        by_trait.setdefault(one.trait, []).append(one)

    assert {Trait.ENCRYPTED_DNS, Trait.RELAY} == set(by_trait)


@pytest.mark.parametrize("name", vendor_names())
def test_vendors(name: str) -> None:
    """Every profile has hosts with ports, and none of them is a relay."""
    relays = {host for one in shipped_services() if one.trait is Trait.RELAY for host in one.names}
    found = vendor_expectations(name)

    assert found
    assert all(one.name and one.ports and one.source for one in found)
    assert not relays & {one.name for one in found}


CONFIG = """\
zones:
  - name: cameras
    audience: infrastructure
    role: camera
    networks: [10.40.0.0/24]
    expect: [{vendor: %s}]
"""


def test_a_vendor_is_opted_in_to(tmp_path: Path) -> None:
    """Its hosts stand in the zone's list; an unknown one is a mistake with a hint."""
    path = tmp_path / "library.yaml"
    path.write_text(CONFIG % "verkada", "utf-8")
    (zone,) = load_config(path).zones
    assert vendor_expectations("verkada") == zone.expect

    path.write_text(CONFIG % "verkadda", "utf-8")
    with pytest.raises(ConfigError, match="did you mean 'verkada'"):
        load_config(path)


EXPECTING = """\
zones:
  - name: cameras
    audience: infrastructure
    networks: [10.40.0.0/24]
    %s
roles:
  - {role: printer, expect: []}
"""


@pytest.mark.parametrize(
    ("line", "mistake"),
    [
        ('expect: [{name: "*.co.uk", ports: [443/tcp]}]', "everybody below"),
        ('expect: [{name: "*.com", ports: [443/tcp]}]', "everybody below"),
        ("expect: [{mud: nowhere.json}]", "cannot be read"),
        ("exceptions: [{name: a.example, ports: [443/tcp]}]", "'owner' is missing"),
        ("exceptions: [{asset: nobody, owner: IT, reason: test, until: 2027-01-31}]", "no asset"),
        ("exceptions: [{name: a.example, ports: [1/tcp], owner: IT, reason: x, until: 2027-02-30}]", "not a day"),
        ("expect: [{role: cameraa}]", "did you mean 'camera'"),
    ],
)
def test_mistakes_in_lists(line: str, mistake: str, tmp_path: Path) -> None:
    """Each is named."""
    path = tmp_path / "library.yaml"
    path.write_text(EXPECTING % line, "utf-8")
    with pytest.raises(ConfigError, match=mistake):
        load_config(path)


@pytest.mark.parametrize("name", ["*.lan", "*.vendor.co.uk", "*.example.com"])
def test_wildcards_of_somebodys_own(name: str, tmp_path: Path) -> None:
    """A name that somebody registered, and one that only the house knows."""
    path = tmp_path / "library.yaml"
    path.write_text(EXPECTING % f'expect: [{{name: "{name}", ports: [443/tcp]}}]', "utf-8")

    assert load_config(path).zones[0].expect
