"""The corpus: tables that fit together, an account that adds up, and bad input named."""

import dataclasses
import json
import re
import warnings

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import qdlib as qd
from qdlib.corpus import (
    ARTICLE_COLUMNS,
    LEDGER_COLUMNS,
    PARAGRAPH_COLUMNS,
    SOURCE_COLUMNS,
    Names,
    _iso,
    assemble,
    dates_in_names,
    paragraph_places,
    sentence_spans,
    sentences,
)
from qdlib.pages import split_page
from qdlib.readers import CorpusWarning, ReadError, read_source
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
    ("data", "reason"), [(b"", "is empty"), (b"\x89PNG\0\0\1", "is not text"), (b"%PDF-1.4", "a PDF file by its first")]
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


@given(st.text(alphabet="好。！…”’ \n😀", max_size=30))
def test_sentence_spans_follow_one_another_and_cover_the_text(text):
    spans = sentence_spans(text)
    assert "".join(text[start:end] for start, end in spans) == text
    assert [text[start:end].strip() for start, end in spans if text[start:end].strip()] == sentences(text)


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


BYTES = st.one_of(
    st.binary(max_size=300),
    st.text(st.characters(blacklist_categories=["Cs"]), max_size=100).map(lambda text: text.encode("gb18030")),
    st.tuples(st.text("青岛就是，。,?!() 實(shí)huì?1a\n", max_size=60), st.binary(max_size=4)).map(
        lambda x: x[0].encode() + x[1]
    ),
)


@given(BYTES, st.lists(st.tuples(st.integers(0, 400), st.binary(max_size=3)), max_size=3))
@settings(max_examples=200)
def test_the_account_of_any_bytes_adds_up(tmp_path_factory, data, changes):
    folder = tmp_path_factory.mktemp("bytes", numbered=True)
    for place, new in changes:  # random damage on top
        data = data[:place] + new + data[place + len(new) :]
    (folder / "any.txt").write_bytes(data)
    (folder / "good.txt").write_text(GOOD, "utf-8")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", CorpusWarning)
        corpus = qd.load_corpus(folder)
    source = corpus.sources.iloc[0]
    raw = read_source(folder / "any.txt").text
    ledger = corpus.ledger[corpus.ledger["source"] == "any.txt"]
    assert source["kept"] + source["replaced"] + source["removed"] == source["n_chars"] == len(raw)
    assert "".join(ledger["before"]) == raw and (source["problem"] == "") == bool(raw)
    assert ledger["start"].tolist() == [0, *ledger["end"]][: len(ledger)]
    for row in corpus.paragraphs.itertuples():
        rows = corpus.ledger[corpus.ledger["source"] == row.source]
        parts = [rows[(rows["start"] >= a) & (rows["end"] <= b)]["after"].str.cat() for a, b in row.spans]
        assert "".join(parts) == row.text
        starts = [corpus.origin(row.article_id, row.paragraph, i, i + 1)[0] for i in range(len(row.text))]
        pieces = [[s for s in starts if a <= s < b] for a, b in row.spans]
        assert all(piece == sorted(piece) for piece in pieces)


def test_what_a_table_says_of_its_texts_holds_and_says_so(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text(f'标题,日期,来源,正文,编号\n某题,2021年1月5日,某市日报,"{GOOD}",7\n', "utf-8")
    corpus = qd.load_corpus(path)
    article = corpus.articles.iloc[0]
    assert article[["headline", "date", "outlet"]].tolist() == ["某题", "2021-01-05", "某市日报"]
    assert article["date_basis"] == "explicit: column 日期: 2021年1月5日"
    assert corpus.metadata.to_dict("records") == [
        {"source": "t.csv#1", "标题": "某题", "日期": "2021年1月5日", "来源": "某市日报", "编号": "7"}
    ]


def test_what_a_web_page_says_in_its_head_fills_what_the_text_leaves_open(tmp_path):
    body = "".join(
        f"<p>第{i}项任务已经全面落实到位，群众的获得感和满意度不断提升，城市更新取得新的成效。</p>" for i in range(8)
    )
    head = '<meta property="og:site_name" content="某市新闻网"><meta property="article:published_time" content="2021-03-04">'
    (tmp_path / "a.html").write_text(f"<html><head>{head}</head><body><article>{body}</article></body></html>", "utf-8")
    article = qd.load_corpus(tmp_path).articles.iloc[0]
    assert (article["date"], article["outlet"]) == ("2021-03-04", "某市新闻网")
    assert article["date_basis"] == "inferred: in the head of the file: 2021-03-04"


@pytest.mark.parametrize(
    ("given_date", "iso"),
    [
        ("2021-01-05", "2021-01-05"), ("2021/1/5", "2021-01-05"), ("2021年1月5日", "2021-01-05"), ("20210105", "2021-01-05"),
        ("2021-01-05T08:00:00Z", "2021-01-05"), ("2021年1月", "2021-01"), ("2021", "2021"), ("2021-13-01", ""), ("去年", ""),
    ],
)  # fmt: skip
def test_given_dates_become_iso_text_as_precise_as_they_are(given_date, iso):
    assert _iso(given_date) == iso


def test_many_bad_sources_do_not_flood_the_reader(folder):
    (folder / "t.jsonl").write_text("{broken}\n" * 50, "utf-8")
    with pytest.warns(CorpusWarning) as caught:
        corpus = qd.load_corpus(folder)
    assert len(caught) == 21 and "and 30 more sources" in str(caught[-1].message)
    assert (corpus.sources["problem"] != "").sum() == 50


def test_every_field_of_an_article_has_its_proof_in_the_source(corpus, root):
    evidence = corpus.evidence
    articles = corpus.articles.set_index("article_id")
    filled = {
        (article_id, field)
        for field in ("headline", "subtitle", "byline", "outlet", "date", "genre")
        for article_id, value in articles[field].items()
        if value
    }
    assert set(zip(evidence["article_id"], evidence["field"])) == filled
    for row in evidence.itertuples():
        assert articles.loc[row.article_id, row.field] == row.value
        assert row.basis in ("explicit", "inferred")
    dated = evidence[evidence["field"] == "date"].groupby("article_id")["words"].agg("; ".join)
    for article_id, words in dated.items():  # the same words as in `date_basis`, width of marks set aside
        basis = articles.loc[article_id, "date_basis"].split(": ", 1)[1]
        assert re.sub(r"\W", "", words) == re.sub(r"\W", "", basis)
    raw = {source: (root / "seeds" / source).read_text("utf-8") for source in corpus.sources["source"]}
    for row in evidence[evidence["line"] > 0].itertuples():
        assert row.line == raw[row.source].count("\n", 0, row.start) + 1
        if not corpus.trace(row.source, row.start, row.end)["rule"].str.contains("injected|traditional").any():
            assert re.sub(r"\W", "", raw[row.source][row.start : row.end]) == re.sub(r"\W", "", row.words)


def test_what_a_table_says_of_an_article_is_proof_outside_the_text(tmp_path):
    (tmp_path / "t.csv").write_text("text,date,genre\n这是一篇关于项目建设的文章。,2021-05-06,news\n", "utf-8")
    evidence = qd.load_corpus(tmp_path).evidence.set_index("field")
    assert evidence.loc["date", ["value", "basis", "words", "line", "end"]].tolist() == ["2021-05-06", "explicit", "2021-05-06", 0, 0]  # fmt: skip


def test_an_indent_inside_a_replaced_run_does_not_cost_the_paragraph_its_origin(tmp_path):
    damaged = "　　各级各部门要认真贯彻落实会议精神，把各项任务落到实处。\n".encode().decode("gb18030", "replace")
    (tmp_path / "a.txt").write_text("某市召开推进会\n" + damaged, "utf-8")
    corpus = qd.load_corpus(tmp_path)
    row = corpus.paragraphs.iloc[-1]
    assert row["text"].startswith("各级各部门") and row["spans"] == ((8, 8 + len(damaged) - 1),)
    ledger = corpus.ledger[(corpus.ledger["start"] >= row["start"]) & (corpus.ledger["end"] <= row["end"])]
    assert ledger["after"].str.cat() == row["text"]
    assert corpus.origin(row["article_id"], row["paragraph"], 0, 1) == (row["start"], row["end"], 2)


def test_a_speech_head_of_two_lines_without_a_gap_between_is_a_subhead(tmp_path):
    text = "各级各部门要认真贯彻落实会议精神，把各项任务落到实处。\n政府工作报告——2021年1月5日在某市人民代表大会上\n各级要抓紧。"
    (tmp_path / "a.txt").write_text(text, "utf-8")
    paragraphs = qd.load_corpus(tmp_path).paragraphs
    assert paragraphs["text"].tolist() == text.split("\n") and paragraphs["role"].tolist()[1] == "subhead"


def test_a_corpus_without_paragraphs_or_with_an_empty_source_gives_empty_documents(tmp_path):
    (tmp_path / "a.txt").write_text("。。。\n----\n", "utf-8")
    (tmp_path / "b.txt").write_bytes(b"")
    with pytest.warns(CorpusWarning, match="b.txt: is empty"):
        corpus = qd.load_corpus(tmp_path)
    assert corpus.sources["n_chars"].tolist() == [9, 0]
    for unit in ("article", "section", "paragraph", "sentence"):
        documents = corpus.documents(unit)
        assert len(documents) == len(corpus.documents("article")) == 0 and "text" in documents


def test_the_place_of_each_paragraph():
    roles = {
        "a": ["headline", "subtitle", "byline", "body", "body", "subhead", "body", "caption", "source"],
        "b": ["title", "abstract", "lead", "body", "body", "dateline"],
        "c": ["headline", "body"],
        "d": ["headline", "speaker", "quote", "speaker", "quote"],
        "e": ["caption"],
    }
    table = pd.Series(roles).explode().rename("role").rename_axis("article_id").reset_index()
    found = paragraph_places(table).groupby(table["article_id"]).agg(list).to_dict()
    assert found == {
        "a": ["headline", "headline", "", "lead", "body", "subhead", "close", "caption", ""],
        "b": ["headline", "lead", "lead", "body", "close", ""],
        "c": ["headline", "lead"],
        "d": ["headline", "body", "body", "body", "close"],
        "e": ["caption"],
    }
    assert paragraph_places(table.head(0)).empty


@pytest.mark.parametrize(
    ("name", "date"),
    [
        ("1954.txt", "1954"),
        ("2022-07-19_要闻.html", "2022-07-19"),
        ("report_20230115_final.txt", "2023-01-15"),
        ("a.zip/b/2022.07.19.txt", "2022-07-19"),
        ("日报2022年7月9日第2版.txt", "2022-07-09"),
        ("2022-07.txt", "2022-07"),
        ("2003-04.txt", ""),  # April, or the years 2003 to 2004
        ("20230115-20230120.txt", ""),  # a range
        ("20230230.txt", ""),
        ("00012022.txt", ""),
        ("2cafc3a420200101.txt", ""),
        ("20230115093000.txt", ""),
        ("会议2008.txt", ""),  # a number like any other
        ("2011年统计公报.txt", ""),  # the year it is about
        ("t.csv#2022-01-01", ""),  # the row of a table
        ("2022-01-015.txt", ""),
        ("", ""),
    ],
)
def test_a_date_is_read_from_a_file_s_name_only_where_it_is_one(name, date):
    assert dates_in_names([name]).get(name, "") == date


def test_files_that_are_merely_numbered_have_no_dates():
    assert dates_in_names(["1999.txt", "2000.txt", "2100.txt"]) == {}
    assert dates_in_names(["1999.txt", "1.txt"]) == {"1999.txt": "1999"}


def test_the_name_of_a_file_dates_what_nothing_else_does(tmp_path):
    (tmp_path / "2008.txt").write_text(GOOD, "utf-8")
    (tmp_path / "2009.txt").write_text(f"2010-03-05 08:00 某报社\n\n{GOOD}", "utf-8")
    corpus = qd.load_corpus(tmp_path)
    assert corpus.articles["date"].tolist() == ["2008", "2010-03-05"]
    assert corpus.articles["date_basis"].iat[0] == "inferred: the file's name: 2008.txt"
    proof = corpus.evidence.query("article_id == '2008-1' and field == 'date'")
    assert proof[["value", "basis", "words", "line"]].values.tolist() == [["2008", "inferred", "2008.txt", 0]]


@pytest.mark.parametrize(
    ("name", "text", "date"),
    [
        ("2020-01-13", "某刊\n1998年 第19卷 第1期 No.1 1998\n", "2020-01-13"),  # a year alone, inferred
        ("2020", "某刊\n1998年 第19卷 第1期 No.1 1998\n", "1998"),  # no more than what the text says
        ("2020-01-13", "某市召开会议\n2021-03-05 08:30 来源：某报\n", "2021-03-05"),  # said by the page
    ],
)
def test_the_name_of_a_file_gives_way_to_what_a_page_says_not_to_what_it_implies(tmp_path, name, text, date):
    (tmp_path / f"{name}.txt").write_text(text + "会议讨论了下一阶段的工作，要求各部门抓好落实。" * 6, "utf-8")
    corpus = qd.load_corpus(tmp_path)
    assert corpus.articles["date"].iat[0] == date
    proof = corpus.evidence[corpus.evidence["field"] == "date"]
    assert proof["value"].tolist()[:1] == [date] and (f"{name}.txt" in proof["words"].iat[0]) == (date == name)


def test_a_table_s_own_column_source_does_not_hide_ours(tmp_path):
    (tmp_path / "t.jsonl").write_text(json.dumps({"text": GOOD, "source": "某报", "no": 3}) + "\n", "utf-8")
    assert qd.load_corpus(tmp_path).metadata.to_dict("records") == [
        {"source": "t.jsonl#1", "source (table)": "某报", "no": "3"}
    ]


def test_tables_without_rows_have_the_types_of_those_with_rows(corpus):
    empty = assemble([], Names.of([]))
    for name in ("sources", "articles", "paragraphs", "ledger", "evidence"):
        assert getattr(empty, name).dtypes.equals(getattr(corpus, name).dtypes) and len(getattr(empty, name)) == 0
    assert empty.metadata.columns.tolist() == ["source"]


def test_what_the_names_of_all_say_of_some_is_enough_for_these(tmp_path):
    names = Names.of(["a.txt", "a.html", "b.txt", "2021-03-04_x.txt", "t.csv", "t.csv#1", "1954.txt", "1955.txt"])
    assert names.shared == {"a"} and sorted(names.dates) == ["1954.txt", "1955.txt", "2021-03-04_x.txt"]
    assert names.among(["a.html", "1954.txt", "t.csv#1"]) == Names(frozenset({"a"}), {"1954.txt": "1954"})
    assert names.among(["b.txt"]) == Names(frozenset(), {})


def test_of_countless_problems_only_the_first_are_listed(tmp_path):
    for n in range(30):
        (tmp_path / f"{n:02d}.txt").write_bytes(b"\0")
    with pytest.raises(ReadError) as raised:
        qd.load_corpus(tmp_path)
    assert str(raised.value).count("is not text") == 20 and str(raised.value).endswith("and 10 more")
