"""Closed lists of names: to mypy the enumerations of the standard library, made with a fraction of the work.

`enum.Enum` takes some hundred calls for a class of six members, at every start: for those of this program that was a
twelfth of it. It also reads a member's name and value, and hashes it, in Python.

Rules: no two members mean the same. A value that is none of the list is refused without being said: it may come off
the wire.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator
    from enum import Enum as Enum  # noqa: PLC0414  (names to be imported from here)
    from enum import IntEnum as IntEnum  # noqa: PLC0414
else:

    class _ClosedType(type):
        """Makes the classes, and knows their members."""

        def __new__(cls, name: str, bases: tuple[type, ...], body: dict[str, Any]) -> _ClosedType:
            """Make a member of each plain value in the body of a class."""
            values = {key: body.pop(key) for key in [*body] if key[0] != "_" and not hasattr(body[key], "__get__")}
            members = body["__members__"] = {}
            by_value = body["_by_value"] = {}
            made = super().__new__(cls, name, bases, body)
            is_number, has_more = issubclass(made, int), "__init__" in body
            for key, value in values.items():
                member = int.__new__(made, value) if is_number else object.__new__(made)
                member.name, member.value = key, value
                if has_more:
                    member.__init__(*(value if isinstance(value, tuple) else (value,)))
                if by_value.setdefault(value, member) is not member:
                    raise TypeError(f"two members of {name} mean the same")
                members[key] = member
                setattr(made, key, member)
            return made

        def __call__(cls, value: object) -> Any:
            """The member of that value.

            Raises:
                ValueError: there is none.
            """
            member = cls._by_value.get(value)
            if member is None:
                raise ValueError(f"no member of {cls.__name__}")
            return member

        def __getitem__(cls, name: str) -> Any:
            return cls.__members__[name]

        def __iter__(cls) -> Iterator[Any]:
            return iter(cls.__members__.values())

        def __contains__(cls, one: object) -> bool:
            return isinstance(one, cls)

        def __len__(cls) -> int:
            return len(cls.__members__)

    class Enum(metaclass=_ClosedType):
        """Base of closed lists. What a class calls ``__init__`` is given a member's value, or what that consists of."""

        def __repr__(self) -> str:
            return f"<{type(self).__name__}.{self.name}: {self.value!r}>"

        def __str__(self) -> str:
            return f"{type(self).__name__}.{self.name}"

        def __reduce_ex__(self, _protocol: int) -> tuple[object, ...]:
            return type(self), (self.value,)

    class IntEnum(int, Enum):
        """Base of closed lists whose members are numbers, and are written as such."""

        __repr__ = Enum.__repr__
        __str__ = int.__repr__
        __reduce_ex__ = Enum.__reduce_ex__
