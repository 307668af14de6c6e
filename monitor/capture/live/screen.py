"""What is not to be looked at, as a filter for the ring of an interface: compiled, proven, and told where it fails.

Rule: without a filter nothing is looked at that should not be, it is only left out later, after it was copied here; so
a filter that cannot be had ends nothing. It is counted and said.
"""

from __future__ import annotations

import os
from collections.abc import Callable

from monitor.capture.live.filter import MAX_INSTRUCTIONS, Instruction, compile_filter
from monitor.capture.live.proof import is_proven
from monitor.model.stats import Stats
from monitor.privacy.exclusion import Exclusion


class Screen:
    """Makes the filters of a run."""

    def __init__(self, exclusion: Exclusion, stats: Stats, tell: Callable[[str], None]) -> None:
        """`stats` and `tell` take what fails."""
        self.exclusion = exclusion
        self._stats = stats
        self._tell = tell

    def program(self, linktype: int) -> list[Instruction]:
        """The filter for interfaces of a LINKTYPE_; empty where nothing is excluded, or it cannot be had."""
        if not self.exclusion:
            return []
        program = compile_filter(self.exclusion, linktype)
        if len(program) > MAX_INSTRUCTIONS:
            return self._do_without("there are more networks and assets than fit into a filter of the kernel")
        try:
            if not is_proven(program, self.exclusion, linktype):
                self._stats.faults["capture.filter"] += 1
                return self._do_without("the filter for the kernel does not do what it should")
        except OSError as error:
            return self._do_without(f"the kernel refuses its filter: {os.strerror(error.errno or 0)}")
        return program

    def _do_without(self, why: str) -> list[Instruction]:
        self._stats.limits["capture.filter"] += 1
        self._tell(f"{why}; what is not to be inspected is left out by this program instead")
        return []
