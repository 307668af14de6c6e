"""The Wireshark dissector against independent truth and against our own parser: field for field.

tshark takes far longer to start than to read a small capture, so it reads all of them as one, their records in a row.
"""

from __future__ import annotations

import csv
import re
import struct
from bisect import bisect_left
from collections import Counter
from functools import cache
from itertools import accumulate
from pathlib import Path

import pytest

from monitor.protocols.sip2.events import Sip2Message
from monitor.protocols.sip2.fixed import FACTS
from tests.protocols.sip2.talks import exposed, facts, parse, read_exchange
from tests.support.shark import Message, read_sip2

FOLDER = Path(__file__).resolve().parents[3] / "shared" / "sip2"
EXCHANGES = sorted((FOLDER / "pcaps").glob("*.pcap"))
ENCRYPTED = "tls_socat_perlsip_x_raw_full_crc"
DATE_BYTES = 18
HEAD_BYTES, RECORD_BYTES = 24, 16
"""Of a capture, and of each packet in it (draft-ietf-opsawg-pcap)."""
TIMES = {"sip2.time", "sip2.response_in", "sip2.response_to"}

pytestmark = [
    pytest.mark.slow,
    pytest.mark.parametrize("capture", EXCHANGES or [None], ids=lambda path: path.stem if path else "none"),
]


@cache
def truth() -> dict[tuple[str, str], dict[str, str]]:
    """What was really said, by capture and sender."""
    senders = {"c>s": "sc", "s>c": "acs"}
    with (FOLDER / "truth.tsv").open(encoding="utf-8", newline="") as lines:
        return {(row["pcap"], senders[row["direction"]]): row for row in csv.DictReader(lines, delimiter="\t")}


@pytest.fixture(scope="module")
def joined(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All captures as one, in the order of their recording: some begin with the end of the one before."""
    if not EXCHANGES:
        pytest.skip("the recorded SIP2 exchanges are not beside the repository")
    path = tmp_path_factory.mktemp("joined") / "exchanges.pcap"
    (head,) = {one.read_bytes()[:HEAD_BYTES] for one in EXCHANGES}
    path.write_bytes(head + b"".join(one.read_bytes()[HEAD_BYTES:] for one in recorded()))
    return path


@cache
def recorded() -> list[Path]:
    """The captures in the order of their recording."""
    return sorted(EXCHANGES, key=lambda one: struct.unpack_from("<II", one.read_bytes(), HEAD_BYTES))


def count(path: Path) -> int:
    """Packets of a capture."""
    data, at, packets = path.read_bytes(), HEAD_BYTES, 0
    while at < len(data):
        at += RECORD_BYTES + struct.unpack_from("<I", data, at + 8)[0]
        packets += 1
    return packets


@cache
def read(path: Path, *, hidden: bool) -> dict[str, list[Message]]:
    """What tshark makes of each capture, by its name."""
    last = [*accumulate(count(one) for one in recorded())]
    messages: dict[str, list[Message]] = {one.name: [] for one in EXCHANGES}
    for message in read_sip2(path, hidden=hidden):
        messages[recorded()[bisect_left(last, message.frame)].name].append(message)
    return messages


@pytest.fixture
def seen(capture: Path, joined: Path) -> list[Message]:
    """What tshark makes of a capture."""
    return read(joined, hidden=False)[capture.name]


@pytest.mark.parametrize("sender", ["sc", "acs"])
def test_tshark_sees_the_truth(capture: Path, seen: list[Message], sender: str) -> None:
    """Messages in order, checksums, and how often each field had a value."""
    said = [message for message in seen if message.sender == sender]
    row = truth()[capture.name, sender]
    assert re.findall(r"(?<!\S)\d\d(?!\S)", row["message_ids_in_order"]) == [message.id for message in said]
    if capture.stem == ENCRYPTED:
        return
    worth = Counter(message.checksum for message in said)
    assert (int(row["checksum_ok"]), int(row["checksum_bad"])) == (worth["ok"], worth["bad"])
    expected = Counter(
        {key: int(count) for key, count in re.findall(r"([A-Z]\w):(\d+)", row["field_ids_nonempty"] or "")}
    )
    # The truth was made with fixed offsets, which swallow what begins where a Renew All should have its date.
    for message in said:
        if message.id == "65" and message.layer.get_field("sip2.fixed.exact").show == "0":
            starts = accumulate((field.length + 3 for field in message.fields), initial=0)
            expected.update(
                field.key for field, start in zip(message.fields, starts, strict=False) if start < DATE_BYTES
            )
    assert expected == Counter(field.key for message in said for field in message.filled)


def test_tshark_agrees_with_the_parser(capture: Path, seen: list[Message]) -> None:
    """Each message with its sender, its checksum, and every classified field, in order; fixed parts aside."""
    ours = [one for one in facts(parse(*read_exchange(capture))) if isinstance(one, Sip2Message)]
    for sender in ("sc", "acs"):
        expected = [
            (one.message.value, one.checksum.value, [said for said in exposed([one]) if said[0] not in FACTS])
            for one in ours
            if one.sender.value == sender
        ]
        assert expected == [
            (
                message.id,
                message.checksum,
                [classified(field) for field in message.filled if field.data_class != "none"],
            )
            for message in seen
            if message.sender == sender
        ]


def classified(field: object) -> tuple[str, str]:
    """A field as the parser tells of it: ids of unknown meaning are not told."""
    key = "other" if field.data_class == "unclassified" and field.key in {"XX", "ZZ"} else field.key
    return key, field.data_class


def test_hidden_values_are_nowhere(capture: Path, seen: list[Message], joined: Path) -> None:
    """With values hidden, the same fields have the same lengths and no value, shown or raw."""
    hidden = read(joined, hidden=True)[capture.name]
    assert [(one.id, [field.length for field in one.fields]) for one in seen] == [
        (one.id, [field.length for field in one.fields]) for one in hidden
    ]
    values = {field.value.decode("latin-1") for one in seen for field in one.fields if field.length > 3}
    for message in hidden:
        texts = [
            (field.name, text)
            for container in message.layer._all_fields.values()
            for field in container.all_fields
            if field.name not in TIMES  # a PIN of 0000 stands in any of them
            for text in (field.show or "", field.showname or "", bytes.fromhex(field.raw_value or "").decode("latin-1"))
        ]
        together = "\n".join(text for _, text in texts)
        shown = {value for value in values if value in together}
        assert [] == [name for name, text in texts if any(value in text for value in shown)]
