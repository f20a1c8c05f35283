"""Formats of files of texts.

In: a ``Source``. Out: its entries, in order, each with the place of every character. One module a format,
each with a function ``read(source) -> Iterator[Entry]`` that raises InputError, with the line, for a file it
cannot read.
"""
