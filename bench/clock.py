"""Runs whole programs and notes what each run cost: wall clock, processor time, peak memory."""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

OWN_PEAK_BYTES = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
"""A program inherits the peak of the process that started it: nothing below this can be measured."""
ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


@dataclass(frozen=True, slots=True)
class Cost:
    """What one run cost."""

    seconds: float
    processor_seconds: float
    """User and system time, children included."""
    peak_bytes: int


@dataclass(slots=True)
class Runner:
    """One program with its arguments, and every run of it so far."""

    name: str
    command: Sequence[str]
    repeated: bool = True
    """False for a program so slow that one run must do."""
    scale: float = 1.0
    """What a run must be multiplied by, for a program that gets a part of the capture only."""
    costs: list[Cost] = field(default_factory=list)
    failed: bool = False

    def run(self) -> None:
        """Run once, with nothing to read and nobody to write to."""
        start = time.perf_counter()
        nothing = subprocess.DEVNULL
        with subprocess.Popen(self.command, stdin=nothing, stdout=nothing, stderr=nothing, env=ENVIRONMENT) as process:
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
        seconds = time.perf_counter() - start
        self.failed |= process.returncode != 0
        self.costs.append(Cost(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024))

    @property
    def seconds(self) -> float:
        """Median wall clock, scaled to the whole capture."""
        return statistics.median(cost.seconds for cost in self.costs) * self.scale

    @property
    def processor_seconds(self) -> float:
        """Median processor time, scaled to the whole capture."""
        return statistics.median(cost.processor_seconds for cost in self.costs) * self.scale

    @property
    def spread(self) -> str:
        """Fastest and slowest run."""
        times = [cost.seconds * self.scale for cost in self.costs]
        return f"{min(times):.2f}-{max(times):.2f}"

    @property
    def peak(self) -> str:
        """Most memory of any run, in MB; files that are read without mapping them do not count."""
        peak_bytes = max(cost.peak_bytes for cost in self.costs)
        return f"<{OWN_PEAK_BYTES / 1e6:.0f}" if peak_bytes <= OWN_PEAK_BYTES * 1.1 else f"{peak_bytes / 1e6:.0f}"


def interleave(runners: Sequence[Runner], rounds: int) -> None:
    """Run all in turn, `rounds` times over, so that a slow moment of the machine meets each of them."""
    for number in range(rounds):
        for runner in runners:
            if runner.repeated or number == 0:
                runner.run()
