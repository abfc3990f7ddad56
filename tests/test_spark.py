"""Spark beside one machine: the same rows, on a small cluster of processes that loses one of them on the way."""

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import threading
import zipfile
from collections import Counter
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from damage import damage
from hypothesis import given
from hypothesis import strategies as st

import qdlib as qd
from qdlib import spark as sp
from qdlib.corpus import CorpusWarning
from qdlib.spark_counts import _counted, _keys
from qdlib.topics import match_topics

ROOT = Path(__file__).parent.parent
CLUSTER = {
    "spark.master": "local-cluster[2,1,1024]", "spark.executor.memory": "1g", "spark.driver.memory": "1g",
    "spark.sql.shuffle.partitions": "4", "spark.ui.showConsoleProgress": "false",
    # for a minute of work the second compiler costs more than it brings
    **{f"spark.{part}.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC" for part in ("driver", "executor")},
}  # fmt: skip
SUBJECTS = "城市 乡村 学校 工厂 港口 山林 河湖 道路 医院 社区".split()
DEEDS = ["稳步推进各项建设", "认真总结以往经验", "广泛听取群众意见", "全面加强日常管理", "努力提高服务水平"]
KEYS = {
    "sources": ["source"], "articles": ["article_id"], "paragraphs": ["article_id", "paragraph"], "ledger": ["source", "start", "end"],
    "evidence": ["article_id", "field", "start", "words"], "documents": ["document"],
}  # fmt: skip


def lines(seed, n):
    """Made-up lines of news, some of which say the same."""
    rng = random.Random(seed)
    return [f"{rng.choice(SUBJECTS)}要{rng.choice(DEEDS)}，第{rng.randrange(99)}次会议如是说。" for _ in range(n)]


def folder(place, parts):
    """A folder of everything that can be read, whole and broken."""
    place.mkdir()
    for part in range(parts):
        rows = [
            {"text": "\n".join(lines(100 * part + i, 12)), "标题": f"第{i}篇", "日期": f"2020-0{part + 1}"}
            for i in range(12)
        ]
        rows[3] |= {"text": ""}
        rows[4] |= {"note \ud800": "half \udfff of a character", "source": "a column of that name"}
        (place / f"rows{part}.jsonl").write_text("\n".join(map(json.dumps, rows)), "utf-8")
    clean = "\n".join(lines(1, 30))
    (place / "2001-05-06.txt").write_text(clean, "gb18030")
    (place / "2002-05-06.txt").write_text(clean, "utf-16")
    (place / "两 字.txt").write_bytes(clean.encode("gb18030")[:-1] + b"\xff\xff")
    (place / "damaged.txt").write_text(damage("".join(lines(2, 40)), share=0.5, seed=3), "utf-8")
    (place / "damaged.html").write_text(f"<title>标题</title><p>{'</p><p>'.join(lines(3, 9))}</p>", "utf-8")
    (place / "broken.docx").write_bytes(b"no Word file")
    (place / "about.csv").write_text("file,outlet,sha256\n2001-05-06.txt,日报,00\ndamaged,晚报,\n", "utf-8")
    (place / "nothing.csv").write_text("x,y\n1,2\n", "utf-8")
    with zipfile.ZipFile(place / "more.zip", "w") as archive:
        archive.writestr("里面/2003-05-06.txt", "\n".join(lines(4, 9)))
        archive.writestr("里面/rows.csv", f"text,author\n{lines(5, 1)[0]},某人\n")
    return place


@pytest.fixture(scope="session")
def spark(tmp_path_factory):
    """A cluster of two executors, each a process of its own with one core and 1 GB; it leaves no file behind."""
    pyspark = pytest.importorskip("pyspark", reason="needs pyspark: pip install 'qdlib[spark]'")
    if not (os.environ.get("JAVA_HOME") or shutil.which("java")):
        pytest.skip("needs Java 17 or later, and there is none")
    home = tmp_path_factory.mktemp("spark")
    for part in ("jars", "bin", "sbin"):
        (home / part).symlink_to(Path(pyspark.__file__).parent / part)
    places = {"spark.local.dir": str(home / "local"), "spark.sql.warehouse.dir": str(home / "warehouse")}
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("SPARK_HOME", str(home))  # where executors keep their files
        patched.setenv("SPARK_LOCAL_IP", "127.0.0.1")
        patched.delenv("PYSPARK_PYTHON", raising=False)
        patched.setenv("PYTHONPATH", os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")])))
        before = set(Path.cwd().iterdir())
        running = sp.session(CLUSTER | places)
        yield running
        running.stop()
        assert set(Path.cwd().iterdir()) == before


def executors(spark):
    """The executors' processes."""
    children = spark._jvm.java.lang.ProcessHandle.current().children().toList()
    return {child.pid() for child in children if "ExecutorBackend" in child.info().commandLine().orElse("")}


def kill_one(spark, out, over, killed):
    """End an executor as soon as the first table is half made."""
    tracker = spark.sparkContext.statusTracker()
    while not over.wait(0.02) and not killed:
        stages = [stage for stage in map(tracker.getStageInfo, tracker.getActiveStageIds()) if stage]
        half = any(1 < stage.numCompletedTasks < stage.numTasks - 1 for stage in stages)
        if half and (out / "sources" / "_temporary").exists():
            killed.append(min(executors(spark)))
            os.kill(killed[0], signal.SIGKILL)


@pytest.fixture(scope="session")
def place(tmp_path_factory):
    """The seeds and a made folder."""
    return [ROOT / "seeds", folder(tmp_path_factory.mktemp("corpus") / "made", 8)]


@pytest.fixture(scope="session")
def one_machine(place):
    """The corpus as one machine loads it."""
    with pytest.warns(CorpusWarning):
        return qd.load_corpus(place)


@pytest.fixture(scope="session")
def cluster(spark, place, tmp_path_factory):
    """The folder with all tables as the cluster makes them, although one executor is killed on the way."""
    out, over, killed = tmp_path_factory.mktemp("out"), threading.Event(), []
    killer = threading.Thread(target=kill_one, args=(spark, out, over, killed))
    killer.start()
    try:
        with pytest.warns(CorpusWarning, match="10 of 110 sources set aside"):
            found = sp.load_corpus(spark, place, str(out))
        sp.written(sp.segment(found["documents"]), str(out / "tokens"))
        words = sp.content_words(spark.read.parquet(str(out / "tokens")))
        sp.written(sp.term_counts(words), str(out / "terms"))
        sp.repeated_strings(found["documents"], str(out / "strings"), max_chars=5)
    finally:
        over.set()
        killer.join()
    assert killed and killed[0] not in executors(spark)
    return out


def in_order(table, name):
    """A table with its rows in one order and its cells of one kind."""
    table = table.sort_values(KEYS[name], kind="stable", ignore_index=True)
    if name == "paragraphs":
        table["spans"] = [[tuple(map(int, span)) for span in spans] for spans in table["spans"]]
    return table


@pytest.mark.parametrize("name", KEYS)
def test_the_tables_are_those_of_one_machine(name, cluster, one_machine):
    ours = one_machine.documents() if name == "documents" else getattr(one_machine, name)
    assert len(ours) > 5
    pd.testing.assert_frame_equal(in_order(pd.read_parquet(cluster / name), name), in_order(ours, name))


def test_what_tables_say_is_a_map(cluster, one_machine):
    def said(rows):
        return sorted(
            (row.pop("source"), sorted((key, value) for key, value in row.items() if value == value)) for row in rows
        )

    rows = pd.read_parquet(cluster / "metadata").to_dict("records")
    ours = one_machine.metadata.to_dict("records")
    assert said([{"source": row["source"], **dict(row["given"])} for row in rows]) == said(ours)
    assert any("half \ufffd of a character" in row.values() for row in ours)


def test_the_tokens_and_their_counts_are_those_of_one_machine(cluster, one_machine):
    documents = one_machine.documents()
    tokens = qd.segment(documents["text"])
    found = pd.read_parquet(cluster / "tokens").set_index("document")["tokens"].map(list)
    assert found.to_dict() == dict(zip(documents["document"], tokens))
    words = qd.content_words(tokens)
    counts, within = Counter(w for own in words for w in own), Counter(w for own in words for w in set(own))
    expected = sorted(((w, n, within[w]) for w, n in counts.items()), key=lambda row: (-row[1], row[0]))
    assert [*pd.read_parquet(cluster / "terms").itertuples(index=False, name=None)] == expected


def test_the_strings_are_those_of_one_machine(cluster, one_machine):
    ours = qd.repeated_strings(one_machine.documents()["text"], max_chars=5, fragments=True)
    assert len(ours) > 1000
    pd.testing.assert_frame_equal(pd.read_parquet(cluster / "strings"), ours, rtol=0, atol=1e-9)


def test_a_task_done_again_writes_nothing_twice(spark, tmp_path):
    def shaky(batches):
        yield from batches
        first = tmp_path / "failed"
        if not first.exists():
            first.touch()
            raise RuntimeError("after its rows")

    schema = pa.schema([("document", pa.string())])
    rows = spark.createDataFrame(pa.table({"document": [str(i) for i in range(50)]})).repartition(4)
    sp.written(sp.mapped(rows, shaky, schema), str(tmp_path / "out"))
    assert (tmp_path / "failed").exists()
    assert sorted(pd.read_parquet(tmp_path / "out")["document"]) == sorted(map(str, range(50)))


def test_the_commands_and_a_folder_that_spark_reads(spark, tmp_path):
    out, place = tmp_path / "out", folder(tmp_path / "made", 1)
    with pytest.warns(CorpusWarning):
        sp.main(["load", str(out), "--place", place.as_uri(), "--unit", "paragraph", "--script", "keep"])
    with pytest.warns(CorpusWarning):
        ours = qd.load_corpus(place, script="keep")
    for name in ("sources", "paragraphs", "evidence"):
        theirs = in_order(pd.read_parquet(out / name), name)
        pd.testing.assert_frame_equal(theirs, in_order(getattr(ours, name), name))
    theirs = pd.read_parquet(out / "documents")
    pd.testing.assert_frame_equal(in_order(theirs, "documents"), in_order(ours.documents("paragraph"), "documents"))
    sp.main(["tokens", str(out)])
    sp.main(["topics", str(out), "--k", "3", "--iterations", "5"])
    assert len(pd.read_parquet(out / "topics")) == 60
    assert sorted(pd.read_parquet(out / "document_topics")["document"]) == sorted(theirs["document"])
    with pytest.raises(SystemExit):
        sp.main(["load", str(out)])


def test_nothing_to_read_and_a_folder_in_use_are_errors(spark, tmp_path):
    (tmp_path / "bad").mkdir()
    (tmp_path / "bad" / "a.docx").write_bytes(b"no Word file")
    with pytest.raises(qd.readers.ReadError, match="no source of 1 could be read"):
        sp.load_corpus(spark, tmp_path / "bad", str(tmp_path / "out"))
    rows = spark.createDataFrame(pa.table({"text": ["天地人。天地人"]}))
    assert not len(sp.repeated_strings(rows, str(tmp_path / "none")).toArrow())
    with pytest.raises(Exception, match="PATH_ALREADY_EXISTS"):
        sp.repeated_strings(rows, str(tmp_path / "none"))
    with pytest.raises(ValueError, match="min_count must be 2 or more"):
        sp.repeated_strings(rows, str(tmp_path / "x"), min_count=1)


@pytest.mark.parametrize("optimizer", ["online", "em"])
def test_topics_are_those_of_one_machine(optimizer, spark, tmp_path):
    # three topics of ten words each, no document in two of them: every good fit must find these
    rng = np.random.default_rng(5)
    words = [[f"{'甲乙丙'[i % 3]}{j}" for j in rng.integers(10, size=20)] for i in range(90)] + [["独"]]
    names = [f"d{i:03}" for i in range(91)]
    frame = spark.createDataFrame(pa.table({"document": names, "tokens": words}))
    spark.sparkContext.setCheckpointDir(str(tmp_path / "checkpoints"))
    model = sp.fit_lda(frame, 3, 1, optimizer, iterations=30)
    assert match_topics(model, qd.fit_lda(words, 3, 1))["jaccard"].tolist() == [1, 1, 1]
    assert model.theta.index.tolist() == names and model.theta.loc["d090"].isna().all()
    assert (model.theta[:90].max(axis=1) > 0.9).all()
    assert np.allclose(model.theta, model.infer(words), equal_nan=True)
    # all tokens, and the prior once for each term and topic
    assert model.weights.sum().sum() == pytest.approx(1800 + 3 * 30 * 0.1, rel=0.3 if optimizer == "online" else 1e-6)
    model.save(tmp_path / "model")
    assert qd.load_topics(tmp_path / "model").weights.equals(model.weights)


def test_topics_refuse_what_cannot_be_fitted(spark):
    frame = spark.createDataFrame(pa.table({"document": ["a", "b"], "tokens": [["天"], ["地"]]}))
    with pytest.raises(ValueError, match="optimizer must be one of online, em, got 'gibbs'"):
        sp.fit_lda(frame, 2, optimizer="gibbs")
    with pytest.raises(ValueError, match="0 terms in at least 2 documents"):
        sp.fit_lda(frame, 2)
    with pytest.raises(ValueError, match="k is 3, more than the 2 documents"):
        sp.fit_lda(frame, 3, min_documents=1)


# -- without Spark ----------------------------------------------------------------------------------------------------


@given(st.lists(st.text("天地人。\U0002070e\ue000", max_size=40), max_size=5), st.integers(2, 4))
def test_a_pass_counts_every_string_that_may_repeat(texts, least):
    batch = pa.RecordBatch.from_pydict({"text": pa.array(texts, pa.string())})
    counts, within = Counter(), Counter()
    for text in texts:
        own = [p[i : i + n] for p in text.split("。") for n in range(1, 9) for i in range(len(p) - n + 1)]
        counts.update(own)
        within.update(set(own))
    found, known = {}, None
    for shortest, longest in ((1, 2), (3, 4), (5, 8)):
        for part in _counted(iter([batch]), shortest, longest, known, "。"):
            rows = part.to_pylist()
            assert not found.keys() & {row["string"] for row in rows}
            found |= {row["string"]: (row["count"], row["n_texts"]) for row in rows}
        frequent = [s for s, (n, _) in found.items() if len(s) == longest and n >= least]
        keys = _keys(iter([pa.RecordBatch.from_pydict({"string": pa.array(frequent, pa.string())})]))
        known = np.sort(next(keys)["key"].to_numpy())
    assert {s: (counts[s], within[s]) for s in found} == found
    # none is missing that is frequent, or that holds a frequent one and counts for its entropy
    assert {
        s for s, n in counts.items() if n >= least or counts[s[1:]] >= least or counts[s[:-1]] >= least
    } <= found.keys()


def test_importing_the_module_does_not_load_spark():
    code = "import sys, qdlib.spark; print('pyspark' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
