"""Notices arrive as sd_notify(3) wants them, and a service manager that is not there is no trouble."""

from __future__ import annotations

import socket
import sys
import time
from pathlib import Path

import pytest

from monitor.sinks.service.notifier import Notifier
from tests.support.manager import Manager

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="service managers of this kind are Linux's")


def test_every_notice(tmp_path: Path) -> None:
    """One datagram each; a reload says when it began, by the monotonic clock in microseconds."""
    with Manager(tmp_path) as manager:
        notifier = Notifier({"NOTIFY_SOCKET": str(manager.path)})
        assert notifier.is_heard
        earliest = time.monotonic_ns() // 1_000
        notifier.reloading()
        latest = time.monotonic_ns() // 1_000
        notifier.ready()
        notifier.alive()
        notifier.status("eth1: 5 packets/s")
        notifier.stopping()
        notifier.close()
        reloading, *rest = manager.notices

    assert ["READY=1", "WATCHDOG=1", "STATUS=eth1: 5 packets/s", "STOPPING=1"] == rest
    first, second = reloading.splitlines()
    assert "RELOADING=1" == first
    assert earliest <= int(second.removeprefix("MONOTONIC_USEC=")) <= latest


def test_an_abstract_socket() -> None:
    """Its name begins with a null byte, written as ``@``."""
    name = f"privacy-monitor-{time.monotonic_ns()}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        listener.bind(f"\0{name}")
        notifier = Notifier({"NOTIFY_SOCKET": f"@{name}"})
        notifier.ready()
        assert b"READY=1" == listener.recv(100)
        notifier.close()


@pytest.mark.parametrize("environment", [{}, {"NOTIFY_SOCKET": ""}, {"NOTIFY_SOCKET": "vsock:2:1234"}])
def test_nobody_listens(environment: dict[str, str]) -> None:
    """A run that no service manager started says nothing to anybody."""
    notifier = Notifier(environment)
    assert not notifier.is_heard
    notifier.ready()
    notifier.close()


def test_a_manager_that_has_gone(tmp_path: Path) -> None:
    """Neither one that is not there, nor one that leaves, is an error; nor one that does not read."""
    lost = Notifier({"NOTIFY_SOCKET": str(tmp_path / "nothing")})
    lost.ready()
    lost.close()
    with Manager(tmp_path) as manager:
        notifier = Notifier({"NOTIFY_SOCKET": str(manager.path)})
        for _ in range(100_000):  # more than any socket holds
            notifier.alive()
        assert manager.has("WATCHDOG=1")
    notifier.alive()
    notifier.close()
