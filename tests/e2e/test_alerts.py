"""A real sensor on a virtual wire, and a real Alertmanager: how fast, without whose data, and what outages cost."""

from __future__ import annotations

import signal
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random

import pytest

from monitor.audit.marks import Marks
from monitor.audit.search import Search
from monitor.build import build
from monitor.config.loading import load_config
from monitor.errors import ExitStatus
from monitor.model.flow import Side
from monitor.model.stats import Stats
from monitor.outlets import alert_sink
from monitor.privacy.presence import Presence
from monitor.sinks.store.sink import FindingStore
from tests.support.alertmanager import Heard, Manager, alertmanager
from tests.support.captures import Packet
from tests.support.certificates import make_certificate
from tests.support.conversation import Conversation, Host, woven
from tests.support.fast import FastTime
from tests.support.scrape import get, scrape, values
from tests.support.tls_talk import Said, wrapped_in_tls
from tests.support.wire import Sensor, ip, send, virtual_wire, wait_for

LOGINS = 20
OUTAGE_SECONDS = 30.0
TLS = [("true", "tls", ""), ("true", "tls", "none")]
"""Labels of connections over TLS, in the order of their names."""
DAY_NS = 86_400 * 10**9

pytestmark = [pytest.mark.e2e, pytest.mark.slow]


@pytest.fixture(autouse=True)
def _wire() -> Iterator[None]:
    """All of this happens on a wire, and with a loopback interface, of its own."""
    with virtual_wire():
        ip("link", "set", "lo", "up").check_returncode()
        yield


def host(number: int) -> str:
    """A library system somewhere on the internet."""
    return f"203.0.113.{number + 1}"


def words(number: int, marks: Marks) -> Said:
    """How a self-check logs in to it, with a mark for name and for password."""
    name, secret = marks.mark(f"name {number}"), marks.mark(f"password {number}")
    return [(Side.ORIGINATOR, b"9300CN" + name + b"|CO" + secret + b"|CPlobby|\r"), (Side.RESPONDER, b"941\r")]


def talk_of(number: int, said: Said, *, port: int = 6001, at_ns: int = 0, serial: int = 0) -> Conversation:
    """The frames in which that is said."""
    ends = Host("10.30.0.11", (49_152 if port == 6001 else 20_000) + number + serial * LOGINS), Host(host(number), port)
    talk = Conversation(*ends, at_ns).open()
    for side, data in said:
        if side is Side.ORIGINATOR:
            talk.originator(data)
        else:
            talk.responder(data)
    return talk


def login(number: int, marks: Marks) -> list[bytes]:
    """The frames of a login in clear."""
    return [packet.data for packet in talk_of(number, words(number, marks)).packets]


def configuration(folder: Path, manager: Manager) -> Path:
    """A sensor that is no longer new, and takes a day for the end of a finding."""
    path = folder / "library.yaml"
    path.write_text(
        "zones:\n"
        "  - {name: self-checks, audience: infrastructure, networks: [10.30.0.0/24]}\n"
        f"store: {{path: {folder / 'findings.db'}, resolve_after_days: 1}}\n"
        "alerts:\n"
        f"  alertmanagers: [{manager.url}]\n"
        "  first_look_hours: 0\n"
        "  sensor: e2e\n",
        "utf-8",
    )
    return path


def services(alerts: list[dict[str, dict[str, str]]]) -> list[str]:
    """The addresses that alerts are about, in order; those of a blind sensor have none."""
    return sorted(one["annotations"].get("service", "").partition(":")[0] for one in alerts)


def days_of(logins: Sequence[Said], start_ns: int, days: int) -> list[Packet]:
    """Days on which these are said four times a day, where nobody can read them."""
    talks = []
    for quarter in range(days * 4):
        for number, said in enumerate(logins):
            at_ns = start_ns + quarter * DAY_NS // 4 + number * 10**9
            talks.append(talk_of(number, said, port=6443, at_ns=at_ns, serial=quarter).close().packets)
    beat = Host("10.30.0.12", 9), Host("10.30.0.1", 9)
    ticking = [
        Conversation(*beat, start_ns + minute * 60 * 10**9).send(Side.ORIGINATOR, 0x02).packets
        for minute in range(0, days * 1440, 5)
    ]
    return woven(*talks, *ticking)


def end_in_fast_time(config: Path, logins: Sequence[Said], days: int) -> list[str]:
    """Let days pass over what the sensor has left, in the same pipeline with the same sinks."""
    settings, stats, presence, said = load_config(config), Stats(), Presence(), list[str]()
    findings = settings.store.path
    assert findings is not None
    store = FindingStore(findings, settings.store, presence, said.append)
    alerts = alert_sink(settings, findings, said.append)
    start_ns = time.time_ns()
    source = FastTime(days_of(logins, start_ns, days), start_ns + days * DAY_NS, stats, step_seconds=60)
    pipeline = build(source, (store, alerts), stats, settings, presence=presence, live=True)
    pipeline.run()
    pipeline.finish()
    return said


def test_from_the_wire_to_the_alert_and_back(tmp_path: Path) -> None:
    """A login crosses the wire and is an alert within two seconds, without it; wrapped in TLS it is over.

    The TLS is OpenSSL's own, with the same login in it, and crosses the wire as well. The time after which a finding is
    resolved is a day at least, so that passes fast, over what the sensor has left, in the same pipeline and sinks.
    """
    marks = Marks(Random(20_260_501))
    logins = [wrapped_in_tls(words(number, marks), *make_certificate(tmp_path)) for number in range(LOGINS)]
    took = []
    with Heard() as heard, alertmanager(tmp_path / "alertmanager", heard) as manager:
        config = configuration(tmp_path, manager)
        with Sensor(tmp_path, "--config", str(config), "--metrics") as sensor:
            for number in range(LOGINS):
                time.sleep(Random(number).random())  # so that logins and ticks do not march in step
                began = time.monotonic()
                send(login(number, marks))
                wait_for(lambda number=number: host(number) in services(manager.alerts()))  # type: ignore[misc]
                took.append(time.monotonic() - began)
            sent = sum(map(len, (login(number, marks) for number in range(LOGINS))))
            for number, said in enumerate(logins):
                frames = [packet.data for packet in talk_of(number, said, port=6443).close().packets]
                send(frames)
                sent += len(frames)
            wait_for(lambda: values(scrape(), "capture_packets_total")[("tap0",)] >= sent)
            assert LOGINS == sum(values(scrape(), "sessions_total").get(key, 0) for key in TLS)
            fired = get(f"{manager.url}/api/v2/alerts")
            alerts = manager.alerts()
            assert 0 == sensor.end(signal.SIGTERM)
        said = end_in_fast_time(config, logins, 4)
        wait_for(lambda: not manager.alerts())
        wait_for(lambda: len(heard.alerts("resolved")) >= LOGINS)
        left = {path.name: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}

    print(f"from the wire to Alertmanager: median {statistics.median(took):.2f} s, most {max(took):.2f} s")  # noqa: T201
    assert statistics.median(took) <= 2.0  # what the program promises, on a busy machine as well
    assert sorted(map(host, range(LOGINS))) == services(alerts)
    assert {"Sip2StaffLogin"} == {one["labels"]["alertname"] for one in alerts}
    assert {"page"} == {one["labels"]["severity"] for one in alerts}
    search = Search(marks.drawn)
    assert [] == search.find(fired.encode())
    assert {} == {name: found for name, data in left.items() if (found := search.find(data))}
    assert [] == said
    for status in ("firing", "resolved"):
        pages = [one for one in heard.alerts(status) if one["labels"]["severity"] == "page"]
        assert services(alerts) == services(pages), status


def test_an_outage_and_a_kill(tmp_path: Path) -> None:
    """Alertmanager is down, the sensor is killed meanwhile: everything is heard of, and once.

    Half a minute of real time stands for ten: pauses grow from two seconds to a minute and no longer. The ten minutes
    themselves pass in `tests/unit/sinks/alerts/test_sink.py`, in fast time.
    """
    marks = Marks(Random(20_260_502))
    with Heard() as heard, alertmanager(tmp_path / "alertmanager", heard) as manager:
        config = configuration(tmp_path, manager)
        with Sensor(tmp_path, "--config", str(config)) as sensor:
            send(login(0, marks))
            wait_for(lambda: services(heard.alerts("firing")) == [host(0)])
            manager.stop()
            began = time.monotonic()
            send(frame for number in (1, 2, 3) for frame in login(number, marks))
            wait_for(lambda: "connection refused: alerts wait" in sensor.stderr)
            wait_for(lambda: time.monotonic() - began >= OUTAGE_SECONDS / 2)
            sensor.process.kill()
        with Sensor(tmp_path, "--config", str(config)) as sensor:
            send(frame for number in (3, 4, 5) for frame in login(number, marks))
            wait_for(lambda: "connection refused: alerts wait" in sensor.stderr)
            wait_for(lambda: time.monotonic() - began >= OUTAGE_SECONDS)
            assert ExitStatus.INPUT == ask_for_a_test(config).returncode
            manager.start()
            wait_for(lambda: len(heard.alerts("firing")) >= 6)
            wait_for(lambda: "alerts are delivered again" in sensor.stderr)
            standing = manager.alerts()
            asked = ask_for_a_test(config)
            assert 0 == sensor.end(signal.SIGTERM)
        tested = [one["labels"] for one in manager.alerts() if "finding" not in one["labels"]]
    pages = [one for one in heard.alerts("firing") if "finding" in one["labels"]]
    assert sorted(map(host, range(6))) == services(pages) == services(standing)
    assert [] == heard.alerts("resolved")
    assert 0 == asked.returncode, asked.stderr
    assert (
        f"The sensor that runs sends it itself, with its own rights and secrets:\n{manager.url}: accepted"
        in asked.stdout
    )
    assert [("PrivacyMonitorTest", "e2e")] == [(one["alertname"], one["instance"]) for one in tested]


def ask_for_a_test(config: Path) -> subprocess.CompletedProcess[str]:
    """Ask the sensor that runs for a test alert."""
    command = [sys.executable, "-m", "monitor", "test-alert", "--config", str(config)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def told_before_the_kill(folder: Path, url: str, first: int, random: Random) -> int:
    """The number of the last finding that a process had told when it was killed at some moment."""
    command = [sys.executable, "-m", "tests.support.teller", str(folder), url, str(first)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        begun = process.stdout.readline()
        time.sleep(random.uniform(0, 0.1))
        process.kill()
        lines = begun + process.stdout.read()
    return int(lines.split()[-1])


def test_thirty_kills(tmp_path: Path) -> None:
    """At whatever moment: each finding that was told is heard of, and none twice."""
    random, last = Random(20_260_503), 0
    with Heard() as heard, alertmanager(tmp_path / "alertmanager", heard) as manager:
        for _ in range(30):
            # What was being told when the process was killed may be known already, so it is told again.
            last = told_before_the_kill(tmp_path, manager.url, last + 1, random)
        standing = {one["labels"]["finding"] for one in manager.alerts()}
        wait_for(lambda: len(heard.alerts("firing")) >= len(standing))
        told = [one["labels"]["finding"] for one in heard.alerts("firing")]
    assert {f"{ident:010x}" for ident in range(1, last + 1)} <= standing
    assert len(standing) <= last + 1
    assert sorted(standing) == sorted(told)
    assert [] == heard.alerts("resolved")
