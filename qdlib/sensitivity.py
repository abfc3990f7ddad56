"""Do topics survive other preparations? The same corpus with one choice before the model changed at a time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd
import stopwordsiso

from qdlib.corpus import Corpus
from qdlib.duplicates import find_duplicates
from qdlib.engines import LEARNED
from qdlib.selection import Words, held_out, in_parallel, overlap
from qdlib.slogans import mine_slogans
from qdlib.topics import fit_lda
from qdlib.words import LEXICONS, content_words, segment

# What is varied, one at a time, from this base: all that a study decides before the model.
BASE = {
    "unit": "paragraph", "lexicon": True, "hmm": True, "stop list": "ours", "duplicates": "kept", "slogans": "kept", "engine": "tomotopy",
}  # fmt: skip
OTHERWISE = [
    ("unit", "section"), ("unit", "article"), ("lexicon", False), ("hmm", False), ("stop list", "stopwords-iso"), ("duplicates", "collapsed"),
    ("slogans", "masked"), ("engine", "gensim"),
]  # fmt: skip


def robustness(
    corpus: Corpus,
    k: int = 8,
    seeds: Iterable[int] = range(5),
    roles: Iterable[str] | None = None,
    n: int = 10,
    *,
    lexicons: tuple[str, ...] = LEXICONS,
    stopwords: Iterable[str] | None = None,
    **fit,
) -> pd.DataFrame:
    """Fit the topics of a corpus again with one choice of the preparation changed at a time.

    One factor at a time, not all combinations of them (Steegen and others 2016 call that a multiverse): how choices act
    together is not seen. Top terms are compared as strings, so another segmentation shares fewer whatever the topics.

    Args:
        corpus: the corpus.
        k: number of topics.
        seeds: random starts of each row, two or more.
        roles: paragraph roles to take (`Corpus.documents`).
        n: top terms a topic that are compared.
        lexicons, stopwords: of the base, as for `segment` and `content_words`.
        **fit: passed to `fit_lda`, but for what is varied; `iterations` and a learned `alpha` are those of Gibbs sampling,
            the other engine keeps its own.

    Returns:
        A table, one row a choice, the first the base; rows whose corpus cannot bear `k` topics have missing values:

        - `choice` (text): what was changed.
        - `value` (text): to what.
        - `n_documents, n_tokens` (integer): of the corpus that was fitted.
        - `gain` (number, nats): of `held_out`, the mean over the seeds.
        - `gain_low, gain_high` (number, nats): its least and greatest.
        - `overlap` (number, 0 to 1): the mean Jaccard overlap of the top terms of matched topics with the models of the
          base from other seeds (in the row of the base: what the start alone leaves).
        - `overlap_low, overlap_high` (number, 0 to 1): its least and greatest.

    Raises:
        ValueError: there are fewer than two seeds, or the base itself cannot be fitted.
    """
    seeds, roles = list(seeds), None if roles is None else list(roles)
    if len(seeds) < 2:
        raise ValueError(f"seeds must be two or more, got {seeds}")
    choices = [("base", "", BASE), *((name, value, BASE | {name: value}) for name, value in OTHERWISE)]
    stopwords = None if stopwords is None else list(stopwords)
    corpora = [_prepared(corpus, choice, roles, lexicons, stopwords) for _, _, choice in choices]
    jobs = [
        (words, k, seed, n, _of_engine(fit, choice["engine"]))
        for words, (_, _, choice) in zip(corpora, choices)
        for seed in seeds
    ]
    results = in_parallel(_judged, jobs)
    if isinstance(results[0], ValueError):
        raise results[0]
    base = [tops for _, tops in results[: len(seeds)]]
    rows = []
    for i, (words, (name, value, _)) in enumerate(zip(corpora, choices)):
        judged = results[i * len(seeds) : (i + 1) * len(seeds)]
        row = {"choice": name, "value": str(value), "n_documents": len(words), "n_tokens": sum(map(len, words))}
        if not any(isinstance(result, ValueError) for result in judged):
            gains = [gain for gain, _ in judged]
            shared = [overlap(tops, base[b]) for a, (_, tops) in enumerate(judged) for b in range(len(seeds)) if a != b]
            row |= _spread("gain", gains) | _spread("overlap", shared)
        rows.append(row)
    return pd.DataFrame(rows)


def _of_engine(fit: Mapping, engine: str) -> dict:
    """The settings of a fit that an engine can take: a pass of variational Bayes is no sweep of a sampler."""
    foreign = () if engine == BASE["engine"] else ("iterations", *(["alpha"] if fit.get("alpha") == LEARNED else []))
    return {name: value for name, value in fit.items() if name not in foreign} | {"engine": engine}


def _spread(name: str, values: list[float]) -> dict[str, float]:
    """Mean, least and greatest of some values."""
    return {name: np.mean(values), f"{name}_low": np.min(values), f"{name}_high": np.max(values)}


def _judged(words: Words, k: int, seed: int, n: int, fit: Mapping) -> tuple[float, list[list[str]]] | ValueError:
    """The gain of one model and its top terms, or why its corpus cannot bear it."""
    try:
        tops = fit_lda(words, k=k, seed=seed, **fit).top_words(n)
        return held_out(words, k=k, seed=seed, **fit)["gain"], tops
    except ValueError as error:
        return error


def _prepared(
    corpus: Corpus, choice: Mapping, roles: list[str] | None, lexicons: tuple[str, ...], ours: list[str] | None
) -> list[list[str]]:
    """The content words of the documents of a corpus, prepared as a choice says."""
    documents = corpus.documents(choice["unit"], roles)
    if choice["duplicates"] == "collapsed":
        pairs = find_duplicates(corpus, choice["unit"])
        pairs = pairs[pairs["document"].isin(documents["document"])]  # of two reprints one must be left
        documents = documents[~documents["document"].isin(pairs["other"])]
    texts = documents["text"]
    if choice["slogans"] == "masked":
        mined = mine_slogans(corpus).groupby("article_id")["slogan"].unique()
        texts = [_without(text, mined.get(article, ())) for text, article in zip(texts, documents["article_id"])]
    tokens = segment(texts, lexicons if choice["lexicon"] else (), hmm=choice["hmm"])
    return content_words(tokens, ours if choice["stop list"] == "ours" else stopwordsiso.stopwords("zh"), min_chars=2)


def _without(text: str, wordings: Iterable[str]) -> str:
    """A text without some wordings, the longest first; a comma stands for each, so that no new words arise."""
    for wording in sorted(wordings, key=len, reverse=True):
        text = text.replace(wording, "，")
    return text
