"""One request: whose it is, and what its head and body expose together."""

from __future__ import annotations

import re
from functools import lru_cache

from monitor.model.events import Exposed, Output, PortMapping, Sighted
from monitor.model.lazy import lazy
from monitor.model.opaque import HostName, Label, Raw
from monitor.privacy.labels import NOTHING, typed
from monitor.privacy.names import host_name
from monitor.protocols.http.addresses import shown_by
from monitor.protocols.http.asked import Asked
from monitor.protocols.http.catalog import Catalog, Product
from monitor.protocols.http.company import Company, explain
from monitor.protocols.http.events import HttpLogin, HttpReferral, HttpRequest, Method
from monitor.protocols.http.evidence import TELLING, Evidence
from monitor.protocols.http.fields import Fields
from monitor.protocols.http.forms import Pairs, body_pairs, is_form, is_multipart, query_pairs, unfolded
from monitor.protocols.http.framing import NO_BODY, Body, Length
from monitor.protocols.http.lines import method_of
from monitor.protocols.http.names import Sense
from monitor.protocols.http.services import SRU_MARK, SRU_PAIR, SRU_WORD, search_service

MAX_EVENTS = 1_024
"""Kept to be said again; a site has some dozens of forms, and one that is made up takes 4 KB at most."""

_POST = Method.POST
_PORT_MAPPING = lazy(rb"\nSOAPACTION:[^\r\n]*#Add(?:Any)?PortMapping\b", re.IGNORECASE)
_LOGIN, _BASIC, _IN_QUERY, _AUTHORIZATION, _COOKIE, _IN_ADDRESS = (1 << place for place in range(6))
"""What is true of a request, one bit each: the fields of `HttpRequest` by these names."""
_CONNECT = Method.CONNECT  # saves a look-up each time
_ABSOLUTE = lazy(rb"[a-z]{2,5}://(?:[^/?#]*@)?([^/?#]*)", re.IGNORECASE)
"""A target with scheme and host, as it is sent to proxies (RFC 9112 section 3.2.2)."""

_WAS_ENCRYPTED = lazy(rb"\n(?:x-forwarded-proto:[ \t]*https|forwarded:[^\n]*proto=\"?https)", re.IGNORECASE)
"""How a proxy says so (RFC 7239 section 5.4, and what was in use before)."""
_WORDS = rb"(?:pin|pass|pwd|card|barcode|patron|borrower|library|member|reader|user)"
_TOLD = lazy(
    rb"\n(?:X-)?(?!User-Agent:)([0-9A-Z-]{0,40}" + _WORDS + rb"[0-9A-Z-]{0,40}):[ \t]*([^\r\n]*)", re.IGNORECASE
)
"""A field of nobody's standard, whose name may say what a program tells of a patron. Its length is bounded: a name can
be made of nothing but such words, of which each would be tried with all behind it."""
_WORD = lazy(_WORDS)
_NAME = lazy(rb"\n[0-9A-Za-z-]++:")
_BROWSER = b"\nuser-agent:"
_TELLING = frozenset((Sense.SECRET, Sense.WEAK_SECRET, Sense.CARD, Sense.WEAK_CARD, Sense.USER))
_FORWARDED = b"orwarded"
"""In the name of both fields."""
_QUESTION = ord("?")
_REFERRER = typed("referer")
_FILLED = b"value"
"""Neither a switch nor a mask."""


class Request:
    """A request whose head came, and whose body may still come."""

    __slots__ = (
        *("_catalog", "_names", "_path", "_query", "_shown", "_told", "_who"),
        *("asked", "fields", "method", "product", "query", "sessions", "tokens"),
    )

    def __init__(self, method: bytes, target: bytes, fields: Fields, catalog: Catalog, head: bytes = b"") -> None:
        """Take the parts of a head: the first line's two, the fields, and all of it for fields of a product's own."""
        host = fields.host
        if target[:1] != b"/":
            absolute = _ABSOLUTE.match(target)
            if absolute is not None:
                host, target = absolute[1].lower(), target[absolute.end() :]
        path, _, query = target.partition(b"?")
        self.query = query
        self.method = method_of(method)
        self.fields = fields
        address = catalog.addresses.find(path, host)
        self.product, names, self._who, self._shown = address.product, address.names, address.who, address.shown
        if query.find(SRU_MARK) >= 0:
            self.product, names = search_service(self.product, names)
        self._query = explain(unfolded(query_pairs(query.partition(b"#")[0])), names) if query else []
        self._names = names
        self._catalog = catalog
        self._path = path
        self.sessions = [one for value in fields.cookies for one in catalog.sessions(value, self.product)]
        """Keys of session cookies."""
        self.tokens = self.product.headers(head) if self.product else []
        """What fields of the product's own expose."""
        told = [] if self.tokens else explain(_told(head), None)
        self._told = [one for one in told if one[3] in _TELLING]
        self.asked = Asked(self.method, self.product, path, host)
        self.asked.address = address
        if self.product is not None and head.find(_FORWARDED) >= 0 and _WAS_ENCRYPTED.search(head) is not None:
            self.asked.was_encrypted = True
        self.asked.session = bool(self.sessions)

    @classmethod
    def message(cls, catalog: Catalog, product: Product | None) -> Request:
        """What stands for each message of a WebSocket that was opened at a product."""
        message = cls(b"", b"/", Fields(), catalog)
        if product is not None:
            message.product = product
            message._names = product.names(b"/")
        return message

    @property
    def is_blank(self) -> bool:
        """Whether all that can be said of who asks stands in its body."""
        fields = self.fields
        said = self.query or self._shown or self.tokens or self._told or fields.cookies or fields.authorizations
        return not (said or self.asked.was_encrypted)

    @property
    def follows(self) -> Body:
        """What comes behind the head (RFC 9112 section 6.3)."""
        fields = self.fields
        if self.method is _CONNECT:
            return Body(Length.TUNNEL)
        if not (fields.length or fields.transfer or fields.unclear):
            return NO_BODY
        if fields.unclear or (fields.transfer and not fields.chunked and fields.length is None):
            return Body(Length.UNCLEAR)
        stated = fields.length or 0
        length = Length.CHUNKS if fields.chunked else stated
        wanted = length != 0 and is_form(fields.content_type)
        return Body(length, wanted=wanted, unchunked=Length.UNCLEAR if fields.length is None else stated)

    def pairs(self, text: bytes, *, whole: bool) -> Pairs:
        """The parameters in its body, or in the first bytes of it; `text` is unpacked."""
        pairs = body_pairs(text, self.fields.content_type, whole=whole)
        if text.find(SRU_WORD) >= 0 and SRU_PAIR in pairs:
            self.product, self._names = search_service(self.product, self._names)
        return pairs

    def breaks_off_in_file(self, start: bytes) -> bool:
        """Whether the first bytes of its body end in a file, behind which fields of a form may stand."""
        fields = self.fields
        if fields.codings or not is_multipart(fields.content_type):
            return False
        from monitor.protocols.http.multipart import ends_in_file  # noqa: PLC0415  (few runs need it)

        return ends_in_file(start, fields.content_type)

    def event(self, body: Pairs, kind: type[HttpRequest] = HttpRequest) -> HttpRequest | Sighted:
        """What is reported of it, with the parameters of its body."""
        fields = self.fields
        if (self.product is None or self.product.is_fallback) and (self._query or body):
            self._ask_form(body)
        if body:
            body = [one for one in body if one[1]]
        product = self.product.label if self.product else NOTHING
        cookies = fields.cookies if product or any(map(TELLING.search, fields.cookies)) else ()
        more = self.sessions or cookies or fields.authorizations
        marks = _COOKIE if fields.cookies else 0
        if not (self._query or body or self._shown or self.tokens or self._told or more):
            return _event(kind, (), self.method, product, marks)
        cards = self._catalog.cards
        evidence = Evidence()
        evidence.add_tokens(self.tokens)
        parameters = explain(unfolded(body), self._names) if body else []
        company = Company(cards, self._query, self._told, parameters, product=self.product is not None)
        evidence.add_parameters(self._told, company, in_query=False)
        for one in self._shown:
            evidence.add_path(one, self._who)
        if self._query:
            evidence.add_parameters(self._query, company, in_query=True)
        if self.sessions:
            evidence.add_sessions(self.sessions)
        if cookies and cookies[0].count(b";") >= len(self.sessions):  # there are more than the sessions
            evidence.add_cookies(cookies, cards, product=self.product is not None)
        if fields.authorizations:
            marks |= _AUTHORIZATION
            evidence.add_authorizations(fields.authorizations, cards, product=self.product is not None)
        if parameters:
            evidence.add_parameters(parameters, company, in_query=False)
        self.asked.note(fields.cookies, login=evidence.login, personal=evidence.personal)
        marks |= evidence.login * _LOGIN | evidence.basic * _BASIC | evidence.patron_in_query * _IN_QUERY
        marks |= evidence.session_in_address * _IN_ADDRESS
        event = _event(kind, tuple(evidence.exposed), self.method, product, marks)
        return Sighted(event, tuple(evidence.sightings)) if evidence.sightings else event

    def shape(self, body: Pairs) -> tuple[list[tuple[Label, int]], Company] | None:
        """What the names in its body say where all is filled in, by what they were told to be; None if more does."""
        if self._shown:
            return None
        explained = explain([(name, _FILLED) for name, _ in body], self._names)
        company = Company(self._catalog.cards, explained, product=self.product is not None)
        return [(key, means) for _, _, key, means in explained], company

    def tell(self, body: Pairs) -> list[Output]:
        """All that is reported of it, with the parameters of its body: what it exposes, and where its password goes."""
        event = self.event(body)
        if not self.asked.login:
            return [event]
        return [event, _login(host_name(Raw(self.asked.host.partition(b":")[0])))]

    def mapping(self, head: bytes) -> list[Output]:
        """Whether it asks a router for a way in from the internet (UPnP Device Architecture 2.0, 3.2.1)."""
        asks = self.method is _POST and _PORT_MAPPING.search(head) is not None
        return [PortMapping()] if asks else []

    def referral(self) -> list[Output]:
        """What the page before, of another host, said of a patron in its address, if anything."""
        referrer = self.fields.referrer
        if _QUESTION not in referrer:
            return []
        absolute = _ABSOLUTE.match(referrer)
        if absolute is None or absolute[1].lower() == self.fields.host:
            return []
        path, _, query = referrer[absolute.end() :].partition(b"?")
        product = self._catalog.product(path, absolute[1].lower())
        parameters = explain(unfolded(query_pairs(query.partition(b"#")[0])), product.names(path) if product else None)
        evidence = Evidence()
        company = Company(self._catalog.cards, parameters, product=product is not None)
        evidence.add_parameters(parameters, company, in_query=True)
        if not evidence.exposed:
            return []
        classes = dict.fromkeys(one.data_class for one in evidence.exposed)
        exposed = tuple(Exposed(one, _REFERRER) for one in classes)
        event = HttpReferral(exposed=exposed, product=product.label if product else NOTHING)
        return [Sighted(event, tuple(evidence.sightings)) if evidence.sightings else event]

    def _ask_form(self, body: Pairs) -> None:
        """Look whether names of parameters tell whose it is, where its address did not."""
        names = [one[0] for one in self._query]
        names += [name for name, _ in body]
        told = self._catalog.by_form(self._path, names)
        if told is not None:
            self.product = self.asked.product = told
            self._names = told.names(self._path)
            self._shown = shown_by(self._path, told, self._who)
            self._query = explain([(one[0], one[1]) for one in self._query], self._names)
            cookies = self.fields.cookies
            self.sessions = [one for value in cookies for one in self._catalog.sessions(value, told)]
            self.asked.session = bool(self.sessions)


def _told(head: bytes) -> Pairs:
    """What stands in `_TOLD`. Few heads have such a name, and names are searched for words in a fifth of the time."""
    names = b"".join(_NAME.findall(head)).lower().replace(_BROWSER, b"")
    return _TOLD.findall(head) if _WORD.search(names) else []


@lru_cache(maxsize=MAX_EVENTS)
def _event(
    kind: type[HttpRequest], exposed: tuple[Exposed, ...], method: Method, product: Label, marks: int
) -> HttpRequest:
    """The one event that says this."""
    return kind(
        exposed=exposed,
        method=method,
        product=product,
        login=bool(marks & _LOGIN),
        basic=bool(marks & _BASIC),
        patron_in_query=bool(marks & _IN_QUERY),
        session_in_address=bool(marks & _IN_ADDRESS),
        authorization=bool(marks & _AUTHORIZATION),
        cookie=bool(marks & _COOKIE),
    )


@lru_cache(maxsize=MAX_EVENTS)
def _login(host: HostName | None) -> HttpLogin:
    """The one event that says this."""
    return HttpLogin(host=host)
