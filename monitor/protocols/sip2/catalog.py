"""SIP2 as data: every message with its fixed part, every field with the class of patron data it holds.

Facts come from the 3M SIP 2.00 document, revision 2.12, the 3M extensions of 2005, and the field ids that library
systems are seen to add. Patterns are as strict as real senders allow: recognition on any port rests on them.
Rule: an id has one class. Where systems disagree (PA, PE, PS, PZ, DA, DE, FA), the one that says more of a patron.
"""

from __future__ import annotations

import re
from functools import cache

from monitor.model.data import DataClass
from monitor.model.opaque import Label
from monitor.model.record import Record
from monitor.privacy.labels import typed
from monitor.protocols.sip2.events import MessageId, Role


class Fixed(Record, kw_only=False):
    """One field of a fixed part: no id, no delimiter."""

    name: str
    width: int
    """Bytes."""
    pattern: bytes
    """Regular expression that takes exactly `width` bytes."""


class Layout(Record, kw_only=False):
    """One message."""

    message: MessageId
    sender: Role
    answer: bytes | None
    """Id of the message that answers this one."""
    fixed: tuple[Fixed, ...]
    weak: bool = False
    """So little of the message is fixed that other protocols may look like it."""
    bare: bool = False
    """Comes without any field."""

    @property
    def id(self) -> bytes:
        """The two digits that open the message."""
        return self.message.value.encode()

    @property
    def width(self) -> int:
        """Bytes of the fixed part."""
        return sum(part.width for part in self.fixed)


_YMD = rb"(?:19|20)\d\d(?:0[1-9]|1[0-2])[0-3]\d"
_HMS = rb"[0-2]\d[0-5]\d[0-6]\d"
# Four bytes of zone: blanks by the book, but 0000 and names of zones are sent too; a date not known is all blank.
_DATE = Fixed("date", 18, rb"(?:" + _YMD + rb"[ 0-9A-Z+-]{4}" + _HMS + rb"| {18})")
_OK = Fixed("ok", 1, rb"[01YN]")
_FLAG = Fixed("flag", 1, rb"[YN]")
_MEDIA = Fixed("flag or unknown", 1, rb"[YNU ]")
_LANGUAGE = Fixed("language", 3, rb"[0-9 ]{3}")
_PATRON_STATUS = Fixed("patron status", 14, rb"[YN ]{14}")
_COUNT = Fixed("count", 4, rb"[0-9 ]{4}")
_NUMBER = Fixed("number", 3, rb"[0-9 ]{3}")
_CODE = Fixed("code", 2, rb"[0-9 ]{2}")
_VERSION = Fixed("version", 4, rb"\d\.\d\d")
_M, _SC, _ACS = MessageId, Role.SC, Role.ACS

LAYOUTS = {
    layout.id: layout
    for layout in (
        Layout(_M.BLOCK_PATRON, _SC, b"24", (_FLAG, _DATE)),
        Layout(_M.CHECKIN, _SC, b"10", (_FLAG, _DATE, _DATE)),
        Layout(_M.CHECKIN_RESPONSE, _ACS, None, (_OK, _FLAG, _MEDIA, _FLAG, _DATE)),
        Layout(_M.CHECKOUT, _SC, b"12", (_FLAG, _FLAG, _DATE, _DATE)),
        Layout(_M.CHECKOUT_RESPONSE, _ACS, None, (_OK, _FLAG, _MEDIA, _MEDIA, _DATE)),
        Layout(_M.HOLD, _SC, b"16", (Fixed("hold mode", 1, rb"[-+*]"), _DATE)),
        Layout(_M.HOLD_RESPONSE, _ACS, None, (_OK, _FLAG, _DATE)),
        Layout(_M.ITEM_INFORMATION, _SC, b"18", (_DATE,)),
        Layout(_M.ITEM_INFORMATION_RESPONSE, _ACS, None, (_CODE, _CODE, _CODE, _DATE)),
        Layout(_M.ITEM_STATUS_UPDATE, _SC, b"20", (_DATE,)),
        Layout(_M.ITEM_STATUS_UPDATE_RESPONSE, _ACS, None, (_OK, _DATE)),
        Layout(_M.PATRON_STATUS_REQUEST, _SC, b"24", (_LANGUAGE, _DATE)),
        Layout(_M.PATRON_STATUS_RESPONSE, _ACS, None, (_PATRON_STATUS, _LANGUAGE, _DATE)),
        Layout(_M.PATRON_ENABLE, _SC, b"26", (_DATE,)),
        Layout(_M.PATRON_ENABLE_RESPONSE, _ACS, None, (_PATRON_STATUS, _LANGUAGE, _DATE)),
        Layout(_M.RENEW, _SC, b"30", (_FLAG, _FLAG, _DATE, _DATE)),
        Layout(_M.RENEW_RESPONSE, _ACS, None, (_OK, _FLAG, _MEDIA, _MEDIA, _DATE)),
        Layout(_M.END_PATRON_SESSION, _SC, b"36", (_DATE,)),
        Layout(_M.END_SESSION_RESPONSE, _ACS, None, (_FLAG, _DATE)),
        Layout(_M.FEE_PAID, _SC, b"38", (_DATE, _CODE, _CODE, Fixed("currency", 3, rb"[A-Z ]{3}"))),
        Layout(_M.FEE_PAID_RESPONSE, _ACS, None, (_FLAG, _DATE)),
        Layout(_M.PATRON_INFORMATION, _SC, b"64", (_LANGUAGE, _DATE, Fixed("summary", 10, rb"[YN ]{10}"))),
        Layout(_M.PATRON_INFORMATION_RESPONSE, _ACS, None, (_PATRON_STATUS, _LANGUAGE, _DATE, *[_COUNT] * 6)),
        Layout(_M.RENEW_ALL, _SC, b"66", (_DATE,)),
        Layout(_M.RENEW_ALL_RESPONSE, _ACS, None, (_OK, _COUNT, _COUNT, _DATE)),
        Layout(_M.LOGIN, _SC, b"94", (Fixed("algorithms", 2, rb"[0-9 ]{2}"),), weak=True),
        Layout(_M.LOGIN_RESPONSE, _ACS, None, (Fixed("ok", 1, rb"[01]"),), weak=True, bare=True),
        Layout(_M.REQUEST_SC_RESEND, _ACS, None, (), weak=True, bare=True),
        Layout(_M.REQUEST_ACS_RESEND, _SC, None, (), weak=True, bare=True),
        Layout(_M.ACS_STATUS, _ACS, None, (*[_FLAG] * 6, _NUMBER, _NUMBER, _DATE, _VERSION), bare=True),
        Layout(_M.SC_STATUS, _SC, b"98", (Fixed("status", 1, rb"[0-2]"), _NUMBER, _VERSION), weak=True, bare=True),
    )
}
"""Every message of SIP 2.00 by its id."""

_PATTERNS = {
    # Seen in the field: the two parts of a payment's answer swapped.
    b"38": rb"(?:[YN]" + _DATE.pattern + rb"|" + _DATE.pattern + rb"[YN])",
}

_BOUNDARY = rb"(?=[^0-9A-Za-z]?(?:[A-Z][A-Z0-9]|\Z))"
"""What stands behind a fixed part: a field's id, perhaps with a delimiter in front, or the end."""


@cache
def head(message: bytes) -> re.Pattern[bytes]:
    """The strict shape of a message's id and fixed part, for one of the ids in `LAYOUTS`.

    Compiled when it is first met: all of them cost more than the rest of a start.
    """
    fixed = _PATTERNS.get(message) or b"".join(part.pattern for part in LAYOUTS[message].fixed)
    return re.compile(message + fixed + _BOUNDARY)


class Field(Record, kw_only=False):
    """One field id."""

    key: Label
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

FIELDS = {key.encode(): Field(typed(key), data_class) for data_class, meanings in _MEANINGS for key in meanings}
"""Every known field by its id."""
