"""Secrets in files of their own."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor.errors import UsageError
from monitor.sinks.secrets import MAX_SECRET_BYTES, read_secret


@pytest.mark.parametrize("text", ["secret word", "secret word\n", "secret word\r\n"])
def test_one_line(text: str, tmp_path: Path) -> None:
    """Its line break is not a part of it."""
    path = tmp_path / "secret"
    path.write_bytes(text.encode())
    assert b"secret word" == read_secret(path, "password")


@pytest.mark.parametrize("data", [b"", b"\n", b"SESAME\nSESAME\n", b"S" * (MAX_SECRET_BYTES + 1)], ids=range(4))
def test_no_secret(data: bytes, tmp_path: Path) -> None:
    """Nothing of it is shown."""
    path = tmp_path / "secret"
    path.write_bytes(data)
    with pytest.raises(UsageError, match="is not one line with the password") as error:
        read_secret(path, "password")
    assert "SS" not in str(error.value)
    assert "SESAME" not in str(error.value)


def test_no_file(tmp_path: Path) -> None:
    """That is said."""
    with pytest.raises(UsageError, match=r"cannot read the password in .*missing: No such file"):
        read_secret(tmp_path / "missing", "password")
