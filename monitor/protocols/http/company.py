"""Decides what a value is by what it is called, by its company, and in addresses by itself.

Names tell, those of the catalog before those of the general list. Words that say little need others beside them in the
same request. Compiled; uncompiled it does the same.
"""

from __future__ import annotations

import re
from types import ModuleType

import cython

from monitor.model.data import DataClass
from monitor.model.lazy import lazy
from monitor.model.opaque import Label, Sighting
from monitor.privacy.subjects import sighting
from monitor.protocols.http.catalog import Names, meaning
from monitor.protocols.http.forms import Pairs
from monitor.protocols.http.names import Sense, general, is_personal
from monitor.protocols.http.numbers import PASSES, Cards, is_dated, is_item, is_mail, is_pass, is_token

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
_CREDENTIAL = cython.declare(cython.longlong, DataClass.CREDENTIAL.bit)
_PATRON = cython.declare(cython.longlong, DataClass.PATRON_IDENTIFIER.bit)
_EMAIL = cython.declare(cython.longlong, DataClass.EMAIL.bit)
_PHONE = cython.declare(cython.longlong, DataClass.PHONE.bit)
_BIRTH_DATE = cython.declare(cython.longlong, DataClass.BIRTH_DATE.bit)
_NAME = cython.declare(cython.longlong, DataClass.NAME.bit)
_POSTAL = cython.declare(cython.longlong, DataClass.POSTAL_ADDRESS.bit)
_GOVERNMENT_ID = cython.declare(cython.longlong, DataClass.GOVERNMENT_ID.bit)
_PAYMENT = cython.declare(cython.longlong, DataClass.PAYMENT.bit)
_SESSION = cython.declare(cython.longlong, DataClass.SESSION.bit)
_CIRCULATION = cython.declare(cython.longlong, DataClass.CIRCULATION.bit)
_SECRET = cython.declare(cython.longlong, int(Sense.SECRET))
_WEAK_SECRET = cython.declare(cython.longlong, int(Sense.WEAK_SECRET))
_USER = cython.declare(cython.longlong, int(Sense.USER))
_WEAK_USER = cython.declare(cython.longlong, int(Sense.WEAK_USER))
_KNOWN_CARD = cython.declare(cython.longlong, int(Sense.CARD))
_WEAK_CARD = cython.declare(cython.longlong, int(Sense.WEAK_CARD))
_PHONE_NAME = cython.declare(cython.longlong, int(Sense.PHONE))
_BIRTH_NAME = cython.declare(cython.longlong, int(Sense.BIRTH_DATE))
_UNKNOWN = cython.declare(cython.longlong, int(Sense.UNKNOWN))
_NAME_NAME = cython.declare(cython.longlong, int(Sense.NAME))
_ADDRESS_NAME = cython.declare(cython.longlong, int(Sense.ADDRESS))
_GOVERNMENT_NAME = cython.declare(cython.longlong, int(Sense.GOVERNMENT))
_PAYMENT_NAME = cython.declare(cython.longlong, int(Sense.PAYMENT))
_PAYING = cython.declare(cython.longlong, int(Sense.PAYING))
_TOKEN_NAME = cython.declare(cython.longlong, int(Sense.TOKEN))
_TITLE_NAME = cython.declare(cython.longlong, int(Sense.TITLE))
_MAIL_NAME = cython.declare(cython.longlong, int(Sense.MAIL))
_NAMED = cython.declare(cython.longlong, _PATRON | _USER | _MAIL_NAME | _KNOWN_CARD)
_NAMED_WELL = cython.declare(cython.longlong, _NAMED | _WEAK_CARD)
_PERSON = (
    *(_NAME | _NAME_NAME, _POSTAL | _ADDRESS_NAME, _PHONE | _PHONE_NAME, _BIRTH_DATE | _BIRTH_NAME),
    *(_PATRON | _KNOWN_CARD, _GOVERNMENT_NAME, _EMAIL | _MAIL_NAME),
)
"""Kinds of what forms ask of a person; names of two kinds say that one is meant."""
_UNFILLED = cython.declare(cython.longlong, _SECRET | _WEAK_SECRET | _CREDENTIAL | _PATRON)
"""What a switch or a mask may stand in for."""

Parameters = list[tuple[bytes, bytes, Label, int]]
"""Name, value, key, and what the name says: `DataClass.bit`, `Sense`, or 0 for nothing of a patron."""


@cython.final
@cython.cclass
class Company:
    """What the names of one request say together; what one means depends on the others."""

    login: bool = cython.declare(cython.bint, visibility="readonly")
    """Something is a secret."""
    _cards: Cards
    _product: cython.bint
    _means: cython.longlong
    """All that names say."""
    _accompanied: cython.bint
    """Something says whose a secret is."""

    def __init__(self, cards: Cards, *parameters: Parameters, product: bool = False) -> None:
        """Take the parameters of a request; `product` if it is a library product's."""
        means: cython.longlong = 0
        for some in parameters:
            for one in some:
                means |= one[3]
        self._cards = cards
        self._product = product
        self._means = means
        self._accompanied = means & (_NAMED_WELL | _WEAK_USER) != 0
        self.login = means & (_CREDENTIAL | _SECRET) != 0 or (self._accompanied and means & _WEAK_SECRET != 0)

    @cython.ccall
    def judge(
        self, name: bytes, value: bytes, key: Label, means: cython.longlong, in_query: cython.bint
    ) -> cython.longlong:
        """`DataClass.bit` of a value, by its name, by its company, and in a query string by itself; 0 for nothing."""
        found: cython.longlong = 0
        if means == _GOVERNMENT_NAME:
            found = _GOVERNMENT_ID if _persons().is_government_id(value, key) else 0
        elif means != _UNKNOWN:
            found = self._by_name(means, value, in_query)
        if found == 0 and in_query and means:
            found = self._by_value(name, value)
        return found

    @cython.ccall
    def is_counted(self, bit: cython.longlong) -> cython.bint:
        """Whether a value of that class says which patron was seen."""
        return bit == _PATRON or (self.login and bit == _EMAIL)

    def judge_form(
        self, pairs: Pairs, explained: list[tuple[Label, int]], sightings: list[Sighting]
    ) -> tuple[int, ...] | None:
        """The bits of all that stands in a form; None where a switch or a mask stands in place of a value.

        Args:
            pairs: names and values.
            explained: key of each, and what its name says.
            sightings: gets the patrons that it shows.
        """
        means: cython.longlong
        bit: cython.longlong
        place: cython.Py_ssize_t
        bits = []
        for place in range(len(pairs)):
            name, value = cython.cast(tuple, pairs[place])
            key, means = cython.cast(tuple, explained[place])
            if not stands(means, value):
                return None
            bit = self.judge(name, value, key, means, False)  # noqa: FBT003  # in no query
            bits.append(bit)
            if self.is_counted(bit):
                sightings.append(sighting(value))
        return tuple(bits)

    @cython.cfunc
    def _by_name(  # noqa: C901, PLR0912  # one question a sense
        self, means: cython.longlong, value: bytes, in_query: cython.bint
    ) -> cython.longlong:
        """What a value is, by its name and its company."""
        found: cython.longlong = 0
        if means < _SECRET:
            found = means
        elif means == _SECRET or (means == _WEAK_SECRET and self._accompanied):
            found = _CREDENTIAL
        elif means in (_USER, _MAIL_NAME) or (means == _WEAK_USER and not self._means & _NAMED_WELL):
            if self.login:
                found = _EMAIL if is_mail(value) else _PATRON
            elif means == _MAIL_NAME and self._is_person_meant() and is_mail(value):
                found = _EMAIL
        elif means == _KNOWN_CARD:
            if _persons().is_payment(value) and (self._means & _PAYING or not self._cards.named(value)):
                found = _PAYMENT
            elif self.login or is_long(value):
                found = _PATRON
        elif means == _WEAK_CARD:
            if (self.login and not (self._means & _NAMED and is_item(value))) or self._cards.named(value):
                found = _PATRON
        elif means == _PAYMENT_NAME:
            found = _PAYMENT if _persons().is_payment(value) or _persons().is_account(value) else 0
        elif means == _TOKEN_NAME:
            found = _SESSION if in_query and is_token(value) else 0
        elif means == _TITLE_NAME:
            found = _CIRCULATION if _NUMBER.search(value) else 0
        elif means in (_PHONE_NAME, _BIRTH_NAME, _NAME_NAME, _ADDRESS_NAME):
            found = self._of_person(means, value, in_query)
        return found

    @cython.cfunc
    def _is_person_meant(self) -> cython.bint:
        return sum(bool(self._means & kind) for kind in _PERSON) > 1

    @cython.cfunc
    def _of_person(self, means: cython.longlong, value: bytes, in_query: cython.bint) -> cython.longlong:
        """The same of what a person says of themselves; by names alone it is told in addresses only."""
        is_meant = self._is_person_meant()
        if means == _PHONE_NAME:
            return _PHONE if (in_query or is_meant) and _persons().is_phone(value) else 0
        if means == _BIRTH_NAME:
            return _BIRTH_DATE if (in_query or is_meant) and _persons().is_date(value) else 0
        if means == _NAME_NAME:
            return _NAME if is_meant and _LETTERS.fullmatch(value) else 0
        return _POSTAL if is_meant and _STREET.fullmatch(value) else 0

    @cython.cfunc
    def _by_value(self, name: bytes, value: bytes) -> cython.longlong:
        """What a value is by itself."""
        found: cython.longlong = 0
        if is_mail(value):
            found = _EMAIL
        elif value.startswith(PASSES) and is_pass(value):
            found = _SESSION
        elif value[:1] == b"+" and _persons().is_world_phone(value):
            found = _PHONE
        elif (value[:1] == b"2" or self._cards.own) and name.lower() not in _COUNTERS:
            is_meant = (self._product and not is_dated(value)) or is_personal(name)
            found = _PATRON if self._cards.alone(value) or (is_meant and self._cards.named(value)) else 0
        return found


def explain(pairs: Pairs, names: Names | None) -> Parameters:
    """Look up what names mean: in those of the product, if the request is one's, else in the general list."""
    explained = []
    for name, value in pairs:
        known = meaning(names, name) if names is not None else None
        key, means = known or general(name)
        if not stands(means, value):
            means = 0 if known else _UNKNOWN
        explained.append((name, value, key, means))
    return explained


@cython.ccall
def stands(means: cython.longlong, value: bytes) -> cython.bint:
    """Whether a value may be what its name says, and is no switch or mask in its place."""
    return not means & _UNFILLED or is_filled(value)


@cython.ccall
def is_filled(value: bytes) -> cython.bint:
    """Whether a value is one, and no switch or mask in its place."""
    return value.lower() not in _FLAGS and (not value or bool(value.strip(_MASK)))


def is_long(value: bytes) -> bool:
    """Whether a value has so many digits that it can say who somebody is."""
    return _DIGITS.search(value) is not None


def _persons() -> ModuleType:
    """The module for what is rare."""
    from monitor.protocols.http import persons  # noqa: PLC0415  (its libraries take a while)

    return persons
