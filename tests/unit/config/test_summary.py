"""A configuration is said back in lines that fit together, with notes on what may have been forgotten."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor.config.loading import load_config
from monitor.config.settings import Config
from monitor.config.summary import notes, summarize

TEXT = """\
site: Main Library
separate_vlans: true
local: [192.0.2.0/24, "2001:db8::/32"]
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
"""


def load(tmp_path: Path, text: str) -> Config:
    """The configuration that a text is."""
    path = tmp_path / "c.yaml"
    path.write_text(text, "utf-8")
    return load_config(path)


def test_everything(tmp_path: Path) -> None:
    """Zones, assets and expectations, with the defaults that hold."""
    assert EXPECTED.splitlines() == summarize(load(tmp_path, TEXT))


def test_nothing() -> None:
    """Even nothing is said back."""
    assert ["no site name: 0 zones, 0 assets"] == summarize(Config())


def test_options_and_notes() -> None:
    """Options of protocols stand with the values that hold."""
    config = Config(protocols={"toy": {"strict": False, "words": ("a", "b")}})
    assert ["no site name: 0 zones, 0 assets", "", "toy: strict false, words [a, b]"] == summarize(config)


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
    assert [f"note: {note}" for note in expected] == [line for line in summarize(config) if line.startswith("note: ")]
