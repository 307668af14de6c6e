"""Reads what library systems say to each other inside HTTP: SIP2 in JSON or XML, and NCIP.

A page that quotes such a message is not one. Rules: SIP2 in JSON is an object with ``code``, ``fixed_fields`` and
``fields`` (SIP2Mediator) whose code is a message of SIP 2.00 and whose fixed fields or fields are those of it; SIP2 in
XML is all the text of a ``request`` or ``response`` right below the root, or the root itself (Axiell); NCIP is a
document whose root is ``NCIPMessage``. Text within a string, a page or another document is never looked at. A login
that stands in the envelope (Axiell) is accepted once a message answers it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence

from monitor.model.data import DataClass
from monitor.model.events import Exposed, Output, Sighted, Weird
from monitor.model.lazy import lazy
from monitor.model.opaque import Sighting
from monitor.privacy.labels import typed
from monitor.privacy.subjects import account
from monitor.protocols.http.events import HttpNcip, HttpSip2, HttpWeird
from monitor.protocols.http.forms import Pairs
from monitor.protocols.http.parcels import BLANKS, DEPTH, JSON_MARK, NODES, WIDE
from monitor.protocols.ncip.reading import ROOT, read_document
from monitor.protocols.ncip.walk import ANY_BYTES, Trouble, walk
from monitor.protocols.sip2.access import Access
from monitor.protocols.sip2.carried import Told, layout_of, read_parts, read_text
from monitor.protocols.sip2.events import Role, Sip2LoginAnswer, Sip2Message

_BAD_BODY = Weird(name=HttpWeird.BAD_BODY)
_COMMENT = lazy(rb"<!--.*?(?:-->|\Z)", re.DOTALL)
_ROOT = lazy(rb"<(?:[A-Za-z_][\w.-]{0,31}:)?([A-Za-z_][\w.-]{0,31})[\s/>]")
_ROOTS = {ROOT.encode(): True, **dict.fromkeys((b"sip", b"sip2", b"request", b"response"), False)}
"""Names of roots, in lower case but for the first; True for NCIP."""
_ROOT_BYTES = 2_048
_HOLDERS = frozenset(("request", "response"))
_CREDENTIALS = {name: Exposed(DataClass.STAFF_CREDENTIAL, typed(name)) for name in ("login", "password")}
_FIELD_ID = lazy(r"[A-Z][A-Z0-9]")
_ACCEPTED = Sip2LoginAnswer(accepted=True)


class CarriedPairing:
    """What the messages of one connection ask of SIP2, until they are answered."""

    __slots__ = ("access", "account")

    def __init__(self) -> None:
        self.access = Access()
        self.account: tuple[Sighting, ...] = ()
        """Of the login in the envelope of the last request; empty where there was none."""


def begins(start: bytes, *, expected: bool) -> bool:
    """Whether a body that begins so may carry something."""
    text = start.lstrip(BLANKS)
    return _root(text) is not None or (expected and text[:1] in (b"{", b"["))


def read_body(body: bytes, pairs: Pairs, pairing: CarriedPairing, *, whole: bool) -> list[Output]:
    """What a body carries, if anything.

    Args:
        body: its bytes, unpacked, or the first of them.
        pairs: its parameters, where it is a form.
        pairing: what was asked before on this connection.
        whole: nothing is missing at the end.
    """
    text = body.lstrip(BLANKS)
    root = _root(text)
    if root is not None:
        return _read_ncip(text, whole=whole) if root else _read_xml(text, pairing, whole=whole)
    if text[:1] in (b"{", b"["):
        return _read_json(text, pairing) if whole and JSON_MARK in text else []
    return [output for _, value in pairs if JSON_MARK in value for output in _read_json(value, pairing)]


def _root(text: bytes) -> bool | None:
    """Whether a document is NCIP, or SIP2 in XML; None if it is neither, or no document."""
    start = text[: 2 * _ROOT_BYTES]
    if start.startswith(WIDE):
        start = start.replace(b"\0", b"").lstrip(b"\xff\xfe")
    if not start.startswith(b"<"):
        return None
    found = _ROOT.search(_COMMENT.sub(b"", start[:_ROOT_BYTES]))
    if found is None:
        return None
    return _ROOTS.get(found[1], _ROOTS.get(found[1].lower()))


def _read_ncip(document: bytes, *, whole: bool) -> list[Output]:
    found = read_document(document, whole=whole)
    outputs: list[Output] = []
    if found.is_ncip:
        event = HttpNcip(exposed=tuple(found.exposed), service=found.service, answer=found.answer)
        outputs.append(Sighted(event, found.sightings) if found.sightings else event)
    if found.trouble is not None:
        outputs.append(_BAD_BODY)
    return outputs


class _Envelope:
    """SIP2 in XML."""

    def __init__(self, pairing: CarriedPairing) -> None:
        self.outputs: list[Output] = []
        self._pairing = pairing
        self._credentials: list[Exposed] = []

    def enter(self, path: Sequence[str], attributes: Mapping[str, str]) -> None:
        """Take the beginning of an element (`monitor.protocols.ncip.walk.Visitor`)."""
        if len(path) == 1:
            self._credentials = [one for name, one in _CREDENTIALS.items() if attributes.get(name)]
            if attributes.get("login"):
                self._pairing.account = (account(attributes["login"].encode("utf-8", "replace")),)

    def leave(self, path: Sequence[str], text: str) -> None:
        """Take the end of an element (`Visitor`)."""
        if len(path) > 2 or path[-1].lower() not in _HOLDERS:  # noqa: PLR2004  # the root, or right below it
            return
        data = text.strip().encode("utf-8", "replace")
        self.outputs += _tell(read_text(data, self._pairing.access), self._credentials, data)
        sender = next((one.sender for one in map(_fact, self.outputs) if isinstance(one, HttpSip2)), Role.SC)
        if self._pairing.account and sender is Role.ACS:
            self.outputs.append(Sighted(_ACCEPTED, self._pairing.account))
            self._pairing.account = ()
        self._credentials = []


def _read_xml(document: bytes, pairing: CarriedPairing, *, whole: bool) -> list[Output]:
    envelope = _Envelope(pairing)
    trouble = walk(document, envelope, whole=whole)
    if trouble is Trouble.DAMAGED and not envelope.outputs:
        envelope = _Envelope(pairing)
        trouble = walk(document, envelope, whole=whole, encoding=ANY_BYTES)
    return envelope.outputs if trouble is None else [*envelope.outputs, _BAD_BODY]


def _read_json(text: bytes, pairing: CarriedPairing) -> list[Output]:
    try:
        tree = json.loads(text)
    except UnicodeDecodeError:
        try:
            tree = json.loads(text.decode(ANY_BYTES))
        except (ValueError, RecursionError):
            return [_BAD_BODY]
    except (ValueError, RecursionError):
        return [_BAD_BODY]
    for node in _objects(tree):
        found = _read_object(node, pairing.access)
        if found:
            return _tell(found, [], b"")
    return []


def _objects(tree: object) -> Iterator[dict[str, object]]:
    """The objects that may be a message, outermost first."""
    level = [tree]
    seen = 0
    for _ in range(DEPTH):
        below: list[object] = []
        for node in level[: NODES - seen]:
            if isinstance(node, dict):
                yield node
                below += node.values()
            elif isinstance(node, list):
                below += node
        seen += len(level)
        level = [node for node in below if isinstance(node, dict | list)]
        if seen >= NODES:
            return


def _read_object(node: dict[str, object], access: Access) -> Told:
    code, fixed, fields = node.get("code"), node.get("fixed_fields"), node.get("fields", [])
    if not (isinstance(code, str | int) and isinstance(fixed, list) and (fields is None or isinstance(fields, list))):
        return ()
    parts = []
    for field in fields or []:
        if not isinstance(field, dict) or not all(_FIELD_ID.fullmatch(key) for key in field):
            return ()
        parts += [f"{key}{_text(value)}".encode("utf-8", "replace") for key, value in field.items()]
    opening = "".join(map(_text, fixed)).encode("utf-8", "replace")
    return read_parts(access, _text(code).encode("utf-8", "replace"), opening, parts)


def _text(value: object) -> str:
    return "" if value is None else str(value)


def _tell(found: Told, credentials: Sequence[Exposed], text: bytes) -> list[Output]:
    """Say that a message of SIP2 came in HTTP."""
    layout = layout_of(text)
    if not found and credentials and layout is not None:
        return [HttpSip2(exposed=tuple(credentials), message=layout.message, sender=layout.sender)]
    return [_carried(one, credentials) for one in found]


def _carried(told: Sip2Message | Sip2LoginAnswer | Sighted, credentials: Sequence[Exposed]) -> Output:
    event = _fact(told)
    if not isinstance(event, Sip2Message):
        return told
    carried = HttpSip2(
        exposed=(*credentials, *event.exposed),
        message=event.message,
        sender=event.sender,
        system=event.system,
        pin=event.pin,
    )
    return Sighted(carried, told.sightings) if isinstance(told, Sighted) else carried


def _fact(output: Output) -> Output:
    """What an output says, whoever it is about."""
    return output.event if isinstance(output, Sighted) else output
