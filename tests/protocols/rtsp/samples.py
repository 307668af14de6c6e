"""Invented conversations between recorders and cameras, each as the pieces that either side sends in turn.

Video over UDP, multicast and interleaved; passwords in headers and in addresses; sound alone; a camera that pushes.
"""

from __future__ import annotations

from monitor.audit.plants.rtsp import (
    CAMERA,
    RECORDER,
    TCP,
    URL,
    frame,
    report,
    request,
    response,
    transport,
)
from monitor.model.flow import Side

BASIC = "Authorization: Basic aW52ZW50ZWQ6c2VjcmV0\r\n"
DIGEST = 'Authorization: Digest username="viewer", realm="cam", nonce="1", uri="/", response="0123"\r\n'
VIDEO_AND_SOUND = (
    "v=0\r\no=- 1 1 IN IP4 10.40.0.7\r\ns=Invented Camera at the Entrance\r\nt=0 0\r\na=control:*\r\n"
    "m=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\na=control:trackID=1\r\n"
    "m=audio 0 RTP/AVP 0\r\na=control:trackID=2\r\n"
)
SOUND = "v=0\r\ns=Invented Microphone\r\nt=0 0\r\nm=audio 0 RTP/AVP 8\r\na=control:trackID=1\r\n"


UDP = "RTP/AVP;unicast;client_port=50000-50001"
UDP_AGREED = f"{UDP};server_port=8000-8001;ssrc=1A2B"
_DESCRIBED = [
    (RECORDER, request("OPTIONS", 1)),
    (CAMERA, response(1, "Public: OPTIONS, DESCRIBE, SETUP, PLAY, TEARDOWN\r\n")),
    (RECORDER, request("DESCRIBE", 2, "Accept: application/sdp\r\n")),
    (CAMERA, response(2, 'WWW-Authenticate: Digest realm="cam", nonce="1"\r\n', "401 Unauthorized")),
    (RECORDER, request("DESCRIBE", 3, DIGEST)),
    (CAMERA, response(3, body=VIDEO_AND_SOUND)),
]

CONVERSATIONS: dict[str, list[tuple[Side, bytes]]] = {
    "a camera that names itself": [
        (RECORDER, request("OPTIONS", 1)),
        (CAMERA, response(1, "Server: Vivotek\r\n")),
        *_DESCRIBED,
    ],
    "video over UDP": [
        *_DESCRIBED,
        (RECORDER, request("SETUP", 4, DIGEST + transport(UDP), f"{URL}/trackID=1")),
        (CAMERA, response(4, transport(UDP_AGREED) + "Session: 7\r\n")),
        (RECORDER, request("PLAY", 5, DIGEST + "Session: 7\r\n")),
        (CAMERA, response(5, "Session: 7\r\n")),
        (RECORDER, request("GET_PARAMETER", 6, DIGEST)),
        (CAMERA, response(6)),
        (RECORDER, request("TEARDOWN", 7, DIGEST)),
        (CAMERA, response(7)),
    ],
    "video and sound interleaved, password in clear": [
        (RECORDER, request("DESCRIBE", 1, BASIC)),
        (CAMERA, response(1, body=VIDEO_AND_SOUND)),
        (RECORDER, request("SETUP", 2, BASIC + transport(TCP), f"{URL}/trackID=1")),
        (CAMERA, response(2, transport(TCP))),
        (RECORDER, request("SETUP", 3, BASIC + transport("RTP/AVP/TCP;interleaved=2-3"), f"{URL}/trackID=2")),
        (CAMERA, response(3, transport("RTP/AVP/TCP;interleaved=2-3"))),
        (RECORDER, request("PLAY", 4, BASIC)),
        (CAMERA, response(4) + b"".join(frame(number) for number in range(5)) + frame(1, 2, 0, 172)),
        (RECORDER, report()),
        (CAMERA, b"".join(frame(number, size=1400) for number in range(5, 30))),
        (RECORDER, request("GET_PARAMETER", 5, BASIC)),
    ],
    "password in the address": [
        (RECORDER, request("DESCRIBE", 1, url="rtsp://viewer:secret@10.40.0.7/live")),
        (CAMERA, response(1, "", "404 Not Found")),
        (RECORDER, request("DESCRIBE", 2, url="rtsp://10.40.0.7/user=admin&password=secret&channel=1.sdp")),
        (CAMERA, response(2, body=VIDEO_AND_SOUND)),
    ],
    "sound alone": [
        (RECORDER, request("DESCRIBE", 1)),
        (CAMERA, response(1, body=SOUND)),
        (RECORDER, request("SETUP", 2, transport(UDP), f"{URL}/trackID=1")),
        (CAMERA, response(2, transport(UDP_AGREED))),
        (RECORDER, request("PLAY", 3)),
        (CAMERA, response(3)),
    ],
    "multicast": [
        *_DESCRIBED,
        (RECORDER, request("SETUP", 4, transport("RTP/AVP;multicast"), f"{URL}/trackID=1")),
        (CAMERA, response(4, transport("RTP/AVP;multicast;destination=239.255.0.7;port=5000-5001;ttl=4"))),
        (RECORDER, request("PLAY", 5)),
        (CAMERA, response(5)),
    ],
    "a camera pushes": [
        (RECORDER, request("ANNOUNCE", 1, BASIC, body=VIDEO_AND_SOUND)),
        (CAMERA, response(1)),
        (RECORDER, request("SETUP", 2, transport(f"{UDP};mode=record"), f"{URL}/trackID=1")),
        (CAMERA, response(2, transport(f"{UDP_AGREED};mode=record"))),
        (RECORDER, request("RECORD", 3)),
        (CAMERA, response(3)),
    ],
    "encrypted media": [
        (RECORDER, request("SETUP", 1, transport("RTP/SAVP;unicast;client_port=50000-50001"))),
        (CAMERA, response(1, transport("RTP/SAVP;unicast;client_port=50000-50001;server_port=8000-8001"))),
        (RECORDER, request("PLAY", 2)),
        (CAMERA, response(2)),
    ],
}
"""By name; all of them begin with the first byte of their flow. The end that pushes stands where recorders do."""
