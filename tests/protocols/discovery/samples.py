"""Invented datagrams with which devices make themselves known, as either side sends them in turn."""

from __future__ import annotations

from monitor.audit.plants.discovery import (  # noqa: F401  (tests take them from here)
    HARDWARE,
    OTHER,
    SPEAKER,
    dhcp,
    discovery_xml,
    mdns,
    ssdp,
)
from monitor.model.flow import Side

ADDRESS = b"\x0a\x28\x00\x07"
PUNCH = bytes.fromhex("f1410014 4142434400000000000030394142434400000000")
NOTIFY = bytes.fromhex("f1310014 4142434400000000000030394142434400000000")
REGISTRATION = bytes.fromhex("f1100004 41424344")
STUN = bytes.fromhex("000100002112a442000102030405060708090a0b")
TURN = bytes.fromhex("000300082112a442000102030405060708090a0b0019000411000000")
DTLS = bytes.fromhex("16fefd0000000000000000003101000025") + bytes(37)

CONVERSATIONS: dict[str, list[tuple[Side, bytes]]] = {
    "a camera asks for an address and gets one": [
        (SPEAKER, dhcp((53, b"\x03"), (12, b"DCS-2132L"), (60, b"udhcp 1.2"))),
        (OTHER, dhcp((53, b"\x05"), answer=True, given=ADDRESS)),
    ],
    "a camera in Bonjour": [(SPEAKER, mdns("_axis-video._tcp", b"macaddress=02005E100001"))],
    "somebody looks for printers": [(SPEAKER, mdns("_ipp._tcp", question=True))],
    "a camera in UPnP": [(SPEAKER, ssdp("NOTIFY * HTTP/1.1", NTS="ssdp:alive", SERVER="Linux UPnP/1.0 IP Camera/1.0"))],
    "a computer looks for anything": [(SPEAKER, ssdp("M-SEARCH * HTTP/1.1", MAN='"ssdp:discover"', ST="ssdp:all"))],
    "ONVIF hello": [(SPEAKER, discovery_xml("Hello", "dn:NetworkVideoTransmitter"))],
    "a printer in WSD": [(SPEAKER, discovery_xml("ProbeMatches", "wprt:PrintDeviceType"))],
    "way home of a cheap camera": [(SPEAKER, bytes.fromhex("f1000000")), (SPEAKER, REGISTRATION), (OTHER, PUNCH)],
    "STUN": [(SPEAKER, STUN), (OTHER, STUN)],
    "TURN": [(SPEAKER, TURN)],
    "DTLS": [(SPEAKER, DTLS)],
    "a way in through the router": [(SPEAKER, bytes.fromhex("000200001f901f9000000e10"))],
    "SADP": [(SPEAKER, b'<?xml version="1.0"?><ProbeMatch><Uuid>0</Uuid><Types>inquiry</Types></ProbeMatch>')],
}
