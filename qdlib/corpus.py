"""`load_corpus`: from files to four plain tables - sources, articles, paragraphs and the ledger of every raw character."""

from __future__ import annotations

import hashlib
import re
import warnings
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import accumulate
from pathlib import Path

import pandas as pd

from qdlib.pages import split_page
from qdlib.readers import CorpusWarning, ReadError, find_sources, read_source
from qdlib.repair import repair
from qdlib.traced import TracedText

SOURCE_COLUMNS = ["source", "sha256", "encoding", "n_chars", "kept", "replaced", "removed", "problem"]
ARTICLE_COLUMNS = [
    "article_id", "source", "headline", "subtitle", "byline", "outlet", "date", "date_basis", "genre", "part_of", "n_chars",
]  # fmt: skip
PARAGRAPH_COLUMNS = ["article_id", "paragraph", "role", "text", "source", "line", "start", "end", "spans"]
LEDGER_COLUMNS = ["source", "start", "end", "action", "rule", "before", "after"]

UNITS = ("article", "section", "paragraph", "sentence")
# Lines about an article rather than of it: who wrote it, where it is from.
CREDIT_ROLES = ("byline", "source")

_SENTENCE = re.compile(r"[^。！？!?…]*[。！？!?…]+[”’」』）)]*|[^。！？!?…]+$")


@dataclass(frozen=True)
class Corpus:
    """Four tables made from a set of files; see the codebook in the README for their columns.

    Attributes:
        sources: one row a file, the unreadable ones included (`problem` says why).
        articles: one row an article, caption or side piece.
        paragraphs: one row a paragraph, in reading order; `start` and `end` are raw offsets of its beginning and end,
            `spans` all its raw spans (more than one where the page had cut it).
        ledger: one row a run of raw characters with one fate: kept, replaced or removed, by which rule.
    """

    sources: pd.DataFrame
    articles: pd.DataFrame
    paragraphs: pd.DataFrame
    ledger: pd.DataFrame
    _texts: dict[tuple[str, int], TracedText] = field(default_factory=dict, repr=False)

    @property
    def fingerprint(self) -> str:
        """Eight hexadecimal digits that stand for exactly these files, to be printed under figures."""
        return hashlib.sha256("\n".join(sorted(self.sources["sha256"])).encode()).hexdigest()[:8]

    def __repr__(self) -> str:
        captions = int((self.articles["genre"] == "caption").sum())
        return (
            f"Corpus {self.fingerprint}: {len(self.sources)} sources, {len(self.articles) - captions} articles and "
            f"{captions} captions, {len(self.paragraphs)} paragraphs, {int(self.articles['n_chars'].sum()):,} characters"
        )

    def labels(self) -> dict[str, str]:
        """Return a short label for each source: date and outlet where they are known, else the file's name."""
        labels: dict[str, str] = {}
        for source in self.sources["source"]:
            first = self.articles[self.articles["source"] == source].head(1)
            known = " ".join(first[["date", "outlet"]].iloc[0]).strip() if len(first) else ""
            label = known or Path(source).stem[:20]
            labels[source] = label if label not in labels.values() else f"{label} ({Path(source).stem[:12]})"
        return labels

    def documents(self, unit: str = "article", roles: Iterable[str] | None = None) -> pd.DataFrame:
        """Return the corpus cut into units of analysis.

        Args:
            unit: `article`; `section` (from one subhead to the next); `paragraph`; or `sentence`.
            roles: paragraph roles to take; all but the credits (byline, source) if not given.

        Returns:
            A table `document, article_id, text, n_chars` with the article's `source, date, outlet, genre` and the first
            raw `line`; for paragraphs and sentences also `role`. Rows are numbered from 0, as token lists made of `text` are.
            Units without text are left out.

        Raises:
            ValueError: the unit is unknown, or `roles` is a single string.
        """
        if unit not in UNITS:
            raise ValueError(f"unit must be one of {', '.join(UNITS)}, got {unit!r}")
        if isinstance(roles, str):
            raise ValueError(f"roles must be a list of roles, got {roles!r}; write [{roles!r}]")
        rows = self.paragraphs
        rows = rows[~rows["role"].isin(CREDIT_ROLES)] if roles is None else rows[rows["role"].isin(list(roles))]
        rows = rows[["article_id", "paragraph", "role", "text", "line"]]
        if unit == "sentence":
            rows = (
                rows.assign(text=rows["text"].map(sentences)).explode("text", ignore_index=True).dropna(subset=["text"])
            )
        if unit in ("article", "section"):
            section = (rows["role"] == "subhead").groupby(rows["article_id"]).cumsum()
            keys = [rows["article_id"]] if unit == "article" else [rows["article_id"], section.rename("section")]
            rows = rows.groupby(keys, sort=False).agg(text=("text", "\n".join), line=("line", "first")).reset_index()
        about = self.articles.set_index("article_id")[["source", "date", "outlet", "genre"]]
        rows = rows.join(about, on="article_id").assign(n_chars=rows["text"].str.len())
        names = rows["article_id"].astype(str)
        if unit != "article":
            names = names + "." + rows.groupby("article_id").cumcount().add(1).astype(str).str.zfill(3)
        columns = ["document", "article_id", "role", "text", "n_chars", "source", "line", "date", "outlet", "genre"]
        return (
            rows.assign(document=names)
            .reindex(columns=[c for c in columns if c in rows or c == "document"])
            .reset_index(drop=True)
        )

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
        return first, last, line_of(text.raw, first)

    def trace(self, source: str, start: int, end: int) -> pd.DataFrame:
        """Return the ledger rows that a raw span of a source touches, with the line each begins on.

        Raises:
            KeyError: the source is not in the corpus.
        """
        if source not in set(self.sources["source"]):
            raise KeyError(f"source {source!r} is not in the corpus; it has {', '.join(self.sources['source'])}")
        rows = self.ledger[self.ledger["source"] == source]
        rows = rows.assign(line=(rows["before"].str.count("\n").cumsum().shift(fill_value=0) + 1).astype(int))
        return rows[(rows["end"] > start) & (rows["start"] < end)].reset_index(drop=True)


def load_corpus(place: str | Path | Iterable[str | Path], script: str = "simplified") -> Corpus:
    """Read files, undo their damage, cut them into articles, and keep the account.

    Args:
        place: a folder (its `.txt` files, subfolders included), a file, or a list of them.
        script: `simplified` turns traditional characters into simplified ones; `keep` leaves them.

    Returns:
        The corpus. A file that cannot be read is set aside with a `CorpusWarning` and its row in `sources`.

    Raises:
        FileNotFoundError: a place does not exist.
        ReadError: no file could be read.
        ValueError: there is no file, or `script` is unknown.
    """
    read = [read_source(path, name) for name, path in find_sources(place)]
    problems = [f"{source.name}: {source.problem}" for source in read if source.problem]
    if len(problems) == len(read):
        raise ReadError("no source could be read:\n" + "\n".join(problems))
    for problem in problems:
        warnings.warn(problem, CorpusWarning, stacklevel=2)

    sources, articles, paragraphs, ledgers, texts = [], [], [], [], {}
    stems = Counter(Path(source.name).with_suffix("").as_posix() for source in read)
    for source in read:
        page = split_page(repair(source.text, script=script))
        counts = page.account.counts()
        sources.append(
            [source.name, source.sha256, source.encoding, len(source.text), *counts.values(), source.problem]
        )
        ledgers.append(page.account.ledger().assign(source=source.name))
        line_starts = _line_starts(source.text)
        stem = Path(source.name).with_suffix("").as_posix()
        stem = stem if stems[stem] == 1 else source.name  # x.txt and x.md together keep their suffixes
        ids = [f"{stem}-{number}" for number in range(1, len(page.articles) + 1)]
        for article_id, article in zip(ids, page.articles):
            for number, (role, text) in enumerate(article.paragraphs):
                start, end = text.origin(0, len(text))
                line = bisect_right(line_starts, start)
                paragraphs.append([article_id, number, role, text.text, source.name, line, start, end, text.spans()])
                texts[article_id, number] = text
            part_of = ids[article.part_of] if article.part_of is not None else ""
            n_chars = sum(len(text) for _, text in article.paragraphs)
            articles.append([article_id, source.name, *article.metadata(), part_of, n_chars])
    return Corpus(
        pd.DataFrame(sources, columns=SOURCE_COLUMNS),
        pd.DataFrame(articles, columns=ARTICLE_COLUMNS),
        pd.DataFrame(paragraphs, columns=PARAGRAPH_COLUMNS),
        pd.concat(ledgers, ignore_index=True)[LEDGER_COLUMNS],
        texts,
    )


def sentences(text: str) -> list[str]:
    """Cut a text at its full stops, question and exclamation marks and ellipses, closing quotation marks included."""
    return [found.strip() for found in _SENTENCE.findall(text) if found.strip()]


def _line_starts(text: str) -> list[int]:
    """Offsets at which the lines of a text begin."""
    return list(
        accumulate((len(line) for line in text.split("\n")[:-1]), lambda here, length: here + length + 1, initial=0)
    )


def line_of(text: str, offset: int) -> int:
    """Line of the character at `offset`, counted from 1."""
    return text.count("\n", 0, offset) + 1
