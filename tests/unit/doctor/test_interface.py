"""What is said of an interface, whatever the system told of it."""

from __future__ import annotations

from ipaddress import ip_address

import pytest

from monitor.doctor.check import Grade
from monitor.doctor.device import Device
from monitor.doctor.interface import check_presence, judge_device

FINE = Device(name="eth0", speed_mbits=1_000, gro=False, lro=False)


def test_fine() -> None:
    """A mirror port as it should be."""
    assert {Grade.GOOD} == {check.grade for check in judge_device(FINE)}


@pytest.mark.parametrize(
    ("device", "key", "grade", "words"),
    [
        (Device(name="eth0", is_up=False), "interface.link", Grade.BAD, "ip link set eth0 up"),
        (Device(name="eth0", is_connected=False), "interface.link", Grade.BAD, "cable"),
        (Device(name="eth0", speed_mbits=100), "interface.speed", Grade.ATTENTION, "1,000 Mbit/s"),
        (
            Device(name="eth0", speed_mbits=1_000, is_half_duplex=True),
            "interface.speed",
            Grade.ATTENTION,
            "1,000 Mbit/s",
        ),
        (Device(name="veth0"), "interface.speed", Grade.GOOD, ""),
        (
            Device(name="eth0", addresses=(ip_address("192.0.2.7"),)),
            "interface.address",
            Grade.ATTENTION,
            "unless you reach this machine over it",
        ),
        (Device(name="wlan0", is_wireless=True), "interface.kind", Grade.ATTENTION, "cable"),
        (Device(name="eth0", gro=True, lro=True), "interface.offloads", Grade.ATTENTION, "eth0 gro off lro off"),
        (Device(name="eth0", gro=True, lro=None), "interface.offloads", Grade.ATTENTION, "eth0 gro off lro off"),
        (Device(name="eth0"), "interface.offloads", Grade.UNKNOWN, "ethtool -k eth0"),
    ],
)
def test_what_may_be_wrong(device: Device, key: str, grade: Grade, words: str) -> None:
    """Each of it by itself, with what to do."""
    check = next(one for one in judge_device(device) if one.key == key)
    assert (grade, True) == (check.grade, words in check.advice)


def test_loopback_has_addresses() -> None:
    """Nobody mirrors to loopback, and nobody is told to take its address away."""
    device = Device(name="lo", is_loopback=True, addresses=(ip_address("127.0.0.1"),))
    assert "interface.address" not in {check.key for check in judge_device(device)}


def test_presence() -> None:
    """A name that is not there comes with those that are; a name is never a command to the terminal."""
    assert Grade.GOOD is check_presence("eth0", ["eth0", "lo"]).grade
    missing = check_presence("eth\x1b[31m", ["eth0", "lo"])
    assert (Grade.BAD, r"there is no interface eth\x1b[31m") == (missing.grade, missing.seen)
    assert "eth0, lo" in missing.advice
    assert Grade.UNKNOWN is check_presence("eth0", None).grade
