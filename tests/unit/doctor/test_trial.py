"""The invented login, with rules and configurations that find it and that do not."""

from __future__ import annotations

from ipaddress import ip_address, ip_network
from pathlib import Path

from monitor.config.settings import Config
from monitor.doctor.check import Grade
from monitor.doctor.trial import check_pipeline
from monitor.model.data import Audience, Inspect, Role
from monitor.model.opaque import Label
from monitor.privacy.places import Asset, Zone

ILS = Asset(name=Label("ils"), addresses=(ip_address("10.1.0.10"),), role=Role.ILS)


def around(inspect: Inspect) -> Config:
    """A site whose library system is in a zone."""
    zone = Zone(
        name=Label("all"), audience=Audience.INFRASTRUCTURE, networks=(ip_network("10.0.0.0/8"),), inspect=inspect
    )
    return Config(zones=(zone,), assets=(ILS,))


def test_it_is_found() -> None:
    """With no configuration, and with one that names the library system."""
    assert Grade.GOOD is check_pipeline(Config()).grade
    assert Grade.GOOD is check_pipeline(around(Inspect.ALL)).grade


def test_it_is_left_out() -> None:
    """Who leaves the library system's zone out is told."""
    check = check_pipeline(around(Inspect.NONE))
    assert (Grade.BAD, True) == (check.grade, "leaves its place out" in check.seen)


def test_rules_that_do_not_find_it(tmp_path: Path, repository: Path) -> None:
    """A rule of one's own that replaces a shipped one and finds nothing."""
    rule = (repository / "rules" / "sip2-staff-login.yaml").read_text("utf-8")
    (tmp_path / "sip2-staff-login.yaml").write_text(rule.replace("status: stable", "status: deprecated"), "utf-8")
    check = check_pipeline(Config(), (tmp_path,))
    assert (Grade.BAD, True) == (check.grade, "was not found" in check.seen)


def test_rules_with_mistakes(tmp_path: Path) -> None:
    """Rules that cannot be used find nothing."""
    (tmp_path / "mine.yaml").write_text("title: unfinished\n", "utf-8")
    assert Grade.BAD is check_pipeline(Config(), (tmp_path,)).grade
