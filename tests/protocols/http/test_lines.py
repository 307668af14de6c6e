"""Tests of `monitor.protocols.http.lines` and `signs`, held against the regular expressions that mean the same."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.model.opaque import Label
from monitor.protocols.http import signs
from monitor.protocols.http.lines import STATUS, bare_line, first_line, is_bare, request_line

_REQUEST = re.compile(
    rb"([!#$%&'*+.^_`|~0-9A-Za-z-]{1,32})[ \t]+([^\r\n]*[^\r\n \t])[ \t]+HTTP/[01]\.[0-9]*[ \t]*\r?\n"
)
_FIELDS = re.compile(rb"(?im)^((?:server|www-authenticate|content-type):[^\r\n]*)")
_PIECES = (
    b"GET",
    b"get",
    b"M-SEARCH",
    b" ",
    b"  ",
    b"\t",
    b"/a",
    b"/a b",
    b"\x80",
    b"HTTP/1.1",
    b"HTTP/1.",
    b"HTTP/2.0",
)
_ENDS = (b"\r\n", b"\n", b"\r", b"")
lines = st.tuples(st.lists(st.sampled_from(_PIECES), max_size=6).map(b"".join), st.sampled_from(_ENDS)).map(b"".join)
fields = st.lists(
    st.sampled_from(
        (b"Server: a", b"SERVER:", b"X-Server: b", b"Content-Type: c\rd", b"server", b"\r", b"\n", b"\r\n")
    ),
    max_size=12,
).map(b"".join)


@given(lines)
def test_request_line(line: bytes) -> None:
    """The usual line is found first, and says the same as any."""
    found, meant = request_line(line), _REQUEST.match(line)

    assert (meant and meant.groups()) == (found and found.groups())
    assert (meant and meant.end()) == (found and found.end())
    assert not (found and STATUS.match(line))


@pytest.mark.parametrize(
    ("line", "bare"),
    [(b"GET /a\r\n", True), (b"GET\r\n", True), (b"GET /a HTTP/1.1\r\n", False), (b"HTTP/1.1 200\r\n", False)],
)
def test_bare(line: bytes, bare: bool) -> None:  # noqa: FBT001  (a parameter)
    """A line without a version is told from others by what found it."""
    found = first_line(line)

    assert found is not None
    assert bare is is_bare(found)
    assert bare is (bare_line(line) is not None)


@given(fields)
def test_fields_of_servers(head: bytes) -> None:
    """Of an answer three fields are looked at, wherever a line begins with one."""
    said: list[bytes] = []

    def note(lines: bytes) -> tuple[Label, ...]:
        said.append(lines)
        return ()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(signs, "_said", note)
        signs.by_answer(head)

    assert [b"\n".join(_FIELDS.findall(head))] == said
