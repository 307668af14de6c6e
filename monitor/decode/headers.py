"""One compiled pass over a batch: link layer, VLAN tags, tunnels, IPv4, IPv6, TCP and UDP headers into columns.

Rules: every read is bounds-checked, those of a header of fixed length together; integers are widened before they are
shifted, so that compiled and uncompiled code give the same results; a frame that cannot be decoded gets the `Kind` that
says why, and the pass goes on. Of packets in tunnels the innermost is what counts; a tunnel between ends that are not
to be looked at is not opened. The loop runs without Python's lock, so that parsers can work meanwhile.
Sources: IEEE 802.1Q, RFC 791, RFC 8200, RFC 9293, RFC 768, the LINKTYPE_ registry of tcpdump.org; of tunnels RFC 3032
(MPLS), RFC 4385 (pseudowires), RFC 2516 (PPPoE), RFC 8300 (service chaining), RFC 2784, 2890 and 2637 (GRE),
draft-foschiano-erspan, RFC 2003 (IP in IP), RFC 4213 (IPv6 in IPv4), RFC 7348 (VXLAN), RFC 8926 (Geneve), RFC 8086 (GRE
in UDP), 3GPP TS 29.281 (GTP-U), draft-massar-v6ops-ayiya-02.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable

import cython

if cython.compiled:
    from cython.cimports.monitor.model.prefetch import prefetch

from monitor.model.columns import Kind
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
_NO_TUNNEL = cython.declare(cython.uchar, 254)
_SPREAD = cython.declare(cython.ulonglong, 0x9E3779B97F4A7C15)
_NO_VLAN = cython.declare(cython.int, NO_VLAN)
_MASK64 = cython.declare(cython.ulonglong, 0xFFFFFFFFFFFFFFFF)

MAX_TAGS = 4
"""Two tags are QinQ; twice that is no network anybody built."""
_MAX_TAGS = cython.declare(cython.int, MAX_TAGS)
_MAX_EXTENSIONS = cython.declare(cython.int, 8)
"""RFC 8200 section 4.1 names six extension headers, each at most once or twice."""
_MAX_TUNNELS = cython.declare(cython.int, 4)
"""Tunnels within each other: a remote mirror of a branch's tunnel in a provider's network has three."""
_MAX_LABELS = cython.declare(cython.int, 8)
"""Labels of one MPLS packet; networks use two or three."""
_EXPECTED = cython.declare(cython.int, 8)
"""So many frames ahead of the one that is decoded, headers are fetched from memory, which takes as long."""
_CACHE_LINE = cython.declare(cython.int, 64)
"""Bytes that a processor fetches at once; the usual headers lie in two of them."""

Bars = Callable[[bool, int, int, int, int], bool]
"""Says whether nothing is to be looked at between two ends: is it IPv6, and both addresses in halves."""

_IP, _PPP, _LLC, _TOKEN_RING, _ARCNET, _WIFI, _RADIOTAP, _PPI = range(-1, -9, -1)
"""What follows a link layer whose header has no EtherType: IP, PPP, 802.2 in three ways, and Wi-Fi in three."""

LINK_TYPES = {
    0: (4, -1),  # BSD loopback: an address family of the capturing host's own numbering
    1: (14, 12),  # Ethernet
    6: (14, _TOKEN_RING),
    7: (3, _ARCNET),
    9: (1, _PPP),
    10: (13, _LLC),  # FDDI
    12: (0, -1),  # raw IP, by several numbers
    50: (1, _PPP),  # on a serial line
    51: (7, _PPP),  # behind the header of PPPoE
    14: (0, -1),
    101: (0, -1),
    104: (4, 2),  # Cisco HDLC
    105: (24, _WIFI),
    108: (4, -1),  # OpenBSD loopback
    113: (16, 14),  # Linux cooked v1
    119: (144 + 24, _WIFI),  # behind a Prism header
    127: (8, _RADIOTAP),
    129: (5, _ARCNET),
    192: (8, _PPI),
    228: (0, -1),  # IPv4
    229: (0, -1),  # IPv6
    242: (44, 40),  # IP over InfiniBand
    276: (20, 0),  # Linux cooked v2
}
"""What is decoded, by LINKTYPE_ number: bytes of the header, and where its EtherType stands (below 0: what follows)."""
_LINKS = cython.declare(cython.int, 277)


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
    link_bytes: cython.int[::1]
    type_at: cython.int[::1]
    data: cython.const[cython.uchar][::1]
    kind: cython.uchar[::1]
    v6: cython.uchar[::1]
    address: cython.int[::1]
    ends: cython.ulonglong[::1]
    ports: cython.uint[::1]
    flags: cython.uchar[::1]
    seq: cython.uint[::1]
    acknowledged: cython.uint[::1]
    payload: cython.int[::1]
    payload_bytes: cython.int[::1]
    segment_bytes: cython.int[::1]
    vlan: cython.int[::1]
    signature: cython.ulonglong[::1]
    bars: object
    is_barring: cython.bint
    tunnel_v6: cython.int
    tunnel_high: cython.ulonglong
    tunnel_low: cython.ulonglong
    tunnel_far_high: cython.ulonglong
    tunnel_far_low: cython.ulonglong
    is_barred: cython.bint

    def __init__(self, bars: Bars | None = None) -> None:
        """`bars`: between whom tunnels are not to be opened; all are without it."""
        self.position = 0
        self.adopt(bars)
        unknown = (-1, -1)
        self.link_bytes = array("i", [LINK_TYPES.get(number, unknown)[0] for number in range(_LINKS)])
        self.type_at = array("i", [LINK_TYPES.get(number, unknown)[1] for number in range(_LINKS)])

    def adopt(self, bars: Bars | None) -> None:
        """Open tunnels as this says from here on."""
        self.bars = bars
        self.is_barring = bars is not None
        self.tunnel_v6 = -1
        self.tunnel_high = self.tunnel_low = self.tunnel_far_high = self.tunnel_far_low = 0
        self.is_barred = False

    def run(self, frames: Frames) -> cython.int:
        """Decode every frame of the batch into its columns; returns how many ran into a guard and were given up."""
        faults: cython.int = 0
        columns = frames.columns
        self.kind, self.v6, self.address, self.ports = columns.kind, columns.v6, columns.address, columns.ports
        self.flags, self.seq, self.vlan, self.signature = columns.flags, columns.seq, columns.vlan, columns.signature
        self.payload, self.payload_bytes = columns.payload, columns.payload_bytes
        self.segment_bytes, self.ends, self.acknowledged = columns.segment_bytes, columns.ends, columns.acknowledged
        self._hold_columns(frames.count)
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
    @cython.exceptval(-1, check=True)
    def _hold_columns(self, count: cython.Py_ssize_t) -> cython.int:
        """Hold the columns against the number of frames: one check for all that is written to them of a packet."""
        if count > min(
            len(self.v6),
            len(self.address),
            len(self.ends) // 4,
            len(self.ports),
            len(self.flags),
            len(self.seq),
            len(self.acknowledged),
            len(self.payload),
            len(self.payload_bytes),
            len(self.segment_bytes),
            len(self.signature),
        ):
            raise IndexError
        return 0

    @cython.cfunc
    @cython.nogil
    @cython.inline
    @cython.exceptval(-1, check=True)
    def _hold(self, at: cython.Py_ssize_t, size: cython.Py_ssize_t) -> cython.int:
        """Hold a stretch against the buffer: one check for all that `_in8`, `_in16` and `_in32` read there."""
        if at < 0 or at + size > len(self.data):
            raise IndexError
        return 0

    @cython.cfunc
    @cython.nogil
    @cython.inline
    @cython.exceptval(check=False)
    @cython.boundscheck(False)  # noqa: FBT003 (Cython's own signature)
    def _in8(self, at: cython.Py_ssize_t) -> cython.int:
        return self.data[at]

    @cython.cfunc
    @cython.nogil
    @cython.inline
    @cython.exceptval(check=False)
    @cython.boundscheck(False)  # noqa: FBT003 (Cython's own signature)
    def _in16(self, at: cython.Py_ssize_t) -> cython.int:
        first: cython.p_const_uchar
        if not cython.compiled:
            return int.from_bytes(self.data[at : at + 2])
        first = cython.address(self.data[at])  # one instruction reads both bytes from here, and not from two places
        return (cython.cast(cython.int, first[0]) << 8) | first[1]

    @cython.cfunc
    @cython.nogil
    @cython.inline
    @cython.exceptval(check=False)
    @cython.boundscheck(False)  # noqa: FBT003 (Cython's own signature)
    def _in32(self, at: cython.Py_ssize_t) -> cython.uint:
        first: cython.p_const_uchar
        if not cython.compiled:
            return int.from_bytes(self.data[at : at + 4])
        first = cython.address(self.data[at])
        return (
            (cython.cast(cython.uint, first[0]) << 24)
            | (cython.cast(cython.uint, first[1]) << 16)
            | (cython.cast(cython.uint, first[2]) << 8)
            | first[3]
        )

    @cython.cfunc
    @cython.nogil
    @cython.inline
    @cython.exceptval(-1, check=True)
    def _be16(self, at: cython.Py_ssize_t) -> cython.int:
        self._hold(at, 2)
        return self._in16(at)

    @cython.cfunc
    @cython.nogil
    @cython.inline
    @cython.exceptval(-1, check=True)
    def _be32(self, at: cython.Py_ssize_t) -> cython.longlong:
        self._hold(at, 4)
        return self._in32(at)

    @cython.cfunc
    @cython.inline
    def _walk(self, frames: Frames, start: cython.int) -> cython.int:
        self.data = frames.data
        offsets: cython.const[cython.int][::1] = frames.offset
        caplens: cython.const[cython.int][::1] = frames.caplen
        wirelens: cython.const[cython.int][::1] = frames.wirelen
        interfaces: cython.const[cython.int][::1] = frames.interface
        linktypes: cython.const[cython.int][::1] = frames.linktypes[:]  # which grows while this goes through a batch
        count: cython.int = frames.count
        i: cython.int
        at: cython.Py_ssize_t
        end: cython.Py_ssize_t
        wire_end: cython.Py_ssize_t
        interface: cython.int = -1
        linktype: cython.int
        link_bytes: cython.int = -1
        type_at: cython.int = -1
        ethertype: cython.int
        expected: cython.size_t
        begin: cython.size_t = 0
        if cython.compiled and len(self.data):
            begin = cython.cast(cython.size_t, cython.address(self.data[0]))

        with cython.nogil:
            for i in range(start, count):
                self.position = i
                at = offsets[i]
                if cython.compiled and i + _EXPECTED < count:  # memory is slower than this
                    expected = begin + offsets[i + _EXPECTED]
                    prefetch(expected)
                    prefetch(expected + _CACHE_LINE)
                end = at + caplens[i]
                wire_end = at + wirelens[i]
                if wire_end < end:
                    wire_end = end
                self.vlan[i] = _NO_VLAN
                if interface != interfaces[i]:
                    linktype = linktypes[interfaces[i]]
                    interface = interfaces[i]
                    link_bytes = type_at = -1
                    if 0 <= linktype < _LINKS:
                        link_bytes = self.link_bytes[linktype]
                        type_at = self.type_at[linktype]

                if link_bytes < 0:
                    self.kind[i] = _UNKNOWN_LINKTYPE
                    continue
                if at + link_bytes > end:
                    self.kind[i] = _CUT_HEADER
                    continue
                ethertype = 0
                if type_at >= 0:
                    self._hold(at + type_at, 2)
                    ethertype = self._in16(at + type_at)
                at += link_bytes
                if ethertype == 0x0800:
                    self.kind[i] = self._ipv4(i, at, end, wire_end, 0)
                elif type_at < -1:
                    self.kind[i] = self._link(i, type_at, at, end, wire_end)
                else:
                    self.kind[i] = self._network(i, ethertype, at, end, wire_end, 0)
        self.position = count
        return 0

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(255, check=True)
    def _link(
        self,
        i: cython.int,
        what: cython.int,
        at: cython.Py_ssize_t,
        end: cython.Py_ssize_t,
        wire_end: cython.Py_ssize_t,
    ) -> cython.uchar:
        """Decode behind the least that a link layer has; `at` is behind that."""
        routing: cython.int
        if what == -2:  # PPP; address and control may be left out
            at -= 1
            if at + 4 > end:
                return _CUT_HEADER
            if self._be16(at) == 0xFF03:
                at += 2
            return self._ppp(i, at, end, wire_end, 0)
        if what == -4 and self.data[at - 6] & 0x80:  # a token ring's source routing has a length of its own
            routing = self.data[at] & 0x1F if at < end else 0
            at += routing
        if what in (-3, -4):
            return self._network(i, 1, at, end, wire_end, 0)
        if what == -5:
            if self.data[at - 1] == 0xD4 and at + 3 < end and self.data[at] != 0xFF:  # RFC 1201: a flag and a number
                return self._network(i, 0x0800, at + 3, end, wire_end, 0)
            return self._network(i, 0x0800, at, end, wire_end, 0) if self.data[at - 1] == 0xF0 else _NON_IP
        if what == -6:
            return self._wifi(i, at - 24, end, wire_end, 0)
        routing = self.data[at - 6] | (cython.cast(cython.int, self.data[at - 5]) << 8)  # bytes before the frame
        if what == -8 and self.data[at - 4] != 105:
            return _ENCAPSULATED
        return self._wifi(i, at - 8 + routing, end, wire_end, 0)

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(255, check=True)
    def _wifi(
        self,
        i: cython.int,
        at: cython.Py_ssize_t,
        end: cython.Py_ssize_t,
        wire_end: cython.Py_ssize_t,
        tunnels: cython.int,
    ) -> cython.uchar:
        """Decode a frame of IEEE 802.11 that carries data and is not encrypted."""
        kind: cython.int
        flags: cython.int
        size: cython.int = 24
        if at + 34 > end:
            return _CUT_HEADER if at + 2 > end or self.data[at] & 0x4C == 0x08 else _NON_IP
        kind = self.data[at]
        flags = self.data[at + 1]
        if kind & 0x4C != 0x08:
            return _NON_IP
        if flags & 0x40:
            return _ENCAPSULATED
        if flags & 3 == 3:
            size += 6
        if kind & 0x80:
            if self.data[at + size] & 0x80:  # several packets in one frame
                return _ENCAPSULATED
            size += 6 if flags & 0x80 else 2
        return self._network(i, 1, at + size, end, wire_end, tunnels)

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(255, check=True)
    def _network(
        self,
        i: cython.int,
        ethertype: cython.int,
        at: cython.Py_ssize_t,
        end: cython.Py_ssize_t,
        wire_end: cython.Py_ssize_t,
        tunnels: cython.int,
    ) -> cython.uchar:
        """Decode what an EtherType announces; 0 announces IP of either version."""
        tags: cython.int = 0
        while _is_tag(ethertype) and tags < _MAX_TAGS and at + 4 <= end:
            self.vlan[i] = self._be16(at) & 0x0FFF
            ethertype = self._be16(at + 2)
            at += 4
            tags += 1
        if 0 < ethertype <= 1500:  # IEEE 802.3: a length; 802.2 follows
            if at + 8 > end or self.data[at] != 0xAA or self.data[at + 1] != 0xAA or self.data[at + 2] != 3:
                return _NON_IP
            ethertype = self._be16(at + 6)
            at += 8
        if ethertype == 0:
            if at >= end:
                return _CUT_HEADER
            if self.data[at] >> 4 == 4:
                ethertype = 0x0800
            elif self.data[at] >> 4 == 6:
                ethertype = 0x86DD
        if ethertype == 0x0800:
            return self._ipv4(i, at, end, wire_end, tunnels)
        if ethertype == 0x86DD:
            return self._ipv6(i, at, end, wire_end, tunnels)
        if _is_tag(ethertype) or (tunnels == _MAX_TUNNELS and ethertype in (0x8847, 0x8848, 0x8864)):
            return _ENCAPSULATED
        if ethertype in (0x8847, 0x8848):
            return self._mpls(i, at, end, wire_end, tunnels + 1)
        if ethertype in (0x8926, 0x893F, 0x88E7, 0x894F):
            return self._tag(i, ethertype, at, end, wire_end, tunnels)
        if ethertype == 0x8864:
            if at + 8 > end:
                return _CUT_HEADER
            return self._ppp(i, at + 6, end, wire_end, tunnels + 1)
        return _NON_IP

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(255, check=True)
    def _tag(
        self,
        i: cython.int,
        ethertype: cython.int,
        at: cython.Py_ssize_t,
        end: cython.Py_ssize_t,
        wire_end: cython.Py_ssize_t,
        tunnels: cython.int,
    ) -> cython.uchar:
        """Decode behind a tag of a switch or a provider: VN-Tag, E-Tag, a backbone's (802.1ah), or service chaining."""
        if tunnels == _MAX_TUNNELS:
            return _ENCAPSULATED
        if at + 8 > end:
            return _CUT_HEADER
        if ethertype == 0x8926:
            return self._network(i, self._be16(at + 4), at + 6, end, wire_end, tunnels + 1)
        if ethertype == 0x893F:
            return self._network(i, self._be16(at + 6), at + 8, end, wire_end, tunnels + 1)
        if ethertype == 0x88E7:
            return self._ethernet(i, at + 4, end, wire_end, tunnels + 1)
        ethertype = self.data[at + 3]
        at += (self._be16(at) & 0x3F) * 4
        if ethertype == 3:
            return self._ethernet(i, at, end, wire_end, tunnels + 1)
        if ethertype in (1, 2):
            return self._network(i, 0x0800 if ethertype == 1 else 0x86DD, at, end, wire_end, tunnels + 1)
        return _ENCAPSULATED

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(255, check=True)
    def _gtp(
        self,
        i: cython.int,
        at: cython.Py_ssize_t,
        end: cython.Py_ssize_t,
        wire_end: cython.Py_ssize_t,
        tunnels: cython.int,
    ) -> cython.uchar:
        """Decode a packet of a mobile network (3GPP TS 29.281 section 5)."""
        flags: cython.int = self.data[at]
        following: cython.int = 0
        extensions: cython.int = 0
        if flags >> 4 != 3 or self.data[at + 1] != 0xFF:
            return _NO_TUNNEL
        if flags & 4:
            following = self.data[at + 11]
        at += 12 if flags & 7 else 8
        while following:
            if extensions == _MAX_EXTENSIONS or at >= end or not self.data[at] or at + 4 * self.data[at] > end:
                return _NO_TUNNEL
            extensions += 1
            at += 4 * cython.cast(cython.Py_ssize_t, self.data[at])
            following = self.data[at - 1]
        if at + 20 > end or self.data[at] >> 4 not in (4, 6):
            return _NO_TUNNEL
        return self._network(i, 0, at, end, wire_end, tunnels)

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(255, check=True)
    def _ethernet(
        self,
        i: cython.int,
        at: cython.Py_ssize_t,
        end: cython.Py_ssize_t,
        wire_end: cython.Py_ssize_t,
        tunnels: cython.int,
    ) -> cython.uchar:
        if at + 14 > end:
            return _CUT_HEADER
        return self._network(i, self._be16(at + 12), at + 14, end, wire_end, tunnels)

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(-1, check=True)
    def _is_closed(self, i: cython.int) -> cython.int:
        """Whether the tunnel that a packet belongs to is not to be opened; packets of one come in a row."""
        if not self.is_barring:
            return 0
        if (
            self.tunnel_v6 != self.v6[i]
            or self.tunnel_low != self.ends[4 * i + 1]
            or self.tunnel_far_low != self.ends[4 * i + 3]
            or self.tunnel_high != self.ends[4 * i]
            or self.tunnel_far_high != self.ends[4 * i + 2]
        ):
            self.tunnel_v6 = self.v6[i]
            self.tunnel_high, self.tunnel_low = self.ends[4 * i], self.ends[4 * i + 1]
            self.tunnel_far_high, self.tunnel_far_low = self.ends[4 * i + 2], self.ends[4 * i + 3]
            with cython.gil:
                self.is_barred = self.bars(  # type: ignore[operator]  # Cython knows no better type than object
                    bool(self.tunnel_v6),
                    self.tunnel_high,
                    self.tunnel_low,
                    self.tunnel_far_high,
                    self.tunnel_far_low,
                )
        return 1 if self.is_barred else 0

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(255, check=True)
    def _ppp(
        self,
        i: cython.int,
        at: cython.Py_ssize_t,
        end: cython.Py_ssize_t,
        wire_end: cython.Py_ssize_t,
        tunnels: cython.int,
    ) -> cython.uchar:
        """Decode behind a protocol number of PPP, which may be one byte long: the last one is odd (RFC 1661 6.5)."""
        protocol: cython.int = self.data[at]
        at += 1
        if not protocol & 1:
            protocol = (protocol << 8) | self.data[at]
            at += 1
        if protocol == 0x0021:
            return self._ipv4(i, at, end, wire_end, tunnels)
        if protocol == 0x0057:
            return self._ipv6(i, at, end, wire_end, tunnels)
        if protocol in (0x0281, 0x0283):
            return _ENCAPSULATED if tunnels == _MAX_TUNNELS else self._mpls(i, at, end, wire_end, tunnels + 1)
        return _NON_IP

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(255, check=True)
    def _mpls(
        self,
        i: cython.int,
        at: cython.Py_ssize_t,
        end: cython.Py_ssize_t,
        wire_end: cython.Py_ssize_t,
        tunnels: cython.int,
    ) -> cython.uchar:
        """Nothing says what follows the last label; its first half byte does in practice (RFC 4928)."""
        labels: cython.int = 0
        last: cython.bint = False
        while not last:
            if labels == _MAX_LABELS:
                return _ENCAPSULATED
            if at + 5 > end:
                return _CUT_HEADER
            last = self.data[at + 2] & 1
            at += 4
            labels += 1
        if self.data[at] >> 4 == 0:  # the control word of a pseudowire
            return self._ethernet(i, at + 4, end, wire_end, tunnels)
        if self.data[at] >> 4 in (4, 6):
            return self._network(i, 0, at, end, wire_end, tunnels)
        return _ENCAPSULATED

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(255, check=True)
    def _gre(
        self,
        i: cython.int,
        at: cython.Py_ssize_t,
        end: cython.Py_ssize_t,
        wire_end: cython.Py_ssize_t,
        tunnels: cython.int,
    ) -> cython.uchar:
        flags: cython.int
        ethertype: cython.int
        if at + 4 > end:
            return _CUT_HEADER
        flags = self._be16(at)
        ethertype = self._be16(at + 2)
        at += 4
        if flags & 0x8000:  # checksum
            at += 4
        if flags & 0x2000:  # key
            at += 4
        if flags & 0x1000:  # sequence number
            at += 4
        if flags & 0x0007 == 1 and flags & 0x0080:  # RFC 2637: acknowledgment number
            at += 4
        if at + 12 > end:
            return _CUT_HEADER
        if ethertype == 0x88BE:  # ERSPAN: type I has no header of its own, and no sequence number
            return self._ethernet(i, at + 8 if flags & 0x1000 else at, end, wire_end, tunnels)
        if ethertype == 0x22EB:  # ERSPAN type III, with or without the platform's own header
            return self._ethernet(i, at + (20 if self.data[at + 11] & 1 else 12), end, wire_end, tunnels)
        if ethertype == 0x6558:
            return self._ethernet(i, at, end, wire_end, tunnels)
        if ethertype == 0x880B:
            if self.data[at] == 0xFF:  # address and control of HDLC framing, where they are not left out
                at += 2
            return self._ppp(i, at, end, wire_end, tunnels)
        if ethertype in (0x0800, 0x86DD, 0x8847, 0x8848):
            return self._network(i, ethertype, at, end, wire_end, tunnels)
        if 0x8200 <= ethertype <= 0x820F:  # Aruba: an access point sends its controller frames of Wi-Fi
            return self._wifi(i, at, end, wire_end, tunnels)
        return _ENCAPSULATED

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(255, check=True)
    def _teredo(
        self,
        i: cython.int,
        at: cython.Py_ssize_t,
        end: cython.Py_ssize_t,
        wire_end: cython.Py_ssize_t,
        tunnels: cython.int,
    ) -> cython.uchar:
        """Decode IPv6 behind the indicators of RFC 4380 section 5.1.1, which may be left out."""
        if self._be16(at) == 1:
            at += 13 + self.data[at + 2] + self.data[at + 3]
        if at + 8 <= end and self._be16(at) == 0:
            at += 8
        if at + 40 > end or self.data[at] >> 4 != 6 or at + 40 + self._be16(at + 4) > wire_end:
            return _NO_TUNNEL
        return self._ipv6(i, at, end, wire_end, tunnels)

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(255, check=True)
    def _udp_tunnel(
        self,
        i: cython.int,
        port: cython.int,
        at: cython.Py_ssize_t,
        end: cython.Py_ssize_t,
        wire_end: cython.Py_ssize_t,
        tunnels: cython.int,
    ) -> cython.uchar:
        """Decode what a datagram to the port of a tunnel carries (`_NO_TUNNEL` where it does not look like one)."""
        ethertype: cython.int
        if at + 22 > end:
            return _NO_TUNNEL
        if port == 4754:
            if self._be16(at) & 0x4FFF or self._be16(at + 2) not in (0x0800, 0x86DD, 0x6558):
                return _NO_TUNNEL
            return self._gre(i, at, end, wire_end, tunnels)
        if port == 3544:
            return self._teredo(i, at, end, wire_end, tunnels)
        if port == 2152:
            return self._gtp(i, at, end, wire_end, tunnels)
        if port == 5072:
            return self._ayiya(i, at, end, wire_end, tunnels)
        if port == 4789:
            if not self.data[at] & 0x08:
                return _NO_TUNNEL
            at += 8
        else:
            ethertype = self._be16(at + 2)
            if self.data[at] >> 6 or ethertype not in (0x0800, 0x86DD, 0x6558):
                return _NO_TUNNEL
            at += 8 + (self.data[at] & 0x3F) * 4
            if ethertype != 0x6558:
                return self._network(i, ethertype, at, end, wire_end, tunnels)
        if at + 14 > end:
            return _NO_TUNNEL
        ethertype = self._be16(at + 12)
        if not _is_tag(ethertype) and ethertype not in (0x0800, 0x86DD, 0x0806):
            return _NO_TUNNEL
        return self._ethernet(i, at, end, wire_end, tunnels)

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(255, check=True)
    def _ayiya(
        self,
        i: cython.int,
        at: cython.Py_ssize_t,
        end: cython.Py_ssize_t,
        wire_end: cython.Py_ssize_t,
        tunnels: cython.int,
    ) -> cython.uchar:
        """Decode the packet of a tunnel broker's client."""
        if self.data[at + 2] & 0x0F != 1 or self.data[at + 3] not in (4, 41):
            return _NO_TUNNEL
        at += 8 + (1 << (self.data[at] >> 4)) + (self.data[at + 1] >> 4) * 4
        if at + 20 > end or self.data[at] >> 4 not in (4, 6):
            return _NO_TUNNEL
        return self._network(i, 0, at, end, wire_end, tunnels)

    @cython.cfunc
    @cython.nogil
    @cython.inline
    @cython.exceptval(255, check=True)
    @cython.boundscheck(False)  # noqa: FBT003 (Cython's own signature)
    def _ipv4(
        self,
        i: cython.int,
        at: cython.Py_ssize_t,
        end: cython.Py_ssize_t,
        wire_end: cython.Py_ssize_t,
        tunnels: cython.int,
    ) -> cython.uchar:
        header_bytes: cython.int
        total_bytes: cython.int
        if at + 20 > end:
            return _CUT_HEADER
        self._hold(at, 20)
        header_bytes = (self._in8(at) & 15) * 4
        total_bytes = self._in16(at + 2)
        if total_bytes == 0:  # segmentation offload leaves the length to the hardware
            total_bytes = cython.cast(cython.int, wire_end - at)
        if self._in8(at) >> 4 != 4 or header_bytes < 20 or total_bytes < header_bytes:
            return _MALFORMED
        if at + total_bytes < wire_end:
            wire_end = at + total_bytes
            if wire_end < end:
                end = wire_end
        self.v6[i] = 0
        self.address[i] = cython.cast(cython.int, at + 12)
        self.ends[4 * i] = self.ends[4 * i + 2] = 0
        self.ends[4 * i + 1] = self._in32(at + 12)
        self.ends[4 * i + 3] = self._in32(at + 16)
        if self._in16(at + 6) & 0x3FFF:
            return _FRAGMENT
        self.signature[i] = (cython.cast(cython.ulonglong, self._in16(at + 4)) << 16) | total_bytes
        return self._transport(i, self._in8(at + 9), at + header_bytes, end, wire_end, tunnels)

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
        tunnels: cython.int,
    ) -> cython.uchar:
        payload_bytes: cython.int
        following: cython.int
        word: cython.int
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
        for word in range(4):
            self.ends[4 * i + word] = (cython.cast(cython.ulonglong, self._be32(at + 8 + 8 * word)) << 32) | self._be32(
                at + 12 + 8 * word
            )
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
        return self._transport(i, following, at, end, wire_end, tunnels)

    @cython.cfunc
    @cython.nogil
    @cython.inline
    @cython.exceptval(255, check=True)
    @cython.boundscheck(False)  # noqa: FBT003 (Cython's own signature)
    def _transport(
        self,
        i: cython.int,
        protocol: cython.int,
        at: cython.Py_ssize_t,
        end: cython.Py_ssize_t,
        wire_end: cython.Py_ssize_t,
        tunnels: cython.int,
    ) -> cython.uchar:
        payload: cython.Py_ssize_t
        carried: cython.uchar
        port: cython.int
        seq: cython.longlong
        acknowledged: cython.longlong
        sign: cython.ulonglong
        if protocol == 6:
            if at + 20 > end:
                return _CUT_HEADER
            self._hold(at, 20)
            payload = at + (self._in8(at + 12) >> 4) * 4
            if payload < at + 20 or payload > wire_end:
                return _MALFORMED
            seq = self._in32(at + 4)
            self.seq[i] = cython.cast(cython.uint, seq)
            self.flags[i] = self._in8(at + 13)
            acknowledged = self._in32(at + 8)
            self.acknowledged[i] = cython.cast(cython.uint, acknowledged)
            sign = (cython.cast(cython.ulonglong, seq) << 32) | cython.cast(cython.ulonglong, acknowledged)
            sign ^= cython.cast(cython.ulonglong, self._in32(at + 13)) << 17  # flags, window, half the checksum
            sign ^= self._in8(at + 17)
        elif protocol == 17:
            if at + 8 > end:
                return _CUT_HEADER
            self._hold(at, 8)
            payload = at + 8
            if payload > wire_end:
                return _MALFORMED
            if 8 <= self._in16(at + 4) < wire_end - at:
                wire_end = at + self._in16(at + 4)
                if wire_end < end:
                    end = wire_end
            self.seq[i] = 0
            self.flags[i] = 0
            port = self._in16(at + 2)
            if self._in16(at) in (3544, 5072):
                port = self._in16(at)
            if port in (2152, 3544, 4754, 4789, 5072, 6081) and tunnels < _MAX_TUNNELS and not self._is_closed(i):
                carried = self._udp_tunnel(i, port, payload, end, wire_end, tunnels + 1)
                if carried != _NO_TUNNEL:
                    return carried
            sign = cython.cast(cython.ulonglong, self._in32(at + 4))
        else:
            return self._tunnel(i, protocol, at, end, wire_end, tunnels)
        self.ports[i] = cython.cast(cython.uint, self._in32(at))
        self.payload[i] = cython.cast(cython.int, payload)
        self.segment_bytes[i] = cython.cast(cython.int, wire_end - payload)
        if payload + 8 <= end:
            sign ^= cython.cast(cython.ulonglong, self._be32(payload)) << 24
            sign += cython.cast(cython.ulonglong, self._be32(end - 4))
        self.payload_bytes[i] = cython.cast(cython.int, end - payload) if payload < end else 0
        self.signature[i] = ((self.signature[i] * _SPREAD) & _MASK64) ^ (sign & _MASK64)
        return _TCP if protocol == 6 else _UDP

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(255, check=True)
    def _tunnel(
        self,
        i: cython.int,
        protocol: cython.int,
        at: cython.Py_ssize_t,
        end: cython.Py_ssize_t,
        wire_end: cython.Py_ssize_t,
        tunnels: cython.int,
    ) -> cython.uchar:
        """Decode what IP carries that is neither TCP nor UDP, if it is a tunnel."""
        if protocol == 103 and at + 9 <= end and self.data[at] == 0x21 and self.data[at + 8] >> 4 in (4, 6):
            # RFC 7761 section 4.9.3: a multicast packet on its way to where it is handed out
            if tunnels == _MAX_TUNNELS:
                return _ENCAPSULATED
            if self._is_closed(i):
                return _OTHER_IP
            return self._network(i, 0, at + 8, end, wire_end, tunnels + 1)
        if protocol in (4, 41, 47):
            if self._is_closed(i):
                return _OTHER_IP
            if tunnels == _MAX_TUNNELS:
                return _ENCAPSULATED
            if protocol == 47:
                return self._gre(i, at, end, wire_end, tunnels + 1)
            return self._network(i, 0x0800 if protocol == 4 else 0x86DD, at, end, wire_end, tunnels + 1)
        return _OTHER_IP
