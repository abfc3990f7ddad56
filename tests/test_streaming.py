"""Streaming: the same tables as in memory whatever the batches and wherever a run was stopped, and nothing else harmed."""

import errno
import json
import os
import subprocess
import sys
import time
import tracemalloc
import warnings
import zipfile

import pandas as pd
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

import qdlib as qd
import qdlib.readers as readers
import qdlib.stored as stored_
import qdlib.streaming as streaming
from qdlib.readers import CorpusWarning, ReadError, iter_file, survey_sources
from qdlib.stored import TABLES, document_terms, open_corpus, term_counts
from qdlib.streaming import stream_corpus
from qdlib.traced import Piece, TracedText

NEWS = "{}召开推进会\n\n本报记者 王小明\n\n各级各部门要认真贯彻,把各项任务落到实处。实(shí)事求是,  &nbsp;不断前进！\n\n第二段说{}。\n"
HTML = "<html><head><title>{0}</title></head><body><h1>{0}</h1><p>各级各部门要认真贯彻落实会议精神。</p></body></html>"


def text(name):
    """A short page."""
    return NEWS.format(name, name * 3)


def lines(rows):
    """Rows as lines of JSON."""
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


@pytest.fixture(scope="module")
def messy(tmp_path_factory):
    """A folder with a little of everything: shared and dated names, tables, a zip, metadata, and what cannot be read."""
    folder = tmp_path_factory.mktemp("messy")
    (folder / "sub").mkdir()
    for name in ("b", "2021-03-04_c", "sub/d", "x"):
        (folder / f"{name}.txt").write_text(text(name), "utf-8")
    (folder / "x.html").write_text(HTML.format("同名的页"), "utf-8")
    (folder / "broken.txt").write_bytes(b"\0\1")
    rows = [{"text": text(f"行{i}"), "source": "某报", "no": i, **({"tag": "乙"} if i % 3 else {})} for i in range(7)]
    (folder / "t.jsonl").write_text('{"id": 1}\n' + lines(rows[:4]) + "{broken\n" + lines(rows[4:]), "utf-8")
    pd.DataFrame(rows).to_parquet(folder / "u.parquet")
    with zipfile.ZipFile(folder / "z.zip", "w") as archive:
        archive.writestr("a.txt", text("包里"))
        archive.writestr("t.jsonl", lines(rows[:3]))
        archive.writestr("meta.csv", "file,place\nb,青岛\nz.zip/a.txt,烟台\n")
        archive.writestr("y.doc", b"\xd0\xcf")
    (folder / "meta.csv").write_text(f"name,outlet,sha256\nd,某日报,{'0' * 64}\nb.txt,另一报,\n", "utf-8")
    (folder / "nothing.csv").write_text("a,b\n1,2\n", "utf-8")
    return folder


def quietly(work, *args, **options):
    """What a function returns, and its warnings."""
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always", CorpusWarning)
        return work(*args, **options), [str(warning.message) for warning in said]


@pytest.fixture(scope="module")
def in_memory(messy):
    """The corpus of that folder in memory, and its warnings."""
    return quietly(qd.load_corpus, messy)


def assert_same(stored, corpus, unit="article"):
    """All tables are those of the corpus in memory, and so are tokens, counts and the way back to the raw text."""
    loaded, documents = stored.load(), corpus.documents(unit)
    for name in TABLES[:6]:
        assert_frame_equal(stored.table(name), getattr(corpus, name))
        assert_frame_equal(pd.concat(stored.batches(name), ignore_index=True), getattr(corpus, name))
        assert_frame_equal(getattr(loaded, name), getattr(corpus, name))
    assert stored.fingerprint == corpus.fingerprint == loaded.fingerprint
    tokens = qd.segment(documents["text"])
    assert list(stored.tokens()) == stored.table("documents")["tokens"].tolist() == tokens
    assert_frame_equal(stored.table("documents").drop(columns="tokens"), documents.drop(columns="text"))
    matrix, names, terms = document_terms(stored)
    expected = qd.document_term_matrix(tokens, documents["document"].tolist())
    assert_frame_equal(pd.DataFrame(matrix.toarray(), names, terms).astype(int), expected.sparse.to_dense().astype(int))
    table = expected.sparse.to_dense()
    counted = pd.DataFrame(
        {"term": terms, "count": table.sum().to_numpy(), "n_documents": (table > 0).sum().to_numpy()}
    )
    assert_frame_equal(term_counts(stored), counted.astype({"term": "str"}))
    assert loaded._texts.keys() == corpus._texts.keys()
    for key, traced in corpus._texts.items():
        assert loaded._texts[key].raw == traced.raw and loaded._texts[key].text == traced.text
        assert [loaded.origin(*key, i, i + 1) for i in range(len(traced))] == [
            corpus.origin(*key, i, i + 1) for i in range(len(traced))
        ]


class Stopped(BaseException):
    """What stops a run."""


def stop_after(monkeypatch, n):
    """Let a run stop before it puts the n-th part in its place."""
    done = []

    def stopping(path, name, rename=stored_.rename):
        if path.name != f".{stored_.FILES}":
            done.append(name)
            if len(done) > n:
                raise Stopped
        rename(path, name)

    monkeypatch.setattr(streaming, "rename", stopping)


SIZES = st.one_of(st.integers(1, 9000), st.just(1))


@given(st.lists(st.tuples(SIZES, st.integers(0, 5)), max_size=3), SIZES)
@settings(max_examples=8, phases=[Phase.explicit, Phase.generate])  # every part is made safe on the disk, which is slow
def test_batches_and_stops_of_any_size_give_the_tables_of_memory(messy, in_memory, tmp_path_factory, stops, last):
    out = tmp_path_factory.mktemp("out") / "new" / "corpus"
    corpus, warned = in_memory
    for batch_chars, n in stops:
        with pytest.MonkeyPatch.context() as monkeypatch:
            stop_after(monkeypatch, n)
            try:
                quietly(stream_corpus, messy, out, batch_chars=batch_chars)
            except Stopped:
                with pytest.raises(ValueError, match="not complete.*goes on from there"):
                    open_corpus(out)
    stored, said = quietly(stream_corpus, messy, out, batch_chars=last)
    assert said == warned and len(warned) > 4
    assert_same(stored, corpus)
    assert not list(out.glob("**/.*"))


def test_the_seeds_come_out_the_same_in_parts_and_so_does_their_concordance(corpus, root, tmp_path):
    stored = stream_corpus(root / "seeds", tmp_path / "out", batch_chars=9_000)
    assert len(list(stored.corpora())) > 2
    assert_same(stored, corpus)
    found = [qd.kwic(part, "发展") for part in stored.corpora()]
    assert_frame_equal(pd.concat(found, ignore_index=True), qd.kwic(corpus, "发展"))
    assert repr(stored).startswith(f"StoredCorpus {corpus.fingerprint} in ")
    assert f": {len(corpus.sources)} sources, {len(corpus.articles)} articles, {len(corpus.paragraphs)} par" in repr(
        stored
    )


@pytest.mark.parametrize("unit", ["article", "section", "paragraph", "sentence"])
def test_documents_are_those_of_memory_whatever_the_parts(in_memory, messy, tmp_path, unit):
    corpus, _ = in_memory
    stored, _ = quietly(stream_corpus, messy, tmp_path / "out", batch_chars=400)
    for roles in (None, ["lead", "body"], ["no such role"]):
        made, wanted = stored.documents(unit, roles), corpus.documents(unit, roles)
        assert_frame_equal(made, wanted, check_dtype=len(wanted) > 0)
        assert made.attrs == wanted.attrs
    with pytest.raises(ValueError, match="roles must be a list"):
        stored.documents(unit, "body")
    with pytest.raises(ValueError, match="unit must be one of"):
        stored.documents("line")


@pytest.mark.parametrize("unit", ["section", "paragraph", "sentence"])
def test_other_units_are_segmented_too(messy, tmp_path, unit):
    corpus, _ = quietly(qd.load_corpus, messy, "keep")
    stored, _ = quietly(stream_corpus, messy, tmp_path / "out", "keep", unit=unit, batch_chars=500)
    assert_same(stored, corpus, unit)


def parts_in(folder):
    """The bytes of all files of a folder but of those that a stopped run left unfinished."""
    found = {path.relative_to(folder): path for path in folder.rglob("*.parquet")}
    return {name: path.read_bytes() for name, path in found.items() if not name.parent.name.startswith(".")}


def test_two_processes_and_a_stop_give_the_same_bytes_as_one_run(messy, tmp_path, monkeypatch):
    quietly(stream_corpus, messy, tmp_path / "one", batch_chars=800)
    quietly(stream_corpus, messy, tmp_path / "two", batch_chars=800, processes=2)
    with monkeypatch.context() as patched, pytest.raises(Stopped):
        stop_after(patched, 3)
        stream_corpus(messy, tmp_path / "three", batch_chars=800)
    quietly(stream_corpus, messy, tmp_path / "three", batch_chars=800)
    assert parts_in(tmp_path / "one") == parts_in(tmp_path / "two") == parts_in(tmp_path / "three")


def test_a_run_killed_in_the_middle_goes_on(tmp_path):
    table, out = tmp_path / "t.jsonl", tmp_path / "out"
    table.write_text(lines({"text": text(f"行{i}")} for i in range(60)), "utf-8")
    code = f"from qdlib.streaming import stream_corpus\nstream_corpus({str(table)!r}, {str(out)!r}, batch_chars=400)"
    counts = [0]
    for _ in range(2):
        run = subprocess.Popen([sys.executable, "-c", code], stderr=subprocess.DEVNULL)
        while run.poll() is None and len(list(out.glob("parts/[!.]*"))) < counts[-1] + 3:
            time.sleep(0.005)
        run.kill()
        run.wait()
        counts.append(len(list(out.glob("parts/[!.]*"))))
    assert 0 < counts[1] < counts[2] < 60
    assert_same(stream_corpus(table, out, batch_chars=1000), qd.load_corpus(table))


def test_a_complete_corpus_is_not_made_again(messy, tmp_path):
    quietly(stream_corpus, messy, tmp_path / "out")
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / "out").rglob("*")}
    quietly(stream_corpus, messy, tmp_path / "out", batch_chars=7)
    assert before == {path: path.stat().st_mtime_ns for path in (tmp_path / "out").rglob("*")}


@pytest.fixture
def begun(tmp_path, monkeypatch):
    """A folder of three texts, and one with the first of their parts."""
    place, out = tmp_path / "place", tmp_path / "out"
    place.mkdir()
    for name in "abc":
        (place / f"{name}.txt").write_text(text(name), "utf-8")
    with monkeypatch.context() as patched, pytest.raises(Stopped):
        stop_after(patched, 1)
        stream_corpus(place, out, batch_chars=1)
    return place, out


def test_other_settings_and_other_files_are_named(begun, tmp_path):
    place, out = begun
    words = tmp_path / "mine.txt"
    words.write_text("推进会\n", "utf-8")
    for options, reason in [
        ({"script": "keep"}, "script was 'simplified', not 'keep'"),
        ({"text": "正文"}, "text was None, not '正文'"),
        ({"unit": "sentence"}, "unit was 'article', not 'sentence'"),
        ({"lexicons": [str(words)]}, "lexicons was .*mine"),
    ]:
        with pytest.raises(ValueError, match=f"other settings: {reason}.*or another folder"):
            stream_corpus(place, out, **options)
    (place / "a.txt").write_text("另一篇。", "utf-8")
    (place / "b.txt").rename(place / "d.txt")
    with pytest.raises(ValueError, match="a.txt has changed; b.txt is gone; d.txt is new; give the same again"):
        stream_corpus(place, out)
    for n in range(9):
        (place / f"e{n}.txt").write_text("新。", "utf-8")
    with pytest.raises(ValueError, match="e1.txt is new and 7 more"):
        stream_corpus(place, out)
    assert len(list((out / "parts").iterdir())) == 1


def test_the_same_files_in_another_order_are_not_the_same(begun, tmp_path):
    place, _ = begun
    files = [place / f"{name}.txt" for name in "abc"]
    stream_corpus(files, tmp_path / "other")
    with pytest.raises(ValueError, match="the files come in another order"):
        stream_corpus(files[::-1], tmp_path / "other")


def test_a_word_list_that_changed_is_another(begun, tmp_path):
    place, _ = begun
    words = tmp_path / "mine.txt"
    words.write_text("推进会\n", "utf-8")
    stored = stream_corpus(place, tmp_path / "other", lexicons=[words])
    assert list(stored.tokens()) == qd.segment(qd.load_corpus(place).documents()["text"], (words,))
    words.write_text("推进\n", "utf-8")
    with pytest.raises(ValueError, match="lexicons was"):
        stream_corpus(place, tmp_path / "other", lexicons=[words])


def test_a_file_that_changes_during_the_run_stops_it(begun, monkeypatch):
    place, out = begun

    def changing(*args, make=streaming.assemble):
        (place / "c.txt").write_text("变了。", "utf-8")
        return make(*args)

    monkeypatch.setattr(streaming, "assemble", changing)
    with pytest.raises(ReadError, match="c.txt changed during the run"):
        stream_corpus(place, out, batch_chars=1)


def test_a_full_disk_is_named_and_the_run_goes_on_when_there_is_room(begun, monkeypatch):
    place, out = begun
    before = parts_in(out)

    def full(table, path, write=stored_.write_table):
        if path.name == "ledger.parquet":
            raise OSError(errno.ENOSPC, "No space left on device")
        write(table, path)

    with monkeypatch.context() as patched, pytest.raises(OSError, match="cannot be written .No space left.*call again"):
        patched.setattr(stored_, "write_table", full)
        stream_corpus(place, out, batch_chars=1)
    assert parts_in(out) == before and not list(out.glob("**/.*"))
    assert_same(stream_corpus(place, out), qd.load_corpus(place))


def test_two_runs_at_once_do_not_mix(begun, monkeypatch):
    place, out = begun

    def other_first(*args, make=streaming.assemble):
        monkeypatch.undo()
        stream_corpus(place, out)
        return make(*args)

    monkeypatch.setattr(streaming, "assemble", other_first)
    with pytest.raises(OSError, match="another run writes there"):
        stream_corpus(place, out, batch_chars=1)
    assert_same(open_corpus(out), qd.load_corpus(place))


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="whoever is root may write everywhere")
def test_a_folder_that_may_not_be_written_is_named(begun, tmp_path):
    (tmp_path / "locked").mkdir(mode=0o500)
    with pytest.raises(PermissionError, match="cannot be written"):
        stream_corpus(begun[0], tmp_path / "locked" / "out")


def test_folders_that_hold_something_else_are_left_alone(begun, tmp_path):
    place, out = begun
    other = tmp_path / "other"
    other.mkdir()
    (other / "mine.txt").write_text("我的", "utf-8")
    with pytest.raises(ValueError, match="holds something else, such as 'mine.txt'"):
        stream_corpus(place, other)
    with pytest.raises(ValueError, match="is a file"):
        stream_corpus(place, other / "mine.txt")
    for inside in (place, place / "new" / "out"):
        with pytest.raises(ValueError, match="lies in the corpus"):
            stream_corpus(place, inside)
    for write in (pd.DataFrame({"file": ["a.txt"]}).to_parquet, lambda path: path.write_text("我的", "utf-8")):
        write(tmp_path / "files.parquet")
        with pytest.raises(ValueError, match="holds something else named files.parquet"):
            stream_corpus(place / "a.txt", tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {"place", "out", "other", "files.parquet"}
    assert [path.name for path in other.iterdir()] == ["mine.txt"] and len(list(place.iterdir())) == 3


def test_bad_places_are_the_errors_of_load_corpus(begun, tmp_path):
    place, out = begun
    new = tmp_path / "new"
    with pytest.raises(FileNotFoundError, match="nowhere' does not exist"):
        stream_corpus(tmp_path / "nowhere", new)
    with pytest.raises(ValueError, match="two sources are named 'a.txt'"):
        stream_corpus([place, place / "a.txt"], new)
    with pytest.raises(ValueError, match="script must be"):
        stream_corpus(place, new, "traditional")
    with pytest.raises(ValueError, match="unit must be one of article"):
        stream_corpus(place, new, unit="page")
    with pytest.raises(ValueError, match=r"write \['official'\]"):
        stream_corpus(place, new, lexicons="official")
    for options in ({"batch_chars": 0}, {"processes": 1.5}):
        with pytest.raises(ValueError, match="must be a whole number of at least 1"):
            stream_corpus(place, new, **options)
    assert not new.exists()
    (place / "a.txt").write_bytes(b"\0")
    for _ in range(2):
        with pytest.raises(ReadError, match="no source could be read:\na.txt: is not text"):
            stream_corpus(place / "a.txt", new)


def test_what_is_no_stored_corpus_or_lacks_a_part_is_named(begun, tmp_path):
    place, out = begun
    with pytest.raises(FileNotFoundError, match="holds no stored corpus"):
        open_corpus(place)
    stored = stream_corpus(place, out, batch_chars=1)
    with pytest.raises(ValueError, match="table must be one of sources, .*got 'source'"):
        stored.table("source")
    with pytest.raises(ValueError, match="columns of articles must be of article_id, .*got 'title'"):
        stored.table("articles", ["title"])
    assert stored.table("articles", ["n_chars", "source"]).columns.tolist() == ["n_chars", "source"]
    (out / "parts" / "00000001").rename(tmp_path / "lost")
    with pytest.raises(ValueError, match="part 00000001 .* is missing"):
        stored.table("articles")


def test_a_table_beyond_what_memory_holds_is_streamed_and_a_bomb_is_not(tmp_path, monkeypatch):
    monkeypatch.setattr(readers, "UNPACKED", 2_000)
    rows = [{"text": text(f"第{i}号")} for i in range(60)]
    (tmp_path / "t.jsonl").write_text(lines(rows), "utf-8")
    with pytest.warns(CorpusWarning, match="brings its table to more than 2,000 characters"):
        assert len(qd.load_corpus(tmp_path / "t.jsonl").sources) < 30
    stored = stream_corpus(tmp_path / "t.jsonl", tmp_path / "out", batch_chars=1000)
    assert stored.table("sources")["source"].tolist() == [f"t.jsonl#{i}" for i in range(1, 61)]
    monkeypatch.setattr(readers, "EXPANSION", 2)
    pd.DataFrame({"text": ["长" * 1000] * 90}).to_parquet(tmp_path / "bomb.parquet")
    survey = survey_sources(tmp_path / "bomb.parquet")
    found = list(iter_file("bomb.parquet", tmp_path / "bomb.parquet", survey))
    assert 2 < len(found) < 30 and [bool(source.problem) for source in found] == [False] * (len(found) - 1) + [True]
    for source in (found[1], found[-2], found[-1]):  # nor is it where a run goes on
        rest = list(iter_file("bomb.parquet", tmp_path / "bomb.parquet", survey, source.name))
        assert rest == found[found.index(source) + 1 :]


def test_every_source_may_be_where_a_run_goes_on(messy):
    survey = survey_sources(messy)
    whole = list(streaming._sources(survey, {name: readers.stamp(path) for name, path in survey.files}, ""))
    sources = [source for source, _ in whole]
    assert sources == readers.read_sources(messy)
    stamps = {name: readers.stamp(path) for name, path in survey.files}
    for number, source in enumerate(sources, start=1):
        rest = [other for other, _ in streaming._sources(survey, stamps, source.name)]
        assert rest == sources[number:]
    read = [n_bytes for _, n_bytes in whole]
    assert read == sorted(read) and read[-1] <= sum(size for size, _ in stamps.values())


@pytest.mark.parametrize("suffix", [".jsonl", ".parquet"])
def test_a_table_is_read_a_row_at_a_time(tmp_path, suffix):
    path, long = tmp_path / f"t{suffix}", "".join(map(chr, range(0x4E00, 0x9F00)))
    rows = [{"text": long[i : i + 500]} for i in range(20_000)]  # 20 MB in memory
    path.write_text(lines(rows), "utf-8") if suffix == ".jsonl" else pd.DataFrame(rows).to_parquet(path)
    del rows
    next(iter_file(path.name, path, survey_sources(path)))  # what it needs is imported
    tracemalloc.start()
    survey = survey_sources(path)
    n_chars = sum(len(source.text) for source in iter_file(path.name, path, survey))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert n_chars == 10_000_000 and peak < 5_000_000


def test_a_run_that_was_replaced_and_cut_in_two_is_found_again():
    raw = "甲&乙;丙"
    pieces = [Piece(0, 1, "甲"), Piece(1, 4, "子丑", "rule"), Piece(4, 5, "丙")]
    whole = TracedText(raw, tuple(pieces))
    for start, end in [(0, 2), (2, 4), (1, 2), (0, 4)]:
        part = whole.cut(start, end)
        again = stored_._traced(raw, pieces, part.spans(), part.text)
        assert again.text == part.text
        assert [again.origin(i, i + 1) for i in range(len(part))] == [part.origin(i, i + 1) for i in range(len(part))]


def test_tokens_of_equal_words_are_one_string(messy, tmp_path):
    stored, _ = quietly(stream_corpus, messy, tmp_path / "out", batch_chars=300)
    tokens = [token for document in stored.tokens() for token in document]
    assert len({id(token) for token in tokens}) == len(set(tokens)) < len(tokens)


def test_a_model_of_a_stored_corpus_is_that_of_the_corpus_in_memory(messy, tmp_path):
    stored, _ = quietly(stream_corpus, messy, tmp_path / "out", batch_chars=300)
    corpus, _ = quietly(qd.load_corpus, messy)
    words = qd.content_words(stored.tokens())
    assert words == qd.content_words(qd.segment(corpus.documents()["text"]))
    documents = stored.table("documents", ["document", "article_id", "date"])
    assert qd.fit_lda(words, k=2, documents=documents).theta.index.tolist() == documents["document"].tolist()
    terms = qd.content_words([term_counts(stored).query("n_documents > 1")["term"]])[0]
    matrix, names, columns = document_terms(stored, [*terms, "没有这个词"])
    expected = qd.document_term_matrix(words, min_documents=2)
    assert columns == [*expected.columns, "没有这个词"] and names == documents["document"].tolist()
    assert (matrix.toarray()[:, :-1] == expected.to_numpy()).all() and not matrix.toarray()[:, -1].any()


def test_terms_and_documents_are_counted(tmp_path):
    (tmp_path / "t.jsonl").write_text(lines([{"text": "经济，经济和"}, {"text": "和经济"}, {"text": "，"}]), "utf-8")
    stored = stream_corpus(tmp_path / "t.jsonl", tmp_path / "out", batch_chars=1)
    counts = stored.table("counts")
    rows = [["t.jsonl#1-1", "经济", 2], ["t.jsonl#1-1", "，", 1], ["t.jsonl#1-1", "和", 1], ["t.jsonl#2-1", "和", 1]]
    assert counts.to_numpy().tolist()[:5] == [*rows, ["t.jsonl#2-1", "经济", 1]]
    assert term_counts(stored).to_numpy().tolist()[:2] == [["经济", 3, 2], ["和", 2, 2]]
    matrix, documents, terms = document_terms(stored, ["和", "没有", "经济", "和"])
    assert terms == ["和", "没有", "经济"] and matrix.toarray().tolist()[:2] == [[1, 0, 2], [1, 0, 1]]
    assert documents[:2] == ["t.jsonl#1-1", "t.jsonl#2-1"] and matrix.dtype == "int32"
    with pytest.raises(ValueError, match=r"write \['经济'\]"):
        document_terms(stored, "经济")
