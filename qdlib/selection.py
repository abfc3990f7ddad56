"""How many topics, are they more than chance, and do they survive other choices?

Everything here fits many models, in parallel and with a progress bar, and returns one plain row for each.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import combinations

import numpy as np
import pandas as pd
from joblib import Parallel, cpu_count, delayed
from stopwordsiso import stopwords
from tqdm import tqdm

from qdlib.corpus import Corpus
from qdlib.duplicates import find_duplicates
from qdlib.measures import coherence, diversity, exclusivity, residual_dispersion
from qdlib.slogans import mine_slogans
from qdlib.topics import TopicModel, fit_lda, match_terms
from qdlib.words import LEXICONS, content_words, segment

Words = Sequence[Sequence[str]]
CHANCE_MEASURES = ["gain", "c_npmi", "u_mass", "exclusivity", "diversity", "stability"]


def held_out(words: Words, k: int = 8, seed: int = 1, share: float = 0.2, **fit) -> dict[str, float]:
    """Measure how well a model of most documents foresees half of the tokens of the others, given the other half.

    Document completion (Wallach and others 2009): topics come from the training documents alone, the mixture of a
    held-out document from half of its tokens, and the other half is scored. The log-likelihood is in nats a token, at
    most 0, higher is better; perplexity is exp of minus it, among how many equally likely words the model still has to
    choose. `unigram` is that of the training documents' word frequencies alone (the same prior): a model that does not
    exceed it has found no topics. Paragraphs of one article share words, so the figure says more of these texts than of
    new ones.

    Args:
        words: token lists, one a document.
        k, seed: of the model; the seed also draws the documents and the halves.
        share: of the documents held out.
        **fit: passed to `fit_lda`.

    Returns:
        `log_likelihood` and `unigram` a token, and `gain`, the first less the second; `per_document`, the mean of the
        documents' means, in which a long document counts no more than a short one; `perplexity`; `n_documents` and
        `n_tokens` scored. Terms that the training documents lack are left out.

    Raises:
        ValueError: the share is out of range, or too few documents are left on a side.
    """
    if not 0 < share < 1:
        raise ValueError(f"share must lie between 0 and 1, got {share!r}")
    rng = np.random.default_rng(seed)
    filled = [i for i, document in enumerate(words) if len(document) > 1]
    out = set(rng.choice(filled, max(1, round(share * len(filled))), replace=False).tolist()) if filled else set()
    training = [document for i, document in enumerate(words) if i not in out]
    if not out or not any(training):
        raise ValueError(f"words has {len(filled)} documents of two tokens or more; that is too few to hold any out")
    model = fit_lda(training, k=k, seed=seed, **fit)
    halves = []
    for i in sorted(out):
        tokens = [words[i][j] for j in rng.permutation(len(words[i])) if words[i][j] in model.frequencies.index]
        halves.append((tokens[: len(tokens) // 2], tokens[len(tokens) // 2 :]))
    halves = [(seen, hidden) for seen, hidden in halves if seen]
    if not halves:
        raise ValueError("words share no term between the training and the held-out documents; give more text")
    theta = model.infer([seen for seen, _ in halves]).to_numpy()
    frequencies = model.frequencies + model.settings["eta"]
    log_unigram = np.log(frequencies / frequencies.sum())
    foreseen = [np.log(mixture @ model.topic_terms[hidden].to_numpy()) for mixture, (_, hidden) in zip(theta, halves)]
    scores, unigram = np.concatenate(foreseen), np.concatenate([log_unigram[hidden] for _, hidden in halves])
    return {
        "log_likelihood": float(scores.mean()),
        "unigram": float(unigram.mean()),
        "gain": float(scores.mean() - unigram.mean()),
        "per_document": float(np.mean([own.mean() for own in foreseen])),
        "perplexity": float(np.exp(-scores.mean())),
        "n_documents": len(halves),
        "n_tokens": len(scores),
    }


def choose_k(
    words: Words, ks: Iterable[int] = range(2, 16), seeds: Iterable[int] = range(10), n: int = 10, **fit
) -> pd.DataFrame:
    """Fit a grid of models and judge each by what it foresees and by the company, variety and stability of its topics.

    Args:
        words: token lists, one a document.
        ks: numbers of topics to try.
        seeds: random starts of each; the seed also draws the held-out documents, the same for every k.
        n: top terms a topic that are judged.
        **fit: passed to `fit_lda`.

    Returns:
        A table, one row a model: `k, seed`; what `held_out` returns; `u_mass, c_npmi` (means over topics,
        `measures.coherence`); `exclusivity` (mean) and `diversity`; the `dispersion` of the residuals; and `stability`,
        the mean Jaccard overlap of the top terms of matched topics with the models of the other seeds (0 to 1; NaN for
        a single seed).

    Raises:
        ValueError: there is nothing to try, or seeds repeat.
    """
    ks, seeds = list(ks), list(seeds)
    if not ks or not seeds or len(set(seeds)) < len(seeds):
        raise ValueError(f"ks and seeds must not be empty and seeds not repeat, got {ks} and {seeds}")
    jobs = [(k, seed) for k in sorted(ks, reverse=True) for seed in seeds]  # the longest first
    judged = dict(zip(jobs, _in_parallel(_judge, [(words, k, seed, n, fit) for k, seed in jobs])))
    rows = []
    for k in ks:
        tops = [judged[k, seed][1] for seed in seeds]
        for i, seed in enumerate(seeds):
            overlaps = [_overlap(tops[i], other) for j, other in enumerate(tops) if j != i]
            rows.append(
                {"k": k, "seed": seed, **judged[k, seed][0], "stability": np.mean(overlaps) if overlaps else np.nan}
            )
    return pd.DataFrame(rows)


def _judge(words: Words, k: int, seed: int, n: int, fit: Mapping) -> tuple[dict[str, float], list[list[str]]]:
    """The measures of one model, and its top terms."""
    model = fit_lda(words, k=k, seed=seed, **fit)
    tops = model.top_words(n)
    means = coherence(tops, words, ["u_mass", "c_npmi"]).drop(columns="topic").mean()
    judged = held_out(words, k=k, seed=seed, **{name: value for name, value in fit.items() if name != "documents"})
    dispersion = residual_dispersion(model.topic_terms, model.theta, model.counts(words))["dispersion"]
    own = {
        "exclusivity": exclusivity(model.topic_terms, n).mean(),
        "diversity": diversity(tops),
        "dispersion": dispersion,
    }
    return judged | means.to_dict() | own, tops


def _overlap(tops: Sequence[Sequence[str]], others: Sequence[Sequence[str]]) -> float:
    """Mean Jaccard overlap of matched topics."""
    return float(match_terms(tops, others)["jaccard"].mean())


def _in_parallel(work: Callable, jobs: Sequence[tuple]) -> list:
    """The results of all jobs in their order, computed on all cores, with a progress bar."""
    runs = Parallel(n_jobs=min(cpu_count(), len(jobs)), return_as="generator")(delayed(work)(*job) for job in jobs)
    return list(tqdm(runs, total=len(jobs), desc="models", leave=False))


def pick_k(grid: pd.DataFrame) -> int:
    """Pick the number of topics from a grid by the one-standard-error rule.

    The smallest k whose mean held-out log-likelihood lies no more than one standard error (of the best k, over seeds)
    below the best: of models that foresee equally well the simplest (Breiman and others 1984). It says how many topics
    the corpus bears, not how many are of interest; what the other measures say against it belongs beside it.

    Args:
        grid: what `choose_k` returns, of two seeds or more.
    """
    by_k = grid.groupby("k")["log_likelihood"].agg(["mean", "sem"])
    best = by_k.loc[by_k["mean"].idxmax()]
    return int(by_k.index[by_k["mean"] >= best["mean"] - np.nan_to_num(best["sem"])].min())


def shuffle_words(words: Words, seed: int = 1, groups: Sequence | None = None) -> list[list[str]]:
    """Deal all tokens anew to documents of the same lengths: what a corpus without any topics would look like.

    A model of such documents shows how well topics come out by chance alone; real topics must beat it.

    Args:
        words: token lists, one a document.
        seed: of the shuffle.
        groups: one label a document (its article, say): tokens then stay within their group, and what a model still
            finds is that groups have words of their own.
    """
    labels = pd.Series(0 if groups is None else list(groups), index=range(len(words)))
    rng = np.random.default_rng(seed)
    dealt: list[list[str]] = [[] for _ in words]
    for _, places in labels.groupby(labels, sort=False):
        pool = [token for place in places.index for token in words[place]]
        order = iter(rng.permutation(len(pool)).tolist())
        for place in places.index:
            dealt[place] = [pool[next(order)] for _ in words[place]]
    return dealt


def against_chance(
    words: Words,
    k: int = 8,
    seeds: Iterable[int] = range(5),
    draws: int = 20,
    n: int = 10,
    groups: Sequence | None = None,
    **fit,
) -> pd.DataFrame:
    """Compare a model's measures with those of models of shuffled corpora (`shuffle_words`).

    Args:
        words: token lists, one a document.
        k: number of topics.
        seeds: random starts on the real corpus, two or more.
        draws: shuffled corpora, each fitted from two starts.
        n: top terms a topic that are judged.
        groups: labels within which words are shuffled, all documents together if not given.
        **fit: passed to `fit_lda`.

    Returns:
        A table `measure, observed` (mean over the seeds), `low, median, high` (2.5, 50 and 97.5 per cent points of the
        shuffled corpora) and `p`: the share of the corpora, the real one counted among them, that do at least as well.
        The measures are `gain`, the held-out log-likelihood less that of the word frequencies, and `c_npmi, u_mass,
        exclusivity, diversity, stability` of `choose_k`.
    """
    seeds = list(seeds)
    shuffled = [shuffle_words(words, draw, groups) for draw in range(draws)]
    jobs = [(words, k, seed, n, fit) for seed in seeds]
    jobs += [(corpus, k, seed, n, fit) for draw, corpus in enumerate(shuffled) for seed in (draw, draw + draws)]
    results = _in_parallel(_judge, jobs)
    real, null = _rows(results[: len(seeds)]), [_rows(results[i : i + 2]) for i in range(len(seeds), len(jobs), 2)]
    table = pd.DataFrame({"observed": real.mean(), **{i: rows.mean() for i, rows in enumerate(null)}}).loc[
        CHANCE_MEASURES
    ]
    chance = table.drop(columns="observed")
    points = chance.quantile([0.025, 0.5, 0.975], axis=1).T.set_axis(["low", "median", "high"], axis=1)
    p = (1 + chance.ge(table["observed"], axis=0).sum(axis=1)) / (1 + draws)
    return table[["observed"]].join(points).assign(p=p).rename_axis("measure").reset_index()


def _rows(results: Sequence[tuple[dict, list]]) -> pd.DataFrame:
    """The measures of several models of one corpus, with their stability among each other."""
    pairs = [_overlap(a, b) for (_, a), (_, b) in combinations(results, 2)]
    return pd.DataFrame([row for row, _ in results]).assign(stability=np.mean(pairs) if pairs else np.nan)


def stable_topics(
    words: Words, k: int = 8, models: int = 12, seed: int = 1, eps: float = 0.1, n: int = 10, **fit
) -> pd.DataFrame:
    """Find the topics that come back whatever the random start (gensim's `EnsembleLda`).

    The topics of many models are clustered by the cosine distance of their terms; a dense group that half of the models
    take part in is a stable topic, the mean of its members (Brigl 2019). A shuffled corpus has stable topics too, which
    repeat its frequent words: compare with it.

    Args:
        words: token lists, one a document.
        k: number of topics of each model.
        models: how many, started from `seed` on.
        seed: of the first.
        eps: greatest distance of neighbours in a group; gensim's own by default.
        n: top terms that are listed.
        **fit: passed to `fit_lda`.

    Returns:
        A table `topic, rank, term, probability, models`, as `TopicModel.terms`, without rows if nothing is stable;
        `models` is the number of models that have a topic with at least half of these terms among its own.
    """
    from gensim.models import EnsembleLda

    jobs = [(words, k, seed + i, n, fit) for i in range(models)]
    fitted = _in_parallel(_fitted, jobs)
    given = [model.to_gensim() for model in fitted]
    ensemble = EnsembleLda(id2word=given[0].id2word, num_topics=k, num_models=models, corpus=None)
    for model in given:
        ensemble.add_model(model)
    ensemble.recluster(eps=eps, min_samples=models // 2, min_cores=models // 2)
    rows = []
    for topic, shares in enumerate(ensemble.get_topics()):
        top = (
            pd.Series(shares, index=fitted[0].weights.columns)
            .round(12)
            .sort_values(ascending=False, kind="stable")
            .head(n)
        )
        having = sum(any(2 * len(set(own) & set(top.index)) >= n for own in model.top_words(n)) for model in fitted)
        rows += [(topic, rank, term, share, having) for rank, (term, share) in enumerate(top.items(), start=1)]
    return pd.DataFrame(rows, columns=["topic", "rank", "term", "probability", "models"])


def _fitted(words: Words, k: int, seed: int, n: int, fit: Mapping) -> TopicModel:
    """A model."""
    return fit_lda(words, k=k, seed=seed, **fit)


# What is varied, one at a time, from this base: all that a study decides before the model.
BASE = {
    "unit": "paragraph", "lexicon": True, "hmm": True, "stop list": "ours", "duplicates": "kept", "slogans": "kept", "engine": "tomotopy",
}  # fmt: skip
OTHERWISE = [
    ("unit", "section"), ("unit", "article"), ("lexicon", False), ("hmm", False), ("stop list", "stopwords-iso"), ("duplicates", "collapsed"),
    ("slogans", "masked"), ("engine", "gensim"),
]  # fmt: skip


def robustness(
    corpus: Corpus, k: int = 8, seeds: Iterable[int] = range(5), roles: Iterable[str] | None = None, n: int = 10, **fit
) -> pd.DataFrame:
    """Fit the topics of a corpus again with one choice of the preparation changed at a time.

    Args:
        corpus: the corpus.
        k: number of topics.
        seeds: random starts of each row, two or more.
        roles: paragraph roles to take (`Corpus.documents`).
        n: top terms a topic that are compared.
        **fit: passed to `fit_lda`, but for what is varied.

    Returns:
        A table, one row a choice, the first the base: `choice, value`; `n_documents, n_tokens`; `gain` (`held_out`)
        with its least and greatest over the seeds, `gain_low, gain_high`; and `overlap`, the mean Jaccard overlap of
        the top terms of matched topics with the models of the base from other seeds (in the row of the base: what the
        start alone leaves), with `overlap_low, overlap_high`. Rows whose corpus cannot bear `k` topics have NaN.
    """
    seeds, roles = list(seeds), None if roles is None else list(roles)
    choices = [("base", "", BASE), *((name, value, BASE | {name: value}) for name, value in OTHERWISE)]
    corpora = [_prepared(corpus, choice, roles) for _, _, choice in choices]
    jobs = [
        (words, k, seed, n, fit | {"engine": choice["engine"]})
        for words, (_, _, choice) in zip(corpora, choices)
        for seed in seeds
    ]
    results = _in_parallel(_judge_if_possible, jobs)
    base = [tops for _, tops in results[: len(seeds)]]
    rows = []
    for i, (words, (name, value, _)) in enumerate(zip(corpora, choices)):
        judged = results[i * len(seeds) : (i + 1) * len(seeds)]
        gains = [row.get("gain", np.nan) for row, _ in judged]
        overlaps = [
            _overlap(tops, other) if tops and other else np.nan
            for a, (_, tops) in enumerate(judged)
            for b, other in enumerate(base)
            if a != b
        ]
        spread = lambda values: [np.mean(values), np.min(values), np.max(values)]  # noqa: E731
        rows.append([name, str(value), len(words), sum(map(len, words)), *spread(gains), *spread(overlaps)])
    columns = [
        "choice",
        "value",
        "n_documents",
        "n_tokens",
        "gain",
        "gain_low",
        "gain_high",
        "overlap",
        "overlap_low",
        "overlap_high",
    ]
    return pd.DataFrame(rows, columns=columns)


def _judge_if_possible(*job) -> tuple[dict[str, float], list[list[str]]]:
    """The measures of one model, or none where its corpus cannot bear it."""
    try:
        return _judge(*job)
    except ValueError:
        return {}, []


def _prepared(corpus: Corpus, choice: Mapping, roles: list[str] | None) -> list[list[str]]:
    """The content words of the documents of a corpus, prepared as a choice says."""
    documents = corpus.documents(choice["unit"], roles)
    if choice["duplicates"] == "collapsed":
        documents = documents[~documents["document"].isin(find_duplicates(corpus, choice["unit"])["other"])]
    texts = documents["text"]
    if choice["slogans"] == "masked":
        mined = mine_slogans(corpus).groupby("article_id")["slogan"].unique()
        texts = [_without(text, mined.get(article, ())) for text, article in zip(texts, documents["article_id"])]
    tokens = segment(texts, LEXICONS if choice["lexicon"] else (), hmm=choice["hmm"])
    return content_words(tokens, None if choice["stop list"] == "ours" else stopwords("zh"), min_chars=2)


def _without(text: str, wordings: Iterable[str]) -> str:
    """A text without some wordings, the longest first; a comma stands for each, so that no new words arise."""
    for wording in sorted(wordings, key=len, reverse=True):
        text = text.replace(wording, "，")
    return text
