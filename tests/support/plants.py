"""What is planted for the canary test: what the package plants, and the samples with marks in the place of values."""

from __future__ import annotations

import re
from collections.abc import Iterator

from monitor.audit.marks import Marks, Script
from monitor.audit.plants import known_plants
from tests.protocols.http.samples import ASK_LUND, SESSION
from tests.protocols.http.samples import CONVERSATIONS as HTTP
from tests.protocols.sip2.samples import CONVERSATIONS as SIP2

_VALUE = re.compile(rb"([A-Z][A-Z0-9])([^|~\r\n]+)(?=[|~])")


def sip2(marks: Marks) -> Iterator[Script]:
    """What the package plants, and the samples."""
    yield from known_plants()["sip2"](marks)
    for talk in SIP2.values():
        yield [(side, _VALUE.sub(lambda found: found[1] + marks.mark(found[1].decode()), data)) for side, data in talk]


def http(marks: Marks) -> Iterator[Script]:
    """What the package plants, and the samples."""
    yield from known_plants()["http"](marks)
    session, word = marks.mark("session"), marks.mark("word in base64")
    for talk in HTTP.values():
        yield [(side, data.replace(SESSION.encode(), session).replace(ASK_LUND.encode(), word)) for side, data in talk]


PLANTS = {**known_plants(), "sip2": sip2, "http": http}
