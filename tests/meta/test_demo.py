"""The capture of `make demo` is what its program writes, and small."""

from __future__ import annotations

import html
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from demo.draw_report import PICTURE, draw, page
from demo.make_capture import CAPTURE, packets, pcapng

MAX_BYTES = 200_000
"""A clone stays quick."""


def test_capture_is_current() -> None:
    """The committed file holds what the program writes, byte for byte."""
    assert pcapng(packets()) == CAPTURE.read_bytes()


def test_capture_is_small() -> None:
    """The capture stays small."""
    assert CAPTURE.stat().st_size < MAX_BYTES


@pytest.mark.slow
def test_report_tells_the_truth(repository: Path) -> None:
    """What the report counts is what stands in the capture, counted here by searching its packets for text."""
    held = b"".join(packet.data[54:] for packet in packets() if b"\x17\x71" in packet.data[34:38])  # port 6001
    command = [sys.executable, "-m", "monitor", "analyze", "--format", "json", str(CAPTURE.relative_to(repository))]
    ended = subprocess.run(command, cwd=repository, check=True, capture_output=True)
    report = json.loads(ended.stdout)
    findings = {finding["rule"]: finding for finding in report["findings"]}
    pins = [message for message in held.split(b"\r") if re.search(rb"\|AD\d", message)]
    assert held.count(b"\r") == report["protocols"]["sip2"]["messages"]
    assert len(pins) == findings["sip2-patron-credential"]["count"]
    assert len({re.search(rb"\|AA(\d+)", pin)[1] for pin in pins}) == findings["sip2-patron-credential"]["subjects"]
    assert held.count(b"|PB") == findings["sip2-patron-identity"]["fields"]["PB"]
    assert held.count(b"|DA") == findings["sip2-patron-identity"]["fields"]["DA"]
    assert held.count(b"|CO") == findings["sip2-staff-login"]["count"]


def test_nobody_exists() -> None:
    """Mail addresses in the capture end in example.org, telephone numbers lie in the range for fiction."""
    held = CAPTURE.read_bytes()
    assert {b"example.org"} == set(re.findall(rb"\|BE[a-z.]+@([^|]*)\|", held))
    assert {b"555-01"} == {phone[:6] for phone in re.findall(rb"\|BF([^|]*)\|", held)}


def written(picture: str) -> list[str]:
    """The words of a picture, line by line, blanks aside."""
    lines: dict[str, str] = {}
    for place, text in re.findall(r'<text class="[^"]*" x="[^"]*" y="([^"]*)"[^>]*>([^<]*)</text>', picture):
        lines[place] = lines.get(place, "") + html.unescape(text)
    return ["".join(line.split()) for line in lines.values()]


@pytest.mark.slow
def test_picture_is_current() -> None:
    """The picture in the README shows what `make demo` says today; `make picture` draws it again."""
    assert written(draw(page())) == written(PICTURE.read_text("utf-8"))
