"""One request: whose it is, and what its head and body expose together."""

from __future__ import annotations

import re
from functools import lru_cache

from monitor.model.events import Exposed, Sighted
from monitor.model.opaque import Label
from monitor.privacy.labels import NOTHING
from monitor.protocols.http.catalog import Catalog
from monitor.protocols.http.events import HttpRequest, Method
from monitor.protocols.http.evidence import Company, Evidence, explain
from monitor.protocols.http.fields import Fields
from monitor.protocols.http.forms import Pairs, body_pairs, is_form, query_pairs
from monitor.protocols.http.framing import NO_BODY, Body, Length
from monitor.protocols.http.lines import method_of
from monitor.protocols.http.parcels import is_document
from monitor.protocols.http.services import SRU_MARK, SRU_PAIR, SRU_WORD, search_service

MAX_EVENTS = 1_024
"""Kept to be said again; a site has some dozens of forms, and one that is made up takes 4 KB at most."""

_CONNECT = Method.CONNECT  # taking a member from its class is slow in Python 3.11
_ABSOLUTE = re.compile(rb"[a-z]{2,5}://(?:[^/?#]*@)?([^/?#]*)", re.IGNORECASE)
"""A target with scheme and host, as it is sent to proxies (RFC 9112 section 3.2.2)."""


class Request:
    """A request whose head came, and whose body may still come."""

    __slots__ = ("_names", "_query", "fields", "method", "product", "sessions")

    def __init__(self, method: bytes, target: bytes, fields: Fields, catalog: Catalog) -> None:
        """Take the parts of a head: the first line's two, and the fields."""
        host = fields.host
        if target[:1] != b"/":
            absolute = _ABSOLUTE.match(target)
            if absolute is not None:
                host, target = absolute[1].lower(), target[absolute.end() :]
        path, _, query = target.partition(b"?")
        self.method = method_of(method)
        self.fields = fields
        self.product = catalog.product(path, host)
        names = self.product.names(path) if self.product else None
        if SRU_MARK in query:
            self.product, names = search_service(self.product, names)
        self._query = explain(query_pairs(query.partition(b"#")[0]), names) if query else []
        self._names = names
        self.sessions = [one for value in fields.cookies for one in catalog.sessions(value, self.product)]
        """Keys of session cookies."""

    @property
    def follows(self) -> Body:
        """What comes behind the head (RFC 9112 section 6.3)."""
        fields = self.fields
        if self.method is _CONNECT:
            return Body(Length.TUNNEL)
        if not (fields.length or fields.transfer or fields.unclear):
            return NO_BODY
        if fields.unclear or (fields.transfer and not fields.chunked):
            return Body(Length.UNCLEAR)
        length = Length.CHUNKS if fields.chunked else fields.length or 0
        if length == 0 or is_form(fields.content_type):
            return Body(length, wanted=length != 0)
        document = is_document(fields.content_type)
        return Body(length, wanted=document, tried=document)

    def pairs(self, text: bytes, *, whole: bool) -> Pairs:
        """The parameters in its body, or in the first bytes of it; `text` is unpacked."""
        pairs = body_pairs(text, self.fields.content_type, whole=whole)
        if SRU_WORD in text and SRU_PAIR in pairs:
            self.product, self._names = search_service(self.product, self._names)
        return pairs

    def event(self, body: Pairs, kind: type[HttpRequest] = HttpRequest) -> HttpRequest | Sighted:
        """What is reported of it, with the parameters of its body."""
        product = self.product.label if self.product else NOTHING
        if not (self._query or body or self.sessions or self.fields.authorizations):
            return _event(kind, (), self.method, product, login=False, basic=False, patron_in_query=False)
        evidence = Evidence()
        parameters = explain(body, self._names) if body else []
        company = Company(self._query, parameters)
        if self._query:
            evidence.add_parameters(self._query, company, in_query=True)
        if self.sessions:
            evidence.add_sessions(self.sessions)
        if self.fields.authorizations:
            evidence.add_authorizations(self.fields.authorizations)
        if parameters:
            evidence.add_parameters(parameters, company, in_query=False)
        event = _event(
            kind,
            tuple(evidence.exposed),
            self.method,
            product,
            login=evidence.login,
            basic=evidence.basic,
            patron_in_query=evidence.patron_in_query,
        )
        return Sighted(event, tuple(evidence.sightings)) if evidence.sightings else event


@lru_cache(maxsize=MAX_EVENTS)
def _event(
    kind: type[HttpRequest],
    exposed: tuple[Exposed, ...],
    method: Method,
    product: Label,
    *,
    login: bool,
    basic: bool,
    patron_in_query: bool,
) -> HttpRequest:
    """The one event that says this."""
    return kind(
        exposed=exposed,
        method=method,
        product=product,
        login=login,
        basic=basic,
        patron_in_query=patron_in_query,
    )
