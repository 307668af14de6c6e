"""SRU: searches in library catalogs by programs, told by their parameters wherever they are sent.

Facts come from SRU 1.1 to 2.0 (OASIS searchRetrieve): the operation names itself in a parameter, and so does the query.
"""

from __future__ import annotations

from functools import cache

from monitor.model.data import DataClass
from monitor.protocols.http.catalog import Entry, Names, Product

SRU_MARK = b"operation=searchRetrieve"
"""Stands in the query string of every search."""
SRU_WORD = b"searchRetrieve"
SRU_PAIR = (b"operation", SRU_WORD)
"""The same among the parameters of a form."""


def search_service(product: Product | None, names: Names | None) -> tuple[Product, Names]:
    """Whose search it is and what its parameters mean, given whose request it is by its address."""
    sru = _sru()
    return product or sru, (names or {}) | sru.names(b"")


@cache
def _sru() -> Product:
    return Product(
        Entry(
            product="sru",
            parameters={
                "query": DataClass.SEARCH,
                # what a program was given in place of a password
                "x-info-2-auth1.0-authenticationToken": DataClass.SESSION,
            },
            cookies={},
        )
    )
