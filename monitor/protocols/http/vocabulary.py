"""What pages and programs call what they show of a patron, in the languages of the products; for all makes.

Words are compared by their letters and digits: `Card number:`, `card_number` and `cardNumber` are the same. Rule: a
word stands here only if a page that means something else by it is hard to think of; the others are `_LOOSE`.
"""

from __future__ import annotations

from functools import lru_cache

from monitor.model.data import DataClass
from monitor.model.lazy import lazy
from monitor.model.opaque import Label
from monitor.privacy.labels import typed
from monitor.protocols.http.catalog import Meaning

_C = DataClass
GREETED = "welcome"
"""Name of whom a page greets."""
PRODUCTS = 64
"""Whose words are kept ready."""
_WORDS: dict[DataClass, str] = {
    _C.PATRON_IDENTIFIER: "card number|card no|card num|library card|library card number|library card no|patron id"
    "|patron number|patron no|patron barcode|borrower id|borrower number|borrower no|borrower barcode"
    "|membership number|member number|member id|reader number|user barcode|user barcode number|your card number"
    "|ausweisnummer|lesernummer|leserausweis|bibliotheksausweis|benutzernummer|numéro de carte|n° de carte"
    "|numéro d'usager|numéro de lecteur|número de tarjeta|número de carné|número de socio|numero tessera"
    "|lånekortsnummer|lånekort|lånenummer|lånernummer|kirjastokortti|kirjastokortin numero|lezersnummer|pasnummer"
    "|número de leitor",
    _C.BIRTH_DATE: "date of birth|birth date|dob|birthday|geburtsdatum|date de naissance|fecha de nacimiento"
    "|data di nascita|data de nascimento|födelsedatum|fødselsdato|syntymäaika|geboortedatum",
    _C.NAME: "first name|middle name|last name|surname|given name|family name|full name|patron name|borrower name"
    "|logged in as|signed in as|logged in user|logged in username|vorname|nachname|familienname|angemeldet als|prénom"
    "|nom de famille|connecté en tant que|apellidos|nombre y apellidos|cognome|förnamn|efternamn|inloggad som|fornavn"
    "|etternavn|innlogget som|logget ind som|etunimi|sukunimi|voornaam|achternaam|ingelogd als|sobrenome",
    _C.EMAIL: "email|email address|primary email|emailadresse|mail|courriel|adresse électronique|correo electrónico"
    "|epost|epostadress|sähköposti|emailadres",
    _C.PHONE: "phone|phone number|telephone|mobile|mobile phone|cell phone|home phone|work phone|primary phone|telefon"
    "|telefonnummer|mobil|mobilnummer|téléphone|teléfono|telefono|puhelin|puhelinnumero|telefoon|telefoonnummer",
    _C.POSTAL_ADDRESS: "address|home address|mailing address|postal address|street|street address|address 1|address 2"
    "|address line 1|postal code|post code|postcode|zip|zip code|adresse|anschrift|straße|strasse|plz|dirección"
    "|indirizzo|adress|osoite|adres|endereço|city|street 1|street number",
    _C.GOVERNMENT_ID: "ssn|social security number|personnummer|fødselsnummer|henkilötunnus|codice fiscale|national id",
    _C.DEMOGRAPHIC: "gender|sex|geschlecht|sexe|sexo|kön",
    _C.FEES: "fines|fees|charges|amount owed|amount due|amount outstanding|total due|total fees|total fines|balance"
    "|account balance|fine amount|outstanding debits|you owe|money owed|gebühren|amende|amendes|multa|multas|avgifter"
    "|gebyr|maksut|boete",
    _C.CIRCULATION: "due|due date|date due|due back|due on|checked out|checked out on|checkout date|checkout|loan date"
    "|issue date|date issued|date checked out|renew by|hold placed|hold date|date placed|placed on|pickup location"
    "|pick up location|pickup library|pickup by|pick up by|hold expires|hold expiration|date returned|returned on"
    "|fällig|fällig am|leihfrist|leihfristende|rückgabe|rückgabedatum|abholort|date de retour|retour le|à rendre le"
    "|fecha de vencimiento|fecha de devolución|scadenza|data di scadenza|återlämnas|förfallodatum|lånedatum|forfaller"
    "|forfallsdato|afleveringsdato|eräpäivä|inleverdatum|uitleendatum|data de devolução",
    _C.SESSION: "access token|auth token|session token|refresh token|id token|jwt",
}
"""What pages and programs call things, as words; written in any way, without what joins them."""
_LOOSE = {"name": _C.NAME, "your name": _C.NAME, "nom": _C.NAME, "nombre": _C.NAME, "nome": _C.NAME, "namn": _C.NAME}
_LOOSE |= {"navn": _C.NAME, "nimi": _C.NAME, "naam": _C.NAME, GREETED: _C.NAME}
_LOOSE |= dict.fromkeys(("barcode", "card", "borrower", "ausweis"), _C.PATRON_IDENTIFIER)
"""What may be called so of anything, and is a patron's in company."""
_UNSAID = """
    a account all and card change click date day due edit enter everyone false fines forgot guest help here holds home
    in it library loans log login logout my new no none not null number of off on optional or out page password pin
    please register remember required reset save search select sign signin status submit the this to total true type
    unknown update user username view visitor we welcome with world you your
"""
OTHERS = frozenset(_UNSAID.split())
"""Words of pages that are no part of a name or an address."""
_PARTED = lazy(r"[^\W_]+")
_LOWER = bytes(range(256)).lower()
_SIGNS = bytes(byte for byte in range(128) if not chr(byte).isalnum())
"""What joins words of ASCII."""
NAME_CHARS = 96
"""Of what may be a name of something."""

Own = tuple[tuple[str, Meaning], ...]
"""Names of a product's own, and what they hold."""
Names = dict[str, tuple[Label, Meaning, bool]]
"""By the spelling of a name: its key, what it holds, and whether it holds so for certain."""


def parts(text: str) -> list[str]:
    """The words of a text, in lower case."""
    return _PARTED.findall(text.lower())


def spelling(name: str) -> str:
    """A name as it is compared."""
    start = name[:NAME_CHARS]
    if start.isascii():  # as nearly all are; a quarter of the time
        return start.encode().translate(_LOWER, _SIGNS).decode()
    return "".join(parts(start))


_GENERAL: Names = {
    **{spelling(word): (typed(word), held, False) for word, held in _LOOSE.items()},
    **{spelling(word): (typed(word), held, True) for held, words in _WORDS.items() for word in words.split("|")},
}


@lru_cache(maxsize=PRODUCTS)
def names_of(own: Own) -> Names:
    """All names that matter; those of a product go first."""
    return _GENERAL | {spelling(word): (typed(word), held, True) for word, held in own}
