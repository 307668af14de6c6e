"""The TLS parser against tshark, on every public capture in which tshark sees a hello over TCP."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest

from monitor.capture.files import CaptureFiles
from monitor.decode.decoding import Decoding
from monitor.flow.tracker import Tracker
from monitor.model.finding import Observation
from monitor.model.frames import Frames
from monitor.model.stats import Stats
from monitor.privacy.naming import NamingPolicy
from monitor.protocols.tls import SPEC
from monitor.protocols.tls.events import TlsClientHello, TlsServerHello, TlsVersion

End = tuple[str, int]
"""Address and port."""
Flow = frozenset[End]

INSIDE = {
    "OISF__suricata-verify/bug-2769__issue_no_icmp.pcap",
    "OISF__suricata-verify/ldap-starttls__input.pcap",
    "OISF__suricata-verify/pgsql_pgsql-upgrade-tls__input.pcap",
    "OISF__suricata-verify/smtp-errors__smtperr.pcap",
    "arkime__arkime/adb_synthetic.pcap",
    "arkime__arkime/smtp-starttls.pcap",
    "arkime__arkime/socks-https-example.pcap",
    "idaholab__Malcolm-Test-Artifacts/OpenVPN.pcap",
    "ntop__nDPI/443-opvn.pcap",
    "ntop__nDPI/haproxy.pcap",
    "ntop__nDPI/http_connect.pcap",
    "ntop__nDPI/mysql.pcapng",
    "ntop__nDPI/nomachine.pcapng",
    "ntop__nDPI/openvpn.pcap",
    "ntop__nDPI/openvpn_nohmac_tcp.pcapng",
    "ntop__nDPI/smtp-starttls.pcap",
    "ntop__nDPI/tls_heur__trojan-tcp-tls.pcapng",
    "ntop__nDPI/tls_heur__vmess-tcp.pcapng",
    "ntop__nDPI/tls_heur__vmess-websocket.pcapng",
    "zeek__zeek/ftp_ftp-auth-tls.pcap",
    "zeek__zeek/http_connect-with-header.pcap",
    "zeek__zeek/mysql_tls-12-amazon-rds.pcap",
    "zeek__zeek/mysql_tls-13-amazon-rds.pcap",
    "zeek__zeek/postgresql_psql-aws-ssl-preferred.pcap",
    "zeek__zeek/socks-with-ssl.pcap",
    "zeek__zeek/tls_pop3-starttls.pcap",
    "zeek__zeek/tls_smtp-starttls.pcap",
    "zeek__zeek/tls_xmpp-dialback-starttls.pcap",
}
"""TLS begins inside another protocol: behind STARTTLS and the like, a proxy's or a tunnel's own opening."""
UNREAD = {
    "ntop__nDPI/tls_cipher_lens.pcap",  # the lengths of three hellos of five are wrong on purpose
    "arkime__arkime/arkime_synthetic.pcap",  # the same, of a server's
    "zeek__zeek/tls_ssl-v2.pcap",  # a server that answers in SSL 2.0 itself
}
TUNNELS = ("6in4tunnel", "Tunnels", "geneve", "gtp", "ja3_lots_of_cipher_suites_2", "pppoe", "wireguard-ping-tcp-dsb")
"""Parts of names of captures whose flows lie in tunnels; whether they are opened is not for this test to say."""
CODES = {"0x0002": "ssl2", "0x0300": "ssl3", "0x0301": "tls1.0", "0x0302": "tls1.1", "0x0303": "tls1.2"}


@dataclass(slots=True)
class Said:
    """Of one flow: names and versions."""

    names: set[str] = field(default_factory=set)
    chosen: set[str] = field(default_factory=set)
    clients: int = 0


def by_tshark(truth: dict[str, Any]) -> dict[Flow, Said]:
    """What tshark saw."""
    flows: dict[Flow, Said] = defaultdict(Said)
    for hello in (*truth["tls_client_hello"], *truth["tls_server_hello"]):
        if hello["transport"] != "tcp" or not hello["src"]:
            continue
        ends = ((hello["src"], hello["sport"]), (hello["dst"], hello["dport"]))
        said = flows[frozenset((str(ip_address(address)), port) for address, port in ends)]
        if "sni" in hello:
            said.clients += 1
            said.names.add(plain(hello["sni"]))
        else:
            code = hello["selected_version"] or ""
            said.chosen.add(
                CODES.get(code, "tls1.3" if code == "0x0304" or code[2:4] in ("7e", "7f", "fb") else "other")
            )
    return flows


def plain(name: str | None) -> str:
    """A server's name as the monitor takes it: no address is one (RFC 6066 3)."""
    try:
        ip_address(name or "")
    except ValueError:
        return (name or "").lower().removesuffix(".")
    return ""


def by_monitor(capture: Path) -> dict[Flow, Said]:
    """What the parser says."""
    seen: list[Observation] = []
    stats = Stats()
    tracker = Tracker([SPEC], NamingPolicy(), stats, seen.append, apart=True)
    for item in Decoding(CaptureFiles([str(capture)], stats), stats):
        if isinstance(item, Frames):
            tracker.take(item)
    tracker.finish()
    assert {} == dict(stats.faults)
    flows: dict[Flow, Said] = defaultdict(Said)
    for one in seen:
        ends = (one.flow.originator, one.flow.responder)
        said = flows[frozenset((str(end.address), end.port) for end in ends)]
        if isinstance(one.event, TlsClientHello):
            said.clients += 1
            said.names.add("" if one.event.server_name is None else one.event.server_name.reveal())
        elif isinstance(one.event, TlsServerHello):
            said.chosen.add(one.event.version.value)
    return flows


def captures(material: Path) -> Iterator[tuple[str, dict[Flow, Said], dict[Flow, Said]]]:
    """Each capture with a hello over TCP: its name, what tshark saw, what the parser says."""
    for path in sorted((material / "pcaps" / "truth").glob("*.json")):
        truth = json.loads(path.read_text("utf-8"))
        expected = by_tshark(truth)
        if expected and not any(part in truth["file"] for part in TUNNELS):
            yield truth["file"], expected, by_monitor(material / "pcaps" / truth["file"])


@pytest.mark.slow
def test_every_public_capture(material: Path) -> None:
    """Every flow that begins with a hello is found, with its name and its version."""
    wrong: list[str] = []
    count = 0
    for name, expected, actual in captures(material):
        for flow, said in expected.items():
            count += 1
            found = actual.get(flow, Said())
            if name in INSIDE and flow not in actual:
                continue
            if name in UNREAD and (not found.clients or not found.chosen):
                continue
            if said.clients and said.names != found.names:
                wrong.append(f"{name}: names")
            if said.chosen and said.chosen != found.chosen:  # tshark misses some in segments out of order
                wrong.append(f"{name}: versions")
    assert count > 600
    assert [] == wrong


def test_versions_have_their_codes() -> None:
    """What the truth calls a version is one of ours."""
    assert {*CODES.values(), "tls1.3", "other"} == {one.value for one in TlsVersion}
