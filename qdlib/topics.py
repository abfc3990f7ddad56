"""Topic models: fit one, read it, question it, keep it.

gensim is the reference engine; tomotopy's collapsed Gibbs sampler is the other. Whatever the engine, a model is the
same plain tables - topics x terms, documents x topics - and can be handed on as a gensim model.
"""

from __future__ import annotations

import hashlib
import json
import platform
import warnings
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from importlib.metadata import version
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
import pandas as pd
from scipy.optimize import linear_sum_assignment
from scipy.sparse import csr_array
from scipy.spatial.distance import pdist, squareform

from qdlib.engines import (
    ENGINES,
    HALF,
    ITERATIONS,
    LEARNED,
    as_gensim,
    fit_gensim,
    fit_tomotopy,
    infer,
    instruction_set,
)
from qdlib.measures import frex

RANKINGS = ("probability", "frex", "lift", "relevance")
_version = cache(version)  # many small models are fitted, and a look-up reads a file
SEEDED = 10.0  # tokens, of those it has, that a seed word counts in its topic before the first document is read
_SHOWN = ["source", "line", "date", "text"]  # what a representative document is shown with, where it is known


@dataclass(frozen=True, eq=False)
class TopicModel:
    """A fitted topic model as tables.

    Attributes:
        weights: topics x terms; `topic_terms` are its shares:
            - `...` (number): the expected count of the term that names the column, plus its prior.
        theta: documents x topics:
            - `...` (number, 0 to 1): P(topic | document); missing for a document without words.
        frequencies: count of each term in the documents.
        documents: one row a document, in order: its name as index, and what is known of it (source, line, date ...).
        settings: everything needed to fit it again, with the versions it was made with and the hash of its corpus; `prior`
            is the alpha of each topic.
    """

    weights: pd.DataFrame
    theta: pd.DataFrame
    frequencies: pd.Series
    documents: pd.DataFrame
    settings: dict = field(default_factory=dict)

    @cached_property
    def topic_terms(self) -> pd.DataFrame:
        """The table topics x terms of P(term | topic)."""
        return self.weights.div(self.weights.sum(axis=1), axis=0)

    def document_topics(self) -> pd.DataFrame:
        """Return the table documents x topics of P(topic | document).

        Returns:
            - `...` (number, 0 to 1): the share of the topic that names the column; missing for a document without
              words.
        """
        return self.theta.copy()

    def terms(self, n: int = 10, by: str = "probability", weight: float | None = None) -> pd.DataFrame:
        """List the top terms of each topic.

        Args:
            n: terms a topic.
            by: `probability` P(w|t); `frex`, how frequent and how exclusive (`measures.frex`); `lift` P(w|t)/P(w),
                which favours rare terms; `relevance` weight * log P(w|t) + (1 - weight) * log lift (Sievert and Shirley
                2014).
            weight: of exclusivity in `frex`, 0.5 if not given; in `relevance` from 0 (lift) to 1 (probability), 0.6 if
                not given.

        Returns:
            A table, one row a term of a topic:

            - `topic` (integer, from 0): the topic.
            - `rank` (integer, from 1): of the term.
            - `term` (text): the term.
            - `probability` (number, 0 to 1): P(w|t).

        Raises:
            ValueError: `by` is unknown, or `n` or `weight` is out of range.
        """
        if n < 1:
            raise ValueError(f"n must be at least 1, got {n!r}")
        if by not in RANKINGS:
            raise ValueError(f"by must be one of {', '.join(RANKINGS)}, got {by!r}")
        # equal scores are put in the order of the terms, so that the table does not depend on the sort
        by_term = np.argsort(self.weights.columns.to_numpy(dtype=object), kind="stable")
        scores = self._scores(by, weight).to_numpy()[:, by_term].round(12)
        top = by_term[np.argsort(-scores, axis=1, kind="stable")[:, :n]]
        table = pd.DataFrame({"topic": self.weights.index.repeat(top.shape[1])})
        table["rank"] = np.tile(np.arange(1, top.shape[1] + 1), len(top))
        table["term"] = self.weights.columns.to_numpy()[top.ravel()]
        return table.assign(probability=np.take_along_axis(self.topic_terms.to_numpy(), top, axis=1).ravel())

    def _scores(self, by: str, weight: float | None) -> pd.DataFrame:
        """The table topics x terms by which terms are ranked."""
        if by == "frex":
            return frex(self.topic_terms, 0.5 if weight is None else weight)
        log_p = np.log(self.topic_terms)
        log_lift = log_p - np.log(self.frequencies / self.frequencies.sum())
        share = {"probability": 1.0, "lift": 0.0}.get(by, 0.6 if weight is None else weight)
        if not 0 <= share <= 1:
            raise ValueError(f"weight must lie between 0 and 1, got {weight!r}")
        return share * log_p + (1 - share) * log_lift

    def top_words(self, n: int = 10, by: str = "probability") -> list[list[str]]:
        """Return the top `n` terms of each topic as lists."""
        terms = self.terms(n, by)["term"].to_numpy()
        return terms.reshape(len(self.weights), -1).tolist()

    def prevalence(
        self, groups: str | Sequence | None = None, draws: int = 1000, level: float = 0.95, seed: int = 1
    ) -> pd.DataFrame:
        """Return each topic's mean share over documents with a bootstrap interval.

        Args:
            groups: one label a document, or the column of `documents` that holds it (`article_id`, say). Documents of
                one group stand or fall together, so whole groups are drawn again; without it each document counts as
                independent, which for paragraphs of one article makes the interval too narrow.
            draws: bootstrap samples.
            level: coverage of the percentile interval.
            seed: of the random draws.

        Returns:
            A table, one row a topic. The interval leaves out the doubt of the model itself, and with fewer than some
            thirty groups it is too narrow.

            - `topic`: as in `TopicModel.terms`.
            - `prevalence` (number, 0 to 1): its mean share.
            - `low, high` (number, 0 to 1): the bootstrap interval.

        Raises:
            ValueError: a label is missing, or `draws` or `level` is out of range.
        """
        if draws < 1 or not 0 < level < 1:
            raise ValueError(f"draws must be at least 1 and level between 0 and 1, got {draws!r} and {level!r}")
        labels = pd.Series(range(len(self.theta))) if groups is None else self._labels(groups)
        if labels.isna().any():
            raise ValueError(f"groups must have a label for each document; document {labels.isna().idxmax()} has none")
        known = self.theta.notna().all(axis=1).to_numpy()
        by_group = self.theta[known].groupby(labels[known].to_numpy())
        sums, sizes = by_group.sum().to_numpy(), by_group.size().to_numpy()
        rng, even = np.random.default_rng(seed), np.full(len(sizes), 1 / len(sizes))
        drawn = (rng.multinomial(len(sizes), even) for _ in range(draws))
        means = np.array([times @ sums / (times @ sizes) for times in drawn])
        low, high = np.quantile(means, [(1 - level) / 2, (1 + level) / 2], axis=0)
        table = {"topic": self.theta.columns, "prevalence": self.theta.mean().to_numpy(), "low": low, "high": high}
        return pd.DataFrame(table)

    def shares(self, by: str | Sequence) -> pd.DataFrame:
        """Return the mean share of each topic in each group of documents.

        Args:
            by: one label a document, or the column of `documents` that holds it (`outlet`, `date` ...). A document with
                a list of labels counts in each of them, one without a label (empty, or an empty list) in none.

        Returns:
            A table groups x topics, rows in order of the labels:

            - `n` (integer): documents of the group.
            - `...` (number, 0 to 1): the mean share of the topic that names the column.
        """
        labels = [list(dict.fromkeys(own)) if isinstance(own, list) else own for own in self._labels(by)]
        table = self.theta.assign(group=pd.Series(labels, self.theta.index, dtype=object)).dropna().explode("group")
        table = table[table["group"].notna() & (table["group"] != "")]
        groups = table.groupby("group")
        means = groups.mean()
        means.insert(0, "n", groups.size())
        return means

    def representative(self, n: int = 3) -> pd.DataFrame:
        """List the documents that carry each topic most.

        Returns:
            A table, one row a document of a topic:

            - `topic`: as in `TopicModel.terms`.
            - `rank` (integer, from 1): of the document.
            - `document` (text): its name.
            - `share` (number, 0 to 1): P(topic | document).
            - `source, line, date, text`: as in `Corpus.documents`, where the model was fitted with a table of
              documents.
        """
        rows = []
        for topic in self.theta.columns:
            shares = self.theta[topic].round(12).reset_index(drop=True).dropna()
            first = shares.sort_values(ascending=False, kind="stable")
            rows += [(topic, rank, place, share) for rank, (place, share) in enumerate(first.head(n).items(), start=1)]
        table = pd.DataFrame(rows, columns=["topic", "rank", "place", "share"])
        about = self.documents.iloc[table["place"]].rename_axis("document").reset_index()
        shown = [column for column in _SHOWN if column in about]
        table.insert(2, "document", about["document"])
        return pd.concat([table.drop(columns="place"), about[shown]], axis=1)

    def correlations(self) -> pd.DataFrame:
        """Return how topics go together over documents: topics x topics, from -1 to 1.

        Pearson's correlation of the centred log-ratios of the shares. Shares add up to 1, so plain correlations would
        lean to the negative; these do so too for few topics, the more the fewer (-1 for two) (Aitchison 1986).

        Returns:
            - `...` (number, -1 to 1): the correlation with the topic that names the column.
        """
        logs = np.log(self.theta.dropna())
        return logs.sub(logs.mean(axis=1), axis=0).corr()

    def inter_topic_map(self) -> pd.DataFrame:
        """Place the topics on a plane so that topics of like terms lie near each other.

        Principal coordinates of the Jensen-Shannon distances (square root of the divergence in nats, 0 to 0.83) between
        the topics' terms, as pyLDAvis draws them; the numbers of the topics stay those of the model.

        Returns:
            A table, one row a topic; its `attrs["explained"]` is the share of the squared distances that the plane
            shows.

            - `topic`: as in `TopicModel.terms`.
            - `x, y` (number): its place on the plane.
            - `prevalence`: as in `TopicModel.prevalence`.
        """
        distances = squareform(pdist(self.topic_terms.to_numpy(), "jensenshannon"))
        centre = np.eye(len(distances)) - 1 / len(distances)
        values, vectors = np.linalg.eigh(-centre @ distances**2 @ centre / 2)
        values, vectors = np.clip(values[::-1], 0, None), vectors[:, ::-1]
        places = np.zeros((len(distances), 2))
        found = min(2, len(distances))
        # the sign of an axis is arbitrary: the topic that lies farthest out lies on its positive side
        signs = np.sign(vectors[np.abs(vectors[:, :found]).round(9).argmax(axis=0), range(found)])
        places[:, :found] = vectors[:, :found] * signs * np.sqrt(values[:found])
        table = pd.DataFrame({"topic": self.theta.columns, "x": places[:, 0], "y": places[:, 1]})
        table["prevalence"] = self.theta.mean().to_numpy()
        table.attrs["explained"] = float(values[:2].sum() / values.sum()) if values.sum() else 1.0
        return table

    def infer(self, words: Sequence[Sequence[str]]) -> pd.DataFrame:
        """Return the topics of other documents: a table documents x topics of P(topic | document), as gensim infers
        them.

        By gensim's inference whatever engine fitted the model, so for its own documents a Gibbs model's shares come out
        near, not the same. Terms that the model does not know do not count; a document without known terms has no
        topics (NaN).

        Returns:
            - `...` (number, 0 to 1): the share of the topic that names the column; missing for a document without known
              terms.
        """
        model = self._gensim(HALF)
        theta = infer(model, [model.id2word.doc2bow(document) for document in token_lists(words)])
        return pd.DataFrame(theta, columns=self.theta.columns)

    def counts(self, words: Sequence[Sequence[str]]):
        """Count the model's terms in token lists: a sparse matrix documents x terms."""
        from gensim.matutils import corpus2csc

        known = self.to_gensim().id2word
        bags = map(known.doc2bow, token_lists(words))
        return corpus2csc(bags, num_terms=len(self.weights.columns), num_docs=len(words)).T.tocsr()

    def to_gensim(self):
        """Return the model as a `gensim.models.LdaModel` with the same topics, whatever engine fitted it."""
        return self._gensim()

    def _gensim(self, more: float = 0.0):
        """The gensim model, something added to each weight and prior."""
        frequencies = self.frequencies.astype(int).tolist()
        return as_gensim(self.weights.to_numpy(), list(self.weights.columns), frequencies, self.settings, more)

    def save(self, path: str | Path) -> None:
        """Save the model in one `.npz` file of arrays and text; `load_topics` reads it without unpickling anything."""
        about = {
            "settings": self.settings,
            "names": self.theta.index.tolist(),
            "documents": self.documents.reset_index(drop=True).to_dict("list"),
        }
        np.savez_compressed(
            _npz(path),
            weights=self.weights.to_numpy(),
            theta=self.theta.to_numpy(),
            terms=np.array(self.weights.columns, dtype=str),
            frequencies=self.frequencies.to_numpy(),
            about=np.array(json.dumps(about, ensure_ascii=False, default=_plain)),
        )

    def _labels(self, by: str | Sequence) -> pd.Series:
        """The labels of the documents, given as such or as a column of their table."""
        if isinstance(by, str):
            if by not in self.documents:
                known = (
                    ", ".join(map(str, self.documents.columns))
                    or "none; fit the model with documents=corpus.documents(...)"
                )
                raise ValueError(f"documents have no column {by!r}; they have {known}")
            return self.documents[by].reset_index(drop=True)
        if len(by) != len(self.theta):
            raise ValueError(f"there are {len(by)} labels for {len(self.theta)} documents; give one a document")
        return pd.Series(list(by), dtype=object)


def _npz(path: str | Path) -> Path:
    """The path with the suffix that numpy would add."""
    path = Path(path)
    return path if path.suffix == ".npz" else path.with_name(path.name + ".npz")


def _plain(value):
    """A number of numpy as one of Python, anything else as text."""
    return value.item() if isinstance(value, np.generic) else str(value)


def load_topics(path: str | Path) -> TopicModel:
    """Read a model that `TopicModel.save` wrote; nothing in the file is run.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: the file is no saved model.
    """
    path = _npz(path)
    if not path.is_file():
        raise FileNotFoundError(f"model {str(path)!r} does not exist; save one with model.save(path)")
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as saved:
            arrays = {name: saved[name] for name in ("weights", "theta", "terms", "frequencies", "about")}
        about = json.loads(str(arrays["about"]))
        settings = about["settings"]
        settings.setdefault("prior", [settings["alpha"]] * len(arrays["weights"]))  # of a model saved before there was one
        topics = pd.RangeIndex(len(arrays["weights"]), name="topic")
        terms = arrays["terms"].tolist()
        return TopicModel(
            weights=pd.DataFrame(arrays["weights"], index=topics, columns=terms),
            theta=pd.DataFrame(arrays["theta"], index=about["names"], columns=topics),
            frequencies=pd.Series(arrays["frequencies"], index=terms),
            documents=pd.DataFrame(about["documents"], index=about["names"]),
            settings=settings,
        )
    except (KeyError, ValueError, TypeError, OSError, EOFError, BadZipFile, zlib.error) as error:
        raise ValueError(f"{str(path)!r} is no saved topic model ({error}); save one with model.save(path)") from error


def fit_lda(
    words: Sequence[Sequence[str]],
    k: int = 8,
    seed: int = 1,
    engine: str = "gensim",
    *,
    documents: Sequence | pd.DataFrame | None = None,
    seed_words: Sequence[Sequence[str]] = (),
    min_documents: int = 2,
    alpha: float | str = 0.3,
    eta: float = 0.1,
    iterations: int | None = None,
) -> TopicModel:
    """Fit latent Dirichlet allocation (Blei, Ng and Jordan 2003).

    - `gensim`: variational Bayes in one batch, in double precision and in one process. gensim's own settings fit short
      texts badly, for two reasons. It damps each step even of a batch, so that it stops far from the optimum; here it
      does not. And variational Bayes takes about half a token off each count (exp(digamma(x)) is about x - 1/2), which
      wipes out rare words; here half a token is added to each prior before the fit and taken off the result (Asuncion,
      Welling, Smyth and Teh 2009).
    - `tomotopy`: collapsed Gibbs sampling; after the first half of the sweeps the mean of ten samples, since a single
      one is noisy where documents are short.

    One seed gives one result, on the same kind of processor to the last digit.

    Args:
        words: token lists, one a document.
        k: number of topics; 1 is the corpus as a whole, a baseline.
        seed: of the random start.
        engine: `gensim` or `tomotopy`.
        documents: names of the documents, or the table they come from (`Corpus.documents`): its column `document` gives
            the names, and its other columns let `representative` and `shares` lead back to the texts; 0, 1, 2, ... if
            not given.
        seed_words: for the first topics, words that the prior draws to each; further topics are free, as is one with an
            empty list. Words that the documents lack are named in a warning.
        min_documents: terms in fewer documents are left out, since a term of one document cannot show a topic.
        alpha, eta: concentration of the priors over a document's topics and over a topic's terms. The defaults foresaw
            held-out words well on whole news texts and on paragraphs. With `alpha="learned"` (tomotopy) each topic has an
            alpha of its own, fitted every ten sweeps before the samples are taken: topics need not be equally common
            (Wallach, Mimno and McCallum 2009). It gains where topics are many or texts are; on few short ones nothing.
        iterations: sweeps over the documents; 50 for gensim and 1,000 for tomotopy if not given.

    Raises:
        ValueError: an argument is out of range or not for the engine, `k` is larger than the number of documents with
            terms, or no term is left.
    """
    words = token_lists(words)
    about = _documents_of(words, documents)
    if engine not in ENGINES:
        raise ValueError(f"engine must be one of {', '.join(ENGINES)}, got {engine!r}")
    learned = isinstance(alpha, str) and alpha == LEARNED
    if learned and engine != "tomotopy":
        raise ValueError(f"alpha {LEARNED!r} needs the engine 'tomotopy', got {engine!r}; give a number instead")
    check_settings(k, seed, 1.0 if learned else alpha, eta, iterations, min_documents)
    settings = {
        "engine": engine,
        "k": int(k),
        "seed": int(seed),
        "alpha": alpha if learned else float(alpha),
        "eta": float(eta),
        "iterations": iterations or ITERATIONS[engine],
        "min_documents": min_documents,
        "seed_words": [_listed(group, topic) for topic, group in enumerate(seed_words)],
        "corpus": about.attrs.get("corpus", ""),
        "words_sha256": hashlib.sha256(json.dumps(words).encode()).hexdigest(),
        "versions": {name: _version(name) for name in ("qdlib", engine, "numpy", "scipy")}
        | {"python": platform.python_version()},
        "instruction_set": instruction_set(engine),
    }
    terms, counts = _counted(words, k, min_documents)
    frequencies = pd.Series(counts.sum(axis=0), index=terms)
    prior = _prior(frequencies, settings)
    fit = fit_gensim if engine == "gensim" else fit_tomotopy
    weights, theta, over_topics = fit(terms, counts, prior, settings)
    settings["prior"] = over_topics.tolist()
    topics = pd.RangeIndex(k, name="topic")
    return TopicModel(
        weights=pd.DataFrame(weights, index=topics, columns=terms),
        theta=pd.DataFrame(theta, index=about.index, columns=topics),
        frequencies=frequencies,
        documents=about,
        settings=settings,
    )


def check_settings(k: int, seed: int, alpha: float, eta: float, iterations: int | None, min_documents: int) -> None:
    """Raise where an argument of a fit is out of range; a value that an engine cannot hold would end the process."""
    whole = [("k", k, 1), ("seed", seed, 0), ("iterations", iterations or 1, 1), ("min_documents", min_documents, 1)]
    for name, value, least in whole:
        if not isinstance(value, (int, np.integer)) or isinstance(value, bool) or value < least:
            raise ValueError(f"{name} must be a whole number of at least {least}, got {value!r}")
    if iterations == 0:
        raise ValueError("iterations must be a whole number of at least 1, got 0")
    for name, value in (("alpha", alpha), ("eta", eta)):
        if isinstance(value, str) or not 1e-6 <= value <= 1e6:
            raise ValueError(f"{name} must lie between 0.000001 and 1,000,000, got {value!r}")


def _listed(group: Sequence[str], topic: int) -> list[str]:
    """The seed words of a topic as a list."""
    if isinstance(group, str):
        raise ValueError(f"seed_words[{topic}] must be a list of words, got {group!r}")
    return list(group)


def token_lists(words: Sequence[Sequence[str]]) -> list[list[str]]:
    """Token lists as plain lists, whatever sequences, arrays or generators they came in.

    Raises:
        ValueError: a document is a string, or a token is none.
    """
    lists = []
    for place, document in enumerate(words):
        if isinstance(document, str):
            raise ValueError(f"words[{place}] is a string, {document[:20]!r}; give lists of tokens (qd.segment)")
        lists.append(list(document))
        if wrong := [token for token in lists[-1] if not isinstance(token, str)]:
            raise ValueError(f"words[{place}] has the token {wrong[0]!r}; tokens must be strings")
    return lists


def _documents_of(words: Sequence[Sequence[str]], documents: Sequence | pd.DataFrame | None) -> pd.DataFrame:
    """What is known of the documents, with their names as index."""
    if documents is not None and len(documents) != len(words):
        raise ValueError(f"documents has {len(documents)} names for {len(words)} token lists; give one a document")
    if isinstance(documents, pd.DataFrame):
        return documents.set_index("document") if "document" in documents else documents
    return pd.DataFrame(index=range(len(words)) if documents is None else list(documents))


def _counted(words: list[list[str]], k: int, min_documents: int) -> tuple[list[str], csr_array]:
    """The terms and their counts, documents x terms, after checking that a model can be fitted.

    Terms are in the order of the first document that has them, then of code point, as gensim numbers them.
    """
    places, found = pd.factorize(np.array([token for document in words for token in document], dtype=object))
    ends = np.cumsum([0, *map(len, words)])
    counts = csr_array((np.ones(len(places), dtype=int), places, ends), shape=(len(words), len(found)))
    counts.sum_duplicates()
    by_term = counts.tocsc()
    frequent = np.flatnonzero(np.diff(by_term.indptr) >= min_documents)
    first = by_term.indices[by_term.indptr[frequent]]
    order = [i for _, _, i in sorted(zip(first.tolist(), found[frequent], frequent.tolist()))]
    counts = counts[:, order]
    counts.sort_indices()
    filled = np.count_nonzero(np.diff(counts.indptr))
    if not filled:
        raise ValueError(
            f"words leave 0 terms in at least {min_documents} of {len(words)} documents; give more text or lower min_documents"
        )
    if k > filled:
        raise ValueError(f"k is {k}, more than the {filled} documents with terms; take a smaller k or a smaller unit")
    return found[order].tolist(), counts


def _prior(frequencies: pd.Series, settings: dict) -> np.ndarray:
    """The prior over each topic's terms, topics x terms: `eta`, and more for the words that seed a topic."""
    groups, k, eta = settings["seed_words"], settings["k"], settings["eta"]
    if len(groups) > k:
        raise ValueError(f"seed_words has {len(groups)} groups for {k} topics; take a larger k")
    prior = pd.DataFrame(eta, index=range(k), columns=frequencies.index)
    for topic, group in enumerate(groups):
        known = [word for word in dict.fromkeys(group) if word in frequencies.index]
        if group and not known:
            raise ValueError(f"seed_words[{topic}] has no word of the documents' terms: {', '.join(group)}")
        if lacking := [word for word in group if word not in known]:
            warnings.warn(f"seed_words[{topic}]: no document has {', '.join(lacking)}", stacklevel=3)
        prior.loc[topic, known] += frequencies[known].clip(upper=SEEDED)
    return prior.to_numpy()


def match_topics(one: TopicModel, other: TopicModel, n: int = 10) -> pd.DataFrame:
    """Pair the topics of two models so that their top `n` terms overlap as much as possible.

    Returns:
        A table, one row a pair:

        - `topic, other` (integer, from 0): the topics of the two models.
        - `jaccard` (number, 0 to 1): shared top terms over all top terms of the pair, paired by the Hungarian method
          (Greene, O'Callaghan and Cunningham 2014).
    """
    return match_terms(one.top_words(n), other.top_words(n))


def match_terms(tops: Sequence[Sequence[str]], others: Sequence[Sequence[str]]) -> pd.DataFrame:
    """Pair topics by their top terms alone, as `match_topics` does."""
    overlap = np.array([[len(set(a) & set(b)) / len(set(a) | set(b)) for b in others] for a in tops])
    rows, columns = linear_sum_assignment(-overlap)
    return pd.DataFrame({"topic": rows, "other": columns, "jaccard": overlap[rows, columns]})


def name_topics(model: TopicModel, names: Mapping[str, Sequence[str]], n: int = 10) -> pd.Series:
    """Give topics the names a researcher chose, if they still are the topics the names were chosen for.

    Topic numbers change from run to run, so a name is bound to terms: it goes to the topic that has all of them among
    its top `n` (by probability).

    Args:
        model: the model.
        names: for each name the terms it was given for.
        n: top terms looked at.

    Returns:
        The names by topic number.

    Raises:
        ValueError: no topic has the terms of a name, or two names fall to one topic: the topics changed and want to be
            read again.
    """
    tops = model.top_words(n)
    found: dict[int, str] = {}
    for name, terms in names.items():
        terms = [terms] if isinstance(terms, str) else list(terms)
        shared = [len(set(terms) & set(top)) for top in tops]
        topic = int(np.argmax(shared))
        lacking = [term for term in terms if term not in tops[topic]]
        if terms and shared.count(len(set(terms))) > 1:
            raise ValueError(f"name {name!r}: several topics have {', '.join(terms)}; give terms that tell them apart")
        if lacking or not terms:
            raise ValueError(
                f"no topic has all of {', '.join(terms) or 'no terms'} among its top {n} terms, for which the name {name!r} was given; "
                f"the nearest, topic {topic}, lacks {', '.join(lacking)}; read the topics again and name them anew"
            )
        if topic in found:
            raise ValueError(
                f"names {found[topic]!r} and {name!r} both fall to topic {topic}; give terms that tell them apart"
            )
        found[topic] = name
    return pd.Series(found, name="name").sort_index()
