from callr_segment._core.text_splitting cimport Mode, Sizes


cdef Mode mode_of(encoding) except *
cdef Sizes sizes_of(limits) except *
