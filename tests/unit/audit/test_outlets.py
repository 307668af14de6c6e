"""Every way out lets something out, and what left is what the real sink wrote."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

import pytest

from monitor.audit.outlets import OUTLETS, Outlet, Site, open_outlets, read_files
from monitor.config.settings import Config
from monitor.privacy.presence import Presence
from tests.unit.sinks.samples import FIVE_NS, PIN, busy_stats


@pytest.fixture
def stack() -> ExitStack:
    """What has to be closed."""
    with ExitStack() as made:
        yield made


def test_what_left(tmp_path: Path, stack: ExitStack) -> None:
    """A finding leaves by each of them, meanwhile or at the end."""
    outlets = open_outlets(Site(config=Config(), presence=Presence(), folder=tmp_path, stack=stack), OUTLETS)
    stats = busy_stats()
    for outlet in outlets:
        outlet.sink.receive(PIN)
        outlet.sink.tick(FIVE_NS, stats)
    early = {outlet.name: outlet.left() for outlet in outlets}
    for outlet in outlets:
        outlet.sink.finish(stats)
    late = {outlet.name: outlet.left() for outlet in outlets}
    needle = {"metrics, scraped": str(PIN.rule).encode(), "statistics": b"1 finding"}
    for outlet in outlets:
        assert needle.get(outlet.name, str(PIN.title).encode()) in early[outlet.name] + late[outlet.name], outlet.name
    assert b"findings.db-wal" in early["database of findings and its log"]
    assert len(outlets) == len({outlet.name for outlet in outlets})


def test_files(tmp_path: Path) -> None:
    """Names of files leave as well as what they hold."""
    (tmp_path / "inside").mkdir()
    (tmp_path / "inside" / "name").write_bytes(b"held")
    assert [b"name", b"held"] == read_files(tmp_path)


def test_outlet_is_a_sink(stack: ExitStack, tmp_path: Path) -> None:
    """The metrics come last: their heartbeat says that all others were served."""
    outlets = open_outlets(Site(config=Config(), presence=Presence(), folder=tmp_path, stack=stack), OUTLETS)
    assert all(isinstance(outlet, Outlet) for outlet in outlets)
    assert "metrics, scraped" == outlets[-1].name
