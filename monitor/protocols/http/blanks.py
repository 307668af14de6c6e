"""Forms whose heads came before, byte by byte: each is filled in anew, and only that is read.

What the names of its parameters say is worked out once, too. Rules: nothing is kept of a head that says anything at all
of who asks, as cookies and query strings do; names are known by a digest under the secret key of this process, and of
values nothing is kept. Compiled; uncompiled it does the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import cython

from monitor.model.events import Output
from monitor.model.named import NamedTuple
from monitor.model.opaque import Label
from monitor.privacy.labels import NOTHING
from monitor.protocols.http.asked import Asked
from monitor.protocols.http.company import Company, stands
from monitor.protocols.http.evidence import Evidence
from monitor.protocols.http.fields import Fields
from monitor.protocols.http.forms import body_pairs, unfolded
from monitor.protocols.http.request import Request, exposing
from monitor.protocols.http.services import SRU_WORD
from monitor.protocols.http.signs import Signals, by_path

if TYPE_CHECKING:
    from monitor.protocols.http.catalog import Catalog, Product

MAX_SHAPES = 8
"""Of one form; one that a program makes up each time has no more either."""


class _Shape(NamedTuple):
    """What the names in a form say, where all of it is filled in."""

    explained: list[tuple[Label, int]]
    """As of `Parameters`."""
    company: Company
    product: Product | None


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
    _login: Output
    _shapes: dict[int, _Shape]
    """By the digest of the names."""
    _asked: dict[tuple[Product | None, bool, bool], Asked]
    """What answers are asked about, by whose the form is, whether it logs in, and whether it says who asks."""

    def __init__(self, method: bytes, target: bytes, request: Request, catalog: Catalog, signals: Signals | None) -> None:
        """Take the first line, and what was made of it and of what follows."""
        self.fields, self.signals = request.fields, signals
        self._catalog = catalog
        self._method, self._target = method, target
        self._login = request.login()
        self._shapes, self._asked = {}, {}

    def request(self) -> Request:
        """The request, with a form that is yet to be read."""
        return Request(self._method, self._target, self.fields, self._catalog)

    def fill_in(self, body: bytes) -> tuple[list[Output], Asked]:
        """Read all that stands in the form: what there is to say, and what its answer is asked about."""
        pairs = body_pairs(body, self.fields.content_type, whole=True)
        names = hash(tuple([name for name, _ in pairs]))
        is_plain: cython.bint = all([value for _, value in pairs]) and unfolded(pairs) is pairs
        is_plain = is_plain and body.find(SRU_WORD) < 0
        found = self._fill_in_again(pairs, names) if is_plain else None
        if found is not None:
            return found
        request = self.request()
        said = request.tell(request.pairs(body, whole=True))
        request.asked.is_recalled = True
        asked = self._asked.setdefault((request.asked.product, request.asked.login, request.asked.personal), request.asked)
        if is_plain and pairs:
            self._note_shape(names, pairs, request)
        return said, asked

    @cython.cfunc
    def _note_shape(self, names: object, pairs: object, request: Request) -> cython.int:
        """Keep what names say, where nothing but the values tells more."""
        shape = request.shape(pairs)
        if shape is not None:
            if len(self._shapes) >= MAX_SHAPES:
                self._shapes.clear()
            parameters, company = shape
            self._shapes[names] = _Shape([one[2:] for one in parameters], company, request.product)
        return 0

    @cython.cfunc
    def _fill_in_again(self, pairs: object, names: object) -> object:
        """The same for a form whose names are known; None if it is none."""
        known = self._shapes.get(names)
        if known is None:
            return None
        explained, company, product = cython.cast(tuple, known)
        parameters = []
        for pair, one in zip(pairs, explained, strict=True):
            name, value = cython.cast(tuple, pair)
            key, means = cython.cast(tuple, one)
            if not stands(means, value):
                return None
            parameters.append((name, value, key, means))
        evidence = Evidence()
        evidence.add_parameters(parameters, company, in_query=False)
        asked = self._asked.get((product, evidence.login, evidence.personal))
        if asked is None:
            return None
        event = exposing(evidence, asked.method, product.label if product is not None else NOTHING)
        return [event, self._login] if evidence.login else [event], asked


def blank_of(head: bytes, method: bytes, target: bytes, request: Request, catalog: Catalog) -> Blank | None:
    """What may be kept of a request whose form is yet to be read; None if nothing may be."""
    fields = request.fields
    if fields.broken or fields.codings or not request.is_blank:
        return None
    fields.referrer = b""
    return Blank(method, target, request, catalog, by_path(head))
