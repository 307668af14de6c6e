"""Tells card numbers and mail addresses by their value.

Rule: precision first. A value that is also a date with time, an epoch, an ISBN or an item's barcode is no card.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from monitor.model.lazy import lazy

CARD_SHAPE = "^[0-9A-Za-z#-]{4,24}$"
"""How the shape of a card number is written: ``#`` is any digit, the rest stands for itself."""
FIXED = 3
"""Characters of a shape that must be fixed, so that a number is told by it without a name: one in a thousand of other
numbers of that length fits by chance."""
MAIL_BYTES = 254
"""RFC 5321 section 4.5.3.1."""

_MAIL = lazy(rb"[A-Za-z0-9._%+'-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.){1,8}([A-Za-z]{2,24})")
_AT = ord("@")
_TOKEN = lazy(rb"(?!pk\.)(?=[^0-9]*[0-9])[A-Za-z0-9._~+/=-]{16,4096}")
"""A token of access as programs draw it: long, with a digit. Keys that maps are drawn with begin otherwise."""
PASSES = (b"ST-", b"PT-", b"eyJ")
"""How a value begins that is a pass by itself."""
_PASS = lazy(
    rb"[SP]T-[0-9]{1,12}-[A-Za-z0-9.-]{6,256}|eyJ[A-Za-z0-9_-]{8,4096}\.eyJ[A-Za-z0-9_-]{8,4096}\.[A-Za-z0-9_-]{16,1024}"
)
"""Tickets of CAS (its protocol, section 3.1) and signed JSON Web Tokens (RFC 7519)."""
_FILES = frozenset(b"png jpg jpeg gif svg webp avif ico css js map json html pdf".split())
"""Ends of file names such as ``logo@2x.png``, which are no mail addresses."""
_CARD = lazy(rb"2[0-9]{13}")
"""A patron's number on a 14-digit library card; those of items begin with 3."""
_ITEM = lazy(rb"3[0-9]{13}")
_EPOCH_DIGITS = (10, 13, 16)
"""Of seconds, milliseconds and microseconds since 1970, from 2001 to 2286."""
_STAMP_DIGITS = 14
_CENTURIES = (b"19", b"20")


class Cards:
    """What the numbers of this library's cards look like."""

    __slots__ = ("_alone", "_any", "own")

    def __init__(self, shapes: Sequence[str] = ()) -> None:
        """Take shapes as the configuration has them (`CARD_SHAPE`)."""
        self.own = bool(shapes)
        """The library said what they look like."""
        self._any = _shapes(shapes)
        self._alone = _shapes([shape for shape in shapes if len(shape) - shape.count("#") >= FIXED])

    def alone(self, value: bytes) -> bool:
        """Whether a value is a card by itself, because the library said how its own begin."""
        return self._alone is not None and self._alone.fullmatch(value) is not None and not _is_other(value)

    def named(self, value: bytes) -> bool:
        """Whether a value is a card where a name, a path or the product speaks for it."""
        if self._any is not None and self._any.fullmatch(value) is not None and not _is_moment(value):
            return True
        return is_card(value)


def is_card(value: bytes) -> bool:
    """Whether a value has the form of a patron's library card number: 14 digits, mod 10, and no date."""
    return _CARD.fullmatch(value) is not None and not _is_moment(value) and _passes(value)


def is_dated(value: bytes) -> bool:
    """Whether a number of 14 digits begins with a day of our time, as numbers of orders do."""
    return value[:2] == b"20" and value[2:4] < b"50" and _is_day(value[4:6], value[6:8])


def is_item(value: bytes) -> bool:
    """Whether a value is the barcode of an item: as that of a card, but it begins with 3."""
    return _ITEM.fullmatch(value) is not None and _passes(value)


def is_mail(value: bytes) -> bool:
    """Whether a value is a mail address."""
    match = _MAIL.fullmatch(value) if _AT in value and len(value) <= MAIL_BYTES else None
    return match is not None and match[1].lower() not in _FILES


def is_token(value: bytes) -> bool:
    """Whether a value that is called a token can be one."""
    return _TOKEN.fullmatch(value) is not None


def is_pass(value: bytes) -> bool:
    """Whether a value stands for a login, whatever it is called."""
    return _PASS.fullmatch(value) is not None


def _is_other(value: bytes) -> bool:
    """Whether a number that looks like a card is more probably something else."""
    if _is_moment(value) or (value[:1] == b"1" and len(value) in _EPOCH_DIGITS and value.isdigit()):
        return True
    from stdnum import isbn  # noqa: PLC0415  (few runs need it)

    return value.isalnum() and len(value) in (10, 13) and bool(isbn.is_valid(value.decode("ascii")))


def _is_moment(value: bytes) -> bool:
    """Whether 14 digits are a date with time, whatever its order; one in ten of them passes the check."""
    if len(value) != _STAMP_DIGITS or not value.isdigit():
        return False
    if not (value[8:10] < b"24" and value[10:12] < b"60" and value[12:] < b"61"):
        return False
    first, second, third, fourth = value[:2], value[2:4], value[4:6], value[6:8]
    if first in _CENTURIES and (_is_day(third, fourth) or _is_day(fourth, third)):
        return True
    return third in _CENTURIES and (_is_day(first, second) or _is_day(second, first))


def _is_day(month: bytes, day: bytes) -> bool:
    return b"01" <= month <= b"12" and b"01" <= day <= b"31"


def _passes(digits: bytes) -> bool:
    """Whether the last digit is the check digit of the others (ISO/IEC 7812-1 annex B, mod 10)."""
    from stdnum import luhn  # noqa: PLC0415  (few runs need it)

    return bool(luhn.is_valid(digits.decode("ascii")))


def _shapes(shapes: Sequence[str]) -> re.Pattern[bytes] | None:
    if not shapes:
        return None
    return re.compile("|".join(re.escape(shape).replace(r"\#", "[0-9]") for shape in shapes).encode("ascii"))
