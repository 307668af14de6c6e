"""Takes a page apart, the beginning of an answer: what it calls things, what it says of them, and where its forms lead.

A page is HTML, JSON, XML or lines of text. All of them become statements, a name and a value each, in the order of the
page: a label and the text behind it, a key and its value, an element and its text, a field of a form and what stands in
it. Rules: one pass, bounded by the length of the text and by `STATEMENTS`; what is cut off at the end is left out; a
page that is broken costs what is broken only. It never fails.
"""

from __future__ import annotations

import html
import json
import re

from monitor.model.lazy import lazy
from monitor.model.named import NamedTuple
from monitor.protocols.http.forms import body_pairs
from monitor.protocols.http.markup import END, HOOKS, TAG, Markup, sums_of
from monitor.protocols.http.vocabulary import GREETED, Names, Own, names_of, spelling

STATEMENTS = 512
"""Of one page; one with all loans and a long form has some hundred."""
TEXT_CHARS = 256
"""Of a text that may be a value or a label; longer ones are prose."""

_ATTRIBUTE = lazy(
    r"([\w:.-]{1,64})\s*+=\s*+(?:\"([^\"]*+)\"|'([^']*+)'|([^\s\"'<>]++))",
)
_FIELDS = frozenset(("input", "button", "select", "textarea"))
_FILLED = frozenset(("", "text", "hidden", "email", "tel", "date", "number"))
"""Types of fields in which a page shows what it knows."""
_BREAK = frozenset(
    ("tr", "ul", "ol", "table", "form", "h1", "h2", "h3", "section", "article", "header", "footer", "nav")
)
"""Where what stood before ends."""
_LEAVE = (
    *(f"{verb}{joint}{off}" for verb in ("log", "sign") for joint in ("", " ", "-") for off in ("out", "off")),
    *("abmelden", "ausloggen", "déconnexion", "se déconnecter", "cerrar sesión", "desconectar", "logga ut", "logg ut"),
    *("log ud", "kirjaudu ulos", "uitloggen", "afmelden", "esci", "disconnetti", "terminar sessão"),
)
"""How pages call the way to log out, in lower case."""
_GREETING = lazy(
    r"(?:welcome|hello|hi|hej|hei|hallo|willkommen|bienvenue|bienvenido|benvenuto|welkom|tervetuloa|välkommen)"
    r"(?: back)?(?:, | )([^,.!?]{3,64})[,.!]?",
    re.IGNORECASE,
)
DATE = lazy(
    r"[0-9]{1,4}[-/.][0-9]{1,2}[-/.][0-9]{1,4}(?![0-9])"
    r"|[0-9]{1,2}\.? [^\W\d_]{3,9}\.? [0-9]{4}(?![0-9])|[A-Z][a-z]{2,8}\.? [0-9]{1,2}, [0-9]{4}(?![0-9])"
)
"""How pages write days."""
_SPLIT = lazy(r"\s*[:=]\s+|\s*(?<=\])=\s*|\s*:\s*\Z")


class Statement(NamedTuple):
    """What a page says."""

    name: str
    value: str


class Page(NamedTuple):
    """What is known of a page."""

    statements: list[Statement]
    encrypted: bool = False
    """A form in it asks for a password and sends it over an encrypted connection."""
    leaves: bool = False
    """Somebody is logged in: the page says how to log out."""


def take_apart(text: bytes, content_type: bytes, own: Own, *, whole: bool) -> Page:
    """Read a page.

    Args:
        text: it, unpacked, or its first bytes.
        content_type: value of that field.
        own: what the product calls things, beside what all do.
        whole: nothing is missing at the end.
    """
    if text.lstrip(b" \t\r\n\xef\xbb\xbf")[:1] in (b"{", b"["):
        pairs = body_pairs(text, b"application/json", whole=whole)
        return Page([Statement(_spelled(name), _spelled(value)) for name, value in pairs])
    is_document = b"xml" in content_type.lower() and b"xhtml" not in content_type.lower()
    reading = _Reading(names_of(own), is_document=is_document)
    end = len(text) if whole else max(text.rfind(b"<"), text.rfind(b"\n"), 0)
    written = _decoded(text[:end])
    data = written.encode()
    markup = Markup(data, sums_of(own))
    while len(reading.statements) < STATEMENTS:
        found = markup.step(reading.is_idle)
        if found == END:
            break
        if found == TAG:
            tag = data[markup.start : markup.behind].decode()
            reading.take_tag(tag.lower(), tag, data[markup.behind : markup.end].decode())
        else:
            reading.take_text(data[markup.start : markup.end].decode())
    return Page(reading.statements, reading.encrypted, reading.greets and _leaves(written))


def _leaves(written: str) -> bool:
    """Whether a page says how to log out; looking for one word after the other is far faster than a pattern here."""
    lower = written.lower()
    return any(words in lower for words in _LEAVE)


class _Reading:
    """Where a page has been read to."""

    def __init__(self, names: Names, *, is_document: bool) -> None:
        self.statements: list[Statement] = []
        self.encrypted = self.greets = False
        self._names = names
        self._is_document = is_document
        self._label = ""
        """A name that waits for its value."""
        self._to_encrypted = False
        """The form at hand leads to an encrypted connection."""

    @property
    def is_idle(self) -> bool:
        """Whether only a name can matter that comes next."""
        return not (self._label or self._is_document)

    def _known(self, text: str) -> bool:
        return spelling(text) in self._names

    def take_tag(self, tag: str, written: str, text: str) -> None:
        """Take the beginning or end of an element."""
        if tag.removeprefix("/") in _BREAK:
            self._label = ""
        if self._is_document:
            self._label = written.rpartition(":")[2] if tag[0] not in "/?!" else ""
            return
        if tag == "/form":
            self._to_encrypted = False
        if not text or tag[0] in "/?!":
            return
        given = {name.lower(): one or two or three for name, one, two, three in _ATTRIBUTE.findall(text)}
        if tag == "form":
            self._to_encrypted = given.get("action", "").lstrip().lower().startswith("https://")
        elif tag in _FIELDS:
            self._take_field(given)
        else:
            for hook in filter(given.__contains__, HOOKS):
                for word in given[hook].split() if hook == "class" else (given[hook],):
                    if self._known(word):
                        self._label = word

    def _take_field(self, given: dict[str, str]) -> None:
        kind = given.get("type", "").lower()
        value = html.unescape(given.get("value", "")).strip()
        if kind == "password":
            self.encrypted = self.encrypted or self._to_encrypted
        elif value and kind in _FILLED and len(value) <= TEXT_CHARS:
            name = given.get("name", "") or given.get("id", "")
            self.statements.append(Statement(name if self._known(name) else self._label or name, value))
        self._label = ""

    def take_text(self, text: str) -> None:
        """Take what stands between two tags; lines of their own each say something."""
        if "\n" in text.strip():
            for line in text.split("\n"):
                self._take_line(line)
        else:
            self._take_line(text)

    def _take_line(self, text: str) -> None:
        line = " ".join((html.unescape(text) if "&" in text else text).split())
        if not line or len(line) > TEXT_CHARS:
            self._label = "" if line else self._label
            return
        if self._known(line.rstrip(" :*")):
            self._label = line.rstrip(" :*")
            self.statements.append(Statement(self._label, ""))
            return
        name, *rest = _SPLIT.split(line, maxsplit=1) if ":" in line or "=" in line else (line,)
        if rest and rest[0] and self._known(name):
            self.statements.append(Statement(name, rest[0]))
        elif self._label or DATE.match(line):
            self.statements.append(Statement(self._label, line))
        else:
            greeting = _GREETING.fullmatch(line)
            if greeting is not None:
                self.statements.append(Statement(GREETED, greeting[1]))
                self.greets = True
        self._label = ""


def _spelled(text: bytes) -> str:
    """A string of JSON, its escapes resolved."""
    if b"\\" in text:
        try:
            found = json.loads(b'"' + text + b'"')
        except ValueError:
            return ""
        return found if isinstance(found, str) else ""
    return _decoded(text)


def _decoded(text: bytes) -> str:
    try:
        return text.decode("utf-8")
    except UnicodeDecodeError as error:
        # One that is cut off at the end is UTF-8 all the same.
        return text.decode("utf-8", "ignore") if error.start > len(text) - 4 else text.decode("latin-1")
