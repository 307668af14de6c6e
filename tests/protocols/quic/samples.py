"""Invented first packets of QUIC clients."""

from __future__ import annotations

from monitor.audit.plants.quic import CLIENT, SERVER, frame, initial
from monitor.audit.plants.tls import client_hello, server_name
from monitor.model.flow import Side

HELLO = client_hello(server_name(b"cloud.example.org"))

CONVERSATIONS: dict[str, list[tuple[Side, bytes]]] = {
    "one packet": [(CLIENT, initial([frame(0, HELLO)])), (SERVER, bytes(60))],
    "pieces in disorder": [(CLIENT, initial([frame(70, HELLO[70:]), frame(0, HELLO[:70])]))],
    "two packets": [
        (CLIENT, initial([frame(0, HELLO[:80])])),
        (CLIENT, initial([frame(80, HELLO[80:])], number=1)),
    ],
    "version 2": [(CLIENT, initial([frame(0, HELLO)], version=0x6B3343CF))],
}
