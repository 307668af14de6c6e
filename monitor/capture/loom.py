"""Makes batches of the packets of several sources, in a buffer of their own."""

from __future__ import annotations

from monitor.capture.space import Space
from monitor.capture.weaving import Lane, Weaver
from monitor.model.frames import NO_TIME, Frames


class Loom:
    """Holds the buffer."""

    def __init__(self, kinds: Frames | None) -> None:
        """`kinds`: a batch of any of the sources, in which the interfaces of all are described."""
        self._space = Space(kinds=kinds)
        self._weaver = Weaver()
        self.latest_ns = NO_TIME
        """Of all packets so far, as they passed."""

    def weave(self, lanes: list[Lane], until_ns: int) -> Frames:
        """The next packets up to a time, until a lane is empty; see `Weaver`."""
        self._weaver.weave(self._space.frames, self._space.free(), lanes, until_ns)
        self.latest_ns = max(self.latest_ns, *(lane.reached for lane in lanes))
        return self._space.hand_out()
