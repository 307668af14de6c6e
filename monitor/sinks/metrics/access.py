"""Who may scrape: the certificate that the server shows, and the password that it wants.

Rule: secrets lie in files of their own, read at the start and when the configuration is read again; no message shows
anything of what is in them.
"""

from __future__ import annotations

import binascii
import hmac
import os
import ssl
from base64 import b64decode
from hashlib import sha256

from monitor.config.settings import BasicAuth, MetricsSettings, Tls
from monitor.errors import UsageError
from monitor.model.named import NamedTuple
from monitor.privacy.labels import file_label
from monitor.sinks.secrets import read_secret

MAX_PASSWORD_BYTES = 1_024
"""Longer than anybody types; whoever names a device or a disk by mistake is told so."""


def open_tls(tls: Tls) -> ssl.SSLContext:
    """What secures connections, TLS 1.2 and newer.

    Raises:
        UsageError: a file cannot be read, or is not what it should be.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    try:
        # An encrypted key would make OpenSSL ask for its password on the terminal.
        context.load_cert_chain(tls.certificate, tls.key, password="")
    except ssl.SSLError as error:
        files = f"{file_label(str(tls.certificate))} and {file_label(str(tls.key))}"
        reason = error.reason or "they are not PEM"
        raise UsageError(f"{files} are no certificate with its key, unencrypted: {reason}") from None
    except OSError as error:
        names = f"{file_label(str(tls.certificate))} or {file_label(str(tls.key))}"
        raise UsageError(f"cannot read {names}: {os.strerror(error.errno or 0)}") from None
    return context


class Password:
    """A user with a password, as HTTP sends them (RFC 7617)."""

    def __init__(self, auth: BasicAuth) -> None:
        """Read the password; one line break at its end is not a part of it.

        Raises:
            UsageError: the file cannot be read, is empty or too long.
        """
        password = read_secret(auth.password_file, "password", MAX_PASSWORD_BYTES)
        self._digest = sha256(auth.user.encode() + b":" + password).digest()

    def opens(self, header: str) -> bool:
        """Whether the value of a header ``Authorization`` is right; how long that takes does not depend on it."""
        scheme, _, encoded = header.partition(" ")
        if scheme.lower() != "basic":
            return False
        try:
            given = b64decode(encoded.strip(), validate=True)
        except (binascii.Error, ValueError):
            return False
        return hmac.compare_digest(self._digest, sha256(given).digest())


class Access(NamedTuple):
    """Who may scrape, and how."""

    password: Password | None = None
    context: ssl.SSLContext | None = None


def read_access(settings: MetricsSettings) -> Access:
    """What the settings name, read from its files.

    Raises:
        UsageError: one of them is unfit.
    """
    return Access(
        password=Password(settings.basic_auth) if settings.basic_auth else None,
        context=open_tls(settings.tls) if settings.tls else None,
    )
