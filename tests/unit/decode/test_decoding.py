"""Headers are decoded on the way."""

from __future__ import annotations

from threading import Thread

from monitor.decode.decoding import Decoding
from monitor.decode.headers import HeaderPass
from monitor.model.columns import Kind
from monitor.model.frames import Frames, Tick
from monitor.model.stats import Stats
from tests.support.conversation import Host, datagram
from tests.support.frames import frames_of


def test_batches_come_decoded_and_faults_are_counted() -> None:
    """Every item comes as it was; a frame that points past its buffer is a fault of ours."""
    packet = datagram(Host("10.0.0.1", 1), Host("10.0.0.2", 2), b"x")
    sound, wrong = frames_of([packet]), frames_of([packet])
    wrong.offset[0] = len(wrong.data) - 3
    stats = Stats()
    items: list[Frames | Tick] = [sound, Tick(at_ns=1), wrong]

    assert items == list(Decoding(items, stats))
    assert (Kind.UDP, Kind.FAULT) == (sound.columns.kind[0], wrong.columns.kind[0])
    assert {"decode.IndexError": 1} == dict(stats.faults)


def test_interfaces_are_described_meanwhile() -> None:
    """The thread that reads ahead comes upon another interface while a batch is decoded."""
    frames = frames_of([datagram(Host("10.0.0.1", 1), Host("10.0.0.2", 2), b"x")] * 5_000)
    headers = HeaderPass()
    decoding = Thread(target=lambda: [headers.run(frames) for _ in range(50)])
    decoding.start()
    while decoding.is_alive():
        frames.linktypes.append(1)
    assert Kind.UDP == frames.columns.kind[frames.count - 1]
