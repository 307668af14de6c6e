"""Makes `Label` from what an author or the operator typed.

Rule: never called with anything that came off the wire; `naming` is the only other maker of labels.
"""

from __future__ import annotations

from monitor.model.opaque import Label

NOTHING = Label("")
OTHER = Label("other")
"""Key of every field that no closed list names."""


def typed(text: str) -> Label:
    """Text from a rule file, the configuration, the catalogue or this source code."""
    return Label(text)


def shown_before(text: str) -> Label:
    """Text that was a label when this program wrote it to a file of its own."""
    return Label(text)


def file_label(path: str) -> Label:
    """A path the operator typed or a folder listed, made safe to show.

    Control characters, terminal escapes, bidirectional controls, lone surrogates (bytes that are not UTF-8) and
    everything else that does not print stand as backslash escapes.
    """
    return Label("".join(_shown(character) for character in path))


def _shown(character: str) -> str:
    return character if character.isprintable() else character.encode("unicode_escape").decode("ascii")
