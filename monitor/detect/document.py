"""Reads one YAML file into a small tree that knows its line numbers.

Rules: scalars stay text (``09`` and ``no`` mean what they look like); a key may stand once; no tags of any language;
size, depth and number of nodes are bounded, aliases counted as often as they are used.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import yaml

from monitor.detect.mistakes import Mistakes

MAX_FILE_BYTES = 65_536
"""The longest shipped rule has about 4,000 bytes."""
MAX_NODES = 2_000
"""A shipped rule has about 100; keeps a file of aliases to aliases from unfolding into gigabytes."""
MAX_DEPTH = 12
"""A rule needs six levels; keeps an alias to its own parent from running for ever."""

_TEXT, _NULL = "text", "null"
_NULLS = frozenset({"", "~", "null", "Null", "NULL"})


class Scalar(NamedTuple):
    """One word, number or text, as it stands in the file."""

    text: str
    null: bool
    line: int


class Items(NamedTuple):
    """A list."""

    nodes: tuple[Node, ...]
    line: int


class Table(NamedTuple):
    """A mapping in the order of the file."""

    nodes: dict[str, Node]
    lines: dict[str, int]
    """Line of each key."""
    line: int


Node = Scalar | Items | Table


class _Refused(Exception):  # noqa: N818 (never leaves this module)
    def __init__(self, line: int, what: str, hint: str = "") -> None:
        super().__init__(what)
        self.line, self.what, self.hint = line, what, hint


def _too_deep(line: int) -> _Refused:
    return _Refused(line, f"nested more than {MAX_DEPTH} levels deep")


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc] # libyaml where there is one
    """Composes nodes without guessing at types, which we do not want and which is most of the time.

    It counts how deep it is, because nodes are composed by recursion in C, which ends in a crash and not in an error.
    """

    depth = 0

    def resolve(self, kind: type[yaml.Node], value: str, implicit: tuple[bool, bool]) -> str:
        """Name what a node without a tag is; `implicit` begins with whether it has no quotes."""
        return _NULL if kind is yaml.ScalarNode and implicit[0] and value in _NULLS else _TEXT

    def descend_resolver(self, parent: yaml.Node | None, _index: object) -> None:
        """Called before each node."""
        self.depth += 1
        if self.depth > MAX_DEPTH and parent is not None:
            raise _too_deep(parent.start_mark.line + 1)

    def ascend_resolver(self) -> None:
        """Called after each node."""
        self.depth -= 1


def read_document(path: Path, mistakes: Mistakes) -> Table | None:
    """The file's one mapping, or None after noting why there is none."""
    try:
        return _document(path)
    except _Refused as refused:
        mistakes.add(path, refused.line, refused.what, refused.hint)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        mistakes.add(path, line, f"not YAML: {error.problem}", "check indentation and quotes near this line")
    except yaml.YAMLError:
        mistakes.add(path, 1, "not YAML: a character that YAML does not allow", "save the file as plain UTF-8 text")
    return None


def _document(path: Path) -> Table:
    try:
        with path.open("rb") as file:
            data = file.read(MAX_FILE_BYTES + 1)
    except OSError as error:
        raise _Refused(1, f"cannot be read: {error.strerror}") from None
    if len(data) > MAX_FILE_BYTES:
        raise _Refused(1, f"larger than {MAX_FILE_BYTES} bytes", "one rule a file")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise _Refused(1, "not UTF-8 text", "save the file as UTF-8") from None
    root = yaml.compose(text, Loader=_Loader)
    if not isinstance(root, yaml.MappingNode):
        raise _Refused(1, "holds no rule", "a rule is a mapping that begins with 'title:'")
    return _Converter().table(root, 1)


class _Converter:
    """Turns PyYAML's nodes into ours, within the limits."""

    def __init__(self) -> None:
        self._nodes = 0

    def _node(self, node: yaml.Node, depth: int) -> Node:
        line = node.start_mark.line + 1
        self._nodes += 1
        if self._nodes > MAX_NODES:
            raise _Refused(line, f"more than {MAX_NODES} values", "aliases count each time they are used")
        if depth > MAX_DEPTH:
            raise _too_deep(line)
        if node.tag not in (_TEXT, _NULL):
            raise _Refused(line, "a YAML tag ('!...') has no meaning in a rule", "quote the text")
        if isinstance(node, yaml.ScalarNode):
            return Scalar(node.value, node.tag == _NULL, line)
        if isinstance(node, yaml.SequenceNode):
            return Items(tuple(self._node(item, depth + 1) for item in node.value), line)
        return self.table(node, depth)

    def table(self, node: yaml.Node, depth: int) -> Table:
        nodes: dict[str, Node] = {}
        lines: dict[str, int] = {}
        for key, value in node.value:
            where = key.start_mark.line + 1
            if not isinstance(key, yaml.ScalarNode):
                raise _Refused(where, "a key must be one word")
            if key.value in nodes:
                raise _Refused(where, f"'{key.value}' stands twice, first in line {lines[key.value]}")
            nodes[key.value] = self._node(value, depth + 1)
            lines[key.value] = where
        return Table(nodes, lines, node.start_mark.line + 1)
