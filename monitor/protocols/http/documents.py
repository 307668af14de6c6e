"""Reads the fields of an XML document, SOAP and XML-RPC included: each element with its text, each attribute.

It is the walk of NCIP that reads, which trusts a document with nothing (`monitor.protocols.ncip.walk`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from monitor.protocols.ncip.walk import ANY_BYTES, Trouble, walk

FIELDS = 256
"""Of one document; requests of library systems have a few dozen."""
_MEMBER = ("member", "name")
_DIGEST = "Digest"
"""How a type of a password ends that is none: WS-Security sends a digest in its place (UsernameToken profile 1.1)."""
_TOKEN = "Password"  # noqa: S105  (the name of an element)


class _Reader:
    """Gathers fields (`monitor.protocols.ncip.walk.Visitor`)."""

    def __init__(self) -> None:
        self.pairs: list[tuple[bytes, bytes]] = []
        self._digest = False
        self._member = ""

    def enter(self, path: Sequence[str], attributes: Mapping[str, str]) -> None:
        """Take the beginning of an element."""
        name = path[-1]
        if name == _TOKEN:
            self._digest = attributes.get("Type", "").endswith(_DIGEST)
        for key, value in attributes.items():
            self._add(key, value)

    def leave(self, path: Sequence[str], text: str) -> None:
        """Take the end of an element; what XML-RPC calls a member has its name in an element of its own."""
        name, value = path[-1], text.strip()
        if tuple(path[-2:]) == _MEMBER:
            self._member = value
        elif self._member and "member" in path and value:
            self._add(self._member, value)
            self._member = ""
        elif value and not (name == _TOKEN and self._digest):
            self._add(name, value)

    def _add(self, name: str, value: str) -> None:
        if len(self.pairs) < FIELDS:
            self.pairs.append((name.encode("utf-8", "replace"), value.encode("utf-8", "replace")))


def document_pairs(document: bytes, *, whole: bool) -> list[tuple[bytes, bytes]]:
    """Names and values of a document, or of the first part of one, in the order in which elements end."""
    reader = _Reader()
    if walk(document, reader, whole=whole) is Trouble.DAMAGED and not reader.pairs:
        reader = _Reader()
        walk(document, reader, whole=whole, encoding=ANY_BYTES)
    return reader.pairs
