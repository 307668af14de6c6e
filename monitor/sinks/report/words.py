"""Plain words for closed vocabularies: kinds of patron data, field keys, levels, link types.

Rule: data only. A field key without an entry is shown as it is.
"""

from __future__ import annotations

from monitor.model.data import DataClass
from monitor.model.events import Trait
from monitor.model.lazy import lazy
from monitor.privacy.labels import OTHER

KINDS = {
    DataClass.CREDENTIAL: "PINs and passwords",
    DataClass.STAFF_CREDENTIAL: "staff and device passwords",
    DataClass.PATRON_IDENTIFIER: "card numbers",
    DataClass.NAME: "names",
    DataClass.POSTAL_ADDRESS: "home addresses",
    DataClass.EMAIL: "e-mail addresses",
    DataClass.PHONE: "phone numbers",
    DataClass.BIRTH_DATE: "birth dates",
    DataClass.GOVERNMENT_ID: "government ID numbers",
    DataClass.PAYMENT: "payments",
    DataClass.FEES: "fees and fines",
    DataClass.ACCOUNT_STATUS: "account standing",
    DataClass.DEMOGRAPHIC: "patron groups and demographics",
    DataClass.CIRCULATION: "loans and holds",
    DataClass.SEARCH: "catalog searches",
    DataClass.SESSION: "login sessions",
    DataClass.DOCUMENT: "documents",
    DataClass.MESSAGE: "messages",
    DataClass.VIDEO: "video",
    DataClass.FREE_TEXT: "free text (may name patrons)",
    DataClass.UNCLASSIFIED: "fields of unknown meaning",
}
"""Each kind of data as an item of a list."""

SUBJECTS = {
    DataClass.CREDENTIAL: "Patron PINs and passwords",
    DataClass.STAFF_CREDENTIAL: "Staff and device passwords",
    DataClass.PATRON_IDENTIFIER: "Library card numbers",
    DataClass.NAME: "Names of patrons",
    DataClass.POSTAL_ADDRESS: "Home addresses of patrons",
    DataClass.EMAIL: "E-mail addresses of patrons",
    DataClass.PHONE: "Phone numbers of patrons",
    DataClass.BIRTH_DATE: "Birth dates of patrons",
    DataClass.GOVERNMENT_ID: "Government ID numbers of patrons",
    DataClass.PAYMENT: "Payments of patrons",
    DataClass.FEES: "Fees and fines of patrons",
    DataClass.ACCOUNT_STATUS: "Account details of patrons",
    DataClass.DEMOGRAPHIC: "Demographic details of patrons",
    DataClass.CIRCULATION: "Loans and holds of patrons",
    DataClass.SEARCH: "Catalog searches of patrons",
    DataClass.SESSION: "Login sessions of patrons",
    DataClass.DOCUMENT: "Documents of patrons",
    DataClass.MESSAGE: "Messages of patrons",
    DataClass.VIDEO: "Video streams",
    DataClass.FREE_TEXT: "Notes about patrons",
    DataClass.UNCLASSIFIED: "Fields that may be patron data",
}
"""Each kind of data as the (plural) subject of a sentence."""

_SIP2_FIELDS = {
    "AA": "card number",
    "AB": "item number",
    "AC": "terminal password",
    "AD": "PIN or password",
    "AE": "name",
    "AF": "message on the screen",
    "AG": "text on the receipt",
    "AH": "due date",
    "AJ": "title",
    "AL": "reason of a block",
    "AS": "items on hold",
    "AT": "overdue items",
    "AU": "items on loan",
    "AV": "items with fines",
    "BC": "birth date",
    "BD": "home address",
    "BE": "e-mail address",
    "BF": "phone number",
    "BK": "payment number",
    "BL": "patron is known",
    "BM": "renewed items",
    "BN": "items not renewed",
    "BR": "place in the hold queue",
    "BS": "pickup library",
    "BT": "kind of fee",
    "BU": "recalled items",
    "BV": "amount owed",
    "BW": "hold expires",
    "BY": "kind of hold",
    "BZ": "limit of holds",
    "CA": "limit of overdue items",
    "CB": "limit of loans",
    "CC": "limit of fees",
    "CD": "holds not available",
    "CF": "length of the hold queue",
    "CG": "fee number",
    "CH": "item properties",
    "CJ": "recall date",
    "CK": "kind of media",
    "CM": "hold pickup date",
    "CN": "login name of the device",
    "CO": "login password of the device",
    "CQ": "PIN is right",
    "CR": "collection",
    "CS": "call number",
    "CV": "kind of alert",
    "CY": "card number of who waits",
    "DA": "name of who waits",
    "DB": "estimated fines",
    "DE": "field of the site's choice",
    "DH": "first name",
    "DJ": "last name",
    "DM": "limit of fees",
    "EA": "author",
    "FA": "amount of a fee",
    "FB": "item of a fee",
    "FC": "date of a fee",
    "FD": "title of a fee's item",
    "FE": "kind of fee",
    "FF": "text on a fee",
    "FG": "amount paid",
    "GG": "licenses held",
    "IN": "ISBN",
    "LG": "language of the patron",
    "MA": "catalog record",
    "NB": "standard number",
    "PA": "account expiry or patron group",
    "PB": "birth date",
    "PC": "patron group",
    "PD": "birth date",
    "PE": "patron category",
    "PF": "patron category, sex at some sites",
    "PG": "patron category, sex at some sites",
    "PH": "patron category",
    "PI": "internet privilege",
    "PS": "account expiry or patron statistics",
    "PT": "patron group",
    "PX": "account expiry",
    "PY": "account has expired",
    "PZ": "postal code",
    "U1": "field of the site's choice",
    "U2": "field of the site's choice",
    "U3": "field of the site's choice",
    "U4": "field of the site's choice",
    "U5": "field of the site's choice",
    "XI": "internal patron number",
    "XY": "field of the site's choice",
    "ZY": "patron group",
    "card_retained": "card was kept",
    "charged_items_count": "number of items on loan",
    "fee_type": "kind of fee",
    "fine_items_count": "number of items with fines",
    "hold_items_count": "number of holds",
    "login": "login name of the device",
    "overdue_items_count": "number of overdue items",
    "password": "login password of the device",
    "payment_accepted": "payment was accepted",
    "payment_type": "way of payment",
    "recall_items_count": "number of recalled items",
    "renewed_count": "number of items renewed",
    "unavailable_holds_count": "number of holds not available",
    "unrenewed_count": "number of items not renewed",
}
"""SIP2 field ids, NISO and vendor extensions, and parts of messages that have names only, in words of our own."""

_RTSP_FIELDS = {
    "authorization": "password sent with each request",
    "url": "password in the address of the stream",
    "rtsp": "video",
}

_Z3950_FIELDS = {
    "groupId": "group of the user at another catalog",
    "open": "account at another catalog",
    "password": "password at another catalog",
    "query": "words that were searched for",
    "securityChallengeResponse": "answer to a request for a password",
    "term": "words that were searched for",
    "userId": "user name at another catalog",
}

_NCIP_FIELDS = {
    "ActualResource": "electronic copy",
    "AgencyUserPrivilegeType": "patron group",
    "AuthenticationInputData": "what the patron typed: PIN, card number or user name",
    "BlockOrTrap": "block of the account",
    "BlockOrTrapType": "block of the account",
    "DateOfBirth": "birth date",
    "ElectronicAddressData": "e-mail address or phone number",
    "FromAgencyAuthentication": "password of the library that asks",
    "FromSystemAuthentication": "password of the system that asks",
    "GivenName": "first name",
    "ItemIdentifierValue": "item number",
    "MonetaryValue": "amount of money",
    "PreviousUserId": "earlier card number",
    "Surname": "last name",
    "ToAgencyAuthentication": "password of the library that answers",
    "ToSystemAuthentication": "password of the system that answers",
    "UnstructuredPersonalUserName": "name",
    "UserId": "card number",
    "UserIdentifierValue": "card number",
    "VisibleUserIdentifier": "card number",
}
"""The elements of NCIP that need words; the names of the others are words already."""

_CAPITAL = lazy(r"(?<=[a-z0-9])(?=[A-Z])")
_FIELDS = {
    "sip2": _SIP2_FIELDS,
    "ncip": _NCIP_FIELDS,
    "z3950": _Z3950_FIELDS,
    "rtsp": _RTSP_FIELDS,
    "http": {
        "authorization": "user name and password (Basic)",
        **_NCIP_FIELDS,
        **{key: words for key, words in _SIP2_FIELDS.items() if key.isupper()},
    },
}
_NAMED_BY_PROGRAMS = frozenset({"http"})
"""Protocols whose fields and cookies have the names that programmers gave them."""

TRAITS = {
    Trait.UNNAMED.value: "to an address that no name was seen for",
    Trait.ENCRYPTED_DNS.value: "to a server of encrypted DNS, past the library's own",
    Trait.RELAY.value: "to a relay, or for a way past the firewall",
    Trait.MAPPING.value: "to ask the router for a way in",
    Trait.INBOUND.value: "opened from the internet",
    Trait.SCAN.value: "part of a scan of the library's devices",
    Trait.UPLOAD.value: "with uploads that last",
    Trait.LAPSED.value: "allowed once by an exception that has expired",
}
"""What is known of flows beside that they are not expected, as the end of a sentence about connections."""

LINK_TYPES = {
    -1: "an interface that the capture does not describe",
    105: "Wi-Fi",
    119: "Wi-Fi",
    127: "Wi-Fi",
    163: "Wi-Fi",
    187: "Bluetooth",
    189: "USB",
    195: "IEEE 802.15.4",
    201: "Bluetooth",
    220: "USB",
    249: "USB",
    253: "Netlink",
}
"""LINKTYPE_ numbers that people meet and this program may not decode (tcpdump.org/linktypes.html)."""


def name_field(protocol: str, key: str) -> str:
    """A field in words, with its key where that is a code of the protocol."""
    if key == OTHER:
        return "other fields"
    words = _FIELDS.get(protocol, {}).get(key)
    if words is None:
        return f'"{key}"' if protocol in _NAMED_BY_PROGRAMS else _words(key)
    return f"{words} ({key})" if key.isupper() else words


def _words(key: str) -> str:
    """A key that is made of words, as words: ``patron_status``, ``DateDue``."""
    if key.isupper():
        return key
    return _CAPITAL.sub(" ", key.replace("_", " ")).lower()


def name_link_type(number: int) -> str:
    """A link type in words with its number."""
    words = LINK_TYPES.get(number)
    if number < 0 and words:
        return words
    return f"link type {number} ({words})" if words else f"link type {number}"
