"""The layer for scapy: it builds what everybody reads, and dissects what anybody sent."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scapy.layers.inet import IP, TCP
from scapy.packet import Packet, bind_bottom_up, split_bottom_up
from scapy.sendrecv import sniff
from scapy.sessions import TCPSession
from scapy.utils import wrpcap

from monitor.model.flow import Side
from monitor.protocols.sip2.catalog import LAYOUTS, Layout
from monitor.protocols.sip2.events import Checksum, MessageId, Role, Sip2LoginAnswer, Sip2Message
from monitor.protocols.sip2.fields import FIELDS
from monitor.protocols.sip2.message import dissect
from monitor.scapy_sip2 import BY_ID, SIP2
from tests.protocols.sip2.samples import ANSWERS, CONVERSATIONS, REQUESTS, sealed
from tests.protocols.sip2.talks import exposed, facts, parse
from tests.support.ethernet import ether
from tests.support.shark import read_sip2

KEYS = sorted(key.decode() for key in FIELDS if key not in {b"AY", b"AZ"})
VALUES = st.text(st.characters(codec="utf-8", exclude_characters="|\r\n\0", exclude_categories=["Cc"]), max_size=30)
SENDERS = {Role.SC: Side.ORIGINATOR, Role.ACS: Side.RESPONDER}
LOST = 4
"""Collected messages that nobody can read."""


@st.composite
def messages(draw: st.DrawFn) -> tuple[Layout, Packet]:
    """Any message with any fields, whose parts and trailer are computed."""
    layout = draw(st.sampled_from(sorted(LAYOUTS.values(), key=lambda one: one.id)))
    fields = draw(st.lists(st.tuples(st.sampled_from(KEYS), VALUES), max_size=6))
    named = {} if layout.bare else {"variable": fields}
    return layout, SIP2(message=layout.id, terminator=draw(st.sampled_from(["\r", "\r\n"])), **named)


@given(messages())
def test_what_is_built_is_dissected(built: tuple[Layout, Packet]) -> None:
    """The same fields, and the same bytes again; sequence number and checksum are there and right."""
    layout, packet = built
    again = SIP2(bytes(packet))
    assert BY_ID[layout.id] is type(again)
    for field in packet.fields_desc:
        expected = packet.getfieldval(field.name)
        if field.name == "variable":
            assert [(one.id, one.value) for one in expected] == [(one.id, one.value) for one in again.variable]
        elif expected is not None:
            assert bytes(expected) == again.getfieldval(field.name)
    assert (b"" if layout.id in {b"96", b"97"} else b"0") == again.sequence
    assert "good" in again.show(dump=True)
    assert bytes(packet) == bytes(again)


@given(messages())
def test_the_parser_reads_what_is_built(built: tuple[Layout, Packet]) -> None:
    """One whole message, its checksum right, every classified field with a value exposed, behind its fixed part."""
    layout, packet = built
    said = facts(parse((SENDERS[layout.sender], bytes(packet))))
    beside = [Sip2LoginAnswer] if layout.message is MessageId.LOGIN_RESPONSE else []
    assert [Sip2Message, *beside] == [type(one) for one in said]
    assert (layout.message, Checksum.OK) == (said[0].message, said[0].checksum)
    kinds = {key.decode(): field.data_class for key, field in FIELDS.items()}
    sent = [(one.id.decode(), one.value) for one in packet.variable if one.value.strip(b" \t\n\0")]
    assert [(key, kinds[key].value) for key, _ in sent if kinds[key]] == [
        one for one in exposed(said) if one[0] in kinds
    ]


@given(messages(), messages())
def test_several_in_one_segment(first: tuple[Layout, Packet], second: tuple[Layout, Packet]) -> None:
    """What follows a message is the next one."""
    both = SIP2(bytes(first[1]) + bytes(second[1]))
    assert (first[0].id, second[0].id) == (both.message, both.payload.message)
    assert bytes(first[1]) + bytes(second[1]) == bytes(both)


@pytest.mark.parametrize("text", [*REQUESTS.values(), *ANSWERS.values()], ids=[*REQUESTS, *ANSWERS])
def test_samples(text: str) -> None:
    """Every message by the book gets its own class, and its trailer is computed as others do."""
    packet = SIP2(text.encode("cp850"))
    assert BY_ID[text[:2].encode()] is type(packet)
    number = b"" if text in {"96", "97"} else b"3"
    trailed = type(packet)(**(packet.fields | {"sequence": number, "checksum": None, "terminator": "\r"}))
    if number:
        assert sealed(text, 3) == bytes(trailed)
    assert "good" in SIP2(bytes(trailed)).show(dump=True)


@pytest.mark.parametrize("name", CONVERSATIONS)
def test_nothing_is_lost(name: str) -> None:
    """Whatever was sent is built again, byte for byte."""
    for _, data in CONVERSATIONS[name]:
        assert data == bytes(SIP2(data))


@given(st.binary(min_size=1, max_size=200))
def test_noise_is_kept(noise: bytes) -> None:
    """Nothing is too strange to be dissected, and nothing of it is lost."""
    for data in (noise, b"63" + noise, b"64" + b" " * 14 + noise):
        assert data == bytes(SIP2(data))


def test_values_in_words() -> None:
    """Dates, numbers and truths are written as the protocol wants them; the page says what each field means."""
    packet = SIP2(
        message="12",
        ok=True,
        renewal_ok=False,
        transaction_date=datetime(2026, 1, 5, 10, 15, tzinfo=UTC),
        variable=[("AO", "MAIN"), ("AF", "Zoë"), ("AF", b"")],
        sequence=7,
    )
    assert "121NNN20260105    101500AOMAIN|AFZoë|AF|AY7AZ".encode() == bytes(packet)[:-5]
    page = packet.show(dump=True)
    assert "'12' Checkout Response" in page
    assert "'AF' screen message [free_text]" in page
    assert "'Zoë'" in page
    assert (b"MAIN", [b"Zo\xc3\xab", b""], None) == (packet.value("AO"), packet.values("AF"), packet.value("AA"))
    assert b"0012" == SIP2(message="66", renewed_count=12).renewed_count
    assert "SIP2 '12' Checkout Response" == packet.summary()


def test_trailers_are_as_they_are_given() -> None:
    """A wrong checksum stays wrong; empty means none."""
    bare = SIP2(message="99", sequence="", checksum="", terminator="")
    assert b"9900002.00" == bytes(bare)
    wrong = SIP2(bytes(SIP2(message="99", checksum="0000")))
    assert b"0000" == wrong.checksum
    assert "bad" in wrong.show(dump=True)


def test_answers() -> None:
    """An answer is known by its id and its number; 96 and 98 may come instead of any."""
    asked = SIP2(message="63", sequence=4)
    assert SIP2(bytes(SIP2(message="64", sequence=4))).answers(asked)
    assert SIP2(message="98", sequence=4).answers(asked)
    assert SIP2(message="96").answers(asked)
    assert not SIP2(message="24", sequence=4).answers(asked)
    assert not SIP2(message="64", sequence=5).answers(asked)
    assert not SIP2(message="64").answers(IP())


def test_no_name_is_taken_from_scapy() -> None:
    """Every field can be read as an attribute."""
    assert [] == [field.name for made in BY_ID.values() for field in made.fields_desc if hasattr(Packet, field.name)]


def test_collected_messages(material: Path) -> None:
    """Messages of public projects: every byte comes back, and fields and checksums are what the parser says."""
    with (material / "sip2" / "messages.tsv").open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))
    lost = 0
    for row in rows:
        text = row["message"].replace(r"\r", "").replace(r"\n", "").replace(r"\t", "\t").encode()
        packet = SIP2(text + b"\r")
        assert text + b"\r" == bytes(packet)
        ours = dissect(text, b"|")
        if ours is None:
            lost += 1
            continue
        assert row["msg_id"].encode() == packet.message
        fields = [one.id + one.value for one in packet.variable if one.id + one.value]
        assert [piece for piece in ours.pieces if piece] == fields, row["notes"]
        if ours.digits == 4:
            verdict = "good" if ours.checksum is Checksum.OK else "bad"
            assert verdict in packet.show(dump=True).rpartition("checksum")[2], row["notes"]
    assert len(rows) == 481
    assert lost == LOST


@pytest.fixture
def _more_ports() -> Iterator[None]:
    """Ports of the recordings that nobody else uses."""
    for port in (6003, 6004, 6005):
        bind_bottom_up(TCP, SIP2, dport=port)
        bind_bottom_up(TCP, SIP2, sport=port)
    yield
    for port in (6003, 6004, 6005):
        split_bottom_up(TCP, SIP2, dport=port)
        split_bottom_up(TCP, SIP2, sport=port)


@pytest.mark.slow
@pytest.mark.usefixtures("_more_ports")
def test_recorded_exchanges(material: Path) -> None:
    """Through scapy's own reassembly, every message of every recording is there."""
    with (material / "sip2" / "truth.tsv").open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines, delimiter="\t"):
            if row["direction"] != "c>s" or row["terminators"] == "TLS":
                continue
            found: list[str] = []
            for packet in sniff(offline=str(material / "sip2" / "pcaps" / row["pcap"]), session=TCPSession, quiet=True):
                layer = packet.getlayer(SIP2)
                while isinstance(layer, SIP2):
                    found.append(layer.message.decode())
                    layer = layer.payload
            expected = re.findall(r"(?<!\S)\d\d(?!\S)", row["message_ids_in_order"])
            requests = [one for one in found if LAYOUTS[one.encode()].sender is Role.SC]
            assert Counter(expected) == Counter(requests), row["pcap"]


@pytest.mark.slow
def test_tshark_reads_what_is_built(tmp_path: Path) -> None:
    """Every message, both ways, through tshark with the dissector that comes along."""
    packets, sent = [], []
    sequence = {Role.SC: 1, Role.ACS: 1}
    for number, layout in enumerate(LAYOUTS.values()):
        variable = [] if layout.bare else [(key, f"{key.lower()} of {number}") for key in KEYS[number : number + 20]]
        message = SIP2(message=layout.id, variable=variable, sequence=None if number else 0)
        ends = ("10.30.0.11", "10.1.0.10"), (40_000, 6001)
        (source, target), (sport, dport) = ends if layout.sender is Role.SC else tuple(end[::-1] for end in ends)
        segment = TCP(sport=sport, dport=dport, flags="PA", seq=sequence[layout.sender], ack=1)
        packets.append(ether() / IP(src=source, dst=target) / segment / message)
        sequence[layout.sender] += len(bytes(message))
        sent.append((layout.id.decode(), layout.sender.value, "ok", [(key, value.encode()) for key, value in variable]))
    capture = tmp_path / "built.pcap"
    wrpcap(str(capture), packets)
    seen = read_sip2(capture)
    assert sent == [
        (one.id, one.sender, one.checksum, [(field.key, field.value) for field in one.fields]) for one in seen
    ]
    assert {"1"} == {one.layer.get_field("sip2.fixed.exact").show for one in seen}
