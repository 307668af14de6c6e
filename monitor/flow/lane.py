"""The straight lane: what is next in line of a steady flow goes to its parser, and what that says to the keeper.

Compiled; uncompiled it does the same. Rules: what is not next in line, not whole or not steady is left to the shelves,
with the same result; a parser that fails loses its flow and nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

import cython

from monitor.flow.picks import PICK_ENDED, PICK_FIN, PICK_JOINED, PICK_OPENED, PICK_RST, PICK_SIDE
from monitor.model.columns import Kind
from monitor.model.events import Event, Output, Sighted
from monitor.model.flow import Close, Side

if TYPE_CHECKING:
    from monitor.flow.datagrams import DatagramShelf
    from monitor.flow.follower import Follower
    from monitor.flow.segments import StreamShelf
    from monitor.flow.table import FlowTable
    from monitor.model.frames import Frames

_SIDES = (Side.ORIGINATOR, Side.RESPONDER)
_OF_FLOWS = cython.declare(cython.int, PICK_ENDED | PICK_OPENED | PICK_JOINED)
"""Picks that are about a flow and not about what a packet carries."""
_LAST = cython.declare(cython.int, PICK_FIN | PICK_RST)
_END = cython.declare(cython.int, PICK_SIDE)
_UDP = cython.declare(cython.int, Kind.UDP)
_MASK = cython.declare(cython.uint, (1 << 32) - 1)


def walk(
    frames: Frames,
    table: FlowTable,
    picks: cython.int,
    streams: StreamShelf,
    datagrams: DatagramShelf,
    take: Callable[[memoryview, int], None],
) -> int:
    """Bring what the table picked of a batch to whom it concerns.

    Args:
        frames: the batch.
        table: what has counted it.
        picks: how many there are.
        streams: follows what TCP carries.
        datagrams: follows what UDP carries.
        take: takes the bytes of the batch and the number of a pick that is about a flow as a whole.

    Returns:
        how many bytes went down the lane.
    """
    columns = frames.columns
    kinds: cython.const[cython.uchar][::1] = columns.kind
    seq: cython.const[cython.uint][::1] = columns.seq
    payload: cython.const[cython.int][::1] = columns.payload
    payload_bytes: cython.const[cython.int][::1] = columns.payload_bytes
    segment_bytes: cython.const[cython.int][::1] = columns.segment_bytes
    packets: cython.const[cython.int][::1] = table.picked_packet
    infos: cython.const[cython.int][::1] = table.picked_info
    serials: cython.const[cython.longlong][::1] = table.picked_serial
    at_ns: cython.const[cython.longlong][::1] = columns.at_ns
    interfaces: cython.const[cython.int][::1] = frames.interface
    numbers: cython.const[cython.longlong][::1] = frames.number
    vlans: cython.const[cython.int][::1] = columns.vlan
    captures = frames.captures
    octets: cython.const[cython.uchar][::1] = frames.data
    data = memoryview(frames.data)
    room: cython.Py_ssize_t = len(data)
    flows = streams.flows
    passed: set[int] = streams.dropped
    unheard: set[int] = datagrams.dropped
    skipping: set[int] = streams.skipping
    straight: cython.longlong = 0
    index: cython.int
    packet: cython.int
    info: cython.int
    end: cython.int
    at: cython.int
    size: cython.int
    for index in range(picks):
        info = infos[index]
        packet = packets[index]
        if info & _OF_FLOWS:
            take(data, index)
            continue
        serial = serials[index]
        if kinds[packet] == _UDP:
            if serial not in unheard:
                datagrams.take(data, (index, packet, info, serial))
            continue
        if serial in passed or (serial in skipping and table.is_passed(index)):
            continue
        flow = flows.get(serial)
        if flow is not None and not info & _LAST and flow.steady:
            end = info & _END
            size = segment_bytes[packet]
            at = payload[packet]
            stream = flow.streams[end]
            is_whole = 0 < size == payload_bytes[packet] and at + size <= room
            if is_whole and seq[packet] == stream.position:
                stream.position = (seq[packet] + size) & _MASK
                straight += size
                flow.moment = at_ns[packet], captures[interfaces[packet]], numbers[packet], vlans[packet]
                if cython.compiled:  # a third of the time that a view and a copy of it take
                    said = cython.cast(cython.p_char, cython.address(octets[at]))[:size]
                else:
                    said = bytes(data[at : at + size])
                hear(flow, flow.parser.feed, end, said)
                if flow.done or flow.skipping:
                    streams.leave_lane(flow, end)
                continue
        streams.take(data, (index, packet, info, serial))
    return straight


@cython.ccall
def hear(
    follower: Follower,
    say: Callable[..., Iterable[Output]],
    end: cython.int,
    argument: bytes | memoryview | int | Close,
) -> None:
    """Take what a parser says; one that raises loses this flow and nothing else.

    Args:
        follower: of the flow.
        say: what to ask its parser.
        end: of the flow, 0 or 1.
        argument: what to tell it of that end.
    """
    known = follower.known
    if follower.done or known is None:
        return
    keeper = follower.keeper
    observe = keeper.observe
    try:
        for output in say(_SIDES[end ^ cython.cast(cython.int, follower.originator)], argument):
            if isinstance(output, Sighted):
                event, sightings = cython.cast(tuple, output)
                observe(follower, known, event, sightings)
            elif isinstance(output, Event):
                observe(follower, known, output, ())
            else:
                follower.obey(output)
                if follower.done:
                    return
    except Exception as error:  # noqa: BLE001 - a bug must not end the run; only its type is told, never its text
        keeper.stats.faults[f"{follower.name}.{type(error).__name__}"] += 1
        follower.done = True
