"""The telnet way to log a terminal in, ahead of the first message: prompts from one end, two lines from the other.

No message 93 will tell of this credential, and the lines may look like messages (a password of ``1234`` opens with the
id of a Checkout Response). Prompts and lines are paired by their number, so it does not matter which end's bytes come
first. Where a mirror shows the client's end only, lines of one word that stand ahead of its first message are a login.
Rule: of a line nothing is kept but that it came.
"""

from __future__ import annotations

from monitor.model.data import DataClass
from monitor.model.events import Exposed
from monitor.model.flow import Side
from monitor.model.lazy import lazy
from monitor.privacy.labels import typed
from monitor.protocols.sip2.events import Sip2Login
from monitor.protocols.sip2.message import strip_leading, strip_telnet

PREAMBLE_BYTES = 512
"""Text of one line that is searched for prompts; a banner ahead of them fits."""
PREAMBLE_LINES = 16
"""Prompts and lines kept of each side: three attempts are six."""
ALONE = 8
"""Messages of one end without a byte of the other, by which the mirror has one end only: no pipeline is longer."""

LOGIN_PROMPT = lazy(rb"(?i)(?:(login|user(?: ?name| ?id)?)|pass(?:word|wd)?) ?:")
"""A prompt that asks for a user (group 1) or for a password."""

_LOGIN = Exposed(DataClass.STAFF_CREDENTIAL, typed("login"))
_PASSWORD = Exposed(DataClass.STAFF_CREDENTIAL, typed("password"))
_ATTEMPT = Sip2Login(exposed=(_LOGIN, _PASSWORD))
_LINES = 2
"""Of one attempt."""
_WORD = lazy(rb"[!-{}~]{1,64}")
"""What is typed at a prompt."""


class Preamble:
    """Prompts and lines of both sides until each has sent its first message."""

    __slots__ = ("_counted", "_heard", "_lines", "_login", "_messages", "_open", "_prompts", "_words")

    def __init__(self) -> None:
        self._prompts: tuple[list[bool], list[bool]] = ([], [])
        """Of each side, in order: True asks for a user, False for a password."""
        self._lines = [0, 0]
        """How many lines each side has sent."""
        self._counted = [0, 0]
        """Prompts of each side's unfinished line that are in `_prompts` already."""
        self._open = [True, True]
        self._heard = [False, False]
        """Whether anything came of each side."""
        self._messages = [0, 0]
        self._words = [True, True]
        """Whether all lines of each side are single words."""
        self._login: Exposed | None = None

    @property
    def over(self) -> bool:
        """Both sides have sent a message, or one so many that the other will not be seen."""
        near, far = self._messages
        heard_near, heard_far = self._heard
        return not any(self._open) or (near >= ALONE and not heard_far) or (far >= ALONE and not heard_near)

    def is_open(self, side: Side) -> bool:
        """True until `side` sends a message."""
        return self._open[side]

    def close(self, side: Side) -> None:
        """`side` has sent a message."""
        self._open[side] = False
        self._heard[side] = True
        self._messages[side] += 1

    def asked(self, side: Side) -> bool:
        """True when the other end has asked for more than `side` has typed."""
        return len(self._prompts[side.other]) > self._lines[side]

    def prompts(self, side: Side) -> bool:
        """True when `side` is the one that asks."""
        return bool(self._prompts[side])

    def unfinished(self, side: Side, text: bytearray) -> list[Sip2Login]:
        """Look for prompts in what `side` has sent since its last terminator; a prompt has none."""
        self._heard[side] = True
        start = bytes(text[:PREAMBLE_BYTES])
        if b"\xfa" in start or strip_leading(start)[:1].isdigit():
            return []  # telnet subnegotiation, whose end must be awaited; or the first part of a message
        return self._search(side, start)

    def line(self, side: Side, text: bytes) -> tuple[list[Sip2Login], bool]:
        """Take a whole line that is no message.

        Returns:
            logins that it completes, and whether the line has its place in a preamble.
        """
        self._heard[side] = True
        logins = self._search(side, text[:PREAMBLE_BYTES])
        prompted, self._counted[side] = self._counted[side] > 0, 0
        if prompted or self._prompts[side]:
            return logins, True
        if self._lines[side] >= PREAMBLE_LINES:
            return logins, False
        self._lines[side] += 1
        self._words[side] = self._words[side] and _WORD.fullmatch(strip_telnet(text)) is not None
        return logins + self._pair(side, self._lines[side] - 1), True

    def rest(self, side: Side) -> tuple[list[Sip2Login], int]:
        """End `side`: a user without a password, and how many lines nobody had asked for."""
        self._open[side] = False
        unasked = max(0, self._lines[side] - len(self._prompts[side.other]))
        self._lines[side] = 0
        logins = []
        if self._words[side] and not self._heard[side.other]:
            attempts, unasked = divmod(unasked, _LINES)
            logins += [_ATTEMPT] * attempts
        if self._login is not None:
            logins.append(Sip2Login(exposed=(self._login,)))
            self._login = None
        return logins, unasked

    def _search(self, side: Side, text: bytes) -> list[Sip2Login]:
        logins: list[Sip2Login] = []
        found = [match[1] is not None for match in LOGIN_PROMPT.finditer(text)]
        for asks_user in found[self._counted[side] :]:
            if len(self._prompts[side]) < PREAMBLE_LINES:
                self._prompts[side].append(asks_user)
                logins += self._pair(side.other, len(self._prompts[side]) - 1)
        self._counted[side] = max(self._counted[side], len(found))
        return logins

    def _pair(self, side: Side, number: int) -> list[Sip2Login]:
        """Bring together a prompt and the line of `side` that answers it, if both are there."""
        prompts = self._prompts[side.other]
        if number >= min(len(prompts), self._lines[side]):
            return []
        said = _LOGIN if prompts[number] else _PASSWORD
        before, self._login = self._login, said if prompts[number] else None
        if prompts[number]:
            return [] if before is None else [Sip2Login(exposed=(before,))]
        return [Sip2Login(exposed=(said,) if before is None else (before, said))]
