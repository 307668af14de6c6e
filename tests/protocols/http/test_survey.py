"""What the survey reads of a head is what llhttp reads of it, compiled and not; it leaves alone what is unusual."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

import monitor.protocols.http.fields as fields_room
import monitor.protocols.http.survey as built
from monitor.protocols.http.fields import Fields, read_fields
from tests.support.uncompiled import load_source

source = load_source("monitor.protocols.http.survey")

FIRST = b"GET / HTTP/1.1\r\n"
NAMES = st.sampled_from(
    [
        *sorted(built.WANTED),
        b"HOST",
        b"Set-Cookie",
        b"Accept",
        b"X-Other",
        b"Connection",
        b"Upgrade",
        b"host ",
        b"",
        b"K\r",
    ]
)
VALUES = st.one_of(
    st.sampled_from([b"", b"a", b" a ", b"\ta", b"5", b"005", b"5 ", b"-1", b"chunked", b"Chunked", b"gzip, chunked"]),
    st.sampled_from([b"upgrade", b"websocket", b"close", b"a=b; c=d", b"\x80\xff", b"a\x01", b"a\r", b"9" * 16]),
    st.binary(max_size=5),
)
ENDS = st.sampled_from([b"\r\n", b"\r\n", b"\r\n", b"\n", b"\r\n ", b"\r"])


@st.composite
def heads(draw: st.DrawFn) -> bytes:
    """Heads with one thing or another that is not as it should be."""
    lines = draw(st.lists(st.tuples(NAMES, st.sampled_from([b":", b": ", b""]), VALUES, ENDS), max_size=5))
    return FIRST + b"".join(b"".join(line) for line in lines) + draw(st.sampled_from([b"\r\n", b"\r\n", b"\n", b""]))


NOTED = [name for name in vars(Fields) if not name.startswith("_") and not callable(getattr(Fields, name))]


def noted(fields: Fields) -> dict[str, object]:
    """Everything that is noted of a head."""
    return {name: getattr(fields, name) for name in NOTED}


def by_llhttp(head: bytes) -> Fields:
    """What is read of a head when no survey helps."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fields_room, "survey", lambda _head, _start: None)
        return read_fields(head, len(FIRST))


def test_the_module_under_test_is_compiled() -> None:
    """Without that this file would compare the source with itself."""
    assert not str(built.__file__).endswith(".py")
    assert str(source.__file__).endswith(".py")


def test_each_name_is_known_by_its_length() -> None:
    """That is how the survey looks for them."""
    assert len(built.WANTED) == len({len(name) for name in built.WANTED})


def test_a_usual_head() -> None:
    """Names in lower case, values without the blanks before them, in order; the others are counted."""
    lines = (b"HOST: a", b"Accept: */*", b"Cookie:b=c", b"set-cookie: \t d ", b"X: ", b"Content-Length: 5")
    head = FIRST + b"\r\n".join(lines) + b"\r\n\r\n"
    wanted = [(b"host", b"a"), (b"cookie", b"b=c"), (b"set-cookie", b"d "), (b"content-length", b"5")]
    assert (6, wanted) == built.survey(head, len(FIRST))
    assert (0, []) == built.survey(FIRST + b"\r\n", len(FIRST))


@given(head=heads())
def test_llhttp_reads_the_same(head: bytes) -> None:
    """Whatever is unusual, all that is noted is the same."""
    assert noted(by_llhttp(head)) == noted(read_fields(head, len(FIRST)))


@given(head=st.one_of(heads(), st.binary(max_size=80)), start=st.integers(0, 90))
def test_compiled_and_not(head: bytes, start: int) -> None:
    """Whatever the bytes, and wherever it begins."""
    for at in (start, len(FIRST)):
        assert source.survey(head, at) == built.survey(head, at)
