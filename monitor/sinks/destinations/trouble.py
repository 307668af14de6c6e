"""Why something cannot be delivered, in a few words of the system's or of ours."""

from __future__ import annotations

import os
import socket

from monitor.errors import DeliveryError


def trouble(where: str, error: OSError) -> DeliveryError:
    """The error that tells of a failure; `where` may be shown."""
    return DeliveryError(f"{where}: {_reason(error)}")


def _reason(error: OSError) -> str:
    if isinstance(error, socket.gaierror):
        return "no such host is known"
    if isinstance(error, TimeoutError):
        return "no answer"
    return os.strerror(error.errno) if error.errno else "the connection broke"
