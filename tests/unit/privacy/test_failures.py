"""What is said of a failure: a type and a place of ours."""

from __future__ import annotations

import re

import pytest

from monitor.privacy.failures import describe_failure
from monitor.privacy.labels import file_label

SECRET = "25550001234567"  # noqa: S105  (invented)


def test_a_place_of_ours() -> None:
    """The innermost line of ours, and nothing of the value."""
    with pytest.raises(TypeError) as failure:
        file_label(int(SECRET))  # type: ignore[arg-type]  # what a bug would do

    assert re.fullmatch(r"TypeError at monitor/privacy/labels\.py:\d+", describe_failure(failure.value))


def test_a_place_elsewhere() -> None:
    """No path of the machine."""
    with pytest.raises(ValueError, match=SECRET) as failure:
        int(f"{SECRET}x")

    assert "ValueError at a place outside this program" == describe_failure(failure.value)
