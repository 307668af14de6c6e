"""DNS over UDP: which name stands for which address, so that a destination can be named as its client knew it.

Only what watched devices ask is read: what patrons look up is nobody's business.

`SPEC` is what the registry finds.
"""

from __future__ import annotations

from collections.abc import Iterator

from monitor.model.contract import Lookup, ProtocolSpec
from monitor.model.flow import Transport
from monitor.protocols.dns.events import DnsAnswer, DnsQuestion
from monitor.protocols.dns.message import MESSAGE_BYTES
from monitor.protocols.dns.parser import DnsParser
from monitor.protocols.dns.question import read_question
from monitor.protocols.dns.recognition import probe

SPEC = ProtocolSpec(
    name="dns",
    transport=Transport.UDP,
    ports=(53,),
    probe=probe,
    parser=DnsParser,
    events=(DnsQuestion, DnsAnswer),
    limits={"message_bytes": MESSAGE_BYTES},
    watched_only=True,
    glance=read_question,
    unordered=True,
    lookups={
        DnsQuestion: lambda question: Lookup(question.name),
        DnsAnswer: lambda answer: Lookup(answer.name, tuple(_packed(answer))),
    },
)


def _packed(answer: DnsAnswer) -> Iterator[bytes]:
    size = 4 if answer.version == 4 else 16  # noqa: PLR2004 (of IP; bytes of an address)
    return (address.to_bytes(size) for address in answer.addresses)
