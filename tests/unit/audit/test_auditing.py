"""The audit: clean as the program is, and loud as soon as it is not.

One audit plants everything. Where a test is about ways out, little needs to travel.
"""

from __future__ import annotations

import base64
import logging
import os
import socket
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

from monitor import outlets
from monitor.audit import auditing as room
from monitor.audit import planting
from monitor.audit.auditing import NOTHING, PROCESS, TOO_MUCH, Audit, audit
from monitor.audit.marks import MARK_BYTES, Marks
from monitor.audit.plants import known_plants
from monitor.audit.search import Search
from monitor.config.loading import load_config
from monitor.config.settings import Config
from monitor.model.stats import Stats
from monitor.protocols.registry import specs
from monitor.sinks.alerts import digest, notice
from monitor.sinks.alerts.messenger import Messenger
from monitor.sinks.destinations.datagrams import Datagrams
from monitor.sinks.lines import FindingLines
from monitor.sinks.syslog import SyslogMessages

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def plain() -> Audit:
    """One audit without a configuration."""
    return audit(Config(), random=Random(1))


def test_nothing_leaves(plain: Audit) -> None:
    """And that means something: all protocols were planted, values were read, findings made, the search works."""
    assert ((), True, 0) == (tuple(one for one in plain.outputs if one.traces), plain.is_proof, plain.leaks)
    assert {spec.name for spec in specs()} == {one.protocol for one in plain.readings if one.values}
    assert {"sip2", "http", "rtsp"} <= {one.protocol for one in plain.readings if one.exposures and one.findings}
    assert (True, plain.tried) == (plain.tried > 100, plain.noticed)
    assert 0 == plain.faults


def test_every_output_was_searched(plain: Audit) -> None:
    """At each of them something arrived: every kind of sink, pages and digests, the reports."""
    assert [] == [output.name for output in plain.outputs if output.doubt or not output.size_bytes]
    assert 18 == len(plain.outputs)


@pytest.fixture
def brief(monkeypatch: pytest.MonkeyPatch) -> None:
    """A fifth of the work: SIP2, and what makes a device be watched that names hosts, which are opened to be shown."""
    plants = known_plants()
    monkeypatch.setattr(planting, "known_plants", lambda: {name: plants[name] for name in ("sip2", "rtsp", "tls")})


@pytest.mark.parametrize("planted", ["brief", pytest.param("plain", marks=pytest.mark.e2e)])
def test_a_configuration(repository: Path, request: pytest.FixtureRequest, planted: str) -> None:
    """With zones and assets: patrons' devices are among those that speak, and their addresses stay inside."""
    request.getfixturevalue(planted)
    config = load_config(repository / "demo" / "maple-street-library.yaml", specs())
    result = audit(config, random=Random(1))
    assert (True, 0, 1) == (result.is_proof, result.leaks, result.addresses)
    assert result.excluded_packets > 0


SITE = """
sinks:
  - {kind: eve, path: FOLDER/eve.json}
  - {kind: journal, path: FOLDER/journal}
  - {kind: syslog, to: FOLDER/log}
  - {kind: syslog, to: "udp://127.0.0.1:PORT"}
  - {kind: syslog, to: "tcp://127.0.0.1:PORT"}
store: {path: FOLDER/findings.db}
metrics: {listen: "127.0.0.1:PORT"}
alerts: {alertmanagers: ["http://127.0.0.1:PORT"], notify: [{url_file: FOLDER/outlet}], path: FOLDER/alerts.db}
"""


@pytest.mark.usefixtures("brief")
def test_nothing_of_the_site_is_touched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its files are as they were, nobody connects to its servers, and no folder of the audit stays."""
    site, private = tmp_path / "site", tmp_path / "p"
    site.mkdir()
    private.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(private))
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as datagrams,
        socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as journal,
        socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as log,
    ):
        port = server.getsockname()[1]
        datagrams.bind(("127.0.0.1", port))
        journal.bind(str(site / "journal"))
        log.bind(str(site / "log"))
        for name in ("eve.json", "findings.db", "alerts.db"):
            (site / name).write_bytes(b"as it was")
        (site / "outlet").write_text(f"json://127.0.0.1:{port}/\n", "utf-8")
        (site / "library.yaml").write_text(SITE.replace("FOLDER", str(site)).replace("PORT", str(port)), "utf-8")
        before = {path: path.stat().st_mtime_ns for path in site.iterdir()}
        for name in ("http_proxy", "HTTP_PROXY"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{port}")
        result = audit(load_config(site / "library.yaml"), random=Random(1))
        for one in (server, datagrams, journal, log):
            one.settimeout(0)
            with pytest.raises(BlockingIOError):
                one.accept() if one is server else one.recv(1)
    assert (True, 0) == (result.is_proof, result.leaks)
    assert 12 == sum("instead of" in output.name for output in result.outputs)
    assert before == {path: path.stat().st_mtime_ns for path in site.iterdir()}
    assert [] == list(private.iterdir())


@pytest.fixture
def planted(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """Every value that stands for a patron's from now on."""
    values: list[bytes] = []
    plant = Marks.mark

    def spy(marks: Marks, place: str, length: int = MARK_BYTES) -> bytes:
        value = plant(marks, place, length)
        values.append(value)
        return value

    monkeypatch.setattr(Marks, "mark", spy)
    return values


def leak(monkeypatch: pytest.MonkeyPatch, place: object, name: str, planted: list[bytes]) -> None:
    """Let what a function makes have a value in it, a little hidden: a bug of whatever kind."""
    made = getattr(place, name)

    def leaky(*arguments: object) -> bytes:
        value = b"".join(planted[:1])
        return bytes(made(*arguments)).rstrip(b"\n") + base64.b64encode(b"!" + value) + b"\n"

    monkeypatch.setattr(place, name, leaky)


@pytest.mark.usefixtures("brief")
@pytest.mark.parametrize(
    ("place", "name", "output"),
    [
        (outlets, "compose_entry", "findings, lines of JSON, on standard output"),
        (outlets, "compose_eve", "findings as EVE"),
        (outlets, "compose_journal_entry", "findings in the journal"),
        (SyslogMessages, "compose_locally", "findings as syslog, on this machine"),
    ],
)
def test_a_leaky_sink_is_found(
    place: object, name: str, output: str, planted: list[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The way out is named, and which field it was; the value is not."""
    leak(monkeypatch, place, name, planted)
    result = audit(Config(), random=Random(1))
    (leaky,) = [one for one in result.outputs if one.traces]
    assert (output, {"base64"}) == (leaky.name, {trace.spelling for trace in leaky.traces})
    assert 1 == len({trace.place for trace in leaky.traces})
    assert result.leaks == len(leaky.traces)
    assert not Search({"the value": planted[0]}).find(repr(result).encode())


@pytest.mark.usefixtures("brief")
def test_leaky_servers_are_found(planted: list[bytes], monkeypatch: pytest.MonkeyPatch) -> None:
    """By UDP and by TCP."""
    leak(monkeypatch, SyslogMessages, "compose", planted)
    leaky = [one.name for one in audit(Config(), random=Random(1)).outputs if one.traces]
    assert ["findings as syslog, by UDP", "findings as syslog, by TCP"] == leaky


@pytest.mark.usefixtures("brief")
def test_leaky_alerts_are_found(planted: list[bytes], monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages and digests, at each who is told; and what waits for them on disk."""
    describe = notice.describe
    for room_of in (notice, digest):
        monkeypatch.setattr(room_of, "describe", lambda one: f"{describe(one)} {planted[0].hex()}")
    leaky = {one.name for one in audit(Config(), random=Random(1)).outputs if one.traces}
    whom = {"pages to Alertmanager", "digests to Alertmanager", "pages to an outlet", "digests to an outlet"}
    assert {*(f"alerts: {one}" for one in whom), "ledger of alerts"} == leaky


@pytest.mark.usefixtures("brief")
def test_a_silent_sink_is_not_proven(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nothing arrives, finding nothing means nothing; other words than findings are not enough."""
    monkeypatch.setattr(Datagrams, "send", lambda *_: True)
    monkeypatch.setattr(Messenger, "send", lambda *_: None)
    monkeypatch.setattr(outlets, "compose_eve", lambda _: b"{}\n")
    result = audit(Config(), random=Random(1))
    silent = {
        "findings as EVE",
        "findings in the journal",
        "findings as syslog, on this machine",
        "findings as syslog, by UDP",
        "alerts: pages to an outlet",
        "alerts: digests to an outlet",
    }
    assert dict.fromkeys(silent, NOTHING) == {one.name: one.doubt for one in result.outputs if one.doubt}
    assert (False, 0, 6) == (result.is_proof, result.leaks, result.doubts)


@pytest.mark.usefixtures("brief")
def test_more_than_is_searched(monkeypatch: pytest.MonkeyPatch) -> None:
    """That is said, too."""
    monkeypatch.setattr(room, "MAX_BYTES", 100_000)
    result = audit(Config(sinks=()), random=Random(1))
    assert {TOO_MUCH} == {one.doubt for one in result.outputs if one.size_bytes > 200_000}


@pytest.mark.usefixtures("brief")
@pytest.mark.parametrize("way", ["stderr", "log", "descriptor"])
def test_a_leaky_process_is_found(way: str, planted: list[bytes], monkeypatch: pytest.MonkeyPatch) -> None:
    """What is printed or logged meanwhile is a way out like any other."""
    say = {
        "stderr": lambda value: sys.stderr.write(value.decode()),
        "log": lambda value: logging.getLogger("monitor").debug("met %s", value),
        "descriptor": lambda value: os.write(1, value),
    }[way]
    finish = room.MemoryCapture.__iter__

    def loud(source: room.MemoryCapture) -> Iterator[object]:
        yield from finish(source)
        say(planted[0])

    monkeypatch.setattr(room.MemoryCapture, "__iter__", loud)
    result = audit(Config(sinks=()), random=Random(1))
    assert [PROCESS] == [output.name for output in result.outputs if output.traces]


@pytest.mark.usefixtures("brief")
def test_a_leak_that_does_not_last(planted: list[bytes], monkeypatch: pytest.MonkeyPatch) -> None:
    """What is gone at the end was still there meanwhile."""
    leak(monkeypatch, outlets, "compose_eve", planted)
    finish = FindingLines.finish

    def clean_up(sink: FindingLines, stats: Stats) -> None:
        finish(sink, stats)
        if sink.name == "eve":
            os.truncate(sink._destination._path, 0)

    monkeypatch.setattr(FindingLines, "finish", clean_up)
    assert audit(Config(), random=Random(1)).leaks > 0


def test_what_proves_nothing(plain: Audit) -> None:
    """No findings, or a search that is blind: finding nothing means nothing then."""
    unread = replace(plain, readings=tuple(replace(one, findings=0) for one in plain.readings))
    assert (False, False) == (unread.is_proof, replace(plain, noticed=plain.tried - 1).is_proof)
    assert not replace(plain, tried=0, noticed=0).is_proof
