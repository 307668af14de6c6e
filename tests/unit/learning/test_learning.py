"""What was learned becomes files that the program itself can read, and proposes nothing that it would refuse."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from monitor.cli import main
from monitor.config.loading import load_config
from monitor.config.mud import read_mud
from monitor.errors import ExitStatus
from monitor.learning import notebook as room
from monitor.learning.notebook import Notebook
from monitor.model.stats import Stats
from tests.protocols.tls.samples import client_hello, record, server_name
from tests.support.captures import SECOND, START, Pcap
from tests.support.conversation import Conversation, Host, Packet, datagram, woven
from tests.support.wire import DEADLINE_SECONDS, NEAR, send, virtual_wire, wait_for

CONFIG = """\
zones:
  - name: Cameras & co
    audience: infrastructure
    role: camera
    networks: [10.40.0.0/24, "fd00:40::/64"]
  - {name: patrons, audience: public, role: public-pc, networks: [10.99.0.0/24], inspect: all}
assets:
  - {name: recorder, address: [10.40.0.250, "fd00:40::250"], role: recorder}
  - {name: desk printer, address: 10.1.0.9, role: printer}
"""
AS_HERE = {"PYTHONPATH": str(Path(__file__).parents[3])}
"""The program that is tested, whatever the folder it runs in."""
CAMERA, RECORDER = Host("10.40.0.7", 40_000), Host("10.40.0.250", 554)


def hello(name: str, address: str, port: int = 40_001) -> list[Packet]:
    """The camera opens a TLS connection."""
    talk = Conversation(Host("10.40.0.7", port), Host(address, 443)).open()
    return talk.originator(record(client_hello(server_name(name.encode())))).close().packets


@pytest.fixture
def capture(tmp_path: Path) -> Path:
    """One day of a camera and others."""
    packets = woven(
        Conversation(CAMERA, RECORDER).open().originator(b"x" * 500).close().packets,
        Conversation(Host("fd00:40::7", 40_000), Host("fd00:40::250", 554)).open().originator(b"x").close().packets,
        hello("fw.updates.example", "203.0.113.1"),
        hello("m3.iotcplatform.com", "203.0.113.2", 40_002),
        Conversation(Host("203.0.113.3", 50_000), Host("10.40.0.7", 80)).open().close().packets,
        Conversation(CAMERA, Host("203.0.113.4", 443)).open().close().packets,
        Conversation(CAMERA, Host("203.0.113.5", 443)).open().packets[:1],
        Conversation(Host("10.99.0.5", 1), Host("10.40.0.7", 80)).open().close().packets,
        Conversation(Host("10.99.0.5", 1), Host("10.1.0.20", 80)).open().close().packets,
        Conversation(Host("10.1.0.9", 1), Host("10.1.0.53", 53)).open().close().packets,
        [Packet(START * SECOND, datagram(CAMERA, Host("239.255.255.250", 3_702), b"probe"))],
        [Packet(START * SECOND, datagram(CAMERA, Host("10.1.0.1", 5_351), bytes.fromhex("000200001f901f9000000e10")))],
    )
    path = tmp_path / "day.pcap"
    path.write_bytes(Pcap(nano=True).file(packets))
    return path


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """What the library says."""
    path = tmp_path / "library.yaml"
    path.write_text(CONFIG, "utf-8")
    return path


def learn(*arguments: object) -> int:
    """Run the command."""
    return main(["learn", "--no-progress", *map(str, arguments)])


def test_what_is_written(capture: Path, config: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The file is a configuration; what leads past the firewall, comes in or has no name stands in it as a comment."""
    assert ExitStatus.DONE == learn(capture, "--config", config, "--output", tmp_path / "out")
    path = tmp_path / "out" / "expectations.yaml"
    text = path.read_text("utf-8")
    zone = next(one for one in load_config(path).zones if one.name == "Cameras & co")

    assert zone.expect is not None
    assert {("recorder", ""), ("", "fw.updates.example")} == {(one.asset, one.name) for one in zone.expect}
    refused = [line.strip() for line in text.splitlines() if line.strip().startswith("# - {")]
    assert 5 == len(refused)
    for part in ("10.1.0.1/32", "m3.iotcplatform.com", "203.0.113.3/32", "203.0.113.4/32", "203.0.113.5/32"):
        assert [True] == [part in line for line in refused if part in line]
    for why in (
        "a way in through the router",
        "a relay",
        "opened from the internet",
        "no name was seen",
        "only attempted",
    ):
        assert why in text
    assert "10.99.0" not in text
    assert "read it before you use it" in capsys.readouterr().err


def test_mud_files_come_back(capture: Path, config: Path, tmp_path: Path) -> None:
    """What is written as MUD says the same when it is read; both directions, both IP versions."""
    learn(capture, "--config", config, "--output", tmp_path / "out")
    path = tmp_path / "out" / "zone-cameras-co.mud.json"
    document = json.loads(path.read_text("utf-8"))
    found = read_mud(path)

    assert [] == list(found.left_out)
    assert {"fw.updates.example", "10.40.0.250/32", "fd00:40::250/128"} == {
        str(one.network or one.name) for one in found.expectations
    }
    assert {1} == {document["ietf-mud:mud"]["mud-version"]}
    named = {one["name"] for one in document["ietf-access-control-list:acls"]["acl"]}
    assert named == {
        one["name"]
        for way in ("from", "to")
        for one in document["ietf-mud:mud"][f"{way}-device-policy"]["access-lists"]["access-list"]
    }


def test_what_a_person_has_worked_on_is_not_replaced(
    capture: Path, config: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The second run says so, and changes nothing."""
    learn(capture, "--config", config, "--output", tmp_path / "out")
    path = tmp_path / "out" / "expectations.yaml"
    path.write_text("site: mine\n", "utf-8")

    assert ExitStatus.USAGE == learn(capture, "--config", config, "--output", tmp_path / "out")
    assert "site: mine\n" == path.read_text("utf-8")
    assert "is there already" in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["--live", "x.pcap"],
        ["x.pcap", "--for", "3d"],
        ["--live", "--for", "soon"],
        ["--live", "--for", "0s"],
        ["--live"],
        ["x.yaml"],
    ],
)
def test_wrong_usage(arguments: list[str], tmp_path: Path) -> None:
    """Captures or an interface, not both; a time with a unit; something that is a capture."""
    (tmp_path / "x.yaml").write_text("site: a\n", "utf-8")
    given = [str(tmp_path / one) if one == "x.yaml" else one for one in arguments]

    assert learn(*given, "--output", tmp_path / "out") in (ExitStatus.USAGE, ExitStatus.INPUT)


def test_a_configuration_is_held_against_a_capture(
    capture: Path, config: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each host once, what is not expected first; nothing that patrons' devices did."""
    text = CONFIG.replace('"fd00:40::/64"]\n', '"fd00:40::/64"]\n    expect: [{asset: recorder}]\n', 1)
    config.write_text(text, "utf-8")
    assert ExitStatus.DONE == main(["check", str(config), "--against", str(capture)])
    said = capsys.readouterr().out.splitlines()

    assert any(line.startswith("zone Cameras & co: ") for line in said)
    assert not (tmp_path / "out").exists()
    words = [line.split()[0] for line in said if line.startswith("  ")]
    assert {"UNEXPECTED", "expected"} == set(words)
    recorder = [line for line in said if "recorder 554/tcp" in line]
    assert [True] == [line.startswith("  expected    recorder 554/tcp: 2 connections") for line in recorder]
    assert any("m3.iotcplatform.com" in line and "past the firewall" in line for line in said)
    assert not any("10.99" in line for line in said)


def test_mud_vendors_and_exceptions_are_held_against_a_capture(
    capture: Path, config: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A learned MUD file and a vendor's profile make hosts expected; what an exception once allowed is told."""
    learn(capture, "--config", config, "--output", tmp_path / "out")
    more = """
    expect: [{mud: out/zone-cameras-co.mud.json}, {vendor: reolink}]
    exceptions:
      - {network: 203.0.113.4/32, ports: [443/tcp], owner: IT, reason: a trial, until: 2020-01-01}
      - {name: m3.iotcplatform.com, ports: [443/tcp], owner: IT, reason: a trial, until: 2036-01-01}
"""
    network = '"fd00:40::/64"]\n'
    config.write_text(CONFIG.replace(network, network.rstrip("\n") + more, 1), "utf-8")
    vendor = tmp_path / "vendor.pcap"
    vendor.write_bytes(Pcap(nano=True).file(hello("pushx.reolink.com", "203.0.113.8", 40_009)))
    capsys.readouterr()
    assert ExitStatus.DONE == main(["check", str(config), "--against", str(capture), "--against", str(vendor)])
    said = {tuple(line.split(None, 2)[:2]) for line in capsys.readouterr().out.splitlines() if line.startswith("  ")}

    assert {("expected", "recorder"), ("expected", "fw.updates.example"), ("expected", "pushx.reolink.com")} <= said
    assert {("EXPIRED", "203.0.113.4"), ("UNEXPECTED", "203.0.113.3"), ("UNEXPECTED", "203.0.113.5")} <= said
    assert ("expected", "m3.iotcplatform.com") in said


@pytest.mark.slow
def test_live(config: Path, tmp_path: Path) -> None:
    """At an interface, for as long as was said: the files are written, and what is configured stays what it was."""
    config.write_text(CONFIG + f"sensor: {{interfaces: [{NEAR}]}}\n", "utf-8")
    before = config.read_bytes()
    command = [sys.executable, "-m", "monitor", "learn", "--config", str(config), "--live", "--for", "3s"]
    with virtual_wire(), (tmp_path / "remarks").open("wb") as remarks:
        process = subprocess.Popen(command, cwd=tmp_path, env=os.environ | AS_HERE, stderr=remarks)
        wait_for(lambda: b"listening to" in (tmp_path / "remarks").read_bytes() or process.poll() is not None)
        packets = Conversation(CAMERA, RECORDER).open().originator(b"x" * 500).close().packets
        send([packet.data for packet in [*packets, *hello("m3.iotcplatform.com", "203.0.113.2")]])
        status = process.wait(DEADLINE_SECONDS)
    text = (tmp_path / "learned" / "expectations.yaml").read_text("utf-8")

    assert ExitStatus.DONE == status
    assert before == config.read_bytes()
    assert '      - {asset: "recorder", ports: [554/tcp]}' in text.splitlines()
    assert '      # - {name: "m3.iotcplatform.com", ports: [443/tcp]}' in text.splitlines()
    assert {"recorder"} == {
        one.asset or one.name for one in load_config(tmp_path / "learned" / "expectations.yaml").zones[0].expect or ()
    }
    mud = read_mud(tmp_path / "learned" / "zone-cameras-co.mud.json")
    assert {"10.40.0.250/32", "fd00:40::250/128"} == {str(one.network) for one in mud.expectations}


def test_entries_are_bounded(monkeypatch: pytest.MonkeyPatch, capture: Path, config: Path, tmp_path: Path) -> None:
    """What there is no room for is counted."""
    monkeypatch.setattr(room, "MAX_ENTRIES", 1)
    books: list[Notebook] = []
    make = Notebook.__init__

    def keep(book: Notebook) -> None:
        make(book)
        books.append(book)

    monkeypatch.setattr(Notebook, "__init__", keep)
    learn(capture, "--config", config, "--output", tmp_path / "out")
    stats = Stats()
    books[0].report(stats)

    assert stats.limits["learning.entries"] > 1
    assert 1 == sum(map(len, books[0].groups.values()))
