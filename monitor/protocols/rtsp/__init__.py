"""RTSP: how recorders and viewers ask cameras for video; what travels, from which device, and with whose password.

`SPEC` is what the registry finds.
"""

from __future__ import annotations

from monitor.model.contract import ProtocolSpec
from monitor.model.events import DeviceSign
from monitor.model.flow import Transport
from monitor.model.lazy import late
from monitor.protocols.rtsp.bounds import DESCRIPTION_BYTES, FRAMES, HEAD_BYTES, PENDING, SEARCH_BYTES, TRACKS
from monitor.protocols.rtsp.events import (
    RtspDescription,
    RtspRequest,
    RtspResponse,
    RtspStream,
    who_has_video,
    who_serves,
    who_shows_video,
)
from monitor.protocols.rtsp.recognition import probe

SPEC = ProtocolSpec(
    name="rtsp",
    transport=Transport.TCP,
    ports=(554, 8554),
    probe=probe,
    parser=late("monitor.protocols.rtsp.parser", "RtspParser"),
    events=(RtspRequest, RtspResponse, RtspDescription, RtspStream, DeviceSign),
    limits={
        "head_bytes": HEAD_BYTES,
        "search_bytes": SEARCH_BYTES,
        "description_bytes": DESCRIPTION_BYTES,
        "tracks": TRACKS,
        "pending": PENDING,
        "frames": FRAMES,
    },
    report={"requests": RtspRequest},
    cameras={RtspDescription: who_shows_video, RtspStream: who_shows_video},
    devices={RtspResponse: who_serves, RtspDescription: who_has_video, RtspStream: who_has_video},
)
