"""What the RTP parser says: that media flow."""

from __future__ import annotations

from monitor.model.closed import Enum
from monitor.model.events import Event


class MediaKind(Enum):
    """What flows."""

    AUDIO = "audio"
    VIDEO = "video"
    UNKNOWN = "unknown"
    """A payload type whose meaning was agreed upon elsewhere, unseen."""


class RtpStream(Event):
    """The originator of the flow sends media, unencrypted. Told once a flow."""

    kind: MediaKind
