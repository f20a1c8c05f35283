# cython: cdivision=True
"""One Python string: counted in place, whatever its width in memory (PEP 393)."""

cimport cython
from cpython.unicode cimport PyUnicode_DATA, PyUnicode_FromObject, PyUnicode_KIND, PyUnicode_READ
from libc.stdint cimport int64_t

from callr_segment._core.simd cimport AUTO, GSM, UNICODE, Rules
from callr_segment._core.text_splitting cimport Count, Walk, begin, count_str, step

from callr_segment._core.hooks import force_gsm, render
from callr_segment._core.records import Part, check_encoding, check_limits, find_culprits, not_gsm
from callr_segment.alphabet.gsm import LIMITS, Limits

cdef object MOST = 1 << 62  # units: more than any text has


cdef Rules with_limits(limits) except *:
    cdef Rules rules
    rules.single[GSM], rules.part[GSM] = min(limits[0], MOST), min(limits[1], MOST)
    rules.single[UNICODE], rules.part[UNICODE] = min(limits[2], MOST), min(limits[3], MOST)
    rules.encoding = AUTO
    return rules


cdef Rules DEFAULT_RULES = with_limits(LIMITS)


cdef Rules rules_of(encoding, limits) except *:
    """Read how texts are to be counted; either may be left out."""
    cdef Rules rules = DEFAULT_RULES
    if limits is not None:
        check_limits(limits)
        rules = with_limits(limits)
    if encoding is not None:
        check_encoding(encoding)
        rules.encoding = GSM if encoding == "gsm" else UNICODE
    return rules


cdef inline str plain(text):
    """Read a text; of a subclass of str, which template engines make, what it holds."""
    if type(text) is str:
        return <str>text
    if isinstance(text, str):
        return PyUnicode_FromObject(text)
    raise TypeError(f"a text is a str, not {type(text).__name__}")


@cython.final
@cython.freelist(64)
cdef class Segmentation:
    """What one text comes to when it is sent: encoding, units, parts, and what is left.

    Units are septets for GSM and UTF-16 code units for Unicode. ``remaining`` is how many more fit
    into the last part; ``over_by`` how many to cut from the end to save a part (0 where there is one), a
    character that counts two being cut whole. ``alphabet`` is the national one that was asked for, or None;
    ``limits`` then leave room for the header that names its ``tables``, where they are in use.
    """

    cdef readonly str text
    cdef readonly object limits
    cdef readonly str alphabet
    cdef readonly object tables
    cdef Count count

    def __init__(self):
        raise TypeError("a Segmentation is made by segment(text)")

    @property
    def encoding(self) -> str:
        """``"gsm"`` or ``"unicode"``."""
        return "gsm" if self.count.as_gsm else "unicode"

    @property
    def units(self) -> int:
        """Length as it is billed."""
        return self.count.units

    @property
    def parts(self) -> int:
        """How many parts are billed."""
        return self.count.parts

    @property
    def extensions(self) -> int:
        """How many characters count two septets."""
        return self.count.extensions

    @property
    def remaining(self) -> int:
        """Units that still fit into the last part."""
        single, part = self.limits.of(self.encoding)
        return (part if self.count.parts > 1 else single) - self.count.last

    @property
    def over_by(self) -> int:
        """Units over the previous edge: cut so many from the end and one part less is billed."""
        if self.count.parts > 2:
            return self.count.last
        return self.count.units - self.limits.of(self.encoding)[0] if self.count.parts == 2 else 0

    @property
    def culprits(self):
        """One per distinct character, or emoji as a whole, that forces Unicode, in order of appearance."""
        if self.count.is_gsm:
            return ()
        if self.alphabet is None:
            return find_culprits(self.text)
        return _national().find_culprits(self.text, self.alphabet)

    def split(self) -> tuple:
        """Cut the text into the parts that are billed; joined, they are the text again."""
        cdef list parts = []
        if self.tables is not None and self.count.as_gsm:
            return _national().split(self.text, self.tables)
        cdef Rules rules = rules_of(None, self.limits)
        cdef Walk walk = begin(&self.count, &rules)
        cdef Py_ssize_t start = 0, at
        cdef int64_t used, before
        if self.count.parts < 2:
            return (Part(self.text, self.count.units, 0, len(self.text)),) if self.text else ()
        for at in range(len(self.text)):
            before, used = walk.parts, walk.used
            step(&walk, PyUnicode_READ(PyUnicode_KIND(self.text), PyUnicode_DATA(self.text), at))
            if walk.parts > before:
                parts.append(Part(self.text[start:at], used, start, at))
                start = at
        parts.append(Part(self.text[start:], walk.used, start, len(self.text)))
        return tuple(parts)

    def __repr__(self):
        return (
            f"Segmentation(encoding={self.encoding!r}, units={self.units}, parts={self.parts}, "
            f"remaining={self.remaining})"
        )

    def _repr_html_(self) -> str | None:
        return render(self, "html")

    def __eq__(self, other):
        return isinstance(other, Segmentation) and _key(self) == _key(other)

    def __hash__(self):
        return hash(_key(self))

    def __reduce__(self):
        return segment_as, _key(self)


cdef object _national():
    from callr_segment._core import national  # loaded where somebody asks for an alphabet

    return national


cdef tuple _key(Segmentation self):
    return self.text, self.encoding, None if self.alphabet else self.limits, self.alphabet


def segment_as(str text not None, str encoding, limits, alphabet=None):
    """Rebuild a pickled Segmentation."""
    return segment(text, encoding=encoding, limits=limits, alphabet=alphabet)


def segment(text, *, encoding=None, errors="strict", limits=None, alphabet=None):
    """Tell how a text will be sent: in which encoding, in how many parts, and what is left.

    With ``encoding="gsm"`` a text that GSM 03.38 cannot carry raises NotGsmError; ``errors="replace"``
    puts ``?`` for each such character, ``errors="rewrite"`` finds the nearest GSM text first. ``limits`` are
    those of another header. ``alphabet`` counts with the tables of a national language too, such as
    ``"turkish"``, and the header they need: only for who knows that they will be sent so.

    >>> segment("Votre code est 4821")
    Segmentation(encoding='gsm', units=19, parts=1, remaining=141)
    >>> segment("Ça va, garçon ?").culprits[0].name
    'LATIN SMALL LETTER C WITH CEDILLA'
    >>> segment("Şifreniz: 4821", alphabet="turkish")
    Segmentation(encoding='gsm', units=14, parts=1, remaining=141)
    """
    cdef Segmentation self = Segmentation.__new__(Segmentation)
    cdef Rules rules = rules_of(encoding, limits)
    self.text = plain(text)
    if alphabet is not None:
        segment_national(self, encoding, errors, limits, alphabet)
        return self
    count_str(self.text, &rules, &self.count)
    if rules.encoding == GSM and not self.count.is_gsm:
        self.text = force_gsm(self.text, errors)
        count_str(self.text, &rules, &self.count)
    self.limits = LIMITS if limits is None else Limits(*limits)
    return self


cdef int segment_national(Segmentation self, encoding, errors, limits, alphabet) except -1:
    """Fill in what a text comes to in a national alphabet."""
    self.text, found, self.tables = _national().count(self.text, encoding, errors, limits, alphabet)
    self.alphabet, self.limits = alphabet, self.tables.limits
    self.count.units, self.count.parts, self.count.last = found.units, found.parts, found.last
    self.count.extensions = found.extensions
    self.count.as_gsm = found.encoding == "gsm"
    self.count.is_gsm = self.count.as_gsm or is_gsm(self.text)
    return 0


def count_parts(text, *, encoding=None, limits=None, alphabet=None) -> int:
    """Tell how many parts a text will be billed as.

    ``encoding``, ``limits`` and ``alphabet`` are those of `segment`.

    >>> count_parts("a" * 160), count_parts("a" * 161), count_parts("ç" * 71)
    (1, 2, 2)
    """
    cdef Count count
    if alphabet is not None:
        check_encoding(encoding)
        return _national().count(plain(text), encoding, "strict", limits, alphabet)[1].parts
    if encoding is None and limits is None:
        count_str(plain(text), &DEFAULT_RULES, &count)
    else:
        count_as(plain(text), encoding, limits, &count)
    return count.parts


cdef int count_as(str text, encoding, limits, Count* count) except -1:
    cdef Rules rules = rules_of(encoding, limits)
    count_str(text, &rules, count)
    if rules.encoding == GSM and not count.is_gsm:
        raise not_gsm(text)
    return 0


def is_gsm(text) -> bool:
    """Tell whether GSM 03.38 can carry a text, so that a part holds 160 characters and not 70.

    >>> is_gsm("déjà vu à 5 €"), is_gsm("ça")
    (True, False)
    """
    cdef Count count
    count_str(plain(text), &DEFAULT_RULES, &count)
    return count.is_gsm
