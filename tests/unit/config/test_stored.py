"""What the build stored of a catalog is what was read, and is used for no other texts."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor.config import stored

TEXTS = {"one.yaml": b"name: one", "two.yaml": b"name: two"}
THINGS = {"one": {"name": "one"}, "two": {"name": "two"}}


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where two things and a table are stored."""
    monkeypatch.setattr(stored, "STORES", tmp_path)
    path = tmp_path / "things.jsonl"
    path.write_text(stored.store(TEXTS, THINGS, {"first": ["o", "t"]}), "ascii")
    return path


@pytest.mark.usefixtures("file")
def test_what_was_stored() -> None:
    """Things come back in their order, each made once and when it is asked for; and so do tables."""
    made: list[str] = []

    def make(thing: dict[str, str]) -> str:
        made.append(thing["name"])
        return thing["name"].upper()

    known = stored.stored("things", TEXTS, make)
    assert known is not None
    things, tables = known
    assert (["one", "two"], 2, True, False) == (list(things), len(things), "two" in things, "first" in things)
    assert ([], "TWO", "TWO") == (list(made), things["two"], things["two"])
    assert ["two"] == made
    assert {"first": ["o", "t"]} == dict(tables)


@pytest.mark.usefixtures("file")
@pytest.mark.parametrize(
    "texts",
    [
        {**TEXTS, "two.yaml": b"name: two "},
        {"one.yaml": TEXTS["one.yaml"]},
        {**TEXTS, "a.yaml": b""},
        {"one.yaml": TEXTS["one.yaml"], "too.yaml": TEXTS["two.yaml"]},
    ],
)
def test_other_texts(texts: stored.Texts) -> None:
    """A file that was edited, removed, added or renamed makes it another catalog."""
    assert None is stored.stored("things", texts, dict)


def test_damage(file: Path) -> None:
    """What is missing or cut off anywhere is not used."""
    whole = file.read_bytes()
    for size in range(len(whole)):
        file.write_bytes(whole[:size])
        assert None is stored.stored("things", TEXTS, dict)
    file.write_bytes(b"\xff")
    assert None is stored.stored("things", TEXTS, dict)
    file.unlink()
    assert None is stored.stored("things", TEXTS, dict)


def test_files_of_a_catalog(tmp_path: Path) -> None:
    """YAML files by their names, in the order of these, and nothing else that lies there."""
    for name in ("two.yaml", "one.yaml", "read.md"):
        tmp_path.joinpath(name).write_bytes(TEXTS.get(name, b""))
    assert list(TEXTS.items()) == list(stored.read_texts(tmp_path).items())
