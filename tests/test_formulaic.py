"""Formulaicity: each character counted once, marks not at all, and an interval that respects clumps."""

import time

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import qdlib as qd
from qdlib.formulaic import ABOUT_ARTICLE, MEASURES, clustered_interval, formulaicity

NEEDED = ["slogan", "article_id", "paragraph", "offset"]


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A function that makes a corpus of articles, one a file, each a headline and one paragraph."""

    def make(*texts):
        folder = tmp_path_factory.mktemp("made")
        for i, text in enumerate(texts):
            (folder / f"{i}.txt").write_text(f"学校召开会议\n\n{text}\n", "utf-8")
        return qd.load_corpus(folder)

    return make


def rows(corpus, *slogans):
    """A table of slogans as mined: each wherever it stands."""
    found = [
        [slogan, row.article_id, row.paragraph, i]
        for row in corpus.paragraphs.itertuples()
        for slogan in slogans
        for i in range(len(row.text))
        if row.text.startswith(slogan, i)
    ]
    return pd.DataFrame(found, columns=NEEDED)


def test_each_character_counts_once_and_marks_do_not(made):
    corpus = made("大家以“多读书，读好书”为口号。校园建设和校园环境好。")
    mined = rows(corpus, "多读书，读好书", "读好书")
    table = formulaicity(corpus, mined, ["校园", "校园建设", "口号", "书，读"])
    # Headline 学校召开会议 6; 大家以 3, 多读书读好书 6, 为口号 3; 校园建设和校园环境好 10. Slogan 6; 口号 2, 校园建设 4, 校园 2.
    assert table[MEASURES[:5]].values.tolist() == [[28, 3, 6, 8, 14 / 28]]
    assert table[ABOUT_ARTICLE].values.tolist() == [["0-1", "学校召开会议", "0.txt", 1]]
    without = formulaicity(corpus, mined, titles=False)
    assert without[MEASURES[:5]].values.tolist() == [[22, 2, 6, 0, 6 / 22]]


def test_a_slogan_in_the_headline_counts_with_the_titles_only(made):
    corpus = made("一句平常的话。")
    mined = rows(corpus, "召开会议")
    assert formulaicity(corpus, mined)["slogan_chars"].tolist() == [4]
    assert formulaicity(corpus, mined, titles=False)["slogan_chars"].tolist() == [0]


def test_pooled_articles_are_the_parts_of_their_unit(made):
    corpus = made("好好学习。天天向上。", "好好学习。", "平常的话。")
    corpus.articles["genre"] = ["news", "feature", "news"]
    table = formulaicity(corpus, rows(corpus, "好好学习"), unit="genre")
    assert table[["genre", "n_chars", "n_parts", "slogan_chars"]].values.tolist() == [
        ["news", 24, 2, 4],
        ["feature", 10, 1, 4],
    ]
    assert table["low"].isna().tolist() == [False, True]


@given(
    st.text("学习读书好，。“”+1 😀\ue000", max_size=40),
    st.lists(st.text("学习读书，“”1", min_size=1, max_size=3), max_size=4),
    st.lists(st.text("学习好书。+1", min_size=1, max_size=3), max_size=4),
)
def test_the_counts_are_those_of_sets_of_characters(made, text, slogans, wordings):
    corpus = made(f"学习{text}。好")
    mined = rows(corpus, *slogans)
    table = formulaicity(corpus, mined, wordings)
    counted, in_slogans, in_wordings = set(), set(), set()
    for row in corpus.paragraphs.itertuples():
        counted |= {(row.paragraph, i) for i, c in enumerate(row.text) if c.isalnum() or c == "+"}
        for found, strings in ((in_slogans, slogans), (in_wordings, wordings)):
            for i in range(len(row.text)):
                for string in strings:
                    if row.text.startswith(string, i):
                        found |= {(row.paragraph, k) for k in range(i, i + len(string))}
    wanted = len(counted), len(counted & in_slogans), len((counted & in_wordings) - in_slogans)
    assert tuple(table[["n_chars", "slogan_chars", "wording_chars"]].sum()) == wanted
    assert table["formulaicity"].between(0, 1).all() and not (table["low"] > table["formulaicity"] + 1e-9).any()
    assert not (table["high"] < table["formulaicity"] - 1e-9).any()


def test_all_the_seeds_articles_have_a_share_and_order_does_not_matter(corpus):
    mined = qd.mine_slogans(corpus)
    table = formulaicity(corpus, mined, qd.read_lexicon("official"))
    assert table["article_id"].tolist() == corpus.articles["article_id"].tolist()
    shuffled = formulaicity(corpus, mined.sample(frac=1, random_state=1), qd.read_lexicon("official")[::-1])
    assert shuffled.equals(table)


def test_the_interval_worked_by_hand():
    # Clusters of one character, 3 of 10 inside: n_eff = 10 - 1, t of 9 degrees 2.262157, q = t² / 9 = 0.568595;
    # (0.3 + q/2) / (1 + q) = 0.372496, sqrt(0.21 q + q²/4) / (1 + q) = 0.285269.
    interval = clustered_interval(np.array([1, 1, 1, 0, 0, 0, 0, 0, 0, 0]), np.ones(10, int))
    assert interval == pytest.approx((0.087227, 0.657765), abs=1e-5)


def test_longer_clumps_do_not_sharpen_the_interval_but_more_of_them_do():
    inside, sizes = np.array([10, 0, 0, 5, 0, 0]), np.array([12, 20, 30, 9, 14, 15])
    low, high = clustered_interval(inside, sizes)
    assert clustered_interval(9 * inside, 9 * sizes) == pytest.approx((low, high))
    more = clustered_interval(np.tile(inside, 9), np.tile(sizes, 9))
    assert low < more[0] < 0.15 < more[1] < high


@pytest.mark.parametrize(
    ("inside", "low", "high"), [([0, 0, 0], 0, None), ([5, 5, 5], None, 1), ([2, 2, 2], None, None)]
)
def test_shares_that_do_not_vary_still_have_an_interval(inside, low, high):
    found = clustered_interval(np.array(inside), np.array([5, 5, 5]))
    assert 0 <= found[0] < found[1] <= 1
    assert (low is None or found[0] == low) and (high is None or found[1] == high)
    assert np.isnan(clustered_interval(np.array([3]), np.array([5]))).all()


def test_a_corpus_without_text_gives_an_empty_table(made):
    corpus = made("好。")
    nothing = type(corpus)(corpus.sources, corpus.articles.head(0), corpus.paragraphs.head(0), corpus.ledger)
    table = formulaicity(nothing, qd.mine_slogans(nothing), ["好"])
    assert list(table) == ABOUT_ARTICLE + MEASURES and len(table) == 0
    assert list(formulaicity(nothing, rows(nothing), unit="genre")) == ["genre", *MEASURES]


@pytest.mark.parametrize("text", ["“" * 50 + "好”", "😀\ue000", "，。、", "学" * 10_000, "学习" * 5_000 + "。"])
def test_odd_texts_have_a_share(made, text):
    corpus = made(text + "。")
    table = formulaicity(corpus, qd.mine_slogans(corpus), ["学习", "学" * 5_000, "\ud800", "“"])
    assert len(table) == 1 and table["formulaicity"].between(0, 1).all()


def test_time_grows_with_the_text(made):
    seconds = []
    for times in (1_000, 8_000):
        corpus = made("学习，“好好学习”。" * times)
        mined = rows(corpus, "好好学习")
        begun = time.process_time()
        formulaicity(corpus, mined, ["学习", "学习，“好好学习”。" * 20])
        seconds.append(time.process_time() - begun)
    assert seconds[1] < 20 * max(
        seconds[0], 0.05
    )  # eight times if it grows with the text, sixty-four if with its square


def test_what_does_not_fit_is_named(corpus, made):
    mined = qd.mine_slogans(corpus)
    with pytest.raises(ValueError, match="unit must be one of article, source, outlet, genre, got 'page'"):
        formulaicity(corpus, mined, unit="page")
    with pytest.raises(ValueError, match="mined has no column offset"):
        formulaicity(corpus, mined.drop(columns="offset"))
    with pytest.raises(ValueError, match="give the table that mine_slogans returned for this corpus"):
        formulaicity(made("好。"), mined)
    with pytest.raises(TypeError, match="wordings must be a list"):
        formulaicity(corpus, mined, "好")
    with pytest.raises(ValueError, match="empty string"):
        formulaicity(corpus, mined, [""])
