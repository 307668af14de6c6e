# Who else is compiled calls these without a call in Python.

cimport cython

from monitor.model.opaque cimport Sighting

cpdef Sighting sighting(bytes identifier)


@cython.final
cdef class SubjectCounter:
    cdef long long _mask
    cdef long long _until_ns
    cdef dict _today
    cdef dict _before
    cdef Py_ssize_t _digests
    cdef set _limited
    cdef Py_ssize_t _room
    cdef Py_ssize_t _room_of_each

    cpdef object count(self, object finding, tuple seen, long long at_ns)
