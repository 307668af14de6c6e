"""The YAML files that come along, as the build parsed them: the rules, and the catalog of products.

Rule: a file is known by its whole text, so one that was edited since is simply not known here, and parsed. What is
known lies beside this module, three lines of JSON for each file: its text, its tree, and the same as plain data. So a
file is unpacked when it is asked for, and no other. An installation without them only starts more slowly.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from monitor.config.tree import Items, Node, Scalar, Table, plain

TREES = Path(__file__).with_name("prepared.jsonl")


def prepared(text: str) -> Table | None:
    """The tree of a file with this text, if it came along."""
    packed = _load(text, 0)
    tree = None if packed is None else unpack(packed)
    return tree if isinstance(tree, Table) else None


def prepared_data(text: str) -> dict[str, Any] | None:
    """The same as dictionaries and lists of texts; see `plain`."""
    data = _load(text, 1)
    return data if isinstance(data, dict) else None


def prepare(texts: Iterable[str]) -> str:
    """What the build writes to `TREES`, for files with these texts.

    Raises:
        ValueError: there is a mistake in one.
        RefusedError: one cannot be parsed at all.
    """
    from monitor.config.parsing import parse  # noqa: PLC0415  (brings PyYAML, and only the build prepares)

    def refuse(line: int, what: str, _hint: str) -> None:
        raise ValueError(f"line {line}: {what}")

    trees = [(text, parse(text, refuse)) for text in texts]
    return "".join(f"{json.dumps(one)}\n" for text, tree in trees for one in (text, pack(tree), plain(tree)))


def _load(text: str, form: int) -> Any:
    packed = _lines().get(json.dumps(text).encode("ascii"))
    try:
        return None if packed is None else json.loads(packed[form].decode("ascii"))
    except ValueError:
        return None


@cache
def _lines() -> Mapping[bytes, tuple[bytes, bytes]]:
    """By a file's text, its tree and its data, all of it in JSON of ASCII only."""
    try:
        lines = TREES.read_bytes().split(b"\n")
    except OSError:
        return {}
    return dict(zip(lines[::3], zip(lines[1::3], lines[2::3], strict=False), strict=False))  # it may be cut off


def pack(node: Node) -> tuple[object, ...]:
    """One node as JSON holds it."""
    if isinstance(node, Items):
        return ([pack(item) for item in node.nodes], node.line)
    if isinstance(node, Table):
        return ({key: pack(value) for key, value in node.nodes.items()}, node.lines, node.line)
    return node


def unpack(packed: list[Any]) -> Node:
    """The node that was packed; most are scalars, which cost no call."""
    held = packed[0]
    if isinstance(held, str):
        return _scalar(Scalar, packed)
    if isinstance(held, list):
        return Items(tuple([_scalar(Scalar, one) if type(one[0]) is str else unpack(one) for one in held]), packed[1])
    nodes = {key: _scalar(Scalar, one) if type(one[0]) is str else unpack(one) for key, one in held.items()}
    return Table(nodes, packed[1], packed[2])


_scalar = tuple.__new__
