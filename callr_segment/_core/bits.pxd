"""Bits of a word, in one instruction where the compiler has one."""

cdef extern from *:
    """
    #if defined(__GNUC__)
    static inline int lowest_bit(unsigned long long bits) { return __builtin_ctzll(bits); }
    static inline int count_bits(unsigned bits) { return __builtin_popcount(bits); }
    #else
    static inline int lowest_bit(unsigned long long bits) {
        int at = 0;
        while (!(bits >> at & 1)) at++;
        return at;
    }
    static inline int count_bits(unsigned bits) {
        int count = 0;
        for (; bits; bits &= bits - 1) count++;
        return count;
    }
    #endif
    """
    int lowest_bit(unsigned long long bits) noexcept nogil
    int count_bits(unsigned bits) noexcept nogil
