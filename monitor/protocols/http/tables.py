"""Tables of the fields that an end of HTTP/2 sent (HPACK, RFC 7541): `hpack` reads them, within bounds.

Rule: `hpack` writes what it reads into a log for those who look for mistakes in it; it is told not to.
"""

from __future__ import annotations

from hpack import Decoder, hpack, table
from hpack.table import HeaderTable

from monitor.protocols.http.bounds import TABLE_BYTES
from monitor.protocols.http.framing import HEAD_BYTES

_UNKNOWN = (b"", b"")
for _module in (hpack, table):
    _module.log.disabled = True


class _Table(HeaderTable):
    """A table whose older entries nobody saw.

    They are counted from the newest one on (section 2.3.3), so those that came since are found all the same.
    """

    def get_by_index(self, index: int) -> tuple[bytes, bytes]:
        """The entry of that number; without name and value if it is one that nobody saw."""
        if index > self.STATIC_TABLE_LENGTH + len(self.dynamic_entries):
            return _UNKNOWN
        return super().get_by_index(index)


def open_table(*, halfway: bool = False) -> Decoder:
    """Make a reader of fields; one for an end that was met, or lost and met again, `halfway` through its blocks."""
    decoder = Decoder(max_header_list_size=HEAD_BYTES)
    decoder.max_allowed_table_size = TABLE_BYTES
    if halfway:
        decoder.header_table = _Table()
        decoder.header_table.maxsize = TABLE_BYTES
    return decoder
