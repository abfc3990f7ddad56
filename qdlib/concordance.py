"""Concordance: every occurrence of a word or wording with its context (KWIC), traced to file and line."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pandas as pd

from qdlib.corpus import Corpus

if TYPE_CHECKING:
    from IPython.display import HTML

KWIC_COLUMNS = ["left", "keyword", "right", "article_id", "date", "source", "line"]


def kwic(corpus: Corpus, pattern: str, window: int = 15, regex: bool = False) -> pd.DataFrame:
    """Find a string in the text, not in the tokens, so that a wording is found however a segmenter would cut it.

    Full- and half-width punctuation count as the same, except with `regex`. A keyword inside a longer word is found too (印度 in 印度尼西亚).

    Args:
        corpus: where to look.
        pattern: the string, or with `regex` a regular expression.
        window: characters of context on each side, within the paragraph.
        regex: whether `pattern` is a regular expression.

    Returns:
        A table `left, keyword, right, article_id, date, source, line`, one row an occurrence in the order of the corpus;
        `line` is the raw line of the keyword. Occurrences do not overlap.

    Raises:
        ValueError: the pattern is empty or no regular expression, or the window is negative.
    """
    if not pattern:
        raise ValueError("pattern must not be empty; give the word or wording to look for")
    if window < 0:
        raise ValueError(f"window must be 0 or more characters, got {window}")
    try:
        found = re.compile(pattern if regex else re.escape(_widen(pattern)))
    except re.error as error:
        raise ValueError(f"pattern {pattern!r} is no regular expression: {error}") from None
    dates = dict(zip(corpus.articles["article_id"], corpus.articles["date"]))
    rows = []
    columns = ["article_id", "paragraph", "text", "source"]
    for article_id, paragraph, text, source in corpus.paragraphs[columns].itertuples(index=False):
        for hit in found.finditer(text if regex else _widen(text)):
            start, end = hit.span()
            if start < end:
                *_, line = corpus.origin(article_id, paragraph, start, end)
                left, right = text[max(start - window, 0) : start], text[end : end + window]
                rows.append([left, text[start:end], right, article_id, dates[article_id], source, line])
    return pd.DataFrame(rows, columns=KWIC_COLUMNS)


def aligned(lines: pd.DataFrame) -> HTML:
    """Return a concordance as a table for the notebook, the keywords under each other; text of the corpus is escaped."""
    from IPython.display import HTML

    styler = (
        lines.style.format(escape="html")
        .hide(axis="index")
        .set_uuid("kwic")
        .set_properties(**{"white-space": "nowrap"})
    )
    for column, side in (("left", "right"), ("keyword", "center"), ("right", "left")):
        styler = styler.set_properties(subset=[column], **{"text-align": side})
    return HTML(styler.set_properties(subset=["keyword"], **{"font-weight": "bold"}).to_html())


_WIDE = str.maketrans(",:;!?()", "，：；！？（）")


def _widen(text: str) -> str:
    """Turn half-width punctuation full-width, one character for one."""
    return text.translate(_WIDE)
