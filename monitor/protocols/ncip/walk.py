"""Walks through an XML document, element by element, and trusts it with nothing.

Expat of the standard library reads it. Rules: what declares entities is not read at all, so nothing can grow (the idea
of defusedxml); nothing is fetched, for no handler that could is set; depth and text are bounded here, size by callers.
Names are given without their prefix: namespaces and prefixes differ from system to system, the names do not.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol
from xml.parsers import expat

from monitor.model.closed import Enum
from monitor.protocols.ncip.bounds import MAX_DEPTH, MAX_TEXT

ANY_BYTES = "iso-8859-1"
"""An encoding in which all bytes are characters."""


class Trouble(Enum):
    """Why a walk ended early."""

    DAMAGED = "damaged"
    FORBIDDEN = "forbidden"
    DEEP = "deep"


class Visitor(Protocol):
    """Who is told of elements."""

    def enter(self, path: Sequence[str], attributes: Mapping[str, str]) -> None:
        """An element begins; `path` leads from the root to it. Names of attributes have no prefix either."""
        ...

    def leave(self, path: Sequence[str], text: str) -> None:
        """An element ends; `text` is its own, without that of elements within it."""
        ...


class _ForbiddenError(Exception):
    """A document declares what it may not."""


class _DeepError(Exception):
    """Too many elements within elements."""


def walk(document: bytes, visitor: Visitor, *, whole: bool, encoding: str | None = None) -> Trouble | None:
    """Tell a visitor of every element, as far as the document can be read.

    Args:
        document: its bytes.
        visitor: is told.
        whole: the end is there; else that it is missing is no trouble.
        encoding: the one to use in place of the one that the document names.
    """
    steps = _Steps(visitor)
    parser = expat.ParserCreate(encoding)
    parser.buffer_text = True
    parser.StartElementHandler = steps.start
    parser.EndElementHandler = steps.end
    parser.CharacterDataHandler = steps.text
    parser.StartDoctypeDeclHandler = _refuse_subset
    parser.EntityDeclHandler = _refuse
    try:
        parser.Parse(document, whole)
    except _ForbiddenError:
        return Trouble.FORBIDDEN
    except _DeepError:
        return Trouble.DEEP
    except (expat.ExpatError, ValueError, LookupError):  # the latter two for encodings that nobody knows
        return Trouble.DAMAGED
    return None


class _Steps:
    """Where a walk is."""

    __slots__ = ("_path", "_texts", "_visitor")

    def __init__(self, visitor: Visitor) -> None:
        self._visitor = visitor
        self._path: list[str] = []
        self._texts: list[str] = []

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if len(self._path) >= MAX_DEPTH:
            raise _DeepError
        self._path.append(_local(name))
        self._texts.append("")
        self._visitor.enter(self._path, {_local(one): value for one, value in attributes.items()})

    def end(self, _name: str) -> None:
        self._visitor.leave(self._path, self._texts.pop())
        self._path.pop()

    def text(self, data: str) -> None:
        kept = self._texts[-1]
        if len(kept) < MAX_TEXT:
            self._texts[-1] = kept + data if kept else data


def _local(name: str) -> str:
    return name.rpartition(":")[2]


def _refuse_subset(_name: str, _system: str | None, _public: str | None, has_subset: int) -> None:
    """NCIP 1 names its document type, which is fine; one that is brought along is not."""
    if has_subset:
        raise _ForbiddenError


def _refuse(*_: object) -> None:
    raise _ForbiddenError
