"""How much of a request is read."""

from __future__ import annotations

MAX_DEPTH = 32
"""Values within values; a query of twenty terms has as many."""
MESSAGE_BYTES = 65_536
"""Of one request; a long query has a few thousand."""
SEARCHED_BYTES = 8_192
"""Of a request that is searched for after a loss."""
