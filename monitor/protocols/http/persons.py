"""Tells by a value whether it can be what a rare name says: payment, ids of states, phones, dates of birth.

Rule: what has a check digit must pass it; what has none counts by its name only, and needs the shape of what that says.
Few requests hold such names, so this module and its libraries are loaded with the first of them.
"""

from __future__ import annotations

from importlib import import_module

import phonenumbers
from stdnum import iban, luhn

from monitor.model.lazy import lazy

_PAYMENT = lazy(
    rb"4[0-9]{12}(?:[0-9]{3})?|(?:5[1-5][0-9]{2}|222[1-9]|22[3-9][0-9]|2[3-6][0-9]{2}|27[01][0-9]|2720)[0-9]{12}"
    rb"|3[47][0-9]{13}|6(?:011|4[4-9][0-9]|5[0-9]{2})[0-9]{12}|35(?:2[89]|[3-8][0-9])[0-9]{12}"
)
"""Ranges that the card networks were given (ISO/IEC 7812)."""
_ACCOUNT = lazy(rb"[A-Za-z]{2}[0-9]{2}[0-9A-Za-z ]{8,40}")
_JOINTS = lazy(rb"[ -]")
_PHONE = lazy(rb"\+?[0-9 ()./-]{7,24}")
_WORLD = lazy(rb"\+[1-9][0-9 ()/-]{6,22}")
_PHONE_DIGITS = range(7, 16)
"""Local numbers have seven, E.164 allows fifteen."""
_DATE = lazy(rb"[0-9]{1,4}[-/. ][0-9]{1,2}[-/. ][0-9]{1,4}(?:T[0-9:.Z+]*)?|[0-9]{6}|[0-9]{8}")
_DIGITS = lazy(rb"[0-9]")
_ID = lazy(rb"(?=.*[0-9])[A-Za-z0-9][A-Za-z0-9 ./-]{4,24}")

_CHECKED = {
    "ssn": "us.ssn",
    "socialsecuritynumber": "us.ssn",
    "socialsecurity": "us.ssn",
    "personnummer": "se.personnummer",
    "fodselsnummer": "no.fodselsnummer",
    "cprnummer": "dk.cpr",
    "hetu": "fi.hetu",
    "cpf": "br.cpf",
    "dni": "es.dni",
    "codicefiscale": "it.codicefiscale",
    "bsn": "nl.bsn",
    "pesel": "pl.pesel",
}
"""Names of numbers that states give, and the module of python-stdnum that checks them; others have a shape only."""


def is_payment(value: bytes) -> bool:
    """Whether a value is the number of a payment card."""
    digits = _JOINTS.sub(b"", value[:32])
    return _PAYMENT.fullmatch(digits) is not None and luhn.is_valid(digits.decode("ascii"))


def is_account(value: bytes) -> bool:
    """Whether a value is the number of a bank account (IBAN, ISO 13616)."""
    return _ACCOUNT.fullmatch(value) is not None and bool(iban.is_valid(value.decode("ascii")))


def is_government_id(value: bytes, key: str) -> bool:
    """Whether a value can be what `key`, one of `GOVERNMENT`, says."""
    if _ID.fullmatch(value) is None:
        return False
    module = _CHECKED.get(key)
    return module is None or bool(import_module(f"stdnum.{module}").is_valid(value.decode("ascii")))


def is_phone(value: bytes) -> bool:
    """Whether a value that is called a phone number looks like one."""
    return _PHONE.fullmatch(value) is not None and len(_DIGITS.findall(value)) in _PHONE_DIGITS


def is_world_phone(value: bytes) -> bool:
    """Whether a value is by itself a phone number with its country in front (E.164), by the plans of all countries."""
    if _WORLD.fullmatch(value) is None:
        return False
    try:
        return phonenumbers.is_valid_number(phonenumbers.parse(value.decode("ascii")))
    except phonenumbers.NumberParseException:
        return False


def is_date(value: bytes) -> bool:
    """Whether a value can be the date of a birth."""
    return _DATE.fullmatch(value) is not None
