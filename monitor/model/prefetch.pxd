# What Cython has no name for: to ask the processor for what lies at an address, which need not be one, before it is used.

cdef extern from *:
    """
    #if defined(__GNUC__)
    #define prefetch(address) __builtin_prefetch((const void *)(address))
    #else
    #define prefetch(address) ((void)(address))
    #endif
    """
    void prefetch(size_t address) noexcept nogil
