"""What rules may know of a flow: its ends as they may be shown, which one is a camera, whether it leaves a zone."""

from __future__ import annotations

from collections.abc import Callable, Collection

from monitor.flow.cameras import Cameras
from monitor.model.data import Role
from monitor.model.flow import Endpoint, FlowView, Leg, Reach, Side, Traffic, Transport
from monitor.model.opaque import HostName, Label
from monitor.privacy.naming import NamingPolicy
from monitor.privacy.tunnels import Tunnels

MAX_SHARED = 4_096
"""Clients of services; a busy consortium has some thousands. About 5 MB when full; then all are forgotten, which costs
time only."""


class Views:
    """Describes flows."""

    def __init__(
        self,
        naming: NamingPolicy,
        cameras: Cameras,
        tunnels: Tunnels,
        tunneled: Collection[Label] = (),
        *,
        apart: bool = False,
    ) -> None:
        """Take who knows.

        Args:
            naming: what may be shown of ends.
            cameras: which of them are cameras.
            tunnels: between whom what belongs into encryption is to be encrypted.
            tunneled: names the protocols that do.
            apart: whether somebody asks for the client's port, so that flows that differ in nothing else have each a
                view of their own.
        """
        self.naming = naming
        self.cameras = cameras
        self.traffic: Callable[[bytes, bytes], Traffic | None] = lambda _device, _other: None
        """What a watched device exchanges with another end."""
        self._tunnels = tunnels
        self._tunneled = frozenset(tunneled)
        self._apart = apart
        self._shared: dict[tuple[bytes, bytes, int, Label], FlowView] = {}
        self._version = cameras.version

    def adopt(self, *, apart: bool) -> None:
        """Describe all flows anew: what is known of their ends has changed."""
        self._apart = apart
        self._shared.clear()

    def share(
        self,
        transport: Transport,
        addresses: tuple[bytes, bytes],
        ports: tuple[int, int],
        originator: int,
        protocol: Label,
    ) -> FlowView:
        """The one view of all flows from the same client to the same service, with the client's port of the first.

        A self-check opens a connection for every patron; what rules make of what it says is then worked out once.
        The arguments are those of `describe`.
        """
        if self._apart:
            return self.describe(transport, addresses, ports, originator, protocol)
        if self._version != self.cameras.version:
            self._version = self.cameras.version
            self._shared.clear()
        responder = 1 - originator
        key = addresses[originator], addresses[responder], ports[responder], protocol
        view = self._shared.get(key)
        if view is None:
            if len(self._shared) >= MAX_SHARED:
                self._shared.clear()
            view = self._shared[key] = self.describe(transport, addresses, ports, originator, protocol)
        return view

    def describe(
        self,
        transport: Transport,
        addresses: tuple[bytes, bytes],
        ports: tuple[int, int],
        originator: int,
        protocol: Label,
        *,
        device: Side | None = None,
        role: Role | None = None,
        called: HostName | None = None,
        traffic: Traffic | None = None,
    ) -> FlowView:
        """One flow.

        Args:
            transport: of the flow.
            addresses: of the two ends in any order, 4 or 16 bytes.
            ports: of the two ends.
            originator: index of the end that acts as the originator.
            protocol: name of the protocol or the transport.
            device: the end that findings about a device are about; a camera is found out here unless it is given.
            role: of that device.
            called: what the other end is called, where `device` is given.
            traffic: what the two exchange, where `device` is given.
        """
        first, second = originator, 1 - originator
        ends = (
            self.naming.endpoint(addresses[first], ports[first]),
            self.naming.endpoint(addresses[second], ports[second]),
        )
        if device is None:
            device = next((side for side in Side if self.cameras.include(addresses[side ^ first], ends[side])), None)
            if device is not None:
                role = Role.CAMERA
                traffic = self.traffic(addresses[device ^ first], addresses[device.other ^ first])
        elif called is not None:
            other = self.naming.named(ends[device.other], called)
            ends = (ends[0], other) if device is Side.ORIGINATOR else (other, ends[1])
        return FlowView(
            transport=transport,
            originator=ends[0],
            responder=ends[1],
            protocol=protocol,
            camera=device if role is Role.CAMERA else None,
            crosses_zones=_cross(*ends),
            leg=self._tunnels.leg(*addresses, encrypted=False) if protocol in self._tunneled else Leg.UNSTATED,
            device=device,
            device_role=role,
            traffic=traffic,
        )


def _cross(one: Endpoint, other: Endpoint) -> bool:
    """Whether ends lie in different zones. Groups lie in none; the internet is one, and so is what is in no zone."""
    if Reach.GROUP in (one.reach, other.reach):
        return False
    return one.reach is not other.reach or one.zone != other.zone
