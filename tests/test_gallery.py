"""The figures of the gallery: every number of a caption is read from the CSV, and the README and the glossary agree with their source."""

import re
import sys
from pathlib import Path

import nbformat
import pandas as pd
import pytest

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "book"))
from parts import gallery, link_terms, picked, read  # noqa: E402

sys.path.remove(str(ROOT / "book"))
FIGURES, TERMS = read("figures"), read("glossary")["term"]


def table(stem):
    """The numbers behind a figure."""
    return pd.read_csv(ROOT / "figures" / f"{stem}.csv", keep_default_na=False)


def damage_map():
    runs = table("01-damage-map")
    runs = runs.assign(n=runs["end"] - runs["start"])
    fates = runs.pivot_table(index="source", columns="kind", values="n", aggfunc="sum", fill_value=0)
    changed = 100 - 100 * fates["kept as it was"] / fates.sum(axis=1)
    worst, others = changed.idxmax(), changed.drop(changed.idxmax())
    script = 100 * fates.loc[worst, "traditional to simplified"] / fates.loc[worst].sum()
    return [runs["n"].sum(), round(changed[worst]), round(script), round(others.min()), round(others.max())]


def dispersion():
    hits = table("02-dispersion")
    words = hits.drop_duplicates("term")
    clumping = (words["dp_norm"] - words["chance"]) / (1 - words["chance"])
    even, clumped = (clumping < 0.2).sum(), (clumping > 0.2).sum()
    return [even, clumped, len(hits), 0, 1, round(clumping.min(), 2), round(clumping.max(), 2)]


def chance():
    rows = table("03-chance")
    shuffled = round(1 / rows["p"].min()) - 1  # p is (1 + corpora as good) / (1 + corpora)
    beaten = rows[rows["p"] < 1.5 / (shuffled + 1)].groupby("shuffled").size()
    measures = rows["measure"].nunique()
    return [shuffled, 95, beaten["all paragraphs"], measures, beaten["within articles"], measures]


def parallel():
    clauses = table("04-parallel").groupby("slogan")["clause"].nunique()
    svg = (ROOT / "figures" / "04-parallel.svg").read_text("utf-8")
    scores = re.findall(r"<!-- .*?(0\.\d\d) .*? -->", svg)
    return [len(clauses), clauses.min(), clauses.max(), min(map(float, scores)), max(map(float, scores))]


def types():
    rows = table("04-types")
    rates = rows.groupby("page")["per_1000"].sum().sort_values()
    most = rows[(rows["page"] == rates.index[-1]) & (rows["type"] == "tifa")]["per_1000"].item()
    n = rows["n"].sum()
    return [n, 95, *(round(rate, 1) for rate in (rates.iloc[0], rates.iloc[-2], rates.iloc[-1], most))]


def metaphor():
    rows = table("05-metaphor")
    rates = rows.pivot(index="page", columns="domain", values="per_1000")
    war, motion, family = (rates[domain].sort_values() for domain in ("war", "motion", "family"))
    assert motion.idxmax() == "2021-01-05 青岛日报" and family.idxmax() == "2023-01 青岛日报"
    shown = [war.iloc[0], war.iloc[-1], motion.iloc[-1], motion.iloc[-2], family.iloc[-1], family.iloc[-2]]
    return [rows["n"].sum(), rates.shape[1], 8, 95, *(round(rate, 1) for rate in shown)]


NUMBERS = dict(zip(picked(FIGURES), (damage_map, dispersion, chance, parallel, types, metaphor)))
DATES = r"\d{1,2} (?:November|December) \d{4}|January \d{4}|\d{4}年\d{1,2}月(?:\d{1,2}日)?|1,000"


def numbers(caption):
    """The numbers of a caption, in order; dates and the unit left out."""
    return [float(n.replace(",", "")) for n in re.findall(r"(?<!\d)-?\d[\d,]*(?:\.\d+)?", re.sub(DATES, "", caption))]


@pytest.mark.parametrize("stem", picked(FIGURES))
@pytest.mark.parametrize("caption", ["caption", "caption_zh"])
def test_every_number_of_a_caption_is_that_of_the_csv(stem, caption):
    assert numbers(FIGURES[stem][caption]) == [float(number) for number in NUMBERS[stem]()]


def test_there_are_six_figures_from_every_notebook():
    assert len(picked(FIGURES)) == 6 and {stem[:2] for stem in picked(FIGURES)} == {"01", "02", "03", "04", "05"}


@pytest.mark.parametrize("name, language", [("README.md", ""), ("README.zh-CN.md", "_zh")])
def test_the_readme_has_the_gallery_as_it_is_written_once(name, language):
    readme, six = (ROOT / name).read_text("utf-8"), picked(FIGURES)
    assert gallery(FIGURES, six[:1], language) in readme and gallery(FIGURES, six[1:], language) in readme


def test_every_figure_is_described_in_both_languages_and_nothing_else_is():
    assert sorted(FIGURES) == sorted(path.stem for path in (ROOT / "figures").glob("*.svg"))
    for figure in FIGURES.values():
        assert len(figure["alt"]) > 100 and len(re.findall("[\u4e00-\u9fff]", figure["alt_zh"])) > 35
        assert figure["title"] and figure["title_zh"] and ("caption" in figure) == ("caption_zh" in figure)


def test_every_term_that_a_notebook_defines_in_both_languages_is_in_the_glossary():
    known = {name.lower(): term for term in TERMS for name in (term["en"], *term.get("also", []))}
    for path in (ROOT / "notebooks").glob("[0-9][0-9]-*.ipynb"):
        for cell in nbformat.read(path, as_version=4).cells:
            defined = (
                re.findall(r"\*\*([^*]+)\*\*\s*\(([^)]*[\u4e00-\u9fff]+[^)]*)\)", cell.source)
                if cell.cell_type == "markdown"
                else []
            )
            for english, chinese in defined:
                english = " ".join(english.split()).lower()
                if re.search("[\u4e00-\u9fff]", english) or len(english) > 40:
                    continue  # the stretch between two bold terms
                assert english in known, f"{path.name} defines {english!r} ({chinese}), which book/glossary.toml lacks"
                assert any(name in chinese for name in known[english]["zh"]), (english, chinese)


def test_every_term_that_a_chinese_notebook_defines_leads_to_the_glossary():
    told = link_terms("略去**停用词**（stop words：助词），另有**参照\n语料**。**1**（易）", TERMS)
    assert told == "略去<strong>{term}`停用词 <stop words>`</strong>（stop words：助词），另有**参照\n语料**。**1**（易）"
    for path in (ROOT / "notebooks" / "zh").glob("[0-9][0-9]-*.ipynb"):
        for cell in nbformat.read(path, as_version=4).cells:
            if cell.cell_type == "markdown":
                left = re.findall(r"\*\*([^*`]+)\*\*（[^）]*[A-Za-z]{3}", link_terms(cell.source, TERMS))
                assert left == [], f"{path.name} defines {left}, which book/glossary.toml lacks"


def test_the_glossary_says_each_thing_once_and_in_both_languages():
    names = [name.lower() for term in TERMS for name in (term["en"], *term.get("also", []), *term["zh"])]
    assert len(names) == len(set(names)) and len(TERMS) > 50
    for term in TERMS:
        assert len(term["text"]) > 20 and len(re.findall("[\u4e00-\u9fff]", term["text_zh"])) > 8
