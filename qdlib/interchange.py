"""Interchange: a corpus in files that other programs read, described for them, and back again with equal tables.

Parquet, CSV and JSON Lines hold every table; plain text and TEI hold the articles as they read. `datapackage.json`
(Frictionless Data Package 2.0) says what each column holds, with the words of the docstrings.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import pandas as pd

from qdlib.corpus import (
    ARTICLE_COLUMNS,
    EVIDENCE_COLUMNS,
    LEDGER_COLUMNS,
    PARAGRAPH_COLUMNS,
    SOURCE_COLUMNS,
    SPANS,
    Corpus,
    _table,
)
from qdlib.described import OTHERS, codebook
from qdlib.stored import StoredCorpus, arrow_table, frame_of, traced_texts
from qdlib.stored import write_table as write_arrow
from qdlib.tables import MISSING, read_frame, write_frames
from qdlib.tei import read_tei, write_tei
from qdlib.traced import TracedText

FORMATS = ("parquet", "csv", "jsonl", "txt", "tei")
TABULAR = ("csv", "jsonl", "parquet")  # in the order in which the package describes them
TABLES = ("sources", "articles", "paragraphs", "ledger", "metadata", "evidence")
PACKAGE = "datapackage.json"
_SCHEMA = "https://datapackage.org/profiles/2.0/datapackage.json"
_TYPES = {"text": "string", "list": "array"}
_MEDIA = {"csv": "text/csv", "jsonl": "application/jsonl", "parquet": "application/vnd.apache.parquet"}
_KEYS = {
    "sources": ["source"], "articles": ["article_id"], "paragraphs": ["article_id", "paragraph"],
    "ledger": ["source", "start", "end"], "metadata": ["source"],
}  # fmt: skip
_REFERS = {
    "articles": {"source": "sources"}, "paragraphs": {"article_id": "articles", "source": "sources"},
    "ledger": {"source": "sources"}, "metadata": {"source": "sources"},
    "evidence": {"article_id": "articles", "source": "sources"},
}  # fmt: skip
_RESERVED = re.compile(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\.|$)")
_STEM = 60  # characters of a file's name, at most 240 bytes


def export_corpus(
    corpus: Corpus | StoredCorpus,
    folder: str | Path,
    formats: Sequence[str] = FORMATS,
    about: Mapping | None = None,
) -> Path:
    """Write a corpus for other programs.

    Args:
        corpus: the corpus; a stored one is written part by part.
        folder: a new or empty folder.
        formats: `parquet`, `csv` and `jsonl`, every table in a file of that folder, and with CSV `documents.csv` as quanteda
            takes it (`doc_id, text` and variables); `txt`, a file an article and `metadata.csv`, for AntConc and Voyant;
            `tei`, a TEI P5 file an article.
        about: what the corpus is, in the words of a Data Package: `name, title, description, licenses, sources,
            contributors` and others. Nothing is claimed that is not given here.

    Returns:
        The folder. `datapackage.json` in it describes the tables.

    Raises:
        ValueError: a format is unknown, or the folder holds something.
    """
    folder = Path(folder)
    _check(folder, formats)
    for name in formats:
        (folder / name).mkdir(parents=True)
    tabular = [name for name in TABULAR if name in formats]
    columns = {table: _columns(corpus, table) for table in TABLES}
    for name in tabular:
        for table in TABLES:
            _write(_batches(corpus, table), table, columns[table], folder / name / f"{table}.{name}")
    _write_texts(corpus, folder, formats, about or {})
    package = {"$schema": _SCHEMA, **(about or {}), "qdlib": {"formats": list(formats), "corpus": corpus.fingerprint}}
    package["resources"] = [_resource(folder, tabular[0], table, columns[table]) for table in TABLES] if tabular else []
    others = (folder / name for name in ("csv/documents.csv", "txt/metadata.csv"))
    package["resources"] += [_other(folder, path) for path in others if path.is_file()]
    (folder / PACKAGE).write_text(json.dumps(package, ensure_ascii=False, indent=2) + "\n", "utf-8", newline="\n")
    return folder


def _check(folder: Path, formats: Sequence[str]) -> None:
    """Refuse formats that are none, and a folder in which something would be written over."""
    if isinstance(formats, str) or not formats or not set(formats) <= set(FORMATS):
        raise ValueError(f"formats must be a list of {', '.join(FORMATS)}, got {formats!r}")
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise ValueError(f"{str(folder)!r} is a file or holds something; give a new or empty folder")


def import_corpus(folder: str | Path, format: str | None = None) -> Corpus:
    """Read a corpus that `export_corpus` wrote.

    Args:
        folder: the folder.
        format: which of its formats to read; the first there is of parquet, csv, jsonl, tei and txt if not given.

    Returns:
        From Parquet, CSV and JSON Lines the same corpus: equal tables, every character traced to its raw text. From TEI and
        plain text a corpus of the articles as they read: all that is known of each article is there, but offsets
        and lines count in the text as it reads, since neither holds the raw text nor the account.

    Raises:
        FileNotFoundError: the folder holds no export.
        ValueError: it does not hold that format, or a file was changed so that it cannot be read.
    """
    folder = Path(folder)
    if not (folder / PACKAGE).is_file():
        raise FileNotFoundError(
            f"{str(folder)!r} holds no {PACKAGE}; make it with export_corpus(corpus, {str(folder)!r})"
        )
    package = json.loads((folder / PACKAGE).read_text("utf-8"))
    there = package.get("qdlib", {}).get("formats", [])
    chosen = format or next((name for name in ("parquet", "csv", "jsonl", "tei", "txt") if name in there), None)
    if chosen not in there:
        raise ValueError(f"format must be one of {', '.join(there)}, which {str(folder)!r} holds, got {format!r}")
    if chosen in TABULAR:
        tables = {table: _read(folder / chosen / f"{table}.{chosen}", package, table) for table in TABLES}
        return Corpus(**tables, _texts=traced_texts(tables["paragraphs"], tables["ledger"]))
    return _as_it_reads(read_tei(folder / "tei") if chosen == "tei" else _read_txt(folder / "txt"))


# -- tables -----------------------------------------------------------------------------------------------------------


def _batches(corpus: Corpus | StoredCorpus, table: str) -> Iterable[pd.DataFrame]:
    """A table of a corpus, whole or part by part."""
    return corpus.batches(table) if isinstance(corpus, StoredCorpus) else [getattr(corpus, table)]


def _columns(corpus: Corpus | StoredCorpus, table: str) -> list[str]:
    """The columns of a table: of metadata those of all parts."""
    return list(dict.fromkeys(column for batch in _batches(corpus, table) for column in batch))


def _write(frames: Iterable[pd.DataFrame], table: str, columns: list[str], path: Path) -> None:
    """Write a table of a corpus; Parquet with the types of a stored corpus."""
    if path.suffix != ".parquet":
        write_frames(frames, columns, path)
        return
    import pyarrow as pa

    write_arrow(pa.concat_tables(arrow_table(table, frame.reindex(columns=columns)) for frame in frames), path)


def _read(path: Path, package: dict, table: str) -> pd.DataFrame:
    """Read a table of a corpus."""
    if path.suffix == ".parquet":
        from pyarrow import parquet

        return frame_of([parquet.read_table(path)])
    schema = next(resource["schema"] for resource in package["resources"] if resource["name"] == table)
    names = [field["name"] for field in schema["fields"]]
    types = {"string": "text", "array": "list"}
    kinds = {field["name"]: types.get(field["type"], field["type"]) for field in schema["fields"]}
    found = read_frame(path, kinds)
    if list(found) != names:
        raise ValueError(
            f"{path.name} must have the columns {', '.join(names)}, got {', '.join(found)}; export it again"
        )
    if SPANS in found:
        found[SPANS] = pd.Series([tuple(map(tuple, cell)) for cell in found[SPANS]], dtype=object)
    return found


# -- the package ------------------------------------------------------------------------------------------------------


def _resource(folder: Path, kind: str, table: str, columns: list[str]) -> dict:
    """What a Data Package says of a table."""
    book = codebook(Corpus)
    about = {row.column: row for row in book[book["table"] == table].itertuples()}
    schema = {
        "fields": [_field(name, about.get(name, about.get(OTHERS))) for name in columns],
        "missingValues": [MISSING],
    }
    if table in _KEYS:
        schema["primaryKey"] = _KEYS[table]
    refers = _REFERS.get(table, {}).items()
    if refers:
        schema["foreignKeys"] = [
            {"fields": [key], "reference": {"resource": to, "fields": [key]}} for key, to in refers
        ]
    return {"name": table, **_file(folder, folder / kind / f"{table}.{kind}"), "schema": schema}


def _field(name: str, about) -> dict:
    """What a Data Package says of a column."""
    field = {"name": name, "type": _TYPES.get(about.type, about.type), "description": about.description}
    if about.values.startswith("one of "):
        field["constraints"] = {"enum": about.values.removeprefix("one of ").split(", ")}
    elif about.values:
        field["description"] += f" ({about.values})"
    return field


def _file(folder: Path, path: Path) -> dict:
    """What a Data Package says of a file."""
    data, kind = path.read_bytes(), path.suffix[1:]
    text = {} if kind == "parquet" else {"encoding": "utf-8"}
    digest = f"sha256:{hashlib.sha256(data).hexdigest()}"
    return {
        "path": path.relative_to(folder).as_posix(),
        "format": kind,
        "mediatype": _MEDIA[kind],
        **text,
        "bytes": len(data),
        "hash": digest,
    }


def _other(folder: Path, path: Path) -> dict:
    """What a Data Package says of the tables of documents."""
    return {"name": f"{path.parent.name}-{path.stem}", **_file(folder, path)}


# -- texts ------------------------------------------------------------------------------------------------------------


def _write_texts(corpus: Corpus | StoredCorpus, folder: Path, formats: Sequence[str], about: Mapping) -> None:
    """Write each article as text and as TEI, and the tables of documents."""
    rows, names = [], _names()
    parts = corpus.corpora() if isinstance(corpus, StoredCorpus) else [corpus]
    for part in parts:
        documents = dict(zip(*(part.documents()[column] for column in ("article_id", "text"))))
        said = part.metadata.set_index("source").to_dict("index")
        for article in part.articles.to_dict("records"):
            stem = names(article["article_id"])
            text = documents.get(article["article_id"], "")
            rows.append({"doc_id": f"{stem}.txt", **article, "text": text})
            if "txt" in formats:
                (folder / "txt" / f"{stem}.txt").write_text(f"{text}\n" if text else "", "utf-8", newline="")
            if "tei" in formats:
                paragraphs = part.paragraphs[part.paragraphs["article_id"] == article["article_id"]]
                write_tei(
                    article,
                    paragraphs,
                    [part._texts[article["article_id"], number] for number in paragraphs["paragraph"]],
                    said.get(article["source"], {}),
                    about,
                    len(rows),
                    folder / "tei" / f"{stem}.xml",
                )
    columns = ["doc_id", *_columns(corpus, "articles")]
    table = pd.DataFrame(rows, columns=[*columns, "text"])
    if "txt" in formats:
        write_frames([table], columns, folder / "txt" / "metadata.csv")
    if "csv" in formats:
        quanteda = table.assign(doc_id=table["article_id"])
        write_frames([quanteda], ["doc_id", "text", *columns[2:]], folder / "csv" / "documents.csv")


def _names():
    """A function that gives each article a name for its file: safe on every system, and no two alike."""
    given: dict[str, int] = {}

    def name(article_id: str) -> str:
        stem = re.sub(r"[^\w.-]+", "_", article_id)[:_STEM].strip("._-") or "article"
        stem = f"_{stem}" if _RESERVED.match(stem) else stem
        while stem.casefold() in given:
            given[stem.casefold()] += 1
            stem = f"{stem}~{given[stem.casefold()]}"
        given[stem.casefold()] = 1
        return stem

    return name


def _read_txt(folder: Path) -> Iterator[tuple[dict, list[tuple[str, str]]]]:
    """Yield each article with its paragraphs as (role, text)."""
    book = codebook(Corpus)
    book = book[book["table"] == "articles"]
    for row in read_frame(folder / "metadata.csv", dict(zip(book["column"], book["type"]))).to_dict("records"):
        with (folder / row.pop("doc_id")).open(encoding="utf-8", newline="") as file:
            text = file.read()
        yield row, [("body", line) for line in text.split("\n") if line]


def _as_it_reads(articles: Iterable[tuple[dict, list[tuple[str, str]]]]) -> Corpus:
    """The corpus of articles of which the text as it reads is all there is."""
    by_source: dict[str, list] = {}
    for article, paragraphs in articles:
        by_source.setdefault(article["source"], []).append((article, paragraphs))
    sources, heads, rows, ledger, texts = [], [], [], [], {}
    for source, found in by_source.items():
        raw = TracedText.of("\n".join(text for _, paragraphs in found for _, text in paragraphs))
        sources.append(
            [source, hashlib.sha256(raw.raw.encode()).hexdigest(), "utf-8", len(raw), len(raw), 0, 0, "", ""]
        )
        ledger += [(source, *row) for row in raw.rows()]
        start, line = 0, 1
        for article, paragraphs in found:
            heads.append([article[column] for column in ARTICLE_COLUMNS])
            for number, (role, text) in enumerate(paragraphs):
                end = start + len(text)
                rows.append([article["article_id"], number, role, text, source, line, start, end, ((start, end),)])
                texts[article["article_id"], number] = raw.cut(start, end)
                start, line = end + 1, line + 1 + text.count("\n")
    tables = (sources, SOURCE_COLUMNS), (heads, ARTICLE_COLUMNS), (rows, PARAGRAPH_COLUMNS), (ledger, LEDGER_COLUMNS)
    empty = ([], ["source"]), ([], EVIDENCE_COLUMNS)
    return Corpus(*(_table(*each) for each in (*tables, *empty)), _texts=texts)
