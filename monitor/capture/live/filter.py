"""A socket filter (classic BPF) that has the kernel drop what is not to be looked at, before any of it is copied here.

It knows Ethernet with up to four VLAN tags, the one that the kernel has taken off included, 802.2 SNAP, IPv4 and IPv6,
fragments too: addresses stand in each of them. The addresses are found by a search tree for either end.
Rules: whatever the filter does not understand, or is too short, is taken; who decodes it decides. What opens as a
tunnel is judged by its outer ends here, and by its inner ones once it is opened. All jumps of BPF lead forward, so a
program is put together from its end.
Sources: linux/filter.h, Documentation/networking/filter.rst, IEEE 802.1Q, RFC 791, RFC 8200.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Sequence

from monitor.decode.headers import MAX_TAGS
from monitor.model.named import NamedTuple
from monitor.privacy.exclusion import IPV4, Exclusion, Treatment, excludes

MAX_INSTRUCTIONS = 4_096
"""What the kernel takes (BPF_MAXINSNS): some two hundred assets that lie apart."""
ETHERNET = 1
"""LINKTYPE_ of the frames; of all others that are listened to, IP follows at once."""

_LOAD_WORD = 0x20  # at a fixed place; of the packet, or of what goes with it
_WORD_AT, _HALF_AT, _BYTE_AT = 0x40, 0x48, 0x50  # X bytes further on
_LENGTH = 0x80
_LOAD_SLOT, _STORE, _SET = 0x60, 0x02, 0x00
_SET_X, _X_FROM_A, _A_FROM_X = 0x01, 0x07, 0x87
_ADD, _SUBTRACT_X, _SHIFT_RIGHT = 0x04, 0x1C, 0x74
_JUMP, _IF_EQUAL, _IF_AT_LEAST = 0x05, 0x15, 0x35
_RETURN = 0x06
_EVERYTHING = 0xFFFFFFFF
_TAG_PRESENT = 0xFFFFF000 + 48
"""Where the kernel says whether it took a tag off (SKF_AD_OFF + SKF_AD_VLAN_TAG_PRESENT)."""
_FAR = 255
"""How many instructions a condition can skip."""

_TYPE_AT = 12
_IPV4_TYPE, _IPV6_TYPE, _TAG_TYPES = 0x0800, 0x86DD, (0x8100, 0x88A8, 0x9100, 0x9200)
_LONGEST_LENGTH = 1500
_SNAP = 0xAAAA
_WORD_BITS, _WORDS = 32, 4
_TOP = 1 << _WORD_BITS

Instruction = tuple[int, int, int, int]
"""Code, jumps if true and if false, and a number."""
Range = tuple[int, Treatment]
"""Where an area begins, and how it is treated."""


class _Header(NamedTuple):
    """Where what is needed stands in an IP header."""

    near_at: int
    """Of the source address."""
    far_at: int
    word: int
    """The first of the four words of an IPv6 address that it has: IPv4 is the last."""
    size: int


_IPV4 = _Header(12, 16, _WORDS - 1, 20)
_IPV6 = _Header(8, 24, 0, 40)


class _Program:
    """Instructions, the last one first. A place is named by how many stand behind it, itself included."""

    def __init__(self) -> None:
        self.backward: list[Instruction] = []
        self.drop = self.add(_RETURN, 0)
        self.take = self.add(_RETURN, _EVERYTHING)

    def add(self, code: int, number: int = 0) -> int:
        """An instruction that goes on to the one added before it."""
        self.backward.append((code, 0, 0, number))
        return len(self.backward)

    def go(self, place: int) -> int:
        """Make sure that what is added next goes on at a place."""
        return place if place == len(self.backward) else self.add(_JUMP, len(self.backward) - place)

    def branch(self, code: int, number: int, then: int, other: int) -> int:
        """A condition."""
        if len(self.backward) + 1 - other > _FAR:
            other = self.add(_JUMP, len(self.backward) - other)
        if len(self.backward) - then > _FAR:
            then = self.add(_JUMP, len(self.backward) - then)
        here = len(self.backward)
        self.backward.append((code, here - then, here - other, number))
        return len(self.backward)


def compile_filter(exclusion: Exclusion, linktype: int) -> list[Instruction]:
    """The program for what is excluded and a link type; may be longer than `MAX_INSTRUCTIONS`."""
    program = _Program()
    take = program.take
    v6 = _ends(program, exclusion.areas, _IPV6)
    first, behind = IPV4
    begins = [(max(at - first, 0), how) for at, how in exclusion.areas if at < behind]
    inside = [one for place, one in enumerate(begins) if place + 1 == len(begins) or begins[place + 1][0] > 0]
    v4 = _ends(program, inside, _IPV4)
    if linktype != ETHERNET:
        version_6 = program.branch(_IF_EQUAL, 6, v6, take)
        program.branch(_IF_EQUAL, 4, v4, version_6)
        program.add(_SHIFT_RIGHT, 4)
        program.add(_BYTE_AT, 0)
        program.add(_SET_X, 0)
        return _needing(program, 1)
    return _ethernet(program, v4, v6)


def pack(program: Sequence[Instruction]) -> bytes:
    """As the kernel reads it: an array of struct sock_filter."""
    return b"".join(struct.pack("=HBBI", *one) for one in program)


def _needing(program: _Program, size: int) -> list[Instruction]:
    program.branch(_IF_AT_LEAST, size, len(program.backward), program.take)
    program.add(_LENGTH)
    return program.backward[::-1]


def _enough(program: _Program, size: int) -> int:
    """Go on if there are `size` bytes from X on."""
    program.branch(_IF_AT_LEAST, size, len(program.backward), program.take)
    program.add(_SUBTRACT_X)
    return program.add(_LENGTH)


def _move(program: _Program, size: int) -> int:
    """Go `size` bytes further."""
    program.add(_X_FROM_A)
    program.add(_ADD, size)
    return program.add(_A_FROM_X)


def _ethernet(program: _Program, v4: int, v6: int) -> list[Instruction]:
    """Find the EtherType behind tags; X stands at it."""
    take = program.take
    of_six = _by_move(program, v6)
    of_four = _by_move(program, v4)

    def by_type(otherwise: int) -> int:
        six = program.branch(_IF_EQUAL, _IPV6_TYPE, of_six, otherwise)
        return program.branch(_IF_EQUAL, _IPV4_TYPE, of_four, six)

    by_type(take)
    program.add(_HALF_AT, 0)
    _move(program, 8)
    program.branch(_IF_EQUAL, 3, len(program.backward), take)
    program.add(_BYTE_AT, 4)
    program.branch(_IF_EQUAL, _SNAP, len(program.backward), take)
    program.add(_HALF_AT, 2)
    snap = _enough(program, 10)
    long = program.branch(_IF_AT_LEAST, _LONGEST_LENGTH + 1, take, snap)
    untagged = program.branch(_IF_AT_LEAST, 1, long, take)
    by_type(untagged)
    step = program.add(_HALF_AT, 0)
    second = step
    for _ in range(MAX_TAGS):
        second = step
        program.go(step)
        _move(program, 4)
        tagged = _enough(program, 6)
        otherwise = by_type(untagged)
        for kind in _TAG_TYPES:
            otherwise = program.branch(_IF_EQUAL, kind, tagged, otherwise)
        step = program.add(_HALF_AT, 0)
    program.branch(_IF_EQUAL, 0, step, second)
    program.add(_LOAD_WORD, _TAG_PRESENT)
    program.add(_SET_X, _TYPE_AT)
    return _needing(program, _TYPE_AT + 2)


def _by_move(program: _Program, place: int) -> int:
    program.go(place)
    return _move(program, 2)


def _ends(program: _Program, areas: Sequence[Range], header: _Header) -> int:
    """Judge both addresses of an IP header at X."""
    take, drop = program.take, program.drop
    kinds = {how for _, how in areas}
    if kinds <= {Treatment.ALL, Treatment.ASSET}:
        return take
    of_both: dict[Treatment, int] = {}
    for far in kinds:
        otherwise = take
        for near in kinds:
            if excludes(near, far):
                otherwise = program.branch(_IF_EQUAL, near, drop, otherwise)
        if otherwise != take:
            program.go(otherwise)
            otherwise = program.add(_LOAD_SLOT)
        of_both[far] = otherwise
    behind = _search(program, areas, header.far_at, header.word, of_both.__getitem__)
    by_near: dict[Treatment, int] = {}
    for near in kinds:
        program.go(behind)
        program.add(_STORE)
        by_near[near] = program.add(_SET, near)
    program.go(_search(program, areas, header.near_at, header.word, by_near.__getitem__))
    return _enough(program, header.size)


def _search(program: _Program, areas: Sequence[Range], at: int, word: int, leaf: Callable[[Treatment], int]) -> int:
    """Find the area of an address at X and `at` bytes, and go where it leads; from its `word` on of four."""
    shift = _WORD_BITS * (_WORDS - 1 - word)
    pieces: list[tuple[int, int]] = []
    """Values of this word from which on something else is to be done, and where that is."""
    inner: dict[int, list[Range]] = {}
    before = areas[0][1]
    order: list[tuple[int, Treatment | None]] = [(0, before)]
    for first, how in areas:
        value, rest = first >> shift, first & ((1 << shift) - 1)
        if rest:
            if value not in inner:
                inner[value] = [(0, before)]
                order.append((value, None))
            inner[value].append((rest, how))
            order.append((value + 1, how))
        else:
            order.append((value, how))
        before = how
    last = dict(order)
    for value in sorted(last):
        if value < _TOP:
            said = last[value]
            place = leaf(said) if said is not None else _search(program, inner[value], at + 4, word + 1, leaf)
            if not pieces or pieces[-1][1] != place:
                pieces.append((value, place))
    return _tree(program, pieces, at)


def _tree(program: _Program, pieces: Sequence[tuple[int, int]], at: int) -> int:
    """Load a word, and halve the pieces until one is left."""

    def halve(first: int, behind: int) -> int:
        if behind - first == 1:
            return pieces[first][1]
        middle = (first + behind) // 2
        upper = halve(middle, behind)
        lower = halve(first, middle)
        return program.branch(_IF_AT_LEAST, pieces[middle][0], upper, lower)

    if len(pieces) == 1:
        return pieces[0][1]
    program.go(halve(0, len(pieces)))
    return program.add(_WORD_AT, at)
