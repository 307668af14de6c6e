"""Writes numbers, volumes, times and names so that people can read them and terminals cannot be harmed by them."""

from __future__ import annotations

import time

_UNITS = ("byte", "kB", "MB", "GB", "TB", "PB")
_STEP = 1_000
_SECOND_NS = 10**9
_MEGABIT = 1_000_000
_MARK_SIZE = 3
"""Of a list with numbers: two digits, and a period or a parenthesis."""
_STEPS = ((86_400, "day", "days"), (3_600, "h", "h"), (60, "min", "min"), (1, "s", "s"))


def make_legible(text: str) -> str:
    """One line without control, format and surrogate characters, so that no escape sequence reaches a terminal."""
    if text.isprintable():
        return str(text)
    return "".join(one if one.isprintable() else " " if one.isspace() else "?" for one in text)


def split_paragraphs(text: str) -> list[tuple[str, str]]:
    """Text as an author wrapped it, joined to paragraphs; a blank line or a list mark begins a new one.

    Returns:
        A list mark (empty for plain paragraphs) and one legible line, for each paragraph.
    """
    paragraphs: list[tuple[str, str]] = []
    fresh = True
    for raw in text.splitlines():
        line = make_legible(raw).strip()
        mark, _, rest = line.partition(" ")
        if rest and _begins_item(mark):
            paragraphs.append((mark, rest.lstrip()))
        elif line and fresh:
            paragraphs.append(("", line))
        elif line:
            mark, before = paragraphs[-1]
            paragraphs[-1] = (mark, f"{before} {line}")
        fresh = not line
    return paragraphs


def _begins_item(mark: str) -> bool:
    return mark in {"-", "*"} or (len(mark) <= _MARK_SIZE and mark[:-1].isdecimal() and mark[-1] in ".)")


def count(number: int, one: str, many: str = "") -> str:
    """``1 service``, ``17 devices``; `many` is `one` with an s unless given."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def volume(size_bytes: int) -> str:
    """Bytes in decimal units with three digits or so: ``832 bytes``, ``1.2 MB``."""
    size = float(size_bytes)
    unit = 0
    while size >= _STEP - 0.05 and unit < len(_UNITS) - 1:
        size /= _STEP
        unit += 1
    return f"{size:,.1f} {_UNITS[unit]}" if unit else count(size_bytes, _UNITS[0])


def rate(bits_per_second: int) -> str:
    """Bits a second in decimal units: ``64.0 kbit/s``, ``2.1 Mbit/s``."""
    unit, size = ("kbit/s", 1e3) if bits_per_second < _MEGABIT else ("Mbit/s", 1e6)
    return f"{bits_per_second / size:,.1f} {unit}"


def moment(at_ns: int) -> str:
    """Date and time of day in UTC, to the second."""
    return time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(at_ns // _SECOND_NS))


def span(first_ns: int, last_ns: int) -> str:
    """From when until when, in UTC, and how long that is."""
    start, end = moment(first_ns), moment(last_ns)
    if start == end:
        return f"{start} UTC"
    same_day = start[:10] == end[:10]
    return f"{start} to {end[11:] if same_day else end} UTC ({duration(last_ns - first_ns)})"


def duration(length_ns: int) -> str:
    """A length of time by its two largest units."""
    left = max(round(length_ns / _SECOND_NS), 1)
    parts: list[str] = []
    for seconds, one, many in _STEPS:
        number, rest = divmod(left, seconds)
        if number:
            parts.append(f"{number:,} {one if number == 1 else many}")
            left = rest
        if len(parts) == 2 or (parts and not left):  # noqa: PLR2004  (two units are as exact as anybody reads)
            break
    return " ".join(parts)
