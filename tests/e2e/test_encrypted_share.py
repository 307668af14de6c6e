"""The whole program on recorded SIP2, in clear and in TLS, moved to where and when a library would have it."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from ipaddress import IPv4Address
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from monitor.audit.plants.tls import client_hello, record
from monitor.model.flow import Side
from tests.protocols.ncip.samples import FOUND, LOOKUP
from tests.support.captures import Pcap
from tests.support.conversation import Conversation, Host
from tests.support.wire import analyzed

CLEAR, TLS = "perlsip_x_raw_full_crc.pcap", "tls_socat_perlsip_x_raw_full_crc.pcap"
PORTS = {CLEAR: 6001, TLS: 6443}
START = 1_800_000_000
KIOSK, GATEWAY, ILS = (IPv4Address(address) for address in ("10.30.0.5", "10.30.0.2", "10.1.0.10"))
CONFIG = """\
zones:
  - {name: self-check, audience: infrastructure, networks: [10.30.0.0/24]}
assets:
  - {name: gateway, address: 10.30.0.2, role: server}
  - {name: ils, address: 10.1.0.10, role: ils, ports: [6443/tcp, 6001/tcp]}
"""
TUNNELS = """\
tunnels:
  - name: self-checks
    ends:
      - {asset: gateway, plain: [{zone: self-check}]}
      - {asset: ils}
"""

pytestmark = pytest.mark.slow


class Session(NamedTuple):
    """A recorded session, and where and when it is to have been."""

    capture: str
    at_s: int
    client: IPv4Address = KIOSK
    server: IPv4Address = ILS
    port: int = 6443


@pytest.fixture
def recorded(material: Path) -> Path:
    """The folder of the recorded exchanges."""
    return material / "sip2" / "pcaps"


def frames(folder: Path, session: Session) -> Iterator[bytes]:
    """Records of a capture file: the frames of the connection to the recorded port, moved."""
    data = (folder / session.capture).read_bytes()
    at, recorded_port = 24, PORTS[session.capture]
    while at < len(data):
        size = struct.unpack_from("<I", data, at + 8)[0]
        frame = bytearray(data[at + 16 : at + 16 + size])
        at += 16 + size
        ports = struct.unpack_from(">HH", frame, 34)
        if recorded_port not in ports:
            continue
        is_from_server = ports[0] == recorded_port
        client, server = session.client.packed, session.server.packed
        frame[26:34] = server + client if is_from_server else client + server
        struct.pack_into(">H", frame, 34 if is_from_server else 36, session.port)
        # Each session has a client port of its own.
        struct.pack_into(">H", frame, 36 if is_from_server else 34, 40_000 + session.at_s % 20_000)
        yield struct.pack("<IIII", START + session.at_s, 0, size, size) + frame


def report(folder: Path, target: Path, *sessions: Session, config: str = "") -> dict[str, Any]:
    """What the program reports of these sessions."""
    head = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65_535, 1)
    capture, written = target / "moved.pcap", target / "library.yaml"
    capture.write_bytes(head + b"".join(frame for session in sessions for frame in frames(folder, session)))
    written.write_text(config or "site: Main Library\n", "utf-8")
    return analyzed(capture, "--config", str(written))


def rules(found: dict[str, Any]) -> dict[str, int]:
    """Count by rule, of those about encryption."""
    families = {"sip2-encryption", "sip2-tunnel"}
    return {one["rule"]: one["count"] for one in found["findings"] if one["family"] in families}


def shares(found: dict[str, Any]) -> dict[tuple[str, int], tuple[int, int, int, float]]:
    """Plain, encrypted and given up flows, and the share, by service."""
    numbers = ("plain_flows", "encrypted_flows", "given_up_flows", "encrypted_share")
    return {(one["address"], one["port"]): tuple(one[name] for name in numbers) for one in found["services"]}


def test_a_service_that_speaks_both(recorded: Path, tmp_path: Path) -> None:
    """Without configuration TLS counts as SIP2 because the same endpoint spoke it in clear, before or after."""
    other = IPv4Address("10.30.0.9")
    sessions = [Session(TLS, at, other) for at in (0, 100, 200)]
    found = report(recorded, tmp_path, sessions[0], Session(CLEAR, 50), *sessions[1:])

    assert {"flows": 1, "encrypted_flows": 3, "messages": 16} == found["protocols"]["sip2"]
    assert {("10.1.0.10", 6443): (1, 3, 0, 0.75)} == shares(found)
    assert 1 == found["services_total"]
    assert {} == rules(found)


def test_tls_alone_is_not_sip2(recorded: Path, tmp_path: Path) -> None:
    """Nothing tells, unless the configuration does; then it is, and all of it is encrypted."""
    assert {} == shares(report(recorded, tmp_path, Session(TLS, 0)))
    found = report(recorded, tmp_path, Session(TLS, 0), config=CONFIG)
    assert {"flows": 0, "encrypted_flows": 1, "messages": 0} == found["protocols"]["sip2"]
    assert {("10.1.0.10", 6443): (0, 1, 0, 1.0)} == shares(found)
    assert [] == found["findings"]


@pytest.mark.parametrize(
    ("at_s", "rule", "given_up"), [(5, "sip2-tls-fallback", 1), (500, "sip2-tls-downgrade", 0)], ids=["soon", "late"]
)
def test_in_clear_after_tls(at_s: int, rule: str, given_up: int, recorded: Path, tmp_path: Path) -> None:
    """Right after TLS a client gave up, later it was set back; on the other port of a known library system as well."""
    found = report(recorded, tmp_path, Session(TLS, 0), Session(CLEAR, at_s))
    assert {rule: 1} == rules(found)
    assert {("10.1.0.10", 6443): (1, 1, given_up, 0.0 if given_up else 0.5)} == shares(found)

    found = report(recorded, tmp_path, Session(TLS, 0), Session(CLEAR, at_s, port=6001), config=CONFIG)
    assert {rule: 1} == rules(found)
    about = next(one["about"] for one in found["findings"] if one["rule"] == rule)
    assert ("ils", 6001) == (about["asset"], about["port"])


@pytest.mark.parametrize(("at_s", "given_up"), [(5, 1), (500, 0)], ids=["soon", "late"])
def test_ncip_in_clear_after_tls(at_s: int, given_up: int, tmp_path: Path) -> None:
    """Systems that speak NCIP are held to the same."""
    near, far = Host("10.30.0.5", 40_000), Host("10.1.0.10", 3001)
    hidden = Conversation(near=near, far=far, at_ns=START * 10**9).open()
    hidden.say(Side.ORIGINATOR, record(client_hello()))
    clear = Conversation(near=Host("10.30.0.5", 40_001), far=far, at_ns=(START + at_s) * 10**9).open()
    clear.say(Side.ORIGINATOR, LOOKUP.encode())
    clear.say(Side.RESPONDER, FOUND.encode())
    capture = tmp_path / "ncip.pcap"
    capture.write_bytes(Pcap().file([*hidden.packets, *clear.packets]))
    found = analyzed(capture)
    assert {"ncip-tls-fallback": 1} == {
        one["rule"]: one["count"] for one in found["findings"] if one["family"] == "ncip-encryption"
    }
    assert {("10.1.0.10", 3001): (1, 1, given_up, 0.0 if given_up else 0.5)} == shares(found)


def test_tunnels(recorded: Path, tmp_path: Path) -> None:
    """Each leg is what the configuration makes of it, and what is allowed in clear is in no other finding."""
    stranger = IPv4Address("10.77.0.1")
    allowed = (Session(CLEAR, 0, KIOSK, GATEWAY, 6001), Session(TLS, 1, GATEWAY))
    found = report(recorded, tmp_path, *allowed, config=CONFIG + TUNNELS)
    assert ["sip2-tunnel-leg"] == [one["rule"] for one in found["findings"]]

    around = (Session(CLEAR, 2, KIOSK, port=6001), Session(TLS, 3, stranger))
    found = report(recorded, tmp_path, *allowed, *around, config=CONFIG + TUNNELS)
    assert {"sip2-tunnel-leg": 1, "sip2-outside-tunnel": 1, "sip2-tunnel-end": 1} == rules(found)
    (pins,) = (one for one in found["findings"] if one["rule"] == "sip2-patron-credential")
    assert ["10.30.0.5"] == [one["address"] for one in pins["peers"]]
    assert 6001 == pins["about"]["port"]
    (end,) = (one for one in found["findings"] if one["rule"] == "sip2-tunnel-end")
    assert ("sip2", [str(stranger)]) == (end["protocol"], [one["address"] for one in end["peers"]])

    found = report(recorded, tmp_path, *allowed, *around, config=CONFIG)
    assert {} == rules(found), "without tunnels nothing is expected"
