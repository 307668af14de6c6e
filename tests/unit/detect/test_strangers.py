"""Hosts that nobody logged in to before: told late, told once, and never of assets."""

from __future__ import annotations

import pytest

from monitor.detect import strangers
from monitor.detect.strangers import SETTLED_LOGINS, Strangers
from monitor.model.events import Event, PortMapping
from monitor.model.finding import Observation
from monitor.model.flow import FlowView
from monitor.model.opaque import Raw
from monitor.model.record import replace
from monitor.model.stats import Stats
from monitor.privacy.labels import typed
from monitor.privacy.names import host_name
from monitor.protocols.http import SPEC
from monitor.protocols.http.events import HttpLogin
from tests.unit.detect.samples import SERVER, flow

DAY_NS = 86_400 * 10**9


class Network:
    """Logins, and what becomes of them."""

    def __init__(self, *, learning_ns: int = 0) -> None:
        self.stats = Stats()
        self.told: list[Observation] = []
        self._observe = Strangers([SPEC], self.stats, learning_ns=learning_ns).before(self._take)

    def _take(self, observation: Observation) -> None:
        self.told.append(observation)

    def see(self, event: Event, view: FlowView, *, times: int = 1, at_ns: int = 0) -> int:
        """Have something observed, and what comes up again told as the flow room does; how much was told."""
        before = len(self.told)
        again = self._observe(Observation(at_ns, view, 1, event, 0, 1, -1, ()))
        for _ in range(times - 1):
            if again is not None:
                again((at_ns, 0, 1, -1), 1, ())
        return len(self.told) - before

    def log_in(self, name: str, *, times: int = 1, at_ns: int = 0, asset: str = "") -> int:
        """Log in to a host by its name."""
        view = flow(responder=replace(SERVER, asset=typed(asset)))
        return self.see(HttpLogin(host=host_name(Raw(name.encode()))), view, times=times, at_ns=at_ns)


def test_a_stranger_among_hosts_that_are_known() -> None:
    """It is told once, and the next one not before others are well known again."""
    network = Network()
    assert 0 == network.log_in("catalog.example.org", times=SETTLED_LOGINS + 1)
    assert 1 == network.log_in("catalog.example.net")
    assert 0 == network.log_in("catalog.example.net")
    assert 0 == network.log_in("other.example.net")
    assert 0 == network.log_in("catalog.example.org", times=SETTLED_LOGINS)
    assert 1 == network.log_in("last.example.net")


def test_while_much_is_new_nobody_is_a_stranger() -> None:
    """As on the first day."""
    network = Network()
    assert 0 == sum(network.log_in(f"h{number}.example.org", times=SETTLED_LOGINS) for number in range(9))


def test_a_sensor_learns_first() -> None:
    """From the first login on, however many there are."""
    network = Network(learning_ns=DAY_NS)
    assert 0 == network.log_in("a.example.org", times=100, at_ns=DAY_NS)
    assert 0 == network.log_in("b.example.org", times=100, at_ns=2 * DAY_NS - 1)
    assert 1 == network.log_in("c.example.org", at_ns=2 * DAY_NS)


def test_assets_are_no_strangers() -> None:
    """The operator knows them, and their logins are logins to hosts that are known."""
    network = Network()
    assert 0 == network.log_in("ils.example.org", times=SETTLED_LOGINS, asset="ils")
    assert 0 == network.log_in("new.example.org", asset="new")
    assert 1 == network.log_in("stranger.example.org")


def test_hosts_without_a_name_go_by_their_addresses() -> None:
    """Ports do not matter."""
    network = Network()
    assert 0 == network.see(
        HttpLogin(host=None), flow(responder=replace(SERVER, address=typed("192.0.2.1"))), times=SETTLED_LOGINS + 1
    )
    assert 1 == network.see(HttpLogin(host=None), flow(responder=replace(SERVER, address=typed("192.0.2.2"), port=81)))


def test_everything_else_passes() -> None:
    """Only logins are held back."""
    assert 1 == Network().see(PortMapping(), flow())


def test_the_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """The host that was used least lately is forgotten, and counted."""
    monkeypatch.setattr(strangers, "MAX_HOSTS", 2)
    network = Network()
    for name in ("a.example.org", "b.example.org", "a.example.org", "c.example.org"):
        network.log_in(name)
    assert {"detect.strangers": 1} == network.stats.limits
    assert 0 == network.log_in("a.example.org", times=SETTLED_LOGINS)
    assert 1 == network.log_in("b.example.org")
