"""What the Wireshark dissector makes of made-up connections: framing, pairing, warnings, and other protocols' ports."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from monitor.dissectors import SIP2
from monitor.model.flow import Side
from tests.protocols.sip2.samples import ACS, ANSWERS, CONVERSATIONS, DATE, PATRON, REQUESTS, SC, sealed
from tests.support.captures import pcapng
from tests.support.conversation import Conversation, Host
from tests.support.shark import Message, need_tshark, read_sip2, shown

pytestmark = pytest.mark.slow


def written(folder: Path, *pieces: tuple[Side, bytes], port: int = 40_123, opened: bool = True) -> Path:
    """A capture of one connection, a packet for each piece."""
    talk = Conversation(Host("10.30.0.11", 50_000), Host("10.1.0.10", port))
    if opened:
        talk.open()
    for side, data in pieces:
        talk.say(side, data)
    path = folder / "talk.pcapng"
    path.write_bytes(pcapng(talk.packets))
    return path


def summary(path: Path, *options: str) -> str:
    """A line for each packet, as tshark shows it."""
    return subprocess.run(
        ["tshark", "-n", *options, "-r", str(path)], check=True, capture_output=True, text=True
    ).stdout


def ids(messages: list[Message]) -> list[str]:
    """Ids of the messages."""
    return [message.id for message in messages]


def test_byte_by_byte_on_any_port(tmp_path: Path) -> None:
    """However a conversation is cut, the same is in it."""
    talk = CONVERSATIONS["every message, with checksums"]
    whole = read_sip2(written(tmp_path, *talk))
    tiny = read_sip2(written(tmp_path, *((side, bytes([byte])) for side, data in talk for byte in data)))
    assert len(talk) == len(whole)
    assert [(one.id, one.checksum, one.fields) for one in whole] == [(one.id, one.checksum, one.fields) for one in tiny]


def test_a_port_of_another_protocol(tmp_path: Path) -> None:
    """Who waits there for ever for more bytes does not keep SIP2 from being seen."""
    talk = CONVERSATIONS["every message, with checksums"]
    path = written(tmp_path, *talk, port=4002)
    assert len(talk) == len(read_sip2(path))
    script = ("-X", f"lua_script:{SIP2}")
    assert " SIP2 " not in summary(path, *script)
    assert " SIP2 " in summary(path, *script, "-o", "sip2.ports:4002")


@pytest.mark.parametrize("end", ["\r", "\n", "\r\n"], ids=["CR", "LF", "CRLF"])
def test_terminators(tmp_path: Path, end: str) -> None:
    """Each of them, also with several messages in a packet, and with the last byte in the next one."""
    lines = [(REQUESTS[name] + end).encode("cp850") for name in ("93", "99", "23", "63")]
    data = b"".join(lines)
    pieces = [(SC, data[:-1]), (SC, data[-1:])]
    messages = read_sip2(written(tmp_path, *pieces))
    assert ["93", "99", "23", "63"] == ids(messages)
    expected = {"\r": "CR", "\n": "LF", "\r\n": "CRLF"}[end]
    assert expected == messages[0].layer.get_field("sip2.terminator").show


def test_odd_senders(tmp_path: Path) -> None:
    """A date without seconds, blanks behind every delimiter, tabs for delimiters."""
    lines = [
        f"23001{DATE[:-2]}AOMAIN|AA{PATRON}|AD4711|\r",
        f"23001{DATE}AOMAIN| AA{PATRON}| AC| AD4711|\r",
        f"23001{DATE}AOMAIN\tAA{PATRON}\tAD4711\t\r",
    ]
    talks = [[(SC, sealed(REQUESTS["99"])), (SC, line.encode())] for line in lines]
    messages = [read_sip2(written(tmp_path, *talk))[-1] for talk in talks]
    assert [["AO", "AA", "AD"]] * 3 == [[field.key for field in one.fields if field.value] for one in messages]


def test_line_feeds_in_values(tmp_path: Path) -> None:
    """An address of two lines is one value."""
    (message,) = read_sip2(written(tmp_path, CONVERSATIONS["line feeds in values"][0]))
    (address,) = [field for field in message.fields if field.key == "BD"]
    assert b"1 Invented Lane\n12 Nowhere" == address.value


def test_a_connection_older_than_the_capture(tmp_path: Path) -> None:
    """The rest of a message is no message; what follows is."""
    rest = sealed(ANSWERS["64"])[40:]
    pieces = [(ACS, rest), (SC, sealed(REQUESTS["63"])), (ACS, sealed(ANSWERS["64"]))]
    assert ["63", "64"] == ids(read_sip2(written(tmp_path, *pieces, opened=False)))


def test_requests_and_answers_are_paired(tmp_path: Path) -> None:
    """By number where there is one, so a repetition is paired with what asked for it."""
    requests = [sealed(REQUESTS[name], number) for number, name in enumerate(("93", "23", "63"))]
    answers = [sealed(ANSWERS[name], number) for number, name in enumerate(("94", "24", "64"))]
    pieces = [
        (SC, requests[0]),
        (ACS, answers[0]),
        (SC, requests[1] + requests[2]),
        (ACS, answers[1]),
        (ACS, answers[2]),
    ]
    messages = read_sip2(written(tmp_path, *pieces))
    frames = {message.id: message.frame for message in messages}
    links = {message.id: shown(message.layer, "sip2.response_to") for message in messages}
    assert {"94": [str(frames["93"])], "24": [str(frames["23"])], "64": [str(frames["63"])]} == {
        name: links[name] for name in ("94", "24", "64")
    }
    assert all(float(message.layer.get_field("sip2.time").show) > 0 for message in messages if message.sender == "acs")


def test_parts_and_flags(tmp_path: Path) -> None:
    """Fixed parts have names; a status is a row of flags."""
    _, message = read_sip2(written(tmp_path, (SC, sealed(REQUESTS["63"])), (ACS, sealed(ANSWERS["64"]))))
    layer = message.layer
    assert DATE == layer.get_field("sip2.transaction_date").show
    assert "0002" == layer.get_field("sip2.hold_items_count").show
    flags = {name: field.show for name, field in layer._all_fields.items() if name.startswith("sip2.patron_status.")}
    assert ["sip2.patron_status.recall_denied"] == [name for name, value in flags.items() if value == "1"]
    assert 14 == len(flags)
    assert [PATRON] == shown(layer, "sip2.aa")


@pytest.mark.parametrize(
    ("piece", "warning"),
    [
        (sealed(REQUESTS["25"]), "sip2.credential"),
        (sealed(REQUESTS["63"])[:-2] + b"!\r", "sip2.checksum.bad"),
        (f"63AOMAIN|AA{PATRON}|\r".encode(), "sip2.fixed.bad"),
        (f"77{DATE}AOMAIN|AA{PATRON}|AEx|\r".encode(), "sip2.message.unknown"),
        (sealed(f"17{DATE}AOMAIN|AB1|Q7x|"), "sip2.field.unknown"),
        (b"None\r", "sip2.text.found"),
        (b"97AZFEF5\r", "sip2.resend"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_warnings(tmp_path: Path, piece: bytes, warning: str) -> None:
    """What an analyst should see is marked, and only that."""
    opening = (SC, sealed("9900302.00"))
    messages = read_sip2(written(tmp_path, opening, (SC, piece)), lines=True)
    assert [[], [""]] == [shown(message.layer, warning) for message in messages]


def test_more_than_a_message_may_hold(tmp_path: Path) -> None:
    """What has no end is given up, and the connection is not."""
    opening, endless = sealed(ANSWERS["98"]), b"64" + b"x" * 1_000
    pieces = [(ACS, opening), *[(ACS, endless)] * 70, (ACS, b"\r"), (ACS, opening)]
    assert ["98", "98"] == ids(read_sip2(written(tmp_path, *pieces)))


def test_others_keep_their_ports(tmp_path: Path) -> None:
    """What is not SIP2 is left to whom the port belongs, as it was without this dissector."""
    need_tshark()
    hello = b"l\0\x0b\0\0\0\0\0\0\0\0\0"
    for port, data in ((6001, hello), (6000, b"9" + hello), (80, b"GET / HTTP/1.1\r\n\r\n"), (21, b"220 ready\r\n")):
        path = written(tmp_path, (SC, data), (ACS, b"220 9900 941 \r\n"), port=port)
        assert summary(path) == summary(path, "-X", f"lua_script:{SIP2}"), port
    sip2 = written(tmp_path, *CONVERSATIONS["every message, with checksums"], port=6001)
    assert " SIP2 " not in summary(sip2)
    assert " SIP2 " in summary(sip2, "-X", f"lua_script:{SIP2}")


def test_a_second_copy_does_no_harm(tmp_path: Path) -> None:
    """Somebody has it in the folder for plugins, and names it once more."""
    need_tshark()
    path = written(tmp_path, *CONVERSATIONS["every message, with checksums"])
    once = summary(path, "-X", f"lua_script:{SIP2}")
    assert once == summary(path, "-X", f"lua_script:{SIP2}", "-X", f"lua_script:{SIP2}")


def test_two_readings_agree(tmp_path: Path) -> None:
    """Wireshark dissects packets again and again, in any order."""
    need_tshark()
    path = written(tmp_path, *(piece for talk in CONVERSATIONS.values() for piece in talk))
    command = ["tshark", "-n", "-X", f"lua_script:{SIP2}", "-r", str(path), "-T", "fields", "-e", "sip2.message"]
    outputs = [subprocess.run([*command, *more], check=True, capture_output=True).stdout for more in ([], ["-2"])]
    assert outputs[0] == outputs[1]
