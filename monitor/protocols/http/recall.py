"""What became of heads that came before, byte by byte: programs and browsers ask the same again and again.

Rules: a head is known by a digest under the secret key of this process, and nothing is kept of one that says who a
patron is or what stands for a login; what is recalled is what reading it again would give. Heads that are in any way
unusual are read each time.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from monitor.model.named import NamedTuple
from monitor.protocols.http.events import HttpRequest
from monitor.protocols.http.framing import Body, Length
from monitor.protocols.http.signs import Signals, by_answer, by_path

if TYPE_CHECKING:
    from monitor.model.events import Output
    from monitor.protocols.http.asked import Asked
    from monitor.protocols.http.blanks import Blank
    from monitor.protocols.http.fields import Fields
    from monitor.protocols.http.request import Request

MAX_HEADS = 4_096
"""Of requests and of responses each: what some dozens of programs and pages say. About 4 MB when full; then all are
forgotten, which costs time only."""
MAX_FORMS = 1_024
"""Requests with a form; a site has some dozens, each of a few lengths. About 1 MB when full, 10 MB if made up."""
MAX_REPLIES = 16_384
"""Requests, each with the responses it got. About 5 MB when full; then, or with the requests, all are forgotten."""

CHUNKED = -1
"""In place of a length."""

_CHUNKS = Length.CHUNKS  # saves a look-up each time


class Before(NamedTuple):
    """A request that came before, without a form."""

    asked: Asked
    said: tuple[Output, ...]
    follows: Body
    signals: Signals | None
    """What its path says of the server (`signs.by_path`)."""


class Reply(NamedTuple):
    """What a response that came before says where it answers a request that came before, too."""

    asked: Asked
    """The request; it is known by its identity, so it is kept alive."""
    said: tuple[Output, ...]
    length: int
    """Bytes of its body; `CHUNKED` if chunks say how many."""
    tried: bool
    """Nobody looks at its body, unless that is a page; if not, nobody does at all."""
    is_quiet: bool
    """It says nothing of its server (`signs.by_answer`)."""
    left: int
    """How much of the body was to be skipped when it came last."""
    skipping: tuple[Output, ...]
    """`said`, and that."""


class Recall:
    """All heads that are known."""

    __slots__ = ("answers", "forms", "replies", "requests")

    def __init__(self) -> None:
        self.requests: dict[int, Before] = {}
        """By the digest of the head."""
        self.forms: dict[int, Blank] = {}
        """The same of those with a form behind it."""
        self.answers: dict[int, tuple[int, Fields]] = {}
        """Status and fields."""
        self.replies: dict[int, Reply] = {}
        """By the identity of what was asked and the digest of the head that answers it, in one number."""

    def note_request(self, head: bytes, request: Request, said: Sequence[Output], follows: Body) -> None:
        """Keep what a request came to, unless it says who asks or carries what stands for somebody."""
        if request.fields.broken or request.asked.personal or not all(isinstance(one, HttpRequest) for one in said):
            return
        if len(self.requests) >= MAX_HEADS:
            self.requests.clear()
            self.replies.clear()
        request.asked.is_recalled = True
        self.requests[hash(head)] = Before(request.asked, tuple(said), follows, by_path(head))

    def note_form(self, head: bytes, blank: Blank) -> None:
        """Keep what the head of a form came to."""
        if len(self.forms) >= MAX_FORMS:
            self.forms.clear()
        self.forms[hash(head)] = blank

    def note_answer(self, digest: int, status: int, fields: Fields) -> None:
        """Keep what the head of a response says, unless that sets a cookie."""
        if fields.new_cookies:
            return
        if len(self.answers) >= MAX_HEADS:
            self.answers.clear()
        self.answers[digest] = (status, fields)

    def note_reply(self, head: bytes, fields: Fields, asked: Asked, said: Sequence[Output], follows: Body) -> None:
        """Keep what a response came to whose head is known, if nobody looks at its body but to see if it is a page."""
        length = CHUNKED if follows.length is _CHUNKS else follows.length
        if not isinstance(length, int) or not asked.is_recalled:
            return
        if follows.wanted and (length == CHUNKED or fields.codings or not follows.glance):
            return
        if len(self.replies) >= MAX_REPLIES:
            self.replies.clear()
        if fields.is_quiet is None:
            fields.is_quiet = not by_answer(head)
        told = tuple(said)
        self.replies[id(asked) ^ hash(head)] = Reply(asked, told, length, follows.wanted, fields.is_quiet, 0, told)
