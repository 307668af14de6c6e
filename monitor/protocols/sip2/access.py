"""Pairs what a client asks with what the system answers, where that says who was let in: logins, and patrons' PINs.

Answers come in the order of requests (3M SIP 2.00). Where that cannot be relied on, nothing is said: a system that
announces a change of state or asks for a message again has not answered, and lost bytes may have held anything.
Rule: of an account and a PIN nothing is kept but a sighting, and that one was sent.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable
from functools import lru_cache
from itertools import product
from typing import NamedTuple

from monitor.model.data import DataClass
from monitor.model.events import Event, Output, Sighted
from monitor.model.opaque import Sighting
from monitor.privacy.subjects import account
from monitor.protocols.sip2.catalog import LAYOUTS
from monitor.protocols.sip2.events import Pin, Sip2LoginAnswer, Sip2Message, Sip2PatronAnswer

WAITING = 8
"""Requests of one flow that await their answer; clients send one at a time by the book, a pipeline has a handful."""

_LOGIN, _LOGIN_ANSWER = b"93", b"94"
_PATRON_ANSWERS = {b"23": b"24", b"63": b"64"}
_SILENT = {b"01": b"24"}
"""Requests without a PIN by the book, whose answers are like those of others."""
_UNANSWERED = frozenset({b"96", b"98"})
PAIRED = frozenset({_LOGIN, _LOGIN_ANSWER, *_PATRON_ANSWERS, *_PATRON_ANSWERS.values(), *_SILENT, *_UNANSWERED})
"""Ids of the messages that say something here."""

_BLANKS = b" \t\n\x00"
_TRAILER = re.compile(rb"(?:AY[0-9]AZ[0-9A-F]{4})?\r?\n?\Z")
_PERSONAL = frozenset(DataClass) - {
    DataClass.ACCOUNT_STATUS,
    DataClass.CREDENTIAL,
    DataClass.FREE_TEXT,
    DataClass.PATRON_IDENTIFIER,
    DataClass.STAFF_CREDENTIAL,
    DataClass.UNCLASSIFIED,
}
"""What tells of a patron more than that the card is good."""

_LOGIN_SAID = {accepted: Sip2LoginAnswer(accepted=accepted) for accepted in (False, True)}
_PATRON_SAID = {
    (pin, personal): Sip2PatronAnswer(pin=pin, personal=personal) for pin, personal in product(Pin, (False, True))
}
_VERDICTS = {b"Y": Pin.RIGHT, b"N": Pin.WRONG}

_Values = Callable[[bytes], bytes]
"""Reads the value of a field, without blanks around it; empty where there is none."""


class _Asked(NamedTuple):
    """A request that awaits its answer."""

    answer: bytes
    """Id of the message that answers it."""
    pin: bool | None
    """Whether a PIN was sent; None where none belongs."""
    account: tuple[Sighting, ...]


class Access:
    """The requests of one flow that await their answers."""

    __slots__ = ("_asked",)

    def __init__(self) -> None:
        self._asked: deque[_Asked] = deque(maxlen=WAITING)

    def forget(self) -> None:
        """What comes next answers nothing that is known."""
        self._asked.clear()

    def glance(self, line: bytes, delimiter: bytes, message: Output) -> Output | None:
        """Take a message of the usual kind, one of `PAIRED`.

        Args:
            line: all of it, with its terminator.
            delimiter: what ends its fields.
            message: what was said of it.
        """
        return self._take(line[:2], line[2:3], message, lambda name: _value(line, name, delimiter))

    def take(self, frame: bytes, fields: list[bytes], message: Output) -> Output | None:
        """Take a message that was taken apart: its bytes, and its fields that hold a value."""
        if frame[:2] not in PAIRED:
            return None
        found = {field[:2]: field[2:] for field in reversed(fields)}
        return self._take(frame[:2], frame[2:3], message, lambda name: found.get(name, b""))

    def _take(self, name: bytes, first: bytes, message: Output, value: _Values) -> Output | None:
        """What an answer says of access, if it says so; requests are remembered."""
        if name in _PATRON_ANSWERS:
            self._asked.append(_Asked(_PATRON_ANSWERS[name], value(b"AD") != b"", ()))
        elif name == _LOGIN:
            user = value(b"CN")
            self._asked.append(_Asked(_LOGIN_ANSWER, None, (account(user),) if user else ()))
        elif name in _SILENT:
            self._asked.append(_Asked(_SILENT[name], None, ()))
        elif name in _UNANSWERED:
            self._asked.clear()
        else:
            asked = self._answered(name)
            if name == _LOGIN_ANSWER:
                seen = asked.account if asked else ()
                said: Event = _LOGIN_SAID[first in (b"1", b"Y")]
                return Sighted(said, seen) if seen else said
            if asked is not None and asked.pin is not None:
                return _judged(asked.pin, value, message)
        return None

    def _answered(self, name: bytes) -> _Asked | None:
        """The request that this answers: the oldest of its kind; those before it went without an answer."""
        while self._asked:
            asked = self._asked.popleft()
            if asked.answer == name:
                return asked
        return None


def _judged(sent: bool, value: _Values, message: Output) -> Output:  # noqa: FBT001 (private)
    """What a system says of a patron it was asked about."""
    event, patrons = message if isinstance(message, Sighted) else (message, ())
    pin = _VERDICTS.get(value(b"CQ"), Pin.UNJUDGED) if sent else Pin.NOT_SENT
    said = _PATRON_SAID[pin, isinstance(event, Sip2Message) and _is_personal(event)]
    return Sighted(said, patrons) if patrons else said


@lru_cache(maxsize=512)  # the events of some dozens of shapes; each keeps its own alive
def _is_personal(event: Sip2Message) -> bool:
    return any(one.data_class in _PERSONAL for one in event.exposed)


def _value(line: bytes, name: bytes, delimiter: bytes) -> bytes:
    """The value of a field of a message of the usual kind: no value holds a delimiter."""
    layout = LAYOUTS[line[:2]]
    begin = 2 + layout.width
    at = begin if line.startswith(name, begin) else line.find(delimiter + name, begin) + 1
    if not at:
        return b""
    end = line.find(delimiter, at)
    if end < 0:
        end = _TRAILER.search(line).start()  # type: ignore[union-attr]  # the pattern matches the empty string
    return line[at + 2 : end].strip(_BLANKS)
