"""What a certificate says of whoever shows it: by its subject and its alternative names, which signals fit?

Rules: names leave as signals alone. Makers sign what they like, so a certificate that cannot be read says nothing. Who
can read one is loaded when a device shows the first one: it takes a tenth of a second.
"""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

from monitor.devices.catalog import Catalog
from monitor.devices.hosts import Names
from monitor.devices.signal import Channel

if TYPE_CHECKING:
    from cryptography.x509 import Certificate

MAX_CERTIFICATE_BYTES = 8_192
"""A server's own one: with a large key and a hundred names it is below half of that."""
MAX_NAMES = 32
"""Alternative names that are looked at; a device has one or two."""


def shown(known: Catalog, der: bytes) -> Names:
    """Signals of a device that shows this certificate as its own."""
    return known.said(Channel.CERTIFICATE, "\n".join(_texts(der)).encode())


def called(known: Catalog, der: bytes) -> Names:
    """Signals of a client that calls a host which shows this certificate, and does not say by which name."""
    hosts = (text.lower().removeprefix("*.") for text in _texts(der))
    return tuple(dict.fromkeys(name for host in hosts for name in known.host(host)))


def _texts(der: bytes) -> list[str]:
    """Everything that the subject says, and the alternative names of hosts (RFC 5280 4.1.2.6, 4.2.1.6)."""
    if len(der) > MAX_CERTIFICATE_BYTES:
        return []
    from cryptography.x509 import load_der_x509_certificate  # noqa: PLC0415 (see above)

    texts: list[str] = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of numbers and dates that devices get wrong
        try:
            certificate = load_der_x509_certificate(der)
            texts += [str(one.value) for one in certificate.subject]
            texts += _hosts(certificate)
        except Exception:  # noqa: BLE001 (whatever is wrong with it: the library has a dozen ways to say so)
            return texts
    return texts


def _hosts(certificate: Certificate) -> list[str]:
    from cryptography.x509 import DNSName, ExtensionNotFound, SubjectAlternativeName  # noqa: PLC0415 (see above)

    try:
        names = certificate.extensions.get_extension_for_class(SubjectAlternativeName).value
    except ExtensionNotFound:
        return []
    return names.get_values_for_type(DNSName)[:MAX_NAMES]
