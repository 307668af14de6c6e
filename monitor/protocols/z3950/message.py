"""Reads the requests of Z39.50 that say who asks, and what for (ANSI/NISO Z39.50-2003, section 4 and its ASN.1).

What a client says of itself when it begins a session is the account of a library or of its system at another one:
rarely does a person have one. So it is a `staff_credential`.
"""

from __future__ import annotations

from collections.abc import Iterator

from monitor.model.data import DataClass
from monitor.model.events import Exposed
from monitor.model.opaque import Label
from monitor.privacy.labels import OTHER, typed
from monitor.protocols.z3950.ber import CONTEXT, Node, children
from monitor.protocols.z3950.bounds import MAX_DEPTH
from monitor.protocols.z3950.events import Z3950Login, Z3950Search

INIT, INIT_RESPONSE, SEARCH, ACCESS_ANSWER, SCAN = (CONTEXT | one for one in (20, 21, 22, 29, 35))
REQUESTS = frozenset(CONTEXT | one for one in (20, 22, 24, 26, 28, 29, 30, 32, 33, 35, 43, 46, 48))
"""All that a client sends."""

_IDENTIFICATION = CONTEXT | 7
_VISIBLE, _GENERAL, _SEQUENCE, _NULL = 26, 27, 16, 5
_PARTS = {CONTEXT | 0: typed("groupId"), CONTEXT | 1: typed("userId"), CONTEXT | 2: typed("password")}
_OPEN, _CHALLENGE, _TERM, _QUERY = typed("open"), typed("securityChallengeResponse"), typed("term"), typed("query")
_SIMPLE_ANSWER = CONTEXT | 38
_QUERY_CHOICE = CONTEXT | 21
_RPN = frozenset((CONTEXT | 1, CONTEXT | 101))
_INDEX_TERM = CONTEXT | 102
_TERMS = frozenset(CONTEXT | one for one in (45, 215, 216, 218, 219, 220))
_OPENING = tuple(CONTEXT | one for one in (3, 4, 5, 6))
"""Version, options and two sizes, which stand in this order in a request to begin and in its answer."""
_ANSWER_ONLY = CONTEXT | 12
_SEARCHING = frozenset(CONTEXT | one for one in (13, 14, 15, 16, 17, 21))
"""What no search lacks."""


def is_sound(data: bytes | bytearray, node: Node) -> bool:
    """Whether a message is surely what its tag says; told of those that begin a session or search."""
    tags = [child.tag for child in children(data, node)]
    if node.tag in (INIT, INIT_RESPONSE):
        start = tags.index(_OPENING[0]) if _OPENING[0] in tags[:2] else len(tags)
        return tuple(tags[start : start + 4]) == _OPENING and (_ANSWER_ONLY in tags) == (node.tag == INIT_RESPONSE)
    return node.tag == SEARCH and _SEARCHING.issubset(tags)


def read_request(data: bytes | bytearray, node: Node) -> Z3950Login | Z3950Search | None:
    """What there is to say of a request."""
    parts = children(data, node)
    if node.tag == INIT:
        return Z3950Login(exposed=tuple(one for part in parts for one in _identification(data, part)))
    if node.tag == ACCESS_ANSWER:
        said = any(part.tag == _SIMPLE_ANSWER and _filled(data, part) for part in parts)
        return Z3950Login(exposed=(Exposed(DataClass.STAFF_CREDENTIAL, _CHALLENGE),) if said else ())
    if node.tag == SEARCH:
        queries = [query for part in parts if part.tag == _QUERY_CHOICE for query in children(data, part)]
        return Z3950Search(exposed=tuple(one for query in queries for one in _query(data, query)))
    if node.tag == SCAN:
        return Z3950Search(
            exposed=tuple(one for part in parts if part.tag == _INDEX_TERM for one in _terms(data, part))
        )
    return None


def _identification(data: bytes | bytearray, part: Node) -> Iterator[Exposed]:
    """Who asks: a string, or a group, user and password (``IdAuthentication``)."""
    if part.tag != _IDENTIFICATION:
        return
    for choice in children(data, part):
        if choice.tag == _SEQUENCE:
            for one in children(data, choice):
                if _filled(data, one):
                    yield _credential(_PARTS.get(one.tag, OTHER))
        elif choice.tag in (_VISIBLE, _GENERAL):
            if _filled(data, choice):
                yield _credential(_OPEN)
        elif choice.tag != _NULL and _filled(data, choice):
            yield _credential(OTHER)


def _query(data: bytes | bytearray, query: Node) -> Iterator[Exposed]:
    if query.tag in _RPN:
        yield from _terms(data, query)
    elif _filled(data, query):
        yield Exposed(DataClass.SEARCH, _QUERY)


def _terms(data: bytes | bytearray, within: Node, depth: int = 0) -> Iterator[Exposed]:
    """Every term of a query or of an index."""
    for node in children(data, within):
        if node.tag in _TERMS:
            if _filled(data, node):
                yield Exposed(DataClass.SEARCH, _TERM)
        elif node.constructed and depth < MAX_DEPTH:
            yield from _terms(data, node, depth + 1)


def _credential(key: Label) -> Exposed:
    return Exposed(DataClass.STAFF_CREDENTIAL, key)


def _filled(data: bytes | bytearray, node: Node) -> bool:
    return bool(bytes(data[node.start : node.end]).strip(b" \0"))
