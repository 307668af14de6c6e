"""How much of a conversation is read and kept."""

from __future__ import annotations

HEAD_BYTES = 16_384
"""Of one head; those of cameras stay below a kilobyte."""
SEARCH_BYTES = 16_384
"""Kept while searching; half of it holds three frames of any size that fits into a packet."""
DESCRIPTION_BYTES = 16_384
"""Read of one description; a camera's with every parameter of its coding takes two kilobytes."""
TRACKS = 16
"""Kept of one description; a camera has video, sound and metadata."""
PENDING = 16
"""Requests that wait for their answer; a recorder asks one after the other."""
FRAMES = 16
"""Interleaved frames of one sender that are looked at: enough to see that media flow."""
