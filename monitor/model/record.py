"""Records: plain data with named fields, in slots, frozen and made by keyword unless their class says otherwise.

To others they are dataclasses: to mypy, and to `dataclasses.fields`, `replace` and `is_dataclass`. A dataclass writes
six methods of its own as source text and has them compiled at every start, which for the sixty of this program was
a third of it. Records share theirs; ``__init__`` alone is written for each class, when it turns out to have more than a
few records.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from operator import attrgetter
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar, cast, dataclass_transform

if TYPE_CHECKING:
    from dataclasses import Field

FEW = 32
"""Records of a class: to make these without an initializer of its own takes less time than to write one, which is
source text that Python has to parse."""

T = TypeVar("T")


class _Factory:
    """Stands for a default that is to be made."""

    __slots__ = ("make",)
    __hash__ = None  # type: ignore[assignment]  # so that a dataclass refuses it for a default

    def __init__(self, make: Callable[[], Any]) -> None:
        self.make = make


def field(*, default_factory: Callable[[], T]) -> T:
    """A field's default that is made anew for each record."""
    return cast("T", _Factory(default_factory))


class _Layout:
    """What is known of a class of records."""

    __slots__ = ("by_keyword", "defaults", "made", "names", "read")

    def __init__(self, names: tuple[str, ...], defaults: dict[str, Any], *, by_keyword: bool) -> None:
        self.names = names
        """Of its fields, those of the base first."""
        self.defaults = defaults
        self.by_keyword = by_keyword
        self.made = 0
        """How many records were made before its initializer was written."""
        self.read = _reader(names)
        """Takes the values of all fields from a record."""


@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(field,))
class _RecordType(type):
    """Makes classes of records."""

    __layout__: _Layout

    def __new__(
        cls, name: str, bases: tuple[type, ...], body: dict[str, Any], *, frozen: bool = True, kw_only: bool = True
    ) -> _RecordType:
        """Take the fields from the annotations of a class."""
        own = tuple(one for one, hint in body.get("__annotations__", {}).items() if not hint.startswith("ClassVar"))
        defaults = {one: body.pop(one) for one in own if one in body}
        body["__slots__"] = own
        body["__init__"] = _first_init
        if not frozen:
            body.update(__setattr__=object.__setattr__, __delattr__=object.__delattr__, __hash__=None)
        made = super().__new__(cls, name, bases, body)
        base = next((one for one in bases if isinstance(one, _RecordType)), None)
        if base is not None:
            own = (*base.__layout__.names, *own)
            defaults = {**base.__layout__.defaults, **defaults}
        made.__layout__ = _Layout(own, defaults, by_keyword=kw_only)
        return made


def _reader(names: tuple[str, ...]) -> Callable[[Any], tuple[Any, ...]]:
    if len(names) > 1:
        return attrgetter(*names)
    return lambda record: tuple(getattr(record, name) for name in names)


def _first_init(record: Record, *args: Any, **values: Any) -> None:
    """Stands for ``__init__`` while a class has few records; whatever is unusual is left to the true one."""
    kind = type(record)
    layout = kind.__layout__
    layout.made += 1
    is_unusual = layout.made > FEW or (args and layout.by_keyword)
    filled = None if is_unusual else fill(layout.names, layout.defaults, args, values)
    if filled is None:
        init = _write_init(kind)
        type.__setattr__(kind, "__init__", init)
        init(record, *args, **values)
        return
    for name, value in filled.items():
        object.__setattr__(record, name, value.make() if isinstance(value, _Factory) else value)


def fill(
    names: Sequence[str], defaults: Mapping[str, Any], args: tuple[Any, ...], values: dict[str, Any]
) -> dict[str, Any] | None:
    """What each field of a class holds that is given these arguments; None where they are wrong."""
    given = {**dict(zip(names, args, strict=False)), **values} if args else values
    filled = {**defaults, **given}
    return filled if len(given) == len(args) + len(values) and filled.keys() == {*names} else None


def _write_init(kind: _RecordType) -> Callable[..., None]:
    """The initializer of a class; setting slots by their descriptors gets past what keeps records frozen."""
    layout = kind.__layout__
    room: dict[str, Any] = {"_absent": _Factory}
    parameters, lines = ["self", *["*"][: layout.by_keyword and len(layout.names)]], []
    for name in layout.names:
        parameter = value = name
        if name in layout.defaults:
            parameter, default = f"{name}=_default_{name}", layout.defaults[name]
            if isinstance(default, _Factory):
                value = f"_make_{name}() if {name} is _absent else {name}"
                room[f"_make_{name}"], default = default.make, _Factory
            room[f"_default_{name}"] = default
        room[f"_set_{name}"] = getattr(kind, name).__set__
        parameters.append(parameter)
        lines.append(f"\n    _set_{name}(self, {value})")
    source = f"def __init__({', '.join(parameters)}):{''.join(lines) or ' pass'}"
    exec(source, room)  # noqa: S102  (names of fields are ours; any other way to have this signature is much slower)
    init: Callable[..., None] = room["__init__"]
    return init


class _AsDataclass:
    """What the standard library asks a dataclass for; a true one with the same fields is made when it does."""

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    def __get__(self, record: object, kind: _RecordType) -> Any:
        return getattr(_twin(kind), self._name)


@cache
def _twin(kind: _RecordType) -> type:
    import dataclasses  # noqa: PLC0415  (brings the whole of `inspect`; a run does without)

    layout = kind.__layout__

    def describe(name: str) -> Any:
        default = layout.defaults.get(name, dataclasses.MISSING)
        if isinstance(default, _Factory):
            return dataclasses.field(default_factory=default.make)
        return dataclasses.field(default=default)

    fields = [(name, Any, describe(name)) for name in layout.names]
    return dataclasses.make_dataclass(kind.__name__, fields, frozen=bool(kind.__hash__), kw_only=layout.by_keyword)


class Record(metaclass=_RecordType):
    """Base of every record.

    ``class Point(Record)`` and annotated names, with or without defaults, are all there is to it. A class may take
    ``frozen=False`` (then its records cannot be hashed) and ``kw_only=False``.
    """

    if TYPE_CHECKING:
        __dataclass_fields__: ClassVar[dict[str, Field[Any]]]
    else:
        __dataclass_fields__ = _AsDataclass()
        __dataclass_params__ = _AsDataclass()

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"{type(self).__name__} cannot be changed")

    def __delattr__(self, name: str) -> None:
        raise AttributeError(f"{type(self).__name__} cannot be changed")

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        read = type(self).__layout__.read
        return read(self) == read(other)

    def __hash__(self) -> int:
        return hash(type(self).__layout__.read(self))

    def __repr__(self) -> str:
        shown = ", ".join(f"{name}={getattr(self, name)!r}" for name in type(self).__layout__.names)
        return f"{type(self).__qualname__}({shown})"


R = TypeVar("R", bound=Record)
"""Not bound by name: `typing` would compile that, for which Python first makes a class of each part of its syntax."""


def replace(record: R, **changes: object) -> R:
    """A record like `record` but for `changes`."""
    layout = type(record).__layout__
    return type(record)(**{**dict(zip(layout.names, layout.read(record), strict=True)), **changes})


def fields(kind: type[Record]) -> tuple[str, ...]:
    """The names of a record's fields."""
    return kind.__layout__.names
