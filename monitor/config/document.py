"""Reads one YAML file into a small tree that knows its line numbers.

Rules: scalars stay text (``09`` and ``no`` mean what they look like); a key may stand once; no tags of any language;
size, depth and number of nodes are bounded, aliases counted as often as they are used. What can be read in spite of a
mistake is read, so that the others are found as well.
"""

from __future__ import annotations

import codecs
import stat
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import yaml

from monitor.config.mistakes import Mistakes, quoted

MAX_FILE_BYTES = 65_536
"""The longest shipped rule has about 4,000 bytes."""
MAX_NODES = 2_000
"""A shipped rule has about 150; keeps a file of aliases to aliases from unfolding into gigabytes."""
MAX_DEPTH = 12
"""A rule needs six levels, a configuration seven; keeps an alias to its own parent from running for ever."""

_TEXT, _NULL = "text", "null"
_NULLS = frozenset({"", "~", "null", "Null", "NULL"})
_INDICATORS = "*&!|>%@`"
"""Signs that mean something to YAML where a text begins."""
_OTHER_UNICODE = (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


class Form(NamedTuple):
    """What kind of file is read: how it begins, and its bounds. The bounds that come along are those of a rule."""

    noun: str = "file"
    opening: str = "key: value"
    max_bytes: int = MAX_FILE_BYTES
    max_nodes: int = MAX_NODES


SMALL = Form()


class Scalar(NamedTuple):
    """One word, number or text, as it stands in the file."""

    text: str
    null: bool
    line: int
    plain: bool = True
    """True when it stands without quotes or tag, so that other readers of YAML guess at its type."""


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


def read_document(path: Path, mistakes: Mistakes, form: Form = SMALL) -> Table | None:
    """The file's one mapping, or None after noting why there is none.

    A mapping with a key that stands twice, for instance, is noted and returned, with the first of the two.
    """
    try:
        text = _text(path, form)
        root = _root(text, form)
        return _Converter(lambda line, what, hint: mistakes.add(path, line, what, hint), form.max_nodes).table(root, 1)
    except _Refused as refused:
        mistakes.add(path, refused.line, refused.what, refused.hint)
    return None


def _text(path: Path, form: Form) -> str:
    try:
        mode = path.stat().st_mode
        if stat.S_ISDIR(mode):
            raise _Refused(1, "is a folder", f"name the {form.noun} in it")
        if not stat.S_ISREG(mode):  # a pipe may keep us waiting for ever, a device never end
            raise _Refused(1, "is not a regular file", f"write the {form.noun} to a file first")
        with path.open("rb") as file:
            data = file.read(form.max_bytes + 1)
    except OSError as error:
        raise _Refused(1, f"cannot be read: {error.strerror}") from None
    except ValueError:  # a null character in the path
        raise _Refused(1, "cannot be read: this is no file's name") from None
    if len(data) > form.max_bytes:
        raise _Refused(1, f"larger than {form.max_bytes} bytes", f"is this a {form.noun}?")
    if data.startswith(_OTHER_UNICODE):
        raise _Refused(1, "is UTF-16 or UTF-32 text", "save the file as UTF-8")
    if b"\0" in data:
        raise _Refused(1, "is no text", f"is this a {form.noun}? If so, save it as UTF-8")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _Refused(data.count(b"\n", 0, error.start) + 1, "not UTF-8 text", "save the file as UTF-8") from None


def _root(text: str, form: Form) -> yaml.MappingNode:
    try:
        root = yaml.compose(text, Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise _Refused(line, f"not YAML: {error.problem}", _syntax_hint(text, error)) from None
    except yaml.YAMLError as error:
        line = text.count("\n", 0, getattr(error, "position", 0)) + 1
        what = "not YAML: a character that YAML does not allow"
        raise _Refused(line, what, "save the file as plain UTF-8 text") from None
    if isinstance(root, yaml.MappingNode):
        return root
    hint = f"a {form.noun} is a mapping that begins with '{form.opening}'"
    if root is None:
        raise _Refused(1, "is empty", hint)
    what = "a list" if isinstance(root, yaml.SequenceNode) else "one text"
    raise _Refused(root.start_mark.line + 1, f"is {what}, not a mapping", hint)


def _syntax_hint(text: str, error: yaml.MarkedYAMLError) -> str:
    """What most probably went wrong, judged by the characters at which YAML stumbled."""
    lines = text.splitlines()
    for mark in (error.problem_mark, error.context_mark):
        if mark is None or mark.line >= len(lines):
            continue
        line = lines[mark.line]
        sign = line[mark.column : mark.column + 1]
        if "\t" in line[: len(line) - len(line.lstrip())]:
            return "indent with spaces, not with tabs"
        if sign and sign in _INDICATORS:
            return f"put quotes around text that begins with {sign}"
        if "::" in line:
            return "put quotes around an address that begins or ends with '::'"
        if line.startswith("---"):
            return "a file holds one document: leave out the lines of '---'"
    return "check indentation and quotes near this line"


class _Converter:
    """Turns PyYAML's nodes into ours, within the limits."""

    def __init__(self, note: Callable[[int, str, str], None], max_nodes: int) -> None:
        self._note = note
        self._max_nodes = max_nodes
        self._nodes = 0

    def _node(self, node: yaml.Node, depth: int) -> Node:
        line = node.start_mark.line + 1
        self._nodes += 1
        if self._nodes > self._max_nodes:
            raise _Refused(line, f"more than {self._max_nodes} values", "aliases count each time they are used")
        if depth > MAX_DEPTH:
            raise _too_deep(line)
        if isinstance(node, yaml.MappingNode):
            return self.table(node, depth)
        tagged = self._check_tag(node)
        if isinstance(node, yaml.SequenceNode):
            return Items(tuple(self._node(item, depth + 1) for item in node.value), line)
        plain = not tagged and isinstance(node, yaml.ScalarNode) and not node.style
        return Scalar(node.value, node.tag == _NULL, line, plain)

    def table(self, node: yaml.MappingNode, depth: int) -> Table:
        """The mapping `node`, which stands `depth` levels deep."""
        self._check_tag(node)
        nodes: dict[str, Node] = {}
        lines: dict[str, int] = {}
        for key, value in node.value:
            where = key.start_mark.line + 1
            if not isinstance(key, yaml.ScalarNode):
                self._note(where, "a key must be one word", "")
                continue
            inner = self._node(value, depth + 1)
            if key.value in nodes:
                self._note(where, f"{quoted(key.value)} stands twice, first in line {lines[key.value]}", "")
                continue
            nodes[key.value] = inner
            lines[key.value] = where
        return Table(nodes, lines, node.start_mark.line + 1)

    def _check_tag(self, node: yaml.Node) -> bool:
        tagged = node.tag not in (_TEXT, _NULL)
        if tagged:
            self._note(node.start_mark.line + 1, "a YAML tag ('!...') has no meaning here", "quote the text")
        return tagged
