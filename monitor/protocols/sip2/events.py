"""What the SIP2 parser says: whole messages, pieces of messages, terminal logins, and oddities.

Rule: names of messages come from the 3M SIP 2.00 document, revision 2.12; nothing here holds a byte of a message.
"""

from __future__ import annotations

from typing import ClassVar

from monitor.model.closed import Enum
from monitor.model.events import Event, Sights


class MessageId(Enum):
    """The messages of SIP 2.00."""

    BLOCK_PATRON = "01"
    CHECKIN = "09"
    CHECKIN_RESPONSE = "10"
    CHECKOUT = "11"
    CHECKOUT_RESPONSE = "12"
    HOLD = "15"
    HOLD_RESPONSE = "16"
    ITEM_INFORMATION = "17"
    ITEM_INFORMATION_RESPONSE = "18"
    ITEM_STATUS_UPDATE = "19"
    ITEM_STATUS_UPDATE_RESPONSE = "20"
    PATRON_STATUS_REQUEST = "23"
    PATRON_STATUS_RESPONSE = "24"
    PATRON_ENABLE = "25"
    PATRON_ENABLE_RESPONSE = "26"
    RENEW = "29"
    RENEW_RESPONSE = "30"
    END_PATRON_SESSION = "35"
    END_SESSION_RESPONSE = "36"
    FEE_PAID = "37"
    FEE_PAID_RESPONSE = "38"
    PATRON_INFORMATION = "63"
    PATRON_INFORMATION_RESPONSE = "64"
    RENEW_ALL = "65"
    RENEW_ALL_RESPONSE = "66"
    LOGIN = "93"
    LOGIN_RESPONSE = "94"
    REQUEST_SC_RESEND = "96"
    REQUEST_ACS_RESEND = "97"
    ACS_STATUS = "98"
    SC_STATUS = "99"
    OTHER = "other"
    """An id that SIP 2.00 does not define; seen in fragments only."""


class Role(Enum):
    """Who sends a message: the self-check (any client) or the library system."""

    SC = "sc"
    ACS = "acs"


class Checksum(Enum):
    """What became of a message's checksum."""

    OK = "ok"
    BAD = "bad"
    ABSENT = "absent"


class System(Enum):
    """Whose library system answers, as far as its messages tell."""

    UNKNOWN = "unknown"
    UNSURE = "unsure"
    """Its messages tell of several."""
    EVERGREEN = "evergreen"
    FOLIO = "folio"
    GOSSIP = "gossip"
    HORIZON = "horizon"
    KOHA_OR_EVERGREEN = "koha_or_evergreen"
    POLARIS = "polaris"
    SIERRA = "sierra"
    SIRSIDYNIX = "sirsidynix"
    """Symphony or Horizon."""
    SYMPHONY = "symphony"
    WISE = "wise"

    number: int
    """Its place in this list."""

    def __init__(self, _word: str) -> None:
        self.number = len(type(self).__members__)


class Pin(Enum):
    """What an answer about a patron says of the PIN."""

    NONE = "none"
    """It is no answer about a patron, or it is not known what was asked."""
    NOT_SENT = "not_sent"
    UNJUDGED = "unjudged"
    """It was sent, and the system did not say whether it is right."""
    RIGHT = "right"
    WRONG = "wrong"


class Sip2Message(Event):
    """One whole message."""

    message: MessageId
    sender: Role
    checksum: Checksum
    system: System = System.UNKNOWN
    """Whose system answers in this flow, as far as this message and those before tell."""
    pin: Pin = Pin.NONE
    """Of answers to questions about patrons (23 with 24, 63 with 64)."""


class Sip2Fragment(Event):
    """What a message that is not whole, or not of SIP 2.00, certainly exposed. Never counted as a message."""

    message: MessageId


class Sip2Login(Event):
    """A terminal logged in the telnet way, in two lines of clear text ahead of the first message."""


class Sip2LoginAnswer(Event):
    """The system answered a terminal's login (93 with 94). Said beside the messages."""

    accepted: bool
    sights: ClassVar[Sights] = Sights.ACCOUNTS


class Sip2Weird(Enum):
    """Oddities of a SIP2 flow."""

    BAD_CHECKSUM = "bad_checksum"
    """Often a sender that sums characters where bytes are meant; what the message said was exposed all the same."""
    CHARACTER_CHECKSUM = "character_checksum"
    """Told beside `BAD_CHECKSUM`: it is right if characters are summed where bytes are meant; nothing was damaged."""
    SHORT_FIXED_PART = "short_fixed_part"
    """The fixed part is missing, short or out of shape; the fields behind it were found approximately."""
    UNKNOWN_MESSAGE = "unknown_message"
    """A message with fields under an id that SIP 2.00 does not define."""
    NOT_A_MESSAGE = "not_a_message"
    OVERSIZE_FRAME = "oversize_frame"
    """No end within the limit: dropped up to the next terminator."""
    CUT_MESSAGE = "cut_message"
    """The flow ended or bytes were lost inside a message."""
    LOST_BYTES = "lost_bytes"
