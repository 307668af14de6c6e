"""Whose flows are told: cameras, and every device of which the operator or a shipped policy says whom it may talk to.

Rule: what is known of an address is kept until somebody says otherwise, as every new flow asks for both of its ends.
"""

from __future__ import annotations

from monitor.flow.cameras import Cameras
from monitor.model.data import Audience, Role
from monitor.model.flow import Reach
from monitor.privacy.expectations import Expectations
from monitor.privacy.naming import NamingPolicy

MAX_KNOWN = 65_536
"""Addresses remembered, as the naming policy does; then all are asked about anew, which costs time only."""


class Devices:
    """Every device whose flows are told."""

    def __init__(self, cameras: Cameras, naming: NamingPolicy, expectations: Expectations) -> None:
        self.cameras = cameras
        self._naming = naming
        self._expectations = expectations
        self._known: dict[bytes, bool] = {}

    def __bool__(self) -> bool:
        """Whether there can be any; with none, every flow would be asked in vain."""
        return bool(self.cameras) or self._naming.has_places

    def forget(self) -> None:
        """Somebody said something new."""
        self._known.clear()

    def role(self, address: bytes) -> Role | None:
        """What a device is, with an address of 4 or 16 bytes: by the operator's word, else by its own."""
        return self._naming.role(address) or (Role.CAMERA if self.cameras.know(address) else None)

    def watches(self, address: bytes) -> bool:
        """Whether the flows of an address of 4 or 16 bytes are told."""
        known = self._known.get(address)
        if known is None:
            if len(self._known) >= MAX_KNOWN:
                self._known.clear()
            is_one = self._naming.lies(address) is not Reach.GROUP
            known = is_one and self._expectations.watches(address, self.role(address))
            self._known[address] = known
        return known

    def may_be_named(self, address: bytes) -> bool:
        """Whether one may know what such a device calls others: never of patrons' devices."""
        return self._naming.audience(address) is not Audience.PUBLIC

    def listens_to(self, address: bytes) -> bool:
        """Whether what it asks name servers is read."""
        return self.watches(address) and self.may_be_named(address)
