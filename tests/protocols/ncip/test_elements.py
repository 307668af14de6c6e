"""What each element means, where that hangs on what stands around it."""

from __future__ import annotations

import pytest

from monitor.audit.plants.ncip import ASKS, element, message, pair
from tests.protocols.ncip.talks import exposed, parse


def said(*inside: str, service: str = "LookupUserResponse") -> list[tuple[str, str]]:
    """Keys and classes of what these elements expose."""
    return exposed(parse((ASKS, message(element(service, *inside)).encode())))


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("PIN", "credential"),
        ("Password", "credential"),
        ("LDAPPassword", "credential"),
        ("User Id", "patron_identifier"),
        ("Barcode Id", "patron_identifier"),
        ("Username", "patron_identifier"),
        ("CardId", "patron_identifier"),
        ("E-Mail", "email"),
        ("DateOfBirth", "birth_date"),
        ("something else", "credential"),
        ("", "credential"),
    ],
)
def test_what_a_patron_typed(kind: str, expected: str) -> None:
    """The type decides; what has none that is known may be a secret."""
    assert [("AuthenticationInputData", expected)] == said(pair("4711", kind))


@pytest.mark.parametrize(
    ("value", "kind", "expected"),
    [
        ("ask@example.org", "mailto", "email"),
        ("ask@example.org", "", "email"),
        ("555-0100", "tel", "phone"),
        ("555-0100", "Mobile Phone", "phone"),
        ("555-0100", "", "phone"),
        ("ask", "pigeon", "unclassified"),
    ],
)
def test_electronic_addresses(value: str, kind: str, expected: str) -> None:
    """By their type, else by their look."""
    assert [("ElectronicAddressData", expected)] == said(pair(value, kind, "ElectronicAddress"))


def test_what_nobody_knows() -> None:
    """Text in an unknown element counts where it is said of a patron, under no name of its own."""
    unknown = element("Nickname", "Zo")
    assert [("other", "unclassified")] == said(element("UserOptionalFields", element("Ext", unknown)), service="ItemX")
    assert [("other", "unclassified")] == said(unknown)
    assert [] == said(element("ItemOptionalFields", unknown), service="LookupItemResponse")
    assert [] == said(element("ResponseHeader", unknown))


def test_what_a_library_says_of_itself() -> None:
    """Its address and name are no patron's."""
    street = element("PhysicalAddress", element("Street", "1 Library Square"))
    assert [] == said(element("AgencyAddressInformation", street), service="LookupAgencyResponse")
    name = element("OrganizationNameInformation", element("OrganizationName", "Main Library"))
    assert [] == said(name, service="LookupAgencyResponse")
    assert [("OrganizationName", "name")] == said(element("NameInformation", name))


def test_credentials_of_systems() -> None:
    """They stand in headers, where nothing else counts."""
    header = element(
        "InitiationHeader",
        element("FromSystemAuthentication", "secret"),
        element("FromAgencyId", "EAST"),
        element("X", "y"),
    )
    assert [("FromSystemAuthentication", "staff_credential")] == said(header)


def test_values_of_version_1() -> None:
    """Text stands one level deeper there, beside its scheme."""
    kind = element("AgencyUserPrivilegeType", element("Scheme", "http://example.org"), element("Value", "ADULT"))
    assert [("AgencyUserPrivilegeType", "demographic")] == said(element("UserPrivilege", kind))


def test_dates_between_which_something_holds() -> None:
    """A privilege that ends says something of the patron, an address that does says nothing more."""
    dates = element("ValidToDate", "2030-01-01")
    assert [("ValidToDate", "demographic")] == said(element("UserPrivilege", dates))
    assert [("ValidToDate", "account_status")] == said(element("BlockOrTrap", dates))
    assert [] == said(element("UserAddressInformation", dates))


def test_blank_elements_were_not_sent() -> None:
    """Nor were those that hold others only."""
    assert [] == said(element("UserId", " \n"), "<DateOfBirth/>")
