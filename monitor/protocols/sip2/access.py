"""Pairs what a client asks with what the system answers, where that says who was let in: logins, and patrons' PINs.

Answers come in the order of requests (3M SIP 2.00). Where that cannot be relied on, nothing is said: a system that
announces a change of state or asks for a message again has not answered, and lost bytes may have held anything.
Rule: of an account and a PIN nothing is kept but a sighting, and that one was sent.
"""

from __future__ import annotations

import cython

from monitor.model.events import Sighted
from monitor.model.opaque import Sighting
from monitor.model.record import replace
from monitor.privacy.subjects import account
from monitor.protocols.sip2.events import Pin, Sip2LoginAnswer, Sip2Message
from monitor.protocols.sip2.survey import value

WAITING = 8
"""Requests of one flow that await their answer; clients send one at a time by the book, a pipeline has a handful."""
MAX_EVENTS = 4_096
"""Events of which is known what they say here; as many as there are shapes of messages. When full all are forgotten."""

_LOGIN, _LOGIN_ANSWER = b"93", b"94"
_QUESTIONS = {b"23": b"24", b"63": b"64"}
_NO_QUESTIONS = {b"01": b"24"}
"""Requests without a PIN by the book, whose answers are like those of others."""
_ANSWERS = frozenset(_QUESTIONS.values())
_UNANSWERED = frozenset({b"96", b"98"})
PAIRED = frozenset({_LOGIN, _LOGIN_ANSWER, *_QUESTIONS, *_NO_QUESTIONS, *_ANSWERS, *_UNANSWERED})
"""Ids of the messages that say something here."""

_BLANKS = b" \t\n\x00"
_USER, _VERDICT = b"CN", b"CQ"
_ACCEPTED = frozenset({b"1", b"Y"})
_LOGIN_SAID = {accepted: Sip2LoginAnswer(accepted=accepted) for accepted in (False, True)}


class _Told:
    """Messages that tell the same of a PIN: by the identity of each as it was read, the message with that in it."""

    __slots__ = ("_known", "_pin")

    def __init__(self, pin: Pin) -> None:
        self._pin = pin
        self._known: dict[int, tuple[Sip2Message, Sip2Message]] = {}

    def message(self, read: Sip2Message) -> Sip2Message:
        found = self._known.get(id(read))
        if found is None:
            if len(self._known) >= MAX_EVENTS:
                self._known.clear()
            found = self._known[id(read)] = read, replace(read, pin=self._pin)
        return found[1]


_NOT_SENT, _UNJUDGED = _Told(Pin.NOT_SENT), _Told(Pin.UNJUDGED)
_VERDICTS = {b"Y": _Told(Pin.RIGHT), b"N": _Told(Pin.WRONG)}
_KEPT = frozenset({*_VERDICTS, b"", None})
"""Those above, none at all, and where no PIN was sent; nothing else that an answer holds is kept."""


@cython.final
@cython.cclass
class _Asked:
    """A request that awaits its answer."""

    answer: bytes
    """Id of the message that answers it."""
    asks: cython.bint
    """Whether it asks for a patron."""
    pin: cython.bint
    """Whether a PIN was sent."""
    account: tuple[Sighting, ...]

    def __init__(self, answer: bytes, *, asks: bool, pin: bool = False, account: tuple[Sighting, ...] = ()) -> None:
        self.answer = answer
        self.asks = asks
        self.pin = pin
        self.account = account


_ASKED = {
    (name, pin): _Asked(answer, asks=True, pin=pin) for name, answer in _QUESTIONS.items() for pin in (False, True)
}
_ASKED_OTHERWISE = {name: _Asked(answer, asks=False) for name, answer in _NO_QUESTIONS.items()}


@cython.final
@cython.cclass
class Pairing:
    """What every message of one shape says here."""

    is_other: bool = cython.declare(cython.bint, visibility="readonly")
    """It is neither a question about a patron nor an answer to one."""
    message: bytes
    """Its id."""
    asks: _Asked | None
    """Of a question about a patron."""
    place: cython.int
    """Among the fields that hold a value: of the verdict on a PIN, or of the account of a login; -1 if it has none."""
    told: dict[bytes | None, Sip2Message]
    """What answers say with one of the verdicts that are `_KEPT`."""

    def __init__(self, message: bytes, names: list[bytes]) -> None:
        """Take the id of a message, and those of its fields that hold a value."""
        wanted = _USER if message == _LOGIN else _VERDICT
        self.is_other = message not in _QUESTIONS and message not in _ANSWERS
        self.message = message
        self.asks = _ASKED[message, b"AD" in names] if message in _QUESTIONS else None
        self.place = names.index(wanted) if wanted in names else -1
        self.told = {}


def pair(message: bytes, names: list[bytes]) -> Pairing | None:
    """What a message of this id says here, whose fields of these ids hold a value; None for nothing."""
    return Pairing(message, names) if message in PAIRED else None


@cython.final
@cython.cclass
class Access:
    """The requests of one flow that await their answers."""

    _asked: list[_Asked]

    def __init__(self) -> None:
        self._asked = []

    def forget(self) -> None:
        """What comes next answers nothing that is known."""
        self._asked.clear()

    def turn(self, line: bytes, start: int, mark: int, pairing: Pairing, event: Sip2Message) -> Sip2Message:
        """Take a question about a patron, or an answer, of the usual kind.

        Args:
            line: all of it, with its terminator.
            start: where its fixed part ends.
            mark: the byte that ends its fields.
            pairing: what messages of its shape say here.
            event: what they say beside that.

        Returns:
            what there is to say of it.
        """
        if pairing.asks is not None:
            self._ask(pairing.asks)
            return event
        asked: _Asked | None = self._answered(pairing.message)
        if asked is None or not asked.asks:
            return event
        verdict = None
        if asked.pin:
            verdict = value(line, start, mark, pairing.place) if pairing.place >= 0 else b""
        found = pairing.told.get(verdict)
        if found is None:
            told = _tell(asked, b"" if verdict is None else verdict.strip(_BLANKS))
            found = told.message(event)
            if verdict in _KEPT:
                pairing.told[verdict] = found
        return found

    def other(
        self, line: bytes, start: int, mark: int, pairing: Pairing, message: Sip2Message | Sighted
    ) -> tuple[Sip2Message | Sip2LoginAnswer | Sighted, ...]:
        """Take any other message of the usual kind that says something here, as `turn` does.

        Returns:
            `message`, and what there is to say beside it.
        """
        user = value(line, start, mark, pairing.place).strip(_BLANKS) if pairing.place >= 0 else b""
        return self._other(pairing.message, line[2:3], user, message)

    def take(
        self, frame: bytes, fields: list[bytes], message: Sip2Message | Sighted
    ) -> tuple[Sip2Message | Sip2LoginAnswer | Sighted, ...]:
        """Take any message: its bytes from its id on, its fields that hold a value, and what was read of it."""
        name = frame[:2]
        if name not in PAIRED:
            return (message,)
        found = {field[:2]: field[2:].strip(_BLANKS) for field in reversed(fields)}
        if name in _QUESTIONS:
            self._ask(_ASKED[name, b"AD" in found])
            return (message,)
        if name in _ANSWERS:
            asked: _Asked | None = self._answered(name)
            if asked is None or not asked.asks:
                return (message,)
            return (_judged(asked, found.get(_VERDICT, b""), message),)
        return self._other(name, frame[2:3], found.get(_USER, b""), message)

    def _other(
        self, name: bytes, said: bytes, user: bytes, message: Sip2Message | Sighted
    ) -> tuple[Sip2Message | Sip2LoginAnswer | Sighted, ...]:
        """Take what is rare; `said` is the first byte of its fixed part."""
        if name == _LOGIN_ANSWER:
            asked: _Asked | None = self._answered(name)
            answer = _LOGIN_SAID[said in _ACCEPTED]
            return message, Sighted(answer, asked.account) if asked and asked.account else answer
        if name == _LOGIN:
            self._ask(_Asked(_LOGIN_ANSWER, asks=False, account=(account(user),) if user else ()))
        elif name in _UNANSWERED:
            self._asked.clear()
        else:
            self._ask(_ASKED_OTHERWISE[name])
        return (message,)

    @cython.cfunc
    def _ask(self, asked: _Asked) -> cython.int:
        """Await an answer; the oldest of too many goes without."""
        if len(self._asked) == WAITING:
            del self._asked[0]
        self._asked.append(asked)
        return 0

    @cython.cfunc
    def _answered(self, name: bytes) -> _Asked | None:
        """The request that this answers: the oldest of its kind; those before it went without an answer."""
        asked: _Asked
        while self._asked:
            asked = self._asked[0]
            del self._asked[0]
            if asked.answer == name:
                return asked
        return None


@cython.cfunc
def _tell(asked: _Asked, verdict: bytes) -> _Told:
    """What the answer to a question about a patron says of the PIN."""
    return _VERDICTS.get(verdict, _UNJUDGED) if asked.pin else _NOT_SENT


@cython.cfunc
def _judged(asked: _Asked, verdict: bytes, message: Sip2Message | Sighted) -> Sip2Message | Sighted:
    """The answer to a question about a patron, with what it says of the PIN."""
    told = _tell(asked, verdict)
    if not isinstance(message, Sighted):
        return told.message(message)
    event, patrons = message
    return Sighted(told.message(event), patrons) if type(event) is Sip2Message else message
