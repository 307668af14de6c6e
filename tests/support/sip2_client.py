"""A self-check made of the package Sip2, which tries TLS first and falls back to clear text when that fails.

``python -m tests.support.sip2_client PORT``: logs in at 127.0.0.1, asks for a patron, and prints how it talked.
"""

from __future__ import annotations

import ssl
import sys
import warnings
from tempfile import TemporaryDirectory

from Sip2.sip2 import Sip2

SECRETS = ("kiosk-7", "Sesame-77", "21999000000079", "4711")
"""What it says that nobody else may: login, its password, card number, PIN."""


def main(port: int, folder: str) -> None:
    """Hold one session; the package insists on a log, which goes to `folder`."""
    warnings.simplefilter("ignore")  # the package asks for TLS in an old way
    client = Sip2()
    client.hostName, client.hostPort = "127.0.0.1", port
    client.institutionId, client.loglevel, client.logfile_path = "EXLIB", "CRITICAL", folder
    user, password, client.patron, client.patronpwd = SECRETS
    client.connect()
    client.sip_login_response(client.get_response(client.sip_login_request(user, password)))
    client.sip_patron_information_response(client.get_response(client.sip_patron_information_request("charged")))
    how = "encrypted" if isinstance(client._socket, ssl.SSLSocket) else "clear"
    sys.stdout.write(f"{how}\n")
    sys.stdout.flush()
    client._socket.close()  # its own way to hang up raises
    client._socket = None


if __name__ == "__main__":
    with TemporaryDirectory() as folder:
        main(int(sys.argv[1]), folder)
