"""A corpus in a folder: its tables as Parquet, in parts that are each there whole or not at all.

`streaming` makes such folders. This room knows how a part is kept, and reads it: as tables, as counts, or as a `Corpus`.
"""

from __future__ import annotations

import errno
import os
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice, pairwise, takewhile
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa

from qdlib.corpus import NUMBERS, SPANS, Corpus, fingerprint
from qdlib.traced import Piece, TracedText

TABLES = ("sources", "articles", "paragraphs", "ledger", "metadata", "evidence", "documents", "counts")
FILES, PARTS, LAST = (
    "files.parquet",
    "parts",
    "last",
)  # an empty file of that name in the last part says that all is done
_TYPES = dict.fromkeys(NUMBERS, pa.int64()) | {
    "count": pa.int64(), "tokens": pa.list_(pa.string()), SPANS: pa.list_(pa.list_(pa.int64())),
}  # fmt: skip
_OF_DOCUMENTS = ["article_id", "paragraph", "role", "text", "line"]


@dataclass(frozen=True, repr=False)
class StoredCorpus:
    """A corpus in a folder, as `stream_corpus` makes it and `open_corpus` opens it.

    Attributes:
        path: the folder.
    """

    path: Path

    @property
    def fingerprint(self) -> str:
        """Eight hexadecimal digits that stand for exactly these sources; a `Corpus` of them has the same."""
        return fingerprint(self.table("sources", ["sha256"])["sha256"])

    def __repr__(self) -> str:
        counts = (f"{sum(map(len, self.batches(name, ['source']))):,} {name}" for name in TABLES[:3])
        return f"StoredCorpus {self.fingerprint} in {str(self.path)!r}: {', '.join(counts)}"

    def table(self, name: str, columns: Sequence[str] | None = None) -> pd.DataFrame:
        """Return a whole table, or some of its columns.

        Args:
            name: a table of a `Corpus`; `documents`, those of `Corpus.documents` with `tokens` in place of the text; or
                `counts`, one row a term of a document: `document, term, count`.
            columns: all of them if not given.

        Returns:
            documents: one row a document, of the unit that `stream_corpus` was given:
                - `document, article_id, role, n_chars, source, line, date, outlet, genre`: as in `Corpus.documents`.
                - `tokens` (list): its tokens, nothing filtered.
            counts: one row a term of a document, if `name` is that:
                - `document`: as in `Corpus.documents`.
                - `term` (text): the token.
                - `count` (integer): how often it stands there.

        Raises:
            ValueError: there is no such table, or no such column in it.
        """
        return _frame([_read(part, name, columns) for part in parts_of(self.path)], columns)

    def batches(self, name: str, columns: Sequence[str] | None = None) -> Iterator[pd.DataFrame]:
        """Yield a table part by part, in the order of the sources.

        Args:
            name, columns: as for `table`.
        """
        return (_frame([_read(part, name, columns)], columns) for part in parts_of(self.path))

    def documents(self, unit: str = "article", roles: Iterable[str] | None = None) -> pd.DataFrame:
        """Return the corpus cut into units of analysis, as `Corpus.documents` does, without loading anything else.

        Args:
            unit, roles: as for `Corpus.documents`.
        """
        tables = self.table("sources", ["sha256"]), self.table("articles"), self.table("paragraphs", _OF_DOCUMENTS)
        return Corpus(*tables, pd.DataFrame()).documents(unit, roles)

    def corpora(self) -> Iterator[Corpus]:
        """Yield a corpus of each part: what looks at one article at a time, as `kwic` does, can look at one after the other."""
        return (_corpus([part]) for part in parts_of(self.path))

    def load(self) -> Corpus:
        """Return the whole corpus in memory, as `load_corpus` gives it."""
        return _corpus(parts_of(self.path))

    def tokens(self) -> Iterator[list[str]]:
        """Yield each document's tokens; a word is one and the same string in all, so that they take 8 bytes each."""
        known: dict[str, str] = {}
        for part in parts_of(self.path):
            yield from _token_lists(_read(part, "documents", ["tokens"])["tokens"], known)


def open_corpus(path: str | Path) -> StoredCorpus:
    """Open a corpus that `stream_corpus` has made.

    Raises:
        FileNotFoundError: there is none.
        ValueError: it is not complete.
    """
    path = Path(path)
    if not (path / FILES).is_file():
        raise FileNotFoundError(
            f"{str(path)!r} holds no stored corpus; make one with stream_corpus(place, {str(path)!r})"
        )
    if not is_complete(path):
        raise ValueError(
            f"the corpus in {str(path)!r} is not complete, it has {len(parts_of(path))} parts so far; "
            "call stream_corpus again as before, and it goes on from there"
        )
    return StoredCorpus(path)


def term_counts(stored: StoredCorpus) -> pd.DataFrame:
    """Count every term in all documents of a stored corpus.

    Returns:
        A table, one row a term, in the order of `document_term_matrix`, by frequency, then by code point:

        - `term` (text): the token.
        - `count` (integer): its occurrences in all documents.
        - `n_documents` (integer): documents with it.
    """
    counts, documents = Counter(), Counter()
    for table in stored.batches("counts", ["term", "count"]):
        found = table.groupby("term", sort=False)["count"].agg(["sum", "size"])
        counts.update(dict(zip(found.index, found["sum"].tolist())))
        documents.update(dict(zip(found.index, found["size"].tolist())))
    terms = sorted(counts, key=lambda term: (-counts[term], term))
    columns = {"term": terms, "count": [counts[t] for t in terms], "n_documents": [documents[t] for t in terms]}
    return pd.DataFrame(columns).astype({"term": "str", "count": "int64", "n_documents": "int64"})


def document_terms(stored: StoredCorpus, terms: Iterable[str] | None = None):
    """Return the document-term matrix of a stored corpus as a sparse array, 8 bytes a count.

    Args:
        stored: the corpus.
        terms: those to count, such as the content words among the frequent ones of `term_counts`; all of them, in its
            order, if not given.

    Returns:
        The counts (a `scipy.sparse.csr_array` of 32-bit integers, documents x terms), the documents and the terms.

    Raises:
        ValueError: `terms` is a single string.
    """
    from scipy import sparse

    if isinstance(terms, str):
        raise ValueError(f"terms must be a list of terms, got {terms!r}; write [{terms!r}]")
    index = pd.Index(dict.fromkeys(term_counts(stored)["term"] if terms is None else terms), dtype="str")
    documents, blocks = [], [sparse.csr_array((0, len(index)), dtype=np.int32)]
    for names, table in zip(stored.batches("documents", ["document"]), stored.batches("counts")):
        codes, found = pd.factorize(table["term"])
        columns = index.get_indexer(found)[codes]
        rows = pd.Index(names["document"]).get_indexer(table["document"])
        wanted = columns >= 0
        counts = table["count"].to_numpy(np.int32)[wanted], (rows[wanted], columns[wanted])
        blocks.append(sparse.csr_array(counts, shape=(len(names), len(index))))
        documents += names["document"].tolist()
    return sparse.vstack(blocks, "csr"), documents, index.tolist()


# -- parts ------------------------------------------------------------------------------------------------------------


def parts_of(path: Path) -> list[Path]:
    """The folders of the parts of a stored corpus, in the order of its sources.

    Raises:
        ValueError: one is missing.
    """
    parts = sorted((path / PARTS).glob("[!.]*"))
    for number, part in enumerate(parts):
        if part.name != part_name(number):
            raise ValueError(
                f"part {part_name(number)} of {str(path)!r} is missing; put it back or make the corpus again"
            )
    return parts


def part_name(number: int) -> str:
    """The name of a part's folder."""
    return f"{number:08d}"


def is_complete(path: Path) -> bool:
    """Whether the last part of a stored corpus is there."""
    return any((path / PARTS).glob(f"[!.]*/{LAST}"))


def last_source(path: Path) -> str:
    """The name of the last source of all parts so far; empty if there is no part."""
    parts = parts_of(path)
    return _read(parts[-1], "sources", ["source"])["source"][-1].as_py() if parts else ""


def write_part(tables: Mapping[str, pd.DataFrame], folder: Path, last: bool) -> None:
    """Write the tables of a part into a new folder, safe on the disk; say if it is the last part."""
    folder.mkdir()
    for name, frame in tables.items():
        types = {column: pa.string() if name == "metadata" else _TYPES.get(column, pa.string()) for column in frame}
        table = pa.Table.from_pandas(frame, pa.schema(types.items()), preserve_index=False)
        write_table(table.replace_schema_metadata(None), folder / f"{name}.parquet")
    if last:
        (folder / LAST).touch()
    _sync(folder)


def write_table(table: pa.Table, path: Path) -> None:
    """Write a table, safe on the disk."""
    from pyarrow import parquet

    with path.open("wb") as file:
        parquet.write_table(table, file, compression="zstd")
        file.flush()
        os.fsync(file.fileno())


def rename(path: Path, name: str) -> None:
    """Rename a file or folder, safe on the disk: what is found under the new name is whole."""
    if path.with_name(name).exists():
        raise OSError(errno.EEXIST, "another run writes there at the same time")
    os.rename(path, path.with_name(name))
    _sync(path.parent)


def _sync(folder: Path) -> None:
    """Make the names in a folder safe on the disk, where the system can."""
    if os.name == "posix":
        opened = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(opened)
        finally:
            os.close(opened)


def _read(part: Path, name: str, columns: Sequence[str] | None = None) -> pa.Table:
    """Read a table of a part, or some columns; of metadata, those that its sources have."""
    from pyarrow import parquet

    if name not in TABLES:
        raise ValueError(f"table must be one of {', '.join(TABLES)}, got {name!r}")
    with parquet.ParquetFile(part / f"{name}.parquet") as file:
        there = file.schema_arrow.names
        unknown = [column for column in columns or () if column not in there]
        if unknown and name != "metadata":
            raise ValueError(f"columns of {name} must be of {', '.join(there)}, got {unknown[0]!r}")
        return file.read(None if columns is None else [column for column in columns if column in there])


def _frame(tables: list[pa.Table], columns: Sequence[str] | None = None) -> pd.DataFrame:
    """Tables of parts as one in memory."""
    table = pa.concat_tables(tables, promote_options="default")
    nested = [name for name in table.column_names if pa.types.is_list(table[name].type)]
    frame = table.drop_columns(nested).to_pandas()
    for name in nested:
        cells = _token_lists(table[name], {}) if name == "tokens" else map(_spans, table[name].to_pylist())
        frame[name] = pd.Series(list(cells), dtype=object)
    return frame[table.column_names] if columns is None else frame.reindex(columns=list(columns))


def _spans(cell: list[list[int]]) -> tuple[tuple[int, int], ...]:
    """The spans of a paragraph."""
    return tuple(map(tuple, cell))


def _token_lists(column: pa.ChunkedArray, known: dict[str, str]) -> Iterator[list[str]]:
    """Yield lists of tokens made of the strings in `known`, to which new ones are added."""
    for chunk in column.chunks:
        tokens = chunk.flatten().dictionary_encode()
        words = np.array([known.setdefault(word, word) for word in tokens.dictionary.to_pylist()], dtype=object)
        listed = words[tokens.indices.to_numpy()].tolist()
        starts = chunk.offsets.to_numpy() - (chunk.offsets[0].as_py() if len(chunk) else 0)
        yield from (listed[start:end] for start, end in pairwise(starts.tolist()))


# -- a corpus again ---------------------------------------------------------------------------------------------------


def _corpus(parts: list[Path]) -> Corpus:
    """The corpus of some parts."""
    tables = {name: _frame([_read(part, name) for part in parts]) for name in TABLES[:6]}
    return Corpus(**tables, _texts=_texts(tables["paragraphs"], tables["ledger"]))


def _texts(paragraphs: pd.DataFrame, ledger: pd.DataFrame) -> dict[tuple[str, int], TracedText]:
    """The traced text of each paragraph: the ledger holds the raw text and what became of it, the spans say which of it."""
    accounts = {}
    for source, rows in ledger.groupby("source", sort=False):
        cells = zip(rows["start"], rows["end"], rows["action"], rows["rule"], rows["before"], rows["after"])
        pieces = [Piece(start, end, after, rule) for start, end, _, rule, _, after in cells]
        accounts[source] = "".join(rows["before"]), pieces
    columns = (paragraphs[name] for name in ("article_id", "paragraph", "source", "spans", "text"))
    return {
        (article, number): _traced(*accounts[source], spans, text)
        for article, number, source, spans, text in zip(*columns)
    }


def _traced(raw: str, pieces: list[Piece], spans: Iterable[tuple[int, int]], text: str) -> TracedText:
    """The pieces of some spans of a raw text."""
    chosen = []
    for start, end in spans:
        first = bisect_left(pieces, (start + 1,)) - 1
        within = takewhile(lambda piece: piece.start < end, islice(pieces, first, None))
        chosen += [_clipped(piece, start, end) if piece.kept else piece for piece in within]
    whole = TracedText(raw, tuple(chosen))
    at = 0 if len(whole) == len(text) else whole.text.index(text)  # of a replaced run another paragraph may have a part
    return whole.cut(at, at + len(text))


def _clipped(piece: Piece, start: int, end: int) -> Piece:
    """The part of a kept piece that lies in a span."""
    start, end = max(start, piece.start), min(end, piece.end)
    return Piece(start, end, piece.text[start - piece.start : end - piece.start], piece.rule)
