"""A message of SIP2 that something else carries is as certain as one on a connection of its own."""

from __future__ import annotations

import pytest

from monitor.model.events import Event, Sighted, Weird
from monitor.protocols.sip2 import carried
from monitor.protocols.sip2.access import Access
from monitor.protocols.sip2.carried import layout_of
from monitor.protocols.sip2.events import Checksum, MessageId, Sip2Message, System
from tests.protocols.sip2.samples import ANSWERS, DATE, NOBODY, PATRON, REQUESTS, sealed
from tests.protocols.sip2.talks import ACS, exposed, parse


def read_text(text: bytes) -> Sip2Message | Sighted | None:
    """What is said of one text, ahead of which nothing was asked."""
    return _message(carried.read_text(text, Access()))


def read_parts(message: bytes, fixed: bytes, fields: list[bytes]) -> Sip2Message | Sighted | None:
    """The same of parts."""
    return _message(carried.read_parts(Access(), message, fixed, fields))


def _message(told: carried.Told) -> Sip2Message | Sighted | None:
    found = told[0] if told else None
    assert found is None or isinstance(found, Sip2Message | Sighted)
    return found


def event(found: Sip2Message | Sighted | None) -> Event | None:
    """What is said, whoever it is about."""
    return found.event if isinstance(found, Sighted) else found


@pytest.mark.parametrize("text", [*REQUESTS.values(), *ANSWERS.values()])
def test_every_message(text: str) -> None:
    """With or without a line's end, with or without a checksum, the same is said."""
    plain = event(read_text(text.encode("cp850")))
    assert isinstance(plain, Sip2Message)
    assert text[:2] == plain.message.value
    assert plain == event(read_text(b"\n" + text.encode("cp850") + b"\r\n"))
    checked = event(read_text(sealed(text)))
    assert isinstance(checked, Sip2Message)
    assert (Checksum.OK, plain.exposed) == (checked.checksum, checked.exposed)


@pytest.mark.parametrize(
    "text", ["", "63", "hello", f"77{DATE}|AA1|AE2|", "63 people came", "ERROR INPUT", "990xxx2.00"]
)
def test_something_else(text: str) -> None:
    """Two digits are no message."""
    assert None is read_text(text.encode())


def test_parts() -> None:
    """Given apart, the same is said as of the whole."""
    whole = event(read_text(REQUESTS["63"].encode()))
    fields = [one.encode() for one in REQUESTS["63"][33:].split("|") if one]
    assert whole == event(read_parts(b"63", REQUESTS["63"][2:33].encode(), fields))


@pytest.mark.parametrize(
    ("message", "fixed", "fields"),
    [
        (b"77", b"", [b"AA1", b"AE2"]),
        (b"63", b"whatever", [b"AA1"]),
        (b"63", b"whatever", [b"AA1", b"zz2"]),
        (b"63", b"", []),
    ],
)
def test_parts_of_something_else(message: bytes, fixed: bytes, fields: list[bytes]) -> None:
    """A message that SIP 2.00 does not have, a fixed part or fields that it does not have."""
    assert None is read_parts(message, fixed, fields)


def test_parts_with_a_fixed_part_that_is_wrong() -> None:
    """Two fields that are known make up for it, as they do elsewhere."""
    found = event(read_parts(b"63", b"whatever", [f"AA{PATRON}".encode(), b"AD4711"]))
    assert isinstance(found, Sip2Message)
    assert 2 == len(found.exposed)


def test_what_an_id_opens() -> None:
    """An id by itself tells which message it would be."""
    layout = layout_of(b"990xxx2.00")
    assert layout is not None
    assert MessageId.SC_STATUS is layout.message
    assert None is layout_of(b"XS")


@pytest.mark.parametrize("name", ANSWERS)
def test_the_same_as_on_a_connection_of_its_own(name: str) -> None:
    """What the fixed part says of a patron, whose system answers, and what ids mean there."""
    text = sealed(ANSWERS[name])
    assert [event(one) for one in parse((ACS, text)) if not isinstance(one, Weird)][0] == event(read_text(text))  # type: ignore[arg-type]  # noqa: RUF015


def test_facts_of_a_fixed_part() -> None:
    """Given apart or not: a debt and the number of loans stand in no field."""
    fixed = f"  Y{NOBODY[3:]}001{DATE}000000020003000400000000"
    expected = [
        *(("patron_status", "account_status"), ("overdue_items_count", "circulation")),
        *(("charged_items_count", "circulation"), ("fine_items_count", "fees"), ("AA", "patron_identifier")),
    ]
    for found in (
        read_text(f"64{fixed}AOMAIN|AA{PATRON}|".encode()),
        read_parts(b"64", fixed.encode(), [b"AOMAIN", f"AA{PATRON}".encode()]),
    ):
        assert expected == exposed([found] if found else [])


def test_the_system_settles_what_ids_mean() -> None:
    """A system that one message tells is believed for that message."""
    uuid = "00000000-0000-4000-8000-000000000000"
    for institution, system, said in (
        (uuid, System.FOLIO, "circulation"),
        ("MAIN", System.UNKNOWN, "postal_address"),
    ):
        found = read_parts(b"18", f"030001{DATE}".encode(), [f"AO{institution}".encode(), b"AB3", b"PZ1 A 7"])
        told = event(found)
        assert isinstance(told, Sip2Message)
        assert (system, said) == (told.system, exposed([told])[-1][1])
