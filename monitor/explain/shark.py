"""Runs tshark through pyshark, within bounds.

Rules: both are asked for when they are needed and not before; whatever becomes of tshark, what is said of it is a
sentence of ours, because its own words may quote the capture.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from monitor.dissectors import SIP2
from monitor.errors import CaptureError, UsageError

TIMEOUT_SECONDS = 300.0
"""A capture of 1 GB takes half a minute on a small machine; one that takes ten times as long is better cut first."""

PATIENCE_SECONDS = 5.0
"""For tshark to end when it has written everything; it takes milliseconds."""

Packet = Any
"""A packet as pyshark has it: layers with fields, all of them text."""


class Enough(Exception):  # noqa: N818  (no error: whoever reads has what is wanted)
    """Raised by who takes packets, to end the reading."""


_CONTENT_FIRST = {"tcp.try_heuristic_first": "TRUE"}
"""Sites choose their own ports, and Wireshark gives many of them to others, some of whom wait for more for ever."""


def read_packets(
    path: Path,
    display_filter: str,
    take: Callable[[Packet], None],
    *,
    protocols: Sequence[str],
    preferences: Mapping[str, str],
    last_frame: int = 0,
    timeout_seconds: float = TIMEOUT_SECONDS,
) -> None:
    """Hand every packet that passes a display filter to `take`, in the order of the file.

    Args:
        path: a capture, in any format that tshark reads.
        display_filter: in Wireshark's language.
        take: takes a packet; may raise `Enough`.
        protocols: whose details are wanted; tshark leaves out those of others.
        preferences: of Wireshark's dissectors, by name.
        last_frame: where to stop reading; 0 to read all.
        timeout_seconds: how long tshark may take.

    Raises:
        UsageError: pyshark or tshark is not here, or tshark takes too long.
        CaptureError: tshark cannot read the capture.
    """
    pyshark = _require()
    options = ["-X", f"lua_script:{SIP2}", "-J", " ".join(protocols)]
    if last_frame:
        options += ["-c", str(last_frame)]
    taken = 0

    def count(packet: Packet) -> None:
        nonlocal taken
        taken += 1
        try:
            take(packet)
        except Enough:
            raise pyshark.capture.capture.StopCapture from None

    # A loop of our own: left to itself, pyshark asks for one in a way that newer versions of Python refuse.
    with contextlib.closing(asyncio.new_event_loop()) as loop:
        loop.set_debug(False)  # whatever the interpreter was told: it would show what it is working on
        capture = _patient(pyshark)(
            str(path),
            keep_packets=False,
            display_filter=display_filter,
            override_prefs={**_CONTENT_FIRST, **preferences},
            custom_parameters=options,
            eventloop=loop,
        )
        try:
            capture.apply_on_packets(count, timeout=timeout_seconds)
        except TimeoutError:
            raise UsageError(
                f"tshark has not read the capture in {timeout_seconds:.0f} seconds: cut it first, with editcap for one"
            ) from None
        finally:
            capture.close()
    if capture.crashed and not taken:  # else the capture is cut at its end, and what stands before is read
        raise CaptureError("tshark cannot read the capture, or refuses the dissector for SIP2")


def _patient(pyshark: Any) -> Any:
    """A kind of capture that lets tshark end by itself when all is read, and asks for its version once.

    pyshark kills it at once. Where it has just ended, Python then loses its exit status and says so on stderr. And a
    failure of tshark would be met once more when the capture is collected, where nobody can take it.
    """

    class Patient(pyshark.FileCapture):  # type: ignore[misc]  # pyshark is only here when it is asked for
        crashed = False

        def _get_tshark_version(self) -> Any:
            return _version(pyshark.tshark.tshark.get_process_path())

        async def _cleanup_subprocess(self, process: asyncio.subprocess.Process) -> None:
            self._running_processes.discard(process)
            if self._eof_reached:
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(process.wait(), PATIENCE_SECONDS)
            try:
                await super()._cleanup_subprocess(process)
            except pyshark.capture.capture.TSharkCrashException:
                self.crashed = True

    return Patient


@cache
def _version(path: str) -> Any:
    """What tshark is there: to ask for it takes as long as to read a small capture."""
    from pyshark.tshark.tshark import get_tshark_version  # noqa: PLC0415  (the same)

    return get_tshark_version(path)


def _require() -> Any:
    """pyshark, if it and tshark are here."""
    try:
        import pyshark  # noqa: PLC0415  (nothing else needs it, and it takes a while)
    except ImportError:
        raise UsageError(
            "explain needs pyshark: install it with pip install 'library-privacy-monitor[analyst]'"
        ) from None
    try:
        pyshark.tshark.tshark.get_process_path()  # it looks where Wireshark is installed on Windows and macOS, too
    except pyshark.tshark.tshark.TSharkNotFoundException:
        raise UsageError(
            "explain needs tshark, which comes with Wireshark (Debian and Ubuntu: apt install tshark)"
        ) from None
    return pyshark
