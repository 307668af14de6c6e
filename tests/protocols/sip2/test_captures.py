"""The SIP2 parser against exchanges recorded between real, independent implementations, and messages of public code."""

from __future__ import annotations

import csv
import re
from collections import Counter
from pathlib import Path
from typing import NamedTuple

import pytest

from monitor.model.contract import Answer, Head, Verdict
from monitor.model.events import Output
from monitor.model.flow import Side
from monitor.protocols.sip2.catalog import LAYOUTS, Layout
from monitor.protocols.sip2.events import Checksum, Role, Sip2Login, Sip2Message, Sip2Weird
from monitor.protocols.sip2.fields import FIELDS
from monitor.protocols.sip2.recognition import probe
from tests.protocols.sip2.samples import ANSWERS, REQUESTS
from tests.protocols.sip2.talks import ACS, SC, exposed, facts, ids, oddities, parse, read_exchange

DIRECTIONS = {"c>s": Role.SC, "s>c": Role.ACS}
UNREADABLE = {
    182: "SC Status of a status that does not exist",
    411: "fixed part cut short, and no field",
    417: "fixed part cut short, and no field",
}
"""Lines of the collected messages that are no messages to us, and why; none holds a value of a known field."""
UNRECOGNIZED = {182, 411, 417, 446}
"""Those that do not make SIP2 certain even in company."""
FIXED_BYTES = {
    135: 23, 153: 58, 198: 20, 215: 16, 288: 56, 289: 56, 412: 21, 418: 31, 442: 18, 446: 23, 447: 18, 448: 18, 451: 35,
    467: 0,
}  # fmt: skip
"""Fixed parts that are not as wide as they should be, counted by hand."""
CHARACTER_CHECKSUMS = {
    "perlsip_x_raw_bad_crc_resend.pcap": (1, 0),
    "pysip2_x_raw_bad_crc_resend.pcap": (1, 0),
    "pysip2_utf8_x_pySip2_codepoint_checksum.pcap": (13, 13),
}
"""Of each exchange with wrong checksums: how many, and how many of them are right over characters."""
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


class Collected(NamedTuple):
    """One collected message."""

    text: bytes
    name: str
    worth: str


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


def test_character_checksums(outputs: dict[str, list[Output]]) -> None:
    """Wrong checksums of clients that sum characters are told from those of damage."""
    by_characters = {
        name: (oddities(said).count(Sip2Weird.BAD_CHECKSUM), oddities(said).count(Sip2Weird.CHARACTER_CHECKSUM))
        for name, said in outputs.items()
        if Sip2Weird.BAD_CHECKSUM in oddities(said)
    }
    assert CHARACTER_CHECKSUMS == by_characters


def test_fields(truth: dict[tuple[str, Role], dict[str, str]], outputs: dict[str, list[Output]]) -> None:
    """Every field that was sent with a value is reported, as often as it was sent."""
    for (name, sender), row in truth.items():
        sent: Counter[str] = Counter()
        for key, count in re.findall(r"([A-Z]\w):(\d+)", row["field_ids_nonempty"] or ""):
            field = FIELDS.get(key.encode())
            if field is None or field.data_class is not None:
                sent["other" if field is None else field.key] += int(count)
        said = Counter(key for key, _ in exposed(messages(outputs[name], sender)) if key.isupper() or key == "other")
        # The truth was made with fixed offsets, which swallow the patron of a Renew All without its date.
        swallowed = oddities(outputs[name]).count(Sip2Weird.SHORT_FIXED_PART) if sender is Role.SC else 0
        assert (sent + Counter({"AA": swallowed}) if swallowed else sent) == said, name


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


@pytest.fixture(scope="module")
def collected(exchanges: Path) -> dict[int, Collected]:
    """The messages in tests and manuals of public projects, by their line."""
    with (exchanges / "messages.tsv").open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))
    return {
        number: Collected(
            row["message"].replace(r"\r", "").replace(r"\n", "").replace(r"\t", "\t").encode(),
            row["msg_id"],
            row["checksum"],
        )
        for number, row in enumerate(rows, 2)
    }


def test_collection_is_whole(collected: dict[int, Collected]) -> None:
    """As many as there should be."""
    assert 481 == len(collected)


@pytest.mark.parametrize("sender", Side)
def test_collected_messages(collected: dict[int, Collected], sender: Side) -> None:
    """Every message is read as what it is, from either side, but for those that nobody could read."""
    missed = {number for number, (text, name, _) in collected.items() if [name] != ids(parse((sender, text + b"\r")))}
    assert set(UNREADABLE) == missed


def test_collected_fields(collected: dict[int, Collected]) -> None:
    """Every field that holds a value that may be a patron's is named, in order, and none that is not there.

    What is there is found here in another way: by every pair of capitals behind a delimiter.
    """
    wrong = {}
    for number, (text, _, _) in collected.items():
        said = [key for key, _ in exposed(parse((SC, text + b"\r"))) if not key.islower() or key == "other"]
        if number not in UNREADABLE and said != personal_fields(number, text):
            wrong[number] = said
    assert {} == wrong


def personal_fields(number: int, text: bytes) -> list[str]:
    """What a plain reading of a line finds."""
    body = text[2 + FIXED_BYTES.get(number, LAYOUTS[text[:2]].width) :]
    body = re.sub(rb"\|?(?:AY.?)?AZ[0-9A-Fa-f ]{0,4}[ */|]*\Z", b"", body)
    body = re.sub(rb"AY.?\Z", b"", body)
    found = []
    for name, value in re.findall(rb"(?:\A|\|)([A-Z][A-Z0-9])([^|]*)", body):
        field = FIELDS.get(name)
        if value.strip() and name != b"AY" and (field is None or field.data_class is not None):
            found.append("other" if field is None else str(field.key))
    return found


def test_collected_recognition(collected: dict[int, Collected]) -> None:
    """Alone where it has a valid checksum, and else in company of what it answers or what answers it."""
    for number, (text, name, worth) in collected.items():
        line, layout = text + b"\r", LAYOUTS[name.encode()]
        asks = layout.sender is Role.SC
        if worth == "valid":
            verdict = probe((Head(line, from_start=True), Head(b"", from_start=True)), True)  # noqa: FBT003
            assert Verdict(Answer.YES, 0 if asks else 1) == verdict, number
        partner = company(layout)
        verdict = probe((Head(line, from_start=True), Head(partner, from_start=True)), True)  # noqa: FBT003
        assert (Answer.NO if number in UNRECOGNIZED else Answer.YES) is verdict.answer, number


def company(layout: Layout) -> bytes:
    """What the other end says, and not enough by itself: the fixed part of the answer, or of what is answered."""
    if layout.sender is Role.SC:
        answer = layout.answer or b"94"
        return ANSWERS[answer.decode()][: 2 + LAYOUTS[answer].width].encode() + b"\r"
    asked = next((name for name in REQUESTS if LAYOUTS[name.encode()].answer == layout.id), "99")
    whole = REQUESTS[asked] if asked == "93" else REQUESTS[asked][: 2 + LAYOUTS[asked.encode()].width]
    return whole.encode() + b"\r"


def test_company_is_not_enough() -> None:
    """What is put beside the collected messages is not recognized by itself."""
    for layout in LAYOUTS.values():
        verdict = probe((Head(company(layout), from_start=True), Head(b"", from_start=True)), True)  # noqa: FBT003
        assert Answer.NO is verdict.answer, layout.title
