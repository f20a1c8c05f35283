"""A trie of decimal digits, walked without Python."""

from libc.stdint cimport int32_t, int64_t, uint8_t

cdef enum:
    NONE = -1
    THIRD = 111  # nodes above the third level, which is complete: a walk may begin there

cdef struct Node:
    int32_t child[10]
    int32_t value    # of the longest prefix that ends here or above
    int32_t unused[5]  # a node is a cache line


cdef class PrefixMap:
    cdef Node* nodes
    cdef int32_t length, room

    cdef int32_t add_node(self) except NONE
    cdef int32_t reach(self, bytes prefix) except NONE
    cdef void inherit(self) noexcept nogil


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
