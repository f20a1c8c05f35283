"""The kernels that run, and what they take and give."""

from libc.stdint cimport int32_t, int64_t, uint8_t, uint16_t, uint32_t


cdef extern from "kernels/kernels.h" nogil:
    ctypedef struct Tally:
        int64_t characters
        int64_t extensions
        int64_t pairs
        bint is_gsm

    ctypedef struct Rows:
        const uint8_t* data
        const void* offsets
        int wide
        int64_t first
        int64_t stop

    enum:
        AUTO
        UNICODE
        GSM

    ctypedef struct Rules:
        int64_t[2] single  # by encoding: [UNICODE], [GSM]
        int64_t[2] part
        int32_t encoding

    ctypedef struct Cells:
        uint8_t* is_gsm
        int32_t* units
        int32_t* parts
        int32_t* last
        int32_t* extensions

    ctypedef struct Screen:
        uint8_t[256] first
        uint8_t[256] second
        uint8_t[256] third

    ctypedef struct Kernels:
        const char* name
        bint (*tally_utf8)(const uint8_t* text, int64_t size, Tally* tally) noexcept nogil
        void (*tally_latin)(const uint8_t* text, int64_t size, Tally* tally) noexcept nogil
        void (*tally_ucs2)(const uint16_t* text, int64_t size, bint all, Tally* tally) noexcept nogil
        void (*tally_ucs4)(const uint32_t* text, int64_t size, bint all, Tally* tally) noexcept nogil
        int64_t (*walk_utf8)(
            const uint8_t* text, int64_t size, bint as_gsm, int64_t part, int64_t* last
        ) noexcept nogil
        int64_t (*walk_latin)(const uint8_t* text, int64_t size, int64_t part, int64_t* last) noexcept nogil
        int64_t (*walk_ucs2)(const uint16_t* text, int64_t size, int64_t part, int64_t* last) noexcept nogil
        int64_t (*walk_ucs4)(
            const uint32_t* text, int64_t size, bint as_gsm, int64_t part, int64_t* last
        ) noexcept nogil
        int64_t (*count_rows)(const Rows* rows, const Rules* rules, const Cells* cells) noexcept nogil
        int64_t (*add_rows)(const Rows* rows, uint32_t* sums) noexcept nogil
        void (*finish_counts)(
            const uint32_t* sums, int64_t count, const Rules* rules, const Cells* cells
        ) noexcept nogil
        void (*screen_rows)(
            const uint8_t* data, const int64_t* starts, int64_t count, const Screen* screen, uint8_t* flags
        ) noexcept nogil

cdef const Kernels* kernels
