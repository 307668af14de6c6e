"""Accounts and terms, in whatever shape they are written, and what is surely a message."""

from __future__ import annotations

import pytest

from monitor.audit.plants.z3950 import CLIENT, SERVER, account, begin, both, rpn, scan, search, tagged, term, universal
from monitor.model.events import Event, Output, SkipTo, Weird
from monitor.model.flow import Close, Side
from monitor.protocols.z3950 import SPEC
from monitor.protocols.z3950.bounds import MAX_DEPTH
from monitor.protocols.z3950.events import Z3950Login, Z3950Search, Z3950Weird


def parse(*pieces: tuple[Side, bytes | int], from_start: bool = True) -> list[Output]:
    """Everything the parser says of these pieces."""
    parser = SPEC.parser(SPEC.options, from_start)
    outputs: list[Output] = []
    for side, data in pieces:
        outputs += parser.gap(side, data) if isinstance(data, int) else parser.feed(side, memoryview(data))
    return [*outputs, *(output for side in Side for output in parser.finish(side, Close.FIN))]


def said(outputs: list[Output]) -> list[tuple[type[Event], list[tuple[str, str]]]]:
    """Each fact with keys and classes."""
    return [
        (type(one), [(shown.key, shown.data_class.value) for shown in one.exposed])
        for one in outputs
        if isinstance(one, Event)
    ]


def oddities(outputs: list[Output]) -> list[object]:
    """Names of the oddities, in order."""
    return [one.name for one in outputs if isinstance(one, Weird)]


@pytest.mark.parametrize(
    ("identification", "keys"),
    [
        ((), []),
        ((universal(5),), []),
        ((universal(26, b"ask/secret"),), ["open"]),
        ((universal(26, b" "),), []),
        ((account(b"east", b"ask", b"secret"),), ["groupId", "userId", "password"]),
        ((account(b"", b"ask", b""),), ["userId"]),
        ((universal(0x28, b"x"),), ["other"]),
    ],
)
def test_who_begins_a_session(identification: tuple[bytes, ...], keys: list[str]) -> None:
    """Nobody, a string, or a group, a user and a password."""
    expected = [(Z3950Login, [(key, "staff_credential") for key in keys])]
    assert expected == said(parse((CLIENT, begin(*identification))))


def test_an_answer_to_a_challenge() -> None:
    """A client may be asked who it is in the midst of a session."""
    answered = tagged(29, tagged(38, b"secret"), made=True)
    expected = (Z3950Login, [("securityChallengeResponse", "staff_credential")])
    assert [(Z3950Login, []), expected] == said(parse((CLIENT, begin() + answered)))


def test_terms() -> None:
    """Each counts, however they are joined; a query in another language counts as one; an index is looked into."""
    deep = tagged(0, term(b"sagas"), made=True)
    for _ in range(5):
        deep = tagged(1, deep, tagged(0, term(b"iceland"), made=True), tagged(46, tagged(0), made=True), made=True)
    queries = search(rpn(deep)) + search(tagged(2, b"sagas and iceland")) + scan(term(b"sag"))
    found = said(parse((CLIENT, begin() + queries)))[1:]
    assert [("term", 6), ("query", 1), ("term", 1)] == [(keys[0][0], len(keys)) for _, keys in found]
    assert {"search"} == {kind for _, keys in found for _, kind in keys}
    assert {Z3950Search} == {event for event, _ in found}


def test_open_ends() -> None:
    """A search whose length nobody states ends with its own mark."""
    query = search(rpn(tagged(1, both(term(b"a"), term(b"b")), made=True)), open_ended=True)
    found = said(parse((CLIENT, begin() + query + query)))
    assert [0, 2, 2] == [len(keys) for _, keys in found]


def test_values_without_end_within_values() -> None:
    """More of them than anybody sends is no message."""
    outputs = parse((CLIENT, begin() + b"\xb6\x80" * (MAX_DEPTH + 2)))
    assert Z3950Weird.NOT_A_MESSAGE in oddities(outputs)


def test_records_are_never_looked_at() -> None:
    """What the server sends is skipped from its first byte on."""
    (skip,) = parse((SERVER, begin(answer=True)), (SERVER, b"anything"))
    assert isinstance(skip, SkipTo)
    assert SERVER is skip.side


def test_a_loss() -> None:
    """The next search that is beyond doubt is found again, and its like inside values is not."""
    query = search(rpn(tagged(0, term(b"\xb6\x02\xb4\x01sagas"), made=True)))
    outputs = parse((CLIENT, begin()), (CLIENT, query[:20]), (CLIENT, 10), (CLIENT, query[30:] + query))
    assert [Z3950Weird.LOST_BYTES, Z3950Weird.CUT_MESSAGE] == oddities(outputs)
    assert [0, 1] == [len(keys) for _, keys in said(outputs)]


def test_too_long() -> None:
    """A request over the limit is passed over where it says how long it is."""
    long = b"\xb6\x83\x02\x00\x00" + b"x" * 0x20000
    outputs = parse((CLIENT, begin() + long + begin()))
    assert [Z3950Weird.OVERSIZE_MESSAGE] == oddities(outputs)
    assert 2 == len(said(outputs))
