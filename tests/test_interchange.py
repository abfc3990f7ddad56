"""What is exported for other programs comes back the same, and harms nobody who opens it."""

import csv
import hashlib
import io
import json

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from pandas.testing import assert_frame_equal

import qdlib as qd
from qdlib.corpus import Names, assemble
from qdlib.interchange import FORMATS, TABLES, TABULAR
from qdlib.tables import read_frame, write_frames

NASTY = st.text(st.sampled_from("=+-@'\"\\NA,;\t\r\n\0\ud800\udc00\ufeff\u2028\x0b＝＠0u京🐼")) | st.text()
CLEAN = NASTY.filter(lambda text: not any("\ud800" <= character <= "\udfff" for character in text))


def assert_same(one, other):
    """The tables are equal, and every paragraph leads back to the same raw characters."""
    for table in TABLES:
        assert_frame_equal(getattr(one, table), getattr(other, table))
    assert {key: (text.text, text.raw, text.spans()) for key, text in one._texts.items()} == {
        key: (text.text, text.raw, text.spans()) for key, text in other._texts.items()
    }


@pytest.fixture(scope="module")
def out(corpus, tmp_path_factory):
    """The seeds in all formats."""
    return qd.export_corpus(corpus, tmp_path_factory.mktemp("out"), about={"name": "pages", "title": "五个网页"})


@pytest.mark.parametrize("format", TABULAR)
def test_the_seeds_come_back_and_so_does_their_concordance(corpus, out, format):
    back = qd.import_corpus(out, format)
    assert_same(corpus, back)
    assert back.fingerprint == corpus.fingerprint
    assert_frame_equal(qd.kwic(back, "发展"), qd.kwic(corpus, "发展"))


@pytest.mark.parametrize("format", ["txt", "tei"])
def test_texts_come_back_as_they_read(corpus, out, format):
    back = qd.import_corpus(out, format)
    assert_frame_equal(back.articles, corpus.articles)
    assert_frame_equal(back.documents()[["document", "text"]], corpus.documents()[["document", "text"]])
    assert len(qd.kwic(back, "发展")) == len(qd.kwic(corpus, "发展"))
    if format == "tei":
        assert_frame_equal(back.paragraphs[["role", "text"]], corpus.paragraphs[["role", "text"]])


@pytest.mark.parametrize("format", FORMATS)
def test_an_empty_corpus_comes_back(tmp_path, format):
    empty = assemble([], Names.of([]))
    back = qd.import_corpus(qd.export_corpus(empty, tmp_path / "out", [format]))
    assert_same(empty, back)


@settings(max_examples=15)
@given(texts=st.lists(CLEAN.filter(str.strip), min_size=1, max_size=3), said=CLEAN, name=CLEAN.filter(str.strip))
def test_nasty_texts_without_dates_come_back(tmp_path_factory, texts, said, name):
    place = tmp_path_factory.mktemp("texts")
    rows = [{"text": text, f"x{name}": said} if number else {"text": text} for number, text in enumerate(texts)]
    (place / "a.jsonl").write_text("\n".join(map(json.dumps, rows)), "utf-8")
    corpus = qd.load_corpus(place)
    out = qd.export_corpus(corpus, place / "out")
    for format in TABULAR:
        assert_same(corpus, qd.import_corpus(out, format))
    for format in ("txt", "tei"):
        assert_frame_equal(qd.import_corpus(out, format).articles, corpus.articles)


@settings(max_examples=80)
@given(texts=st.lists(st.none() | NASTY, max_size=4), name=CLEAN, suffix=st.sampled_from([".csv", ".jsonl"]))
def test_any_cell_comes_back(tmp_path_factory, texts, name, suffix):
    path = tmp_path_factory.mktemp("cells") / f"a{suffix}"
    write_frames([pd.DataFrame({name: pd.Series(texts, dtype=object)})], [name], path)
    back = read_frame(path, {name: "text"})
    assert list(back) == [name]
    assert [None if pd.isna(cell) else cell for cell in back[name]] == texts


@given(texts=st.lists(NASTY, min_size=1, max_size=4), name=CLEAN)
def test_no_spreadsheet_takes_a_text_for_a_formula(tmp_path_factory, texts, name):
    path = tmp_path_factory.mktemp("cells") / "a.csv"
    qd.write_table(pd.DataFrame({name: pd.Series(texts, dtype=object)}), path)
    data = path.read_bytes()
    assert data.startswith(b"\xef\xbb\xbf") and b"\0" not in data
    cells = [cell for row in csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")) for cell in row]
    assert not [
        cell
        for cell in cells
        if cell.lstrip()[:1] and cell.lstrip()[:1] in set("=+-@＝＋－＠") or cell[:1] in set("\t\r\n")
    ]


def test_what_a_cell_becomes_in_csv(tmp_path):
    cells = ["=1+1", "@a", "'x", "NA", "", "a\0\\", "\\a", "中"]
    qd.write_table(pd.DataFrame({"a": cells, "b": [1.5, float("nan")] * 4, "c": [True, False] * 4}), tmp_path / "a.csv")
    with (tmp_path / "a.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    assert [row[0] for row in rows] == ["a", "'=1+1", "'@a", "''x", "'NA", "", "'\\a\\u0000\\u005c", "\\a", "中"]
    assert [row[1:] for row in rows[1:3]] == [["1.5", "TRUE"], ["NA", "FALSE"]]


@pytest.mark.parametrize("suffix", [".csv", ".jsonl", ".parquet"])
def test_other_tables_come_back_by_what_their_function_says(corpus, tmp_path, suffix):
    mined = qd.mine_slogans(corpus)
    for function, table in ((qd.mine_slogans, mined), (qd.adoption, qd.adoption(qd.occurrences(corpus, mined)))):
        qd.write_table(table, tmp_path / f"a{suffix}")
        assert_frame_equal(qd.read_table(tmp_path / f"a{suffix}", function), table, check_dtype=False)


def test_the_package_describes_each_table_as_it_is(corpus, out):
    package = json.loads((out / "datapackage.json").read_text("utf-8"))
    assert package["title"] == "五个网页" and "licenses" not in package
    resources = {resource["name"]: resource for resource in package["resources"]}
    for name, resource in resources.items():
        data = (out / resource["path"]).read_bytes()
        assert (resource["bytes"], resource["hash"]) == (len(data), f"sha256:{hashlib.sha256(data).hexdigest()}"), name
    for name in TABLES:
        table, schema = getattr(corpus, name), resources[name]["schema"]
        assert [field["name"] for field in schema["fields"]] == list(table)
        if "primaryKey" in schema:
            assert not table.duplicated(schema["primaryKey"]).any()
        for key in schema.get("foreignKeys", []):
            other = getattr(corpus, key["reference"]["resource"])
            assert set(table[key["fields"][0]]) <= set(other[key["reference"]["fields"][0]])


def test_frictionless_accepts_the_package(out):
    frictionless = pytest.importorskip(
        "frictionless", reason="frictionless is not installed; the package is checked by hand"
    )
    report = frictionless.validate(str(out / "datapackage.json"))
    assert report.valid, report.flatten(["title", "message"])


def test_quanteda_antconc_and_voyant_find_what_they_look_for(corpus, out):
    documents = pd.read_csv(out / "csv" / "documents.csv", keep_default_na=False)
    assert list(documents)[:2] == ["doc_id", "text"] and {"date", "outlet", "genre"} <= set(documents)
    assert documents["text"].tolist() == corpus.documents()["text"].tolist()
    files = pd.read_csv(out / "txt" / "metadata.csv", keep_default_na=False)["doc_id"].tolist()
    assert sorted(files) == sorted(path.name for path in (out / "txt").glob("*.txt"))


def test_tei_has_a_header_and_leads_to_the_raw_text(corpus, out):
    names = {"t": "http://www.tei-c.org/ns/1.0"}
    root = etree.parse(out / "tei" / f"{corpus.articles['article_id'][0]}.xml").getroot()
    for path in ("fileDesc/t:titleStmt/t:title", "fileDesc/t:publicationStmt", "fileDesc/t:sourceDesc/t:bibl/t:date"):
        assert root.find(f"t:teiHeader/t:{path}", names) is not None
    assert "No licence is stated" in "".join(root.find(".//t:availability", names).itertext())
    first = corpus.paragraphs.iloc[0]
    start, end = first["spans"][0]
    assert root.find(".//t:head", names).get("source").split()[0] == f"{first['source']}#char={start},{end}"


def as_in_the_source(node):
    """The text of an element with what the source has in place of what is read, without white space."""
    tag = etree.QName(node).localname
    if tag == "g":
        return chr(int(node.get("n")[2:], 16))
    parts = [(node[0], "")] if tag == "choice" else [(child, child.tail or "") for child in node]
    return "".join([node.text or "", *(as_in_the_source(child) + tail for child, tail in parts)])


def bare(text):
    """A text without white space."""
    return "".join(text.split())


def test_tei_holds_what_the_source_has_beside_what_is_read(corpus, out):
    rows = iter(corpus.paragraphs.itertuples())
    roots = [etree.parse(path).getroot() for path in (out / "tei").glob("*.xml")]
    n_emended = 0
    for root in sorted(roots, key=lambda root: int(root.get("n"))):
        for node in root.iterfind(".//{*}div/*[@ana]"):
            row = next(rows)
            raw = corpus._texts[row.article_id, row.paragraph].raw
            assert bare(as_in_the_source(node)) == bare("".join(raw[start:end] for start, end in row.spans))
            n_emended += len(node.findall("{*}choice"))
    assert next(rows, None) is None and n_emended > 1000


def test_tei_says_whether_a_source_is_wrong_or_only_written_otherwise(tmp_path):
    (tmp_path / "a.txt").write_text("第１章写好了，，第二章也写好了。\n这里缺了一个字\ue040，没有人认得它。\n", "utf-8")
    out = qd.export_corpus(qd.load_corpus(tmp_path / "a.txt"), tmp_path / "out", ["tei"])
    text = (out / "tei" / "a-1.xml").read_text("utf-8")
    assert '第<choice ana="#rule-1"><orig>１</orig><reg>1</reg></choice>章写好了' in text
    assert '了，<choice ana="#rule-2"><sic>，</sic><corr/></choice>第二章' in text
    assert '一个字<sic ana="#rule-3">\ue040</sic>，没有' in text
    assert ">private-use character (unsolved)</catDesc>" in text


def test_a_stored_corpus_gives_the_same_files_part_by_part(corpus, root, tmp_path):
    stored = qd.stream_corpus(root / "seeds", tmp_path / "stored", batch_chars=5000)
    one, other = (
        qd.export_corpus(each, tmp_path / name, ["csv", "jsonl", "txt", "tei"])
        for name, each in (("a", corpus), ("b", stored))
    )
    files = [path.relative_to(one) for path in one.rglob("*.*")]
    assert len(files) > 40 and all((one / file).read_bytes() == (other / file).read_bytes() for file in files)
    assert_same(corpus, qd.import_corpus(qd.export_corpus(stored, tmp_path / "c", ["parquet"])))


def test_bad_requests_are_refused_and_lose_nothing(corpus, out, tmp_path):
    with pytest.raises(ValueError, match="holds something; give a new or empty folder"):
        qd.export_corpus(corpus, out)
    with pytest.raises(ValueError, match="formats must be a list of parquet, csv"):
        qd.export_corpus(corpus, tmp_path / "x", ["xlsx"])
    with pytest.raises(FileNotFoundError, match="holds no datapackage.json"):
        qd.import_corpus(tmp_path)
    with pytest.raises(ValueError, match="format must be one of .*got 'xlsx'"):
        qd.import_corpus(out, "xlsx")
    with pytest.raises(ValueError, match="must end in one of .csv, .jsonl, .parquet, got 'a.xlsx'"):
        qd.write_table(corpus.articles, tmp_path / "a.xlsx")
    (tmp_path / "a.csv").write_text("line\r\nx\r\n", "utf-8")
    with pytest.raises(ValueError, match="a.csv, line: a cell holds no integer"):
        qd.read_table(tmp_path / "a.csv", qd.kwic)
