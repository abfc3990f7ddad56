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
import zlib
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from itertools import pairwise
from pathlib import Path, PurePosixPath
from types import MappingProxyType
from typing import BinaryIO, NamedTuple

from qdlib.encodings import LOST, DecodeError, decode, tried

SUFFIXES = (".txt", ".html", ".htm", ".xhtml", ".pdf", ".docx", ".csv", ".tsv", ".jsonl", ".parquet", ".zip")
# What a corpus folder may hold that looks like a text and is not read; to pass it over without a word would lose it.
UNREAD = {
    ".doc": ".docx", ".wps": ".docx", ".rtf": ".docx", ".odt": ".docx", ".xls": ".csv", ".xlsx": ".csv", ".json": ".jsonl",
    ".epub": ".txt", ".caj": ".pdf", ".rar": ".zip", ".7z": ".zip", ".tar": ".zip", ".gz": ".zip",
}  # fmt: skip
TABLES = (".csv", ".tsv", ".jsonl", ".parquet")
# Word lists of the reader's own that lie with the texts and are none of them; `word_lists` reads them.
LISTS = ("lexicon.txt", "stopwords.txt", "gazetteer.txt")
TEXT_COLUMNS = ("text", "content", "body", "full_text", "fulltext", "正文", "内容", "全文", "文本", "正文内容", "文章内容")
# Columns of a table, or facts in a web page's head, that are metadata of an article, by the name of our column.
FIELDS = {
    "headline": ("headline", "title", "标题", "题目", "题名"),
    "byline": ("byline", "author", "作者", "记者"),
    "outlet": ("outlet", "newspaper", "报纸", "媒体", "来源"),
    "date": ("date", "日期", "发布日期", "发布时间"),
    "genre": ("genre", "体裁"),
}

LIMIT = 64 * 2**20  # bytes of one text, or of one file that is read whole
UNPACKED = 8 * LIMIT  # bytes that a zip may unpack to; characters of a table's texts, if all of them are held
# Times its size that a table may unpack to beyond that: Chinese text packs to a third of its bytes, a bomb to a thousandth.
EXPANSION = 100
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


class Survey(NamedTuple):
    """What must be known of all files before the first text is read.

    Attributes:
        files: `(name, path)` of each, as `find_sources` gives them.
        names: of the texts that are files of their own, in a zip or not; rows of tables are not among them.
        columns: the column that holds the texts, by the name of the table.
        given: what tables of metadata say: the table and its row without the key, by the name of the text.
        problems: why a table without texts is no metadata either, by the name of the table.
    """

    files: list[tuple[str, Path]]
    names: list[str]
    columns: dict[str, str]
    given: dict[str, list[tuple[str, dict[str, str]]]]
    problems: dict[str, str]


def find_sources(place: str | Path | Iterable[str | Path]) -> list[tuple[str, Path]]:
    """Return `(name, path)` of every file a corpus is made of.

    Args:
        place: a file, a folder (searched with its subfolders for files of the kinds in `SUFFIXES`, and for those in
            `UNREAD`, which will be set aside) or a list of either. A file that is named itself is taken whatever its
            suffix. Files and folders whose name begins with a dot or `~$` are passed over, links to folders, and the word
            lists in `LISTS`.

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
            inside = (p for p in path.rglob("*") if p.suffix.lower() in (*SUFFIXES, *UNREAD) and not p.is_dir())
            named = ((p.relative_to(path).as_posix(), p) for p in inside)
            found += sorted(
                (_readable(os.fsencode(name)), p) for name, p in named if not is_hidden(name) and not is_list(name)
            )
        elif path.exists():
            found.append((_readable(os.fsencode(path.name)), path))
        else:
            raise FileNotFoundError(f"corpus {str(path)!r} does not exist; give a folder of texts, a file or a list")
    if not found:
        named = ", ".join(repr(str(p)) for p in places) or "an empty list"
        raise ValueError(f"corpus {named} holds no text; put at least one {' or '.join(SUFFIXES)} file there")
    check_twice(name for name, _ in found)
    return found


def check_twice(names: Iterable[str]) -> None:
    """Refuse two sources of one name."""
    twice = sorted(name for name, times in Counter(names).items() if times > 1)
    if twice:
        raise ValueError(f"two sources are named {twice[0]!r}; rename one, since every result is traced by that name")


def survey_sources(place: str | Path | Iterable[str | Path], text: str | None = None) -> Survey:
    """Look over the files of a corpus: list zips, find the texts in tables, and read the tables of metadata.

    Args:
        place, text: as for `read_sources`.

    Raises:
        FileNotFoundError, ValueError: as for `find_sources`.
    """
    survey = _survey(find_sources(place), text)
    check_twice(survey.names)
    return survey


def read_sources(place: str | Path | Iterable[str | Path], text: str | None = None) -> list[Source]:
    """Read every text of a corpus.

    Args:
        place: as for `find_sources`.
        text: the column that holds the texts of tables; the first of `TEXT_COLUMNS` that a table has if not given.

    Returns:
        The sources in the order of their files. A table without a text column whose cells name other files is taken for
        metadata of these: its columns are `given` to them, and a `sha256` among them is checked. What cannot be read is
        a source with its `problem`; nothing is raised for it.

    Raises:
        FileNotFoundError, ValueError: as for `find_sources`.
    """
    survey = survey_sources(place, text)
    return [source for name, path in survey.files for source in _read_path(name, path, survey)]


def iter_file(
    name: str, path: Path, survey: Survey, after: str = "", most: Callable[[int], int] | None = None
) -> Iterator[Source]:
    """Yield the sources of one file, of which one at a time is held: a table may be larger than memory.

    Args:
        name, path: of the file.
        survey: of the whole corpus.
        after: the name of the last source that is not wanted any more; all are if not given.
        most: characters that the texts of a table may have, by the bytes of its file; `UNPACKED`, and of larger files
            `EXPANSION` times their size, if not given.
    """
    most = most or (lambda size: max(UNPACKED, EXPANSION * size))
    try:
        if not path.is_file():
            raise ReadError("is no file that can be read; give a file or a folder")
        with path.open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            for source in parse(name, file, size, survey, after, most(size)):
                yield with_given(source, survey.given.get(source.name, ()))
    except OSError as error:
        yield Source(name, problem=f"cannot be opened ({error.strerror}); check that it is a readable file")
    except ReadError as error:
        yield Source(name, problem=str(error))


def files_from(found: list[tuple], after: str) -> list[tuple]:
    """The files, named first, from the one that holds the source `after` on; that one too, unless it is `after` itself."""
    held = [i for i, (name, *_) in enumerate(found) if after.startswith((f"{name}#", f"{name}/"))]
    read = [i + 1 for i, (name, *_) in enumerate(found) if name == after]
    return found[[0, *held, *read][-1] :]


def read_source(path: str | Path, name: str | None = None) -> Source:
    """Read a file that holds one text; of one that holds several the first.

    Args:
        path: the file.
        name: its name in the corpus; the file's own name if not given.

    Returns:
        The source. One that cannot be read has an empty text and its reason in `problem`; nothing is raised.
    """
    name, path = name or Path(path).name, Path(path)
    found = _read_path(name, path, _survey([(name, path)], None))
    return found[0] if found else Source(name, problem="holds no text")


# -- files ------------------------------------------------------------------------------------------------------------


def _read_path(name: str, path: Path, survey: Survey) -> list[Source]:
    """Read one file; a second time if it changed under the first."""
    for _ in range(2):
        before = stamp(path)
        found = list(iter_file(name, path, survey, most=lambda size: UNPACKED))
        if stamp(path) == before:
            return found
    return [Source(name, problem="changed while it was read; load it again when it is complete")]


def stamp(path: Path) -> tuple[int, int]:
    """Bytes of a file, and when it was last changed, in nanoseconds; the same for every file out of reach."""
    try:
        about = path.stat()
    except OSError:
        return 0, 0
    return about.st_size, about.st_mtime_ns


def parse(
    name: str, file: BinaryIO, size: int, survey: Survey, after: str, most: int, inside: str = ""
) -> Iterator[Source]:
    """Yield the sources of one open file, in a zip or not."""
    suffix = PurePosixPath(name).suffix.lower()
    try:
        if suffix in UNREAD:
            raise ReadError(f"is a {suffix} file, which is not read; save it as {UNREAD[suffix]}")
        if suffix == ".zip":
            if inside:
                raise ReadError(f"is a zip inside {inside}; unpack it first")
            yield from _zipped(name, file, survey, after, most)
        elif suffix in _ROWS:
            yield from _documents(name, _ROWS[suffix](file, size), survey.columns.get(name), after, most)
            if name in survey.problems:
                yield Source(name, problem=survey.problems[name])
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


def is_hidden(path: str) -> bool:
    """Whether a file, or a folder it is in, is a system's or an open Word document's own note."""
    names = (name for name in path.split("/") if name not in (".", ".."))
    return any(name.startswith((".", "~$")) or name == "__MACOSX" for name in names)


def is_list(path: str) -> bool:
    """Whether a file is a word list of the reader's own, known by its name."""
    return PurePosixPath(path).name.lower() in LISTS


def find_lists(place: str | Path | Iterable[str | Path]) -> dict[str, list[Path]]:
    """Return the word lists that lie with the texts of a corpus, by their names in `LISTS`.

    Args:
        place: as for `find_sources`; a folder is searched with its subfolders, beside a file the folder it is in.
    """
    found: set[Path] = set()
    for path in map(Path, [place] if isinstance(place, (str, Path)) else place):
        folder, near = (path, path.rglob("*")) if path.is_dir() else (path.parent, path.parent.glob("*"))
        files = (p for p in near if is_list(p.name) and p.is_file() and p != path)
        found.update(p for p in files if not is_hidden(p.relative_to(folder).as_posix()))
    return {name: sorted(p for p in found if p.name.lower() == name) for name in LISTS}


def _readable(data: bytes) -> str:
    """A file's name as text: in UTF-8, or in GB18030 where Chinese Windows wrote it."""
    return (tried(data, "utf-8") or tried(data, "gb18030") or tried(data, "latin-1")).text


def _plain(name: str, data: bytes) -> Source:
    """A plain text."""
    text, encoding, lost = decode(data)
    return Source(name, text, "", encoding, note=_lost_note(lost))


def _lost_note(lost: int) -> str:
    """The note on bytes that could not be decoded."""
    return f"{lost:,} undecodable byte{'s' * (lost > 1)} shown as {LOST}" if lost else ""


# -- zips -------------------------------------------------------------------------------------------------------------


def _zipped(name: str, file: BinaryIO, survey: Survey, after: str, most: int) -> Iterator[Source]:
    """Yield the sources of a zip; its files are read where they are, never written to disk."""
    archive, members = _members(name, file)
    for full, info, problem in files_from(members, after):
        if problem:
            yield Source(full, problem=problem)
            continue
        try:
            with archive.open(info) as member:
                yield from parse(full, member, info.file_size, survey, after, most, inside=name)
        except RuntimeError:
            yield Source(full, problem="is encrypted; unpack the zip with its password")
        except (zipfile.BadZipFile, NotImplementedError, EOFError, OSError, ValueError) as error:
            yield Source(full, problem=f"cannot be unpacked ({error}); pack it again")
        except Exception as error:  # zlib, lzma and bz2 each raise their own
            yield Source(full, problem=f"is damaged in its zip ({type(error).__name__}: {error}); pack it again")


def _members(name: str, file: BinaryIO) -> tuple[zipfile.ZipFile, list[tuple[str, zipfile.ZipInfo, str]]]:
    """A zip, and of each file in it that is a source or a table the full name, its entry, and why it cannot be read."""
    try:
        archive = zipfile.ZipFile(file)
        entries = [info for info in archive.infolist() if not info.is_dir()]
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError) as error:
        raise ReadError(f"is no zip that can be opened ({error}); pack it again") from None
    unpacked = sum(info.file_size for info in entries)
    if unpacked > UNPACKED or len(entries) > MEMBERS:
        raise ReadError(
            f"would unpack to {unpacked:,} bytes in {len(entries):,} files, more than {UNPACKED:,} in {MEMBERS:,}; "
            "unpack it and give the folder"
        )
    names = [_member_name(info) for info in entries]
    times = Counter(names)
    if all(is_hidden(inner) or PurePosixPath(inner).suffix.lower() not in (*SUFFIXES, *UNREAD) for inner in names):
        raise ReadError(f"holds no text; put at least one {' or '.join(SUFFIXES[:-1])} file there")
    members = []
    for inner, info in sorted(zip(names, entries), key=lambda pair: pair[0]):
        path = PurePosixPath(inner)
        full = f"{name}/{inner}"
        if is_hidden(inner):
            continue
        if path.is_absolute() or ".." in path.parts or re.match(r"[A-Za-z]:|\\", inner):
            members.append((full, info, "has a path that leads out of its zip; pack it again under a plain name"))
        elif times[inner] > 1:
            problem = f"is one of several files named {inner!r}; rename them"
            members.append((f"{full}@{info.header_offset}", info, problem))
        elif is_list(inner):
            members.append((full, info, "is a word list in a zip, which is not used; put it beside the zip"))
        elif path.suffix.lower() in (*SUFFIXES, *UNREAD):
            members.append((full, info, ""))
    return archive, members


def _member_name(info: zipfile.ZipInfo) -> str:
    """Name of a file in a zip; without a flag for UTF-8 it is that or, from Chinese Windows, GB18030."""
    try:
        return info.filename if info.flag_bits & 0x800 else _readable(info.filename.encode("cp437"))
    except UnicodeError:  # it has its name a second time, in UTF-8
        return info.filename


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
    """A PDF: its text in the reading order pdfminer's layout analysis finds, wrapped lines put together; a glyph without a character is U+FFFD."""
    from pdfminer.high_level import extract_pages
    from pdfminer.layout import LAParams
    from pdfminer.pdfdocument import PDFPasswordIncorrect

    _check_streams(data)
    try:
        pages = extract_pages(io.BytesIO(data), laparams=LAParams(boxes_flow=None), caching=False)
        text = "\n\n".join(paragraph for page in pages for paragraph in _wrapped_up(_in_columns(page)))
    except PDFPasswordIncorrect:
        raise ReadError("is encrypted; save it without a password") from None
    except Exception as error:  # a damaged PDF makes pdfminer raise nearly anything
        raise ReadError(f"is no PDF that can be read ({type(error).__name__}: {error}); save it again") from None
    text, lost = re.subn(r"\(cid:\d+\)", LOST, text)
    if not text.strip():
        raise ReadError("holds no text, only pictures; run character recognition (OCR) on it first")
    return Source(name, text, "", "pdf", note=f"{lost:,} glyphs without a character shown as {LOST}" if lost else "")


BOXES = 400  # of text on a page; the order of more takes minutes to find and is no column's


def _in_columns(page) -> list:
    """The text boxes of a PDF's page in reading order: by columns, or from top to bottom where they are too many."""
    from pdfminer.layout import IndexAssigner, LAParams, LTTextBox

    boxes = [box for box in page if isinstance(box, LTTextBox)]
    if len(boxes) > BOXES:
        return boxes
    assigner = IndexAssigner()
    for group in page.group_textboxes(LAParams(), boxes):
        group.analyze(LAParams())
        assigner.run(group)
    return sorted(boxes, key=lambda box: box.index)


def _wrapped_up(boxes: list) -> list[str]:
    """The lines of a PDF's page, those put together that the edge of the page has cut.

    A PDF has no paragraphs, only lines at their places. A line goes on in the next if it reaches the right edge of the lines that
    begin where it does, and the next begins at their left edge, in the same size and no farther below than lines stand there.
    """
    lines = [line for box in boxes for line in box if line.get_text().strip()]
    steps = Counter(round(a.y0 - b.y0) for a, b in pairwise(lines) if a.height < a.y0 - b.y0 < 2.6 * a.height)
    step = min((n for n in steps if steps[n] > 1), default=min(steps, default=0))
    starts = sorted((line.x0, line.x1) for line in lines)
    done: list[str] = []
    for before, line in pairwise([None, *lines]):
        text = line.get_text().rstrip()
        if before and _goes_on(before, line, step, starts):
            letters = before.get_text().rstrip()[-1:] + text[:1]
            latin = letters.isascii() and (letters.isalpha() or not re.search("[\u3400-\u9fff]", done[-1][-12:]))
            done[-1] += " " * latin + text
        else:
            done.append(text)
    return done


def _goes_on(line, after, step: float, starts: list[tuple[float, float]]) -> bool:
    """Whether a line of a PDF's page was cut before the next; `starts` are the left and right ends of all lines, in order."""
    size = min(line.height, after.height)
    low = bisect_left(starts, (line.x0 - 2.6 * size,))  # an indent is two characters
    near = starts[low : bisect_left(starts, (line.x0 + 2.6 * size,))]
    left, right = near[0][0], max(end for _, end in near)
    return (
        abs(line.height - after.height) < 0.3 * size
        and 0.5 * size < line.y0 - after.y0 < 1.15 * step + 1
        and right - left > 12 * size
        and right - line.x1 < (0.9 if re.search("[。！？]$", line.get_text().rstrip()) else 2.2) * size
        and abs(after.x0 - left) < 0.7 * size
        and not re.match(r"\u3000| {2}|[【□■●]", after.get_text())
    )


def _check_streams(data: bytes) -> None:
    """Refuse a PDF one of whose streams unpacks to more than `LIMIT`: pdfminer would unpack it whole."""
    for found in re.finditer(rb"stream\r?\n(?=x)", data):  # x begins what is deflated
        unpacker, size, rest = zlib.decompressobj(), 0, data[found.end() : found.end() + LIMIT]
        try:
            while rest and size <= LIMIT:
                size += len(unpacker.decompress(rest, 2**20))
                rest = unpacker.unconsumed_tail
        except zlib.error:
            continue
        if size > LIMIT:
            raise ReadError(f"has a part that unpacks to more than {LIMIT:,} bytes; save its text as .txt")


def _docx(name: str, data: bytes) -> Source:
    """A Word file: paragraphs and tables in order, insertions of tracked changes with them; the note says what is not read."""
    import docx
    from docx.oxml.ns import qn

    try:
        infos = zipfile.ZipFile(io.BytesIO(data)).infolist()
        size = sum(info.file_size for info in infos)
        part = max(info.file_size for info in infos if info.filename.endswith(".xml"))
        if size > 4 * LIMIT or part > LIMIT:
            raise ReadError(f"would unpack to {size:,} bytes, its text to {part:,}, too many; save its text as .txt")
        document = docx.Document(io.BytesIO(data))
    except ReadError:
        raise
    except Exception as error:  # a damaged package makes zipfile, lxml and python-docx raise nearly anything
        raise ReadError(f"is no Word file that can be read ({type(error).__name__}); save it again as .docx") from None
    paragraph, box = qn("w:p"), qn("w:txbxContent")
    signs = {qn("w:tab"): "\t", qn("w:br"): "\n", qn("w:cr"): "\n"}
    parts: dict = {}
    for node in document.element.body.iter(paragraph, qn("w:t"), *signs):
        if node.tag == paragraph:
            parts[node] = []
        elif node.getparent().tag == qn("w:r"):
            parts.get(next(node.iterancestors(paragraph), None), []).append(signs.get(node.tag, node.text or ""))
    boxed = [node for node in parts if next(node.iterancestors(box), None) is not None]
    boxes = sum(len(part) for node in boxed for part in parts.pop(node))
    lines = ["".join(part) for part in parts.values()]
    text = "\n".join(lines)
    if not text.strip():
        raise ReadError("holds no text in its body; save its text as .txt")
    about = document.core_properties
    hints = {field: fact for field, fact in (("headline", about.title), ("byline", about.author)) if fact}
    hints.pop("byline", None) if hints.get("byline") == "python-docx" else None
    beside = sum(map(len, re.findall(r"<w:t(?: [^>]*)?>([^<]*)", _beside(document))))
    places = {"text boxes": boxes, "headers, footers, notes and comments": beside}
    note = "; ".join(f"{n:,} characters in {place} are not read" for place, n in places.items() if n)
    return Source(name, text, "", "docx", note=note, hints=hints)


def _beside(document) -> str:
    """The markup of a Word file's parts that stand beside its body."""
    kinds = re.compile("/(?:header|footer|footnotes|endnotes|comments)[0-9]*[.]xml$")
    found = (part for part in document.part.package.iter_parts() if kinds.search(part.partname))
    return "".join(part.blob.decode("utf-8", "replace") for part in found)


_READ = {".html": _html, ".htm": _html, ".xhtml": _html, ".pdf": _pdf, ".docx": _docx}


# -- tables -----------------------------------------------------------------------------------------------------------


def _csv(file: BinaryIO, size: int, delimiter: str = "") -> Iterator[dict | str]:
    """Yield the rows of a delimited file; a reason instead of a row that does not fit its header."""
    text = decode(_whole(file, size)).text.lstrip("\r\n")
    head = text[: text.find("\n") + 1] or text
    delimiter = delimiter or max(",;\t|", key=head.count)
    allowed = csv.field_size_limit(LIMIT)
    try:
        rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
        header = _header(rows)
        while (row := _fields(rows)) is not None:
            if isinstance(row, str):
                yield row
            elif len(row) == len(header):
                yield dict(zip(header, row))
            elif row:
                more = f"fill it up, or quote fields that hold a {delimiter!r}"
                yield f"has {len(row)} fields but its header {len(header)}; {more}"
    finally:
        csv.field_size_limit(allowed)


def _header(rows: Iterator[list[str]]) -> list[str]:
    """The names of a table's columns."""
    row = _fields(rows)
    if not isinstance(row, list):
        raise ReadError(row or "is empty; remove it or put its texts back")
    header = [column.strip() or f"column {number}" for number, column in enumerate(row, start=1)]
    twice = [column for column, times in Counter(header).items() if times > 1]
    if twice:
        raise ReadError(f"has several columns named {twice[0]!r}; rename them")
    return header


def _fields(rows: Iterator[list[str]]) -> list[str] | str | None:
    """The fields of the next row, what is wrong with it, or None at the end."""
    try:
        return next(rows, None)
    except csv.Error as error:
        return f"cannot be read as far as line {rows.line_num} ({error}); mend its quotation marks"


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
                yield row if isinstance(row, dict) else "is no JSON object; write one object a line"
            except (ValueError, RecursionError) as error:
                yield f"is no JSON object ({str(error)[:80]}); write one object a line, in UTF-8"


def _parquet(file: BinaryIO, size: int) -> Iterator[dict | str]:
    """Yield the rows of a Parquet file, a batch at a time."""
    import pyarrow
    import pyarrow.parquet

    try:
        # page by page: files of one row group are common, and it may be larger than memory
        table = pyarrow.parquet.ParquetFile(file, buffer_size=1 << 20, pre_buffer=False)
        groups = [table.metadata.row_group(i).total_byte_size for i in range(table.metadata.num_row_groups)]
        if max(groups, default=0) > max(UNPACKED, EXPANSION * size):
            more = f"more than {EXPANSION} times its file; write it again with plainer encodings"
            raise ReadError(f"has a row group of {max(groups):,} bytes, {more}")
        for batch in table.iter_batches(batch_size=16):
            yield from batch.to_pylist()
    except ReadError:
        raise
    except (pyarrow.ArrowException, OSError, ValueError, OverflowError) as error:
        raise ReadError(f"is no Parquet file that can be read ({str(error)[:80]}); write it again") from None


_ROWS = {".csv": _csv, ".tsv": _tsv, ".jsonl": _jsonl, ".parquet": _parquet}


def _documents(name: str, rows: Iterator[dict | str], column: str | None, after: str, most: int) -> Iterator[Source]:
    """Yield a source for each row of a table behind the row `after`, of a table without texts for bad rows only."""
    first = int(after[len(name) + 1 :]) if after.startswith(f"{name}#") else 0
    number, n_chars = 0, 0
    try:
        for number, row in enumerate(rows, start=1):
            here = f"{name}#{number}"
            if isinstance(row, str):
                source = Source(here, problem=row)
            elif column:
                source = _row(here, row, column)
            else:
                continue
            n_chars += len(source.text)
            if n_chars > most:  # a file of a few bytes can repeat one long text in all its rows
                problem = f"brings its table to more than {most:,} characters; split it, nothing is read from here on"
                source = Source(here, problem=problem)
            if number > first:
                yield source
            if n_chars > most:
                return
    except ReadError as error:
        if number >= first:
            yield Source(f"{name}#{number + 1}" if number else name, problem=str(error))
    else:
        if not number:
            yield Source(name, problem="is a table without rows; remove it or put its texts back")


_HALVES = re.compile("[\ud800-\udfff]")  # of pairs: JSON may hold them, no UTF-8 can


def _text_column(row: dict, text: str | None) -> str | None:
    """The column of a table that holds the texts: the one that was named, else the first that is called so."""
    if text:
        return text if text in row else None
    called = {str(column).strip().lower(): column for column in row}
    return next((called[name] for name in TEXT_COLUMNS if name in called), None)


def _cell(value: object) -> str:
    """A cell as text; one that holds several values as JSON."""
    text = json.dumps(value, ensure_ascii=False, default=str) if isinstance(value, (dict, list)) else str(value)
    return _HALVES.sub(LOST, text)


def _row(name: str, row: dict, column: str) -> Source:
    """The source that one row of a table is."""
    value = row.get(column)
    if isinstance(value, bytes):
        try:
            value = decode(value).text
        except DecodeError as error:
            return Source(name, problem=f"holds bytes in column {column!r}: {error}")
    if not isinstance(value, str) or not value.strip():
        return Source(name, problem=f"has no text in column {column!r}; fill it or remove the row")
    if len(value) > LIMIT:
        return Source(name, problem=f"holds {len(value):,} characters, more than {LIMIT:,}; split it")
    text, lost = _HALVES.subn(LOST, value)
    given = {_cell(k): _cell(v) for k, v in row.items() if k != column and v is not None and str(v) != ""}
    digest = hashlib.sha256(text.encode()).hexdigest()
    return Source(name, text, digest, "utf-8", note=_lost_note(lost), given=given)


# -- what must be known of all files first ----------------------------------------------------------------------------


def _survey(files: list[tuple[str, Path]], text: str | None) -> Survey:
    """Look over files; what is wrong with one, reading it will say."""
    survey = Survey(files, [], {}, {}, {})
    tables: list[tuple[str, list[dict[str, str]]]] = []
    for name, path in files:
        if PurePosixPath(name).suffix.lower() not in (".zip", *TABLES) or not path.is_file():
            survey.names.append(name)
            continue
        try:
            with path.open("rb") as file:
                look(name, file, os.fstat(file.fileno()).st_size, text, survey, tables)
        except (OSError, ReadError):
            survey.names.append(name)
    match_tables(survey, tables, text)
    return survey


def look(name: str, file: BinaryIO, size: int, text: str | None, survey: Survey, tables: list) -> None:
    """Look into a table, or into a zip for tables."""
    if not name.lower().endswith(".zip"):
        _look_at_rows(name, _ROWS[PurePosixPath(name).suffix.lower()](file, size), text, survey, tables)
        return
    archive, members = _members(name, file)
    for full, info, problem in members:
        if problem or PurePosixPath(full).suffix.lower() not in TABLES:
            survey.names.append(full)
            continue
        with suppress(Exception), archive.open(info) as member:  # zlib, lzma and bz2 each raise their own
            look(full, member, info.file_size, text, survey, tables)


def _look_at_rows(name: str, rows: Iterator[dict | str], text: str | None, survey: Survey, tables: list) -> None:
    """Find the column of the texts; a table without one is kept for its metadata."""
    about: list[dict[str, str]] = []
    n_chars = 0
    with suppress(ReadError, DecodeError):
        for row in rows:
            if isinstance(row, str):
                continue
            if column := _text_column(row, text):
                survey.columns[name] = column
                return
            about.append({_cell(key): _cell(value) for key, value in row.items() if value is not None})
            n_chars += sum(map(len, about[-1].values()))
            if n_chars > UNPACKED:
                survey.problems[name] = _no_text(about[-1], text)
                return
    if about:
        tables.append((name, about))


def match_tables(survey: Survey, tables: list[tuple[str, list[dict[str, str]]]], text: str | None) -> None:
    """Find the texts that tables of metadata speak of: the column that names most of them is the key."""
    known = {PurePosixPath(name).stem: name for name in survey.names}
    known |= {PurePosixPath(name).name: name for name in survey.names}
    known |= {name: name for name in survey.names}  # the fullest name last, so that it wins
    for table, rows in tables:
        columns = list(dict.fromkeys(column for row in rows for column in row))
        hits = {column: sum(row.get(column) in known for row in rows) for column in columns}
        key = max(columns, key=hits.get, default=None)
        if key is None or not hits[key]:
            survey.problems[table] = _no_text(columns, text)
            continue
        for row in rows:
            if row.get(key) in known:
                said = {column: value for column, value in row.items() if column != key and value}
                survey.given.setdefault(known[row[key]], []).append((table, said))


def _no_text(columns: Iterable[str], text: str | None) -> str:
    """The problem of a table that has no text column and names no file."""
    wanted = repr(text) if text else " or ".join(TEXT_COLUMNS)
    return f"has no text column {wanted}, only {', '.join(list(columns)[:8])}; name it with text=, or remove the table"


def with_given(source: Source, said: Iterable[tuple[str, dict[str, str]]]) -> Source:
    """A source with what tables say of it."""
    for table, row in said:
        source = source._replace(given={**source.given, **row})
        if row.get("sha256") and source.sha256 and row["sha256"].lower() != source.sha256:
            note = f"is not the file of {table}: its sha256 differs"
            source = source._replace(note="; ".join(filter(None, [source.note, note])))
    return source
