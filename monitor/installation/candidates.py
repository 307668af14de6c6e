"""The network interfaces among which somebody chooses the one to listen to, with what tells them apart.

Source: Documentation/ABI/testing/sysfs-class-net.
"""

from __future__ import annotations

import time
from pathlib import Path

from monitor.model.record import Record

DEVICES = Path("/sys/class/net")
WATCHED_SECONDS = 2.0
"""Long enough to tell a mirror port, which is never silent in an open library, from an empty socket."""
_LOOPBACK = "772"
"""ARPHRD_LOOPBACK of linux/if_arp.h."""


class Candidate(Record):
    """One interface."""

    name: str
    state: str
    """``up``, ``down``, or another word of the kernel for it."""
    packets_per_second: int
    """Received, as far as somebody looked."""

    def __str__(self) -> str:
        link = {"up": "connected", "down": "not connected"}.get(self.state, self.state)
        return f"{self.name}: {link}, {self.packets_per_second:,} packets/s"


def find_candidates(devices: Path = DEVICES, seconds: float = WATCHED_SECONDS) -> list[Candidate]:
    """Every interface but the machine's own loopback, the busiest first."""
    names = [path.name for path in _listed(devices) if _read(path / "type") != _LOOPBACK]
    before = {name: _received(devices / name) for name in names}
    time.sleep(seconds)
    found = [
        Candidate(
            name=name,
            state=_read(devices / name / "operstate") or "unknown",
            packets_per_second=round(max(0, _received(devices / name) - before[name]) / seconds) if seconds else 0,
        )
        for name in names
    ]
    return sorted(found, key=lambda one: (-one.packets_per_second, one.state != "up", one.name))


def _listed(folder: Path) -> list[Path]:
    try:
        return [path for path in folder.iterdir() if path.is_dir()]
    except OSError:
        return []


def _received(device: Path) -> int:
    return int(_read(device / "statistics/rx_packets") or 0)


def _read(path: Path) -> str:
    try:
        return path.read_text("ascii").strip()
    except (OSError, ValueError):
        return ""
