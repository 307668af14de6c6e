"""Large pieces of memory: zeroed, this process's own, and taken from the system only as far as they are written to."""

from __future__ import annotations

import mmap
from contextlib import suppress


def reserve(size_bytes: int) -> mmap.mmap:
    """Memory in large pages, where the system has some: the first use of each page takes longer than all its others."""
    if not hasattr(mmap, "MAP_PRIVATE"):  # Windows
        return mmap.mmap(-1, size_bytes)
    reserved = mmap.mmap(-1, size_bytes, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    if hasattr(mmap, "MADV_HUGEPAGE"):
        with suppress(OSError):  # a kernel that has no large pages
            reserved.madvise(mmap.MADV_HUGEPAGE)
    return reserved
