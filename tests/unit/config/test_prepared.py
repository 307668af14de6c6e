"""What the build parsed is what parsing gives, and is used for nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from monitor.config import prepared
from monitor.config.document import read_document
from monitor.config.mistakes import Mistakes
from monitor.config.parsing import parse
from monitor.config.prepared import prepare
from monitor.config.shipped import shipped
from monitor.config.tree import RefusedError, Table, plain


def refuse(line: int, what: str, hint: str) -> None:
    """Shipped files have no mistakes."""
    raise AssertionError((line, what, hint))


@pytest.fixture
def trees(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Where the build's trees are looked for; there are none yet."""
    path = tmp_path / "prepared.jsonl"
    monkeypatch.setattr(prepared, "TREES", path)
    prepared._trees.cache_clear()
    yield path
    prepared._trees.cache_clear()


def test_shipped_files(trees: Path) -> None:
    """Every shipped file comes back as it was parsed, with the line of each of its words."""
    texts = [path.read_text("utf-8") for path in sorted(shipped().rglob("*.yaml"))]
    assert len(texts) > 0

    trees.write_text(prepare(texts), "utf-8")

    assert [parse(text, refuse) for text in texts] == [prepared.prepared(text) for text in texts]
    assert [plain(parse(text, refuse)) for text in texts] == [prepared.prepared_data(text) for text in texts]


def test_a_known_text_is_not_parsed(trees: Path, tmp_path: Path) -> None:
    """Only a text that is the same to the last character is known."""
    trees.write_text(prepare(["a: b\n"]).replace('"b"', '"known"'), "utf-8")
    path = tmp_path / "rule.yaml"
    found = []
    for text in ("a: b\n", "a: b \n"):
        path.write_text(text, "utf-8")
        table = read_document(path, Mistakes())
        assert isinstance(table, Table)
        found.append(table.nodes["a"].text)
    assert ["known", "b"] == found


@pytest.mark.parametrize("damage", [None, b"", b"{", b"\xff", prepare(["a: b\n"]).encode()[:-9]])
def test_without_trees(damage: bytes | None, trees: Path) -> None:
    """Where the build's trees are missing or damaged, nothing is known and everything parsed."""
    if damage is not None:
        trees.write_bytes(damage)
    assert prepared.prepared("a: b\n") is None
    assert prepared.prepared_data("a: b\n") is None


def test_mistakes_end_the_build() -> None:
    """What has a mistake would lose it."""
    with pytest.raises(ValueError, match="stands twice"):
        prepare(["a: 1\na: 2\n"])
    with pytest.raises(RefusedError):
        prepare(["- a\n"])
