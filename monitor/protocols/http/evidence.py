"""Decides what a request or response exposed: the place where values are looked at, and where they stay.

Names tell, those of the catalog before those of the general list; in query strings values tell too, because a card
number or a mail address there is written into logs on its way. Paths and cookies are looked at where they can say who
a patron is. What leaves are keys, classes and sightings. Compiled; uncompiled it does the same.
"""

from __future__ import annotations

import re
from binascii import Error, a2b_base64
from collections.abc import Iterable

import cython

from monitor.model.data import DataClass
from monitor.model.events import Exposed
from monitor.model.lazy import lazy
from monitor.model.opaque import Label, Sighting
from monitor.privacy.labels import typed
from monitor.privacy.subjects import sighting
from monitor.protocols.http.company import Company, Parameters, is_filled, is_long
from monitor.protocols.http.names import Sense, general
from monitor.protocols.http.numbers import Cards, is_mail

_C = DataClass
_BASIC = lazy(rb"\s*basic\s+([A-Za-z0-9+/_=-]+)\s*", re.IGNORECASE)
_DIGEST = lazy(rb"\s*digest\s[^\r\n]*?\busername=\"?([^\",]+)", re.IGNORECASE)
_BEARER = lazy(rb"\s*bearer\s+[A-Za-z0-9._~+/=-]{8,}\s*", re.IGNORECASE)
_CREDENTIAL = cython.declare(cython.longlong, DataClass.CREDENTIAL.bit)
_SESSION = cython.declare(cython.longlong, DataClass.SESSION.bit)
_READ = cython.declare(cython.longlong, DataClass.SEARCH.bit | DataClass.CIRCULATION.bit)
_NO_PATRON = cython.declare(cython.longlong, _CREDENTIAL | _READ | _SESSION)
_SECRET, _KNOWN_CARD = Sense.SECRET, Sense.CARD
_CARDS = frozenset((Sense.USER, Sense.WEAK_USER, Sense.MAIL, Sense.CARD, Sense.WEAK_CARD))
_CARDS_ANYWHERE = frozenset((Sense.CARD, Sense.WEAK_CARD))
_CLASSES = {one.bit: one for one in DataClass}
_TELLING = lazy(rb"@|pass|pwd|[Cc]ard|[Pp]atron|[Bb]orrower|[Bb]arcode|[Uu]ser|[Ll]ogin|[Mm]ember|[Aa]usweis|[Ll]eser")
"""One of these stands in a cookie that says who a patron is."""
_RESTS = tuple(b"@ pass pwd ard atron orrower arcode ser ogin ember usweis".split())
"""One of these, too: most cookies have none, and it takes a third of the time to see that first."""
COOKIES = 64
"""Of one field; browsers keep 50 for a site at least (RFC 6265 section 6.1)."""
_COOKIE = typed("cookie")
"""Key of what has no name of its own: where it stands."""
_AUTHORIZATION = {b"authorization": typed("authorization"), b"proxy-authorization": typed("proxy-authorization")}


@cython.final
@cython.cclass
class Evidence:
    """What one message exposed, gathered in the order of the wire."""

    exposed: list[Exposed] = cython.declare(list, visibility="readonly")
    sightings: list[Sighting] = cython.declare(list, visibility="readonly")
    login: bool = cython.declare(object, visibility="readonly")
    basic: bool = cython.declare(object, visibility="readonly")
    patron_in_query: bool = cython.declare(object, visibility="readonly")
    session_in_address: bool = cython.declare(object, visibility="readonly")
    personal: bool = cython.declare(object, visibility="readonly")
    """It says who asks, or carries what stands for somebody."""

    def __init__(self) -> None:
        self.exposed = []
        self.sightings = []
        self.login = self.basic = self.patron_in_query = self.session_in_address = self.personal = False

    def add_tokens(self, tokens: list[Exposed]) -> None:
        """Note what fields of a product's own expose."""
        self.exposed += tokens
        self.personal = self.personal or bool(tokens)

    def add_sessions(self, sessions: Iterable[Label]) -> None:
        """Note session cookies, by their keys."""
        self.exposed += [Exposed(_C.SESSION, key) for key in sessions]
        self.personal = True

    def add_authorizations(self, authorizations: Iterable[tuple[bytes, bytes]], cards: Cards, *, product: bool) -> None:
        """Note names and passwords in fields, given by the name of each and its value (RFC 7617).

        Of a library product, what a program was given in place of them (RFC 6750) is a session. Where a digest stands
        for the password (RFC 7616), the name is readable: it is told if it is a card's number or a mail address.
        """
        for field, value in authorizations:
            self.personal = True
            match = _BASIC.fullmatch(value)
            if match is not None and _holds_password(match[1]):
                self.basic = True
                self.exposed.append(Exposed(_C.CREDENTIAL, _AUTHORIZATION[field]))
                continue
            digest = _DIGEST.match(value)
            if digest is not None and (cards.named(digest[1]) or is_mail(digest[1])):
                self.exposed.append(Exposed(_C.PATRON_IDENTIFIER, _AUTHORIZATION[field]))
                self.sightings.append(sighting(digest[1]))
            elif product and _BEARER.fullmatch(value) is not None:
                self.exposed.append(Exposed(_C.SESSION, _AUTHORIZATION[field]))

    def add_parameters(self, parameters: Parameters, company: Company, *, in_query: bool) -> None:
        """Note parameters of a query string or a body."""
        bit: cython.longlong
        for name, value, key, means in parameters:
            bit = company.judge(name, value, key, means, in_query)
            if not bit:
                continue
            self.exposed.append(Exposed(_CLASSES[bit], key))
            self.personal = self.personal or bit & _READ == 0
            if bit & _NO_PATRON:
                self.login = self.login or bit == _CREDENTIAL
                self.session_in_address = self.session_in_address or (in_query and bit == _SESSION)
                continue
            self.patron_in_query = self.patron_in_query or in_query
            if company.is_counted(bit):
                self.sightings.append(sighting(value))

    def add_path(self, exposed: Exposed, identifier: bytes) -> None:
        """Note what stands in a path: a title, a session, or who a patron is, by `identifier`."""
        self.exposed.append(exposed)
        bit: cython.longlong = exposed.data_class.bit
        if bit & _READ:
            return
        self.personal = True
        if bit == _SESSION:
            self.session_in_address = True
        else:
            self.patron_in_query = True
            self.sightings.append(sighting(identifier))

    def add_cookies(self, cookies: Iterable[bytes], cards: Cards, *, product: bool) -> None:
        """Note who a patron is where cookies say it beside the session, those of no `product` by a card's number."""
        for name, _, value in (
            one.strip().partition(b"=") for text in cookies if is_telling(text) for one in text.split(b";")[:COOKIES]
        ):
            means = general(name)[1]
            if not product and not (means in _CARDS_ANYWHERE and cards.named(value)):
                continue
            if is_mail(value) or (means in _CARDS and cards.named(value)) or (means == _KNOWN_CARD and is_long(value)):
                self.exposed.append(Exposed(_C.EMAIL if b"@" in value else _C.PATRON_IDENTIFIER, _COOKIE))
                self.sightings.append(sighting(value))
                self.personal = True
            elif means == _SECRET and is_filled(value):
                self.exposed.append(Exposed(_C.CREDENTIAL, _COOKIE))
                self.personal = True


def is_telling(cookies: bytes) -> bool:
    """Whether cookies may say who a patron is."""
    return any(map(cookies.count, _RESTS)) and _TELLING.search(cookies) is not None


def _holds_password(token: bytes) -> bool:
    try:
        user, colon, password = a2b_base64(token + b"==").partition(b":")
    except Error:
        return False
    return bool(colon and (user or password))
