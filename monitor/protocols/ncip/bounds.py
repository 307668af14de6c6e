"""How much of a message is read."""

from __future__ import annotations

DOCUMENT_BYTES = 262_144
"""Of one message; a patron's account with 300 loans has half of it."""
MAX_DEPTH = 64
"""Elements within elements; NCIP has a dozen."""
MAX_TEXT = 65_536
"""Characters kept of one element's text."""
