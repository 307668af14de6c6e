"""What is rehearsed is there when packets come."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from monitor.audit.rehearsal import rehearse
from monitor.config.settings import Config

DEMO = Path("demo/maple-street-library.pcapng")
LATER = """
import sys
from monitor.audit.rehearsal import rehearse
from monitor.build import build
from monitor.capture.files import CaptureFiles
from monitor.config.settings import Config
from monitor.devices.catalog import catalog
from monitor.model.stats import Stats

rehearse(Config())
before = set(sys.modules)
stats = Stats()
build(CaptureFiles([sys.argv[1]], stats), (), stats, live=True).run()
print("signals" in vars(catalog()), *{name.partition(".")[0] for name in set(sys.modules) - before})
"""


def test_what_takes_long_to_load_is_spoken() -> None:
    """Protocols with catalogs or libraries behind them are recognized in what is said, and no parser fails."""
    stats = rehearse(Config())
    spoken = {name for name, counters in stats.protocols.items() if counters["flows"]}
    assert spoken >= {"discovery", "http", "ncip", "quic", "rtsp", "sip2", "tls", "z3950"}
    assert {} == dict(stats.faults)


@pytest.mark.slow
def test_catalogs_and_libraries_are_there_afterward() -> None:
    """A day of a library, read afterward, finds the catalog of devices and what opens QUIC in place."""
    command = [sys.executable, "-c", LATER, str(DEMO)]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
    assert "True" == said[0]
    assert "cryptography" not in said
