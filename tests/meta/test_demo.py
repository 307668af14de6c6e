"""The capture of `make demo` is what its program writes, and small."""

from __future__ import annotations

import html
import re

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
