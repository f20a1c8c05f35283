"""A trie of decimal digits, walked without Python."""

from libc.stdint cimport int32_t, int64_t, uint8_t

cdef enum:
    NONE = -1
    THIRD = 111  # nodes above the third level, which is complete: a walk may begin there
    HEAD = 4     # digits of a number that are looked up at once, before pairs of them

cdef struct Node:
    int32_t child[10]
    int32_t value    # of the longest prefix that ends here or above
    int32_t unused[5]  # a node is a cache line


cdef class PrefixMap:
    cdef Node* nodes
    cdef int32_t length, room
    cdef int32_t[10000] heads  # by HEAD digits: a value, or where pairs go on, as in `pairs`
    cdef int32_t* pairs        # by two more digits: a value, or below NONE the place of the next hundred
    cdef int32_t paired

    cdef int32_t add_node(self) except NONE
    cdef int32_t reach(self, bytes prefix) except NONE
    cdef void inherit(self) noexcept nogil
    cdef void pair_up(self) noexcept nogil
    cdef int32_t pairs_from(self, int32_t node, int32_t above) noexcept nogil


cdef inline const int32_t* pairs_at(const int32_t* pairs, int32_t entry) noexcept nogil:
    """Point at the hundred entries that an entry below NONE leads to."""
    return pairs + 100 * <int64_t>(NONE - 1 - entry)


cdef inline int32_t longest(const Node* nodes, const uint8_t* digits, int64_t length) noexcept nogil:
    """Walk down digits (0 to 9) as far as they lead."""
    cdef int32_t node = 0, child
    cdef int64_t at = 0
    if length >= 3:
        node = THIRD + 100 * digits[0] + 10 * digits[1] + digits[2]
        at = 3
    while at < length:
        child = nodes[node].child[digits[at]]
        if child == NONE:
            break
        node = child
        at += 1
    return nodes[node].value
