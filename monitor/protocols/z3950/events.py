"""What the Z39.50 parser says: sessions that begin, searches, and oddities.

Rule: names are those of ANSI/NISO Z39.50-2003; nothing here holds a byte of a message.
"""

from __future__ import annotations

from monitor.model.closed import Enum
from monitor.model.events import Event


class Z3950Login(Event):
    """A session begins, or its client was asked who it is. It exposes what it says of itself, if anything."""


class Z3950Search(Event):
    """A search, or a look into an index."""


class Z3950Weird(Enum):
    """Oddities of a Z39.50 flow."""

    NOT_A_MESSAGE = "not_a_message"
    """Something else stood where a message was due; the next one was searched for."""
    OVERSIZE_MESSAGE = "oversize_message"
    """A request over the limit, which was passed over."""
    CUT_MESSAGE = "cut_message"
    """The flow ended or bytes were lost inside a request."""
    LOST_BYTES = "lost_bytes"
