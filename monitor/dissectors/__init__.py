"""The Wireshark dissector for SIP2, `sip2.lua`, made of the same catalog as the parser."""

from __future__ import annotations

from pathlib import Path

SIP2 = Path(__file__).with_name("sip2.lua")
"""Where it lies; people copy it into Wireshark's folder for Lua plugins, too."""
