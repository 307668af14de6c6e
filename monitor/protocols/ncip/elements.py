"""NCIP as data: every element that holds text, with the class of patron data it is.

Facts come from the document type of NCIP 1.01 and the schemas of NCIP 2.0 to 2.02 (Z39.83-2).
Rule: the list is closed. What it does not name is `unclassified` where it stands with what is said of a patron, and
nothing elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from monitor.model.data import DataClass
from monitor.model.lazy import lazy
from monitor.model.opaque import Label
from monitor.privacy.labels import OTHER, typed

_C = DataClass
_ELEMENTS: tuple[tuple[DataClass | None, str], ...] = (
    (
        _C.STAFF_CREDENTIAL,
        "FromSystemAuthentication FromAgencyAuthentication ToSystemAuthentication ToAgencyAuthentication",
    ),
    (_C.PATRON_IDENTIFIER, "UserId UniqueUserId UserIdentifierValue VisibleUserIdentifier PreviousUserId"),
    (_C.NAME, "UnstructuredPersonalUserName GivenName Surname Initials Prefix Suffix OrganizationName"),
    (
        _C.POSTAL_ADDRESS,
        (
            "UnstructuredAddressData Line1 Line2 Street HouseName LocationWithinBuilding PostOfficeBox District "
            "Locality Region Country PostalCode CareOf"
        ),
    ),
    (_C.BIRTH_DATE, "DateOfBirth"),
    (_C.DEMOGRAPHIC, "UserLanguage UserPrivilege AgencyUserPrivilegeType UserPrivilegeDescription"),
    (
        _C.ACCOUNT_STATUS,
        (
            "BlockOrTrap BlockOrTrapType UserPrivilegeStatusType DateOfUserPrivilegeStatus LoanedItemCountValue "
            "RequestedItemCountValue"
        ),
    ),
    (_C.PAYMENT, "PaymentMethodType"),
    (
        _C.FEES,
        "MonetaryValue FiscalActionType FiscalTransactionType FiscalTransactionIdentifierValue AccrualDate",
    ),
    (
        _C.CIRCULATION,
        (
            "ItemId UniqueItemId ItemIdentifierValue VisibleItemIdentifier RequestId UniqueRequestId "
            "RequestIdentifierValue Title TitleOfComponent Author AuthorOfComponent Edition Publisher PublicationDate "
            "PublicationDateOfComponent SeriesTitleNumber SponsoringBody BibliographicItemIdentifier "
            "BibliographicRecordIdentifier ComponentIdentifier CallNumber CopyNumber MediumType DateDue DateCheckedOut "
            "DateRenewed DateReturned DateForReturn DesiredDateDue DesiredDateForReturn DateShipped DateReceived "
            "DateReportedReturned DatePlaced PickupDate PickupExpiryDate PickupLocation EarliestDateNeeded "
            "NeedBeforeDate DateOfUserRequest DateAvailable DateOfExpectedReply HoldQueuePosition RequestType "
            "RequestScopeType RequestStatusType RequestedActionType CirculationStatus ReminderLevel "
            "RenewalCount NoticeType ReferenceToResource"
        ),
    ),
    (_C.DOCUMENT, "ActualResource"),
    (
        _C.FREE_TEXT,
        (
            "NoticeContent ShippingNote ShippingInstructions RoutingInstructions FiscalTransactionDescription "
            "UserNote ProblemDetail ProblemValue"
        ),
    ),
    (
        None,
        # of libraries and systems
        (
            "AgencyId UniqueAgencyId FromAgencyId ToAgencyId FromSystemId ToSystemId OnBehalfOfAgency BinNumber "
            "ApplicationProfileType ApplicationProfileSupportedType ConsortiumAgreement AgencyAddressRoleType "
            "LocationNameValue LocationNameLevel LocationType VersionSupported NextItemToken MaximumItemsCount "
            # what kind of thing stands beside it
            "Scheme Value AuthenticationDataFormatType AuthenticationInputType AuthenticationPromptType "
            "AuthenticationPromptData ElectronicAddressType PhysicalAddressType UnstructuredAddressType "
            "UserAddressRoleType UserIdentifierType VisibleUserIdentifierType ItemIdentifierType "
            "VisibleItemIdentifierType RequestIdentifierType OrganizationNameType BibliographicItemIdentifierCode "
            "BibliographicRecordIdentifierCode ComponentIdentifierType ElectronicDataFormatType CurrencyCode "
            # what is wanted, and how it went
            "UserElementType ItemElementType RequestElementType AgencyElementType ProblemType ProblemElement "
            "ElementName ProcessingErrorType ProcessingErrorValue MessagingErrorType DateEventOccurred "
            # of items as such
            "BibliographicLevel ItemDescriptionLevel Language Pagination PlaceOfPublication ItemUseRestrictionType "
            "AcknowledgedItemUseRestrictionType RequiredItemUseRestrictionType SecurityMarker PhysicalConditionType "
            "PhysicalConditionDetails HoldQueueLength TitleHoldQueueLength NumberOfPieces ItemNote HoldingsSetId "
            "UnstructuredHoldingsData ChronologyLevel ChronologyCaption ChronologyValue EnumerationLevel "
            "EnumerationCaption EnumerationValue ValidFromDate ValidToDate"
        ),
    ),
)

ELEMENTS: dict[str, tuple[DataClass | None, Label]] = {
    name: (data_class, typed(name)) for data_class, names in _ELEMENTS for name in names.split()
}
"""Class and key of each known element."""
_PERIODS = {"UserPrivilege": _C.DEMOGRAPHIC, "BlockOrTrap": _C.ACCOUNT_STATUS}
"""What the dates say between which something holds, by the element they stand in."""
_DATES = frozenset(("ValidFromDate", "ValidToDate"))

HEADERS = frozenset(("InitiationHeader", "ResponseHeader"))
_LIBRARY = frozenset(("AgencyAddressInformation", "AddAgencyFields", "DeleteAgencyFields"))
"""What stands in these is said of the library."""
_OF_PATRON = frozenset(
    ("NameInformation", "AuthenticationInput", "BlockOrTrap", "CurrentBorrower", "CurrentRequester", "AccountDetails")
)
"""What stands in these, or in anything with *User* in its name, is said of a patron."""
PREVIOUS = "PreviousUserId"
"""Names a patron again who is named otherwise by now."""

INPUT, INPUT_DATA, INPUT_TYPE = "AuthenticationInput", "AuthenticationInputData", "AuthenticationInputType"
ADDRESS, ADDRESS_DATA, ADDRESS_TYPE = "ElectronicAddress", "ElectronicAddressData", "ElectronicAddressType"
PAIRS = {INPUT: (INPUT_DATA, INPUT_TYPE), ADDRESS: (ADDRESS_DATA, ADDRESS_TYPE)}
"""Elements in which one says what the other is, each with both."""
KEYS = {name: typed(name) for name in (INPUT_DATA, ADDRESS_DATA)}

_INPUTS = (
    (re.compile(r"pin|pass|pwd|secret|kennwort"), _C.CREDENTIAL),
    (re.compile(r"birth|dob"), _C.BIRTH_DATE),
    (re.compile(r"mail"), _C.EMAIL),
    (re.compile(r"phone|mobile"), _C.PHONE),
    (re.compile(r"surname|lastname|givenname|firstname"), _C.NAME),
    (re.compile(r"id|user|login|code|card|account|patron|borrower|ldap|number"), _C.PATRON_IDENTIFIER),
)
"""What a patron gave to prove who it is, by words of its type, first match first."""
_MAIL = lazy(r"mail")
_PHONE = lazy(r"tel|phone|sms|fax|mobile|cell")
_NO_LETTER = lazy(r"[^a-z]")


def meaning(path: Sequence[str]) -> tuple[DataClass | None, Label]:
    """Class and key of the text of an element, by the names that lead to it."""
    name = path[-1]
    above = path[:-1]
    if not HEADERS.isdisjoint(above):
        found = ELEMENTS.get(name)
        return found if found and found[0] is _C.STAFF_CREDENTIAL else (None, OTHER)
    if not _LIBRARY.isdisjoint(above) or (name == "OrganizationName" and "NameInformation" not in above):
        return None, OTHER
    if name in _DATES:
        return next((_PERIODS[one] for one in reversed(above) if one in _PERIODS), None), typed(name)
    found = ELEMENTS.get(name)
    if found is not None:
        return found
    return (_C.UNCLASSIFIED if any("User" in one or one in _OF_PATRON for one in above) else None), OTHER


def meaning_of_input(kind: str) -> DataClass:
    """What a patron gave, by what its type says; a secret where it says nothing that is known."""
    words = _NO_LETTER.sub("", kind.lower())
    return next((one for pattern, one in _INPUTS if pattern.search(words)), _C.CREDENTIAL)


def meaning_of_address(kind: str, value: str) -> DataClass:
    """What an electronic address is, by its type, else by its look."""
    words = _NO_LETTER.sub("", kind.lower())
    if _MAIL.search(words) or (not _PHONE.search(words) and "@" in value):
        return _C.EMAIL
    if _PHONE.search(words) or any(one.isdigit() for one in value):
        return _C.PHONE
    return _C.UNCLASSIFIED
