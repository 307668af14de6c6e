"""What the catalog is asked."""

from __future__ import annotations

import json
from typing import NoReturn

from monitor.config.stored import shipped_texts
from monitor.devices.catalog import Catalog, catalog
from monitor.devices.reading import read_catalog
from monitor.devices.signal import Channel, Says, Signal, make_signal
from monitor.devices.tables import tabulate
from monitor.privacy.labels import typed

OWN = Signal(name=typed("own"), says=Says.CAMERA, channel=Channel.NAME, hosts=("*.vendor.example", "exact.example.org"))
CATALOG = Catalog(lambda: ({OWN.name: OWN}, tabulate([OWN])))


def question(name: bytes) -> bytes:
    """A question of DNS, behind the header of its message."""
    labels = b"".join(bytes((len(part),)) + part for part in name.split(b"."))
    return labels + b"\x00\x00\x01\x00\x01"


def test_hosts() -> None:
    """A wildcard stands for the name itself and all below; a name without one for itself."""
    assert ("own",) == CATALOG.host("vendor.example")
    assert ("own",) == CATALOG.host("a.b.vendor.example")
    assert ("own",) == CATALOG.host("exact.example.org")
    assert () == CATALOG.host("x.exact.example.org")
    assert () == CATALOG.host("notvendor.example")
    assert () == CATALOG.host("vendor.example.org")


def test_questions() -> None:
    """The same of what is asked for, as it stands in the message, whatever its case."""
    assert ("own",) == CATALOG.asked(question(b"vendor.example"))
    assert ("own",) == CATALOG.asked(question(b"p2p.VENDOR.example"))
    assert ("own",) == CATALOG.asked(question(b"exact.example.org"))
    assert () == CATALOG.asked(question(b"x.exact.example.org"))
    assert () == CATALOG.asked(question(b"notvendor.example"))
    assert () == CATALOG.asked(question(b"vendor.example.org"))
    assert () == CATALOG.asked(b"")


def test_long_texts() -> None:
    """What a device says is read no further than anybody needs."""
    assert ("says-camera-http",) == catalog().said(Channel.HTTP, b"ip camera")
    assert () == catalog().said(Channel.HTTP, bytes(5_000) + b"ip camera")


def test_nothing_is_read_before_it_is_asked() -> None:
    """A run that meets no device reads no file."""

    def refuse() -> NoReturn:
        raise AssertionError

    Catalog(refuse)


def test_as_the_build_stored_it() -> None:
    """Signals and tables are those that reading the files anew gives."""
    read = {name: make_signal(item) for name, item in read_catalog(shipped_texts("devices")).items()}
    assert read == dict(catalog().signals)
    assert json.loads(json.dumps(tabulate(read.values()))) == dict(catalog()._tables)
