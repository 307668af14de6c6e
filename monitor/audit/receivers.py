"""Stand where a site's servers and daemons would: private receivers on this machine, which keep all that arrives.

Rules: they listen to this machine only, and speak plain text, so that what is searched is what was said.
"""

from __future__ import annotations

import contextlib
import os
import selectors
import socket
import sys
from contextlib import ExitStack
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from io import BufferedIOBase, BytesIO
from pathlib import Path
from socketserver import TCPServer, ThreadingMixIn
from threading import Lock, Thread
from types import TracebackType
from typing import Any, Self

HOST = "127.0.0.1"
MAX_BYTES = 16_000_000
"""That one receiver keeps, some hundred times of what arrives; what is beyond it is not searched, which is said."""
PATIENCE_SECONDS = 10.0
"""For each step of a client, which is this process."""
_AT_ONCE = 1 << 18


def short_name(folder: Path, stack: ExitStack) -> str:
    """A name for a folder that is short enough for sockets in it (unix(7): 108 bytes), as long as `stack` is open."""
    if sys.platform != "linux":
        return str(folder)
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    stack.callback(os.close, descriptor)
    return f"/proc/self/fd/{descriptor}"


class Kept:
    """What has arrived, as far as there is room."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._parts: list[bytes] = []
        self._size = 0

    def keep(self, part: bytes) -> None:
        """Take some bytes. From any thread."""
        with self._lock:
            part = part[: MAX_BYTES - self._size]
            self._parts.append(part)
            self._size += len(part)

    def parts(self) -> list[bytes]:
        """All so far, as they came."""
        with self._lock:
            return list(self._parts)


class Mailbox:
    """Takes datagrams, or connections and what is said on them. To be used with ``with``."""

    def __init__(self, listening: socket.socket) -> None:
        """Begin to receive.

        Args:
            listening: bound, and closed with this.
        """
        self._listening = listening
        self._kept = Kept()
        self._lock = Lock()
        """Held by whoever receives."""
        self._selector = selectors.DefaultSelector()
        self._bell, self._ring = socket.socketpair()
        self._selector.register(self._bell, selectors.EVENT_READ)
        if listening.type == socket.SOCK_STREAM:
            listening.listen()
        listening.settimeout(0)
        self._selector.register(listening, selectors.EVENT_READ)
        self._thread = Thread(target=self._work, name="audit receiver", daemon=True)
        self._thread.start()

    @classmethod
    def at(cls, path: str) -> Self:
        """One for datagrams at a path that nobody has."""
        return cls._bound(socket.AF_UNIX, socket.SOCK_DGRAM, path)

    @classmethod
    def on(cls, kind: socket.SocketKind) -> Self:
        """One at any port of this machine."""
        return cls._bound(socket.AF_INET, kind, (HOST, 0))

    @classmethod
    def _bound(cls, family: socket.AddressFamily, kind: socket.SocketKind, place: Any) -> Self:
        made = socket.socket(family, kind)
        try:
            made.bind(place)
        except OSError:
            made.close()
            raise
        return cls(made)

    @property
    def port(self) -> int:
        """Where it is, on the internet."""
        port: int = self._listening.getsockname()[1]
        return port

    def arrived(self) -> bytes:
        """Everything that was sent until now, each datagram on a line of its own."""
        self._receive()
        end = b"" if self._listening.type == socket.SOCK_STREAM else b"\n"
        return b"".join(part + end for part in self._kept.parts())

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ring.close()  # which wakes the thread
        self._thread.join()
        for key in list(self._selector.get_map().values()):
            if isinstance(key.fileobj, socket.socket):
                key.fileobj.close()
        self._selector.close()

    def _work(self) -> None:
        while all(key.fileobj is not self._bell for key, _ in self._selector.select()):
            self._receive()

    def _receive(self) -> None:
        """Take all that has come, without waiting for more."""
        with self._lock:
            again = True
            while again:
                sockets = [key.fileobj for key in self._selector.get_map().values() if key.fileobj is not self._bell]
                again = any([self._take(one) for one in sockets if isinstance(one, socket.socket)])  # noqa: C419  (all)

    def _take(self, one: socket.socket) -> bool:
        """Whether anything came, after which more may be there."""
        try:
            if one is self._listening and one.type == socket.SOCK_STREAM:
                connection, _ = one.accept()
                connection.settimeout(0)
                self._selector.register(connection, selectors.EVENT_READ)
                return True
            part = one.recv(_AT_ONCE)
        except BlockingIOError:
            return False
        except ConnectionError:
            part = b""
        if not part and one is not self._listening:
            self._selector.unregister(one)
            one.close()
            return False
        self._kept.keep(part)
        return True


class WebServer:
    """Takes requests of HTTP, and is content with all of them. To be used with ``with``."""

    def __init__(self) -> None:
        self._kept = Kept()
        self._server = _Server(self._kept)
        self.port: int = self._server.server_address[1]
        self._thread = Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, name="audit receiver", daemon=True
        )
        self._thread.start()

    def requests(self) -> list[bytes]:
        """Each from its first byte to its last."""
        return self._kept.parts()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class _Server(ThreadingMixIn, TCPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, kept: Kept) -> None:
        self.kept = kept
        super().__init__((HOST, 0), _Handler)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Nothing is said: at whom nothing arrives, that shows."""


class _Copied(BytesIO):
    """What is read of a stream, beside it."""

    def __init__(self, stream: BufferedIOBase) -> None:
        super().__init__()
        self.stream = stream

    def readline(self, size: int | None = -1, /) -> bytes:
        return self._note(self.stream.readline(-1 if size is None else size))

    def read(self, size: int | None = -1, /) -> bytes:
        return self._note(self.stream.read(-1 if size is None else size))

    def _note(self, part: bytes) -> bytes:
        self.write(part)
        return part


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    timeout = PATIENCE_SECONDS

    def setup(self) -> None:
        super().setup()
        self._copied = _Copied(self.rfile)
        self.rfile = self._copied

    def finish(self) -> None:
        self._keep()
        self._copied.stream.close()
        with contextlib.suppress(OSError):
            super().finish()

    def do_GET(self) -> None:
        self._agree()

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self._agree()

    def _agree(self) -> None:
        """Keep it first: whoever sent it goes on as soon as there is an answer."""
        self._keep()
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _keep(self) -> None:
        if self._copied.tell():
            self.server.kept.keep(self._copied.getvalue())
            self._copied.seek(0)
            self._copied.truncate()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  (the base class's own)
        """Say nothing: what was received is kept."""
