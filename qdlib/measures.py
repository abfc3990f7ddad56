"""Plain functions on counts: keyness, dispersion, association, measures of topics, and intervals for shares and rates.

Nothing here knows about corpora or files; each docstring gives the formula, the range and the direction of its measure,
what it must not be read as, and where it comes from.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.sparse import csr_array, sparray
from scipy.special import betaincinv, rel_entr, xlogy
from scipy.stats import binomtest, chi2

KEYNESS_MEASURES = ("g2", "g2_four", "log_ratio", "log_ratio_low")
_WINDOWS = {"u_mass": None, "c_npmi": 10, "c_uci": 10, "c_v": 110}  # words; none for whole documents
COHERENCE_MEASURES = tuple(_WINDOWS)


def keyness(
    target: Mapping[str, int] | pd.Series,
    reference: Mapping[str, int] | pd.Series,
    measure: str = "g2",
    *,
    sizes: tuple[int, int] | None = None,
    level: float = 0.95,
    tests: int | None = None,
) -> pd.DataFrame:
    """Compare the frequency of every term in a target text with that in a reference.

    With a, b the counts of a term and c, d the sizes, the expected counts are E1 = c(a+b)/(c+d) and E2 = d(a+b)/(c+d).

    - `g2` (number): two-cell log-likelihood, 2(a ln a/E1 + b ln b/E2) (Rayson and Garside 2000).
    - `g2_four` (number): four-cell log-likelihood, with the cells of all other tokens added (Dunning 1993).
    - `log_ratio` (number): log2 of the ratio of relative frequencies, zero counts taken as 0.5 (Hardie 2014). Where the other side
      is much larger and has the term but seldom, the 0.5 can turn its sign; `log_ratio_low` is 0 then.
    - `log_ratio_low` (number): its conservative bound, LRC: the end of the confidence interval of the log ratio that lies nearer to 0,
      and 0 if the interval holds 0 (Evert 2022). Given a + b, a is binomial with a share t, so the ends are
      log2(d/c * t/(1-t)) with t the exact ends of Clopper and Pearson, the quantiles q of Beta(a, b+1) and 1-q of
      Beta(a+1, b), q = (1 - level) / (2 * tests). The correction for many tests is Bonferroni's.

    All are signed: positive for terms used more in the target, negative for those used less, 0 for no difference. The
    two G2 are evidence and grow with the size of the texts; `log_ratio` is the size of the effect (1 = twice as
    frequent) and says nothing of evidence; `log_ratio_low` is the size that the evidence vouches for, so rare terms get 0,
    and it grows with the size of the texts towards `log_ratio`. Tokens are not independent draws: occurrences come in
    clumps, so a G2 is no p-value for a few texts, and the bound is too near to `log_ratio`.

    Args:
        target, reference: counts by term.
        measure: `g2`, `g2_four`, `log_ratio` or `log_ratio_low`; the table is sorted by it, highest first.
        sizes: the sizes c and d of target and reference; the sums of all counts if not given.
        level: confidence level of the interval.
        tests: number of comparisons the level is corrected for; the number of terms in the table if not given, 1 for none.

    Returns:
        A table, one row a term, with the measures above and these; terms that occur on neither side are left out:

        - `term` (text): the term.
        - `target, reference` (integer): its count on each side.

    Raises:
        ValueError: the measure is unknown, a count is negative or greater than its side, one side has no tokens, or
            level or tests is out of range.

    References:
        Evert (2022), Measuring keyness, in: Digital Humanities 2022: Conference Abstracts. The R package corpora has the
        same bound, as measure LRC of its function keyness.
    """
    if measure not in KEYNESS_MEASURES:
        raise ValueError(f"measure must be one of {', '.join(KEYNESS_MEASURES)}, got {measure!r}")
    table = pd.DataFrame({"target": pd.Series(target), "reference": pd.Series(reference)}, dtype=float).fillna(0.0)
    if not (table >= 0).all(axis=None) or not np.isfinite(table).all(axis=None) or (table % 1).any(axis=None):
        raise ValueError("target and reference must be counts by term: whole numbers, 0 or more; some are not")
    table = table[table.sum(axis=1) > 0]
    a, b = table["target"].to_numpy(float), table["reference"].to_numpy(float)
    c, d = (a.sum(), b.sum()) if sizes is None else sizes
    if not c > 0 or not d > 0:
        raise ValueError(f"target has {c:g} tokens and reference {d:g}; both need at least one")
    if max(a, default=0) > c or max(b, default=0) > d:
        raise ValueError(f"sizes must be at least as great as every count, got {c:g} and {d:g}")
    scores = _keyness_scores(a, b, c, d) | {"log_ratio_low": _log_ratio_low(a, b, c, d, level, tests)}
    table = table.astype(int).assign(**scores).rename_axis("term").reset_index()
    return table.sort_values([measure, "term"], ascending=[False, True], ignore_index=True)


def _keyness_scores(a: np.ndarray, b: np.ndarray, c: float, d: float) -> dict[str, np.ndarray]:
    """Two-cell and four-cell G2, signed, and the log ratio."""
    expected_a, expected_b = c * (a + b) / (c + d), d * (a + b) / (c + d)
    direction = np.where(a / c >= b / d, 1.0, -1.0)
    # rel_entr(x, y) is x ln(x/y) with 0 ln 0 = 0
    two = 2 * (rel_entr(a, expected_a) + rel_entr(b, expected_b))
    four = two + 2 * (rel_entr(c - a, c - expected_a) + rel_entr(d - b, d - expected_b))
    ratio = np.log2((np.where(a, a, 0.5) / c) / (np.where(b, b, 0.5) / d))
    return {"g2": direction * two, "g2_four": direction * four, "log_ratio": ratio}


def _log_ratio_low(a: np.ndarray, b: np.ndarray, c: float, d: float, level: float, tests: int | None) -> np.ndarray:
    """The bound of the log ratio nearer to 0, found on the side where the term is more frequent."""
    if not 0 < level < 1:
        raise ValueError(f"level must lie between 0 and 1, got {level!r}; 0.95 is usual")
    if tests is not None and not tests >= 1:
        raise ValueError(f"tests must be 1 or more, got {tests!r}; 1 is for no correction")
    more = a / c >= b / d
    k, other = np.where(more, a, b), np.where(more, b, a)
    share = betaincinv(k, other + 1, (1 - level) / 2 / (max(len(a), 1) if tests is None else tests))
    bound = np.log2(np.where(more, d / c, c / d)) + np.log2(share / (1 - share))
    return np.where(more, 1.0, -1.0) * np.maximum(bound, 0.0) + 0.0  # no -0


def dispersion(counts_by_part: pd.DataFrame | pd.Series | Sequence[int], part_sizes: Sequence[float]) -> pd.DataFrame:
    """Say how evenly each term is spread over the parts of a corpus.

    With s the parts' shares of the corpus, v the shares of a term's occurrences and n parts:

    - `range` (integer): number of parts with the term.
    - `dp` (number, 0 to 1): half the sum of |v - s|, 0 (as even as the parts' sizes) to nearly 1 (clumped) (Gries 2008).
    - `dp_norm` (number, 0 to 1): dp / (1 - min s), from 0 to 1, which is reached when all occurrences are in the smallest part
      (Lijffijt and Gries 2012).
    - `d` (number, at most 1): Juilland's D, 1 - V/sqrt(n-1) with V the variation coefficient of the relative frequencies; 1 is even.
    - `d2` (number, 0 to 1): Carroll's D2, the entropy of the relative frequencies over log n; 1 is even.
    - `s` (number, 0 to 1): Rosengren's S, (sum of sqrt(s * count))^2 / frequency; 1 is even.
    - `kl` (number, bits): Kullback-Leibler divergence of v from s in bits, 0 is even, no upper bound (Gries 2024).

    All depend on frequency: a term seen once is always clumped. `dispersion_by_chance` gives what to compare with.

    Args:
        counts_by_part: table parts x terms of counts (a sequence of counts for a single term).
        part_sizes: tokens in each part, in the same order.

    Returns:
        A table, one row a term that occurs, with the measures above and:

        - `term` (text): the term.
        - `frequency` (integer): its occurrences in all parts.

    Raises:
        ValueError: the lengths differ, a part has no size, or there are fewer than two parts.
    """
    table = pd.DataFrame(counts_by_part)
    sizes = np.asarray(part_sizes, float)
    if len(table) != len(sizes):
        raise ValueError(f"counts_by_part has {len(table)} parts but part_sizes has {len(sizes)}; give one size a part")
    wrong = np.flatnonzero(~(np.isfinite(sizes) & (sizes > 0)))
    if len(sizes) < 2 or len(wrong):
        got = f"{sizes[wrong[0]]} for part {wrong[0]}" if len(wrong) else f"{len(sizes)}"
        raise ValueError(f"part_sizes must be two or more positive numbers, got {got}; leave out parts without tokens")
    if not (table >= 0).all(axis=None) or not np.isfinite(table).all(axis=None):
        raise ValueError("counts_by_part must be counts, 0 or more; some are negative or missing")
    table = table.loc[:, (table.sum() > 0).to_numpy()]
    counts = table.to_numpy(float)
    n, s = len(sizes), (sizes / sizes.sum())[:, None]
    frequency = counts.sum(axis=0)
    v = counts / frequency
    relative = counts / sizes[:, None]
    p = relative / relative.sum(axis=0)
    dp = np.abs(v - s).sum(axis=0) / 2
    return pd.DataFrame(
        {
            "term": table.columns,
            "frequency": frequency.astype(int),
            "range": (counts > 0).sum(axis=0),
            "dp": dp,
            "dp_norm": dp / (1 - s.min()),
            "d": 1 - relative.std(axis=0) / relative.mean(axis=0) / np.sqrt(n - 1),
            "d2": -xlogy(p, p).sum(axis=0) / np.log(n),
            "s": np.sqrt(s * counts).sum(axis=0) ** 2 / frequency,
            "kl": rel_entr(v, s).sum(axis=0) / np.log(2),
        }
    )


def dispersion_by_chance(frequency: int, part_sizes: Sequence[float], draws: int = 200, seed: int = 1) -> pd.Series:
    """Return `dp_norm` of a term of this frequency whose occurrences fall on the parts at random, in proportion to
    size.

    Args:
        frequency: occurrences of the term.
        part_sizes: tokens in each part.
        draws, seed: of the simulation.

    Returns:
        `low, median, high`: the 2.5, 50 and 97.5 per cent points. A term is clumped as far as it lies above `high`.
    """
    sizes = np.asarray(part_sizes, float)
    counts = np.random.default_rng(seed).multinomial(frequency, sizes / sizes.sum(), size=draws).T
    simulated = dispersion(pd.DataFrame(counts), sizes)["dp_norm"]
    return simulated.quantile([0.025, 0.5, 0.975]).set_axis(["low", "median", "high"])


def association(joint: pd.Series, node: int, collocate: pd.Series, total: int, span: float = 1.0) -> pd.DataFrame:
    """Measure how strongly collocates go with a node word.

    With O the joint count and E = node * span * collocate / total the count expected by chance:

    - `mi` (number, bits): log2(O/E), 0 for chance, no upper bound; favours rare words (Church and Hanks 1990).
    - `log_dice` (number, at most 14): 14 + log2(2O/(node + collocate)), 14 at most, independent of corpus size (Rychly 2008).
    - `g2` (number): two-cell log-likelihood 2(O ln O/E + (collocate-O) ln((collocate-O)/(collocate-E))), evidence rather than
      strength; signed negative where O < E. NaN where the windows are as long as the whole (node * span >= total),
      which then has no outside to compare with.

    Args:
        joint: count of each collocate near the node.
        node: count of the node.
        collocate: count of each collocate in the whole.
        total: tokens in the whole.
        span: tokens in the window of one node, on average.

    Returns:
        A table, one row a collocate, strongest `log_dice` first, with the measures above and:

        - `term` (text): the collocate.
        - `joint` (integer): its count near the node.
        - `count` (integer): its count in the whole.

    Raises:
        ValueError: the counts do not fit together.
    """
    joint, collocate = pd.Series(joint, dtype=float), pd.Series(collocate, dtype=float)
    count = collocate.reindex(joint.index)
    if not total > 0 or not 0 < node <= total or not (joint > 0).all() or not (count >= joint).all():
        raise ValueError(
            f"node must lie in 1..total (got {node} of {total}), and each joint count in 1..the count of its collocate"
        )
    expected = node * span * count / total
    outside = (count - expected).where(expected < count)
    g2 = 2 * (rel_entr(joint, expected) + rel_entr((count - joint).clip(lower=0), outside))
    table = pd.DataFrame(
        {
            "term": joint.index,
            "joint": joint.to_numpy(int),
            "count": count.to_numpy(int),
            "mi": np.log2(joint / expected).to_numpy(),
            "log_dice": (14 + np.log2(2 * joint / (node + count))).to_numpy(),
            "g2": np.where(joint >= expected, g2, -g2),
        }
    )
    return table.sort_values(["log_dice", "term"], ascending=[False, True], ignore_index=True)


def coherence(
    topics: Sequence[Sequence[str]],
    documents: Sequence[Sequence[str]],
    measures: Sequence[str] = COHERENCE_MEASURES,
) -> pd.DataFrame:
    """Measure how far the top words of each topic keep company in the documents.

    Four measures of Roeder, Both and Hinneburg (2015): `u_mass` (log conditional probability over documents, at most
    about 0), `c_npmi` (normalised pointwise mutual information in windows of ten words, -1 to 1), `c_uci` (the same
    unnormalised, no bound) and `c_v` (cosines of normalised information in windows of 110, 0 to 1). Higher is better in
    all. They disagree often, `c_v` rewards topics of rare words, and on few short documents all of them are noisy: report
    several, with the number of documents. 0 is not what chance gives: a pair of words never seen together counts near -1
    in `c_npmi`; compare with a shuffled corpus. gensim gives the same where no word comes twice in a window; where one
    does, gensim takes it out of the window as soon as its first occurrence leaves.

    Args:
        topics: top words of each topic.
        documents: token lists of the documents to judge by.
        measures: those wanted; `c_v` alone is no evidence.

    Returns:
        A table, one row a topic; missing where fewer than two of its words occur:

        - `topic` (integer, from 0): its number in `topics`.
        - `u_mass` (number, nats): log conditional probability over documents, at most about 0.
        - `c_npmi` (number, -1 to 1): normalised pointwise mutual information.
        - `c_uci` (number, nats): the same, not normalised, without a bound.
        - `c_v` (number, 0 to 1): likeness of the company that the words keep.

    Raises:
        ValueError: a measure is unknown.
    """
    unknown = [measure for measure in measures if measure not in COHERENCE_MEASURES]
    if unknown:
        raise ValueError(f"measures must be of {', '.join(COHERENCE_MEASURES)}, got {unknown[0]!r}")
    seen = {word for document in documents for word in document}
    # a word that no document has, or a topic of one word, would count as a perfect score in some measures
    known = [[word for word in words if word in seen] for words in topics]
    judged = {i: words for i, words in enumerate(known) if len(words) > 1}
    table = pd.DataFrame({"topic": range(len(topics))}).reindex(columns=["topic", *measures])
    place = {word: i for i, word in enumerate(dict.fromkeys(word for words in judged.values() for word in words))}
    for measure in measures if judged else ():
        shares = _shares_together(place, documents, _WINDOWS[measure])
        of_topics = [[place[word] for word in words] for words in judged.values()]
        table.loc[list(judged), measure] = [_company(measure, shares[np.ix_(own, own)]) for own in of_topics]
    return table.astype({measure: float for measure in measures})


def _shares_together(place: Mapping[str, int], documents: Sequence[Sequence[str]], width: int | None) -> np.ndarray:
    """The share of windows, whole documents without a width, that hold each two words: words x words."""
    n = np.array([max(len(words) - width + 1, 1) if width else 1 for words in documents])
    found = [(i, j, place[word]) for i, words in enumerate(documents) for j, word in enumerate(words) if word in place]
    document, position, word = np.array(found).T
    # a window is named by its first token, and a word stands in those that begin at it or up to a width before it
    begins = position[:, None] - np.arange(width) if width else np.zeros((len(found), 1), dtype=int)
    inside = (begins >= 0) & (begins < n[document, None])
    windows = (begins + (n.cumsum() - n)[document, None])[inside]
    cells = (windows, np.broadcast_to(word[:, None], inside.shape)[inside])
    holds = csr_array((np.ones(len(windows)), cells), shape=(n.sum(), len(place)))
    holds.sum_duplicates()
    holds.data[:] = 1
    return (holds.T @ holds).toarray() / n.sum()


def _company(measure: str, together: np.ndarray) -> float:
    """A coherence measure of one topic, from the shares of windows that hold each two of its words."""
    alone, others = together.diagonal(), ~np.eye(len(together), dtype=bool)
    if measure == "u_mass":
        return np.log((together + 1e-12) / alone)[np.tri(len(together), k=-1, dtype=bool)].mean()
    pmi = np.log((together + 1e-12) / np.outer(alone, alone))
    if measure == "c_uci":
        return pmi[others].mean()
    npmi = pmi / -np.log(together + 1e-12)
    if measure == "c_npmi":
        return npmi[others].mean()
    whole = npmi.sum(axis=0)
    return (npmi @ whole / np.linalg.norm(npmi, axis=1) / np.linalg.norm(whole)).mean()


def frex(topic_terms: pd.DataFrame, weight: float = 0.5) -> pd.DataFrame:
    """Score the terms of each topic by frequency and exclusivity together.

    1 / (weight / E + (1 - weight) / F), the harmonic mean of two ranks in the topic: E of the term's exclusivity P(w|t)
    / sum over topics of P(w|t), and F of its probability, each the share of terms that do not exceed it. From 0 to 1,
    higher for terms that are both frequent in the topic and rare in the others (Bischof and Airoldi 2012).

    Args:
        topic_terms: topics x terms, P(w|t).
        weight: of exclusivity, from 0 to 1.

    Returns:
        A table topics x terms of scores.

    Raises:
        ValueError: the weight is out of range.
    """
    if not 0 <= weight <= 1:
        raise ValueError(f"weight must lie between 0 and 1, got {weight!r}")
    shares = topic_terms / topic_terms.sum()
    # equal values may differ in their last digits, which must not rank them
    ranks = [table.round(12).rank(axis=1, method="max", pct=True) for table in (shares, topic_terms)]
    return 1 / (weight / ranks[0] + (1 - weight) / ranks[1])


def exclusivity(topic_terms: pd.DataFrame, n: int = 10) -> pd.Series:
    """Say how far the top terms of each topic belong to it alone.

    The mean over a topic's `n` most probable terms of P(w|t) / sum over topics of P(w|t): from about 1/K, terms shared
    with all K topics, to 1, terms of no other. It rewards rare terms, and coherence frequent ones, so the two are read
    together (after Bischof and Airoldi 2012).

    Args:
        topic_terms: topics x terms, P(w|t).
        n: top terms a topic.
    """
    shares = topic_terms / topic_terms.sum()
    by_term = np.argsort(topic_terms.columns.to_numpy(dtype=object), kind="stable")  # ties in the order of the terms
    ranked = np.argsort(-topic_terms.to_numpy()[:, by_term].round(12), axis=1, kind="stable")[:, :n]
    tops = np.take_along_axis(shares.to_numpy()[:, by_term], ranked, axis=1)
    means = [pd.Series(own).mean() for own in tops]  # a term without any probability has no share and does not count
    return pd.Series(means, topic_terms.index, name="exclusivity").rename_axis("topic")


def diversity(topics: Sequence[Sequence[str]]) -> float:
    """Return the share of different words among the top words of all topics.

    From 1/K, all topics alike, to 1, no word twice; low values show topics that repeat each other (Dieng, Ruiz and Blei
    2020).
    """
    return len({word for words in topics for word in words}) / max(sum(map(len, topics)), 1)


def residual_dispersion(topic_terms: ArrayLike, theta: ArrayLike, counts: ArrayLike | sparray) -> pd.Series:
    """Measure how much more the counts scatter round a topic model than its multinomial allows.

    With m the tokens of a document, q its expected shares of the terms and x its counts, the sum over all documents and
    terms of (x - mq)^2 / (mq(1 - q)), divided by its degrees of freedom: the fitted counts mq above 0.01, less the
    parameters, V + n(K - 1) + K(V - 1). 1 if the model holds; above 1 the topics are too few to explain the scatter. A
    demanding test on long documents, and a rough one on short ones, whose counts are mostly 0 (Taddy 2012).

    Args:
        topic_terms: topics x terms, P(w|t).
        theta: documents x topics, P(t|d).
        counts: documents x terms, the same documents and terms; a sparse matrix or a full one. Documents without terms
            do not count.

    Returns:
        `dispersion`, and `df`, the degrees of freedom; NaN if there are none left.
    """
    phi, theta, counts = np.asarray(topic_terms), np.asarray(theta), csr_array(counts)
    filled = np.flatnonzero(counts.sum(axis=1))
    k, v = phi.shape
    total, df = 0.0, -v - len(filled) * (k - 1) - k * (v - 1)
    for rows in np.array_split(filled, len(filled) // 500 + 1):  # a large corpus would not fit into memory at once
        x, expected = counts[rows].toarray(), theta[rows] @ phi
        fitted = x.sum(axis=1, keepdims=True) * expected
        free = (0 < expected) & (expected < 1)  # a term that is impossible or alone cannot scatter
        df += int((fitted > 0.01)[free].sum())
        total += ((x - fitted)[free] ** 2 / (fitted * (1 - expected))[free]).sum()
    return pd.Series({"dispersion": total / df if df > 0 else np.nan, "df": df})


def agreement(ratings: pd.DataFrame) -> float:
    """Return Krippendorff's alpha of nominal ratings.

    1 - observed / expected disagreement: 1 for full agreement, 0 for what chance would give, below 0 for systematic
    disagreement. Missing ratings are allowed. Above 0.8 is usually taken as reliable, below 0.67 as not (Krippendorff
    2004).

    Args:
        ratings: a table units x annotators of labels; NaN or None where none was given.

    Returns:
        Alpha; NaN where fewer than two annotators rated one unit; 1 where all ratings are one and the same label.
    """
    from krippendorff import alpha

    table = pd.DataFrame(ratings).astype(object)
    codes, _ = pd.factorize(table.to_numpy().ravel())
    codes = np.where(codes < 0, np.nan, codes).reshape(table.shape).T
    pairable = codes[:, (~np.isnan(codes)).sum(axis=0) > 1]
    if not pairable.size:
        return float("nan")
    if len(np.unique(pairable[~np.isnan(pairable)])) == 1:
        return 1.0
    return float(alpha(reliability_data=codes, level_of_measurement="nominal"))


def share_interval(successes: int, trials: int, level: float = 0.95) -> tuple[float, float]:
    """Return the Wilson score interval `(low, high)` of a share.

    It has sensible width even for 0 of n and for small n (Wilson 1927), and supposes that the trials are a random
    sample; for chosen texts it is only a lower limit of the doubt.

    Raises:
        ValueError: not 0 <= successes <= trials with at least one trial.
    """
    if not 0 <= successes <= trials or trials == 0:
        raise ValueError(f"successes must lie in 0..trials with trials > 0, got {successes} of {trials}")
    interval = binomtest(successes, trials).proportion_ci(level, method="wilson")
    return interval.low, interval.high


def rate_interval(count: int, size: float, level: float = 0.95) -> tuple[float, float]:
    """Return the exact Poisson interval `(low, high)` of a rate, occurrences per unit of size.

    From half the chi-squared quantiles with 2 count and 2 count + 2 degrees of freedom, over the size; low is 0 for a
    count of 0, whose high end at 95 % is 3.69 / size (Garwood 1936). It supposes that occurrences fall
    independently; wordings clump in texts, so it is only a lower limit of the doubt.

    Args:
        count: occurrences, 0 or more.
        size: what they are counted in, such as characters; above 0.
        level: of confidence, between 0 and 1.

    Raises:
        ValueError: a count below 0, a size not above 0, or a level out of range.
    """
    if not count >= 0 or not size > 0 or not 0 < level < 1:
        raise ValueError(
            f"count must be 0 or more, size above 0 and level between 0 and 1, got {count!r}, {size!r} and {level!r}"
        )
    tail = (1 - level) / 2
    low = chi2.ppf(tail, 2 * count) / 2 if count else 0.0
    return float(low / size), float(chi2.ppf(1 - tail, 2 * count + 2) / 2 / size)
