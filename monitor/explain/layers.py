"""What may be told of one layer of a packet as tshark reads it: what it is, and which of its fields are how long.

Rule: nothing that tshark shows is passed on as it is. A word comes from a closed list of ours, or is not told; of a
value, only the length is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from monitor.model.data import DataClass
from monitor.model.lazy import lazy
from monitor.model.opaque import Label
from monitor.model.record import Record
from monitor.privacy.labels import OTHER, typed
from monitor.protocols.http.events import Method
from monitor.protocols.rtsp.events import RtspMethod
from monitor.protocols.sip2.catalog import LAYOUTS
from monitor.protocols.sip2.fields import FIELDS

Layer = Any
"""A layer as pyshark has it."""

_STATUS = lazy(r"[1-5][0-9]{2}", re.ASCII)
_HTTP_HEADERS = {
    "http.authorization": ("Authorization", DataClass.CREDENTIAL),
    "http.cookie": ("Cookie", DataClass.SESSION),
    "http.set_cookie": ("Set-Cookie", DataClass.SESSION),
    "http.request.uri.query": ("query", None),
    "http.referer": ("Referer", None),
    "http.user_agent": ("User-Agent", None),
    "http.host": ("Host", None),
    "http.content_type": ("Content-Type", None),
    "http.location": ("Location", None),
    "http.file_data": ("body", None),
}
"""Parts of HTTP that people look for, by what tshark calls them."""
_RTSP_HEADERS = {
    "rtsp.url": ("URL", None),
    "rtsp.session": ("Session", None),
    "rtsp.transport": ("Transport", None),
    "rtsp.content-type": ("Content-Type", None),
}


class Part(Record):
    """One value that stood in the clear."""

    key: Label
    data_class: DataClass | None
    """None for what says nothing of a patron by itself."""
    length: int | None = None
    """As tshark counts: bytes of SIP2, characters of others. None where it has no name for it; we keep no lengths."""


class Reading(Record):
    """One message."""

    protocol: str
    code: str
    """Id of a message, method or status."""
    title: str
    """The message in words; empty where the code says it all."""
    parts: tuple[Part, ...] = ()
    answers: int = 0
    """Frame of the request that this answers; 0 where that is not known."""
    after_ns: int = 0
    """How long after that request."""
    remarks: tuple[str, ...] = ()


def read_layers(packet: Any) -> Iterator[Reading]:
    """Every message in a packet that can be told of."""
    for layer in packet.layers:
        read = _READERS.get(layer.layer_name)
        if read is not None:
            reading = read(layer)
            if reading is not None:
                yield reading


def _sip2(layer: Layer) -> Reading:
    ident = _text(layer, "sip2.message")
    layout = LAYOUTS.get(ident.encode())
    remarks = [
        words
        for name, value, words in (
            ("sip2.checksum.status", "0", "wrong checksum"),
            ("sip2.fixed.exact", "0", "fixed part out of shape"),
        )
        if ident and _text(layer, name) == value
    ]
    parts = []
    for key, length in zip(_texts(layer, "sip2.field.id"), _texts(layer, "sip2.field.length"), strict=True):
        known = FIELDS.get(key.encode())
        if _whole(length):
            kind = DataClass.UNCLASSIFIED if known is None else known.data_class
            parts.append(Part(key=OTHER if known is None else known.key, data_class=kind, length=_whole(length)))
    title = "a message that SIP 2.00 does not define" if ident else "not a message"
    return Reading(
        protocol="sip2",
        code=ident if layout else "",
        title=layout.title if layout else title,
        parts=tuple(parts),
        answers=_number(layer, "sip2.response_to"),
        after_ns=nanoseconds(_text(layer, "sip2.time")),
        remarks=tuple(remarks),
    )


def _http(layer: Layer) -> Reading | None:
    method = _text(layer, "http.request.method")
    return _exchange("http", layer, _word(method, {one.value for one in Method}), _HTTP_HEADERS)


def _rtsp(layer: Layer) -> Reading | None:
    method = _text(layer, "rtsp.method")
    return _exchange("rtsp", layer, _word(method, {one.value for one in RtspMethod}), _RTSP_HEADERS)


def _word(method: str, known: set[str]) -> str:
    """A method, if it is one of those that are told."""
    return method.upper() if method.lower() in known else "other" if method else ""


def _exchange(
    protocol: str, layer: Layer, method: str, headers: Mapping[str, tuple[str, DataClass | None]]
) -> Reading | None:
    """A request or an answer of HTTP or of RTSP, which is made like it."""
    status = _text(layer, "http.response.code") or _text(layer, "rtsp.status")
    status = status if _STATUS.fullmatch(status) else ""
    if not (method or status):
        return None
    parts = [
        Part(key=typed(key), data_class=kind, length=len(shown))
        for name, (key, kind) in headers.items()
        for shown in _texts(layer, name)
    ]
    return Reading(
        protocol=protocol,
        code=method or status,
        title="request" if method else "answer",
        parts=tuple(part for part in parts if part.length),
        answers=_number(layer, f"{protocol}.request_in"),
        after_ns=nanoseconds(_text(layer, f"{protocol}.time")),
    )


_READERS: dict[str, Callable[[Layer], Reading | None]] = {"sip2": _sip2, "http": _http, "rtsp": _rtsp}


def _texts(layer: Layer, name: str) -> list[str]:
    """Every occurrence of a field, as it is shown."""
    found = layer.get_field(name)
    return [] if found is None else [one.show or "" for one in found.all_fields]


def _text(layer: Layer, name: str) -> str:
    return next(iter(_texts(layer, name)), "")


def _number(layer: Layer, name: str) -> int:
    return _whole(_text(layer, name))


def _whole(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() else 0


def nanoseconds(text: str) -> int:
    """Seconds with decimals, exactly; 0 for what is no such number."""
    whole, _, part = text.partition(".")
    return _whole(whole + part[:9].ljust(9, "0"))
