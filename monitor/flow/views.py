"""What rules may know of a flow: its ends as they may be shown, which one is a camera, whether it leaves a zone."""

from __future__ import annotations

from collections.abc import Callable, Collection

from monitor.flow.cameras import Cameras
from monitor.model.data import Role
from monitor.model.flow import Endpoint, FlowView, Leg, Reach, Side, Traffic, Transport
from monitor.model.opaque import HostName, Label
from monitor.privacy.naming import NamingPolicy
from monitor.privacy.tunnels import Tunnels


class Views:
    """Describes flows."""

    def __init__(
        self,
        naming: NamingPolicy,
        cameras: Cameras,
        tunnels: Tunnels,
        tunneled: Collection[Label] = (),
    ) -> None:
        """Take who knows.

        Args:
            naming: what may be shown of ends.
            cameras: which of them are cameras.
            tunnels: between whom what belongs into encryption is to be encrypted.
            tunneled: names the protocols that do.
        """
        self.naming = naming
        self.cameras = cameras
        self.traffic: Callable[[bytes, bytes], Traffic | None] = lambda _device, _other: None
        """What a watched device exchanges with another end."""
        self._tunnels = tunnels
        self._tunneled = frozenset(tunneled)

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
