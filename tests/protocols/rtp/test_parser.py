"""Tests of `monitor.protocols.rtp.parser`."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from monitor.model.data import DataClass
from monitor.model.events import Enough, Exposed, Output
from monitor.model.flow import Close, Side
from monitor.privacy.labels import typed
from monitor.protocols.rtp.events import MediaKind, RtpStream
from monitor.protocols.rtp.parser import LOOK_DATAGRAMS, RtpParser
from tests.protocols.rtp.samples import CONVERSATIONS, H264, JPEG, PCMU, RECEIVER, SENDER, packet, report

VIDEO = {"carries": DataClass.VIDEO}


def parse(*datagrams: tuple[Side, bytes], options: Mapping[str, object] | None = None) -> list[Output]:
    """Everything the parser says up to the end of interest."""
    parser = RtpParser(options or {}, True)  # noqa: FBT003  # the contract's signature
    outputs: list[Output] = []
    for side, data in datagrams:
        outputs += parser.feed(side, memoryview(data))
        if Enough() in outputs:
            break
    return outputs


@pytest.mark.parametrize("name", CONVERSATIONS)
def test_one_stream_is_enough(name: str) -> None:
    """It is told once, and nothing more is wanted."""
    stream, enough = parse(*CONVERSATIONS[name])
    assert isinstance(stream, RtpStream)
    assert Enough() == enough


@pytest.mark.parametrize(
    ("payload_type", "options", "kind"),
    [
        (H264, {}, MediaKind.UNKNOWN),
        (H264, VIDEO, MediaKind.VIDEO),
        (H264, {"carries": None}, MediaKind.UNKNOWN),
        (JPEG, {}, MediaKind.VIDEO),
        (PCMU, VIDEO, MediaKind.AUDIO),
    ],
)
def test_what_flows(payload_type: int, options: Mapping[str, object], kind: MediaKind) -> None:
    """A fixed type says it, else what was announced; nobody guesses. Only video is called exposed."""
    data = packet(1, payload_type)
    (stream, _) = parse((SENDER, data), options=options)
    assert isinstance(stream, RtpStream)
    exposed = (Exposed(DataClass.VIDEO, typed("rtp")),)
    assert (kind, exposed if kind is MediaKind.VIDEO else ()) == (stream.kind, stream.exposed)


def test_only_the_sender_counts() -> None:
    """What a receiver sends, and reports, are passed over."""
    before = [(RECEIVER, packet(1, JPEG)), (SENDER, report(200)), (SENDER, b"x")]
    assert [] == parse(*before)
    assert 2 == len(parse(*before, (SENDER, packet(1))))


def test_a_stream_that_never_comes() -> None:
    """It is not waited for without end."""
    assert [] == parse(*[(RECEIVER, packet(1))] * (LOOK_DATAGRAMS - 1))
    assert [Enough()] == parse(*[(RECEIVER, packet(1))] * LOOK_DATAGRAMS)


def test_nothing_is_kept() -> None:
    """Gaps and ends mean nothing."""
    parser = RtpParser({}, True)  # noqa: FBT003  # the contract's signature
    assert [] == [*parser.gap(SENDER, 9), *parser.finish(SENDER, Close.IDLE)]
