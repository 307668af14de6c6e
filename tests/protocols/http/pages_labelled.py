"""Answers of which it is known whether they show something of a patron, in the style of the products' pages.

The generator knows what it planted, and asks nothing of the program. Innocent are pages with login boxes, footers with
the library's own address, opening hours, results, titles with their items, forms that are empty, programs' answers
about titles and branches: each of them asked for by somebody who is logged in. All people are invented, from a seed.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from random import Random
from typing import NamedTuple

from tests.protocols.http.labelled import FIRST, LAST, barcode, mail
from tests.protocols.http.samples import CLIENT, SERVER, answer, ask
from tests.protocols.http.talks import Piece

HTML, JSON, XML = "text/html; charset=utf-8", "application/json", "text/xml"
FOOTER = (
    "<footer><h3>Contact</h3><ul><li>Address: 1 Example Road</li><li>Phone: 555 010 0100</li><li>E-mail: "
    '<a href="mailto:library@example.org">library@example.org</a></li></ul></footer></body></html>'
)
TOP = (
    "<!DOCTYPE html><html><head><title>Library</title><script>var a = {cardnumber: '29990000000017'};</script>"
    "<style>.name{}</style></head><body><!-- Card number: 29990000000017 --><nav><a href='/'>Home</a></nav>"
)


class Shown(NamedTuple):
    """One exchange and what is known of its answer."""

    kind: str
    pieces: tuple[Piece, Piece]
    planted: frozenset[str]
    """Classes of data that the answer shows of a patron; empty of an innocent one."""


def exchange(target: str, body: str, kind: str = HTML, host: str = "catalog.example.org", cookie: str = "") -> Exchange:
    """A page that is asked for, and how it is answered."""
    fields = {"Cookie": cookie} if cookie else {}
    return (CLIENT, ask(f"GET {target}", Host=host, **fields)), (SERVER, answer(body=body.encode(), Content_Type=kind))


Exchange = tuple[Piece, Piece]
Build = Callable[[Random], Exchange]
KOHA, ASPEN = "CGISESSID=0123abcd", "aspen_session=0123abcd"


def page(body: str) -> str:
    """A page with what stands on every page of a library."""
    return f"{TOP}{body}{FOOTER}"


def day(c: Random) -> str:
    """A day on which something is due."""
    return f"{c.randint(1, 12):02}/{c.randint(1, 28):02}/2026"


def name(c: Random) -> str:
    """Somebody's."""
    return f"{c.choice(FIRST)} {c.choice(LAST)}"


def classes(words: str) -> frozenset[str]:
    """Classes of data, by their names."""
    return frozenset(words.split())


ACCOUNTS: tuple[tuple[str, Build, frozenset[str]], ...] = (
    (
        "Koha, summary",
        lambda c: exchange(
            "/cgi-bin/koha/opac-user.pl",
            page(
                f'<div id="members">Welcome, <a href="/x"><span class="loggedinusername">{name(c)}</span></a>'
                "<a href='?logout.x=1'>Log out</a></div><table id='checkoutst'><thead><tr><th>Title</th><th>Due</th>"
                f"<th>Renew</th></tr></thead><tbody><tr><td>Sagas</td><td>{day(c)}</td><td>2 left</td></tr></table>"
            ),
            cookie=KOHA,
        ),
        classes("name circulation"),
    ),
    (
        "Koha, details",
        lambda c: exchange(
            "/cgi-bin/koha/opac-memberentry.pl",
            page(
                f'<form><label for="s">Surname:</label><input type="text" id="s" name="borrower_surname" value="'
                f'{c.choice(LAST)}"><label>Card number:</label> {barcode(c)} <label>Date of birth:</label><input '
                f'name="borrower_dateofbirth" value="{day(c)}"><input type=email name=borrower_email value={mail(c)}>'
            ),
            cookie=KOHA,
        ),
        classes("name patron_identifier birth_date email"),
    ),
    (
        "Koha, API",
        lambda c: exchange(
            f"/api/v1/patrons/{c.randrange(99)}",
            json.dumps({"patron_id": 7, "cardnumber": barcode(c), "firstname": c.choice(FIRST), "email": mail(c)}),
            JSON,
        ),
        classes("patron_identifier name email"),
    ),
    (
        "Koha, checkouts",
        lambda _: exchange(
            "/api/v1/checkouts?patron_id=51001",
            json.dumps([{"checkout_id": 1, "patron_id": 51001, "item_id": 4, "due_date": "2026-12-01T23:59:00Z"}]),
            JSON,
            cookie=KOHA,
        ),
        classes("patron_identifier circulation"),
    ),
    (
        "Koha, ILS-DI",
        lambda c: exchange(
            "/cgi-bin/koha/ilsdi.pl?service=GetPatronInfo&patron_id=51001",
            f"<?xml version='1.0'?><GetPatronInfo><surname>{c.choice(LAST)}</surname><cardnumber>{barcode(c)}"
            f"</cardnumber><dateofbirth>1990-02-03</dateofbirth><email>{mail(c)}</email></GetPatronInfo>",
            XML,
        ),
        classes("name patron_identifier birth_date email"),
    ),
    (
        "Sierra, items",
        lambda c: exchange(
            "/patroninfo~S1/1177297/items",
            page(
                f'<div class="patNameAddr"><strong>{c.choice(LAST).upper()}, {c.choice(FIRST)}</strong><br>1 Road<br>'
                '</div><table><tr class="patFuncEntry"><td class="patFuncTitle">Sagas</td><td class="patFuncStatus"> '
                "DUE 12-01-26 </td></tr></table>"
            ),
            cookie="III_SESSION_ID=0123abcd",
        ),
        classes("name circulation"),
    ),
    (
        "Sierra, API of patrons",
        lambda c: exchange(
            f"/PATRONAPI/{barcode(c)}/dump",
            f"<HTML><BODY>PATRN NAME[pn]={c.choice(LAST)}, {c.choice(FIRST)}<BR>P BARCODE[pb]={barcode(c)}<BR>",
        ),
        classes("name patron_identifier"),
    ),
    (
        "Evergreen, loans",
        lambda c: exchange(
            "/eg/opac/myopac/circs",
            page(f"<table><tr><th>Title</th><th>Due Date</th></tr><tr><td>Sagas</td><td>{day(c)}</td></tr></table>"),
            cookie="ses=0123abcd",
        ),
        classes("circulation"),
    ),
    (
        "Evergreen, preferences",
        lambda c: exchange(
            "/eg/opac/myopac/prefs",
            page(
                f"<table><tr><td>First Name</td><td>{c.choice(FIRST)}</td></tr><tr><td>Day Phone</td><td>555-010-0142"
                f"</td></tr><tr><td>Email Address</td><td>{mail(c)}</td></tr></table>"
            ),
            cookie="ses=0123abcd",
        ),
        classes("name phone email"),
    ),
    (
        "Polaris",
        lambda c: exchange(
            "/polaris/patronaccount/default.aspx",
            page(
                f'<span class="label">Name:</span> <span id="ctl00_name">{name(c)}</span><span>Barcode:</span>'
                f"<span>{barcode(c)}</span><dl><dt>Phone</dt><dd>555 010 0142</dd></dl>"
            ),
            cookie="ASP.NET_SessionId=0123abcd",
        ),
        classes("name patron_identifier phone"),
    ),
    (
        "Symphony",
        lambda c: exchange(
            "/symws/rest/patron/lookupMyAccountInfo",
            f"<r:Response xmlns:r='urn:x'><r:patronInfo><r:userID>{barcode(c)}</r:userID><r:displayName>"
            f"{c.choice(LAST)}, {c.choice(FIRST)}</r:displayName></r:patronInfo></r:Response>",
            XML,
        ),
        classes("patron_identifier name"),
    ),
    (
        "VuFind, profile",
        lambda c: exchange(
            "/vufind/MyResearch/Profile",
            page(
                f"<table><tr><th>First Name:</th><td>{c.choice(FIRST)}</td></tr><tr><th>Last Name:</th><td>"
                f"{c.choice(LAST)}</td></tr><tr><th>Address 1:</th><td>7 Example Lane</td></tr></table>"
            ),
            cookie="VUFIND_SESSION=0123abcd",
        ),
        classes("name postal_address"),
    ),
    (
        "VuFind, fines",
        lambda c: exchange(
            "/MyResearch/Fines",
            page(f"<p>Total Due: <strong>${c.randint(1, 40)}.50</strong></p>"),
            cookie="VUFIND_SESSION=0123abcd",
        ),
        classes("fees"),
    ),
    (
        "Aspen",
        lambda c: exchange(
            "/MyAccount/CheckedOut",
            page(f'<span class="patronName">{name(c)}</span><div class="label">Due</div><b>Dec 1, 2026</b>'),
            cookie=ASPEN,
        ),
        classes("name circulation"),
    ),
    (
        "PAIA",
        lambda c: exchange(
            f"/paia/core/{barcode(c)}",
            json.dumps({"name": name(c), "email": mail(c), "expires": "2027-01-01", "status": 0, "patron": barcode(c)}),
            JSON,
        ),
        classes("name email patron_identifier"),
    ),
    (
        "SISIS",
        lambda c: exchange(
            "/webOPACClient/userAccount.do?methodToCall=showAccount&typ=1",
            page(
                f"<p>Benutzernummer: {barcode(c)}</p><table><tr><th>Titel</th><th>Fällig am</th></tr><tr><td>Sagas</td>"
                "<td>01.12.2026</td></tr></table>"
            ),
        ),
        classes("patron_identifier circulation"),
    ),
    (
        "unknown make",
        lambda c: exchange(
            "/opac/account",
            page(f"<dl><dt>Name</dt><dd>{name(c)}</dd><dt>Library card</dt><dd>{barcode(c)}</dd></dl>"),
        ),
        classes("name patron_identifier"),
    ),
    (
        "unknown make, API",
        lambda c: exchange(
            f"/api/patrons/{barcode(c)}",
            json.dumps(
                {"data": {"patronBarcode": barcode(c), "givenName": "Zo\u00eb", "holds": [{"holdDate": "2026-01-02"}]}}
            ),
            "application/hal+json",
        ),
        classes("patron_identifier name circulation"),
    ),
)

LOGIN_BOX = (
    '<form method="post" action="/cgi-bin/koha/opac-user.pl"><label for="u">Card number:</label><input type="text" '
    'id="u" name="userid" value=""><label>Password:</label><input type="password" name="password"><input type='
    '"submit" value="Log in"><a href="/forgot">Forgot your PIN?</a></form>'
)
INNOCENT: dict[str, Build] = {
    "login": lambda _: exchange("/cgi-bin/koha/opac-user.pl", page(LOGIN_BOX)),
    "login that names its number": lambda _: exchange(
        "/login",
        page("<p>Card number: the 14 digits on the back of your card</p>" + LOGIN_BOX),
        host="ezproxy.example.edu",
    ),
    "opening hours": lambda c: exchange(
        "/cgi-bin/koha/opac-main.pl",
        page(f"<h1>Welcome to the library</h1><p>Open since {day(c)}</p>{LOGIN_BOX}"),
        cookie=KOHA,
    ),
    "title with items": lambda c: exchange(
        f"/cgi-bin/koha/opac-detail.pl?biblionumber={c.randrange(10**5)}",
        page(
            f"<h1>Sagas</h1><span class='author'>{name(c)}</span><table><tr><th>Barcode</th><th>Status</th><th>Date due"
            f"</th></tr><tr><td>{barcode(c, '3')}</td><td>Checked out</td><td>{day(c)}</td></tr></table>"
        ),
        cookie=KOHA,
    ),
    "results": lambda c: exchange(
        "/cgi-bin/koha/opac-search.pl?q=sagas",
        page("".join(f"<li><a>Sagas {n}</a> by {name(c)}, ISBN: 9780306406157, 1999-01-02</li>" for n in range(20))),
        cookie=KOHA,
    ),
    "author": lambda c: exchange(
        "/vufind/Author/Home?author=x",
        page(f"<dl><dt>Name</dt><dd>{name(c)}</dd><dt>Date of birth</dt><dd>{day(c)}</dd></dl>"),
        cookie="VUFIND_SESSION=0123abcd",
    ),
    "registration": lambda _: exchange(
        "/cgi-bin/koha/opac-memberentry.pl",
        page(
            "<form><label>Surname</label><input name=borrower_surname value=''><label>Date of birth</label><input name="
            "borrower_dateofbirth placeholder='MM/DD/YYYY'><select name=x><option>Name: Ask Lund</option></select>"
            "<label>First name</label><button>Submit</button></form>"
        ),
    ),
    "nothing borrowed": lambda _: exchange(
        "/eg/opac/myopac/circs",
        page("<h2>Items Checked Out</h2><table><tr><th>Title</th><th>Due Date</th></tr></table><p>You have none.</p>"),
        cookie="ses=0123abcd",
    ),
    "no fines": lambda _: exchange(
        "/MyResearch/Fines", page("<p>Total Due: $0.00</p>"), cookie="VUFIND_SESSION=0123abcd"
    ),
    "branches": lambda c: exchange(
        "/api/v1/public/biblios/4711",
        json.dumps(
            {"libraries": [{"name": "Main Library", "email": mail(c), "phone": "555 010 0100"}], "title": "Sagas"}
        ),
        JSON,
        cookie=KOHA,
    ),
    "items": lambda c: exchange(
        "/PAPIService/REST/public/v1/1033/100/1/bib/4711/holdings",
        json.dumps({"BibGetHoldingsRows": [{"Barcode": barcode(c, "3"), "DueDate": day(c), "CallNumber": "839.6"}]}),
        JSON,
    ),
    "settings of a page": lambda _: exchange(
        "/eg/opac/login",
        json.dumps(
            {"labels": {"cardnumber": "Card number", "surname": "Please enter", "email": "E-mail"}, "patron": None}
        ),
        JSON,
    ),
    "staff": lambda c: exchange(
        "/opac/contact",
        page(f"<table><tr><th>Name</th><th>Phone</th></tr><tr><td>{name(c)}</td><td>555 010 0101</td></tr></table>"),
        cookie=KOHA,
    ),
    "guest": lambda _: exchange(
        "/MyAccount/Home", page("<p>Welcome, guest</p><a href='/MyAccount/Login'>Sign in</a>"), cookie=ASPEN
    ),
    "news": lambda c: exchange(
        "/vufind/Content/news",
        page(f"<p>Hello, reader! On {day(c)} {name(c)} reads from a new book. Tickets: {barcode(c)}</p>"),
        cookie="VUFIND_SESSION=0123abcd",
    ),
    "shop": lambda c: exchange(
        "/account/orders",
        page(
            f"<dl><dt>Name</dt><dd>{name(c)}</dd><dt>Card number</dt><dd>{barcode(c)}</dd><dt>E-mail</dt><dd>{mail(c)}"
        ),
        host="shop.example.com",
        cookie="session=0123abcd",
    ),
    "picture": lambda c: exchange("/cgi-bin/koha/opac-user.pl", f"Card number: {barcode(c)}", "image/png", cookie=KOHA),
    "script": lambda c: exchange(
        "/cgi-bin/koha/opac-user.pl", f'var x = {{"cardnumber": "{barcode(c)}"}}', "text/javascript", cookie=KOHA
    ),
}


def accounts(chance: Random, size: int) -> list[Shown]:
    """Answers that show a patron something of theirs."""
    return [Shown(kind, build(chance), words) for kind, build, words in (ACCOUNTS * (size // len(ACCOUNTS) + 1))[:size]]


def innocent(chance: Random, size: int) -> list[Shown]:
    """Answers that show nothing of anybody."""
    kinds = list(INNOCENT)
    return [Shown(kind, INNOCENT[kind](chance), frozenset()) for kind in (kinds * (size // len(kinds) + 1))[:size]]
