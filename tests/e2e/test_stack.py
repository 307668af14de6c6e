"""``make stack``: everything starts, a page arrives as mail, and Ctrl-C leaves nothing behind."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.scrape import get
from tests.support.wire import ip, wait_for

pytestmark = [pytest.mark.e2e, pytest.mark.slow]


def test_everything_runs_and_ends(repository: Path) -> None:
    """From invented traffic to a mail in the mailbox."""
    if os.geteuid() != 0:
        pytest.skip("a namespace cannot be made here: that takes the rights of root")
    for tool in ("ip", "prometheus", "prometheus-alertmanager"):
        if shutil.which(tool) is None:
            pytest.skip(f"the command {tool} is not here")
    command = [sys.executable, "-m", "demo.stack"]
    with subprocess.Popen(command, cwd=repository, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            said = ""
            while "Ctrl-C ends it." not in said and (line := process.stdout.readline()):
                said += line
            at = dict(re.findall(r"^  (\w+) +(http://127\.0\.0\.1:\d+)", said, re.MULTILINE))
            (folder,) = re.findall(r"--store (\S+)/findings\.db", said)
            wait_for(lambda: "CameraUnexpectedInternet" in get(f"{at['alerts']}/api/v2/alerts"))
            wait_for(lambda: "A camera talks to a host on the internet" in get(at["mail"]))
            wait_for(lambda: '"1"]' in get(f"{at['Prometheus']}/api/v1/query?query=up"))
            assert "privacy_monitor_build_info" in get(f"{at['metrics']}/metrics")
        finally:
            process.send_signal(signal.SIGINT)
            assert 0 == process.wait(60)
    assert not Path(folder).exists()
    name = f"-{process.pid % 10_000}"
    assert name not in ip("netns", "list").stdout
    assert name not in ip("link").stdout
