"""What rules may ask about is found in the event types and the flow."""

from __future__ import annotations

import pytest

from monitor.detect.fields import FLOW_FIELDS, Kind, fields_of
from monitor.model.data import Audience, DataClass
from monitor.model.flow import Reach, Transport
from tests.unit.detect.samples import FLOW, Said, Sort


def test_kinds() -> None:
    """Each type of field is told; digests of patrons are nothing a rule may ask about."""
    found = {name: field.kind for name, field in fields_of(Said).items() if not field.of_flow}
    expected = {
        "exposed": Kind.CLASSES,
        "sort": Kind.MEMBER,
        "sorts": Kind.MEMBERS,
        "size_bytes": Kind.NUMBER,
        "whole": Kind.FLAG,
        "answer": Kind.MEMBER,
        "product": Kind.TEXT,
    }
    assert expected == found


def test_members() -> None:
    """A member may be written as its value or its name."""
    fields = fields_of(Said)
    assert {"10": Sort.HELLO, "hello": Sort.HELLO, "11": Sort.LOAN, "loan": Sort.LOAN} == fields["sort"].members
    assert set(DataClass) == set(fields["exposed"].members.values())


def test_optional() -> None:
    """A field that may be empty says so."""
    assert {"answer", "camera", "device", "device_role", "originator.role", "responder.role"} == {
        name for name, field in fields_of(Said).items() if field.optional
    }


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("transport", Transport.TCP),
        ("protocol", "talk"),
        ("originator.audience", Audience.UNASSIGNED),
        ("originator.reach", Reach.LOCAL),
        ("responder.port", 6001),
        ("responder.zone", ""),
    ],
)
def test_flow_fields(name: str, expected: object) -> None:
    """Fields of a flow are read from it."""
    assert expected == FLOW_FIELDS[name].read(FLOW)


def test_every_flow_field_can_be_read() -> None:
    """No field of a flow has a name that leads nowhere, and none is an address."""
    for name, field in FLOW_FIELDS.items():
        field.read(FLOW)
        assert "address" not in name
