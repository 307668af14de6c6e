"""The compiled look at a message's head, held against the regular expressions of the catalog."""

from __future__ import annotations

import random
import re

import pytest

from monitor.protocols.sip2.catalog import LAYOUTS, Shape, head
from monitor.protocols.sip2.fixed import form
from monitor.protocols.sip2.survey import GROUPS, fixed_end
from tests.support.uncompiled import load_source

DATES = (
    b"20261122    120000",
    b" " * 18,
    b"19991231ZZZZ235959",
    b"20261322    120000",
    b"20260122-+00120000",
    b"2" * 18,
)
BEHIND = (b"", b"AA1|", b"|AA", b"|", b"a", b"7A", b"A", b"A|", b"\xffAO")
ANY = b"YN 019Uu-+*.AZaz|\x00\xff23"


def part(shape: Shape, draw: random.Random) -> bytes:
    """Something that may be such a part, or is nearly one."""
    if shape.name == "date":
        return draw.choice(DATES)
    if shape.name == "version":
        return b"2.00"
    right = [byte for byte in ANY if re.fullmatch(shape.pattern, bytes([byte]) * shape.width)]
    return bytes(draw.choice(right if draw.random() < 0.98 else ANY) for _ in range(shape.width))


def heads(message: bytes) -> list[bytes]:
    """Heads of one message, whole, cut, and with a byte changed."""
    draw, layout = random.Random(message), LAYOUTS[message]
    made = []
    for order in (layout.fixed, layout.also):
        for _ in range(200):
            text = bytearray(message + b"".join(part(one.shape, draw) for one in order) + draw.choice(BEHIND))
            if draw.random() < 0.3:
                text[draw.randrange(len(text))] = draw.choice(ANY)
            made.append(bytes(text[: draw.randrange(2, len(text) + 1)] if draw.random() < 0.1 else text))
    return [one for one in made if one.startswith(message)]


def test_groups_are_fine_enough() -> None:
    """Of each group of bytes a part takes all or none, and what is in no group none takes."""
    shapes = {part.shape for layout in LAYOUTS.values() for part in (*layout.fixed, *layout.also)}
    for shape in shapes - {one for one in shapes if one.name == "date"}:
        taken = {byte for byte in range(256) if re.fullmatch(shape.pattern, bytes([byte]) * shape.width)}
        assert taken == {byte for group in GROUPS if taken & set(group) for byte in group}


@pytest.mark.parametrize("message", sorted(LAYOUTS))
def test_same_as_the_catalog(message: bytes) -> None:
    """Compiled or not, the fixed part ends where the expression says, or nowhere."""
    plain = load_source("monitor.protocols.sip2.survey").fixed_end
    whole = 0
    for text in heads(message):
        match = head(message).match(text)
        expected = match.end() if match else -1
        whole += expected >= 0
        assert expected == fixed_end(text + b"\r", len(text), form(message))
        assert expected == plain(text + b"\r", len(text), form(message))
    assert whole
