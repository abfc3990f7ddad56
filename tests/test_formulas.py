"""Number formulas: the items found where the text names them, none invented where it does not."""

import time

import pytest
from conftest import corpus_of
from hypothesis import given
from hypothesis import strategies as st

import qdlib as qd
from qdlib.formulas import COLUMNS, expand_formulas, find_items, parts


@pytest.fixture
def table(tmp_path):
    """A function that expands the formulas of texts, one file each, and gives rows by part."""

    def expand(*texts):
        for i, text in enumerate(texts):
            (tmp_path / f"{i}.txt").write_text(f"学校办好家长学堂\n\n{text}\n", "utf-8")
        return expand_formulas(qd.load_corpus(tmp_path))

    return expand


@pytest.mark.parametrize(
    ("formula", "wanted"),
    [
        ("五要两先", [("五要", 5, "要"), ("两先", 2, "先")]),
        ("六种办法", [("六种办法", 6, "办法")]),
        ("四个一", [("四个一", 4, "一")]),
        ("两个一千米", [("两个一千米", 2, "一千米")]),
        ("三看、五比", [("三看", 3, "看"), ("五比", 5, "比")]),
        ("1+3+N", [("1+3+N", 3, "")]),
        ("246", [("246", 3, "")]),
        ("一校一品", []),
        ("十二个必须", [("十二个必须", 12, "必须")]),
        ("二十查五改", [("二十查", 20, "查"), ("五改", 5, "改")]),
        ("10个必须", [("10个必须", 10, "必须")]),
        ("二十四字", []),  # characters are no items
        ("四五", []),
    ],
)
def test_a_formula_is_cut_into_its_counted_parts(formula, wanted):
    assert parts(formula) == wanted


@pytest.mark.parametrize(
    ("text", "part", "items", "fits"),
    [
        ("学校坚持“三勤”工作法：勤看、勤问、勤记，效果很好。", "三勤", "勤看、勤问、勤记", True),
        ("大力推进减作业、减考试、减补课的“三减”工作机制。", "三减", "减作业、减考试、减补课", True),
        ("办好阅读、体育、劳动、艺术“四大课堂”。", "四大课堂", "阅读、体育、劳动、艺术", True),
        ("落实“三要两先”理念，做到课堂要活、作业要少、睡眠要足，实现安全在先、健康领先。", "三要", "课堂要活、作业要少、睡眠要足", True),
        ("落实“三要两先”理念，做到课堂要活、作业要少、睡眠要足，实现安全在先、健康领先。", "两先", "安全在先、健康领先", True),
        ("要做到“三个到位”：一是课程到位；二是老师到位；三是经费到位。", "三个到位", "课程到位、老师到位、经费到位", True),
        ("推行“四查”（查门窗、查水电、查消防）制度。", "四查", "查门窗、查水电、查消防", False),
        ("学生要有耐心、细心和恒心等“三心”。", "三心", "耐心、细心、恒心", True),
        ("推进以“三问、五查、六改”为主要内容的“356”工作法。", "356", "三问、五查、六改", True),
        ("要做到“三不”，不急、不躁、不等。", "三不", "不急、不躁、不等", True),
        ("学校推出“校园+社区”。", "校园+社区", "校园、社区", True),
    ],
)  # fmt: skip
def test_items_named_beside_a_formula_are_found_and_counted(table, text, part, items, fits):
    rows = table(text)
    row = rows[rows["part"] == part].iloc[0]
    assert (row["expansion"], row["n_items"], row["fits"], row["explained"]) == (
        items,
        len(items.split("、")),
        fits,
        True,
    )
    assert row["line"] == row["found_line"] == 3 or row["how"] == "itself"


@pytest.mark.parametrize(
    "text",
    [
        "学校落实“三勤”要求。",
        "老师、家长、学生参加了会议，会上通报了“三勤”的情况。",
        "要学习校训、校史、校规和“三个到位”的要求。",
        "学校落实“五比”要求，买来书本、纸笔、桌椅。",
    ],
)
def test_a_formula_without_items_is_opaque_and_nothing_is_invented(table, text):
    rows = table(text)
    assert len(rows) and not rows["explained"].any() and set(rows["expansion"]) == {""} and not rows["fits"].any()


def test_what_one_occurrence_explains_the_others_have_too(table):
    rows = table("学校坚持“三勤”：勤看、勤问、勤记。", "老师都说“三勤”好。")
    assert list(rows.columns) == COLUMNS
    assert list(rows["expansion"]) == ["勤看、勤问、勤记"] * 2
    assert rows["how"].str.startswith("elsewhere").tolist() == [False, True]


def test_items_in_the_next_paragraph_are_found_with_their_own_line(table):
    row = table(
        "会上讲到学校要做到“三个到位”，大家都很赞成。\n\n今年课程到位、老师到位、经费到位，学校的面貌有了很大变化。"
    ).iloc[0]
    assert (row["expansion"], row["line"], row["found_line"]) == ("课程到位、老师到位、经费到位", 3, 5)


def test_a_corpus_without_formulas_gives_an_empty_table(table):
    rows = table("学校开学了。")
    assert list(rows.columns) == COLUMNS and len(rows) == 0


@given(st.text(alphabet="三四要先“”、，：。和的等一是大个😀\ue000", max_size=60), st.integers(0, 60), st.integers(2, 9))
def test_items_stand_in_the_text(text, start, count):
    start = min(start, len(text))
    items = find_items(text, start, min(start + 2, len(text)), count, "要")
    assert items is None or all(item in text.translate(dict.fromkeys(map(ord, "“”"))) for item in items.texts)


@pytest.mark.parametrize("text", ["三要、" * 3000, "“三要”" * 2000, "要" * 20_000, "，" * 20_000, "“" * 20_000])
def test_only_the_neighbourhood_of_a_formula_is_read(text):
    begun = time.perf_counter()
    find_items(text, len(text) // 2, len(text) // 2 + 2, 3, "要")
    assert time.perf_counter() - begun < 1


def test_each_occurrence_has_the_items_beside_itself_in_whatever_order_they_are_given(tmp_path):
    text = "一中坚持“三勤”：勤看、勤问、勤记。" + "师生都很努力。" * 60 + "二中坚持“三勤”：勤跑、勤跳、勤练。"
    (tmp_path / "a.txt").write_text(f"学校办好家长学堂\n\n{text}\n", "utf-8")
    corpus = qd.load_corpus(tmp_path)
    mined = qd.mine_slogans(corpus)
    backwards = expand_formulas(corpus, mined.iloc[::-1]).iloc[::-1].reset_index(drop=True)
    assert backwards["expansion"].tolist() == ["勤看、勤问、勤记", "勤跑、勤跳、勤练"]
    assert backwards.equals(expand_formulas(corpus, mined))
    with pytest.raises(ValueError, match="mined has no column offset"):
        expand_formulas(corpus, mined.drop(columns="offset"))


def test_a_paragraph_with_line_ends_of_its_own_is_read_like_any_other():
    text = ("body", "推行“三查”。\n\n\n查门窗、查水电、查消防。")
    row = expand_formulas(corpus_of(("news", None, text))).iloc[0]
    assert (row["part"], row["expansion"], row["line"], row["found_line"]) == ("三查", "查门窗、查水电、查消防", 1, 4)


def test_two_things_behind_a_formula_are_not_yet_its_items(table):
    assert not table("“双查”：老师、学生都要参加。")["explained"].any()


def test_an_occurrence_without_items_has_those_of_the_one_whose_count_fits():
    texts = "“三查”：查门窗、查水电。", "“三查”：查门窗、查水电、查消防。", "落实“三查”。"
    rows = expand_formulas(corpus_of(*(("news", None, ("body", text)) for text in texts)))
    assert rows["fits"].tolist() == [False, True, True] and rows["how"].iloc[2] == "elsewhere: a1"
    assert rows["expansion"].iloc[2] == "查门窗、查水电、查消防"
