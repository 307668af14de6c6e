# SPDX-License-Identifier: GPL-2.0-or-later
#
# This file, unlike the rest of the program, is free software under the GNU General Public License, version 2 or (at
# your option) any later version, because it builds on scapy: https://www.gnu.org/licenses/old-licenses/gpl-2.0.html
"""A layer for scapy that builds and dissects every message of SIP2 (3M SIP 2.00, revision 2.12).

    >>> from monitor.scapy_sip2 import SIP2
    >>> SIP2(message="63", variable={"AO": "MAIN", "AA": "29990000000017", "AD": "4711"})

Sequence number and checksum are computed where they are None; empty, they are left out. Every byte that was dissected
is built again. Values are shown: this is for traffic of your own making, and for those who may read a recording.
"""

from __future__ import annotations

from types import new_class
from typing import Any, cast

from scapy.config import conf
from scapy.fields import Field
from scapy.layers.inet import TCP
from scapy.packet import Packet, bind_bottom_up

from monitor.protocols.sip2 import SPEC
from monitor.protocols.sip2.catalog import LAYOUTS, Layout
from monitor.scapy_sip2.parts import (
    Checksum,
    MessageId,
    Part,
    Rest,
    Sequence,
    SIP2Field,
    Terminator,
    Variable,
    take_line,
    take_strictly,
)

__all__ = ["BY_ID", "SIP2", "SIP2Field"]

PORT_OF_TLS = 6443


def _ending() -> list[Field[Any, Any]]:
    return [
        Variable("variable"),
        Sequence("sequence", None),
        Checksum("checksum", None),
        Terminator("terminator", b"\r"),
    ]


class SIP2(Packet):
    """A message. ``SIP2(bytes)`` and ``SIP2(message="63")`` give the class of that message.

    Of this class itself is what is no message in shape: its fixed part is `fixed`, as it stands.
    """

    name = "SIP2"
    match_subclass = True
    fields_desc = [MessageId("message", b"97"), Rest("fixed", b""), *_ending()]  # noqa: RUF012  (scapy's way)

    @classmethod
    def dispatch_hook(cls, _pkt: bytes = b"", *_: Any, **named: Any) -> type[Packet]:
        """The class of a message, by its bytes or by the id it is to have; raw bytes for what opens like none."""
        if _pkt and not _pkt[:2].isdigit():
            return conf.raw_layer
        if _pkt:
            layout = take_strictly(take_line(bytes(_pkt)))
        else:
            wanted = named.get("message", b"")
            layout = LAYOUTS.get(wanted.encode() if isinstance(wanted, str) else bytes(wanted))
            if "fixed" in named:
                layout = None
        return cls if layout is None else BY_ID[layout.id]

    @classmethod
    def tcp_reassemble(cls, data: bytes, _metadata: dict[str, Any], _session: dict[str, Any]) -> Packet | None:
        """For scapy's `TCPSession`: a message is whole when its terminator is there."""
        return cls(data) if b"\r" in data or b"\n" in data else None

    def extract_padding(self, s: bytes) -> tuple[bytes, bytes | None]:
        """Behind a message stands the next one, unless there is no end to it."""
        return (s, None) if b"\r" in s or b"\n" in s else (b"", s)

    def guess_payload_class(self, payload: bytes) -> type[Packet]:
        """What follows a message in one segment is another one."""
        return SIP2 if payload[:2].isdigit() else super().guess_payload_class(payload)

    def answers(self, other: Packet) -> bool:
        """Whether this may be the answer to `other`."""
        if not isinstance(other, SIP2):
            return False
        asked = LAYOUTS.get(bytes(other.getfieldval("message")))
        mine, yours = self.getfieldval("sequence"), other.getfieldval("sequence")
        if asked is None or asked.answer is None or (mine and yours and mine != yours):
            return False
        return bytes(self.getfieldval("message")) in {asked.answer, b"96", b"98"}

    def values(self, key: str | bytes) -> list[bytes]:
        """The values of every field with an id, in their order."""
        wanted = key.encode() if isinstance(key, str) else key
        return [bytes(one.value) for one in self.getfieldval("variable") if bytes(one.id) == wanted]

    def value(self, key: str | bytes) -> bytes | None:
        """The value of the first field with an id."""
        return next(iter(self.values(key)), None)

    def mysummary(self) -> str:
        """One line, without a value."""
        field, value = self.getfield_and_val("message")
        return f"SIP2 {field.i2repr(self, value)}"


def _make(layout: Layout) -> type[SIP2]:
    words = layout.title
    parts = [MessageId("message", layout.id), *(Part(part) for part in layout.fixed), *_ending()]
    made = new_class(
        f"SIP2{words.replace(' ', '')}",
        (SIP2,),
        exec_body=lambda body: body.update(name=f"SIP2 {words}", fields_desc=parts, __module__=__name__),
    )
    return cast("type[SIP2]", made)


BY_ID = {layout.id: _make(layout) for layout in LAYOUTS.values()}
"""The class of each message by its id."""

for _port in SPEC.ports:
    if _port != PORT_OF_TLS:
        bind_bottom_up(TCP, SIP2, sport=_port)
        bind_bottom_up(TCP, SIP2, dport=_port)
