"""The interface that the mirror ends at: is it there, up, fast enough, silent, and does it leave packets alone?"""

from __future__ import annotations

from collections.abc import Iterator

from monitor.doctor.check import Check, attention, bad, good, unknown
from monitor.doctor.device import Device
from monitor.privacy.labels import file_label

SLOW_MBITS = 100
"""A mirror of a gigabit switch does not fit into it."""

PRESENT = "interface.present"


def check_presence(name: str, known: list[str] | None) -> Check:
    """Whether there is such an interface.

    Args:
        name: as the operator typed it.
        known: all there are; None where the system does not list them.
    """
    shown = file_label(name)
    if known is None:
        return unknown(PRESENT, "this system does not list its interfaces", "run the sensor on Linux")
    if name not in known:
        listed = ", ".join(map(file_label, known))
        return bad(PRESENT, f"there is no interface {shown}", f"use one of: {listed} (what they are: ip link)")
    return good(PRESENT, f"{shown} is there")


def judge_device(device: Device) -> Iterator[Check]:
    """What can be said of it without listening."""
    yield _link(device)
    yield _speed(device)
    if device.is_wireless:
        yield attention(
            "interface.kind",
            "this is Wi-Fi, which hands over what is meant for this machine only",
            "use a network card with a cable, at a mirror port of the switch",
        )
    if not device.is_loopback:
        yield _address(device)
    yield _offloads(device)


def _link(device: Device) -> Check:
    key, shown = "interface.link", file_label(device.name)
    if not device.is_up:
        return bad(key, f"{shown} is turned off", f"ip link set {shown} up")
    if not device.is_connected:
        return bad(
            key,
            "there is no cable, or nothing at its other end",
            "plug the cable into the mirror port, and see that the switch has that port turned on",
        )
    return good(key, f"{shown} is up and connected")


def _speed(device: Device) -> Check:
    key, speed = "interface.speed", device.speed_mbits
    if speed is None:
        return good(key, "it does not say how fast it is, as virtual ones do not")
    duplex = ", half duplex" if device.is_half_duplex else ""
    if speed <= SLOW_MBITS or duplex:
        return attention(
            key,
            f"{speed:,} Mbit/s{duplex}: the switch drops what does not fit",
            "use a port and a cable of 1,000 Mbit/s (Cat 5e or better, all four pairs)",
        )
    return good(key, f"{speed:,} Mbit/s")


def _address(device: Device) -> Check:
    key, shown = "interface.address", file_label(device.name)
    if not device.addresses:
        return good(key, "it has no address of its own, as it should be at a mirror port")
    listed = ", ".join(map(str, device.addresses))
    return attention(
        key,
        f"it has an address of its own ({listed}), so this machine speaks and can be reached over it",
        "a mirror port needs none: unless you reach this machine over it, "
        f"ip address flush dev {shown}, and turn DHCP and IPv6 off for it where that is configured",
    )


def _offloads(device: Device) -> Check:
    key, shown = "interface.offloads", file_label(device.name)
    named = {"GRO": device.gro, "LRO": device.lro}
    if all(value is None for value in named.values()):
        return unknown(key, "it does not say whether it glues packets together", f"look yourself: ethtool -k {shown}")
    on = [word for word, is_on in named.items() if is_on]
    if on:
        return attention(
            key,
            f"{' and '.join(on)} {'are' if len(on) > 1 else 'is'} on: packets are glued together before they are seen; "
            "nothing is missed, but fewer are counted than there were",
            f"ethtool -K {shown} gro off lro off (again after each start of the machine)",
        )
    return good(key, "GRO and LRO are off: packets are seen as they were")
