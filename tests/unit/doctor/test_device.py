"""What the kernel says of real interfaces, and of none."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from ipaddress import ip_address
from pathlib import Path

import pytest

from monitor.doctor.device import (
    describe_device,
    hardware_address,
    is_promiscuous,
    known_devices,
    longest_packet,
    losses,
)
from tests.support.wire import NEAR, ip, turn, virtual_wire, wait_for


@pytest.fixture
def _wire() -> Iterator[None]:
    """A wire in a network namespace of its own, which `/sys` does not show."""
    with virtual_wire():
        yield


@pytest.mark.usefixtures("_wire")
def test_a_virtual_wire() -> None:
    """Up, without an address; then with one; then down."""
    assert NEAR in (known_devices() or [])
    wait_for(lambda: describe_device(NEAR).is_connected)  # the kernel takes a moment to notice a link
    device = describe_device(NEAR)
    assert (True, True, False, ()) == (device.is_up, device.is_connected, device.is_loopback, device.addresses)
    assert (False, False) == (device.gro, device.lro)
    assert (6, 65_535, 0) == (len(hardware_address(NEAR)), longest_packet(NEAR), losses(NEAR))
    ip("address", "add", "192.0.2.7/24", "dev", NEAR).check_returncode()
    assert (ip_address("192.0.2.7"),) == describe_device(NEAR).addresses
    turn(NEAR, "down")
    assert not describe_device(NEAR).is_up


def test_loopback() -> None:
    """The one interface that is everywhere."""
    if sys.platform != "linux":
        pytest.skip("the kernel is asked as Linux wants it")
    device = describe_device("lo")
    assert (True, b"") == (device.is_loopback, hardware_address("lo"))


@pytest.mark.parametrize("name", ["", "nowhere0", "a-name-that-is-much-too-long", "../lo", "\udcff"])
def test_none(name: str) -> None:
    """What is not there is no error."""
    assert (b"", None, None, None) == (
        hardware_address(name),
        longest_packet(name),
        losses(name),
        is_promiscuous(name),
    )
    assert () == describe_device(name).addresses


def test_losses(tmp_path: Path) -> None:
    """Errors, drops, and what came too fast or damaged, added up."""
    table = tmp_path / "dev"
    table.write_text("Inter-|   Receive\n face |bytes packets\n  eth0: 9000 90 1 2 4 8 16 32 64 128\n", "ascii")
    assert 15 == losses("eth0", table)
    assert None is losses("eth", table)
    table.write_text("eth0: one two\n", "ascii")
    assert None is losses("eth0", table)
