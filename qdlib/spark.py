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
import sys
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from functools import cache, partial
from io import BytesIO
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, BinaryIO

import pandas as pd
import pyarrow as pa

from qdlib import readers
from qdlib import words as local
from qdlib.corpus import Corpus, Names, assemble
from qdlib.readers import CorpusWarning, ReadError, Source, Survey
from qdlib.spark_counts import repeated_strings, term_counts
from qdlib.spark_frames import kept, mapped, portions, schema_of, written
from qdlib.spark_topics import document_topics, fit_lda

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

QUIET = {"spark.log.level": "ERROR", "spark.ui.enabled": "false"}
ALONE = {"spark.driver.bindAddress": "127.0.0.1", "spark.driver.host": "127.0.0.1"}
TASK = 64 * 2**20  # bytes of sources that a task takes; fewer where there would be less than `TASKS` tasks
TASKS = 8

FILES = schema_of(["file", "name", "path", "content"])
READ = schema_of([*Source._fields, "file", "rows"])
TOKENS = schema_of(["document", "tokens"])


@cache
def tables(unit: str = "article") -> dict[str, pa.Schema]:
    """Names and columns of the tables of a corpus, those of `Corpus` and its documents of one unit."""
    empty = assemble([], Names.of([]))
    frames = {name: getattr(empty, name) for name in ("sources", "articles", "paragraphs", "ledger", "evidence")}
    frames |= {"metadata": pd.DataFrame(columns=["source", "given"]), "documents": empty.documents(unit)}
    return {name: schema_of(frame.columns) for name, frame in frames.items()}


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
    from pyspark.sql import functions as F

    schemas = tables(unit)
    files, size, number = _files(spark, place)
    read = mapped(files, partial(_read, text=text), READ)
    if number < (tasks := max(TASKS, size // TASK)):
        read = read.repartition(tasks, "name")
    with kept(read) as read:
        survey, more = _known(read, text)
        sources = read.where("rows is null").unionByName(spark.createDataFrame(more))
        problem = F.when(F.col("problem") != "", F.concat("name", F.lit(": "), "problem"))
        _set_aside(*sources.agg(F.count("*"), F.count(problem), F.min(problem)).first())
        make = partial(_assemble, names=Names.of(survey.names), about=survey.given, script=script, unit=unit)
        parts = pa.schema([(name, pa.list_(pa.struct(schema))) for name, schema in schemas.items()])
        with kept(mapped(sources, make, parts)) as made:
            return {name: written(made.select(F.inline(name)), f"{out}/{name}") for name in schemas}


def _files(spark: SparkSession, place: str | Path | Iterable[str | Path]) -> tuple[DataFrame, int, int]:
    """The files of a corpus as a frame, their size in bytes, and into how many tasks they fall."""
    from pyspark.sql import functions as F

    if isinstance(place, str) and "://" in place:
        kept = spark.read.format("binaryFile").option("recursiveFileLookup", "true").load(place)
        size = kept.agg(F.sum("length")).first()[0] or 0
        return kept.select(F.lit(0).cast("long").alias("file"), F.lit(place).alias("name"), "path", "content"), size, 0
    found = readers.find_sources(place)
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
    """The texts of one file, opened here or handed over by Spark; the rows of tables without texts are `held`."""
    name, survey = file["name"], Survey([], [], {}, {}, {})
    if file["content"] is not None:
        name = file["path"].split(name.split("://", 1)[1].strip("/") + "/", 1)[-1]
    suffix, content = PurePosixPath(name).suffix.lower(), file["content"]
    if content is not None and (readers.is_hidden(name) or readers.is_list(name) or suffix not in (*readers.SUFFIXES, *readers.UNREAD)):
        return []
    if suffix in (".zip", *readers.TABLES):
        with suppress(OSError, ReadError), _opened(file) as opened:
            readers.look(name, opened, _size(file), text, survey, held)
    if content is None:
        return readers.iter_file(name, Path(file["path"]), survey)
    return readers.parse(name, BytesIO(content), len(content), survey, "", readers.UNPACKED)


def _opened(file: Mapping) -> BinaryIO:
    """A file opened, here or as Spark handed it over."""
    return Path(file["path"]).open("rb") if file["content"] is None else BytesIO(file["content"])


def _size(file: Mapping) -> int:
    """Its bytes."""
    return Path(file["path"]).stat().st_size if file["content"] is None else len(file["content"])


def _known(read: DataFrame, text: str | None) -> tuple[Survey, pa.Table]:
    """What is to be known of all files: their names and what tables say of them; and the tables that say nothing, as sources."""
    about = sorted(read.where("rows is not null").select("file", "name", "rows").collect())
    heads = read.where("rows is null and not contains(name, '#')")  # rows of tables say nothing
    names = [name for _, name in sorted(heads.select("file", "name").collect())]
    survey = Survey([], names, {}, {}, {})
    readers.check_twice(survey.names)
    readers.match_tables(survey, [(name, [dict(row) for row in rows]) for _, name, rows in about], text)
    silent = [Source(name, problem=problem) for name, problem in survey.problems.items()]
    more = [source._asdict() | {"given": [], "hints": []} for source in silent]
    return survey, pa.Table.from_pylist(more, schema=READ)


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
        sources = [readers.with_given(_source(row), about.get(row["name"], ())) for row in portion]
        part = assemble(sources, names, script)
        yield pa.RecordBatch.from_pydict(
            {name: _cell(part, name, schema, unit) for name, schema in tables(unit).items()}
        )


def _source(row: Mapping) -> Source:
    """A source as it was read."""
    known = {name: row[name] for name in Source._fields}
    outside = tuple(map(tuple, row["outside"]))
    return Source(**known | {"outside": outside, "given": dict(row["given"]), "hints": dict(row["hints"])})


def _cell(part: Corpus, name: str, schema: pa.Schema, unit: str) -> pa.Array:
    """All rows of a table as one cell."""
    if name == "metadata":
        said = part.metadata.to_dict("records")
        given = [[(key, value) for key, value in row.items() if key != "source" and value == value] for row in said]
        frame = pd.DataFrame({"source": part.metadata["source"], "given": pd.Series(given, dtype=object)})
    else:
        frame = part.documents(unit) if name == "documents" else getattr(part, name)
    table = pa.Table.from_pandas(frame, schema=schema, preserve_index=False)
    rows = pa.StructArray.from_arrays([column.combine_chunks() for column in table.columns], fields=[*schema])
    return pa.ListArray.from_arrays(pa.array([0, len(rows)], pa.int32()), rows)


# -- tokens ----------------------------------------------------------------------------------------------------------


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


# -- the steps as commands --------------------------------------------------------------------------------------------


def main(arguments: list[str] | None = None) -> None:
    """Run one step on Parquet folders; `--help` says which."""
    parser = argparse.ArgumentParser(prog="spark-submit qdlib/spark.py", description=main.__doc__)
    parser.add_argument("step", choices=[*STEPS], help="in this order; the last three read what the ones before wrote")
    parser.add_argument("out", help="folder of the tables")
    parser.add_argument("--place", help="load: the files")
    parser.add_argument("--script", default="simplified", choices=["simplified", "keep"], help="load")
    parser.add_argument("--text", help="load: the column of tables that holds the texts")
    parser.add_argument("--unit", default="article", help="load: article, section, paragraph or sentence")
    parser.add_argument("--min-count", type=int, default=3, help="strings: least count")
    parser.add_argument("--max-chars", type=int, default=12, help="strings: greatest length")
    parser.add_argument("--k", type=int, default=8, help="topics: how many")
    parser.add_argument("--seed", type=int, default=1, help="topics: of the random start")
    parser.add_argument("--iterations", type=int, help="topics: steps of the fit")
    given = parser.parse_args(arguments)
    if given.step == "load" and not given.place:
        parser.error("load needs --place, a folder, a file or the address of a folder")
    STEPS[given.step](session(), given)


def _load(spark: SparkSession, given: argparse.Namespace) -> None:
    """Sources to articles and documents."""
    load_corpus(spark, given.place, given.out, given.script, text=given.text, unit=given.unit)


def _token_tables(spark: SparkSession, given: argparse.Namespace) -> None:
    """Documents to tokens, and the counts of content words."""
    tokens = written(segment(spark.read.parquet(f"{given.out}/documents")), f"{given.out}/tokens")
    written(term_counts(content_words(tokens)), f"{given.out}/terms")


def _strings(spark: SparkSession, given: argparse.Namespace) -> None:
    """Documents to the strings they repeat."""
    documents = spark.read.parquet(f"{given.out}/documents")
    repeated_strings(documents, f"{given.out}/strings", given.min_count, max_chars=given.max_chars)


def _topics(spark: SparkSession, given: argparse.Namespace) -> None:
    """Tokens to the top terms of topics, and the topics of documents."""
    words = content_words(spark.read.parquet(f"{given.out}/tokens"), min_chars=2)
    model = fit_lda(words, given.k, given.seed, iterations=given.iterations, shares=False)
    written(spark.createDataFrame(pa.Table.from_pandas(model.terms(20))), f"{given.out}/topics")
    written(document_topics(words, model), f"{given.out}/document_topics")


STEPS = {"load": _load, "tokens": _token_tables, "strings": _strings, "topics": _topics}

if __name__ == "__main__":
    from qdlib import spark as itself  # so that executors find its functions by name

    itself.main()
