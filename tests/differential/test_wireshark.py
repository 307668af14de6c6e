"""The Wireshark dissector against independent truth and against our own parser: field for field."""

from __future__ import annotations

import csv
import re
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


@cache
def seen(capture: Path | None) -> tuple[Message, ...]:
    """What tshark makes of a capture."""
    if capture is None:
        pytest.skip("the recorded SIP2 exchanges are not beside the repository")
    return tuple(read_sip2(capture))


@pytest.mark.parametrize("sender", ["sc", "acs"])
def test_tshark_sees_the_truth(capture: Path | None, sender: str) -> None:
    """Messages in order, checksums, and how often each field had a value."""
    said = [message for message in seen(capture) if message.sender == sender]
    assert capture is not None
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


def test_tshark_agrees_with_the_parser(capture: Path | None) -> None:
    """Each message with its sender, its checksum, and every classified field, in order; fixed parts aside."""
    said = seen(capture)
    assert capture is not None
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
            for message in said
            if message.sender == sender
        ]


def classified(field: object) -> tuple[str, str]:
    """A field as the parser tells of it: ids of unknown meaning are not told."""
    key = "other" if field.data_class == "unclassified" and field.key in {"XX", "ZZ"} else field.key
    return key, field.data_class


def test_hidden_values_are_nowhere(capture: Path | None) -> None:
    """With values hidden, the same fields have the same lengths and no value, shown or raw."""
    plain = seen(capture)
    assert capture is not None
    hidden = read_sip2(capture, hidden=True)
    assert [(one.id, [field.length for field in one.fields]) for one in plain] == [
        (one.id, [field.length for field in one.fields]) for one in hidden
    ]
    values = {field.value.decode("latin-1") for one in plain for field in one.fields if field.length > 3}
    for message in hidden:
        for container in message.layer._all_fields.values():
            for field in container.all_fields:
                if field.name in TIMES:
                    continue  # a PIN of 0000 stands in any of them
                texts = (field.show or "", field.showname or "", bytes.fromhex(field.raw_value or "").decode("latin-1"))
                assert not any(value in text for value in values for text in texts), field.name
