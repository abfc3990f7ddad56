"""Topics: the same seed gives the same tables, planted topics are found, and chance is told from them."""

import random

import numpy as np
import pandas as pd
import pytest

import qdlib as qd


@pytest.fixture(scope="module")
def planted():
    """Documents of two topics with words of their own."""
    rng = random.Random(0)
    words = {0: [f"甲{i}" for i in range(20)], 1: [f"乙{i}" for i in range(20)]}
    return [[rng.choice(words[i % 2]) for _ in range(40)] for i in range(40)]


def test_planted_topics_are_found(planted):
    model = qd.fit_lda(planted, k=2, seed=1)
    assert {frozenset(word[0] for word in top) for top in model.top_words(10)} == {frozenset("甲"), frozenset("乙")}
    leading = model.document_topics().to_numpy().argmax(axis=1)
    assert len(set(leading[::2])) == len(set(leading[1::2])) == 1 and leading[0] != leading[1]


def test_rows_are_probability_distributions(planted):
    model = qd.fit_lda(planted, k=3, seed=1, documents=[f"d{i}" for i in range(40)])
    assert np.allclose(model.topic_terms.sum(axis=1), 1) and np.allclose(model.document_topics().sum(axis=1), 1)
    assert model.document_topics().index[0] == "d0"


def test_the_same_seed_gives_the_same_tables_and_another_does_not(planted):
    one, same, other = (qd.fit_lda(planted, k=3, seed=seed) for seed in (1, 1, 2))
    pd.testing.assert_frame_equal(one.topic_terms, same.topic_terms)
    pd.testing.assert_frame_equal(one.document_topics(), same.document_topics())
    assert not np.allclose(one.topic_terms, other.topic_terms)


def test_a_model_matches_itself_fully(planted):
    model = qd.fit_lda(planted, k=2)
    assert qd.match_topics(model, model).values.tolist() == [[0, 0, 1], [1, 1, 1]]


def test_held_out_words_are_foreseen_with_topics_and_not_without(planted):
    real, null = qd.held_out_perplexity(planted, k=2), qd.held_out_perplexity(qd.shuffle_words(planted), k=2)
    # 20 equally likely words within a topic, 40 without
    assert real["perplexity"] < 24 < 36 < real["unigram"] < 44
    assert null["perplexity"] > null["unigram"]


def test_shuffling_keeps_words_and_lengths(planted):
    dealt = qd.shuffle_words(planted, seed=3)
    assert [len(d) for d in dealt] == [len(d) for d in planted] and dealt != planted
    assert sorted(w for d in dealt for w in d) == sorted(w for d in planted for w in d)


def test_prevalence_lies_in_its_interval_and_groups_widen_it(planted):
    model = qd.fit_lda(planted, k=2)
    alone = model.prevalence()
    grouped = model.prevalence(groups=[i % 2 for i in range(40)])
    assert (alone["low"] <= alone["prevalence"]).all() and (alone["prevalence"] <= alone["high"]).all()
    assert np.isclose(alone["prevalence"].sum(), 1)
    assert ((grouped["high"] - grouped["low"]) > (alone["high"] - alone["low"])).all()


def test_the_grid_has_a_row_for_each_model(planted):
    grid = qd.choose_k(planted, ks=[2, 3], seeds=[0, 1], passes=5)
    assert grid[["k", "seed"]].values.tolist() == [[2, 0], [2, 1], [3, 0], [3, 1]]
    assert grid[["perplexity", "c_npmi", "c_v", "u_mass", "diversity", "stability"]].notna().all(axis=None)


def test_relevance_with_weight_1_ranks_as_probability_does_and_with_0_as_lift(planted):
    model = qd.fit_lda(planted, k=2)
    for weight, by in ((1, "probability"), (0, "lift")):
        pd.testing.assert_frame_equal(model.terms(5, "relevance", weight), model.terms(5, by))


def test_an_empty_document_has_no_topics(planted):
    theta = qd.fit_lda([*planted, []], k=2).document_topics()
    assert theta.iloc[-1].isna().all() and theta.iloc[:-1].notna().all(axis=None)


def test_bad_arguments_are_named(planted):
    with pytest.raises(ValueError, match="at least 2, got 1"):
        qd.fit_lda(planted, k=1)
    with pytest.raises(ValueError, match="leave 0 terms"):
        qd.fit_lda([["甲"], ["乙"]], k=2)
    with pytest.raises(ValueError, match="1 names for 40"):
        qd.fit_lda(planted, k=2, documents=["x"])
    with pytest.raises(ValueError, match="by must be one of probability, relevance, lift, got 'taste'"):
        qd.fit_lda(planted, k=2).terms(by="taste")
