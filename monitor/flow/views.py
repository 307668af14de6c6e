"""What rules may know of a flow: its ends as they may be shown, which one is a camera, whether it leaves a zone."""

from __future__ import annotations

from collections.abc import Collection

from monitor.flow.cameras import Cameras
from monitor.model.flow import Endpoint, FlowView, Leg, Reach, Side, Transport
from monitor.model.opaque import HostName, Label
from monitor.privacy.naming import NamingPolicy
from monitor.privacy.tunnels import Tunnels


class Views:
    """Describes flows."""

    def __init__(
        self, naming: NamingPolicy, cameras: Cameras, tunnels: Tunnels, tunneled: Collection[Label] = ()
    ) -> None:
        """Take who knows; `tunneled` names the protocols that belong into a tunnel."""
        self.naming = naming
        self.cameras = cameras
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
        camera: Side | None = None,
        called: HostName | None = None,
    ) -> FlowView:
        """One flow.

        Args:
            transport: of the flow.
            addresses: of the two ends in any order, 4 or 16 bytes.
            ports: of the two ends.
            originator: index of the end that acts as the originator.
            protocol: name of the protocol or the transport.
            camera: the end that findings about a camera are about; found out here unless it is given.
            called: what the other end is called, where `camera` is given.
        """
        first, second = originator, 1 - originator
        ends = (
            self.naming.endpoint(addresses[first], ports[first]),
            self.naming.endpoint(addresses[second], ports[second]),
        )
        if camera is None:
            camera = next((side for side in Side if self.cameras.include(addresses[side ^ first], ends[side])), None)
        elif called is not None:
            other = self.naming.named(ends[camera.other], called)
            ends = (ends[0], other) if camera is Side.ORIGINATOR else (other, ends[1])
        return FlowView(
            transport=transport,
            originator=ends[0],
            responder=ends[1],
            protocol=protocol,
            camera=camera,
            crosses_zones=_cross(*ends),
            leg=self._tunnels.leg(*addresses, encrypted=False) if protocol in self._tunneled else Leg.UNSTATED,
        )


def _cross(one: Endpoint, other: Endpoint) -> bool:
    """Whether ends lie in different zones. Groups lie in none; the internet is one, and so is what is in no zone."""
    if Reach.GROUP in (one.reach, other.reach):
        return False
    return one.reach is not other.reach or one.zone != other.zone
