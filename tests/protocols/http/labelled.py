"""Requests of which it is known whether they say something of a patron: the generator knows what it planted.

Nothing here asks the program: what a barcode, a check digit or a parameter is stands here in words of its own. Half of
what is planted is what patrons type into products, in the spellings that their pages use; half of what is innocent
looks like it on purpose. All names and numbers are invented, from a seed.
"""

from __future__ import annotations

import random
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from urllib.parse import quote_plus

from tests.protocols.http.samples import FORM, ask

Random = random.Random
FIRST = ["Ask", "Embla", "Signe", "Tove", "Leif", "Runa", "Birk", "Ylva"]
LAST = ["Lund", "Berg", "Dahl", "Holm", "Strand", "Vik", "Moe", "Eng"]


class Labelled(NamedTuple):
    """One request and what is known of it."""

    kind: str
    data: bytes
    planted: frozenset[str]
    """Classes of data that a person put in; empty of an innocent one."""


def check_digit(digits: str) -> str:
    """Of a library barcode: weights 2, 1, 2... from the left, cross sums, up to the next ten."""
    total = sum(sum(map(int, str(int(digit) * (2 - place % 2)))) for place, digit in enumerate(digits))
    return str(-total % 10)


def barcode(chance: Random, kind: str = "2") -> str:
    """14 digits: what it is on, four of the institution, eight in a row, the check digit."""
    digits = f"{kind}{chance.randint(1000, 9999)}{chance.randint(0, 10**8 - 1):08}"
    return digits + check_digit(digits)


def stamp(chance: Random) -> str:
    """A date with time in 14 digits."""
    return (datetime(2001, 1, 1, tzinfo=UTC) + timedelta(seconds=chance.randrange(10**9))).strftime("%Y%m%d%H%M%S")


def isbn(chance: Random) -> str:
    """An ISBN of 13 digits."""
    digits = f"978{chance.randrange(10**9):09}"
    return digits + str(-sum(int(digit) * (1, 3)[place % 2] for place, digit in enumerate(digits)) % 10)


def pin(chance: Random) -> str:
    """Four digits."""
    return f"{chance.randrange(10**4):04}"


def mail(chance: Random) -> str:
    """An address of nobody."""
    return f"{chance.choice(FIRST)}.{chance.choice(LAST)}{chance.randrange(99)}@example.org".lower()


def post(path: str, form: str, host: str = "catalog.example.org") -> bytes:
    """A form as a browser sends it."""
    return ask(f"POST {path}", form.encode(), Content_Type=FORM, Host=host)


def get(target: str, host: str = "catalog.example.org", **fields: str) -> bytes:
    """A page that is asked for."""
    return ask(f"GET {target}", Host=host, **fields)


LOGIN = frozenset(("patron_identifier", "credential"))
WHO = frozenset(("patron_identifier",))

LOGINS = (
    ("/cgi-bin/koha/opac-user.pl", "koha_login_context=opac&userid={c}&password={p}"),
    ("/cgi-bin/koha/opac-user.pl", "login_userid={c}&login_password={p}"),
    ("/cgi-bin/koha/ilsdi.pl", "service=AuthenticatePatron&username={c}&password={p}"),
    ("/cgi-bin/koha/sco/sco-main.pl", "patronlogin={c}&patronpw={p}"),
    ("/eg/opac/login", "username={c}&password={p}&redirect_to=%2F"),
    ("/eg/ezproxy/login", "id={c}&password={p}&url=x"),
    ("/patroninfo~S1", "code={c}&pin={p}&submit.x=1&submit.y=2"),
    ("/patroninfo", "extpatid={c}&extpatpw={p}&extpatserver=x"),
    ("/polaris/logon.aspx", "__VIEWSTATE=%2FwEP&textboxBarcodeUsername={c}&textboxPassword={p}&buttonSubmit=x"),
    (
        "/polaris/logon.aspx",
        "ctl00%24BodyMainContent%24textboxBarcodeUsername={c}&ctl00%24BodyMainContent%24textboxPassword={p}",
    ),
    ("/ipac20/ipac.jsp", "menu=account&sec1={c}&sec2={p}"),
    ("/user/login", "utf8=1&authenticity_token=x&name={c}&user_pin={p}"),
    ("/vufind/MyResearch/Home", "username={c}&password={p}&target=x"),
    ("/MyAccount/Home", "username={c}&password={p}&rememberMe=on"),
    ("/F", "func=login-session&bor_id={c}&bor_verification={p}"),
    ("/loan/USERINFO", "BOR_U={c}&BOR_PW={p}"),
    ("/webOPACClient/login.do", "username={c}&password={p}&login_action=Login"),
    ("/index.asp", "AUSWEIS={c}&PWD={p}"),
    ("/paia/auth/login", "grant_type=password&username={c}&password={p}"),
    # of products that nobody described
    ("/account", "cardNumber={c}&pinCode={p}"),
    ("/signin", "txtLibraryCard={c}&txtPin={p}"),
    ("/signin", "user%5Bbarcode%5D={c}&user%5Bpin%5D={p}"),
    ("/signin", "ctl00%24Main%24PatronBarcode={c}&ctl00%24Main%24PatronPin={p}"),
    ("/login", "library_card_number_1={c}&pin_field={p}"),
)
ELSEWHERE: tuple[tuple[str, Callable[[Random], bytes], frozenset[str]], ...] = (
    ("query", lambda c: get(f"/cgi-bin/koha/ilsdi.pl?service=GetPatronInfo&patron_id={barcode(c)}"), WHO),
    ("query", lambda c: get(f"/patroninfo?code={barcode(c)}&pin={pin(c)}"), LOGIN),
    ("query", lambda c: get(f"/holds?barcode={barcode(c)}"), WHO),
    ("query", lambda c: get(f"/holds?patronBarcode={barcode(c)}"), WHO),
    ("query", lambda c: get(f"/eg/opac/myopac?who={barcode(c)}"), WHO),
    ("query", lambda c: get(f"/remind?to={quote_plus(mail(c))}"), frozenset(("email",))),
    ("query", lambda c: get(f"/sms?to=%2B4420794601{c.randrange(100):02}"), frozenset(("phone",))),
    (
        "query",
        lambda c: get(f"/register?dob=19{c.randrange(50, 99)}-0{c.randrange(1, 9)}-11"),
        frozenset(("birth_date",)),
    ),
    ("path", lambda c: get(f"/PAPIService/REST/public/v1/1033/100/1/patron/{barcode(c)}/holdrequests/all"), WHO),
    ("path", lambda c: get(f"/api/patrons/{barcode(c)}/loans"), WHO),
    ("cookie", lambda c: get("/eg/opac/home", Cookie=f"ses=0a; patronid={barcode(c)}"), WHO | {"session"}),
    (
        "header",
        lambda c: get("/symws/rest/patron/x", x_sirs_sessionToken=uuid.UUID(int=c.getrandbits(128)).hex),
        frozenset(("session",)),
    ),
    (
        "referer",
        lambda c: get("/pixel.gif", "ads.example.net", Referer=f"http://lib.example.org/patroninfo?code={barcode(c)}"),
        WHO,
    ),
    (
        "form",
        lambda c: get(
            "/rest/patron/createSelfRegisteredPatron?"
            f"firstName={c.choice(FIRST)}&lastName={c.choice(LAST)}&birthDate=19900101&street=1+Example+Road"
        ),
        frozenset(("name", "birth_date", "postal_address")),
    ),
)


def planted(chance: Random, size: int) -> list[Labelled]:
    """Requests in which a patron says something."""
    made = []
    for number in range(size):
        path, form = LOGINS[number // 2 % len(LOGINS)]
        where, build, classes = ELSEWHERE[number // 2 % len(ELSEWHERE)]
        if number % 2:
            made.append(Labelled(where, build(chance), classes))
            continue
        filled = form.format(c=barcode(chance), p=pin(chance))
        data = get(f"{path}?{filled}") if number % 6 == 0 else post(path, filled)
        made.append(Labelled("login", data, LOGIN))
    return made


def _number(chance: Random, digits: int) -> str:
    return str(chance.randrange(10 ** (digits - 1), 10**digits))


INNOCENT: dict[str, Callable[[Random], bytes]] = {
    "timestamp": lambda c: get(f"/feed?{c.choice(('since', 'ts', 'v', 'from', 'stamp', 'userts'))}={stamp(c)}"),
    "timestamp of a product": lambda c: get(f"/cgi-bin/koha/opac-rss.pl?since={stamp(c)}"),
    "epoch": lambda c: get(f"/x.js?{c.choice(('_', 't', 'cb', 'ts', 'now'))}={_number(c, c.choice((10, 13, 16)))}"),
    "order that passes by chance": lambda c: get(f"/shop/track?order={barcode(c)}"),
    "number of 14 digits": lambda c: get(f"/x?{c.choice(('id', 'oid', 'ref', 'tx', 'n', 'rec'))}={_number(c, 14)}"),
    "order of a day in a product": lambda c: get(f"/vufind/Record/x?batch=2026{c.randint(1, 12):02}15{_number(c, 6)}"),
    "item": lambda c: get(f"/cgi-bin/koha/opac-detail.pl?itembarcode={barcode(c, '3')}"),
    "item elsewhere": lambda c: get(f"/items?barcode={barcode(c, '3')}"),
    "item in a path": lambda c: get(f"/items/{barcode(c, '3')}/status"),
    "session id": lambda c: get(f"/page?sid={c.getrandbits(128):032x}&PHPSESSID={c.getrandbits(80):020x}"),
    "isbn": lambda c: get(f"/cover?{c.choice(('isbn', 'key', 'barcode', 'value'))}={isbn(c)}&size=L"),
    "isbn in a product": lambda c: get(f"/eg/opac/record?x={isbn(c)}"),
    "uuid": lambda c: get(f"/api/{uuid.UUID(int=c.getrandbits(128))}?id={uuid.UUID(int=c.getrandbits(128))}"),
    "analytics": lambda c: get(
        f"/collect?v=1&tid=UA-{_number(c, 8)}-1&cid={_number(c, 10)}.{_number(c, 10)}&t=pageview&z={_number(c, 10)}"
        "&sr=1920x1080&ul=en-us&dl=http%3A%2F%2Fnews.example.org%2F"
    ),
    "phone-like id": lambda c: get(f"/part?number=555-{_number(c, 3)}-{_number(c, 4)}&phone_model=x{_number(c, 3)}"),
    "coordinates": lambda c: get(f"/map?lat=%2B{c.uniform(10, 80):.6f}&lon=-{c.uniform(10, 80):.6f}&zoom=12"),
    "pin of a map": lambda c: get(f"/map?pin={_number(c, 4)}&pins=3&marker={c.uniform(10, 80):.5f}"),
    "pin in a form": lambda c: post("/map/save", f"pin={_number(c, 4)}&color=red&zoom=9"),
    "name of a file": lambda c: get(f"/download?name=report-{_number(c, 4)}.pdf&file=logo@2x.png"),
    "author": lambda c: get(f"/authors?firstname={c.choice(FIRST)}&lastname={c.choice(LAST)}"),
    "card of a page": lambda c: get(f"/ui?card={_number(c, 3)}&cardid=c{_number(c, 2)}&layout=card&cards=12"),
    "game": lambda c: post("/play", f"cardno={_number(c, 2)}&code={_number(c, 6)}&user={c.choice(FIRST)}"),
    "store finder": lambda c: get(f"/stores?zip={_number(c, 5)}&street=Main&radius=10"),
    "switches": lambda c: post("/settings", f"show_password=true&password_hint={c.choice(FIRST)}&pass=1&has_pin=yes"),
    "account number in a path": lambda c: get(f"/users/{_number(c, 6)}/avatar.png?v={_number(c, 13)}"),
    "user's stamp in a path": lambda c: get(f"/user/{stamp(c)}/photo"),
    "referer": lambda c: get("/p.gif", "ads.example.net", Referer=f"http://shop.example.com/?order={barcode(c)}"),
    "referer of the same host": lambda c: get("/p.css", "x.example.org", Referer=f"http://x.example.org/?t={stamp(c)}"),
    "cookies": lambda c: get(
        "/page", Cookie=f"_ga=GA1.2.{_number(c, 9)}.{_number(c, 10)}; sid={c.getrandbits(64):x}; last={stamp(c)}"
    ),
    "cookies in a product": lambda c: get(
        "/eg/opac/home", Cookie=f"_gid={_number(c, 14)}; client_tz=Europe; v={stamp(c)}"
    ),
    "payment-like id": lambda c: get(f"/x?creditcard={c.choice(('visa', 'no', '4111'))}&ref=4{_number(c, 15)}"),
    "wrong check digits": lambda c: get(f"/x?ssn=000-{_number(c, 2)}-{_number(c, 4)}&bsn=1&dni=x"),
}


def innocent(chance: Random, size: int) -> list[Labelled]:
    """Requests that say nothing of anybody."""
    kinds = list(INNOCENT)
    return [Labelled(kind, INNOCENT[kind](chance), frozenset()) for kind in (kinds * (size // len(kinds) + 1))[:size]]
