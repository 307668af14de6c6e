"""Reads the head of an RTSP message: what it asks or answers, and the few header fields that matter here.

Rule: values stay within the protocol's folder; what leaves is their class.
"""

from __future__ import annotations

from monitor.model.data import DataClass
from monitor.model.events import Exposed
from monitor.model.lazy import lazy
from monitor.model.named import NamedTuple
from monitor.privacy.labels import typed
from monitor.protocols.rtsp.events import Authorization, RtspMethod
from monitor.protocols.rtsp.start import METHODS

MAX_LENGTH = 10**9
"""A body of a gigabyte is no body."""

_REQUEST_LINE = lazy(rb"([A-Z][A-Z_]{2,19}) (\S+) RTSP/\d\.\d\s*\Z")
_STATUS_LINE = lazy(rb"RTSP/\d\.\d (\d{3})(?:\s|\Z)")
_USER_INFO = lazy(rb"[A-Za-z]+://([^/@\s]*)@")
_PASSWORD = lazy(rb"(?i)(?<![a-z])(?:password|passwd|pwd|pass)=([^&/?;\s]+)")
"""Where makers put a password into the address itself: ``?password=...`` and ``/user=admin&password=...``."""
_SCHEMES = {b"basic": Authorization.BASIC, b"digest": Authorization.DIGEST}
_URL, _AUTHORIZATION = typed("url"), typed("authorization")


class Head(NamedTuple):
    """One head. Of a request `method` is set, of a response `status`."""

    method: RtspMethod | None
    status: int
    url: bytes
    fields: dict[bytes, bytes]
    """By name in lower case; the first of each."""

    @property
    def sequence(self) -> bytes:
        """By which a response names its request (RFC 2326 12.17)."""
        return self.fields.get(b"cseq", b"")

    def length(self) -> int | None:
        """Bytes of the body; None where the head does not say it in a way that can be understood."""
        said = self.fields.get(b"content-length", b"0")
        if not said.isdigit() or len(said) > len(str(MAX_LENGTH)):
            return None
        length = int(said)
        return length if length <= MAX_LENGTH else None

    def authorization(self) -> Authorization:
        """How the sender says who it is."""
        said = self.fields.get(b"authorization")
        return Authorization.NONE if not said else _SCHEMES.get(said.split()[0].lower(), Authorization.OTHER)

    def exposed(self) -> tuple[Exposed, ...]:
        """Passwords in clear."""
        found = []
        word = _USER_INFO.match(self.url) or _PASSWORD.search(self.url)
        if word and word[1]:
            found.append(Exposed(DataClass.STAFF_CREDENTIAL, _URL))
        if self.authorization() is Authorization.BASIC:
            said = self.fields[b"authorization"].split(maxsplit=1)
            if len(said) > 1:
                found.append(Exposed(DataClass.STAFF_CREDENTIAL, _AUTHORIZATION))
        return tuple(found)


def read_head(text: bytes) -> Head | None:
    """Read a head, without the empty line that ends it; None if its first line is not RTSP's."""
    first, *rest = text.split(b"\n")
    request = _REQUEST_LINE.match(first)
    status = None if request else _STATUS_LINE.match(first)
    if not request and not status:
        return None
    fields: dict[bytes, bytes] = {}
    for line in rest:
        name, colon, value = line.partition(b":")
        if colon:
            fields.setdefault(name.strip().lower(), value.strip())
    return Head(
        method=METHODS.get(request[1], RtspMethod.OTHER) if request else None,
        status=int(status[1]) if status else 0,
        url=request[2] if request else b"",
        fields=fields,
    )
