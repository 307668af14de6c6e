"""Z39.50 is told by how a session begins, from either end, and met halfway by a search."""

from __future__ import annotations

import pytest

from monitor.audit.plants.z3950 import begin, rpn, search, tagged, term, universal
from monitor.model.contract import Answer, Head, Verdict
from monitor.protocols.z3950.recognition import probe
from tests.protocols.z3950.samples import RECORDS

NOTHING = Head(b"", from_start=False)
QUERY = search(rpn(tagged(0, term(b"sagas"), made=True)))


@pytest.mark.parametrize(
    ("data", "from_start", "originator"),
    [
        (begin(), True, 0),
        (begin(universal(26, b"ask/secret")), True, 0),
        (begin(answer=True), True, 1),
        (QUERY, False, 0),
        (tagged(20, tagged(2, b"7") + begin()[2:], made=True), True, 0),
    ],
)
def test_yes(data: bytes, originator: int, *, from_start: bool) -> None:
    """A request to begin, its answer, a search."""
    assert Verdict(Answer.YES, originator) == probe((Head(data, from_start=from_start), NOTHING), False)  # noqa: FBT003
    assert Verdict(Answer.YES, 1 - originator) == probe((NOTHING, Head(data, from_start=from_start)), False)  # noqa: FBT003


@pytest.mark.parametrize(
    ("data", "from_start"),
    [
        (b"GET / HTTP/1.1\r\n", True),
        (b"\x30\x0c\x02\x01\x01\x60\x07", True),  # LDAP, which is BER, too
        (b"\xb4\x03abc", True),
        (b"\xb4\x80\x83\x02", True),
        (tagged(20, tagged(3, b"\0\xe0"), tagged(5, b"\1"), tagged(4, b"\1"), tagged(6, b"\1"), made=True), True),
        (tagged(20, *([tagged(12, b"\xff")]), begin()[2:], made=True), True),
        (QUERY, True),
        (RECORDS, False),
        (tagged(22, tagged(13, b"\0"), made=True), False),
    ],
)
def test_no(data: bytes, *, from_start: bool) -> None:
    """Other protocols, other orders, parts that are missing, a search before any session."""
    assert Answer.NO is probe((Head(data, from_start=from_start), NOTHING), False).answer  # noqa: FBT003
