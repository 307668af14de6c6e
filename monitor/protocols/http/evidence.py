"""Decides what a request or response exposed: the place where values are looked at, and where they stay.

Names tell, those of the catalog before those of the general list; in query strings values tell too, because a card
number or a mail address there is written into logs on its way. What leaves are keys, classes and sightings.
"""

from __future__ import annotations

import re
from binascii import Error, a2b_base64
from collections.abc import Iterable

from monitor.model.data import DataClass
from monitor.model.events import Exposed
from monitor.model.opaque import Label, Sighting
from monitor.privacy.labels import typed
from monitor.privacy.subjects import sighting
from monitor.protocols.http.catalog import Names, meaning
from monitor.protocols.http.forms import Pairs
from monitor.protocols.http.names import Sense, general

_C = DataClass
_FLAGS = frozenset(b"0 1 on off true false yes no null none undefined nil".split())
"""Values of a field that says something about a password instead of holding it."""
_MASK = re.compile(rb"[*.x\xe2\x80\xa2\x97\x8f]+", re.IGNORECASE)
_MAIL = re.compile(rb"[A-Za-z0-9._%+'-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.){1,8}([A-Za-z]{2,24})")
_MAIL_BYTES = 254
"""RFC 5321 section 4.5.3.1."""
_FILES = frozenset(b"png jpg jpeg gif svg webp avif ico css js map json html pdf".split())
"""Ends of file names such as ``logo@2x.png``, which are no mail addresses."""
_CARD = re.compile(rb"2[0-9]{13}")
"""A patron's number on a 14-digit library card; those of items begin with 3."""
_STAMP = re.compile(rb"20[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])(?:[01][0-9]|2[0-3])[0-5][0-9][0-5][0-9]")
"""A date with time, in 14 digits that begin with 2; one in ten passes the check of card numbers."""
_COUNTERS = frozenset(b"_ t ts cb time timestamp date nocache cachebuster rnd rand random gclid fbclid".split())
"""Names of what keeps caches away: numbers without meaning."""
_DIGIT = re.compile(rb"[0-9]")
_DIGITS = 4
"""Fewest digits of a phone number or a date."""
_BASIC = re.compile(rb"\s*basic\s+([A-Za-z0-9+/_=-]+)\s*", re.IGNORECASE)
# Bits by themselves: a member of an enum costs a look-up each time it is named.
_CREDENTIAL, _PATRON, _EMAIL = _C.CREDENTIAL.bit, _C.PATRON_IDENTIFIER.bit, _C.EMAIL.bit
_PHONE, _BIRTH_DATE = _C.PHONE.bit, _C.BIRTH_DATE.bit
_SECRET, _WEAK_SECRET, _USER = int(Sense.SECRET), int(Sense.WEAK_SECRET), int(Sense.USER)
_WEAK_USER, _KNOWN_CARD, _WEAK_CARD = int(Sense.WEAK_USER), int(Sense.CARD), int(Sense.WEAK_CARD)
_UNKNOWN = int(Sense.UNKNOWN)
_CONTACTS = {int(Sense.PHONE): _PHONE, int(Sense.BIRTH_DATE): _BIRTH_DATE}
_NAMED_WELL = _PATRON | _USER | _KNOWN_CARD | _WEAK_CARD
_NO_PATRON = _CREDENTIAL | _C.SEARCH.bit | _C.SESSION.bit
_UNFILLED = _SECRET | _WEAK_SECRET | _CREDENTIAL | _PATRON
"""What a switch or a mask may stand in for."""
_CLASSES = {one.bit: one for one in DataClass}
_AUTHORIZATION = {b"authorization": typed("authorization"), b"proxy-authorization": typed("proxy-authorization")}


Parameters = list[tuple[bytes, bytes, Label, int]]
"""Name, value, key, and what the name says: `DataClass.bit`, `Sense`, or 0 for nothing of a patron."""


class Evidence:
    """What one message exposed, gathered in the order of the wire."""

    __slots__ = ("basic", "exposed", "login", "patron_in_query", "sightings")

    def __init__(self) -> None:
        self.exposed: list[Exposed] = []
        self.sightings: list[Sighting] = []
        self.login = False
        self.basic = False
        self.patron_in_query = False

    def add_sessions(self, sessions: Iterable[Label]) -> None:
        """Note session cookies, by their keys."""
        self.exposed += [Exposed(_C.SESSION, key) for key in sessions]

    def add_authorizations(self, authorizations: Iterable[tuple[bytes, bytes]]) -> None:
        """Note names and passwords in fields, given by the name of each and its value (RFC 7617)."""
        for field, value in authorizations:
            match = _BASIC.fullmatch(value)
            if match is not None and _holds_password(match[1]):
                self.basic = True
                self.exposed.append(Exposed(_C.CREDENTIAL, _AUTHORIZATION[field]))

    def add_parameters(self, parameters: Parameters, company: Company, *, in_query: bool) -> None:
        """Note parameters of a query string or a body."""
        for name, value, key, means in parameters:
            bit = company.judge(means, value, in_query=in_query)
            if not bit and in_query and means:
                bit = _value_means(name, value)
            if not bit:
                continue
            self.exposed.append(Exposed(_CLASSES[bit], key))
            if bit & _NO_PATRON:
                self.login |= bit == _CREDENTIAL
                continue
            self.patron_in_query |= in_query
            if bit == _PATRON or (company.login and bit == _EMAIL):
                self.sightings.append(sighting(value))


class Company:
    """What the names of one request say together; what one means depends on the others."""

    __slots__ = ("_accompanied", "_named_well", "login")

    def __init__(self, *parameters: Parameters) -> None:
        means = 0
        for some in parameters:
            for one in some:
                means |= one[3]
        self._named_well = bool(means & _NAMED_WELL)
        self._accompanied = bool(means & (_NAMED_WELL | _WEAK_USER))
        """Something says whose a secret is."""
        self.login = bool(means & (_CREDENTIAL | _SECRET)) or (self._accompanied and bool(means & _WEAK_SECRET))
        """Something is a secret."""

    def judge(self, means: int, value: bytes, *, in_query: bool) -> int:
        """`DataClass.bit` of a value, by its name and its company; 0 if it is nothing."""
        found = 0
        if means < _SECRET:
            found = means
        elif means == _SECRET or (means == _WEAK_SECRET and self._accompanied):
            found = _CREDENTIAL
        elif means == _USER or (means == _WEAK_USER and not self._named_well):
            if self.login:
                found = _EMAIL if is_mail(value) else _PATRON
        elif means == _KNOWN_CARD:
            if self.login or _DIGIT.search(value):
                found = _PATRON
        elif means == _WEAK_CARD:
            if self.login or is_card(value):
                found = _PATRON
        elif in_query and means in _CONTACTS and len(_DIGIT.findall(value)) >= _DIGITS:
            found = _CONTACTS[means]
        return found


def explain(pairs: Pairs, names: Names | None) -> Parameters:
    """Look up what names mean: in those of the product, if the request is one's, else in the general list."""
    explained = []
    for name, value in pairs:
        known = meaning(names, name) if names is not None else None
        key, means = known or general(name)
        if means & _UNFILLED and not _is_filled(value):
            means = 0 if known else _UNKNOWN
        explained.append((name, value, key, means))
    return explained


def is_card(value: bytes) -> bool:
    """Whether a value is a patron's library card number by itself: 14 digits, mod 10, and no date."""
    if _CARD.fullmatch(value) is None or _STAMP.fullmatch(value) is not None:
        return False
    doubled = (int(digit) * (2 - place % 2) for place, digit in enumerate(value.decode("ascii")))
    return sum(number - 9 if number > 9 else number for number in doubled) % 10 == 0  # noqa: PLR2004  # digit sum


def is_mail(value: bytes) -> bool:
    """Whether a value is a mail address."""
    match = _MAIL.fullmatch(value) if b"@" in value and len(value) <= _MAIL_BYTES else None
    return match is not None and match[1].lower() not in _FILES


def _holds_password(token: bytes) -> bool:
    try:
        user, colon, password = a2b_base64(token + b"==").partition(b":")
    except Error:
        return False
    return bool(colon and (user or password))


def _is_filled(value: bytes) -> bool:
    """Whether a value is one, and no switch or mask in its place."""
    return value.lower() not in _FLAGS and _MASK.fullmatch(value) is None


def _value_means(name: bytes, value: bytes) -> int:
    """`DataClass.bit` of a value by itself; 0 if it is nothing."""
    if is_mail(value):
        return _EMAIL
    if value[:1] == b"2" and name.lower() not in _COUNTERS and is_card(value):
        return _PATRON
    return 0
