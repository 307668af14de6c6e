"""Tests of `monitor.privacy.tunnels`."""

from __future__ import annotations

from ipaddress import ip_address, ip_network

import pytest

from monitor.model.data import Audience, Role
from monitor.model.flow import Leg
from monitor.model.opaque import Label
from monitor.privacy.places import Asset, Party, Tunnel, TunnelEnd, Zone
from monitor.privacy.tunnels import Tunnels

ZONES = (
    Zone(name=Label("kiosks"), audience=Audience.INFRASTRUCTURE, networks=(ip_network("10.30.0.0/24"),)),
    Zone(name=Label("branch"), audience=Audience.INFRASTRUCTURE, networks=(ip_network("10.50.0.0/24"),)),
)
ASSETS = (
    Asset(name=Label("gateway"), addresses=(ip_address("10.30.0.1"),), role=Role.OTHER),
    Asset(name=Label("ils"), addresses=(ip_address("10.1.0.10"), ip_address("fd00::10")), role=Role.ILS),
    Asset(name=Label("old ils"), addresses=(ip_address("10.1.0.11"),), role=Role.ILS),
)


KIOSK_ZONE, BRANCH_ZONE = (Party(one.name, is_asset=False) for one in ZONES)
GATEWAY, ILS, OLD_ILS = (Party(one.name, is_asset=True) for one in ASSETS)
KIOSKS = Tunnel(
    name=Label("kiosks"),
    ends=(TunnelEnd(party=GATEWAY, plain=(KIOSK_ZONE,)), TunnelEnd(party=ILS, plain=(OLD_ILS,))),
)
BRANCH = Tunnel(name=Label("branch"), ends=(TunnelEnd(party=BRANCH_ZONE), TunnelEnd(party=ILS)))


def leg(one: str, other: str, *, encrypted: bool, tunnels: tuple[Tunnel, ...] = (KIOSKS, BRANCH)) -> Leg:
    """The leg between two addresses."""
    found = Tunnels(tunnels, ZONES, ASSETS)
    there, back = (
        found.leg(ip_address(first).packed, ip_address(second).packed, encrypted=encrypted)
        for first, second in ((one, other), (other, one))
    )
    assert there is back, "it does not matter who opened the flow"
    return there


@pytest.mark.parametrize("encrypted", [False, True])
def test_without_a_tunnel_nothing_is_stated(encrypted: bool) -> None:  # noqa: FBT001 (a parameter)
    """Nobody said anything, so nothing is inside or outside."""
    assert Leg.UNSTATED is leg("10.30.0.5", "10.1.0.10", encrypted=encrypted, tunnels=())


@pytest.mark.parametrize(
    ("one", "other", "plain", "encrypted"),
    [
        ("10.30.0.1", "10.1.0.10", Leg.OUTSIDE, Leg.INSIDE),  # the tunnel itself
        ("10.30.0.5", "10.30.0.1", Leg.INSIDE, Leg.OUTSIDE),  # a kiosk and the tunnel's end beside it
        ("10.30.0.5", "10.1.0.10", Leg.OUTSIDE, Leg.OUTSIDE),  # a kiosk that goes past it
        ("10.1.0.11", "10.1.0.10", Leg.INSIDE, Leg.OUTSIDE),  # what lies behind the tunnel's other end
        ("10.30.0.5", "10.1.0.11", Leg.OUTSIDE, Leg.OUTSIDE),  # past the whole tunnel
        ("10.50.0.9", "10.1.0.10", Leg.OUTSIDE, Leg.INSIDE),  # a whole zone is an end
        ("10.50.0.9", "10.30.0.1", Leg.OUTSIDE, Leg.OUTSIDE),  # ends of different tunnels
        ("10.50.0.9", "fd00::10", Leg.OUTSIDE, Leg.INSIDE),
        ("10.50.0.9", "::ffff:10.1.0.10", Leg.OUTSIDE, Leg.INSIDE),
        ("10.1.0.10", "fd00::10", Leg.INSIDE, Leg.INSIDE),  # one machine with two addresses
        ("192.0.2.7", "192.0.2.9", Leg.OUTSIDE, Leg.OUTSIDE),  # nobody that anybody named
        ("192.0.2.7", "192.0.2.7", Leg.INSIDE, Leg.INSIDE),
        ("127.0.0.1", "127.3.0.1", Leg.INSIDE, Leg.INSIDE),
        ("::1", "::1", Leg.INSIDE, Leg.INSIDE),
        ("126.255.255.255", "128.0.0.1", Leg.OUTSIDE, Leg.OUTSIDE),
        ("10.50.0.8", "10.50.0.9", Leg.OUTSIDE, Leg.INSIDE),  # two devices of one zone are not one machine
    ],
)
def test_leg(one: str, other: str, plain: Leg, encrypted: Leg) -> None:
    """Between ends encrypted, to an end in clear where it is allowed, and within one machine as one likes."""
    assert (plain, encrypted) == (leg(one, other, encrypted=False), leg(one, other, encrypted=True))


def test_what_is_said_later_holds() -> None:
    """A reload is seen by everybody who asks here."""
    tunnels = Tunnels()
    tunnels.adopt(Tunnels([BRANCH], ZONES, ASSETS))
    assert Leg.INSIDE is tunnels.leg(ip_address("10.50.0.9").packed, ip_address("10.1.0.10").packed, encrypted=True)
