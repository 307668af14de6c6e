"""SIP2 as data: every message with its fixed part. The Wireshark dissector and the scapy layer are made of it, too.

Facts come from the 3M SIP 2.00 document, revision 2.12. Patterns are as strict as real senders allow: recognition on
any port rests on them.
"""

from __future__ import annotations

import re
from functools import cache

from monitor.model.named import NamedTuple
from monitor.model.record import Record
from monitor.protocols.sip2.events import MessageId, Role


class Shape(Record, kw_only=False):
    """What a field of a fixed part looks like."""

    name: str
    width: int
    """Bytes."""
    takes: bytes
    """What each of its bytes may be; none where its places differ."""
    bits: tuple[str, ...] = ()
    """What a Y at each place says, where every byte is a flag of its own."""
    places: bytes = b""
    """Regular expression where its places differ."""

    @property
    def pattern(self) -> bytes:
        """Regular expression that takes exactly `width` bytes."""
        return self.places or b"[%b]{%d}" % (self.takes, self.width)


class Fixed(NamedTuple):
    """One field of a fixed part: no id, no delimiter."""

    name: str
    shape: Shape


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
    also: tuple[Fixed, ...] = ()
    """Another order of the fixed part that is seen in the field."""

    @property
    def id(self) -> bytes:
        """The two digits that open the message."""
        return self.message.value.encode()

    @property
    def title(self) -> str:
        """The message as people call it."""
        return " ".join(word if word in {"ACS", "SC"} else word.title() for word in self.message.name.split("_"))

    @property
    def width(self) -> int:
        """Bytes of the fixed part."""
        return sum(part.shape.width for part in self.fixed)


_YMD = rb"(?:19|20)\d\d(?:0[1-9]|1[0-2])[0-3]\d"
_HMS = rb"[0-2]\d[0-5]\d[0-6]\d"
# Four bytes of zone: blanks by the book, but 0000 and names of zones are sent too; a date not known is all blank.
_DATE = Shape("date", 18, b"", places=rb"(?:" + _YMD + rb"[ 0-9A-Z+-]{4}" + _HMS + rb"| {18})")
_DIGITS = b"0123456789 "  # numbers are sent with blanks, too
_OK = Shape("ok", 1, b"01YN")
_FLAG = Shape("flag", 1, b"YN")
_MEDIA = Shape("flag or unknown", 1, b"YNU ")
_LANGUAGE = Shape("language", 3, _DIGITS)
_PATRON_STATUS = Shape(
    "patron status",
    14,
    b"YN ",
    (
        *("charge_denied", "renewal_denied", "recall_denied", "hold_denied", "card_lost", "too_many_charged"),
        *("too_many_overdue", "too_many_renewals", "too_many_claims_returned", "too_many_lost"),
        *("excessive_fines", "excessive_fees", "recall_overdue", "too_many_billed"),
    ),
)
_SUMMARY = Shape(
    "summary",
    10,
    b"YN ",
    ("hold_items", "overdue_items", "charged_items", "fine_items", "recall_items", "unavailable_holds", "fee_items"),
)
_COUNT = Shape("count", 4, _DIGITS)
_NUMBER = Shape("number", 3, _DIGITS)
_CODE = Shape("code", 2, _DIGITS)
_HOLD_MODE = Shape("hold mode", 1, b"-+*")
_CURRENCY = Shape("currency", 3, b"ABCDEFGHIJKLMNOPQRSTUVWXYZ ")
_ALGORITHM = Shape("algorithm", 1, _DIGITS)
_LOGIN_OK = Shape("login ok", 1, b"01")
_STATUS = Shape("status", 1, b"012")
_VERSION = Shape("version", 4, b"", places=rb"\d\.\d\d")
_M, _SC, _ACS = MessageId, Role.SC, Role.ACS


def _parts(**shapes: Shape) -> tuple[Fixed, ...]:
    return tuple(Fixed(*part) for part in shapes.items())


LAYOUTS = {
    layout.id: layout
    for layout in (
        Layout(_M.BLOCK_PATRON, _SC, b"24", _parts(card_retained=_FLAG, transaction_date=_DATE)),
        Layout(_M.CHECKIN, _SC, b"10", _parts(no_block=_FLAG, transaction_date=_DATE, return_date=_DATE)),
        Layout(
            _M.CHECKIN_RESPONSE,
            _ACS,
            None,
            _parts(ok=_OK, resensitize=_FLAG, magnetic_media=_MEDIA, alert=_FLAG, transaction_date=_DATE),
        ),
        Layout(
            _M.CHECKOUT,
            _SC,
            b"12",
            _parts(sc_renewal_policy=_FLAG, no_block=_FLAG, transaction_date=_DATE, nb_due_date=_DATE),
        ),
        Layout(
            _M.CHECKOUT_RESPONSE,
            _ACS,
            None,
            _parts(ok=_OK, renewal_ok=_FLAG, magnetic_media=_MEDIA, desensitize=_MEDIA, transaction_date=_DATE),
        ),
        Layout(_M.HOLD, _SC, b"16", _parts(hold_mode=_HOLD_MODE, transaction_date=_DATE)),
        Layout(_M.HOLD_RESPONSE, _ACS, None, _parts(ok=_OK, available=_FLAG, transaction_date=_DATE)),
        Layout(_M.ITEM_INFORMATION, _SC, b"18", _parts(transaction_date=_DATE)),
        Layout(
            _M.ITEM_INFORMATION_RESPONSE,
            _ACS,
            None,
            _parts(circulation_status=_CODE, security_marker=_CODE, fee_type=_CODE, transaction_date=_DATE),
        ),
        Layout(_M.ITEM_STATUS_UPDATE, _SC, b"20", _parts(transaction_date=_DATE)),
        Layout(_M.ITEM_STATUS_UPDATE_RESPONSE, _ACS, None, _parts(item_properties_ok=_OK, transaction_date=_DATE)),
        Layout(_M.PATRON_STATUS_REQUEST, _SC, b"24", _parts(language=_LANGUAGE, transaction_date=_DATE)),
        Layout(
            _M.PATRON_STATUS_RESPONSE,
            _ACS,
            None,
            _parts(patron_status=_PATRON_STATUS, language=_LANGUAGE, transaction_date=_DATE),
        ),
        Layout(_M.PATRON_ENABLE, _SC, b"26", _parts(transaction_date=_DATE)),
        Layout(
            _M.PATRON_ENABLE_RESPONSE,
            _ACS,
            None,
            _parts(patron_status=_PATRON_STATUS, language=_LANGUAGE, transaction_date=_DATE),
        ),
        Layout(
            _M.RENEW,
            _SC,
            b"30",
            _parts(third_party_allowed=_FLAG, no_block=_FLAG, transaction_date=_DATE, nb_due_date=_DATE),
        ),
        Layout(
            _M.RENEW_RESPONSE,
            _ACS,
            None,
            _parts(ok=_OK, renewal_ok=_FLAG, magnetic_media=_MEDIA, desensitize=_MEDIA, transaction_date=_DATE),
        ),
        Layout(_M.END_PATRON_SESSION, _SC, b"36", _parts(transaction_date=_DATE)),
        Layout(_M.END_SESSION_RESPONSE, _ACS, None, _parts(end_session=_FLAG, transaction_date=_DATE)),
        Layout(
            _M.FEE_PAID,
            _SC,
            b"38",
            _parts(transaction_date=_DATE, fee_type=_CODE, payment_type=_CODE, currency_type=_CURRENCY),
        ),
        Layout(
            _M.FEE_PAID_RESPONSE,
            _ACS,
            None,
            _parts(payment_accepted=_FLAG, transaction_date=_DATE),
            also=_parts(transaction_date=_DATE, payment_accepted=_FLAG),
        ),
        Layout(_M.PATRON_INFORMATION, _SC, b"64", _parts(language=_LANGUAGE, transaction_date=_DATE, summary=_SUMMARY)),
        Layout(
            _M.PATRON_INFORMATION_RESPONSE,
            _ACS,
            None,
            _parts(
                patron_status=_PATRON_STATUS,
                language=_LANGUAGE,
                transaction_date=_DATE,
                hold_items_count=_COUNT,
                overdue_items_count=_COUNT,
                charged_items_count=_COUNT,
                fine_items_count=_COUNT,
                recall_items_count=_COUNT,
                unavailable_holds_count=_COUNT,
            ),
        ),
        Layout(_M.RENEW_ALL, _SC, b"66", _parts(transaction_date=_DATE)),
        Layout(
            _M.RENEW_ALL_RESPONSE,
            _ACS,
            None,
            _parts(ok=_OK, renewed_count=_COUNT, unrenewed_count=_COUNT, transaction_date=_DATE),
        ),
        Layout(_M.LOGIN, _SC, b"94", _parts(uid_algorithm=_ALGORITHM, pwd_algorithm=_ALGORITHM), weak=True),
        Layout(_M.LOGIN_RESPONSE, _ACS, None, _parts(ok=_LOGIN_OK), weak=True, bare=True),
        Layout(_M.REQUEST_SC_RESEND, _ACS, None, _parts(), weak=True, bare=True),
        Layout(_M.REQUEST_ACS_RESEND, _SC, None, _parts(), weak=True, bare=True),
        Layout(
            _M.ACS_STATUS,
            _ACS,
            None,
            _parts(
                online_status=_FLAG,
                checkin_ok=_FLAG,
                checkout_ok=_FLAG,
                acs_renewal_policy=_FLAG,
                status_update_ok=_FLAG,
                offline_ok=_FLAG,
                timeout_period=_NUMBER,
                retries_allowed=_NUMBER,
                date_time_sync=_DATE,
                protocol_version=_VERSION,
            ),
            bare=True,
        ),
        Layout(
            _M.SC_STATUS,
            _SC,
            b"98",
            _parts(status_code=_STATUS, max_print_width=_NUMBER, protocol_version=_VERSION),
            weak=True,
            bare=True,
        ),
    )
}
"""Every message of SIP 2.00 by its id."""

_BOUNDARY = rb"(?=[^0-9A-Za-z]?(?:[A-Z][A-Z0-9]|\Z))"
"""What stands behind a fixed part: a field's id, perhaps with a delimiter in front, or the end."""


@cache
def head(message: bytes) -> re.Pattern[bytes]:
    """The strict shape of a message's id and fixed part, for one of the ids in `LAYOUTS`.

    Compiled when it is first met: all of them cost more than the rest of a start.
    """
    layout = LAYOUTS[message]
    orders = (b"".join(part.shape.pattern for part in order) for order in (layout.fixed, layout.also) if order)
    return re.compile(message + b"(?:" + b"|".join(orders) + b")" + _BOUNDARY)
