"""Host names off the wire: checked, remembered for the addresses they stand for, and shown where the policy allows.

Rules: a name is opaque until `label_of`, which is for ends that the naming policy shows; what is no plain host name is
none at all. What an address is called is remembered for the client that was told so, and for everybody only if the
caller says so: else the name that a patron asked for would be shown of whatever shares its address.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from functools import cache, lru_cache
from typing import TYPE_CHECKING, TypeVar

from monitor.model.lazy import lazy
from monitor.model.opaque import HostName, Label, Raw

if TYPE_CHECKING:
    from publicsuffixlist import PublicSuffixList

T = TypeVar("T")

_PROCESS_KEY = os.urandom(32)

MAX_NAME_BYTES = 253
"""RFC 1035 2.3.4: 255 bytes on the wire."""
MAX_CHECKED = 4_096
"""Checked names remembered: what a site asks for in minutes; about 2 MB."""
MAX_REMEMBERED = 100_000
"""Names of addresses: what a consortium of 500 busy devices looks up in an hour; about 30 MB when full."""
MIN_LIFE_NS = 3_600 * 10**9
"""Programs use an address longer than they were told to; a connection lives for an hour easily."""
MAX_LIFE_NS = 86_400 * 10**9
"""Nobody keeps an address for longer than a day without asking again, whatever the answer says."""

_LABEL = r"[a-z0-9_-]{1,63}"
# The last label of a name is never a number: that would be an address (RFC 1123 2.1, WHATWG URL host parsing).
_HOST = lazy(rf"(?:{_LABEL}\.)*(?![0-9]+\Z|0x[0-9a-f]*\Z){_LABEL}", re.ASCII)


def host_name(raw: Raw) -> HostName | None:
    """A name as DNS and TLS carry it, in ASCII (internationalised ones as ``xn--``); None if it is no host name."""
    return _checked(raw.reveal())


@lru_cache(maxsize=MAX_CHECKED)
def _checked(value: bytes) -> HostName | None:
    if len(value) > MAX_NAME_BYTES + 1 or not value.isascii():
        return None
    name = value.decode("ascii").lower().removesuffix(".")
    return HostName(name) if len(name) <= MAX_NAME_BYTES and _HOST.fullmatch(name) else None


def ask(name: HostName, find: Callable[[str], T]) -> T:
    """What is known by a name: `find` gets it as text, in lower case, and must not keep or tell it."""
    return find(name.reveal())


def digest_of(name: HostName) -> int:
    """A number for a name, the same as long as this process lives and of no use afterwards."""
    return hash(_PROCESS_KEY + name.reveal().encode())


def place_digest(address: Label, zone: Label) -> int:
    """The same for whoever has no name: where it is, as far as the naming policy shows that."""
    return hash(_PROCESS_KEY + b" " + (address or zone).encode())


def label_of(name: HostName, *, registrable: bool) -> Label:
    """A name as people may read it, where the naming policy shows it.

    Args:
        name: what was seen.
        registrable: True for the domain that somebody registered, or was given below a shared one, by the public
            suffix list (``cam7.eu.vendor.co.uk``: ``vendor.co.uk``); the whole name if it has none.
    """
    whole = name.reveal()
    if not registrable:
        return Label(whole)
    return Label(_suffixes().privatesuffix(whole) or whole)


def is_public_suffix(name: str) -> bool:
    """Whether anybody can register names below this one (``co.uk``), by the public suffix list; not of unknown ones."""
    return bool(_suffixes().publicsuffix(name, accept_unknown=False) == name)


@cache
def _suffixes() -> PublicSuffixList:
    """The list, which takes long to load and so is loaded when the first name is reported."""
    from publicsuffixlist import PublicSuffixList  # noqa: PLC0415 (see above)

    return PublicSuffixList()


class NameBook:
    """Which name an address was given, and to whom."""

    def __init__(self) -> None:
        self.evicted_total = 0
        """Entries that made room for newer ones before they had expired."""
        self._entries: dict[tuple[bytes | None, int, int], tuple[HostName, int]] = {}

    def __len__(self) -> int:
        return len(self._entries)

    def note(
        self, client: bytes | None, address: int, version: int, name: HostName, *, ttl_seconds: int, at_ns: int
    ) -> None:
        """Remember what an address was called in an answer.

        Args:
            client: who was told, 4 or 16 bytes; None to remember it for everybody, never done for a patron's device.
            address: as a number.
            version: 4 or 6.
            name: what was asked for.
            ttl_seconds: how long the answer holds by its own word.
            at_ns: trace time of the answer.
        """
        entries = self._entries
        key = (client, address, version)
        entries.pop(key, None)
        if len(entries) >= MAX_REMEMBERED:
            _, oldest_until_ns = entries.pop(next(iter(entries)))
            self.evicted_total += oldest_until_ns >= at_ns
        entries[key] = (name, at_ns + min(max(ttl_seconds * 10**9, MIN_LIFE_NS), MAX_LIFE_NS))

    def look_up(self, client: bytes | None, address: int, version: int, at_ns: int) -> HostName | None:
        """The name of an address at trace time `at_ns`, as `client` was told it, else as it is known to everybody."""
        for asked in (client, None) if client is not None else (None,):
            found = self._entries.get((asked, address, version))
            if found is not None and at_ns <= found[1]:
                return found[0]
        return None
