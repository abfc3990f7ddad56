"""Named systems: names with the right beginning, generic words left out, owners, clauses and figures as the text has them."""

import time

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import qdlib as qd
from qdlib.names import head_nouns, headed_names, lines_above, organisations, owner_of
from qdlib.systems import (
    COLUMNS,
    KINDS,
    REGISTER_COLUMNS,
    clause_of,
    figures_of,
    find_systems,
    name_systems,
    register_systems,
)


def found(*texts):
    """Kind by name of what is found in paragraphs of one article."""
    return {f.text: f.type for f, _ in name_systems(texts, ["body"] * len(texts), ["a"] * len(texts))}


def corpus_of(tmp_path, *texts):
    """A corpus of files with these texts."""
    for number, text in enumerate(texts):
        (tmp_path / f"{number}.txt").write_text(text, "utf-8")
    return qd.load_corpus(tmp_path)


@pytest.mark.parametrize(
    ("text", "name", "kind"),
    [
        ("去年，云州市推出“云州码”，市民一码通行。", "云州码", "platform"),
        ("全县建成“1+9+40+N”养老服务网络。", "“1+9+40+N”养老服务网络", "mechanism"),
        ("柳溪区建立“红黄绿”三色督办机制，每周通报。", "“红黄绿”三色督办机制", "mechanism"),
        ("区里推行首席服务员制度。", "首席服务员制度", "mechanism"),
        ("市财政局牵头成立重大项目推进工作专班。", "重大项目推进工作专班", "team"),
        ("云州供电公司推出“电管家”服务，让用户少跑腿。", "“电管家”服务", "service model"),
        ("各镇开展“千名干部进千企”活动。", "“千名干部进千企”活动", "campaign"),
        ("我市出台《云州市优化营商环境三年行动计划》。", "云州市优化营商环境三年行动计划", "plan"),
        ("社区打造“邻里会客厅”。", "邻里会客厅", "facility"),
        ("他获得“云州工匠”荣誉称号。", "“云州工匠”荣誉称号", "award"),
        ("大厅实现“一窗受理”。", "一窗受理", "service model"),
        ("“送药小哥”上门了。", "送药小哥", "service model"),
        ("县里举办“镇长擂台赛”。", "镇长擂台赛", "assessment"),
        ("市里实施人才兴市战略、质量强市战略。", "质量强市战略", "plan"),
        ("建设集查询、办理于一体的掌上平台——云州通平台，方便市民。", "云州通平台", "platform"),
        ("市里组建河道管理和河道治理指挥部。", "河道管理和河道治理指挥部", "team"),
        ("实行“一周一汇报”。", "一周一汇报", "mechanism"),
        ("云州旅游热线12345开通了。", "云州旅游热线12345", "platform"),
        ("科学馆出台青少年科普方案2.0版。", "青少年科普方案2.0版", "plan"),
        ("各村开展“敲门送暖”，老人安心。", "敲门送暖", "campaign"),
        ("“全城一座图书馆”接入12个分馆。", "全城一座图书馆", "service model"),
        ("市民爱用“一证借还”。", "一证借还", "service model"),
        ("柳溪区部署“246”创建工作。", "“246”创建", "campaign"),
        ("校方完善“2+7+50”校园改造布点体系。", "“2+7+50”校园改造布点体系", "mechanism"),
        ("镇里推行“四有”标准建设渔夫驿站。", "渔夫驿站", "facility"),
        ("开展“健康同行”宣传进学校、进工厂、进市场活动。", "“健康同行”宣传进学校、进工厂、进市场活动", "campaign"),
        ("镇里探索“厂内申请、村里办证”新模式。", "“厂内申请、村里办证”新模式", "service model"),
        ("会议通过了《云州市水渠巡护工作规程》。", "云州市水渠巡护工作规程", "plan"),
        ("柳溪县争创全国书香典范城市。", "全国书香典范城市", "assessment"),
        ("全县规范果品收购流程会商机制领导小组成立。", "规范果品收购流程会商机制领导小组", "team"),
        ("云州获批国家湿地碳汇试点。", "国家湿地碳汇试点", "plan"),
        ("柳溪区推行“红黑双线”。", "红黑双线", "service model"),
        ("县里开展专题“五述”，推动“五述”见效。", "五述", "mechanism"),
        ("窗口实现“一表申报、就近办理”。", "一表申报、就近办理", "service model"),
        ("镇上推广“渔歌说法”系列视频。", "渔歌说法", "campaign"),
        ("局里设立8个“银龄专区”。", "银龄专区", "facility"),
        ("村民走进柳溪镇渔湾村邻里之家。", "柳溪镇渔湾村邻里之家", "facility"),
    ],
)
def test_a_system_is_found_by_its_form(text, name, kind):
    assert found(text).get(name) == kind, found(text)


@pytest.mark.parametrize(
    "text",
    [
        "这个平台很好，各类平台越来越多，服务体系不断完善。", "市住房城乡建设局、市财政局、区教育局参加会议。", "他提出了解决方案。",
        "要建立健全工作机制，完善管理制度。", "完善水稻种植体系，健全果蔬收购机制。", "要树牢“四个观念”。", "手机里一大堆码。", "他在“老街”的家。", "密码丢了，工程师在修。", "他说“今天的会议很热闹”。", "我们要有大行动。", "", "没有标点的一句话", "“”", "平台", "“平台”",
    ],
)  # fmt: skip
def test_what_is_no_name_is_left_out(text):
    assert found(text) == {}


def test_quotations_in_a_row_share_the_head_behind_the_last():
    names = found("公司推出“水管家”“气管家”服务品牌。")
    assert names == {"水管家": "service model", "“气管家”服务品牌": "service model"}


def test_a_head_noun_behind_a_row_of_quotations_sums_them_up():
    assert found("社区办起“邻里夜谈”“周末读书”等交流活动。") == {"邻里夜谈": "campaign", "周末读书": "campaign"}


def test_a_row_with_names_in_it_is_a_row_of_names():
    names = found("社区有“蓝色驿站”、“蓝色风帆”、“蓝色管家”。")
    assert names == {"蓝色驿站": "facility", "蓝色风帆": "service model", "蓝色管家": "service model"}


def test_a_name_begins_at_its_own_quotation():
    assert list(found("镇里总结出“多走一步路”的渔湾“四问”工作法。")) == ["渔湾“四问”工作法"]


def test_what_leads_up_to_a_quotation_is_no_part_of_the_name():
    assert list(found("局里宣布“云州码”小程序上线。")) == ["“云州码”小程序"]
    assert list(found("部门“白名单”制度实行了。")) == ["“白名单”制度"]


def test_a_verb_inside_a_name_is_kept_and_one_before_it_is_not():
    assert list(found("县里实施旧厂房改造提升行动。")) == ["旧厂房改造提升行动"]
    assert list(found("县里加快推进旧厂房改造行动。")) == ["旧厂房改造行动"]


def test_an_organisation_in_front_owns_the_system_and_a_facility_keeps_its_place():
    text = "柳溪区教育局家校共育工作专班成立。"
    assert list(found(text)) == ["家校共育工作专班"]
    assert owner_of(text, text.index("家校"), text.index("成立")) == "柳溪区教育局"
    assert list(found("群众走进柳溪区政务服务中心办事。")) == ["柳溪区政务服务中心"]


def test_the_owner_is_the_organisation_of_the_sentence_then_the_speaker_then_the_sentence_before():
    text = "柳溪区水务局很忙。局里推出“河小二”服务。"
    start = text.index("“")
    assert owner_of(text, start, start + 7) == "柳溪区水务局"
    assert owner_of(text, start, start + 7, "云州市水利局局长：") == "云州市水利局"
    assert owner_of("有人推出“河小二”服务。", 4, 11) == ""


def test_a_speaker_or_a_heading_with_a_colon_stands_over_its_paragraphs():
    texts = ["水务局： 忙", "甲", "张三：", "乙", "丙", "无题", "丁", "戊"]
    roles = ["subhead", "body", "speaker", "quote", "body", "subhead", "body", "body"]
    assert lines_above(texts, roles, ["a"] * 7 + ["b"]) == [
        "",
        "水务局",
        "水务局",
        "张三：",
        "水务局",
        "水务局",
        "",
        "",
    ]


def test_organisations_begin_at_their_place():
    assert [(i, j) for i, j in organisations("柳溪镇渔湾社区的景区")] == [(0, 7)]
    text = "会议由柳溪镇和云州市财政局召开，市发改委参加。"
    assert [text[i:j] for i, j in organisations(text)] == ["柳溪镇", "云州市财政局", "市发改委"]


def test_the_clause_says_what_the_system_does():
    text = "今年，云州码上线以来，接入36项服务。市民说好。"
    start = text.index("云州码")
    assert clause_of(text, start, start + 3) == ("云州码上线以来，接入36项服务", "市民说好。")
    text = "局里建立云州码，方便12个街道，受理3.2万件。"
    assert clause_of(text, 4, 7) == ("局里建立云州码，方便12个街道", "受理3.2万件。")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("覆盖9个山区学校，接入48项课程", "9个山区学校；48项课程"), ("受理3.2万件，办结率98%", "3.2万件；98%"), ("2021年5月1日上线", ""), ("共300余名干部参加", "300余名干部"), ("", ""),
        ("设14个取药窗口", "14个取药窗口"),
    ],
)  # fmt: skip
def test_figures_are_numbers_with_unit_and_noun(text, expected):
    assert figures_of(text) == expected


def test_rows_are_traced_and_short_forms_lead_to_the_full_name(tmp_path):
    text = "云州新闻\n\n3月1日，云州市商务局上线投资信息服务平台（以下简称“投资平台”），接入40家企业。\n\n企业说，投资平台很方便。\n"
    corpus = corpus_of(tmp_path, text)
    table = find_systems(corpus)
    assert list(table.columns) == COLUMNS and set(table["kind"]) <= set(KINDS)
    raw = (tmp_path / "0.txt").read_text("utf-8")
    for row in table.itertuples():
        assert raw[row.start : row.end] == row.name and raw.split("\n")[row.line - 1].count(row.name)
    assert list(table["name"]) == ["投资信息服务平台", "投资平台", "投资平台"]
    assert list(table["full"]) == ["", "投资信息服务平台", "投资信息服务平台"]
    (only,) = register_systems(table).itertuples()
    assert (only.name, only.variants, only.n_mentions, only.n_articles) == ("投资信息服务平台", "投资平台", 3, 1)
    assert (only.owner, only.figures, only.line) == ("云州市商务局", "40家企业", 3)


def test_the_register_joins_a_name_with_and_without_its_genre_word(tmp_path):
    table = find_systems(corpus_of(tmp_path, "全市开展“交通秩序提升年”活动。", "“交通秩序提升年”收效良好。"))
    (only,) = register_systems(table).itertuples()
    assert (only.name, only.variants, only.n_articles) == ("“交通秩序提升年”活动", "交通秩序提升年", 2)


@pytest.mark.parametrize(("others", "owner"), [(3, "云州市"), (4, "")])
def test_an_owner_that_few_mentions_name_is_none(tmp_path, others, owner):
    texts = ["云州市开展“交通秩序提升年”活动。", *["“交通秩序提升年”收效良好。"] * others]
    (only,) = register_systems(find_systems(corpus_of(tmp_path, *texts))).itertuples()
    assert (only.n_mentions, only.owner) == (1 + others, owner)


def test_the_register_of_one_mention_has_one_row(tmp_path):
    (only,) = register_systems(find_systems(corpus_of(tmp_path, "云州市推出“云州码”。"))).itertuples()
    assert (only.name, only.kind, only.n_mentions) == ("云州码", "platform", 1)


def test_the_score_is_the_sum_of_the_features(tmp_path):
    for row in find_systems(corpus_of(tmp_path, "云州市推出“云州码”。柳溪区建立柳溪流域联防联控机制。")).itertuples():
        total = sum(float(feature.split()[-1]) for feature in row.features.split("; "))
        assert row.score == pytest.approx(min(1, max(0, total)))


@pytest.mark.parametrize(
    ("texts", "roles", "n"),
    [
        (["云溪的桥梁道路养护平台很好。"], ["body"], 0),  # a common head with three words: not enough
        (["桥梁道路养护平台"], ["headline"], 1),
        (["云溪的桥梁道路养护平台很好。", "桥梁道路养护平台很快。"], ["body"] * 2, 2),
        (["桥梁养护系统很好。"], ["body"], 0),
        (["省级桥梁道路养护平台很好。"], ["body"], 1),
        (["运用桥梁道路养护平台。"], ["body"], 1),
        (["依托桥梁道路养护中心。"], ["body"], 1),
        (["运用一批桥梁道路养护平台。"], ["body"], 0),
        (["运用桥梁道路养护平台企业。"], ["body"], 0),
        (["依托桥梁道路养护中心主任。"], ["body"], 0),
    ],
)
def test_each_sign_can_decide(texts, roles, n):
    assert len(name_systems(texts, roles, ["a"] * len(texts))) == n


def test_no_name_is_longer_than_thirty_characters():
    nouns = "桥梁道路农业水利交通教育文化卫生体育科技金融贸易物流旅游环保气象地震海洋"
    assert [end - start for start, _, end, _ in headed_names(f"{nouns}服务平台") if end - start > 30] == []


def test_a_quoted_word_of_the_dictionary_is_no_name():
    assert found("孩子们在读“三国”。") == {}


def test_an_organisation_owns_a_system_before_a_place_that_is_named_later():
    text = "云州市教育局在柳溪镇推出“云州码”。"
    assert owner_of(text, text.index("云州码"), text.index("云州码") + 3) == "云州市教育局"


def test_a_text_without_systems_gives_tables_with_the_same_columns(tmp_path):
    table = find_systems(corpus_of(tmp_path, "春天来了，花开了。"))
    assert list(table.columns) == COLUMNS and len(table) == 0
    assert list(register_systems(table).columns) == REGISTER_COLUMNS and len(register_systems(table)) == 0


@pytest.mark.parametrize("threshold", [-1, 2, "high", float("nan")])
def test_a_threshold_out_of_range_is_refused(tmp_path, threshold):
    with pytest.raises(ValueError, match="threshold must lie between 0 and 1"):
        find_systems(corpus_of(tmp_path, "春天来了。"), threshold)


PIECES = st.sampled_from(
    [
        "推出",
        "“",
        "”",
        "（",
        "）",
        "《",
        "》",
        "云州",
        "市",
        "码",
        "平台",
        "机制",
        "的",
        "、",
        "，",
        "。",
        "和",
        "—",
        "+",
        "12345",
        "😀",
        "\ue000",
        " ",
    ]
)


@given(st.lists(PIECES, max_size=30).map("".join))
def test_any_text_gives_names_inside_it_that_do_not_overlap(text):
    names = [f for f, _ in name_systems([text], ["body"], ["a"])]
    assert all(text[f.start : f.end] == f.text and f.text for f in names)
    assert all(a.end <= b.start for a, b in zip(names, names[1:]))


def test_every_kind_of_the_word_list_is_defined():
    assert {kind for kind, _ in head_nouns().values()} == set(KINDS)


def test_time_grows_in_proportion_to_size():
    def seconds(n):
        text = "云州市推出城乡智慧停车服务平台，柳溪区建立“红黄绿”三色督办机制" * n
        start = time.process_time()
        name_systems([text], ["body"], ["a"])
        return time.process_time() - start

    seconds(2)
    assert seconds(640) < 24 * max(0.02, seconds(80))


def test_the_result_does_not_depend_on_other_paragraphs_order_of_kinds():
    texts = ["云州市推出“云州码”。", "柳溪区建立“红黄绿”三色督办机制。"]
    table = pd.Series(found(*texts))
    assert table.to_dict() == pd.Series(found(*reversed(texts)))[table.index].to_dict()


def test_a_name_whose_namesake_elsewhere_is_short_for_another_stands_under_it():
    rows = [
        ("“甲乙丙丁”活动", "", "a", "1"),
        ("甲乙丙丁", "", "b", "2"),
        ("戊甲乙丙丁机制", "", "c", "3"),
        ("甲乙机制", "", "c", "3"),
    ]
    table = pd.DataFrame(
        [
            [name, "mechanism", "", "", "", full, article, 0, source, 1, 0, 1, False, 1.0, ""]
            for name, full, article, source in rows
        ],
        columns=COLUMNS,
    )
    made = register_systems(table)
    assert list(made["name"]) == ["“甲乙丙丁”活动", "戊甲乙丙丁机制"] and list(made["n_mentions"]) == [2, 2]
