"""A Parquet file as columns, and as rows of cells."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import pyarrow as pa
from pyarrow import parquet

from callr_segment.campaign.files.sources import SourceFile
from callr_segment.errors import InputError

__all__ = ["ParquetFile"]


class ParquetFile(NamedTuple):
    """A Parquet file that has been opened: the names of its columns; its rows are numbered from 0."""

    names: tuple[str, ...]
    file: parquet.ParquetFile
    header_row: int = 0

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
        table, _ = self.read(self.names)
        cells = zip(*(column.to_pylist() for column in table.columns), strict=True)
        yield from enumerate(map(list, cells), 1)


def _damaged(error: Exception) -> InputError:
    return InputError(f"this is no Parquet file, or a damaged one: {error}; write it again")
