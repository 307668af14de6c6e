"""What to paste into Wireshark: display filters and command lines.

Rule: an address is in them only where the naming policy shows it; the number of a conversation says the same without.
"""

from __future__ import annotations

import shlex
from pathlib import Path

from monitor.dissectors import SIP2
from monitor.explain.conversation import Conversation, among
from monitor.model.finding import Finding
from monitor.model.record import Record
from monitor.privacy.labels import file_label

MAX_FRAMES = 50
"""Of one filter: a longer one is no longer read by anybody."""


class Filters(Record):
    """By what they show. Empty where there is none."""

    conversation: str
    """All packets of the conversation."""
    counted: str
    """The packets in it that count in the finding; the first of them, if there are many."""
    finding: str
    """Every conversation of the finding that was looked up."""
    service: str
    """Everything with the machine that the finding is about."""
    kinds: str
    """Every message of SIP2 with the same kinds of data, wherever."""


def make_filters(finding: Finding, conversation: Conversation) -> Filters:
    """The filters for one conversation of a finding."""
    about = finding.about
    parts = []
    if about.address:
        parts.append(f"{'ipv6' if ':' in about.address else 'ip'}.addr == {about.address}")
        if about.port:
            parts.append(f"{about.transport}.port == {about.port}")
    kinds = ", ".join(f'"{one.value}"' for one in finding.data_classes)
    streams = [one.rpartition(" ")[2] for one in conversation.filters]
    field = conversation.filter.partition(" ")[0]
    alike = len(streams) > 1 and all(one.startswith(f"{field} ") for one in conversation.filters)
    return Filters(
        conversation=conversation.filter,
        counted=among(conversation.frames[:MAX_FRAMES]),
        finding=f"{field} in {{{', '.join(streams)}}}" if alike else " || ".join(conversation.filters),
        service=" && ".join(parts),
        kinds=f"sip2.field.class in {{{kinds}}}" if finding.protocol == "sip2" and kinds else "",
    )


def make_commands(path: Path, filters: Filters) -> dict[str, str]:
    """Command lines for a shell, by the program: Wireshark shows values, tshark is told to hide those of SIP2."""
    script = f"lua_script:{SIP2}"
    capture = str(file_label(str(path)))
    shown = ["-X", script, "-r", capture, "-Y", filters.conversation]
    return {
        "wireshark": shlex.join(["wireshark", *shown]),
        "tshark": shlex.join(["tshark", *shown, "-O", "sip2", "-o", "sip2.mask_values:TRUE"]),
    }
