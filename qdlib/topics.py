"""Topic models: fit one, choose the number of topics in the open, describe and compare.

gensim is the reference engine. Whatever the engine, a model is the same plain tables: topics x terms and documents x
topics, each row a probability distribution.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import combinations

import numpy as np
import pandas as pd
from scipy.optimize import linear_sum_assignment

from qdlib.measures import coherence

RANKINGS = ("probability", "relevance", "lift")


@dataclass(frozen=True)
class TopicModel:
    """A fitted topic model as tables.

    Attributes:
        topic_terms: topics x terms, P(term | topic).
        theta: documents x topics, P(topic | document); a document without words has no distribution (NaN).
        frequencies: count of each term in the documents.
        settings: everything needed to fit it again.
    """

    topic_terms: pd.DataFrame
    theta: pd.DataFrame
    frequencies: pd.Series
    settings: dict = field(default_factory=dict)

    def terms(self, n: int = 10, by: str = "probability", weight: float = 0.6) -> pd.DataFrame:
        """List the top terms of each topic.

        Args:
            n: terms a topic.
            by: `probability` P(w|t); `lift` P(w|t)/P(w), which favours rare terms; `relevance`
                weight * log P(w|t) + (1 - weight) * log lift (Sievert and Shirley 2014).
            weight: the weight in `relevance`, from 0 (lift) to 1 (probability).

        Returns:
            A table `topic, rank, term, probability`, ranks from 1.

        Raises:
            ValueError: `by` is unknown.
        """
        if by not in RANKINGS:
            raise ValueError(f"by must be one of {', '.join(RANKINGS)}, got {by!r}")
        log_lift = np.log(self.topic_terms / (self.frequencies / self.frequencies.sum()))
        score = {
            "probability": self.topic_terms,
            "lift": log_lift,
            "relevance": weight * np.log(self.topic_terms) + (1 - weight) * log_lift,
        }[by]
        rows = []
        for topic, scores in score.iterrows():
            # equal scores are put in the order of the terms, so that the table does not depend on the sort
            top = sorted(zip(-scores.round(12), scores.index))[:n]
            rows += [(topic, i + 1, term, self.topic_terms.at[topic, term]) for i, (_, term) in enumerate(top)]
        return pd.DataFrame(rows, columns=["topic", "rank", "term", "probability"])

    def top_words(self, n: int = 10, by: str = "probability") -> list[list[str]]:
        """Return the top `n` terms of each topic as lists."""
        return [list(group["term"]) for _, group in self.terms(n, by).groupby("topic", sort=True)]

    def document_topics(self) -> pd.DataFrame:
        """Return the table documents x topics of P(topic | document)."""
        return self.theta

    def prevalence(
        self, groups: Sequence | None = None, draws: int = 1000, level: float = 0.95, seed: int = 1
    ) -> pd.DataFrame:
        """Return each topic's mean share over documents with a bootstrap interval.

        Args:
            groups: one label a document (its article, say). Documents of one group stand or fall together, so whole
                groups are drawn again; without it each document counts as independent, which for paragraphs of one
                article makes the interval too narrow.
            draws: bootstrap samples.
            level: coverage of the percentile interval.
            seed: of the random draws.

        Returns:
            A table `topic, prevalence, low, high`, shares from 0 to 1.
        """
        theta = self.theta.reset_index(drop=True)
        labels = pd.Series(range(len(theta)) if groups is None else list(groups))
        labels, theta = labels[theta.notna().all(axis=1)], theta.dropna()
        sums = theta.groupby(labels.to_numpy()).sum()
        sizes = labels.groupby(labels.to_numpy()).size().to_numpy()
        picks = np.random.default_rng(seed).integers(len(sums), size=(draws, len(sums)))
        means = sums.to_numpy()[picks].sum(axis=1) / sizes[picks].sum(axis=1)[:, None]
        low, high = np.quantile(means, [(1 - level) / 2, (1 + level) / 2], axis=0)
        table = {"topic": theta.columns, "prevalence": theta.mean().to_numpy(), "low": low, "high": high}
        return pd.DataFrame(table)


def fit_lda(
    words: Sequence[Sequence[str]],
    k: int = 8,
    seed: int = 1,
    documents: Sequence | None = None,
    passes: int = 50,
    min_documents: int = 2,
    alpha: float = 1.0,
    eta: float = 0.2,
) -> TopicModel:
    """Fit latent Dirichlet allocation (Blei, Ng and Jordan 2003) with gensim.

    All documents are fitted in one batch, since gensim's usual online updates fit short texts badly, in double
    precision and in one process, so that one seed gives one result.

    Args:
        words: token lists, one a document.
        k: number of topics, at least 2.
        seed: of the random start.
        documents: names of the documents; 0, 1, 2, ... if not given.
        passes: sweeps over the documents.
        min_documents: terms in fewer documents are left out, since a term of one document cannot show a topic.
        alpha, eta: concentration of the priors over a document's topics and over a topic's terms. The defaults suit a small
            corpus of paragraphs: they foresaw held-out words best there (`held_out_perplexity`), where gensim's own, 1/k,
            did worse than word frequencies alone from six topics on. For long documents try 50/k and 0.1.

    Raises:
        ValueError: `k` is below 2, or fewer than two terms are left.
    """
    dictionary, bags = _bags(words, k, documents, min_documents)
    settings = {
        "engine": "gensim",
        "k": k,
        "seed": seed,
        "passes": passes,
        "min_documents": min_documents,
        "alpha": alpha,
        "eta": eta,
    }
    topic_terms, theta = _fit_gensim(dictionary, bags, settings)
    terms = [dictionary[i] for i in range(len(dictionary))]
    topics = pd.RangeIndex(k, name="topic")
    return TopicModel(
        topic_terms=pd.DataFrame(topic_terms, index=topics, columns=terms),
        theta=pd.DataFrame(theta, index=documents, columns=topics),
        frequencies=pd.Series([dictionary.cfs[i] for i in range(len(dictionary))], index=terms),
        settings=settings,
    )


def _bags(words: Sequence[Sequence[str]], k: int, documents: Sequence | None, min_documents: int):
    """The dictionary and the bags of words of the documents, after checking that a model can be fitted."""
    from gensim.corpora import Dictionary

    if not isinstance(k, (int, np.integer)) or k < 2:
        raise ValueError(f"k must be a whole number of at least 2, got {k!r}")
    if documents is not None and len(documents) != len(words):
        raise ValueError(f"documents has {len(documents)} names for {len(words)} token lists; give one a document")
    dictionary = Dictionary(words)
    dictionary.filter_extremes(no_below=min_documents, no_above=1.0, keep_n=None)
    if len(dictionary) < 2:
        raise ValueError(
            f"words leave {len(dictionary)} terms in at least {min_documents} documents; "
            "give more text or lower min_documents"
        )
    return dictionary, [dictionary.doc2bow(document) for document in words]


def _fit_gensim(dictionary, bags: list, settings: dict) -> tuple[np.ndarray, np.ndarray]:
    """Topics x terms and documents x topics, as gensim fits them; a document without terms has no topics (NaN)."""
    from gensim.models import LdaModel

    k = settings["k"]
    model = LdaModel(
        bags,
        id2word=dictionary,
        num_topics=k,
        random_state=settings["seed"],
        passes=settings["passes"],
        update_every=0,
        chunksize=max(len(bags), 1),
        iterations=100,
        alpha=[settings["alpha"]] * k,
        eta=settings["eta"],
        eval_every=None,
        dtype=np.float64,
    )
    theta = np.full((len(bags), k), np.nan)
    filled = [i for i, bag in enumerate(bags) if bag]
    gamma, _ = model.inference([bags[i] for i in filled])
    theta[filled] = gamma / gamma.sum(axis=1, keepdims=True)
    return model.get_topics(), theta


def held_out_perplexity(
    words: Sequence[Sequence[str]], k: int = 8, seed: int = 1, share: float = 0.2, **fit
) -> dict[str, float]:
    """Fit on part of each document and measure how well the model foresees the rest (document completion, Wallach and others 2009).

    Perplexity is exp of minus the mean log probability of the held-out tokens: among how many equally likely words the
    model still has to choose. Lower is better. It is compared with that of the words' frequencies alone (add 0.1): a model
    that does not come below them has found no topics.

    Args:
        words: token lists, one a document.
        k, seed: of the model.
        share: of the tokens of each document held out, chosen at random by `seed`.
        **fit: passed to `fit_lda`.

    Returns:
        `perplexity` of the model, `unigram` that of the frequencies, and `n_tokens` held out.
    """
    if not 0 < share < 1:
        raise ValueError(f"share must lie between 0 and 1, got {share}")
    rng = np.random.default_rng(seed)
    held = [rng.random(len(document)) < share for document in words]
    rest = [[w for w, out in zip(document, mask) if not out] for document, mask in zip(words, held)]
    model = fit_lda(rest, k=k, seed=seed, **fit)
    unigram = (model.frequencies + 0.1) / (model.frequencies + 0.1).sum()
    topics, alone = [], []
    for document, mask, mixture in zip(words, held, model.theta.to_numpy()):
        tokens = [w for w, out in zip(document, mask) if out and w in unigram.index]
        if tokens and not np.isnan(mixture).any():
            topics += np.log(mixture @ model.topic_terms[tokens].to_numpy()).tolist()
            alone += np.log(unigram[tokens]).tolist()
    return {
        "perplexity": float(np.exp(-np.mean(topics))),
        "unigram": float(np.exp(-np.mean(alone))),
        "n_tokens": len(topics),
    }


def match_topics(one: TopicModel, other: TopicModel, n: int = 10) -> pd.DataFrame:
    """Pair the topics of two models so that their top `n` terms overlap as much as possible.

    Returns:
        A table `topic, other, jaccard`: shared top terms over all top terms of the pair, 0 to 1, paired by the
        Hungarian method (Greene, O'Callaghan and Cunningham 2014).
    """
    tops, others = ([set(words) for words in model.top_words(n)] for model in (one, other))
    overlap = np.array([[len(a & b) / len(a | b) for b in others] for a in tops])
    rows, columns = linear_sum_assignment(-overlap)
    return pd.DataFrame({"topic": rows, "other": columns, "jaccard": overlap[rows, columns]})


def shuffle_words(words: Sequence[Sequence[str]], seed: int = 1) -> list[list[str]]:
    """Deal all tokens anew to documents of the same lengths: what a corpus without any topics would look like.

    A model of such documents shows how coherent and stable topics come out by chance alone; real topics must beat it.
    """
    if not len(words):
        return []
    pool = np.array([token for document in words for token in document], dtype=object)
    np.random.default_rng(seed).shuffle(pool)
    ends = np.cumsum([len(document) for document in words])[:-1]
    return [part.tolist() for part in np.split(pool, ends)]


def choose_k(
    words: Sequence[Sequence[str]],
    ks: Iterable[int] = range(2, 16),
    seeds: Iterable[int] = range(10),
    n: int = 10,
    **fit,
) -> pd.DataFrame:
    """Fit a grid of models and judge each by the company, the variety and the stability of its top terms.

    Args:
        words: token lists, one a document.
        ks: numbers of topics to try.
        seeds: random starts of each.
        n: top terms a topic that are judged.
        **fit: passed to `fit_lda`.

    Returns:
        A table, one row a model: `k, seed`, `perplexity` and `unigram` (`held_out_perplexity`, lower is better),
        `u_mass, c_npmi, c_uci, c_v` (means over topics, see `measures.coherence`),
        `diversity` (different words among all top terms, 0 to 1) and `stability` (mean Jaccard overlap of matched
        topics with the models of the other seeds, 0 to 1; NaN for a single seed).
    """
    rows = []
    ks, seeds = list(ks), list(seeds)
    if not ks or not seeds or len(set(seeds)) < len(seeds):
        raise ValueError(f"ks and seeds must not be empty and seeds not repeat, got {ks} and {seeds}")
    for k in ks:
        models = {seed: fit_lda(words, k=k, seed=seed, **fit) for seed in seeds}
        overlaps = {(a, b): match_topics(models[a], models[b], n)["jaccard"].mean() for a, b in combinations(seeds, 2)}
        for seed, model in models.items():
            tops = model.top_words(n)
            foreseen = held_out_perplexity(words, k=k, seed=seed, **fit)
            means = coherence(tops, words).drop(columns="topic").mean()
            distinct = len({term for top in tops for term in top}) / sum(map(len, tops))
            stable = [value for pair, value in overlaps.items() if seed in pair]
            row = {"k": k, "seed": seed, "perplexity": foreseen["perplexity"], "unigram": foreseen["unigram"], **means}
            rows.append(row | {"diversity": distinct, "stability": np.mean(stable) if stable else np.nan})
    return pd.DataFrame(rows)
