"""Reads the fields of a head (RFC 9112 section 5), and keeps those that matter here.

Nearly all heads are as the standard has them, and read in one compiled pass (`survey`); the others are left to llhttp.
Where that finds fault, it is asked again to bear with what servers and browsers bear with. It still stops at a line
that is no field at all; then each line is shown to it by itself, so that one bad line hides nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from monitor.model.lazy import lazy
from monitor.protocols.http.survey import WANTED, survey

MAX_FIELDS = 256
"""Lines of a broken head that are read one by one; servers refuse more than 100."""

_LINE = b"GET / HTTP/1.1\r\n"
_LENIENT = {
    "lenient_headers": True,
    "lenient_chunked_length": True,
    "lenient_keep_alive": True,
    "lenient_transfer_encoding": True,
    "lenient_version": True,
    "lenient_data_after_close": True,
    "lenient_optional_lf_after_cr": True,
    "lenient_optional_cr_before_lf": True,
}
_DIGITS = 15
"""Of a length: more bytes than anybody sends, and few enough to calculate with."""
_LENGTH = lazy(rb"0*[0-9]{1,15}(?:[ \t]*,[ \t]*0*[0-9]{1,15})*")
_LENGTHS = rb"(?:^|,)[^0-9,-]*0*([0-9]{1,15})(?![0-9])"
"""Numbers at the beginning of what commas part: the last resort."""
_CODINGS = rb"[a-z0-9-]+"
_CONTROLS = bytes((*range(9), *range(11, 13), *range(14, 32), 127))
"""What has no place in a field and is passed over, as some browsers do."""
_LINE_END = lazy(rb"(?:\r?\n|\r(?!\n))(?![ \t])")
"""Not before a blank, which goes on with the line above (RFC 9112 section 5.2)."""
_CHUNKED = b"chunked"
_NO_CODINGS = frozenset((_CHUNKED, b"identity"))
_CONTENT_LENGTH = b"content-length"
_ASKERS = (b"cookie", b"authorization", b"proxy-authorization")
"""Fields that say who asks."""
_FRAMING = (_CONTENT_LENGTH, b"transfer-encoding")


class Fields:
    """The fields of one head that matter, in the order of the wire where they are several."""

    # Defaults of the class: few heads have more than two or three of these.
    seen = 0
    """Fields of any name."""
    broken = False
    """Some lines were no fields."""
    host = b""
    content_type = b""
    referrer = b""
    """The address of the page before."""
    codings: tuple[bytes, ...] = ()
    """How the body is encoded, outermost last, chunks aside; in lower case."""
    length: int | None = None
    """Bytes of the body as stated."""
    transfer = False
    """A transfer coding is named, so that `length` does not count (RFC 9112 section 6.3)."""
    chunked = False
    """The body comes in chunks, or so it is said."""
    unclear = False
    """The length that is stated is no number."""
    disputed = False
    """The lengths that are stated do not agree: `length` is the least of them, so that no head is passed over."""
    cookies: tuple[bytes, ...] = ()
    new_cookies: tuple[bytes, ...] = ()
    authorizations: tuple[tuple[bytes, bytes], ...] = ()
    """Names of fields that carry them, in lower case, and their values."""
    is_quiet: bool | None = None
    """The head says nothing of its server (`signs.by_answer`); None as long as nobody asked."""

    def take(self, name: bytes, value: bytes) -> None:
        """Take one field."""
        self.seen += 1
        self.take_wanted(name.strip().lower(), value)

    def take_wanted(self, name: bytes, value: bytes) -> None:
        """Take one field that may matter, its name in lower case."""
        match name:
            case b"content-length":
                self._take_length(value.strip())
            case b"host":
                self.host = self.host or value.strip().lower()
            case b"content-type":
                self.content_type = value
            case b"cookie":
                self.cookies += (value,)
            case b"referer":
                self.referrer = value
            case b"set-cookie":
                self.new_cookies += (value,)
            case b"transfer-encoding":
                self.transfer = True
                codings = _codings(value)
                self.chunked = self.chunked or _CHUNKED in codings
                self.codings += tuple(coding for coding in codings if coding not in _NO_CODINGS)
            case b"content-encoding":
                codings = _codings(value)
                self.codings = (*(coding for coding in codings if coding not in _NO_CODINGS), *self.codings)
            case b"authorization" | b"proxy-authorization" as key:
                self.authorizations += ((key, value),)

    def unpack(self, body: bytes) -> bytes | None:
        """A body, or its first bytes, as it was before it was packed; None if that cannot be undone."""
        if not self.codings:
            return body
        from monitor.protocols.http.codings import unpack  # noqa: PLC0415  (few runs need it)

        return unpack(body, self.codings)

    def _take_length(self, value: bytes) -> None:
        if self.length is None and value.isdigit() and len(value) <= _DIGITS:
            self.length = int(value)
            return
        agreed = _LENGTH.fullmatch(value) is not None
        lengths = set(map(int, value.split(b",") if agreed else re.findall(_LENGTHS, value)))
        if self.length is not None:
            lengths.add(self.length)
        self.unclear = self.unclear or not lengths
        self.disputed = self.disputed or not agreed or len(lengths) > 1
        self.length = min(lengths, default=None)


class _Taker:
    """What llhttp tells its findings."""

    __slots__ = ("on_header",)

    # It asks for all of these each time, and a missing one costs an exception.
    on_body = on_chunk_complete = on_chunk_header = on_headers_complete = None
    on_message_begin = on_message_complete = on_status = on_url = None

    def __init__(self, on_header: Callable[[bytes, bytes], object]) -> None:
        self.on_header = on_header


def read_fields(head: bytes, start: int = 0) -> Fields:
    """The fields behind a first line.

    Args:
        head: its bytes; the blank line at its end may be missing: then only whole fields count.
        start: behind the first line.
    """
    fields = Fields()
    usual = survey(head, start)
    if usual is not None and _agree(usual[1]):
        fields.seen = usual[0]
        for name, value in usual[1]:
            fields.take_wanted(name, value)
        return fields
    block = head[start:]
    if _read(block, fields.take):
        return fields
    fields = Fields()
    if _read(block, fields.take, lenient=True):
        return fields
    fields = Fields()
    fields.broken = True
    for line in _LINE_END.split(block, maxsplit=MAX_FIELDS)[:-1]:
        if not _read(line + b"\r\n\r\n", fields.take, lenient=True):
            name, colon, value = line.translate(None, _CONTROLS).partition(b":")
            if colon and name.strip().lower() in WANTED:
                fields.take(name.strip(), b" ".join(value.split()))
    return fields


def read_cut_fields(head: bytes, start: int) -> Fields:
    """The fields behind a first line, as `read_fields`, of which the rest was on the wire and was not recorded.

    Of one that breaks off counts that it says who asks, and whole cookies.
    """
    end = head.rfind(b"\n") + 1
    fields = read_fields(head[:end] + b"\r\n", start)
    name, _, value = head[end:].partition(b":")
    name = name.lower()
    if value.strip() and name in _ASKERS:
        fields.take(name, value.rpartition(b";")[0] if name == b"cookie" else value.split()[0])
    return fields


def _codings(value: bytes) -> list[bytes]:
    """The names in a list, whatever stands between them."""
    return re.findall(_CODINGS, value.lower().translate(None, _CONTROLS))


def _agree(wanted: list[tuple[bytes, bytes]]) -> bool:
    """Whether what is said of the body's end is one plain word, so that llhttp would say the same."""
    said = [(name, value) for name, value in wanted if name in _FRAMING]
    if not said:
        return True
    name, value = said[0]
    plain = value.isdigit() and len(value) <= _DIGITS if name == _CONTENT_LENGTH else value.lower() == _CHUNKED
    return plain and len(said) == 1


def _read(block: bytes, take: Callable[[bytes, bytes], object], *, lenient: bool = False) -> bool:
    """Show fields to llhttp; False if it refused one of them."""
    import httptools  # noqa: PLC0415  (few runs need it)

    parser = httptools.HttpRequestParser(_Taker(take))
    if lenient:
        parser.set_dangerous_leniencies(**_LENIENT)
    try:
        parser.feed_data(_LINE + block)
    except httptools.HttpParserUpgrade:
        return True
    except httptools.HttpParserError:
        return False
    return True
