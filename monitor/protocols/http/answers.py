"""What the head of an answer says of a login and of the way on, and whether its page is worth a look.

Rule: nobody looks at a page unless it is a library product's, and about one patron by its address or by who asks.
"""

from __future__ import annotations

import re
from functools import lru_cache

from monitor.model.data import DataClass
from monitor.model.events import Exposed, Output
from monitor.model.lazy import lazy
from monitor.model.named import NamedTuple
from monitor.model.opaque import Label
from monitor.privacy.labels import NOTHING, OTHER
from monitor.protocols.http.asked import Asked
from monitor.protocols.http.catalog import Catalog
from monitor.protocols.http.events import After, HttpCookie, HttpFragment, HttpPortal, HttpRedirect, Method
from monitor.protocols.http.fields import Fields
from monitor.protocols.http.framing import TRIED_BYTES
from monitor.protocols.http.parcels import BLANKS

PAGE_BYTES = 1_048_576
"""A longer answer is no page about one patron, and is passed over from its head on."""
TYPES = 256
"""Types of answers whose kind is kept; a network has some dozens."""

_READ = frozenset(
    (b"text/html", b"application/xhtml+xml", b"application/json", b"text/json", b"text/xml", b"application/xml")
) | {b"text/plain"}
_SECURE = lazy(rb";[ \t]*secure[ \t]*(?:;|\Z)", re.IGNORECASE)
_SESSION_NAME = lazy(
    rb"[^=]{0,64}(?:sess|sid|token|auth|ticket|login|user)[^=]{0,64}=\"?(?!deleted)[^;\"\s]{8}", re.IGNORECASE
)
"""A cookie that by its name stands for who logged in."""
_LOCATION = lazy(rb"\nlocation:[ \t]*(https?)://", re.IGNORECASE)
_PROBES = frozenset(
    b"captive.apple.com connectivitycheck.gstatic.com connectivitycheck.android.com clients3.google.com "
    b"www.msftconnecttest.com www.msftncsi.com detectportal.firefox.com nmcheck.gnome.org network-test.debian.org "
    b"connectivity-check.ubuntu.com networkcheck.kde.org ping.archlinux.org".split()
)
"""Hosts that devices ask whether something stands between them and the internet (RFC 8952 section 2.6)."""
_PROBE_BYTES = 512
"""What they answer themselves is shorter than any portal."""
_BEGINNINGS = (b"<", b"{", b"[")
_CONTROLS = bytes(set(range(32)).difference(b"\t\n\v\f\r\x0e\x0f\x1b"))
"""No encoding of text has any use for these."""
_STRAY, _RARE = 4, 32
"""So many of them stand in a text all the same, and one more in so many bytes; of others every tenth byte is one."""
_OK, _REDIRECT, _LOG_IN = 200, 300, 511
_REDIRECTS = frozenset((301, 302, 303, 307, 308))


class Answer(NamedTuple):
    """An answer whose body is looked at."""

    fields: Fields
    asked: Asked | None
    """Whose page it is; None where it is looked at for messages only."""
    carries: bool
    """It may be a message, or hold one."""


def may_show(asked: Asked, status: int, fields: Fields) -> bool:
    """Whether a page is worth a look: the answer to `asked`, if it was that."""
    return (
        asked.product is not None
        and status < _REDIRECT
        and is_read(fields.content_type)
        and (fields.length or 0) <= PAGE_BYTES
        and (asked.personal or asked.is_account)
    )


@lru_cache(maxsize=TYPES)
def is_read(content_type: bytes) -> bool:
    """Whether a body of this type is text that may show something."""
    kind = content_type.partition(b";")[0].strip().lower()
    return kind in _READ or kind.endswith((b"+json", b"+xml"))


def is_page(text: bytes) -> bool:
    """Whether a text begins as a page, a document, or what programs exchange does; no picture that is called one."""
    start = text[:TRIED_BYTES]
    if start.lstrip(BLANKS)[:1] not in _BEGINNINGS and 0 in start:
        return False
    controls = len(start) - len(start.translate(None, _CONTROLS))
    return (controls - _STRAY) * _RARE <= len(start)


def new_sessions(asked: Asked | None, fields: Fields, catalog: Catalog) -> tuple[Exposed, ...]:
    """Session cookies that an answer sets."""
    product = asked.product if asked else None
    return tuple(
        Exposed(DataClass.SESSION, key)
        for value in fields.new_cookies
        for key in catalog.sessions(value.partition(b";")[0], product)
    )


def set_cookies(exposed: tuple[Exposed, ...], product: Label) -> HttpFragment:
    """What the head of an answer certainly exposed that was cut."""
    return HttpFragment(
        exposed=exposed,
        method=Method.OTHER,
        product=product,
        login=False,
        basic=False,
        patron_in_query=False,
        session_in_address=False,
    )


def tell(asked: Asked, status: int, fields: Fields, head: bytes, catalog: Catalog) -> list[Output]:
    """What the head of the answer to `asked` says of its login, or of the way on."""
    if asked.login and fields.new_cookies:
        return [*_cookies(asked, fields, catalog), *_redirect(asked, status, head)]
    if status >= _REDIRECT and (asked.login or asked.was_encrypted or asked.is_login_page):
        return _redirect(asked, status, head)
    return _portal(status, fields, head) if asked.host.partition(b":")[0] in _PROBES else []


def _cookies(asked: Asked, fields: Fields, catalog: Catalog) -> list[Output]:
    """The cookies that stand for the login, and that browsers will send without encryption, too.

    Not those that the answer's own event shows, so that an exchange counts once.
    """
    exposed = []
    for value in fields.new_cookies:
        cookie = value.partition(b";")[0].strip()
        if _SECURE.search(value) is None and cookie not in asked.cookies:
            known = catalog.sessions(cookie, asked.product)
            if asked.session if known else _SESSION_NAME.match(value) is not None:
                exposed.append(Exposed(DataClass.SESSION, known[0] if known else OTHER))
    label = asked.product.label if asked.product else NOTHING
    return [HttpCookie(exposed=tuple(exposed), product=label)] if exposed else []


def _redirect(asked: Asked, status: int, head: bytes) -> list[Output]:
    """Whether it leads on without encryption, where it was encrypted or should be from here on."""
    found = _LOCATION.search(head) if status in _REDIRECTS else None
    if found is None or found[1].lower() != b"http":
        return []
    after = After.ENCRYPTION if asked.was_encrypted else After.LOGIN if asked.login else After.LOGIN_PAGE
    return [HttpRedirect(product=asked.product.label if asked.product else NOTHING, after=after)]


def _portal(status: int, fields: Fields, head: bytes) -> list[Output]:
    """Whether somebody else answers in the place of a host that only says that it is there."""
    found = _LOCATION.search(head) if status in _REDIRECTS else None
    if found is not None:
        return [HttpPortal(encrypted=found[1].lower() == b"https")]
    page = status == _OK and fields.content_type[:9].lower() == b"text/html"
    if status == _LOG_IN or (page and (fields.length is None or fields.length >= _PROBE_BYTES)):
        return [HttpPortal(encrypted=False)]
    return []
