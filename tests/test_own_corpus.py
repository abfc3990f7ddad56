"""The study run on other people's texts: `notebooks/own.py`, and what lies with the texts."""

import re
import subprocess
import sys
from pathlib import Path

import nbformat
import pandas as pd
import pytest

import qdlib as qd
from qdlib.readers import find_sources

ROOT = Path(__file__).resolve().parent.parent
NOTEBOOKS = ROOT / "notebooks"
sys.path.insert(0, str(NOTEBOOKS))

import own  # noqa: E402
import run  # noqa: E402

TEXT = "一天\n\n今天天气很好，他去上学。大家都很高兴。\n\n放学以后他回家写作业，天气还是很好。\n"
# What only the study of the seeds may say.
OF_THE_SEEDS = re.compile(
    r"Qingdao|青岛|seeds|[Ff]ive (?:pages|texts|reports)|these pages|人民日报|半岛|济宁|20(?:21|23)\b"
)


def folder_of(place, **texts):
    """A folder of texts."""
    place.mkdir(parents=True)
    for name, text in texts.items():
        (place / f"{name}.txt").write_text(text, "utf-8")
    return place


def prose(notebook):
    """Its prose."""
    return "\n\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")


def state():
    """The files of the repository that a run could touch, and when each was changed."""
    return {p: p.stat().st_mtime_ns for where in ("notebooks", "figures", "seeds") for p in (ROOT / where).rglob("*.*")}


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    """A study of a single undated text, made by the command; its place has a space and Chinese characters in it."""
    place = tmp_path_factory.mktemp("own")
    folder_of(place / "我的 texts", a=TEXT, stopwords="高兴\n")
    before = state()
    told = subprocess.run(
        [sys.executable, str(NOTEBOOKS / "own.py"), "我的 texts", "out 书"],
        cwd=place,
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 0, told.stderr
    assert {p: t for p, t in state().items() if "__pycache__" not in p.parts} == {
        p: t for p, t in before.items() if "__pycache__" not in p.parts
    }
    return place / "out 书"


def test_every_notebook_ran_to_its_end_and_its_prose_is_of_this_corpus(study):
    made = sorted(study.glob("*.ipynb"))
    assert [path.name for path in made] == sorted(path.name for path in NOTEBOOKS.glob("0*.ipynb"))
    for path in made:
        notebook = nbformat.read(path, as_version=4)
        assert "我的 texts" in notebook.cells[0].source and "undated" in notebook.cells[0].source
        assert not [
            o
            for c in notebook.cells
            for o in c.get("outputs", [])
            if o.output_type == "error" or o.get("name") == "stderr"
        ]
        assert OF_THE_SEEDS.findall(prose(notebook)) == []


def test_what_one_undated_text_cannot_bear_is_said(study):
    said = {path.stem: prose(nbformat.read(path, as_version=4)) for path in study.glob("*.ipynb")}
    assert "no text of this corpus has a date" in said["01-corpus"] and "only one" in said["02-words"]
    assert "had its bytes shifted" in said["01-corpus"] and "lost its partner" not in said["01-corpus"]
    assert "topics need at least" in said["03-topics"] and said["03-topics"].count("Left out here") == 1


def test_figures_and_tables_land_in_the_folder(study):
    assert {"01-damage-map.svg", "06-words.csv"} <= {path.name for path in (study / "figures").iterdir()}
    sources = pd.read_csv(study / "tables" / "01-sources.csv")
    assert sources["source"].tolist() == ["a.txt"]
    assert (study / "tables" / "01-sources.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    words = pd.read_csv(study / "tables" / "06-commonest.csv")["word"].tolist()
    assert "天气" in words and "高兴" not in words


def test_a_notebook_that_the_system_ends_is_told_and_the_others_run_on(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "out").mkdir()
    for name, code in (("1-bad", "import os; os._exit(9)"), ("2-good", "print(1)")):
        nbformat.write(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(code)]), tmp_path / f"{name}.ipynb")
    about = {"opening": "", "lacks": [], "large": False}
    failures = own.run_all(sorted(tmp_path.glob("*.ipynb")), tmp_path / "out", "texts", about, "")
    assert [failure.split(",")[0] for failure in failures] == ["1-bad.ipynb was ended by the system"]
    assert nbformat.read(tmp_path / "out" / "2-good.ipynb", 4).cells[1].outputs[0]["text"] == "1\n"


def test_a_study_is_made_anew_unless_its_files_were_changed(study):
    place = study.parent / "我的 texts"
    copy = study.parent / "copy"
    subprocess.run(["cp", "-r", str(study), str(copy)], check=True)
    assert own.checked(str(place), str(copy)) == (place, copy) and not list(copy.glob("*.ipynb"))
    (study / "02-words.ipynb").write_text("notes", "utf-8")
    with pytest.raises(own.StudyError, match="02-words.ipynb changed since"):
        own.checked(str(place), str(study))


@pytest.mark.parametrize(
    ("corpus", "out", "message"),
    [
        ("", "out", "CORPUS is missing"),
        ("texts", "", "OUT is missing"),
        ("nowhere", "out", "'nowhere' does not exist"),
        ("texts", "texts", "must not lie in each other"),
        ("texts", "texts/out", "must not lie in each other"),
        ("texts/a.txt", "texts", "must not lie in each other"),
        ("texts", "other", "is not empty and holds no earlier study"),
    ],
)
def test_places_that_will_not_do_are_named(corpus, out, message, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    folder_of(tmp_path / "texts", a=TEXT)
    folder_of(tmp_path / "other", mine=TEXT)
    with pytest.raises(own.StudyError, match=message):
        own.checked(corpus, out)
    assert (tmp_path / "other" / "mine.txt").exists()


@pytest.mark.parametrize(
    ("texts", "message"),
    [
        ({}, "holds no text"),
        ({"a": "It was a sunny day and everybody was glad of it."}, "0 Chinese characters among"),
        ({"a": TEXT, "stopwords": "好 3 d\n"}, "'好 3 d' is more than one word"),
        ({"a": TEXT, "lexicon": "# nothing\n"}, "holds no word"),
        ({"a": TEXT, "gazetteer": "某区 某市\n"}, r"below a line `\[kind\]`"),
    ],
)
def test_corpora_that_will_not_do_are_told(texts, message, tmp_path):
    with pytest.raises(own.StudyError, match=message):
        own.survey(folder_of(tmp_path / "texts", **texts))


def test_the_opening_says_what_a_page_is_and_in_which_characters_texts_were(tmp_path):
    old = "國際經濟會議開幕\n\n專家認爲經濟發展勢頭強勁，今後還會繼續發展。\n"
    place = folder_of(tmp_path / "texts", old=old, **{f"t{i}": TEXT for i in range(12)})
    said = own.survey(place)["opening"]
    assert "A *page* is all texts together here. 1 of the texts is in traditional characters" in said
    with pytest.raises(own.StudyError, match="^GROUP must be one of source, .* got 'province'"):
        own.survey(place, "province")


def test_nothing_of_the_seeds_is_left_where_everything_can_be_done():
    about = {"opening": "", "lacks": [], "large": True}
    for path in NOTEBOOKS.glob("0*.ipynb"):
        made = own.personal(nbformat.read(path, as_version=4), path.stem, "x", about, "")
        assert OF_THE_SEEDS.findall(prose(made)) == []
        assert "../seeds" not in "".join(cell.source for cell in made.cells)


def test_every_seeds_cell_of_prose_says_so():
    for path in NOTEBOOKS.glob("0*.ipynb"):
        for cell in nbformat.read(path, as_version=4).cells:
            if cell.cell_type == "markdown":
                marked = cell.source.startswith("*On the five pages of Qingdao:*")
                assert marked == ("seeds" in cell.metadata.get("tags", []))


def test_parameters_are_set_and_comments_kept():
    source = 'CORPUS = "../seeds"\nNODE = "x"  # a word\nKS = [2, 4]\nDRAWS = 20'
    assert (
        own.with_parameters(source, "../我的", False, "")
        == "CORPUS = '../我的'\nNODE = ''  # a word\nKS = [2, 4]\nDRAWS = 20"
    )
    assert own.with_parameters(source, "x", True, "").endswith("KS = [5, 10, 20, 30]\nDRAWS = 3")


def test_word_lists_are_found_and_are_no_texts(tmp_path):
    place = folder_of(tmp_path / "texts", a="东方快车开了。", lexicon="# a train\n东方快车\n", stopwords="快车\n")
    lists = qd.word_lists(place)
    assert [path.name for path in lists.own] == ["lexicon.txt", "stopwords.txt"]
    assert [name for name, _ in find_sources(place)] == ["a.txt"]
    assert qd.segment("东方快车开了", lists.lexicons)[0][0] == "东方快车"
    assert "快车" in lists.stopwords and set(qd.read_lexicon("stopwords")) < set(lists.stopwords)
    assert qd.word_lists(place / "a.txt").own == lists.own


def test_groups_are_the_texts_then_what_is_known_of_them(tmp_path):
    place = folder_of(tmp_path / "few", **{"1999": TEXT, "2000": TEXT + "新"})
    corpus = qd.load_corpus(place)
    assert qd.source_groups(corpus) == corpus.labels()
    assert qd.source_groups(corpus, "decade") == {"1999.txt": "1990s", "2000.txt": "2000s"}
    assert set(qd.source_groups(corpus, most=1).values()) == {"all texts"}
    with pytest.raises(ValueError, match="by must be one of source, year"):
        qd.source_groups(corpus, "province")


def test_what_a_cell_prints_is_kept_in_one_piece_wherever_the_kernel_cut_it():
    def says(text, name="stdout"):
        return nbformat.v4.new_output("stream", name=name, text=text)

    picture = nbformat.v4.new_output("display_data", data={"text/plain": "x"})
    cell = nbformat.v4.new_code_cell(outputs=[says("a"), says("\n"), says("e", "stderr"), picture, says("b"), says("c\n")])
    tidied = run.tidy(nbformat.v4.new_notebook(cells=[cell])).cells[0].outputs
    assert [output.get("text", "picture") for output in tidied] == ["a\n", "e", "picture", "bc\n"]
