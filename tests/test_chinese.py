"""Both languages of the notebooks say the same: no cell without its Chinese, no number or name on one side alone."""

import re
import sys
import tomllib
from collections import Counter
from pathlib import Path

import matplotlib.pyplot as plt
import nbformat
import pandas as pd
import polib
import pytest

from qdlib import figures

NOTEBOOKS = Path(__file__).parent.parent / "notebooks"
sys.path.insert(0, str(NOTEBOOKS))

import chinese  # noqa: E402

MONTHS = "January February March April May June July August September October November December".split()
NUMBER = re.compile(r"\d+(?:[.,]\d+)*|\.\d+")


@pytest.fixture(params=chinese.notebooks(), ids=lambda path: path.stem)
def notebook(request):
    """One English notebook after the other."""
    return request.param


@pytest.fixture
def words(notebook):
    """Its catalogue as it lies on the disk."""
    return polib.pofile(str(NOTEBOOKS / "zh" / f"{notebook.stem}.po"))


def cells_of(path, kind):
    """The sources of the cells of a kind."""
    return [cell.source for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == kind]


def of_both(pattern, entry):
    """What a pattern finds in English and in Chinese, counted."""
    return Counter(re.findall(pattern, entry.msgid, re.MULTILINE)), Counter(
        re.findall(pattern, entry.msgstr, re.MULTILINE)
    )


def numbers(text):
    """The numbers of a text, without the point that ends a sentence; .5 is 0.5."""
    return Counter(("0" + found if found[0] == "." else found) for found in NUMBER.findall(text))


def test_every_cell_has_its_chinese_and_nothing_is_left_over(notebook, words):
    asked = list(dict.fromkeys(cells_of(notebook, "markdown")))
    changed = [source.split("\n")[0] for source in asked if not words.find(source)]
    assert changed == [], "the English changed alone; run notebooks/chinese.py and translate what it names"
    assert [entry.msgid for entry in words] == asked, "the catalogue has cells that are gone, or in another order"
    assert [entry.msgid for entry in words if not entry.translated()] == []
    assert all(re.search(r"[\u4e00-\u9fff]{4}", entry.msgstr) for entry in words)


def test_the_chinese_notebook_is_made_of_both_and_not_by_hand(notebook, words):
    made = chinese.in_chinese(notebook, words)
    there = nbformat.read(NOTEBOOKS / "zh" / notebook.name, as_version=4)
    assert there == made, "run notebooks/chinese.py; the notebooks in zh/ are not written by hand"


def test_code_and_outputs_are_the_same_but_for_the_place_of_the_corpus(notebook):
    one, other = (nbformat.read(path, as_version=4) for path in (notebook, NOTEBOOKS / "zh" / notebook.name))
    for here, there in zip(one.cells, other.cells, strict=True):
        if here.cell_type == "code":
            assert here.outputs == there.outputs and here.execution_count == there.execution_count
            assert here.source == there.source.replace('"../../', '"../')


def test_the_same_numbers_stand_in_both(words):
    """Months are names in English and numbers in Chinese."""
    for entry in words:
        named = Counter(str(MONTHS.index(month) + 1) for month in re.findall("|".join(MONTHS), entry.msgid))
        english, other = numbers(entry.msgid), numbers(entry.msgstr)
        assert not english - other, f"{entry.msgid[:60]!r} alone has {dict(english - other)}"
        assert not other - english - named, f"the Chinese of {entry.msgid[:60]!r} alone has {dict(other - english - named)}"


def test_code_links_and_structure_are_the_same(words):
    patterns = {
        "code": r"`[^`]+`", "links": r"\]\(([^)\s]+)\)", "headings": r"^(#+) ", "items": r"^\d+\. ", "rows": r"^\|",
        "blocks": r"^(?:```|:::|<details|</details)",
    }  # fmt: skip
    for entry in words:
        for name, pattern in patterns.items():
            english, other = of_both(pattern, entry)
            assert english == other, f"{name} of {entry.msgid[:60]!r}: {english - other} against {other - english}"


def test_what_is_quoted_in_chinese_is_quoted_in_both(words):
    for entry in words:
        missing = [term for term in re.findall(r"[\u4e00-\u9fff]{2,}", entry.msgid) if term not in entry.msgstr]
        assert not missing, f"{entry.msgid[:60]!r}: {missing}"


def test_terms_are_those_of_the_glossary(words):
    terms = tomllib.loads((NOTEBOOKS.parent / "book" / "glossary.toml").read_text("utf-8"))["term"]
    chinese_of = {name.lower(): term["zh"] for term in terms for name in [term["en"], *term.get("also", [])]}
    for entry in words:
        for name in re.findall(r"\*\*([^*]+)\*\*", entry.msgid):
            names = chinese_of.get(" ".join(name.lower().split()))
            assert not names or any(zh in entry.msgstr for zh in names), f"{name} in {entry.msgid[:60]!r}: none of {names}"


def test_bold_is_bold_beside_chinese():
    """Chinese has no spaces, and a mark between a stop and a letter stays asterisks in CommonMark: **时间：**讲."""
    root = NOTEBOOKS.parent
    files = [root / "README.zh-CN.md", *(root / "lessons").glob("*.zh.md")]
    texts = [path.read_text("utf-8") for path in files]
    texts += [entry.msgstr for path in (NOTEBOOKS / "zh").glob("*.po") for entry in polib.pofile(str(path))]
    for text in texts:
        prose = re.sub(r"```.*?```|`[^`\n]*`", "code", text, flags=re.DOTALL)
        for before, bold, after in re.findall(r"(\w?)\*{1,2}([^*\n]+)\*{1,2}(?=(\w?))", prose):
            assert not (before and re.match(r"\W", bold)) and not (after and re.search(r"\W$", bold)), bold


def test_links_lead_somewhere_from_the_folder_below(notebook):
    for source in cells_of(NOTEBOOKS / "zh" / notebook.name, "markdown"):
        for target in re.findall(r"\]\(((?!https?:|#)[^)\s#]+)", source):
            assert (NOTEBOOKS / "zh" / target).exists(), target


@pytest.mark.parametrize("place", [".", "notebooks", "notebooks/zh"])
def test_figures_are_drawn_in_one_place_from_either_language(place, tmp_path, monkeypatch):
    (tmp_path / place).mkdir(parents=True, exist_ok=True)
    monkeypatch.chdir(tmp_path / place)
    monkeypatch.delenv("QDLIB_FIGURES", raising=False)
    fig, _ = plt.subplots()
    figures.save_figure(fig, "00-test", pd.DataFrame({"n": [1]}))
    plt.close(fig)
    assert sorted(path.name for path in (tmp_path / "figures").iterdir()) == ["00-test.csv", "00-test.png", "00-test.svg"]


def test_a_changed_cell_is_named_and_its_old_chinese_kept(tmp_path, monkeypatch):
    (tmp_path / "zh").mkdir()
    monkeypatch.setattr(chinese, "HERE", tmp_path)
    path = tmp_path / "01-one.ipynb"

    def save(*texts):
        cells = [nbformat.v4.new_markdown_cell(text, id=f"c{n}") for n, text in enumerate(texts)]
        nbformat.write(nbformat.v4.new_notebook(cells=cells), path)

    save("# One [way](../README.md)", "Two 2")
    assert chinese.write(path) == ["# One [way](../README.md)", "Two 2"]
    words = polib.pofile(str(tmp_path / "zh" / "01-one.po"))
    words.find("Two 2").msgstr, words[0].msgstr = "二 2", "# 一条[路](../README.md)"
    words.save()
    save("# One [way](../README.md)", "Three 3", "Two 2")
    assert chinese.write(path) == ["Three 3"]
    assert cells_of(tmp_path / "zh" / "01-one.ipynb", "markdown") == ["# 一条[路](../../README.md)", "Three 3", "二 2"]
    save("Three 3")
    chinese.write(path)
    assert {e.msgid: e.msgstr for e in polib.pofile(str(tmp_path / "zh" / "01-one.po")).obsolete_entries()} == {
        "# One [way](../README.md)": "# 一条[路](../README.md)", "Two 2": "二 2",
    }  # fmt: skip
