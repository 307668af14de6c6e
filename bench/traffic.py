"""Writes a large capture by repeating a few conversations with other addresses and ports.

usage: traffic.py FILE --packets N [--profile mixed|sip2|http]; prints what it wrote as JSON.
"""

from __future__ import annotations

import argparse
import json
import struct
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.support.captures import START, Packet
from tests.support.conversation import Conversation, Host, datagram

STEP_NS = 16_000
LOGIN = (b"9300CNbench|COnothing|CPDESK|AY0AZF5A4\r", b"941AY0AZFDFD\r")
PATRON = (
    b"6300020261122    120000Y         AObench|AA21999000000017|AC|AD4711|\r",
    (
        b"64              00020261122    120001000000000001000000000000"
        b"AObench|AA21999000000017|AEZoraida Quillfeather|BEzoraida@example.org|AU31999000000017|BLY|\r"
    ),
)
"""An invented patron is asked for, with the PIN."""
SEARCH = b"GET /cgi-bin/koha/opac-search.pl?q=gardens HTTP/1.1\r\nHost: opac.example.org\r\n\r\n"
FORM = b"userid=21999000000017&password=4711"
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 20000\r\n\r\n" + b"<p>".ljust(20_000)


def login() -> bytes:
    """The invented patron's, by a form."""
    head = b"POST /cgi-bin/koha/opac-user.pl HTTP/1.1\r\nHost: opac.example.org\r\n"
    kind = b"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: %d\r\n\r\n" % len(FORM)
    return head + kind + FORM


def templates(profile: str) -> list[Packet]:
    """Searches and a login at a catalog (http), or a SIP2 session (sip2), or that with a download and video.

    All of it from 10.30.0.1.
    """
    if profile == "http":
        reader = Conversation(Host("10.30.0.1", 40004), Host("10.1.0.20", 80), acknowledging=True).open()
        for asked in (SEARCH, SEARCH, login()):
            reader.originator(asked).responder(ANSWER)
        return [*reader.close().packets]
    kiosk = Conversation(Host("10.30.0.1", 40001), Host("10.1.0.10", 6001)).open()
    kiosk.originator(LOGIN[0]).responder(LOGIN[1])
    if profile == "sip2":
        for _ in range(20):
            kiosk.originator(PATRON[0]).responder(PATRON[1])
        return [*kiosk.close().packets]
    kiosk.close()
    download = Conversation(Host("10.30.0.1", 40002), Host("203.0.113.9", 443), acknowledging=True).open()
    download.responder(b"\x17\x03\x03\x40\x00" + bytes(240_000)).close()
    camera, recorder = Host("10.30.0.1", 40003), Host("10.40.0.250", 5004)
    video = [Packet(0, datagram(camera, recorder, b"\x80\x60" + bytes(1200))) for _ in range(120)]
    return [*kiosk.packets, *download.packets, *video]


def main() -> None:
    """Write the capture."""
    options = argparse.ArgumentParser()
    options.add_argument("file", type=Path)
    options.add_argument("--packets", type=int, required=True)
    options.add_argument("--profile", choices=("mixed", "sip2", "http"), default="mixed")
    chosen = options.parse_args()
    frames = [packet.data for packet in templates(chosen.profile)]
    mine = Host("10.30.0.1").packed
    places = [26 if frame[26:30] == mine else 30 for frame in frames]
    packets = size = 0
    with chosen.file.open("wb") as capture:
        capture.write(struct.pack("<IHHiIII", 0xA1B23C4D, 2, 4, 0, 0, 262144, 1))
        while packets < chosen.packets:
            host = struct.pack("!I", 0x0A320000 + packets // len(frames))
            for frame, place in zip(frames, places, strict=True):
                seconds, nanoseconds = divmod(packets * STEP_NS, 10**9)
                capture.write(struct.pack("<4I", START + seconds, nanoseconds, len(frame), len(frame)))
                capture.write(frame[:place] + host + frame[place + 4 :])
                packets += 1
                size += len(frame)
    print(json.dumps({"packets": packets, "bytes": size}))


if __name__ == "__main__":
    main()
