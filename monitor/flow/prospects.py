"""What the first payload of a TCP flow says of it: the protocols that it leaves open, or the one that is sure.

Compiled; uncompiled it does the same.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import cython

from monitor.flow.follower import MAX_HEAD_BYTES
from monitor.flow.known import Known
from monitor.model.contract import Answer, Head, Verdict

_YES, _NO = Answer.YES, Answer.NO  # saves a look-up each time
_OPENED = Verdict(_YES, 0), Verdict(_YES, 1)
_SILENT = Head(b"", from_start=False)
_head: Callable[[tuple[bytes, bool, tuple[()]]], Head] = partial(tuple.__new__, Head)
"""Makes one without a call in Python: every flow of the network costs some."""


@cython.final
@cython.cclass
class Prospects:
    """Asks every protocol, the likely one first."""

    _candidates: object
    _by_port: dict

    def __init__(self, candidates: Sequence[Known]) -> None:
        """Take all protocols that a flow might speak."""
        self._candidates = candidates
        self._by_port = {port: known for known in reversed(candidates) for port in known.spec.ports}

    def ask(
        self, end: cython.int, data: bytes, from_start: cython.bint, ports: cython.uint
    ) -> tuple[Sequence[Known], Verdict | None]:
        """Show the first payload to the protocols. One of whose own ports is used is not doubted if it is sure.

        Args:
            end: which end of the flow sent it.
            data: the first `MAX_HEAD_BYTES` of it, or one more where there are.
            from_start: whether nothing was sent before.
            ports: those of the packet, as in `Columns`.

        Returns:
            the protocols that may be, or all; a verdict where one is sure.
        """
        likely = self._by_port.get(ports & 0xFFFF) or self._by_port.get(ports >> 16)
        try:
            if from_start and likely is not None and likely.opens is not None and likely.opens(data):
                return (likely,), _OPENED[end]
            head = _head((data if len(data) <= MAX_HEAD_BYTES else data[:MAX_HEAD_BYTES], from_start, ()))
            heads = (_SILENT, head) if end else (head, _SILENT)
            said = None if likely is None else likely.spec.probe(heads, False)  # noqa: FBT003  # the contract's
            if said is not None and said.answer is _YES:
                return (likely,), said
            verdicts = [
                said if known is likely else known.spec.probe(heads, False)  # noqa: FBT003  # the same
                for known in self._candidates
            ]
        except Exception:  # noqa: BLE001 - the follower asks again, guards each probe and counts its fault
            return self._candidates, None
        answers = [verdict.answer for verdict in verdicts]
        open_to = [place for place, answer in enumerate(answers) if answer is not _NO]
        if len(open_to) == 1 and _YES in answers:
            return [self._candidates[open_to[0]]], verdicts[open_to[0]]
        if open_to and (_YES in answers or len(data) > MAX_HEAD_BYTES):
            return self._candidates, None
        return [self._candidates[place] for place in open_to], None
