"""Tells by its first bytes what a datagram is, on any port, and reads what it shows.

Rule: only what a device says of itself counts: a question tells nothing of who asks it.
"""

from __future__ import annotations

from collections.abc import Callable

from monitor.devices.catalog import Catalog, catalog
from monitor.devices.signal import Channel
from monitor.model.events import DeviceSign, Event, Route
from monitor.model.flow import Side
from monitor.model.lazy import lazy
from monitor.privacy.labels import typed
from monitor.protocols.discovery.dhcp import is_dhcp, read_dhcp

Reader = Callable[[Side, bytes], Event | None]

_MDNS = typed("mdns")
_SSDP = typed("ssdp")
_WSD = typed("ws-discovery")

_RESPONSE = 0x84
"""Flags of an answer in mDNS: a response, authoritative (RFC 6762 18)."""
_DNS_HEADER_BYTES = 12
_LOCAL = b"\x05local\x00"
_SSDP_OPENING = lazy(rb"(?:NOTIFY \*|M-SEARCH \*|HTTP/1\.[01] 200)")
_SSDP_WORDS = lazy(rb"(?i)\n(?:NTS|USN|MAN):")
_ANSWERS = lazy(rb"[:<](?:ProbeMatches|Hello|ResolveMatches)[\s>]")
_DISCOVERY = lazy(rb"/(?:2005/04/discovery|ns/discovery/2009/01)")
_FIRST_BYTES = 1_024
"""Of XML, read to see whether it is a message of WS-Discovery."""


def reader(data: bytes) -> Reader | None:
    """Who reads a datagram, if anybody knows what it is."""
    first = data[0]
    known = _BY_BYTE.get(first)
    if known is not None and known[0](data):
        return known[1]
    openings = catalog().udp
    if openings.begins(data) and openings.find(data, whole=True).signal is not None:
        return _read_opening
    return None


def _read_opening(side: Side, data: bytes) -> Event | None:
    signal = catalog().udp.find(data, whole=True).signal
    if signal is None:
        return None
    whose = side if signal.of == "sender" else side.other
    said = catalog().said(Channel.VENDOR, data) if signal.route is Route.LOCAL and signal.of == "sender" else ()
    signals = tuple(dict.fromkeys((signal.name, *said)))
    return DeviceSign(side=whose, signals=signals, protocol=signal.protocol, route=signal.route)


def _is_mdns(data: bytes) -> bool:
    """Whether a datagram is a question or an answer of mDNS (RFC 6762 18): number 0, nothing but zeros in the flags."""
    return (
        len(data) > _DNS_HEADER_BYTES
        and data[:2] == b"\0\0"
        and data[2] & ~_RESPONSE == 0
        and not data[3]
        and _LOCAL in data
    )


def _read_mdns(side: Side, data: bytes) -> Event | None:
    said = catalog().said(Channel.MDNS, data) if data[2] == _RESPONSE else ()
    return DeviceSign(side=side, signals=said, protocol=_MDNS)


def _is_ssdp(data: bytes) -> bool:
    return bool(_SSDP_OPENING.match(data) and _SSDP_WORDS.search(data))


def _read_ssdp(side: Side, data: bytes) -> Event | None:
    said = () if data.startswith(b"M") else catalog().said(Channel.SSDP, data)
    return DeviceSign(side=side, signals=said, protocol=_SSDP)


def _is_xml(data: bytes) -> bool:
    """Whether a datagram is a message of WS-Discovery, or in XML like it, as makers' own are."""
    return bool(_DISCOVERY.search(data, 0, _FIRST_BYTES)) or _is_of_maker(data, catalog())


def _is_of_maker(data: bytes, known: Catalog) -> bool:
    return bool(known.said(Channel.VENDOR, data))


def _read_xml(side: Side, data: bytes) -> Event | None:
    known = catalog()
    if not _DISCOVERY.search(data, 0, _FIRST_BYTES):
        said = known.said(Channel.VENDOR, data)
        if not said:
            return None
        signal = known.signals[said[0]]
        return DeviceSign(side=side, signals=said, protocol=signal.protocol, route=signal.route)
    said = ()
    if _ANSWERS.search(data):
        said = (*known.said(Channel.ONVIF, data), *known.said(Channel.WSD, data))
    return DeviceSign(side=side, signals=said, protocol=_WSD)


_BY_BYTE: dict[int, tuple[Callable[[bytes], bool], Reader]] = {
    0: (_is_mdns, _read_mdns),
    1: (is_dhcp, read_dhcp),
    2: (is_dhcp, read_dhcp),
    ord("N"): (_is_ssdp, _read_ssdp),
    ord("M"): (_is_ssdp, _read_ssdp),
    ord("H"): (_is_ssdp, _read_ssdp),
    ord("<"): (_is_xml, _read_xml),
}
"""By the first byte: is it that, and who reads it."""
