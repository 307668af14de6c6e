"""The whole sink with its files: outages, restarts, disks, and what people decide; against a real Alertmanager."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest

from monitor.config.settings import Alertmanager, AlertPolicy, AlertSettings, Config, StoreSettings, Urgency
from monitor.errors import UsageError
from monitor.model.opaque import Label
from monitor.sinks.alerts.blindness import SILENCE_NS
from monitor.sinks.alerts.policy import Told
from monitor.sinks.store.desk import settle
from monitor.sinks.store.life import Decision
from tests.support.alertmanager import Heard, Manager, alertmanager, free_port
from tests.support.mailbox import mailbox
from tests.support.wire import wait_for
from tests.unit.sinks.alerts.telling import KNOWN, MINUTE_NS, URGENT, Telling, number
from tests.unit.sinks.samples import CAMERA, NINE_NS
from tests.unit.sinks.store.watching import Watching

pytestmark = pytest.mark.slow


def settings_for(manager: Manager) -> AlertSettings:
    """Told to one Alertmanager; the sensor is not new."""
    return replace(KNOWN, alertmanagers=(Alertmanager(url=manager.url),))


def findings(heard: Heard, status: str) -> list[str]:
    """Ids of the findings that people heard of, as often as they did."""
    return sorted(one["labels"].get("finding", "") for one in heard.alerts(status))


def test_an_outage_of_ten_minutes_and_a_kill(tmp_path: Path) -> None:
    """Alertmanager is down, the sensor is killed and started again meanwhile: nothing is lost, nothing comes twice."""
    with Heard() as heard, alertmanager(tmp_path / "am", heard) as manager:
        first = Telling(tmp_path, settings_for(manager))
        first.tick(1, number(URGENT, 1))
        wait_for(lambda: len(heard.alerts("firing")) == 1)
        manager.stop()
        first.tick(1, number(URGENT, 2), CAMERA)
        for second in range(300):
            first.tick(1, *([number(URGENT, 3)] if second == 100 else []))
        first.die()
        second_run = Telling(tmp_path, settings_for(manager), at_ns=first.at_ns)
        for second in range(300):
            second_run.tick(1, *([number(URGENT, 3), number(URGENT, 4)] if second == 100 else []))
        manager.start()
        for _ in range(61):
            second_run.tick(1)
        wait_for(lambda: len(heard.alerts("firing")) >= 4)
        second_run.pass_minutes(3)
        second_run.end()
        standing = sorted(one["labels"].get("finding", "") for one in manager.alerts())
    expected = [f"{ident:010x}" for ident in (1, 2, 3, 4)]
    assert expected == findings(heard, "firing") == standing
    assert [] == heard.alerts("resolved")
    assert 1 == sum("connection refused: alerts wait" in line for line in second_run.said)
    assert 1 == sum("alerts are delivered again" in line for line in second_run.said)


def test_several_instances(tmp_path: Path) -> None:
    """Each is told everything, whether the others listen or not."""
    with alertmanager(tmp_path / "one") as one, alertmanager(tmp_path / "two") as two:
        nobody = Alertmanager(url=f"http://127.0.0.1:{free_port()}")
        instances = (nobody, Alertmanager(url=one.url), Alertmanager(url=two.url))
        telling = Telling(tmp_path, replace(KNOWN, alertmanagers=instances))
        telling.tick(1, URGENT)
        assert ["Sip2PatronPin"] == one.names() == two.names()
        assert telling.sink.figures.failing
        telling.end()


def test_alertmanager_loses_its_memory(tmp_path: Path) -> None:
    """A minute later it knows again."""
    with alertmanager(tmp_path / "am") as manager:
        telling = Telling(tmp_path, settings_for(manager))
        telling.tick(1, URGENT)
        manager.stop()
        manager.start()
        assert [] == manager.alerts()
        telling.tick(60)
        assert ["Sip2PatronPin"] == manager.names()
        telling.end()


def test_what_people_decide(tmp_path: Path) -> None:
    """Whoever acknowledges a finding ends its alert; one that is acknowledged before never fires."""
    with Heard() as heard, alertmanager(tmp_path / "am", heard) as manager:
        store = Watching(tmp_path / "findings.db")
        telling = Telling(tmp_path, settings_for(manager))
        store.tick(15, URGENT, number(URGENT, 2))
        settle(store.path, f"{2:010x}", Decision(owner="J. Doe", reason="ticket 4711"), NINE_NS)
        telling.tick(1, URGENT, number(URGENT, 2))
        wait_for(lambda: findings(heard, "firing") == [str(URGENT.id)])
        settle(store.path, str(URGENT.id), Decision(owner="J. Doe", reason="ticket 4712"), NINE_NS)
        telling.pass_minutes(6)
        wait_for(lambda: findings(heard, "resolved") == [str(URGENT.id)])
        assert [] == manager.alerts()
        assert [str(URGENT.id)] == findings(heard, "firing")
        telling.end()
        store.end()


def test_it_is_resolved_with_its_finding(tmp_path: Path) -> None:
    """A day of silence in which its place shows, where a day is enough."""
    with Heard() as heard, alertmanager(tmp_path / "am", heard) as manager:
        store = Watching(tmp_path / "findings.db", settings=StoreSettings(resolve_after_days=1))
        telling = Telling(tmp_path, settings_for(manager))
        store.tick(15, URGENT)
        telling.tick(15, URGENT)
        telling.pass_minutes(5)
        store.days(3, [URGENT])
        assert {str(URGENT.id): "resolved"} == store.states()
        telling.pass_minutes(2)
        wait_for(lambda: findings(heard, "resolved") == [str(URGENT.id)])
        telling.end()
        store.end()


def test_mail_without_alertmanager(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A page at once, a digest at its time, each once, over a restart as well."""
    monkeypatch.setattr("apprise.plugins.base.NotifyBase.request_rate_per_sec", 0)  # else it rests between two mails
    with mailbox() as box:
        address = tmp_path / "mail"
        address.write_text(box.url, "utf-8")
        settings = replace(KNOWN, notify=(address,))
        telling = Telling(tmp_path, settings)
        telling.tick(1, replace(URGENT, id=Label("1")), CAMERA)
        assert 1 == len(box.mails)
        telling.die()
        telling = Telling(tmp_path, settings, at_ns=telling.at_ns)
        telling.stats.captures.clear()
        for _ in range(181):
            telling.tick(60, replace(CAMERA, count=50))
        digests = [str(mail["Subject"]) for mail in box.mails if "digest" in str(mail["Subject"]).lower()]
        telling.end()
    assert 1 == len(digests)


def test_a_blind_sensor(tmp_path: Path) -> None:
    """The sensor says so itself."""
    with alertmanager(tmp_path / "am") as manager:
        telling = Telling(tmp_path, settings_for(manager))
        telling.pass_minutes(SILENCE_NS // MINUTE_NS + 2)
        assert ["SensorBlind"] == manager.names()
        telling.end()


def test_a_disk_that_is_locked(tmp_path: Path) -> None:
    """It is told all the same; one line says so, and one that it works again."""
    with alertmanager(tmp_path / "am") as manager:
        telling = Telling(tmp_path, settings_for(manager))
        telling.tick()
        other = sqlite3.connect(telling.path)
        other.execute("BEGIN EXCLUSIVE")
        telling.tick(1, URGENT)
        assert ["Sip2PatronPin"] == manager.names()
        assert telling.sink.figures.failing
        other.rollback()
        other.close()
        telling.tick(10)
        assert not telling.sink.figures.failing
        telling.end()
        assert 2 == len(telling.said)
        later = Telling(tmp_path, settings_for(manager), at_ns=telling.at_ns)
        later.tick()
        book = later.sink._book
        assert book is not None
        assert [str(URGENT.id)] == list(book.ledger.notices)
        later.end()


def test_findings_that_cannot_be_read(tmp_path: Path) -> None:
    """Nothing that stands ends by it, and what was acknowledged stays so; nobody takes that for news."""
    store = Watching(tmp_path / "findings.db")
    store.tick(15, URGENT, number(URGENT, 2))
    settle(store.path, f"{2:010x}", Decision(owner="J. Doe", reason="ticket 4711"), NINE_NS)
    telling = Telling(tmp_path, KNOWN)
    telling.tick(1, URGENT, number(URGENT, 2))
    book = telling.sink._book
    assert book is not None
    before = {ident: one.told for ident, one in book.ledger.told.items()}
    store.end()
    content = store.path.read_bytes()
    store.path.write_bytes(b"\xa5" * len(content))
    for _ in range(25 * 60):
        telling.tick(60)
    assert before == {ident: one.told for ident, one in book.ledger.told.items() if ident != "sensor-blind"}
    assert {Told.PAGE, Told.SILENCE} == set(before.values())
    telling.end()


def test_another_configuration(tmp_path: Path) -> None:
    """From the next tick on others are told, by another policy; one with a mistake is refused as a whole."""
    with alertmanager(tmp_path / "one") as one, alertmanager(tmp_path / "two") as two:
        telling = Telling(tmp_path, settings_for(one))
        telling.tick(1, URGENT, CAMERA)
        assert ["Sip2PatronPin"] == one.names()
        policy = (
            AlertPolicy(rule=CAMERA.rule, zone=Label(""), alert=Urgency.PAGE),
            AlertPolicy(rule="*", zone=Label(""), alert=Urgency.TICKET),
        )
        wrong = Config(alerts=replace(settings_for(two), notify=(tmp_path / "missing",)))
        with pytest.raises(UsageError, match="missing"):
            telling.sink.renew(wrong)
        telling.sink.renew(Config(alerts=replace(settings_for(two), policy=policy)))()
        telling.tick(1)
        assert ["CameraUnexpectedDestination"] == [
            name
            for name in two.names()
            if name != "Sip2PatronPin"  # which ends there after it was told
        ]
        telling.pass_minutes(6)
        assert ["CameraUnexpectedDestination"] == two.names()
        telling.sink.renew(Config())()
        telling.tick(60)
        telling.end()


def test_it_changes_nothing_it_is_given(tmp_path: Path) -> None:
    """Figures of the run are read by other threads."""
    telling = Telling(tmp_path, replace(KNOWN, alertmanagers=()))
    telling.tick(1, URGENT)
    telling.end()
    assert {} == telling.stats.limits
    assert {} == telling.stats.sinks


def test_it_never_began(tmp_path: Path) -> None:
    """A run that ended before its first tick."""
    Telling(tmp_path, KNOWN).end()
