"""Invented NCIP conversations, each as the pieces that either side sends in turn, from the start of its flow.

Versions 1 and 2, with and without namespace and prefix, in one byte a character and in two; accounts, loans, requests,
fees, notices; documents that follow one another at once, are damaged, or bring a document type of their own.
"""

from __future__ import annotations

from monitor.audit.plants.ncip import ANSWERS, ASKS, NAMESPACE, VERSION, element, message, message_1, pair
from monitor.model.flow import Side

CARD = "29990000000017"
OTHER_CARD = "29990000000025"
ITEM = "39990000000014"
HEADER = element(
    "InitiationHeader",
    element("FromSystemAuthentication", "secret-of-system"),
    element("FromAgencyId", element("AgencyId", "EAST")),
    element("ToAgencyId", element("AgencyId", "WEST")),
)
PATRON = element("UserId", element("AgencyId", "EAST"), element("UserIdentifierValue", CARD))
THING = element("ItemId", element("AgencyId", "EAST"), element("ItemIdentifierValue", ITEM))
AMOUNT = element("Amount", element("CurrencyCode", "EUR"), element("MonetaryValue", "350"))
NAME = element(
    "NameInformation",
    element(
        "PersonalNameInformation",
        element("StructuredPersonalUserName", element("GivenName", "Zoë"), element("Surname", "Örsted")),
    ),
)
STREET = element(
    "UserAddressInformation",
    element("UserAddressRoleType", "Home"),
    element(
        "PhysicalAddress",
        element("StructuredAddress", element("Line1", "1 Invented Lane"), element("PostalCode", "00000")),
        element("PhysicalAddressType", "Postal Address"),
    ),
)
ACCOUNT = element(
    "UserOptionalFields",
    NAME,
    STREET,
    element("UserAddressInformation", pair("zoe@example.org", "mailto", "ElectronicAddress")),
    element("UserAddressInformation", pair("555-0100", "tel", "ElectronicAddress")),
    element("DateOfBirth", "1990-01-01"),
    element("UserLanguage", "nob"),
    element("UserPrivilege", element("AgencyUserPrivilegeType", "ADULT"), element("ValidToDate", "2030-01-01")),
    element("BlockOrTrap", element("AgencyId", "EAST"), element("BlockOrTrapType", "Fines")),
    element("PreviousUserId", element("UserIdentifierValue", "1001")),
    element("Ext", element("Nickname", "Zo")),
)
LOANS = element(
    "LoanedItem", THING, element("ReminderLevel", "1"), element("DateDue", "2026-02-02"), AMOUNT,
    element("Title", "An invented title"),
)  # fmt: skip
HOLDS = element("RequestedItem", THING, element("RequestType", "Hold"), element("PickupLocation", "East"))
FEES = element("UserFiscalAccount", element("AccountBalance", AMOUNT), element("AccountDetails", AMOUNT))
LOOKUP = message(
    element("LookupUser", HEADER, pair(CARD, "Barcode Id"), pair("4711", "PIN"), element("LoanedItemsDesired"))
)
FOUND = message(element("LookupUserResponse", PATRON, LOANS, HOLDS, FEES, ACCOUNT))
CHECKOUT = message(element("CheckOutItem", PATRON, THING))
CHECKED_OUT = message(element("CheckOutItemResponse", THING, PATRON, element("DateDue", "2026-02-02")))
PREFIXED = (
    f'<ns1:NCIPMessage xmlns:ns1="{NAMESPACE}" ns1:version="{VERSION}"><ns1:LookupUser><ns1:AuthenticationInput>'
    f"<ns1:AuthenticationInputData>{CARD}</ns1:AuthenticationInputData><ns1:AuthenticationDataFormatType>text"
    "</ns1:AuthenticationDataFormatType><ns1:AuthenticationInputType>Username</ns1:AuthenticationInputType>"
    "</ns1:AuthenticationInput></ns1:LookupUser></ns1:NCIPMessage >"
)
VALUE = element("Scheme", "http://example.org/scheme.scm") + element("Value", "EAST")
LOOKUP_1 = message_1(
    element(
        "LookupUser",
        element(
            "InitiationHeader",
            element("FromAgencyId", element("UniqueAgencyId", VALUE)),
            element("FromAgencyAuthentication", "secret-of-agency"),
        ),
        element("UniqueUserId", element("UniqueAgencyId", VALUE), element("UserIdentifierValue", CARD)),
        element(
            "AuthenticationInput",
            element("AuthenticationInputData", "4711"),
            element("AuthenticationInputType", element("Scheme", "http://example.org/a.scm"), element("Value", "PIN")),
        ),
    )
)
FOUND_1 = message_1(
    element(
        "LookupUserResponse",
        element(
            "UserTransaction", element("LoanedItem", element("UniqueItemId", element("ItemIdentifierValue", ITEM)))
        ),
        element(
            "UserOptionalFields",
            element(
                "VisibleUserId", element("VisibleUserIdentifierType", VALUE), element("VisibleUserIdentifier", CARD)
            ),
            element("UserLanguage", VALUE),
            NAME,
        ),
    )
)
PROBLEM = message(
    element(
        "CheckOutItemResponse",
        element("Problem", element("ProblemType", "Unknown User"), element("ProblemValue", CARD)),
    )
)
WHO_HAS = message(element("LookupItemResponse", THING, element("ItemTransaction", element("CurrentBorrower", PATRON))))
NOTICE = message(
    element("SendUserNotice", PATRON, element("UserNoticeDetails", element("NoticeContent", "Dear Zoë, ...")))
)
CUT = FOUND[: FOUND.index("<DateOfBirth>") + 20]
ENTITIES = message(element("LookupUserResponse", "&a;")).replace(
    "<NCIPMessage", '<!DOCTYPE NCIPMessage [<!ENTITY a "aaaa">]><NCIPMessage', 1
)

CONVERSATIONS: dict[str, list[tuple[Side, bytes]]] = {
    "an account and a loan": [
        (ASKS, LOOKUP.encode()),
        (ANSWERS, FOUND.encode()),
        (ASKS, CHECKOUT.encode()),
        (ANSWERS, CHECKED_OUT.encode()),
    ],
    "version 1": [(ASKS, LOOKUP_1.encode("latin-1")), (ANSWERS, FOUND_1.encode("latin-1"))],
    "a prefix, no declaration, zeros between": [
        (ASKS, PREFIXED.encode() + b"\0"),
        (ANSWERS, FOUND.encode() + b"\0"),
        (ASKS, b"\r\n" + PREFIXED.encode() + b"\0"),
        (ANSWERS, FOUND.encode() + b"\0"),
    ],
    "two bytes a character": [
        (ASKS, LOOKUP.replace("UTF-8", "UTF-16").encode("utf-16")),
        (ANSWERS, FOUND.replace("UTF-8", "UTF-16").encode("utf-16")),
        (ASKS, b"\xfe\xff" + CHECKOUT.replace("UTF-8", "UTF-16").encode("utf-16-be")),
    ],
    "several at once": [
        (ASKS, (LOOKUP + CHECKOUT + LOOKUP).encode()),
        (ANSWERS, (FOUND + CHECKED_OUT + FOUND + PROBLEM + WHO_HAS).encode()),
        (ASKS, NOTICE.encode()),
    ],
    "damaged, foreign, forbidden": [
        (ASKS, LOOKUP.encode()),
        (ANSWERS, FOUND.encode("latin-1")),
        (ANSWERS, FOUND.replace("<Title>", "<Titel>").encode()),
        (ANSWERS, ENTITIES.encode()),
        (ASKS, b"PING\r\n" + LOOKUP.encode()),
        (ANSWERS, CUT.encode()),
    ],
    "the server speaks first": [(ANSWERS, FOUND.encode()), (ASKS, LOOKUP.encode())],
}
"""By name."""
