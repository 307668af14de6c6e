"""Devices: what is known of how they make themselves known, and which ones were recognized by it.

`catalog` is what the files in ``rules/catalog/devices`` say, made ready to be asked; `book` is who was recognized.
"""
