"""Tells which bodies may carry a message of another protocol, at a glance.

Every request and response is asked about, so this is all that most runs load of it; `carried` reads the messages.
"""

from __future__ import annotations

from functools import lru_cache

JSON_MARK = b"fixed_fields"
"""Stands in every message of SIP2 in JSON, however the rest of it is spelled."""
ONVIF = b"www.onvif.org/ver"
"""In every namespace of ONVIF, which is SOAP."""
DEPTH = 4
"""Objects and lists around a message in JSON: gateways put an envelope or two around it."""
NODES = 64
"""Looked through for it."""
TYPES = 256
"""Types of bodies whose answer is kept; a network has some dozens."""
BLANKS = b" \t\r\n\xef\xbb\xbf"
"""What may stand ahead of a document, the mark of UTF-8 included."""
WIDE = (b"\xff\xfe", b"\xfe\xff", b"<\0", b"\0<")
"""How a document in two bytes a character begins."""

_FIRST = frozenset((*b"<", *BLANKS, *(one[0] for one in WIDE)))
_XML = frozenset((b"text/xml", b"application/xml"))
_UNSAID = frozenset((b"", b"text/plain", b"application/octet-stream"))
"""Types that programs name when they name none."""


@lru_cache(maxsize=TYPES)
def may_carry(content_type: bytes) -> bool:
    """Whether the body of a response of this type is worth a look, whatever was asked; its first bytes tell more."""
    return _kind(content_type) in _UNSAID or is_document(content_type)


def is_document(content_type: bytes) -> bool:
    """Whether a body of this type is XML."""
    kind = _kind(content_type)
    return kind in _XML or kind.endswith(b"+xml")


def is_parcel(text: bytes) -> bool:
    """Whether a body may be a message, or hold one: it begins as a document may, or has the mark of one in JSON."""
    return text[0] in _FIRST or text.find(JSON_MARK) >= 0


def _kind(content_type: bytes) -> bytes:
    return content_type.partition(b";")[0].strip().lower()
