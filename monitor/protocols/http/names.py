"""What names of parameters mean anywhere, whatever the product: the general list behind the catalog.

A name is compared whole, then by its last words: ``ctl00$Body$textboxPassword``, ``j_password`` and
``account[password]`` all end in *password*. What forms put behind a name is passed: ``password_field``, ``pinCode2``.
Letters count without their accents: *contraseña* is *contrasena*. Words that mean little by themselves (*user*, *id*,
*pin*) count only as a whole name or in company. Rule: precision before completeness, because this list meets every form
of the network.
"""

from __future__ import annotations

from unicodedata import combining, normalize

from monitor.model.closed import IntEnum
from monitor.model.lazy import lazy
from monitor.model.opaque import Label
from monitor.privacy.labels import OTHER, typed

MAX_NAME_BYTES = 128
"""A longer name is none; the longest known ones, of ASP.NET forms, have about 60."""


class Sense(IntEnum):
    """What the holder of a name is: one bit each, beside the bits of `DataClass`, so that sets of both are sums."""

    SECRET = 1 << 32
    """A password or PIN by itself."""
    WEAK_SECRET = 1 << 33
    """A password or PIN, if something that says whose it is stands in the same request."""
    USER = 1 << 34
    """Says whose a secret is, and means nothing without one."""
    WEAK_USER = 1 << 35
    """The same, if nothing says it better."""
    CARD = 1 << 36
    """Says who a patron is."""
    WEAK_CARD = 1 << 37
    """Says who a patron is, or names an item: *barcode*."""
    PHONE = 1 << 38
    BIRTH_DATE = 1 << 39
    UNKNOWN = 1 << 40
    """The name is on no list."""
    NAME = 1 << 41
    """Part of a person's name, if something else says that a person is meant."""
    ADDRESS = 1 << 42
    """Part of a postal address, under the same condition."""
    GOVERNMENT = 1 << 43
    """A number that a state gave, if the value can be one."""
    PAYMENT = 1 << 44
    """The number of a payment card, if the value can be one."""
    PAYING = 1 << 45
    """Stands beside the number of a payment card."""
    TOKEN = 1 << 46
    """Stands for a login, if the value can."""
    TITLE = 1 << 47
    """Says which title is looked at, held or lent, if the value has digits."""
    MAIL = 1 << 48
    """Says whose a secret is; by itself a mail address, if something else says that a person is meant."""


_SUFFIXES: dict[Sense, str] = {
    Sense.SECRET: "password passwd passwrd passwort passphrase kennwort pwd pincode pinnumber userpin patronpin "
    "cardpin loginpin senha contrasena contrasenya wachtwoord motdepasse motpasse passord losenord losen adgangskode "
    "kodeord salasana tunnusluku pinkoodi pinkod pinkode codepin codigopin parola haslo heslo geslo lozinka "
    "zaporka jelszo parool slaptazodis lykilord pasahitza sifre "
    "oldpin newpin currentpin confirmpin repeatpin verifypin",
    Sense.WEAK_SECRET: "pin pass pw passcode userpw loginpw patronpw userpass loginpass",
    Sense.USER: "username userid loginname loginid userlogin benutzername nutzername identifiant "
    "nomutilisateur nombreusuario nomeutente nomeusuario gebruikersnaam brukernavn brugernavn anvandarnamn "
    "kayttajatunnus uzytkownik uzivatel korisnickoime felhasznalonev",
    Sense.MAIL: "emailaddress mailaddress",
    Sense.CARD: "cardnumber cardno cardnum librarycard librarycardnumber librarycardno librarycardid libraryid "
    "patronid patronno patronnumber patronbarcode userbarcode borrowernumber borrowerid borrowerno borrowerbarcode "
    "readernumber readerid readercard membernumber membershipnumber ausweisnummer ausweisnr kartennummer lesernummer "
    "lesernr leserausweis benutzernummer benutzernr bibliotheksausweis numerocarte numcarte cartelecteur carteabonne "
    "numerolecteur numlecteur numerousager numerotarjeta numerocarne carnetbiblioteca numerolector numerotessera "
    "codicetessera tesserabiblioteca codicelettore numeroleitor cartaoleitor lezersnummer lenersnummer lezerspas "
    "bibliotheekpas kaartnummer lanekort lanekortsnummer lanekortnummer lanerkort lanerkortnummer lanenummer "
    "lanernummer lanernr laanernummer laanerkort bibliotekskort kirjastokortti kortinnumero kirjastokortinnumero "
    "kortnummer pasnummer numerkarty kartaczytelnika numerczytelnika cisloprukazu cisloctenare olvasojegy clanskibroj",
    Sense.WEAK_CARD: "barcode",
    Sense.BIRTH_DATE: "birthdate dateofbirth dob birthday geburtsdatum datenaissance datedenaissance fechanacimiento "
    "fechadenacimiento datanascita datadinascita datanascimento fodelsedatum fodselsdato syntymaaika geboortedatum "
    "dataurodzenia datumnarozeni",
    Sense.PHONE: "phonenumber homephone mobilephone cellphone telephone telefonnummer telefoonnummer mobilnummer",
    Sense.NAME: "firstname lastname middlename surname givenname familyname fullname patronname vorname nachname "
    "familienname prenom nomdefamille apellido apellidos cognome fornamn efternamn fornavn etternavn efternavn etunimi "
    "sukunimi voornaam achternaam sobrenome imie nazwisko jmeno prijmeni",
    Sense.ADDRESS: "streetaddress address1 addressline1 homeaddress mailingaddress postalcode postcode zipcode "
    "postleitzahl codepostal codigopostal postnummer postinumero",
    Sense.GOVERNMENT: "ssn socialsecuritynumber socialsecurity personnummer fodselsnummer cprnummer hetu cpf dni "
    "codicefiscale bsn pesel nationalid passportnumber passportno driverslicense driverlicense",
    Sense.PAYMENT: "creditcard creditcardnumber ccnumber ccnum cardpan iban",
    Sense.TOKEN: "accesstoken authtoken sessiontoken refreshtoken idtoken jwt jsessionid",
    Sense.TITLE: "biblionumber bibnumber bibrecordid bibrecnum holdrequestid checkoutid",
    Sense.PAYING: "cvv cvv2 cvc securitycode expmonth expyear expirydate cardexpiry expdate",
}
"""Words that also count at the end of a longer name."""

_WHOLE: dict[Sense, str] = {
    Sense.WEAK_SECRET: "last4 mdp clave nip",
    Sense.USER: "user login log usr uname uid memberid benutzer usuario utilisateur utente gebruiker "
    "bruker bruger anvandare kayttaja",
    Sense.MAIL: "email mail courriel epost",
    Sense.WEAK_USER: "account acct member name id code nick nickname identifier card tessera carnet kort lecteur "
    "lector lettore leitor",
    Sense.CARD: "patron borrower",
    Sense.PHONE: "phone mobile telefon telefono telefoon puhelin",
    Sense.ADDRESS: "street strasse zip plz rue calle straat gatuadress",
    Sense.UNKNOWN: "ticket",  # only its value tells
}
"""Words that count as a whole name only."""

_GLUED = lazy(
    rb"(?:password|passwd|passwort|kennwort|pwd|librarycard(?:number|no)?|cardnumber|patronid|patronbarcode|borrowernumber)$"
)
"""What is told even where nothing separates it from the word before: *loginpassword*, *txtlibrarycard*."""
_TRAILERS = frozenset(
    b"field input text txt box textbox value val new old current confirm confirmation repeat again".split()
)
"""Words that forms put behind a name."""
_JOINTS = frozenset(b"de del della di do da du den der la le el of".split())
"""Words between those that tell: *número de la tarjeta*."""
_PERSONAL = lazy(
    rb"card|patron|borrower|barcode|member|reader|customer|librar|account|user|ausweis|leser|bibliot|usager|usuario|utente"
    rb"|le[ck]t[oe]|lettore|leitor|tessera|carnet|tarjeta|kort|lezer|lener|laane?r|kirjasto|czyteln|ctenar|olvaso"
)
"""In a name on no list, that its number may be a person's."""
_NO_SECRET = lazy(rb"forgot|lost|reset|remember|save|show|hide|change|need|require|check|has|is|no|use|min|max|policy")
"""A first word that makes a name speak about a secret instead of holding it."""
_WHOLE_LETTERS = str.maketrans(
    {"ł": "l", "Ł": "L", "ø": "o", "Ø": "O", "đ": "d", "Đ": "D", "æ": "ae", "Æ": "Ae", "ß": "ss"}
)
"""Letters that Unicode does not take apart."""
_WORDS = lazy(rb"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
_JOINED = b"$:.[]/"
_COMPONENTS = lazy(rb"[$:.\[\]/]+")
_MAX_WORDS = 3

_BY_NAME: dict[bytes, tuple[Label, Sense]] = {
    word.encode(): (typed(word), sense)
    for table in (_WHOLE, _SUFFIXES)
    for sense, words in table.items()
    for word in words.split()
}
_BY_SUFFIX: dict[bytes, tuple[Label, Sense]] = {
    word.encode(): (typed(word), sense) for sense, words in _SUFFIXES.items() for word in words.split()
}


_NO_LETTERS = bytes(set(range(256)).difference(range(ord("a"), ord("z") + 1)))
_ENDS = frozenset(word.rstrip(_NO_LETTERS)[-3:] for word in (*_BY_SUFFIX, *_TRAILERS))
"""How every name ends that ends in a known word, in two letters or three: sorts out nearly all others at once."""
_STRANGE = (OTHER, Sense.UNKNOWN)


def normal(name: bytes) -> bytes:
    """A name in lower case without the signs that join words."""
    return name.lower().translate(None, b"_- ")


def components(name: bytes) -> tuple[bytes, ...]:
    """The whole name as `normal` writes it, and its last part where a web framework put a path in front."""
    if len(name.translate(None, _JOINED)) == len(name):
        return (normal(name),)
    parts = [part for part in _COMPONENTS.split(name[:MAX_NAME_BYTES]) if part] or [b""]
    whole = normal(b"".join(parts))
    return (whole, normal(parts[-1])) if len(parts) > 1 else (whole,)


def general(name: bytes) -> tuple[Label, Sense]:
    """Key and sense of a name that no product explains."""
    found = _BY_NAME.get(name)
    if found is not None:
        return found
    if not name.isascii():
        name = plain(name[:MAX_NAME_BYTES])
    whole = normal(name[:MAX_NAME_BYTES])
    found = _BY_NAME.get(whole)
    if found is not None:
        return found
    end = whole.rstrip(_NO_LETTERS)[-3:]
    if not (end in _ENDS or end[-2:] in _ENDS) or len(name) > MAX_NAME_BYTES:
        return _STRANGE
    words = [word.lower() for word in _WORDS.findall(name)]
    found = _by_words(words)
    if found is _STRANGE and not _JOINTS.isdisjoint(words):
        found = _by_words([word for word in words if word not in _JOINTS])
    return found


def plain(name: bytes) -> bytes:
    """A name without accents, in the letters of English; from UTF-8, or else from Latin-1."""
    try:
        text = name.decode()
    except UnicodeDecodeError:
        text = name.decode("latin-1")
    apart = normalize("NFKD", text.translate(_WHOLE_LETTERS))
    return "".join(letter for letter in apart if not combining(letter)).encode("ascii", "replace")


def is_personal(name: bytes) -> bool:
    """Whether a name on no list may be that of a person's number."""
    return _PERSONAL.search(name.lower()) is not None


def _by_words(words: list[bytes]) -> tuple[Label, Sense]:
    """Key and sense of the last words, or of those before what forms put behind a name."""
    if not words:
        return _STRANGE
    left = len(words)
    found = _by_last_words(words)
    while found is _STRANGE and left > 1 and (words[left - 1] in _TRAILERS or words[left - 1].isdigit()):
        left -= 1
        found = _by_last_words(words[:left])
    return found


def _by_last_words(words: list[bytes]) -> tuple[Label, Sense]:
    found = None
    for count in range(min(_MAX_WORDS, len(words)), 0, -1):
        found = _BY_SUFFIX.get(b"".join(words[-count:]))
        if found is not None:
            break
    if found is None:
        glued = _GLUED.search(words[-1])
        found = _BY_SUFFIX[glued[0]] if glued else _STRANGE
    secret = found[1] in (Sense.SECRET, Sense.WEAK_SECRET)
    return _STRANGE if secret and _NO_SECRET.fullmatch(words[0]) else found
