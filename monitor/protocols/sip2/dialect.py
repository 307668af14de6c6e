"""What one flow's messages have shown of the system that answers: the byte that ends its fields, and whose it is.

Rule: whether a message is read at a glance or the long way, the same is known behind it. So what values tell is looked
at in a flow's first messages only, and in fields that exist to tell it, which are never read at a glance.
"""

from __future__ import annotations

from monitor.protocols.sip2.catalog import Layout
from monitor.protocols.sip2.events import Role, System
from monitor.protocols.sip2.message import DELIMITER, Dissection, dissect
from monitor.protocols.sip2.systems import INSTITUTION, SPEAKING, infer, infer_from_value, settle

LOOKS = 4
"""First messages of a flow with an institution whose values are looked at; the first answer is the last of them."""
_ZONE = slice(8, 12)
"""Place of the time zone in a date."""
_SIERRA_ZONE = b"0000"


class Dialect:
    """The habits of one flow."""

    __slots__ = ("delimiter", "looks", "system")

    def __init__(self) -> None:
        self.delimiter = DELIMITER
        self.system = System.UNKNOWN
        self.looks = LOOKS
        """Messages with an institution whose values are still to be looked at."""

    def read(self, frame: bytes) -> Dissection | None:
        """Take a frame apart, and learn its delimiter."""
        dissection = dissect(frame, self.delimiter)
        if dissection is not None:
            self.delimiter = dissection.delimiter
        return dissection

    def whole(self, line: bytes) -> bool:
        """True when a line is a message that lacks nothing but its terminator."""
        dissection = dissect(line, self.delimiter)
        return dissection is not None and dissection.closed

    def learn(self, found: Dissection, fields: list[bytes]) -> None:
        """Learn whose system this is from a whole message and its fields that hold a value."""
        self.system = settle(self.system, infer(field[:2] for field in fields))
        for field in fields:
            if field[:2] in SPEAKING:
                self.system = settle(self.system, infer_from_value(field[:2], field[2:]))
        institution = next((field[2:] for field in fields if field[:2] == INSTITUTION), None)
        if self.looks and found.layout is not None and institution is not None:
            self.look(found.layout, institution, found.date)

    def look(self, layout: Layout, institution: bytes, date: bytes) -> None:
        """Learn from the values of one of the first messages: the institution, and the first date, if there is one."""
        self.system = settle(self.system, infer_from_value(INSTITUTION, institution))
        answers = layout.sender is Role.ACS
        if answers and date[_ZONE] == _SIERRA_ZONE:
            self.system = settle(self.system, System.SIERRA)
        self.looks = 0 if answers else self.looks - 1
