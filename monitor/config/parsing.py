"""Parses YAML into a tree, within bounds.

Rules: scalars stay text (``09`` and ``no`` mean what they look like); a key may stand once; no tags of any language;
depth and number of nodes are bounded, aliases counted as often as they are used. What can be read in spite of a
mistake is read, so that the others are found as well.
"""

from __future__ import annotations

from collections.abc import Callable

import yaml

from monitor.config.mistakes import quoted
from monitor.config.tree import MAX_DEPTH, SMALL, Form, Items, Node, RefusedError, Scalar, Table

_TEXT, _NULL = "text", "null"
_NULLS = frozenset({"", "~", "null", "Null", "NULL"})
_INDICATORS = "*&!|>%@`"
"""Signs that mean something to YAML where a text begins."""

Note = Callable[[int, str, str], None]
"""Takes a mistake: its line, what is wrong, and a hint."""


def parse(text: str, note: Note, form: Form = SMALL) -> Table:
    """The one mapping that `text` is. A key that stands twice, for instance, is noted, and the first of the two taken.

    Raises:
        RefusedError: it is no mapping, or out of bounds.
    """
    return _Converter(note, form.max_nodes).table(_root(text, form), 1)


def _too_deep(line: int) -> RefusedError:
    return RefusedError(line, f"nested more than {MAX_DEPTH} levels deep")


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


def _root(text: str, form: Form) -> yaml.MappingNode:
    try:
        root = yaml.compose(text, Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise RefusedError(line, f"not YAML: {error.problem}", _syntax_hint(text, error)) from None
    except yaml.YAMLError as error:
        line = text.count("\n", 0, getattr(error, "position", 0)) + 1
        what = "not YAML: a character that YAML does not allow"
        raise RefusedError(line, what, "save the file as plain UTF-8 text") from None
    if isinstance(root, yaml.MappingNode):
        return root
    hint = f"a {form.noun} is a mapping that begins with '{form.opening}'"
    if root is None:
        raise RefusedError(1, "is empty", hint)
    what = "a list" if isinstance(root, yaml.SequenceNode) else "one text"
    raise RefusedError(root.start_mark.line + 1, f"is {what}, not a mapping", hint)


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

    def __init__(self, note: Note, max_nodes: int) -> None:
        self._note = note
        self._max_nodes = max_nodes
        self._nodes = 0

    def _node(self, node: yaml.Node, depth: int) -> Node:
        line = node.start_mark.line + 1
        self._nodes += 1
        if self._nodes > self._max_nodes:
            raise RefusedError(line, f"more than {self._max_nodes} values", "aliases count each time they are used")
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
