"""Tuples with named fields: to others those of `typing`, made with a fraction of the work.

`typing.NamedTuple` checks and compiles every annotation and writes a constructor, for each class at every start: for
those of this program that was a tenth of it. Here such a class costs little more than any other; its constructor is
written when it turns out to have more than a few tuples.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from typing import NamedTuple as NamedTuple  # noqa: PLC0414  (a name to be imported from here)
else:
    from _collections import _tuplegetter  # reads a field in C, for `collections.namedtuple` as well
    from itertools import count

    from monitor.model.record import FEW, fill

    class _NamedType(type):
        """Makes the classes."""

        def __new__(cls, name: str, bases: tuple[type, ...], body: dict[str, Any]) -> _NamedType:
            """Take the fields from the annotations of a class."""
            (base,) = bases
            fields = (*getattr(base, "_fields", ()), *(own := body.get("__annotations__", ())))
            defaults = {field: body[field] for field in own if field in body}
            body["_field_defaults"] = {**getattr(base, "_field_defaults", {}), **defaults}
            for index, field in enumerate(fields):
                body[field] = _tuplegetter(index, "")
            body["__slots__"] = ()
            body["_fields"] = body["__match_args__"] = fields
            body["_made"] = count(1)
            return super().__new__(cls, name, bases, body)

    class NamedTuple(tuple, metaclass=_NamedType):
        """Base of all of them."""

        __slots__ = ()

        def __new__(cls, /, *values: Any, **named: Any) -> Self:
            """Stands for the constructor while a class has few tuples; whatever is unusual is left to the true one."""
            filled = None if next(cls._made) > FEW else fill(cls._fields, cls._field_defaults, values, named)
            if filled is None:
                cls.__new__ = _write_new(cls)
                return cls.__new__(cls, *values, **named)
            return tuple.__new__(cls, map(filled.__getitem__, cls._fields))

        def __repr__(self) -> str:
            shown = ", ".join(f"{name}={value!r}" for name, value in self._asdict().items())
            return f"{type(self).__name__}({shown})"

        def __getnewargs__(self) -> tuple[Any, ...]:
            return tuple(self)

        def _asdict(self) -> dict[str, Any]:
            return dict(zip(self._fields, self, strict=True))

        def _replace(self, **changes: Any) -> Self:
            return type(self)(**{**self._asdict(), **changes})

    def _write_new(kind: _NamedType) -> staticmethod:
        parameters, values = ", ".join(("_cls", *kind._fields)), "".join(f"{field}, " for field in kind._fields)
        new = eval(f"lambda {parameters}: _new(_cls, ({values}))", {"_new": tuple.__new__})  # noqa: S307  (names of ours)
        new.__name__ = new.__qualname__ = kind.__qualname__
        new.__defaults__ = tuple(kind._field_defaults.values())
        return staticmethod(new)
