"""The machine: processors, memory, and whether its clock is right.

Source: proc(5), adjtimex(2), linux/timex.h.
"""

from __future__ import annotations

import ctypes
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import monitor
from monitor.doctor.check import Check, attention, bad, good, unknown
from monitor.sinks.report.figures import count, volume

MEMORY = Path("/proc/meminfo")
SYNCHRONIZED = Path("/run/systemd/timesync/synchronized")
LEAST_BYTES = 300_000_000
"""Free memory: the ring of a small machine (64 MB), the full flow table (34 MB), Python and its rooms; and again."""
DAY_SECONDS = 86_400

_STA_UNSYNC = 0x40
_TIMEX_BYTES = 256
"""More than struct timex has anywhere."""


def check_machine(memory: Path = MEMORY) -> Iterator[Check]:
    """Processors and memory."""
    cores = len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1
    if cores > 1:
        yield good("machine.processors", count(cores, "processor core"))
    else:
        yield attention(
            "machine.processors",
            "one processor core: what else runs here takes its time from the sensor",
            "give the machine two cores; see that nothing is dropped (below, and in the metrics)",
        )
    free = available_bytes(memory)
    if free is None:
        yield unknown("machine.memory", "this system does not say how much memory is free", "300 MB are enough")
    elif free < LEAST_BYTES:
        yield attention(
            "machine.memory",
            f"{volume(free)} of memory are free, and a sensor on a busy network may use {volume(LEAST_BYTES)}",
            "stop what is not needed here, or give the machine more memory",
        )
    else:
        yield good("machine.memory", f"{volume(free)} of memory are free")


def available_bytes(memory: Path = MEMORY) -> int | None:
    """Memory that programs could still have; None where the system does not say."""
    try:
        rows = [line.split() for line in memory.read_text("ascii").splitlines()]
        return next((int(row[1]) * 1024 for row in rows if row[0] == "MemAvailable:"), None)
    except (OSError, ValueError, IndexError):
        return None


def check_clock(now_seconds: float | None = None) -> Iterator[Check]:
    """Whether the date can be right, and somebody keeps it so."""
    now = time.time() if now_seconds is None else now_seconds
    installed = Path(monitor.__file__).stat().st_mtime
    today = time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime(now))
    if now < installed - DAY_SECONDS:
        yield bad(
            "clock.date",
            f"the clock says {today}, which is before this program was installed",
            "set the clock, and turn time synchronization on: timedatectl set-ntp true",
        )
    else:
        yield good("clock.date", f"the clock says {today}")
    kept = is_synchronized()
    if kept is None:
        yield unknown("clock.synchronized", "this system does not say", "see that it keeps its time with NTP")
    elif kept:
        yield good("clock.synchronized", "the clock is kept right")
    else:
        yield attention(
            "clock.synchronized",
            "nobody keeps the clock right, or not yet: findings get wrong times",
            "turn time synchronization on: timedatectl set-ntp true, or install chrony",
        )


def is_synchronized(marker: Path = SYNCHRONIZED) -> bool | None:
    """Whether the kernel's clock is disciplined, or systemd-timesyncd says that it was; None where nobody says."""
    if sys.platform != "linux":
        return None
    if marker.exists():
        return True
    status = _clock_status()
    return None if status is None else not status & _STA_UNSYNC


def _clock_status() -> int | None:
    """The status word of the kernel's clock. Nothing is changed: the mode is 0."""
    buffer = ctypes.create_string_buffer(_TIMEX_BYTES)
    try:
        libc = ctypes.CDLL(None, use_errno=True)
        if libc.adjtimex(buffer) < 0:
            return None
    except (OSError, AttributeError):
        return None
    at = 5 * ctypes.sizeof(ctypes.c_long)  # modes (padded), offset, freq, maxerror, esterror
    return ctypes.c_int.from_buffer(buffer, at).value
