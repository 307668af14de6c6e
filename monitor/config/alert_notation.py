"""How times of day, names of rules and addresses of servers are written; as `notation`, for the section ``alerts``."""

from __future__ import annotations

from urllib.parse import SplitResult, urlsplit

from monitor.config.mistakes import quoted
from monitor.config.shapes import UnfitError
from monitor.model.lazy import lazy

MAX_RULE_CHARS = 64
"""A rule is a label of metrics and the name of a file."""
MAX_URL_CHARS = 500
CLOCK_PATTERN = "^([01][0-9]|2[0-3]):[0-5][0-9]$"
RULE_PATTERN = r"^[a-z0-9*]([a-z0-9*-]*[a-z0-9*])?$"
URL_PATTERN = "^https?://[^/?#@]+(/[^?#]*)?$"

_CLOCK = lazy(CLOCK_PATTERN)
_RULE = lazy(RULE_PATTERN)
_URL = lazy(URL_PATTERN)


def parse_clock(text: str) -> int:
    """A time of day, ``07:30``, in minutes since midnight."""
    if not _CLOCK.fullmatch(text):
        raise UnfitError(f"{quoted(text)} is not a time of day", 'as in "07:30" or "20:00"')
    hours, _, minutes = text.partition(":")
    return int(hours) * 60 + int(minutes)


def parse_rule(text: str) -> str:
    """The name of a rule, with ``*`` for any characters."""
    if not _RULE.fullmatch(text) or len(text) > MAX_RULE_CHARS:
        raise UnfitError(f"{quoted(text)} is not the name of a rule", 'as in sip2-patron-credential or "camera-*"')
    return text


def parse_url(text: str) -> str:
    """Where something is offered over HTTP; without the slash at its end."""
    if "@" in text:  # not quoted: it may hold a password
        raise UnfitError("the address of a server has no user and no '@'", "user and password go to 'basic_auth'")
    url = urlsplit(text) if _URL.fullmatch(text) and text.isascii() and text.isprintable() else None
    if url is None or " " in text or len(text) > MAX_URL_CHARS or not _has_host(url):
        hint = "as in http://127.0.0.1:9093, or https:// beyond this machine; no '?'"
        raise UnfitError(f"{quoted(text)} is not the address of a server", hint)
    return text.rstrip("/")


def parse_base(text: str) -> str:
    """What stands before the name of a page: a web address, or a folder."""
    if len(text) > MAX_URL_CHARS or not text.isprintable() or " " in text:
        raise UnfitError(f"{quoted(text)} is not a web address", "as in https://wiki.example.org/runbooks/")
    return text


def _has_host(url: SplitResult) -> bool:
    try:
        return bool(url.hostname) and url.port != 0
    except ValueError:  # a port that is none
        return False
