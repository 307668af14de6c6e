"""The shapes that keys of several sections share."""

from __future__ import annotations

from monitor.config.notation import MAX_NAME_CHARS, MAX_USER_CHARS, parse_name, parse_path, parse_reference, parse_user
from monitor.config.shapes import Choice, Word
from monitor.config.structures import Key, Section
from monitor.model.closed import Enum


def choice(words: type[Enum]) -> Choice:
    """One of the words of an enumeration."""
    return Choice({one.value: one for one in words})


NAME = Word(parse_name, {"minLength": 1, "maxLength": MAX_NAME_CHARS})
REFERENCE = Word(parse_reference, {"minLength": 1})

FILE = Word(parse_path, {"minLength": 1})


BASIC_AUTH = Section(
    (
        Key(
            name="user",
            shape=Word(parse_user, {"minLength": 1, "maxLength": MAX_USER_CHARS}),
            says="who may ask",
            required=True,
        ),
        Key(name="password_file", shape=FILE, says="file with the password and nothing else", required=True),
    )
)
