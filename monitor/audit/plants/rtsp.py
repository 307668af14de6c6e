"""RTSP conversations whose every value is a mark."""

from __future__ import annotations

import struct
from collections.abc import Iterator

from monitor.audit.marks import Marks, Script
from monitor.model.flow import Side

RECORDER, CAMERA = Side.ORIGINATOR, Side.RESPONDER
URL = "rtsp://10.40.0.7:554/Streaming/101"
TCP = "RTP/AVP/TCP;unicast;interleaved=0-1"


def request(method: str, number: int, extra: str = "", url: str = URL, body: str = "") -> bytes:
    """One request."""
    if body:
        extra += f"Content-Type: application/sdp\r\nContent-Length: {len(body)}\r\n"
    return f"{method} {url} RTSP/1.0\r\nCSeq: {number}\r\nUser-Agent: Recorder\r\n{extra}\r\n{body}".encode()


def response(number: int, extra: str = "", status: str = "200 OK", body: str = "") -> bytes:
    """One response."""
    if body:
        extra += f"Content-Base: {URL}/\r\nContent-Type: application/sdp\r\nContent-Length: {len(body)}\r\n"
    return f"RTSP/1.0 {status}\r\nCSeq: {number}\r\n{extra}\r\n{body}".encode()


def frame(sequence: int, channel: int = 0, payload_type: int = 96, size: int = 500) -> bytes:
    """One interleaved frame with a packet of RTP."""
    packet = struct.pack("!BBHII", 0x80, payload_type, sequence, sequence * 3000, 99) + bytes(size - 12)
    return struct.pack("!BBH", 0x24, channel, len(packet)) + packet


def report(channel: int = 1) -> bytes:
    """One interleaved frame with a packet of RTCP."""
    packet = struct.pack("!BBHI", 0x81, 201, 7, 100) + bytes(24)
    return struct.pack("!BBH", 0x24, channel, len(packet)) + packet


def transport(value: str) -> str:
    """The header that says how media travel."""
    return f"Transport: {value}\r\n"


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
