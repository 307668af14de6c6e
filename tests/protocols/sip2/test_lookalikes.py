"""What looks like SIP2 and is not: made here, in several variants each, and never called SIP2, wherever it is cut."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.analyze import Request, analyze
from monitor.model.contract import Answer, Head
from monitor.model.finding import Finding
from monitor.model.stats import Stats
from monitor.protocols.sip2.recognition import probe
from tests.protocols.sip2.samples import ANSWERS, DATE, ITEM, PATRON, REQUESTS, sealed
from tests.support.captures import Pcap
from tests.support.conversation import Conversation, Host

NOTHING = Head(b"", from_start=True)
ASK = sealed(REQUESTS["63"])
TOLD = sealed(ANSWERS["64"])
EXCHANGE = b"".join(sealed(text) for text in (*REQUESTS.values(), *ANSWERS.values()))
DAYS = tuple(f"202601{day:02}" for day in range(1, 29))


def _lines(end: str, *lines: str) -> bytes:
    return "".join(line + end for line in lines).encode()


def _tables() -> Iterator[tuple[str, bytes]]:
    """Text in columns that begins with ids of messages."""
    for mark in "|,;~^\t":
        rows = [mark.join((str(n), DAYS[n % 28], "AA", "AO", f"{n}.50", "Y")) for n in (63, 64, 11, 9, 23, 24)]
        yield f"table by {mark!r}", _lines("\r\n", *rows)
    flights = [f"{n}|AA100|AC12|AF9|BA200|CM4|CI6|" for n in (63, 64, 23, 24, 17, 18)]
    yield "flights, as CSV", _lines("\n", *flights)
    yield "flights, by CR", _lines("\r", *flights)
    yield "flights behind a time", _lines("\r\n", *(f"35{day}    101500;AA100;BA200;" for day in DAYS))
    yield "numbered rows with a date", _lines("\n", *(f"{n:02}{day} 10:15:00|AA|BB" for n, day in enumerate(DAYS)))
    yield "times without fields", _lines("\n", *(f"{n:02}{DAYS[n % 28]}    101500" for n in (17, 35, 65)))
    yield "measurements", _lines("\n", *(f"{n} {n}.5 YY NN   {DAYS[3]}    101500" for n in (10, 12, 24, 64, 98)))
    yield "addresses", _lines("\r", "64 Market Street|AB1 2CD|AE", "12 Invented Lane|AA1 1AA|AO", "98 Road|BD1 1BD|BE")
    yield "amounts", _lines("\r", "9912345.67", "9910002.00", "97", "96", "941")
    yield "shelf marks", _lines("\n", "63.5 AB|AA", "64.1 AE|AO", "98.6 BD|BX", "30 BT|BH")
    yield "patrons for a mail merge", _lines("\n", *(f"{n};29990000000017;Lund;Ask;AA;AE;BD" for n in (23, 24, 63, 64)))


def _protocols() -> Iterator[tuple[str, bytes]]:
    msh = "MSH|^~\\&|LAB|A|B|C|20260105101500||{}|{}|P|2.5"
    segments = ["PID|1||29990000000017||Lund^Ask||19900101|F", "PV1|1|I|63^64^24", "OBX|1|NM|AA^BD||24|AO"]
    for kind in ("ADT^A01", "ORU^R01", "SIU^S12"):
        body = _lines("\r", msh.format(kind, 63), "EVN|A01|20260105101500", *segments)
        yield f"HL7 {kind}", body
        yield f"HL7 {kind} in MLLP", b"\x0b" + body + b"\x1c\r"
        yield f"HL7 {kind}, from within", body[body.index(b"PID") :] * 2
    yield "HL7 with odd segments", _lines("\r", msh.format("ORU^R01", 1), *(f"{n}|AA|AO|AD|" for n in (24, 64, 98)))
    isa = "ISA*00*          *00*          *ZZ*SENDER         *ZZ*RECEIVER       *260105*1015*U*00401*000000001*0*P*:"
    for end in ("~", "~\r", "~\r\n"):
        yield (
            f"X12, {end!r}",
            _lines(end, isa, "GS*HC*AA*AO*20260105*1015*63*X", "ST*837*0064", "BHT*0019*00*24", "SE*4*64"),
        )
    yield "EDIFACT", b"UNA:+.? 'UNB+UNOA:1+AA+AO+260105:1015+63'UNH+64+ORDERS:D:96A:UN'BGM+220+98+9'"
    frames = [
        "1H|\\^&|||AA^1|||||||P|1|20260105101500",
        "2P|1||2999|||Lund^Ask",
        "3O|1|63||^^^AE|R",
        "4R|1|^^^AE|64|BD",
        "5L|1|N",
    ]
    yield (
        "ASTM",
        b"\x05"
        + b"".join(b"\x02" + f.encode() + b"\r\x03" + b"%02X\r\n" % (sum(f.encode()) & 255) for f in frames)
        + b"\x04",
    )
    yield "ASTM without frames", _lines("\r", *frames)
    for talker in ("GP", "GN", "AI"):
        yield (
            f"NMEA {talker}",
            _lines(
                "\r\n", *(f"${talker}GGA,1015{n:02}.00,5912.00,N,01045.00,E,1,08,0.9,54.0,M,,*47" for n in (23, 24, 63))
            ),
        )
    yield (
        "FIX",
        b"".join(
            b"8=FIX.4.2\x019=65\x0135=%c\x0149=AA\x0156=AO\x0134=%d\x0152=20260105-10:15:00\x0110=062\x01" % (k, n)
            for k, n in ((65, 63), (48, 64))
        ),
    )
    yield "syslog", _lines("\n", *(f"<{n}>Jan  5 10:15:00 ils acs: 63|AA|AO|BD {n}" for n in (14, 24, 63, 64)))
    yield (
        "syslog with counts",
        b"".join(b"%d <14>1 2026-01-05T10:15:00Z ils acs - - - AA|AO|BD\n" % n for n in (63, 64, 98, 24)),
    )
    yield (
        "syslog that quotes",
        b"".join(
            b"%d <14>1 2026-01-05T10:15:00Z ils acs - - - %s\n" % (len(ASK) + 40, m[:-1]) for m in (ASK, TOLD) * 3
        ),
    )
    yield (
        "a log that quotes both sides",
        b"".join(b"10:15:%02d %s %s\n" % (n, b"<-->"[n % 2 * 2 :][:2], (ASK, TOLD)[n % 2][:-1]) for n in range(20)),
    )
    yield (
        "receipts",
        b"\x1b@"
        + b"".join(
            b"\x1ba\x01INVENTED LIBRARY\r\n%02d %s|DUE %s|AA\r\n\x1dV\x00" % (n, ITEM.encode(), DATE.encode())
            for n in (23, 24, 63, 64)
        ),
    )
    yield (
        "receipts of plain lines",
        _lines(
            "\r\n",
            "63001 Receipt",
            f"64 {PATRON}|AA|AO",
            f"12 {DATE}|AB{ITEM}|AJTitle",
            "24 TOTAL|BV 3.50",
            "98 THANK YOU|AF",
        ),
    )
    yield "PJL", b"\x1b%-12345X@PJL JOB\r\n@PJL SET COPIES=1\r\n" + _lines("\r", "64|AA|AE|BD", "63|AA|AO|AD")
    yield "barcodes", _lines("\r", *(f"{n}{ITEM}" for n in (9, 11, 17, 63, 64)))
    yield "cash register", _lines("\r", *(f"{n:02}|{DAYS[n % 28]}|CG{n}|BV3.50|USD|" for n in (37, 38, 37, 38)))
    yield "FTP", _lines("\r\n", "220 AA|AO ready", "331 AD|AC", "230 AE|BL", "150 64|AS", "226 24|AY1AZ0000")
    yield "SMTP that quotes", b"220 mail.example.org ESMTP\r\n250 ok\r\n354 go on\r\n" + EXCHANGE
    yield "mail that quotes", b"EHLO kiosk\r\nDATA\r\nSubject: trace\r\n\r\n" + EXCHANGE + b".\r\n"
    yield (
        "Redis",
        b"".join(b"*3\r\n$3\r\nSET\r\n$4\r\nlast\r\n$%d\r\n%s\r\n" % (len(m), m[:-1]) for m in (ASK, TOLD, ASK)),
    )
    yield (
        "telephone SIP",
        b"INVITE sip:zoe@example.org SIP/2.0\r\nVia: SIP/2.0/TCP 192.0.2.1\r\nCSeq: 63 INVITE\r\n\r\n",
    )
    yield (
        "LDIF",
        _lines(
            "\n",
            "dn: cn=64|AA|AE,dc=example,dc=org",
            "telephoneNumber: 555-0100",
            "description: " + TOLD.decode("cp850"),
        ),
    )
    yield "terminal", b"login: kiosk\r\npassword: secret\r\nLast login: today\r\n$ cat trace\r\n" + b"63|AA|AO\r\n" * 90


def _words() -> Iterator[tuple[str, bytes]]:
    """Lines of one word, as somebody types them who logs in."""
    yield "words by themselves", b"stats\r\n" + b"value\r\n63|AA|AO\r\n" * 40
    yield "a word, then others", b"EHLO\r\n" + b"250 AA|AO\r\n" * 40


def _web() -> Iterator[tuple[str, bytes]]:
    """HTTP whose bodies hold SIP2, whole."""
    for kind in ("text/plain", "application/octet-stream"):
        named = f"Content-Type: {kind}\r\nContent-Length: {len(EXCHANGE)}\r\n\r\n"
        head = f"POST /sip2 HTTP/1.1\r\nHost: ils.example.org\r\n{named}"
        yield f"request, {kind}", head.encode() + EXCHANGE
        for side in (ASK, TOLD):
            yield f"request of one side, {kind}, {side[:2]!r}", head.encode() + side * 9
        answer = f"HTTP/1.1 200 OK\r\n{named}"
        yield f"answer, {kind}", answer.encode() + EXCHANGE
        yield (
            f"answer in chunks, {kind}",
            answer.encode() + b"".join(b"%x\r\n%s\r\n" % (len(m), m) for m in (ASK, TOLD) * 3) + b"0\r\n\r\n",
        )
    asked = b"POST /m HTTP/1.1\r\nUser: kiosk\r\nContent-Length: 999\r\n\r\nlogin: kiosk\r\npassword: x\r\n"
    yield "request that quotes a login", asked + ASK * 5
    form = b"session=1&message=" + ASK.replace(b"|", b"%7C").replace(b"\r", b"%0D")
    yield "form", b"POST /m HTTP/1.1\r\nHost: x.example.org\r\nContent-Length: %d\r\n\r\n" % len(form) + form
    yield (
        "XML",
        b"POST /m HTTP/1.0\r\nContent-Length: 999\r\n\r\n<sip:sip><request>" + ASK[:-1] + b"</request></sip:sip>\r\n",
    )
    yield "JSON", b'HTTP/1.1 200 OK\r\n\r\n[{"raw":"' + TOLD.replace(b"\r", b"\\r") + b'"}]'
    yield (
        "events",
        b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n"
        + b"".join(b"data: %s\n\n" % m[:-1] for m in (ASK, TOLD) * 4),
    )
    yield (
        "several requests",
        b"".join(b"POST /%d HTTP/1.1\r\nContent-Length: %d\r\n\r\n%s" % (n, len(ASK), ASK) for n in range(5)),
    )


TEXTS = dict([*_tables(), *_protocols(), *_words()])
WEB = dict(_web())


@pytest.mark.parametrize("name", [*TEXTS, *WEB])
def test_never_called_sip2(name: str) -> None:
    """From its start, from the next line on, from either side or both, with nothing more to come or not."""
    data = {**TEXTS, **WEB}[name]
    rest = data[max(data.find(b"\n"), data.find(b"\r")) + 1 :] if name in TEXTS and "quotes" not in name else data
    for final in (True, False):
        for start in (True, False):
            for text in (data, rest):
                head = Head(text[:4_096], from_start=start)
                for heads in ((head, NOTHING), (NOTHING, head), (head, head)):
                    assert Answer.YES is not probe(heads, final).answer


@given(name=st.sampled_from(sorted(TEXTS)), start=st.integers(0, 400), size=st.integers(1, 4_096))
def test_wherever_it_is_cut(name: str, start: int, size: int) -> None:
    """A flow that is met halfway is not called SIP2 for the piece that was seen; real messages inside are left out."""
    text = TEXTS[name]
    if ASK[:-1] not in text and TOLD[:-1] not in text and b"AO" + PATRON.encode() not in text:
        head = Head(text[start : start + size], from_start=False)
        assert Answer.YES is not probe((head, NOTHING), True).answer  # noqa: FBT003


class Figures:
    """A sink that keeps the statistics of the run."""

    def __init__(self) -> None:
        self.stats = Stats()

    def receive(self, finding: Finding) -> None:
        """Findings are not looked at."""

    def tick(self, at_ns: int, stats: Stats) -> None:
        """Time does not matter."""

    def finish(self, stats: Stats) -> None:
        """Keep them."""
        self.stats = stats


@pytest.mark.parametrize("port", [80, 6001])
def test_whole_program(tmp_path: Path, port: int) -> None:
    """No flow is SIP2, also on its port; those of the web are HTTP."""
    packets = []
    for number, data in enumerate([*TEXTS.values(), *WEB.values()]):
        talk = Conversation(Host("10.30.0.11", 40_000 + number), Host("10.1.0.10", port)).open()
        near = not data.startswith((b"HTTP/", b"220 "))
        for at in range(0, len(data), 1_000):
            (talk.originator if near else talk.responder)(data[at : at + 1_000])
        packets += talk.close().packets
    path = tmp_path / "lookalikes.pcap"
    path.write_bytes(Pcap().file(packets))
    figures = Figures()
    analyze(Request(paths=(str(path),), sinks=(figures,)))
    flows = {name: counters["flows"] for name, counters in figures.stats.protocols.items()}
    assert 0 == flows.get("sip2", 0)
    assert len(WEB) == flows["http"]
    assert not figures.stats.faults
