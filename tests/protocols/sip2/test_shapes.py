"""What is read at a glance is what is read the long way, compiled and not; and no value is kept."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

import monitor.protocols.sip2.survey as built
from monitor.model.events import Output, Sighted
from monitor.protocols.sip2 import shapes
from monitor.protocols.sip2.access import Access
from monitor.protocols.sip2.catalog import LAYOUTS, head
from monitor.protocols.sip2.events import Sip2LoginAnswer, Sip2Message
from monitor.protocols.sip2.fields import FIELDS
from monitor.protocols.sip2.fixed import form, plan
from monitor.protocols.sip2.shapes import Dialect, glance
from tests.protocols.sip2.samples import ANSWERS, DATE, PATRON, REQUESTS, sealed
from tests.protocols.sip2.talks import SC, parse
from tests.support.uncompiled import load_source

source = load_source("monitor.protocols.sip2.survey")
MESSAGES = {**REQUESTS, **ANSWERS}

IDS = st.sampled_from([*sorted(name.decode() for name in FIELDS), "ZZ", "Z9", "az", "1A", "A", ""])
VALUES = st.one_of(
    st.sampled_from(["", " ", "\t", "\x00", "x", "AZ", "AY1AZ", " x ", "a|b", "|", "\n", "Zoe Örsted"]),
    st.text(alphabet="aA1 |\x00", max_size=4),
)
FIXED = st.sampled_from(
    [
        f"23001{DATE}",
        f"11YN{DATE}{DATE}",
        "9300",
        "941",
        "97",
        "9900802.00",
        f"35{DATE}",
        "24",
        "77",
        f"101YNN{DATE}",
        "",
    ]
)
TRAILERS = st.sampled_from(["", "sealed", "wrong", "AY1AZ", "AZ", "AY", "AY1AZFFFF"])
ENDS = st.sampled_from([b"\r", b"\r\n", b"\n", b"", b"\r\r", b"\x00\r"])


@st.composite
def lines(draw: st.DrawFn) -> bytes:
    """Messages with one thing or another that is not as it should be."""
    fields = draw(st.lists(st.tuples(IDS, VALUES), max_size=6))
    text = draw(FIXED) + "|".join(name + value for name, value in fields) + draw(st.sampled_from(["|", ""]))
    trailer = draw(TRAILERS)
    if trailer in ("sealed", "wrong"):
        line = sealed(text)[:-1]
        line = line[:-4] + b"0000" if trailer == "wrong" else line
    else:
        line = (text + trailer).encode("cp850")
    return line + draw(ENDS)


def told(outputs: Iterable[Output]) -> list[object]:
    """Outputs with their sightings opened."""
    return [
        (one.event, [patron.reveal() for patron in one.sightings]) if isinstance(one, Sighted) else one
        for one in outputs
        if not isinstance(one, Sip2LoginAnswer)  # said beside the message, see `access`
    ]


def survey_of(line: bytes, module: object = built) -> bytes | None:
    """What a survey says of a line whose fixed part is in shape."""
    name = line[:2]
    return module.survey(line, ord("|"), 3, form(name), plan(name)) if name in LAYOUTS else None  # type: ignore[attr-defined]


def test_the_module_under_test_is_compiled() -> None:
    """Without that this file would compare the source with itself."""
    assert not str(built.__file__).endswith(".py")
    assert str(source.__file__).endswith(".py")


@pytest.mark.parametrize("name", MESSAGES)
def test_every_message_is_seen_at_a_glance(name: str) -> None:
    """With a checksum and without, the result is that of the long way, which a flow's first message takes."""
    for line in (sealed(MESSAGES[name]), MESSAGES[name].encode("cp850") + b"\r\n"):
        seen = glance(line, Dialect(), Access())
        assert (seen is None) == ("\n" in MESSAGES[name] or "~" in MESSAGES[name])
        if seen is not None:
            assert told(parse((SC, line))) == told(seen)


@given(line=lines())
def test_a_glance_says_what_a_close_look_says(line: bytes) -> None:
    """Whatever is unusual, it says the same or nothing."""
    seen = glance(line, Dialect(), Access())
    if seen is not None:
        assert told(parse((SC, line))) == told(seen)
        assert told(seen) == told(glance(line, Dialect(), Access()) or ())


@given(line=lines())
def test_compiled_and_not(line: bytes) -> None:
    """The survey is the same; and so is each value that it counted."""
    key = survey_of(line)
    assert survey_of(line, source) == key
    if key is not None:
        start = key[built.START_AT]
        assert head(line[:2]).match(line, 0, line.find(b"\r")).end() == start  # type: ignore[union-attr]  # it is in shape
        for place in range((len(key) - built.FIELDS_AT) // 2 + 1):
            assert source.value(line, start, ord("|"), place) == built.value(line, start, ord("|"), place)


@given(junk=st.binary(max_size=60), start=st.integers(-2, 70), place=st.integers(0, 3))
def test_compiled_and_not_on_anything(junk: bytes, start: int, place: int) -> None:
    """No bytes lead either astray, whatever is said of where they end."""
    assert source.value(junk, start, ord("|"), place) == built.value(junk, start, ord("|"), place)
    for message in LAYOUTS:
        shape = form(message), plan(message)
        assert source.survey(junk, ord("|"), 3, *shape) == built.survey(junk, ord("|"), 3, *shape)


def test_facts_are_made_once() -> None:
    """Whoever it is about, what a message of one shape says is the same object."""
    first, second = (
        one
        for card in (PATRON, "29990000000025")
        for one in glance(sealed(f"23001{DATE}AOMAIN|AA{card}|AD1|"), Dialect(), Access()) or ()
    )
    assert isinstance(first, Sighted)
    assert isinstance(second, Sighted)
    assert first.event is second.event
    assert first.sightings[0].reveal() != second.sightings[0].reveal()


def test_a_last_field_without_its_delimiter() -> None:
    """The trailer is no part of it: the same patron, whatever the sequence number."""
    first, second = (
        one
        for fields in ("AOMAIN|AA29990000000017", "AOMAIN|AA29990000000017|")
        for one in glance(sealed(f"23001{DATE}{fields}"), Dialect(), Access()) or ()
    )
    assert isinstance(first, Sighted)
    assert isinstance(second, Sighted)
    assert first.sightings[0].reveal() == second.sightings[0].reveal()


def test_a_shape_holds_no_value() -> None:
    """What is kept are ids that are known: not even two letters behind a stray delimiter."""
    for fields in ("AA1234|AD99|XX|", "AA1234|ADPQ|RSxx|", "AA1234|BDa|STreet|"):
        glance(sealed(f"23001{DATE}AOMAIN|{fields}"), Dialect(), Access())
    kept = {key[at : at + 2] for key in shapes._SHAPES for at in range(built.FIELDS_AT, len(key), 2)}
    assert kept <= set(FIELDS)


def test_shapes_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """When there are too many, all are forgotten and met again."""
    monkeypatch.setattr(shapes, "MAX_SHAPES", 2)
    monkeypatch.setattr(shapes, "_SHAPES", {})
    for name in sorted(FIELDS)[:7]:
        (said,) = glance(f"23001{DATE}AOMAIN|{name.decode()}x|\r".encode(), Dialect(), Access()) or ()
        assert isinstance(said, Sip2Message | Sighted)
        assert 2 >= len(shapes._SHAPES)


def test_too_many_fields_are_left_to_the_long_way() -> None:
    """A survey has room for as many as make sense."""
    fields = "AFx|" * built.MAX_FIELDS
    assert glance(f"23001{DATE}{fields}\r".encode(), Dialect(), Access()) is not None
    assert glance(f"23001{DATE}{fields}AFx|\r".encode(), Dialect(), Access()) is None
