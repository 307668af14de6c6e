"""What tshark, with the dissector that comes along, says of the SIP2 in a capture; asked through pyshark."""

from __future__ import annotations

import importlib.util
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from monitor.explain.shark import read_packets

VERDICTS = {"0": "bad", "1": "ok", "2": "absent"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field behind a fixed part."""

    key: str
    data_class: str
    length: int
    value: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message."""

    frame: int
    stream: int
    port: int
    """It comes from."""
    id: str
    sender: str
    checksum: str
    fields: tuple[Field, ...]
    layer: Any
    """All of it, as pyshark has it."""

    @property
    def filled(self) -> list[Field]:
        """Fields with a value."""
        return [field for field in self.fields if field.value.strip(b" \t\n\0")]


def need_tshark() -> None:
    """Skip where pyshark or tshark is not here."""
    if importlib.util.find_spec("pyshark") is None:
        pytest.skip("pyshark is not installed")
    if shutil.which("tshark") is None:
        pytest.skip("tshark is not here")


def read_sip2(path: Path, *, hidden: bool = False, lines: bool = False) -> list[Message]:
    """Every message of SIP2 in a capture.

    Args:
        path: of the capture.
        hidden: whether values are to be hidden.
        lines: whether lines that are no messages are wanted, too.
    """
    need_tshark()
    found: list[Message] = []

    def take(packet: Any) -> None:
        found.extend(
            _message(packet, layer)
            for layer in packet.layers
            if layer.layer_name == "sip2" and (lines or layer.get_field("sip2.message"))
        )

    read_packets(
        path,
        "sip2",
        take,
        protocols=("frame", "tcp", "sip2"),
        preferences={"sip2.mask_values": str(hidden).upper()},
    )
    return found


def _message(packet: Any, layer: Any) -> Message:
    values = iter(shown(layer, "sip2.field.value", "raw_value"))
    fields = tuple(
        Field(
            key=key,
            data_class=kind,
            length=int(length),
            value=bytes.fromhex(next(values) or "") if length != "0" else b"",
        )
        for key, kind, length in zip(
            *(shown(layer, f"sip2.field.{name}") for name in ("id", "class", "length")), strict=True
        )
    )
    return Message(
        frame=int(packet.number),
        stream=int(packet.tcp.stream),
        port=int(packet.tcp.srcport),
        id="".join(shown(layer, "sip2.message")),
        sender="".join(shown(layer, "sip2.sender")),
        checksum=VERDICTS.get("".join(shown(layer, "sip2.checksum.status")), ""),
        fields=fields,
        layer=layer,
    )


def shown(layer: Any, name: str, how: str = "show") -> list[str]:
    """Every occurrence of a field in a layer, as it is shown."""
    field = layer.get_field(name)
    return [] if field is None else [getattr(one, how) for one in field.all_fields]
