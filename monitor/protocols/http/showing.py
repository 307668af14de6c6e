"""Decides what a page shows of a patron: by what it calls things, what they look like, and what stands beside them.

Every page of a library has a telephone number, an e-mail address and names of people who wrote books. So what may be
anybody's counts only beside something that says that a patron is meant: the number of a card; or, on a page that is
about one patron by its address, a name or a date of birth. Days count as those of loans and holds on such pages only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache

from monitor.model.data import DataClass
from monitor.model.events import Exposed, Output, Sighted
from monitor.model.lazy import lazy
from monitor.model.opaque import Label, Sighting
from monitor.privacy.labels import NOTHING
from monitor.privacy.subjects import sighting
from monitor.protocols.http.asked import Asked
from monitor.protocols.http.catalog import Catalog, Meaning
from monitor.protocols.http.events import HttpPage, LoginForm
from monitor.protocols.http.numbers import Cards, is_item, is_mail, is_token
from monitor.protocols.http.pages import DATE, Page, take_apart
from monitor.protocols.http.vocabulary import GREETED, OTHERS, Names, names_of, parts, spelling

_C = DataClass
MAX_EVENTS = 256
"""Kept to be said again; account pages of one service show a dozen combinations."""
_NUMBER = lazy(r"(?=(?:[^0-9]*[0-9]){4})[0-9A-Za-z][0-9A-Za-z ./-]{3,31}")
_AMOUNT = lazy(r"[-+]?\D{0,4}(?=[^1-9]*[1-9])[0-9][0-9.,]{0,11}\s*\D{0,4}")
_NAMES = lazy(r"[^\W\d_][\w.'\u2019-]*+(?:,? [^\W\d_][\w.'\u2019-]*+){0,4}")
_PLACE = lazy(r"[\w .,'\u2019#/-]{3,96}")
_PHONE = lazy(r"(?=(?:\D*\d){7})[+(0-9][0-9 ()./-]{6,23}")
_PATRON, _NAME, _BIRTH, _GOVERNMENT = _C.PATRON_IDENTIFIER, _C.NAME, _C.BIRTH_DATE, _C.GOVERNMENT_ID
_WHO = frozenset((_PATRON, _NAME, _BIRTH, _GOVERNMENT))
"""What says that a patron is meant, on a page that may be about one."""
_LOGGED_IN = frozenset((GREETED, "logged in as", "signed in as", "logged in user", "logged in username"))
"""Keys of names that any page shows of who is logged in."""
_LOAN: tuple[Label, Meaning, bool] = (NOTHING, _C.CIRCULATION, True)
"""What a day without a name may be."""
_OF_ACCOUNT = frozenset((_C.CIRCULATION, _C.FEES, _C.SESSION))
"""What stands on such a page for itself."""


def read_page(text: bytes, content_type: bytes, asked: Asked, catalog: Catalog, *, whole: bool) -> list[Output]:
    """What the page that answers `asked` shows, if anything.

    Args:
        text: the page, unpacked, or its first bytes.
        content_type: value of that field.
        asked: the request.
        catalog: what the library's cards look like.
        whole: nothing is missing at the end.
    """
    product = asked.product
    own = tuple(product.shows.items()) if product else ()
    page = take_apart(text, content_type, own, whole=whole)
    shown, sightings = _Showing(asked, catalog.cards, names_of(own)).judge(page)
    form = LoginForm.ENCRYPTED if page.encrypted else LoginForm.NONE
    if not shown and form is LoginForm.NONE:
        return []
    event = _event(tuple(shown), product.label if product else NOTHING, form)
    return [Sighted(event, tuple(sightings)) if sightings else event]


class _Showing:
    """What one page shows."""

    def __init__(self, asked: Asked, cards: Cards, names: Names) -> None:
        self._cards = cards
        self._names = names
        self._is_account = asked.is_account
        self._is_personal = asked.personal
        self._days = NOTHING
        """What the page calls the days in a column of loans or holds."""

    def judge(self, page: Page) -> tuple[list[Exposed], list[Sighting]]:
        """Every kind of thing that the page shows, once, and whom it shows."""
        certain: dict[Exposed, None] = {}
        loose: dict[Exposed, None] = {}
        patrons: dict[bytes, None] = {}
        for statement in page.statements:
            key, held, is_certain = self._names.get(spelling(statement.name), _LOAN)
            if held is _C.CIRCULATION:
                key = self._days = key or self._days
            if held is None or not key:
                continue
            held = self._held(held, statement.value, is_certain=is_certain)
            if held is None:
                continue
            if held is _PATRON:
                patrons[statement.value.encode()] = None
            is_certain = is_certain or (key == GREETED and page.leaves and self._is_personal)
            (certain if is_certain else loose)[Exposed(held, key)] = None
        if not self._is_meant(certain):
            return [one for one in certain if self._is_account and one.data_class in _OF_ACCOUNT], []
        # A page is about one patron, whatever numbers that has: the card's is the one that other messages have, too.
        first = sorted(patrons, key=self._cards.named, reverse=True)[:1]
        return list(certain | loose), [sighting(one) for one in first]

    def _is_meant(self, certain: Iterable[Exposed]) -> bool:
        """Whether what a page certainly shows is a patron's."""
        if self._is_account:
            return any(one.data_class in _WHO for one in certain)
        return any(
            one.data_class is _PATRON or (self._is_personal and one.key in _LOGGED_IN and one.data_class is _NAME)
            for one in certain
        )

    def _held(self, held: DataClass, value: str, *, is_certain: bool) -> DataClass | None:
        """What a value is that is called so; None if it cannot be that."""
        if held is _PATRON or (held is _NAME and value[-1:].isdigit()):
            data = value.encode()
            fits = _NUMBER.fullmatch(value) is not None and DATE.match(value) is None and not is_item(data)
            return _PATRON if fits and (is_certain or self._cards.named(data)) else None
        return held if _FITS.get(held, _nothing)(value) else None


def _nothing(_value: str) -> bool:
    return False


def _is_name(value: str) -> bool:
    return _NAMES.fullmatch(value) is not None and OTHERS.isdisjoint(parts(value))


def _is_place(value: str) -> bool:
    return _PLACE.fullmatch(value) is not None and OTHERS.isdisjoint(parts(value)[:1])


_FITS: Mapping[DataClass, Callable[[str], object]] = {
    _NAME: _is_name,
    _BIRTH: DATE.match,
    _C.EMAIL: lambda value: is_mail(value.encode()),
    _C.PHONE: _PHONE.fullmatch,
    _C.POSTAL_ADDRESS: _is_place,
    _GOVERNMENT: _NUMBER.fullmatch,
    _C.DEMOGRAPHIC: _NAMES.fullmatch,
    _C.FEES: _AMOUNT.fullmatch,
    _C.CIRCULATION: DATE.search,
    _C.SESSION: lambda value: is_token(value.encode()),
}
"""Whether a value can be what it is called."""


@lru_cache(maxsize=MAX_EVENTS)
def _event(exposed: tuple[Exposed, ...], product: Label, form: LoginForm) -> HttpPage:
    """The one event that says this."""
    return HttpPage(exposed=exposed, product=product, form=form)
