"""What is told of a layer: words of ours and lengths, whatever tshark shows."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from monitor.explain.layers import Part, Reading, nanoseconds, read_layers
from monitor.model.data import DataClass

VALUE = "29990000000017"


def layer(name: str, *fields: tuple[str, str]) -> Any:
    """A layer as pyshark makes it of what tshark writes."""
    pytest.importorskip("pyshark", reason="pyshark is not installed")
    from lxml.etree import Element, SubElement  # noqa: PLC0415  (it comes with pyshark)
    from pyshark.packet.layers.xml_layer import XmlLayer  # noqa: PLC0415  (the same)

    top = Element("proto", name=name)
    for key, shown in fields:
        SubElement(top, "field", name=key, show=shown, showname=f"{key}: {shown}")
    return XmlLayer(top)


def read(*layers: Any) -> list[Reading]:
    """What is told of a packet with these layers."""
    return list(read_layers(SimpleNamespace(layers=layers)))


def test_sip2() -> None:
    """A message with its fields, what it answers, and what is odd about it."""
    told = read(
        layer(
            "sip2",
            ("sip2.message", "64"),
            ("sip2.field.id", "AA"),
            ("sip2.field.length", "14"),
            ("sip2.field.id", "AO"),
            ("sip2.field.length", "4"),
            ("sip2.field.id", "AE"),
            ("sip2.field.length", "0"),
            ("sip2.checksum.status", "0"),
            ("sip2.fixed.exact", "0"),
            ("sip2.response_to", "7"),
            ("sip2.time", "0.045104978"),
        )
    )
    expected = Reading(
        protocol="sip2",
        code="64",
        title="Patron Information Response",
        parts=(
            Part(key=told[0].parts[0].key, data_class=DataClass.PATRON_IDENTIFIER, length=14),
            Part(key=told[0].parts[1].key, data_class=None, length=4),
        ),
        answers=7,
        after_ns=45_104_978,
        remarks=("wrong checksum", "fixed part out of shape"),
    )
    assert [expected] == told
    assert ["AA", "AO"] == [part.key for part in told[0].parts]


def test_what_no_list_names_is_not_told() -> None:
    """An id, a method or a status may be anything: only those of closed lists are words."""
    told = read(
        layer("sip2", ("sip2.message", VALUE), ("sip2.field.id", VALUE), ("sip2.field.length", "3")),
        layer("sip2", ("sip2.text", VALUE)),
        layer("http", ("http.request.method", VALUE), ("http.cookie", VALUE), ("http.request_in", VALUE + "x")),
        layer("http", ("http.response.code", VALUE)),
        layer("rtsp", ("rtsp.method", VALUE), ("rtsp.url", VALUE)),
        layer("rtsp", ("rtsp.status", "999")),
        layer("tcp", ("tcp.payload", VALUE)),
    )
    assert ["", "", "other", "other"] == [one.code for one in told]
    assert VALUE not in repr(told)
    assert [("other", DataClass.UNCLASSIFIED, 3)] == [
        (part.key, part.data_class, part.length) for part in told[0].parts
    ]
    assert "not a message" == told[1].title


def test_requests_and_answers() -> None:
    """Methods and statuses are told, and which headers there were."""
    told = read(
        layer("http", ("http.request.method", "POST"), ("http.cookie", VALUE), ("http.host", "catalog.example.org")),
        layer("http", ("http.response.code", "302"), ("http.set_cookie", VALUE), ("http.request_in", "9")),
        layer("rtsp", ("rtsp.method", "DESCRIBE"), ("rtsp.url", VALUE)),
        layer("rtsp", ("rtsp.status", "200")),
        layer("http", ("http.chunk_size", "5")),
    )
    assert [("POST", "request", 0), ("302", "answer", 9), ("DESCRIBE", "request", 0), ("200", "answer", 0)] == [
        (one.code, one.title, one.answers) for one in told
    ]
    assert [("Cookie", DataClass.SESSION, 14), ("Host", None, 19)] == [
        (part.key, part.data_class, part.length) for part in told[0].parts
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0.045104978", 45_104_978),
        ("1795309709.0782960009", 1_795_309_709_078_296_000),
        ("2", 2 * 10**9),
        ("", 0),
        ("x.1", 0),
    ],
)
def test_nanoseconds(text: str, expected: int) -> None:
    """Seconds are read exactly."""
    assert expected == nanoseconds(text)
