"""Reads a session description (SDP, RFC 8866) for one thing: which of its tracks are video.

Rule: of its text nothing is kept but the addresses of tracks, to know them again when they are set up.
"""

from __future__ import annotations

from monitor.protocols.rtsp.bounds import TRACKS


class Description:
    """The tracks that one end described."""

    __slots__ = ("_tracks",)

    def __init__(self, text: bytes) -> None:
        self._tracks: list[tuple[bytes, bytes]] = []
        for line in text.splitlines():
            if line.startswith(b"m=") and len(self._tracks) < TRACKS:
                self._tracks.append((line[2:].split(b" ")[0].lower(), b""))
            elif line.startswith(b"a=control:") and self._tracks:
                kind, _ = self._tracks[-1]
                self._tracks[-1] = (kind, line[10:].strip())

    @property
    def video(self) -> bool:
        """Whether a track is video."""
        return any(kind == b"video" for kind, _ in self._tracks)

    @property
    def audio(self) -> bool:
        """Whether a track is sound."""
        return any(kind == b"audio" for kind, _ in self._tracks)

    def is_video(self, url: bytes) -> bool | None:
        """Whether the track at an address is video; None where that cannot be told."""
        url = url.rstrip(b"/")
        for kind, control in self._tracks:
            if control.strip(b"*") and url.endswith(control.rstrip(b"/")):
                return kind == b"video"
        kinds = {kind == b"video" for kind, _ in self._tracks}
        return kinds.pop() if len(kinds) == 1 else None


def is_description(text: bytes) -> bool:
    """Whether a body is one: its first line is always the same (RFC 8866 5.1)."""
    return text.startswith((b"v=0\r", b"v=0\n"))
