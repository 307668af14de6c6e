"""By which signals of the catalog of devices a web server is known: by its answer, and by the path that it answers.

Rule: of a head its first line and three fields are looked at, and what leaves are names of signals.
"""

from __future__ import annotations

from functools import lru_cache

from monitor.devices.catalog import catalog
from monitor.devices.signal import Channel
from monitor.model.opaque import Label

PATH_BYTES = 64
"""Of a path that is compared: longer than any in the catalog."""
METHOD_BYTES = 8
"""What may stand ahead of it."""
MAX_SERVERS = 256
"""Lines in which servers name themselves; a site has some dozens."""
_ANSWERED = (b" 200", b" 401", b" 403")
"""Status of a server that has what was asked for, behind the version."""
_VERSION_BYTES = 8
_FIELDS = (b"server:", b"www-authenticate:", b"content-type:")
_NAME_BYTES = max(map(len, _FIELDS))
_TUNNEL = b"x-rtsp-tunnelled"

Signals = tuple[Label, ...]


def by_path(head: bytes) -> Signals | None:
    """What the path of a request says of the server that answers it; None if it has no path."""
    path = head[: PATH_BYTES + METHOD_BYTES].partition(b" ")[2].partition(b" ")[0]
    return catalog().answers(path) if path else None


def by_answer(head: bytes) -> Signals:
    """What an answer says of its server."""
    lines = [line.partition(b"\r")[0] for line in head.split(b"\n") if line[:_NAME_BYTES].lower().startswith(_FIELDS)]
    return _said(b"\n".join(lines))


def is_answered(head: bytes) -> bool:
    """Whether the server has what was asked for."""
    return head[_VERSION_BYTES : _VERSION_BYTES + 4] in _ANSWERED


@lru_cache(maxsize=MAX_SERVERS)
def _said(lines: bytes) -> Signals:
    """What a server says of itself."""
    known = catalog()
    found = known.said(Channel.HTTP, b"\n" + lines)
    return (*found, *known.said(Channel.RTSP, lines)) if _TUNNEL in lines else tuple(found)
