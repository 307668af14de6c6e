"""Reads a response with dnspython: the name that was asked for, and the addresses it was given.

Rules: what the library refuses is refused as a whole; its exceptions quote names, so none of them goes any further. The
library is loaded when the first response is read: most runs meet none that matters.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitor.model.events import Output, Weird
from monitor.model.opaque import HostName, Raw
from monitor.privacy.names import host_name
from monitor.protocols.dns.events import DnsAnswer, DnsQuestion, DnsWeird

if TYPE_CHECKING:
    from dns.message import Message

MESSAGE_BYTES = 4_096
"""The longest that is read: what servers send at most (RFC 6891 6.2.5), and a bound on the work for one datagram."""
HEADER_BYTES = 12
RESPONSE = 0x80
"""In the third byte, RFC 1035 4.1.1."""

_A, _CNAME, _AAAA = 1, 5, 28
_WANTED = frozenset((_A, _CNAME, _AAAA))
_INTERNET = 1
_BAD_RESPONSE = (Weird(name=DnsWeird.BAD_RESPONSE),)
_OVERSIZE = (Weird(name=DnsWeird.OVERSIZE),)


def read_response(message: bytes) -> tuple[Output, ...]:
    """What a response says, which begins with its header (RFC 1035 4.1)."""
    from dns.exception import DNSException  # noqa: PLC0415 (see above)
    from dns.message import from_wire  # noqa: PLC0415

    if len(message) > MESSAGE_BYTES:
        return _OVERSIZE
    try:
        return _told(from_wire(message, one_rr_per_rrset=True, ignore_trailing=True))
    except (DNSException, ValueError):  # ValueError: dates and numbers of odd records
        return _BAD_RESPONSE


def read_question(message: bytes) -> tuple[Output, ...]:
    """What a question asks for, if that is a name's address."""
    from dns.exception import DNSException  # noqa: PLC0415 (see above)
    from dns.message import from_wire  # noqa: PLC0415

    if len(message) > MESSAGE_BYTES:
        return _OVERSIZE
    try:
        asked = from_wire(message, question_only=True, ignore_trailing=True)
        if not asked.question or asked.question[0].rdtype not in (_A, _AAAA):
            return ()
        name = _asked(asked)
    except (DNSException, ValueError):  # as above; whoever asks so gets no answer
        return ()
    return () if name is None else (DnsQuestion(name=name),)


def _told(message: Message) -> tuple[Output, ...]:
    """The events of a message that is well formed."""
    name = _asked(message)
    if message.rcode() or name is None:
        return ()
    addresses: dict[int, list[int]] = {}
    ttls = []
    for records in message.answer:
        if records.rdclass == _INTERNET and records.rdtype in _WANTED:
            ttls.append(records.ttl)
            for record in records:
                if records.rdtype != _CNAME:
                    number = int.from_bytes(record.to_wire() or b"")
                    addresses.setdefault(4 if records.rdtype == _A else 6, []).append(number)
    return tuple(
        DnsAnswer(name=name, addresses=tuple(numbers), version=version, ttl_seconds=min(ttls))
        for version, numbers in addresses.items()
    )


def _asked(message: Message) -> HostName | None:
    """The one name that was asked for, if it is a host's: a label may hold any byte, even a dot (RFC 2181 11)."""
    if len(message.question) != 1:
        return None
    labels = message.question[0].name.labels
    return None if any(b"." in label for label in labels) else host_name(Raw(b".".join(labels)))
