"""What the HTTP parser says: requests, responses, pieces of heads that were cut, messages inside, and oddities.

Rule: nothing here holds a byte of a message; methods are a closed list, products come from the catalog.
"""

from __future__ import annotations

from monitor.model.closed import Enum
from monitor.model.events import DeviceSign, Event, PortMapping
from monitor.model.opaque import HostName, Label
from monitor.protocols.ncip.events import NcipService
from monitor.protocols.sip2.events import MessageId, Pin, Role, Sip2LoginAnswer, System


class Method(Enum):
    """Request methods of RFC 9110 section 9.3 and RFC 5789."""

    GET = "get"
    HEAD = "head"
    POST = "post"
    PUT = "put"
    DELETE = "delete"
    CONNECT = "connect"
    OPTIONS = "options"
    TRACE = "trace"
    PATCH = "patch"
    OTHER = "other"


class HttpRequest(Event):
    """One request whose whole head was seen, with what its body exposed as far as that was looked at."""

    method: Method
    product: Label
    """The library product it was sent to, by the catalog's short name; empty where the catalog knows none."""
    login: bool
    """A password or PIN stood in the query string or in the body."""
    basic: bool
    """A user name and a password stood in a header (RFC 7617, Basic)."""
    patron_in_query: bool
    """What says who a patron is stood in the address: in the query string or the path."""
    session_in_address: bool
    """What stands for a login stood there."""
    authorization: bool = False
    """It had a field ``Authorization`` or ``Proxy-Authorization``, of whatever scheme."""
    cookie: bool = False
    """It had a field ``Cookie``, whatever stood in it."""


class HttpLogin(Event):
    """A password or PIN goes to a host. Judged only if nobody sent it one before, while others are well known."""

    host: HostName | None = None
    """What the client calls it; None where that is no name."""


class HttpReferral(Event):
    """What the address of the page before said of a patron, as a request to another host passes it on (Referer)."""

    product: Label
    """The product whose page it is; empty where the catalog knows none."""


class HttpFragment(HttpRequest):
    """What was certainly exposed outside of a whole request. Never counted.

    It stood in a head that was cut, a request's or the cookies of a response, or in a message of a WebSocket.
    """


class HttpResponse(Event):
    """One response whose whole head was seen.

    It exposes only what its own request did not expose already, so that an exchange counts once.
    """

    product: Label
    """The product its request was sent to; empty where that is not known."""
    status: int


class LoginForm(Enum):
    """Where a page sends a password or PIN."""

    NONE = "none"
    """It does not ask for one."""
    CLEAR = "clear"
    ENCRYPTED = "encrypted"


class HttpPage(Event):
    """What the page that answers a request shows of a patron, each key once; told only if that is something."""

    product: Label
    """Whose page it is."""
    form: LoginForm


class HttpCookie(Event):
    """The answer to a login sets cookies for it that browsers will send without encryption (no ``Secure``).

    Told where `HttpResponse` does not show them: of products of no certain make, and of sessions that begin anew.
    """

    product: Label


class After(Enum):
    """What a redirection follows."""

    LOGIN = "login"
    """A password or PIN was sent."""
    LOGIN_PAGE = "login_page"
    """A page for that was asked for."""
    ENCRYPTION = "encryption"
    """The request was encrypted as far as the proxy that passed it on."""


class HttpRedirect(Event):
    """A browser is sent on to an address without encryption."""

    product: Label
    after: After


class HttpPortal(Event):
    """Somebody else answered in the place of a host by which devices find out whether they are on the internet."""

    encrypted: bool
    """Where the device is sent on to."""


class HttpSip2(Event):
    """A message of SIP2 in the address or body of a request, or in the body of a response."""

    message: MessageId
    sender: Role
    system: System = System.UNKNOWN
    """Whose system answers, as far as this message tells."""
    pin: Pin = Pin.NONE
    """Of answers to questions about patrons, as of `Sip2Message`."""


class HttpNcip(Event):
    """A message of NCIP in the body of a request or response, or the first part of one."""

    service: NcipService
    answer: bool
    """It answers a message of that service."""


_OfProduct = HttpRequest | HttpResponse | HttpReferral | HttpPage | HttpCookie | HttpRedirect
_OfPeople = HttpLogin
_OfNetwork = HttpPortal | PortMapping | HttpSip2 | HttpNcip | Sip2LoginAnswer | DeviceSign


def is_of_library(event: _OfProduct | _OfPeople | _OfNetwork) -> bool:
    """Whether an event belongs to a library's service wherever that stands, or to the network it is in."""
    return isinstance(event, _OfNetwork) or (not isinstance(event, HttpLogin) and bool(event.product))


class HttpWeird(Enum):
    """Oddities of an HTTP flow."""

    CUT_HEAD = "cut_head"
    """Bytes were lost, or the flow ended, inside a head."""
    CUT_BODY = "cut_body"
    """Bytes were lost, or the flow ended, inside a body that was looked at."""
    BAD_HEAD = "bad_head"
    """Lines of a head are no fields; the others were understood."""
    BAD_LENGTH = "bad_length"
    """Nobody can say where a body ends; the next head is searched for."""
    NOT_CHUNKED = "not_chunked"
    """A body that is said to come in chunks does not."""
    BAD_BODY = "bad_body"
    """A body is not encoded as its head says, or a message in it cannot be read to its end."""
    ODD_START = "odd_start"
    """A status line that only the most patient readers take for one."""
    NOT_A_MESSAGE = "not_a_message"
    """Something else stood where a head was due."""
    OVERSIZE_HEAD = "oversize_head"
    """No end of a head within the limit."""
    LARGE_BODY = "large_body"
    """Only the beginning of a form was looked at."""
    UNANSWERED = "unanswered"
    """More requests wait for an answer than are remembered."""
    HTTP2 = "http2"
    """Bytes of HTTP/2 were lost or are none of it; the next head is searched for."""
    WEBSOCKET = "websocket"
    """One side of a WebSocket cannot be read on: bytes were lost, or are none of it."""
    LOST_BYTES = "lost_bytes"
