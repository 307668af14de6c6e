"""Packages that an installation carries: all that the program needs, or one, where nothing runs from there."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, distribution

import pytest

from monitor.installation import environment


def need_installation() -> None:
    """Skip where the program runs without having been installed, so that nobody knows what it needs."""
    try:
        distribution(environment.NAME)
    except PackageNotFoundError:
        pytest.skip("the program is not installed here (make test installs it)")


def carry_few_packages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Copy one package instead of all: that takes seconds, and is another test's business."""
    monkeypatch.setattr(environment, "_packages", lambda: [distribution("pyyaml")])
