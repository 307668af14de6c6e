"""What a YAML file becomes: a small tree that knows its line numbers; and what is asked of such a file."""

from __future__ import annotations

from monitor.model.named import NamedTuple

MAX_FILE_BYTES = 65_536
"""The longest shipped rule has about 4,000 bytes."""
MAX_NODES = 2_000
"""A shipped rule has about 150; keeps a file of aliases to aliases from unfolding into gigabytes."""
MAX_DEPTH = 12
"""A rule needs six levels, a configuration seven; keeps an alias to its own parent from running for ever."""


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


class RefusedError(Exception):
    """A file is not taken. Becomes a mistake, see `document`."""

    def __init__(self, line: int, what: str, hint: str = "") -> None:
        super().__init__(what)
        self.line, self.what, self.hint = line, what, hint


def plain(node: Node) -> object:
    """The tree as lists and dictionaries of texts."""
    if isinstance(node, Table):
        return {key: plain(value) for key, value in node.nodes.items()}
    return [plain(item) for item in node.nodes] if isinstance(node, Items) else node.text
