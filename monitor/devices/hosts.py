"""The hosts of the catalog of devices, by which a device that asks for one is known.

This meets what every device asks for, and nearly all of it is nobody's in the catalog: the end of a name, its last two
labels, tells. Compiled; uncompiled it does the same.
"""

from __future__ import annotations

from collections.abc import Iterable

import cython

from monitor.model.opaque import Label

MAX_NAME_BYTES = 255
"""RFC 1035 2.3.4."""
_LABEL_BYTES = cython.declare(cython.int, 63)

Names = tuple[Label, ...]


@cython.final
@cython.cclass
class Hosts:
    """All hosts."""

    _named: dict[str, Names]
    """Signals by name; those of all below begin with a dot."""
    _tails: set[str]
    """How the names of any end."""
    _sent_tails: set[bytes]
    """The same as it stands in a message (RFC 1035 3.1)."""

    def __init__(self, hosts: Iterable[tuple[str, Label]]) -> None:
        """Take each host, in lower case with two labels at least or ``*.`` and that, with its signal."""
        self._named = {}
        for text, signal in hosts:
            key = text.removeprefix("*")
            self._named[key] = (*self._named.get(key, ()), signal)
        self._tails = {_tail(key) for key in self._named}
        self._sent_tails = {_sent(tail) for tail in self._tails}

    def find(self, name: str) -> Names:
        """Signals by a host name in lower case, without a dot at its end."""
        if _tail(name) not in self._tails:
            return ()
        named = self._named
        found = list(named.get(name, ()))
        at = 0
        while at >= 0:
            found += named.get("." + name[at:], ())
            at = name.find(".", at) + 1 or -1
        return tuple(dict.fromkeys(found))

    def find_asked(self, message: bytes, start: cython.Py_ssize_t = 0) -> Names:
        """Signals by the host name that begins at `start` of a message of DNS, as it stands there."""
        size: cython.Py_ssize_t = min(len(message), start + MAX_NAME_BYTES)
        at: cython.Py_ssize_t = start
        last: cython.Py_ssize_t = start
        before: cython.Py_ssize_t = start
        """Where the last label begins, and the one before it."""
        length: cython.int
        while at < size:
            length = message[at]
            if length == 0 or length > _LABEL_BYTES:
                break
            before, last = last, at
            at += 1 + length
        # Lengths stay as they are in lower case: letters are larger.
        if at > size or message[before:at].lower() not in self._sent_tails:
            return ()
        labels = []
        end = at
        at = start
        while at < end:
            last = at + 1 + message[at]
            labels.append(message[at + 1 : last].replace(b".", b"\xff"))  # others may have one (RFC 2181 11)
            at = last
        return self.find(b".".join(labels).lower().decode("latin-1"))


def _tail(name: str) -> str:
    """The last two labels; what has but one is no host."""
    last = name.rfind(".")
    return name[name.rfind(".", 0, last) + 1 :] if last >= 0 else "." + name


def _sent(name: str) -> bytes:
    """A name as it stands in a message."""
    return b"".join(bytes((len(label),)) + label.encode() for label in name.split("."))
