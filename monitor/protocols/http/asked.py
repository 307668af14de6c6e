"""What is remembered of a request until its answer comes: whose it was, and whether it was about a patron."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from monitor.model.lazy import lazy

if TYPE_CHECKING:
    from monitor.protocols.http.addresses import Address
    from monitor.protocols.http.catalog import Product
    from monitor.protocols.http.events import Method

PATH_BYTES = 512
"""Kept of a path; those of account pages have some dozens."""
HOST_BYTES = 255
"""RFC 1035 section 2.3.4."""

COOKIE_BYTES = 1_024
"""Kept of the cookies of a login; products set a handful of short ones."""

_LOGIN = lazy(rb"/(?:log-?in|log-?on|sign-?in|auth|opac-user)", re.IGNORECASE)


class Asked:
    """One request. Attributes that few requests set have their defaults in the class."""

    personal = False
    """It says who asks, or carries what stands for somebody."""
    session = False
    """It exposed a session itself."""
    login = False
    """A password or PIN stood in it."""
    cookies = b""
    """Those of a login: a session that goes on is not set anew."""
    was_encrypted = False
    """A proxy took it over an encrypted connection and passes it on in clear."""
    address: Address | None = None
    """What is known of where it was sent; the names of its parameters may tell another product."""
    is_recalled = False
    """It is known by its digest (`recall`), and says nothing of a patron."""

    def __init__(self, method: Method, product: Product | None, path: bytes, host: bytes) -> None:
        self.method = method
        self.product = product
        self.path = path[:PATH_BYTES]
        self.host = host[:HOST_BYTES]

    def note(self, cookies: tuple[bytes, ...], *, login: bool, personal: bool) -> None:
        """Take what was found in it."""
        self.personal = personal
        if login:
            self.login = True
            self.cookies = cookies[0][:COOKIE_BYTES] if cookies else b""

    @property
    def is_account(self) -> bool:
        """Whether its page is about one patron, or the way to log in, by its address."""
        if self.address is not None and self.address.product is self.product:
            return self.address.is_account(self.path)
        return self.product is not None and self.product.has_account(self.path)

    @property
    def is_login_page(self) -> bool:
        """Whether its page is for logging in, by its address."""
        return self.product is not None and _LOGIN.search(self.path) is not None
