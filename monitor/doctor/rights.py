"""May this process listen, and does it have no more rights than that?

Source: capabilities(7), linux/capability.h.
"""

from __future__ import annotations

from pathlib import Path

from monitor.doctor.check import Check, bad, good, unknown

CAP_NET_RAW = 13
OWN_STATUS = Path("/proc/self/status")

_KEY = "rights.listening"


def effective(status: Path) -> int | None:
    """The effective capabilities of a process, a bit each; None where the system does not say.

    Args:
        status: the file ``status`` of the process below ``/proc``.
    """
    try:
        lines = status.read_text("ascii", errors="replace").splitlines()
        return next((int(line.split()[1], 16) for line in lines if line.startswith("CapEff:")), None)
    except (OSError, ValueError, IndexError):
        return None


def surplus(capabilities: int) -> int:
    """How many of them listening does not need."""
    return (capabilities & ~(1 << CAP_NET_RAW)).bit_count()


def check_rights(status: Path = OWN_STATUS) -> Check:
    """Whether this process has the capability that listening needs."""
    capabilities = effective(status)
    if capabilities is None:
        return unknown(
            _KEY, "this system has no capabilities of Linux", "run the sensor on Linux; analyze works anywhere"
        )
    if not capabilities >> CAP_NET_RAW & 1:
        return bad(
            _KEY,
            "CAP_NET_RAW is missing: this process may not listen",
            "try again with sudo; a service gets it with AmbientCapabilities=CAP_NET_RAW",
        )
    more = surplus(capabilities)
    if more:
        return good(
            _KEY,
            f"CAP_NET_RAW is there, and {more} more rights that listening does not need",
            "fine for trying; a service should get CAP_NET_RAW alone (AmbientCapabilities=CAP_NET_RAW)",
        )
    return good(_KEY, "CAP_NET_RAW is there, and nothing else")
