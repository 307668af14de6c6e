"""HTTP conversations whose every value is a mark."""

from __future__ import annotations

import gzip
import json
from base64 import b64encode
from collections.abc import Callable, Iterator
from urllib.parse import quote_plus

from monitor.audit.marks import Marks, Script
from monitor.audit.plants.later import later
from monitor.audit.plants.ncip import element, message
from monitor.model.flow import Side
from monitor.protocols.http.catalog import Entry
from monitor.protocols.http.products import shipped_entries
from monitor.protocols.ncip.elements import ELEMENTS
from monitor.protocols.sip2.fields import FIELDS

FORM = "application/x-www-form-urlencoded"
PAGE = b"<html></html>"
SHOWN = ("Card number", "Name", "First name", "E-mail", "Address", "Date of birth", "Due date", "Fines", "access_token")
"""What pages of any make show."""
GENERAL = ("username", "password", "pin", "barcode", "cardnumber", "patron_id", "email", "phone", "birthdate", "id")


def ask(line: str, body: bytes = b"", **fields: str) -> bytes:
    """A request with a length if it has a body; ``Host`` unless it is given."""
    fields = {"Host": "catalog.example.org", **{name.replace("_", "-"): value for name, value in fields.items()}}
    if body and "Transfer-Encoding" not in fields:
        fields["Content-Length"] = str(len(body))
    return head(f"{line} HTTP/1.1", fields) + body


def answer(status: str = "200 OK", body: bytes = PAGE, **fields: str) -> bytes:
    """A response with a length unless it comes in chunks."""
    named = {name.replace("_", "-"): value for name, value in fields.items()}
    if "Transfer-Encoding" not in named:
        named["Content-Length"] = str(len(body))
    return head(f"HTTP/1.1 {status}", named) + body


def chunked(body: bytes, size: int = 7) -> bytes:
    """A body in chunks, with an extension and a trailer."""
    parts = [body[at : at + size] for at in range(0, len(body), size)]
    return b"".join(b"%x;part=1\r\n%b\r\n" % (len(part), part) for part in parts) + b"0\r\nDigest: none\r\n\r\n"


def multipart(values: dict[str, str], boundary: str = "------invented") -> bytes:
    """A form with one part for each value, and a file in front."""
    head = f'--{boundary}\r\nContent-Disposition: form-data; name="scan"; filename="card.png"\r\n'
    parts = [head + "Content-Type: image/png\r\n\r\npassword=none\r\n"]
    parts += [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in values.items()
    ]
    return ("".join(parts) + f"--{boundary}--\r\n").encode()


def head(line: str, fields: dict[str, str]) -> bytes:
    """The first line and the fields of a message."""
    return "\r\n".join([line, *(f"{name}: {value}" for name, value in fields.items()), "", ""]).encode()


def mediated(code: str, fixed: list[str], fields: list[tuple[str, str]]) -> str:
    """A message of SIP2 in JSON, as SIP2Mediator and its backends write it."""
    return json.dumps({"code": code, "fields": [{name: value} for name, value in fields], "fixed_fields": fixed})


def enveloped(text: str, kind: str = "request", credentials: str = "") -> bytes:
    """A message of SIP2 in XML, with or without the credentials of the system that asks."""
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<ns1:sip {credentials} xmlns:ns1="http://example.org/Schema/sip.xsd">\n'
        f"  <{kind}>{text}</{kind}>\n</ns1:sip>"
    ).encode()


def http(marks: Marks) -> Iterator[Script]:
    """HTTP: marks in every parameter of every product, in place of names, in each part of a head, around messages."""
    loose = marks.mark("loose").decode()

    def mark(place: str) -> str:
        return marks.mark(place).decode()

    for entry in shipped_entries()[0].values():
        path = (entry.paths or ["/login"])[0].replace("*", "")
        path = path if path.startswith("/") else f"/{path}"
        host = (entry.hosts or ["catalog.example.org"])[0].replace("*", "x")
        values = {name: mark(name) for name in (*entry.parameters, *GENERAL)}
        form = "&".join(f"{name}={value}" for name, value in values.items())
        cookies = "; ".join(f"{name}={mark(name)}" for name in entry.cookies)
        new = "\r\n".join(f"Set-Cookie: {name}={mark('new ' + name)}; path=/" for name in entry.cookies)
        yield [
            (Side.ORIGINATOR, ask(f"GET {path}?{form}", Host=host, Cookie=cookies or loose)),
            (Side.RESPONDER, answer(Set_Cookie=new.removeprefix("Set-Cookie: "))),
            (Side.ORIGINATOR, ask(f"POST {path}", form.encode(), Host=host, Content_Type=FORM)),
            (Side.RESPONDER, answer(body=mark("page").encode() * 50)),
            (
                Side.ORIGINATOR,
                ask(f"POST {path}", json.dumps(values).encode(), Host=host, Content_Type="application/json"),
            ),
            (Side.RESPONDER, answer()),
            (
                Side.ORIGINATOR,
                ask(f"POST {path}", multipart(values), Content_Type="multipart/form-data; boundary=------invented"),
            ),
            (Side.RESPONDER, answer()),
        ]
        asked = []
        for place, names in (*entry.searches, *entry.readings):
            query = "&".join(f"{name}={mark('searched')}" for name in names)
            asked += [
                (Side.ORIGINATOR, ask(f"GET /{place.replace('*', '').lstrip('/')}?{query}", Host=host)),
                (Side.RESPONDER, answer()),
            ]
        yield [*asked, *_account(entry, mark, path, host)]

    yield from _carried(mark, loose)
    yield from later(mark, ask, answer)
    yield _camera(mark)
    word = b64encode(f"{mark('user')}:{mark('word')}".encode()).decode()
    names = "&".join(f"{mark(f'name {number}')}={mark('value')}" for number in range(5))
    packed = gzip.compress(f"username={mark('packed')}&password={mark('packed too')}".encode(), mtime=0)
    yield [
        (
            Side.ORIGINATOR,
            ask(f"GET /{loose}/{loose}?{names}#{loose}", Authorization=f"Basic {word}", Host=f"{loose}.example.org"),
        ),
        (Side.RESPONDER, answer(f"200 {loose}", PAGE, **{loose: loose, "Set-Cookie": f"{loose}={loose}"})),
        (
            Side.ORIGINATOR,
            ask(
                f"{loose} /{loose}?mail={loose}@example.org",
                Referer=f"http://{loose}/?q={loose}",
                Cookie=f"{loose}={loose}",
            ),
        ),
        (Side.RESPONDER, answer(body=chunked(loose.encode() * 9), Transfer_Encoding="chunked", Trailer=loose)),
        (Side.ORIGINATOR, ask("POST /a", packed, Content_Type=FORM, Content_Encoding="gzip")),
        (Side.RESPONDER, answer(f"999 {loose}", Content_Length=loose)),
    ]
    for text in (
        f"GET /?password={loose} HTTP/1.1\r\nHost: {loose}\r\nCookie: ezproxy={loose}\r\n{loose}",
        f"GET /?password={loose}",
        f"POST / HTTP/1.1\r\nContent-Type: {FORM}\r\nContent-Length: {loose}\r\n\r\npassword={loose}",
        f"POST / HTTP/1.1\r\nContent-Type: {FORM}\r\nContent-Length: 9999\r\n\r\nusername={loose}&password={loose}",
        f"POST / HTTP/1.1\r\nContent-Type: {FORM}\r\nTransfer-Encoding: chunked\r\n\r\n{loose}\r\n{loose}",
        f"GET / HTTP/1.1\r\n{loose}\r\n {loose}\r\n\r\n",
        f"{loose}\r\n" * 20,
        f"GET /{loose * 5000} HTTP/1.1\r\n",
    ):
        yield [(Side.ORIGINATOR, ask("GET /")), (Side.RESPONDER, answer()), (Side.ORIGINATOR, text.encode())]
        yield [(Side.ORIGINATOR, text.encode()), (Side.RESPONDER, text.encode())]


def _camera(mark: Callable[[str], str]) -> Script:
    """A camera says over ONVIF who it is."""
    spaces = 'xmlns:s="http://www.w3.org/2003/05/soap-envelope" xmlns:t="http://www.onvif.org/ver10/device/wsdl"'
    said = (
        f"<t:{{}}><t:Model>{mark('model')}</t:Model><t:SerialNumber>{mark('serial number')}</t:SerialNumber></t:{{}}>"
    )
    texts = (said.replace("{}", f"GetDeviceInformation{kind}") for kind in ("", "Response"))
    asked, told = (f"<s:Envelope {spaces}><s:Body>{text}</s:Body></s:Envelope>".encode() for text in texts)
    kind = "application/soap+xml"
    return [
        (Side.ORIGINATOR, ask("POST /onvif/device_service", asked, Content_Type=kind)),
        (Side.RESPONDER, answer(body=told, Content_Type=kind)),
    ]


def _account(entry: Entry, mark: Callable[[str], str], path: str, host: str) -> Iterator[tuple[Side, bytes]]:
    """Who a patron is in paths, fields of a product's own, the page before, and in pages of every kind."""
    shown = {name: mark(f"shown {name}") for name in (*entry.shows, *SHOWN)}
    rows = "".join(f"<tr><th>{name}:</th><td>{value}</td></tr>" for name, value in shown.items())
    hooks = "".join(f'<span class="{name.replace(" ", "")}">{value}</span>' for name, value in shown.items())
    fields = "".join(f'<input name="{name}" value="{value}">' for name, value in shown.items())
    elements = "".join(f"<{name}>{value}</{name}>" for name, value in shown.items() if name.isalnum())
    mailto = f"Welcome, {mark('greeted')}<a href='/logout?{mark('logout')}'>Log out {mark('mail')}@example.org</a>"
    pages = (
        ("text/html", f"<html><!-- {mark('comment')} --><table>{rows}</table>{hooks}{mailto}<form>{fields}</form>"),
        ("application/json", json.dumps({"patron": shown, mark("key"): [mark("listed")]})),
        ("text/xml", f"<patron>{elements}</patron>"),
        ("text/plain", "\n".join(f"{name}: {value}" for name, value in shown.items())),
    )
    places = [*entry.identifiers, *entry.titles, *entry.accounts, "/api/patrons/", path]
    for number, place in enumerate(places):
        kind, page = pages[number % len(pages)]
        target = f"{place.replace('*', mark('place'))}{mark('in path')}"
        yield (
            Side.ORIGINATOR,
            ask(
                f"GET {target};jsessionid={mark('session in path')}?ticket=ST-1-{mark('ticket')}",
                b"",
                Host=host,
                Referer=f"http://lib.example.org/patroninfo?code={mark('referred')}&mail={mark('referred')}@example.org",
                **{name: mark(f"field {name}") for name in entry.headers},
                Authorization=f"Bearer {mark('bearer')}",
                X_Forwarded_Proto="https",
            ),
        )
        yield Side.RESPONDER, answer(body=page.encode(), Content_Type=kind)
    form = f"username={mark('username')}&password={mark('password')}".encode()
    yield Side.ORIGINATOR, ask(f"POST {path}", form, Host=host, Content_Type=FORM)
    yield (
        Side.RESPONDER,
        answer(
            "302 Found",
            b"",
            Set_Cookie=f"session={mark('session of a login')}; path=/",
            Location=f"http://{mark('location')}.example.org/{mark('location')}",
        ),
    )


def _carried(mark: Callable[[str], str], loose: str) -> Iterator[Script]:
    """Messages of SIP2 and NCIP in requests and responses, each field a mark."""
    fields = [(key.decode("ascii"), mark(key.decode("ascii"))) for key in FIELDS]
    fixed = ["001", "20260105    101500", " " * 10]
    text = "".join(fixed) + "".join(f"{name}{value}|" for name, value in fields)
    said = mediated("63", fixed, fields)
    broken = mediated("63", [loose], [(loose, loose)])
    credentials = f'login="{mark("login")}" password="{mark("password")}"'
    account = "".join(element(name, mark(name)) for name in ELEMENTS)
    for body, kind in (
        (f"session={loose}&message={quote_plus(said)}".encode(), FORM),
        (f"session={loose}&message={quote_plus(broken)}".encode(), FORM),
        (said.encode(), "application/json"),
        (enveloped(f"63{text}", credentials=credentials), "application/xml"),
        (enveloped(f"99{loose}", credentials=credentials), "text/xml"),
        (message(element("LookupUser", account)).encode(), "application/xml; charset=utf-8"),
        (message(element("LookupUser", account, loose))[:-30].encode(), "text/xml"),
        (f"<{loose}>{loose}</{loose}>".encode(), "text/xml"),
    ):
        packed = gzip.compress(body, mtime=0)
        yield [
            (Side.ORIGINATOR, ask("POST /a", body, Content_Type=kind)),
            (Side.RESPONDER, answer(body=body, Content_Type=kind)),
            (Side.ORIGINATOR, ask("POST /a", packed, Content_Type=kind, Content_Encoding="gzip")),
            (Side.RESPONDER, answer(body=packed, Content_Encoding="gzip")),
        ]
    yield [
        (Side.ORIGINATOR, ask(f"GET /sip?session={loose}&message={quote_plus(said)}")),
        (Side.RESPONDER, answer(body=f'{{"payload": [{said}], "{loose}": "{loose}"}}'.encode())),
        (
            Side.ORIGINATOR,
            ask(f"GET /sru?version=1.2&operation=searchRetrieve&query={mark('searched')}&x={loose}"),
        ),
        (Side.RESPONDER, answer()),
    ]
