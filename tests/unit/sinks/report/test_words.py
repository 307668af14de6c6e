"""Closed vocabularies have words for all their members."""

from __future__ import annotations

import pytest

from monitor.model.data import DataClass
from monitor.protocols.sip2.fields import FIELDS
from monitor.sinks.report.words import KINDS, SUBJECTS, name_field, name_link_type


def test_every_kind_of_data() -> None:
    """Each class is named as an item and as a subject."""
    assert set(DataClass) == set(KINDS) == set(SUBJECTS)
    assert all(words[0].isupper() for words in SUBJECTS.values())


def test_reference_lists_every_kind(repository) -> None:  # noqa: ANN001  (a fixture of the suite)
    """The page on the report says the same words."""
    page = (repository / "docs/reference/report.md").read_text("utf-8")

    assert [] == [kind for kind, words in KINDS.items() if f"| `{kind.value}` | {words} |" not in page]


def test_every_personal_sip2_field() -> None:
    """A field that holds patron data is never shown as two letters only."""
    keys = [field.key for field in FIELDS.values() if field.data_class is not None]

    assert keys
    assert [] == [key for key in keys if not name_field("sip2", key).endswith(f" ({key})")]


@pytest.mark.parametrize(
    ("protocol", "key", "expected"),
    [
        ("http", "userid", '"userid"'),
        ("http", "authorization", "user name and password (Basic)"),
        ("rtsp", "url", "password in the address of the stream"),
        ("sip2", "AD", "PIN or password (AD)"),
        ("sip2", "password", "login password of the device"),
        ("sip2", "patron_status", "patron status"),
        ("sip2", "Q9", "Q9"),
        ("sip2", "other", "other fields"),
        ("ncip", "AD", "AD"),
        ("ncip", "card_number", "card number"),
        ("ncip", "UserIdentifierValue", "card number"),
        ("ncip", "DateDue", "date due"),
        ("http", "UserIdentifierValue", "card number"),
        ("http", "AD", "PIN or password (AD)"),
        ("z3950", "term", "words that were searched for"),
    ],
)
def test_field_names(protocol: str, key: str, expected: str) -> None:
    """Codes are explained, names are shown."""
    assert expected == name_field(protocol, key)


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        (105, "link type 105 (Wi-Fi)"),
        (999, "link type 999"),
        (-1, "an interface that the capture does not describe"),
    ],
)
def test_link_types(number: int, expected: str) -> None:
    """A number alone helps nobody."""
    assert expected == name_link_type(number)
