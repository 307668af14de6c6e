"""HTTP/1 without encryption: logins, searches and sessions of library websites and of everything else.

`SPEC` is what the registry finds.
"""

from __future__ import annotations

from operator import attrgetter

from monitor.model.contract import ProtocolSpec
from monitor.model.events import DeviceSign, PortMapping
from monitor.model.flow import Transport
from monitor.protocols.http.bounds import (
    FRAME_BYTES,
    MESSAGE_BYTES,
    STREAM_BYTES,
    STREAMS,
    TABLE_BYTES,
    UNPACKED_BYTES,
)
from monitor.protocols.http.events import (
    HttpCookie,
    HttpFragment,
    HttpLogin,
    HttpNcip,
    HttpPage,
    HttpPortal,
    HttpRedirect,
    HttpReferral,
    HttpRequest,
    HttpResponse,
    HttpSip2,
    is_of_library,
)
from monitor.protocols.http.evidence import COOKIES
from monitor.protocols.http.fields import MAX_FIELDS
from monitor.protocols.http.forms import PARAMETERS
from monitor.protocols.http.framing import BODY_BYTES, CHUNK_LINE_BYTES, HEAD_BYTES
from monitor.protocols.http.lines import LINE_BYTES, OPENINGS
from monitor.protocols.http.numbers import CARD_SHAPE
from monitor.protocols.http.opening import build_parser
from monitor.protocols.http.pairing import UNANSWERED
from monitor.protocols.http.parcels import DEPTH, NODES
from monitor.protocols.http.recognition import probe
from monitor.protocols.http.survey import is_usual
from monitor.protocols.sip2.events import Sip2LoginAnswer

SPEC = ProtocolSpec(
    name="http",
    transport=Transport.TCP,
    # Where servers listen by default; only helps to tell who opened a flow.
    ports=(80, 8080, 8000, 8008, 8081, 8088, 8888, 3128, 591, 5985, 1900, 7080),
    probe=probe,
    opens=is_usual,
    parser=build_parser,
    events=(
        *(
            HttpRequest,
            HttpResponse,
            HttpFragment,
            HttpLogin,
            HttpReferral,
            HttpPage,
            HttpCookie,
            HttpRedirect,
            HttpPortal,
        ),
        *(PortMapping, HttpSip2, HttpNcip, Sip2LoginAnswer, DeviceSign),
    ),
    limits={
        "head_bytes": HEAD_BYTES,
        "first_line_bytes": LINE_BYTES,
        "body_bytes": BODY_BYTES,
        "unpacked_bytes": UNPACKED_BYTES,
        "chunk_line_bytes": CHUNK_LINE_BYTES,
        "stream_bytes": STREAM_BYTES,
        "frame_bytes": FRAME_BYTES,
        "table_bytes": TABLE_BYTES,
        "message_bytes": MESSAGE_BYTES,
        "streams": STREAMS,
        "fields_one_by_one": MAX_FIELDS,
        "parameters": PARAMETERS,
        "cookies": COOKIES,
        "unanswered": UNANSWERED,
        "json_depth": DEPTH,
        "json_nodes": NODES,
    },
    options={"cards": ()},
    patterns={"cards": CARD_SHAPE},
    openings=OPENINGS,
    of_library=is_of_library,
    logins={HttpLogin: attrgetter("host")},
    report={"requests": HttpRequest, "responses": HttpResponse, "sip2_messages": HttpSip2, "ncip_messages": HttpNcip},
)
