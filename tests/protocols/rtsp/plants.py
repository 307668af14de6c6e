"""RTSP conversations whose every value is a mark: for the canary test."""

from __future__ import annotations

from collections.abc import Iterator

from tests.protocols.rtsp.samples import CAMERA, RECORDER, TCP, frame, request, response, transport
from tests.support.marks import Marks, Script


def rtsp(marks: Marks) -> Iterator[Script]:
    """Marks in addresses, passwords, header fields, descriptions, bodies and frames."""

    def mark(place: str) -> str:
        return marks.mark(place).decode("ascii")

    url = f"rtsp://{mark('user')}:{mark('password')}@10.40.0.7/{mark('path')}?password={mark('secret')}"
    basic = f"Authorization: Basic {mark('basic')}\r\nX-{mark('field')}: {mark('value')}\r\n"
    digest = (
        f'Authorization: Digest username="{mark("user")}", nonce="{mark("nonce")}"\r\nSession: {mark("session")}\r\n'
    )
    description = (
        f"v=0\r\ns={mark('title')}\r\ni={mark('info')}\r\nm=video 0 RTP/AVP 96\r\na=control:{mark('track')}\r\n"
    )
    media = marks.mark("media") * 40
    frames = b"".join(frame(number)[:16] + media[:488] for number in range(20))
    yield [
        (RECORDER, request("DESCRIBE", 1, basic, url)),
        (CAMERA, response(1, f"Server: {mark('server')}\r\n", body=description)),
        (RECORDER, request("SETUP", 2, digest + transport(TCP), f"{url}/{mark('track')}")),
        (CAMERA, response(2, transport(f"{TCP};ssrc={mark('source')}") + f"Session: {mark('session')}\r\n")),
        (RECORDER, request("PLAY", 3, digest, url)),
        (CAMERA, response(3, f"RTP-Info: {mark('info')}\r\n") + frames),
        (RECORDER, request("SET_PARAMETER", 4, f"Content-Length: {len(media)}\r\n", url) + media),
    ]
    yield [(RECORDER, request("ANNOUNCE", 1, basic, url, body=description)), (CAMERA, response(1, "", mark("reason")))]
    loose = mark("loose")
    for odd in (
        f"{loose}\r\n\r\n",
        f"PLAY {loose}\r\n\r\n",
        f"{loose} {url} RTSP/1.0\r\n\r\n",
        f"RTSP/1.0 200 {loose}\r\nCSeq: {loose}\r\nContent-Length: {loose}\r\n\r\n{loose}",
        f"${loose}",
        f"PLAY {url} RTSP/1.0\r\nAuthorization: {loose}",
        f"X{loose}\r\n" * 2000,
    ):
        yield [
            (RECORDER, request("OPTIONS", 1, url=url) + odd.encode("ascii")),
            (CAMERA, response(1) + odd.encode("ascii")),
            (RECORDER, request("PLAY", 2, url=url)),
        ]
