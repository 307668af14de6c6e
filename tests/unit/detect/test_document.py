"""YAML files become trees with line numbers, within limits."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor.detect.document import MAX_DEPTH, MAX_FILE_BYTES, MAX_NODES, Items, Scalar, Table, read_document
from monitor.detect.mistakes import Mistakes
from monitor.errors import RuleError


def read(tmp_path: Path, data: bytes) -> Table:
    """The tree of a file with these bytes."""
    path = tmp_path / "r.yaml"
    path.write_bytes(data)
    mistakes = Mistakes()
    table = read_document(path, mistakes)
    mistakes.raise_any()
    assert table is not None
    return table


def refusal(tmp_path: Path, data: bytes) -> str:
    """What is wrong with a file of these bytes."""
    with pytest.raises(RuleError) as error:
        read(tmp_path, data)
    return str(error.value).removeprefix(f"{tmp_path}/")


def test_lines_and_text(tmp_path: Path) -> None:
    """Every node knows its line, and scalars stay what they look like."""
    table = read(tmp_path, b"a: 09\nb:\n  - no\n  - '~'\nc:\nd: 2026-01-01\n")
    expected = {
        "a": Scalar("09", null=False, line=1),
        "b": Items((Scalar("no", null=False, line=3), Scalar("~", null=False, line=4)), 3),
        "c": Scalar("", null=True, line=5),
        "d": Scalar("2026-01-01", null=False, line=6),
    }
    assert expected == table.nodes
    assert {"a": 1, "b": 2, "c": 5, "d": 6} == table.lines


def test_byte_order_mark(tmp_path: Path) -> None:
    """A file saved by Windows' editor is read as well."""
    assert list(read(tmp_path, b"\xef\xbb\xbftitle: x\r\nid: y\r\n").nodes) == ["title", "id"]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"a: 1\nb: 2\na: 3\n", "r.yaml:3: 'a' stands twice, first in line 1"),
        (b"a:\n  x: 1\n  x: 2\n", "r.yaml:3: 'x' stands twice, first in line 2"),
        (b"[1]: 2\n", "r.yaml:1: a key must be one word"),
        (b"a: !!python/none x\n", "r.yaml:1: a YAML tag ('!...') has no meaning in a rule (hint: quote the text)"),
        (b"a: !mine [x]\n", "r.yaml:1: a YAML tag ('!...') has no meaning in a rule (hint: quote the text)"),
        (b"- a\n", "r.yaml:1: holds no rule (hint: a rule is a mapping that begins with 'title:')"),
        (b"", "r.yaml:1: holds no rule (hint: a rule is a mapping that begins with 'title:')"),
        (b"a: \xff\n", "r.yaml:1: not UTF-8 text (hint: save the file as UTF-8)"),
        (b"#" * (MAX_FILE_BYTES + 1), f"r.yaml:1: larger than {MAX_FILE_BYTES} bytes (hint: one rule a file)"),
    ],
)
def test_refused(tmp_path: Path, data: bytes, expected: str) -> None:
    """What is not one plain mapping is refused, with the line."""
    assert expected == refusal(tmp_path, data)


@pytest.mark.parametrize(("data", "line"), [(b"a: 1\nb: [1\nc: 2\n", 3), (b"a: 1\n---\nb: 2\n", 2), (b"a: *x\n", 1)])
def test_broken_yaml(tmp_path: Path, data: bytes, line: int) -> None:
    """Broken YAML names the line."""
    assert refusal(tmp_path, data).startswith(f"r.yaml:{line}: not YAML: ")


def test_control_characters(tmp_path: Path) -> None:
    """A character that YAML forbids has no line, but is refused all the same."""
    assert "not YAML" in refusal(tmp_path, b"a: \x01\n")


def test_aliases_are_bounded(tmp_path: Path) -> None:
    """Aliases to aliases, which would unfold into a billion values, end at the limit."""
    lines = ["l0: &l0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"l{i}: &l{i} [{', '.join([f'*l{i - 1}'] * 9)}]" for i in range(1, 9)]
    assert f"more than {MAX_NODES} values" in refusal(tmp_path, "\n".join(lines).encode())


def test_one_alias_is_fine(tmp_path: Path) -> None:
    """An alias stands for what it names."""
    table = read(tmp_path, b"a: &a x\nb: *a\n")
    assert table.nodes["a"] == table.nodes["b"]


@pytest.mark.parametrize("data", [b"a: &a [*a]\n", b"a: " + b"[" * MAX_DEPTH + b"]" * MAX_DEPTH])
def test_depth_is_bounded(tmp_path: Path, data: bytes) -> None:
    """A list in a list in a list ends at the limit, one inside itself too."""
    assert f"nested more than {MAX_DEPTH} levels" in refusal(tmp_path, data)


def test_very_deep(tmp_path: Path) -> None:
    """Nesting deeper than the YAML library can go is a mistake like others."""
    assert refusal(tmp_path, b"a: " + b"[" * 30_000).startswith("r.yaml:1: ")


def test_missing_file(tmp_path: Path) -> None:
    """A file that cannot be opened is named."""
    mistakes = Mistakes()
    assert read_document(tmp_path / "none.yaml", mistakes) is None
    assert len(mistakes) == 1
