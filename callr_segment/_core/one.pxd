from callr_segment._core.scan cimport Mode, Sizes


cdef Mode mode_of(encoding) except *
cdef Sizes sizes_of(limits) except *
