"""YAML files become trees with line numbers, within limits."""

from __future__ import annotations

import codecs
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from monitor.config.document import MAX_DEPTH, MAX_FILE_BYTES, MAX_NODES, Form, Items, Scalar, Table, read_document
from monitor.config.mistakes import Mistakes
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
    return str(error.value).replace(f"{tmp_path}/", "")


def test_lines_and_text(tmp_path: Path) -> None:
    """Every node knows its line, and scalars stay what they look like."""
    table = read(tmp_path, b"a: 09\nb:\n  - no\n  - '~'\nc:\nd: 2026-01-01\n")
    expected = {
        "a": Scalar("09", null=False, line=1),
        "b": Items((Scalar("no", null=False, line=3), Scalar("~", null=False, line=4, plain=False)), 3),
        "c": Scalar("", null=True, line=5),
        "d": Scalar("2026-01-01", null=False, line=6),
    }
    assert expected == table.nodes
    assert {"a": 1, "b": 2, "c": 5, "d": 6} == table.lines


@pytest.mark.parametrize("written", ["'no'", '"no"', "|-\n  no\n", ">-\n  no\n"])
def test_quotes_are_remembered(tmp_path: Path, written: str) -> None:
    """Whether a text can be taken for something else is known later on."""
    node = read(tmp_path, f"a: {written}".encode()).nodes["a"]
    assert isinstance(node, Scalar)
    assert ("no", False) == (node.text, node.plain)


def test_byte_order_mark(tmp_path: Path) -> None:
    """A file saved by Windows' editor is read as well."""
    assert list(read(tmp_path, b"\xef\xbb\xbftitle: x\r\nid: y\r\n").nodes) == ["title", "id"]


_OPENING = "(hint: a file is a mapping that begins with 'key: value')"


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"a: 1\nb: 2\na: 3\n", "r.yaml:3: 'a' stands twice, first in line 1"),
        (b"a:\n  x: 1\n  x: 2\n", "r.yaml:3: 'x' stands twice, first in line 2"),
        (b"[1]: 2\n", "r.yaml:1: a key must be one word"),
        (b"a: !!python/none x\n", "r.yaml:1: a YAML tag ('!...') has no meaning here (hint: quote the text)"),
        (b"a: !mine [x]\n", "r.yaml:1: a YAML tag ('!...') has no meaning here (hint: quote the text)"),
        (b"!mine\na: b\n", "r.yaml:1: a YAML tag ('!...') has no meaning here (hint: quote the text)"),
        (b"# -\n- a\n", f"r.yaml:2: is a list, not a mapping {_OPENING}"),
        (b"a\n", f"r.yaml:1: is one text, not a mapping {_OPENING}"),
        (b"", f"r.yaml:1: is empty {_OPENING}"),
        (b"# nothing\n", f"r.yaml:1: is empty {_OPENING}"),
        (b"a: b\nc: \xff\n", "r.yaml:2: not UTF-8 text (hint: save the file as UTF-8)"),
        (b"#" * (MAX_FILE_BYTES + 1), f"r.yaml:1: larger than {MAX_FILE_BYTES} bytes (hint: is this a file?)"),
    ],
)
def test_refused(tmp_path: Path, data: bytes, expected: str) -> None:
    """What is not one plain mapping is refused, with the line."""
    assert expected == refusal(tmp_path, data)


def test_reading_goes_on(tmp_path: Path) -> None:
    """A key that stands twice, an odd key and a tag hide no other mistake; the first of two is kept."""
    path = tmp_path / "r.yaml"
    path.write_bytes(b"a: 1\na: {b: 1, b: 2}\n[c]: 3\nd: !x 4\n")
    mistakes = Mistakes()
    table = read_document(path, mistakes)
    assert 4 == len(mistakes)
    expected = {"a": Scalar("1", null=False, line=1), "d": Scalar("4", null=False, line=4, plain=False)}
    assert table is not None
    assert expected == table.nodes


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
def test_other_unicode(tmp_path: Path, encoding: str) -> None:
    """A file saved as "Unicode" by an old editor gets one clear line, not one for each of its null bytes."""
    data = "\ufeffsite: Main\n".encode(encoding)
    assert "r.yaml:1: is UTF-16 or UTF-32 text (hint: save the file as UTF-8)" == refusal(tmp_path, data)


def test_other_unicode_without_mark(tmp_path: Path) -> None:
    """Without its mark it is full of null characters, as a capture is, or a program."""
    expected = "r.yaml:1: is no text (hint: is this a file? If so, save it as UTF-8)"
    assert expected == refusal(tmp_path, "site: Main\n".encode("utf-16-le"))


@pytest.mark.parametrize("make", [os.mkfifo, lambda path: path.symlink_to("/dev/zero")])
def test_no_regular_file(make: Callable[[Path], None], tmp_path: Path) -> None:
    """Nobody waits for a pipe into which nothing is written, or reads a device for ever."""
    make(tmp_path / "r.yaml")
    mistakes = Mistakes()
    assert read_document(tmp_path / "r.yaml", mistakes) is None
    with pytest.raises(RuleError, match=r"r\.yaml:1: is not a regular file"):
        mistakes.raise_any()


def test_folder(tmp_path: Path) -> None:
    """The name of a folder is a slip that has a message of its own."""
    mistakes = Mistakes()
    assert read_document(tmp_path, mistakes) is None
    with pytest.raises(RuleError, match=r":1: is a folder \(hint: name the file in it\)"):
        mistakes.raise_any()


@pytest.mark.parametrize("data", [b"a: 1\nb: [1\nc: 2\n", b"a: 1\n\n---\nb: 2\n", b"a: 1\nb: 2\nc: *x\n"])
def test_broken_yaml(tmp_path: Path, data: bytes) -> None:
    """Broken YAML names the line."""
    assert refusal(tmp_path, data).startswith("r.yaml:3: not YAML: ")


@pytest.mark.parametrize(
    ("data", "hint"),
    [
        (b"a:\n\t- b\n", "indent with spaces, not with tabs"),
        (b"a: *.updates.example\n", "put quotes around text that begins with *"),
        (b"a: *other\n", "put quotes around text that begins with *"),
        (b"a: @site\n", "put quotes around text that begins with @"),
        (b"a: [::1/128]\n", "put quotes around an address that begins or ends with '::'"),
        (b"a: fd00::\n", "put quotes around an address that begins or ends with '::'"),
        (b"a: 1\n---\nb: 2\n", "a file holds one document: leave out the lines of '---'"),
        (b"a: 1\n b: 2\n", "check indentation and quotes near this line"),
        (b"a: 'b\n", "check indentation and quotes near this line"),
    ],
)
def test_broken_yaml_hints(tmp_path: Path, data: bytes, hint: str) -> None:
    """The sign at which YAML stumbled says what was probably meant."""
    assert refusal(tmp_path, data).endswith(f"(hint: {hint})")


def test_control_characters(tmp_path: Path) -> None:
    """A character that YAML forbids is refused with its line."""
    assert refusal(tmp_path, b"b: 2\na: \x01\n").startswith("r.yaml:2: not YAML: a character")


def test_aliases_are_bounded(tmp_path: Path) -> None:
    """Aliases to aliases, which would unfold into a billion values, end at the limit."""
    lines = ["l0: &l0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"l{i}: &l{i} [{', '.join([f'*l{i - 1}'] * 9)}]" for i in range(1, 9)]
    assert f"more than {MAX_NODES} values" in refusal(tmp_path, "\n".join(lines).encode())


def test_one_alias_is_fine(tmp_path: Path) -> None:
    """An alias stands for what it names."""
    table = read(tmp_path, b"a: &a x\nb: *a\n")
    assert table.nodes["a"] == table.nodes["b"]


@pytest.mark.parametrize("data", [b"a: &a [*a]\n", b"a: &a {b: *a}\n", b"a: " + b"[" * MAX_DEPTH + b"]" * MAX_DEPTH])
def test_depth_is_bounded(tmp_path: Path, data: bytes) -> None:
    """A list in a list in a list ends at the limit, one inside itself too."""
    assert f"nested more than {MAX_DEPTH} levels" in refusal(tmp_path, data)


def test_very_deep(tmp_path: Path) -> None:
    """Nesting deeper than the YAML library can go is a mistake like others."""
    assert refusal(tmp_path, b"a: " + b"[" * 30_000).startswith("r.yaml:1: ")


@pytest.mark.parametrize("name", ["none.yaml", "a\0b"])
def test_no_file(tmp_path: Path, name: str) -> None:
    """What cannot be opened is named in one line."""
    mistakes = Mistakes()
    assert read_document(tmp_path / name, mistakes) is None
    with pytest.raises(RuleError, match=r"^[^\n]*:1: cannot be read: [^\n]*$"):
        mistakes.raise_any()


def test_form(tmp_path: Path) -> None:
    """Another kind of file has other bounds and other words."""
    form = Form(noun="list", opening="x: y", max_bytes=len(codecs.BOM_UTF8) + 10, max_nodes=2)
    for data, expected in [
        (b"a: 1\nb: 2\nc: 3\n", "larger than 13 bytes (hint: is this a list?)"),
        (b"a: [1, 2]\n", "more than 2 values (hint: aliases count each time they are used)"),
        (b"", "is empty (hint: a list is a mapping that begins with 'x: y')"),
    ]:
        path = tmp_path / "r.yaml"
        path.write_bytes(data)
        mistakes = Mistakes()
        assert read_document(path, mistakes, form) is None
        with pytest.raises(RuleError) as error:
            mistakes.raise_any()
        assert str(error.value) == f"{path}:1: {expected}"
