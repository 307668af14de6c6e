"""What the RTSP parser says: requests and responses, that video is offered, that it flows, and oddities.

Rule: methods are those of RFC 2326; no path, name or text of a message leaves.
"""

from __future__ import annotations

from collections.abc import Sequence

from monitor.model.closed import Enum
from monitor.model.events import Event
from monitor.model.flow import Side
from monitor.model.opaque import Label
from monitor.privacy.labels import typed

_SERVER, _VIDEO, _VIEWER = typed("rtsp-server"), typed("rtsp-video"), typed("rtsp-viewer")
"""In the catalog of devices."""


class RtspMethod(Enum):
    """Request methods, RFC 2326 section 10."""

    OPTIONS = "options"
    DESCRIBE = "describe"
    ANNOUNCE = "announce"
    SETUP = "setup"
    PLAY = "play"
    PAUSE = "pause"
    RECORD = "record"
    TEARDOWN = "teardown"
    GET_PARAMETER = "get_parameter"
    SET_PARAMETER = "set_parameter"
    REDIRECT = "redirect"
    OTHER = "other"


class Authorization(Enum):
    """How a request says who sends it."""

    NONE = "none"
    BASIC = "basic"
    """With the password in clear (RFC 7617)."""
    DIGEST = "digest"
    """With a proof that the sender knows the password (RFC 7616)."""
    OTHER = "other"


class Carriage(Enum):
    """How the media travel."""

    DATAGRAMS = "datagrams"
    """In flows of their own, over UDP."""
    GROUP = "group"
    """To a multicast group."""
    INTERLEAVED = "interleaved"
    """Within this connection (RFC 2326 10.12)."""
    UNKNOWN = "unknown"


class RtspRequest(Event):
    """One request whose whole head was seen."""

    method: RtspMethod
    authorization: Authorization


class RtspResponse(Event):
    """One response whose whole head was seen: its sender is a media server and says so."""

    sender: Side
    status: int


class RtspDescription(Event):
    """An end described the media it has (RFC 8866): one with video is a camera or recorder, and says so."""

    sender: Side
    video: bool
    audio: bool


class RtspStream(Event):
    """Media begin to flow, unencrypted. Told once for each sender of a connection."""

    sender: Side
    video: bool | None
    """None where nothing said what flows."""
    carriage: Carriage


def who_shows_video(event: RtspDescription | RtspStream) -> Side | None:
    """The end that says that it is a camera. Not everything with RTSP is: loudspeakers describe their sound, too."""
    return event.sender if event.video else None


def who_serves(event: RtspResponse) -> Sequence[tuple[Side, Label]]:
    """The end that answers, and is asked for video by the other one."""
    return ((event.sender, _SERVER), (event.sender.other, _VIEWER))


def who_has_video(event: RtspDescription | RtspStream) -> Sequence[tuple[Side, Label]]:
    """The end that says that it has video, or sends it."""
    return ((event.sender, _SERVER), (event.sender, _VIDEO)) if event.video else ()


class RtspWeird(Enum):
    """Oddities of an RTSP flow."""

    NOT_A_MESSAGE = "not_a_message"
    """Something else stood where a message was due; the next one was searched for."""
    OVERSIZE_HEAD = "oversize_head"
    """No end of a head within the limit."""
    BAD_LENGTH = "bad_length"
    """A length that is no number."""
    CUT_MESSAGE = "cut_message"
    """The flow ended or bytes were lost inside a head or a description."""
