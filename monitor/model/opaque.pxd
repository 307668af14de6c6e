# Who else is compiled makes and opens sightings without a call in Python.

cimport cython


cdef class _Unshowable:
    pass


@cython.final
cdef class Sighting(_Unshowable):
    cdef long long __digest

    cpdef long long reveal(self)
