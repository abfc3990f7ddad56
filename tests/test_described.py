"""Every table says of each of its columns what it is, and says nothing of columns that it does not have."""

import inspect

import numpy as np
import pandas as pd
import pytest

import qdlib as qd
from qdlib.described import OTHERS, TYPES

DTYPES = {
    "text": ("str", "object", "category"),
    "integer": ("int64", "Int64", "Sparse[int64, 0]"),
    "number": ("float64",),
    "boolean": ("bool",),
    "list": ("object",),
}


def slogan_tables(corpus, mined):
    """Tables made of slogans, and of the wordings that they are."""
    some = list(mined["slogan"].value_counts().index[:6])
    uses = qd.occurrences(corpus, mined)
    words = qd.jieba_frequencies().sort_values().tail(1000)
    yield "mine_slogans", mined
    yield "find_variants", qd.find_variants(mined)
    yield "find_templates", qd.find_templates(mined)
    yield "containment", qd.containment(corpus, mined, singles=True)
    yield "expand_formulas", qd.expand_formulas(corpus, mined)
    yield "article_share", qd.article_share(corpus, some)
    yield "count_by_place", qd.count_by_place(corpus, some)
    yield "count_by_voice", qd.count_by_voice(corpus, some)
    yield "find_wordings", qd.find_wordings(corpus, mined)
    yield "wording_dispersion", qd.wording_dispersion(corpus, some)
    yield "string_keyness", qd.string_keyness(corpus, words, some)
    yield "collocates", qd.collocates(corpus, some[0], min_count=1)
    yield "formulaicity", qd.formulaicity(corpus, mined)
    yield "formulaicity", qd.formulaicity(corpus, mined, unit="genre")
    yield "occurrences", uses
    yield "adoption", qd.adoption(uses)
    yield "first_uses", qd.first_uses(uses, corpus)
    yield "first_uses", qd.first_uses(uses, corpus, by="genre")
    yield "spread", qd.spread(uses)
    yield "timeline", qd.timeline(corpus, some)


def discourse_tables(corpus, mined):
    """Tables of who is named, who says what, with which figures, places, times and metaphors."""
    quotations, places, systems = qd.find_quotations(corpus), qd.find_places(corpus), qd.find_systems(corpus)
    metaphors, quantities = qd.find_metaphors(corpus, mined=mined), qd.find_quantities(corpus, mined)
    domains = qd.compare_domains(metaphors, corpus, draws=9)
    sheet, key = qd.coding_sheet(metaphors, corpus, n=9, n_sentences=3)
    marked = sheet["sentence"].str.contains("【")
    filled = sheet.assign(
        decision=marked.map({True: "metaphor", False: ""}), metaphors=marked.map({True: "", False: "none"})
    )
    yield "find_quotations", quotations
    yield "voice_shares", qd.voice_shares(corpus, quotations)
    yield "find_systems", systems
    yield "register_systems", qd.register_systems(systems)
    yield "find_persons", qd.find_persons(corpus)
    yield "find_organisations", qd.find_organisations(corpus)
    yield "find_places", places
    yield "praise_and_blame", qd.praise_and_blame(corpus, places)
    yield "cross", qd.cross(corpus, places, qd.find_organisations(corpus))
    yield "find_times", qd.find_times(corpus)
    yield "find_quantities", quantities
    yield "quantity_density", qd.quantity_density(corpus, quantities)
    yield "metaphor_lexicon", qd.metaphor_lexicon()
    yield "find_metaphors", metaphors
    yield "metaphor_rates", qd.metaphor_rates(metaphors, corpus)
    yield "compare_domains", domains
    claims = {domains["group"][0]: domains["domain"][0]}
    yield "check_claims", qd.check_claims(metaphors, corpus, claims, by="source", draws=9)
    yield "coding_sheet.sheet", sheet
    yield "coding_sheet.key", key
    yield "score_coding", qd.score_coding(key, {"a": filled, "b": filled})


def word_tables(corpus):
    """Tables of words, strings and counts."""
    documents = corpus.documents("paragraph")
    tokens = qd.segment(documents["text"])
    words = qd.content_words(tokens, min_chars=2)
    matrix = qd.document_term_matrix(words)
    counts, terms = matrix.sum(), list(matrix.columns)
    yield "document_term_matrix", matrix
    yield "keyness", qd.keyness(counts[:50], counts[20:80])
    yield "keyness_by_group", qd.keyness_by_group(words, documents["source"])
    yield "dispersion", qd.dispersion(matrix, [max(len(document), 1) for document in words])
    yield "association", qd.association(pd.Series({"a": 3}), 10, pd.Series({"a": 5}), 100)
    yield "collocation_network", qd.collocation_network(tokens, terms[:30], min_log_dice=1)
    yield "coherence", qd.coherence([terms[:5], terms[5:10]], words)
    yield "repeated_strings", qd.repeated_strings(documents["text"])
    yield "count_wordings", qd.count_wordings(documents["text"], terms[:3])
    yield "token_audit", qd.token_audit(documents["text"], terms[:3], tokens)
    yield "find_duplicates", qd.find_duplicates(corpus, threshold=0.01)
    lines = qd.kwic(corpus, terms[0])
    yield "kwic", lines
    yield "sort_lines", qd.sort_lines(lines, "right")


def topic_tables(corpus):
    """Tables of topics, most of them of models that have hardly begun to fit."""
    documents = corpus.documents("paragraph")
    words, fast = qd.content_words(qd.segment(documents["text"]), min_chars=2), {"engine": "tomotopy", "iterations": 4}
    one, other = (qd.fit_lda(words, 4, seed=seed, documents=documents, **fast) for seed in (1, 2))
    yield "TopicModel.weights", one.weights
    yield "TopicModel.theta", one.theta
    yield "TopicModel.document_topics", one.document_topics()
    yield "TopicModel.terms", one.terms()
    yield "TopicModel.prevalence", one.prevalence(draws=9)
    yield "TopicModel.shares", one.shares("source")
    yield "TopicModel.representative", one.representative(2)
    yield "TopicModel.correlations", one.correlations()
    yield "TopicModel.inter_topic_map", one.inter_topic_map()
    yield "TopicModel.infer", one.infer(words[:3])
    yield "match_topics", qd.match_topics(one, other)
    yield "choose_k", qd.choose_k(words, [2], [0, 1], **fast)
    yield "against_chance", qd.against_chance(words, 2, range(2), draws=1, **fast)
    yield "stable_topics", qd.stable_topics(words, 3, 4, eps=0.5, iterations=2, engine="gensim")
    yield "robustness", qd.robustness(corpus, 2, range(2), **fast)
    for name, make in (("word_intrusion", qd.word_intrusion), ("topic_intrusion", qd.topic_intrusion)):
        sheet, key = make(one)
        yield f"{name}.sheet", sheet
        yield f"{name}.key", key
    yield "score_intrusion", qd.score_intrusion(key, {"a": sheet.assign(answer="a")})


@pytest.fixture(scope="module")
def made(root, tmp_path_factory):
    """Every table of the package, made of two pages."""
    files = sorted((root / "seeds").glob("*.txt"))
    corpus = qd.load_corpus([files[0], files[-1], root / "seeds" / "manifest.csv"])
    stored = qd.stream_corpus(files[0], tmp_path_factory.mktemp("stored"), unit="paragraph")
    mined = qd.mine_slogans(corpus)
    tables = [
        (name, getattr(corpus, name))
        for name in ("sources", "articles", "paragraphs", "ledger", "metadata", "evidence")
    ]
    tables += [("Corpus.documents", corpus.documents("paragraph")), ("codebook", qd.codebook())]
    tables += [("Corpus.trace", corpus.trace(files[0].name, 0, 99)), ("TracedText.ledger", qd.repair("看到,").ledger())]
    tables += [("term_counts", qd.term_counts(stored))]
    tables += [(f"StoredCorpus.table.{name}", stored.table(name)) for name in ("documents", "counts")]
    makers = (slogan_tables(corpus, mined), discourse_tables(corpus, mined), word_tables(corpus), topic_tables(corpus))
    return tables + [pair for maker in makers for pair in maker]


@pytest.fixture(scope="module")
def described():
    """The codebook by table."""
    return {name: rows.set_index("column") for name, rows in qd.codebook().groupby("table", sort=False)}


def test_every_column_of_every_table_is_described_and_has_the_type_that_is_said(made, described):
    for name, table in made:
        about = described[name]
        assert about.index.is_unique
        columns = [str(column) for column in table.columns]
        missing = [column for column in columns if column not in about.index]
        assert not missing or OTHERS in about.index, f"{name} does not describe {missing}"
        for column in table.columns:
            kind = about.at[str(column) if str(column) in about.index else OTHERS, "type"]
            assert str(table[column].dtype) in DTYPES[kind], f"{name}.{column} is {table[column].dtype}, not {kind}"


def test_nothing_is_described_that_does_not_exist(made, described):
    found = {}
    for name, table in made:
        found.setdefault(name, set()).update(map(str, table.columns))
    for name, about in described.items():
        named = set(about.index) - {OTHERS}
        assert named <= found[name], f"{name} describes {sorted(named - found[name])}"
        assert (OTHERS in about.index) == bool(found[name] - named)


def test_values_are_those_that_are_allowed(made, described):
    for name, table in made:
        for column, values in described[name]["values"].items():
            if values.startswith("one of ") and column in table:
                allowed = set(values.removeprefix("one of ").split(", ")) | {""}
                assert set(table[column].dropna()) <= allowed, f"{name}.{column}"
            low, _, high = values.partition(" to ")
            if high and column in table:
                cells = table[column].dropna().astype(float)
                assert np.all((cells > float(low) - 1e-9) & (cells < float(high) + 1e-9)), f"{name}.{column}"


def test_every_public_function_that_returns_tables_is_in_the_codebook(described):
    functions = {about["function"].iloc[0] for about in described.values()}
    returning = {
        name for name in qd.__all__ if "DataFrame" in str(inspect.get_annotations(getattr(qd, name)).get("return"))
    }
    returning -= {"read_table"}  # what was written, whatever it was
    assert returning <= functions and len(returning) > 50


def test_a_line_is_complete():
    book = qd.codebook()
    assert set(book["type"]) == set(TYPES)
    assert (book["description"].str.len() > 3).all()
    assert not book.duplicated(["table", "column"]).any()


def test_the_codebook_of_one_function_is_its_part_of_the_whole():
    book = qd.codebook()
    pd.testing.assert_frame_equal(qd.codebook(qd.kwic), book[book["table"] == "kwic"].reset_index(drop=True))
    assert list(qd.codebook(qd.Corpus)["table"].unique()) == [
        "sources", "articles", "paragraphs", "ledger", "metadata", "evidence", "Corpus.documents", "Corpus.trace",
    ]  # fmt: skip


def test_what_is_said_elsewhere_is_found_there():
    line = qd.codebook(qd.kwic).set_index("column").loc["line"]
    raw = qd.codebook(qd.Corpus).set_index(["table", "column"]).loc[("paragraphs", "line")]
    assert (line["type"], line["values"]) == (raw["type"], raw["values"]) == ("integer", "from 1")
    assert line["description"] == raw["description"].rstrip(".") + "; of the keyword."


def lone(doc):
    """A function with a docstring."""

    def made_up(): ...

    made_up.__doc__ = doc
    return made_up


@pytest.mark.parametrize("doc", ["Return a number.", "Returns:\n    - `a` (colour): no such type.", None])
def test_a_function_without_columns_is_refused(doc):
    with pytest.raises(ValueError, match="made_up does not describe the columns"):
        qd.codebook(lone(doc))


def test_a_column_said_to_be_as_in_a_table_without_it_is_refused():
    with pytest.raises(ValueError, match="'a' of .*made_up is described as in 'kwic', which lacks it"):
        qd.codebook(lone("Returns:\n    - `a`: as in `kwic`."))


def test_lines_that_go_on_several_names_and_several_tables():
    doc = "Say.\n\nReturns:\n    one: a row a thing:\n        - `a, b` (text, one of x, y): what\n          it is.\n    two: others.\n        - `...` (number): all."
    book = qd.codebook(lone(doc))
    table = book["table"].str.rpartition(".")[2]
    assert list(zip(table, book["column"], book["type"], book["values"], book["description"])) == [
        ("one", "a", "text", "one of x, y", "what it is."),
        ("one", "b", "text", "one of x, y", "what it is."),
        ("two", "...", "number", "", "all."),
    ]
