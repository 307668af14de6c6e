"""Each shape reads itself, notes what is wrong in one line, and says the same as JSON Schema."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor.config.document import Node, read_document
from monitor.config.keys import in_words, shape_of
from monitor.config.mistakes import Mistakes
from monitor.config.shapes import Choice, Flag, Number, Shape, Word
from monitor.config.structures import Forms, Key, ListOf, Section
from monitor.model.closed import Enum


class Level(Enum):
    """A closed list."""

    LOW = "low"
    HIGH = "high"


SECTION = Section((Key(name="size", shape=Number(), says="how large", required=True),))
LIST = ListOf(item=Number(), least=1, most=2, unique=True)


def node(tmp_path: Path, text: str) -> Node:
    """What is written as the value of a key."""
    path = tmp_path / "s.yaml"
    path.write_text(f"key: {text}\n", "utf-8")
    table = read_document(path, Mistakes())
    assert table is not None
    return table.nodes["key"]


def read(tmp_path: Path, shape: Shape, text: str) -> tuple[object, list[tuple[int, str, str]]]:
    """The value that a shape reads, and its notes."""
    notes: list[tuple[int, str, str]] = []
    found = shape.read(node(tmp_path, text), "key", lambda *note: notes.append(note))
    return (None if found is None else found.value), notes


@pytest.mark.parametrize(
    ("shape", "text", "expected"),
    [
        (Word(str.upper), "abc", "ABC"),
        (Word(str.upper), "'0123'", "0123"),
        (Choice({"a": 1, "b": 2}), "b", 2),
        (Flag(), "true", True),
        (Flag(), "false", False),
        (Number(), "0", 0),
        (Number(), "-12", -12),
        (Number(), "999999999999999999", 999_999_999_999_999_999),
    ],
)
def test_values(tmp_path: Path, shape: Shape, text: str, expected: object) -> None:
    """What is written right becomes its value."""
    assert (expected, []) == read(tmp_path, shape, text)


@pytest.mark.parametrize(
    ("shape", "text", "what"),
    [
        (Flag(), "yes", "'key' is true or false, not 'yes'"),
        (Flag(), "True", "'key' is true or false, not 'True'"),
        (Flag(), "1", "'key' is true or false, not '1'"),
        (Number(), "0123", "'key' is a whole number, not '0123'"),
        (Number(), "22:30", "'key' is a whole number, not '22:30'"),
        (Number(), "1_000", "'key' is a whole number, not '1_000'"),
        (Number(), "1.5", "'key' is a whole number, not '1.5'"),
        (Number(), "'5'", "'key' is a whole number, not '5'"),
        (Number(), "9" * 19, "'key' is a whole number, not '9999999999999999999'"),
        (Number(), "[1]", "'key' is one value, not a list"),
        (Number(), "{a: 1}", "'key' is one value, not a mapping"),
        (Number(), "", "'key' is empty"),
        (LIST, "[]", "'key' is empty"),
        (LIST, "[1, 2, 3]", "'key' has 3 items, at most 2 are allowed"),
        (LIST, "[1, 1]", "'key' has '1' twice"),
        (LIST, "1", "'key' is a list, even of one"),
        (LIST, "{a: 1}", "'key' is a list"),
        (SECTION, "{}", "'size' is missing"),
        (SECTION, "{size: 1, sice: 2}", "unknown key 'sice'"),
        (SECTION, "[]", "'key' wants 'key: value' lines here"),
        (Forms({"size": SECTION}), "{}", "each of 'key' says one of 'size:'"),
    ],
)
def test_mistakes(tmp_path: Path, shape: Shape, text: str, what: str) -> None:
    """What is written wrongly is one mistake, with its line."""
    _, notes = read(tmp_path, shape, text)
    assert [(1, what)] == [note[:2] for note in notes]


def test_lists_go_on(tmp_path: Path) -> None:
    """A wrong item leaves the others."""
    value, notes = read(tmp_path, ListOf(item=Number(), most=9), "[1, x, 3, y]")
    assert isinstance(value, tuple)
    assert ([1, 3], 2) == ([found.value for found in value], len(notes))


def test_bare_list(tmp_path: Path) -> None:
    """Where it is allowed, one value is a list of one."""
    value, notes = read(tmp_path, ListOf(item=Number(), most=9, bare=True), "7")
    assert isinstance(value, tuple)
    assert ([7], []) == ([found.value for found in value], notes)


@pytest.mark.parametrize(
    ("default", "text", "expected", "words"),
    [
        (False, "true", True, "false"),
        (5, "6", 6, "5"),
        ("a", "b", "b", "a"),
        (Level.LOW, "high", Level.HIGH, "low"),
    ],
)
def test_options_have_the_type_of_their_default(
    tmp_path: Path, default: object, text: str, expected: object, words: str
) -> None:
    """A protocol declares an option by its default; nothing else need be said of its type."""
    assert (expected, []) == read(tmp_path, shape_of(default), text)
    assert words == in_words(default)


@pytest.mark.parametrize(
    ("default", "text"), [((1, 2), "[x]"), ((), "[1]"), (("a",), "[no]"), (True, "1"), (5, "true")]
)
def test_options_of_another_type(tmp_path: Path, default: object, text: str) -> None:
    """Another type than the default's is a mistake; an empty list is one of texts."""
    assert 1 == len(read(tmp_path, shape_of(default), text)[1])


def test_options_that_nobody_can_write() -> None:
    """A protocol that declares such an option finds out at once."""
    with pytest.raises(TypeError):
        shape_of(1.5)


def test_schemas() -> None:
    """The same, for editors."""
    expected = {
        "type": "object",
        "additionalProperties": False,
        "properties": {"size": {"description": "how large", "type": "integer"}},
        "required": ["size"],
    }
    assert expected == SECTION.schema()
    assert {"oneOf": [expected]} == Forms({"size": SECTION}).schema()
    several = {"type": "array", "items": {"type": "integer"}, "maxItems": 2, "minItems": 1, "uniqueItems": True}
    assert several == LIST.schema()
    bare = ListOf(item=Flag(), most=1, bare=True).schema()
    assert {"anyOf": [{"type": "boolean"}, {"type": "array", "items": {"type": "boolean"}, "maxItems": 1}]} == bare
    assert {"enum": ["a"]} == Choice({"a": 1}).schema()
    assert {"type": "string", "maxLength": 3} == Word(str, {"maxLength": 3}).schema()
