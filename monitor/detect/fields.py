"""What a rule may ask about: the fields of an event type, found by reflection, and those of every flow.

A rule never names an address: it asks for audience, reach, zone, asset, name or port of an end.
"""

from __future__ import annotations

import sys
import types
from collections.abc import Callable, Mapping
from functools import cache
from operator import attrgetter
from typing import Any, Union, get_args, get_origin

from monitor.model.closed import Enum
from monitor.model.data import Audience, DataClass, Role
from monitor.model.events import Event
from monitor.model.flow import Leg, Reach, Side, Transport
from monitor.model.opaque import Label
from monitor.model.record import Record, field, fields


class Kind(Enum):
    """What a field holds."""

    CLASSES = "data classes"
    MEMBER = "one word of a closed list"
    MEMBERS = "words of a closed list"
    NUMBER = "a number"
    FLAG = "true or false"
    TEXT = "text"


class Field(Record):
    """One thing a rule may ask about."""

    name: str
    kind: Kind
    read: Callable[[Any], object]
    """Takes the value from the event, or from the flow when `of_flow`."""
    members: Mapping[str, Enum] = field(default_factory=dict)
    """For closed lists: what may be written, to what it means."""
    optional: bool = False
    """True when the field may be null."""
    of_flow: bool = False


@cache
def fields_of(event_type: type[Event]) -> Mapping[str, Field]:
    """Everything a rule on `event_type` may ask about. An event's own field goes before a flow's of the same name."""
    found = dict(_FLOW_FIELDS)
    for name in fields(event_type):
        described = _describe(name, _hint(event_type, name))
        if described is not None:
            found[name] = described
    return found


@cache
def members_of(words: type[Enum]) -> Mapping[str, Enum]:
    """What may be written for each member: its value, or its name in lower case."""
    found = {member.name.lower(): member for member in words}
    found.update({_written(member.value): member for member in words})
    return found


def _hint(event_type: type[Event], name: str) -> Any:
    """The type of a field. `typing.get_type_hints` does the same by compiling, which is slow to begin with."""
    owner = next(one for one in event_type.__mro__ if name in vars(one).get("__annotations__", ()))
    return eval(owner.__annotations__[name], vars(sys.modules[owner.__module__]))  # noqa: S307  (our own source)


def _written(value: object) -> str:
    return value.decode("ascii") if isinstance(value, bytes) else str(value)


def _describe(name: str, hint: Any) -> Field | None:
    if name == "exposed":
        return Field(name=name, kind=Kind.CLASSES, read=attrgetter(name), members=members_of(DataClass))
    optional = False
    if get_origin(hint) in (Union, types.UnionType):
        inner = [one for one in get_args(hint) if one is not types.NoneType]
        if len(inner) != 1:
            return None
        hint, optional = inner[0], True
    several = get_origin(hint) is tuple
    if several:
        hint = get_args(hint)[0]
    kind, members = _kind(hint, several=several)
    if kind is None:
        return None
    return Field(name=name, kind=kind, read=attrgetter(name), members=members, optional=optional)


def _kind(hint: Any, *, several: bool) -> tuple[Kind | None, Mapping[str, Enum]]:
    if not isinstance(hint, type):
        return None, {}
    if issubclass(hint, Enum):
        return Kind.MEMBERS if several else Kind.MEMBER, members_of(hint)
    if several:
        return None, {}
    if issubclass(hint, bool):
        return Kind.FLAG, {}
    if issubclass(hint, int):
        return Kind.NUMBER, {}
    return (Kind.TEXT, {}) if issubclass(hint, Label) else (None, {})


_SIDES: Mapping[str, Enum] = {one.name.lower(): one for one in Side}


def _flow_fields() -> dict[str, Field]:
    found = [
        Field(
            name="transport",
            kind=Kind.MEMBER,
            read=attrgetter("transport"),
            members={one.word: one for one in Transport},
            of_flow=True,
        ),
        Field(name="protocol", kind=Kind.TEXT, read=attrgetter("protocol"), of_flow=True),
        *(
            Field(name=name, kind=Kind.MEMBER, read=attrgetter(name), members=members, optional=True, of_flow=True)
            for name, members in (("camera", _SIDES), ("device", _SIDES), ("device_role", members_of(Role)))
        ),
        Field(name="leg", kind=Kind.MEMBER, read=attrgetter("leg"), members=members_of(Leg), of_flow=True),
        Field(name="crosses_zones", kind=Kind.FLAG, read=attrgetter("crosses_zones"), of_flow=True),
    ]
    for end in ("originator", "responder"):
        for name, kind, members in (
            ("audience", Kind.MEMBER, members_of(Audience)),
            ("reach", Kind.MEMBER, members_of(Reach)),
            ("zone", Kind.TEXT, {}),
            ("asset", Kind.TEXT, {}),
            ("name", Kind.TEXT, {}),
            ("port", Kind.NUMBER, {}),
            ("role", Kind.MEMBER, members_of(Role)),
        ):
            path = f"{end}.{name}"
            found.append(
                Field(
                    name=path,
                    kind=kind,
                    read=attrgetter(path),
                    members=members,
                    optional=name == "role",
                    of_flow=True,
                )
            )
    return {one.name: one for one in found}


_FLOW_FIELDS = _flow_fields()
FLOW_FIELDS: Mapping[str, Field] = _FLOW_FIELDS
"""Fields of `FlowView` by the name rules use."""
