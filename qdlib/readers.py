"""Files to raw text: texts in any encoding, web pages, PDF, Word files, tables with one text a row, and zips of all these.

A source that cannot be read is set aside with its reason and the rest is read. Nothing is read whole that is larger than
`LIMIT`, nothing is unpacked to disk, and no file is believed to be what its suffix or its own header says.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import logging
import os
import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path, PurePosixPath
from types import MappingProxyType
from typing import BinaryIO, NamedTuple

from qdlib.encodings import LOST, DecodeError, decode

SUFFIXES = (".txt", ".html", ".htm", ".xhtml", ".pdf", ".docx", ".csv", ".tsv", ".jsonl", ".parquet", ".zip")
# What a corpus folder may hold that looks like a text and is not read; to pass it over without a word would lose it.
UNREAD = {
    ".doc": ".docx", ".wps": ".docx", ".rtf": ".docx", ".odt": ".docx", ".xls": ".csv", ".xlsx": ".csv", ".json": ".jsonl",
    ".epub": ".txt", ".caj": ".pdf", ".rar": ".zip", ".7z": ".zip", ".tar": ".zip", ".gz": ".zip",
}  # fmt: skip
TEXT_COLUMNS = ("text", "content", "body", "正文", "内容", "全文", "文本")
# Columns of a table, or facts in a web page's head, that are metadata of an article, by the name of our column.
FIELDS = {
    "headline": ("headline", "title", "标题", "题目", "题名"),
    "byline": ("byline", "author", "作者", "记者"),
    "outlet": ("outlet", "newspaper", "报纸", "媒体", "来源"),
    "date": ("date", "日期", "发布日期", "发布时间"),
    "genre": ("genre", "体裁"),
}

LIMIT = 64 * 2**20  # bytes of one text, or of one file that is read whole
UNPACKED = 32 * LIMIT  # bytes that a zip, or a row group of a Parquet file, may unpack to
MEMBERS = 100_000  # files in a zip

for _library in (
    "trafilatura",
    "htmldate",
    "courlan",
    "pdfminer",
):  # they report to the log what is no fault of the reader
    logging.getLogger(_library).addHandler(logging.NullHandler())


class CorpusWarning(UserWarning):
    """A source was set aside; its row in `corpus.sources` says why."""


class ReadError(ValueError):
    """A source cannot be read as text; the message names it, says what is wrong and what to do."""


class Source(NamedTuple):
    """One text as read, and how it was found.

    Attributes:
        name: the file's path below its folder; a zip's files have `zip/path`, a table's rows `table#row` counted from 1.
        text: the raw text, to which all offsets refer; empty if there is a problem.
        sha256: of the bytes of the file, or of the row's text in UTF-8.
        encoding: of the bytes; for files without one the kind of file.
        problem: why it could not be read, and what to do; empty for a good one.
        note: what a reader should know of a good one, such as bytes that could not be decoded.
        outside: spans of the text that are not part of the document, such as a web page's menu.
        given: metadata from a table, which hold; hints: those in a file's head, for what the text itself does not say.
    """

    name: str
    text: str = ""
    sha256: str = ""
    encoding: str = ""
    problem: str = ""
    note: str = ""
    outside: tuple[tuple[int, int], ...] = ()
    given: Mapping[str, str] = MappingProxyType({})
    hints: Mapping[str, str] = MappingProxyType({})


def find_sources(place: str | Path | Iterable[str | Path]) -> list[tuple[str, Path]]:
    """Return `(name, path)` of every file a corpus is made of.

    Args:
        place: a file, a folder (searched with its subfolders for files of the kinds in `SUFFIXES`, and for those in
            `UNREAD`, which will be set aside) or a list of either. A file that is named itself is taken whatever its
            suffix. Files whose name begins with a dot or `~$` are passed over.

    Returns:
        Files in the order of their names; a file in a folder is named by its path below that folder.

    Raises:
        FileNotFoundError: a place does not exist.
        ValueError: there is no file at all, or two files have one name.
    """
    places = [place] if isinstance(place, (str, Path)) else list(place)
    found: list[tuple[str, Path]] = []
    for path in map(Path, places):
        if path.is_dir():
            inside = (p for p in path.rglob("*") if p.suffix.lower() in (*SUFFIXES, *UNREAD) and p.is_file())
            found += sorted((p.relative_to(path).as_posix(), p) for p in inside if not _is_hidden(p.name))
        elif path.exists():
            found.append((path.name, path))
        else:
            raise FileNotFoundError(f"corpus {str(path)!r} does not exist; give a folder of texts, a file or a list")
    if not found:
        named = ", ".join(repr(str(p)) for p in places) or "an empty list"
        raise ValueError(f"corpus {named} holds no text; put at least one {' or '.join(SUFFIXES)} file there")
    names = [name for name, _ in found]
    twice = sorted({name for name in names if names.count(name) > 1}) if len(set(names)) < len(names) else []
    if twice:
        raise ValueError(f"two sources are named {twice[0]!r}; rename one, since every result is traced by that name")
    return found


def read_sources(place: str | Path | Iterable[str | Path], text: str | None = None) -> list[Source]:
    """Read every text of a corpus.

    Args:
        place: as for `find_sources`.
        text: the column that holds the texts of tables; the first of `TEXT_COLUMNS` that a table has if not given.

    Returns:
        The sources in the order of their names. A table without a text column whose cells name other files is taken for
        metadata of these: its columns are `given` to them, and a `sha256` among them is checked. What cannot be read is
        a source with its `problem`; nothing is raised for it.

    Raises:
        FileNotFoundError, ValueError: as for `find_sources`.
    """
    found: list[Source] = []
    tables: list[tuple[str, list[dict[str, str]]]] = []
    for name, path in find_sources(place):
        found += _read_path(name, path, text, tables)
    for name, rows in tables:
        found = _with_metadata(found, name, rows, text)
    return sorted(found, key=lambda source: _in_order(source.name)) if tables else found


def read_source(path: str | Path, name: str | None = None) -> Source:
    """Read a file that holds one text; of one that holds several the first.

    Args:
        path: the file.
        name: its name in the corpus; the file's own name if not given.

    Returns:
        The source. One that cannot be read has an empty text and its reason in `problem`; nothing is raised.
    """
    found = _read_path(name or Path(path).name, Path(path), None, [])
    return found[0] if found else Source(name or Path(path).name, problem="holds no text")


# -- files ------------------------------------------------------------------------------------------------------------


def _read_path(name: str, path: Path, text: str | None, tables: list) -> list[Source]:
    """Read one file; a second time if it changed under the first."""
    for _ in range(2):
        try:
            if not path.is_file():
                raise ReadError("is no file that can be read; give a file or a folder")
            with path.open("rb") as file:
                before = os.fstat(file.fileno())
                held: list = []
                found = list(_parse(name, file, before.st_size, text, held))
                after = os.fstat(file.fileno())
        except OSError as error:
            return [Source(name, problem=f"cannot be opened ({error.strerror}); check that it is a readable file")]
        except ReadError as error:
            return [Source(name, problem=str(error))]
        if (before.st_size, before.st_mtime_ns) == (after.st_size, after.st_mtime_ns):
            tables += held
            return found
    return [Source(name, problem="changed while it was read; load it again when it is complete")]


def _parse(name: str, file: BinaryIO, size: int, text: str | None, tables: list, inside: str = "") -> Iterator[Source]:
    """Yield the sources of one open file, in a zip or not; those of metadata tables go to `tables`."""
    suffix = PurePosixPath(name).suffix.lower()
    try:
        if suffix in UNREAD:
            raise ReadError(f"is a {suffix} file, which is not read; save it as {UNREAD[suffix]}")
        if suffix == ".zip":
            if inside:
                raise ReadError(f"is a zip inside {inside}; unpack it first")
            yield from _zipped(name, file, text, tables)
        elif suffix in _ROWS:
            yield from _documents(name, _ROWS[suffix](file, size), text, tables)
        else:
            data = _whole(file, size)
            yield _READ.get(suffix, _plain)(name, data)._replace(sha256=hashlib.sha256(data).hexdigest())
    except (ReadError, DecodeError) as error:
        digest = "" if size > LIMIT or suffix in _ROWS else _digest(file)
        yield Source(name, sha256=digest, problem=str(error))


def _whole(file: BinaryIO, size: int) -> bytes:
    """All bytes of a file, if they are not too many; what a header says of their number is not believed."""
    data = b"" if size > LIMIT else file.read(LIMIT + 1)
    if size > LIMIT or len(data) > LIMIT:
        raise ReadError(
            f"holds {max(size, len(data)):,} bytes, more than the {LIMIT:,} of one text; split it, or put its texts "
            "into a .jsonl or .parquet file, one a row"
        )
    return data


def _digest(file: BinaryIO) -> str:
    """The sha256 of a file that could not be read as text."""
    try:
        file.seek(0)
        return hashlib.sha256(file.read(LIMIT)).hexdigest()
    except (OSError, ValueError, zipfile.BadZipFile):
        return ""


def _is_hidden(name: str) -> bool:
    """Whether a file is a system's or an open Word document's own note."""
    return name.startswith((".", "~$"))


def _in_order(name: str) -> tuple[str, int]:
    """Key that puts the rows of a table in the order of their numbers."""
    stem, _, number = name.rpartition("#")
    return (stem, int(number)) if stem and number.isdigit() else (name, 0)


def _plain(name: str, data: bytes) -> Source:
    """A plain text."""
    text, encoding, lost = decode(data)
    return Source(name, text, "", encoding, note=_lost_note(lost))


def _lost_note(lost: int) -> str:
    """The note on bytes that could not be decoded."""
    return f"{lost:,} undecodable byte{'s' * (lost > 1)} shown as {LOST}" if lost else ""


# -- zips -------------------------------------------------------------------------------------------------------------


def _zipped(name: str, file: BinaryIO, text: str | None, tables: list) -> Iterator[Source]:
    """Yield the sources of a zip; its files are read where they are, never written to disk."""
    try:
        archive = zipfile.ZipFile(file)
        members = [info for info in archive.infolist() if not info.is_dir()]
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError) as error:
        raise ReadError(f"is no zip that can be opened ({error}); pack it again") from None
    unpacked = sum(info.file_size for info in members)
    if unpacked > UNPACKED or len(members) > MEMBERS:
        raise ReadError(
            f"would unpack to {unpacked:,} bytes in {len(members):,} files, more than {UNPACKED:,} in {MEMBERS:,}; "
            "unpack it and give the folder"
        )
    names = [_member_name(info) for info in members]
    for inner, info in sorted(zip(names, members), key=lambda pair: pair[0]):
        path = PurePosixPath(inner)
        full = f"{name}/{inner}"
        if _is_hidden(path.name) or path.parts[0] == "__MACOSX":
            continue
        if path.is_absolute() or ".." in path.parts or re.match(r"[A-Za-z]:|\\", inner):
            yield Source(full, problem="has a path that leads out of its zip; pack it again under a plain name")
        elif names.count(inner) > 1:
            yield Source(
                f"{full}@{info.header_offset}", problem=f"is one of several files named {inner!r}; rename them"
            )
        elif path.suffix.lower() in (*SUFFIXES, *UNREAD):
            try:
                with archive.open(info) as member:
                    yield from _parse(full, member, info.file_size, text, tables, inside=name)
            except RuntimeError:
                yield Source(full, problem="is encrypted; unpack the zip with its password")
            except (zipfile.BadZipFile, NotImplementedError, EOFError, OSError, ValueError) as error:
                yield Source(full, problem=f"cannot be unpacked ({error}); pack it again")
            except Exception as error:  # zlib, lzma and bz2 each raise their own
                yield Source(full, problem=f"is damaged in its zip ({type(error).__name__}: {error}); pack it again")


def _member_name(info: zipfile.ZipInfo) -> str:
    """Name of a file in a zip; one not flagged as UTF-8 is GB18030 where Chinese Windows packed it."""
    name = info.filename
    if not info.flag_bits & 0x800 and not name.isascii():
        try:
            return name.encode("cp437").decode("gb18030")
        except UnicodeError:
            return name
    return name


# -- files of other programs ------------------------------------------------------------------------------------------

_BLOCKS = (
    "address article aside blockquote body br button caption dd div dl dt fieldset figcaption figure footer form h1 h2 h3 h4 h5 "
    "h6 header hr li main nav ol option p pre section select table tbody td tfoot th thead title tr ul"
).split()
_UNSEEN = ("script", "style", "noscript", "template", "head", "svg", "iframe", "object")
TITLE_BLOCK = 10  # lines between a headline and the main text that may say date, outlet and author


def _html(name: str, data: bytes) -> Source:
    """A web page: all that is visible, a line for each block, and what trafilatura finds to be no main text marked as outside."""
    import trafilatura
    from lxml import etree, html

    markup, encoding, lost = decode(data)
    markup = re.sub(r"^\s*<\?xml[^>]*\?>", "", markup)  # lxml refuses a text that still names an encoding
    try:
        tree = html.document_fromstring(markup)
    except (etree.ParserError, ValueError) as error:
        raise ReadError(f"is no web page that can be read ({error}); save its text as .txt") from None
    found = trafilatura.bare_extraction(html.document_fromstring(markup), include_comments=False, with_metadata=True)
    etree.strip_elements(tree, *_UNSEEN, etree.Comment, etree.ProcessingInstruction, with_tail=False)
    parts: list[str] = []
    for event, element in etree.iterwalk(tree, events=("start", "end")):
        text = element.text if event == "start" else element.tail
        parts += ["\n" if element.tag in _BLOCKS else "", text or ""]
    lines = [line for raw in "".join(parts).split("\n") if (line := " ".join(raw.split()))]
    if not lines:
        raise ReadError("shows no text; save the page after its scripts have run, or save its text as .txt")
    kept = _main_lines(lines, found.text if found else "", found.title if found else "")
    text, outside, here = "\n".join(lines), [], 0
    for line, keep in zip(lines, kept):
        if not keep:
            outside.append((here, min(here + len(line) + 1, len(text))))
        here += len(line) + 1
    missed = sum(end - start for start, end in outside)
    notes = [
        f"{missed:,} of {len(text):,} visible characters are outside the main text" if missed else "",
        _lost_note(lost),
    ]
    facts = (
        {"headline": found.title, "byline": found.author, "outlet": found.sitename, "date": found.date} if found else {}
    )
    facts = {field: fact for field, fact in facts.items() if fact}
    return Source(name, text, "", encoding, "", "; ".join(filter(None, notes)), tuple(outside), hints=facts)


def _main_lines(lines: list[str], main: str, title: str) -> list[bool]:
    """Which visible lines are in the main text, found in its order, or in the title block before it; all if there is none."""
    main = re.sub(r"\s", "", main or "")
    kept, at = [], 0
    for line in lines:
        bare = re.sub(r"\s", "", line)
        # a short line found further on may be there by chance
        place = main.find(bare, at) if len(bare) >= 12 else at if main.startswith(bare, at) else -1
        kept.append(place >= 0)
        at = place + len(bare) if place >= 0 else at
    if not any(kept) or at < len(main) / 2:  # it was found in another order: keep too much rather than too little
        return [True] * len(lines)
    first = kept.index(True)
    titles = [
        i
        for i in range(max(0, first - TITLE_BLOCK), first)
        if title and _bare(lines[i]) in _bare(title) and len(lines[i]) > 5
    ]
    return [keep or bool(titles) and titles[-1] <= i < first for i, keep in enumerate(kept)]


def _bare(text: str) -> str:
    """A text without its spaces."""
    return re.sub(r"\s", "", text)


def _pdf(name: str, data: bytes) -> Source:
    """A PDF: its text in the reading order pdfminer's layout analysis finds; a glyph without a character is U+FFFD."""
    from pdfminer.high_level import extract_text
    from pdfminer.layout import LAParams
    from pdfminer.pdfdocument import PDFPasswordIncorrect

    try:
        text = extract_text(io.BytesIO(data), laparams=LAParams())
    except PDFPasswordIncorrect:
        raise ReadError("is encrypted; save it without a password") from None
    except Exception as error:  # a damaged PDF makes pdfminer raise nearly anything
        raise ReadError(f"is no PDF that can be read ({type(error).__name__}: {error}); save it again") from None
    text, lost = re.subn(r"\(cid:\d+\)", LOST, text)
    text = text.replace("\f", "\n")
    if not text.strip():
        raise ReadError("holds no text, only pictures; run character recognition (OCR) on it first")
    return Source(name, text, "", "pdf", note=f"{lost:,} glyphs without a character shown as {LOST}" if lost else "")


def _docx(name: str, data: bytes) -> Source:
    """A Word file: paragraphs and tables in order, insertions of tracked changes with them; the note says what is not read."""
    import docx
    from docx.oxml.ns import qn

    try:
        size = sum(info.file_size for info in zipfile.ZipFile(io.BytesIO(data)).infolist())
        if size > 4 * LIMIT:
            raise ReadError(f"would unpack to {size:,} bytes, more than {4 * LIMIT:,}; save its text as .txt")
        document = docx.Document(io.BytesIO(data))
    except ReadError:
        raise
    except Exception as error:  # a damaged package makes zipfile, lxml and python-docx raise nearly anything
        raise ReadError(f"is no Word file that can be read ({type(error).__name__}); save it again as .docx") from None
    signs = {qn("w:tab"): "\t", qn("w:br"): "\n", qn("w:cr"): "\n"}
    lines, boxes = [], 0
    for paragraph in document.element.body.iter(qn("w:p")):
        nodes = paragraph.xpath(".//w:t | .//w:r/w:tab | .//w:br | .//w:cr")
        mine = [node for node in nodes if next(node.iterancestors(qn("w:p"))) is paragraph]
        line = "".join(signs.get(node.tag, node.text or "") for node in mine)
        if next(paragraph.iterancestors(qn("w:txbxContent")), None) is None:
            lines.append(line)
        else:
            boxes += len(line)
    text = "\n".join(lines)
    if not text.strip():
        raise ReadError("holds no text in its body; save its text as .txt")
    about = document.core_properties
    hints = {field: fact for field, fact in (("headline", about.title), ("byline", about.author)) if fact}
    hints.pop("byline", None) if hints.get("byline") == "python-docx" else None
    return Source(
        name, text, "", "docx", note=f"{boxes:,} characters in text boxes are not read" if boxes else "", hints=hints
    )


_READ = {".html": _html, ".htm": _html, ".xhtml": _html, ".pdf": _pdf, ".docx": _docx}


# -- tables -----------------------------------------------------------------------------------------------------------


def _csv(file: BinaryIO, size: int, delimiter: str = "") -> Iterator[dict | str]:
    """Yield the rows of a delimited file; a reason instead of a row that does not fit its header."""
    text = decode(_whole(file, size)).text
    head = text[: text.find("\n") + 1] or text
    delimiter = delimiter or max(",;\t", key=head.count)
    allowed = csv.field_size_limit(LIMIT)
    try:
        rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
        header = [column.strip() for column in next(rows)]
        for row in rows:
            if len(row) == len(header):
                yield dict(zip(header, row))
            elif row:
                yield f"has {len(row)} fields but its header {len(header)}; quote the fields that hold a {delimiter!r}"
    except csv.Error as error:
        raise ReadError(f"is no table that can be read beyond line {rows.line_num} ({error}); save it again") from None
    finally:
        csv.field_size_limit(allowed)


def _tsv(file: BinaryIO, size: int) -> Iterator[dict | str]:
    """Yield the rows of a file delimited by tabs."""
    return _csv(file, size, "\t")


def _jsonl(file: BinaryIO, size: int) -> Iterator[dict | str]:
    """Yield the objects of a file of one JSON object a line, whatever its size: it is read line by line."""
    while line := file.readline(LIMIT + 1):
        if len(line) > LIMIT:
            while line and not line.endswith(b"\n"):
                line = file.readline(LIMIT)
            yield f"is longer than {LIMIT:,} bytes; split it"
        elif line.strip():
            try:
                row = json.loads(decode(line).text)
            except (ValueError, RecursionError) as error:
                row = f"is no JSON object ({str(error)[:80]}); write one object a line"
            yield row if isinstance(row, (dict, str)) else "is no JSON object; write one object a line"


def _parquet(file: BinaryIO, size: int) -> Iterator[dict | str]:
    """Yield the rows of a Parquet file, a batch at a time."""
    import pyarrow
    import pyarrow.parquet

    try:
        table = pyarrow.parquet.ParquetFile(file)
        groups = [table.metadata.row_group(i).total_byte_size for i in range(table.metadata.num_row_groups)]
        if max(groups, default=0) > UNPACKED:
            raise ReadError(f"has a row group of {max(groups):,} bytes, more than {UNPACKED:,}; write smaller ones")
        for batch in table.iter_batches(batch_size=256):
            yield from batch.to_pylist()
    except ReadError:
        raise
    except (pyarrow.ArrowException, OSError, ValueError, OverflowError) as error:
        raise ReadError(f"is no Parquet file that can be read ({str(error)[:80]}); write it again") from None


_ROWS = {".csv": _csv, ".tsv": _tsv, ".jsonl": _jsonl, ".parquet": _parquet}


def _documents(name: str, rows: Iterator[dict | str], text: str | None, tables: list) -> Iterator[Source]:
    """Yield a source for each row of a table; a table without a text column is kept for its metadata."""
    about: list[dict[str, str]] = []
    column = None
    number = 0
    try:
        for number, row in enumerate(rows, start=1):
            if isinstance(row, str):
                yield Source(f"{name}#{number}", problem=row)
                continue
            column = column or next((c for c in ((text,) if text else TEXT_COLUMNS) if c in row), None)
            if column is None:
                about.append({key: str(value) for key, value in row.items() if value is not None})
            else:
                yield _row(f"{name}#{number}", row, column)
    except ReadError as error:
        yield Source(f"{name}#{number + 1}" if number else name, problem=str(error))
    if about and column is None:
        tables.append((name, about))
    elif not number:
        yield Source(name, problem="is a table without rows; remove it or put its texts back")


def _row(name: str, row: dict, column: str) -> Source:
    """The source that one row of a table is."""
    value = row.get(column)
    if not isinstance(value, str) or not value.strip():
        return Source(name, problem=f"has no text in column {column!r}; fill it or remove the row")
    if len(value) > LIMIT:
        return Source(name, problem=f"holds {len(value):,} characters, more than {LIMIT:,}; split it")
    text, lost = re.subn("[\ud800-\udfff]", LOST, value)
    given = {str(k): str(v) for k, v in row.items() if k != column and v is not None and str(v) != ""}
    digest = hashlib.sha256(text.encode()).hexdigest()
    return Source(name, text, digest, "utf-8", note=_lost_note(lost), given=given)


def _with_metadata(sources: list[Source], name: str, rows: list[dict[str, str]], text: str | None) -> list[Source]:
    """Sources with what a table says of them: the column that names most of them is its key."""
    known: dict[str, int] = {}
    for index, source in enumerate(sources):
        path = PurePosixPath(source.name)
        for key in (path.stem, path.name, source.name):  # the fullest name last, so that it wins
            known[key] = index
    columns = list(dict.fromkeys(column for row in rows for column in row))
    hits = {column: sum(row.get(column) in known for row in rows) for column in columns}
    key = max(columns, key=hits.get, default=None)
    if key is None or not hits[key]:
        wanted = repr(text) if text else " or ".join(TEXT_COLUMNS)
        problem = f"has no text column {wanted}, only {', '.join(columns[:8])}; name it with text=, or remove the table"
        return [*sources, Source(name, problem=problem)]
    sources = list(sources)
    for row in rows:
        if row.get(key) in known:
            source = sources[known[row[key]]]
            given = {**source.given, **{column: value for column, value in row.items() if column != key and value}}
            source = source._replace(given=given)
            if row.get("sha256") and source.sha256 and row["sha256"].lower() != source.sha256:
                source = source._replace(
                    note="; ".join(filter(None, [source.note, f"is not the file of {name}: its sha256 differs"]))
                )
            sources[known[row[key]]] = source
    return sources
