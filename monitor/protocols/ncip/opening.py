"""Begins to read a flow. What it takes is loaded with the first one: most runs meet none."""

from __future__ import annotations

from collections.abc import Mapping

from monitor.model.contract import Parser


def build_parser(options: Mapping[str, object], from_start: bool) -> Parser:  # noqa: FBT001  # the contract's
    """A parser of one flow."""
    from monitor.protocols.ncip.parser import NcipParser  # noqa: PLC0415  (see above)

    return NcipParser(options, from_start)
