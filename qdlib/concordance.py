"""Concordance: every occurrence of a word or wording with its context (KWIC), traced to file and line, and how it is shown.

The search is on the text of paragraphs, not on tokens, so a wording is found however a segmenter would cut it.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable
from numbers import Integral

import pandas as pd

from qdlib.corpus import Corpus, sentence_spans

KWIC_COLUMNS = [
    "left", "keyword", "right", "article_id", "date", "source", "line", "role", "position", "paragraph", "offset", "start",
    "end", "pattern",
]  # fmt: skip
BOUNDS = ("paragraph", "sentence")
IGNORED = ("width", "quotes", "marks")
SHOWN = ["left", "keyword", "right", "date", "source", "line"]

_UNCOUNTED = re.compile(r"[^\w+]|_")  # marks and spaces; + is part of a number formula
_QUOTES = "“”‘’「」『』\"'＂＇"
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
            (quotation marks too, in the pattern and in the text: 跑出加速度 finds 跑出“加速度”); `marks` (everything but
            letters, digits and +: 你追我赶，再创新高 finds 你追我赶 再创新高). The keyword is shown as it is printed.
        within: where the context ends at the latest: at the `paragraph` or at the `sentence`.
        sort: the order of the rows, see `sort_lines`.

    Returns:
        A table, one row an occurrence: `left, keyword, right` (neighbours in the text), `article_id, date, source`, the
        raw `line` of the keyword, the `role` of its paragraph, its `position` in the article (the share of characters
        before it, from 0 to 1), `paragraph`, `offset` (in the text of the paragraph), `start, end` (raw offsets), and the
        `pattern` that found it.

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
    columns = ["article_id", "paragraph", "role", "text", "source"]
    before = corpus.paragraphs["text"].str.len().groupby(corpus.paragraphs["article_id"]).cumsum()
    sizes = before.groupby(corpus.paragraphs["article_id"]).transform("max")
    rows = []
    for (article, paragraph, role, text, source), so_far, size in zip(
        corpus.paragraphs[columns].itertuples(index=False, name=None), before, sizes
    ):
        for start, end, name in _hits(text, searches):
            low, high = _bounds(text, start, end, within)
            first, last, line = corpus.origin(article, paragraph, start, end)
            context = text[max(start - window, low) : start], text[start:end], text[end : min(end + window, high)]
            position = (so_far - len(text) + start) / size
            about = article, dates.get(article, ""), source, line, role, position, paragraph, start, first, last, name
            rows.append([*context, *about])
    return sort_lines(pd.DataFrame(rows, columns=KWIC_COLUMNS), sort)


def _searches(pattern: str | Iterable[str], regex: bool, ignore: str) -> dict[str, re.Pattern]:
    """The compiled patterns by what the caller calls them."""
    if ignore not in IGNORED:
        raise ValueError(f"ignore must be one of {', '.join(IGNORED)}, got {ignore!r}")
    patterns = [pattern] if isinstance(pattern, str) else list(pattern)
    if not patterns or not all(isinstance(one, str) and one for one in patterns):
        raise ValueError(f"pattern must not be empty; give the word or wording to look for, or a list, got {pattern!r}")
    return {one: _compiled(one) if regex else re.compile(_plain(one, ignore)) for one in patterns}


def _compiled(pattern: str) -> re.Pattern:
    """A regular expression as it stands."""
    try:
        return re.compile(pattern)
    except (re.error, OverflowError, RecursionError) as error:
        raise ValueError(f"pattern {pattern!r} is no regular expression: {error}") from None


def _plain(pattern: str, ignore: str) -> str:
    """A regular expression for a plain string: each character in either width, what is ignored free between them."""
    uncounted = {"width": "", "quotes": f"[{re.escape(_QUOTES)}]", "marks": _UNCOUNTED.pattern}[ignore]
    counted = re.sub(uncounted, "", pattern) if uncounted else pattern
    if not counted:
        raise ValueError(f"pattern {pattern!r} has nothing but what ignore={ignore!r} leaves out; use ignore='width'")
    either = (re.escape(c) if c not in _WIDTHS else f"[{re.escape(c)}{re.escape(_WIDTHS[c])}]" for c in counted)
    return f"(?:{uncounted})*".join(either) if uncounted else "".join(either)


def _hits(text: str, searches: dict[str, re.Pattern]) -> list[tuple[int, int, str]]:
    """Where the patterns occur in a text, from left to right; of two that begin together the longer one first."""
    found = []
    for name, search in searches.items():
        group = "keyword" if "keyword" in search.groupindex else 0
        found += [(*hit.span(group), name) for hit in search.finditer(text) if hit[group]]
    return sorted(found, key=lambda hit: (hit[0], -hit[1])) if len(searches) > 1 else found


def _bounds(text: str, start: int, end: int, within: str) -> tuple[int, int]:
    """Where the context of a span may begin and must end."""
    if within == "paragraph":
        return 0, len(text)
    begins = [begin for begin, _ in sentence_spans(text)] + [len(text)]
    return begins[bisect_right(begins, start) - 1], begins[bisect_right(begins, end - 1)]


# -- the order of lines -----------------------------------------------------------------------------------------------


def _counted(text: str) -> str:
    """A string without marks and spaces."""
    return _UNCOUNTED.sub("", text)


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
