"""Labels made of paths: nothing in them can drive a terminal or hide what follows."""

from __future__ import annotations

import pytest

from monitor.model.opaque import Label
from monitor.privacy.labels import file_label


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("captures/2026-01-01 Café.pcap", "captures/2026-01-01 Café.pcap"),
        ("日本/ملف.pcap", "日本/ملف.pcap"),
        ("C:\\captures\\x", "C:\\captures\\x"),
        ("a\nb\tc\r", r"a\nb\tc\r"),
        ("\x1b[31mred\x07", r"\x1b[31mred\x07"),
        ("\x9b2J\x7f\x00", r"\x9b2J\x7f\x00"),
        ("x\u202egnp.exe\u2066", r"x\u202egnp.exe\u2066"),
        ("\udcff\udc80", r"\udcff\udc80"),
        ("a\u2028b\u200bc\ufeff\u00ad", r"a\u2028b\u200bc\ufeff\xad"),
        ("\U000e0041", r"\U000e0041"),
        ("", ""),
    ],
)
def test_file_label(path: str, shown: str) -> None:
    """What prints stays as it is; everything else stands as a backslash escape, in ASCII."""
    label = file_label(path)

    assert isinstance(label, Label)
    assert shown == label
    assert label.isprintable()
