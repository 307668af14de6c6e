"""How names, addresses, networks, ports and host names are written: each text becomes its value or an `UnfitError`."""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from ipaddress import IPv6Address, ip_address, ip_network
from pathlib import Path

from monitor.config.mistakes import quoted
from monitor.config.settings import Carrier, Listen, Target
from monitor.config.shapes import UnfitError
from monitor.model.flow import Reach, Transport
from monitor.model.lazy import lazy
from monitor.model.opaque import Label
from monitor.privacy.labels import typed
from monitor.privacy.names import is_public_suffix
from monitor.privacy.naming import reach
from monitor.privacy.places import Address, Network, Port

MAX_NAME_CHARS = 64
"""A name of a zone or an asset is a label of metrics and a column of reports."""
NAME_SIGNS = " -_.,:'&()+/"
"""What a name may have beside letters and digits of any language. No quotes, braces or backslashes, which metrics and
their queries would have to escape."""
MAX_SITE_CHARS = 100
"""The site's name has one line."""
MAX_HOST_CHARS = 253
"""RFC 1035 2.3.4, written out."""
MAX_USER_CHARS = 64
MAX_PORT = 65_535
MAX_PATH_CHARS = 1_024
"""A path of a file; systems allow 1,024 bytes and more."""

PORT_PATTERN = "^[1-9][0-9]{0,4}/(tcp|udp)$"
NETWORK_PATTERN = "^[0-9a-fA-F.:]+/[0-9]{1,3}$"
ADDRESS_PATTERN = "^[0-9a-fA-F.:]+$"
INTERFACE_PATTERN = r"^[^\s/:]{1,15}$"
LISTEN_PATTERN = r"^([0-9.]+|\[[0-9a-fA-F.:]+\]):[1-9][0-9]{0,4}$"
PATH_PATTERN = "^/.*[^/]$"
HOST_PATTERN = r"^(\*\.)?[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?(\.[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?)*\.?$"

TARGET_PATTERN = r"^(/.+|(udp|tcp|tls)://(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9_.-]+)(:[1-9][0-9]{0,4})?)$"

_HOST_LABEL = lazy(r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?")
_DAY = lazy(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_LENGTH = lazy(r"0|[1-9][0-9]{0,2}")
_PORT = lazy(PORT_PATTERN)
_INTERFACE = lazy(INTERFACE_PATTERN)
_TRANSPORTS = {transport.word: transport for transport in Transport}
_ALLOWED = f"letters, digits, spaces and {' '.join(NAME_SIGNS.strip())}"
_LISTEN = lazy(LISTEN_PATTERN)
_LIKE_A_LISTEN = "as in 127.0.0.1:9477 or [::1]:9477; 0.0.0.0:9477 is every address of this machine"
_TARGET = lazy(r"(udp|tcp|tls)://(?:\[([0-9a-fA-F:.]+)\]|([A-Za-z0-9_.-]+))(?::([1-9][0-9]{0,4}))?")
_LIKE_A_TARGET = "as in udp://192.0.2.5:514, tls://logs.example.org, udp://[fd00:1::5]:514 or /dev/log"
_SYSLOG_PORTS = {Carrier.UDP: 514, Carrier.TCP: 514, Carrier.TLS: 6514}
"""RFC 5426 3.3, what servers for TCP listen at, RFC 5425 4.1."""
_LIKE_A_NETWORK = "as in 10.30.0.0/24 or fd00:30::/64"
_LIKE_A_PORT = "as in 443/tcp or 123/udp"


def parse_site(text: str) -> Label:
    """The site's name: one line that can be printed."""
    if len(text) > MAX_SITE_CHARS or not text.isprintable() or text != text.strip():
        raise UnfitError(f"'site' is not one line of at most {MAX_SITE_CHARS} characters")
    return typed(text)


def parse_full_path(text: str) -> Path:
    """The path of a file, from the root: a service and the person who looks after it stand in different folders."""
    if not text.startswith("/") or text.endswith("/"):
        raise UnfitError(
            f"{quoted(text)} is not the path of a file from the root", "as in /var/lib/privacy-monitor/findings.db"
        )
    if len(text) > MAX_PATH_CHARS or not text.isprintable():
        raise UnfitError(f"{quoted(text)} is not a path of at most {MAX_PATH_CHARS} characters that can be printed")
    return Path(text)


def parse_name(text: str) -> Label:
    """The name of a zone or an asset."""
    name = unicodedata.normalize("NFC", text)
    if len(name) > MAX_NAME_CHARS:
        raise UnfitError(f"the name {quoted(text)} is longer than {MAX_NAME_CHARS} characters")
    if any(sign not in NAME_SIGNS and unicodedata.category(sign)[0] not in "LMN" for sign in name):
        raise UnfitError(f"the name {quoted(text)} has signs that are not allowed", _ALLOWED)
    if name[0] in NAME_SIGNS or name[-1] == " ":
        raise UnfitError(f"the name {quoted(text)} begins with a sign or ends with a space")
    return typed(name)


def parse_reference(text: str) -> Label:
    """A name that stands elsewhere in the file, as it would be written there."""
    return typed(unicodedata.normalize("NFC", text))


def parse_network(text: str) -> Network:
    """A network in CIDR notation, whole and without host bits (RFC 4632 3.1, RFC 4291 2.3)."""
    start, slash, length = text.partition("/")
    address = _address(start)
    if address is None:
        raise UnfitError(f"{quoted(text)} is not a network", _LIKE_A_NETWORK)
    if not slash:
        hint = f"'{address}/{address.max_prefixlen}' is this address alone; a network is written {_LIKE_A_NETWORK}"
        raise UnfitError(f"{quoted(text)} has no prefix length", hint)
    if _LENGTH.fullmatch(length):
        if int(length) > address.max_prefixlen:
            raise UnfitError(f"{quoted(text)} is not a network", f"prefix lengths end at /{address.max_prefixlen}")
        network = ip_network((address, int(length)), strict=False)
        if network.network_address != address:
            raise UnfitError(f"{quoted(text)} has host bits set", f"did you mean '{network}'?")
        return network
    try:
        hint = f"did you mean '{ip_network(text, strict=False)}'?"
    except ValueError:
        hint = _LIKE_A_NETWORK
    raise UnfitError(f"{quoted(text)} has no plain prefix length", hint)


def parse_own_network(text: str) -> Network:
    """A network that devices can be in: not everything, and no multicast."""
    network = parse_network(text)
    if not network.prefixlen:
        raise UnfitError(f"{quoted(text)} is every address there is", "what is in no zone is 'internet' already")
    if reach(network.network_address.packed) is Reach.GROUP:
        raise UnfitError(f"{quoted(text)} is multicast or broadcast", "no device has such an address")
    return network


def parse_address(text: str) -> Address:
    """The address of one device."""
    address = _address(text)
    if address is None:
        whole = "/" in text and _address(text.partition("/")[0]) is not None
        hint = "one address, without '/'; zones hold networks" if whole else "as in 10.30.0.5 or fd00:30::5"
        raise UnfitError(f"{quoted(text)} is not an address", hint)
    if reach(address.packed) is Reach.GROUP or address.is_unspecified:
        raise UnfitError(f"{quoted(text)} is the address of no device")
    return address


def parse_port(text: str) -> Port:
    """A port with its transport, ``443/tcp``."""
    if text.isascii() and text.isdigit():
        raise UnfitError(f"{quoted(text)} lacks its transport", f"write '{text}/tcp' or '{text}/udp'", quotes=False)
    if _PORT.fullmatch(text):
        number, _, word = text.partition("/")
        if int(number) <= MAX_PORT:
            return Port(int(number), _TRANSPORTS[word])
        raise UnfitError(f"{quoted(text)} is not a port", f"ports end at {MAX_PORT}")
    lowered = text.lower().replace(" ", "")
    known = _PORT.fullmatch(lowered) is not None
    raise UnfitError(f"{quoted(text)} is not a port", f"did you mean '{lowered}'?" if known else _LIKE_A_PORT)


def parse_listen(text: str) -> Listen:
    """An address of this machine, by its number, with a port, ``127.0.0.1:9477``."""
    if _LISTEN.fullmatch(text):
        host, _, port = text.rpartition(":")
        address = _address(host.strip("[]"))
        if address is not None and int(port) <= MAX_PORT and reach(address.packed) is not Reach.GROUP:
            return Listen(address, int(port))
    raise UnfitError(f"{quoted(text)} is not an address with a port", _LIKE_A_LISTEN)


def parse_interface(text: str) -> Label:
    """The name of a network interface, as Linux allows it (dev_valid_name in net/core/dev.c)."""
    if not _INTERFACE.fullmatch(text) or text in {".", ".."} or not (text.isascii() and text.isprintable()):
        raise UnfitError(f"{quoted(text)} is not the name of an interface", "as 'ip link' shows it: eth1, enp3s0")
    return typed(text)


def parse_output(text: str) -> Path | None:
    """The path of a file from the root; None for ``-``, standard output."""
    return None if text == "-" else parse_full_path(text)


def parse_target(text: str) -> Target:
    """A server of syslog with how it is reached, ``udp://192.0.2.5:514``, or the path of a socket of this machine."""
    if text.startswith("/"):
        return Target(Carrier.UNIX, str(parse_full_path(text)), 0)
    found = _TARGET.fullmatch(text)
    if found is None:
        raise UnfitError(f"{quoted(text)} is no server of syslog", _LIKE_A_TARGET)
    carrier, host = Carrier(found[1]), found[2] or found[3]
    port = int(found[4] or _SYSLOG_PORTS[carrier])
    address = _address(host)
    if port > MAX_PORT or (address is None and (found[2] or _looks_numeric(host))):
        raise UnfitError(f"{quoted(text)} is no server of syslog", _LIKE_A_TARGET)
    return Target(carrier, str(parse_host(host)) if address is None else str(parse_address(host)), port)


def _looks_numeric(host: str) -> bool:
    """Whether it is an address with a mistake rather than a name: no name ends in a number (RFC 3696 2)."""
    return host.rpartition(".")[2].isdigit()


def parse_written(pattern: str, text: str) -> Label:
    """A text of an option that is written in a way of its own."""
    if re.search(pattern, text) is None:
        raise UnfitError(f"{quoted(text)} is not written as it should be", f"it matches {pattern}")
    return typed(text)


def parse_path(text: str) -> Path:
    """The path of a file."""
    if "\0" in text:
        raise UnfitError(f"{quoted(text)} is not a path")
    return Path(text)


def parse_user(text: str) -> Label:
    """The name of somebody who has a password (RFC 7617 2)."""
    if len(text) > MAX_USER_CHARS or ":" in text or not text.isprintable():
        raise UnfitError(f"{quoted(text)} is not a user", f"up to {MAX_USER_CHARS} characters without a colon")
    return typed(text)


def parse_host(text: str) -> Label:
    """A host name (RFC 1035 2.3.1, and the underscores of RFC 8552), or ``*.`` and a name for all names below."""
    name = text.lower().removesuffix(".")
    bare = name.removeprefix("*.")
    address = _address(bare.partition("/")[0])
    if address is not None:
        network = bare if "/" in bare else f"{address}/{address.max_prefixlen}"
        raise UnfitError(f"{quoted(text)} is an address, not a name", f"write 'network: {network}'")
    if not name.isascii():
        raise UnfitError(f"{quoted(text)} has other letters than a to z", _in_ascii(name))
    if "*" in bare:
        raise UnfitError(
            f"{quoted(text)} is not a host name", "'*' stands for whole labels in front: *.updates.example"
        )
    if "://" in bare:
        raise UnfitError(f"{quoted(text)} is not a host name", "leave out '://' and the path")
    if len(bare) > MAX_HOST_CHARS or not all(_HOST_LABEL.fullmatch(label) for label in bare.split(".")):
        raise UnfitError(f"{quoted(text)} is not a host name", "as in updates.example or *.updates.example")
    if bare != name and is_public_suffix(bare):
        raise UnfitError(f"{quoted(text)} is everybody below '.{bare}'", f"name whose: *.vendor.{bare}")
    return typed(name)


def parse_day(text: str) -> date:
    """A day of the calendar, YYYY-MM-DD (RFC 3339 5.6)."""
    try:
        if _DAY.fullmatch(text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise UnfitError(f"{quoted(text)} is not a day", "as in 2027-03-31")


def parse_line(text: str) -> Label:
    """Words for people, one line of them."""
    if len(text) > MAX_SITE_CHARS or not text.isprintable() or text != text.strip():
        raise UnfitError(f"{quoted(text)} is not one line of at most {MAX_SITE_CHARS} characters")
    return typed(text)


def _in_ascii(name: str) -> str:
    try:
        return f"did you mean '{name.encode('idna').decode('ascii')}'?"  # RFC 3490: how it stands on the wire
    except UnicodeError:
        return "as in updates.example or *.updates.example"


def _address(text: str) -> Address | None:
    """An address in its usual notation; None for anything else.

    Raises:
        UnfitError: it is one, but written in a way that has a simpler one.
    """
    try:
        address = ip_address(text)
    except ValueError:
        return None
    if not isinstance(address, IPv6Address):
        return address
    if address.scope_id is not None:
        raise UnfitError(f"{quoted(text)} names an interface", f"leave out '%{address.scope_id}'")
    if address.ipv4_mapped is not None:
        raise UnfitError(f"{quoted(text)} is an IPv4 address in disguise", f"write '{address.ipv4_mapped}'")
    return address
