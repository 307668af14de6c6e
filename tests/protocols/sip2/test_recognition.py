"""Tests of `monitor.protocols.sip2.recognition`."""

from __future__ import annotations

import pytest

from monitor.model.contract import Answer, Head, Verdict
from monitor.protocols.sip2 import recognition
from monitor.protocols.sip2.recognition import PROMPT_BYTES, SEARCH_BYTES, probe
from tests.protocols.sip2.samples import ANSWERS, CONVERSATIONS, DATE, PATRON, REQUESTS, sealed
from tests.protocols.sip2.talks import SC

FINAL = True
NOTHING = Head(b"", from_start=True)
STATUS = REQUESTS["23"].encode() + b"\r"


def start(data: bytes) -> Head:
    """The first bytes an end sent."""
    return Head(data, from_start=True)


def middle(data: bytes) -> Head:
    """Bytes from somewhere within a flow."""
    return Head(data, from_start=False)


@pytest.mark.parametrize("name", [name for name in REQUESTS if name not in ("93", "97", "99")])
def test_one_request_is_enough(name: str) -> None:
    """Any request with date and fields is recognized by itself, wherever its flow was met."""
    for head in (start(f"{REQUESTS[name]}\r".encode()), middle(f"{REQUESTS[name]}\r".encode())):
        assert Verdict(Answer.YES, 0) == probe((head, NOTHING), not FINAL)
        assert Verdict(Answer.YES, 1) == probe((NOTHING, head), not FINAL)


@pytest.mark.parametrize("name", [name for name in ANSWERS if name not in ("94", "96")])
def test_one_answer_is_enough(name: str) -> None:
    """With the requests unseen, one answer tells, and who asks is the other end."""
    head = middle(f"{ANSWERS[name]}\r".encode("cp850"))
    assert Verdict(Answer.YES, 1) == probe((head, NOTHING), not FINAL)


@pytest.mark.parametrize("name", [*REQUESTS, *ANSWERS])
@pytest.mark.parametrize("end", [b"", b"\n", b"9900802.00\r", b"GET / HTTP/1.1\r"])
def test_a_glance_says_what_a_close_look_says(monkeypatch: pytest.MonkeyPatch, name: str, end: bytes) -> None:
    """A first message that is sealed is known at once; with more behind it, or as HTTP, it is looked at closely."""
    text = {**REQUESTS, **ANSWERS}[name]
    for data in (sealed(text) + end, sealed(text + "AFGET / HTTP/1.1|") + end):
        pairs = [(known(data), NOTHING) for known in (start, middle)]
        pairs += [(far, near) for near, far in pairs]
        seen = [probe(heads, final) for heads in pairs for final in (False, True)]
        with monkeypatch.context() as patch:
            patch.setattr(recognition, "sealed", lambda _line: b"")
            assert [probe(heads, final) for heads in pairs for final in (False, True)] == seen


@pytest.mark.parametrize("name", [*REQUESTS, *ANSWERS])
def test_checksum_is_proof(name: str) -> None:
    """However short, a message with a valid checksum is recognized, even ahead of its terminator."""
    text = {**REQUESTS, **ANSWERS}[name]
    assert Answer.YES is probe((start(sealed(text)[:-1]), NOTHING), not FINAL).answer


@pytest.mark.parametrize(
    "data",
    [
        b"9300CNkiosk|\r9900802.00\r",
        b"9300CNkiosk|COsecret|\r",
        b"9900802.00\r",
        b"941\r",
        b"96\r",
        b"97\r",
        b"9900802.00\r9900802.00\r",
    ],
)
def test_weak_messages_need_company(data: bytes) -> None:
    """What other protocols may send as well is never enough by itself."""
    assert Answer.MORE is probe((start(data), NOTHING), not FINAL).answer
    assert Answer.NO is probe((start(data), NOTHING), FINAL).answer


@pytest.mark.parametrize(
    ("near", "far"),
    [
        (b"9300CNkiosk|COsecret|\r", b"941\r"),
        (b"9300CNkiosk|COsecret|\r9900802.00\r", b""),
        (b"9900802.00\n", ANSWERS["98"].encode() + b"\r"),
        (b"9300CNkiosk|COsecret|\r\n", b"940\r\n"),
    ],
)
def test_weak_messages_in_company(near: bytes, far: bytes) -> None:
    """A second kind of message, or the answer, makes them certain."""
    assert Verdict(Answer.YES, 0) == probe((start(near), start(far)), not FINAL)
    assert Verdict(Answer.YES, 1) == probe((middle(far), middle(near)), not FINAL)


def test_tail_ahead_of_a_message() -> None:
    """A flow met within a message is recognized by the next one, a slip in between or not."""
    tail = ANSWERS["64"].encode("cp850")[100:] + b"\r"
    assert Answer.MORE is probe((middle(tail), NOTHING), not FINAL).answer
    head = middle(tail + b"None\r" + ANSWERS["24"].encode("cp850") + b"\r")
    assert Verdict(Answer.YES, 1) == probe((head, NOTHING), not FINAL)
    assert Verdict(Answer.YES, 1) == probe((middle(tail + ANSWERS["24"].encode("cp850") + b"\r"), NOTHING), not FINAL)


def test_last_message_without_terminator() -> None:
    """Once no more will come, a message counts that lacks nothing but its terminator."""
    head = start(b"9300CNkiosk|COsecret|\r9900802.00")
    assert Answer.MORE is probe((head, NOTHING), not FINAL).answer
    assert Verdict(Answer.YES, 0) == probe((head, NOTHING), FINAL)


def test_long_message_without_its_end() -> None:
    """A list of loans that fills segments is recognized before it ends."""
    text = ANSWERS["64"].encode("cp850") + b"AU39990000000014|" * 500
    assert Answer.YES is probe((middle(text), NOTHING), not FINAL).answer


def test_telnet_login() -> None:
    """A login ahead of the first message is waited for."""
    near, far = b"\xff\xfb\x18kiosk\r\n1234\r\n", b"\xff\xfd\x18login: password: Login OK\r\n"
    assert Answer.MORE is probe((start(near), start(far)), not FINAL).answer
    assert Verdict(Answer.YES, 0) == probe(
        (start(near + b"9900802.00\r"), start(far + ANSWERS["98"].encode() + b"\r")), not FINAL
    )


def test_telnet_login_of_one_end() -> None:
    """Where a mirror shows one end only, lines that nobody seems to have asked for are waited behind."""
    near = b"\xff\xfb\x18kiosk\r\n1234\r\n"
    assert Answer.MORE is probe((start(near), NOTHING), not FINAL).answer
    assert Answer.NO is probe((start(near), NOTHING), FINAL).answer
    assert Verdict(Answer.YES, 0) == probe((start(near + STATUS), NOTHING), not FINAL)
    assert Answer.NO is probe((start(near), start(b"SSH-2.0-other\r\n")), not FINAL).answer
    assert Answer.NO is probe((start(near + b"ls -l there\r\n" * 90), NOTHING), not FINAL).answer


def test_terminal_session() -> None:
    """A login that leads into a terminal session is given up soon."""
    near, far = b"staff\r\nsecret\r\nls\r\n", b"login: password: Last login today\r\n$ "
    assert Answer.MORE is probe((start(near), start(far)), not FINAL).answer
    assert Answer.NO is probe((start(near), start(far.ljust(PROMPT_BYTES + 1, b"."))), not FINAL).answer


OTHERS = {
    "X11": b"l\x00\x0b\x00\x00\x00\x12\x00\x10\x00\x00\x00MIT-MAGIC-COOKIE-1\x00\x00" + bytes(range(16)),
    "X11, other byte order": b"B\x00\x00\x0b\x00\x00\x00\x12\x00\x10\x00\x00MIT-MAGIC-COOKIE-1\x00\x00" + bytes(16),
    "FTP": b"220 Service ready\r\n331 Password required\r\n230 Logged in\r\n",
    "SMTP": b"220 mail.example.org ESMTP\r\n250-PIPELINING\r\n250 8BITMIME\r\n354 Go on\r\n",
    "NNTP": b"200 news.example.org ready\r\n211 10 1 10 misc\r\n",
    "POP3": b"+OK ready\r\n+OK\r\n",
    "HL7": b"MSH|^~\\&|LAB|A|B|C|20260105101500||ORU^R01|1|P|2.5\rPID|1||29990000000017||Lund^Ask\rOBX|1|NM|AA|BD\r",
    "HL7 in its frame": b"\x0bMSH|^~\\&|LAB|A|B|C|20260105101500||ADT^A01|1|P|2.5\rPV1|1|I|24\r\x1c\r",
    "ASTM": b"\x021H|\\^&|||Analyzer|||||||P|1|20260105101500\r\x03",
    "X12": b"ISA*00*          *00*          *ZZ*SENDER*ZZ*RECEIVER*260105*1015*U*00401*1*0*P*:~GS*HC*A*B~",
    "NMEA": b"$GPGGA,101500.00,5912.00,N,01045.00,E,1,08,0.9,54.0,M,,*47\r\n$GPRMC,101500,A,5912.00,N\r\n",
    "FIX": b"8=FIX.4.2\x019=65\x0135=A\x0149=SERVER\x0156=CLIENT\x0134=1\x0152=20260105-10:15:00\x0198=0\x0110=062\x01",
    "telephone SIP": b"INVITE sip:zoe@example.org SIP/2.0\r\nVia: SIP/2.0/TCP 192.0.2.1\r\nMax-Forwards: 70\r\n\r\n",
    "answers of telephone SIP": b"SIP/2.0 200 OK\r\nCSeq: 63 INVITE\r\n\r\n",
    "HTTP around SIP2": b"POST /sip HTTP/1.1\r\nHost: example.org\r\nContent-Length: 90\r\n\r\n" + STATUS * 3,
    "HTTP answer around SIP2": b"HTTP/1.1 200 OK\r\n\r\n" + STATUS * 3,
    "XML around SIP2": b"<sip><request>" + STATUS.strip() + b"</request></sip>\r\n",
    "TLS": b"\x16\x03\x01\x00\xa5\x01\x00\x00\xa1\x03\x03" + bytes(range(64)),
    "SSH": b"SSH-2.0-OpenSSH_9.6\r\n",
    "CSV": b"23,2026-01-05,10:15,AB,4711\r\n24,2026-01-05,10:16,AA,4712\r\n64,2026-01-05,10:17,AO,4713\r\n",
    "CSV with bars": b"23|20260105|AA|12.50\r\n24|20260105|AB|13.50\r\n11|20260106|AA|14.50\r\n09|20260106|AD|15|\r\n",
    "log with dates": b"".join(b"%02d20260105 101500 worker %d done\r\n" % (n, n) for n in (9, 10, 11, 12, 15, 23)),
    "barcodes": b"29990000000017\r39990000000014\r39990000000022\r29990000000025\r",
    "amounts": b"9912345.67\r\n9910002.00\r\n9920003.50\r\n97\r\n96\r\n941\r\n",
    "two digits": b"63\r\n64\r\n23\r\n24\r\n96\r\n97\r\n",
    "RAW printing": b"\x1b%-12345X@PJL JOB\r\n@PJL SET COPIES=1\r\n",
    "nothing but zeros": bytes(200),
    "nothing but line ends": b"\r\n" * 100,
}


@pytest.mark.parametrize("name", OTHERS)
def test_other_protocols(name: str) -> None:
    """Nothing else is taken for SIP2: at once from its start, in the end from halfway, from either side or both."""
    data = OTHERS[name]
    weak = name in ("amounts", "two digits", "nothing but line ends")  # begins as SIP2 may
    expected = (Answer.NO, Answer.MORE) if weak else (Answer.NO,)
    assert probe((start(data), NOTHING), not FINAL).answer in expected
    assert probe((NOTHING, start(data)), not FINAL).answer in expected
    for heads in ((start(data), start(data)), (middle(data), NOTHING), (middle(data), middle(data))):
        assert Answer.NO is probe(heads, FINAL).answer
        assert Answer.YES is not probe(heads, not FINAL).answer


@pytest.mark.parametrize("size", range(1, 12))
def test_says_no_at_the_first_segment(size: int) -> None:
    """What cannot begin SIP2 is turned down with its first bytes."""
    assert Answer.NO is probe((start(b"GET / HTTP/1.1\r\n"[:size]), NOTHING), not FINAL).answer
    assert (
        Answer.NO is probe((start(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"[:size]), NOTHING), not FINAL).answer
    )


@pytest.mark.parametrize(
    ("line", "size"), [(b"word\r\n", 100), (b"\x01\x02\x03\x04", 20), (b"<p>some text</p>", SEARCH_BYTES + 1)]
)
def test_gives_up_halfway(line: bytes, size: int) -> None:
    """A flow met halfway is given up after some lines, bytes, or bytes that no text has."""
    assert Answer.MORE is probe((middle(line), NOTHING), not FINAL).answer
    assert Answer.NO is probe((middle((line * size)[:size]), NOTHING), not FINAL).answer


def test_one_end_of_each_role() -> None:
    """Ends that both ask, or one that asks and answers, are not SIP2, whatever they send."""
    answer = ANSWERS["24"].encode("cp850") + b"\r"
    assert Answer.NO is probe((middle(STATUS), middle(STATUS)), FINAL).answer
    assert Answer.NO is probe((middle(STATUS + answer), NOTHING), FINAL).answer
    assert Answer.YES is probe((middle(STATUS), middle(answer)), FINAL).answer


def test_log_of_messages() -> None:
    """Text that quotes messages between other lines is not SIP2."""
    log = b"".join(b"request\r\n" + STATUS + b"\nanswered\r\n" for _ in range(3))
    assert Answer.NO is probe((middle(log), NOTHING), FINAL).answer


def test_from_the_first_message_on() -> None:
    """Byte by byte, the answer is MORE until it is YES."""
    answers = [probe((start(STATUS[:size]), NOTHING), not FINAL).answer for size in range(1, len(STATUS) + 1)]
    first = answers.index(Answer.YES)
    assert {Answer.MORE} == set(answers[:first])
    assert {Answer.YES} == set(answers[first:])


def test_missing_date() -> None:
    """Requests out of shape count for little, and together with others all the same."""
    renewal = f"65AOMAIN|AA{PATRON}|AD4711|\r".encode()
    assert Answer.NO is probe((start(renewal), NOTHING), FINAL).answer
    answer = f"66000000000{DATE}AOMAIN|\r".encode()
    assert Answer.YES is probe((start(renewal), start(answer)), FINAL).answer


@pytest.mark.parametrize("name", CONVERSATIONS)
def test_one_side_of_a_conversation(name: str) -> None:
    """A mirror that shows one direction only is enough."""
    near = b"".join(data for side, data in CONVERSATIONS[name] if side is SC)
    if name != "telnet login" and near:
        assert Verdict(Answer.YES, 0) == probe((start(near), NOTHING), FINAL)
