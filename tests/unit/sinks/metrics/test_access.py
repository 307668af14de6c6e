"""The password, and files that are not what they should be."""

from __future__ import annotations

from base64 import b64encode
from pathlib import Path

import pytest

from monitor.config.settings import BasicAuth, Tls
from monitor.errors import UsageError
from monitor.model.opaque import Label
from monitor.sinks.metrics.access import MAX_PASSWORD_BYTES, Password, open_tls

SECRET = "correct horse: battery"  # noqa: S105 (invented)


def password(folder: Path, content: bytes) -> Password:
    """What stands in a file."""
    path = folder / "password"
    path.write_bytes(content)
    return Password(BasicAuth(user=Label("prometheus"), password_file=path))


def basic(text: str) -> str:
    """The header of a user with a password."""
    return f"Basic {b64encode(text.encode()).decode()}"


@pytest.mark.parametrize("end", ["", "\n", "\r\n"])
def test_the_right_one_opens(tmp_path: Path, end: str) -> None:
    """A line break behind it is not a part of it."""
    lock = password(tmp_path, (SECRET + end).encode())
    assert lock.opens(basic(f"prometheus:{SECRET}"))
    assert lock.opens(basic(f"prometheus:{SECRET}").replace("Basic", "basic"))


@pytest.mark.parametrize(
    "header",
    [
        "",
        "Basic",
        "Basic ",
        "Basic !!!!",
        "Basic ä",
        basic(""),
        basic("prometheus:"),
        basic(f"prometheus:{SECRET}\n"),
        basic(f"prometheus:{SECRET[:-1]}"),
        basic(f"Prometheus:{SECRET}"),
        basic(f"{SECRET}"),
        basic(f"prometheus:{SECRET}").replace("Basic", "Bearer"),
    ],
)
def test_nothing_else_does(tmp_path: Path, header: str) -> None:
    """Neither a part of it nor what is no password at all."""
    assert not password(tmp_path, SECRET.encode()).opens(header)


@pytest.mark.parametrize("content", [b"", b"\n", b"one\ntwo", b"x" * (MAX_PASSWORD_BYTES + 1), b"\0" * 9_999])
def test_what_is_no_password(tmp_path: Path, content: bytes) -> None:
    """It is refused, and not shown."""
    with pytest.raises(UsageError, match=r"is not one line with the password, of at most 1024 bytes$") as refused:
        password(tmp_path, content)
    assert "two" not in str(refused.value)


def test_files_that_are_missing(tmp_path: Path) -> None:
    """Each is named."""
    nowhere = tmp_path / "nowhere"
    with pytest.raises(UsageError, match="nowhere: No such file"):
        Password(BasicAuth(user=Label("x"), password_file=nowhere))
    with pytest.raises(UsageError, match="nowhere: No such file"):
        open_tls(Tls(certificate=nowhere, key=nowhere))


def test_files_that_are_no_certificate(tmp_path: Path) -> None:
    """What is in them is not shown."""
    path = tmp_path / "cert.pem"
    path.write_text(SECRET, "utf-8")
    with pytest.raises(UsageError, match=r"cert\.pem are no certificate with its key") as refused:
        open_tls(Tls(certificate=path, key=path))
    assert SECRET not in str(refused.value)
