"""The keys of the list ``sinks``: where findings go as they come."""

from __future__ import annotations

from monitor.config.notation import (
    PATH_PATTERN,
    TARGET_PATTERN,
    parse_full_path,
    parse_output,
    parse_path,
    parse_target,
)
from monitor.config.settings import LineFormat
from monitor.config.shapes import Number, Word
from monitor.config.structures import Key, Kinds, ListOf

MAX_SINKS = 16
"""Each has a thread and a place in metrics; more than a few are a mistake."""
MAX_FILE_MB = 10_000
"""A file that is read in one go should not be larger."""
MAX_FILES = 1_000
"""Beside the one that is written."""

_FILE = Word(parse_path, {"minLength": 1})
_PATH = Key(
    name="path",
    shape=Word(parse_output, {"pattern": "^(/.*[^/]|-)$"}),
    says='the file, as in /var/log/privacy-monitor/eve.json, in a folder that exists; "-" for standard output',
    required=True,
)
_ROTATION = (
    Key(name="max_mb", shape=Number(least=1, most=MAX_FILE_MB), says="MB at which a new file begins; 50"),
    Key(name="keep", shape=Number(least=1, most=MAX_FILES), says="older files that are kept beside it; 5"),
)

SINK = Kinds(
    {
        LineFormat.EVE.value: (_PATH, *_ROTATION),
        LineFormat.ENTRY.value: (_PATH, *_ROTATION),
        "journal": (
            Key(
                name="path",
                shape=Word(parse_full_path, {"pattern": PATH_PATTERN}),
                says="the socket of a journal namespace; /run/systemd/journal/socket, which is the system's",
            ),
        ),
        "syslog": (
            Key(
                name="to",
                shape=Word(parse_target, {"pattern": TARGET_PATTERN}),
                says="the server, as in udp://192.0.2.5:514, tcp:// or tls://, or the path of a socket; /dev/log",
            ),
            Key(name="ca", shape=_FILE, says="with tls://: file with whom to trust, PEM; without it the system's"),
            Key(name="certificate", shape=_FILE, says="with tls://: file with the sensor's own certificate, PEM"),
            Key(name="key", shape=_FILE, says="with tls://: file with its private key, PEM, without a password"),
        ),
    },
    says="eve and lines are JSON, journal and syslog are plain words",
)

SINKS = ListOf(item=SINK, most=MAX_SINKS)
