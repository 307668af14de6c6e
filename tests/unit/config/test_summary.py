"""A configuration is said back in lines that fit together, with notes on what may have been forgotten."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor.config.loading import load_config
from monitor.config.settings import Config
from monitor.config.summary import Kind, notes, summarize

TEXT = """\
site: Main Library
separate_vlans: true
local: [192.0.2.0/24, "2001:db8::/32"]
sensor: {interfaces: [eth1]}
store: {path: /var/lib/privacy-monitor/findings.db, resolve_after_days: 1}
zones:
  - name: cameras
    audience: infrastructure
    role: camera
    networks: [10.40.0.0/24]
    inside: all of it
    expect:
      - {asset: recorder}
      - {network: 10.1.0.0/24, ports: [123/udp, 53/udp]}
      - {name: "*.updates.example", ports: [443/tcp]}
  - {name: all of it, audience: public, networks: [10.0.0.0/8, "fd00::/8"], inspect: all}
assets:
  - {name: recorder, address: [10.40.0.250, "fd00::250"], role: recorder, ports: [554/tcp]}
"""
EXPECTED = """\
Main Library: 2 zones, 1 asset
the same addresses in another VLAN are another device
own networks beside the private ones: 192.0.2.0/24 2001:db8::/32
the sensor listens to eth1
findings are kept in /var/lib/privacy-monitor/findings.db, of at most 64 MB
findings are resolved after 1 day without them, and removed after 400 days

zone                        audience        role    inspect        addresses  networks
cameras (inside all of it)  infrastructure  camera  all (default)  shown      10.40.0.0/24
all of it                   public          -       all            hidden     10.0.0.0/8 fd00::/8

asset     role      address                ports    zone
recorder  recorder  10.40.0.250 fd00::250  554/tcp  cameras, all of it

devices of cameras may talk to
  recorder (10.40.0.250 fd00::250) on any port
  10.1.0.0/24 on 123/udp 53/udp
  *.updates.example on 443/tcp
  and always: DHCP, multicast, broadcast; DNS and NTP with these hosts and with assets

note: public zone 'all of it' is looked at as a whole: what patrons' own devices do is seen
"""


def load(tmp_path: Path, text: str) -> Config:
    """The configuration that a text is."""
    path = tmp_path / "c.yaml"
    path.write_text(text, "utf-8")
    return load_config(path)


def test_everything(tmp_path: Path) -> None:
    """Zones, assets and expectations, with the defaults that hold."""
    lines = summarize(load(tmp_path, TEXT))
    assert EXPECTED.splitlines() == [line.text for line in lines]
    heads = [line.text.partition(" ")[0] for line in lines if line.kind is Kind.HEAD]
    assert ["Main", "zone", "asset", "devices"] == heads


def test_long_lists_go_on_below(tmp_path: Path) -> None:
    """Where a zone has many networks, its line does not run out of the terminal."""
    networks = ", ".join(f"10.7.{number}.0/24" for number in range(9))
    lines = summarize(load(tmp_path, ZONE.format("staff", networks, "")), width=80)
    expected = [
        "zone  audience  role  inspect        addresses  networks",
        "z     staff     -     all (default)  shown      10.7.0.0/24 10.7.1.0/24",
        "                                                10.7.2.0/24 10.7.3.0/24",
        "                                                10.7.4.0/24 10.7.5.0/24",
        "                                                10.7.6.0/24 10.7.7.0/24",
        "                                                10.7.8.0/24",
    ]
    assert expected == [line.text for line in lines[2:]]


def test_nothing() -> None:
    """Even nothing is said back."""
    assert ["no site name: 0 zones, 0 assets"] == [line.text for line in summarize(Config())]


def test_options_and_notes() -> None:
    """Options of protocols stand with the values that hold."""
    config = Config(protocols={"toy": {"strict": False, "words": ("a", "b")}})
    expected = ["no site name: 0 zones, 0 assets", "", "options of protocols", "  toy: strict false, words [a, b]"]
    assert expected == [line.text for line in summarize(config)]


ZONE = "zones: [{{name: z, audience: {}, networks: [{}]{}}}]\n"
ASSET = "assets: [{{name: a, address: {}, role: {}}}]\n"
FAR = ASSET.format("192.0.2.10", "server")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            ZONE.format("public", "10.0.0.0/8, 'fd00::/8'", ""),
            ["zone 'z' is looked at toward assets only, and there are no assets"],
        ),
        (
            ZONE.format("public", "10.0.0.0/8", "") + FAR,
            ["public zone 'z' has no IPv6 network: if its devices use IPv6, those addresses are shown"],
        ),
        (
            ZONE.format("public", "'fd00::/8'", "") + FAR,
            ["public zone 'z' has no IPv4 network: if its devices use IPv4, those addresses are shown"],
        ),
        (
            ZONE.format("staff", "10.0.0.0/8", ", role: camera"),
            ["zone 'z' does not say whom its cameras may talk to ('expect')"],
        ),
        (
            ZONE.format("public", "10.0.0.0/8, 'fd00::/8'", ", inspect: all"),
            ["public zone 'z' is looked at as a whole: what patrons' own devices do is seen"],
        ),
        (
            ZONE.format("infrastructure", "10.0.0.0/8", ", role: camera, inspect: none"),
            ["zone 'z' is not looked at, so whom its devices talk to is not seen"],
        ),
        (
            ZONE.format("infrastructure", "10.0.0.0/8", ", expect: [], inspect: none"),
            ["zone 'z' is not looked at, so whom its devices talk to is not seen"],
        ),
        (
            ZONE.format("staff", "192.0.0.0/8", ""),
            ["zone 'z' holds addresses of the internet: 192.0.0.0/8 is more than what is private"],
        ),
        (
            ZONE.format("staff", "10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16, 192.0.2.0/24, 'fc00::/6'", ""),
            [],
        ),
        (
            ZONE.format("staff", "10.0.0.0/8", ", inspect: none") + ASSET.format("10.0.0.1", "server"),
            ["asset 'a' (10.0.0.1) is in zone 'z', of which nothing is looked at"],
        ),
        (
            ASSET.format("10.0.0.1", "server"),
            ["asset 'a' (10.0.0.1) is in no zone, so its audience is unassigned"],
        ),
        (
            ASSET.format("192.0.2.1", "ils"),
            ["asset 'a' has no 'ports', so encrypted SIP2 to it cannot be told from other TLS"],
        ),
        (
            "local: [192.0.2.0/24]\n" + FAR,
            ["asset 'a' (192.0.2.10) is in no zone, so its audience is unassigned"],
        ),
        (FAR, []),
        (ZONE.format("staff", "10.0.0.0/8", "") + ASSET.format("10.0.0.1", "server"), []),
    ],
)
def test_notes(tmp_path: Path, text: str, expected: list[str]) -> None:
    """What is allowed but may not be meant is remarked upon, and nothing else is."""
    config = load(tmp_path, text)
    assert expected == list(notes(config))
    assert [f"note: {note}" for note in expected] == [line.text for line in summarize(config) if line.kind is Kind.NOTE]


@pytest.mark.parametrize(
    ("metrics", "said", "noted"),
    [
        ("{}", "metrics for whoever can reach it: http://127.0.0.1:9477/metrics", []),
        ('{listen: "[::1]:80"}', "metrics for whoever can reach it: http://[::1]:80/metrics", []),
        (
            "{listen: 0.0.0.0:9477}",
            "metrics for whoever can reach it: http://0.0.0.0:9477/metrics",
            ["metrics are offered beyond", "metrics cross the network readable"],
        ),
        (
            "{listen: 10.1.0.5:9477, basic_auth: {user: prometheus, password_file: secret}}",
            "metrics for user prometheus, with a password: http://10.1.0.5:9477/metrics",
            ["the password of the metrics crosses the network readable"],
        ),
        (
            "{listen: 10.1.0.5:9477, tls: {certificate: a, key: b}}",
            "metrics for whoever can reach it: https://10.1.0.5:9477/metrics",
            ["metrics are offered beyond"],
        ),
        (
            "{listen: 10.1.0.5:9477, tls: {certificate: a, key: b}, basic_auth: {user: x, password_file: c}}",
            "metrics for user x, with a password: https://10.1.0.5:9477/metrics",
            [],
        ),
    ],
)
def test_metrics(tmp_path: Path, metrics: str, said: str, noted: list[str]) -> None:
    """Where they are and for whom; what leaves the machine unprotected is remarked on."""
    config = load(tmp_path, f"metrics: {metrics}\n")
    assert said == summarize(config)[1].text
    assert [True] * len(noted) == [note.startswith(start) for note, start in zip(notes(config), noted, strict=True)]


def test_alerts(tmp_path: Path) -> None:
    """Who is told, when, and what was decided otherwise."""
    text = (
        "zones: [{name: lobby, audience: staff, networks: [10.0.0.0/8]}]\n"
        "alerts:\n  alertmanagers: [http://127.0.0.1:9093]\n  notify: [{url_file: mail}]\n"
        '  quiet: {from: "20:00", to: "07:30"}\n'
        '  policy: [{rule: "camera-*", zone: lobby, alert: ticket}, {rule: sensor-blind, alert: never}]\n'
    )
    config = load(tmp_path, text)
    expected = [
        f"alerts go to Alertmanager http://127.0.0.1:9093, the address in {tmp_path / 'mail'}",
        "one digest a day at 07:30, local time; the first after 24 hours",
        "from 20:00 to 07:30 only what pages is told",
        "alert policy: camera-* in zone lobby: ticket",
        "alert policy: sensor-blind: never",
    ]
    assert expected == [line.text for line in summarize(config, 300)][3:8]
    assert (
        "/var/lib/privacy-monitor/findings.db, of at most 64 MB, because alerts want that" in summarize(config)[1].text
    )
    assert [] == list(notes(config))


@pytest.mark.parametrize(
    ("alerts", "expected"),
    [
        ("{}", "'alerts' names nobody: add 'alertmanagers' or 'notify'"),
        (
            "{alertmanagers: [http://10.1.0.5:9093]}",
            "alerts cross the network readable (http://10.1.0.5:9093): use https",
        ),
        (
            "{notify: [{url_file: a}], policy: [{rule: camra-attempt, alert: never}]}",
            "no rule that comes along fits 'camra-attempt' of the alert policy; is it one of your own?",
        ),
        (
            "{notify: [{url_file: a}], policy: [{rule: 'sensor-*', zone: lobby, alert: never}]}",
            "no rule that comes along fits 'sensor-*' of the alert policy; is it one of your own?",
        ),
        ("{alertmanagers: ['http://[::1]:9093', 'http://localhost:9093', 'https://am.example.org']}", None),
    ],
)
def test_alerts_that_may_not_be_meant(tmp_path: Path, alerts: str, expected: str | None) -> None:
    """Nobody to tell, what everybody can read, and rules that are none."""
    assert ([expected] if expected else []) == list(
        notes(load(tmp_path, f"zones: [{{name: lobby, audience: staff, networks: [10.0.0.0/8]}}]\nalerts: {alerts}\n"))
    )


@pytest.mark.parametrize(
    ("sinks", "said", "noted"),
    [
        ("[]", "nobody", []),
        ('[{kind: lines, path: "-"}, {kind: journal}]', "standard output (lines), the journal", []),
        ("[{kind: eve, path: /var/log/eve.json}]", "/var/log/eve.json (eve, 50 MB, 5 older)", []),
        ("[{kind: syslog}]", "syslog at /dev/log", []),
        ('[{kind: syslog, to: "tls://logs.example.org"}]', "syslog at tls://logs.example.org:6514", []),
        ('[{kind: syslog, to: "udp://127.0.0.1"}]', "syslog at udp://127.0.0.1:514", []),
        ('[{kind: syslog, to: "udp://localhost"}]', "syslog at udp://localhost:514", []),
        ('[{kind: syslog, to: "udp://[fd00:1::5]"}]', "syslog at udp://[fd00:1::5]:514", ["udp://[fd00:1::5]:514"]),
        ('[{kind: syslog, to: "tcp://logs.example.org"}]', "syslog at tcp://logs.example.org:514", ["tcp://logs."]),
    ],
)
def test_sinks(tmp_path: Path, sinks: str, said: str, noted: list[str]) -> None:
    """Where findings go; what leaves the machine in the clear is remarked on."""
    config = load(tmp_path, f"sinks: {sinks}\n")
    assert f"findings are told to {said}" == summarize(config)[1].text
    assert [True] * len(noted) == [
        note.startswith(f"findings go to {start}") for note, start in zip(notes(config), noted, strict=True)
    ]
