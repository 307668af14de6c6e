"""What every protocol owes: the parser contract of `monitor.model.contract`, tried on each ``SPEC`` of the registry.

A protocol brings ``tests/protocols/<name>/samples.py`` with ``CONVERSATIONS``: by name, the pieces that the sides send
in turn, from the first byte of the flow. Bounds of what a parser may keep are those entries of `ProtocolSpec.limits`
whose names end in ``_bytes``; each holds once a side.
"""

from __future__ import annotations

import ast
import importlib
import inspect
import tracemalloc
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import fields
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.model.closed import Enum
from monitor.model.contract import Answer, Head, Parser, ProtocolSpec
from monitor.model.data import DataClass
from monitor.model.events import Enough, Event, Expect, Handoff, Output, Sighted, SkipTo, Weird
from monitor.model.flow import Close, Side
from monitor.model.opaque import Label
from monitor.protocols.registry import specs

Talk = Sequence[tuple[Side, bytes]]

FORBIDDEN = {
    "asyncio", "datetime", "http", "ipaddress", "logging", "os", "pathlib", "random", "select", "selectors", "socket",
    "ssl", "subprocess", "sys", "threading", "time", "urllib", "warnings",
}  # fmt: skip
"""Modules that tell the time, write, or speak of addresses and the machine."""
FINAL = True
SLACK_BYTES = 262_144
"""What a parser's own objects and the allocator may take beside the bytes it keeps."""

each_spec = pytest.mark.parametrize("spec", specs(), ids=lambda spec: spec.name)
each_stream = pytest.mark.parametrize("spec", [s for s in specs() if not s.unordered], ids=lambda spec: spec.name)
"""Datagrams come whole: they are not cut, and leave no gaps."""


@cache
def conversations(name: str) -> dict[str, Talk]:
    """The samples of one protocol."""
    return importlib.import_module(f"tests.protocols.{name}.samples").CONVERSATIONS


def events(outputs: Iterable[Output]) -> list[Event]:
    """The facts among outputs, whoever they are about."""
    found = (output.event if isinstance(output, Sighted) else output for output in outputs)
    return [one for one in found if isinstance(one, Event)]


def said(outputs: Iterable[Output]) -> list[object]:
    """Outputs in a form that can be compared: sightings, which are equal to nothing, are opened.

    `SkipTo` is a wish about what comes next, so it may depend on what came already.
    """
    return [_plain(output) for output in outputs if not isinstance(output, SkipTo)]


def _plain(output: Output) -> object:
    if isinstance(output, Sighted):
        return output.event, tuple(sighting.reveal() for sighting in output.sightings)
    return _opened(output) if isinstance(output, Event) else output


def _opened(event: Event) -> object:
    return type(event).__name__, tuple((field.name, getattr(event, field.name)) for field in fields(event))


class Listener:
    """Feeds a parser as the flow room does: honors what it skips, and stops when it has enough."""

    def __init__(self, spec: ProtocolSpec, *, from_start: bool = True) -> None:
        shown = {"server": "host"} if spec.shows_server else {}
        self.parser: Parser = spec.parser({**spec.options, **shown}, from_start)
        self.outputs: list[Output] = []
        self.skip = dict.fromkeys(Side, 0)
        self.done = False

    def feed(self, side: Side, data: bytes) -> None:
        """Hand over bytes in a buffer that is overwritten afterwards: a parser must copy what it keeps."""
        skipped = min(self.skip[side], len(data))
        self.skip[side] -= skipped
        if self.done or skipped == len(data):
            return
        lent = bytearray(data[skipped:])
        with memoryview(lent) as view:
            self._take(self.parser.feed(side, view))
        lent[:] = bytes(len(lent))

    def gap(self, side: Side, size_bytes: int) -> None:
        """Lose bytes."""
        if not self.done:
            self._take(self.parser.gap(side, size_bytes))

    def finish(self, how: Close = Close.FIN) -> list[object]:
        """End both sides and return all that was said."""
        for side in Side:
            if not self.done:
                self._take(self.parser.finish(side, how))
        return said(self.outputs)

    def _take(self, outputs: Iterable[Output]) -> None:
        for output in outputs:
            self.outputs.append(output)
            if isinstance(output, SkipTo):
                self.skip[output.side] = output.size_bytes
            self.done = self.done or isinstance(output, Enough)


def hear(spec: ProtocolSpec, talk: Talk, *, from_start: bool = True) -> list[object]:
    """All that is said of a conversation, in order."""
    listener = Listener(spec, from_start=from_start)
    for side, data in talk:
        listener.feed(side, data)
    return listener.finish()


def cut(talk: Talk, size: int) -> Talk:
    """The same conversation in pieces of `size` bytes."""
    return [(side, data[at : at + size]) for side, data in talk for at in range(0, len(data), size)]


def exposures(outputs: Iterable[Output]) -> Counter[tuple[DataClass, Label]]:
    """What was exposed and how often."""
    return Counter((one.data_class, one.key) for event in events(outputs) for one in event.exposed)


def patrons(outputs: Iterable[Output]) -> set[bytes]:
    """Every patron sighted among outputs."""
    return {one.reveal() for output in outputs if isinstance(output, Sighted) for one in output.sightings}


@each_spec
def test_brings_samples(spec: ProtocolSpec) -> None:
    """Without samples, no other test here says anything; each shows something exposed by every event in all."""
    listeners = [Listener(spec) for _ in conversations(spec.name)]
    for listener, talk in zip(listeners, conversations(spec.name).values(), strict=True):
        for side, data in talk:
            listener.feed(side, data)
        listener.finish()
    said_of = [event for one in listeners for event in events(one.outputs)]
    assert set(spec.events) == {type(event) for event in said_of}
    assert {bool} >= {type(spec.of_library(event)) for event in said_of if spec.of_library is not None}


@each_spec
def test_outputs_are_of_the_contract(spec: ProtocolSpec) -> None:
    """A parser says only what the specification lists, and oddities of its own closed vocabulary."""
    for talk in conversations(spec.name).values():
        listener = Listener(spec)
        for side, data in talk:
            listener.feed(side, data)
        listener.finish()
        for said_of in listener.outputs:
            output = said_of.event if isinstance(said_of, Sighted) else said_of
            assert isinstance(output, (*spec.events, Weird, Expect, Handoff, SkipTo, Enough))
            if isinstance(output, Weird):
                assert isinstance(output.name, Enum)
                assert spec.probe.__module__.rpartition(".")[0] == type(output.name).__module__.rpartition(".")[0]


@each_stream
@pytest.mark.parametrize("from_start", [True, False])
@pytest.mark.parametrize("size", [1, *(pytest.param(size, marks=pytest.mark.e2e) for size in (2, 3)), 7, 64, 1448])
def test_any_cutting_says_the_same(spec: ProtocolSpec, size: int, *, from_start: bool) -> None:
    """Segments mean nothing: pieces of every size, down to single bytes, give the same outputs in the same order."""
    for name, talk in conversations(spec.name).items():
        whole = hear(spec, talk, from_start=from_start)
        assert whole == hear(spec, cut(talk, size), from_start=from_start), name


@each_stream
@given(data=st.data())
def test_random_cutting_of_anything_says_the_same(spec: ProtocolSpec, data: st.DataObject) -> None:
    """Samples that were cut, mixed up and spoiled are still understood alike however they arrive."""
    talk = spoil(spec, data)
    from_start = data.draw(st.booleans())
    pieces = [
        (side, part) for side, whole in talk for part in _parts(whole, data.draw(st.lists(st.integers(0, len(whole)))))
    ]
    assert hear(spec, talk, from_start=from_start) == hear(spec, pieces, from_start=from_start)


@each_spec
@given(
    pieces=st.lists(st.tuples(st.sampled_from(list(Side)), st.binary(max_size=200)), max_size=20),
    from_start=st.booleans(),
)
def test_never_raises_on_noise(spec: ProtocolSpec, pieces: Talk, *, from_start: bool) -> None:
    """Whatever comes, trouble is a value."""
    listener = Listener(spec, from_start=from_start)
    for side, data in pieces:
        listener.feed(side, data)
        listener.gap(side, len(data))
        listener.feed(side, data)
    listener.finish()


@each_spec
@given(data=st.data())
def test_never_raises_on_spoiled_samples(spec: ProtocolSpec, data: st.DataObject) -> None:
    """Nearly right bytes reach deeper than noise; neither parser nor probe fails on them."""
    talk = spoil(spec, data)
    hear(spec, talk)
    heads = tuple(Head(b"".join(part for at, part in talk if at is side), data.draw(st.booleans())) for side in Side)
    spec.probe((heads[0], heads[1]), not FINAL)
    assert spec.probe((heads[0], heads[1]), FINAL).answer is not Answer.MORE


@each_stream
@given(data=st.data())
def test_a_gap_says_nothing_that_was_not_seen(spec: ProtocolSpec, data: st.DataObject) -> None:
    """With bytes missing anywhere, nothing is exposed and no patron seen that the whole does not have."""
    talk = conversations(spec.name)[data.draw(st.sampled_from(sorted(conversations(spec.name))))]
    lost = data.draw(st.integers(0, len(talk) - 1))
    side, said_then = talk[lost]
    start = data.draw(st.integers(0, len(said_then)))
    size = data.draw(st.integers(1, 400))
    whole, listener = Listener(spec), Listener(spec)
    for number, (at, piece) in enumerate(talk):
        whole.feed(at, piece)
        if number < lost or at is not side:
            listener.feed(at, piece)
        elif number == lost:
            listener.feed(at, piece[:start])
            listener.gap(at, size)
            rest, size = piece[start + size :], max(0, size - len(piece) + start)
            listener.feed(at, rest)
        else:
            rest, size = piece[size:], max(0, size - len(piece))
            listener.feed(at, rest)
    whole.finish()
    listener.finish()
    assert exposures(listener.outputs) <= exposures(whole.outputs)
    assert patrons(listener.outputs) <= patrons(whole.outputs)


@each_stream
def test_goes_on_after_a_gap(spec: ProtocolSpec) -> None:
    """Every conversation is understood as before once the broken piece is over."""
    for name, talk in conversations(spec.name).items():
        listener = Listener(spec)
        for side in Side:
            first = next((piece for at, piece in talk if at is side), b"")
            listener.feed(side, first[: len(first) // 2])
            listener.gap(side, 1000)
        before = len(listener.outputs)
        for side, piece in [*talk, *talk]:
            listener.feed(side, piece)
        assert events(listener.outputs[before:]), name


@each_spec
@pytest.mark.parametrize("how", Close)
def test_a_finished_side_says_no_more(spec: ProtocolSpec, how: Close) -> None:
    """What was pending is said once, and nothing is kept."""
    for name, talk in conversations(spec.name).items():
        listener = Listener(spec)
        for side, piece in talk:
            listener.feed(side, piece)
        listener.finish(how)
        before = len(listener.outputs)
        listener.finish(how)
        assert before == len(listener.outputs), name


@each_spec
@pytest.mark.parametrize("filler", [b"\x00", b"A", b"9", b"\n", b"|", b"\xff"])
def test_memory_stays_within_limits(spec: ProtocolSpec, filler: bytes) -> None:
    """Bytes without end fill no more than the limits that the protocol states."""
    bound = 2 * sum(size for name, size in spec.limits.items() if name.endswith("_bytes")) + SLACK_BYTES
    opening = next(iter(conversations(spec.name).values()))
    listener = Listener(spec)
    for side, piece in opening:
        listener.feed(side, piece)
    for side, piece in opening[:2]:
        listener.feed(side, piece[:-1])
    listener.outputs.clear()
    piece = memoryview(filler * 65_536)
    tracemalloc.start()
    try:
        for _ in range(8 + 2 * bound // len(piece)):
            for side in Side:
                for _output in listener.parser.feed(side, piece):
                    pass
        kept, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert kept <= bound


@each_spec
def test_probe_knows_its_samples(spec: ProtocolSpec) -> None:
    """Each sample is recognized by its own protocol alone; its originator is told rightly or not at all."""
    for name, talk in conversations(spec.name).items():
        heads = tuple(head_of(spec, [piece for at, piece in talk if at is side]) for side in Side)
        for swap in (False, True):
            ends = (heads[1], heads[0]) if swap else (heads[0], heads[1])
            verdicts = {one.name: one.probe(ends, FINAL) for one in specs() if one.transport is spec.transport}
            assert [spec.name] == [one for one, verdict in verdicts.items() if verdict.answer is Answer.YES], name
            assert verdicts[spec.name].originator in (int(swap), None), name


@each_spec
def test_probe_keeps_its_word(spec: ProtocolSpec) -> None:
    """Byte by byte, a sample is never turned down before it is recognized."""
    for name, talk in conversations(spec.name).items():
        sent: dict[Side, list[bytes]] = {side: [] for side in Side}
        for side, piece in talk if spec.unordered else cut(talk, 1):
            sent[side].append(piece)
            heads = tuple(head_of(spec, pieces) for pieces in sent.values())
            verdict = spec.probe((heads[0], heads[1]), not FINAL)
            assert verdict.answer is not Answer.NO, name
            if verdict.answer is Answer.YES:
                break


@each_stream
def test_what_surely_opens_a_flow_is_recognized_by_the_probe(spec: ProtocolSpec) -> None:
    """Whoever is asked first says what the probe says, however much came, or leaves it to the probe."""
    for name, talk in conversations(spec.name).items() if spec.opens is not None else ():
        sent = b"".join(piece for side, piece in talk if side is talk[0][0])
        opened = [size for size in range(1, len(sent) + 1) if spec.opens(sent[:size])]
        for size in opened:
            heads = Head(b"", from_start=False), Head(sent[:size], from_start=True)
            assert spec.probe(heads, not FINAL) == (Answer.YES, 1), name
            assert spec.probe(heads[::-1], not FINAL) == (Answer.YES, 0), name


def test_something_surely_opens_a_flow() -> None:
    """Where a protocol says what that is, some of its samples do so."""
    for spec in specs():
        firsts = [talk[0][1] for talk in conversations(spec.name).values()]
        assert spec.opens is None or any(map(spec.opens, firsts)), spec.name


@each_spec
def test_no_clock_no_logger_no_address(spec: ProtocolSpec) -> None:
    """A protocol's folder imports nothing that knows the time, the machine or the network."""
    folder = Path(inspect.getfile(spec.parser)).parent
    for path in sorted(folder.glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom):
                names = [node.module or ""]
            assert set() == {name.partition(".")[0] for name in names} & FORBIDDEN, path.name
            assert not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print")


def head_of(spec: ProtocolSpec, pieces: Sequence[bytes]) -> Head:
    """What a probe is given of one end."""
    if spec.unordered:
        return Head(pieces[0] if pieces else b"", from_start=bool(pieces), datagrams=tuple(pieces))
    return Head(b"".join(pieces), from_start=True)


def spoil(spec: ProtocolSpec, data: st.DataObject) -> Talk:
    """A sample with some bytes replaced, dropped, doubled or put in."""
    talk = list(conversations(spec.name)[data.draw(st.sampled_from(sorted(conversations(spec.name))))])
    first = data.draw(st.integers(0, len(talk) - 1))
    talk = talk[first : first + data.draw(st.integers(1, 6))]
    spoiled = []
    for side, whole in talk:
        piece = bytearray(whole)
        for _ in range(data.draw(st.integers(0, 3))):
            at = data.draw(st.integers(0, len(piece)))
            width = data.draw(st.integers(0, 4))
            piece[at : at + width] = data.draw(
                st.sampled_from([b"", b"\r", b"\n", b"\r\n", b"|", b"\xff\xfa", bytes(piece[at:])])
            )
        spoiled.append((side, bytes(piece)))
    return spoiled


def _parts(whole: bytes, marks: list[int]) -> list[bytes]:
    edges = [0, *sorted(marks), len(whole)]
    return [whole[start:end] for start, end in pairwise(edges) if end > start]
