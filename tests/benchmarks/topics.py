"""Topic models beside named peers: what they foresee of held-out texts, and how far their topics are the labels of the texts.

Texts and labels come from the JSON lines file in BENCH_LABELLED (`text`, `label`), the first words of each text; without it the
seeds' paragraphs stand in, with their article as label. All models get the same words and the same number of topics. Topics of
held-out texts are inferred in one and the same way (`TopicModel.infer`), so that the topics are compared and not the inference.
"""

from __future__ import annotations

import json
import os
import time
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
from gensim.corpora import Dictionary
from gensim.models import LdaModel
from sklearn.decomposition import LatentDirichletAllocation
from sklearn.metrics import normalized_mutual_info_score

import qdlib as qd
from qdlib.topics import TopicModel

ROOT = Path(__file__).resolve().parents[2]
LONGEST = 600  # content words of a text
SEEDS = range(5)


def labelled() -> tuple[list[list[str]], list[str]]:
    """Content words and label of each text."""
    file = os.environ.get("BENCH_LABELLED")
    if file:
        rows = pd.DataFrame(map(json.loads, Path(file).read_text("utf-8").splitlines()))
        texts, labels = rows["text"], rows["label"]
    else:
        rows = qd.load_corpus(ROOT / "seeds").documents("paragraph", roles=["lead", "abstract", "body", "quote"])
        texts, labels = rows["text"], rows["article_id"]
    return [words[:LONGEST] for words in qd.content_words(qd.segment(texts), min_chars=2)], labels.tolist()


def _model(weights: np.ndarray, theta: np.ndarray, base: TopicModel) -> TopicModel:
    """A peer's result as a model of ours, with the priors of `base` for the inference."""
    terms = base.weights.columns
    return TopicModel(
        pd.DataFrame(weights, columns=terms), pd.DataFrame(theta), base.frequencies, base.documents, base.settings
    )


def gensim_defaults(words: list[list[str]], base: TopicModel, seed: int, **settings) -> TopicModel:
    """gensim as it comes."""
    dictionary = Dictionary()
    dictionary.token2id = {term: i for i, term in enumerate(base.weights.columns)}
    bags = [dictionary.doc2bow(document) for document in words]
    model = LdaModel(bags, id2word=dictionary, num_topics=len(base.weights), random_state=seed, **settings)
    gamma, _ = model.inference(bags)
    return _model(model.state.get_lambda().astype(float), gamma / gamma.sum(axis=1, keepdims=True), base)


def sklearn_lda(words: list[list[str]], base: TopicModel, seed: int, **settings) -> TopicModel:
    """scikit-learn's batch variational Bayes."""
    model = LatentDirichletAllocation(len(base.weights), random_state=seed, **settings)
    theta = model.fit_transform(base.counts(words))
    return _model(model.components_, theta, base)


def tomotopy_defaults(words: list[list[str]], base: TopicModel, seed: int) -> TopicModel:
    """tomotopy with its own priors, optimised as it goes, and its last sample."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        import tomotopy
    places = {term: i for i, term in enumerate(base.weights.columns)}
    model = tomotopy.LDAModel(k=len(base.weights), seed=seed)
    bags = [[str(places[word]) for word in document if word in places] for document in words]
    for bag in filter(None, bags):
        model.add_doc(bag)
    model.train(1000, workers=1)
    columns = [int(term) for term in model.used_vocabs]
    weights = np.full(base.weights.shape, 1e-9)
    for topic, size in enumerate(model.get_count_by_topics()):
        weights[topic, columns] += model.get_topic_word_dist(topic) * (size + 0.01 * len(places))
    theta = np.full((len(words), model.k), np.nan)
    theta[[i for i, bag in enumerate(bags) if bag]] = [document.get_topic_dist() for document in model.docs]
    return _model(weights, theta, base)


MODELS = {
    "gensim, its defaults": gensim_defaults,
    "scikit-learn, its defaults (10 sweeps)": sklearn_lda,
    "scikit-learn, 100 sweeps": lambda *args: sklearn_lda(*args, max_iter=100),
    "tomotopy, its defaults": tomotopy_defaults,
    "fit_lda, engine gensim": lambda words, base, seed: qd.fit_lda(
        words, len(base.weights), seed, "gensim", min_documents=MIN
    ),
    "fit_lda, engine tomotopy": lambda words, base, seed: qd.fit_lda(
        words, len(base.weights), seed, "tomotopy", min_documents=MIN
    ),
}
MIN = 5


def purity(labels: list[str], topics: np.ndarray) -> float:
    """Share of the texts that have the commonest label of their topic."""
    return sum(group.value_counts().iloc[0] for _, group in pd.Series(labels).groupby(topics)) / len(labels)


def foreseen(fit, words: list[list[str]], k: int, seed: int) -> float:
    """Perplexity of half of the tokens of a fifth of the texts, given the other half."""
    rng = np.random.default_rng(seed)
    out = set(rng.choice(len(words), len(words) // 5, replace=False).tolist())
    training = [document for i, document in enumerate(words) if i not in out]
    base = qd.fit_lda(training, k, seed, "tomotopy", min_documents=MIN, iterations=1)
    training = [document for document in training if any(word in base.frequencies.index for word in document)]
    model = fit(training, base, seed)
    tokens = [[w for w in rng.permutation(words[i]).tolist() if w in base.frequencies.index] for i in sorted(out)]
    tokens = [document for document in tokens if len(document) > 1]
    theta = model.infer([document[::2] for document in tokens]).to_numpy()
    scores = [
        np.log(mixture @ model.topic_terms[document[1::2]].to_numpy()) for mixture, document in zip(theta, tokens)
    ]
    return float(np.exp(-np.concatenate(scores).mean()))


def table(k: int = 10) -> pd.DataFrame:
    """Medians over the seeds: perplexity, NMI and purity of each model, with the range of NMI and the seconds of a fit."""
    words, labels = labelled()
    rows = []
    for name, fit in MODELS.items():
        runs = []
        for seed in SEEDS:
            base = qd.fit_lda(words, k, seed, "tomotopy", min_documents=MIN, iterations=1)
            began = time.perf_counter()
            theta = fit(words, base, seed).theta.fillna(1 / k).to_numpy()
            took = time.perf_counter() - began
            topics = theta.argmax(axis=1)
            nmi = normalized_mutual_info_score(labels, topics)
            runs.append([foreseen(fit, words, k, seed), nmi, purity(labels, topics), took])
        perplexity, nmi, pure, took = np.median(runs, axis=0)
        low, high = np.min(runs, axis=0)[1], np.max(runs, axis=0)[1]
        rows.append([name, perplexity, nmi, f"{low:.2f}-{high:.2f}", pure, took])
    table = pd.DataFrame(rows, columns=["model", "perplexity", "NMI", "range", "purity", "s"])
    table.insert(2, "to the best", table["perplexity"] / table["perplexity"].min())
    return table


def main() -> None:
    """Print the table."""
    print(f"n = {len(labelled()[0])} texts, {len(SEEDS)} seeds, medians")
    print(table().round(3).to_string(index=False))


if __name__ == "__main__":
    main()
