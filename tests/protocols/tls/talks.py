"""A short way to run the TLS parser in tests."""

from __future__ import annotations

from collections.abc import Mapping

from monitor.model.events import Output
from monitor.model.flow import Close, Side
from monitor.protocols.tls.parser import TlsParser


def parse(
    *pieces: tuple[Side, bytes],
    from_start: bool = True,
    finish: bool = False,
    options: Mapping[str, object] | None = None,
) -> list[Output]:
    """Everything the parser says of these pieces."""
    parser = TlsParser(options or {}, from_start)
    outputs = [output for side, data in pieces for output in parser.feed(side, memoryview(data))]
    if finish:
        outputs += [output for side in Side for output in parser.finish(side, Close.FIN)]
    return outputs
