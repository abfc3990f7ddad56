"""Formulaicity: how much of a text is made of slogans and fixed wordings (提法), with the doubt that clumping leaves."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd
from scipy.stats import t

from qdlib.corpus import CREDIT_ROLES, Corpus, sentence_spans
from qdlib.slogans import HEADING_ROLES, bare
from qdlib.strings import find_strings

UNITS = ("article", "source", "outlet", "genre")
MEASURES = ["n_chars", "n_parts", "slogan_chars", "wording_chars", "formulaicity", "low", "high"]
ABOUT_ARTICLE = ["article_id", "headline", "source", "line"]


def formulaicity(
    corpus: Corpus,
    mined: pd.DataFrame,
    wordings: Iterable[str] = (),
    unit: str = "article",
    *,
    titles: bool = True,
) -> pd.DataFrame:
    """Return the share of each article's characters that stand in slogans or fixed wordings.

    formulaicity = (slogan_chars + wording_chars) / n_chars, from 0 (no formula) to 1 (nothing else). Characters are
    letters and digits (and +): marks and spaces count neither inside nor outside a formula, so that neither quotation
    marks nor short clauses weigh. Each character counts once, however many slogans and wordings it stands in; one in
    both counts for the slogan.

    The interval is for texts of parts like these. It takes the sentences of an article (of a pooled unit the articles),
    not the characters, for a random sample, since formulas come in clumps: Wilson's interval with the number of
    characters that would vary as much if they fell independently, p (1 - p) / variance of p over the parts, and with
    Student's t for few parts. Drawn from reports and news, samples of 20 to 200 sentences had the true share in their
    95 % interval in 91 to 95 % of cases; for fewer it is very wide. It does not cover formulas that were missed or wrongly found.

    Caveat: the share depends on what is called a formula. Compare only figures made with the same types of slogans and
    the same wordings; mind that headlines are made of formulas more than running text is.

    Args:
        corpus: the corpus; credits (byline, source) are left out.
        mined: its slogans as `mine_slogans` found them, or some of them (one type, or those above a score).
        wordings: fixed wordings, as they are written; a list of the package (`read_lexicon("official")`), the `string`
            column of `repeated_strings`, or your own. They are found inside longer words too.
        unit: `article`, or `source`, `outlet` or `genre` to pool the articles of each.
        titles: whether headlines, subtitles and subheads count.

    Returns:
        A table, one row a unit with text, in the order of the corpus:

        - `article_id, headline, source`: as in `articles`.
        - `line` (integer, from 1): the first raw line of the article.
        - `...` (text): for another unit its name, in place of these four.
        - `n_chars` (integer, characters): of the unit.
        - `n_parts` (integer): sentences or articles.
        - `slogan_chars` (integer, characters): in slogans.
        - `wording_chars` (integer, characters): in fixed wordings and no slogan.
        - `formulaicity` (number, 0 to 1): the share.
        - `low, high` (number, 0 to 1): its 95 % interval; missing for a single part.

    Raises:
        TypeError: `wordings` is one string.
        ValueError: a wording is empty, the unit is unknown, or a row of `mined` does not stand in the corpus.

    Reference:
        Franco, Little, Louis and Slud (2019), Comparative study of confidence intervals for proportions in complex
        sample surveys.
    """
    if unit not in UNITS:
        raise ValueError(f"unit must be one of {', '.join(UNITS)}, got {unit!r}")
    rows = corpus.paragraphs
    rows = rows[~rows["role"].isin([*CREDIT_ROLES, *(() if titles else HEADING_ROLES)])].reset_index(drop=True)
    parts = _sentences(rows, _slogan_spans(corpus, rows, mined), find_strings(rows["text"], wordings))
    if unit != "article":
        parts = parts.groupby("article_id", sort=False, as_index=False).sum()
    about = corpus.articles.merge(rows.groupby("article_id", as_index=False)["line"].first(), on="article_id")
    keys = ABOUT_ARTICLE if unit == "article" else [unit]
    units = parts.merge(about[list(dict.fromkeys(["article_id", *keys]))], on="article_id").groupby(keys, sort=False)
    return pd.DataFrame([[*key, *_measures(of_unit)] for key, of_unit in units], columns=[*keys, *MEASURES])


def _slogan_spans(corpus: Corpus, rows: pd.DataFrame, mined: pd.DataFrame) -> pd.DataFrame:
    """Where the mined slogans stand: `text` (the number of the row), `start, end`; those in other paragraphs are left out."""
    needed = ["slogan", "article_id", "paragraph", "offset"]
    if missing := [name for name in needed if name not in mined]:
        raise ValueError(f"mined has no column {', '.join(missing)}; give the table that mine_slogans(corpus) returns")
    columns = (corpus.paragraphs[name] for name in ("article_id", "paragraph", "text"))
    texts = {(article, paragraph): text for article, paragraph, text in zip(*columns)}
    number = {place: i for i, place in enumerate(zip(rows["article_id"], rows["paragraph"]))}
    spans = []
    for slogan, article, paragraph, offset in mined[needed].itertuples(index=False, name=None):
        if not texts.get((article, paragraph), "").startswith(slogan, offset):
            raise ValueError(
                f"mined says that {slogan!r} stands at {offset} in paragraph {paragraph} of {article!r}, which it does "
                "not; give the table that mine_slogans returned for this corpus"
            )
        if (article, paragraph) in number:
            spans.append([number[article, paragraph], offset, offset + len(slogan)])
    return pd.DataFrame(np.array(spans, int).reshape(-1, 3), columns=["text", "start", "end"])


def _sentences(rows: pd.DataFrame, slogans: pd.DataFrame, wordings: pd.DataFrame) -> pd.DataFrame:
    """Of each sentence with characters that count how many there are, and how many in slogans and in wordings."""
    texts = rows["text"].tolist()
    begins = np.cumsum([0, *map(len, texts)])
    counted = _counted("".join(texts))
    of_slogans = counted & _covered(begins, slogans)
    of_wordings = counted & _covered(begins, wordings) & ~of_slogans
    cuts = [[begin + start for start, _ in sentence_spans(text)] for begin, text in zip(begins.tolist(), texts)]
    firsts = np.array([first for of_text in cuts for first in of_text], int)
    table = pd.DataFrame({"article_id": rows["article_id"].repeat([len(of_text) for of_text in cuts])})
    for name, mask in (("n_chars", counted), ("slogan_chars", of_slogans), ("wording_chars", of_wordings)):
        table[name] = np.add.reduceat(mask, firsts, dtype=int) if len(firsts) else np.array([], int)
    return table[table["n_chars"] > 0]


def _counted(text: str) -> np.ndarray:
    """Which characters of a text are letters, digits or +."""
    counts = {character: bool(bare(character)) for character in set(text)}
    return np.array([counts[character] for character in text], bool)


def _covered(begins: np.ndarray, spans: pd.DataFrame) -> np.ndarray:
    """Which characters of all texts together lie in a span, given where the texts begin."""
    starts, ends = ((begins[spans["text"]] + spans[side]).to_numpy() for side in ("start", "end"))
    depth = np.bincount(starts, minlength=begins[-1] + 1) - np.bincount(ends, minlength=begins[-1] + 1)
    return np.cumsum(depth)[:-1] > 0


def _measures(parts: pd.DataFrame) -> list:
    """The measures of one unit, given its parts."""
    n, slogans, wordings = (parts[name].to_numpy() for name in ("n_chars", "slogan_chars", "wording_chars"))
    inside = slogans + wordings
    share = inside.sum() / n.sum()
    return [n.sum(), len(n), slogans.sum(), wordings.sum(), share, *clustered_interval(inside, n)]


def clustered_interval(inside: np.ndarray, sizes: np.ndarray, level: float = 0.95) -> tuple[float, float]:
    """Return the interval `(low, high)` of a share of characters that come in clusters.

    Args:
        inside: characters of each cluster that are inside.
        sizes: all its characters, above 0.
        level: of confidence.

    Returns:
        Wilson's interval with the effective number of characters, never more than there are; where none or all are
        inside, with the number of clusters. Missing for a single cluster.
    """
    n, total = len(sizes), sizes.sum()
    if n < 2:
        return np.nan, np.nan
    share = inside.sum() / total
    variance = n / (n - 1) * ((inside - share * sizes) ** 2).sum() / total**2
    chance = share * (1 - share)
    effective = n if not chance else total if variance * total <= chance else chance / variance
    q = t.ppf((1 + level) / 2, n - 1) ** 2 / effective
    middle, half = (share + q / 2) / (1 + q), np.sqrt(q * chance + q**2 / 4) / (1 + q)
    return float(max(0, middle - half)), float(min(1, middle + half))
