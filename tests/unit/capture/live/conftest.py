"""What the tests of live capture share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.wire import virtual_wire


@pytest.fixture
def wire() -> Iterator[None]:
    """A virtual wire; the test runs in its namespace."""
    with virtual_wire():
        yield
