"""Whether a process may listen, as the system tells of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor.doctor.check import Grade
from monitor.doctor.rights import check_rights, effective, surplus


@pytest.mark.parametrize(
    ("line", "grade", "seen"),
    [
        ("CapEff:\t0000000000002000", Grade.GOOD, "CAP_NET_RAW is there, and nothing else"),
        ("CapEff:\t0000000000003001", Grade.GOOD, "and 2 more rights that listening does not need"),
        ("CapEff:\t0000000000001000", Grade.BAD, "CAP_NET_RAW is missing"),
        ("CapEff:\tnothing", Grade.UNKNOWN, "no capabilities"),
        ("Name:\tprivacy-monitor", Grade.UNKNOWN, "no capabilities"),
    ],
)
def test_rights(tmp_path: Path, line: str, grade: Grade, seen: str) -> None:
    """One capability is needed; more is said."""
    status = tmp_path / "status"
    status.write_text(f"Umask:\t0022\n{line}\n", "ascii")
    check = check_rights(status)
    assert (grade, True) == (check.grade, seen in check.seen)


def test_without_linux(tmp_path: Path) -> None:
    """Where there is no such file, nobody can tell."""
    check = check_rights(tmp_path / "status")
    assert (Grade.UNKNOWN, True) == (check.grade, bool(check.advice))


def test_the_bits() -> None:
    """The one that is needed is no surplus."""
    assert 0 == surplus(1 << 13)
    assert 3 == surplus(0b1011)
    assert None is effective(Path("nowhere"))
