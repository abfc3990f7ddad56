"""How many topics, are they more than chance, and do they survive other choices?

Everything here fits many models, in parallel and with a progress bar, and returns one plain row for each.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import combinations

import numpy as np
import pandas as pd
from joblib import Parallel, cpu_count, delayed
from tqdm import tqdm

from qdlib.measures import coherence, diversity, exclusivity, residual_dispersion
from qdlib.topics import TopicModel, fit_lda, match_terms, token_lists

Words = Sequence[Sequence[str]]
CHANCE_MEASURES = ["gain", "c_npmi", "u_mass", "exclusivity", "diversity", "stability"]


def held_out(
    words: Words, k: int = 8, seed: int = 1, share: float = 0.2, groups: Sequence | None = None, **fit
) -> dict[str, float]:
    """Measure how well a model of most documents foresees half of the tokens of the others, given the other half.

    Document completion (Wallach and others 2009): topics come from the training documents alone, the mixture of a
    held-out document from half of its tokens, and the other half is scored. The log-likelihood is in nats a token, at
    most 0, higher is better; perplexity is exp of minus it, among how many equally likely words the model still has to
    choose. `unigram` is that of the training documents' word frequencies alone (the same prior): a model that does not
    exceed it has found no topics. Part of any gain is that words come again in a document that has them.

    Args:
        words: token lists, one a document.
        k, seed: of the model; the seed also draws the documents and the halves.
        share: of the documents, or of the groups, held out.
        groups: one label a document (its article, say): whole groups are then held out. Without it a held-out paragraph
            leaves others of its article in the training, and the figure says more of these texts than of new ones.
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
    words = token_lists(words)
    out = _drawn_out(words, share, groups, seed)
    training = [document for i, document in enumerate(words) if i not in out]
    fit = {name: value for name, value in fit.items() if name != "documents"}
    if "seed_words" in fit:  # a split may leave no document with one
        known = {token for document in training for token in document}
        fit["seed_words"] = [[word for word in group if word in known] for group in fit["seed_words"]]
    model = fit_lda(training, k=k, seed=seed, **fit)
    rng = np.random.default_rng(seed)
    halves = []
    for i in sorted(out):
        tokens = [token for token in rng.permutation(words[i]).tolist() if token in model.frequencies.index]
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


def _drawn_out(words: list[list[str]], share: float, groups: Sequence | None, seed: int) -> set[int]:
    """The documents of two tokens or more that are held out, whole groups of them if groups are given."""
    labels = np.arange(len(words)) if groups is None else pd.factorize(np.asarray(groups, dtype=object))[0]
    if len(labels) != len(words):
        raise ValueError(f"groups has {len(labels)} labels for {len(words)} token lists; give one a document")
    long = np.array([len(document) > 1 for document in words], dtype=bool)
    names = np.unique(labels[long])
    if len(names) < 2:
        what = "documents of two tokens or more" if groups is None else "groups with such documents"
        raise ValueError(f"words has {len(names)} {what}; that is too few to hold any out")
    n = min(max(1, round(share * len(names))), len(names) - 1)
    drawn = np.random.default_rng(seed).choice(names, n, replace=False)
    return set(np.flatnonzero(long & np.isin(labels, drawn)).tolist())


def choose_k(
    words: Words,
    ks: Iterable[int] = range(2, 16),
    seeds: Iterable[int] = range(10),
    n: int = 10,
    groups: Sequence | None = None,
    **fit,
) -> pd.DataFrame:
    """Fit a grid of models and judge each by what it foresees and by the company, variety and stability of its topics.

    Args:
        words: token lists, one a document.
        ks: numbers of topics to try.
        seeds: random starts of each; the seed also draws the held-out documents, the same for every k.
        n: top terms a topic that are judged.
        groups: labels of documents that are held out together (`held_out`).
        **fit: passed to `fit_lda`.

    Returns:
        A table, one row a model:

        - `k` (integer): number of topics.
        - `seed` (integer): of the random start.
        - `log_likelihood, unigram, gain, per_document` (number, nats): what `held_out` returns.
        - `perplexity` (number): likewise.
        - `n_documents, n_tokens` (integer): scored, likewise.
        - `u_mass, c_npmi`: as in `coherence`, the means over topics.
        - `exclusivity` (number, 0 to 1): how far the top terms are those of one topic only, the mean over topics.
        - `diversity` (number, 0 to 1): the share of different terms among the top terms of all topics.
        - `dispersion` (number): of the residuals.
        - `stability` (number, 0 to 1): the mean Jaccard overlap of the top terms of matched topics with the models of
          the other seeds; missing for a single seed.

    Raises:
        ValueError: there is nothing to try, or seeds repeat.
    """
    words, ks, seeds = token_lists(words), list(ks), list(seeds)
    if not ks or not seeds or len(set(seeds)) < len(seeds) or len(set(ks)) < len(ks):
        raise ValueError(f"ks and seeds must not be empty nor repeat, got {ks} and {seeds}")
    jobs = [(k, seed) for k in sorted(ks, reverse=True) for seed in seeds]  # the longest first
    judged = dict(zip(jobs, in_parallel(judge, [(words, k, seed, n, groups, fit) for k, seed in jobs])))
    rows = []
    for k in ks:
        tops = [judged[k, seed][1] for seed in seeds]
        for i, seed in enumerate(seeds):
            overlaps = [overlap(tops[i], other) for j, other in enumerate(tops) if j != i]
            rows.append(
                {"k": k, "seed": seed, **judged[k, seed][0], "stability": np.mean(overlaps) if overlaps else np.nan}
            )
    return pd.DataFrame(rows)


def judge(
    words: Words, k: int, seed: int, n: int, groups: Sequence | None, fit: Mapping
) -> tuple[dict[str, float], list[list[str]]]:
    """The measures of one model, and its top terms."""
    model = fit_lda(words, k=k, seed=seed, **fit)
    tops = model.top_words(n)
    means = coherence(tops, words, ["u_mass", "c_npmi"]).drop(columns="topic").mean()
    foreseen = held_out(words, k=k, seed=seed, groups=groups, **fit)
    dispersion = residual_dispersion(model.topic_terms, model.theta, model.counts(words))["dispersion"]
    own = {
        "exclusivity": exclusivity(model.topic_terms, n).mean(),
        "diversity": diversity(tops),
        "dispersion": dispersion,
    }
    return foreseen | means.to_dict() | own, tops


def overlap(tops: Sequence[Sequence[str]], others: Sequence[Sequence[str]]) -> float:
    """Mean Jaccard overlap of matched topics, from their top terms."""
    return float(match_terms(tops, others)["jaccard"].mean())


def in_parallel(work: Callable, jobs: Sequence[tuple]) -> list:
    """The results of all jobs in their order, computed on all cores, with a progress bar."""
    runs = Parallel(n_jobs=min(cpu_count(), len(jobs)), return_as="generator")(delayed(work)(*job) for job in jobs)
    return list(tqdm(runs, total=len(jobs), desc="models", leave=False))


def pick_k(grid: pd.DataFrame) -> int:
    """Pick the number of topics from a grid by the one-standard-error rule, seed by seed.

    The smallest k whose held-out log-likelihood falls short of the best k's by no more than one standard error of the
    difference over seeds, which hold out the same documents for every k: of models that foresee equally well the
    simplest (Breiman and others 1984). The splits of several seeds overlap, so the error is rather too small and k rather
    too large. It says how many topics the corpus bears, not how many are of interest.

    Args:
        grid: what `choose_k` returns, of two seeds or more.

    Raises:
        ValueError: the grid has fewer than two seeds, or lacks one somewhere.
    """
    table = grid.pivot(index="seed", columns="k", values="log_likelihood")
    if len(table) < 2 or table.isna().any(axis=None):
        raise ValueError(
            f"grid must have each k with the same two seeds or more, got {len(table)} seeds; see `choose_k`"
        )
    lacking = table.rsub(table[table.mean().idxmax()], axis=0)
    # a difference in the last digits is none
    return int(table.columns[lacking.mean().round(12) <= lacking.sem().round(12)].min())


def shuffle_words(words: Words, seed: int = 1, within: Sequence | None = None) -> list[list[str]]:
    """Deal all tokens anew to documents of the same lengths: what a corpus without any topics would look like.

    A model of such documents shows how well topics come out by chance alone; real topics must beat it.

    Args:
        words: token lists, one a document.
        seed: of the shuffle.
        within: one label a document (its article, say): tokens then stay within their group, and what a model still
            finds is that groups have words of their own.
    """
    words = token_lists(words)
    labels = pd.Series(0 if within is None else list(within), index=range(len(words)))
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
    seeds: Iterable[int] = range(3),
    draws: int = 20,
    n: int = 10,
    within: Sequence | None = None,
    groups: Sequence | None = None,
    **fit,
) -> pd.DataFrame:
    """Compare a model's measures with those of models of shuffled corpora (`shuffle_words`).

    Args:
        words: token lists, one a document.
        k: number of topics.
        seeds: random starts of each corpus, two or more.
        draws: shuffled corpora, nineteen or more for a p of 0.05.
        n: top terms a topic that are judged.
        within: labels within which words are shuffled, all documents together if not given.
        groups: labels of documents that are held out together (`held_out`).
        **fit: passed to `fit_lda`.

    Returns:
        A table, one row a measure:

        - `measure` (text, one of gain, c_npmi, u_mass, exclusivity, diversity, stability): `gain` is the held-out
          log-likelihood less that of the word frequencies, the others are those of `choose_k`.
        - `observed` (number): its mean over the seeds.
        - `low, median, high` (number): 2.5, 50 and 97.5 per cent points of the shuffled corpora.
        - `p` (number, 0 to 1): the share of the corpora, the real one counted among them, that do at least as well. Six
          measures are six tests: a single small p is weak evidence.

    Raises:
        ValueError: there are fewer than two seeds, or no draw.
    """
    words, seeds = token_lists(words), list(seeds)
    if len(seeds) < 2 or draws < 1:
        raise ValueError(f"seeds must be two or more and draws at least 1, got {len(seeds)} and {draws}")
    corpora = [words, *(shuffle_words(words, draw, within) for draw in range(draws))]
    results = in_parallel(judge, [(corpus, k, seed, n, groups, fit) for corpus in corpora for seed in seeds])
    table = pd.DataFrame([_means(results[i : i + len(seeds)]) for i in range(0, len(results), len(seeds))])
    observed, chance = table.iloc[0], table.iloc[1:]
    points = chance.quantile([0.025, 0.5, 0.975]).T.set_axis(["low", "median", "high"], axis=1)
    p = (1 + chance.ge(observed).sum()) / (1 + draws)
    points.insert(0, "observed", observed)
    return points.assign(p=p.where(observed.notna())).rename_axis("measure").reset_index()


def _means(results: Sequence[tuple[dict, list]]) -> pd.Series:
    """The mean measures of several models of one corpus, with their stability among each other."""
    pairs = [overlap(a, b) for (_, a), (_, b) in combinations(results, 2)]
    return pd.DataFrame([row for row, _ in results]).assign(stability=np.mean(pairs))[CHANCE_MEASURES].mean()


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
        A table, as of `TopicModel.terms`, without rows if nothing is stable:

        - `topic, rank, term, probability`: as in `TopicModel.terms`.
        - `models` (integer): models that have a topic with at least half of these terms among its own.

    Raises:
        ValueError: there are fewer than four models, or one term.
    """
    from gensim.models import EnsembleLda

    if models < 4:
        raise ValueError(f"models must be at least 4, got {models!r}; 12 are enough")
    words = token_lists(words)
    fitted = in_parallel(_fitted, [(words, k, seed + i, fit) for i in range(models)])
    if len(fitted[0].weights.columns) < 2:
        raise ValueError("words leave one term; topics need more to differ in")
    given = [model.to_gensim() for model in fitted]
    ensemble = EnsembleLda(id2word=given[0].id2word, num_topics=k, num_models=models, corpus=None)
    for model in given:
        ensemble.add_model(model)
    ensemble.recluster(eps=eps, min_samples=models // 2, min_cores=models // 2)
    own = [[set(top) for top in model.top_words(n)] for model in fitted]
    rows = []
    for topic, shares in enumerate(ensemble.get_topics()):
        top = (
            pd.Series(shares, index=fitted[0].weights.columns)
            .round(12)
            .sort_values(ascending=False, kind="stable")
            .head(n)
        )
        having = sum(any(2 * len(words & set(top.index)) >= n for words in tops) for tops in own)
        rows += [(topic, rank, term, share, having) for rank, (term, share) in enumerate(top.items(), start=1)]
    return pd.DataFrame(rows, columns=["topic", "rank", "term", "probability", "models"])


def _fitted(words: Words, k: int, seed: int, fit: Mapping) -> TopicModel:
    """A model."""
    return fit_lda(words, k=k, seed=seed, **fit)
