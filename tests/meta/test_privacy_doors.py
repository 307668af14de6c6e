"""What was read off the wire can be opened in two rooms only, and shown nowhere."""

from __future__ import annotations

import ast
import copy
import json
import pickle
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from monitor.model.opaque import Raw, Sighting

MARKER = b"29990000112345"
OPAQUE = Path("monitor/model/opaque.py")
PRIVACY = Path("monitor/privacy")
PROTOCOLS = Path("monitor/protocols")


@cache
def modules(repository: Path) -> list[tuple[Path, list[ast.AST]]]:
    """Every module of the package, by its path below the repository, with the nodes of its syntax tree."""
    return [
        (path.relative_to(repository), [*ast.walk(ast.parse(path.read_text("utf-8")))])
        for path in sorted((repository / "monitor").rglob("*.py"))
    ]


def named(nodes: list[ast.AST], name: str) -> Iterator[int]:
    """Lines in which `name` is used: as a name, an attribute, or a string that `getattr` could take."""
    for node in nodes:
        if (
            (isinstance(node, ast.Attribute) and node.attr == name)
            or (isinstance(node, ast.Name) and node.id == name)
            or (isinstance(node, ast.Constant) and node.value == name)
        ):
            yield node.lineno


def outside(repository: Path, name: str, *allowed: Path) -> list[str]:
    """Where `name` is used outside the files and folders that may."""
    return [
        f"{path}:{line}"
        for path, nodes in modules(repository)
        if not any(path.is_relative_to(door) for door in allowed)
        for line in named(nodes, name)
    ]


def test_values_are_opened_in_two_rooms_only(repository: Path) -> None:
    """`reveal` is for a protocol's folder and for `privacy/`."""
    assert [] == outside(repository, "reveal", PROTOCOLS, PRIVACY, OPAQUE)


@pytest.mark.parametrize("name", ["_Raw__value", "_Sighting__digest", "__value", "__digest"])
def test_nobody_climbs_through_the_window(repository: Path, name: str) -> None:
    """The private slots are not touched from elsewhere."""
    assert [] == outside(repository, name, OPAQUE)


def test_digests_of_patrons_are_opened_in_one_place(repository: Path) -> None:
    """Only the counter of patrons makes a `Sighting`, and so only it knows what the digest means."""
    made = [
        f"{path}"
        for path, nodes in modules(repository)
        for node in nodes
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Sighting"
    ]
    assert [str(PRIVACY / "subjects.py")] == made


def test_labels_are_made_in_one_room_only(repository: Path) -> None:
    """A `Label` is text that people may see, so only `privacy/` decides what becomes one."""
    made = [
        f"{path}:{node.lineno}"
        for path, nodes in modules(repository)
        if not path.is_relative_to(PRIVACY) and path != OPAQUE
        for node in nodes
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name | ast.Attribute)
        if (node.func.id if isinstance(node.func, ast.Name) else node.func.attr) == "Label"
    ]
    assert [] == made


def _in_dataclass(value: object) -> str:
    @dataclass
    class Holder:
        inside: object

    return repr(Holder(value))


def _in_traceback(value: object) -> str:
    def fail(argument: object) -> None:
        raise ValueError(f"cannot use {argument}")

    try:
        fail(value)
    except ValueError as error:
        return "".join(traceback.TracebackException.from_exception(error, capture_locals=True).format())
    raise AssertionError


def made(kind: type[Raw | Sighting]) -> Raw | Sighting:
    """One that holds `MARKER`; a sighting holds a number."""
    return Sighting(int(MARKER)) if kind is Sighting else Raw(MARKER)


@pytest.fixture(params=[Raw, Sighting])
def secret(request: pytest.FixtureRequest) -> Raw | Sighting:
    """One value that must not be seen, of either type."""
    return made(request.param)


@pytest.mark.parametrize(
    "show",
    [
        repr,
        str,
        ascii,
        "{}".format,
        "{!r:>40}".format,
        lambda value: f"{value:s}",
        lambda value: "%s %r" % (value, value),  # noqa: UP031 (this way of showing is tried too)
        lambda value: str([value, {"key": value}]),
        _in_dataclass,
        _in_traceback,
    ],
)
def test_showing_shows_the_type_only(secret: Raw | Sighting, show: Callable[[object], str]) -> None:
    """However it is turned into text, only the type's name comes out."""
    shown = show(secret)
    assert type(secret).__name__ in shown
    assert MARKER.decode() not in shown
    assert MARKER.hex() not in shown


@pytest.mark.parametrize(
    "attempt",
    [
        iter,
        list,
        bytes,
        bytearray,
        memoryview,
        int,
        float,
        pickle.dumps,
        copy.copy,
        copy.deepcopy,
        json.dumps,
        b"".join,
        vars,
        lambda value: value[0],
        lambda value: value < MARKER,
        lambda value: value + b"",
        lambda value: MARKER in value,
        lambda value: b"%b" % value,
        lambda value: setattr(value, "copy", 1),
    ],
)
def test_every_other_way_out_is_refused(secret: Raw | Sighting, attempt: Callable[[object], object]) -> None:
    """Iterating, converting, copying and pickling are refused, with an error that does not quote the value."""
    with pytest.raises((TypeError, AttributeError)) as refused:
        attempt(secret)
    assert MARKER.decode() not in str(refused.value)


def test_equal_values_do_not_compare_equal(secret: Raw | Sighting) -> None:
    """Comparing would let a guess be confirmed."""
    twin = made(type(secret))
    assert secret != twin
    assert secret != MARKER
    assert hash(secret) != hash(twin)
    assert secret == secret  # noqa: PLR0124 (it must still work as a key)
