"""One compiled pass over a batch: link layer, VLAN tags, IPv4, IPv6, TCP and UDP headers into columns.

Rules: every read is bounds-checked; integers are widened before they are shifted, so that compiled and uncompiled code
give the same results; a frame that cannot be decoded gets the `Kind` that says why, and the pass goes on. The loop runs
without Python's lock, so that parsers can work meanwhile.
Sources: IEEE 802.1Q, RFC 791, RFC 8200, RFC 9293, RFC 768, the LINKTYPE_ registry of tcpdump.org.
"""

from __future__ import annotations

import cython

from monitor.decode.columns import Columns, Kind
from monitor.model.frames import NO_VLAN, Frames

_UNKNOWN_LINKTYPE = cython.declare(cython.uchar, int(Kind.UNKNOWN_LINKTYPE))
_CUT_HEADER = cython.declare(cython.uchar, int(Kind.CUT_HEADER))
_MALFORMED = cython.declare(cython.uchar, int(Kind.MALFORMED))
_ENCAPSULATED = cython.declare(cython.uchar, int(Kind.ENCAPSULATED))
_FAULT = cython.declare(cython.uchar, int(Kind.FAULT))
_NON_IP = cython.declare(cython.uchar, int(Kind.NON_IP))
_OTHER_IP = cython.declare(cython.uchar, int(Kind.OTHER_IP))
_FRAGMENT = cython.declare(cython.uchar, int(Kind.FRAGMENT))
_TCP = cython.declare(cython.uchar, int(Kind.TCP))
_UDP = cython.declare(cython.uchar, int(Kind.UDP))
_SPREAD = cython.declare(cython.ulonglong, 0x9E3779B97F4A7C15)
_MASK64 = cython.declare(cython.ulonglong, 0xFFFFFFFFFFFFFFFF)

_MAX_TAGS = cython.declare(cython.int, 4)
"""Two tags are QinQ; twice that is no network anybody built."""
_MAX_EXTENSIONS = cython.declare(cython.int, 8)
"""RFC 8200 section 4.1 names six extension headers, each at most once or twice."""


@cython.cfunc
@cython.nogil
@cython.inline
@cython.exceptval(check=False)
def _is_tag(ethertype: cython.int) -> cython.bint:
    return ethertype in (0x8100, 0x88A8, 0x9100, 0x9200)


@cython.final
@cython.cclass
class HeaderPass:
    """Fills the columns for one batch after the other."""

    position: cython.int
    data: cython.const[cython.uchar][::1]
    kind: cython.uchar[::1]
    v6: cython.uchar[::1]
    address: cython.int[::1]
    ports: cython.uint[::1]
    flags: cython.uchar[::1]
    seq: cython.uint[::1]
    payload: cython.int[::1]
    payload_bytes: cython.int[::1]
    segment_bytes: cython.int[::1]
    vlan: cython.int[::1]
    signature: cython.ulonglong[::1]

    def __init__(self, columns: Columns) -> None:
        self.position = 0
        self.kind = columns.kind
        self.v6 = columns.v6
        self.address = columns.address
        self.ports = columns.ports
        self.flags = columns.flags
        self.seq = columns.seq
        self.payload = columns.payload
        self.payload_bytes = columns.payload_bytes
        self.segment_bytes = columns.segment_bytes
        self.vlan = columns.vlan
        self.signature = columns.signature

    def run(self, frames: Frames) -> cython.int:
        """Decode every frame of the batch; returns how many ran into a guard and were given up."""
        faults: cython.int = 0
        self.position = 0
        while self.position < frames.count:
            try:
                self._walk(frames, self.position)
            except IndexError:
                self.kind[self.position] = _FAULT
                self.position += 1
                faults += 1
        return faults

    @cython.cfunc
    @cython.nogil
    @cython.inline
    @cython.exceptval(-1, check=True)
    @cython.boundscheck(False)  # noqa: FBT003 (Cython's own signature)
    def _be16(self, at: cython.Py_ssize_t) -> cython.int:
        if at < 0 or at + 2 > len(self.data):  # one check for both bytes, likewise below: half the instructions
            raise IndexError
        return (cython.cast(cython.int, self.data[at]) << 8) | self.data[at + 1]

    @cython.cfunc
    @cython.nogil
    @cython.inline
    @cython.exceptval(-1, check=True)
    @cython.boundscheck(False)  # noqa: FBT003 (Cython's own signature)
    def _be32(self, at: cython.Py_ssize_t) -> cython.longlong:
        if at < 0 or at + 4 > len(self.data):
            raise IndexError
        return (
            (cython.cast(cython.longlong, self.data[at]) << 24)
            | (cython.cast(cython.longlong, self.data[at + 1]) << 16)
            | (cython.cast(cython.longlong, self.data[at + 2]) << 8)
            | self.data[at + 3]
        )

    @cython.cfunc
    @cython.inline
    def _walk(self, frames: Frames, start: cython.int) -> cython.int:
        self.data = frames.data
        offsets: cython.const[cython.int][::1] = frames.offset
        caplens: cython.const[cython.int][::1] = frames.caplen
        wirelens: cython.const[cython.int][::1] = frames.wirelen
        interfaces: cython.const[cython.int][::1] = frames.interface
        linktypes: cython.const[cython.int][::1] = frames.linktypes
        outer_vlan: cython.const[cython.int][::1] = (
            frames.outer_vlan if frames.outer_vlan is not None else frames.offset
        )
        tagged: cython.bint = frames.outer_vlan is not None
        count: cython.int = frames.count
        no_vlan: cython.int = NO_VLAN
        i: cython.int
        at: cython.Py_ssize_t
        end: cython.Py_ssize_t
        wire_end: cython.Py_ssize_t
        linktype: cython.int
        ethertype: cython.int
        tags: cython.int
        vlan: cython.int

        with cython.nogil:
            for i in range(start, count):
                self.position = i
                at = offsets[i]
                end = at + caplens[i]
                wire_end = at + wirelens[i]
                if wire_end < end:
                    wire_end = end
                vlan = no_vlan
                if tagged:
                    vlan = outer_vlan[i]
                self.vlan[i] = vlan
                linktype = linktypes[interfaces[i]]

                if linktype == 1:  # Ethernet
                    if at + 14 > end:
                        self.kind[i] = _CUT_HEADER
                        continue
                    ethertype = self._be16(at + 12)
                    at += 14
                elif linktype in (101, 12, 14, 228, 229):  # raw IP
                    ethertype = 0
                elif linktype in (0, 108):  # BSD loopback: an address family of the capturing host's own numbering
                    at += 4
                    ethertype = 0
                elif linktype == 113:  # Linux cooked v1
                    if at + 16 > end:
                        self.kind[i] = _CUT_HEADER
                        continue
                    ethertype = self._be16(at + 14)
                    at += 16
                elif linktype == 276:  # Linux cooked v2
                    if at + 20 > end:
                        self.kind[i] = _CUT_HEADER
                        continue
                    ethertype = self._be16(at)
                    at += 20
                else:
                    self.kind[i] = _UNKNOWN_LINKTYPE
                    continue

                tags = 0
                while _is_tag(ethertype) and tags < _MAX_TAGS and at + 4 <= end:
                    vlan = self._be16(at) & 0x0FFF
                    ethertype = self._be16(at + 2)
                    at += 4
                    tags += 1
                self.vlan[i] = vlan

                if (
                    linktype == 1 and 0 < ethertype <= 1500
                ) or ethertype == 4:  # IEEE 802.3 length; cooked: 802.2 follows
                    if at + 8 > end or self.data[at] != 0xAA or self.data[at + 1] != 0xAA or self.data[at + 2] != 3:
                        self.kind[i] = _NON_IP
                        continue
                    ethertype = self._be16(at + 6)
                    at += 8
                if ethertype == 0:
                    if at >= end:
                        self.kind[i] = _CUT_HEADER
                        continue
                    if self.data[at] >> 4 == 4:
                        ethertype = 0x0800
                    elif self.data[at] >> 4 == 6:
                        ethertype = 0x86DD
                    else:
                        self.kind[i] = _NON_IP
                        continue

                if ethertype == 0x0800:
                    self.kind[i] = self._ipv4(i, at, end, wire_end)
                elif ethertype == 0x86DD:
                    self.kind[i] = self._ipv6(i, at, end, wire_end)
                elif ethertype in (0x8847, 0x8848, 0x8864) or _is_tag(ethertype):  # MPLS, PPPoE session
                    self.kind[i] = _ENCAPSULATED
                else:
                    self.kind[i] = _NON_IP
        self.position = count
        return 0

    @cython.cfunc
    @cython.nogil
    @cython.inline
    @cython.exceptval(255, check=True)
    def _ipv4(
        self,
        i: cython.int,
        at: cython.Py_ssize_t,
        end: cython.Py_ssize_t,
        wire_end: cython.Py_ssize_t,
    ) -> cython.uchar:
        header_bytes: cython.int
        total_bytes: cython.int
        if at + 20 > end:
            return _CUT_HEADER
        header_bytes = (self.data[at] & 15) * 4
        total_bytes = self._be16(at + 2)
        if total_bytes == 0:  # segmentation offload leaves the length to the hardware
            total_bytes = cython.cast(cython.int, wire_end - at)
        if self.data[at] >> 4 != 4 or header_bytes < 20 or total_bytes < header_bytes:
            return _MALFORMED
        if at + total_bytes < wire_end:
            wire_end = at + total_bytes
            if wire_end < end:
                end = wire_end
        if self._be16(at + 6) & 0x3FFF:
            return _FRAGMENT
        self.v6[i] = 0
        self.address[i] = cython.cast(cython.int, at + 12)
        self.signature[i] = (cython.cast(cython.ulonglong, self._be16(at + 4)) << 16) | total_bytes
        return self._transport(i, self.data[at + 9], at + header_bytes, end, wire_end)

    @cython.cfunc
    @cython.nogil
    @cython.inline
    @cython.exceptval(255, check=True)
    def _ipv6(
        self,
        i: cython.int,
        at: cython.Py_ssize_t,
        end: cython.Py_ssize_t,
        wire_end: cython.Py_ssize_t,
    ) -> cython.uchar:
        payload_bytes: cython.int
        following: cython.int
        extensions: cython.int = 0
        if at + 40 > end:
            return _CUT_HEADER
        if self.data[at] >> 4 != 6:
            return _MALFORMED
        payload_bytes = self._be16(at + 4)
        if payload_bytes and at + 40 + payload_bytes < wire_end:
            wire_end = at + 40 + payload_bytes
            if wire_end < end:
                end = wire_end
        following = self.data[at + 6]
        self.v6[i] = 1
        self.address[i] = cython.cast(cython.int, at + 8)
        self.signature[i] = (cython.cast(cython.ulonglong, self._be32(at)) << 16) | payload_bytes
        at += 40
        while following in (0, 43, 60, 135, 139, 140, 51, 44):
            if extensions == _MAX_EXTENSIONS:
                return _MALFORMED
            extensions += 1
            if at + 8 > end:
                return _CUT_HEADER
            if following == 44:
                if self._be16(at + 2) & 0xFFF9:
                    return _FRAGMENT
                following = self.data[at]
                at += 8
            elif following == 51:  # RFC 4302 section 2.2 counts in 4 bytes, less 2
                following = self.data[at]
                at += (cython.cast(cython.Py_ssize_t, self.data[at + 1]) + 2) * 4
            else:
                following = self.data[at]
                at += (cython.cast(cython.Py_ssize_t, self.data[at + 1]) + 1) * 8
        return self._transport(i, following, at, end, wire_end)

    @cython.cfunc
    @cython.nogil
    @cython.inline
    @cython.exceptval(255, check=True)
    def _transport(
        self,
        i: cython.int,
        protocol: cython.int,
        at: cython.Py_ssize_t,
        end: cython.Py_ssize_t,
        wire_end: cython.Py_ssize_t,
    ) -> cython.uchar:
        payload: cython.Py_ssize_t
        seq: cython.longlong
        sign: cython.ulonglong
        if protocol == 6:
            if at + 20 > end:
                return _CUT_HEADER
            payload = at + (self.data[at + 12] >> 4) * 4
            if payload < at + 20 or payload > wire_end:
                return _MALFORMED
            seq = self._be32(at + 4)
            self.seq[i] = cython.cast(cython.uint, seq)
            self.flags[i] = self.data[at + 13]
            sign = (cython.cast(cython.ulonglong, seq) << 32) | cython.cast(cython.ulonglong, self._be32(at + 8))
            sign ^= cython.cast(cython.ulonglong, self._be32(at + 13)) << 17  # flags, window, half the checksum
            sign ^= self.data[at + 17]
        elif protocol == 17:
            if at + 8 > end:
                return _CUT_HEADER
            payload = at + 8
            if payload > wire_end:
                return _MALFORMED
            if 8 <= self._be16(at + 4) < wire_end - at:
                wire_end = at + self._be16(at + 4)
                if wire_end < end:
                    end = wire_end
            self.seq[i] = 0
            self.flags[i] = 0
            sign = cython.cast(cython.ulonglong, self._be32(at + 4))
        else:
            return _OTHER_IP
        self.ports[i] = cython.cast(cython.uint, self._be32(at))
        self.payload[i] = cython.cast(cython.int, payload)
        self.segment_bytes[i] = cython.cast(cython.int, wire_end - payload)
        if payload + 8 <= end:
            sign ^= cython.cast(cython.ulonglong, self._be32(payload)) << 24
            sign += cython.cast(cython.ulonglong, self._be32(end - 4))
        self.payload_bytes[i] = cython.cast(cython.int, end - payload) if payload < end else 0
        self.signature[i] = ((self.signature[i] * _SPREAD) & _MASK64) ^ (sign & _MASK64)
        return _TCP if protocol == 6 else _UDP
