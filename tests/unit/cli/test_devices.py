"""``privacy-monitor devices``."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from monitor.audit.plants.discovery import discovery_xml, ssdp
from monitor.capture.conversation import Host, Packet, datagram
from monitor.cli import main
from monitor.errors import ExitStatus
from tests.support.captures import Pcap

SECOND = 10**9


@pytest.fixture
def capture(tmp_path: Path) -> str:
    """A camera that says so twice; the patron's name that it says, too, is nobody's business."""
    group = "239.255.255.250"
    said = [
        (1900, ssdp("NOTIFY * HTTP/1.1", NTS="ssdp:alive", SERVER="IP Camera of Mairead Quill")),
        (3702, discovery_xml("Hello", "dn:NetworkVideoTransmitter", "onvif://www.onvif.org/name/Mairead")),
    ]
    packets = [
        Packet(1_780_000_000 * SECOND + port, datagram(Host("10.40.0.7", port), Host(group, port), data))
        for port, data in said
    ]
    path = tmp_path / "a.pcap"
    path.write_bytes(Pcap().file(packets))
    return str(path)


def test_for_pipes(capture: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A line for each device, with the names of signals and nothing that was read."""
    assert ExitStatus.DONE == main(["devices", capture])
    out, err = capsys.readouterr()
    assert "" == err
    assert ["device", "10.40.0.7"] == [line.split()[0] for line in out.splitlines()]
    assert "onvif-transmitter, says-camera-ssdp" in out or "says-camera-ssdp, onvif-transmitter" in out
    assert "Mairead" not in out


def test_for_programs(capture: str, capsys: pytest.CaptureFixture[str]) -> None:
    """The same in JSON."""
    assert ExitStatus.DONE == main(["devices", "--json", capture])
    (device,) = json.loads(capsys.readouterr().out)["devices"]
    assert ("camera", ["10.40.0.7"]) == (device["role"], device["addresses"])


def test_what_cannot_be_read(tmp_path: Path, capture: str, capsys: pytest.CaptureFixture[str]) -> None:
    """It is named, and the rest is listed."""
    assert ExitStatus.INPUT == main(["devices", capture, str(tmp_path / "none.pcap")])
    out, err = capsys.readouterr()
    assert "10.40.0.7" in out
    assert "none.pcap" in err
