"""Tells Z39.50 from everything else by the first message of either end, on any port.

A session begins with a request that states version, options and two sizes in this order, under tags of its own; so does
its answer. A flow met halfway is recognized by a search, which has six parts that may not be missing.
"""

from __future__ import annotations

from monitor.model.contract import Answer, Head, Verdict

_FIRST = frozenset((0xB4, 0xB5, 0xB6))
"""Tags of a request to begin, of its answer, and of a search."""
_NO = Verdict(Answer.NO)
_MORE = Verdict(Answer.MORE)
_YES = (Verdict(Answer.YES, 0), Verdict(Answer.YES, 1))


def probe(heads: tuple[Head, Head], final: bool) -> Verdict:  # noqa: FBT001  # the contract's signature
    """Say whether a flow speaks Z39.50 (`monitor.model.contract.Probe`)."""
    for end in (0, 1):
        head = heads[end]
        if not head.data:
            continue
        if head.data[0] not in _FIRST:  # nearly every flow of the network
            return _NO
        from monitor.protocols.z3950.first import judge  # noqa: PLC0415  (few runs need it)

        start = judge(head)
        if start.answer is Answer.YES:
            return _YES[end ^ start.replies]
        if start.answer is Answer.NO:
            return _NO
    return _NO if final else _MORE
