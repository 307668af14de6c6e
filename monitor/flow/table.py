"""The flow table: every packet counted to its flow in one compiled pass, which also picks the payloads worth a look.

Open addressing over preallocated arrays, eight tags a bucket, so that a look-up touches one line of tags and a full
bucket gives up its least valuable flow: closed or idle first, then the longest silent one that no parser follows. Each
tag names the place of its flow; places are given out one after the other, so that few flows take little memory.
Rules: nothing here looks at payload; every wrap of an integer is written out, so that compiled and uncompiled code
give the same results; the results do not depend on how the capture was cut into batches.
"""

from __future__ import annotations

from array import array

import cython

from monitor.flow.areas import Areas
from monitor.flow.picks import (
    MARK_ASSET,
    MARK_LIBRARY_ONLY,
    MARK_NONE,
    MARK_WATCHED,
    PICK_ENDED,
    PICK_FIN,
    PICK_IDLE,
    PICK_JOINED,
    PICK_OPENED,
    PICK_ORIENTED,
    PICK_ORIGINATOR,
    PICK_RST,
    PICK_SIDE,
    PICK_START,
    TOTAL_BACKWARDS,
    TOTAL_BYTES,
    TOTAL_DUPLICATES,
    TOTAL_EVICTED,
    TOTAL_EXCLUDED,
    TOTAL_KINDS,
    TOTAL_ONE_SIDED,
    TOTAL_PACKETS,
    TOTAL_SPOKEN,
    TOTAL_TCP_FLOWS,
    TOTAL_TRUNCATED,
    TOTAL_UDP_FLOWS,
    TOTAL_UNSEEN,
    Opening,
)
from monitor.flow.shape import Load
from monitor.model.columns import Kind
from monitor.model.frames import NO_TIME, Frames
from monitor.model.memory import reserve

FLOW_SLOTS = 262_144
"""Flows known at a time: 300 busy patrons keep about 30,000 open; 34 MB when full. A power of two."""
DUPLICATE_SLOTS = 4_096
"""Packets remembered to recognise duplicates: 50 ms at line rate of 1 Gbit/s with common sizes. A power of two."""
DUPLICATE_WINDOW_NS = 50_000_000
UDP_IDLE_NS = 300 * 10**9
"""RFC 4787 REQ-5 recommends five minutes for a UDP mapping."""
TCP_IDLE_NS = 4 * 86_400 * 10**9
"""A self-check left connected over a long weekend is still the same flow."""
ACCOUNTS = 65_536
"""Sums of bytes that flows can count toward: a thousand cameras that talk to sixty hosts each. A power of two; 1 MB."""
MOST_UNSEEN = 1_048_576
"""Bytes that one jump of a sequence number may count as lost: what is forged or confused jumps by any number."""
CLOSED_LINGER_NS = 60 * 10**9
"""Late segments of a closed flow still belong to it: twice the segment lifetime that stacks use (RFC 9293 3.4.2)."""

_FIN = cython.declare(cython.int, 1)
_SYN = cython.declare(cython.int, 2)
_RST = cython.declare(cython.int, 4)
_ACK = cython.declare(cython.int, 16)

# State bits of a flow; those that belong to a side are shifted by it.
_LOOK = cython.declare(cython.ulonglong, 1)
_FOLLOWED = cython.declare(cython.ulonglong, 2)
_ORIENTED = cython.declare(cython.ulonglong, 4)
_OPENED_BY = cython.declare(cython.ulonglong, 8)
_RESET = cython.declare(cython.ulonglong, 16)
_SEEN = cython.declare(cython.ulonglong, 32)
_STARTED = cython.declare(cython.ulonglong, 128)
_FINISHED = cython.declare(cython.ulonglong, 512)
_SKIPPING = cython.declare(cython.ulonglong, 2048)
_SENT_FIRST = cython.declare(cython.ulonglong, 8192)
_EXCLUDED = cython.declare(cython.ulonglong, 16384)
_WATCHED = cython.declare(cython.ulonglong, 32768)
_TOLD = cython.declare(cython.ulonglong, 65536)
_JOINED = cython.declare(cython.ulonglong, 131072)
_TOLD_JOINED = cython.declare(cython.ulonglong, 262144)
_ACCOUNT_END = cython.declare(cython.int, 19)  # the bit that says whose bytes count
_ACCOUNT_SHIFT = cython.declare(cython.int, 20)  # up to 35
_ACCOUNT_BITS = cython.declare(cython.ulonglong, ACCOUNTS - 1)
_VLAN_SHIFT = cython.declare(cython.int, 48)

# Words of a flow's record.
_A_HIGH = cython.declare(cython.int, 0)
_A_LOW = cython.declare(cython.int, 1)
_B_HIGH = cython.declare(cython.int, 2)
_B_LOW = cython.declare(cython.int, 3)
_ENDS = cython.declare(cython.int, 4)
_SERIAL = cython.declare(cython.int, 5)
_LAST = cython.declare(cython.int, 6)
_STATE = cython.declare(cython.int, 7)
_PACKETS = cython.declare(cython.int, 8)
_BYTES = cython.declare(cython.int, 10)  # duplicates count once
_START = cython.declare(cython.int, 12)  # 32 bits a side
_SKIP = cython.declare(cython.int, 13)  # 32 bits a side
_FIRST = cython.declare(cython.int, 14)
_FRAME = cython.declare(cython.int, 15)  # 24 bits of interface, 40 of frame
_FRAME_BITS = cython.declare(cython.int, 40)
_WORDS = cython.declare(cython.int, 16)
_WAYS = cython.declare(cython.int, 8)
_PLACE = cython.declare(
    cython.ulonglong, 0xFFFFFF
)  # of a tag: 1 more than its flow's place, or 0 as long as it has none
_TAG = cython.declare(cython.ulonglong, 0xFFFFFFFFFF000000)  # 0 where there is no flow
_LEAST_TAG = cython.declare(cython.ulonglong, 0x1000000)

_TCP = cython.declare(cython.uchar, int(Kind.TCP))
_UDP = cython.declare(cython.uchar, int(Kind.UDP))
_OTHER_IP = cython.declare(cython.uchar, int(Kind.OTHER_IP))
_FRAGMENT = cython.declare(cython.uchar, int(Kind.FRAGMENT))
_MASK64 = cython.declare(cython.ulonglong, 0xFFFFFFFFFFFFFFFF)
_MASK32 = cython.declare(cython.ulonglong, 0xFFFFFFFF)
_FAR_BEHIND = cython.declare(
    cython.ulonglong, 1 << 30
)  # a skip is over, lest the numbers after 2^31 count as before it
_MAPPED = cython.declare(cython.ulonglong, 0xFFFF00000000)  # IPv4 inside IPv6, RFC 4291 2.5.5.2
_PICK_SIDE = cython.declare(cython.int, PICK_SIDE)
_PICK_ORIENTED = cython.declare(cython.int, PICK_ORIENTED)
_PICK_ORIGINATOR = cython.declare(cython.int, PICK_ORIGINATOR)
_PICK_START = cython.declare(cython.int, PICK_START)
_PICK_FIN = cython.declare(cython.int, PICK_FIN)
_PICK_RST = cython.declare(cython.int, PICK_RST)
_PICK_ENDED = cython.declare(cython.int, PICK_ENDED)
_PICK_IDLE = cython.declare(cython.int, PICK_IDLE)
_PICK_OPENED = cython.declare(cython.int, PICK_OPENED)
_PICK_JOINED = cython.declare(cython.int, PICK_JOINED)
_TOTAL_PACKETS = cython.declare(cython.int, TOTAL_PACKETS)
_TOTAL_BYTES = cython.declare(cython.int, TOTAL_BYTES)
_TOTAL_TRUNCATED = cython.declare(cython.int, TOTAL_TRUNCATED)
_TOTAL_DUPLICATES = cython.declare(cython.int, TOTAL_DUPLICATES)
_TOTAL_BACKWARDS = cython.declare(cython.int, TOTAL_BACKWARDS)
_TOTAL_TCP_FLOWS = cython.declare(cython.int, TOTAL_TCP_FLOWS)
_TOTAL_UDP_FLOWS = cython.declare(cython.int, TOTAL_UDP_FLOWS)
_TOTAL_ONE_SIDED = cython.declare(cython.int, TOTAL_ONE_SIDED)
_TOTAL_EVICTED = cython.declare(cython.int, TOTAL_EVICTED)
_TOTAL_EXCLUDED = cython.declare(cython.int, TOTAL_EXCLUDED)
_TOTAL_SPOKEN = cython.declare(cython.int, TOTAL_SPOKEN)
_TOTAL_UNSEEN = cython.declare(cython.int, TOTAL_UNSEEN)
_MOST_UNSEEN = cython.declare(cython.longlong, MOST_UNSEEN)
_KNOWN = cython.declare(cython.ulonglong, 1 << 32)
_HOLE_SHIFT = cython.declare(cython.int, 33)
_LARGEST_HOLE = cython.declare(cython.longlong, 0x7FFFFFFF)
_TOTAL_KINDS = cython.declare(cython.int, TOTAL_KINDS)
_KINDS = cython.declare(cython.int, int(Kind.UDP) + 1)
_NO_TIME = cython.declare(cython.longlong, NO_TIME)
_MARK_WATCHED = cython.declare(cython.int, MARK_WATCHED)
_MARK_NONE = cython.declare(cython.int, MARK_NONE)
_MARK_LIBRARY_ONLY = cython.declare(cython.int, MARK_LIBRARY_ONLY)
_MARK_ASSET = cython.declare(cython.int, MARK_ASSET)
_DUPLICATE_SLOTS = cython.declare(cython.ulonglong, DUPLICATE_SLOTS)
_DUPLICATE_WINDOW_NS = cython.declare(cython.ulonglong, DUPLICATE_WINDOW_NS)
_UDP_IDLE_NS = cython.declare(cython.ulonglong, UDP_IDLE_NS)
_TCP_IDLE_NS = cython.declare(cython.ulonglong, TCP_IDLE_NS)
_CLOSED_LINGER_NS = cython.declare(cython.ulonglong, CLOSED_LINGER_NS)


@cython.cfunc
@cython.nogil
@cython.inline
@cython.exceptval(check=False)
def _mix(value: cython.ulonglong) -> cython.ulonglong:
    value = (value ^ (value >> 32)) & _MASK64
    value = (value * cython.cast(cython.ulonglong, 0xD6E8FEB86659FD93)) & _MASK64
    return value ^ (value >> 32)


def _words(count: int) -> memoryview:
    """Zeroed 64 bit words that take no memory before they are used."""
    return memoryview(reserve(8 * count)).cast("Q")


@cython.final
@cython.cclass
class FlowTable:
    """Counts packets to flows. `run` a decoded batch, then read `picked` entries 0 to its result, in order."""

    tags: cython.ulonglong[::1]
    records: cython.ulonglong[::1]
    reached: cython.ulonglong[::1]
    twins: cython.ulonglong[::1]
    bucket_mask: cython.ulonglong
    places: cython.Py_ssize_t
    seed: cython.ulonglong
    look_tcp: cython.bint
    look_udp: cython.bint
    separate_vlans: cython.bint
    now_ns: cython.longlong
    serial: cython.ulonglong
    picks: cython.int

    caplens: cython.const[cython.int][::1]
    wirelens: cython.const[cython.int][::1]
    stamps: cython.const[cython.longlong][::1]
    numbers: cython.const[cython.longlong][::1]
    interfaces: cython.const[cython.int][::1]
    kind: cython.const[cython.uchar][::1]
    v6: cython.const[cython.uchar][::1]
    addresses: cython.const[cython.ulonglong][::1]
    ports: cython.const[cython.uint][::1]
    flags: cython.const[cython.uchar][::1]
    seq: cython.const[cython.uint][::1]
    segment_bytes: cython.const[cython.int][::1]
    acknowledged: cython.const[cython.uint][::1]
    vlan: cython.const[cython.int][::1]
    signature: cython.const[cython.ulonglong][::1]
    at_ns: cython.longlong[::1]
    pick_packet: cython.int[::1]
    pick_slot: cython.int[::1]
    pick_serial: cython.longlong[::1]
    pick_info: cython.int[::1]
    pick_start: cython.uint[::1]
    totals: cython.longlong[::1]
    accounts: cython.longlong[::1]
    area_high: cython.const[cython.ulonglong][::1]
    area_low: cython.const[cython.ulonglong][::1]
    area_marks: cython.const[cython.uchar][::1]
    area_count: cython.Py_ssize_t

    captures: object

    picked_packet = cython.declare(object, visibility="readonly")
    """Index of the packet in its batch."""
    picked_slot = cython.declare(object, visibility="readonly")
    """Place of its flow in the table, for `stop`, `follow` and `skip`."""
    picked_serial = cython.declare(object, visibility="readonly")
    """Number of its flow, from 1 in the order of their first packets."""
    picked_info = cython.declare(object, visibility="readonly")
    """``PICK_`` bits."""
    picked_start = cython.declare(object, visibility="readonly")
    """First sequence number of the side's payload, with `PICK_START`."""
    total = cython.declare(object, visibility="readonly")
    """Figures of the whole run, see ``TOTAL_``."""
    account_bytes = cython.declare(object, visibility="readonly")
    """On the wire, two by account: what the charged end sent, and what it got. Duplicates count once; account 0 is
    nobody's."""

    def __init__(
        self,
        *,
        slots: int = FLOW_SLOTS,
        look_tcp: bool = True,
        look_udp: bool = False,
        separate_vlans: bool = False,
        seed: int = 0,
    ) -> None:
        """Lay out the table.

        Args:
            slots: flows known at a time, a power of two from 8 to 2^23.
            look_tcp: whether new TCP flows are looked at before they are only counted.
            look_udp: the same for UDP.
            separate_vlans: whether the VLAN id is a part of a flow's identity (networks that overlap).
            seed: makes the places of flows unpredictable to whoever sends them; 0 gives a repeatable run.
        """
        self.tags = _words(slots)
        self.records = _words(slots * _WORDS)
        self.reached = _words(2 * slots)
        self.twins = _words(2 * DUPLICATE_SLOTS)
        self.bucket_mask = slots // _WAYS - 1
        self.places = 0
        self.seed = seed
        self.look_tcp = look_tcp
        self.look_udp = look_udp
        self.separate_vlans = separate_vlans
        self.now_ns = 0
        self.serial = 0
        self.picks = 0
        self.area_count = 0
        self.captures = ()
        self._make_picks(0)
        self.total = array("q", [0]) * (TOTAL_KINDS + len(Kind))
        self.totals = self.total
        self.account_bytes = memoryview(reserve(16 * ACCOUNTS)).cast("q")
        self.accounts = self.account_bytes

    @cython.cfunc
    def _make_picks(self, capacity: cython.int) -> cython.int:
        """Make room for the picks of a batch."""
        picks = 3 * capacity  # a packet may end one flow, open another, and carry something
        self.pick_packet = self.picked_packet = array("i", [0]) * picks
        self.pick_slot = self.picked_slot = array("i", [0]) * picks
        self.pick_serial = self.picked_serial = array("q", [0]) * picks
        self.pick_info = self.picked_info = array("i", [0]) * picks
        self.pick_start = self.picked_start = array("I", [0]) * picks
        return 0

    def mark(self, areas: Areas) -> None:
        """Treat flows that begin from here on as what their ends are marked with asks for."""
        self.area_high, self.area_low, self.area_marks = areas.high, areas.low, areas.marks
        self.area_count = len(areas.marks)

    def review(self) -> list[int]:
        """Treat the flows that are known already as `mark` now asks for, from their next packet on.

        Returns:
            numbers of those that were looked at and are not to be any more, or the other way round: they are forgotten,
            and what comes of them begins a new flow.
        """
        way: cython.Py_ssize_t
        record: cython.Py_ssize_t
        state: cython.ulonglong
        mapped: cython.ulonglong
        forgotten = []
        for way in range(_WAYS * (cython.cast(cython.Py_ssize_t, self.bucket_mask) + 1)):
            if self.tags[way] & _TAG == 0:
                continue
            record = (cython.cast(cython.Py_ssize_t, self.tags[way] & _PLACE) - 1) * _WORDS
            mapped = 0 if self.records[record + _ENDS] >> 33 & 1 else _MAPPED
            state = 0
            if self.area_count:
                state = self._state_of(
                    self._marks_of(self.records[record + _A_HIGH], self.records[record + _A_LOW] | mapped),
                    self._marks_of(self.records[record + _B_HIGH], self.records[record + _B_LOW] | mapped),
                )
            if (self.records[record + _STATE] ^ state) & _EXCLUDED:
                forgotten.append(int(self.records[record + _SERIAL]))
                self.tags[way] &= _PLACE
                self.records[record + _SERIAL] = 0
            else:
                self.records[record + _STATE] = (self.records[record + _STATE] & (_MASK64 ^ _WATCHED)) | state
        return forgotten

    def now(self) -> int:
        """Trace time of the latest packet, nanoseconds since 1970 UTC; it never runs back."""
        return self.now_ns

    def stop(self, slot: cython.Py_ssize_t, serial: cython.ulonglong) -> None:
        """Only count this flow from here on."""
        if self.records[slot * _WORDS + _SERIAL] == serial:
            self.records[slot * _WORDS + _STATE] &= _MASK64 ^ (_LOOK | _FOLLOWED)

    def follow(self, slot: cython.Py_ssize_t, serial: cython.ulonglong) -> None:
        """A parser took this flow: a flood of new flows shall not push it out."""
        if self.records[slot * _WORDS + _SERIAL] == serial:
            self.records[slot * _WORDS + _STATE] |= _FOLLOWED

    def skip(
        self, slot: cython.Py_ssize_t, serial: cython.ulonglong, side: cython.int, until: cython.ulonglong
    ) -> None:
        """Pick no segment of this side that ends at or before sequence number `until` (at most 2^31 - 1 ahead)."""
        record: cython.Py_ssize_t = slot * _WORDS
        if self.records[record + _SERIAL] == serial:
            self.records[record + _SKIP] = (self.records[record + _SKIP] & (_MASK32 << (32 - 32 * side))) | (
                until << (32 * side)
            )
            self.records[record + _STATE] |= _SKIPPING << side

    def charge(self, slot: int, serial: int, end: int, account: int) -> None:
        """Count what an end of this flow sends and gets toward an account, with what was before if it had none.

        A flow that is gone from the table counts for nobody.
        """
        record: cython.Py_ssize_t = cython.cast(cython.Py_ssize_t, slot) * _WORDS
        state: cython.ulonglong
        if self.records[record + _SERIAL] != serial:
            return
        state = self.records[record + _STATE]
        if not (state >> _ACCOUNT_SHIFT) & _ACCOUNT_BITS:
            self.accounts[2 * account] += cython.cast(cython.longlong, self.records[record + _BYTES + end])
            self.accounts[2 * account + 1] += cython.cast(cython.longlong, self.records[record + _BYTES + 1 - end])
        state &= _MASK64 ^ ((_ACCOUNT_BITS << _ACCOUNT_SHIFT) | (cython.cast(cython.ulonglong, 1) << _ACCOUNT_END))
        state |= cython.cast(cython.ulonglong, account) << _ACCOUNT_SHIFT
        state |= cython.cast(cython.ulonglong, end) << _ACCOUNT_END
        self.records[record + _STATE] = state

    def heard_ns(self, slot: int, serial: int) -> int:
        """When the last packet of a flow came, nanoseconds since 1970 UTC; 0 if it is gone from the table."""
        record: cython.Py_ssize_t = cython.cast(cython.Py_ssize_t, slot) * _WORDS
        return int(self.records[record + _LAST]) if self.records[record + _SERIAL] == serial else 0

    def watch(self, address: bytes) -> list[Opening]:
        """Watch the flows that are known already of an address of 4 or 16 bytes, but for those that are excluded.

        Returns:
            how each of them began that was not watched before, in the order in which they did.
        """
        size: cython.int = len(address)
        high: cython.ulonglong = int.from_bytes(address) >> 64
        low: cython.ulonglong = int.from_bytes(address) & 0xFFFFFFFFFFFFFFFF
        v6: cython.ulonglong = 1 if size == 16 else 0
        slot: cython.Py_ssize_t
        record: cython.Py_ssize_t
        state: cython.ulonglong
        found = []
        for slot in range(self.places):
            record = slot * _WORDS
            if self.records[record + _SERIAL] == 0 or (self.records[record + _ENDS] >> 33) & 1 != v6:
                continue
            state = self.records[record + _STATE]
            if state & (_EXCLUDED | _WATCHED):
                continue
            if (self.records[record + _A_LOW] == low and self.records[record + _A_HIGH] == high) or (
                self.records[record + _B_LOW] == low and self.records[record + _B_HIGH] == high
            ):
                self.records[record + _STATE] |= _WATCHED | _TOLD | (_TOLD_JOINED if state & _JOINED else 0)
                found.append(self._opening(slot, size))
        return sorted(found)

    def ends(self, first: int, behind: int, since_ns: int) -> list[tuple[bytes, int, bool, bytes, int, bool]]:
        """The ends of flows with a packet after `since_ns`, in the slots from `first` up to `behind`.

        Returns:
            of each flow, for either end: its address, its port, and whether it shows: it has sent, or the flow is a TCP
            connection. Nothing of flows that are excluded.
        """
        slot: cython.Py_ssize_t
        record: cython.Py_ssize_t
        state: cython.ulonglong
        words: cython.ulonglong
        since: cython.ulonglong = since_ns
        found = []
        for slot in range(first, min(cython.cast(cython.Py_ssize_t, behind), self.places)):
            record = slot * _WORDS
            state = self.records[record + _STATE]
            if self.records[record + _SERIAL] == 0 or self.records[record + _LAST] <= since or state & _EXCLUDED:
                continue
            words = self.records[record + _ENDS]
            if not words >> 32 & 1 and state & _JOINED:
                state |= 3 * _SEEN
            opening = self._opening(slot, 16 if words >> 33 & 1 else 4)
            (one, other), (one_port, other_port) = opening.addresses, opening.ports
            found.append((one, one_port, bool(state & _SEEN), other, other_port, bool(state & (_SEEN << 1))))
        return found

    def loads(self, least_bytes: int) -> list[Load]:
        """What the ends of flows sent that sent at least as many bytes; nothing of flows that are excluded."""
        slot: cython.Py_ssize_t
        record: cython.Py_ssize_t
        side: cython.int
        least: cython.ulonglong = least_bytes
        found = []
        for slot in range(self.places):
            record = slot * _WORDS
            if self.records[record + _SERIAL] == 0 or self.records[record + _STATE] & _EXCLUDED:
                continue
            for side in range(2):
                if self.records[record + _BYTES + side] >= least:
                    opening = self._opening(slot, 16 if self.records[record + _ENDS] >> 33 & 1 else 4)
                    found.append(
                        Load(
                            opening.addresses[side],
                            int(self.records[record + _BYTES + side]),
                            int(self.records[record + _PACKETS + side]),
                            int(self.records[record + _BYTES + 1 - side]),
                            int(self.records[record + _LAST] - self.records[record + _FIRST]),
                        )
                    )
        return found

    def _opening(self, slot: cython.Py_ssize_t, size: cython.int) -> Opening:
        record: cython.Py_ssize_t = slot * _WORDS
        state: cython.ulonglong = self.records[record + _STATE]
        ends: cython.ulonglong = self.records[record + _ENDS]
        place: cython.ulonglong = self.records[record + _FRAME]
        vlan: cython.ulonglong = state >> _VLAN_SHIFT
        words = [int(self.records[record + _A_HIGH + word]) for word in range(4)]
        return Opening(
            serial=int(self.records[record + _SERIAL]),
            udp=bool((ends >> 32) & 1),
            addresses=(
                (words[0] << 64 | words[1]).to_bytes(size),
                (words[2] << 64 | words[3]).to_bytes(size),
            ),
            ports=(int((ends >> 16) & 0xFFFF), int(ends & 0xFFFF)),
            sender=1 if state & _SENT_FIRST else 0,
            opened_by=None if not state & _ORIENTED else 1 if state & _OPENED_BY else 0,
            joined=bool(state & _JOINED),
            at_ns=int(self.records[record + _FIRST]),
            capture=self.captures[int(place >> _FRAME_BITS)],
            frame=int(place & ((cython.cast(cython.ulonglong, 1) << _FRAME_BITS) - 1)),
            vlan=-1 if vlan == 0xFFFF else int(vlan),
            slot=slot,
        )

    def bars(self, frames: Frames, packet: int) -> bool:
        """Whether a packet of a decoded batch that belongs to no flow is between ends that are not to be looked at."""
        columns = frames.columns
        self.v6, self.addresses = columns.v6, columns.ends
        return self.area_count > 0 and self._is_excluded(packet) != 0

    def run(self, frames: Frames, first: cython.int = 0, behind: cython.int = -1) -> cython.int:
        """Count the packets of a decoded batch from `first` up to `behind`, or all.

        Returns:
            how many packets and endings were picked.
        """
        columns = frames.columns
        if 3 * frames.capacity > len(self.pick_packet):
            self._make_picks(frames.capacity)
        self.captures = frames.captures
        self.kind, self.v6, self.addresses, self.ports = columns.kind, columns.v6, columns.ends, columns.ports
        self.flags, self.seq, self.vlan, self.signature = columns.flags, columns.seq, columns.vlan, columns.signature
        self.segment_bytes, self.at_ns, self.acknowledged = columns.segment_bytes, columns.at_ns, columns.acknowledged
        self.caplens, self.wirelens, self.stamps = frames.caplen, frames.wirelen, frames.ts_ns
        self.numbers, self.interfaces = frames.number, frames.interface
        if behind < 0:
            behind = frames.count
        self.picks = 0
        with cython.nogil:
            self._count(first, behind)
        return self.picks

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(-1, check=True)
    @cython.boundscheck(False)  # noqa: FBT003 (Cython's own signature)
    def _count(self, first: cython.Py_ssize_t, behind: cython.Py_ssize_t) -> cython.int:
        """Count packets. All columns are held against the last of them here; places are, where they are found."""
        i: cython.Py_ssize_t
        seat: cython.Py_ssize_t
        record: cython.Py_ssize_t
        kind: cython.uchar
        stamp: cython.longlong
        now_ns: cython.longlong = self.now_ns
        side: cython.int
        flags: cython.int
        state: cython.ulonglong
        info: cython.int
        size: cython.longlong
        wire_bytes: cython.longlong = 0
        truncated: cython.longlong = 0
        duplicates: cython.longlong = 0

        if first < 0 or behind > min(
            len(self.stamps),
            len(self.at_ns),
            len(self.wirelens),
            len(self.caplens),
            len(self.kind),
            len(self.v6),
            len(self.addresses) // 4,
            len(self.ports),
            len(self.flags),
            len(self.seq),
            len(self.vlan),
            len(self.acknowledged),
            len(self.segment_bytes),
            len(self.signature),
        ):
            raise IndexError
        self.totals[_TOTAL_PACKETS] += behind - first
        for i in range(first, behind):
            stamp = self.stamps[i]
            if stamp >= now_ns:
                self.now_ns = now_ns = stamp
            elif stamp != _NO_TIME:
                self.totals[_TOTAL_BACKWARDS] += 1
            self.at_ns[i] = now_ns
            size = self.wirelens[i]
            wire_bytes += size
            if self.caplens[i] < size:
                truncated += 1
            kind = self.kind[i]
            if kind >= _KINDS:
                raise IndexError
            self.totals[_TOTAL_KINDS + kind] += 1
            if kind != _TCP and kind != _UDP:
                if self.area_count and kind in (_OTHER_IP, _FRAGMENT) and self._is_excluded(i):
                    self.totals[_TOTAL_EXCLUDED] += 1
                continue

            flags = self.flags[i]
            seat = self._place(i, kind, flags)
            side = seat & 1
            record = (seat >> 1) * _WORDS
            state = self.records[record + _STATE]
            self.records[record + _LAST] = cython.cast(cython.ulonglong, now_ns)
            self.records[record + _PACKETS + side] += 1
            if not state & (_SEEN << side):
                self._meet(i, record, side)
                state = self.records[record + _STATE]
            if flags & (_SYN | _FIN | _RST):
                self._turn(i, record, side)
                state = self.records[record + _STATE]
            if flags & (_SYN | _RST) == 0:
                state |= _JOINED
            self.records[record + _STATE] = state

            if state & (_EXCLUDED | _WATCHED):
                if state & _EXCLUDED:
                    self.totals[_TOTAL_EXCLUDED] += 1
                    continue
                self._tell(i, seat >> 1, side)
            if self._is_duplicate(i, record, side):
                duplicates += 1
                continue
            if kind == _TCP and not self._is_next(i, seat, flags):
                self._weigh(i, seat, flags)
            self.records[record + _BYTES + side] += cython.cast(cython.ulonglong, size)
            if state & _WATCHED:
                self._charge(record, side, size)
            if not state & _LOOK:
                continue
            if not flags & (_FIN | _RST) and (
                self.segment_bytes[i] == 0 or (state & (_SKIPPING << side) and self._is_skipped(i, record, side))
            ):
                continue
            info = side | self._orientation(state)
            if state & (_STARTED << side):
                info |= _PICK_START
            if flags & _FIN:
                info |= _PICK_FIN
            if flags & _RST:
                info |= _PICK_RST
            self._pick(i, seat >> 1, info, (self.records[record + _START] >> (32 * side)) & _MASK32)
        self.totals[_TOTAL_BYTES] += wire_bytes
        self.totals[_TOTAL_TRUNCATED] += truncated
        self.totals[_TOTAL_DUPLICATES] += duplicates
        return 0

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(-1, check=True)
    def _meet(self, i: cython.Py_ssize_t, record: cython.Py_ssize_t, side: cython.int) -> cython.int:
        """Note a side's first packet."""
        state: cython.ulonglong = self.records[record + _STATE]
        if not state & (_SEEN << (1 - side)):
            state |= cython.cast(cython.ulonglong, self.vlan[i] & 0xFFFF) << _VLAN_SHIFT
            if side:
                state |= _SENT_FIRST
            self.records[record + _FIRST] = cython.cast(cython.ulonglong, self.now_ns)
            self.records[record + _FRAME] = (
                cython.cast(cython.ulonglong, self.interfaces[i]) << _FRAME_BITS
            ) | cython.cast(cython.ulonglong, self.numbers[i])
        elif self.kind[i] == _TCP and not state & _EXCLUDED:
            self.totals[_TOTAL_ONE_SIDED] -= 1
        self.records[record + _STATE] = state | (_SEEN << side)
        return 0

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(-1, check=True)
    def _turn(self, i: cython.Py_ssize_t, record: cython.Py_ssize_t, side: cython.int) -> cython.int:
        """Note that a side begins or ends."""
        flags: cython.int = self.flags[i]
        state: cython.ulonglong = self.records[record + _STATE]
        if flags & _SYN:
            if not state & _ORIENTED:
                state |= _ORIENTED
                if (side == 1) != (flags & _ACK != 0):
                    state |= _OPENED_BY
            if not state & (_STARTED << side):
                state |= _STARTED << side
                self.records[record + _START] |= ((cython.cast(cython.ulonglong, self.seq[i]) + 1) & _MASK32) << (
                    32 * side
                )
        if flags & _RST:
            state |= _RESET
        if flags & _FIN:
            state |= _FINISHED << side
        self.records[record + _STATE] = state
        return 0

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(-1, check=True)
    def _charge(self, record: cython.Py_ssize_t, side: cython.int, size: cython.longlong) -> cython.int:
        """Count a packet toward its flow's account."""
        state: cython.ulonglong = self.records[record + _STATE]
        self.accounts[((state >> _ACCOUNT_SHIFT) & _ACCOUNT_BITS) << 1 | ((state >> _ACCOUNT_END & 1) ^ side)] += size
        return 0

    @cython.cfunc
    @cython.nogil
    @cython.inline
    @cython.exceptval(-1, check=True)
    @cython.boundscheck(False)  # noqa: FBT003 (Cython's own signature)
    def _pick(
        self, packet: cython.Py_ssize_t, slot: cython.Py_ssize_t, info: cython.int, start: cython.ulonglong
    ) -> cython.int:
        if self.picks >= len(self.pick_packet):  # one check for all five, which are made together
            raise IndexError
        self.pick_packet[self.picks] = cython.cast(cython.int, packet)
        self.pick_slot[self.picks] = cython.cast(cython.int, slot)
        self.pick_serial[self.picks] = cython.cast(cython.longlong, self.records[slot * _WORDS + _SERIAL])
        self.pick_info[self.picks] = info
        self.pick_start[self.picks] = cython.cast(cython.uint, start)
        self.picks += 1
        return 0

    @cython.cfunc
    @cython.nogil
    @cython.inline
    @cython.exceptval(check=False)
    def _orientation(self, state: cython.ulonglong) -> cython.int:
        """Who opened a flow, as bits of a pick."""
        if not state & _ORIENTED:
            return 0
        return _PICK_ORIENTED | _PICK_ORIGINATOR if state & _OPENED_BY else _PICK_ORIENTED

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(-1, check=True)
    def _tell(self, i: cython.Py_ssize_t, slot: cython.Py_ssize_t, side: cython.int) -> cython.int:
        """Pick a packet of a watched flow that is its first, or the first that does more than try to connect."""
        at: cython.Py_ssize_t = slot * _WORDS + _STATE
        state: cython.ulonglong = self.records[at]
        info: cython.int = 0
        if not state & _TOLD:
            info = _PICK_OPENED
            state |= _TOLD
        if state & _JOINED and not state & _TOLD_JOINED:
            info |= _PICK_JOINED
            state |= _TOLD_JOINED
        if info:
            self.records[at] = state
            self._pick(i, slot, side | info | self._orientation(state), 0)
        return 0

    @cython.cfunc
    @cython.nogil
    @cython.inline
    @cython.exceptval(-1, check=True)
    @cython.boundscheck(False)  # noqa: FBT003 (Cython's own signature)
    def _is_next(self, i: cython.Py_ssize_t, seat: cython.Py_ssize_t, flags: cython.int) -> cython.int:
        """What `_weigh` does, where a packet goes on where its end was and acknowledges what was seen, as most do.

        Returns:
            0 for any other packet, which is to be weighed.
        """
        seq: cython.ulonglong = self.seq[i]
        size: cython.longlong = self.segment_bytes[i]
        known: cython.ulonglong = self.reached[seat]
        other: cython.ulonglong = self.reached[seat ^ 1]
        ahead: cython.ulonglong
        if flags & (_SYN | _RST) or known & (_KNOWN | _MASK32) != _KNOWN | seq or not other & _KNOWN:
            return 0
        if flags & _ACK:
            ahead = (self.acknowledged[i] + _MASK32 + 1 - (other & _MASK32)) & _MASK32
            if 0 < ahead <= 0x7FFFFFFF:
                return 0
        seq = (seq + cython.cast(cython.ulonglong, size + (flags & _FIN))) & _MASK32
        self.reached[seat] = known & (_MASK64 ^ _MASK32) | seq
        self.totals[_TOTAL_SPOKEN] += size
        return 1

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(-1, check=True)
    def _weigh(self, i: cython.Py_ssize_t, seat: cython.Py_ssize_t, flags: cython.int) -> cython.int:
        """Hold what a TCP packet carries, and what it acknowledges, against what was seen of both ends.

        Of each end is kept how far it is known to have come, and what is missing before that. A packet that comes late
        fills what it was missed for; nothing is said of an end that was never seen.
        """
        seq: cython.ulonglong = self.seq[i]
        size: cython.longlong = self.segment_bytes[i]
        known: cython.ulonglong = self.reached[seat]
        other: cython.ulonglong = self.reached[seat ^ 1]
        ahead: cython.longlong
        late: cython.longlong
        hole: cython.longlong
        if flags & _SYN:
            seq += 1
        if not known & _KNOWN or not other & _KNOWN or flags & (_SYN | _RST):
            if not flags & _RST:
                self.reached[seat] = _KNOWN | ((seq + cython.cast(cython.ulonglong, size)) & _MASK32)
            return 0
        ahead = cython.cast(cython.longlong, (seq + _MASK32 + 1 - (known & _MASK32)) & _MASK32)
        hole = cython.cast(cython.longlong, known >> _HOLE_SHIFT)
        if ahead <= 0x7FFFFFFF:
            self.totals[_TOTAL_UNSEEN] += min(ahead, _MOST_UNSEEN)
            hole = min(hole + min(ahead, _MOST_UNSEEN), _LARGEST_HOLE)
            self.totals[_TOTAL_SPOKEN] += size
            ahead += size + (flags & _FIN)
        else:
            ahead -= cython.cast(cython.longlong, _MASK32) + 1  # it begins so far behind what was known
            late = min(size, -ahead, hole)
            hole -= late
            self.totals[_TOTAL_UNSEEN] -= late
            self.totals[_TOTAL_SPOKEN] += late + max(0, size + ahead)
            ahead = max(0, size + ahead)
        self.reached[seat] = (
            _KNOWN
            | (cython.cast(cython.ulonglong, hole) << _HOLE_SHIFT)
            | (((known & _MASK32) + cython.cast(cython.ulonglong, ahead)) & _MASK32)
        )
        if flags & _ACK:
            ahead = cython.cast(
                cython.longlong,
                (cython.cast(cython.ulonglong, self.acknowledged[i]) + _MASK32 + 1 - (other & _MASK32)) & _MASK32,
            )
            if 0 < ahead <= 0x7FFFFFFF:
                hole = cython.cast(cython.longlong, other >> _HOLE_SHIFT)
                self.totals[_TOTAL_UNSEEN] += min(ahead, _MOST_UNSEEN)
                hole = min(hole + min(ahead, _MOST_UNSEEN), _LARGEST_HOLE)
                self.reached[seat ^ 1] = (
                    _KNOWN
                    | (cython.cast(cython.ulonglong, hole) << _HOLE_SHIFT)
                    | cython.cast(cython.ulonglong, self.acknowledged[i])
                )
        return 0

    @cython.cfunc
    @cython.nogil
    @cython.inline
    @cython.exceptval(-1, check=True)
    def _is_skipped(self, i: cython.Py_ssize_t, record: cython.Py_ssize_t, side: cython.int) -> cython.int:
        ahead: cython.ulonglong = (
            cython.cast(cython.ulonglong, self.seq[i])
            + cython.cast(cython.ulonglong, self.segment_bytes[i])
            + (_MASK32 + 1)
            - ((self.records[record + _SKIP] >> (32 * side)) & _MASK32)
        ) & _MASK32
        if ahead == 0 or ahead > 0x7FFFFFFF:
            return 1
        if ahead > _FAR_BEHIND:
            self.records[record + _STATE] &= _MASK64 ^ (_SKIPPING << side)
        return 0

    @cython.cfunc
    @cython.nogil
    @cython.inline
    @cython.exceptval(-1, check=True)
    @cython.boundscheck(False)  # noqa: FBT003 (Cython's own signature)
    def _is_duplicate(self, i: cython.Py_ssize_t, record: cython.Py_ssize_t, side: cython.int) -> cython.int:
        mark: cython.ulonglong = _mix(
            (_mix(self.signature[i]) + (self.records[record + _SERIAL] << 1) + side) & _MASK64
        )
        twin: cython.Py_ssize_t = cython.cast(cython.Py_ssize_t, mark & (_DUPLICATE_SLOTS - 1)) * 2
        now: cython.ulonglong = cython.cast(cython.ulonglong, self.now_ns)
        if twin + 1 >= len(self.twins):
            raise IndexError
        if self.twins[twin] == mark and now - self.twins[twin + 1] <= _DUPLICATE_WINDOW_NS:
            return 1
        self.twins[twin] = mark
        self.twins[twin + 1] = now
        return 0

    @cython.cfunc
    @cython.nogil
    @cython.inline
    @cython.exceptval(-1, check=True)
    def _is_over(self, record: cython.Py_ssize_t) -> cython.int:
        """Whether a flow has ended: idle, or closed for longer than late segments take."""
        silent_ns: cython.ulonglong = cython.cast(cython.ulonglong, self.now_ns) - self.records[record + _LAST]
        state: cython.ulonglong
        if silent_ns <= _CLOSED_LINGER_NS:  # the shortest of the three: almost every packet ends here
            return 0
        state = self.records[record + _STATE]
        if state & _RESET or state & (3 * _FINISHED) == 3 * _FINISHED:
            return 1
        return silent_ns > (_UDP_IDLE_NS if self.records[record + _ENDS] >> 32 & 1 else _TCP_IDLE_NS)

    @cython.cfunc
    @cython.nogil
    @cython.inline
    @cython.exceptval(-1, check=True)
    def _is_reopened(self, record: cython.Py_ssize_t, i: cython.Py_ssize_t, side: cython.int) -> cython.int:
        """Whether a SYN opens a new flow between the same ends."""
        state: cython.ulonglong = self.records[record + _STATE]
        if state & (_RESET | 3 * _FINISHED):
            return 1
        if not state & (_STARTED << side):
            return not self.flags[i] & _ACK and state & (3 * _SEEN) != 0 and not state & (3 * _STARTED)
        return ((self.records[record + _START] >> (32 * side)) & _MASK32) != (
            (cython.cast(cython.ulonglong, self.seq[i]) + 1) & _MASK32
        )

    @cython.cfunc
    @cython.nogil
    @cython.inline
    @cython.exceptval(-1, check=True)
    @cython.boundscheck(False)  # noqa: FBT003 (Cython's own signature)
    def _place(self, i: cython.Py_ssize_t, kind: cython.uchar, flags: cython.int) -> cython.Py_ssize_t:
        """Find or make the flow of a packet; returns twice its place, and 1 more if the second of its ends sent it."""
        a_high: cython.ulonglong = self.addresses[4 * i]
        a_low: cython.ulonglong = self.addresses[4 * i + 1]
        b_high: cython.ulonglong = self.addresses[4 * i + 2]
        b_low: cython.ulonglong = self.addresses[4 * i + 3]
        ends: cython.ulonglong = self.ports[i]
        tag: cython.ulonglong
        bucket: cython.Py_ssize_t
        way: cython.Py_ssize_t
        place: cython.Py_ssize_t
        record: cython.Py_ssize_t
        side: cython.int

        if a_high != b_high:
            side = a_high > b_high
        elif a_low != b_low:
            side = a_low > b_low
        else:
            side = ends >> 16 > ends & 0xFFFF
        if side:
            a_high, b_high = b_high, a_high
            a_low, b_low = b_low, a_low
            ends = (ends >> 16) | ((ends & 0xFFFF) << 16)
        if kind == _UDP:
            ends |= cython.cast(cython.ulonglong, 1) << 32
        if self.v6[i]:
            ends |= cython.cast(cython.ulonglong, 1) << 33
        if self.separate_vlans:
            ends |= cython.cast(cython.ulonglong, self.vlan[i] & 0xFFFF) << 34
        tag = _mix(a_low ^ self.seed)
        tag = _mix((tag + b_low) & _MASK64)
        tag = _mix((tag + ends) & _MASK64)
        if self.v6[i]:
            tag = _mix(_mix((tag + a_high) & _MASK64) ^ b_high)
        bucket = cython.cast(cython.Py_ssize_t, tag & self.bucket_mask) * _WAYS
        tag &= _TAG
        if tag == 0:
            tag = _LEAST_TAG
        if len(self.tags) < bucket + _WAYS:
            raise IndexError
        for way in range(bucket, bucket + _WAYS):
            if self.tags[way] & _TAG != tag:
                continue
            place = cython.cast(cython.Py_ssize_t, self.tags[way] & _PLACE) - 1
            self._hold(place)
            record = place * _WORDS
            if (
                self.records[record + _ENDS] == ends
                and self.records[record + _A_LOW] == a_low
                and self.records[record + _B_LOW] == b_low
                and self.records[record + _A_HIGH] == a_high
                and self.records[record + _B_HIGH] == b_high
            ):
                if not self._is_over(record) and not (flags & _SYN and self._is_reopened(record, i, side)):
                    return 2 * place + side
                self._end(place, _PICK_ENDED | _PICK_IDLE)
                break
        else:
            way = bucket + self._make_room(bucket)
            place = cython.cast(cython.Py_ssize_t, self.tags[way] & _PLACE) - 1
            if place < 0:
                place = self.places
                self.places += 1
            self._hold(place)
        self.tags[way] = tag | cython.cast(cython.ulonglong, place + 1)
        record = place * _WORDS
        self.records[record + _A_HIGH] = a_high
        self.records[record + _A_LOW] = a_low
        self.records[record + _B_HIGH] = b_high
        self.records[record + _B_LOW] = b_low
        self.records[record + _ENDS] = ends
        self._begin(i, place, kind)
        return 2 * place + side

    @cython.cfunc
    @cython.nogil
    @cython.inline
    @cython.exceptval(-1, check=True)
    def _hold(self, place: cython.Py_ssize_t) -> cython.int:
        """Hold a place against what is kept of each: one check for all that is looked at of a flow."""
        if place < 0 or len(self.records) < (place + 1) * _WORDS or len(self.reached) < 2 * (place + 1):
            raise IndexError
        return 0

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(-1, check=True)
    def _begin(self, i: cython.Py_ssize_t, slot: cython.Py_ssize_t, kind: cython.uchar) -> cython.int:
        """Begin a flow, whose ends lie in its record."""
        record: cython.Py_ssize_t = slot * _WORDS
        word: cython.int
        mapped: cython.ulonglong
        self.serial += 1
        self.records[record + _SERIAL] = self.serial
        for word in range(_STATE, _WORDS):
            self.records[record + word] = 0
        self.reached[2 * slot] = self.reached[2 * slot + 1] = 0
        if self.area_count:
            mapped = 0 if self.v6[i] else _MAPPED
            self.records[record + _STATE] = self._state_of(
                self._marks_of(self.records[record + _A_HIGH], self.records[record + _A_LOW] | mapped),
                self._marks_of(self.records[record + _B_HIGH], self.records[record + _B_LOW] | mapped),
            )
            if self.records[record + _STATE] & _EXCLUDED:
                return 0
        if kind == _UDP:
            self.totals[_TOTAL_UDP_FLOWS] += 1
            if self.look_udp:
                self.records[record + _STATE] |= _LOOK
        else:
            self.totals[_TOTAL_TCP_FLOWS] += 1
            self.totals[_TOTAL_ONE_SIDED] += 1
            if self.look_tcp:
                self.records[record + _STATE] |= _LOOK
        return 0

    @cython.cfunc
    @cython.nogil
    @cython.inline
    @cython.exceptval(-1, check=True)
    def _marks_of(self, high: cython.ulonglong, low: cython.ulonglong) -> cython.int:
        """What an address is marked with: the marks of the last area that begins at or before it."""
        first: cython.Py_ssize_t = 0
        behind: cython.Py_ssize_t = self.area_count
        middle: cython.Py_ssize_t
        while first < behind:
            middle = (first + behind) >> 1
            if self.area_high[middle] < high or (self.area_high[middle] == high and self.area_low[middle] <= low):
                first = middle + 1
            else:
                behind = middle
        return self.area_marks[first - 1]

    @cython.cfunc
    @cython.nogil
    @cython.inline
    @cython.exceptval(check=False)
    def _state_of(self, one: cython.int, other: cython.int) -> cython.ulonglong:
        """What a flow begins with between two ends with these marks: excluded goes before watched."""
        both: cython.int = one | other
        if both & _MARK_NONE or (both & _MARK_LIBRARY_ONLY and not both & _MARK_ASSET):
            return _EXCLUDED
        return _WATCHED if both & _MARK_WATCHED else 0

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(-1, check=True)
    def _is_excluded(self, i: cython.Py_ssize_t) -> cython.int:
        """Whether a packet that belongs to no flow is between ends that are not to be looked at."""
        mapped: cython.ulonglong = 0 if self.v6[i] else _MAPPED
        state: cython.ulonglong = self._state_of(
            self._marks_of(self.addresses[4 * i], self.addresses[4 * i + 1] | mapped),
            self._marks_of(self.addresses[4 * i + 2], self.addresses[4 * i + 3] | mapped),
        )
        return 1 if state & _EXCLUDED else 0

    @cython.cfunc
    @cython.nogil
    @cython.inline
    @cython.exceptval(-1, check=True)
    def _make_room(self, bucket: cython.Py_ssize_t) -> cython.int:
        """The way of a bucket that is free, or over, or worth least; whatever was there is ended."""
        way: cython.int
        place: cython.Py_ssize_t
        choice: cython.int = -1
        followed: cython.ulonglong
        choice_followed: cython.ulonglong = 0
        record: cython.Py_ssize_t
        chosen: cython.Py_ssize_t = 0
        for way in range(_WAYS):
            if self.tags[bucket + way] & _TAG == 0:
                return way
            place = cython.cast(cython.Py_ssize_t, self.tags[bucket + way] & _PLACE) - 1
            record = place * _WORDS
            if self._is_over(record):
                self._end(place, _PICK_ENDED | _PICK_IDLE)
                return way
            followed = self.records[record + _STATE] & _FOLLOWED
            if (
                choice < 0
                or followed < choice_followed
                or (followed == choice_followed and self.records[record + _LAST] < self.records[chosen + _LAST])
            ):
                choice = way
                choice_followed = followed
                chosen = record
        self.totals[_TOTAL_EVICTED] += 1
        self._end(chosen // _WORDS, _PICK_ENDED)
        return choice

    @cython.cfunc
    @cython.nogil
    @cython.inline
    @cython.exceptval(-1, check=True)
    def _end(self, slot: cython.Py_ssize_t, info: cython.int) -> cython.int:
        if self.records[slot * _WORDS + _STATE] & _LOOK:
            self._pick(-1, slot, info, 0)
        return 0
