"""No field of a finding or of a parser's event can hold free text or bytes: the types themselves are walked."""

from __future__ import annotations

import types
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, is_dataclass
from typing import Any, ClassVar, Union, get_args, get_origin, get_type_hints

import pytest

from monitor.build import name_events
from monitor.model.closed import Enum
from monitor.model.events import Event, Expect, Handoff, Sighted, SkipTo, Weird
from monitor.model.finding import Finding
from monitor.model.flow import FlowView, Traffic
from monitor.model.opaque import HostName, Label, Raw, Sighting
from monitor.model.record import fields
from monitor.protocols.registry import specs

NUMBERS = (int, float, bool, type(None))


def dirty(hint: object, where: str, clean: tuple[type, ...]) -> Iterator[str]:
    """Name every place below `hint` that could hold something else than numbers, enums and the types in `clean`."""
    if get_origin(hint) in (tuple, Mapping, Union, types.UnionType, ClassVar):
        for part in get_args(hint):
            if part is not Ellipsis:
                yield from dirty(part, where, clean)
    elif hint in NUMBERS or hint in clean or (isinstance(hint, type) and issubclass(hint, Enum)):
        return
    elif isinstance(hint, type) and (is_dataclass(hint) or hasattr(hint, "_fields")):
        for name, inner in get_type_hints(hint).items():
            yield from dirty(inner, f"{where}.{name}", clean)
    else:
        yield f"{where}: {hint}"


def kinds_of_event() -> list[type[Event]]:
    """Every subclass of `Event` that the protocols define, whether a specification lists it or not."""
    specs()
    found, waiting = [Event], Event.__subclasses__()
    while waiting:
        kind = waiting.pop()
        # Tests have toys of their own.
        if kind.__module__.startswith("monitor."):
            found.append(kind)
        waiting += kind.__subclasses__()
    return sorted(found, key=lambda kind: kind.__name__)


def test_finding_is_clean() -> None:
    """What reaches a sink holds numbers, enums and labels; not even a digest of a patron."""
    assert [] == list(dirty(Finding, "Finding", (Label,)))


def test_flow_view_is_clean() -> None:
    """What rules may know of a flow holds numbers, enums and labels; what grows with it, numbers."""
    assert [] == list(dirty(FlowView, "FlowView", (Label, Traffic)))
    assert {int} == {type(getattr(Traffic(0), name)) for name in Traffic.__slots__}


@pytest.mark.parametrize("kind", [*kinds_of_event(), Sighted, Weird, Expect, Handoff, SkipTo])
def test_output_of_parsers_is_clean(kind: type) -> None:
    """What a parser says holds numbers, enums, labels, sightings and unshowable names."""
    assert [] == list(dirty(kind, kind.__name__, (HostName, Label, Sighting)))


def test_every_event_is_listed() -> None:
    """An event that rules have no name for would escape their type check."""
    listed = {*name_events(specs()).values()}
    assert listed == set(kinds_of_event()) - {Event}


@pytest.mark.parametrize("kind", kinds_of_event())
def test_events_are_frozen(kind: type[Event]) -> None:
    """Facts do not change, and take no attribute that the type does not name."""
    fact = kind(**dict.fromkeys(fields(kind)))
    with pytest.raises(AttributeError):
        fact.exposed = ()
    assert not hasattr(fact, "__dict__")


@dataclass
class _Deep:
    numbers: tuple[int, ...]
    text: str


@pytest.mark.parametrize(
    "hint", [str, bytes, object, Any, Raw, memoryview, str | None, tuple[bytes, ...], Mapping[Label, str], _Deep, dict]
)
def test_the_walk_finds_what_is_dirty(hint: object) -> None:
    """The walk itself sees text wherever it hides."""
    assert 1 == len(list(dirty(hint, "planted", (Label,))))
