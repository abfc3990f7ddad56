"""Topics: the same seed gives the same tables, planted topics are found by both engines, and a model survives being saved."""

import json
import os
import random
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from gensim.corpora import Dictionary
from hypothesis import given
from hypothesis import strategies as st

import qdlib as qd
from qdlib.engines import ENGINES
from qdlib.topics import TopicModel, _counted


@pytest.fixture(scope="module")
def planted():
    """Documents of two topics with words of their own."""
    rng = random.Random(0)
    words = {0: [f"甲{i}" for i in range(20)], 1: [f"乙{i}" for i in range(20)]}
    return [[rng.choice(words[i % 2]) for _ in range(40)] for i in range(40)]


@pytest.fixture(scope="module")
def table():
    """What is known of the planted documents."""
    rows = [(f"d{i}", "abcd"[i % 4], ["x", "y"] if i == 0 else ["x"] if i < 10 else [], i + 1) for i in range(40)]
    return pd.DataFrame(rows, columns=["document", "outlet", "districts", "line"]).assign(text="文", source="s.txt")


@pytest.fixture(scope="module", params=ENGINES)
def model(request, planted, table):
    """A model of the planted documents by each engine."""
    return qd.fit_lda(planted, k=2, seed=1, engine=request.param, documents=table)


def made(topic_terms, theta, frequencies=None):
    """A model with these shares."""
    topic_terms = pd.DataFrame(topic_terms, dtype=float)
    frequencies = pd.Series(1, index=topic_terms.columns) if frequencies is None else frequencies
    theta = pd.DataFrame(theta)
    return TopicModel(topic_terms, theta, frequencies, pd.DataFrame(index=theta.index))


def test_planted_topics_are_found(model):
    assert {frozenset(word[0] for word in top) for top in model.top_words(10)} == {frozenset("甲"), frozenset("乙")}
    leading = model.document_topics().to_numpy().argmax(axis=1)
    assert len(set(leading[::2])) == len(set(leading[1::2])) == 1 and leading[0] != leading[1]


def test_rows_are_probability_distributions(model):
    assert np.allclose(model.topic_terms.sum(axis=1), 1) and np.allclose(model.document_topics().sum(axis=1), 1)
    assert model.document_topics().index[:2].tolist() == ["d0", "d1"]


def test_weights_are_the_tokens_and_the_prior(model, planted):
    # each token counts once in some topic, and each of the 2 x 40 cells holds eta besides
    assert model.weights.to_numpy().sum() == pytest.approx(40 * 40 + 80 * model.settings["eta"], rel=1e-4)


@pytest.mark.parametrize("engine", ENGINES)
def test_the_same_seed_gives_the_same_tables_and_another_does_not(planted, engine):
    one, same, other = (qd.fit_lda(planted, k=3, seed=seed, engine=engine) for seed in (1, 1, 2))
    pd.testing.assert_frame_equal(one.topic_terms, same.topic_terms, check_exact=True)
    pd.testing.assert_frame_equal(one.document_topics(), same.document_topics(), check_exact=True)
    assert not np.allclose(one.topic_terms, other.topic_terms)


@pytest.mark.parametrize("engine", ENGINES)
def test_another_process_with_other_hashes_gives_the_same_tables(planted, engine, tmp_path):
    here = qd.fit_lda(planted, k=3, seed=1, engine=engine)
    (tmp_path / "words.json").write_text(json.dumps(planted), "utf-8")
    code = (
        "import json, pathlib, sys, qdlib as qd; folder = pathlib.Path(sys.argv[1]); words = json.loads((folder / 'words.json')"
        f".read_text('utf-8')); qd.fit_lda(words, k=3, seed=1, engine={engine!r}).save(folder / 'there')"
    )
    env = os.environ | {"PYTHONHASHSEED": "7"}
    subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=True, env=env)
    there = qd.load_topics(tmp_path / "there")
    assert (there.weights.to_numpy() == here.weights.to_numpy()).all() and list(there.weights) == list(here.weights)


def test_a_gensim_model_of_the_same_topics(model, planted):
    given = model.to_gensim()
    assert np.allclose(given.get_topics(), model.topic_terms.to_numpy(), atol=1e-12)
    shown = dict(given.show_topic(0, 40))
    assert max(shown, key=shown.get) == model.top_words(1)[0][0]
    assert np.allclose(model.infer(planted[:4]), model.document_topics().iloc[:4], atol=0.05)


def test_other_documents_get_their_topics_and_unknown_words_none(model):
    theta = model.infer([["甲1", "甲2", "未见"], ["未见"], []])
    assert theta.iloc[0].max() > 0.8 and theta.iloc[1:].isna().all(axis=None)


def test_seed_words_draw_a_topic_to_its_place(planted):
    for engine in ENGINES:
        for first, second in ("甲乙", "乙甲"):
            model = qd.fit_lda(
                planted, k=2, seed=1, engine=engine, seed_words=[[f"{first}1", f"{first}2"], [f"{second}3"]]
            )
            assert [top[0][0] for top in model.top_words(5)] == [first, second]


def test_token_lists_may_come_in_any_kind_of_sequence(planted):
    wanted = qd.fit_lda(planted, k=2, iterations=2).weights
    series = pd.Series(planted, index=range(100, 140))
    for words in (series, (tuple(d) for d in planted), [iter(d) for d in planted], [np.array(d) for d in planted]):
        assert qd.fit_lda(words, k=2, iterations=2).weights.equals(wanted)


def test_unknown_seed_words_are_named_and_an_empty_list_leaves_a_topic_free(planted):
    with pytest.warns(UserWarning, match=r"seed_words\[1\]: no document has 丙"):
        model = qd.fit_lda(planted, k=2, seed_words=[[], ["乙1", "丙"]])
    assert [top[0][0] for top in model.top_words(5)] == ["甲", "乙"]


def test_what_is_handed_out_is_a_copy(model):
    table = model.document_topics()
    table.iloc[0] = 9
    assert (model.document_topics().iloc[0] <= 1).all() and model != qd.load_topics and hash(model)


def test_what_is_saved_is_loaded_without_pickles(model, tmp_path):
    model.save(tmp_path / "model")
    again = qd.load_topics(tmp_path / "model.npz")
    for name in ("weights", "theta", "documents"):
        pd.testing.assert_frame_equal(getattr(again, name), getattr(model, name), check_names=False, check_dtype=False)
    assert again.settings == model.settings and again.terms().equals(model.terms())
    assert set(again.settings["versions"]) == {"qdlib", "numpy", "scipy", "python", model.settings["engine"]}
    with np.load(tmp_path / "model.npz", allow_pickle=False) as arrays:
        assert all(arrays[name].dtype != object for name in arrays)


def test_a_model_names_its_corpus(corpus):
    documents = corpus.documents("paragraph")
    words = qd.content_words(qd.segment(documents["text"]))
    model = qd.fit_lda(words, k=2, iterations=2, documents=documents)
    assert model.settings["corpus"] == corpus.fingerprint
    assert model.settings["words_sha256"] != qd.fit_lda(words[1:], k=2, iterations=2).settings["words_sha256"]


@pytest.mark.parametrize("damage", ["empty", "text", "zip", "cut", "flipped", "pickle", "array", "json"])
def test_what_is_no_model_is_named(tmp_path, damage, planted):
    path = tmp_path / "bad.npz"
    qd.fit_lda(planted, k=2, iterations=1).save(path)
    data = path.read_bytes()
    contents = {"empty": b"", "text": b"no model", "zip": b"PK\x03\x04garbage", "cut": data[: len(data) // 2]}
    contents["flipped"] = data[:200] + bytes([data[200] ^ 255]) + data[201:]
    if damage in contents:
        path.write_bytes(contents[damage])
    elif damage == "pickle":
        np.savez(path, weights=np.array([object()]))
    elif damage == "array":
        np.save(tmp_path / "a.npy", np.zeros(3))
        (tmp_path / "a.npy").rename(path)
    else:
        with np.load(path) as arrays:
            np.savez(path, **{**arrays, "about": np.array("null")})
    with pytest.raises(ValueError, match="is no saved topic model"):
        qd.load_topics(tmp_path / "bad.npz")
    with pytest.raises(FileNotFoundError, match="does not exist"):
        qd.load_topics(tmp_path / "none")


def test_a_model_matches_itself_fully(model):
    assert qd.match_topics(model, model).values.tolist() == [[0, 0, 1], [1, 1, 1]]


def test_prevalence_lies_in_its_interval_and_groups_widen_it(model):
    alone = model.prevalence()
    grouped = model.prevalence(groups=[i % 2 for i in range(40)])
    assert (alone["low"] <= alone["prevalence"]).all() and (alone["prevalence"] <= alone["high"]).all()
    assert np.isclose(alone["prevalence"].sum(), 1)
    assert ((grouped["high"] - grouped["low"]) > (alone["high"] - alone["low"])).all()


def test_numbers_as_names_of_documents_survive_being_saved(planted, tmp_path):
    model = qd.fit_lda(planted, k=2, iterations=1)
    model.save(tmp_path / "model")
    assert qd.load_topics(tmp_path / "model").theta.loc[0].equals(model.theta.loc[0])


def test_prevalence_refuses_missing_labels_and_impossible_draws(model):
    with pytest.raises(ValueError, match="document 3 has none"):
        model.prevalence(groups=[None if i == 3 else 0 for i in range(40)])
    for arguments in (dict(draws=0), dict(level=95)):
        with pytest.raises(ValueError, match="draws must be at least 1 and level between 0 and 1"):
            model.prevalence(**arguments)


def test_shares_by_a_column_and_by_lists_of_labels(model):
    by_outlet = model.shares("outlet")
    assert by_outlet.index.tolist() == list("abcd") and by_outlet["n"].tolist() == [10] * 4
    # documents 0, 2, 4 ... are of one topic, so outlets a and c are
    assert (by_outlet.loc[["a", "c"], [0, 1]].max(axis=1) > 0.9).all()
    assert model.shares("districts")["n"].to_dict() == {"x": 10, "y": 1}
    assert model.shares([["x", "x"]] * 40)["n"].to_dict() == {"x": 40}  # a label given twice counts once
    with pytest.raises(ValueError, match="no column 'place'; they have outlet"):
        model.shares("place")
    with pytest.raises(ValueError, match="1 labels for 40 documents"):
        model.shares(["x"])


def test_representative_documents_lead_back_to_their_lines(model):
    rows = model.representative(2)
    assert rows[["topic", "rank"]].values.tolist() == [[0, 1], [0, 2], [1, 1], [1, 2]]
    best = model.theta[0].idxmax()
    assert model.theta[0][rows["document"][0]] == pytest.approx(model.theta[0][best])
    assert rows["line"].tolist() == [int(name[1:]) + 1 for name in rows["document"]]
    assert set(rows["source"]) == {"s.txt"}


def test_rankings_of_a_model_worked_by_hand():
    model = made({"p": [5, 6], "q": [4, 1], "r": [1, 3]}, [[1.0, 0.0]])
    assert model.top_words(3)[0] == ["p", "q", "r"]
    # exclusivity .45, .8, .25 and probability .5, .4, .1: ranks 2/3, 1, 1/3 and 1, 2/3, 1/3; q and p have equal means
    assert model.top_words(3, "frex")[0] == ["p", "q", "r"]
    # P(w|t) / P(w) with equal P(w) ranks as P(w|t)
    assert model.top_words(3, "lift")[0] == ["p", "q", "r"]
    rare = made({"p": [5, 6], "q": [4, 1], "r": [1, 3]}, [[1.0, 0.0]], pd.Series({"p": 8, "q": 1, "r": 1}))
    assert rare.top_words(3, "lift")[0] == ["q", "r", "p"]


def test_relevance_with_weight_1_ranks_as_probability_does_and_with_0_as_lift(model):
    for weight, by in ((1, "probability"), (0, "lift")):
        pd.testing.assert_frame_equal(model.terms(5, "relevance", weight), model.terms(5, by))


def test_correlations_of_topics_that_exclude_each_other_are_negative():
    theta = [[0.8, 0.1, 0.1], [0.1, 0.8, 0.1], [0.1, 0.1, 0.8]]
    correlations = made(np.eye(3) + 0.1, theta).correlations()
    assert np.allclose(np.diag(correlations), 1) and (correlations.to_numpy()[~np.eye(3, dtype=bool)] < 0).all()
    # by symmetry each pair has -1/2
    assert np.allclose(correlations.to_numpy()[~np.eye(3, dtype=bool)], -0.5)


def test_the_map_keeps_distances_that_fit_on_a_plane():
    # two topics without a common term: distance sqrt(ln 2); a third halfway between
    rows = made([[1, 0], [0, 1], [0.5, 0.5]], np.full((1, 3), 1 / 3)).inter_topic_map()
    places = rows[["x", "y"]].to_numpy()
    assert np.linalg.norm(places[0] - places[1]) == pytest.approx(np.sqrt(np.log(2)))
    assert np.linalg.norm(places[0] - places[2]) == pytest.approx(np.linalg.norm(places[1] - places[2]))
    assert rows["topic"].tolist() == [0, 1, 2] and rows.attrs["explained"] == pytest.approx(1)
    assert made([[1.0, 2.0]], [[1.0]]).inter_topic_map()[["x", "y"]].values.tolist() == [[0, 0]]


def test_names_stay_with_the_terms_they_were_given_for(model):
    tops = model.top_words(10)
    names = qd.name_topics(model, {"乙类": tops[1][:3], "甲类": tops[0][2:5]})
    assert names.to_dict() == {0: "甲类", 1: "乙类"}
    with pytest.raises(ValueError, match=r"name 'x' was given; the nearest, topic \d, lacks 丙"):
        qd.name_topics(model, {"x": [tops[0][0], "丙"]})
    alike = made({"p": [2, 1], "q": [1, 2]}, [[1.0, 0.0]])
    with pytest.raises(ValueError, match="several topics have p, q"):
        qd.name_topics(alike, {"x": ["p", "q"]})
    with pytest.raises(ValueError, match="both fall to topic 0"):
        qd.name_topics(model, {"x": tops[0][:1], "y": tops[0][1:2]})


@pytest.mark.parametrize("engine", ENGINES)
def test_an_empty_document_has_no_topics(planted, engine):
    theta = qd.fit_lda([*planted, [], ["只此一次"]], k=2, engine=engine).document_topics()
    assert theta.iloc[-2:].isna().all(axis=None) and theta.iloc[:-2].notna().all(axis=None)


@pytest.mark.parametrize("engine", ENGINES)
def test_one_topic_is_the_corpus_itself(planted, engine):
    model = qd.fit_lda(planted, k=1, engine=engine, eta=0.1)
    counts = model.frequencies + 0.1
    assert np.allclose(model.topic_terms.iloc[0], counts / counts.sum(), rtol=1e-4) and np.allclose(model.theta, 1)


@pytest.mark.parametrize("engine", ENGINES)
def test_one_document_and_one_term_have_defined_results(engine):
    assert qd.fit_lda([["甲", "乙", "甲"]], k=1, engine=engine, min_documents=1).theta.values.tolist() == [[1]]
    one_term = qd.fit_lda([["甲"], ["甲", "甲"]], k=2, engine=engine)
    assert one_term.topic_terms.values.tolist() == [[1], [1]] and np.allclose(one_term.theta.sum(axis=1), 1)


def test_bad_arguments_are_named(planted):
    bad = [
        (dict(k=0), "k must be a whole number of at least 1, got 0"),
        (dict(k=2.5), "k must be a whole number"),
        (dict(k=41), "k is 41, more than the 40 documents with terms"),
        (dict(engine="mallet"), "engine must be one of gensim, tomotopy, got 'mallet'"),
        (dict(k=True), "k must be a whole number"),
        (dict(eta=0), "eta must lie between 0.000001 and 1,000,000, got 0"),
        (dict(alpha=1e-46, engine="tomotopy"), "alpha must lie between"),  # would end the process
        (dict(alpha=float("nan")), "alpha must lie between"),
        (dict(alpha="auto"), "alpha must lie between"),
        (dict(alpha="learned"), "alpha 'learned' needs the engine 'tomotopy', got 'gensim'; give a number instead"),
        (dict(iterations=0), "iterations must be a whole number of at least 1, got 0"),
        (dict(iterations=2.5), "iterations must be a whole number"),
        (dict(seed=-1), "seed must be a whole number of at least 0, got -1"),
        (dict(min_documents=0), "min_documents must be a whole number of at least 1, got 0"),
        (dict(documents=["x"]), "1 names for 40"),
        (dict(k=1, seed_words=[["甲1"], ["乙1"]]), "2 groups for 1 topics"),
        (dict(seed_words=[["丙"]]), r"seed_words\[0\] has no word"),
        (dict(seed_words=["甲1"]), r"seed_words\[0\] must be a list"),
    ]
    for arguments, message in bad:
        with pytest.raises(ValueError, match=message):
            qd.fit_lda(planted, **arguments)
    for words in ([["甲"], ["乙"]], [[], []], []):
        with pytest.raises(ValueError, match="leave 0 terms"):
            qd.fit_lda(words, k=2)
    for words, message in ((["青岛日报"], r"words\[0\] is a string"), ([["甲"], [1]], r"words\[1\] has the token 1")):
        with pytest.raises(ValueError, match=message):
            qd.fit_lda(words, k=1)
    with pytest.raises(ValueError, match="n must be at least 1, got 0"):
        qd.fit_lda(planted, k=2, iterations=1).terms(0)
    with pytest.raises(ValueError, match="weight must lie between 0 and 1, got 5"):
        qd.fit_lda(planted, k=2, iterations=1).terms(by="relevance", weight=5)
    with pytest.raises(ValueError, match="by must be one of probability, frex, lift, relevance, got 'taste'"):
        qd.fit_lda(planted, k=2, iterations=1).terms(by="taste")


def test_the_weights_are_the_tokens_and_the_prior_of_many_terms_too():
    words = [[f"词{n % 4000}" for n in range(7 * i, 7 * i + 60)] for i in range(600)]  # 4,000 terms, some 65,000 cells
    model = qd.fit_lda(words, 17, engine="tomotopy", iterations=2, min_documents=1)
    counts = pd.Series([word for document in words for word in document]).value_counts()
    assert model.weights.shape == (17, 4000)
    prior = (model.weights.to_numpy().sum() - 36_000) / (17 * 4000)
    drawn = model.weights.sum() - 17 * prior
    assert np.allclose(drawn, counts[model.weights.columns]) and prior > 0


def test_a_token_that_python_takes_for_false_is_named_too():
    for token in (0, None, b"", False):
        with pytest.raises(ValueError, match=rf"words\[1\] has the token {token!r}; tokens must be strings"):
            qd.fit_lda([["甲"], ["甲", token]], k=1)


TOKENS = st.lists(st.sampled_from(["甲", "乙", "丙", "丁", "甲乙", "a", "A", "𠀀", "，"]), max_size=12)


@given(st.lists(TOKENS, min_size=1, max_size=8), st.integers(1, 3))
def test_terms_are_numbered_and_counted_as_by_gensim(words, least):
    dictionary = Dictionary(words)
    dictionary.filter_extremes(no_below=least, no_above=1.0, keep_n=None)
    if not len(dictionary):
        with pytest.raises(ValueError, match="leave 0 terms"):
            _counted(words, 1, least)
        return
    terms, counts = _counted(words, 1, least)
    assert terms == [dictionary[i] for i in range(len(dictionary))]
    bags = [list(zip(row.indices.tolist(), row.data.tolist())) for row in (counts[[i]] for i in range(len(words)))]
    assert bags == [dictionary.doc2bow(document) for document in words]


@pytest.mark.parametrize(("engine", "alpha"), [("gensim", 0.3), ("tomotopy", 0.3), ("tomotopy", "learned")])
@given(words=st.lists(TOKENS, min_size=3, max_size=8), seed=st.integers(0, 99))
def test_topics_share_out_each_token_once(engine, alpha, words, seed):
    words += [["甲", "乙", "丙"]] * 3  # so that three topics can be fitted
    model = qd.fit_lda(words, k=3, seed=seed, engine=engine, alpha=alpha, min_documents=1, iterations=30)
    alpha, eta = np.array(model.settings["prior"]), model.settings["eta"]
    assert np.allclose((model.weights - eta).sum(axis=0), model.frequencies, rtol=1e-5)
    if engine == "tomotopy":  # gensim's documents are shared out once more after the last sweep
        sizes = np.array([len(document) for document in words])[:, None]
        even = pd.DataFrame([alpha / alpha.sum()] * len(words))
        of_documents = model.theta.fillna(even) * (sizes + alpha.sum()) - alpha
        assert np.allclose(of_documents.sum(axis=0), (model.weights - eta).sum(axis=1), atol=1e-9)


def drawn_documents(alpha, n=400, length=60, seed=0):
    """Documents of which the topics, each with five words of its own, are drawn with these concentrations."""
    rng = np.random.default_rng(seed)
    terms = [[f"{topic}{word}" for word in "甲乙丙丁戊"] for topic in "一二三四五六"[: len(alpha)]]
    mixtures = rng.dirichlet(alpha, n)
    return [[rng.choice(terms[topic]) for topic in rng.choice(len(alpha), length, p=mixture)] for mixture in mixtures]


def test_a_learned_alpha_is_that_of_which_the_documents_were_drawn():
    truth = [2.0, 0.5, 0.2]
    model = qd.fit_lda(drawn_documents(truth), k=3, engine="tomotopy", alpha="learned", iterations=1000)
    prior = dict(zip((words[0][0] for words in model.top_words(5)), model.settings["prior"]))
    assert [prior[topic] for topic in "一二三"] == pytest.approx(truth, rel=0.2)
    assert model.settings["alpha"] == "learned"


def test_a_model_with_a_learned_alpha_infers_by_it_also_when_read_back(tmp_path):
    documents = drawn_documents([2.0, 0.2])
    model = qd.fit_lda(documents, k=2, engine="tomotopy", alpha="learned", iterations=100)
    prior = np.array(model.settings["prior"])
    of_one = model.topic_terms["一甲"].to_numpy().argmax()
    assert prior[of_one] > 3 * prior.min()
    # a token that only one topic has counts one beside the priors
    expected = (prior + (np.arange(2) == of_one)) / (prior.sum() + 1)
    assert model.infer([["一甲"]]).to_numpy()[0] == pytest.approx(expected, abs=0.04)
    model.save(tmp_path / "m.npz")
    back = qd.load_topics(tmp_path / "m.npz")
    assert back.settings["prior"] == model.settings["prior"]
    assert np.array_equal(back.infer(documents[:5]), model.infer(documents[:5]))


def test_a_model_saved_before_priors_were_kept_is_read(planted, tmp_path):
    model = qd.fit_lda(planted, k=2, alpha=0.2)
    model.save(tmp_path / "m.npz")
    arrays = dict(np.load(tmp_path / "m.npz"))
    about = json.loads(str(arrays["about"]))
    del about["settings"]["prior"]
    np.savez_compressed(tmp_path / "old.npz", **arrays | {"about": np.array(json.dumps(about))})
    old = qd.load_topics(tmp_path / "old.npz")
    assert old.settings["prior"] == [0.2, 0.2]
    assert np.array_equal(old.infer(planted[:3]), model.infer(planted[:3]))
