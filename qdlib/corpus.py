"""`load_corpus`: from files to plain tables - sources, articles, paragraphs, the ledger of every raw character, and metadata."""

from __future__ import annotations

import hashlib
import re
import warnings
from bisect import bisect_right
from calendar import monthrange
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property, lru_cache
from itertools import accumulate
from pathlib import Path, PurePosixPath
from typing import NamedTuple

import pandas as pd

from qdlib.pages import Article, split_page
from qdlib.readers import FIELDS, TABLES, CorpusWarning, ReadError, Source, read_sources
from qdlib.repair import repair
from qdlib.traced import TracedText
from qdlib.words import uncollected

SOURCE_COLUMNS = ["source", "sha256", "encoding", "n_chars", "kept", "replaced", "removed", "problem", "note"]
ARTICLE_COLUMNS = [
    "article_id", "source", "headline", "subtitle", "byline", "outlet", "date", "date_basis", "genre", "part_of", "n_chars",
]  # fmt: skip
PARAGRAPH_COLUMNS = ["article_id", "paragraph", "role", "text", "source", "line", "start", "end", "spans"]
EVIDENCE_COLUMNS = ["article_id", "field", "value", "basis", "words", "source", "line", "start", "end"]
LEDGER_COLUMNS = ["source", "start", "end", "action", "rule", "before", "after"]
# Columns that hold no text.
NUMBERS = ("n_chars", "kept", "replaced", "removed", "paragraph", "line", "start", "end")
SPANS = "spans"

UNITS = ("article", "section", "paragraph", "sentence")
# Lines about an article rather than of it: who wrote it, where it is from.
CREDIT_ROLES = ("byline", "source")
PLACES = ("headline", "subhead", "lead", "body", "close", "caption")
_PLACE_OF_ROLE = {
    "headline": "headline", "subtitle": "headline", "title": "headline", "subhead": "subhead", "lead": "lead",
    "abstract": "lead", "caption": "caption", "byline": "", "source": "", "dateline": "",
}  # fmt: skip

MOST_WARNINGS = 20  # for sources set aside, one each
_TABLES = ("sources", "articles", "paragraphs", "ledger", "metadata", "evidence")
PART = 1000  # sources whose rows are made into tables together

_DATE = re.compile(
    r"(?P<year>[12]\d{3})(?:年|[-/.](?=\d)|(?=\d{2}(?:\d{2})?(?!\d))|(?=\D|$))"
    r"(?:(?P<month>\d{1,2})(?:月|[-/.](?=\d)|(?=\d{2}(?!\d))|(?=\D|$)))?(?:(?P<day>\d{1,2})(?!\d))?"
)
# A date in a file's name: set off from letters and other digits, with one kind of mark between its parts, or none.
_NAMED_DATE = re.compile(
    r"(?<![0-9A-Za-z])((?:19|20)\d\d)"
    r"(?:年(\d\d?)月(?:(\d\d?)日)?|([-_.]?)(\d\d)\4(\d\d)(?![0-9A-Za-z])|-(\d\d)(?![0-9A-Za-z]|[-_.]\d))"
)
_ISO = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?")
_ANY_DAY = date.min.toordinal(), date.max.toordinal()
_SENTENCE = re.compile(r"[^。！？!?…]*[。！？!?…]+[”’」』）)]*|[^。！？!?…]+$")


@dataclass(frozen=True)
class Corpus:
    """Tables made from a set of files.

    Attributes:
        sources: one row a text (a file, or a row of a table), the unreadable ones included:
            - `source` (text): the name of the file, with its folders; of a row of a table with its number.
            - `sha256` (text): of its bytes.
            - `encoding` (text): in which it was read.
            - `n_chars` (integer, characters): of the raw text.
            - `kept, replaced, removed` (integer, characters): what became of them; they add up to n_chars.
            - `problem` (text): why it could not be read; or empty.
            - `note` (text): what is to be known of one that could; or empty.
        articles: one row an article, caption or side piece:
            - `article_id` (text): the name of the source without its suffix, and a number.
            - `source` (text): the name of the source.
            - `headline, subtitle, byline, outlet` (text): as printed, or as metadata tell; empty where unknown.
            - `date` (text, ISO date): of publication, as precise as is known (2022-07-19, 2023-01); empty if unknown.
            - `date_basis` (text): explicit or inferred, and the words that prove it.
            - `genre` (text): news, feature, editorial, commentary, brief, voices, caption ...
            - `part_of` (text): of a caption or side piece, the article that it belongs to; or empty.
            - `n_chars` (integer, characters): of its paragraphs.
        paragraphs: one row a paragraph, in reading order:
            - `article_id` (text): the article.
            - `paragraph` (integer, from 0): its number in the article.
            - `role` (text): headline, subhead, lead, body, speaker, quote, caption ...
            - `text` (text): as it reads when its damage is undone.
            - `source` (text): the name of the source.
            - `line` (integer, from 1): the first raw line.
            - `start, end` (integer, characters): where it begins and ends in the raw text.
            - `spans` (list): all its raw spans as (start, end), more than one where the page had cut it.
        ledger: one row a run of raw characters with one fate:
            - `source` (text): the name of the source.
            - `start, end` (integer, characters): where it begins and ends in the raw text.
            - `action` (text, one of kept, replaced, removed): what became of it.
            - `rule` (text): by which rule; it ends in (likely) or (doubtful) where the best of several readings was
              chosen, in (unsolved) where damage was left as it stands; empty if nothing was done.
            - `before, after` (text): the raw characters, and what stands for them.
        metadata: one row a source of which a table beside the texts says something:
            - `source` (text): the name of the source.
            - `...` (text): the table's own columns, untouched; missing where they are not said.
        evidence: one row a field of an article that is known, with what proves it:
            - `article_id` (text): the article.
            - `field` (text): the column of articles.
            - `value` (text): what it says.
            - `basis` (text, one of explicit, inferred): explicit where the words say it, inferred where it follows from
              them (no words: from the length alone).
            - `words` (text): the words that prove it.
            - `source` (text): the name of the source.
            - `line` (integer): the raw line of the words; 0 where a table or the head or the name of the file says it.
            - `start, end` (integer, characters): where the words begin and end in the raw text; 0 likewise.
    """

    sources: pd.DataFrame
    articles: pd.DataFrame
    paragraphs: pd.DataFrame
    ledger: pd.DataFrame
    metadata: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=["source"]))
    evidence: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=EVIDENCE_COLUMNS))
    _texts: dict[tuple[str, int], TracedText] = field(default_factory=dict, repr=False)

    @property
    def fingerprint(self) -> str:
        """Eight hexadecimal digits that stand for exactly these files, to be printed under figures."""
        return fingerprint(self.sources["sha256"])

    def __repr__(self) -> str:
        captions = int((self.articles["genre"] == "caption").sum())
        return (
            f"Corpus {self.fingerprint}: {len(self.sources)} sources, {len(self.articles) - captions} articles and "
            f"{captions} captions, {len(self.paragraphs)} paragraphs, {int(self.articles['n_chars'].sum()):,} characters"
        )

    def labels(self) -> dict[str, str]:
        """Return a short label for each source: date and outlet where they are known, else the file's name."""
        labels: dict[str, str] = {}
        taken: set[str] = set()
        first = self.articles.drop_duplicates("source").set_index("source")
        said = (first["date"] + " " + first["outlet"]).str.strip().to_dict()
        for source in self.sources["source"]:
            known = said.get(source, "")
            name, _, row = source.partition("#")
            label = known or Path(name).stem[:20] + f" {row}".rstrip()
            for other in (f"{Path(name).stem[:12]} {row}".rstrip(), source):
                label = label if label not in taken else f"{known or label} ({other})"
            taken.add(label)
            labels[source] = label
        return labels

    def documents(self, unit: str = "article", roles: Iterable[str] | None = None) -> pd.DataFrame:
        """Return the corpus cut into units of analysis.

        Args:
            unit: `article`; `section` (from one subhead to the next); `paragraph`; or `sentence`.
            roles: paragraph roles to take; all but the credits (byline, source) if not given.

        Returns:
            A table, one row a unit, numbered from 0 as token lists made of `text` are; units without text are left out:

            - `document` (text): its name: that of the article, with a number for smaller units.
            - `article_id`: as in `articles`.
            - `role`: as in `paragraphs`; of paragraphs and sentences only.
            - `text` (text): the text, paragraphs parted by line feeds.
            - `n_chars` (integer, characters): its length.
            - `source, line`: as in `paragraphs`.
            - `date, outlet, genre`: as in `articles`.

        Raises:
            ValueError: the unit is unknown, or `roles` is a single string.
        """
        if unit not in UNITS:
            raise ValueError(f"unit must be one of {', '.join(UNITS)}, got {unit!r}")
        if isinstance(roles, str):
            raise ValueError(f"roles must be a list of roles, got {roles!r}; write [{roles!r}]")
        rows = self.paragraphs
        rows = rows.assign(section=(rows["role"] == "subhead").groupby(rows["article_id"]).cumsum())
        rows = rows[~rows["role"].isin(CREDIT_ROLES)] if roles is None else rows[rows["role"].isin(list(roles))]
        rows = rows[["article_id", "paragraph", "role", "text", "line", "section"]]
        if unit == "sentence":
            rows = (
                rows.assign(text=rows["text"].map(sentences)).explode("text", ignore_index=True).dropna(subset=["text"])
            )
        if unit in ("article", "section"):
            keys = ["article_id"] if unit == "article" else ["article_id", "section"]
            rows = rows.groupby(keys, sort=False).agg(text=("text", "\n".join), line=("line", "first")).reset_index()
        about = self.articles.set_index("article_id")[["source", "date", "outlet", "genre"]]
        if rows.empty:  # pandas 3.1 cannot join strings of Arrow where there are none
            rows, about = rows.astype(object), about.astype(object).set_axis(about.index.astype(object))
        rows = rows.join(about, on="article_id").assign(n_chars=rows["text"].str.len())
        names = rows["article_id"].astype(str)
        if unit != "article":
            names = names + "." + rows.groupby("article_id").cumcount().add(1).astype(str).str.zfill(3)
        columns = ["document", "article_id", "role", "text", "n_chars", "source", "line", "date", "outlet", "genre"]
        table = rows.assign(document=names).reindex(columns=[c for c in columns if c in rows or c == "document"])
        table.attrs["corpus"] = self.fingerprint
        return table.reset_index(drop=True)

    def origin(self, article_id: str, paragraph: int, start: int, end: int) -> tuple[int, int, int]:
        """Return `(start, end, line)` in the raw source of the span `start:end` of a paragraph's text.

        Raises:
            KeyError: there is no such paragraph.
            ValueError: the span is empty or out of the paragraph.
        """
        if (article_id, paragraph) not in self._texts:
            raise KeyError(f"article {article_id!r} has no paragraph {paragraph}; see the table of paragraphs")
        text = self._texts[article_id, paragraph]
        first, last = text.origin(start, end)
        here, line = self._starts.get((article_id, paragraph), (0, 1))
        between = text.raw.count("\n", min(here, first), max(here, first))
        return first, last, line + (between if here <= first else -between)

    @cached_property
    def _starts(self) -> dict[tuple[str, int], tuple[int, int]]:
        """Raw offset and line at which each paragraph begins: lines are counted from there, not from the file's top."""
        rows = self.paragraphs
        return dict(zip(zip(rows["article_id"], rows["paragraph"]), zip(rows["start"], rows["line"])))

    def trace(self, source: str, start: int, end: int) -> pd.DataFrame:
        """Return the ledger rows that a raw span of a source touches, with the line each begins on.

        Returns:
            A table, one row a run of raw characters:

            - `source, start, end, action, rule, before, after`: as in `ledger`.
            - `line` (integer, from 1): the raw line on which it begins.

        Raises:
            KeyError: the source is not in the corpus.
        """
        if source not in set(self.sources["source"]):
            raise KeyError(f"source {source!r} is not in the corpus; it has {', '.join(self.sources['source'])}")
        rows = self.ledger[self.ledger["source"] == source]
        rows = rows.assign(line=(rows["before"].str.count("\n").cumsum().shift(fill_value=0) + 1).astype(int))
        return rows[(rows["end"] > start) & (rows["start"] < end)].reset_index(drop=True)


def fingerprint(digests: Iterable[str]) -> str:
    """Return eight hexadecimal digits that stand for exactly the sources with these sha256 sums."""
    return hashlib.sha256("\n".join(sorted(digests)).encode()).hexdigest()[:8]


def paragraph_places(paragraphs: pd.DataFrame) -> pd.Series:
    """Say where in its article each paragraph stands.

    Args:
        paragraphs: the corpus's table of paragraphs, or whole articles of it.

    Returns:
        `headline` (with subtitles), `subhead`, `lead` (with abstracts; where none is marked the first paragraph of running
        text), `close` (the last one, if it is no lead), `body` (all between), `caption`, or `""` for credits and datelines.
    """
    places = paragraphs["role"].map(_PLACE_OF_ROLE)
    running = paragraphs[places.isna()]
    led = paragraphs.loc[places == "lead", "article_id"]
    first = running[~running["article_id"].isin(led)].groupby("article_id").head(1)
    places = places.fillna("body")
    places[running.groupby("article_id").tail(1).index] = "close"
    places[first[first["role"] == "body"].index] = "lead"  # a piece that opens with somebody's words has no lead
    return places.rename("place")


def load_corpus(
    place: str | Path | Iterable[str | Path], script: str = "simplified", *, text: str | None = None
) -> Corpus:
    """Read files, undo their damage, cut them into articles, and keep the account.

    Args:
        place: a folder (subfolders included), a file, or a list of them; plain text in any encoding, HTML, PDF, docx, csv,
            tsv, jsonl and Parquet with a text a row, and zips of these. A table that names the other files is taken for
            their metadata.
        script: `simplified` turns traditional characters into simplified ones; `keep` leaves them.
        text: the column that holds the texts of tables; `text`, `content`, `正文` and the like if not given.

    Returns:
        The corpus. A file that cannot be read is set aside with a `CorpusWarning` and its row in `sources`. What a table
        says of headline, byline, outlet, date or genre holds for its articles; what a web page or Word file says in its
        head fills what the text leaves open; a date that nothing else says is taken from the file's name (`1954.txt`,
        `2022-07-19_page.html`), as inferred. `date_basis` says which.

    Raises:
        FileNotFoundError: a place does not exist.
        ReadError: no file could be read.
        ValueError: there is no file, two have one name, or `script` is unknown.
    """
    read = read_sources(place, text)
    report([f"{source.name}: {source.problem}" for source in read if source.problem], len(read))
    names = Names.of(source.name for source in read)
    return _together([assemble(read[i : i + PART], names, script) for i in range(0, len(read), PART)])


def _together(parts: list[Corpus]) -> Corpus:
    """The corpus that parts make: rows wait as Python objects, several times as large as in a table, for one part only."""
    if len(parts) == 1:
        return parts[0]
    tables = ([getattr(part, name) for part in parts] for name in _TABLES)
    joined = (pd.concat([t for t in each if len(t)] or each[:1], ignore_index=True) for each in tables)
    return Corpus(*joined, {key: text for part in parts for key, text in part._texts.items()})


def report(problems: list[str], n_sources: int) -> None:
    """Warn of the sources that were set aside, in the name of the caller's caller.

    Raises:
        ReadError: they are all there are.
    """
    more = len(problems) - MOST_WARNINGS
    if len(problems) == n_sources:
        rest = [f"and {more:,} more"] if more > 0 else []
        raise ReadError("no source could be read:\n" + "\n".join([*problems[:MOST_WARNINGS], *rest]))
    for problem in problems[:MOST_WARNINGS]:
        warnings.warn(problem, CorpusWarning, stacklevel=3)
    if more > 0:
        warnings.warn(f"and {more:,} more sources set aside; see `sources`", CorpusWarning, stacklevel=3)


class Names(NamedTuple):
    """What the names of all sources together say; it must be known before any part of them is loaded.

    Attributes:
        shared: stems that several sources have; their articles keep the suffix in their id.
        dates: the dates that names of files say.
    """

    shared: frozenset[str]
    dates: Mapping[str, str]

    @classmethod
    def of(cls, names: Iterable[str]) -> Names:
        """Read the names of all sources of a corpus, those of tables and their rows being optional: they say nothing."""
        names = [name for name in names if "#" not in name and PurePosixPath(name).suffix.lower() not in TABLES]
        stems = Counter(map(_stem, names))
        return cls(frozenset(stem for stem, times in stems.items() if times > 1), dates_in_names(names))

    def among(self, names: Iterable[str]) -> Names:
        """What they say of the sources with these names."""
        names = list(names)
        dates = {name: self.dates[name] for name in names if name in self.dates}
        return Names(self.shared.intersection(map(_stem, names)), dates)


@uncollected()
def assemble(read: Iterable[Source], names: Names, script: str = "simplified") -> Corpus:
    """Make a corpus of sources already read: all of them, or any part.

    The rows of a source depend on it and on `names` alone, so the tables of the parts, put together, are those of the
    whole: corpora larger than memory are made in parts, on one machine or on many.

    Args:
        read: the sources, in order.
        names: what the names of all sources of the whole corpus say.
        script: as for `load_corpus`.
    """
    sources, articles, paragraphs, ledger, evidence, texts = [], [], [], [], [], {}
    given = []
    for source in read:
        raw = TracedText.of(source.text)
        raw = raw.edit((start, end, "", "outside the main text") for start, end in source.outside)
        page = split_page(repair(raw, script=script))
        counts = page.account.counts()
        about = [source.name, source.sha256, source.encoding, len(source.text)]
        sources.append([*about, *counts.values(), source.problem, source.note])
        ledger += [(source.name, *row) for row in page.account.rows()]
        line_starts = _line_starts(source.text)
        stem = _stem(source.name)
        stem = source.name if stem in names.shared else stem  # x.txt and x.md together keep their suffixes
        ids = [f"{stem}-{number}" for number in range(1, len(page.articles) + 1)]
        main = [article.part_of is None for article in page.articles]
        for article_id, article in zip(ids, page.articles):
            for number, (role, traced) in enumerate(article.paragraphs):
                start, end = traced.origin(0, len(traced))
                line = bisect_right(line_starts, start)
                paragraphs.append(
                    [article_id, number, role, traced.text, source.name, line, start, end, traced.spans()]
                )
                texts[article_id, number] = TracedText(traced.raw, traced.pieces)  # without what it has worked out
            part_of = ids[article.part_of] if article.part_of is not None else ""
            n_chars = sum(len(traced) for _, traced in article.paragraphs)
            found = dict(zip(ARTICLE_COLUMNS, [article_id, source.name, *article.metadata(), part_of, n_chars]))
            row = _with_given(dict(found), source, names.dates, alone=main.count(True) == 1 and not part_of)
            articles.append(list(row.values()))
            evidence += _evidence_rows(found, row, article, line_starts)
        if source.given:
            given.append({"source": source.name, **_without_our_name(source.given)})
    return Corpus(
        _table(sources, SOURCE_COLUMNS),
        _table(articles, ARTICLE_COLUMNS),
        _table(paragraphs, PARAGRAPH_COLUMNS),
        _table(ledger, LEDGER_COLUMNS),
        pd.DataFrame(given) if given else _table([], ["source"]),
        _table(evidence, EVIDENCE_COLUMNS),
        texts,
    )


def _table(rows: list[list], columns: list[str]) -> pd.DataFrame:
    """A table of rows; made column by column, since pandas is several times as slow with rows of long texts."""
    cells = dict(zip(columns, zip(*rows))) or dict.fromkeys(columns, ())
    types = {column: "int64" if column in NUMBERS else object if column == SPANS else "str" for column in columns}
    return pd.DataFrame({column: pd.Series(list(cells[column]), dtype=types[column]) for column in columns})


def _without_our_name(given: Mapping[str, str]) -> dict[str, str]:
    """Metadata whose column `source`, if the table has one, is called `source (table)`."""
    return {"source (table)" if column == "source" else column: value for column, value in given.items()}


def _evidence_rows(found: dict, row: dict, article: Article, line_starts: list[int]) -> list[list]:
    """The rows of evidence of an article: of its page, or of the table or file head where that is what holds."""
    rows = []
    for proof in article.evidence:
        if row[proof.field] and row[proof.field] == found[proof.field]:
            start, end = proof.words.origin(0, len(proof.words)) if len(proof.words) else (0, 0)
            line = bisect_right(line_starts, start) if end else 0
            place = [row["source"], line, start, end]
            rows.append([row["article_id"], proof.field, row[proof.field], proof.basis, proof.words.text, *place])
    for name in (*FIELDS, "genre"):
        if row[name] and row[name] != found[name]:
            basis, _, words = row["date_basis"].split(": ", 2) if name == "date" else ("explicit", "", row[name])
            rows.append([row["article_id"], name, row[name], basis, words, row["source"], 0, 0, 0])
    return rows


def _stem(name: str) -> str:
    """The name of a source without its suffix; a row of a table keeps the table's name."""
    return name if "#" in name else PurePosixPath(name).with_suffix("").as_posix()


def dates_in_names(names: Iterable[str]) -> dict[str, str]:
    """Return the dates that the names of files say, as precise as they are.

    `2022-07-19`, `20220719` or `2022年7月` inside a name, or a year that is the whole name. Not told: two dates in one name (a
    range), `2003-04` (a month, or two years), names of rows of a table; and a name made of digits where another of the
    same form is no date, since then the files are merely numbered.

    Returns:
        ISO dates by name, of those that say one.
    """
    stems = {name: PurePosixPath(name).stem for name in names if "#" not in name}
    dates = {name: _named_date(stem) for name, stem in stems.items()}
    forms = {name: re.sub(r"\d", "0", stem) for name, stem in stems.items()}
    numbered = {form for name, form in forms.items() if not dates[name]}
    return {name: when for name, when in dates.items() if when and forms[name] not in numbered}


def _named_date(stem: str) -> str:
    """The date that the name of a file says without its suffix; empty if it says none, or more than one."""
    if re.fullmatch(r"(?:19|20)\d\d年?", stem):
        return stem[:4]
    found = list(_NAMED_DATE.finditer(stem))
    if len(found) != 1:
        return ""
    year, *parts, mark, month, day, alone = found[0].groups()
    if alone and (int(year) + 1) % 100 == int(alone):
        return ""
    parts = [part for part in (*parts, month, day, alone) if part]
    when = _iso("-".join([year, *parts]))
    return when if when.count("-") == len(parts) else ""  # else the day or month is none


def _with_given(row: dict, source: Source, named: Mapping[str, str], alone: bool) -> dict:
    """An article's row with what is given of its source: date and outlet hold for all its articles, the rest if it is alone."""
    for field_ in FIELDS:
        if not alone and field_ not in ("outlet", "date"):
            continue
        column, value = _field(source.given, field_)
        basis = f"explicit: column {column}: {value}"
        if not value and not row[field_]:
            value = source.hints.get(field_, "")
            basis = f"inferred: in the head of the file: {value}"
        name = named.get(source.name, "") if field_ == "date" and not value else ""
        if name and (not row["date"] or row["date_basis"].startswith("inferred") and len(name) > len(row["date"])):
            value, basis = name, f"inferred: the file's name: {source.name}"  # more than a year that a text implies
        if field_ == "date" and value:
            value = _iso(value)
            row["date_basis"] = basis if value else row["date_basis"]
        row[field_] = value or row[field_]
    return row


def _field(given: Mapping[str, str], field_: str) -> tuple[str, str]:
    """The column of a table that says a field, and what it says."""
    names = {column.strip().lower(): column for column in given}
    column = next((names[name] for name in FIELDS[field_] if name in names), "")
    return column, given[column].strip() if column else ""


def _iso(value: str) -> str:
    """A date as ISO text, as precise as it is given; empty if it is none."""
    found = _DATE.match(value.strip())
    if not found:
        return ""
    year, month, day = found["year"], found["month"], found["day"]
    if month and not 1 <= int(month) <= 12:
        return ""
    month_days = monthrange(int(year), int(month))[1] if month else 0
    day = day if day and 1 <= int(day) <= month_days else None
    return "-".join([year, *(f"{int(part):02d}" for part in (month, day) if part)])


def day_range(when: str) -> tuple[int, int]:
    """Return the first and the last day that a date may mean, as ordinals; without a date any day."""
    found = _ISO.fullmatch(when)
    if not found:
        return _ANY_DAY
    year, month, day = (int(part) if part else 0 for part in found.groups())
    try:
        first = date(year, month or 1, day or 1)
        return first.toordinal(), date(year, month or 12, day or monthrange(year, month or 12)[1]).toordinal()
    except ValueError:
        return _ANY_DAY


def sentences(text: str) -> list[str]:
    """Cut a text at its full stops, question and exclamation marks and ellipses, closing quotation marks included."""
    return [text[start:end].strip() for start, end in sentence_spans(text) if text[start:end].strip()]


def sentence_spans(text: str) -> list[tuple[int, int]]:
    """Return where each sentence of a text begins and ends; one follows the other without a gap."""
    return [found.span() for found in _SENTENCE.finditer(text)]


@lru_cache(4)  # of the sources at hand
def _line_starts(text: str) -> list[int]:
    """Offsets at which the lines of a text begin."""
    return list(
        accumulate((len(line) for line in text.split("\n")[:-1]), lambda here, length: here + length + 1, initial=0)
    )


def line_of(text: str, offset: int) -> int:
    """Line of the character at `offset`, counted from 1."""
    return bisect_right(_line_starts(text), offset)
