"""Families: variants come together, strangers do not, changes are named, counts add up, templates fit."""

import json
import time
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import qdlib as qd
from qdlib.families import group_families, likeness, plain, read
from qdlib.strings import count_wordings
from qdlib.templates import find_templates, template_of
from qdlib.variants import containment, describe_change, find_variants
from qdlib.words import tokenizer

CASES = json.loads((Path(__file__).parent / "cases" / "variants.json").read_text("utf-8"))


def cases(group):
    """The cases of a group, each with its label as test id."""
    return [pytest.param(case, id=case["label"]) for case in CASES[group]]


def mined(*rows):
    """A table as `mine_slogans` returns it: one row a (slogan, type, article)."""
    table = pd.DataFrame(rows, columns=["slogan", "type", "article_id"])
    table = table.assign(source="a.txt", line=range(1, len(rows) + 1), nested=False)
    return table.assign(family=group_families(table["slogan"]))


def empty(corpus):
    """Mined slogans without a row."""
    return qd.mine_slogans(corpus).iloc[:0]


# -- families ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("case", cases("variants"))
def test_variants_are_of_one_family_and_their_change_is_named(case):
    assert len(set(group_families([case["of"], case["wording"]]))) == 1
    change, detail = describe_change(case["wording"], case["of"])
    assert change == case["change"]
    assert detail == case.get("detail", detail)


@pytest.mark.parametrize("case", cases("strangers"))
def test_what_shares_only_common_forms_is_of_two_families(case):
    assert len(set(group_families(case["wordings"]))) == 2


@pytest.mark.parametrize("case", cases("known failures"))
@pytest.mark.xfail(strict=True)
def test_variants_that_no_shared_words_show(case):
    assert len(set(group_families(case["wordings"]))) == 1


LISTS = st.lists(
    st.lists(st.sampled_from("护青山 守碧水 惜良田 植新绿 三查三改 专项行动 “开门办学” 书香校园 1+3+N 的 😀 \ue000".split()), max_size=4).map("，".join)
    | st.text("读书就是成长运动健康，、“”（）一三大年+1N😀\ue000 ", max_size=24),
    max_size=12,
)  # fmt: skip


@given(LISTS, st.randoms(use_true_random=False))
def test_families_are_a_partition_that_no_order_of_rows_changes(slogans, random):
    families = group_families(slogans)
    assert len(families) == len(slogans) and set(families) <= set(slogans)
    family = dict(zip(slogans, families))
    assert [family[slogan] for slogan in slogans] == families  # each wording in one family
    assert all(family[name] == name or plain(family[name]) == plain(name) for name in families)  # the name is a member
    shuffled = random.sample(slogans, len(slogans))
    assert dict(zip(shuffled, group_families(shuffled))) == family


@given(LISTS)
def test_wordings_that_differ_in_marks_alone_are_of_one_family(slogans):
    family = dict(zip(map(plain, slogans), group_families(slogans)))
    assert [family[plain(slogan)] for slogan in slogans] == group_families(slogans)


@given(LISTS)
def test_likeness_is_symmetrical_and_lies_between_0_and_1(slogans):
    readings = [read(slogan) for slogan in slogans]
    for a in readings:
        for b in readings:
            assert 0 <= likeness(a, b) <= 1 and likeness(a, b) == likeness(b, a)


def test_a_family_is_named_after_its_most_frequent_member_of_equals_the_shortest():
    assert set(group_families(["护青山、守碧水、惜良田", "护青山、守碧水"])) == {"护青山、守碧水"}
    assert set(group_families(["护青山、守碧水、惜良田"] * 2 + ["护青山、守碧水"])) == {"护青山、守碧水、惜良田"}


def test_no_chain_leads_from_one_slogan_to_another():
    chain = [f"{a}、{b}、{c}" for a, b, c in zip(WORDS, WORDS[1:], WORDS[2:])]  # each shares two clauses with the next
    families = dict(zip(chain, group_families(chain)))
    assert families[chain[0]] == families[chain[1]] != families[chain[-1]]


WORDS = "护青山 守碧水 惜良田 植新绿 修水渠 种好树 养肥猪 割早稻".split()


def test_a_word_in_many_wordings_binds_no_more():
    nouns = "春耕 教学 防汛 科研 宣传 收购 运输 储备 绿化 卫生 体检 招生".split()
    many = [f"统筹{noun}工作" for noun in nouns]
    assert len(set(group_families(many))) == len(many)
    assert group_families([]) == []


ODD = {
    "one clause": "好" * 10_000,
    "the same clause again": "护青山，" * 3000,
    "many clauses": "、".join(f"抓{a}{b}" for a in "重实新好快稳" * 10 for b in "点事局招干产水田山路" * 6),
    "a long sum": "1+" * 5000,
    "numerals": "一" * 5000,
    "marks": "“”、，" * 2500,
    "emoji and private use": "护😀青\ue000山" * 2000,
    "half a character": "护\ud800青山",
    "nothing": "",
}


@pytest.mark.parametrize("text", ODD.values(), ids=ODD)
def test_odd_wordings_are_grouped_and_described_in_little_time(text):
    begun = time.process_time()
    wordings = [text, text + "守碧水", "护青山、守碧水"]
    assert len(group_families(wordings)) == 3
    assert all(describe_change(a, b)[0] for a in wordings for b in wordings)
    assert [template_of(text, kind) for kind in ("slogan", "numeric_formula", "campaign_name")]
    assert time.process_time() - begun < 20


def test_time_grows_with_the_list():
    group_families(["护青山、守碧水"])  # the dictionary is loaded
    lengths, seconds = (500, 4000), []
    words = sorted(word for word in tokenizer().FREQ if len(word) == 2 and word.isalpha())[::97]
    for n in lengths:
        names = [
            f"{words[i % len(words)]}{words[i * 7 % len(words)]}，{words[i * 11 % len(words)]}更好" for i in range(n)
        ]
        begun = time.process_time()
        group_families(names)
        seconds.append(time.process_time() - begun)
    assert seconds[1] < 24 * max(
        seconds[0], 0.1
    )  # eight times if it grows with the list, sixty-four if with its square


# -- changes ----------------------------------------------------------------------------------------------------------


@given(LISTS)
def test_every_change_has_a_name_and_only_the_same_wording_is_the_same(slogans):
    kinds = {"clipped", "extended", "substituted", "reordered", "unquoted", "quoted", "repunctuated", "reworded"}
    for a, b in zip(slogans, slogans[1:]):
        change, detail = describe_change(a, b)
        assert (change == "same") == (a == b)
        assert change == "same" or set(change.split(" + ")) <= kinds and change


@given(st.lists(st.sampled_from(WORDS), min_size=1, max_size=6, unique=True), st.data())
def test_what_is_clipped_one_way_is_extended_the_other(clauses, data):
    kept = data.draw(
        st.lists(st.sampled_from(clauses), min_size=1, unique=True).map(lambda some: sorted(some, key=clauses.index))
    )
    whole, part = "、".join(clauses), "、".join(kept)
    if whole != part:
        assert describe_change(part, whole)[0] == "clipped" and describe_change(whole, part)[0] == "extended"


def test_variants_have_one_row_a_wording_with_its_first_place_and_counts_that_add_up():
    table = mined(
        ("护青山、守碧水", "slogan", "a-1"), ("护青山", "slogan", "a-1"), ("护青山、守碧水", "slogan", "a-2"),
        ("守碧水、护青山", "slogan", "a-2"), ("三查三改", "numeric_formula", "a-2"),
    )  # fmt: skip
    table.loc[1, "nested"] = True
    found = find_variants(table)
    assert found[["wording", "change", "of", "count", "nested", "n_articles", "article_id", "line"]].to_numpy().tolist() == [
        ["护青山、守碧水", "same", "护青山、守碧水", 2, 0, 2, "a-1", 1],
        ["守碧水、护青山", "reordered", "护青山、守碧水", 1, 0, 1, "a-2", 4],
        ["护青山", "clipped", "护青山、守碧水", 1, 1, 1, "a-1", 2],
        ["三查三改", "same", "三查三改", 1, 0, 1, "a-2", 5],
    ]  # fmt: skip


def test_a_wording_far_from_the_name_is_compared_with_the_one_it_is_most_like():
    table = mined(
        *((slogan, "slogan", "a-1") for slogan in ["读书就是成长"] * 2 + ["读书就是成长，运动就是健康", "运动就是健康"])
    )
    found = find_variants(table).set_index("wording")
    assert set(found["family"]) == {"读书就是成长"}
    assert found.loc["运动就是健康", "of"] == "读书就是成长，运动就是健康"


def test_many_places_changed_in_one_way_are_no_rewording():
    looked, checked = ("、".join(verb + thing for thing in ("门窗", "水电", "消防", "食堂", "宿舍")) for verb in "看查")
    assert describe_change(checked, looked) == ("substituted", "; ".join(["看 -> 查"] * 5))


def test_clauses_that_hardly_answer_each_other_fill_no_template():
    assert template_of("两手抓、两手都要硬", "slogan") == ("", "")


def test_some_rows_of_a_family_are_enough():
    whole, often, seldom = "读书就是成长，运动就是健康", "读书就是成长", "运动就是健康"
    table = mined(*[(wording, "slogan", "a") for wording in (whole, often, often, seldom)])
    assert set(table["family"]) == {often}
    row = find_variants(table[table["slogan"] == seldom]).iloc[0]
    assert (row["wording"], row["of"], row["count"]) == (seldom, often, 1)


def test_variants_of_the_seeds(corpus):
    table = qd.mine_slogans(corpus)
    found = find_variants(table)
    assert found["count"].sum() == len(table) and found["nested"].sum() == table["nested"].sum()
    assert set(found["wording"]) == set(table["slogan"]) and found["wording"].is_unique
    assert set(found["family"]) <= set(found.loc[found["change"] == "same", "wording"])
    columns = [
        "family",
        "wording",
        "change",
        "detail",
        "of",
        "count",
        "nested",
        "n_articles",
        "article_id",
        "source",
        "line",
    ]
    assert list(found.columns) == columns == list(find_variants(empty(corpus)).columns)


# -- containment ------------------------------------------------------------------------------------------------------


def test_the_tree_is_a_forest_in_order_whose_counts_add_up(corpus):
    table = qd.mine_slogans(corpus)
    tree = containment(corpus, table, singles=True)
    counted = count_wordings(corpus.paragraphs["text"], table["slogan"]).set_index("wording")
    assert sorted(tree["wording"]) == sorted(set(table["slogan"]))
    assert (tree["own"] + tree["inherited"] == tree["count"]).all()
    assert tree.set_index("wording")["count"].to_dict() == counted["count"].to_dict()
    above = []  # the row above of one depth less is the parent
    for row in tree.itertuples():
        above[row.depth :] = [row.wording]
        assert row.parent == (above[row.depth - 1] if row.depth else "") and row.wording in (row.parent or row.wording)
    shown = containment(corpus, table)
    trees = set(tree["parent"]) | set(tree.loc[tree["depth"] > 0, "wording"])
    assert set(shown["wording"]) == trees - {""}


def test_the_tree_of_nothing_has_the_same_columns(corpus):
    names = ["wording", "count", "own", "inherited", "parent", "depth"]
    assert list(containment(corpus, empty(corpus)).columns) == names and len(containment(corpus, empty(corpus))) == 0


# -- templates --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("slogan", "type", "template", "kind"),
    [
        ("读书就是成长，运动就是健康", "slogan", "X就是Y，X就是Y", "parallel"),
        ("护青山、守碧水、惜良田", "slogan", "XY，XY，…", "pattern"),
        ("在田间学技术，在车间练本领", "tifa", "在XYZ，在XYZ", "parallel"),
        ("1+22+N", "numeric_formula", "N+N+N", "number"),
        ("老师傅+新徒弟", "numeric_formula", "X+Y", "number"),
        ("247", "numeric_formula", "NNN", "number"),
        ("五查", "numeric_formula", "N查", "number"),
        ("三查三改", "numeric_formula", "N查N改", "number"),
        ("三问三帮五服务", "numeric_formula", "N问N帮NX", "number"),
        ("八个到位", "numeric_formula", "N个X", "number"),
        ("五大工程", "numeric_formula", "N大X", "number"),
        ("德育体育两手抓", "numeric_formula", "XNY", "number"),
        ("课堂质量提高年", "campaign_name", "X年", "campaign"),
        ("农田水利建设大会战", "campaign_name", "X大会战", "campaign"),
        ("大提速", "campaign_name", "大X", "campaign"),
        ("校园安全专项行动", "campaign_name", "X行动", "campaign"),
        ("种好树、护好林", "campaign_name", "X好Y，X好Y", "parallel"),
        ("书香校园", "slogan", "", ""),
        ("", "slogan", "", ""),
        ("", "numeric_formula", "", ""),
        ("、", "campaign_name", "", ""),
    ],
)
def test_each_slogan_fills_the_template_of_its_form(slogan, type, template, kind):
    assert template_of(slogan, type) == (template, kind)


def test_templates_are_counted_with_their_wordings_the_most_frequent_first(corpus):
    table = mined(
        ("三查三改", "numeric_formula", "a-1"), ("五查五改", "numeric_formula", "a-2"), ("五查五改", "numeric_formula", "a-2"),
        ("文明行车年", "campaign_name", "a-1"), ("书香校园", "slogan", "a-1"),
    )  # fmt: skip
    assert find_templates(table).to_numpy().tolist() == [
        ["N查N改", "number", 3, 2, 2, "五查五改 / 三查三改"],
        ["X年", "campaign", 1, 1, 1, "文明行车年"],
    ]
    names = ["template", "kind", "count", "n_wordings", "n_articles", "examples"]
    assert list(find_templates(empty(corpus)).columns) == names == list(find_templates(table).columns)


def test_templates_of_the_seeds_count_every_slogan_that_fills_one(corpus):
    table = qd.mine_slogans(corpus)
    filled = [template_of(*key) != ("", "") for key in zip(table["slogan"], table["type"])]
    assert find_templates(table)["count"].sum() == sum(filled)
