"""Invented beginnings of connections in makers' own protocols."""

from __future__ import annotations

from monitor.audit.plants.vendor import BAICHUAN, CLIENT, DEVICE, DHIP, RTMP, XIONGMAI
from monitor.model.flow import Side

CONVERSATIONS: dict[str, list[tuple[Side, bytes]]] = {
    "Baichuan": [(CLIENT, BAICHUAN[:12]), (CLIENT, bytes(60)), (DEVICE, bytes(8))],
    "DHIP": [(CLIENT, DHIP[:12]), (CLIENT, bytes(60)), (DEVICE, bytes(8))],
    "Xiongmai": [(CLIENT, XIONGMAI), (CLIENT, bytes(60)), (DEVICE, bytes(8))],
    "RTMP": [(CLIENT, RTMP[:100]), (CLIENT, RTMP[100:]), (DEVICE, bytes(8))],
}
