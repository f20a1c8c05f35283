# cython: cdivision=True
"""The longest prefix of a number, as it is looked up for countries, rates and notes."""

cimport cython
from cpython.mem cimport PyMem_Free, PyMem_Malloc, PyMem_Realloc
from libc.stdint cimport int32_t, int64_t, uint8_t, uint32_t, uint64_t
from libc.string cimport memset

from callr_segment._core.buffers cimport Buffer, look_at

from callr_segment._core.number_records import check_prefix, is_digits

cdef enum:
    LONGEST = 15  # digits of an E.164 number
    EIGHT = 100000000  # digits that fit into a binary fraction
    FIVE = 100000

cdef uint64_t[LONGEST + 2] POWER


cdef void fill_powers() noexcept:
    cdef int exponent
    POWER[0] = 1
    for exponent in range(1, LONGEST + 2):
        POWER[exponent] = 10 * POWER[exponent - 1]


fill_powers()


cdef bint are_digits(bytes text) noexcept:
    cdef uint8_t char
    for char in text:
        if not c"0" <= char <= c"9":
            return False
    return True


@cython.final
cdef class PrefixMap:
    """Small integers by prefix; the longest prefix wins."""

    def __cinit__(self, prefixes):
        cdef int32_t node, child
        cdef bytes digits
        self.add_node()
        for node in range(THIRD):
            for digit in range(10):
                child = self.add_node()
                self.nodes[node].child[digit] = child
        for prefix, value in prefixes.items():
            digits = prefix.encode()
            if not (are_digits(digits) and 0 <= value < 1 << 31):
                check_prefix(prefix, value)
            self.nodes[self.reach(digits)].value = value
        self.inherit()
        self.pairs = <int32_t*>PyMem_Malloc(100 * self.length * sizeof(int32_t))
        if self.pairs is NULL:
            raise MemoryError
        self.pair_up()

    def __dealloc__(self):
        PyMem_Free(self.nodes)
        PyMem_Free(self.pairs)

    cdef int32_t add_node(self) except NONE:
        cdef Node* grown
        if self.length == self.room:
            grown = <Node*>PyMem_Realloc(self.nodes, (2 * self.room + 16) * sizeof(Node))
            if grown is NULL:
                raise MemoryError
            self.nodes, self.room = grown, 2 * self.room + 16
        memset(&self.nodes[self.length], 0xFF, sizeof(Node))  # NONE everywhere
        self.length += 1
        return self.length - 1

    cdef int32_t reach(self, bytes prefix) except NONE:
        """Find the node of a prefix, adding those on the way."""
        cdef int32_t node = 0, child
        cdef int digit
        for digit in prefix:
            child = self.nodes[node].child[digit - c"0"]
            if child == NONE:
                child = self.add_node()
                self.nodes[node].child[digit - c"0"] = child
            node = child
        return node

    cdef void inherit(self) noexcept nogil:
        """Give each node the value of the longest prefix above it; a child always comes after its parent."""
        cdef int32_t node, child
        cdef int digit
        for node in range(self.length):
            for digit in range(10):
                child = self.nodes[node].child[digit]
                if child != NONE and self.nodes[child].value == NONE:
                    self.nodes[child].value = self.nodes[node].value

    cdef void pair_up(self) noexcept nogil:
        """Lay the trie out once more, so that numbers which are long enough take two digits a step."""
        cdef int32_t three, node
        cdef int digit
        for three in range(1000):
            node = THIRD + three
            for digit in range(10):
                self.heads[10 * three + digit] = self.pairs_from(self.nodes[node].child[digit], node)

    cdef int32_t pairs_from(self, int32_t node, int32_t above) noexcept nogil:
        """Write the pairs that may follow a node, and return the entry that leads there, or is a value."""
        cdef int32_t first, entry
        cdef int at
        cdef int32_t* pairs
        if node == NONE:
            return self.nodes[above].value
        if is_leaf(&self.nodes[node]):
            return self.nodes[node].value
        entry = NONE - 1 - self.paired
        self.paired += 1
        pairs = <int32_t*>pairs_at(self.pairs, entry)
        for at in range(100):
            first = self.nodes[node].child[at // 10]
            if first == NONE:
                pairs[at] = self.nodes[node].value
            else:
                pairs[at] = self.pairs_from(self.nodes[first].child[at % 10], first)
        return entry

    def find(self, str digits not None) -> int:
        """Value of the longest prefix of these digits, or -1."""
        if not is_digits(digits):
            return NONE
        cdef bytes values = bytes([ord(digit) - ord("0") for digit in digits])
        return longest(self.nodes, values, len(values))

    def find_many(self, numbers) -> bytearray:
        """Values (int32) of E.164 numbers (a buffer of uint64); -1 for none, and for a number of 0."""
        cdef Buffer buffer = look_at(numbers, sizeof(uint64_t))
        cdef const uint64_t* values = <const uint64_t*>buffer.start
        cdef int64_t row, rows = buffer.length
        cdef bytearray found = bytearray(rows * sizeof(int32_t))
        cdef int32_t* cells = <int32_t*><char*>found
        with nogil:
            for row in range(rows):
                cells[row] = longest_of(self.nodes, values[row]) if 0 < values[row] < POWER[LONGEST] else NONE
        return found


cdef inline bint is_leaf(const Node* node) noexcept nogil:
    cdef int digit
    for digit in range(10):
        if node.child[digit] != NONE:
            return False
    return True


cdef inline int32_t longest_of(const Node* nodes, uint64_t number) noexcept nogil:
    """Walk down the digits of a number: three at once, then eight and five out of a binary fraction."""
    cdef int32_t node, child
    cdef int at, length = 1
    cdef uint64_t fraction
    cdef uint8_t few[2]
    for at in range(1, LONGEST):
        length += number >= POWER[at]
    if length < 3:
        few[0], few[length - 1] = number // 10, number % 10
        return longest(nodes, few, length)
    number *= POWER[LONGEST + 1 - length]
    node = THIRD + <int32_t>(number // (FIVE * <uint64_t>EIGHT))
    fraction = fraction_of(number // FIVE % EIGHT)
    for at in range(3, length):
        if at == 11:
            fraction = fraction_of(number % FIVE * 1000)
        fraction *= 10
        child = nodes[node].child[fraction >> 32]
        if child == NONE:
            break
        node = child
        fraction = <uint32_t>fraction
    return nodes[node].value


cdef inline uint64_t fraction_of(uint64_t digits) noexcept nogil:
    """Eight digits as 32 binary places, rounded up: the error stays below the eighth digit."""
    return (digits << 32) // EIGHT + 1
