"""Another configuration in the middle of everything: flows and findings go on as it wants; mistakes change nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from threading import Event

import pytest
import yaml

from monitor.build import Policy, Rooms, prepare
from monitor.config.loading import load_config
from monitor.config.settings import Config
from monitor.errors import ConfigError
from monitor.model.finding import Finding
from monitor.model.frames import Frames, Tick
from monitor.model.stats import Stats
from monitor.reload import Reload, Rereading
from tests.support.conversation import Conversation, Host, Packet
from tests.support.frames import decoded
from tests.support.wire import wait_for

KIOSK, DESK, ILS = Host("10.30.0.11", 49_152), Host("10.30.0.12", 49_153), Host("10.1.0.10", 6001)
CAMERA, CLOUD = Host("10.40.0.7", 40_000), Host("203.0.113.7", 443)
STATUS = b"2300119960212    100239AOkiosks|AA104000000105|AC|AD1234|\r"
SHOWN = "zones: [{name: kiosks, audience: staff, networks: [10.30.0.0/24]}]"
HIDDEN = """\
zones: [{name: lobby, audience: public, networks: [10.30.0.0/24]}]
assets: [{name: ils, address: 10.1.0.10, role: ils}]
"""
CLOSED = "zones: [{name: kiosks, audience: staff, networks: [10.30.0.0/24], inspect: none}]"
WATCHED = "zones: [{name: cameras, audience: infrastructure, role: camera, networks: [10.40.0.0/24]}]"


class Site:
    """A library whose configuration changes while it is open."""

    def __init__(self, folder: Path, text: str = "") -> None:
        self._folder = folder
        self.stats = Stats()
        self.rooms = Rooms(self._policy(text, ()), self.stats)
        self._frames = 0

    def _policy(self, text: str, rules: Iterable[Path]) -> Policy:
        path = self._folder / "library.yaml"
        path.write_text(text or "site: Main Library\n", "utf-8")
        return prepare(load_config(path), tuple(rules))

    def say(self, text: str, *rules: Path) -> None:
        """Another configuration holds."""
        self.rooms.adopt(self._policy(text, rules))

    def carry(self, packets: list[Packet]) -> list[Finding]:
        """What is found when these packets have come."""
        frames = decoded([p.data for p in packets], times_ns=[p.at_ns for p in packets], first=self._frames + 1)
        self._frames += len(packets)
        self.rooms.flows.take(frames)
        self.rooms.flows.tick(packets[-1].at_ns)
        return self.rooms.detector.tick(packets[-1].at_ns)

    def end(self) -> dict[str, Finding]:
        """Every finding that stands at the end, by its rule; there is one of each."""
        self.rooms.flows.finish()
        found = [one for one in self.rooms.detector.finish() if one.count]
        assert {} == dict(self.stats.faults)
        assert len({one.rule for one in found}) == len(found)
        return {one.rule: one for one in found}


def asking(conversation: Conversation, times: int = 1) -> list[Packet]:
    """The next packets of a self-check that asks for a patron, PIN included."""
    before = len(conversation.packets)
    for _ in range(times):
        conversation.originator(STATUS)
    return conversation.packets[before:]


def talk(client: Host = KIOSK) -> Conversation:
    """A connection that is open, with its first message."""
    return Conversation(client, ILS).open().originator(STATUS)


def test_a_session_in_progress_goes_on(tmp_path: Path) -> None:
    """The same finding counts on, and shows what the ends are called now."""
    site, session = Site(tmp_path), talk()
    (before,) = site.carry(session.packets)
    site.say(f"{SHOWN}\nassets: [{{name: ils, address: 10.1.0.10, role: ils}}]")
    (after,) = site.carry(asking(session, 2))

    assert (1, 3) == (before.count, after.count)
    assert before.id == after.id
    assert ("", "ils") == (before.about.asset, after.about.asset)
    assert (["kiosks"], ["10.30.0.11"]) == ([one.zone for one in after.peers], [one.address for one in after.peers])
    assert {before.id} == {one.id for one in site.end().values()}


def test_everything_is_told_again(tmp_path: Path) -> None:
    """Whoever shows findings learns of new names at once, not with the next message."""
    site, session = Site(tmp_path), talk()
    site.carry(session.packets)
    site.say(SHOWN)
    (told,) = site.rooms.detector.tick(0)
    assert "kiosks" == told.peers[0].zone
    assert [] == site.rooms.detector.tick(1)


def test_addresses_that_are_hidden_now_are_told_no_more(tmp_path: Path) -> None:
    """Peers that nobody may tell apart become one, with all that was counted."""
    site, one, other = Site(tmp_path), talk(), talk(DESK)
    site.carry(one.packets)
    site.carry(other.packets)
    site.say(HIDDEN)
    site.carry(asking(one))
    found = site.end()["sip2-patron-credential"]

    assert [("", "lobby", 3)] == [(peer.address, peer.zone, peer.count) for peer in found.peers]
    assert (3, 1) == (found.count, found.peers_total)


def test_a_finding_about_what_is_hidden_now_is_withdrawn(tmp_path: Path) -> None:
    """It goes without its address, and what comes is counted for the zone."""
    site, session = Site(tmp_path), talk()
    (before,) = site.carry(session.packets)
    site.say("zones: [{name: servers, audience: infrastructure, networks: [10.1.0.0/24], show_addresses: false}]")
    told = site.carry(asking(session))

    assert [0, 1] == sorted(one.count for one in told)
    assert {("", "servers")} == {(one.about.address, one.about.zone) for one in told}
    assert before.id == next(one.id for one in told if not one.count)
    assert before.id not in {one.id for one in site.end().values()}


def test_a_withdrawal_is_told_even_at_the_end(tmp_path: Path) -> None:
    """Nobody is left believing in it when the run ends first."""
    site, session = Site(tmp_path), talk()
    site.carry(session.packets)
    site.say("zones: [{name: servers, audience: infrastructure, networks: [10.1.0.0/24], show_addresses: false}]")
    assert [0] == [one.count for one in site.rooms.detector.finish()]


def test_a_zone_that_is_not_looked_at_any_more(tmp_path: Path) -> None:
    """Its flows in progress are dropped, and what comes of them is excluded."""
    site, session = Site(tmp_path), talk()
    site.carry(session.packets)
    assert 1 == site.stats.followed_flows
    site.say(CLOSED)
    assert [1] == [one.count for one in site.carry(asking(session))]

    assert 0 == site.stats.followed_flows
    assert 1 == site.stats.coverage.excluded_packets


def test_a_zone_that_is_looked_at_from_now_on(tmp_path: Path) -> None:
    """Its flows in progress are looked at from the middle."""
    site, session = Site(tmp_path, CLOSED), talk()
    assert [] == site.carry(session.packets)
    site.say(SHOWN)
    (found,) = site.carry(asking(session, 2))
    assert 2 == found.count


def test_cameras_are_watched_from_now_on(tmp_path: Path) -> None:
    """A connection in progress is held against what is expected with its next packet; and not any more afterwards."""
    site = Site(tmp_path)
    session = Conversation(CAMERA, CLOUD).open().originator(b"\x17\x03\x03\x00\x02xx")
    assert [] == site.carry(session.packets)
    site.say(WATCHED)
    before = len(session.packets)
    session.originator(b"\x17\x03\x03\x00\x02yy")
    site.carry(session.packets[before:])
    found = site.end()

    assert ["camera-unexpected-internet"] == list(found)
    assert "10.40.0.7" == found["camera-unexpected-internet"].about.address


def own_rule(folder: Path, repository: Path, **changes: object) -> Path:
    """A folder with the rule about PINs, changed."""
    folder.mkdir()
    rule = yaml.safe_load((repository / "rules/sip2-patron-credential.yaml").read_text("utf-8"))
    (folder / "sip2-patron-credential.yaml").write_text(yaml.safe_dump(rule | changes), "utf-8")
    return folder


def test_another_level_of_the_same_rule(tmp_path: Path, repository: Path) -> None:
    """The finding goes on at that level."""
    site, session = Site(tmp_path), talk()
    (before,) = site.carry(session.packets)
    site.say("", own_rule(tmp_path / "own", repository, level="high"))
    (after,) = site.carry(asking(session))

    assert (before.id, 2, "high") == (after.id, after.count, after.level.word)


def test_a_rule_that_is_gone(tmp_path: Path, repository: Path) -> None:
    """What it found stands no more; what it would have found counts for the next rule."""
    site, session = Site(tmp_path), talk()
    (before,) = site.carry(session.packets)
    site.say("", own_rule(tmp_path / "own", repository, status="deprecated"))
    told = site.carry(asking(session))

    assert [(before.id, 0)] == [(one.id, one.count) for one in told if one.rule == "sip2-patron-credential"]
    assert {"sip2-patron-identity": 1} == {one.rule: one.count for one in told if one.count}


# -- How it is asked for, and what is said of it.


class Sensor:
    """A run of ticks during which configurations are read."""

    def __init__(self) -> None:
        self.stats = Stats()
        self.said: list[str] = []
        self.done: list[str] = []
        self.wishes = 0
        self.answers: list[Callable[[], Config]] = []
        rereading = Rereading(
            wanted=self._wanted,
            read=self._read,
            begun=lambda: self.done.append("begun"),
            ended=lambda: self.done.append("ended"),
        )
        self.run = iter(
            Reload(
                self,
                rereading,
                prepare=lambda config: lambda: self.done.append(f"rooms {config.site}"),
                config=Config(),
                stats=self.stats,
                tell=self.said.append,
            )
        )

    def __iter__(self) -> Iterator[Frames | Tick]:
        """Give one tick after the other."""
        while True:
            yield Tick(at_ns=0)

    def _wanted(self) -> bool:
        wanted, self.wishes = self.wishes > 0, 0
        return wanted

    def _read(self) -> tuple[Config, Callable[[], None]]:
        config = self.answers.pop(0)()
        return config, lambda: self.done.append("sinks")

    def go_on(self, until: str, times: int = 1) -> None:
        """Let ticks come until that was done so often."""

        def is_done() -> bool:
            next(self.run)
            return self.done.count(until) >= times

        wait_for(is_done)


@pytest.fixture
def sensor() -> Sensor:
    """A sensor that nobody has asked for anything."""
    return Sensor()


def refuse() -> Config:
    """A configuration with two mistakes."""
    raise ConfigError("library.yaml:1: one\nlibrary.yaml:2: two")


def test_nothing_happens_unasked(sensor: Sensor) -> None:
    """Ticks pass."""
    for _ in range(5):
        assert Tick(at_ns=0) == next(sensor.run)
    assert ([], []) == (sensor.done, sensor.said)


def test_a_good_configuration_is_put_in_place(sensor: Sensor) -> None:
    """In the rooms and the sinks, and it is said."""
    sensor.answers, sensor.wishes = [Config], 1
    sensor.go_on("ended")
    assert ["begun", "rooms ", "sinks", "ended"] == sensor.done
    assert ["the configuration was read again, and holds from now on"] == sensor.said
    assert not sensor.stats.reload_failed


def test_a_bad_one_changes_nothing_and_a_good_one_mends_it(sensor: Sensor) -> None:
    """Every mistake is said; the figure says that an older one holds, until a good one does."""
    sensor.answers, sensor.wishes = [refuse, Config], 1
    sensor.go_on("ended")
    assert ["begun", "ended"] == sensor.done
    assert ["library.yaml:1: one", "library.yaml:2: two"] == sensor.said[:2]
    assert "the configuration is not used; what held before still holds" == sensor.said[2]
    assert sensor.stats.reload_failed
    sensor.wishes = 1
    sensor.go_on("ended", 2)
    assert not sensor.stats.reload_failed


def test_a_bug_costs_a_reload_and_not_the_run(sensor: Sensor) -> None:
    """Its type is counted, and nothing that it says is shown."""

    def fail() -> Config:
        raise KeyError("104000000105")

    sensor.answers, sensor.wishes = [fail], 1
    sensor.go_on("ended")
    assert {"reload.KeyError": 1} == dict(sensor.stats.faults)
    assert ["the configuration is not used; what held before still holds"] == sensor.said
    assert sensor.stats.reload_failed


def test_packets_do_not_wait_for_the_reading(sensor: Sensor) -> None:
    """The run goes on while a configuration is read; whoever asks meanwhile gets another reading."""
    may_end = Event()

    def read_slowly() -> Config:
        assert may_end.wait(60)
        return Config()

    sensor.answers, sensor.wishes = [read_slowly, Config], 1
    for _ in range(100):
        assert Tick(at_ns=0) == next(sensor.run)
    sensor.wishes = 3
    assert ["begun"] == sensor.done
    may_end.set()
    sensor.go_on("ended", 2)
    assert [] == sensor.answers


def test_what_cannot_change_is_said(sensor: Sensor, tmp_path: Path) -> None:
    """Plainly, and only what has changed."""
    path = tmp_path / "library.yaml"
    path.write_text(
        "sensor: {interfaces: [eth9]}\nseparate_vlans: true\nmetrics: {}\nstore: {path: /var/f.db, max_mb: 9}\n",
        "utf-8",
    )
    sensor.answers, sensor.wishes = [lambda: load_config(path)] * 2, 1
    sensor.go_on("ended")
    expected = (
        "what has changed of 'separate_vlans', 'sensor', 'store.path', 'metrics.listen' holds from the next start on"
    )
    assert expected == sensor.said[1]
