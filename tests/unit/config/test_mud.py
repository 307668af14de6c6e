"""MUD files (RFC 8520): what they accept becomes expectations, what cannot be held is named."""

from __future__ import annotations

import json
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest

from monitor.config.mud import read_mud
from monitor.config.shapes import UnfitError
from monitor.model.flow import Reach, Transport
from monitor.model.opaque import Label
from monitor.privacy.places import Expectation, Port

HTTPS, DNS = Port(443, Transport.TCP), Port(53, Transport.UDP)


def mud(*matches: dict[str, Any], way: str = "from", forwarding: str = "accept") -> dict[str, Any]:
    """A file with one list."""
    entries = [
        {"name": f"e{number}", "matches": one, "actions": {"forwarding": forwarding}}
        for number, one in enumerate(matches)
    ]
    return {
        "ietf-mud:mud": {
            "mud-version": 1,
            "mud-url": "https://vendor.example/cam.json",
            f"{way}-device-policy": {"access-lists": {"access-list": [{"name": "list"}]}},
        },
        "ietf-access-control-list:acls": {"acl": [{"name": "list", "aces": {"ace": entries}}]},
    }


def tcp(port: int, key: str = "destination-port") -> dict[str, Any]:
    """A TCP port at one end."""
    return {"tcp": {key: {"operator": "eq", "port": port}}}


def read(folder: Path, document: object, controller: str = "") -> tuple[tuple[Expectation, ...], tuple[Label, ...]]:
    """What it says, without where it comes from."""
    path = folder / "cam.json"
    path.write_text(json.dumps(document), "utf-8")
    found = read_mud(path, Label(controller))
    return found.expectations, found.left_out


SOURCE = Label("cam.json")


@pytest.mark.parametrize(
    ("matches", "expected"),
    [
        (
            {"ipv4": {"ietf-acldns:dst-dnsname": "Cloud.Vendor.example", "protocol": 6}, **tcp(443)},
            Expectation(name=Label("cloud.vendor.example"), ports=(HTTPS,), source=SOURCE),
        ),
        (
            {"ipv6": {"destination-ipv6-network": "2001:db8::/32"}, **tcp(443)},
            Expectation(network=ip_network("2001:db8::/32"), ports=(HTTPS,), source=SOURCE),
        ),
        (
            {"ietf-mud:mud": {"local-networks": [None]}},
            Expectation(reach=Reach.LOCAL, source=SOURCE),
        ),
        (
            {
                "ietf-mud:mud": {"controller": "urn:ietf:params:mud:dns"},
                "udp": {"destination-port": {"operator": "eq", "port": 53}},
            },
            Expectation(reach=Reach.LOCAL, ports=(DNS,), source=SOURCE),
        ),
        (
            {"ipv4": {"ietf-acldns:dst-dnsname": "a.example"}, "tcp": {"destination-port": {"lower-port": 443}}},
            Expectation(name=Label("a.example"), ports=(HTTPS,), source=SOURCE),
        ),
    ],
)
def test_what_is_accepted(matches: dict[str, Any], expected: Expectation, tmp_path: Path) -> None:
    """Names, networks, the house, and the services that every network has."""
    assert ((expected,), ()) == read(tmp_path, mud(matches))


def test_both_directions_are_one(tmp_path: Path) -> None:
    """What the device gets comes from the service's port."""
    matches = {"ipv4": {"ietf-acldns:src-dnsname": "a.example"}, **tcp(443, "source-port")}

    assert (
        Expectation(name=Label("a.example"), ports=(HTTPS,), source=SOURCE)
        == read(tmp_path, mud(matches, way="to"))[0][0]
    )


@pytest.mark.parametrize(
    ("matches", "why"),
    [
        ({"ietf-mud:mud": {"my-controller": [None]}, **tcp(443)}, "its controller"),
        ({"ietf-mud:mud": {"same-manufacturer": [None]}}, "other devices"),
        ({"ipv4": {"protocol": 6}, **tcp(443)}, "every host"),
        (
            {
                "ipv4": {"ietf-acldns:dst-dnsname": "a.example"},
                "udp": {"source-port": {"lower-port": 1, "upper-port": 9_999}},
            },
            "more than 100",
        ),
        (
            {
                "ipv4": {"ietf-acldns:dst-dnsname": "a.example"},
                "tcp": {"destination-port": {"operator": "neq", "port": 1}},
            },
            "a port",
        ),
        ({"ipv4": {"ietf-acldns:dst-dnsname": "*.co.uk"}}, "a host or network that is none"),
        ({"ipv4": {"ietf-acldns:dst-dnsname": "a.example", "protocol": 1}}, "traffic that is neither"),
    ],
)
def test_what_cannot_be_held_makes_nothing_expected(matches: dict[str, Any], why: str, tmp_path: Path) -> None:
    """It is named once, however often it stands there."""
    found, left_out = read(tmp_path, mud(matches, matches))

    assert () == found
    assert [True] == [one.startswith(why) for one in left_out]


def test_the_controller_can_be_named(tmp_path: Path) -> None:
    """By the operator, who knows which asset that is."""
    matches = {"ietf-mud:mud": {"my-controller": [None]}, **tcp(443)}

    assert Label("recorder") == read(tmp_path, mud(matches), "recorder")[0][0].asset


def test_what_is_dropped_is_not_expected(tmp_path: Path) -> None:
    """Entries that forbid say nothing here: whatever is not expected is unexpected."""
    assert ((), ()) == read(tmp_path, mud({"ietf-mud:mud": {"local-networks": [None]}}, forwarding="drop"))


@pytest.mark.parametrize("text", ["", "{", "[]", '{"ietf-mud:mud": 5}', "[" * 100_000])
def test_files_that_are_none(text: str, tmp_path: Path) -> None:
    """A sentence says so."""
    path = tmp_path / "cam.json"
    path.write_text(text, "utf-8")
    with pytest.raises(UnfitError):
        read_mud(path)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    """The same."""
    with pytest.raises(UnfitError, match="cannot be read"):
        read_mud(tmp_path / "cam.json")
