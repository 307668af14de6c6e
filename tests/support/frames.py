"""Batches of frames for the rooms behind the capture."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from monitor.decode.headers import Bars, HeaderPass
from monitor.model.frames import Frames

SECOND_NS = 10**9


def frames_of(
    packets: Sequence[bytes],
    *,
    linktype: int = 1,
    times_ns: Sequence[int] | None = None,
    wirelens: Sequence[int] | None = None,
    first: int = 1,
) -> Frames:
    """One batch that holds `packets`, a millisecond apart unless `times_ns` says otherwise."""
    frames = Frames(data=bytearray(b"".join(packets) or b"\0"), capacity=max(1, len(packets)))
    frames.linktypes.append(linktype)
    frames.captures.append(0)
    frames.count = len(packets)
    offset = 0
    for index, packet in enumerate(packets):
        frames.offset[index] = offset
        frames.caplen[index] = len(packet)
        frames.wirelen[index] = wirelens[index] if wirelens else len(packet)
        frames.ts_ns[index] = times_ns[index] if times_ns else SECOND_NS + (first + index) * 1_000_000
        frames.number[index] = first + index
        offset += len(packet)
    return frames


def decoded(packets: Sequence[bytes], *, bars: Bars | None = None, **more: Any) -> Frames:
    """The same with its headers decoded."""
    frames = frames_of(packets, **more)
    HeaderPass(bars).run(frames)
    return frames
