"""Tests of `monitor.protocols.http.evidence` and `monitor.protocols.http.names`: what is told, and what is not."""

from __future__ import annotations

import pytest

from monitor.protocols.http.names import _BY_SUFFIX, MAX_NAME_BYTES, Sense, components, general, normal
from monitor.protocols.http.numbers import is_card, is_mail
from tests.protocols.http.samples import CARD, FORM, answer, ask
from tests.protocols.http.talks import CLIENT, SERVER, exposed, parse, requests


def seen(query: str = "", body: str = "", **fields: str) -> list[tuple[str, str]]:
    """Key and class of everything that a request to no known product exposes."""
    target = f"/page?{query}" if query else "/page"
    message = ask(f"POST {target}", body.encode(), Content_Type=FORM, **fields)
    return [(key, word) for key, word in exposed(parse((CLIENT, message), (SERVER, answer())))]


SECRET = ("password", "credential")


@pytest.mark.parametrize(
    "name",
    [
        "password", "Password", "j_password", "login_password", "loginPassword", "ctl00$Body$textboxPassword",
        "account[password]", "user.password", "LOGIN-PASSWORD", "loginpassword", "password_new", "new_password",
    ],
)  # fmt: skip
def test_names_of_passwords(name: str) -> None:
    """Signs, case and what stands in front do not hide what a name ends in."""
    assert [SECRET] == seen(body=f"{name}=Iceland1")


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("contrase%C3%B1a", "contrasena"), ("contrase%F1a", "contrasena"), ("has%C5%82o", "haslo"), ("heslo", "heslo"),
        ("mot_de_passe", "motdepasse"), ("login[mot-de-passe]", "motdepasse"), ("l%C3%B6senord", "losenord"),
        ("userPassord", "passord"), ("salasana2", "salasana"), ("jelsz%C3%B3", "jelszo"), ("lozinka", "lozinka"),
    ],
)  # fmt: skip
def test_names_in_other_languages(name: str, key: str) -> None:
    """Words of other languages, with or without their accents, and with small words in between."""
    assert [(key, "credential")] == seen(body=f"{name}=Iceland1")


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("lesernummer", "lesernummer"), ("txtKartenNummer", "kartennummer"), ("numero_de_la_tarjeta", "numerotarjeta"),
        ("l%C3%A5nekort", "lanekort"), ("kirjastokortin_numero", "kirjastokortinnumero"), ("N%C2%BA_Carne", "other"),
        ("num%C3%A9ro_carte", "numerocarte"), ("cislo_ctenare", "cisloctenare"), ("l%C3%A5ner[nummer]", "lanernummer"),
    ],
)  # fmt: skip
def test_names_of_cards_in_other_languages(name: str, key: str) -> None:
    """A number under the name of a library card; what the list does not know is `other`, and says nothing."""
    assert ([(key, "patron_identifier")] if key != "other" else []) == seen(body=f"{name}=20417")


@pytest.mark.parametrize("word", sorted({*_BY_SUFFIX}))
def test_every_word_counts_behind_others(word: bytes) -> None:
    """No word of the list is sorted out before it is looked for."""
    assert word.decode() == general(b"x_" + word + b"_field2")[0]


@pytest.mark.parametrize(
    "form",
    [
        "csrf_token=0123", "op=login", "query=password", "username=ask", "userid=29990000000017", "login=1",
        "password=", "password=on", "show_password=true", "remember_password=1", "forgot_password=yes",
        "password_hint=dog", "passwordReset=4711", "pin=1", "pass=1", "pass=Iceland1", "pin=4711", "shipping=4711",
        "compass=north", "token=abc", "password=********", "password=%E2%80%A2%E2%80%A2", "barcode=4006381333931",
        "card=ace", "patron=adult", "email=ask@example.org", "phone=555-0100", "id=7&code=8&name=Ask",
    ],
)  # fmt: skip
def test_what_says_nothing(form: str) -> None:
    """Names that only sound alike, switches, masks, and words that need company."""
    assert [] == seen(body=form)


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        ("user=ask&pass=word", [("user", "patron_identifier"), ("pass", "credential")]),
        ("name=Ask&user_pin=4711", [("name", "patron_identifier"), ("userpin", "credential")]),
        ("code=2999&pin=4711", [("code", "patron_identifier"), ("pin", "credential")]),
        ("barcode=B1234&last4=4711", [("barcode", "patron_identifier"), ("last4", "credential")]),
        ("userid=ask&id=7&name=x&password=word", [("userid", "patron_identifier"), SECRET]),
        ("id=7&password=word", [("id", "patron_identifier"), SECRET]),
        ("email=ask@example.org&password=word", [("email", "email"), SECRET]),
        ("cardnumber=1234", [("cardnumber", "patron_identifier")]),
        (f"barcode={CARD}", [("barcode", "patron_identifier")]),
        ("library_card_number=A1234", [("librarycardnumber", "patron_identifier")]),
    ],
)
def test_company(form: str, expected: list[tuple[str, str]]) -> None:
    """What a weak name means depends on the others beside it."""
    assert expected == seen(body=form)


def test_company_across_query_and_body() -> None:
    """A user in the address keeps company to a PIN in the body."""
    assert [("user", "patron_identifier"), ("pin", "credential")] == seen("user=ask", "pin=4711")


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        (f"my_card={CARD}", [("other", "patron_identifier")]),
        (f"reader29990000000017={CARD}", [("other", "patron_identifier")]),
        (f"x={CARD}", []),
        ("orderid=29990000000017", []),
        ("tel=%2B442079460123", [("other", "phone")]),
        ("tel=%2B442079460123456789", []),
        ("ssn=536-90-4399", [("ssn", "government_id")]),
        ("ssn=000-12-3456", []),
        ("passport_number=AB123456", [("passportnumber", "government_id")]),
        ("creditcard=4111+1111+1111+1111", [("creditcard", "payment")]),
        ("creditcard=4111111111111112", []),
        ("cardnumber=4111111111111111&cvv=1", [("cardnumber", "payment")]),
        ("first_name=Ask&zip=12345", [("firstname", "name"), ("zip", "postal_address")]),
        ("first_name=Ask", []),
        ("first_name=x1&zip=&dob=1990-01-01", [("dob", "birth_date")]),
        ("zip=12345&street=Main", []),
        ("x=39990000000014", []),
        ("x=29990000000018", []),
        ("x=20260105101506", []),
        (f"_={CARD}", []),
        ("x=ask%40example.org", [("other", "email")]),
        ("mail=ask@example.org", [("mail", "email")]),
        ("x=logo@2x.png", []),
        ("x=ask@localhost", []),
        ("dob=1990-01-01", [("dob", "birth_date")]),
        ("birth_date=01.01.90", [("birthdate", "birth_date")]),
        ("mobile=%2B1555010099", [("mobile", "phone")]),
        ("phone=yes", []),
        ("phone=555", []),
    ],
)
def test_values_in_addresses(query: str, expected: list[tuple[str, str]]) -> None:
    """In a query string a value tells by itself what it is; its key comes from our own lists."""
    assert expected == seen(query)
    (request,) = requests(parse((CLIENT, ask(f"GET /?{query}"))))
    assert bool(expected) is request.patron_in_query


def test_values_in_bodies_need_a_name() -> None:
    """What stands in a body is not written into logs, and is left alone if its name says nothing."""
    assert [] == seen(body=f"x={CARD}&y=ask@example.org&dob=1990-01-01")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("Basic YTpi", True),
        ("basic   YTpi ", True),
        ("Basic YTo", True),
        ("Basic YTo=", True),
        ("Basic Og==", False),
        ("Basic YWI=", False),
        ("Basic", False),
        ("Basic ====", False),
        ("Bearer YTpi", False),
        ("Negotiate YTpi", False),
    ],
)
def test_basic(value: str, expected: bool) -> None:  # noqa: FBT001  # a parameter of the test
    """Only a name with a password, spelled as RFC 7617 says, counts."""
    outputs = parse((CLIENT, ask("GET /", Authorization=value)))
    assert expected is requests(outputs)[0].basic
    assert expected is bool(exposed(outputs))


def test_cards() -> None:
    """14 digits that begin with 2 and pass the check, and are no date with time."""
    assert all(is_card(value) for value in (b"29990000000017", b"20261322304050", b"21111000000000"))
    assert not any(is_card(value) for value in (b"29990000000018", b"2999000000001", b"39990000000014", b"2" * 15, b""))
    stamps = [b"202601051015%02d" % second for second in range(60)]
    assert not any(map(is_card, stamps))


def test_mails() -> None:
    """Addresses of people, no names of files, nothing overlong."""
    assert is_mail(b"ask.lund+books@mail.example.org")
    assert not any(
        map(is_mail, (b"a@b", b"@example.org", b"a b@example.org", b"x@2x.PNG", b"a@" + b"b." * 200 + b"org"))
    )


def test_names() -> None:
    """The ways in which names are written all come to the same."""
    assert b"patronid" == normal(b"Patron_ID") == normal(b"patron-id")
    assert (b"ctl00bodytextboxpin", b"textboxpin") == components(b"ctl00$Body$textbox_PIN")
    assert (b"",) == components(b"")
    assert (b"",) == components(b"$")
    assert ("other", Sense.UNKNOWN) == general(b"x" * MAX_NAME_BYTES + b"_password")
    assert ("password", Sense.SECRET) == general(b"x" * 100 + b"_password")
    assert ("other", Sense.UNKNOWN) == general(b"")
    assert ("other", Sense.UNKNOWN) == general(b"\xff\xfe")


PIN = ("pin", "credential")
HOLDER = ("barcode", "patron_identifier")


@pytest.mark.parametrize(
    "form",
    [
        'payload={"user": {"barcode": "29990000000017", "pin": "4711"}}',
        'messages=[{"method": "login", "params": [{"barcode": "29990000000017", "pin": "4711"}]}]',
        "next=%2Faccount%3Fbarcode%3D29990000000017%26pin%3D4711",
    ],
)
def test_forms_in_forms(form: str) -> None:
    """Objects of JSON and addresses with a query string are looked into where they are values."""
    assert {HOLDER, PIN} == set(seen(body=form)) == set(seen(form))


def test_pairs_that_are_spelled_out() -> None:
    """Fields as objects with a name and a value; arguments of GraphQL; one object a line."""

    def told(body: str, kind: str = "application/json") -> set[tuple[str, str]]:
        return set(exposed(parse((CLIENT, ask("POST /api", body.encode(), Content_Type=kind)), (SERVER, answer()))))

    assert {HOLDER, PIN} == told('[{"name": "barcode", "value": "29990000000017"}, {"name": "pin", "value": "4711"}]')
    assert {HOLDER, PIN} == told('{"query": "mutation {login(barcode: \\"29990000000017\\", pin: \\"4711\\") {id}}"}')
    assert {HOLDER, PIN} == told('{"barcode": "29990000000017",\n"pin": "4711"}\n{"a": 1}\n', "application/x-ndjson")
    assert set() == told('[{"name": "zoom", "value": "4711"}, {"value": "pin"}]')


def test_a_new_pin_says_whose_it_is_by_itself() -> None:
    """Who changes a PIN is logged in, so that no name stands beside it."""
    assert [("oldpin", "credential"), ("newpin", "credential")] == seen(body="oldpin=4711&new_pin=4712")


def test_who_is_to_be_called_back() -> None:
    """A mail address under its name counts where something else of a person stands beside it."""
    assert [("email", "email"), ("phone", "phone")] == seen(body="email=ask@example.org&phone=555-0100-22&message=x")
    assert [] == seen(body="email=ask@example.org&message=x")


def test_bank_accounts() -> None:
    """A bank account passes its check, and is called one."""
    assert [("iban", "payment")] == seen(body="iban=DE02+1203+0000+0000+2020+51")
    assert [] == seen(body="iban=DE03+1203+0000+0000+2020+51")
    assert [] == seen(body="reference=DE02120300000000202051")


def test_names_beside_a_digest() -> None:
    """Digest authentication hides the password and shows who asks; names of machines are nobody."""
    fields = 'Digest username="{}", realm="x", nonce="y", uri="/", response="0"'
    assert [("authorization", "patron_identifier")] == seen(Authorization=fields.format(CARD))
    assert [] == seen(Authorization=fields.format("admin"))


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"X_Patron_Pin": "4711"}, [("patronpin", "credential")]),
        ({"User_Agent": "Kiosk", "X_Password": "Iceland1"}, [("password", "credential")]),
        (
            {"Patron_Barcode": "29990000000017", "PIN": "4711"},
            [("patronbarcode", "patron_identifier"), ("pin", "credential")],
        ),
        ({"x_library_card": "29990000000017"}, [("librarycard", "patron_identifier")]),
        (
            {"X_User_Id": "ask", "X_User_Password": "Iceland1"},
            [("password", "credential"), ("userid", "patron_identifier")],
        ),
    ],
)
def test_fields_of_nobodys_standard(fields: dict[str, str], expected: list[tuple[str, str]]) -> None:
    """What a program says of a patron in fields of its own."""
    assert expected == sorted(seen(**fields))


@pytest.mark.parametrize(
    "fields",
    [
        {"X_User_Id": "7"}, {"X_Pin_Required": "yes"}, {"X_Password_Policy": "strong"}, {"PIN": "4711"},
        {"User_Agent": "password"}, {"Pass_Through": "4711"}, {"X_Forwarded_User": "ask"}, {"X_Shipping": "4711"},
        {"X_Password": "********"}, {"X_Reset_Password": "1"}, {"X_Compass": "north"},
    ],
)  # fmt: skip
def test_fields_that_say_nothing(fields: dict[str, str]) -> None:
    """Names that only sound alike, masks, and words that need company."""
    assert [] == seen(**fields)


def test_fields_with_endless_names() -> None:
    """They say nothing and hold nobody up, also where no colon ends them: trying every pair of words takes minutes."""
    for _ in range(100):
        assert [] == seen(**{"pin" * 9_000 + " ": "4711"})


def test_fields_and_forms_keep_company() -> None:
    """A PIN in a field is one where the form says whose it is."""
    expected = [("cardnumber", "patron_identifier"), ("pin", "credential")]
    assert expected == sorted(seen(body="cardnumber=29990000000017", X_Pin="4711"))


def test_cards_in_cookies_of_no_known_product() -> None:
    """The number of a card under the name of one."""
    assert [("cookie", "patron_identifier")] == seen(Cookie=f"lang=en; patron_barcode={CARD}")
    assert [("cookie", "patron_identifier")] == seen(Cookie=f"lang=de; lesernummer={CARD}")
    assert [] == seen(Cookie=f"lang=en; member={CARD}; card=12; patron_barcode=12")
