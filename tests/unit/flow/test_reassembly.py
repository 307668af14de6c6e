"""TCP reassembly: whatever happens to segments, bytes come out in order, once, with gaps said to be gaps."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.flow import reassembly
from monitor.flow.reassembly import MAX_BACK_BYTES, MAX_HELD_BYTES, MAX_HELD_SEGMENTS, MAX_WAIT_NS, Piece, Stream
from monitor.model.contract import Snapped
from tests.support.uncompiled import load_source

TEXT = bytes(range(256)) * 4
SECOND = 10**9

Make = Callable[[], Stream]


@pytest.fixture(name="make", scope="module", params=["compiled", "plain"])
def find_class(request: pytest.FixtureRequest) -> Make:
    """The class as it was built, and run from its source."""
    room = reassembly if request.param == "compiled" else load_source("monitor.flow.reassembly")
    made: Make = room.Stream
    return made


def add(stream: Stream, seq: int, data: bytes, at_ns: int = 0) -> list[tuple[int, bytes]]:
    """Feed one segment and make the pieces comparable."""
    return plain(stream.add(seq & 0xFFFFFFFF, memoryview(data), len(data), at_ns))


def plain(pieces: list[Piece]) -> list[tuple[int, bytes]]:
    """Pieces as (gap, bytes), at the time they are valid."""
    return [(piece.gap_bytes, bytes(piece.data)) for piece in pieces]


def joined(pieces: list[tuple[int, bytes]]) -> bytes:
    """What was delivered, lost bytes as question marks."""
    return b"".join(b"?" * gap + data for gap, data in pieces)


def test_segments_in_order_pass_straight_through(make: Make) -> None:
    """The common case costs nothing and holds nothing."""
    stream = make()

    assert [(0, b"ab")] == add(stream, 100, b"ab")
    assert [(0, b"cd")] == add(stream, 102, b"cd")
    assert 0 == stream.held_bytes


def test_a_retransmission_is_delivered_once(make: Make) -> None:
    """A repeat of delivered bytes gives nothing; a repeat that goes further gives the rest."""
    stream = make()
    add(stream, 0, b"abcd")

    assert [] == add(stream, 0, b"abcd")
    assert [(0, b"ef")] == add(stream, 2, b"cdef")


def test_segments_out_of_order_wait_for_what_is_missing(make: Make) -> None:
    """Held bytes come out behind the segment they waited for."""
    stream = make()
    add(stream, 0, b"ab")

    assert [] == add(stream, 4, b"ef")
    assert [(0, b"cd"), (0, b"ef")] == add(stream, 2, b"cd")
    assert 0 == stream.held_bytes


def test_of_differing_copies_the_first_one_stays(make: Make) -> None:
    """The stated policy, for delivered bytes and for held ones."""
    stream = make()
    add(stream, 0, b"ab")
    add(stream, 4, b"EF")
    add(stream, 4, b"xyz")

    assert b"cdEFz" == joined(add(stream, 2, b"cd"))
    assert [] == add(stream, 0, b"XY")


def test_sequence_numbers_wrap(make: Make) -> None:
    """The number after 2^32 - 1 is 0."""
    stream = make()
    stream.position = 0xFFFFFFFE

    assert [] == add(stream, 1, b"d")
    assert b"abcd" == joined(add(stream, 0xFFFFFFFE, b"abc"))


def test_what_is_missing_too_long_becomes_a_gap(make: Make) -> None:
    """Trace time alone decides, and only after the stated wait."""
    stream = make()
    add(stream, 0, b"ab")
    add(stream, 10, b"kl", at_ns=SECOND)

    assert [] == plain(stream.expire(SECOND + MAX_WAIT_NS))
    assert [(8, b""), (0, b"kl")] == plain(stream.expire(SECOND + MAX_WAIT_NS + 1))
    assert [(0, b"mn")] == add(stream, 12, b"mn")


def test_the_capture_may_begin_in_the_middle(make: Make) -> None:
    """With no SYN seen the first segment says where we are."""
    assert [(0, b"zz")] == add(make(), 3_000_000_000, b"zz")


def test_a_snap_length_leaves_a_gap_in_every_segment(make: Make) -> None:
    """Bytes that were on the wire and not captured are lost, by number, and known for that."""
    stream = make()
    pieces = stream.add(0, memoryview(b"ab"), 100, 0)

    assert [(0, b"ab"), (98, b"")] == plain(pieces)
    assert isinstance(pieces[1].gap_bytes, Snapped)
    assert [(0, b"cd")] == add(stream, 100, b"cd")


def test_it_goes_on_where_others_led_it(make: Make) -> None:
    """What lies behind is known, the FIN ends it, and what is far behind is measured without what was skipped."""
    stream = make()
    stream.go_on(MAX_BACK_BYTES + 100, MAX_BACK_BYTES + 103, 99)
    assert [] == add(stream, 1, b"before all")
    assert not stream.ended()
    assert [(0, b"end")] == add(stream, MAX_BACK_BYTES + 100, b"end")
    assert stream.ended()


@pytest.mark.parametrize(("segments", "size"), [(MAX_HELD_SEGMENTS + 1, 1), (9, MAX_HELD_BYTES // 8)])
def test_held_bytes_and_segments_are_bounded(make: Make, segments: int, size: int) -> None:
    """Over a bound the wait ends: the missing part is a gap and nothing stays held without limit."""
    stream = make()
    add(stream, 0, b"a")
    pieces = []
    for index in range(segments):
        pieces += add(stream, 10 + index * size, b"x" * size)

    assert (9, b"") == pieces[0]
    assert b"x" * segments * size == joined(pieces[1:])
    assert 0 == stream.held_bytes


def test_a_segment_far_behind_starts_again_there(make: Make) -> None:
    """One wild segment ahead must not make everything after it look old."""
    stream = make()
    add(stream, 0, b"ab")
    add(stream, MAX_BACK_BYTES * 8, b"wild")
    stream.flush()

    assert [(0, b""), (0, b"cd")] == add(stream, 2, b"cd")


def test_the_end_is_reached_only_with_every_byte(make: Make) -> None:
    """A FIN ahead of missing bytes does not end the side."""
    stream = make()
    add(stream, 0, b"ab")
    stream.end = 6

    assert not stream.ended()
    add(stream, 4, b"ef")
    assert not stream.ended()
    add(stream, 2, b"cd")
    assert stream.ended()


def test_skipped_bytes_are_not_delivered(make: Make) -> None:
    """After a skip the segment that crosses its end gives only what lies behind it."""
    stream = make()
    add(stream, 0, b"head")

    assert 14 == stream.skip(10)
    assert [] == add(stream, 4, b"bodybody")
    assert [(0, b"next")] == add(stream, 12, b"dynext")


@given(
    st.integers(min_value=0, max_value=2**32 - 1),
    st.lists(st.tuples(st.integers(0, 200), st.integers(1, 60)), max_size=60),
    st.randoms(use_true_random=False),
)
def test_any_arrival_order_gives_the_same_bytes(
    make: Make, start: int, extra: list[tuple[int, int]], rng: object
) -> None:
    """Every byte arrives at least once, in any order, cut and repeated anyhow: the text comes out whole."""
    text = TEXT[:260]
    segments = [(at, text[at : at + 20]) for at in range(0, len(text), 20)]
    segments += [(at, text[at : at + size]) for at, size in extra]
    rng.shuffle(segments)  # type: ignore[attr-defined]
    stream = make()
    stream.position = start
    pieces = []
    for at, data in segments:
        pieces += add(stream, start + at, data)

    assert text == joined(pieces)
    assert 0 == stream.held_bytes


@given(st.lists(st.tuples(st.integers(0, 400), st.integers(1, 80), st.integers(0, 3 * SECOND)), max_size=80))
def test_nothing_is_delivered_twice_or_invented(make: Make, segments: list[tuple[int, int, int]]) -> None:
    """With losses, what is delivered and the gaps together are the text, byte for byte."""
    stream = make()
    stream.position = 0
    pieces = []
    at_ns = 0
    for at, size, wait in segments:
        at_ns += wait
        pieces += add(stream, at, TEXT[at : at + size], at_ns)
    pieces += plain(stream.flush())
    delivered = joined(pieces)

    assert all(seen in (expected, ord("?")) for seen, expected in zip(delivered, TEXT, strict=False))
    assert len(delivered) <= max((at + size for at, size, _ in segments), default=0)
