"""The whole program run from its sources says the same, to the byte, as with what the build compiled."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

RUN = """
import sys
from pathlib import Path
from tests.support.uncompiled import run_sources
if sys.argv.pop(1) == "sources":
    run_sources()
import monitor.flow.lane
print(Path(monitor.flow.lane.__file__).suffix, file=sys.stderr)
from monitor.__main__ import main
sys.exit(main())
"""


@pytest.mark.slow
@pytest.mark.parametrize(
    "options",
    [
        pytest.param((), id="plain", marks=pytest.mark.e2e),
        pytest.param(("--config", "demo/maple-street-library.yaml"), id="configured"),
    ],
)
def test_sources_say_the_same(repository: Path, options: tuple[str, ...]) -> None:
    """Packets, messages and findings of the day that the demo shows."""
    said = {}
    for how in ("compiled", "sources"):
        command = [sys.executable, "-c", RUN, how, "analyze", "--format", "json", *options]
        run = subprocess.run(
            [*command, "demo/maple-street-library.pcapng"], cwd=repository, capture_output=True, text=True, check=False
        )
        said[how] = run.stdout
        assert run.returncode in {0, 1}
        assert (".so" in run.stderr) == (how == "compiled")
    assert said["compiled"] == said["sources"]
    assert '"findings"' in said["sources"]
