"""What the operator said, held against rules and traffic."""

from __future__ import annotations

from ipaddress import ip_address, ip_network
from pathlib import Path

from monitor.config.settings import Config
from monitor.doctor.check import Check, Grade
from monitor.doctor.site import check_config, check_places, check_rules
from monitor.errors import ConfigError
from monitor.model.data import Audience, Inspect, Role
from monitor.model.opaque import Label
from monitor.privacy.places import Asset, Zone


def zone(name: str, network: str, inspect: Inspect = Inspect.ALL) -> Zone:
    """A zone of one network."""
    return Zone(name=Label(name), audience=Audience.INFRASTRUCTURE, networks=(ip_network(network),), inspect=inspect)


SITE = Config(
    zones=(zone("desks", "10.1.0.0/24"), zone("kiosks", "10.30.0.0/24"), zone("away", "10.9.0.0/24", Inspect.NONE)),
    assets=(
        Asset(name=Label("ils"), addresses=(ip_address("10.1.0.10"),), role=Role.ILS),
        Asset(name=Label("printer"), addresses=(ip_address("10.1.0.20"),), role=Role.PRINTER),
    ),
)


def places(config: Config, *addresses: str) -> dict[str, Check]:
    """What is said when packets of these were heard, by key."""
    heard = [ip_address(address).packed for address in addresses]
    return {check.key: check for check in check_places(config, heard)}


def test_who_is_silent() -> None:
    """Zones and assets that were not heard are named; a zone that is left out is not missed."""
    checks = places(SITE, "10.1.0.10", "::ffff:10.1.0.11")
    assert "1 of 2 heard; silent: kiosks" == checks["configuration.zones"].seen
    assert "1 of 2 heard; silent: printer" == checks["configuration.assets"].seen
    assert {Grade.ATTENTION} == {check.grade for check in checks.values()}


def test_all_are_heard() -> None:
    """Everybody spoke."""
    checks = places(SITE, "10.1.0.10", "10.1.0.20", "10.30.0.5")
    assert ["all 2 zones heard", "all 2 assets heard"] == [check.seen for check in checks.values()]
    assert {} == places(SITE)
    assert {} == places(Config(), "10.1.0.10")


def test_the_configuration() -> None:
    """None, one with mistakes, one with remarks, one without."""
    path = Path("library.yaml")
    mistakes = ConfigError("library.yaml:1: a\nlibrary.yaml:2: b")
    assert "there is none" in check_config(None, Config(), None).seen
    assert "library.yaml has 2 mistakes" == check_config(path, Config(), mistakes).seen
    assert "privacy-monitor check library.yaml" == check_config(path, SITE, None).advice
    assert (Grade.GOOD, "no mistakes; 0 zones, 0 assets") == (
        (check := check_config(path, Config(), None)).grade,
        check.seen,
    )


def test_rules(tmp_path: Path) -> None:
    """Those that come along can be used; of one's own, mistakes are counted."""
    assert Grade.GOOD is check_rules(()).grade
    (tmp_path / "mine.yaml").write_text("title: unfinished\n", "utf-8")
    check = check_rules((tmp_path,))
    assert (Grade.BAD, True) == (check.grade, "mistakes in rules" in check.seen)
