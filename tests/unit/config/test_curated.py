"""What all files of a catalog have in common; the mistakes that each kind finds are tried with its own reader."""

from __future__ import annotations

import pytest

from monitor.config.curated import check_curated, choose, items, read_curated, texts
from monitor.errors import ConfigError

NAME = "things/thing.yaml"
GOOD = "thing: thing\ntitle: A thing\nsources: [{what: Its manual, date: 2026-11-22}]\nexamples: []\nwords: [no, 1]\n"


def test_a_file() -> None:
    """Every scalar is text, and what is not there is an empty list."""
    data = read_curated(NAME, GOOD, "thing")
    check_curated(NAME, data, "thing", {"words"})
    assert ("no", "1") == texts(NAME, data, "words")
    assert [] == items(NAME, data, "others")
    assert 7 == choose(NAME, "title", data["title"], {"A thing": 7})


@pytest.mark.parametrize(
    ("name", "text", "complaint"),
    [
        ("things/other.yaml", GOOD, "'thing' is the file's name"),
        (NAME, GOOD.replace("words", "word"), "unknown key 'word'"),
        (NAME, "[]", "begins with 'thing:'"),
        (NAME, GOOD + "[", "is not YAML"),
    ],
)
def test_mistakes(name: str, text: str, complaint: str) -> None:
    """What is wrong is said with the file's name, from the shipped rules on."""
    with pytest.raises(ConfigError) as error:
        check_curated(name, read_curated(name, text, "thing"), "thing", {"words"})
    assert str(error.value).startswith(f"rules/catalog/{name}: ")
    assert complaint in str(error.value)
