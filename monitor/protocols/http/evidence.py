"""Decides what a request or response exposed: the place where values are looked at, and where they stay.

Names tell, those of the catalog before those of the general list; in query strings values tell too, because a card
number or a mail address there is written into logs on its way. Paths and cookies are looked at where they can say who
a patron is. What leaves are keys, classes and sightings.
"""

from __future__ import annotations

import re
from binascii import Error, a2b_base64
from collections.abc import Iterable
from types import ModuleType

import cython

from monitor.model.data import DataClass
from monitor.model.events import Exposed
from monitor.model.lazy import lazy
from monitor.model.opaque import Label, Sighting
from monitor.privacy.labels import typed
from monitor.privacy.subjects import sighting
from monitor.protocols.http.catalog import Names, meaning
from monitor.protocols.http.forms import Pairs
from monitor.protocols.http.names import Sense, general, is_personal
from monitor.protocols.http.numbers import PASSES, Cards, is_dated, is_item, is_mail, is_pass, is_token

_C = DataClass
_FLAGS = frozenset(b"0 1 on off true false yes no null none undefined nil".split())
"""Values of a field that says something about a password instead of holding it."""
_MASK = b"*.xX\xe2\x80\xa2\x97\x8f"
"""A value is masked if it is made of these alone."""
_COUNTERS = frozenset(b"_ t ts cb time timestamp date nocache cachebuster rnd rand random gclid fbclid".split())
"""Names of what keeps caches away: numbers without meaning."""
_DIGITS = lazy(rb"[0-9].*[0-9].*[0-9].*[0-9]", re.DOTALL)
"""Fewer than four digits number a card of a game, or of a page."""
_NUMBER = lazy(rb"[0-9]")
_LETTERS = lazy(rb"[^0-9<>{}=/\\]{2,64}")
_STREET = lazy(rb"[^<>{}=\\]{3,128}")
_BASIC = lazy(rb"\s*basic\s+([A-Za-z0-9+/_=-]+)\s*", re.IGNORECASE)
_DIGEST = lazy(rb"\s*digest\s[^\r\n]*?\busername=\"?([^\",]+)", re.IGNORECASE)
_BEARER = lazy(rb"\s*bearer\s+[A-Za-z0-9._~+/=-]{8,}\s*", re.IGNORECASE)
# Bits by themselves: a member of an enum costs a look-up each time it is named.
_CREDENTIAL, _PATRON, _EMAIL = _C.CREDENTIAL.bit, _C.PATRON_IDENTIFIER.bit, _C.EMAIL.bit
_PHONE, _BIRTH_DATE, _NAME, _POSTAL = _C.PHONE.bit, _C.BIRTH_DATE.bit, _C.NAME.bit, _C.POSTAL_ADDRESS.bit
_GOVERNMENT_ID, _PAYMENT, _SESSION = _C.GOVERNMENT_ID.bit, _C.PAYMENT.bit, _C.SESSION.bit
_CIRCULATION = _C.CIRCULATION.bit
_SECRET, _WEAK_SECRET, _USER = int(Sense.SECRET), int(Sense.WEAK_SECRET), int(Sense.USER)
_WEAK_USER, _KNOWN_CARD, _WEAK_CARD = int(Sense.WEAK_USER), int(Sense.CARD), int(Sense.WEAK_CARD)
_UNKNOWN = int(Sense.UNKNOWN)
_PHONE_NAME, _BIRTH_NAME = int(Sense.PHONE), int(Sense.BIRTH_DATE)
_NAME_NAME, _ADDRESS_NAME, _PAYING = int(Sense.NAME), int(Sense.ADDRESS), int(Sense.PAYING)
_GOVERNMENT_NAME, _PAYMENT_NAME = int(Sense.GOVERNMENT), int(Sense.PAYMENT)
_TOKEN_NAME, _TITLE_NAME, _MAIL_NAME = int(Sense.TOKEN), int(Sense.TITLE), int(Sense.MAIL)
_PERSON = (
    *(_NAME | _NAME_NAME, _POSTAL | _ADDRESS_NAME, _PHONE | _PHONE_NAME, _BIRTH_DATE | _BIRTH_NAME),
    *(_PATRON | _KNOWN_CARD, _GOVERNMENT_NAME, _EMAIL | _MAIL_NAME),
)
"""Kinds of what forms ask of a person; names of two kinds say that one is meant."""
_NAMED_WELL = _PATRON | _USER | _MAIL_NAME | _KNOWN_CARD | _WEAK_CARD
_OF_PERSON = frozenset((_PHONE_NAME, _BIRTH_NAME, _NAME_NAME, _ADDRESS_NAME))
_NAMED = _PATRON | _USER | _MAIL_NAME | _KNOWN_CARD
_PERSONAL = sum(_PERSON)
_READ = _C.SEARCH.bit | _C.CIRCULATION.bit
_NO_PATRON = _CREDENTIAL | _READ | _SESSION
UNFILLED = _SECRET | _WEAK_SECRET | _CREDENTIAL | _PATRON
"""What a switch or a mask may stand in for."""
_CLASSES = {one.bit: one for one in DataClass}
TELLING = lazy(rb"@|pass|pwd|[Cc]ard|[Pp]atron|[Bb]orrower|[Bb]arcode|[Uu]ser|[Ll]ogin|[Mm]ember|[Aa]usweis|[Ll]eser")
"""One of these stands in a cookie that says who a patron is."""
_CARDS = (_USER, _WEAK_USER, _MAIL_NAME, _KNOWN_CARD, _WEAK_CARD)
_CARDS_ANYWHERE = (_KNOWN_CARD, _WEAK_CARD)
COOKIES = 64
"""Of one field; browsers keep 50 for a site at least (RFC 6265 section 6.1)."""
_COOKIE = typed("cookie")
"""Key of what has no name of its own: where it stands."""
_AUTHORIZATION = {b"authorization": typed("authorization"), b"proxy-authorization": typed("proxy-authorization")}


Parameters = list[tuple[bytes, bytes, Label, int]]
"""Name, value, key, and what the name says: `DataClass.bit`, `Sense`, or 0 for nothing of a patron."""


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
        for name, value, key, means in parameters:
            if means == _GOVERNMENT_NAME:
                bit = _GOVERNMENT_ID if _persons().is_government_id(value, key) else 0
            else:
                bit = 0 if means == _UNKNOWN else company.judge(means, value, in_query=in_query)
            if not bit and in_query and means:
                bit = company.value_means(name, value)
            if not bit:
                continue
            self.exposed.append(Exposed(_CLASSES[bit], key))
            self.personal = self.personal or not bit & _READ
            if bit & _NO_PATRON:
                self.login |= bit == _CREDENTIAL
                self.session_in_address |= in_query and bit == _SESSION
                continue
            self.patron_in_query |= in_query
            if bit == _PATRON or (company.login and bit == _EMAIL):
                self.sightings.append(sighting(value))

    def add_path(self, exposed: Exposed, identifier: bytes) -> None:
        """Note what stands in a path: a title, a session, or who a patron is, by `identifier`."""
        self.exposed.append(exposed)
        bit = exposed.data_class.bit
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
            one.strip().partition(b"=")
            for text in cookies
            if TELLING.search(text)
            for one in text.split(b";")[:COOKIES]
        ):
            means = general(name)[1]
            if not product and not (means in _CARDS_ANYWHERE and cards.named(value)):
                continue
            if is_mail(value) or (means in _CARDS and cards.named(value)) or (means == _KNOWN_CARD and _long(value)):
                self.exposed.append(Exposed(_C.EMAIL if b"@" in value else _C.PATRON_IDENTIFIER, _COOKIE))
                self.sightings.append(sighting(value))
                self.personal = True
            elif means == _SECRET and is_filled(value):
                self.exposed.append(Exposed(_C.CREDENTIAL, _COOKIE))
                self.personal = True


@cython.final
@cython.cclass
class Company:
    """What the names of one request say together; what one means depends on the others."""

    login: bool = cython.declare(object, visibility="readonly")
    """Something is a secret."""
    _accompanied: bool
    """Something says whose a secret is."""
    _cards: Cards
    _named: bool
    """Something other than a barcode says who a patron is."""
    _named_well: bool
    _paying: bool
    _person: int
    _product: bool

    def __init__(self, cards: Cards, *parameters: Parameters, product: bool = False) -> None:
        """Take the parameters of a request; `product` if it is a library product's."""
        means = 0
        for some in parameters:
            for one in some:
                means |= one[3]
        self._cards = cards
        self._product = product
        self._named_well = bool(means & _NAMED_WELL)
        self._named = bool(means & _NAMED)
        self._person = means & _PERSONAL
        self._paying = bool(means & _PAYING)
        self._accompanied = bool(means & (_NAMED_WELL | _WEAK_USER))
        self.login = bool(means & (_CREDENTIAL | _SECRET)) or (self._accompanied and bool(means & _WEAK_SECRET))

    def judge(  # noqa: C901, PLR0912  # one question a sense
        self, means: int, value: bytes, *, in_query: bool
    ) -> int:
        """`DataClass.bit` of a value, by its name and its company; 0 if it is nothing."""
        found = 0
        if means < _SECRET:
            found = means
        elif means == _SECRET or (means == _WEAK_SECRET and self._accompanied):
            found = _CREDENTIAL
        elif means in (_USER, _MAIL_NAME) or (means == _WEAK_USER and not self._named_well):
            if self.login:
                found = _EMAIL if is_mail(value) else _PATRON
            elif means == _MAIL_NAME and self._is_person_meant() and is_mail(value):
                found = _EMAIL
        elif means == _KNOWN_CARD:
            if _persons().is_payment(value) and (self._paying or not self._cards.named(value)):
                found = _PAYMENT
            elif self.login or _long(value):
                found = _PATRON
        elif means == _WEAK_CARD:
            if (self.login and not (self._named and is_item(value))) or self._cards.named(value):
                found = _PATRON
        elif means == _PAYMENT_NAME:
            found = _PAYMENT if _persons().is_payment(value) or _persons().is_account(value) else 0
        elif means == _TOKEN_NAME:
            found = _SESSION if in_query and is_token(value) else 0
        elif means == _TITLE_NAME:
            found = _CIRCULATION if _NUMBER.search(value) else 0
        elif means in _OF_PERSON:
            found = self._judge_person(means, value, in_query=in_query)
        return found

    def _is_person_meant(self) -> bool:
        return sum(self._person & kind != 0 for kind in _PERSON) > 1

    def _judge_person(self, means: int, value: bytes, *, in_query: bool) -> int:
        """`judge` of what a person says of themselves; by names alone it is told in addresses only."""
        is_meant = self._is_person_meant()
        if means == _PHONE_NAME:
            return _PHONE if (in_query or is_meant) and _persons().is_phone(value) else 0
        if means == _BIRTH_NAME:
            return _BIRTH_DATE if (in_query or is_meant) and _persons().is_date(value) else 0
        if means == _NAME_NAME:
            return _NAME if is_meant and _LETTERS.fullmatch(value) else 0
        if means == _ADDRESS_NAME:
            return _POSTAL if is_meant and _STREET.fullmatch(value) else 0
        return 0

    def value_means(self, name: bytes, value: bytes) -> int:
        """`DataClass.bit` of a value by itself; 0 if it is nothing."""
        if is_mail(value):
            return _EMAIL
        if value.startswith(PASSES) and is_pass(value):
            return _SESSION
        if value[:1] == b"+" and _persons().is_world_phone(value):
            return _PHONE
        if not (value[:1] == b"2" or self._cards.own) or name.lower() in _COUNTERS:
            return 0
        is_meant = (self._product and not is_dated(value)) or is_personal(name)
        return _PATRON if self._cards.alone(value) or (is_meant and self._cards.named(value)) else 0


def explain(pairs: Pairs, names: Names | None) -> Parameters:
    """Look up what names mean: in those of the product, if the request is one's, else in the general list."""
    explained = []
    for name, value in pairs:
        known = meaning(names, name) if names is not None else None
        key, means = known or general(name)
        if means & UNFILLED and not is_filled(value):
            means = 0 if known else _UNKNOWN
        explained.append((name, value, key, means))
    return explained


def _persons() -> ModuleType:
    """The module for what is rare."""
    from monitor.protocols.http import persons  # noqa: PLC0415  (its libraries take a while)

    return persons


def _holds_password(token: bytes) -> bool:
    try:
        user, colon, password = a2b_base64(token + b"==").partition(b":")
    except Error:
        return False
    return bool(colon and (user or password))


def _long(value: bytes) -> bool:
    return _DIGITS.search(value) is not None


def is_filled(value: bytes) -> bool:
    """Whether a value is one, and no switch or mask in its place."""
    return value.lower() not in _FLAGS and (not value or bool(value.strip(_MASK)))
