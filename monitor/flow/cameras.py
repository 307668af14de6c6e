"""Who is a camera: devices with that role in the configuration, and local ones that said so themselves.

Rule: the operator's word counts. A device that has any role is what the operator says, whatever it says of itself.
"""

from __future__ import annotations

from monitor.model.data import Role
from monitor.model.flow import Endpoint, Reach
from monitor.model.stats import Stats
from monitor.privacy.naming import NamingPolicy
from monitor.privacy.places import unmap

MAX_DECLARED = 1_000
"""Devices that said it themselves: ten times what a large consortium has. Each costs one walk over all known flows, so
a network full of liars costs a minute in all."""


class Cameras:
    """Every camera that is known."""

    def __init__(self, naming: NamingPolicy, stats: Stats) -> None:
        self._naming = naming
        self._stats = stats
        self._declared: set[bytes] = set()
        self.version = 0
        """Another number whenever somebody has become a camera or is none any more."""

    def include(self, address: bytes, end: Endpoint) -> bool:
        """Whether an address of 4 or 16 bytes, with what is shown of it, is a camera's."""
        return end.role is Role.CAMERA or (bool(self._declared) and unmap(address) in self._declared)

    def __bool__(self) -> bool:
        """Whether there is any; with none, every flow would be asked in vain."""
        return bool(self._declared) or Role.CAMERA in self._naming.roles

    def know(self, address: bytes) -> bool:
        """Whether an address of 4 or 16 bytes is a camera's."""
        return self._naming.role(address) is Role.CAMERA or unmap(address) in self._declared

    def review(self) -> frozenset[bytes]:
        """The devices that said it themselves, without those that have got a role by now; 4 or 16 bytes each."""
        self.version += 1
        self._declared = {one for one in self._declared if self._naming.role(one) is None}
        return frozenset(self._declared)

    def declare(self, address: bytes) -> bool:
        """Take a device's word for it. True if that is news: only for local devices whose role nobody has said."""
        plain = unmap(address)
        if plain in self._declared:
            return False
        end = self._naming.endpoint(plain, 0)
        if end.reach is not Reach.LOCAL or end.role is not None:
            return False
        if len(self._declared) >= MAX_DECLARED:
            self._stats.limits["flow.cameras"] += 1
            return False
        self._declared.add(plain)
        self.version += 1
        return True
