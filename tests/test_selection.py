"""How many topics, and whether more than chance: on planted topics every measure has a known answer."""

import random

import numpy as np
import pandas as pd
import pytest

import qdlib as qd
from qdlib.selection import CHANCE_MEASURES
from qdlib.sensitivity import BASE, OTHERWISE, _of_engine

FAST = {"engine": "tomotopy", "iterations": 100}


@pytest.fixture(scope="module")
def planted():
    """Sixty documents of three topics with twenty words of their own each."""
    rng = random.Random(0)
    words = [[f"{name}{i}" for i in range(20)] for name in "甲乙丙"]
    return [[rng.choice(words[i % 3]) for _ in range(30)] for i in range(60)]


@pytest.mark.parametrize("engine", ["gensim", "tomotopy"])
def test_held_out_words_are_foreseen_with_topics_and_not_without(planted, engine):
    real = qd.held_out(planted, k=3, engine=engine)
    null = qd.held_out(qd.shuffle_words(planted), k=3, engine=engine)
    # 20 equally likely words within a topic, 60 without
    assert 20 <= real["perplexity"] < 23 and -np.log(66) < real["unigram"] < -np.log(58)
    assert real["gain"] == pytest.approx(real["log_likelihood"] - real["unigram"])
    assert real["perplexity"] == pytest.approx(np.exp(-real["log_likelihood"]))
    assert (real["n_documents"], real["n_tokens"]) == (12, 12 * 15)
    assert null["gain"] < 0.02 < 1 < real["gain"]


def test_one_topic_foresees_as_the_frequencies_do(planted):
    found = qd.held_out(planted, k=1, **FAST)
    assert found["gain"] == pytest.approx(0, abs=1e-4)


def test_a_long_document_counts_no_more_than_a_short_one_per_document():
    # all documents alike: the mean over tokens and that over documents are the same
    words = [["甲", "乙"] * 3 for _ in range(10)]
    found = qd.held_out(words, k=1, **FAST)
    assert found["per_document"] == pytest.approx(found["log_likelihood"], abs=0.3)
    assert found["n_documents"] == 2


def test_held_out_refuses_what_it_cannot_split():
    with pytest.raises(ValueError, match="share must lie between 0 and 1, got 1"):
        qd.held_out([["甲", "乙"]] * 4, share=1)
    with pytest.raises(ValueError, match="groups has 1 labels for 4"):
        qd.held_out([["甲", "乙"]] * 4, groups=["x"])
    with pytest.raises(ValueError, match="has 1 groups"):
        qd.held_out([["甲", "乙"]] * 4, groups=["x"] * 4)
    with pytest.raises(ValueError, match="has 0 documents of two tokens"):
        qd.held_out([["甲"], [], ["乙"]])
    with pytest.raises(ValueError, match="share no term"):
        qd.held_out([["甲", "甲"], ["甲", "甲"], ["乙", "乙"]], k=1, seed=next(s for s in range(9) if _held(3, s) == 2))


def _held(n, seed):
    """Which of n documents a seed holds out when it is one."""
    return np.random.default_rng(seed).choice(range(n), 1, replace=False)[0]


def test_the_grid_finds_the_planted_number_of_topics(planted):
    grid = qd.choose_k(planted, ks=[1, 2, 3, 5], seeds=[0, 1, 2], **FAST)
    assert grid[["k", "seed"]].values.tolist() == [[k, seed] for k in (1, 2, 3, 5) for seed in (0, 1, 2)]
    assert grid.drop(columns=["dispersion"]).notna().all(axis=None)
    assert qd.pick_k(grid) == 3
    means = grid.groupby("k").mean()
    assert (
        means["stability"].idxmax() in (1, 3) and means.loc[3, "exclusivity"] > 0.9 and means.loc[3, "diversity"] == 1
    )
    assert qd.choose_k(planted, [2], [0], **FAST)["stability"].isna().all()


def test_whole_groups_are_held_out(planted):
    # documents i and i + 3 are of one topic: held out with its group, its words are in no training document
    with pytest.raises(ValueError, match="share no term"):
        qd.held_out(planted, k=3, groups=[i % 3 for i in range(60)], **FAST)
    pairs = qd.held_out(planted, k=3, groups=[i // 2 for i in range(60)], **FAST)
    assert (pairs["n_documents"], pairs["n_tokens"]) == (12, 12 * 15) and pairs["gain"] > 0.9  # six groups of two


def test_a_rare_seed_word_does_not_stop_a_split(planted):
    words = [*planted, ["甲0", "罕见"]]
    for seed in range(3):
        found = qd.held_out(words, k=3, seed=seed, seed_words=[["罕见"]], min_documents=1, **FAST)
        assert found["gain"] > 0.9


def test_a_table_of_token_lists_is_read_by_position(planted):
    shuffled = pd.Series(planted, index=range(59, -1, -1))
    assert qd.held_out(shuffled, k=3, **FAST) == qd.held_out(planted, k=3, **FAST)
    assert qd.shuffle_words(shuffled) == qd.shuffle_words(planted)


def test_the_rule_takes_the_smallest_k_within_one_standard_error_of_the_difference():
    grid = pd.DataFrame(
        {"k": [2, 2, 3, 3, 4, 4], "seed": [0, 1] * 3, "log_likelihood": [-8.0, -8.0, -6.1, -6.1, -6.0, -6.2]}
    )
    # 3 lacks 0.1 and -0.1 of 4, the last of which is as good: 0 on average
    assert qd.pick_k(grid) == 3
    # seeds differ more than ks, yet 3 is better than 2 by 0.1 on each
    paired = pd.DataFrame({"k": [2, 2, 3, 3], "seed": [0, 1] * 2, "log_likelihood": [-6.0, -6.2, -5.9, -6.1]})
    assert qd.pick_k(paired) == 3
    # 2 lacks 0 and 0.2 of 3: 0.1 on average, with a standard error of 0.1
    assert qd.pick_k(paired.assign(log_likelihood=[-6.0, -6.2, -6.0, -6.0])) == 2
    for bad in (paired[:1], paired[:3], paired[:0]):
        with pytest.raises(ValueError, match="same two seeds or more"):
            qd.pick_k(bad)


def test_the_grid_refuses_what_it_cannot_try(planted):
    for ks, seeds in (([], [0]), ([2], []), ([2], [1, 1]), ([2, 2], [1])):
        with pytest.raises(ValueError, match="ks and seeds must not be empty nor repeat"):
            qd.choose_k(planted, ks, seeds)
    with pytest.raises(ValueError, match="k is 61, more than the 60 documents"):
        qd.choose_k(planted, [61], [0])


def test_shuffling_keeps_words_and_lengths(planted):
    dealt = qd.shuffle_words(planted, seed=3)
    assert [len(d) for d in dealt] == [len(d) for d in planted] and dealt != planted
    assert sorted(w for d in dealt for w in d) == sorted(w for d in planted for w in d)
    assert qd.shuffle_words(planted, seed=3) == dealt and qd.shuffle_words([]) == []


def test_shuffling_within_groups_keeps_the_words_of_each_group(planted):
    groups = [i % 3 for i in range(60)]
    dealt = qd.shuffle_words(planted, seed=3, within=groups)
    assert dealt != planted and [len(d) for d in dealt] == [len(d) for d in planted]
    for group in range(3):
        assert sorted(w for d in dealt[group::3] for w in d) == sorted(w for d in planted[group::3] for w in d)


def test_planted_topics_beat_chance_and_shuffled_ones_do_not(planted):
    table = qd.against_chance(planted, k=3, seeds=[0, 1], draws=9, **FAST).set_index("measure")
    assert table.index.tolist() == CHANCE_MEASURES
    assert table.loc[["gain", "c_npmi", "exclusivity", "stability"], "p"].tolist() == [0.1] * 4  # 1 of 10 corpora
    assert (table["low"] <= table["median"]).all() and (table["median"] <= table["high"]).all()
    null = qd.against_chance(qd.shuffle_words(planted, seed=99), k=3, seeds=[0, 1], draws=9, **FAST).set_index(
        "measure"
    )
    # log 3, the nats that three topics of their own save, against nothing
    assert table.loc["gain", "observed"] - table.loc["gain", "high"] > 0.9
    assert abs(null.loc["gain", "observed"] - null.loc["gain", "median"]) < 0.05


def test_topics_that_are_those_of_the_groups_do_not_beat_a_shuffle_within_them(planted):
    table = qd.against_chance(planted, k=3, seeds=[0, 1], draws=9, within=[i % 3 for i in range(60)], **FAST)
    assert table.set_index("measure").loc["gain", "p"] > 0.1


def test_chance_needs_two_starts_and_a_draw(planted):
    for seeds, draws in (([0], 4), ([], 2), ([0, 1], 0)):
        with pytest.raises(ValueError, match="seeds must be two or more and draws at least 1"):
            qd.against_chance(planted, 3, seeds, draws)


def test_planted_topics_are_stable_and_nothing_is_where_no_group_is_dense(planted):
    table = qd.stable_topics(planted, k=3, models=4, n=5, **FAST)
    assert table.groupby("topic")["rank"].agg(list).tolist() == [[1, 2, 3, 4, 5]] * 3
    assert {frozenset(term[0] for term in terms) for _, terms in table.groupby("topic")["term"]} == set(
        map(frozenset, "甲乙丙")
    )
    assert (table["models"] == 4).all() and table["probability"].between(0, 1).all()
    assert len(qd.stable_topics(qd.shuffle_words(planted), k=3, models=4, eps=1e-6, **FAST)) == 0
    with pytest.raises(ValueError, match="models must be at least 4, got 2"):
        qd.stable_topics(planted, models=2)
    with pytest.raises(ValueError, match="leave one term"):
        qd.stable_topics([["甲", "甲"]] * 5, k=1, models=4, **FAST)


@pytest.fixture(scope="module")
def varied(corpus):
    """The table of choices on the seeds."""
    return qd.robustness(corpus, k=4, seeds=[0, 1], roles=["lead", "body", "quote"], iterations=20)


def test_robustness_has_a_row_for_the_base_and_for_each_choice(varied):
    assert varied[["choice", "value"]].values.tolist() == [
        ["base", ""],
        *([name, str(value)] for name, value in OTHERWISE),
    ]
    assert all(name in BASE and BASE[name] != value for name, value in OTHERWISE)
    assert varied[["gain", "overlap"]].notna().all(axis=None) and varied["overlap"].between(0, 1).all()
    assert (varied["gain_low"] <= varied["gain"]).all() and (varied["gain"] <= varied["gain_high"]).all()


def test_robustness_changes_what_it_says(varied, corpus):
    rows = varied.set_index(["choice", "value"])
    base = rows.loc["base"].iloc[0]
    assert (
        rows.loc[("unit", "article"), "n_documents"]
        < rows.loc[("unit", "section"), "n_documents"]
        < base["n_documents"]
    )
    assert rows.loc[("slogans", "masked"), "n_tokens"] < base["n_tokens"]
    # the seeds hold no duplicates: the same corpus, the same models
    same = rows.loc[("duplicates", "collapsed"), ["n_documents", "n_tokens", "gain", "overlap"]]
    assert same.tolist() == base[["n_documents", "n_tokens", "gain", "overlap"]].tolist()
    assert rows.loc[("lexicon", "False"), "n_tokens"] != base["n_tokens"] != rows.loc[("hmm", "False"), "n_tokens"]


def test_robustness_gives_the_sweeps_of_a_sampler_to_no_other_engine(varied, corpus):
    texts = corpus.documents("paragraph", roles=["lead", "body", "quote"])["text"]
    words = qd.content_words(qd.segment(texts), min_chars=2)
    gains = [qd.held_out(words, k=4, seed=seed, engine="gensim")["gain"] for seed in (0, 1)]
    row = varied.set_index(["choice", "value"]).loc[("engine", "gensim")]
    assert row[["gain_low", "gain_high"]].tolist() == pytest.approx(sorted(gains))
    assert _of_engine({"alpha": "learned", "eta": 0.2}, "gensim") == {"eta": 0.2, "engine": "gensim"}
    assert _of_engine({"alpha": 0.2}, "gensim") == {"alpha": 0.2, "engine": "gensim"}
    given = {"alpha": "learned", "iterations": 20}
    assert _of_engine(given, "tomotopy") == given | {"engine": "tomotopy"}


def test_robustness_says_what_it_cannot_fit(corpus):
    with pytest.raises(ValueError, match="alpha must lie between"):
        qd.robustness(corpus, 4, seeds=[0, 1], roles=["body"], alpha=-1)
    with pytest.raises(ValueError, match="seeds must be two or more"):
        qd.robustness(corpus, 4, seeds=[0])


def test_a_vocabulary_of_one_has_no_gain_and_no_warning():
    grid = qd.choose_k([["甲", "甲"]] * 10, ks=[1, 2], seeds=[0, 1], n=1, **FAST)
    assert np.allclose(grid["gain"], 0) and grid["dispersion"].isna().all()
