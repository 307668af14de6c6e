"""What the tests of this room share: reading bytes as a capture."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.captures import Reading, read_paths


@pytest.fixture
def read(tmp_path: Path) -> Callable[[bytes], Reading]:
    """Read bytes as a file."""

    def read_bytes(content: bytes) -> Reading:
        path = tmp_path / "some capture"
        path.write_bytes(content)
        return read_paths(str(path))

    return read_bytes
