"""Measures against worked examples of their papers and against independent computations."""

import math
import warnings
from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom

from qdlib.measures import (
    agreement,
    association,
    coherence,
    dispersion,
    dispersion_by_chance,
    diversity,
    exclusivity,
    frex,
    keyness,
    rate_interval,
    residual_dispersion,
    share_interval,
)

COUNTS = st.dictionaries(st.sampled_from("abcdefgh"), st.integers(0, 50), min_size=2).filter(
    lambda c: sum(c.values()) > 0
)


def test_keyness_of_a_worked_example():
    # 30 of 1000 against 10 of 2000: expected 13.33 and 26.67
    table = keyness({"x": 30, "rest": 970}, {"x": 10, "rest": 1990}).set_index("term")
    assert table.loc["x", "g2"] == pytest.approx(29.0392, abs=5e-5)
    assert table.loc["x", "g2_four"] == pytest.approx(29.4627, abs=5e-5)
    assert table.loc["x", "log_ratio"] == pytest.approx(2.58496, abs=5e-6)


@given(COUNTS, COUNTS)
def test_keyness_changes_sign_when_the_sides_change(target, reference):
    there = keyness(target, reference).set_index("term")
    back = keyness(reference, target).set_index("term").loc[there.index]
    assert np.allclose(there["log_ratio"], -back["log_ratio"])
    assert np.allclose(there["g2"].abs(), back["g2"].abs())


@given(COUNTS)
def test_a_text_has_no_key_words_against_itself(counts):
    assert np.allclose(keyness(counts, counts)[["g2", "g2_four", "log_ratio"]], 0)


def test_keyness_refuses_what_it_cannot_do():
    with pytest.raises(ValueError, match="measure must be one of g2, g2_four, log_ratio, log_ratio_low, got 'chi2'"):
        keyness({"x": 1}, {"x": 1}, measure="chi2")
    with pytest.raises(ValueError, match="reference 0"):
        keyness({"x": 1}, {})


def conservative(a, b, c, d, q):
    """The log ratio at the share at which the side with more has so many or more with probability q, found by halving."""
    if a / c < b / d:
        return -conservative(b, a, d, c, q)
    low, high = 0.0, 1.0
    for _ in range(200):
        middle = (low + high) / 2
        low, high = (low, middle) if binom.sf(a - 1, a + b, middle) > q else (middle, high)
    return max(0.0, math.log2(d / c * low / (1 - low)))


@pytest.mark.parametrize(("a", "b"), [(30, 10), (10, 30), (30, 0), (0, 30), (1, 0), (12, 20), (999, 1)])
def test_the_conservative_log_ratio_turns_the_binomial_test_round(a, b):
    tables = [
        keyness({"x": a, "rest": 1000 - a}, {"x": b, "rest": 2000 - b}, tests=tests).set_index("term")
        for tests in (1, None)
    ]
    # two terms, so the level is corrected for two tests
    expected = [conservative(a, b, 1000, 2000, q) for q in (0.025, 0.0125)]
    assert [table.loc["x", "log_ratio_low"] for table in tables] == pytest.approx(expected, abs=1e-9)


def test_the_conservative_log_ratio_of_a_term_with_none_on_the_other_side():
    # all of k are here, so the bound t solves t^k = q: with q = 0.025, k = 5, equal sizes, 0.4782 and odds of 0.9165: below 1
    row = keyness({"x": 5, "y": 95}, {"y": 100}, tests=1).set_index("term").loc["x"]
    assert row["log_ratio_low"] == 0
    # k = 10: t = 0.025^(1/10) = 0.69150, odds 2.24155, log2 1.16450
    row = keyness({"x": 10, "y": 90}, {"y": 100}, tests=1).set_index("term").loc["x"]
    assert row["log_ratio_low"] == pytest.approx(1.1645, abs=5e-5)


@given(COUNTS, COUNTS)
def test_the_conservative_log_ratio_keeps_the_sign_and_vouches_for_less(target, reference):
    table = keyness(target, reference).set_index("term")
    back = keyness(reference, target).set_index("term").loc[table.index]
    narrow = keyness(target, reference, level=0.5, tests=1).set_index("term").loc[table.index]
    low = table["log_ratio_low"]
    assert (low * table["g2"] >= 0).all() and np.allclose(low, -back["log_ratio_low"])
    assert (low.abs() <= narrow["log_ratio_low"].abs() + 1e-9).all()
    assert (low.abs() <= table["log_ratio"].abs() + 1e-9).all()


def test_hapaxes_have_no_conservative_log_ratio_and_sort_below_what_is_sure():
    target = {f"hapax{i}": 1 for i in range(50)} | {"sure": 50}
    table = keyness(target, {"sure": 5, "rest": 95}, measure="log_ratio_low")
    assert table.loc[0, "term"] == "sure" and (table.loc[table["target"] == 1, "log_ratio_low"] == 0).all()


def test_keyness_of_counts_whose_sum_is_not_the_size():
    row = keyness({"x": 30}, {"x": 10}, sizes=(1000, 2000)).iloc[0]
    assert row[["g2", "g2_four", "log_ratio"]].tolist() == pytest.approx([29.0392, 29.4627, 2.58496], abs=5e-5)
    assert keyness({}, {}, sizes=(5, 5)).empty
    with pytest.raises(ValueError, match="sizes must be at least as great as every count, got 20 and 2000"):
        keyness({"x": 30}, {"x": 10}, sizes=(20, 2000))
    with pytest.raises(ValueError, match="level must lie between 0 and 1, got 95"):
        keyness({"x": 1}, {"x": 1}, level=95)
    with pytest.raises(ValueError, match="tests must be 1 or more, got 0"):
        keyness({"x": 1}, {"x": 1}, tests=0)


def test_dispersion_of_gries_five_part_example():
    # the word a in five parts of 9, 10, 10, 10 and 11 words (Gries 2008)
    row = dispersion([1, 2, 3, 4, 5], [9, 10, 10, 10, 11]).iloc[0]
    expected = {"dp": 0.18, "dp_norm": 0.2195, "d": 0.7852, "d2": 0.9379, "s": 0.9498, "kl": 0.1370}
    assert {name: round(row[name], 4) for name in expected} == expected
    assert (row["frequency"], row["range"]) == (15, 5)


@given(st.lists(st.integers(1, 20), min_size=2, max_size=8), st.integers(1, 5))
def test_a_word_spread_like_the_parts_is_even_by_every_measure(sizes, times):
    row = dispersion([size * times for size in sizes], sizes).iloc[0]
    assert row[["dp", "dp_norm", "kl"]].tolist() == pytest.approx([0, 0, 0], abs=1e-9)
    assert row[["d", "d2", "s"]].tolist() == pytest.approx([1, 1, 1])


def test_dispersion_refuses_parts_that_do_not_fit():
    with pytest.raises(ValueError, match="2 parts but part_sizes has 3"):
        dispersion([1, 2], [1, 2, 3])
    with pytest.raises(ValueError, match="two or more positive"):
        dispersion([1], [1])


def test_association_of_a_pair_that_occurs_as_often_as_chance_would_have_it():
    # 10 of 100 tokens near the node, 20 of 100 are the word: 2 together by chance
    table = association(pd.Series({"x": 2}), 10, pd.Series({"x": 20}), 100)
    assert table.loc[0, ["mi", "g2"]].tolist() == pytest.approx([0, 0])
    assert table.loc[0, "log_dice"] == pytest.approx(14 + math.log2(4 / 30))


def test_coherence_of_a_worked_example():
    documents = [list(text) for text in ["abc", "ab", "ac", "bcd", "ad", "abd"]]
    row = coherence([list("abcd")], documents).iloc[0]
    expected = {"u_mass": -0.804719, "c_npmi": -0.130754, "c_uci": -0.159519, "c_v": 0.304146}
    assert row[list(expected)].to_dict() == pytest.approx(expected, abs=1e-6)


def test_a_share_interval_holds_the_share_and_stays_between_0_and_1():
    # Wilson 1927 for 5 of 10 at 95 %: (0.2366, 0.7634)
    assert share_interval(5, 10) == pytest.approx((0.2366, 0.7634), abs=5e-5)
    low, high = share_interval(0, 5)
    assert low == 0 and 0 < high < 1
    with pytest.raises(ValueError, match="got 6 of 5"):
        share_interval(6, 5)


def test_dispersion_by_chance_of_a_word_as_frequent_as_the_parts_are_many_is_near_what_counting_gives():
    # one occurrence falls in one of two equal parts, so dp is 1/2 and dp_norm 1, whatever the draw
    assert dispersion_by_chance(1, [10, 10]).tolist() == [1, 1, 1]
    assert dispersion_by_chance(100_000, [10, 10])["high"] < 0.01


def test_topics_of_unknown_or_single_words_have_no_coherence():
    table = coherence([["a", "zz"], ["a"], ["a", "b"]], [["a", "b"], ["a"], ["b"]])
    assert table.iloc[:2, 1:].isna().all(axis=None) and table.iloc[2, 1:].notna().all()


@pytest.mark.parametrize("bad", [{"a": -1, "b": 2}, {"a": float("inf"), "b": 2}])
def test_impossible_counts_are_refused(bad):
    with pytest.raises(ValueError, match="0 or more"):
        keyness(bad, {"a": 1})
    with pytest.raises(ValueError, match="0 or more|positive"):
        dispersion(list(bad.values()), [3, 3])


def test_shares_are_no_counts():
    with pytest.raises(ValueError, match="whole numbers"):
        keyness({"a": 0.5, "b": 2}, {"a": 1})


def test_association_where_the_windows_are_as_long_as_the_text_has_no_log_likelihood():
    table = association(pd.Series({"x": 2}), 10, pd.Series({"x": 5}), 50, span=6)  # E = 10 * 6 * 5 / 50 = 6 of 5
    assert table["g2"].isna().all() and table["mi"].item() == pytest.approx(np.log2(2 / 6))


def test_association_refuses_counts_that_do_not_fit():
    with pytest.raises(ValueError, match="got 200 of 100"):
        association({"x": 1}, 200, {"x": 1}, 100)
    with pytest.raises(ValueError, match="each joint count"):
        association({"x": 5}, 10, {"x": 2}, 100)


def test_coherence_agrees_with_counting_and_with_another_package():
    rng = np.random.default_rng(1)
    # shorter than the sliding window of ten words, so that each document is one window
    documents = [rng.permutation(list("abcdefgh"))[: rng.integers(3, 8)].tolist() for _ in range(40)]
    words = list("acfh")
    pairs = list(combinations(words, 2))

    def share(*wanted):
        return np.mean([set(wanted) <= set(document) for document in documents])

    pmi = [math.log(share(a, b) / (share(a) * share(b))) for a, b in pairs]
    npmi = [value / -math.log(share(a, b)) for value, (a, b) in zip(pmi, pairs)]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # its compiled part warns when it is loaded
        import tomotopy
        from tomotopy.coherence import Coherence
    corpus = tomotopy.utils.Corpus()
    for document in documents:
        corpus.add_doc(document)
    u_mass = Coherence(corpus, coherence="u_mass", targets=words).get_score(words=words)
    row = coherence([words], documents).iloc[0]
    assert row[["c_npmi", "c_uci", "u_mass"]].tolist() == pytest.approx([np.mean(npmi), np.mean(pmi), u_mass], abs=1e-5)


def test_coherence_counts_each_window_that_holds_a_word_however_often_it_stands_there():
    rng = np.random.default_rng(2)
    documents = [rng.choice(list("abcdef"), rng.integers(0, 30)).tolist() for _ in range(20)]
    windows = [set(words[i : i + 10]) for words in documents for i in range(max(len(words) - 9, 1))]
    pairs = list(combinations("abc", 2))
    share = {pair: np.mean([set(pair) <= window for window in windows]) for pair in [*pairs, *"abc"]}
    pmi = [math.log(share[pair] / (share[pair[0]] * share[pair[1]])) for pair in pairs]
    row = coherence([list("abc")], documents).iloc[0]
    assert row["c_uci"] == pytest.approx(np.mean(pmi), abs=1e-9)
    assert row["c_npmi"] == pytest.approx(np.mean([v / -math.log(share[p]) for v, p in zip(pmi, pairs)]), abs=1e-9)


def test_coherence_is_gensim_s_where_no_word_comes_twice_in_a_document():
    from gensim.corpora import Dictionary
    from gensim.models import CoherenceModel

    rng = np.random.default_rng(3)
    words = [chr(0x4E00 + i) for i in range(150)]
    documents = [rng.permutation(words)[: rng.integers(0, 150)].tolist() for _ in range(30)]
    topics = [rng.permutation(words)[:6].tolist() for _ in range(4)]
    ours = coherence(topics, documents)
    for measure in ours.columns[1:]:
        model = CoherenceModel(
            topics=topics, texts=documents, dictionary=Dictionary(documents), coherence=measure, processes=1
        )
        assert ours[measure].tolist() == pytest.approx(model.get_coherence_per_topic(), abs=1e-9)


def test_coherence_measures_are_named():
    with pytest.raises(ValueError, match="measures must be of u_mass, c_npmi, c_uci, c_v, got 'c_p'"):
        coherence([["a", "b"]], [["a", "b"]], ["c_p"])


TOPICS = pd.DataFrame([[0.5, 0.4, 0.1], [0.6, 0.1, 0.3]], columns=list("pqr"))


def test_frex_worked_by_hand():
    # topic 0: exclusivity 5/11, 4/5, 1/4, so ranks 2/3, 1, 1/3; probability ranks 1, 2/3, 1/3
    assert frex(TOPICS).loc[0].tolist() == pytest.approx([0.8, 0.8, 1 / 3])
    assert frex(TOPICS, weight=1).loc[0].tolist() == pytest.approx([2 / 3, 1, 1 / 3])
    assert frex(TOPICS, weight=0).loc[0].tolist() == pytest.approx([1, 2 / 3, 1 / 3])
    with pytest.raises(ValueError, match="weight must lie between 0 and 1, got 2"):
        frex(TOPICS, weight=2)


def test_exclusivity_worked_by_hand():
    assert exclusivity(TOPICS, n=1).tolist() == pytest.approx([5 / 11, 6 / 11])
    # the two most probable of topic 1 are p and r: 6/11 and 3/4
    assert exclusivity(TOPICS, n=2).tolist() == pytest.approx([(5 / 11 + 4 / 5) / 2, (6 / 11 + 3 / 4) / 2])
    assert exclusivity(pd.DataFrame(np.eye(2)), n=1).tolist() == [1, 1]


def test_diversity_counts_different_words():
    assert diversity([["a", "b"], ["a", "c"]]) == 3 / 4
    assert diversity([["a"], ["a"]]) == 1 / 2 and diversity([]) == 0


def test_residual_dispersion_worked_by_hand():
    # one topic, two terms, three documents of four tokens: fitted 2 and 2; squared residuals 1, 1, 0, 0, 1, 1, each over 4 * 1/4
    row = residual_dispersion([[0.5, 0.5]], [[1], [1], [1]], [[3, 1], [2, 2], [1, 3]])
    # six cells less V = 2 less K(V - 1) = 1
    assert row.tolist() == pytest.approx([4 / 3, 3])
    with_empty = residual_dispersion([[0.5, 0.5]], [[1], [np.nan], [1], [1]], [[3, 1], [0, 0], [2, 2], [1, 3]])
    assert with_empty.tolist() == row.tolist()
    assert math.isnan(residual_dispersion([[0.5, 0.5]], [[1]], [[3, 1]])["dispersion"])
    assert math.isnan(residual_dispersion([[1.0]], [[1]], [[3]])["dispersion"])  # one term cannot scatter


def test_residual_dispersion_is_one_where_the_model_holds_and_more_where_topics_are_too_few():
    rng = np.random.default_rng(0)
    topics, theta = rng.dirichlet(np.ones(20), 3), rng.dirichlet(np.ones(3), 400)
    counts = np.array([rng.multinomial(300, row @ topics) for row in theta])
    assert residual_dispersion(topics, theta, counts)["dispersion"] == pytest.approx(1, abs=0.15)
    one = counts.sum(axis=0, keepdims=True) / counts.sum()
    assert residual_dispersion(one, np.ones((400, 1)), counts)["dispersion"] > 2


def test_agreement_worked_by_hand():
    # pairs aa, bb, ab, aa: observed disagreement 2/8, expected of five a and three b 30/56
    ratings = pd.DataFrame([["a", "a"], ["b", "b"], ["a", "b"], ["a", "a"]])
    assert agreement(ratings) == pytest.approx(1 - (2 / 8) / (30 / 56))
    # a unit that one annotator rated does not count
    assert agreement(pd.concat([ratings, pd.DataFrame([["c", None]])])) == pytest.approx(agreement(ratings))
    assert agreement(pd.DataFrame([["a", "a"], ["a", "a"]])) == 1
    assert math.isnan(agreement(pd.DataFrame([["a", None], [None, "a"]])))


@pytest.mark.parametrize(
    ("count", "low", "high"),
    [(0, 0, 3.6889), (1, 0.0253, 5.5716), (10, 4.7954, 18.3904)],  # Garwood's table; for 0 it is -ln 0.025
)
def test_a_rate_has_garwood_s_interval(count, low, high):
    assert rate_interval(count, 1) == pytest.approx((low, high), abs=1e-4)
    assert rate_interval(count, 50) == pytest.approx((low / 50, high / 50), abs=1e-4)


@pytest.mark.parametrize("arguments", [(-1, 5), (1, 0), (1, 5, 1), (float("nan"), 5)])
def test_a_rate_of_nothing_is_refused(arguments):
    with pytest.raises(ValueError, match="count must be 0 or more, size above 0"):
        rate_interval(*arguments)
