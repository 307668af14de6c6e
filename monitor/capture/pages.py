"""Shows a file in a buffer, page by page as it lies in the system's memory, which takes no copy of it. Compiled.

Rule: a page that cannot be had any more, because the disk fails or the file became shorter, is full of zeros from then
on and counted as lost; the system would end the process otherwise (SIGBUS). Source: mmap(2), madvise(2).
"""
# mypy: ignore-errors
# Cython checks the types of what it compiles; its pure mode annotations are no types to mypy.

from __future__ import annotations

from errno import ENOTSUP
from mmap import PAGESIZE

import cython

from monitor.model.frames import Buffer

if cython.compiled:
    from cython.cimports.libc.signal import SIGBUS, raise_
    from cython.cimports.posix.mman import (
        MAP_ANONYMOUS,
        MAP_FAILED,
        MAP_FIXED,
        MAP_PRIVATE,
        PROT_READ,
        PROT_WRITE,
        madvise,
        mmap,
        munmap,
    )
    from cython.cimports.posix.signal import SA_ONSTACK, SA_SIGINFO, sigaction, sigaction_t, sigemptyset, siginfo_t

CANNOT = "cannot be shown"
MAX_BUFFERS = 32
"""At the same time, more than captures are read side by side; files are shown in no further one."""
_MAX_BUFFERS = cython.declare(cython.int, MAX_BUFFERS)
_MADV_POPULATE_READ = cython.declare(cython.int, 22)
"""Since Linux 5.14; other kernels refuse it, and ask for the pages one after the other when they are looked at."""

_page = cython.declare(cython.size_t, PAGESIZE)
_is_watching = cython.declare(cython.bint, 0)
if cython.compiled:  # what the handler of the signal needs
    _begin = cython.declare(cython.size_t[32])
    _end = cython.declare(cython.size_t[32])
    _lost = cython.declare(cython.longlong[32])
    _others = cython.declare(sigaction_t)


@cython.final
@cython.cclass
class Pages:
    """A buffer that begins where a page does."""

    data: cython.uchar[::1]
    place: cython.int

    def __init__(self, data: Buffer) -> None:
        self.data = data
        self.place = _watch(self.data) if cython.compiled else -1

    def __dealloc__(self) -> None:
        """Leave the place to another buffer."""
        if self.place >= 0:
            _end[self.place] = 0

    @property
    def lost(self) -> int:
        """Pages so far that could not be had when somebody looked at them."""
        return _lost[self.place] if self.place >= 0 else 0

    def show(
        self, at: cython.Py_ssize_t, size: cython.Py_ssize_t, descriptor: cython.int, offset: cython.longlong
    ) -> None:
        """Show what a file has from `offset` on at ``data[at : at + size]``, instead of what is there.

        `at` and `offset` are where pages begin, and the file has so many bytes; zeros fill its last page. What is
        written there goes to this process's own copy of the page.

        Raises:
            OSError: this file, or this system, does not allow it; there may be zeros now.
            IndexError: that is not in the buffer, or no page begins there.
        """
        if self.place < 0 or not _can_be_shown(descriptor, offset):
            raise OSError(ENOTSUP, CANNOT)
        if not self._lay(at, size, MAP_PRIVATE, descriptor, offset):
            self.clear(at, size)  # some kernels have taken away what was there
            raise OSError(ENOTSUP, CANNOT)

    def clear(self, at: cython.Py_ssize_t, size: cython.Py_ssize_t) -> None:
        """Have zeros of this process's own at ``data[at : at + size]``, instead of what is there.

        Raises:
            IndexError: as above.
            MemoryError: the system has none left.
        """
        if not self._lay(at, size, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0):
            raise MemoryError

    @cython.cfunc
    def _lay(
        self,
        at: cython.Py_ssize_t,
        size: cython.Py_ssize_t,
        flags: cython.int,
        descriptor: cython.int,
        offset: cython.longlong,
    ) -> cython.bint:
        if at < 0 or size < 1 or size > len(self.data) - at or at % _page:
            raise IndexError
        where: cython.p_void = cython.cast(cython.p_void, cython.address(self.data[at]))
        laid: cython.p_void
        with cython.nogil:
            laid = mmap(where, size, PROT_READ | PROT_WRITE, flags | MAP_FIXED, descriptor, offset)
            if laid != MAP_FAILED and descriptor >= 0:
                madvise(where, size, _MADV_POPULATE_READ)
        return laid != MAP_FAILED


@cython.cfunc
def _can_be_shown(descriptor: cython.int, offset: cython.longlong) -> cython.bint:
    """Try it where nothing is: were it refused elsewhere, another thread might be given what was taken away there."""
    tried: cython.p_void = mmap(cython.NULL, _page, PROT_READ, MAP_PRIVATE, descriptor, offset)
    return tried != MAP_FAILED and munmap(tried, _page) == 0


@cython.cfunc
def _watch(data: cython.uchar[::1]) -> cython.int:
    """Take the place of a buffer in what the handler looks after; -1 if it cannot."""
    global _is_watching  # noqa: PLW0603  (a process has one handler)
    begin: cython.size_t = cython.cast(cython.size_t, cython.address(data[0]))
    action = cython.declare(sigaction_t)
    place: cython.int
    if not _is_watching:
        action.sa_sigaction = _mend
        action.sa_flags = SA_SIGINFO | SA_ONSTACK
        sigemptyset(cython.address(action.sa_mask))
        _is_watching = sigaction(SIGBUS, cython.address(action), cython.address(_others)) == 0
    for place in range(_MAX_BUFFERS):
        if _is_watching and _end[place] == 0 and begin % _page == 0:
            _lost[place] = 0
            _begin[place] = begin
            _end[place] = begin + len(data)
            return place
    return -1


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _mend(signal: cython.int, about: cython.pointer[siginfo_t], _context: cython.p_void) -> cython.void:
    """Put zeros where a page cannot be had; elsewhere, let those decide who handled such signals before."""
    at: cython.size_t = cython.cast(cython.size_t, about.si_addr)
    page: cython.p_void = cython.cast(cython.p_void, at - at % _page)
    place: cython.int
    for place in range(_MAX_BUFFERS):
        if (
            _begin[place] <= at < _end[place]
            and mmap(page, _page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) != MAP_FAILED
        ):
            _lost[place] += 1
            return
    sigaction(signal, cython.address(_others), cython.NULL)
    raise_(signal)
