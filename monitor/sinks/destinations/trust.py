"""Whom to trust, and who the sensor is, where findings are sent over TLS.

Rule: secrets lie in files of their own and are read once; no message shows anything of what is in them.
"""

from __future__ import annotations

import os
import ssl
from pathlib import Path

from monitor.errors import UsageError
from monitor.privacy.labels import file_label


def open_trust(ca: Path | None, certificate: Path | None, key: Path | None) -> ssl.SSLContext:
    """What secures a connection to a server, TLS 1.2 and newer; its name is checked.

    Args:
        ca: whom to trust, PEM; None for whom this machine trusts.
        certificate: what the sensor shows of itself, PEM, with `key`; None for nothing.
        key: its private key.

    Raises:
        UsageError: a file cannot be read, or is not what it should be.
    """
    try:
        context = ssl.create_default_context(cafile=ca)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
    except ssl.SSLError:
        raise UsageError(f"{file_label(str(ca))} holds no certificates, PEM") from None
    except OSError as error:
        raise UsageError(f"cannot read {file_label(str(ca))}: {os.strerror(error.errno or 0)}") from None
    if certificate is not None and key is not None:
        names = f"{file_label(str(certificate))} and {file_label(str(key))}"
        try:
            # An encrypted key would make OpenSSL ask for its password on the terminal.
            context.load_cert_chain(certificate, key, password="")
        except ssl.SSLError as error:
            reason = error.reason or "they are not PEM"
            raise UsageError(f"{names} are no certificate with its key, unencrypted: {reason}") from None
        except OSError as error:
            raise UsageError(f"cannot read {names}: {os.strerror(error.errno or 0)}") from None
    return context
