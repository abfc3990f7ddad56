"""Counts inside Spark: terms, and the strings that texts repeat.

A string can repeat only if its parts do. A pass over the texts counts strings up to twice as long as the last one, at places
whose parts repeat often enough; each batch of texts is counted where it lies, and only its counts travel.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial, reduce
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from qdlib.spark_frames import kept, mapped, portions, schema_of, written
from qdlib.strings import NOTHING, SENTENCE_MARKS, STRING_COLUMNS, check_bounds, encoded

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

TERMS = schema_of(["term", "count", "n_documents"])
COUNTS = schema_of(["string", "count", "n_texts"])
KEYS = schema_of(["key"])
_BASE = np.uint64(0x9E3779B97F4A7C15)  # odd, so that no character is lost in the product


def term_counts(tokens: DataFrame) -> DataFrame:
    """Return `term, count, n_documents` of a frame with `document, tokens`: the commonest first, then by code point."""
    from pyspark.sql import functions as F

    counted = mapped(tokens.select("tokens"), _terms, TERMS)
    summed = counted.groupBy("term").agg(F.sum("count").alias("count"), F.sum("n_documents").alias("n_documents"))
    return summed.orderBy(F.desc("count"), "term")


def _terms(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """The terms of each batch with their counts."""
    for batch in batches:
        counts, documents = Counter(), Counter()
        for tokens in batch[0].to_pylist():
            counts.update(tokens)
            documents.update(set(tokens))
        rows = [[*counts], [*counts.values()], [documents[term] for term in counts]]
        yield pa.RecordBatch.from_arrays([pa.array(row) for row in rows], schema=TERMS)


def repeated_strings(
    documents: DataFrame,
    out: str,
    min_count: int = 3,
    min_chars: int = 2,
    max_chars: int = 12,
    walls: str = SENTENCE_MARKS,
) -> DataFrame:
    """Return the strings that texts repeat: the rows of `qdlib.repeated_strings` with its `fragments`, in its order.

    Args:
        documents: a frame with `text`, one row a text.
        out: the Parquet folder to write to, which may not be there yet.
        min_count, min_chars, max_chars, walls: as for `qdlib.repeated_strings`. The time of a pass grows with the strings
            that are frequent, so let `min_count` grow with the texts; the frequent strings of one length must fit into
            an executor's memory, with eight bytes each.

    Returns:
        The table as it was written; its entropies agree with those of one machine but for the order of a sum.

    Raises:
        ValueError: a bound is out of range.
    """
    check_bounds(min_count, min_chars, max_chars)
    texts = documents.select("text")
    with ExitStack() as stack:
        levels = _levels(texts, min_count, max_chars, walls, stack)
        counted = reduce(lambda one, other: one.unionByName(other), levels)
        return written(_measured(texts, counted, min_count, min_chars, max_chars, walls), out)


def _measured(
    texts: DataFrame, counted: DataFrame, min_count: int, min_chars: int, max_chars: int, walls: str
) -> DataFrame:
    """The frequent strings with their measures, in order."""
    from pyspark.sql import functions as F

    frequent = counted.where((F.col("count") >= min_count) & (F.col("n_chars") <= max_chars))
    n_chars = texts.agg(F.sum(F.length(F.translate("text", walls, "")))).first()[0] or 0
    table = frequent.where(F.col("n_chars") >= min_chars)
    table = table.join(_entropies(counted), "string", "left").join(_cohesions(table, frequent), "string")
    count, cohesion = F.col("count"), n_chars * F.col("count") / F.col("expected")
    entropies = [F.log2(count) - F.coalesce(side, F.lit(0.0)) / count for side in ("left", "right")]
    left, right = (F.when(bits > NOTHING, bits).otherwise(0.0) for bits in entropies)
    columns = ["string", count, "n_texts", cohesion, F.log2(cohesion), left, right]
    return table.orderBy(F.desc("count"), F.desc("n_chars"), "string").select(*columns).toDF(*STRING_COLUMNS)


def _levels(texts: DataFrame, min_count: int, max_chars: int, walls: str, stack: ExitStack) -> list[DataFrame]:
    """The strings that occur twice or more and whose parts may be frequent, up to one character beyond the longest."""
    from pyspark.sql import functions as F

    known, levels, shortest = None, [], 1
    while shortest <= max_chars + 1 and (known is None or len(known)):
        longest = min(max(2, 2 * shortest - 2), max_chars + 1)
        count = partial(_counted, shortest=shortest, longest=longest, known=known, walls=walls)
        sums = mapped(texts, count, COUNTS).groupBy("string").agg(*(F.sum(n).alias(n) for n in COUNTS.names[1:]))
        level = stack.enter_context(kept(sums.where("count > 1").withColumn("n_chars", F.length("string"))))
        frequent = level.where((F.col("n_chars") == longest) & (F.col("count") >= min_count)).select("string")
        known = np.sort(mapped(frequent, _keys, KEYS).toArrow()["key"].to_numpy())
        levels.append(level)
        shortest = longest + 1
    return levels


def _entropies(counted: DataFrame) -> DataFrame:
    """For each string the sum of c log2 c over the strings one character longer on its left, and on its right."""
    from pyspark.sql import functions as F

    information, none, n = F.col("count") * F.log2("count"), F.lit(0.0), F.col("n_chars") - 1
    first = F.struct(F.substr("string", F.lit(1), n).alias("string"), none.alias("left"), information.alias("right"))
    last = F.struct(F.substr("string", F.lit(2), n).alias("string"), information.alias("left"), none.alias("right"))
    inner = counted.where("n_chars > 1").select(F.inline(F.array(first, last)))
    return inner.groupBy("string").agg(F.sum("left").alias("left"), F.sum("right").alias("right"))


def _cohesions(table: DataFrame, frequent: DataFrame) -> DataFrame:
    """For each string the greatest product of the counts of two parts that make it up."""
    from pyspark.sql import functions as F

    cuts = table.select("string", F.explode(F.sequence(F.lit(1), F.col("n_chars") - 1)).alias("cut"))
    head = F.substr("string", F.lit(1), F.col("cut")).alias("head")
    tail = F.substr("string", F.col("cut") + 1, F.length("string")).alias("tail")
    heads = frequent.select(F.col("string").alias("head"), F.col("count").cast("double").alias("before"))
    tails = frequent.select(F.col("string").alias("tail"), F.col("count").cast("double").alias("after"))
    parts = cuts.select("string", head, tail).join(heads, "head").join(tails, "tail")
    return parts.groupBy("string").agg(F.max(F.col("before") * F.col("after")).alias("expected"))


def _keys(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """A number for each of some strings of one length; that two may share one only costs time."""
    for batch in batches:
        joined = "".join(batch[0].to_pylist())
        length = len(joined) // max(len(batch), 1)
        yield pa.RecordBatch.from_arrays([pa.array(_windows(joined, length)[:: length or 1])], schema=KEYS)


def _windows(text: str, length: int) -> np.ndarray:
    """The numbers of all strings of a length in a text, by where they begin."""
    points = np.frombuffer(text.encode("utf-32-le"), "<u4").astype(np.uint64)
    keys = np.zeros(max(len(points) - length + 1, 0), np.uint64)
    for i in range(length):
        keys = keys * _BASE + points[i : i + len(keys)]
    return keys.view(np.int64)


def _counted(
    batches: Iterator[pa.RecordBatch], shortest: int, longest: int, known: np.ndarray | None, walls: str
) -> Iterator[pa.RecordBatch]:
    """The strings of some lengths in each batch of texts, with their counts and the number of texts that have them."""
    for texts in portions((text for batch in batches for text in batch[0].to_pylist()), len):
        joined = "".join(text + "\n" for text in texts)
        codes, _, lengths = encoded(texts, walls)
        text_of = np.repeat(np.arange(len(texts)), lengths)
        reach = np.minimum(_until(codes == 0), longest)
        if known is not None:
            reach = np.minimum(reach, _hopeful(joined, shortest - 1, known, reach) + 1)
        names, at = codes.astype(np.int64), np.flatnonzero(reach >= shortest)
        for length in range(1, longest + 1):
            at = at[reach[at] >= length]
            # the name of a string is that of the one before, and one character more: equal names, equal strings
            name = names[at] << 21 | codes[at + length - 1] if length > 1 else names[at]
            order = np.argsort(name, kind="stable")
            at, name = at[order], name[order]
            new = np.append(True, name[1:] != name[:-1])[: len(at)]
            names[at] = np.cumsum(new)
            if length >= shortest and len(at):
                yield _rows(joined, at, new, text_of[at], length)


def _rows(joined: str, at: np.ndarray, new: np.ndarray, text_of: np.ndarray, length: int) -> pa.RecordBatch:
    """Strings with their counts, from their sorted places and where among them another string begins."""
    first = np.flatnonzero(new)
    strings = pa.array([joined[i : i + length] for i in at[first].tolist()])
    another = new | np.append(True, text_of[1:] != text_of[:-1])
    columns = [np.diff(first, append=len(at)), np.add.reduceat(another, first, dtype=np.int64)]
    return pa.RecordBatch.from_arrays([strings, *map(pa.array, columns)], schema=COUNTS)


def _until(stops: np.ndarray) -> np.ndarray:
    """How far it is from each place to the next stop."""
    places = np.arange(len(stops))
    return np.minimum.accumulate(np.where(stops, places, len(stops))[::-1])[::-1] - places


def _hopeful(joined: str, length: int, known: np.ndarray, room: np.ndarray) -> np.ndarray:
    """How long a string at each place, or at the next one, may be so that all its parts of a length are frequent."""
    alive = np.zeros(len(joined), bool)
    keys = _windows(joined, length)
    alive[: len(keys)] = np.isin(keys, known, kind="sort")
    alive &= room >= length
    reach = np.where(alive, _until(~alive) + length - 1, 0)
    return np.maximum(reach, np.append(reach[1:], 0))
