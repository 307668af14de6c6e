"""Tells NCIP over a connection of its own from everything else, by the root of the first document, on any port.

The same documents travel in HTTP. There something else stands in front of them, so a flow met at its start cannot be
mistaken; one met halfway is believed only when there is no more to see and nothing of HTTP was among it.
"""

from __future__ import annotations

from monitor.model.contract import Answer, Head, Verdict

_NO = Verdict(Answer.NO)
_MORE = Verdict(Answer.MORE)
_YES = Verdict(Answer.YES)
_SIDES = (Verdict(Answer.YES, 0), Verdict(Answer.YES, 1))

_FIRST = frozenset(b"< \t\r\n\xef\xff\xfe\x00")


def probe(heads: tuple[Head, Head], final: bool) -> Verdict:  # noqa: FBT001  # the contract's signature
    """Say whether a flow speaks NCIP (`monitor.model.contract.Probe`)."""
    found: Verdict | None = None
    for end in (0, 1):
        head = heads[end]
        if not head.data:
            continue
        if head.from_start and head.data[0] not in _FIRST:  # nearly every flow of the network
            return _NO
        from monitor.protocols.ncip.prolog import judge_inside, judge_start  # noqa: PLC0415  (few runs need it)

        start = judge_start(head.data) if head.from_start else judge_inside(head.data, final=final)
        if start.answer is Answer.NO:
            return _NO
        if start.answer is Answer.YES and start.replies is not None:
            found = _SIDES[end ^ start.replies]
        elif start.answer is Answer.YES and final:
            found = found or _YES
    if found is None:
        return _NO if final else _MORE
    return found
