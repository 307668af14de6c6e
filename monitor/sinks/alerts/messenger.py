"""Sends messages to people without an Alertmanager: mail, webhooks, chats, through a library that knows them all.

Rule: the address of an outlet often holds its password, so it lies in a file and is never shown, neither by us nor by
the library, which is loaded only where somebody wants it.
"""

from __future__ import annotations

import logging
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from monitor.errors import DeliveryError, UsageError
from monitor.privacy.labels import file_label
from monitor.sinks.alerts.notice import Message
from monitor.sinks.secrets import read_secret

if TYPE_CHECKING:
    from apprise import Apprise

NOISY = ("apprise", "urllib3", "requests")
"""Loggers that would write to the terminal what the other side says."""


def name_outlet(url_file: Path) -> str:
    """What the outlet whose address is in this file is called."""
    return f"outlet {file_label(str(url_file))}"


class Messenger:
    """One outlet."""

    def __init__(self, url_file: Path) -> None:
        """Read its address, and see that the library understands it.

        Raises:
            UsageError: the file cannot be read, or holds no such address.
        """
        self.name = name_outlet(url_file)
        try:
            self._url = read_secret(url_file, "address").decode()
        except UnicodeDecodeError:
            raise UsageError(f"{file_label(str(url_file))} is not text") from None
        if not len(self._library):
            raise UsageError(
                f"{file_label(str(url_file))} holds no address that Apprise understands, as in"
                " mailtos://user:password@example.org or jsons://hooks.example.org/path"
            )

    def send(self, message: Message) -> None:
        """Deliver one message.

        Raises:
            DeliveryError: it was not accepted.
        """
        from apprise import NotifyFormat, NotifyType  # noqa: PLC0415  (a third of a second, where nobody wants it)

        kind = NotifyType.FAILURE if message.is_urgent else NotifyType.INFO
        try:
            is_sent = self._library.notify(
                body=message.body, title=message.title, notify_type=kind, body_format=NotifyFormat.TEXT
            )
        except Exception as error:  # noqa: BLE001 (hundreds of plug-ins; their messages may quote what they were told)
            raise DeliveryError(f"{self.name}: {type(error).__name__} in the library that sends it") from None
        if not is_sent:
            raise DeliveryError(f"{self.name}: it was not accepted; look at the address in the file")

    @cached_property
    def _library(self) -> Apprise:
        from apprise import Apprise, AppriseAsset, PersistentStoreMode  # noqa: PLC0415  (the same)

        for name in NOISY:
            logger = logging.getLogger(name)
            logger.propagate = False
            logger.addHandler(logging.NullHandler())
        asset = AppriseAsset(
            app_id="privacy-monitor",
            app_desc="Library privacy monitor",
            app_url="",
            image_url_logo="",
            image_url_mask="",
            async_mode=False,
            plugin_paths=[],
            storage_mode=PersistentStoreMode.MEMORY,  # it writes no files of its own
        )
        library = Apprise(asset=asset)
        library.add(self._url)
        return library
