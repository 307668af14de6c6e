# Who else is compiled calls these without a call in Python.

cpdef bytes survey(bytes line, int delimiter, int system, bytes form, bytes plan)
cpdef bytes value(bytes line, Py_ssize_t start, int delimiter, int place)
