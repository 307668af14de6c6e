"""Catches the mail that a demonstration sends, and shows it on a page of this machine."""

from __future__ import annotations

import html
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

from aiosmtpd.controller import Controller

KEPT = 200
"""Mails; the oldest goes first."""


class Mailbox:
    """The latest mails, whoever they are for."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 (the library's name)
        """Keep one; called by the server."""
        mail = message_from_bytes(envelope.content, policy=policy.default)
        self.mails = [*self.mails[1 - KEPT :], mail]  # type: ignore[list-item]
        return "250 OK"

    def page(self) -> str:
        """All of them, the latest first."""
        parts = ['<!doctype html><meta charset="utf-8"><title>Mail</title><h1>Mail that was sent</h1>']
        for mail in reversed(self.mails):
            body = mail.get_body(("plain",))
            text = body.get_content() if body is not None else ""
            heads = "\n".join(f"{name}: {mail[name]}" for name in ("To", "Date", "Subject"))
            parts.append(f"<hr><pre>{html.escape(heads)}\n\n{html.escape(text)}</pre>")
        return "".join(parts)


@contextmanager
def mailbox(smtp_port: int, web_port: int) -> Iterator[Mailbox]:
    """Take mail at one port and show it at another, both of this machine alone, until the end of the ``with``."""
    box = Mailbox()

    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            page = box.page().encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(page)))
            self.end_headers()
            self.wfile.write(page)

        def log_message(self, *_: object) -> None:
            """Nothing: the terminal is for people."""

    smtp = Controller(box, hostname="127.0.0.1", port=smtp_port)
    web = ThreadingHTTPServer(("127.0.0.1", web_port), Page)
    thread = Thread(target=web.serve_forever)
    smtp.start()
    thread.start()
    try:
        yield box
    finally:
        web.shutdown()
        thread.join()
        web.server_close()
        smtp.stop()
