"""The engines of topic models: gensim's variational Bayes and tomotopy's collapsed Gibbs sampling.

Each takes counts of terms and the priors over topics and over each topic's terms, and returns the same two arrays, and
the prior over topics.
"""

from __future__ import annotations

import os
import warnings
from functools import cache

import numpy as np
from scipy.sparse import csr_array

ENGINES = ("gensim", "tomotopy")
ITERATIONS = {"gensim": 50, "tomotopy": 1000}  # sweeps over the documents that are enough
SAMPLES = 10  # of a Gibbs chain, whose mean is taken
HALF = 0.5  # of a token, which variational Bayes takes off each count
LEARNED = "learned"  # in place of alpha
_START = 0.3  # of a learned alpha
_PAUSE = 10  # sweeps between two steps of learning


Fitted = tuple[np.ndarray, np.ndarray, np.ndarray]


def fit_gensim(terms: list[str], counts: csr_array, prior: np.ndarray, settings: dict) -> Fitted:
    """Weights topics x terms, shares documents x topics, as gensim fits them, NaN for a document without terms, and alpha.

    Args:
        terms: the columns of `counts`.
        counts: documents x terms, each row in order of the terms.
        prior: topics x terms.
        settings: of the fit.
    """
    from gensim.matutils import Sparse2Corpus
    from gensim.models import LdaModel

    bags = list(Sparse2Corpus(counts, documents_columns=False))
    model = LdaModel(
        id2word=dict(enumerate(terms)),
        num_topics=settings["k"],
        random_state=settings["seed"],
        passes=settings["iterations"],
        update_every=0,
        chunksize=len(bags),
        decay=0.0,
        iterations=100,
        alpha=[settings["alpha"] + HALF] * settings["k"],
        eta=prior + HALF,
        eval_every=None,
        dtype=np.float64,
    )
    # the random start would outweigh the prior of the seed words: they start with their tokens too
    model.state.sstats += prior - settings["eta"]
    model.sync_state()
    model.update(bags)
    return model.state.get_lambda() - HALF, infer(model, bags), np.full(settings["k"], settings["alpha"])


def infer(model, bags: list) -> np.ndarray:
    """Shares documents x topics by a gensim model with half a token too much; NaN for a document without terms."""
    theta = np.full((len(bags), model.num_topics), np.nan)
    filled = [i for i, bag in enumerate(bags) if bag]
    if filled:
        gamma, _ = model.inference([bags[i] for i in filled])
        theta[filled] = (gamma - HALF) / (gamma - HALF).sum(axis=1, keepdims=True)
    return theta


@cache
def _tomotopy():
    """Load tomotopy with code that all processors of a kind run: with word priors, others draw other samples."""
    before = os.environ.get("TOMOTOPY_ISA")
    os.environ["TOMOTOPY_ISA"] = before or "sse2"
    with warnings.catch_warnings():
        # its compiled part warns when it is loaded, and fails where warnings are errors
        warnings.simplefilter("ignore", DeprecationWarning)
        import tomotopy
    if before is None:
        del os.environ["TOMOTOPY_ISA"]
    return tomotopy


def instruction_set(engine: str) -> str:
    """The processor's instructions that an engine's samples may depend on; nothing for gensim."""
    return _tomotopy().isa if engine == "tomotopy" else ""


def fit_tomotopy(terms: list[str], counts: csr_array, prior: np.ndarray, settings: dict) -> Fitted:
    """The same from collapsed Gibbs sampling: the mean of ten samples of the second half of ten sweeps or more."""
    tp = _tomotopy()
    k, sweeps = settings["k"], settings["iterations"]
    learned = settings["alpha"] == LEARNED
    model = tp.LDAModel(
        k=k, alpha=_START if learned else settings["alpha"], eta=settings["eta"], seed=settings["seed"]
    )
    model.optim_interval = _PAUSE if learned else 0
    tokens = np.array([str(term) for term in range(len(terms))], dtype=object)[np.repeat(counts.indices, counts.data)]
    sizes = counts.sum(axis=1)
    for document in np.split(tokens, sizes.cumsum()[:-1]):
        model.add_doc(document)  # one without tokens is left out
    for term in np.flatnonzero((prior > settings["eta"]).any(axis=0)):
        model.set_word_prior(str(term), prior[:, term].tolist())
    gap = max(1, sweeps // (2 * SAMPLES))
    model.train(max(0, sweeps - gap * SAMPLES), workers=1)
    model.optim_interval = 0  # all samples are of one prior
    alpha = np.array(model.alpha, dtype=float) if learned else np.full(k, settings["alpha"])
    drawn, theta = np.zeros(prior.size, dtype=np.int64), np.tile(alpha, (len(sizes), 1))
    documents = list(model.docs)
    terms_of = np.array([int(term) for term in model.vocabs])  # tomotopy numbers terms anew
    columns = terms_of[np.concatenate([document.words for document in documents])]
    rows = np.repeat(np.arange(len(sizes)), sizes)
    for _ in range(SAMPLES):
        model.train(gap, workers=1)
        topics = np.concatenate([document.topics for document in documents], dtype=np.int64)  # it has 16 bits
        drawn += np.bincount(topics * len(terms) + columns, minlength=prior.size)
        theta += np.bincount(rows * k + topics, minlength=theta.size).reshape(theta.shape) / SAMPLES
    theta[sizes == 0] = np.nan
    return prior + drawn.reshape(prior.shape) / SAMPLES, theta / theta.sum(axis=1, keepdims=True), alpha


def as_gensim(weights: np.ndarray, terms: list[str], frequencies: list[int], settings: dict, more: float = 0.0):
    """A gensim model with these weights, something added to each of them and to the prior over topics (`settings["prior"]`)."""
    from gensim.corpora import Dictionary
    from gensim.models import LdaModel

    dictionary = Dictionary()
    dictionary.token2id = {term: i for i, term in enumerate(terms)}
    dictionary.cfs = dict(enumerate(frequencies))
    model = LdaModel(
        id2word=dictionary,
        num_topics=len(weights),
        alpha=[alpha + more for alpha in settings["prior"]],
        eta=settings["eta"],
        random_state=settings["seed"],
        iterations=500,
        gamma_threshold=1e-6,
        dtype=np.float64,
    )
    model.state.sstats = weights + more - settings["eta"]
    model.sync_state()
    return model
