"""How long each engine of topic models takes to foresee held-out words how well: `fit_lda` beside gensim, scikit-learn and tomotopy.

    python tests/benchmarks/topic_speed.py                      # 20,000 documents, 20 topics
    python tests/benchmarks/topic_speed.py --topics 100 --documents 5000

The documents are short pieces of the texts of `texts`. All models get the same words, those of at least ten documents. Of every
fifth document half of the words are foreseen from the other half, whose topics `TopicModel.infer` finds for all models alike.
Each engine runs with several numbers of sweeps; `s` are seconds of the processor, on one core. Peers run with their own
priors and with those of `fit_lda`, and their best counts. `NPMI` is the mean coherence of the topics' ten likeliest words in
the documents that were held out.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
import warnings
from functools import partial

import numpy as np
import pandas as pd
import texts
from measured import fresh, keep, markdown, versions
from topics import _model, gensim_defaults, sklearn_lda

import qdlib as qd

LEAST, CHARACTERS, SEED = 10, 170, 1
ALPHA, ETA = 0.3, 0.1  # those of fit_lda
OURS = "fit_lda, engine tomotopy"


def documents(n: int) -> list[list[str]]:
    """Content words of so many documents of about 60 words."""
    pieces = texts.real(n * 3 * CHARACTERS / 1e6, CHARACTERS)[:n]
    return [words for words in qd.content_words(qd.segment(pieces), min_chars=2) if len(words) > 9]


def tomotopy_alone(words: list[list[str]], base, sweeps: int, workers: int = 1, **priors):
    """tomotopy and its last sample; its own priors are optimised as it goes."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        import tomotopy
    model = tomotopy.LDAModel(k=len(base.weights), seed=SEED, **priors)
    model.optim_interval = 0 if priors else model.optim_interval
    known = base.weights.columns
    for document in words:
        model.add_doc(document)
    model.train(sweeps, workers=workers)
    columns = known.get_indexer(list(model.used_vocabs))
    weights = np.full(base.weights.shape, 1e-9)
    for topic in range(model.k):
        weights[topic, columns] += model.get_topic_word_dist(topic)
    return _model(weights * sum(map(len, words)), np.empty((0, model.k)), base)


def gensim_alone(words, base, passes: int, **priors):
    """gensim's online updates."""
    return gensim_defaults(words, base, SEED, passes=passes, **priors)


def sklearn_alone(method: str, **priors):
    """scikit-learn's updates, of all documents at once (`batch`) or of some at a time (`online`)."""
    return lambda words, base, n: sklearn_lda(words, base, SEED, max_iter=n, learning_method=method, **priors)


def ours(engine: str):
    """`fit_lda` with one engine."""
    return lambda words, base, n: qd.fit_lda(words, len(base.weights), SEED, engine, min_documents=1, iterations=n)


# Name: the fit, and the numbers of sweeps.
ENGINES = {
    "gensim LdaModel": (gensim_alone, (1, 5, 20)),
    "gensim LdaModel, our priors": (partial(gensim_alone, alpha=ALPHA, eta=ETA), (5, 20)),
    "scikit-learn, batch": (sklearn_alone("batch"), (10, 50)),
    "scikit-learn, batch, our priors": (sklearn_alone("batch", doc_topic_prior=ALPHA, topic_word_prior=ETA), (10, 50)),
    "scikit-learn, online": (sklearn_alone("online"), (5, 20)),
    "scikit-learn, online, our priors": (sklearn_alone("online", doc_topic_prior=ALPHA, topic_word_prior=ETA), (5, 20)),
    "tomotopy LDAModel": (tomotopy_alone, (20, 50, 100, 200)),
    "tomotopy LDAModel, our priors": (partial(tomotopy_alone, alpha=ALPHA, eta=ETA), (20, 50, 100, 200, 500)),
    "fit_lda, engine gensim": (ours("gensim"), (10, 50)),
    OURS: (ours("tomotopy"), (20, 50, 100, 200, 500)),
}


def table(n: int, k: int) -> pd.DataFrame:
    """Seconds and perplexity of each engine at each number of sweeps."""
    words = documents(n)
    training, asked, base = split(words, k)
    print(
        f"{len(training):,} documents, {base.weights.shape[1]:,} terms, {sum(map(len, training)):,} tokens, K = {k}\n"
    )
    rows = []
    for engine, (fit, sweeps) in ENGINES.items():
        for number in sweeps:
            began = time.process_time()
            model = fit(training, base, number)
            took = time.process_time() - began
            rows.append([engine, number, took, perplexity(model, asked), npmi(model, words[::5])])
            print(*rows[-1], file=sys.stderr, flush=True)
    return pd.DataFrame(rows, columns=["engine", "sweeps", "s", "perplexity", "NPMI"])


def split(words: list[list[str]], k: int):
    """Documents to fit on and documents to foresee, of known terms, and a model that holds these terms."""
    training = [document for i, document in enumerate(words) if i % 5]
    base = qd.fit_lda(training, k, SEED, "tomotopy", min_documents=LEAST, iterations=1)
    known = set(base.weights.columns)
    training = [own for document in training if (own := [word for word in document if word in known])]
    rng = np.random.default_rng(SEED)
    asked = [[word for word in rng.permutation(document).tolist() if word in known] for document in words[::5]]
    return training, [document for document in asked if len(document) > 1], base


def perplexity(model, asked: list[list[str]]) -> float:
    """Of every other word of the documents, given the rest."""
    theta = model.infer([document[::2] for document in asked]).to_numpy()
    topic_terms, place = model.topic_terms.to_numpy(), {term: i for i, term in enumerate(model.weights.columns)}
    scores = [np.log(mix @ topic_terms[:, [place[w] for w in words[1::2]]]) for mix, words in zip(theta, asked)]
    return float(np.exp(-np.concatenate(scores).mean()))


def npmi(model, documents: list[list[str]]) -> float:
    """Mean coherence of the ten likeliest words of each topic."""
    return float(qd.coherence(model.top_words(10), documents, ["c_npmi"])["c_npmi"].mean())


def reached(runs: pd.DataFrame) -> list[dict]:
    """The best that each peer reaches, and how soon `fit_lda` is there."""
    rows = []
    for engine, own in runs[~runs["engine"].str.startswith("fit_lda")].groupby("engine", sort=False):
        best = own.loc[own["perplexity"].idxmin()]
        there = runs[(runs["engine"] == OURS) & (runs["perplexity"] <= best["perplexity"])]
        soon = there["s"].min() if len(there) else np.nan
        rows.append(
            {
                "peer": engine,
                "sweeps": int(best["sweeps"]),
                "its best perplexity": best["perplexity"],
                "its s": best["s"],
            }
        )
        rows[-1] |= {"fit_lda there after s": float(soon), "ratio": float(best["s"] / soon)}
    return rows


def reproducible(n: int, k: int) -> list[dict]:
    """Wall seconds of tomotopy on one and on all cores, with each set of instructions, and whether twice gives the same."""
    rows = []
    for isa in ("sse2", "avx2"):
        for workers in (1, os.cpu_count() or 1):
            os.environ["TOMOTOPY_ISA"] = isa
            (row,) = fresh(__file__, "--step", n, k, workers)
            rows.append({"instructions": isa, "cores": workers} | row)
    del os.environ["TOMOTOPY_ISA"]
    return rows


def twice(n: int, k: int, workers: int) -> dict:
    """Seconds of a fit, and whether another one is the same."""
    training, _, base = split(documents(n), k)
    began = time.perf_counter()
    one = tomotopy_alone(training, base, 50, workers)
    took = time.perf_counter() - began
    return {"s": took, "same twice": str(one.weights.equals(tomotopy_alone(training, base, 50, workers).weights))}


def main() -> None:
    """Print the tables and keep the runs."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--documents", type=int, default=20_000)
    parser.add_argument("--topics", type=int, default=20)
    parser.add_argument("--step", nargs=3, type=int, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.step:
        import json

        print(json.dumps(twice(*asked.step)))
        return
    runs = table(asked.documents, asked.topics)
    rows = runs.to_dict("records")
    print(markdown(rows), markdown(reached(runs)), sep="\n\n")
    print("\nThe cost of being reproducible, 50 sweeps of tomotopy on a quarter of the documents:\n")
    print(markdown(reproducible(asked.documents // 4, asked.topics)))
    kept = keep([row | {"K": asked.topics, "versions": versions()} for row in rows], f"topic-speed-k{asked.topics}")
    print(f"\nKept as {kept.name}")


if __name__ == "__main__":
    main()
