"""Sends the frames of a capture to an interface at a given rate, as its own process inside a network namespace.

    python -m tests.support.replay INTERFACE CAPTURE PACKETS_PER_SECOND

Prints how many it sent. It should stay on one processor, so that a virtual pair hands the frames over in their order.
"""

from __future__ import annotations

import socket
import sys
import time
from collections.abc import Iterable

from monitor.capture.files import CaptureFiles
from monitor.model.frames import Frames
from monitor.model.stats import Stats

PORTION_SECONDS = 0.002
"""Frames of this long are sent in one go, which bounds how long a receiver's queue must hold them."""


def read(path: str) -> list[bytes]:
    """The frames of a capture."""
    return [
        bytes(frames.data[frames.offset[i] : frames.offset[i] + frames.caplen[i]])
        for frames in CaptureFiles([path], Stats())
        if isinstance(frames, Frames)
        for i in range(frames.count)
    ]


def send(interface: str, frames: Iterable[bytes], packets_per_second: int) -> int:
    """Send all frames, never faster than asked; returns how many."""
    portion = max(1, round(packets_per_second * PORTION_SECONDS))
    sent = 0
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0) as wire:
        wire.bind((interface, 0))
        began = time.monotonic()
        for frame in frames:
            if sent % portion == 0:
                time.sleep(max(0.0, began + sent / packets_per_second - time.monotonic()))
            wire.send(frame)
            sent += 1
    return sent


if __name__ == "__main__":
    print(send(sys.argv[1], read(sys.argv[2]), int(sys.argv[3])))  # noqa: T201 (its answer)
