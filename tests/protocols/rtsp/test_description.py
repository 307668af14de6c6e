"""Tests of `monitor.protocols.rtsp.description`."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.protocols.rtsp.bounds import TRACKS
from monitor.protocols.rtsp.description import Description, is_description
from tests.protocols.rtsp.samples import SOUND, VIDEO_AND_SOUND


def test_video_and_sound() -> None:
    """Each track is known again by its address, whole or in part."""
    found = Description(VIDEO_AND_SOUND.encode())
    assert (True, True) == (found.video, found.audio)
    assert True is found.is_video(b"rtsp://10.0.0.7/x/trackID=1")
    assert False is found.is_video(b"rtsp://10.0.0.7/x/trackID=2/")
    assert found.is_video(b"rtsp://10.0.0.7/x") is None


def test_one_kind_alone() -> None:
    """Whatever the address, there is nothing else."""
    found = Description(SOUND.encode())
    assert (False, True) == (found.video, found.audio)
    assert False is found.is_video(b"rtsp://10.0.0.7/x")


def test_addresses_that_say_nothing() -> None:
    """Without one, or with a star, a track is not told apart."""
    found = Description(b"v=0\nm=video 0 RTP/AVP 96\na=control:*\nm=audio 0 RTP/AVP 0\n")
    assert found.is_video(b"rtsp://10.0.0.7/x") is None


def test_nothing_at_all() -> None:
    """A description without tracks says nothing."""
    found = Description(b"v=0\r\na=control:x\r\n")
    assert (False, False, None) == (found.video, found.audio, found.is_video(b"x"))


def test_more_tracks_than_are_kept() -> None:
    """The first ones count."""
    found = Description(b"v=0\r\n" + b"m=audio 0 RTP/AVP 0\r\n" * TRACKS + b"m=video 0 RTP/AVP 96\r\n")
    assert (False, True) == (found.video, found.audio)


@pytest.mark.parametrize(
    ("text", "expected"), [(b"v=0\r\no=", True), (b"v=0\n", True), (b"v=0", False), (b"<xml>", False), (b"", False)]
)
def test_what_is_one(text: bytes, expected: bool) -> None:  # noqa: FBT001
    """Its first line is always the same."""
    assert expected is is_description(text)


@given(st.binary(max_size=300), st.binary(max_size=60))
def test_any_bytes_are_taken(text: bytes, url: bytes) -> None:
    """No description makes the reader fail."""
    Description(b"v=0\nm=" + text).is_video(url)
