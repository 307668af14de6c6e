"""All checks in a row: on a wire, without an interface, and elsewhere than on Linux."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import pytest

from monitor.doctor import examination as room
from monitor.doctor.check import Check, Grade
from monitor.doctor.examination import Request, examine
from monitor.doctor.page import _GROUPS
from monitor.errors import UsageError
from tests.support.wire import FAR, NEAR, virtual_wire


@pytest.fixture
def _wire() -> Iterator[None]:
    """A wire of its own."""
    with virtual_wire():
        yield


def examined(interface: str) -> dict[str, Check]:
    """What is said, by key."""
    return {check.key: check for check in examine(Request(interfaces=(interface,) if interface else (), seconds=0.2))}


@pytest.mark.slow
@pytest.mark.usefixtures("_wire")
def test_everything() -> None:
    """Every group is there, and whatever is not good says what to do."""
    checks = examined(NEAR)
    assert set(_GROUPS) - {"alerts"} == {check.group for check in checks.values()}
    assert "nothing came in 0.2 s" == checks["traffic.packets"].seen
    assert [] == [check.key for check in checks.values() if check.grade is not Grade.GOOD and not check.advice]


@pytest.mark.slow
@pytest.mark.usefixtures("_wire")
def test_every_interface() -> None:
    """Each is looked at and listened to, one after the other."""
    checks = list(examine(Request(interfaces=(NEAR, FAR), seconds=0.2)))
    assert [NEAR, FAR] == [check.interface for check in checks if check.key == "traffic.packets"]
    assert {"", NEAR, FAR} == {check.interface for check in checks}


def test_without_an_interface() -> None:
    """What can be said without listening is said."""
    checks = examined("")
    assert Grade.UNKNOWN is checks["interface.present"].grade
    assert Grade.GOOD is checks["pipeline.finds"].grade
    assert not any(check.group == "traffic" for check in checks.values())


def test_an_interface_that_is_not_there() -> None:
    """Nobody listens to it."""
    checks = examined("nowhere0")
    assert Grade.BAD is checks["interface.present"].grade
    assert "interface.link" not in checks


def test_without_rights(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who may not listen is told so, and everything else nevertheless."""

    def refuse(*_: object) -> None:
        raise UsageError("reading from an interface needs the capability CAP_NET_RAW")

    monkeypatch.setattr(room, "listen", refuse)
    check = examined("lo")["traffic.packets"]
    assert (Grade.UNKNOWN, True) == (check.grade, "CAP_NET_RAW" in check.seen)


def test_elsewhere_than_on_linux(monkeypatch: pytest.MonkeyPatch) -> None:
    """There is no listening, and no failure either."""
    monkeypatch.setattr(sys, "platform", "darwin")
    checks = examined("lo")
    assert "listening needs Linux" == checks["traffic.packets"].seen
    assert Grade.UNKNOWN is checks["clock.synchronized"].grade
