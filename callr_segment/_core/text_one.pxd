from callr_segment._core.simd cimport Rules


cdef Rules rules_of(encoding, limits) except *
