"""The shapes that a single value may have: each reads itself, and describes itself as JSON Schema.

Rules: what is wrong is noted, one line a mistake, and reading goes on; nothing is corrected silently.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Protocol

from monitor.config.document import Items, Node, Scalar, Table
from monitor.config.mistakes import nearest, quoted
from monitor.config.traps import other_meaning
from monitor.model.lazy import lazy
from monitor.model.named import NamedTuple

Note = Callable[[int, str, str], None]
"""Takes a mistake: line, what is wrong, hint."""
Schema = dict[str, Any]

_WHOLE = lazy(r"0|-?[1-9][0-9]{0,17}")


class Found(NamedTuple):
    """A value with the line it stands in."""

    value: Any
    line: int


class UnfitError(ValueError):
    """A text is not what it should be. `quotes` is False where it would not be in quotes either."""

    def __init__(self, what: str, hint: str = "", *, quotes: bool = True) -> None:
        super().__init__(what)
        self.what, self.hint, self.quotes = what, hint, quotes


class Shape(Protocol):
    """How a value is written."""

    def read(self, node: Node, key: str, note: Note) -> Found | None:
        """The value that stands at `key`, or None after noting why there is none."""
        ...

    def schema(self) -> Schema:
        """The same as JSON Schema (draft 2020-12)."""
        ...


def read_scalar(node: Node, key: str, note: Note) -> Scalar | None:
    """The node itself if it is one word; else a note."""
    if isinstance(node, Items):
        note(node.line, f"'{key}' is one value, not a list", "")
    elif isinstance(node, Table):
        note(node.line, f"'{key}' is one value, not a mapping", "put quotes around text with a colon")
    elif node.null or not node.text.strip():
        note(node.line, f"'{key}' is empty", "write a value, or leave it out")
    else:
        return node
    return None


class Word(NamedTuple):
    """Text that `parse` understands."""

    parse: Callable[[str], object]
    """Raises `UnfitError`."""
    describes: Mapping[str, object] = MappingProxyType({})
    """What JSON Schema can say of it."""

    def read(self, node: Node, key: str, note: Note) -> Found | None:
        """See `Shape`."""
        scalar = read_scalar(node, key, note)
        if scalar is None:
            return None
        meaning = other_meaning(scalar)
        try:
            value = self.parse(scalar.text)
        except UnfitError as unfit:
            if meaning and unfit.quotes:
                hint = f"put quotes around it; {unfit.hint}" if unfit.hint else "put quotes around it"
                note(scalar.line, f"{unfit.what}, and YAML reads it as {meaning}", hint)
            else:
                note(scalar.line, unfit.what, unfit.hint)
            return None
        if meaning:
            what = f"'{key}' is text, but YAML reads {quoted(scalar.text)} as {meaning}"
            note(scalar.line, what, f'put quotes around it: "{scalar.text}"')
        return Found(value, scalar.line)

    def schema(self) -> Schema:
        """See `Shape`."""
        return {"type": "string", **self.describes}


class Choice(NamedTuple):
    """One word of a closed list."""

    words: Mapping[str, object]
    """What may be written, to what it means."""

    def read(self, node: Node, key: str, note: Note) -> Found | None:
        """See `Shape`."""
        scalar = read_scalar(node, key, note)
        if scalar is None:
            return None
        if scalar.text in self.words:
            return Found(self.words[scalar.text], scalar.line)
        note(scalar.line, f"'{key}' is never {quoted(scalar.text)}", nearest(scalar.text, self.words))
        return None

    def schema(self) -> Schema:
        """See `Shape`."""
        return {"enum": list(self.words)}


class Flag:
    """True or false, and no other word for them."""

    def read(self, node: Node, key: str, note: Note) -> Found | None:
        """See `Shape`."""
        scalar = read_scalar(node, key, note)
        if scalar is None:
            return None
        if scalar.plain and scalar.text in ("true", "false"):
            return Found(scalar.text == "true", scalar.line)
        note(scalar.line, f"'{key}' is true or false, not {quoted(scalar.text)}", "write true or false, without quotes")
        return None

    def schema(self) -> Schema:
        """See `Shape`."""
        return {"type": "boolean"}


class Number(NamedTuple):
    """A whole number in decimal digits."""

    least: int | None = None
    most: int | None = None

    def read(self, node: Node, key: str, note: Note) -> Found | None:
        """See `Shape`."""
        scalar = read_scalar(node, key, note)
        if scalar is None:
            return None
        if not scalar.plain or not _WHOLE.fullmatch(scalar.text):
            hint = "digits only, without quotes or leading zeros"
            note(scalar.line, f"'{key}' is a whole number, not {quoted(scalar.text)}", hint)
            return None
        number = int(scalar.text)
        if self.least is not None and number < self.least:
            note(scalar.line, f"'{key}' is at least {self.least:,}, not {number:,}", "")
            return None
        if self.most is not None and number > self.most:
            note(scalar.line, f"'{key}' is at most {self.most:,}, not {number:,}", "")
            return None
        return Found(number, scalar.line)

    def schema(self) -> Schema:
        """See `Shape`."""
        bounds = {"minimum": self.least, "maximum": self.most}
        return {"type": "integer", **{name: bound for name, bound in bounds.items() if bound is not None}}
