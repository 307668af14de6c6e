"""A library system with one invented patron, made of the package pysip2: ``python -m tests.support.sip2_server PORT``.

It speaks on 127.0.0.1 and prints a line when it listens. Who says what it does not understand is hung up on, at the
latest after a second of silence.
"""

from __future__ import annotations

import sys

import anyio
from pysip2 import (
    LOGIN,
    PATRON_INFORMATION,
    LoginRequest,
    LoginResponse,
    PatronInformationRequest,
    PatronInformationResponse,
    RequestContext,
    SIP2Server,
)

IDLE_SECONDS = 1.0

server = SIP2Server(institution_id="EXLIB", idle_timeout=IDLE_SECONDS)


@server.route(LOGIN)
def log_in(_request: LoginRequest, _context: RequestContext[LoginRequest, LoginResponse]) -> LoginResponse:
    """Let everybody in."""
    return LoginResponse(ok="1")


@server.route(PATRON_INFORMATION)
def inform(
    request: PatronInformationRequest, context: RequestContext[PatronInformationRequest, PatronInformationResponse]
) -> PatronInformationResponse:
    """Tell about the patron, whoever is asked for."""
    return PatronInformationResponse(
        patron_status=" " * 14,
        language="000",
        transaction_date=context.now_18(),
        hold_items_count="0000",
        overdue_items_count="0000",
        charged_items_count="0001",
        fine_items_count="0000",
        recall_items_count="0000",
        unavailable_holds_count="0000",
        institution_id="EXLIB",
        patron_identifier=request.patron_identifier,
        personal_name="Zoraida Quillfeather",
        valid_patron="Y",
        charged_items=("31999000000017",),
        email_address="zoraida@example.org",
    )


async def listen(port: int) -> None:
    """Serve until somebody ends the process."""
    async with server.start("127.0.0.1", port):
        sys.stdout.write("listening\n")
        sys.stdout.flush()
        await anyio.sleep_forever()


if __name__ == "__main__":
    anyio.run(listen, int(sys.argv[1]))
