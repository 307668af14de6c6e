"""The types that stand between wire bytes and people: `Raw`, `Sighting`, `HostName` and `Label`.

Rules: `Raw`, `Sighting` and `HostName` cannot be shown, compared, iterated, copied into text or pickled. `Raw.reveal()`
may be called in a protocol's folder and in `privacy/` only; `Label` may be constructed in `privacy/` only (tests hold
both).
"""

from __future__ import annotations

from typing import NoReturn

import cython


@cython.cclass
class _Unshowable:
    """Refuses every way in which Python turns a value into text or into bytes."""

    def __repr__(self) -> str:
        """Name the type and nothing else, so that a traceback or a log line stays clean."""
        return f"<{type(self).__name__}>"

    def __str__(self) -> str:
        return repr(self)

    def __format__(self, spec: str) -> str:
        return repr(self)

    def __iter__(self) -> NoReturn:
        raise TypeError(f"{type(self).__name__} cannot be iterated")

    def __bytes__(self) -> NoReturn:
        raise TypeError(f"{type(self).__name__} cannot become bytes")

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        raise TypeError(f"{type(self).__name__} cannot be pickled or copied")

    def __eq__(self, other: object) -> bool:
        return self is other

    def __hash__(self) -> int:
        return id(self)


@cython.final
@cython.cclass
class Raw(_Unshowable):
    """One value as it stood on the wire."""

    __value: bytes

    def __init__(self, value: bytes) -> None:
        self.__value = value

    def __len__(self) -> int:
        """Length in bytes."""
        return len(self.__value)

    def reveal(self) -> bytes:
        """The bytes themselves: the one door, for `protocols/` and `privacy/` only."""
        return self.__value


@cython.final
@cython.cclass
class Sighting(_Unshowable):
    """One patron or account was seen. Holds a keyed digest that only `privacy/` opens, to tell apart and count them."""

    __digest: cython.longlong

    def __init__(self, digest: cython.longlong) -> None:
        self.__digest = digest

    def reveal(self) -> cython.longlong:
        """The digest: for `privacy.subjects` and `privacy.pseudonyms` only."""
        return self.__digest


@cython.final
@cython.cclass
class HostName(_Unshowable):
    """A host name off the wire, checked and in lower case. Only `privacy.names` makes and opens it.

    Whether people may see it depends on whose it is, so it becomes a `Label` there and nowhere else.
    """

    __name: str

    def __init__(self, name: str) -> None:
        self.__name = name

    def reveal(self) -> str:
        """The name, without a dot at its end: for `privacy/` only."""
        return self.__name


class Label(str):
    """Text that may be shown: typed by the operator or an author, or a network name allowed by the naming policy."""

    __slots__ = ()
