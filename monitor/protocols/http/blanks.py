"""Forms whose heads came before, byte by byte: each is filled in anew, and only that is read.

Rule: nothing is kept of a head that says anything at all of who asks, as cookies and query strings do.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitor.model.named import NamedTuple
from monitor.protocols.http.request import Request
from monitor.protocols.http.signs import Signals, by_path

if TYPE_CHECKING:
    from monitor.protocols.http.asked import Asked
    from monitor.protocols.http.catalog import Catalog, Product
    from monitor.protocols.http.fields import Fields


class Blank(NamedTuple):
    """One of them, and what its path says of the server (`signs.by_path`)."""

    method: bytes
    target: bytes
    fields: Fields
    signals: Signals | None
    asked: dict[tuple[Product | None, bool, bool], Asked]
    """What its answers are asked about, by whose the form is, whether it logs in, and whether it says who asks."""

    def request(self, catalog: Catalog) -> Request:
        """The request, with a form that is yet to be read."""
        return Request(self.method, self.target, self.fields, catalog)

    def share(self, asked: Asked) -> Asked:
        """The same for all forms that were found to say the same of their patron."""
        asked.is_recalled = True
        return self.asked.setdefault((asked.product, asked.login, asked.personal), asked)


def blank_of(head: bytes, method: bytes, target: bytes, request: Request) -> Blank | None:
    """What may be kept of a request whose form is yet to be read; None if nothing may be."""
    fields = request.fields
    if fields.broken or fields.codings or not request.is_blank:
        return None
    fields.referrer = b""
    return Blank(method, target, fields, by_path(head), {})
