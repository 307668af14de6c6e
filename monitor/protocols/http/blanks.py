"""Forms whose heads came before, byte by byte: each is filled in anew, and only that is read.

What the names of its parameters say is worked out once, too. Rules: nothing is kept of a head that says anything at all
of who asks, as cookies and query strings do; names are known by a digest under the secret key of this process, and of
values nothing is kept. Compiled; uncompiled it does the same.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

import cython

from monitor.model.events import Output, Sighted
from monitor.model.named import NamedTuple
from monitor.model.opaque import Label, Sighting
from monitor.protocols.http.asked import Asked
from monitor.protocols.http.company import Company
from monitor.protocols.http.fields import Fields
from monitor.protocols.http.forms import Pairs, body_pairs, is_multipart, is_urlencoded, plain_pairs, unfolded
from monitor.protocols.http.lines import first_line
from monitor.protocols.http.parcels import JSON_MARK, ONVIF, is_parcel
from monitor.protocols.http.request import Request
from monitor.protocols.http.services import SRU_WORD
from monitor.protocols.http.signs import Signals, by_path

if TYPE_CHECKING:
    from monitor.protocols.http.catalog import Catalog, Product

MAX_SHAPES = 4
"""Of one form; at one address there are a handful."""
MAX_NAMES = 32
"""Of a form whose names are known."""


class Shape(NamedTuple):
    """What the names in a form say, where all of it is filled in."""

    explained: list[tuple[Label, int]]
    """Key of each, and what it says, as of `Parameters`."""
    company: Company
    told: dict[tuple[int, ...], tuple[Output, tuple[Output, ...], Asked]]
    """By what its values are (`Company.judge`): what it exposes, what else there is to say, and what was asked."""


@cython.final
@cython.cclass
class Blank:
    """One form."""

    fields: Fields = cython.declare(object, visibility="readonly")
    signals: Signals | None = cython.declare(object, visibility="readonly")
    """What its path says of the server (`signs.by_path`)."""
    _catalog: Catalog
    _method: bytes
    _target: bytes
    _length: cython.longlong
    """Bytes of what is filled in."""
    _is_urlencoded: cython.bint
    _shapes: dict[int, Shape]
    """By the digest of the names."""
    _asked: dict[tuple[Product | None, bool, bool], Asked]
    """What answers are asked about, by whose the form is, whether it logs in, and whether it says who asks."""

    def __init__(self, line: re.Match[bytes], fields: Fields, catalog: Catalog, signals: Signals | None) -> None:
        """Take the first line, what was made of the rest, and of the path."""
        self.fields, self.signals = fields, signals
        self._catalog = catalog
        self._method, self._target = line[1], line[2] or b""
        self._length = fields.length or 0
        self._is_urlencoded = is_urlencoded(fields.content_type)
        self._shapes, self._asked = {}, {}

    def request(self) -> Request:
        """The request, with a form that is yet to be read."""
        return Request(self._method, self._target, self.fields, self._catalog)

    def fill_in(self, body: bytes) -> tuple[Sequence[Output], Asked] | None:
        """Read all that stands in the form: what there is to say, and what its answer is asked about.

        None if there may be more to it than a form, or it is not as long as its head says.
        """
        if len(body) != self._length:
            return None
        is_marked: cython.bint = body.find(SRU_WORD) >= 0 or body.find(JSON_MARK) >= 0
        pairs = plain_pairs(body) if self._is_urlencoded and not is_marked else None
        is_plain: cython.bint = pairs is not None
        if pairs is None:
            if is_parcel(body) or body.find(ONVIF) >= 0:
                return None
            pairs = body_pairs(body, self.fields.content_type, whole=True)
            is_plain = not is_marked and unfolded(pairs) is pairs and all([value for _, value in pairs])  # noqa: C419
        names = hash(tuple([name for name, _ in pairs]))
        shape = self._shapes.get(names) if is_plain else None
        bits: tuple[int, ...] | None = None
        sightings: list[Sighting] = []
        all_told: dict[tuple[int, ...], tuple[Output, tuple[Output, ...], Asked]]
        if shape is not None:
            explained, company, all_told = cython.cast(tuple, shape)
            bits = company.judge_form(pairs, explained, sightings)
            told = all_told.get(bits) if bits is not None else None
            if told is not None:
                event, login, asked = cython.cast(tuple, told)
                return (Sighted(event, tuple(sightings)) if sightings else event, *login), asked
        request = self.request()
        said = request.tell(request.pairs(body, whole=True))
        asked = self._share(request.asked)
        if shape is not None and bits is not None:
            _note(shape, bits, said, asked)
        elif is_plain and shape is None and 0 < len(pairs) <= MAX_NAMES and unfolded(pairs) is pairs:
            self._learn(names, request, pairs)
        return said, asked

    def _share(self, asked: Asked) -> Asked:
        """The same for all that were found to say the same of their patron."""
        asked.is_recalled = True
        return self._asked.setdefault((asked.product, asked.login, asked.personal), asked)

    def _learn(self, names: int, request: Request, pairs: Pairs) -> None:
        """Keep what names say, where nothing but the values tells more."""
        known = request.shape(pairs)
        if known is not None:
            if len(self._shapes) >= MAX_SHAPES:
                self._shapes.clear()
            self._shapes[names] = Shape(*known, {})


def _note(shape: Shape, bits: tuple[int, ...], said: Sequence[Output], asked: Asked) -> None:
    """Keep what there is to say where values are that."""
    first = said[0]
    if len(shape.told) < MAX_SHAPES:
        shape.told[bits] = (first.event if isinstance(first, Sighted) else first, tuple(said[1:]), asked)


def blank_of(head: bytes, request: Request, catalog: Catalog) -> Blank | None:
    """What may be kept of a request whose form is yet to be read; None if nothing may be."""
    fields, line = request.fields, first_line(head)
    if fields.broken or fields.codings or is_multipart(fields.content_type) or line is None or not request.is_blank:
        return None
    fields.referrer = b""
    return Blank(line, fields, catalog, by_path(head))
