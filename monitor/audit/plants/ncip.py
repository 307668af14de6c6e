"""NCIP conversations whose every value is a mark."""

from __future__ import annotations

from collections.abc import Iterator

from monitor.audit.marks import Marks, Script
from monitor.model.flow import Side
from monitor.protocols.ncip.elements import ELEMENTS, PAIRS
from monitor.protocols.ncip.events import NcipService

ASKS, ANSWERS = Side.ORIGINATOR, Side.RESPONDER
NAMESPACE = "http://www.niso.org/2008/ncip"
VERSION = "http://www.niso.org/schemas/ncip/v2_02/imp1/xsd/ncip_v2_02.xsd"
VERSION_1 = "http://www.niso.org/ncip/v1_01/imp1/dtd/ncip_v1_01.dtd"
UNKNOWN_ELEMENTS = ("Nickname", "Locker", "CardDesign")


def element(name: str, *inside: str) -> str:
    """One element with what stands in it."""
    return f"<{name}>{''.join(inside)}</{name}>"


def pair(value: str, kind: str, name: str = "AuthenticationInput") -> str:
    """What a patron gave to prove who it is, or an electronic address, with its type."""
    holder, typing = PAIRS[name]
    return element(name, element(holder, value), element(typing, kind))


def message(*inside: str, version: str = VERSION) -> str:
    """A whole document of version 2, its namespace the default one."""
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<NCIPMessage xmlns="{NAMESPACE}" version="{version}">'
        f"{''.join(inside)}</NCIPMessage>\n"
    )


def message_1(*inside: str) -> str:
    """A whole document of version 1, which names its document type."""
    return (
        '<?xml version="1.0" encoding="ISO-8859-1"?>\n'
        f'<!DOCTYPE NCIPMessage PUBLIC "-//NISO//NCIP DTD Version 1.01//EN" "{VERSION_1}">\n'
        f'<NCIPMessage version="{VERSION_1}">{"".join(inside)}</NCIPMessage>'
    )


def ncip(marks: Marks) -> Iterator[Script]:
    """NCIP: marks in every element of every service, in place of names, in attributes, around messages."""

    def mark(place: str) -> str:
        return marks.mark(place).decode("ascii")

    values = "".join(element(name, mark(name)) for name in (*ELEMENTS, *UNKNOWN_ELEMENTS))
    pairs = "".join(pair(mark(kind), kind, name) for name in PAIRS for kind in ("PIN", "User Id", "mailto", "tel"))
    sections = "".join(
        element(name, values)
        for name in ("UserOptionalFields", "ItemOptionalFields", "InitiationHeader", "AgencyAddressInformation")
    )
    loose = mark("loose")
    odd = f'<{loose} {loose}="{loose}">{loose}</{loose}><![CDATA[{loose}]]><!-- {loose} --><?{loose} {loose}?>'
    for service in NcipService:
        name = "".join(word.capitalize() for word in service.value.split("_"))
        yield [
            (ASKS, message(element(name, values, pairs, sections)).encode()),
            (ANSWERS, message_1(element(f"{name}Response", values, odd, f"<Ext>{odd}</Ext>")).encode()),
        ]
    opening = (ASKS, message(element("LookupUser", element("UserId", mark("UserId")))).encode())
    for text in (
        loose,
        message(element(loose, loose)),
        message(element("LookupUserResponse", f"<{loose}>{loose}", values)),
        message(element("LookupUserResponse", values, f"&{loose};")),
        message(element("LookupUserResponse", f"<UserId {loose}", loose)),
        message(element("LookupUserResponse", f"{loose}<a>" * 70)),
        f'<!DOCTYPE NCIPMessage [<!ENTITY a "{loose}">]>' + message(element("LookupUserResponse", "&a;", values)),
        f'<?xml version="1.0" encoding="{loose}"?>' + message(element("LookupUserResponse", values))[40:],
        message(element("LookupUserResponse", values))[:-40],
        loose * 20_000,
    ):
        yield [opening, (ANSWERS, text.encode()), (ASKS, text.encode()), opening]
