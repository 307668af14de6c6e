"""Lines of SIP2 as HTTP carries them: in JSON (SIP2Mediator) or in XML."""

from __future__ import annotations

from xml.sax.saxutils import escape

from monitor.audit.plants.http import FORM, answer, ask, enveloped, mediated, quote_plus
from monitor.model.flow import Side
from monitor.protocols.sip2.catalog import LAYOUTS


def in_json(side: Side, line: bytes) -> bytes:
    """One line as a form with JSON in it, or as JSON."""
    text = line.decode("latin-1").strip().partition("AY")[0]
    end = 2 + sum(part.shape.width for part in LAYOUTS[line[:2]].fixed)
    fields = [(one[:2], one[2:]) for one in text[end:].split("|") if one]
    said = mediated(text[:2], [text[2:end]], fields)
    if side is Side.ORIGINATOR:
        return ask("POST /sip2-mediator", f"session=1&message={quote_plus(said)}".encode(), Content_Type=FORM)
    return answer(body=said.encode(), Content_Type="application/json")


def in_xml(side: Side, line: bytes) -> bytes:
    """One line as a document."""
    text = escape(line.decode("latin-1").strip())
    if side is Side.ORIGINATOR:
        return ask("POST /sip", enveloped(text), Content_Type="application/xml")
    return answer(body=enveloped(text, "response"), Content_Type="application/xml")
