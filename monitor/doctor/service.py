"""Does systemd run the sensor, and with no more rights than it needs?"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path

from monitor.doctor.check import Check, attention, bad, good, unknown
from monitor.doctor.rights import CAP_NET_RAW, effective, surplus

UNIT = "privacy-monitor.service"
RUNNING = Path("/run/systemd/system")
"""Is there where systemd runs the machine (sd_booted(3))."""
PATIENCE_SECONDS = 5.0

_KEY = "service.running"
_PROPERTIES = ("LoadState", "ActiveState", "UnitFileState", "MainPID", "NRestarts")
_START = f"systemctl enable --now {UNIT}"


def check_service(running: Path = RUNNING, processes: Path = Path("/proc")) -> Iterator[Check]:
    """Everything about the service."""
    unit = _ask() if running.is_dir() else None
    if unit is None:
        yield unknown(_KEY, "this machine is not run by systemd", "see that something starts the sensor, and again")
        return
    yield from judge_unit(unit, processes)


def judge_unit(unit: Mapping[str, str], processes: Path) -> Iterator[Check]:
    """What the properties of the unit mean.

    Args:
        unit: as ``systemctl show`` tells them.
        processes: the folder ``/proc``.
    """
    if unit.get("LoadState") != "loaded":
        yield attention(_KEY, f"{UNIT} is not installed: nobody starts the sensor by itself", "install the service")
        return
    if unit.get("ActiveState") != "active":
        yield bad(_KEY, f"{UNIT} is {_word(unit, 'ActiveState')}", f"journalctl -u {UNIT} -e; then {_START}")
        return
    if unit.get("UnitFileState") == "disabled":
        yield attention(_KEY, "it runs, but will not after the next start of this machine", _START)
    else:
        yield good(_KEY, f"{UNIT} runs")
    restarts = unit.get("NRestarts", "")
    if restarts.isdecimal() and int(restarts):
        yield attention("service.restarts", f"it had to be started again {restarts} times", f"journalctl -u {UNIT} -e")
    status = effective(processes / unit.get("MainPID", "0") / "status")
    if status is None:
        return
    if surplus(status):
        yield attention(
            "service.rights",
            f"it has {surplus(status)} rights that it does not need",
            "in the unit: User=..., AmbientCapabilities=CAP_NET_RAW, CapabilityBoundingSet=CAP_NET_RAW",
        )
    elif status >> CAP_NET_RAW & 1:
        yield good("service.rights", "it has CAP_NET_RAW and nothing else")


def _word(unit: Mapping[str, str], name: str) -> str:
    state = unit.get(name, "")
    return state if state.isalpha() else "in an unknown state"


def _ask() -> dict[str, str] | None:
    """The properties of the unit; None where systemd cannot be asked."""
    command = shutil.which("systemctl")
    if command is None:
        return None
    arguments = [command, "show", UNIT, f"--property={','.join(_PROPERTIES)}"]
    try:
        answer = subprocess.run(  # noqa: S603  (every word of it is ours)
            arguments, capture_output=True, text=True, check=True, timeout=PATIENCE_SECONDS
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return {name: value for name, _, value in (line.partition("=") for line in answer.stdout.splitlines())}
