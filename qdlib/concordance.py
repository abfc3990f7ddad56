"""Concordance: every occurrence of a word or wording with its context (KWIC), traced to file and line, and how it is shown.

The search is on the text of paragraphs, not on tokens, so a wording is found however a segmenter would cut it.
"""

from __future__ import annotations

import html
import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from numbers import Integral

import pandas as pd
from pandas.api.types import is_numeric_dtype

from qdlib.corpus import Corpus, sentence_spans

KWIC_COLUMNS = [
    "left", "keyword", "right", "article_id", "date", "source", "line", "role", "position", "paragraph", "offset", "start",
    "end", "pattern",
]  # fmt: skip
BOUNDS = ("paragraph", "sentence")
IGNORED = ("width", "quotes", "marks")
SHOWN = ["left", "keyword", "right", "date", "source", "line"]
LONG = 12  # characters; longer cells beside the context may be broken where a page is narrow

_MARKS = r"[^\w+＋]"  # spaces too; + is part of number formulas
_QUOTES = "[“”‘’「」『』\"'＂＇]"
_WIDTHS = {chr(code): chr(code + 0xFEE0) for code in range(0x21, 0x7F)} | {" ": "　"}
_WIDTHS |= {wide: narrow for narrow, wide in _WIDTHS.items()}


def kwic(
    corpus: Corpus,
    pattern: str | Iterable[str],
    window: int = 15,
    regex: bool = False,
    *,
    ignore: str = "width",
    within: str = "paragraph",
    sort: str | Iterable[str] = "corpus",
) -> pd.DataFrame:
    """Find a string in the text and show each occurrence in its context.

    A keyword inside a longer word is found too (印度 in 印度尼西亚). Nothing is found across two paragraphs. Occurrences of one
    pattern do not overlap (首首 is found once in 首首首), those of several may.

    A regular expression is matched as it stands, and seen by it is the whole paragraph: `^` and `$` are its beginning and
    end, lookaround reaches beyond the window. If it has a group named `keyword`, that group is the keyword and what
    stands around it is context: `(?P<keyword>印度)尼西亚`; inside a lookahead, `(?=(?P<keyword>首首))`, overlapping ones
    are found too. Empty matches are passed over. Python cannot stop an expression that runs away: a repeat inside a
    repeat, `(好+)+。`, takes twice as long for each 好 more, so write `好+。`.

    Args:
        corpus: where to look; every paragraph, headlines and credits included (`role` tells them apart).
        pattern: the string or, with `regex`, the regular expression; or several.
        window: characters of context on each side.
        regex: whether `pattern` is a regular expression.
        ignore: what does not count in a plain search: `width` (, and ，, 1 and １ are the same; marks count); `quotes`
            (quotation marks too, in the pattern and in the text: 养成好习惯 finds 养成“好习惯”); `marks` (everything but
            letters, digits and +: 你追我赶，再创新高 finds 你追我赶 再创新高). The keyword is shown as it is printed.
        within: where the context ends at the latest: at the `paragraph` or at the `sentence`.
        sort: the order of the rows, see `sort_lines`.

    Returns:
        A table, one row an occurrence:

        - `left, keyword, right` (text): the keyword as it is printed, and its neighbours in the text.
        - `article_id, date, source`: as in `articles`.
        - `line`: as in `paragraphs`, of the keyword.
        - `role`: as in `paragraphs`.
        - `position` (number, 0 to 1): where in the article: the share of characters before it.
        - `paragraph`: as in `paragraphs`.
        - `offset` (integer, characters): where it begins in the text of the paragraph.
        - `start, end`: as in `paragraphs`, of the keyword.
        - `pattern` (text): the pattern that found it.

    Raises:
        ValueError: a pattern is empty, of ignored marks only or no regular expression, there is none, or another argument
            is not one of those named.
    """
    if not isinstance(window, Integral) or window < 0:
        raise ValueError(f"window must be 0 or more characters, got {window!r}")
    if within not in BOUNDS:
        raise ValueError(f"within must be one of {', '.join(BOUNDS)}, got {within!r}")
    searches = _searches(pattern, regex, ignore)
    dates = dict(zip(corpus.articles["article_id"], corpus.articles["date"]))
    rows = []
    for article, paragraph, role, text, source, before, size in _paragraphs(corpus).itertuples(index=False, name=None):
        hits = _hits(text, searches)
        bounds = _bounds(text, within) if hits else []
        for start, end, name in hits:
            low = max(start - window, bounds[bisect_right(bounds, start) - 1])
            high = min(end + window, bounds[bisect_left(bounds, end)])
            first, last, line = corpus.origin(article, paragraph, start, end)
            about = [article, dates.get(article, ""), source, line, role, (before + start) / size, paragraph, start]
            rows.append([text[low:start], text[start:end], text[end:high], *about, first, last, name])
    return sort_lines(pd.DataFrame(rows, columns=KWIC_COLUMNS), sort)


def _paragraphs(corpus: Corpus) -> pd.DataFrame:
    """What is searched, with the number of characters before each paragraph and of all in its article."""
    rows = corpus.paragraphs[["article_id", "paragraph", "role", "text", "source"]]
    lengths = rows["text"].str.len()
    by_article = lengths.groupby(rows["article_id"])
    return rows.assign(before=by_article.cumsum() - lengths, size=by_article.transform("sum"))


def _searches(pattern: str | Iterable[str], regex: bool, ignore: str) -> dict[str, re.Pattern]:
    """The compiled patterns by what the caller calls them."""
    if ignore not in IGNORED:
        raise ValueError(f"ignore must be one of {', '.join(IGNORED)}, got {ignore!r}")
    if regex and ignore != "width":
        raise ValueError(
            f"ignore={ignore!r} is for plain searches; say in the regular expression what may stand between"
        )
    patterns = list(pattern) if isinstance(pattern, Iterable) and not isinstance(pattern, str) else [pattern]
    if not patterns or not all(isinstance(one, str) and one for one in patterns):
        raise ValueError(f"pattern must not be empty; give the word or wording to look for or several, got {pattern!r}")
    return {one: _compiled(one) if regex else re.compile(_plain(one, ignore)) for one in patterns}


def _compiled(pattern: str) -> re.Pattern:
    """A regular expression as it stands."""
    try:
        return re.compile(pattern)
    except (re.error, OverflowError, RecursionError) as error:
        raise ValueError(f"pattern {pattern!r} is no regular expression: {error}") from None


def _plain(pattern: str, ignore: str) -> str:
    """A regular expression for a plain string: each character in either width, what is ignored free between them."""
    ignored = {"width": "", "quotes": _QUOTES, "marks": _MARKS}[ignore]
    counted = re.sub(ignored, "", pattern) if ignored else pattern
    if not counted:
        raise ValueError(f"pattern {pattern!r} has nothing but what ignore={ignore!r} leaves out; use ignore='width'")
    either = (f"[{re.escape(c + _WIDTHS[c])}]" if c in _WIDTHS else re.escape(c) for c in counted)
    return f"{ignored}*".join(either) if ignored else "".join(either)


def _hits(text: str, searches: dict[str, re.Pattern]) -> list[tuple[int, int, str]]:
    """Where the patterns occur in a text, from left to right; of two that begin together the longer one first."""
    found = []
    for name, search in searches.items():
        group = "keyword" if "keyword" in search.groupindex else 0
        found += [(*hit.span(group), name) for hit in search.finditer(text) if hit[group]]
    return sorted(found, key=lambda hit: (hit[0], -hit[1])) if len(searches) > 1 else found


def _bounds(text: str, within: str) -> list[int]:
    """Offsets that a context may reach but not cross."""
    return [0, len(text)] if within == "paragraph" else [0, *(end for _, end in sentence_spans(text))]


# -- the order of lines -----------------------------------------------------------------------------------------------


def _counted(text: str) -> str:
    """A string without marks and spaces."""
    return re.sub(_MARKS, "", text)


# What each key compares; a line without a date comes last.
_KEYS: dict[str, tuple[str, Callable]] = {
    "left": ("left", lambda text: _counted(text)[::-1]),
    "right": ("right", _counted),
    "keyword": ("keyword", _counted),
    "pattern": ("pattern", str),
    "date": ("date", lambda date: (not date, date)),
}


def sort_lines(lines: pd.DataFrame, by: str | Iterable[str]) -> pd.DataFrame:
    """Put a concordance in another order, so that what is alike stands together.

    Args:
        lines: a table of `kwic`, or some of its rows.
        by: a key or several, the first the weightiest: `left` (the left context from the keyword outwards), `right`,
            `keyword`, `pattern`, `date` (unknown ones last), `corpus` (as the lines come). Marks and spaces are passed over; characters
            are in the order of their code points. Lines that are alike stay as they come.

    Returns:
        The same rows:

        - `left, keyword, right, article_id, date, source, line, role, position, paragraph, offset, start, end,
          pattern`: as in `kwic`.

    Raises:
        ValueError: a key is unknown.
    """
    keys = [by] if isinstance(by, str) else list(by)
    known = [*_KEYS, "corpus"]
    if not keys or set(keys) - set(known):
        raise ValueError(f"sort must be one or more of {', '.join(known)}, got {by!r}")
    keys = keys[: keys.index("corpus")] if "corpus" in keys else keys
    values = [list(map(_KEYS[key][1], lines[_KEYS[key][0]])) for key in keys]
    order = sorted(range(len(lines)), key=lambda i: tuple(column[i] for column in values))
    return lines.iloc[order].reset_index(drop=True)


# -- how it is shown --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, repr=False)
class Aligned:
    """A concordance laid out: `html` is what a notebook shows, `text` what a terminal prints."""

    html: str
    text: str

    def _repr_html_(self) -> str:
        return self.html

    def __repr__(self) -> str:
        return self.text


def aligned(lines: pd.DataFrame, most: int = 50, about: Iterable[str] | None = None) -> Aligned:
    """Lay a concordance out with the keywords under each other.

    Text of the corpus is shown as text: HTML is escaped, mathematics is not set, and characters that are unseen, break
    lines or turn the direction of writing are shown by their code points, as [U+202E]. In plain text a Chinese character takes two
    columns, quotation marks and dashes take one.

    Args:
        lines: a table of `kwic`, or some of its rows or columns.
        most: the first so many lines are shown; the caption says of how many.
        about: columns shown beside left, keyword and right; `date`, `source` and `line` if not given.

    Raises:
        ValueError: a column is missing, or `most` is below 1.
    """
    if not isinstance(most, Integral) or most < 1:
        raise ValueError(f"most must be 1 or more lines, got {most!r}")
    about = [name for name in SHOWN[3:] if name in lines] if about is None else list(about)
    columns = list(dict.fromkeys(SHOWN[:3] + about))
    if missing := [name for name in columns if name not in lines]:
        raise ValueError(f"lines has no column {', '.join(missing)}; give a table of kwic with the columns to show")
    cells = [[_cell(value) for value in row] for row in lines[columns].head(most).itertuples(index=False)]
    n = f"{len(lines):,} line{'s' * (len(lines) != 1)}"
    caption = n if len(lines) <= most else f"first {most:,} of {n}"
    sides = ["right", "center"] + ["right" if is_numeric_dtype(lines[name]) else "left" for name in columns[2:]]
    return Aligned(_as_html(columns, cells, sides, caption), _as_text(columns, cells, sides, caption))


def _cell(value: object) -> str:
    """A value as text of which every character is seen and none moves another."""
    text = "" if pd.isna(value) else f"{value:.3f}" if isinstance(value, float) else str(value)
    unseen = ("Cc", "Cf", "Cs", "Zl", "Zp")
    return "".join(f"[U+{ord(c):04X}]" if unicodedata.category(c) in unseen else c for c in text)


def _as_html(columns: list[str], cells: list[list[str]], sides: list[str], caption: str) -> str:
    """A table without colours of its own, so that it suits any theme; styles stand in the cells, where none strips them."""
    longest = [0, 0, 0, *(max(map(len, column)) for column in list(zip(columns, *cells))[3:])]
    spaces = ["overflow-wrap:anywhere" if n > LONG else "white-space:pre" for n in longest]
    styles = [f'align="{side}" style="text-align:{side};{space}"' for side, space in zip(sides, spaces)]
    head = "".join(f"<th {style}>{html.escape(name)}</th>" for name, style in zip(columns, styles))
    rows = []
    for left, keyword, *others in ([html.escape(cell) for cell in row] for row in cells):
        row = "".join(f"<td {style}>{cell}</td>" for cell, style in zip([left, f"<b>{keyword}</b>", *others], styles))
        rows.append(f"<tr>{row}</tr>\n")
    return (
        '<table lang="zh" class="mathjax_ignore tex2jax_ignore">\n'
        f'<caption style="text-align:left">{caption}</caption>\n'
        f"<thead><tr>{head}</tr></thead>\n<tbody>\n{''.join(rows)}</tbody>\n</table>"
    )


def _as_text(columns: list[str], cells: list[list[str]], sides: list[str], caption: str) -> str:
    """Lines of padded text, the caption below them."""
    rows = [columns, *cells]
    widths = [max(map(_n_columns, column)) for column in zip(*rows)]
    padded = ("  ".join(map(_padded, row, widths, sides)).rstrip() for row in rows)
    return "\n".join([*padded, caption])


def _padded(text: str, width: int, side: str) -> str:
    """A text filled up with spaces to so many columns."""
    room = width - _n_columns(text)
    before = {"left": 0, "center": room // 2, "right": room}[side]
    return " " * before + text + " " * (room - before)


def _n_columns(text: str) -> int:
    """Columns that a text takes in a terminal: two for each wide character, none for combining ones."""
    wide = sum(unicodedata.east_asian_width(c) in "WF" for c in text)
    return len(text) + wide - sum(unicodedata.category(c) in ("Mn", "Me") for c in text)
