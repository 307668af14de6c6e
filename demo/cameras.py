"""The cameras of Maple Street Library: readable video within and without their network, and one that phones its maker.

RTSP as in RFC 2326, H.264 in RTP as in RFC 6184 and 3550. The pictures are noise.
"""

from __future__ import annotations

import struct
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from demo.background import GATEWAY, ask_time, look_up, resolve, visit
from demo.kiosk import HOUR_NS, OPENING_NS, SECOND_NS
from monitor.model.flow import Side
from tests.support.captures import Packet
from tests.support.conversation import Conversation, Host, datagram

RECORDER = "10.40.0.250"
DESK = "10.20.0.23"
CLOUD = "relay.eu.example.net"
CLOUD_HOST = Host("198.51.100.23", 443, GATEWAY.hardware)
FRAME_NS = SECOND_NS // 5
TICKS = 18_000
"""Of the 90 kHz clock, a frame (RFC 6184 8.2.1)."""
SPS, PPS = bytes.fromhex("6742c01eda0280f640"), bytes.fromhex("68ce3880")
"""What a decoder must know: baseline profile, 640 by 480 (H.264 7.3.2.1 and 7.3.2.2)."""
VIEWER = b64encode(b"viewer:maple-porch-3").decode("ascii")
SETS = f"{b64encode(SPS).decode('ascii')},{b64encode(PPS).decode('ascii')}"


class Video:
    """The packets that one camera sends for one viewer."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.source = random.getrandbits(32)
        self.sequence = random.randrange(30_000)
        self.ticks = random.randrange(10**9)
        self.sent_packets = self.sent_bytes = 0

    def frames(self, count: int) -> Iterator[list[bytes]]:
        """Each frame as the RTP packets that carry it: a whole picture in three pieces, then small changes."""
        for number in range(count):
            if number:
                yield [self._packet(b"\x41\x9a" + self._noise(180, 380), last=True)]
            else:
                pieces = (b"\x7c\x85\x88\x84", b"\x7c\x05", b"\x7c\x45")
                yield [self._packet(piece + self._noise(420, 520), last=piece is pieces[-1]) for piece in pieces]
            self.ticks += TICKS

    def report(self, at_ns: int, name: str) -> bytes:
        """What the camera says of its own stream: a sender report with its name (RFC 3550 6.4.1 and 6.5)."""
        seconds, rest = divmod(at_ns, SECOND_NS)
        sent = (seconds + 2_208_988_800 & 0xFFFFFFFF, (rest << 32) // SECOND_NS, self.ticks)
        text = name.encode("ascii")
        item = struct.pack("!IBB", self.source, 1, len(text)) + text
        item += bytes(4 - len(item) % 4)
        return (
            struct.pack("!BBHI", 0x80, 200, 6, self.source)
            + struct.pack("!5I", *sent, self.sent_packets, self.sent_bytes)
            + struct.pack("!BBH", 0x81, 202, len(item) // 4)
            + item
        )

    def _noise(self, shortest: int, longest: int) -> bytes:
        return self.random.randbytes(self.random.randrange(shortest, longest))

    def _packet(self, payload: bytes, *, last: bool) -> bytes:
        head = struct.pack("!BBHII", 0x80, 0x80 * last | 96, self.sequence & 0xFFFF, self.ticks, self.source)
        self.sequence += 1
        self.sent_packets += 1
        self.sent_bytes += len(payload)
        return head + payload


@dataclass
class Session:
    """One viewer at one camera, and the RTSP between them."""

    talk: Conversation
    random: Random
    login: str = ""
    """The header with which the viewer proves who it is."""
    number: int = 0

    @property
    def url(self) -> str:
        """The address of the stream."""
        return f"rtsp://{self.talk.far.address}:554/stream1"

    def ask(self, method: str, extra: str = "", answer: str = "", *, track: str = "", body: str = "") -> None:
        """A request and its answer."""
        self.number += 1
        self._ask(method, track, extra + self.login)
        if body:
            answer += f"Content-Base: {self.url}/\r\nContent-Type: application/sdp\r\nContent-Length: {len(body)}\r\n"
        self._answer("200 OK", answer, body)

    def refuse(self, method: str, challenge: str) -> None:
        """A request that is answered with the question who is there."""
        self.number += 1
        self._ask(method, "", "")
        self._answer("401 Unauthorized", f"WWW-Authenticate: {challenge}\r\n")

    def describe(self) -> None:
        """OPTIONS and DESCRIBE: what is there to be seen?"""
        self.ask("OPTIONS", answer="Public: OPTIONS, DESCRIBE, SETUP, PLAY, GET_PARAMETER, TEARDOWN\r\n")
        camera = self.talk.far.address
        self.ask(
            "DESCRIBE",
            "Accept: application/sdp\r\n",
            body=(
                f"v=0\r\no=- {self.random.randrange(10**9)} 1 IN IP4 {camera}\r\ns=Live\r\nc=IN IP4 0.0.0.0\r\n"
                "t=0 0\r\na=control:*\r\nm=video 0 RTP/AVP 96\r\nb=AS:256\r\na=rtpmap:96 H264/90000\r\n"
                f"a=fmtp:96 packetization-mode=1;profile-level-id=42C01E;sprop-parameter-sets={SETS}\r\n"
                "a=control:trackID=1\r\n"
            ),
        )

    def play(self, transport: str, agreed: str, video: Video) -> str:
        """SETUP and PLAY; returns the header that names the session."""
        name = f"{self.random.randrange(10**7, 10**8)}"
        ssrc = f";ssrc={video.source:08X}"
        self.ask(
            "SETUP",
            f"Transport: {transport}\r\n",
            f"Transport: {transport}{agreed}{ssrc}\r\nSession: {name};timeout=60\r\n",
            track="/trackID=1",
        )
        begun = f"RTP-Info: url={self.url}/trackID=1;seq={video.sequence};rtptime={video.ticks}\r\n"
        self.ask("PLAY", f"Session: {name}\r\nRange: npt=0.000-\r\n", f"Session: {name}\r\n{begun}")
        return f"Session: {name}\r\n"

    def _ask(self, method: str, track: str, extra: str) -> None:
        line = f"{method} {self.url}{track} RTSP/1.0\r\nCSeq: {self.number}\r\nUser-Agent: Recorder 4.2\r\n"
        self.talk.originator(f"{line}{extra}\r\n".encode("ascii"))

    def _answer(self, status: str, extra: str, body: str = "") -> None:
        self.talk.wait(int(self.random.uniform(0.004, 0.03) * SECOND_NS))
        self.talk.responder(f"RTSP/1.0 {status}\r\nCSeq: {self.number}\r\n{extra}\r\n{body}".encode("ascii"))
        self.talk.send(Side.ORIGINATOR, 0x10)


def interleaved(session: Session, frames: int) -> list[Packet]:
    """Watch a stream that comes through the connection itself (RFC 2326 10.12)."""
    session.describe()
    video = Video(session.random)
    name = session.play("RTP/AVP/TCP;unicast;interleaved=0-1", "", video)
    for packets in video.frames(frames):
        for packet in packets:
            session.talk.responder(struct.pack("!BBH", 0x24, 0, len(packet)) + packet)
        session.talk.send(Side.ORIGINATOR, 0x10).wait(FRAME_NS)
    session.ask("TEARDOWN", name, name)
    return session.talk.close().packets


def datagrams(session: Session, client_port: int, server_port: int, frames: int) -> list[Packet]:
    """Watch a stream that comes beside the connection, as UDP."""
    session.describe()
    video = Video(session.random)
    talk = session.talk
    ports = f"RTP/AVP;unicast;client_port={client_port}-{client_port + 1}"
    name = session.play(ports, f";server_port={server_port}-{server_port + 1}", video)
    camera, viewer = Host(talk.far.address, server_port), Host(talk.near.address, client_port)
    stream: list[Packet] = []
    for packets in video.frames(frames):
        for number, packet in enumerate(packets):
            stream.append(Packet(talk.at_ns + number * 400_000, datagram(camera, viewer, packet)))
        talk.wait(FRAME_NS)
    own, others = Host(camera.address, server_port + 1), Host(viewer.address, client_port + 1)
    stream.append(Packet(talk.at_ns, datagram(own, others, video.report(talk.at_ns, f"camera@{camera.address}"))))
    talk.wait(SECOND_NS)
    session.ask("TEARDOWN", name, name)
    return talk.close().packets + stream


def watched(random: Random) -> list[Packet]:
    """A day of the cameras: the recorder takes a few seconds whenever something moves."""
    packets: list[Packet] = []
    cameras = ("10.40.0.11", "10.40.0.12", "10.40.0.13")
    for number in range(6):
        camera = cameras[number % 3]
        at_ns = OPENING_NS + int((0.3 + number * 1.4 + random.uniform(0, 0.5)) * HOUR_NS)
        packets += resolve(Host(RECORDER), Host(camera), at_ns)
        talk = Conversation(Host(RECORDER, 40100 + 2 * number), Host(camera, 554), at_ns + 1_000_000).open()
        session = Session(talk, random)
        if camera == cameras[0]:
            nonce = random.randbytes(16).hex()
            session.refuse("DESCRIBE", f'Digest realm="camera", nonce="{nonce}"')
            proof = f'username="recorder", realm="camera", nonce="{nonce}", uri="{session.url}"'
            session.login = f'Authorization: Digest {proof}, response="{random.randbytes(16).hex()}"\r\n'
            packets += interleaved(session, 14)
        else:
            packets += datagrams(session, 50000 + 2 * number, 6970 + 2 * number, 14)
    packets += _from_a_desk(cameras[1], random)
    packets += _to_the_cloud(cameras[2], random)
    for number in range(9):
        asker = Host(cameras[number % 3], 123)
        packets += ask_time(asker, OPENING_NS + int((0.1 + number * 0.97) * HOUR_NS))
    return packets


def _from_a_desk(camera: str, random: Random) -> list[Packet]:
    """Somebody of the staff looks at the entrance at noon, with a password that anybody on the way can read."""
    at_ns = OPENING_NS + int(3.6 * HOUR_NS)
    talk = Conversation(Host(DESK, 50722), Host(camera, 554), at_ns + 1_000_000).open()
    return interleaved(Session(talk, random, f"Authorization: Basic {VIEWER}\r\n"), 12)


def _to_the_cloud(camera: str, random: Random) -> list[Packet]:
    """The camera looks up its maker's relay and sends it something, encrypted, every hour of the afternoon."""
    packets: list[Packet] = []
    for number in range(5):
        at_ns = OPENING_NS + int((4 + number + random.uniform(0, 0.1)) * HOUR_NS)
        packets += look_up(Host(camera, 54000 + number), CLOUD, CLOUD_HOST, at_ns, random)
        sizes = tuple((random.randrange(900, 1300), random.randrange(60, 120)) for _ in range(3))
        talk = Conversation(Host(camera, 55000 + number), CLOUD_HOST, at_ns + 15_000_000, step_ns=24_000_000)
        packets += visit(talk, CLOUD, random, sizes)
    return packets
