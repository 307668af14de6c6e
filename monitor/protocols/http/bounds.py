"""How much is unpacked of a body, and kept of a connection that does not speak HTTP/1 any more."""

from __future__ import annotations

UNPACKED_BYTES = 262_144
"""What is unpacked of a body, at each step."""
STREAMS = 128
"""Of HTTP/2, open at a time; servers allow 100 to 128 at most."""
STREAM_BYTES = 1_048_576
"""Of HTTP/2, the bodies of all open streams that are looked at: sixteen of the largest that a stream may have."""
FRAME_BYTES = 65_536
"""Of HTTP/2, a frame of fields; nearly all senders keep to 16 KiB, which every receiver must take."""
TABLE_BYTES = 65_536
"""Of HTTP/2, a table of fields that a side may ask for; browsers and servers ask for 4 to 64 KiB."""
MESSAGE_BYTES = 65_536
"""Of a WebSocket, a message that is looked at; larger ones are files."""
