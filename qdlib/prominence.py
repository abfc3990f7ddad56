"""Prominence: how strong a wording stands in a corpus, and how sure that is.

How many articles have it, whether it is key against another corpus, how evenly it is spread, what company it keeps, where
in the article it stands and in whose voice. What counts are set against is characters, since a wording is no token.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate

import numpy as np
import pandas as pd
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.stats import beta

from qdlib.corpus import PLACES, Corpus
from qdlib.duplicates import find_duplicates
from qdlib.measures import association, dispersion, dispersion_by_chance, keyness, share_interval
from qdlib.wordings import (
    Wordings,
    counted_texts,
    forms_of,
    locate,
    main_articles,
    on_texts,
    voice_lengths,
    voices_of,
)
from qdlib.words import content_words, segment

PARTS = ("article", "section", "source")
# Least shares of the two highest tiers of the China Media Project's scale; those of the lower ones are not published.
TIERS = {"沸": 0.0518, "烫": 0.0129}
BELOW = "below 烫"

SHARE_COLUMNS = [
    "wording", "count", "own", "n_articles", "articles", "n_distinct", "distinct", "share", "low", "high", "tier", "flip",
]  # fmt: skip
KEYNESS_COLUMNS = [
    "wording", "target", "target_own", "reference", "reference_own", "g2", "g2_four", "log_ratio", "log_ratio_low",
]  # fmt: skip
DISPERSION_COLUMNS = [
    "wording", "count", "range", "parts", "dp", "dp_norm", "d", "chance_low", "chance", "chance_high",
]  # fmt: skip


# -- how many articles have it ----------------------------------------------------------------------------------------


def article_share(corpus: Corpus, wordings: Wordings, by: str = "slogan", reprints: float | None = 0.5) -> pd.DataFrame:
    """Say in how many articles each wording stands, with an interval and a temperature.

    Captions and side pieces count with the article they are part of. The tier is that of the China Media Project's scale
    by share of articles, 沸 (boiling) from 0.0518 and 烫 (scalding) from 0.0129 (Qian 2017); no lower cut-off by share is
    published, so what lies below is `below 烫`. The scale was made for all articles of the People's Daily in a year: for
    other texts, and pages that were chosen for their subject above all, a tier only says where the share would lie on it.

    `flip` says how likely the true share lies in another tier than the one found: 1 less the probability of that tier
    under Beta(k + 0.5, n - k + 0.5), what Jeffreys' prior and k of n articles leave to believe; from 0 (sure) to 1. A
    corpus is too small for the scale where one article more or less decides: of fewer than 20 articles a single one
    makes 沸, of fewer than 78 it makes 烫. Interval and flip suppose articles drawn at random and are too narrow for
    others.

    Args:
        corpus, wordings, by: as in `find_wordings`.
        reprints: articles at least so similar count as one (see `find_duplicates`); None to count each.

    Returns:
        A table, one row a wording in the order given:

        - `wording` (text): as it was given, or the name of the family.
        - `count` (integer): occurrences.
        - `own` (integer): those inside no longer wording of the list.
        - `n_articles, articles` (integer): articles with it, and all.
        - `n_distinct, distinct` (integer): the same with reprints taken as one.
        - `share` (number, 0 to 1): n_distinct / distinct.
        - `low, high` (number, 0 to 1): its 95 per cent interval (Wilson).
        - `tier` (text, one of 沸, 烫, below 烫): of the scale.
        - `flip` (number, 0 to 1): how likely the true share lies in another tier.

    Raises:
        ValueError: the corpus has no article; see also `find_wordings`.

    Reference:
        Qian Gang (2017), 2017上半年語象觀察, 風傳媒, 12 July: 沸 is used in 2,000 articles of a year or more, a share of
        0.0518, 烫 in 500, a share of 0.0129.
    """
    texts, found, names = locate(corpus, wordings, by)
    articles = sorted(set(main_articles(corpus).values()) - {""})
    if not articles:
        raise ValueError("corpus has no article, only captions; the share of articles needs at least one")
    groups = _same_text(corpus, articles, reprints)
    article = texts["article"].take(found["text"])
    found = found.assign(n_articles=article.where(article != "").array, n_distinct=article.map(groups).array)
    table = _counts(found, names)
    for column in ("n_articles", "n_distinct"):
        table[column] = found.groupby("wording")[column].nunique().reindex(names, fill_value=0)
    table = table.assign(articles=len(articles), distinct=len(set(groups.values())))
    table["share"] = table["n_distinct"] / table["distinct"]
    judged = [(*share_interval(k, n), *_tier(k, n)) for k, n in zip(table["n_distinct"], table["distinct"])]
    table[["low", "high", "tier", "flip"]] = pd.DataFrame(judged, index=names, columns=["low", "high", "tier", "flip"])
    return table.reset_index()[SHARE_COLUMNS]


def _same_text(corpus: Corpus, articles: Sequence[str], reprints: float | None) -> dict[str, int]:
    """The number of its text for each article; reprints of one another share it."""
    number = {article: i for i, article in enumerate(articles)}
    pairs = []
    if reprints is not None:
        found = find_duplicates(corpus, "article", reprints)
        pairs = [(number[a], number[b]) for a, b in zip(found["document"], found["other"]) if {a, b} <= number.keys()]
    ends = tuple(zip(*pairs)) or ((), ())
    graph = coo_array(([1] * len(pairs), ends), shape=(len(articles), len(articles)))
    return dict(zip(articles, connected_components(graph, directed=False)[1].tolist()))


def _tier(k: int, n: int) -> tuple[str, float]:
    """Tier of k of n articles, and how likely the true share lies in another one."""
    names, least, below = [*TIERS, BELOW], [*TIERS.values(), 0.0], [1.0, *TIERS.values()]
    at = next(i for i, cut in enumerate(least) if k / n >= cut)
    low, high = beta.cdf([least[at], below[at]], k + 0.5, n - k + 0.5)
    return names[at], float(1 - (high - low))


def _counts(found: pd.DataFrame, names: pd.Index) -> pd.DataFrame:
    """Occurrences of each wording: `count`, and `own`, those inside no longer wording."""
    counts = found.groupby("wording")["own"].agg(["size", "sum"]).reindex(names, fill_value=0)
    return counts.set_axis(["count", "own"], axis=1).astype(int)


# -- against another corpus, and over this one ------------------------------------------------------------------------


def string_keyness(
    corpus: Corpus,
    reference: Corpus | Mapping[str, int] | pd.Series,
    wordings: Wordings,
    by: str = "slogan",
    measure: str = "g2",
) -> pd.DataFrame:
    """Compare the frequency of wordings in a corpus with that in a reference, per character.

    Args:
        corpus: the corpus; all occurrences on the text count, those in no row of a table of slogans too, since in the
            reference nothing is mined. A family with a common string among its variants has a high count for that.
        reference: another corpus; or a list of words with their counts, such as `jieba_frequencies()`, in which a word
            that contains the wording counts as an occurrence of it, as it does on a text.
        wordings, by: as in `find_wordings`.
        measure: what the table is sorted by, as in `keyness`; the level of its bound is corrected for the wordings in
            this table alone, which is too little if they were picked from more because they are frequent here.

    Returns:
        A table, one row a wording that occurs on either side; those that a list of words does not have come last, their
        measures missing: it cannot say that they are rare.

        - `wording` (text): as it was given, or the name of the family.
        - `target, reference` (integer): all occurrences on each side.
        - `target_own, reference_own` (integer): those inside no longer wording of the list.
        - `g2, g2_four, log_ratio, log_ratio_low`: as in `keyness`, on all occurrences, with the characters of both
          sides as sizes.

    Raises:
        ValueError: one side has no text; see also `find_wordings`.
    """
    forms = forms_of(wordings, by)
    target, size = _text_counts(corpus, forms)
    count = _text_counts if isinstance(reference, Corpus) else _list_counts
    other, other_size = count(reference, forms)
    counts = target.set_axis(["target", "target_own"], axis=1)
    counts = counts.join(other.set_axis(["reference", "reference_own"], axis=1).astype("Int64"))
    known = counts.dropna()
    scores = keyness(known["target"], known["reference"], measure, sizes=(size, other_size)).set_index("term")
    unknown = counts.index[counts["reference"].isna() & (counts["target"] > 0)]
    table = counts.join(scores.drop(columns=["target", "reference"])).loc[[*scores.index, *unknown]]
    return table.rename_axis("wording").reset_index()[KEYNESS_COLUMNS]


def _text_counts(corpus: Corpus, forms: pd.DataFrame) -> tuple[pd.DataFrame, int]:
    """Counts of wordings on a corpus, and its characters."""
    texts = counted_texts(corpus)
    return _counts(on_texts(texts["text"], forms), forms["wording"].unique()), int(texts["n_chars"].sum())


def _list_counts(words: Mapping[str, int] | pd.Series, forms: pd.DataFrame) -> tuple[pd.DataFrame, int]:
    """Counts of wordings in a list of words, missing if no word has them, and the characters of all words counted."""
    words = pd.Series(words)
    starts = np.array([0, *accumulate(len(word) + 1 for word in words.index)], int)
    found = on_texts(["\n".join(words.index)], forms)  # one text, for speed; no wording holds a line's end
    times = words.to_numpy().take(np.searchsorted(starts, found["start"], side="right") - 1)
    sums = found.assign(count=times, own=times * found["own"]).groupby("wording")[["count", "own"]].sum()
    return sums.reindex(forms["wording"].unique()), int((words.index.str.len() * words).sum())


def wording_dispersion(corpus: Corpus, wordings: Wordings, unit: str = "article", by: str = "slogan") -> pd.DataFrame:
    """Say how evenly each wording is spread over the parts of the corpus, and how evenly chance would spread it.

    Args:
        corpus, wordings, by: as in `find_wordings`.
        unit: the parts: `article` (with its captions and side pieces), `section` of an article, from one subhead to the
            next, or `source`.

    Returns:
        A table, one row a wording in the order given; the measures of one that does not occur are missing:

        - `wording` (text): as it was given, or the name of the family.
        - `count` (integer): occurrences.
        - `range, parts` (integer): parts with it, and all.
        - `dp, dp_norm, d`: as in `dispersion`, parts measured in characters.
        - `chance_low, chance, chance_high` (number, 0 to 1): the 2.5, 50 and 97.5 per cent points of dp_norm for as
          many occurrences that fall at random (`dispersion_by_chance`). A wording is clumped as far as its dp_norm lies
          above the last.

    Raises:
        ValueError: the unit is unknown, or the corpus has only one such part; see also `find_wordings`.
    """
    if unit not in PARTS:
        raise ValueError(f"unit must be one of {', '.join(PARTS)}, got {unit!r}")
    texts, found, names = locate(corpus, wordings, by)
    part = _part(texts, unit)
    sizes = texts.groupby(part, sort=False)["n_chars"].sum()
    if len(sizes) < 2:
        raise ValueError(
            f"the corpus has {len(sizes)} {unit}; dispersion needs two parts or more, so take a smaller unit"
        )
    counts = pd.crosstab(part.take(found["text"]).to_numpy(), found["wording"].to_numpy())
    spread = dispersion(counts.reindex(sizes.index, fill_value=0), sizes).set_index("term").reindex(names)
    table = spread[["range", "dp", "dp_norm", "d"]].assign(count=_counts(found, names)["count"], parts=len(sizes))
    chance = {n: dispersion_by_chance(n, sizes) for n in sorted(set(table["count"]) - {0})}
    for column, point in (("chance_low", "low"), ("chance", "median"), ("chance_high", "high")):
        table[column] = table["count"].map({n: points[point] for n, points in chance.items()}).astype(float)
    return table.fillna({"range": 0}).astype({"range": int}).reset_index()[DISPERSION_COLUMNS]


def _part(texts: pd.DataFrame, unit: str) -> pd.Series:
    """The part of the corpus that each paragraph belongs to; a caption without an article is a part of its own."""
    if unit == "source":
        return texts["source"]
    article = texts["article"].where(texts["article"] != "", texts["article_id"])
    if unit == "article":
        return article
    section = (texts["role"] == "subhead").groupby(texts["article_id"]).cumsum()
    return texts["article_id"] + "." + section.astype(str)


# -- what company it keeps --------------------------------------------------------------------------------------------


def collocates(
    corpus: Corpus,
    wording: str,
    window: int = 10,
    unit: str = "paragraph",
    min_count: int = 2,
    stopwords: Iterable[str] | None = None,
) -> pd.DataFrame:
    """Find the content words that stand near a wording, and say how strongly they go with it.

    The wording is found on the text, wherever a segmenter would cut it; its own words, here and in its other occurrences,
    are not its collocates, and each occurrence is one unit in the total, beside the content words.

    Args:
        corpus: where to look.
        wording: the wording, full- and half-width marks alike.
        window: characters on each side; a word that its edge cuts is left out.
        unit: what no window leaves: `sentence` (a wording that holds a full stop is not found then), `paragraph`,
            `section` or `article`.
        min_count: least number of a word's occurrences in the windows.
        stopwords: as in `content_words`.

    Returns:
        A table, one row a term, strongest log_dice first; empty if nothing is found:

        - `term` (text): the content word.
        - `joint` (integer): its occurrences in the windows, each once however many windows it is in.
        - `count` (integer): all its occurrences outside the wording.
        - `mi, log_dice, g2`: as in `association`.

    Raises:
        TypeError: the wording is no string.
        ValueError: it is empty, the window is less than one character, or the unit is unknown.
    """
    if not isinstance(wording, str):
        raise TypeError(f"wording must be one string, got {type(wording).__name__}; ask for one wording at a time")
    if window < 1:
        raise ValueError(f"window must be 1 or more characters, got {window!r}")
    texts = corpus.documents(unit)["text"].tolist()
    found = on_texts(texts, forms_of([wording]))
    spans = {text: list(zip(rows["start"], rows["end"])) for text, rows in found.groupby("text")}
    tokens = segment(texts)
    wanted = {word for words in content_words(tokens, stopwords) for word in words}
    joint, count = Counter(), Counter()
    for number, words in enumerate(tokens):
        near, own = _near(words, spans[number], window) if number in spans else (set(), set())
        count.update(word for i, word in enumerate(words) if word in wanted and i not in own)
        joint.update(words[i] for i in near - own if words[i] in wanted)
    common = pd.Series({word: n for word, n in joint.items() if n >= min_count}, dtype=float)
    if common.empty:
        return association(common, 1, pd.Series(dtype=float), 1)
    span = joint.total() / len(found)
    return association(common, len(found), pd.Series(count), count.total() + len(found), span)


def _near(words: Sequence[str], spans: Sequence[tuple[int, int]], window: int) -> tuple[set[int], set[int]]:
    """Numbers of the words that lie whole in a window beside one of the spans, and of those that touch a span."""
    bounds = np.array([0, *accumulate(map(len, words))])
    starts, ends = bounds[:-1], bounds[1:]
    near: set[int] = set()
    own: set[int] = set()
    for start, end in spans:
        before, after = np.searchsorted(ends, start, side="right"), np.searchsorted(starts, end)
        near.update(range(np.searchsorted(starts, start - window), before))
        near.update(range(after, np.searchsorted(ends, end + window, side="right")))
        own.update(range(before, after))
    return near, own


# -- where in the article, and in whose voice -------------------------------------------------------------------------


def count_by_place(corpus: Corpus, wordings: Wordings, by: str = "slogan") -> pd.DataFrame:
    """Count wordings by their place in the article.

    Args:
        corpus, wordings, by: as in `find_wordings`.

    Returns:
        A table, one row a wording and place:

        - `wording` (text): as it was given, or the name of the family.
        - `place` (text, one of headline, subhead, lead, body, close, caption): where it stands: `headline` with
          subtitles, `close` the last paragraph.
        - `count` (integer): occurrences.
        - `n_chars` (integer, characters): of the place in the whole corpus.
        - `expected` (number): the count by the characters alone, n * n_chars / all characters.
        - `ratio` (number): count / expected: 1 for no preference, 2 for twice as often as its length would have it, no
          upper bound; missing where nothing is expected. Say the counts with it: of few occurrences a ratio says
          little.
    """
    texts, found, names = locate(corpus, wordings, by)
    labels = texts["place"].take(found["text"])
    n_chars = texts.groupby("place")["n_chars"].sum().reindex(list(PLACES), fill_value=0)
    return _against_length(found, labels, n_chars, names)


def count_by_voice(corpus: Corpus, wordings: Wordings, by: str = "slogan") -> pd.DataFrame:
    """Count wordings by the voice that says them.

    - `headline`: headlines, subtitles and subheads.
    - `direct quote`: what somebody says in his own words: a paragraph under a speaker's line, or quotation marks that
      hold a sentence; with a full stop inside, or with a verb of saying and a comma or colon beside them. A wording that
      alone fills its marks is no direct quote unless a verb of saying stands there: marks also single out a slogan.
    - `editorial`: the rest of articles of genre editorial or commentary.
    - `narration`: all else.

    Args:
        corpus, wordings, by: as in `find_wordings`.

    Returns:
        A table, one row a wording and voice. Marks without a partner open no quotation, so speech that runs on over
        several paragraphs is taken for narration.

        - `wording` (text): as it was given, or the name of the family.
        - `voice` (text, one of headline, direct quote, editorial, narration): who says it.
        - `count, expected, ratio`: as in `count_by_place`.
        - `n_chars` (integer, characters): of the voice in the whole corpus.
    """
    texts, found, names = locate(corpus, wordings, by)
    return _against_length(found, voices_of(texts, found), voice_lengths(texts), names)


def _against_length(found: pd.DataFrame, labels: Sequence[str], n_chars: pd.Series, names: pd.Index) -> pd.DataFrame:
    """Counts by wording and label, beside what the lengths of the labels would have."""
    index = pd.MultiIndex.from_product([names, n_chars.index], names=[names.name, n_chars.index.name])
    counts = found.groupby(["wording", np.asarray(labels, object)]).size()
    table = pd.DataFrame({"count": counts.reindex(index, fill_value=0).astype(int)})
    table["n_chars"] = n_chars.loc[index.get_level_values(1)].to_numpy()
    table["expected"] = (
        table["count"].groupby(level=0, sort=False).transform("sum") * table["n_chars"] / max(n_chars.sum(), 1)
    )
    return table.assign(ratio=table["count"] / table["expected"].replace(0, np.nan)).reset_index()
