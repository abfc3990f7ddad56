"""Topic models inside Spark: its LDA with this package's priors, as a `TopicModel` like those of one machine."""

from __future__ import annotations

import platform
from collections.abc import Iterator
from functools import partial
from importlib.metadata import version
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pyarrow as pa

from qdlib.engines import HALF
from qdlib.spark_counts import term_counts
from qdlib.spark_frames import kept, mapped, schema_of
from qdlib.topics import TopicModel, check_settings

if TYPE_CHECKING:
    from pyspark.ml.clustering import LDA
    from pyspark.sql import DataFrame

OPTIMIZERS = {"online": 200, "em": 100}  # with the iterations that are enough
SAMPLED = 2000  # documents of an iteration of `online`, and at least a fiftieth of them
LEARNING = {"learningOffset": 10.0, "learningDecay": 0.6, "optimizeDocConcentration": False}
SHARES = schema_of(["document", "shares"])


def fit_lda(
    words: DataFrame,
    k: int = 8,
    seed: int = 1,
    optimizer: str = "online",
    *,
    min_documents: int = 2,
    alpha: float = 0.3,
    eta: float = 0.1,
    iterations: int | None = None,
    shares: bool = True,
) -> TopicModel:
    """Fit latent Dirichlet allocation on all executors.

    - `online`: variational Bayes on samples of the documents (Hoffman, Blei and Bach 2010). As in `qdlib.fit_lda`, half a
      token is added to each prior and taken off the result, without which it fits short texts badly. An executor holds
      topics x terms.
    - `em`: expectation maximisation on the graph of documents and terms (Asuncion, Welling, Smyth and Teh 2009). It fits a
      little better; the graph is sent around in each sweep and must fit into the executors' memory, and
      `spark.sparkContext.setCheckpointDir` must have named a place for it.

    Spark's own priors fit far worse with both. One seed gives one result on the same executors and partitions only.

    Args:
        words: a frame `document, tokens`.
        k, seed, min_documents, alpha, eta: as for `qdlib.fit_lda`.
        optimizer: `online` or `em`.
        iterations: 200 for `online` and 100 for `em` if not given.
        shares: whether to bring the shares of all documents here, k numbers each, in the order of their names; else the
            model has none, and `document_topics` gives them as a frame.

    Raises:
        ValueError: an argument is out of range, or no term is left.
    """
    if optimizer not in OPTIMIZERS:
        raise ValueError(f"optimizer must be one of {', '.join(OPTIMIZERS)}, got {optimizer!r}")
    check_settings(k, seed, alpha, eta, iterations, min_documents)
    settings = {
        "engine": f"spark {optimizer}", "k": int(k), "seed": int(seed), "alpha": float(alpha), "eta": float(eta), "prior": [float(alpha)] * int(k),
        "iterations": iterations or OPTIMIZERS[optimizer], "min_documents": min_documents, "seed_words": [], "corpus": "",
        "words_sha256": "", "versions": {name: version(name) for name in ("qdlib", "pyspark", "numpy", "scipy")}
        | {"python": platform.python_version()}, "instruction_set": "",
    }  # fmt: skip
    counts = term_counts(words).where(f"n_documents >= {min_documents}").toArrow().to_pydict()
    if not counts["term"]:
        raise ValueError(
            f"words leave 0 terms in at least {min_documents} documents; give more text or lower min_documents"
        )
    with kept(_features(words, counts["term"])) as features:
        weights = _weights(features, optimizer, settings)
    topics = pd.RangeIndex(k, name="topic")
    frequencies = pd.Series(counts["count"], index=counts["term"])
    none = pd.DataFrame(np.empty((0, k)), columns=topics)
    model = TopicModel(
        pd.DataFrame(weights, topics, counts["term"]), none, frequencies, pd.DataFrame(index=[]), settings
    )
    if not shares:
        return model
    found = document_topics(words, model).orderBy("document").toArrow().to_pydict()
    theta = pd.DataFrame(np.array(found["shares"]).reshape(-1, k), index=found["document"], columns=topics)
    return TopicModel(model.weights, theta, frequencies, pd.DataFrame(index=theta.index), settings)


def _features(words: DataFrame, terms: list[str]) -> DataFrame:
    """Documents as vectors of counts."""
    from pyspark.ml.feature import CountVectorizerModel

    model = CountVectorizerModel.from_vocabulary(terms, inputCol="tokens", outputCol="features")
    return model.transform(words).select("features")


def _weights(features: DataFrame, optimizer: str, settings: dict) -> np.ndarray:
    """Weights topics x terms."""
    n = features.count()
    if settings["k"] > n:
        raise ValueError(f"k is {settings['k']}, more than the {n} documents; take a smaller k or a smaller unit")
    fitted = _lda(optimizer, settings, n).fit(features)
    found = fitted.topicsMatrix().toArray().T
    return found + settings["eta"] if optimizer == "em" else found - HALF


def _lda(optimizer: str, settings: dict, n: int) -> LDA:
    """Spark's estimator with our priors; `em` wants them one larger, being a mode and no mean."""
    from pyspark.ml.clustering import LDA

    more, times = (1.0, 1) if optimizer == "em" else (HALF, settings["k"])
    prior = {"docConcentration": [settings["alpha"] + more] * times, "topicConcentration": settings["eta"] + more}
    sampled = {} if optimizer == "em" else {"subsamplingRate": min(1.0, max(SAMPLED / n, 0.02)), **LEARNING}
    given = {"k": settings["k"], "seed": settings["seed"], "maxIter": settings["iterations"], "optimizer": optimizer}
    return LDA(**given, **prior, **sampled)


def document_topics(words: DataFrame, model: TopicModel) -> DataFrame:
    """Return `document, shares`: P(topic | document) of each document of a frame `document, tokens`, as `model.infer` finds it."""
    return mapped(words.select("document", "tokens"), partial(_shares, model=model), SHARES)


def _shares(batches: Iterator[pa.RecordBatch], model: TopicModel) -> Iterator[pa.RecordBatch]:
    """The topics of each batch of documents."""
    for batch in batches:
        theta = model.infer(batch[1].to_pylist()).to_numpy()
        yield pa.RecordBatch.from_arrays([batch[0], pa.array(list(theta), SHARES.types[1])], schema=SHARES)
