"""What became of heads that came before, byte by byte: programs and browsers ask the same again and again.

Rules: a head is known by a digest under the secret key of this process, and nothing is kept of one that says who a
patron is or what stands for a login; what is recalled is what reading it again would give. Heads that are in any way
unusual are read each time.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from monitor.protocols.http.events import HttpRequest

if TYPE_CHECKING:
    from monitor.model.events import Output
    from monitor.protocols.http.asked import Asked
    from monitor.protocols.http.fields import Fields
    from monitor.protocols.http.framing import Body
    from monitor.protocols.http.request import Request

MAX_HEADS = 4_096
"""Of requests and of responses each: what some dozens of programs and pages say. About 4 MB when full; then all are
forgotten, which costs time only."""


class Before(NamedTuple):
    """A request that came before, without a form."""

    asked: Asked
    said: Sequence[Output]
    follows: Body


class Recall:
    """All heads that are known."""

    __slots__ = ("answers", "requests")

    def __init__(self) -> None:
        self.requests: dict[int, Before] = {}
        """By the digest of the head."""
        self.answers: dict[int, tuple[int, Fields]] = {}
        """Status and fields."""

    def note_request(self, digest: int, request: Request, said: Sequence[Output], follows: Body) -> None:
        """Keep what a request came to, unless it says who asks or carries what stands for somebody."""
        if request.fields.broken or request.asked.personal or not all(isinstance(one, HttpRequest) for one in said):
            return
        if len(self.requests) >= MAX_HEADS:
            self.requests.clear()
        self.requests[digest] = Before(request.asked, said, follows)

    def note_answer(self, digest: int, status: int, fields: Fields) -> None:
        """Keep what the head of a response says, unless that sets a cookie."""
        if fields.new_cookies:
            return
        if len(self.answers) >= MAX_HEADS:
            self.answers.clear()
        self.answers[digest] = (status, fields)
