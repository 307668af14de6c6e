"""Tells SIP2 from everything else by content, on any port, from either side or both.

Every frame that is a message scores; two digits alone never do. A valid checksum proves it, and so does one message
whose dated fixed part and known fields are all in shape. What is so short that other protocols may look like it (a
login and its answer, resend requests, SC Status) needs company: another kind of message, best the answer to it.
"""

from __future__ import annotations

import re

from monitor.model.contract import Answer, Head, Verdict
from monitor.model.lazy import lazy
from monitor.protocols.sip2.catalog import LAYOUTS
from monitor.protocols.sip2.events import Checksum, Role
from monitor.protocols.sip2.message import ENOUGH_FIELDS, Dissection, strip_telnet
from monitor.protocols.sip2.preamble import LOGIN_PROMPT
from monitor.protocols.sip2.shapes import Dialect, sealed

PROOF = 4
"""Score that is enough."""
JUNK_BYTES = 64
"""Telnet negotiation and padding that may stand ahead of the first message."""
SEARCH_BYTES = 4_096
"""What is read of one end without a message before the flow is given up: the tail of a long answer, then a message."""
SEARCH_MISSES = 8
"""Lines that are no messages, beyond those that are, before a flow is given up."""
HITS_PER_MISS = 4
"""Messages that make up for a line that is none: logs and bodies that quote messages have more of other lines."""
MANY_FIELDS = 4
"""Fields, all of them known, that make up for a fixed part of nearly the right shape."""
FIELDS_PER_KNOWN = 3
"""Fields of which one must be known; systems that add many of their own keep those of the standard, too."""
ENOUGH_HINTS = 2
"""Of one end: any number of numbered lines with dates is not SIP2 yet."""
PROMPT_BYTES = 1_024
"""What is read behind a login prompt: three attempts need less, and a terminal session soon says more."""
PROMPTED_MISSES = 16
"""Lines of a banner and of three attempts to log in."""
CONTROL_BYTES = 8
"""Control bytes among the first `PROMPT_BYTES` that no text has."""

_PROVEN = 4
_SHAPED = 3
"""A dated message in strict shape with one known field; by itself not proof."""
_LIKELY = 2
_HINT = 1

_HTTP = b"HTTP/1."
_CONTROL = lazy(rb"[\x01-\x08\x0b\x0c\x0e-\x1f\x7f]")
_TYPED = lazy(
    rb"(?:\xff\xfa[^\xff]{0,60}\xff\xf0|\xff[\xfb-\xfe].){0,20}(?!SSH-)[0-9A-Za-z][!-{}~]{0,63}(?:\r|\n)", re.DOTALL
)
"""What is typed at a prompt, with the negotiation of a telnet client ahead of it; SSH says its name in such a line."""
_PROMPTS = (b"login", b"user name", b"username", b"user id", b"userid", b"password")
_PROMPT_OPENINGS = frozenset(word[:size] for word in _PROMPTS for size in range(1, len(word) + 1))
_OPENING = frozenset(message[:1] for message in LAYOUTS)
_LOGIN = LAYOUTS[b"93"]
_NO = Verdict(Answer.NO)
_YES = {is_first: Verdict(Answer.YES, 0 if is_first else 1) for is_first in (False, True)}
"""By whether the first head is that of the self-check."""
_MORE = Verdict(Answer.MORE)


def probe(heads: tuple[Head, Head], final: bool) -> Verdict:  # noqa: FBT001  # the contract's signature
    """Say whether a flow speaks SIP2 (`monitor.model.contract.Probe`)."""
    prompted = False
    if not (_may_open(heads[0]) and _may_open(heads[1])):
        prompted = _prompts(heads[0].data) or _prompts(heads[1].data) or _answers_unseen(heads)
        if not prompted:
            return _NO
    elif (sure := _sure(heads)) is not None:
        return sure
    ends = (_Evidence(heads[0], final=final), _Evidence(heads[1], final=final))
    score = ends[0].score + ends[1].score
    if ends[0].ids and ends[1].ids:
        score += _paired(ends[0], ends[1]) + _paired(ends[1], ends[0])
    if score >= PROOF and _agree(ends) and all(one.consistent(prompted=prompted) for one in ends):
        return _YES[Role.SC in ends[0].senders or Role.ACS in ends[1].senders]
    if final or any(
        _hopeless(head, one, prompted=prompted) for head, one in zip(heads, ends, strict=True) if head.data
    ):
        return _NO
    return _MORE


def _sure(heads: tuple[Head, Head]) -> Verdict | None:
    """What a first message tells that is beyond doubt, where it is all that was said; nearly every flow begins so."""
    near, far = heads
    data = near.data or far.data
    layout = None if near.data and far.data else LAYOUTS.get(sealed(data))
    if layout is None or _HTTP in data:
        return None
    return _YES[bool(near.data) is (layout.sender is Role.SC)]


class _Evidence:
    """What one end has sent so far."""

    __slots__ = ("hints", "hits", "http", "ids", "misses", "score", "senders")

    def __init__(self, head: Head, *, final: bool) -> None:
        self.hints = 0
        """Messages that say next to nothing by themselves."""
        self.hits = 0
        """Lines that are messages."""
        self.misses = 0
        """Lines that are not."""
        self.http = False
        """One of them is of HTTP, whose bodies may well quote SIP2."""
        self.score = 0
        self.ids: set[bytes] = set()
        self.senders: set[Role] = set()
        if not head.data:
            return
        dialect = Dialect()
        # Where CR ends lines, LF may stand inside values.
        lines = [strip_telnet(line) for line in head.data.split(b"\r" if b"\r" in head.data else b"\n")]
        rest = lines.pop()
        for number, line in enumerate(lines):
            if line:
                self.http = self.http or _HTTP in line
                self._count(dialect.read(line), tail=number == 0 and not head.from_start)
        last = dialect.read(rest) if rest else None
        if last is not None and (last.checksum is Checksum.OK or (final and last.closed) or _unfinished(last)):
            self._count(last, tail=False)

    def consistent(self, *, prompted: bool) -> bool:
        """This end sends messages; one line may be a slip, and few among many, or those of a login."""
        slips = PROMPTED_MISSES if prompted else 1
        return not self.http and self.misses <= max(self.hits // HITS_PER_MISS, slips)

    def _count(self, found: Dissection | None, *, tail: bool) -> None:
        if found is None or found.layout is None:
            self.misses += not tail
            return
        self.hits += 1
        worth = _worth(found)
        if worth >= _PROVEN or found.layout.id not in self.ids:
            self.hints += worth == _HINT
            self.score += worth if worth > _HINT or self.hints <= ENOUGH_HINTS else 0
        self.ids.add(found.layout.id)
        self.senders.add(found.layout.sender)


def _worth(found: Dissection) -> int:
    """What one frame says for SIP2."""
    layout, known = found.layout, found.known_fields
    if layout is None:
        return 0
    if (found.checksum is Checksum.OK or found.sums_characters) and (found.exact or known >= ENOUGH_FIELDS):
        return _PROVEN
    filled = sum(map(bool, found.pieces))
    if not found.exact:
        return _SHAPED if found.nearly_exact and known >= MANY_FIELDS and known == filled else _HINT
    if layout.weak:
        return _LIKELY if layout.width > 1 and _unmistaken(found) else _HINT
    if known >= ENOUGH_FIELDS and filled <= known * FIELDS_PER_KNOWN:
        return _PROVEN
    return _SHAPED if known else _LIKELY if layout.bare else _HINT


def _unmistaken(found: Dissection) -> bool:
    """A login with user and password, or an SC Status with nothing behind it."""
    names = {piece[:2] for piece in found.pieces if piece}
    return {b"CN", b"CO"} <= names if found.layout is _LOGIN else not names


def _unfinished(found: Dissection) -> bool:
    """A long message whose end has not come yet, but which cannot be anything else."""
    return found.exact and found.layout is not None and not found.layout.weak and found.known_fields > ENOUGH_FIELDS


def _paired(asking: _Evidence, answering: _Evidence) -> int:
    """Worth of a request on one side that is answered on the other."""
    return max((_LIKELY for message in asking.ids if LAYOUTS[message].answer in answering.ids), default=0)


def _agree(ends: tuple[_Evidence, _Evidence]) -> bool:
    """Each end sends messages of one role, and not both of the same."""
    return max(len(one.senders) for one in ends) == 1 and not ends[0].senders & ends[1].senders


def _may_open(head: Head) -> bool:
    """Whether the first bytes an end ever sent can begin SIP2; True where they are not known."""
    if not head.data or not head.from_start:
        return True
    start = strip_telnet(head.data[: JUNK_BYTES + 2])
    if not start:
        return len(head.data) <= JUNK_BYTES
    if len(start) == 1 and start in _OPENING:
        return True
    return start[:2] in LAYOUTS or start.lower() in _PROMPT_OPENINGS


def _prompts(data: bytes) -> bool:
    """Whether an end asks for a login. The words are looked for first: this meets every flow of the network."""
    start = data[:PROMPT_BYTES].lower()
    return (b"login" in start or b"user" in start or b"pass" in start) and LOGIN_PROMPT.search(start) is not None


def _answers_unseen(heads: tuple[Head, Head]) -> bool:
    """Whether an end may be answering prompts of the other, of which nothing was seen: a mirror may show one only."""
    near, far = heads
    data = near.data or far.data
    return not (near.data and far.data) and _TYPED.match(data) is not None


def _hopeless(head: Head, one: _Evidence, *, prompted: bool) -> bool:
    """Whether an end has sent enough that is no message."""
    if one.http:
        return True
    if prompted:
        return len(head.data) > PROMPT_BYTES and not one.hits
    if one.hits:
        return one.misses - one.hits > SEARCH_MISSES
    return (
        one.misses > (0 if head.from_start else SEARCH_MISSES)
        or len(head.data) > SEARCH_BYTES
        or len(_CONTROL.findall(head.data[:PROMPT_BYTES])) > CONTROL_BYTES
    )
