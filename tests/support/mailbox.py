"""A mail server on this machine that keeps what it is sent."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import Message
from typing import Any

from aiosmtpd.controller import Controller

from tests.support.alertmanager import free_port


class Mailbox:
    """Every mail, in order."""

    def __init__(self) -> None:
        self.mails: list[Message] = []
        self.is_full = False
        self.port = free_port()

    @property
    def url(self) -> str:
        """Where to send, as Apprise writes it."""
        return f"mailto://127.0.0.1:{self.port}?from=sensor@example.org&to=it@example.org&mode=insecure"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 (the library's name)
        """Keep one; called by the server."""
        if self.is_full:
            return "452 4.2.2 SECRET mailbox full"
        self.mails.append(message_from_bytes(envelope.content))
        return "250 OK"


def text_of(mail: Message) -> str:
    """Its body."""
    for part in mail.walk():
        if part.get_content_type() == "text/plain":
            payload = part.get_payload(decode=True)
            assert isinstance(payload, bytes)
            return payload.decode()
    raise AssertionError


@contextmanager
def mailbox() -> Iterator[Mailbox]:
    """One that is open until the end of the ``with``."""
    box = Mailbox()
    server = Controller(box, hostname="127.0.0.1", port=box.port)
    server.start()
    try:
        yield box
    finally:
        server.stop()
