"""Sheets for annotators: complete, fair, and scored as a hand would score them."""

import numpy as np
import pandas as pd
import pytest

import qdlib as qd
from qdlib.topics import TopicModel


@pytest.fixture(scope="module")
def model():
    """Four topics of ten words each; documents lean to one."""
    terms = [f"{name}{i}" for name in "甲乙丙丁" for i in range(10)]
    weights = np.full((4, 40), 0.1)
    theta = np.full((12, 4), 0.1)
    for topic in range(4):
        weights[topic, topic * 10 : topic * 10 + 10] = np.arange(20, 10, -1)
        theta[topic::4, topic] = 0.7
    theta[-1] = np.nan
    names = [f"d{i}" for i in range(12)]
    return TopicModel(
        pd.DataFrame(weights, columns=terms),
        pd.DataFrame(theta, index=names),
        pd.Series(10, index=terms),
        pd.DataFrame({"text": [f"第{i}篇" for i in range(12)]}, index=names),
    )


def choices(sheet):
    """The columns of choices."""
    return [column for column in sheet if column in "abcdefgh"]


def test_each_topic_stands_with_one_word_that_is_not_its_own(model):
    sheet, key = qd.word_intrusion(model, n=5, seed=1)
    assert len(sheet) == len(key) == 4 and sorted(key["topic"]) == [0, 1, 2, 3] and (sheet["answer"] == "").all()
    for row, item in zip(sheet.itertuples(), key.itertuples()):
        words = [getattr(row, letter) for letter in choices(sheet)]
        own = [word for word in words if word[0] == "甲乙丙丁"[item.topic]]
        assert len(words) == 6 and len(own) == 5 and getattr(row, item.intruder)[0] != own[0][0]
    assert "topic" not in sheet


def test_the_same_seed_gives_the_same_sheet_and_another_does_not(model):
    one, same, other = (qd.word_intrusion(model, seed=seed)[0] for seed in (1, 1, 2))
    assert one.equals(same) and not one.equals(other)
    one, same, other = (qd.topic_intrusion(model, seed=seed)[0] for seed in (1, 1, 2))
    assert one.equals(same) and not one.equals(other)


def test_intruders_stand_in_all_places(model):
    places = {letter for seed in range(12) for letter in qd.word_intrusion(model, seed=seed)[1]["intruder"]}
    assert places == set("abcdef")


def test_each_document_stands_with_a_topic_it_hardly_has(model):
    sheet, key = qd.topic_intrusion(model, n_documents=20, shown=1, seed=1)
    assert len(sheet) == 11 and "d11" not in set(key["document"])  # the document without topics is no item
    for row, item in zip(sheet.itertuples(), key.itertuples()):
        intruder = getattr(item, f"share_{item.intruder}")
        assert intruder == pytest.approx(0.1) and row.text == f"第{item.document[1:]}篇"
        assert [getattr(item, f"share_{letter}") for letter in choices(sheet) if letter != item.intruder] == [0.7]


def test_scores_worked_by_hand():
    key = pd.DataFrame({"item": [1, 2, 3, 4], "topic": range(4), "intruder": list("abca")})
    sheet = pd.DataFrame({"item": [1, 2, 3, 4], "a": "w", "b": "x", "c": "y", "d": "z", "answer": ""})
    answers = {"one": sheet.assign(answer=["a", "b", "c", "b"]), "two": sheet.assign(answer=["A ", "b", "a", ""])}
    table = qd.score_intrusion(key, answers).set_index("annotator")
    # 3 of 4, 2 of 3, and 5 of 7 together; with four choices chance finds a quarter: (p - 1/4) / (3/4)
    assert table["n"].tolist() == [4, 3, 7]
    assert table["precision"].tolist() == pytest.approx([3 / 4, 2 / 3, 5 / 7])
    assert table["corrected"].tolist() == pytest.approx([2 / 3, 5 / 9, 13 / 21])
    assert (table["low"] < table["precision"]).all() and (table["precision"] < table["high"]).all()
    # items 1 to 3 are rated twice, aa, bb, ca: observed disagreement 2/6; expected of a 3, b 2, c 1: 22/30; 1 - 10/22
    assert table.loc["all", "alpha"] == pytest.approx(12 / 22)
    assert table.loc[["one", "two"], "alpha"].isna().all() and "log_odds" not in table


def test_topic_log_odds_are_zero_for_the_intruder_and_negative_for_a_leading_topic(model):
    sheet, key = qd.topic_intrusion(model, shown=1, seed=1)
    right = sheet.assign(answer=key["intruder"])
    wrong = sheet.assign(answer=key["intruder"].map({"a": "b", "b": "a"}))
    table = qd.score_intrusion(key, {"right": right, "wrong": wrong}).set_index("annotator")
    assert table.loc["right", ["precision", "log_odds", "corrected"]].tolist() == [1, 0, 1]
    assert table.loc["wrong", "log_odds"] == pytest.approx(np.log(0.1 / 0.7))


def test_guessing_is_corrected_to_about_nothing(model):
    rng = np.random.default_rng(0)
    scores = []
    for seed in range(50):
        sheet, key = qd.word_intrusion(model, seed=seed)
        guesses = sheet.assign(answer=rng.choice(list("abcdef"), len(sheet)))
        scores.append(qd.score_intrusion(key, {"guess": guesses})["corrected"].iloc[0])
    assert abs(np.mean(scores)) < 0.1  # 200 items: the standard error is 0.03


def test_a_sheet_survives_a_spreadsheet(model, tmp_path):
    sheet, key = qd.word_intrusion(model)
    sheet.to_csv(tmp_path / "sheet.csv", index=False, encoding="utf-8-sig")
    back = pd.read_csv(tmp_path / "sheet.csv")
    assert qd.score_intrusion(key, {"one": back})["n"].tolist() == [0, 0]
    assert qd.score_intrusion(key, {"one": back.assign(answer=key["intruder"])})["precision"].tolist() == [1, 1]


def test_what_cannot_be_asked_or_scored_is_named(model):
    sheet, key = qd.word_intrusion(model)
    bad = [
        (lambda: qd.word_intrusion(model, n=8), "n must lie between 2 and 7, got 8"),
        (lambda: qd.topic_intrusion(model, shown=4), "shown must lie between 1 and 3 for 4 topics, got 4"),
        (lambda: qd.topic_intrusion(model, n_documents=0), "n_documents must be at least 1, got 0"),
        (lambda: qd.score_intrusion(key, {}), "answers must be sheets by the annotator's name"),
        (lambda: qd.score_intrusion(key, {"all": sheet}), "not named 'all'"),
        (lambda: qd.score_intrusion(key, {"x": sheet, "y": sheet.drop(columns="f")}), r"they have \[5, 6\] choices"),
        (lambda: qd.score_intrusion(key, {"x": sheet.drop(columns="item")}), "must have the 4 items"),
        (
            lambda: qd.score_intrusion(key, {"x": sheet.assign(answer="w")}),
            "sheet of 'x': answer of item 1 must be one of a, b",
        ),
        (lambda: qd.score_intrusion(key, {"x": sheet[1:]}), "sheet of 'x' must have the 4 items"),
    ]
    for work, message in bad:
        with pytest.raises(ValueError, match=message):
            work()
    single = TopicModel(model.weights[:1], model.theta[[0]], model.frequencies, model.documents)
    with pytest.raises(ValueError, match="model has one topic"):
        qd.word_intrusion(single)
    bare = TopicModel(model.weights, model.theta, model.frequencies, model.documents[[]])
    with pytest.raises(ValueError, match="no text"):
        qd.topic_intrusion(bare)


@pytest.mark.parametrize("engine", ["gensim", "tomotopy"])
def test_every_topic_of_a_fitted_model_has_its_item(engine):
    rng = np.random.default_rng(0)
    words = [[f"{'甲乙丙'[i % 3]}{j}" for j in rng.integers(20, size=30)] for i in range(60)]
    for seed in range(4):
        sheet, key = qd.word_intrusion(qd.fit_lda(words, k=3, seed=seed, engine=engine), seed=seed)
        assert sorted(key["topic"]) == [0, 1, 2]


def small(topic_terms, theta):
    """A model of few terms."""
    terms = list("abcdef")[: len(topic_terms[0])]
    names = [f"d{i}" for i in range(len(theta))]
    about = pd.DataFrame({"text": names}, index=names)
    return TopicModel(
        pd.DataFrame(topic_terms, columns=terms), pd.DataFrame(theta, index=names), pd.Series(1, terms), about
    )


def test_topics_alike_in_their_top_words_are_refused_or_left_out():
    alike = small([[5.0, 4, 1], [1.0, 1, 5], [5.0, 4, 1]], [[0.5, 0.3, 0.2]])
    with pytest.raises(ValueError, match="topics must differ in their top 2 words"):
        qd.topic_intrusion(alike, n=2, shown=1)
    with pytest.raises(ValueError, match="all have the same top words"):
        qd.word_intrusion(small([[2.0, 1], [1.0, 2]], [[0.5, 0.5]]), n=2)
    _, key = qd.word_intrusion(small([[5.0, 4, 3, 2, 1], [1.0, 2, 3, 4, 5]], [[0.5, 0.5]]), n=4)
    assert sorted(key["topic"]) == [0, 1]
