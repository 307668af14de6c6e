"""The YAML files that come along, as the build parsed them: the rules, and what stands in catalogs.

Rule: a file is known by its whole text, so one that was edited since is simply not known here, and parsed. What is
known lies beside this module, two lines for each file: a digest of its text, and its tree as JSON. So a file is
unpacked when it is asked for, and no other. An installation without them only starts more slowly.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from monitor.config.tree import Items, Node, Scalar, Table, plain
from monitor.model.digest import blake2b

TREES = Path(__file__).with_name("prepared.jsonl")


def prepared(text: str) -> Table | None:
    """The tree of a file with this text, if it came along."""
    packed = _trees().get(_digest(text))
    try:
        tree = None if packed is None else unpack(json.loads(packed))
    except ValueError:
        return None
    return tree if isinstance(tree, Table) else None


def prepared_data(text: str) -> dict[str, Any] | None:
    """The same as dictionaries and lists of texts; see `plain`."""
    tree = prepared(text)
    data = None if tree is None else plain(tree)
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

    return "".join(f"{_digest(text)}\n{json.dumps(pack(parse(text, refuse)))}\n" for text in texts)


def _digest(text: str) -> str:
    return blake2b(text.encode(), digest_size=16).hexdigest()


@cache
def _trees() -> Mapping[str, str]:
    """By the digest of a file's text, its tree."""
    try:
        lines = TREES.read_bytes().decode("ascii").split("\n")
    except (OSError, ValueError):
        return {}
    return dict(zip(lines[::2], lines[1::2], strict=False))  # it may be cut off


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
