"""The first configuration: the example, of which only what a sensor needs is in force."""

from __future__ import annotations

import re
from pathlib import Path

from monitor.config.loading import load_config
from monitor.config.shipped import shipped_example
from monitor.installation.example import first_configuration


def test_every_line_of_the_example_is_there() -> None:
    """In force or not, whoever looks for a key finds it."""
    text = first_configuration("eth7")
    for line in shipped_example().read_text("utf-8").splitlines()[4:]:
        assert line in text or "interfaces" in line


def test_what_is_commented_out_is_right(tmp_path: Path) -> None:
    """Taking every sign away that was put there gives the example again, with the interface that was chosen."""
    path = tmp_path / "config.yaml"
    _, _, text = first_configuration("eth7").partition("\n\n")
    path.write_text(re.sub(r"^#(?=[a-z]|  )", "", text, flags=re.MULTILINE), "utf-8")
    config, example = load_config(path), load_config(shipped_example())
    assert ("eth7",) == config.sensor.interfaces
    assert (example.site, example.zones, example.assets) == (config.site, config.zones, config.assets)
    assert (example.local, example.store, example.metrics) == (config.local, config.store, config.metrics)
