"""Reads one NCIP message: its service, and what it exposes of whom.

Rule: what an element holds is said once the element has ended, and where something beside it decides what it is, once
that is known: so a cut message says nothing that the whole one would not.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from monitor.model.data import DataClass
from monitor.model.events import Exposed
from monitor.model.lazy import lazy
from monitor.model.opaque import Sighting
from monitor.privacy.subjects import sighting
from monitor.protocols.ncip.elements import (
    ADDRESS,
    KEYS,
    PAIRS,
    PREVIOUS,
    meaning,
    meaning_of_address,
    meaning_of_input,
)
from monitor.protocols.ncip.events import NcipService
from monitor.protocols.ncip.walk import ANY_BYTES, Trouble, walk

ROOT = "NCIPMessage"
_VALUE = "Value"
"""NCIP 1 puts the text of many elements into one of this name within them."""
_ANSWER = "Response"
_SERVICES = {"".join(word.capitalize() for word in one.value.split("_")): one for one in NcipService}
_UNESCAPED = lazy(rb"&(?!(?:amp|lt|gt|quot|apos|#[0-9]{1,7}|#x[0-9A-Fa-f]{1,6});)|[\x01-\x08\x0b\x0c\x0e-\x1f]")
"""What XML 1.0 does not allow in text as it is (sections 2.2 and 2.4): ampersands, and most control characters."""


class Reading:
    """What was read of one document."""

    __slots__ = ("_pairs", "_patrons", "answer", "exposed", "is_ncip", "service", "trouble")

    def __init__(self) -> None:
        self.trouble: Trouble | None = None
        self.is_ncip = False
        """The root is that of an NCIP message."""
        self.service = NcipService.OTHER
        self.answer = False
        self.exposed: list[Exposed] = []
        self._patrons: dict[str, None] = {}
        self._pairs: list[dict[str, str]] = []

    @property
    def sightings(self) -> tuple[Sighting, ...]:
        """The patrons that were named, each once."""
        return tuple(sighting(one.encode("utf-8", "replace")) for one in self._patrons)

    def enter(self, path: Sequence[str], attributes: Mapping[str, str]) -> None:  # noqa: ARG002  # the visitor's
        """Take the beginning of an element (`monitor.protocols.ncip.walk.Visitor`)."""
        name = path[-1]
        if len(path) == 1:
            self.is_ncip = name == ROOT
        elif len(path) == 2 and self.is_ncip:  # noqa: PLR2004  # right below the root
            self.answer = name.endswith(_ANSWER) or name == NcipService.PROBLEM.name.capitalize()
            self.service = _SERVICES.get(name.removesuffix(_ANSWER), NcipService.OTHER)
        if name in PAIRS:
            self._pairs.append({})

    def leave(self, path: Sequence[str], text: str) -> None:
        """Take the end of an element (`Visitor`)."""
        if not self.is_ncip:
            return
        name = path[-1]
        if name in PAIRS:
            self._tell_pair(name, self._pairs.pop())
        value = text.strip()
        if not value:
            return
        if name == _VALUE and len(path) > 1:
            path = path[:-1]
            name = path[-1]
        pair = next((one for one in reversed(path[:-1]) if one in PAIRS), None)
        if pair is not None and name in PAIRS[pair]:
            self._pairs[-1].setdefault(name, value)
            return
        data_class, key = meaning(path)
        if data_class is not None:
            self.exposed.append(Exposed(data_class, key))
            if data_class is DataClass.PATRON_IDENTIFIER and PREVIOUS not in path:
                self._patrons[value] = None

    def _tell_pair(self, name: str, pair: Mapping[str, str]) -> None:
        """Tell what two elements say together."""
        holder, kind = (pair.get(one, "") for one in PAIRS[name])
        if not holder:
            return
        data_class = meaning_of_address(kind, holder) if name == ADDRESS else meaning_of_input(kind)
        self.exposed.append(Exposed(data_class, KEYS[PAIRS[name][0]]))
        if data_class is DataClass.PATRON_IDENTIFIER:
            self._patrons[holder] = None


def read_document(document: bytes, *, whole: bool) -> Reading:
    """What an XML document says, if it is an NCIP message.

    A document with bytes that its own encoding does not have is read as if they were of one that has them all: the
    names of its elements are the same in both. One that cannot be read to its end is read again with what writers most
    often forget to escape escaped; damaged it stays.

    Args:
        document: its bytes.
        whole: its end is there.
    """
    reading = _read(document, None, whole=whole)
    if reading.trouble is Trouble.DAMAGED:
        again = _read(document, ANY_BYTES, whole=whole)
        if not again.trouble:
            return again
        mended = _read(_UNESCAPED.sub(_escaped, document), ANY_BYTES, whole=whole)
        mended.trouble = Trouble.DAMAGED
        return max(reading, again, mended, key=lambda one: len(one.exposed))
    return reading


def _escaped(found: re.Match[bytes]) -> bytes:
    return b"&amp;" if found[0] == b"&" else b" "


def _read(document: bytes, encoding: str | None, *, whole: bool) -> Reading:
    reading = Reading()
    reading.trouble = walk(document, reading, whole=whole, encoding=encoding)
    return reading
