"""The SIP2 parser against exchanges recorded between real, independent implementations, and messages of public code."""

from __future__ import annotations

import csv
import re
from collections import Counter
from pathlib import Path

import pytest

from monitor.model.contract import Answer, Head
from monitor.model.events import Output
from monitor.model.flow import Side
from monitor.protocols.sip2.events import Checksum, Role, Sip2Login, Sip2Message
from monitor.protocols.sip2.recognition import probe
from tests.protocols.sip2.talks import ACS, SC, exposed, facts, ids, parse, read_exchange

DIRECTIONS = {"c>s": Role.SC, "s>c": Role.ACS}
WATCHED = ["AA", "AD", "AE", "BD", "BE", "BF", "AB", "AJ", "AS", "AT", "AU", "AV", "BU", "CD", "CN", "CO", "PB"]
ENCRYPTED = "tls_socat_perlsip_x_raw_full_crc.pcap"


@pytest.fixture(scope="module")
def exchanges() -> Path:
    """The folder of the recorded exchanges."""
    folder = Path(__file__).resolve().parents[4] / "shared" / "sip2"
    if not folder.is_dir():
        pytest.skip("the collection of SIP2 exchanges is not beside the repository")
    return folder


@pytest.fixture(scope="module")
def truth(exchanges: Path) -> dict[tuple[str, Role], dict[str, str]]:
    """What was really said, by capture and sender."""
    with (exchanges / "truth.tsv").open(encoding="utf-8", newline="") as lines:
        return {(row["pcap"], DIRECTIONS[row["direction"]]): row for row in csv.DictReader(lines, delimiter="\t")}


@pytest.fixture(scope="module")
def outputs(exchanges: Path) -> dict[str, list[Output]]:
    """What the parser says of each capture."""
    return {path.name: parse(*read_exchange(path)) for path in sorted((exchanges / "pcaps").glob("*.pcap"))}


def messages(outputs: list[Output], sender: Role) -> list[Sip2Message]:
    """The whole messages of one sender."""
    return [one for one in facts(outputs) if isinstance(one, Sip2Message) and one.sender is sender]


def test_messages_in_order(truth: dict[tuple[str, Role], dict[str, str]], outputs: dict[str, list[Output]]) -> None:
    """Every message of every capture is reported once and in order, and nothing else is."""
    expected = {key: re.findall(r"(?<!\S)\d\d(?!\S)", row["message_ids_in_order"]) for key, row in truth.items()}
    actual = {(name, sender): ids(messages(outputs[name], sender)) for name, sender in truth}
    assert expected == actual
    assert {name for name, _ in truth} == set(outputs)


def test_checksums(truth: dict[tuple[str, Role], dict[str, str]], outputs: dict[str, list[Output]]) -> None:
    """Valid and invalid checksums are told apart as another program does."""
    plain = {key: row for key, row in truth.items() if key[0] != ENCRYPTED}
    expected = {key: (int(row["checksum_ok"]), int(row["checksum_bad"])) for key, row in plain.items()}
    actual = {}
    for name, sender in plain:
        worth = Counter(one.checksum for one in messages(outputs[name], sender))
        actual[name, sender] = (worth[Checksum.OK], worth[Checksum.BAD])
    assert expected == actual


def test_fields(truth: dict[tuple[str, Role], dict[str, str]], outputs: dict[str, list[Output]]) -> None:
    """Every watched field that was sent with a value is reported, as often as it was sent."""
    for (name, sender), row in truth.items():
        sent = Counter(
            {key: int(count) for key, count in re.findall(r"([A-Z]\w):(\d+)", row["field_ids_nonempty"] or "")}
        )
        said = Counter(key for key, _ in exposed(messages(outputs[name], sender)))
        missing = {key: sent[key] - said[key] for key in WATCHED if sent[key] > said[key]}
        assert {} == missing, name
        # The truth was made with fixed offsets, which swallow the patron of a Renew All without its date.
        undated = ids(messages(outputs[name], sender)).count("65")
        assert (
            {"AA": undated}
            if undated
            else {} == {key: said[key] - sent[key] for key in WATCHED if said[key] > sent[key]}
        )


def test_telnet_login(outputs: dict[str, list[Output]]) -> None:
    """The two lines ahead of the first message are a login of six and four bytes, and no messages."""
    said = outputs["perlsip_x_raw_telnet_login.pcap"]
    expected = [("login", "staff_credential"), ("password", "staff_credential")]
    assert [expected] == [exposed([one]) for one in said if isinstance(one, Sip2Login)]


def test_nothing_in_tls(outputs: dict[str, list[Output]]) -> None:
    """Of an encrypted exchange there is nothing to say."""
    assert [] == exposed(outputs[ENCRYPTED])


def test_recognition(exchanges: Path) -> None:
    """Every plain exchange is recognized with the right end as the self-check, the encrypted one is not."""
    for path in sorted((exchanges / "pcaps").glob("*.pcap")):
        talk = read_exchange(path)
        near, far = (Head(b"".join(data for side, data in talk if side is end), from_start=True) for end in (SC, ACS))
        expected = (Answer.NO, None) if path.name == ENCRYPTED else (Answer.YES, 1)
        verdict = probe((far, near), True)  # noqa: FBT003  # the contract's signature
        assert expected == (verdict.answer, verdict.originator), path.name


@pytest.mark.parametrize("sender", Side)
def test_collected_messages(exchanges: Path, sender: Side) -> None:
    """Of the messages in tests and manuals of public projects, only those that nobody could read are missed."""
    with (exchanges / "messages.tsv").open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))
    missed = []
    for row in rows:
        text = row["message"].replace(r"\r", "").replace(r"\n", "").replace(r"\t", "\t")
        said = parse((sender, text.encode() + b"\r"))
        if [row["msg_id"]] != ids(said):
            missed.append(row["notes"])
    assert 481 == len(rows)
    # An SC Status of unknown status; four broken fixed parts with one known field behind them, or none.
    assert 5 == len(missed)
