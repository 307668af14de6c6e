"""What must stand in whatever a word fits."""

from __future__ import annotations

import re

import pytest

from monitor.config.shipped import shipped
from monitor.devices.catalog import catalog
from monitor.devices.needs import needed
from monitor.devices.reading import read_examples


@pytest.mark.parametrize(
    ("word", "texts"),
    [
        ("camera", (b"camera",)),
        (r"\bip[ _-]?Camera\b", (b"camera",)),
        ("(?:hanwha|samsung) techwin", (b" techwin",)),
        ("(?:SND|XNV)-[0-9]", (b"snd", b"xnv")),
        (r"www\.on-vif", (b"www.on-vif",)),
        ("colou?r", (b"colo",)),
        ("colou*r", (b"colo",)),
        ("ab{0,2}cd", (b"cd",)),
        ("ab{2}c", (b"ab",)),
        ("(?:abc)?de", (b"de",)),
        ("(?:abc)+de", (b"abc",)),
        ("ab(?!cdef)g", (b"ab",)),
        ("abc|de", (b"abc", b"de")),
        ("(?:abc|x*)d", (b"d",)),
        ("(?:a(?:bcd|efg)|hijk)", (b"bcd", b"efg", b"hijk")),
        (r"[abc\]]de", (b"de",)),
        (r"\x41bc", (b"bc",)),
        (r"(abc)\1bc", (b"abc",)),
        (r"\d+", ()),
        ("abc|", ()),
        ("(?i)abc", ()),
        ("(?P<name>abc)", ()),
    ],
)
def test_needed(word: str, texts: tuple[bytes, ...]) -> None:
    """What must be there is the longest text that nothing makes needless."""
    re.compile(word)
    assert texts == needed(word)


def test_as_the_patterns() -> None:
    """The words of the catalog are found in the examples of the catalog as one search for each finds them."""
    said = {
        example.data
        for path in shipped("catalog", "devices").glob("*.yaml")
        for example in read_examples(path.name, path.read_text("utf-8"))
    }
    words = {word for signal in catalog().signals.values() for word in signal.words}
    for text in (one for data in said for one in (data, data.upper(), data.lower())):
        for word in words:
            if re.search(word.encode(), text, re.IGNORECASE):
                assert needed(word) == () or any(one in text.lower() for one in needed(word)), word
