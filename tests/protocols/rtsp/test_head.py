"""Tests of `monitor.protocols.rtsp.head`."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.protocols.rtsp.events import Authorization, RtspMethod
from monitor.protocols.rtsp.head import Head, read_head


def head(*lines: str) -> Head:
    """A head that must be one."""
    found = read_head("\r\n".join(lines).encode())
    assert found is not None
    return found


def test_a_request() -> None:
    """Method, address, number."""
    found = head("SETUP rtsp://10.0.0.7/x RTSP/1.0", "cseq:  12 ", "CSeq: 13", "no field at all")
    assert (RtspMethod.SETUP, b"rtsp://10.0.0.7/x", b"12", False) == (
        found.method,
        found.url,
        found.sequence,
        found.length(),
    )


def test_a_response() -> None:
    """Status, number, length."""
    found = head("RTSP/1.0 401 Unauthorized", "CSeq: 3", "Content-length: 17")
    assert (None, 401, b"3", 17) == (found.method, found.status, found.sequence, found.length())


@pytest.mark.parametrize(
    "line",
    ["", "GET / HTTP/1.1", "PLAY rtsp://x/", "play rtsp://x/ RTSP/1.0", "RTSP/1.0", "RTSP/1.0 2000", "A x RTSP/1.0"],
)
def test_what_is_no_head(line: str) -> None:
    """The first line decides."""
    assert read_head(line.encode()) is None


@pytest.mark.parametrize(
    ("field", "expected", "keys"),
    [
        ("Basic aW52ZW50ZWQ6c2VjcmV0", Authorization.BASIC, ["authorization"]),
        ("BASIC  abc", Authorization.BASIC, ["authorization"]),
        ("Basic", Authorization.BASIC, []),
        ('Digest username="x"', Authorization.DIGEST, []),
        ("Bearer abc", Authorization.OTHER, []),
        ("", Authorization.NONE, []),
    ],
)
def test_authorization(field: str, expected: Authorization, keys: list[str]) -> None:
    """Only Basic shows what it protects."""
    found = head("PLAY rtsp://x/ RTSP/1.0", f"Authorization: {field}")
    assert (expected, keys) == (found.authorization(), [one.key for one in found.exposed()])


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("rtsp://viewer:secret@10.0.0.7/", True),
        ("rtsp://viewer@10.0.0.7/", True),
        ("rtsp://@10.0.0.7/", False),
        ("rtsp://10.0.0.7/?user=a&Password=secret", True),
        ("rtsp://10.0.0.7/user=a_password=secret_", True),
        ("rtsp://10.0.0.7/bypass=1", False),
        ("rtsp://10.0.0.7/a@b", False),
        ("*", False),
    ],
)
def test_passwords_in_addresses(url: str, shown: bool) -> None:  # noqa: FBT001  # a parameter of the test
    """Ahead of the host, or where makers put them."""
    found = head(f"DESCRIBE {url} RTSP/1.0")
    assert ["url"] * shown == [one.key for one in found.exposed()]


@given(st.binary(max_size=200))
def test_any_bytes_are_taken(text: bytes) -> None:
    """No head makes the reader fail, whatever its fields hold."""
    for lines in (text, b"PLAY rtsp://x/ RTSP/1.0\r\nAuthorization: " + text + b"\r\nContent-Length: " + text):
        found = read_head(lines)
        if found is not None:
            found.length()
            found.authorization()
            found.exposed()
