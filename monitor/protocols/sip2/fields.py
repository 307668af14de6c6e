"""SIP2 as data: every field with what it says and the class of patron data it holds.

Facts come from the 3M SIP 2.00 document, revision 2.12, the 3M extensions of 2005, and the field ids that library
systems are seen to add.
Rule: where systems mean different things by one id, its class in `FIELDS` is the one that says most of a patron; what a
system that is known means by it stands in `VARIANTS`.
"""

from __future__ import annotations

from monitor.model.data import DataClass
from monitor.model.opaque import Label
from monitor.model.record import Record
from monitor.privacy.labels import typed
from monitor.protocols.sip2.events import System


class Field(Record, kw_only=False):
    """One field id."""

    key: Label
    meaning: str
    data_class: DataClass | None
    """None for what says nothing of a patron: institutions, places of the house, the protocol itself."""


_C = DataClass
_MEANINGS: tuple[tuple[DataClass | None, dict[str, str]], ...] = (
    (_C.CREDENTIAL, {"AD": "patron's PIN or password"}),
    (_C.STAFF_CREDENTIAL, {"AC": "terminal password", "CN": "login user", "CO": "login password"}),
    (
        _C.PATRON_IDENTIFIER,
        {"AA": "patron", "CY": "patron who waits for the item", "XI": "internal number of the patron"},
    ),
    (_C.NAME, {"AE": "patron's name", "DA": "name of who waits for the item", "DH": "first name", "DJ": "other name"}),
    (_C.POSTAL_ADDRESS, {"BD": "home address", "PZ": "postal code"}),
    (_C.EMAIL, {"BE": "mail address"}),
    (_C.PHONE, {"BF": "phone; in 10 of the patron who waits"}),
    (_C.BIRTH_DATE, {"PB": "birth date", "PD": "birth date (Symphony)", "BC": "birth date (Polaris)"}),
    (
        _C.DEMOGRAPHIC,
        {
            "PA": "expiry, patron code or access type",
            "PC": "patron class",
            "PE": "user category, expiry or branch",
            "PF": "user category, sex at some sites",
            "PG": "user category, sex at some sites",
            "PH": "user category",
            "PI": "internet profile",
            "PS": "expiry or statistical class",
            "PT": "patron group",
            "PX": "expiry",
            "LG": "patron's language",
            "ZY": "patron class",
            "GG": "licenses held",
        },
    ),
    (
        _C.ACCOUNT_STATUS,
        {
            "BL": "patron is valid",
            "CQ": "password is valid",
            "BZ": "limit of holds",
            "CA": "limit of overdue items",
            "CB": "limit of loans",
            "PY": "account has expired",
        },
    ),
    (_C.PAYMENT, {"BK": "payment transaction, seen to hold the patron's number"}),
    (
        _C.FEES,
        {
            "BT": "fee type",
            "BV": "fee amount",
            "CC": "fee limit",
            "CG": "fee",
            "FA": "amount of one fee",
            "FC": "date of a fee",
            "FE": "type of a fee",
            "FG": "amount paid",
            "DB": "estimated fines",
            "DM": "fee threshold",
        },
    ),
    (
        _C.CIRCULATION,
        {
            "AB": "item",
            "AH": "due date",
            "AJ": "title",
            "AS": "items on hold",
            "AT": "overdue items",
            "AU": "items on loan",
            "AV": "items with fines",
            "BM": "items renewed",
            "BN": "items not renewed",
            "BR": "place in the queue",
            "BS": "pickup location",
            "BU": "recalled items",
            "BW": "end of the hold",
            "BY": "hold type",
            "CD": "holds not available",
            "CF": "length of the queue",
            "CH": "item properties",
            "CJ": "recall date",
            "CK": "media type",
            "CM": "hold pickup date",
            "CR": "collection",
            "CS": "call number",
            "CV": "alert type",
            "EA": "author",
            "FB": "item of a fee",
            "FD": "title of a fee's item",
            "IN": "ISBN",
            "MA": "bibliographic record",
            "NB": "standard number",
        },
    ),
    (_C.FREE_TEXT, {"AF": "screen message", "AG": "print line", "AL": "blocked card message", "FF": "fee description"}),
    (
        _C.UNCLASSIFIED,
        {
            "U1": "user defined",
            "U2": "user defined",
            "U3": "user defined",
            "U4": "user defined",
            "U5": "user defined",
            "XY": "patron attribute that the site chose",
            "DE": "patron field that the site chose, or description of a work",
        },
    ),
    (
        None,
        {
            "AM": "library",
            "AN": "terminal's place",
            "AO": "institution",
            "AP": "current location",
            "AQ": "permanent location",
            "AY": "sequence number",
            "AZ": "checksum",
            "BG": "owner",
            "BH": "currency",
            "BI": "cancel",
            "BO": "fee acknowledged",
            "BP": "first entry of a list",
            "BQ": "last entry of a list",
            "BX": "supported messages",
            "CI": "security inhibit",
            "CL": "sort bin",
            "CP": "terminal's location",
            "CT": "destination",
            "SV": "server version",
            "VN": "server version",
        },
    ),
)

FIELDS = {
    key.encode(): Field(typed(key), meaning, data_class)
    for data_class, meanings in _MEANINGS
    for key, meaning in meanings.items()
}
"""Every known field by its id."""

_VARIANTS: dict[str, dict[System, tuple[str, DataClass | None]]] = {
    "CM": {System.FOLIO: ("end of the time on the hold shelf", _C.CIRCULATION)},
    "DA": {System.FOLIO: ("name of who waits for the item", _C.NAME)},
    "DE": {
        System.FOLIO: ("description of a work", _C.CIRCULATION),
        System.KOHA_OR_EVERGREEN: ("patron field that the site chose", _C.UNCLASSIFIED),
    },
    "FA": {
        System.FOLIO: ("what is left of a fee", _C.FEES),
        System.GOSSIP: ("amount of one fee", _C.FEES),
        System.POLARIS: ("amount owed", _C.FEES),
    },
    "FE": {System.FOLIO: ("account of a fee", _C.FEES), System.GOSSIP: ("type of a fee", _C.FEES)},
    "PA": {
        System.EVERGREEN: ("expiry", _C.DEMOGRAPHIC),
        System.KOHA_OR_EVERGREEN: ("expiry or access type", _C.DEMOGRAPHIC),
        System.POLARIS: ("patron code", _C.DEMOGRAPHIC),
        System.SYMPHONY: ("expiry", _C.DEMOGRAPHIC),
    },
    "PE": {
        System.HORIZON: ("expiry", _C.DEMOGRAPHIC),
        System.POLARIS: ("branch", _C.DEMOGRAPHIC),
        System.SYMPHONY: ("user category", _C.DEMOGRAPHIC),
    },
    "PS": {
        System.HORIZON: ("expiry", _C.DEMOGRAPHIC),
        System.POLARIS: ("statistical class, age at some sites", _C.DEMOGRAPHIC),
    },
    "PZ": {System.FOLIO: ("call number", _C.CIRCULATION), System.POLARIS: ("postal code", _C.POSTAL_ADDRESS)},
    "SV": {
        System.FOLIO: ("patron field that the site chose", _C.UNCLASSIFIED),
        System.GOSSIP: ("server version", None),
    },
    "ZY": {
        System.HORIZON: ("patron class", _C.DEMOGRAPHIC),
        System.KOHA_OR_EVERGREEN: ("item field that the site chose", _C.UNCLASSIFIED),
    },
}

VARIANTS = {
    key.encode(): {system: Field(typed(key), *said) for system, said in variants.items()}
    for key, variants in _VARIANTS.items()
}
"""What systems mean by an id that not all use alike; those that are not named are taken to mean what `FIELDS` says."""
