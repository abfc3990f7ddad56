"""How long each engine of topic models takes to foresee held-out words how well: `fit_lda` beside gensim, scikit-learn and tomotopy.

    python tests/benchmarks/topic_speed.py                      # 20,000 documents, 20 topics
    python tests/benchmarks/topic_speed.py --topics 100 --documents 5000
    python tests/benchmarks/topic_speed.py --resume results/topic-speed-k20-....csv   # goes on where it was stopped

The documents are different short pieces of the texts of `texts`. All models get the same words, those of at least ten documents,
and give topics x terms and documents x topics. Of every fifth document half of the words are foreseen from the other half, whose
topics `TopicModel.infer` finds for all models alike, with the prior of `fit_lda` and with the model's own: the better counts. Each
peer runs with its own priors and with those of `fit_lda`, and each engine with several numbers of sweeps. NPMI is the mean over
the pairs of each topic's first ten words, how often they share a document they were fitted on. `s` are seconds of the processor, on
one core; the fast engines run with three seeds, the slow ones with one.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
import warnings
from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations

import numpy as np
import pandas as pd
import texts
from measured import fresh, keep, markdown, versions
from sklearn.decomposition import LatentDirichletAllocation
from topics import gensim_defaults

import qdlib as qd
from qdlib.engines import LEARNED
from qdlib.topics import TopicModel

LEAST, CHARACTERS, SEED = 10, 110, 1
OURS = "fit_lda, engine tomotopy"
ONE, THREE = (1,), (1, 2, 3)  # seeds


def documents(n: int) -> list[list[str]]:
    """Content words of so many different documents of about 37 words, chained ones only where the texts do not suffice."""
    whole = texts.n_bytes(texts.base()) / 1e6
    enough = max(whole, n * 6 * CHARACTERS / 1e6)
    for size in (0.98 * whole, enough, 2 * enough):  # below the whole nothing is chained
        pieces = list(dict.fromkeys(texts.real(size, CHARACTERS)))
        words = [words for words in qd.content_words(qd.segment(pieces), min_chars=2) if len(words) > 9]
        if len(words) >= n:
            break
    kind = "real" if size < whole else "in part chained"
    print(f"the first {n:,} of {len(words):,} documents, {kind}", file=sys.stderr, flush=True)  # stdout holds results
    return words[:n]


def _result(weights: np.ndarray, theta: np.ndarray, base: TopicModel, prior: list[float]) -> TopicModel:
    """A peer's result as a model of ours, with its own prior over a document's topics."""
    terms = base.weights.columns
    settings = base.settings | {"prior": prior}
    return TopicModel(
        pd.DataFrame(weights, columns=terms), pd.DataFrame(theta), base.frequencies, base.documents, settings
    )


def tomotopy_alone(words, base: TopicModel, seed: int, sweeps: int, own: bool = True, workers: int = 1) -> TopicModel:
    """tomotopy's last sample, with its own priors, optimised as it goes, or with ours."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        import tomotopy
    priors = {} if own else {name: base.settings[name] for name in ("alpha", "eta")}
    model = tomotopy.LDAModel(k=len(base.weights), seed=seed, **priors)
    if not own:
        model.optim_interval = 0
    for document in words:
        model.add_doc(document)
    model.train(sweeps, workers=workers)
    columns = base.weights.columns.get_indexer(list(model.used_vocabs))
    weights = np.full(base.weights.shape, 1e-9)
    for topic in range(model.k):
        weights[topic, columns] += model.get_topic_word_dist(topic)
    theta = np.array([document.get_topic_dist() for document in model.docs])
    return _result(weights * sum(map(len, words)), theta, base, [float(alpha) for alpha in model.alpha])


def gensim_alone(words, base: TopicModel, seed: int, passes: int, own: bool = True) -> TopicModel:
    """gensim's online updates."""
    k, alpha, eta = len(base.weights), base.settings["alpha"], base.settings["eta"]
    priors = {} if own else {"alpha": [alpha] * k, "eta": eta}
    model = gensim_defaults(words, base, seed, passes=passes, **priors)
    return _result(model.weights.to_numpy(), model.theta.to_numpy(), base, [1 / k if own else alpha] * k)


def sklearn_alone(method: str):
    """scikit-learn's variational Bayes, in batches or online."""

    def fit(words, base: TopicModel, seed: int, sweeps: int, own: bool = True) -> TopicModel:
        k, alpha, eta = len(base.weights), base.settings["alpha"], base.settings["eta"]
        priors = {} if own else {"doc_topic_prior": alpha, "topic_word_prior": eta}
        model = LatentDirichletAllocation(k, max_iter=sweeps, learning_method=method, random_state=seed, **priors)
        theta = model.fit_transform(base.counts(words))
        return _result(model.components_, theta, base, [1 / k if own else alpha] * k)

    return fit


def ours(engine: str):
    """`fit_lda` with one engine, with a learned alpha for its own prior."""
    return lambda words, base, seed, n, own: qd.fit_lda(
        words, len(base.weights), seed, engine, min_documents=1, iterations=n, alpha=LEARNED if own else 0.3
    )


# Name: the fit, whether with its own priors and with ours, the numbers of sweeps, the seeds; the fast ones first.
ENGINES = {
    OURS: (ours("tomotopy"), (True, False), (10, 20, 30, 50, 100, 200, 500), THREE),
    "tomotopy LDAModel": (tomotopy_alone, (True, False), (10, 20, 30, 50, 100, 200), THREE),
    "gensim LdaModel": (gensim_alone, (True, False), (1, 5, 20), ONE),
    "scikit-learn, online": (sklearn_alone("online"), (True, False), (5, 20), ONE),
    "scikit-learn, batch": (sklearn_alone("batch"), (True, False), (10, 30), ONE),
    "fit_lda, engine gensim": (ours("gensim"), (False,), (10, 50), ONE),
}


def runs(training: list[list[str]], asked: list[list[str]], base: TopicModel, done: set) -> Iterator[dict]:
    """Seconds, perplexity and NPMI of each engine with each prior at each number of sweeps, medians over the seeds."""
    plan = [
        (place, engine, number, own)
        for engine, (_, priors, sweeps, _) in ENGINES.items()
        for place, number in enumerate(sweeps)
        for own in priors
    ]
    for _, engine, number, own in sorted(plan, key=lambda step: step[0]):  # few sweeps of all engines come first
        fit, *_, seeds = ENGINES[engine]
        names = {"engine": engine, "priors": "own" if own else "of fit_lda", "sweeps": number, "n": len(seeds)}
        if tuple(map(str, names.values())) in done:
            continue
        results = []
        for seed in seeds:
            began = time.process_time()
            model = fit(training, base, seed, number, own)
            took = time.process_time() - began
            results.append([took, perplexity(model, asked, base), npmi(model, training)])
        yield names | dict(zip(("s", "perplexity", "NPMI"), np.median(results, axis=0).tolist()))


def split(words: list[list[str]], k: int):
    """Documents to fit on and documents to foresee, of known terms, and a model that holds these terms."""
    training = [document for i, document in enumerate(words) if i % 5]
    base = qd.fit_lda(training, k, SEED, "tomotopy", min_documents=LEAST, iterations=1)
    known = set(base.weights.columns)
    training = [own for document in training if (own := [word for word in document if word in known])]
    rng = np.random.default_rng(SEED)
    asked = [[word for word in rng.permutation(document).tolist() if word in known] for document in words[::5]]
    return training, [document for document in asked if len(document) > 1], base


def perplexity(model: TopicModel, asked: list[list[str]], base: TopicModel) -> float:
    """Of every other word of the documents, given the rest, with the better of two priors over a document's topics."""
    topic_terms, place = model.topic_terms.to_numpy(), {term: i for i, term in enumerate(model.weights.columns)}
    topic_terms, given = topic_terms.astype(float), [document[::2] for document in asked]
    wanted = [[place[word] for word in document[1::2]] for document in asked]
    found = []
    for prior in (model.settings["prior"], base.settings["prior"]):
        theta = replace(model, settings=model.settings | {"prior": prior}).infer(given).to_numpy()
        found.append(-np.concatenate([np.log(mix @ topic_terms[:, own]) for mix, own in zip(theta, wanted)]).mean())
    return float(np.exp(min(found)))


def npmi(model: TopicModel, training: list[list[str]], n: int = 10) -> float:
    """Mean normalised pointwise mutual information of the pairs of each topic's first words, within documents."""
    tops = model.top_words(n)
    places = {word: set() for top in tops for word in top}
    for i, document in enumerate(training):
        for word in places.keys() & document:
            places[word].add(i)
    pairs = [(places[a], places[b]) for top in tops for a, b in combinations(top, 2)]
    # a pair that never meets counts as good as -1, as in gensim's c_npmi
    p = np.array([(len(a), len(b), max(len(a & b), 1e-12 * len(training))) for a, b in pairs]) / len(training)
    return float((np.log(p[:, 2] / (p[:, 0] * p[:, 1])) / -np.log(p[:, 2])).mean())


def reached(rows: pd.DataFrame) -> list[dict]:
    """The best that each peer reaches with either prior, how soon `fit_lda` is there, and how soon any engine is."""
    table = []
    for peer, own in rows[~rows["engine"].str.startswith("fit_lda")].groupby("engine", sort=False):
        best = own.loc[own["perplexity"].idxmin()]
        there = rows[rows["perplexity"] <= best["perplexity"]]
        at = there[there["engine"] == OURS].sort_values("s").head(1)
        ours = dict(at.iloc[0]) if len(at) else {"s": np.nan, "sweeps": "", "NPMI": np.nan}
        row = {"peer": peer, "priors": best["priors"], "sweeps": int(best["sweeps"]), "perplexity": best["perplexity"]}
        row |= {"NPMI": best["NPMI"], "its s": best["s"], "fit_lda's sweeps": ours["sweeps"], "s": float(ours["s"])}
        first = there.loc[there["s"].idxmin()]
        row |= {"its NPMI": float(ours["NPMI"]), "ratio": float(best["s"] / ours["s"])}
        table.append(row | {"first of all": f"{first['engine']} ({first['s']:.3g} s)"})
    return table


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
    one = tomotopy_alone(training, base, SEED, 50, False, workers)
    took = time.perf_counter() - began
    return {
        "s": took,
        "same twice": str(one.weights.equals(tomotopy_alone(training, base, SEED, 50, False, workers).weights)),
    }


def main() -> None:
    """Print the tables and keep the runs."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--documents", type=int, default=20_000)
    parser.add_argument("--topics", type=int, default=20)
    parser.add_argument("--resume", help="the CSV of a run that was stopped")
    parser.add_argument("--step", nargs=3, type=int, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.step:
        import json

        print(json.dumps(twice(*asked.step)))
        return
    training, foreseen, base = split(documents(asked.documents), asked.topics)
    terms, tokens = base.weights.shape[1], sum(map(len, training))
    print(f"{len(training):,} documents, {terms:,} terms, {tokens:,} tokens, K = {asked.topics}\n", flush=True)
    about = {"documents": asked.documents, "K": asked.topics, "versions": versions()}
    rows = pd.read_csv(asked.resume).drop(columns=list(about)).to_dict("records") if asked.resume else []
    done = {tuple(str(row[name]) for name in ("engine", "priors", "sweeps", "n")) for row in rows}
    for row in runs(training, foreseen, base, done):
        rows.append(row)
        keep([row | about for row in rows], f"topic-speed-k{asked.topics}")  # each time: a stop loses nothing
    print(markdown(rows), markdown(reached(pd.DataFrame(rows))), sep="\n\n")
    print("\nThe cost of being reproducible, 50 sweeps of tomotopy on a quarter of the documents:\n")
    print(markdown(reproducible(asked.documents // 4, asked.topics)))


if __name__ == "__main__":
    main()
