"""Memory whose neighbours may not be touched: a page before and a page after it that no process can read."""

import ctypes
import mmap

PAGE = mmap.PAGESIZE
_libc = ctypes.CDLL(None, use_errno=True)
_libc.mprotect.argtypes = (ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int)


class Guarded:
    """Room for so many bytes, whole pages of it, between two that are closed."""

    def __init__(self, size):
        self.size = -(-size // PAGE) * PAGE
        self._map = mmap.mmap(-1, self.size + 2 * PAGE)
        self.start = ctypes.addressof(ctypes.c_char.from_buffer(self._map)) + PAGE
        for closed in (self.start - PAGE, self.start + self.size):
            if _libc.mprotect(closed, PAGE, 0):
                raise OSError(ctypes.get_errno(), "mprotect failed")

    def at_start(self, data):
        """Put the data where a byte before it cannot be read; return its address."""
        return self._put(self.start, data)

    def at_end(self, data):
        """Put the data where a byte after it cannot be read; return its address."""
        return self._put(self.start + self.size - len(data), data)

    def _put(self, address, data):
        ctypes.memmove(address, bytes(data), len(data))
        return address
