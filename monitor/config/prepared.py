"""The YAML files that come along, as the build parsed them: the rules, and the catalog of products.

Rule: a file is known by its whole text, so one that was edited since is simply not known here, and parsed. The trees
lie beside this module, in JSON; an installation without them only starts more slowly.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

from monitor.config.tree import Items, Node, Scalar, Table

TREES = Path(__file__).with_name("prepared.json")


def prepared(text: str) -> Table | None:
    """The tree of a file with this text, if it came along."""
    packed = _trees().get(text)
    tree = None if packed is None else _unpack(packed)
    return tree if isinstance(tree, Table) else None


def prepare(texts: Iterable[str]) -> str:
    """What the build writes to `TREES`, for files with these texts.

    Raises:
        ValueError: there is a mistake in one.
        RefusedError: one cannot be parsed at all.
    """
    from monitor.config.parsing import parse  # noqa: PLC0415  (brings PyYAML, and only the build prepares)

    def refuse(line: int, what: str, _hint: str) -> None:
        raise ValueError(f"line {line}: {what}")

    return json.dumps({text: _pack(parse(text, refuse)) for text in texts}, ensure_ascii=False)


@cache
def _trees() -> dict[str, Any]:
    try:
        trees: dict[str, Any] = json.loads(TREES.read_bytes())
    except (OSError, ValueError):
        return {}
    return trees


def _pack(node: Node) -> tuple[object, ...]:
    if isinstance(node, Items):
        return ([_pack(item) for item in node.nodes], node.line)
    if isinstance(node, Table):
        return ({key: _pack(value) for key, value in node.nodes.items()}, node.lines, node.line)
    return node


def _unpack(packed: list[Any]) -> Node:
    held = packed[0]
    if isinstance(held, str):
        return Scalar._make(packed)
    if isinstance(held, list):
        return Items(tuple(map(_unpack, held)), packed[1])
    return Table({key: _unpack(value) for key, value in held.items()}, packed[1], packed[2])
