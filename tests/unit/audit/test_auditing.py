"""The audit: clean as the program is, and loud as soon as it is not."""

from __future__ import annotations

import base64
import logging
import os
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

from monitor.audit import auditing as room
from monitor.audit.auditing import PROCESS, Audit, audit
from monitor.audit.outlets import OUTLETS, Outlet, Site
from monitor.audit.search import Search
from monitor.config.loading import load_config
from monitor.config.settings import Config, StoreSettings
from monitor.model.finding import Finding
from monitor.model.opaque import Raw
from monitor.model.stats import Stats
from monitor.protocols.registry import specs

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def plain() -> Audit:
    """One audit without a configuration."""
    return audit(Config(), random=Random(1))


def test_nothing_leaves(plain: Audit) -> None:
    """And that means something: all protocols were planted, values were read, findings made, the search works."""
    assert ((), True, 0) == (tuple(one for one in plain.outputs if one.traces), plain.is_proof, plain.leaks)
    assert {spec.name for spec in specs()} == {one.protocol for one in plain.readings if one.values}
    assert {"sip2", "http", "rtsp"} <= {one.protocol for one in plain.readings if one.exposures and one.findings}
    assert (True, plain.tried) == (plain.tried > 100, plain.noticed)
    assert 0 == plain.faults


def test_every_output_was_searched(plain: Audit) -> None:
    """None of them was empty."""
    assert len(OUTLETS) + 1 == len(plain.outputs)
    assert [] == [output.name for output in plain.outputs if not output.size_bytes]


def test_a_configuration(repository: Path) -> None:
    """With zones and assets: patrons' devices are among those that speak, and their addresses stay inside."""
    config = load_config(repository / "demo" / "maple-street-library.yaml", specs())
    result = audit(config, random=Random(1))
    assert (True, 0, 1) == (result.is_proof, result.leaks, result.addresses)
    assert result.excluded_packets > 0


def test_nothing_of_the_site_is_touched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The database of the configuration is not even made, and no folder of the audit stays."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    audit(Config(store=StoreSettings(path=tmp_path / "findings.db")), random=Random(1))
    assert [] == list(tmp_path.iterdir())


class _Leaky:
    """A sink that got hold of values that a parser opened, by a bug of whatever kind."""

    def __init__(self, opened: list[bytes]) -> None:
        self.opened = opened
        self.written: list[bytes] = []

    def receive(self, finding: Finding) -> None:
        """Nothing."""

    def tick(self, at_ns: int, stats: Stats) -> None:  # noqa: ARG002 (a sink's own)
        """Write one of them, a little hidden."""
        self.written += [base64.b64encode(b"!" + value) for value in self.opened[:1]]

    def finish(self, stats: Stats) -> None:
        """Nothing."""


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """Every value that anybody opens from now on."""
    values: list[bytes] = []
    reveal = Raw.reveal

    def spy(raw: Raw) -> bytes:
        value = reveal(raw)
        if len(value) >= 16:
            values.append(value)
        return value

    monkeypatch.setattr(Raw, "reveal", spy)
    return values


def test_a_leaky_sink_is_found(opened: list[bytes]) -> None:
    """The way out is named, and which field it was; the value is not."""

    def leaky(_: Site) -> Outlet:
        sink = _Leaky(opened)
        return Outlet(name="leaky", sink=sink, left=lambda: b"\n".join(sink.written))

    result = audit(Config(), openers=(*OUTLETS, leaky), random=Random(1))
    output = next(one for one in result.outputs if one.name == "leaky")
    assert {"base64"} == {trace.spelling for trace in output.traces}
    assert 1 == len({trace.place for trace in output.traces})
    assert result.leaks == len(output.traces)
    assert not Search({"the value": opened[0]}).find(repr(result).encode())


@pytest.mark.parametrize("way", ["stderr", "log", "descriptor"])
def test_a_leaky_process_is_found(way: str, opened: list[bytes], monkeypatch: pytest.MonkeyPatch) -> None:
    """What is printed or logged meanwhile is a way out like any other."""
    say = {
        "stderr": lambda value: sys.stderr.write(value.decode()),
        "log": lambda value: logging.getLogger("monitor").debug("met %s", value),
        "descriptor": lambda value: os.write(1, value),
    }[way]
    finish = room.MemoryCapture.__iter__

    def loud(source: room.MemoryCapture) -> Iterator[object]:
        yield from finish(source)
        say(opened[0])

    monkeypatch.setattr(room.MemoryCapture, "__iter__", loud)
    result = audit(Config(), openers=(), random=Random(1))
    assert [PROCESS] == [output.name for output in result.outputs if output.traces]


def test_a_leak_that_does_not_last(opened: list[bytes]) -> None:
    """What is gone at the end was still there meanwhile."""

    def fleeting(site: Site) -> Outlet:
        place = site.folder / "log"
        sink = _Leaky(opened)

        def left() -> bytes:
            place.write_bytes(b"".join(sink.written))
            data = place.read_bytes()
            place.unlink()
            sink.written.clear()
            return data

        return Outlet(name="a log that goes", sink=sink, left=left)

    result = audit(Config(), openers=(fleeting,), random=Random(1))
    assert result.leaks > 0


def test_what_proves_nothing(plain: Audit) -> None:
    """No findings, or a search that is blind: finding nothing means nothing then."""
    unread = replace(plain, readings=tuple(replace(one, findings=0) for one in plain.readings))
    assert (False, False) == (unread.is_proof, replace(plain, noticed=plain.tried - 1).is_proof)
