"""The corpus: tables that fit together, an account that adds up, and bad input named."""

import dataclasses

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import qdlib as qd
from qdlib.corpus import ARTICLE_COLUMNS, LEDGER_COLUMNS, PARAGRAPH_COLUMNS, SOURCE_COLUMNS, sentences
from qdlib.pages import split_page
from qdlib.readers import CorpusWarning, ReadError
from qdlib.repair import repair, replay

GOOD = "某市召开城市更新推进会\n\n本报记者 王小明\n\n各级各部门要认真贯彻落实会议精神,把各项任务落到实处。\n"


@pytest.fixture
def folder(tmp_path):
    """A folder with one good text."""
    (tmp_path / "good.txt").write_text(GOOD, "utf-8")
    return tmp_path


def test_the_tables_have_the_columns_of_the_design(corpus):
    assert list(corpus.sources) == SOURCE_COLUMNS and list(corpus.articles) == ARTICLE_COLUMNS
    assert list(corpus.paragraphs) == PARAGRAPH_COLUMNS and list(corpus.ledger) == LEDGER_COLUMNS


def test_every_character_of_the_seeds_is_accounted_for(corpus, root):
    for source in corpus.sources.itertuples():
        raw = (root / "seeds" / source.source).read_text("utf-8")
        ledger = corpus.ledger[corpus.ledger["source"] == source.source]
        assert source.kept + source.replaced + source.removed == source.n_chars == len(raw)
        assert "".join(ledger["before"]) == raw


def test_the_ledger_applied_to_the_raw_text_gives_the_paragraphs(corpus):
    for source, rows in corpus.paragraphs.groupby("source"):
        ledger = corpus.ledger[corpus.ledger["source"] == source]
        for row in rows.itertuples():
            parts = [ledger[(ledger["start"] >= a) & (ledger["end"] <= b)]["after"].str.cat() for a, b in row.spans]
            assert "".join(parts) == row.text


def test_paragraphs_are_numbered_in_reading_order_and_lines_count_from_1(corpus, root):
    for _, rows in corpus.paragraphs.groupby("article_id"):
        assert rows["paragraph"].tolist() == list(range(len(rows)))
    for row in corpus.paragraphs.itertuples():
        raw = (root / "seeds" / row.source).read_text("utf-8")
        assert raw[: row.start].count("\n") + 1 == row.line


@given(st.text(st.characters(blacklist_categories=["Cs"]), max_size=200))
@settings(max_examples=200)
def test_any_text_adds_up_and_can_be_replayed(text):
    account = split_page(repair(text)).account
    ledger = account.ledger()
    assert "".join(ledger["before"]) == text and sum(account.counts().values()) == len(text)
    assert replay(text, ledger) == account.text


@given(st.text("青岛就是，。,:?!()“”\n　 實(shí)會huì?！1a<p>/h2>&nbsp;\u200b\ue0e3", max_size=120))
@settings(max_examples=300)
def test_damaged_looking_text_adds_up_too(text):
    account = split_page(repair(text)).account
    assert "".join(account.ledger()["before"]) == text
    assert replay(text, account.ledger()) == account.text


def test_a_missing_and_an_empty_folder_are_named(tmp_path):
    with pytest.raises(FileNotFoundError, match="does not exist"):
        qd.load_corpus(tmp_path / "nowhere")
    with pytest.raises(ValueError, match="holds no text"):
        qd.load_corpus(tmp_path)


@pytest.mark.parametrize(
    ("data", "reason"), [(b"", "is empty"), (b"\x89PNG\0\0\1", "is not text"), (b"\xff\xfe\xd8\x00\xd8", "breaks off")]
)
def test_one_broken_file_is_set_aside_with_a_warning_and_the_rest_loaded(folder, data, reason):
    (folder / "broken.txt").write_bytes(data)
    with pytest.warns(CorpusWarning, match=f"broken.txt: .*{reason}"):
        corpus = qd.load_corpus(folder)
    assert corpus.sources["source"].tolist() == ["broken.txt", "good.txt"]
    assert reason in corpus.sources.loc[0, "problem"] and corpus.sources.loc[1, "problem"] == ""
    assert corpus.articles["headline"].tolist() == ["某市召开城市更新推进会"]


def test_only_broken_files_are_an_error_that_names_each(tmp_path):
    (tmp_path / "a.txt").write_bytes(b"")
    (tmp_path / "b.txt").write_bytes(b"\0")
    with pytest.raises(ReadError, match="(?s)a.txt: is empty.*b.txt: is not text"):
        qd.load_corpus(tmp_path)


def test_a_file_of_one_line_is_one_article(tmp_path):
    path = tmp_path / "one.txt"
    path.write_text("只有一行", "utf-8")
    corpus = qd.load_corpus(path)
    assert len(corpus.articles) == 1 and corpus.paragraphs["text"].tolist() == ["只有一行"]


def test_an_unknown_script_is_named(folder):
    with pytest.raises(ValueError, match="script must be one of simplified, keep, got 'big'"):
        qd.load_corpus(folder, script="big")


def test_units_of_analysis(folder):
    corpus = qd.load_corpus(folder)
    assert corpus.documents("article")["text"].tolist() == [
        "某市召开城市更新推进会\n各级各部门要认真贯彻落实会议精神，把各项任务落到实处。"
    ]
    assert corpus.documents("paragraph", roles=["body"])["line"].tolist() == [5]
    assert len(corpus.documents("sentence")) == 2
    with pytest.raises(ValueError, match="unit must be one of article, section, paragraph, sentence, got 'page'"):
        corpus.documents("page")


@pytest.mark.parametrize("unit", ["article", "section", "paragraph", "sentence"])
def test_no_unit_loses_text_and_rows_are_numbered_from_0(corpus, unit):
    documents = corpus.documents(unit)
    together = corpus.documents("article")["text"].str.replace(r"\s", "", regex=True).str.len().sum()
    assert documents["text"].str.replace(r"\s", "", regex=True).str.len().sum() == together
    assert documents.index.equals(pd.RangeIndex(len(documents))) and documents["document"].is_unique


def test_sentences_keep_their_closing_quotation_marks():
    assert sentences("“好！”他说。真的吗？……") == ["“好！”", "他说。", "真的吗？……"]


def test_a_span_is_traced_to_its_lines(folder):
    corpus = qd.load_corpus(folder)
    row = corpus.trace("good.txt", 0, 3)
    assert row["before"].str.cat().startswith("某市召开") and row.loc[0, "line"] == 1
    with pytest.raises(KeyError, match="good.txt"):
        corpus.trace("other.txt", 0, 1)


def test_the_fingerprint_stands_for_the_files(folder):
    first = qd.load_corpus(folder).fingerprint
    assert qd.load_corpus(folder).fingerprint == first
    (folder / "more.txt").write_text(GOOD + "。", "utf-8")
    assert qd.load_corpus(folder).fingerprint != first


def test_a_filtered_corpus_still_leads_to_the_right_line(corpus):
    rows = corpus.paragraphs[corpus.paragraphs["source"].str.startswith("002")].reset_index(drop=True)
    small = dataclasses.replace(corpus, paragraphs=rows)
    whole = qd.kwic(corpus, "创建")
    assert qd.kwic(small, "创建")["line"].tolist() == whole.loc[whole["source"].str.startswith("002"), "line"].tolist()
    with pytest.raises(KeyError, match="has no paragraph 9999"):
        corpus.origin(rows["article_id"][0], 9999, 0, 1)


def test_two_files_of_one_stem_keep_their_articles_apart(tmp_path):
    for name, text in (("x.txt", "第一个文件"), ("x.md", "第二个文件")):
        (tmp_path / name).write_text(text, "utf-8")
    corpus = qd.load_corpus([tmp_path / "x.txt", tmp_path / "x.md"])
    assert corpus.articles["article_id"].is_unique and corpus.documents()["text"].tolist() == [
        "第一个文件",
        "第二个文件",
    ]
