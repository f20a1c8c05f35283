"""The lowest bit of a word, in one instruction where the compiler has one."""

cdef extern from *:
    """
    #if defined(__GNUC__)
    static inline int lowest_bit(unsigned long long bits) { return __builtin_ctzll(bits); }
    #else
    static inline int lowest_bit(unsigned long long bits) {
        int at = 0;
        while (!(bits >> at & 1)) at++;
        return at;
    }
    #endif
    """
    int lowest_bit(unsigned long long bits) noexcept nogil
