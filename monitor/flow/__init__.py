"""Flows: counting every packet, choosing payloads, reassembling TCP, dispatching to parsers."""
