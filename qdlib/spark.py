"""The same functions inside Spark, for corpora beyond one machine: sources to articles, tokens, counts, strings and topics.

Batches of rows go through the package's own functions as Arrow tables, so the rows are those of one machine; their order is
Spark's. Every step reads and writes Parquet. A task that is done again, since its executor was lost, writes nothing twice:
Spark keeps the files of finished tasks only.

In a notebook: `spark = session()`, then the functions. On a cluster: `spark-submit qdlib/spark.py load OUT --place PLACE`, then
`tokens OUT`, `strings OUT`, `topics OUT`. The executors need this package and what it depends on: installed in their image, or as
an environment packed with venv-pack or conda-pack (`--archives env.tar.gz#env --conf spark.pyspark.python=env/bin/python`).
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
import warnings
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache, partial
from importlib.metadata import version
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
import pyarrow as pa

from qdlib import words as local
from qdlib.corpus import (
    ARTICLE_COLUMNS, EVIDENCE_COLUMNS, LEDGER_COLUMNS, PARAGRAPH_COLUMNS, SOURCE_COLUMNS, Corpus, Names, assemble,
)  # fmt: skip
from qdlib.readers import (
    SUFFIXES, UNREAD, CorpusWarning, ReadError, Source, find_sources, in_order, is_hidden, parse, read_path, with_metadata,
)  # fmt: skip

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame, SparkSession

    from qdlib.topics import TopicModel

QUIET = {"spark.log.level": "ERROR", "spark.ui.enabled": "false"}
ALONE = {"spark.driver.bindAddress": "127.0.0.1", "spark.driver.host": "127.0.0.1"}
TASK = 64 * 2**20  # bytes of sources that a task takes; fewer where there would be less than `TASKS` tasks
TASKS = 16
BATCH = 1_000_000  # characters that a task holds at a time

_TEXT, _WHOLE, _SPANS = pa.string(), pa.int64(), pa.list_(pa.list_(pa.int64()))
_GIVEN = pa.map_(_TEXT, _TEXT)
_TYPES = dict.fromkeys(["n_chars", "kept", "replaced", "removed", "paragraph", "line", "start", "end"], _WHOLE) | {
    "spans": _SPANS, "outside": _SPANS, "given": _GIVEN, "hints": _GIVEN, "rows": pa.list_(_GIVEN), "file": _WHOLE, "content": pa.binary(),
    "tokens": pa.list_(_TEXT), "count": _WHOLE, "n_documents": _WHOLE, "n_texts": _WHOLE, "key": _WHOLE, "shares": pa.list_(pa.float64()),
}  # fmt: skip


def schema_of(columns: Iterable[str]) -> pa.Schema:
    """The types of some columns; text where nothing else is said."""
    return pa.schema([(column, _TYPES.get(column, _TEXT)) for column in columns])


FILES = schema_of(["file", "name", "path", "content"])
READ = schema_of([*Source._fields, "file", "rows"])
TOKENS = schema_of(["document", "tokens"])


@cache
def tables(unit: str = "article") -> dict[str, pa.Schema]:
    """Names and columns of the tables of a corpus, those of `Corpus` and its documents of one unit."""
    documents = assemble([], Names.of([])).documents(unit)
    columns = {
        "sources": SOURCE_COLUMNS, "articles": ARTICLE_COLUMNS, "paragraphs": PARAGRAPH_COLUMNS, "ledger": LEDGER_COLUMNS,
        "evidence": EVIDENCE_COLUMNS, "metadata": ["source", "given"], "documents": documents.columns,
    }  # fmt: skip
    return {name: schema_of(own) for name, own in columns.items()}


def session(settings: Mapping[str, str] | None = None) -> SparkSession:
    """Start Spark, or join the one that runs, with little talk and with this Python on its executors.

    Args:
        settings: Spark's own, which go before ours; `{"spark.master": "local[4]", "spark.driver.memory": "4g"}`, say. On
            one machine all cores if not given, and nothing can be reached from outside.
    """
    from pyspark.sql import SparkSession

    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    settings = dict(settings or {})
    submitted = "PYSPARK_GATEWAY_PORT" in os.environ
    here = not submitted and settings.get("spark.master", "local").startswith("local")
    if here:
        os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
    builder = SparkSession.builder.appName("qdlib")
    for name, value in {**QUIET, **(ALONE if here else {}), **settings}.items():
        builder = builder.config(name, value)
    return builder.getOrCreate()


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


# -- sources to articles ----------------------------------------------------------------------------------------------


def load_corpus(
    spark: SparkSession, place: str | Path | Iterable[str | Path], out: str, script: str = "simplified", *,
    text: str | None = None, unit: str = "article",
) -> dict[str, DataFrame]:  # fmt: skip
    """Read files, undo their damage, cut them into articles, and keep the account, as `qdlib.load_corpus` does.

    A file, or a table with a text a row, is read by one task, so tables are best in files of some 100 MB.

    Args:
        spark: the session.
        place: as for `qdlib.load_corpus`, on a disk that all executors see; or the address of one folder for Spark to read
            (`hdfs://...`, `s3a://...`, `file:///...`), whose files are then held whole, and of which Spark passes over what
            begins with `_` or a dot.
        out: the folder to write to: one Parquet folder a table, none of which may be there yet.
        script, text: as for `qdlib.load_corpus`.
        unit: of the table `documents` (`Corpus.documents`).

    Returns:
        The tables of `Corpus` by name and `documents`, as they were written, without order. `metadata` has two columns,
        `source` and `given`, the table's own columns as a map.

    Raises:
        As `qdlib.load_corpus`; of the sources set aside only the number is told in the `CorpusWarning`.
    """
    from pyspark import StorageLevel
    from pyspark.sql import functions as F

    schemas = tables(unit)
    files, size, number = _files(spark, place)
    read = mapped(files, partial(_read, text=text), READ)
    if number < (tasks := max(TASKS, size // TASK)):
        read = read.repartition(tasks, "name")
    read = read.persist(StorageLevel.DISK_ONLY)
    names, about, more = _known(read, text)
    read_all = read.where("rows is null").unionByName(spark.createDataFrame(more))
    problem = F.when(F.col("problem") != "", F.concat("name", F.lit(": "), "problem"))
    _set_aside(*read_all.agg(F.count("*"), F.count(problem), F.min(problem)).first())
    make = partial(_assemble, names=names, about=about, script=script, unit=unit)
    parts = pa.schema([(name, pa.list_(pa.struct(schema))) for name, schema in schemas.items()])
    made = mapped(read_all, make, parts).persist(StorageLevel.DISK_ONLY)
    found = {name: written(made.select(F.inline(name)), f"{out}/{name}") for name in schemas}
    made.unpersist()
    read.unpersist()
    return found


def _files(spark: SparkSession, place: str | Path | Iterable[str | Path]) -> tuple[DataFrame, int, int]:
    """The files of a corpus as a frame, their size in bytes, and into how many tasks they fall."""
    from pyspark.sql import functions as F

    if isinstance(place, str) and "://" in place:
        kept = spark.read.format("binaryFile").option("recursiveFileLookup", "true").load(place)
        size = kept.agg(F.sum("length")).first()[0] or 0
        return kept.select(F.lit(0).cast("long").alias("file"), F.lit(place).alias("name"), "path", "content"), size, 0
    found = find_sources(place)
    size = sum(path.stat().st_size for _, path in found if path.is_file())
    rows = [range(len(found)), [name for name, _ in found], [str(path) for _, path in found], [None] * len(found)]
    tasks = min(len(found), max(TASKS, size // TASK))
    return spark.createDataFrame(pa.table(rows, schema=FILES)).repartition(tasks), size, tasks


def _read(batches: Iterator[pa.RecordBatch], text: str | None) -> Iterator[pa.RecordBatch]:
    """The texts of files; the rows of a table without texts are kept together."""
    for file in (row for batch in batches for row in batch.to_pylist()):
        held: list = []
        for portion in portions(_sources(file, text, held), lambda source: len(source.text)):
            rows = [
                source._asdict() | {"given": [*source.given.items()], "hints": [*source.hints.items()]}
                for source in portion
            ]
            yield pa.RecordBatch.from_pylist([row | {"file": file["file"]} for row in rows], schema=READ)
        rows = [{"name": name, "file": file["file"], "rows": [[*row.items()] for row in about]} for name, about in held]
        yield pa.RecordBatch.from_pylist(rows, schema=READ)


def _sources(file: Mapping, text: str | None, held: list) -> Iterable[Source]:
    """The texts of one file, opened here or handed over by Spark."""
    if file["content"] is None:
        return read_path(file["name"], Path(file["path"]), text, held)
    name = file["path"].split(file["name"].split("://", 1)[1].strip("/") + "/", 1)[-1]
    if is_hidden(name) or not name.lower().endswith((*SUFFIXES, *UNREAD)):
        return []
    return parse(name, BytesIO(file["content"]), len(file["content"]), text, held)


def _known(read: DataFrame, text: str | None) -> tuple[Names, dict[str, tuple[dict, str]], pa.Table]:
    """What all names say, what tables say of each source, and the tables that say nothing, as sources set aside."""
    about = sorted(read.where("rows is not null").select("file", "name", "rows").collect())
    heads = read.where("rows is null").select("file", "name", "sha256")
    if not about:
        heads = heads.where("not contains(name, '#')")  # nothing is to be known of the rows of tables
    rows = heads.toArrow().to_pylist()
    rows.sort(key=lambda row: (row["file"], in_order(row["name"])))
    sources = [Source(row["name"], sha256=row["sha256"]) for row in rows]
    for _, name, given in about:
        sources = with_metadata(sources, name, given, text)
    more = [source._asdict() | {"given": [*source.given.items()], "hints": []} for source in sources[len(rows) :]]
    said = {
        source.name: (dict(source.given), source.note) for source in sources[: len(rows)] if source.given or source.note
    }
    table = pa.Table.from_pylist(more, schema=READ)
    return Names.of(source.name for source in sources), said, table


def _set_aside(n: int, problems: int, example: str) -> None:
    """Tell how many sources cannot be read."""
    if problems == n:
        raise ReadError(f"no source of {n:,} could be read, the first being {example}")
    if problems:
        message = f"{problems:,} of {n:,} sources set aside, the first being {example}; see `sources`"
        warnings.warn(message, CorpusWarning, stacklevel=3)


def _assemble(
    batches: Iterator[pa.RecordBatch], names: Names, about: Mapping, script: str, unit: str
) -> Iterator[pa.RecordBatch]:
    """Parts of a corpus, a row each, with the rows of every table in it."""
    rows = (row for batch in batches for row in batch.to_pylist())
    for portion in portions(rows, lambda row: len(row["text"])):
        part = assemble([_source(row, *about.get(row["name"], ({}, ""))) for row in portion], names, script)
        yield pa.RecordBatch.from_pydict(
            {name: _cell(part, name, schema, unit) for name, schema in tables(unit).items()}
        )


def _source(row: Mapping, given: Mapping[str, str], note: str) -> Source:
    """A source as it was read, with what a table says of it."""
    known = {name: row[name] for name in Source._fields}
    notes = "; ".join(filter(None, [row["note"], note]))
    outside = tuple(map(tuple, row["outside"]))
    return Source(
        **known | {"note": notes, "outside": outside, "given": dict(row["given"]) | given, "hints": dict(row["hints"])}
    )


def _cell(part: Corpus, name: str, schema: pa.Schema, unit: str) -> pa.Array:
    """All rows of a table as one cell."""
    if name == "metadata":
        said = part.metadata.to_dict("records")
        given = [[(key, value) for key, value in row.items() if key != "source" and value == value] for row in said]
        frame = pd.DataFrame({"source": part.metadata["source"], "given": pd.Series(given, dtype=object)})
    else:
        frame = part.documents(unit) if name == "documents" else getattr(part, name)
    rows = pa.RecordBatch.from_pandas(frame, schema=schema, preserve_index=False)
    return pa.ListArray.from_arrays(pa.array([0, len(rows)], pa.int32()), rows.to_struct_array())


# -- tokens and counts ------------------------------------------------------------------------------------------------


def segment(documents: DataFrame, lexicons: tuple[str, ...] = local.LEXICONS, *, hmm: bool = True) -> DataFrame:
    """Return `document, tokens` of a frame with `document, text`, as `qdlib.segment` does.

    A lexicon of your own must lie under the same path on every executor.
    """
    cut = partial(local.segment, lexicons=lexicons, hmm=hmm)
    return mapped(documents.select("document", "text"), partial(_tokens, make=cut), TOKENS)


def content_words(tokens: DataFrame, stopwords: Iterable[str] | None = None, min_chars: int = 1) -> DataFrame:
    """Return `document, tokens` without stop words, punctuation and numbers, as `qdlib.content_words` does."""
    chosen = None if stopwords is None else frozenset(stopwords)
    make = partial(local.content_words, stopwords=chosen, min_chars=min_chars)
    return mapped(tokens.select("document", "tokens"), partial(_tokens, make=make), TOKENS)


def _tokens(batches: Iterator[pa.RecordBatch], make: Callable) -> Iterator[pa.RecordBatch]:
    """Token lists made of texts, or of other token lists."""
    for batch in batches:
        yield pa.RecordBatch.from_arrays(
            [batch[0], pa.array(make(batch[1].to_pylist()), TOKENS.types[1])], schema=TOKENS
        )


def term_counts(tokens: DataFrame) -> DataFrame:
    """Return `term, count, n_documents` of a frame with `document, tokens`: the commonest first, then by code point."""
    from pyspark.sql import functions as F

    counted = mapped(tokens.select("tokens"), _terms, schema_of(["term", "count", "n_documents"]))
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
        yield pa.RecordBatch.from_arrays(
            [pa.array(row) for row in rows], schema=schema_of(["term", "count", "n_documents"])
        )
