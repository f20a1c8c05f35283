"""A Parquet file as columns, and as rows of cells."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Any, NamedTuple

import pyarrow as pa
from pyarrow import parquet

from callr_segment.campaign.files.sources import SourceFile
from callr_segment.errors import InputError

__all__ = ["ParquetFile", "rows_of"]


class ParquetFile(NamedTuple):
    """A Parquet file that has been opened: the names of its columns; its rows are numbered from 0."""

    names: tuple[str, ...]
    file: parquet.ParquetFile

    @classmethod
    def open(cls, source: SourceFile) -> ParquetFile:
        """Read the schema."""
        try:
            file = parquet.ParquetFile(pa.BufferReader(source.buffer()))
            return cls(tuple(file.schema_arrow.names), file)
        except (pa.ArrowException, OSError) as error:
            raise _damaged(error) from error

    def read(self, names: Sequence[str]) -> tuple[pa.Table, range]:
        """Read columns as they are."""
        try:
            table = self.file.read(columns=list(names)).select(list(names))
            table.validate(full=True)
        except (pa.ArrowException, OSError) as error:
            raise _damaged(error) from error
        return table, range(len(table))

    def rows(self) -> Iterator[tuple[int, list[Any]]]:
        """Give the cells of each row, the first of which is row 1."""
        yield from rows_of(self.read(self.names)[0])


def rows_of(table: pa.Table) -> Iterator[tuple[int, list[Any]]]:
    """Give the cells of each row of a table, the first of which is row 1."""
    batches = (
        zip(*(column.to_pylist() for column in batch.columns), strict=True) for batch in table.to_batches()
    )
    yield from enumerate(map(list, chain.from_iterable(batches)), 1)


def _damaged(error: Exception) -> InputError:
    return InputError(f"this is no Parquet file, or a damaged one: {error}; write it again")
