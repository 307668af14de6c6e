"""How much cameras send, by their zone and by whether the other end is expected.

Rules: the flow table counts, packet by packet, from the flow's first packet on; a flow that is told again, because an
attempt succeeded late, counts from then on for what it is now. What is gone from the table before it is told counts for
nobody: the table was full, which is a limit of its own, or its ends opened another flow within seconds.
"""

from __future__ import annotations

from collections.abc import Callable

from monitor.flow.picks import Opening
from monitor.flow.table import ACCOUNTS, FlowTable
from monitor.model.opaque import Label
from monitor.model.stats import Stats


class Uploads:
    """Finds the account of each flow of a camera."""

    def __init__(self, table: FlowTable, stats: Stats, zone_of: Callable[[bytes], Label]) -> None:
        """`zone_of` gives the zone of an address of 4 or 16 bytes, empty where it is in none."""
        self._table = table
        self._stats = stats
        self._zone_of = zone_of
        self._accounts: dict[tuple[Label, bool], int] = {}
        """Numbers from 1 on."""

    def charge(self, opening: Opening, device: int, *, expected: bool) -> None:
        """Count what a camera, the end with this number, sends in a flow."""
        key = (self._zone_of(opening.addresses[device]), expected)
        account = self._accounts.get(key)
        if account is None:
            if len(self._accounts) + 1 >= ACCOUNTS:
                self._stats.limits["flow.uploads"] += 1
                return
            account = self._accounts[key] = len(self._accounts) + 1
        self._table.charge(opening.slot, opening.serial, device, account)

    def report(self) -> None:
        """Bring the figures up to date."""
        for key, account in self._accounts.items():
            self._stats.camera_upload_bytes[key] = self._table.account_bytes[account]
