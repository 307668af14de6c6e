"""What is invented here is Z39.50 to tshark, too, and a recorded session is read as tshark reads it."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections import Counter
from pathlib import Path

import pytest

from monitor.capture.conversation import Host
from monitor.cli import main
from monitor.errors import ExitStatus
from monitor.model.events import Output
from tests.protocols.z3950.samples import CONVERSATIONS
from tests.protocols.z3950.test_message import parse, said
from tests.support.captures import Pcap
from tests.support.conversation import Conversation

RECORDED = Path(__file__).resolve().parents[4] / "shared" / "pcaps" / "ntop__nDPI" / "z3950.pcapng"
KEYS = {
    "z3950.open": "open",
    "z3950.userId": "userId",
    "z3950.password": "password",
    "z3950.general.printable": "term",
    "z3950.simpleForm": "securityChallengeResponse",
}
"""What tshark calls what we report."""
PORT = 210
DAMAGED = {"something else", "open ends, and too much"}
"""Conversations that are damaged on purpose."""


def shark(path: Path) -> Counter[str]:
    """How often tshark finds each of these in a capture, by our keys; challenges are named as their answers are."""
    if shutil.which("tshark") is None:
        pytest.skip("tshark is not here")
    fields = [word for name in KEYS for word in ("-e", name)]
    done = subprocess.run(
        [
            "tshark",
            "-r",
            str(path),
            "-d",
            "tcp.port==9991,z3950",
            "-Y",
            "z3950 and not z3950.accessControlRequest_element",
            "-T",
            "fields",
            "-E",
            "occurrence=a",
            "-E",
            "aggregator=|",
            *fields,
        ],
        capture_output=True,
        check=True,
        timeout=60,
    )
    counted: Counter[str] = Counter()
    for line in done.stdout.decode("utf-8", "replace").splitlines():
        for key, values in zip(KEYS.values(), line.split("\t"), strict=True):
            counted[key] += len([one for one in values.split("|") if one])
    return +counted


def ours(outputs: list[Output]) -> Counter[str]:
    """The same of ours."""
    return Counter(key for _, keys in said(outputs) for key, _ in keys if key in KEYS.values())


@pytest.mark.parametrize("name", sorted(set(CONVERSATIONS) - DAMAGED))
def test_tshark_reads_what_is_invented(name: str, tmp_path: Path) -> None:
    """Accounts, terms and answers to challenges, as often as here."""
    talk = Conversation(near=Host(address="10.0.0.1", port=40_000), far=Host(address="10.0.0.2", port=PORT)).open()
    for side, data in CONVERSATIONS[name]:
        talk.say(side, data)
    capture = tmp_path / "invented.pcap"
    capture.write_bytes(Pcap().file(talk.packets))
    expected = shark(capture)
    assert expected
    assert expected == ours(parse(*CONVERSATIONS[name]))


def test_a_recorded_session(capsys: pytest.CaptureFixture[str]) -> None:
    """Two sessions with three searches, of four terms, as tshark counts them."""
    if not RECORDED.exists():
        pytest.skip("the public captures are not beside the repository")
    assert ExitStatus.DONE == main(["analyze", "--no-progress", "--format", "json", str(RECORDED)])
    document = json.loads(capsys.readouterr().out)
    assert {"flows": 2, "searches": 3} == document["protocols"]["z3950"]
    assert {"z3950-search-terms"} == {finding["rule"] for finding in document["findings"]}
    assert shark(RECORDED)["term"] == sum(finding["fields"]["term"] for finding in document["findings"])
