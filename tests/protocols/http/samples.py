"""Invented HTTP conversations, each as the pieces that either side sends in turn, from the start of its flow.

Logins, searches and sessions of the library products in the catalog, forms of every kind, and the habits of real
senders: chunks, compression, pipelining, answers without a length, upgrades, tunnels, broken heads.
"""

from __future__ import annotations

import gzip
import json
import zlib
from urllib.parse import quote_plus

from monitor.audit.plants.http import (
    FORM,
    answer,
    ask,
    chunked,
    enveloped,
    head,
    mediated,
    multipart,
)
from monitor.model.flow import Side
from tests.protocols.http.later import KEY, PREFACE, SETTINGS, Packer, Speaker, data, frame
from tests.protocols.ncip.samples import FOUND as NCIP_FOUND
from tests.protocols.ncip.samples import LOOKUP as NCIP_ASKED
from tests.protocols.sip2.samples import DATE

CLIENT, SERVER = Side.ORIGINATOR, Side.RESPONDER
CARD = "29990000000017"
"""Passes the check of library cards."""
OTHER_CARD = "29990000000025"
ASK_LUND = "YXNrLmx1bmQ6c2VjcmV0"
"""Ask Lund and his word, as HTTP Basic spells them."""
LOGIN = f"userid={CARD}&password=4711&op=login"
SESSION = "0123456789abcdef0123456789abcdef"

ASKED = f"63001{DATE}  Y       AOMAIN|AA{CARD}|AD4711|"
FOUND = enveloped(f"64{' ' * 14}001{DATE}{'0000' * 6}AOMAIN|AA{CARD}|AEZoë Örsted|BEzoe@example.org|", "response")
KIOSK = 'login="kiosk-1" password="secret-of-kiosk"'
MEDIATED = (
    f"session={SESSION}&message="
    + quote_plus(mediated("63", ["001", DATE, "  Y       "], [("AO", "MAIN"), ("AA", CARD), ("AD", "4711")]))
).encode()
ANSWERED = mediated(
    "64",
    [" " * 14, "001", DATE, *["0000"] * 6],
    [("AO", "MAIN"), ("AA", CARD), ("AE", "Zoë Örsted"), ("BE", "zoe@example.org"), ("AF", "")],
)
ACCOUNT = f"""<!DOCTYPE html><html><head><title>Your account</title><script>var s = "<b>no</b>";</script></head><body>
<div>Welcome, <span class="loggedinusername">Zoë Örsted</span> <a href="?logout.x=1">Log out</a></div>
<table><tr><th>Card number:</th><td>{CARD}</td></tr><tr><th>E-mail:</th><td>zoe@example.org</td></tr></table>
<table><tr><th>Title</th><th>Due</th></tr><tr><td>Sagas</td><td>12/01/2026</td></tr></table></body></html>
""".encode()
PATRON = json.dumps(
    {"patron_id": 51001, "cardnumber": CARD, "surname": "Örsted", "date_of_birth": "1990-01-01"}
).encode()
LOGIN_PAGE = (
    b'<form action="https://catalog.example.org/login"><label>Card number:</label><input name="userid" value="">'
    b'<input type="password" name="password"></form><p>E-mail: info@example.org</p>'
)
SOAP = b"<soap:Envelope><soap:Body><UserIdentifierValue>29990000000017</UserIdentifierValue></soap:Body>" + b" " * 2000


def _deflated(data: bytes) -> bytes:
    raw = zlib.compressobj(wbits=-15)
    return raw.compress(data) + raw.flush()


def _packed() -> list[tuple[int, bytes]]:
    """Messages of one sender that have each other in mind: a text, a file, and the text again."""
    packer = Packer()
    text = json.dumps({"cardnumber": CARD, "pin": "4711"}).encode()
    return [(kind, packer.pack(message)) for kind, message in ((1, text), (2, b"\0" * 100), (1, text))]


def _http2() -> list[tuple[Side, bytes]]:
    """Exchanges at the same time: a search, a login in two pieces, an upload, and a patron's page."""
    client, server = Speaker(), Speaker()
    login = {":method": "POST", ":scheme": "http", ":authority": "catalog.example.org"}
    login |= {":path": "/cgi-bin/koha/opac-user.pl", "content-type": FORM, "x-long": "y" * 50}
    return [
        (CLIENT, client.ask(1, "GET /cgi-bin/koha/opac-search.pl?q=sagas", Cookie=f"CGISESSID={SESSION}")),
        (CLIENT, client.fields(3, login, parts=3) + data(3, LOGIN[:20].encode(), last=False, pad=5)),
        (SERVER, server.answer(1, body=b"x" * 3000, Content_Type="text/html")),
        (CLIENT, client.ask(5, "POST /upload", body=b"\0" * 500, Content_Type="image/png")),
        (CLIENT, data(3, LOGIN[20:].encode(), last=False) + client.fields(3, {"x-sum": "none"}, last=True)),
        (SERVER, server.answer(3, 302, Set_Cookie=f"CGISESSID={SESSION}; path=/") + server.answer(5, 204)),
        (CLIENT, client.ask(7, "POST /login", body=gzip.compress(b"user=ask&pass=word", mtime=0), Content_Type=FORM,
                            Content_Encoding="gzip")),
        (CLIENT, client.ask(9, "POST /login", body=b"<login><password>word</password></login>",
                            Content_Type="text/xml")),
        (SERVER, server.answer(7) + server.answer(9)),
    ]  # fmt: skip


_FIRST = Speaker()

CONVERSATIONS: dict[str, list[tuple[Side, bytes]]] = {
    "a camera that names itself": [
        (CLIENT, ask("GET /onvif/device_service")),
        (SERVER, answer(Server="IP Camera")),
    ],
    "a page that passes a card on to another host": [
        (
            CLIENT,
            ask("GET /pixel.gif", Host="ads.example.net", Referer=f"http://lib.example.org/patroninfo?code={CARD}"),
        ),
        (SERVER, answer()),
    ],
    "a patron at the catalog": [
        (CLIENT, ask("GET /cgi-bin/koha/opac-main.pl")),
        (SERVER, answer(Set_Cookie=f"CGISESSID={SESSION}; path=/; HttpOnly")),
        (CLIENT, ask("POST /cgi-bin/koha/opac-user.pl", LOGIN.encode(), Content_Type=FORM, Cookie="CGISESSID=1234")),
        (SERVER, answer(Set_Cookie=f"CGISESSID={SESSION}; path=/; HttpOnly")),
        (
            CLIENT,
            ask("GET /cgi-bin/koha/opac-search.pl?idx=ti&q=sagas+of+iceland&q=", Cookie=f"a=b; CGISESSID={SESSION}"),
        ),
        (SERVER, answer(body=b"x" * 5000)),
    ],
    "chunks and compression": [
        (
            CLIENT,
            ask(
                "POST /patroninfo",
                chunked(b"code=29990000000017&pin=4711"),
                Content_Type=FORM,
                Transfer_Encoding="chunked",
            ),
        ),
        (
            SERVER,
            answer(
                body=chunked(b"y" * 100, 30), Transfer_Encoding="chunked", Set_Cookie="III_SESSION_ID=abc123; path=/"
            ),
        ),
        (
            CLIENT,
            ask(
                "POST /login", gzip.compress(b"user=ask&pass=word", mtime=0), Content_Type=FORM, Content_Encoding="gzip"
            ),
        ),
        (SERVER, answer(body=gzip.compress(b"z" * 100, mtime=0), Content_Encoding="gzip")),
        (CLIENT, ask("POST /login", _deflated(b"user=ask&pass=word"), Content_Type=FORM, Content_Encoding="deflate")),
        (SERVER, answer()),
        (CLIENT, ask("POST /login", b"user=ask&pass=word", Content_Type=FORM, Content_Encoding="br")),
        (SERVER, answer()),
    ],
    "forms of every kind": [
        (
            CLIENT,
            ask(
                "POST /logon",
                multipart(
                    {"ctl00$Body$textboxBarcodeUsername": CARD, "ctl00$Body$textboxPassword": "4711", "empty": ""}
                ),
                Content_Type="multipart/form-data; boundary=------invented",
            ),
        ),
        (SERVER, answer()),
        (
            CLIENT,
            ask(
                "POST /api",
                json.dumps(
                    {"list": ["password", {"card_number": CARD, "pin": 4711}], "note": 'say "pin": "1"'}
                ).encode(),
                Content_Type="application/vnd.example+json",
            ),
        ),
        (SERVER, answer()),
        (CLIENT, ask("POST /api", b'{"login": "ask", "password": "\\u0061\\"b"}')),
        (SERVER, answer("204 No Content", b"")),
        (CLIENT, ask("POST /plain", b"username=ask\r\npassword=word\r\n", Content_Type="text/plain")),
        (SERVER, answer("304 Not Modified", b"", ETag='"1"')),
        (CLIENT, ask("PUT /scan.png", b"\x89PNG" * 500, Content_Type="image/png")),
        (SERVER, answer("201 Created")),
    ],
    "who a patron is, in addresses": [
        (CLIENT, ask(f"GET /holds?barcode={CARD}")),
        (SERVER, answer()),
        (CLIENT, ask("GET /remind?to=ask.lund%40example.org;since=20260105101500&_=29990000000017")),
        (SERVER, answer()),
        (
            CLIENT,
            ask(
                f"GET http://proxied.example.org/x?mycard={OTHER_CARD}&dob=1990-01-01&phone=555-010-0199#top",
                Host="proxy.example.org",
            ),
        ),
        (SERVER, answer()),
        (CLIENT, ask(f"GET /cgi-bin/koha/ilsdi.pl?service=AuthenticatePatron&username={CARD}&password=4711")),
        (SERVER, answer()),
        (CLIENT, ask("GET /eg/opac/results?query=sagas;qtype=keyword;locg=1", Cookie="ses=0123abcd; eg_loggedin=1")),
        (SERVER, answer()),
        (
            CLIENT,
            ask("GET /next?page=2", Host="db.ezproxy.example.org", Cookie="ezproxy=AbCdEf0123; ezproxyl=AbCdEf0123"),
        ),
        (SERVER, answer()),
    ],
    "names and passwords in fields": [
        (CLIENT, ask("GET /status", Authorization=f"Basic {ASK_LUND}")),
        (SERVER, answer()),
        (CLIENT, ask("GET http://example.org/", Proxy_Authorization=f"basic  {ASK_LUND}")),
        (SERVER, answer()),
        (CLIENT, ask("GET /status", Authorization="Digest username=ask, response=0123")),
        (SERVER, answer("401 Unauthorized", WWW_Authenticate="Basic realm=x")),
    ],
    "pipelining, and answers of every length": [
        (
            CLIENT,
            ask("HEAD /big")
            + ask("GET /1")
            + ask("POST /cgi-bin/koha/opac-user.pl", LOGIN.encode(), Content_Type=FORM)
            + b"\r\n"
            + ask("OPTIONS *"),
        ),
        (
            SERVER,
            head("HTTP/1.1 200 OK", {"Content-Length": "123456789"})
            + head("HTTP/1.1 103 Early Hints", {"Link": "</style.css>"})
            + answer()
            + head("HTTP/1.1 100 Continue", {})
            + answer(Set_Cookie="CGISESSID=deleted; path=/")
            + answer("204 No Content", b""),
        ),
        (CLIENT, ask("GET /until-the-end")),
        (SERVER, head("HTTP/1.0 200 OK", {"Content-Type": "text/html"}) + b"HTTP/1.1 200 OK\r\n\r\n" * 3),
    ],
    "odd senders": [
        (
            CLIENT,
            b"\r\nGET  /cgi-bin/koha/opac-search.pl?q=sagas  HTTP/1.0\nhost: x.example.org\ncookie: CGISESSID=1a\n\n",
        ),
        (SERVER, b"HTTP/1.0 200\nServer: old\nContent-Length: 0003\n\nabc"),
        (
            CLIENT,
            b"BREW /pot?email=ask@example.org HTTP/1.1\r\nHost: x\r\nno field\r\nCOOKIE: ezproxy=1\r\n goes on\r\n\r\n",
        ),
        (SERVER, b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 3\r\nBad Name: x\r\n\r\nabc"),
        (
            CLIENT,
            ask(
                "POST /a",
                chunked(b"username=a&password=b"),
                Content_Type=FORM,
                Transfer_Encoding="chunked",
                Content_Length="5",
            ),
        ),
        (SERVER, b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd"),
        (
            CLIENT,
            b"POST /b HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nnot a size\r\n" + ask("GET /c?card_number=1234"),
        ),
        (SERVER, answer()),
        (CLIENT, b"this is no request\r\n\r\n" + ask("GET /d?q=1")),
        (SERVER, b"ICY 200 OK\r\nicy-name: x\r\n\r\n" + answer()),
        (CLIENT, b"SEARCH /" + b"a" * 3000 + b"?login=ask&pin=4711 HTTP/1.1\r\n\r\n"),
        (SERVER, answer("207 Multi-Status")),
    ],
    "an upgrade to something else": [
        (CLIENT, ask("GET /chat", Upgrade="x-chat", Connection="Upgrade", Cookie="VUFIND_SESSION=abc")),
        (SERVER, answer("101 Switching Protocols", b"", Upgrade="x-chat") + b"\x81\x05hello"),
        (CLIENT, b"\x81\x85GET / HTTP/1.1\r\n\r\n"),
    ],
    "a WebSocket": [
        (CLIENT, ask("GET /chat", Upgrade="websocket", Connection="Upgrade", Cookie="VUFIND_SESSION=abc")),
        (SERVER, answer("101 Switching Protocols", b"", Upgrade="WebSocket") + frame(b"hello")),
        (CLIENT, frame(f'42["login",{{"cardnumber":"{CARD}","pin":"4711"}}]'.encode(), key=KEY)),
        (CLIENT, frame(b"username=ask", fin=False, key=KEY) + frame(b"", kind=9, key=KEY)),
        (SERVER, frame(b"", kind=10)),
        (CLIENT, frame(b"&password=word", kind=0, key=KEY) + frame(b"\0" * 300, kind=2, key=KEY)),
        (SERVER, frame(f'{{"borrower": "{CARD}", "page": "{"x" * 200}"}}'.encode())),
        (CLIENT, frame(b"\x03\xe8", kind=8, key=KEY)),
    ],
    "a WebSocket that packs": [
        (CLIENT, ask("GET /chat", Upgrade="websocket", Connection="Upgrade")),
        (
            SERVER,
            head(
                "HTTP/1.1 101 Switching Protocols",
                {
                    "Upgrade": "websocket",
                    "Sec-WebSocket-Extensions": "permessage-deflate; server_no_context_takeover",
                },
            ),
        ),
        *[(CLIENT, frame(part, kind=kind, packed=True, key=KEY)) for kind, part in _packed()],
        (SERVER, frame(Packer().pack(b'{"email": "ask@example.org", "password": "word"}'), packed=True)),
        (SERVER, frame(Packer().pack(b"x" * 1000), kind=2, packed=True) + frame(b"plain")),
        (SERVER, frame(Packer().pack(b'{"password": "word"}'), packed=True)),
    ],
    "HTTP/2 from the first byte": [
        (SERVER, SETTINGS),
        (CLIENT, PREFACE + SETTINGS),
        *_http2(),
    ],
    "HTTP/2 after an upgrade": [
        (CLIENT, ask("GET /cgi-bin/koha/opac-search.pl?q=sagas", Connection="Upgrade, HTTP2-Settings", Upgrade="h2c")),
        (SERVER, head("HTTP/1.1 101 Switching Protocols", {"Connection": "Upgrade", "Upgrade": "h2c"}) + SETTINGS),
        (SERVER, _FIRST.answer(1, Set_Cookie=f"CGISESSID={SESSION}; path=/", body=b"page")),
        (CLIENT, PREFACE + SETTINGS + Speaker().ask(3, "GET /mail?email=ask@example.org")),
        (SERVER, _FIRST.answer(3)),
    ],
    "a tunnel": [
        (CLIENT, ask("CONNECT db.example.org:80", Proxy_Connection="keep-alive")),
        (SERVER, answer("407 Proxy Authentication Required", Proxy_Authenticate="Basic realm=x")),
        (CLIENT, ask("CONNECT db.example.org:80", Proxy_Authorization=f"Basic {ASK_LUND}")),
        (SERVER, head("HTTP/1.1 200 Connection established", {})),
        (CLIENT, ask("GET /vufind/Search/Results?lookfor=sagas&type=AllFields", Cookie="VUFIND_SESSION=abc")),
        (SERVER, answer()),
    ],
    "a SOCKS 5 proxy": [
        (CLIENT, b"\x05\x02\x00\x02"),
        (SERVER, b"\x05\x02"),
        (CLIENT, b"\x01\x03ask\x06secret"),
        (SERVER, b"\x01\x00"),
        (CLIENT, b"\x05\x01\x00\x03\x13catalog.example.org\x00\x50"),
        (SERVER, b"\x05\x00\x00\x01\x0a\x00\x00\x01\x12\x34"),
        (CLIENT, ask("GET /cgi-bin/koha/opac-search.pl?q=sagas")),
        (SERVER, answer()),
    ],
    "a SOCKS 4 proxy": [
        (CLIENT, b"\x04\x01\x00\x50\x00\x00\x00\x01ask\x00catalog.example.org\x00"),
        (SERVER, b"\x00\x5a" + bytes(6)),
        (CLIENT, ask("GET /cgi-bin/koha/opac-search.pl?q=sagas")),
        (SERVER, answer()),
    ],
    "an encrypted tunnel": [
        (CLIENT, ask("CONNECT db.example.org:443")),
        (SERVER, head("HTTP/1.1 200 Connection established", {})),
        (CLIENT, b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03email=ask@example.org&pin=4711\r\n\r\n"),
        (SERVER, b"\x16\x03\x03\x00\x7a"),
    ],
    "cut in the middle": [
        (CLIENT, ask("GET /polaris/search/searchresults.aspx?term=sagas", Cookie="ASP.NET_SessionId=abc")),
        (SERVER, answer(Set_Cookie="ASP.NET_SessionId=def; path=/", Date="today")[:-40]),
        (
            CLIENT,
            ask("POST /polaris/logon.aspx", b"textboxBarcodeUsername=1&textboxPassword=4711", Content_Type=FORM)[:-5],
        ),
    ],
    "SIP2 in JSON": [
        (CLIENT, ask("POST /sip2-mediator", MEDIATED, Content_Type=FORM)),
        (SERVER, answer(body=ANSWERED.encode(), Content_Type="text/plain")),
        (CLIENT, ask(f"GET /sip2-mediator?{MEDIATED.decode()}")),
        (SERVER, answer(body=f'{{"payload": [{ANSWERED}], "status": 200}}'.encode(), Content_Type="application/json")),
    ],
    "SIP2 in XML": [
        (CLIENT, ask("POST /rest/sip2/EAST", enveloped(ASKED, credentials=KIOSK), Content_Type="application/xml")),
        (SERVER, answer(body=chunked(FOUND), Content_Type="application/xml", Transfer_Encoding="chunked")),
        (CLIENT, ask("POST /rest/sip2/EAST", enveloped("990xxx2.00", credentials=KIOSK), Content_Type="text/xml")),
        (SERVER, answer(body=gzip.compress(FOUND, mtime=0), Content_Type="text/xml", Content_Encoding="gzip")),
    ],
    "NCIP, and an answer without a length": [
        (CLIENT, ask("POST /ncip", NCIP_ASKED.encode(), Content_Type="application/xml; charset=utf-8")),
        (SERVER, head("HTTP/1.0 200 OK", {"Content-Type": "text/xml"}) + NCIP_FOUND.encode()),
    ],
    "XML that is something else": [
        (CLIENT, ask("POST /soap", SOAP, Content_Type="text/xml")),
        (SERVER, answer(body=SOAP, Content_Type="text/xml")),
        (CLIENT, ask("POST /ncip", NCIP_ASKED.encode())),
        (SERVER, answer(body=SOAP, Content_Type="application/soap+xml")),
        (CLIENT, ask("GET /sru?version=1.2&operation=searchRetrieve&query=title%3Dsagas")),
        (SERVER, answer(body=SOAP, Content_Type="text/xml")),
    ],
    "a patron's account": [
        (CLIENT, ask("GET /cgi-bin/koha/opac-user.pl", Cookie=f"CGISESSID={SESSION}")),
        (SERVER, answer(body=ACCOUNT, Content_Type="text/html; charset=utf-8")),
        (CLIENT, ask("GET /cgi-bin/koha/opac-user.pl", Cookie=f"CGISESSID={SESSION}")),
        (
            SERVER,
            answer(
                body=chunked(gzip.compress(ACCOUNT, mtime=0), 50),
                Content_Type="text/html",
                Content_Encoding="gzip",
                Transfer_Encoding="chunked",
            ),
        ),
        (CLIENT, ask("GET /api/v1/patrons/51001")),
        (SERVER, answer(body=PATRON, Content_Type="application/json")),
        (CLIENT, ask("GET /cgi-bin/koha/opac-main.pl", Cookie=f"CGISESSID={SESSION}")),
        (SERVER, answer(body=b"<p>Opening hours</p>" * 9000, Content_Type="text/html")),
        (CLIENT, ask("GET /opac-tmpl/logo.png", Cookie=f"CGISESSID={SESSION}")),
        (SERVER, answer(body=ACCOUNT, Content_Type="image/png")),
    ],
    "a login and the way on": [
        (CLIENT, ask("GET /cgi-bin/koha/opac-user.pl")),
        (SERVER, answer(body=LOGIN_PAGE, Content_Type="text/html")),
        (
            CLIENT,
            ask("POST /cgi-bin/koha/opac-user.pl", LOGIN.encode(), Content_Type=FORM, Cookie=f"CGISESSID={SESSION}"),
        ),
        (
            SERVER,
            answer(
                "302 Found",
                b"",
                Set_Cookie=f"CGISESSID={SESSION[::-1]}; path=/",
                Location="http://catalog.example.org/cgi-bin/koha/opac-user.pl",
            ),
        ),
        (CLIENT, ask("GET /vufind/MyResearch/Home;jsessionid=0123456789ABCDEF0123", X_Forwarded_Proto="https")),
        (SERVER, answer("302 Found", b"", Location="http://catalog.example.org/vufind/")),
    ],
    "a portal in the place of another host": [
        (CLIENT, ask("GET /generate_204", Host="connectivitycheck.gstatic.com")),
        (SERVER, answer("302 Found", b"", Location="http://portal.example.org/")),
    ],
    "a router is asked to open a port": [
        (CLIENT, ask("POST /ctl/IPConn", SOAPAction='"urn:schemas-upnp-org:service:WANIPConnection:1#AddPortMapping"')),
        (SERVER, answer(Content_Type="text/xml")),
    ],
    "a head without end": [
        (CLIENT, ask("GET /")),
        (SERVER, answer()),
        (CLIENT, ask("GET /?cardnumber=29990000000017&x=1", Cookie="ezproxy=0123456789", Accept="*/*")[:-2]),
        (SERVER, b"HTTP/1.1 400 Bad Request\r\nSet-Cookie: eg.auth.token=0123456789; path=/\r\nServer: x\r\nX"),
    ],
}
"""By name; all of them begin with the first byte of their flow."""
