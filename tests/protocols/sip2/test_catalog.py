"""Tests of `monitor.protocols.sip2.catalog`."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from monitor.model.data import DataClass
from monitor.protocols.sip2.catalog import LAYOUTS, Layout, head
from monitor.protocols.sip2.events import MessageId, Role
from monitor.protocols.sip2.fields import FIELDS
from tests.protocols.sip2.samples import ANSWERS, REQUESTS

OWN_NAMES = {
    "patron_id": "patron_identifier",
    "credential_patron": "credential",
    "credential_terminal": "staff_credential",
    "address": "postal_address",
    "birthdate": "birth_date",
    "money": "fees",
    "circulation_list": "circulation",
    "unknown_personal": "unclassified",
    "institution": None,
    "protocol": None,
}
"""Our classes by the words of the collected material."""


def test_every_message_has_a_layout() -> None:
    """Every named message can be taken apart; ids that answer exist."""
    assert {message.value.encode() for message in MessageId if message is not MessageId.OTHER} == set(LAYOUTS)
    assert {layout.answer for layout in LAYOUTS.values()} - {None} <= set(LAYOUTS)


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=lambda layout: layout.message.name)
def test_parts_are_as_wide_as_they_say(layout: Layout) -> None:
    """Each part of a fixed part matches its width of something, and nothing shorter or longer."""
    for name, shape in layout.fixed:
        taken = {width for width in range(20) for byte in b"Y0 +1A" if _takes(shape.pattern, bytes([byte]) * width)}
        assert taken <= {shape.width}, name
        assert len(shape.bits) <= shape.width


def test_other_orders_are_of_the_same_parts() -> None:
    """What is sent in another order is the same parts."""
    for layout in LAYOUTS.values():
        assert not layout.also or {*layout.fixed} == {*layout.also}


def _takes(pattern: bytes, text: bytes) -> bool:
    return re.fullmatch(pattern, text) is not None


@pytest.mark.parametrize(("name", "text"), [*REQUESTS.items(), *ANSWERS.items()])
def test_samples_are_in_shape(name: str, text: str) -> None:
    """Every message by the book matches strictly, and its fixed part ends where the layout says."""
    match = head(name.encode()).match(text.encode())
    assert match is not None
    assert 2 + LAYOUTS[name.encode()].width == match.end()


def test_requests_and_answers_are_told_apart() -> None:
    """Who sends a message is known by its id."""
    assert set(REQUESTS) == {name.decode() for name, layout in LAYOUTS.items() if layout.sender is Role.SC}
    assert set(ANSWERS) == {name.decode() for name, layout in LAYOUTS.items() if layout.sender is Role.ACS}


@pytest.mark.parametrize(
    "text",
    [
        b"2300120261305    101500AOMAIN|",
        b"23001XX260105    101500AOMAIN|",
        b"23001202601051015AOMAIN|",
        b"24 Z            00120260105    101500AOMAIN|",
        b"990080200",
        b"9930802.00",
        b"942",
        b"96 is a number",
        b"97.5",
    ],
)
def test_what_is_out_of_shape(text: bytes) -> None:
    """Wrong months and letters, short dates, and what merely begins with the digits do not match."""
    assert head(text[:2]).match(text) is None


def test_classes_agree_with_the_collected_material(material: Path) -> None:
    """Every id ever seen in public code is known, with its class; widths are those of the standard."""
    collected = json.loads((material / "sip2" / "spec.json").read_text("utf-8"))
    expected = {
        name: OWN_NAMES.get(entry["cls"], entry["cls"])
        for name, entry in (collected["fields"] | collected["extensions"]).items()
    }
    actual = {
        name.decode(): None if field.data_class is None else field.data_class.value for name, field in FIELDS.items()
    }
    # A payment's id says who paid; the material counts it as money.
    assert expected | {"BK": DataClass.PAYMENT.value} == actual
    parts = {name: [(part, width) for part, width in entry["fixed"]] for name, entry in collected["messages"].items()}
    assert parts == {
        name.decode(): [(part, shape.width) for part, shape in layout.fixed] for name, layout in LAYOUTS.items()
    }
