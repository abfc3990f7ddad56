"""Spark's frames as Arrow batches: the types of columns, a function over batches, what is kept for a while and what is written."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pyarrow as pa

from qdlib.corpus import NUMBERS

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

BATCH = 1_000_000  # characters that a task holds at a time

_TEXT, _WHOLE, _SPANS = pa.string(), pa.int64(), pa.list_(pa.list_(pa.int64()))
_GIVEN = pa.map_(_TEXT, _TEXT)
_TYPES = dict.fromkeys(NUMBERS, _WHOLE) | {
    "spans": _SPANS, "outside": _SPANS, "given": _GIVEN, "hints": _GIVEN, "rows": pa.list_(_GIVEN), "file": _WHOLE, "content": pa.binary(),
    "tokens": pa.list_(_TEXT), "count": _WHOLE, "n_documents": _WHOLE, "n_texts": _WHOLE, "key": _WHOLE, "shares": pa.list_(pa.float64()),
}  # fmt: skip


def schema_of(columns: Iterable[str]) -> pa.Schema:
    """The types of some columns; text where nothing else is said."""
    return pa.schema([(column, _TYPES.get(column, _TEXT)) for column in columns])


def mapped(frame: DataFrame, function: Callable, schema: pa.Schema) -> DataFrame:
    """A frame made of another one, batch by batch."""
    shape = frame.sparkSession.createDataFrame(schema.empty_table()).schema
    with warnings.catch_warnings():
        # it warns of pandas 3 here too, where all that passes is Arrow
        warnings.filterwarnings("ignore", "PySpark does not yet fully support pandas", FutureWarning)
        return frame.mapInArrow(function, shape)


def written(frame: DataFrame, path: str) -> DataFrame:
    """A frame as it stands in Parquet, after writing it there; what is there already is an error of Spark's."""
    frame.write.parquet(path)
    return frame.sparkSession.read.parquet(path)


def portions(rows: Iterable, size: Callable[..., int]) -> Iterator[list]:
    """Lists of rows of about `BATCH` characters."""
    held, total = [], 0
    for row in rows:
        held.append(row)
        total += size(row) + 1
        if total >= BATCH:
            yield held
            held, total = [], 0
    if held:
        yield held


@contextmanager
def kept(frame: DataFrame) -> Iterator[DataFrame]:
    """A frame that is made once, kept on the executors' disks, for as long as it is used."""
    from pyspark import StorageLevel

    frame = frame.persist(StorageLevel.DISK_ONLY)
    try:
        yield frame
    finally:
        frame.unpersist()
