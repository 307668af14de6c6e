"""A folder that is a disk of its own, and soon full."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

FILL = """
def fill(folder):
    with (folder / "ballast").open("wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(512))
        except OSError:
            pass
"""
"""Source of a function that leaves no room."""


def on_a_small_disk(folder: Path, program: str, *, kilobytes: int = 256) -> dict[str, Any]:
    """Run a program, whose argument is the disk, in a namespace that ends with it.

    Returns:
        the JSON that it prints.
    """
    if sys.platform != "linux" or not all(map(shutil.which, ("unshare", "mount"))):
        pytest.skip("a small disk is made with the commands unshare and mount (package util-linux) of Linux")
    disk = folder / "disk"
    disk.mkdir()
    mount = f'mount -t tmpfs -o size={kilobytes}k none "$0" && exec "$1" -c "$2" "$0"'
    command = ["unshare", "--mount", "sh", "-c", mount, str(disk), sys.executable, program]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    if ended.returncode and ("unshare:" in ended.stderr or "mount:" in ended.stderr):
        pytest.skip("a disk of its own cannot be mounted here: that takes the rights of root")
    assert 0 == ended.returncode, ended.stderr
    result: dict[str, Any] = json.loads(ended.stdout)
    return result
