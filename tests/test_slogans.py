"""Slogans: offsets that give their text, forms that are found, and a score that the simple baselines do not reach."""

import math
import re
import sys
import time
from pathlib import Path

import pytest
from conftest import corpus_of
from hypothesis import given
from hypothesis import strategies as st

import qdlib as qd
from qdlib.alignment import explain_parallel
from qdlib.parallelism import parallel_features
from qdlib.slogans import TYPES, group_families, mine, quotations

sys.path.insert(0, str(Path(__file__).parent / "benchmarks"))


def found(text, role="body"):
    """Type by slogan of what is mined in one paragraph."""
    return {f.text: f.type for f in mine([text], [role])}


@pytest.mark.parametrize(
    ("text", "slogan", "kind"),
    [
        ("大家以“学习就是生产，服务就是效益”的精神投入工作。", "学习就是生产，服务就是效益", "slogan"),
        ("会议要求各单位抓备课、补漏洞、强师资。", "抓备课、补漏洞、强师资", "slogan"),
        ("今年是“营商环境优化年”。", "营商环境优化年", "campaign_name"),
        ("全市开展“清洁家园”专项行动。", "清洁家园", "campaign_name"),
        ("全省打响蓝天保卫战。", "蓝天保卫战", "campaign_name"),
        ("要做到“四个全面”。", "四个全面", "numeric_formula"),
        ("形成“1+3+N”的体系。", "1+3+N", "numeric_formula"),
        ("推行三问三帮三服务。", "三问三帮三服务", "numeric_formula"),
        ("两手抓，两手都要硬。", "两手抓，两手都要硬", "numeric_formula"),
        ("俗话说：“众人拾柴火焰高。”", "众人拾柴火焰高。", "quotation_motto"),
        ("全县推出“一门受理”服务。", "一门受理", "slogan"),
        ("老师们说“真学真干”才好。", "真学真干", "slogan"),
        ("大家践行“学生为先”理念。", "学生为先", "slogan"),
        ("唯有勤学苦练、持之以恒，方能学有所成。", "唯有勤学苦练、持之以恒，方能学有所成", "slogan"),
        ("开展“书香校园”“快乐操场”专项行动。", "书香校园", "campaign_name"),
        ("举办“名师乡村行”。", "名师乡村行", "campaign_name"),
        ("推进“三校联办”。", "三校联办", "numeric_formula"),
        ("建设“五大工程”。", "五大工程", "numeric_formula"),
        ("学校坚持德育和体育两手抓，效果很好。", "德育和体育两手抓", "numeric_formula"),
        ("推动课堂提质、作业提效、体育提速。", "课堂提质、作业提效、体育提速", "slogan"),
        ("让学生多读书、家长少操心。", "学生多读书、家长少操心", "slogan"),
        ("以真心待人，用真情办事。", "以真心待人，用真情办事", "slogan"),
        ("以制度创新促效能提升。", "以制度创新促效能提升", "slogan"),
        ("建成“20分钟就医圈”。", "20分钟就医圈", "numeric_formula"),
        ("变“坐等学生”为“走近学生”，效果很好。", "变“坐等学生”为“走近学生”", "slogan"),
        ("既要有房子的“外观”，更要有家庭的“温度”。", "既要有房子的“外观”，更要有家庭的“温度”", "slogan"),
        ("只填一张表，就能办成事。", "只填一张表，就能办成事", "slogan"),
        ("树立抓安全就是抓效益的理念。", "抓安全就是抓效益", "slogan"),
        ("大病不出县、看病有保障，群众满意。", "大病不出县、看病有保障", "slogan"),
        ("老师要用心、用力、用情，把书教好。", "用心、用力、用情", "slogan"),
        ("教育就是服务，服务就是教育。", "教育就是服务，服务就是教育", "quotation_motto"),
        ("开展“两清”行动。", "“两清”行动", "campaign_name"),
        ("唯苦干不负时光。", "唯苦干不负时光", "slogan"),
        ("课堂改革按下“快进键”。", "按下“快进键”", "slogan"),
        ("“知之者不如好之者，好之者不如乐之者”。", "知之者不如好之者，好之者不如乐之者", "quotation_motto"),
    ],
)
def test_a_slogan_is_found_by_its_form(text, slogan, kind):
    rows = found(text)
    assert rows.get(slogan) == kind, rows


@pytest.mark.parametrize(
    "text",
    [
        "他说现场十分“热闹”。", "市南、平度、莱西等地参加了会议。", "“今天上午我去了一趟，那里的人很多。”王先生告诉记者。",
        "财政局、教育局、卫生局联合发文。", "书本供应增加了两倍，桌椅增加了一点五倍。", "县里建了养猪场、养鸡场。", "他提到“教学、科研、服务”三项工作。",
        "一手抓生产的人不多。", "只要天气好，就去公园走走。", "他提到课堂的“质量”，我们关心操场的“安全员”。", "全县开展形式多样的防溺水专项行动。", "“看得见的手”在动。", "学生有新课本、新书包。", "双方面谈了两岸双向投资。", "按1+1+1+1+1+1+1+1+1+1+1+1计算。", "2021年1月4日，气温下降，风力增大。", "", "没有标点的一句话",
    ],
)  # fmt: skip
def test_ordinary_text_gives_no_slogan(text):
    assert {s: k for s, k in found(text).items() if k in TYPES[:4]} == {}


def test_parallel_clauses_inside_a_quoted_slogan_are_no_slogan_of_their_own():
    text = "要做到“在比较中找差距，在交流中学方法，人人都有收获”。"
    assert list(found(text)) == ["在比较中找差距，在交流中学方法，人人都有收获"]


def test_a_clause_much_less_parallel_ends_the_run():
    text = "变“学生找书”为“书找学生”，变“家长找课”为“课找家长”，切实提升学校办学能力。"
    assert "变“学生找书”为“书找学生”，变“家长找课”为“课找家长”" in found(text)


def test_a_heading_of_verb_phrases_is_a_slogan_but_a_report_of_a_meeting_is_not():
    assert found("聚力课堂建设 服务学生成长", "subhead") == {"聚力课堂建设 服务学生成长": "slogan"}
    assert found("全市课堂建设现场会召开", "headline") == {}


def test_a_strict_couplet_scores_above_a_loose_pair():
    strict = sum(parallel_features("春耕就是比武", "秋收就是大考").values())
    loose = sum(parallel_features("深入学习文件", "天气非常寒冷").values())
    assert strict > 0.7 > loose + 0.3 and parallel_features("短", "很长很长的一句话") == {}


@pytest.mark.parametrize(
    ("slogan", "frame", "columns"),
    [
        ("学习就是生产，服务就是效益", "X就是Y", {"X": ["学习", "服务"], "就是": ["就是"] * 2, "Y": ["生产", "效益"]}),
        ("抓备课、补漏洞、强师资", "XY", {"X": ["抓", "补", "强"], "Y": ["备课", "漏洞", "师资"]}),
        ("种好树、“修好路”", "X好Y", {"X": ["种", "修"], "好": ["好"] * 2, "Y": ["树", "路"]}),
        ("一分播种，十分浇水", "X分Y", {"X": ["一", "十"], "分": ["分"] * 2, "Y": ["播种", "浇水"]}),
        ("全力抓备课、补漏洞", "XY", {"(全力)": ["全力", ""], "X": ["抓", "补"], "Y": ["备课", "漏洞"]}),
        ("在学习中工作，在工作中学习", "在X中Y", {"在": ["在"] * 2, "X": ["学习", "工作"], "中": ["中"] * 2, "Y": ["工作", "学习"]}),
        ("用心、用力、用情", "用X", {"用": ["用"] * 3, "X": ["心", "力", "情"]}),
        ("上得来、下得去", "X得Y", {"X": ["上", "下"], "得": ["得"] * 2, "Y": ["来", "去"]}),
        ("大事不糊涂，小事不马虎", "X事不Y", {"X": ["大", "小"], "事不": ["事不"] * 2, "Y": ["糊涂", "马虎"]}),
        ("要想富，先修路；要想强，先读书", "要想X先Y", {"要想": ["要想"] * 2, "X": ["富", "强"], "先": ["先"] * 2, "Y": ["修路", "读书"]}),
        ("为学生办实事，为老人送温暖关怀", "为X", {"为": ["为"] * 2, "X": ["学生办实事", "老人送温暖关怀"]}),
    ],
)  # fmt: skip
def test_the_clauses_of_a_parallel_slogan_are_laid_in_columns(slogan, frame, columns):
    reading = explain_parallel(slogan)
    assert reading.frame == frame
    assert reading.table.to_dict("list") == columns
    assert list(reading.table.index) == list(range(1, len(reading.table) + 1))


@given(st.text(alphabet="春耕就是比武秋收大考好，、 “”😀a", max_size=40))
def test_columns_hold_each_clause_and_parts_sum_to_the_score(slogan):
    try:
        reading = explain_parallel(slogan)
    except ValueError:
        return
    rows = reading.table.astype(str).agg("".join, axis=1)
    assert "".join(rows) == re.sub("[，、 “”]", "", slogan)
    assert reading.score == pytest.approx(sum(reading.features.values()), abs=1e-6)


@pytest.mark.parametrize("slogan", ["一句话", "", "“”", "好" * 10_000, "好" * 61 + "，好"])
def test_what_has_no_two_clauses_is_not_parallel(slogan):
    with pytest.raises(ValueError, match="two clauses of at most 60"):
        explain_parallel(slogan)


def test_every_row_stands_at_its_offset_in_its_paragraph_and_on_its_line(corpus, root):
    rows = qd.mine_slogans(corpus).merge(corpus.paragraphs[["article_id", "paragraph", "text"]])
    assert len(rows) > 100 and all(row.text.startswith(row.slogan, row.offset) for row in rows.itertuples())
    raw = {name: (root / "seeds" / name).read_text("utf-8") for name in set(rows["source"])}
    assert all(row.line == raw[row.source].count("\n", 0, row.start) + 1 for row in rows.itertuples())


@given(st.text(alphabet="春耕就是比武秋收大考，、。“”‘’一二三+年行动1N😀\ue000\n ", max_size=80))
def test_offsets_give_the_text_whatever_it_is(text):
    for row in mine([text]):
        assert text[row.start : row.end] == row.text and 0 <= row.score <= 1 and row.type in TYPES


ODD = {
    "open quotes": "“" * 5000,
    "closing quotes": "”" * 5000,
    "nested quotes": ("“" * 50 + "种好田" + "”" * 50) * 50,
    "same clause again": "春耕就是比武，" * 700,
    "one clause": "抓落实促发展" * 850,
    "one character": "一" * 5000,
    "many quotes": "“秋收就是大考”" * 700,
    "a long list": "、".join(f"抓{a}{b}" for a in "重实新好快稳" * 24 for b in "点事局招干产" * 5),
    "a long sum": "1+" * 2500,
    "a long chain": "三送" * 2500,
    "one after one": "一网一屏" * 1500,
    "emoji and private use": "春耕😀就是比武，秋收\ue000就是大考。“一\ue000一😀”" * 180,
}


@pytest.mark.parametrize("text", ODD.values(), ids=ODD)
def test_odd_texts_give_only_rows_whose_offsets_hold_in_time_that_grows_with_them(text):
    mine([text])  # the dictionary is loaded, and what is cached is cached for both
    seconds = []
    for longer in (text, text * 8):
        begun = time.process_time()
        assert all(longer[row.start : row.end] == row.text for row in mine([longer]))
        seconds.append(time.process_time() - begun)
    assert seconds[1] < 20 * max(
        seconds[0], 0.05
    )  # eight times if it grows with the text, sixty-four if with its square


def test_what_comes_back_holds_together_and_is_free_at_both_ends_is_a_fixed_wording():
    texts = [
        "大力推进果园现代化，成效很好。",
        "他们把果园现代化放在首位。",
        "为了果园现代化而努力。",
        "果园现代化是一件大事。",
    ]
    rows = [f for f in mine(texts) if f.text == "果园现代化"]
    assert [(f.paragraph, f.start) for f in rows] == [(0, 4), (1, 3), (2, 2), (3, 0)]
    assert {f.type for f in rows} == {"tifa"}
    assert set(rows[0].features) == {"repeated 3+", "cohesive", "free at both ends"}
    tied = [text.replace("果园现代化", "推进果园现代化工作") for text in texts]  # always inside the same longer string
    assert not any(f.text == "果园现代化" for f in mine(tied))
    assert not any(f.type == "tifa" for f in mine([text.replace("现代化", "管理委员会") for text in texts]))


def test_a_share_without_its_number_is_no_fixed_wording():
    texts = ["产量增长百分之九。", "今年增长百分之六。", "收入增长百分之八。", "预计增长百分之三左右。"]
    assert not any(f.type == "tifa" for f in mine(texts, threshold=0))


def test_what_was_done_answers_itself_less_than_what_is_to_be_done():
    done, to_do = (
        math.fsum(parallel_features(*pair).values())
        for pair in (("种了绿树木", "修了新道路"), ("种下绿树木", "修下新道路"))
    )
    assert "narrated" in parallel_features("种了绿树木", "修了新道路") and done < to_do


def test_quotation_marks_are_matched_nested_or_not():
    assert quotations("“甲‘乙’”丙”") == [(0, 5), (2, 4)]
    assert quotations("”甲“乙") == [] == quotations("“”")
    assert quotations("“" + "甲" * 199 + "”") == [(0, 200)] and quotations("“" + "甲" * 200 + "”") == []


@pytest.mark.parametrize(
    ("text", "slogans"),
    [
        (
            "班级要做到三看四比、抓备课、补漏洞、强师资。",
            ["三看四比", "抓备课、补漏洞、强师资"],
        ),  # no numeral is cut off
        ("构建一园、两廊、三带布局。", ["一园、两廊、三带"]),  # a chain may begin with 一
        ("构建一园两廊三带格局。", ["一园两廊三带"]),  # 带格 is no word, 格局 is
        ("打造“一园、两廊、三带、多点”布局。", ["一园、两廊、三带、多点"]),
        ("进一步明确分工，进一步压实担子，进一步强化监督。", ["进一步明确分工，进一步压实担子，进一步强化监督"]),
        (
            "俗话说：“山高有行路，水深有渡船；人勤地不懒，苗好粮自多。”",
            ["山高有行路，水深有渡船；人勤地不懒，苗好粮自多。"],
        ),
        ("学校开展食堂质量巩固年。", ["食堂质量巩固年"]),
        ("火情请拨打“119”报警电话。", []),
        ("校训是“明礼、勤学、力行”。", ["明礼、勤学、力行"]),
        ("墙上贴着“你对书本真心，书本对你真情！”。", ["你对书本真心，书本对你真情！"]),  # parallel speech
        ("坚持“两个优先、三个到位”。", ["两个优先、三个到位"]),
        ("老师对学生表扬先进，发扬正气。", []),  # the end of a clause is weaker than a whole one
    ],
)
def test_a_wording_is_found_whole_or_not_at_all(text, slogans):
    assert list(found(text)) == slogans


def test_a_wording_that_names_a_campaign_elsewhere_names_it_here_too():
    there, here = mine(["全县开展“清洁家园”专项行动。", "大家践行“清洁家园”理念。"])
    assert (there.type, here.type) == ("campaign_name", "campaign_name")
    assert there.quoted and here.quoted and here.text == "清洁家园"


def test_what_meets_by_chance_or_has_always_the_same_neighbours_is_no_fixed_wording():
    texts = ["大力推进果园现代化。", "他们把果园现代化放在首位。", "为了果园现代化而努力。", "果园现代化是大事。"]
    strangers = [chr(0x4E00 + 7 * i) for i in range(80)]  # MI 0.6 bits, of 5.8 it might have
    apart = [f"{a}果园{b}，{c}现代化{d}。" for a, b, c, d in zip(*(strangers[i::4] for i in range(4)))]
    two = [
        "大力推进果园现代化水平。",
        "把果园现代化水准放在首位。",
        "为了果园现代化程度而努力。",
        "果园现代化程式是大事。",
    ]
    assert [len([f for f in mine(rows) if f.text == "果园现代化"]) for rows in (texts, texts + apart, two)] == [4, 0, 0]


def test_all_rows_inside_a_longer_one_are_nested():
    text = "开展“坚持‘三查三改’、落实‘四比四看’，课堂更有效，学生更健康”活动。"
    mined = qd.mine_slogans(corpus_of(("news", None, ("body", text), ("body", "做到“三查三改”。"))))
    assert mined["slogan"].tolist()[1:] == ["三查三改", "四比四看", "三查三改"]
    assert mined["nested"].tolist() == [False, True, True, False]


def test_a_table_without_slogans_can_be_filtered_like_any_other():
    mined = qd.mine_slogans(corpus_of(("news", None, ("body", "没有标点的一句话"))))
    full = qd.mine_slogans(corpus_of(("news", None, ("body", "要做到“四个全面”。"))))
    assert (len(mined), len(full)) == (0, 1) and mined.dtypes.equals(full.dtypes)
    assert list(mined[~mined["nested"]]) == list(full)


def test_a_speaker_s_line_names_no_speaker_in_another_article():
    said, line = ("quote", "“学习就是生产，服务就是效益”。"), ("speaker", "张老师：")
    apart = qd.mine_slogans(corpus_of(("news", None, said, line), ("news", None, said)))
    assert apart["speaker"].tolist() == ["", ""]
    assert qd.mine_slogans(corpus_of(("news", None, line, said)))["speaker"].tolist() == ["张老师"]


def test_variants_are_of_one_family_and_other_numerals_are_not():
    names = ["秋收就是大考，春耕就是比武", "春耕就是比武", "四个坚持", "四个坚持铸就师魂", "七个铸就师魂"]
    families = group_families(names)
    assert families[0] == families[1] and families[2] == families[3] != families[4]
    assert group_families([]) == []


def test_rows_of_the_corpus_lead_back_to_their_line(corpus):
    mined = qd.mine_slogans(corpus)
    assert list(mined.columns[:14]) == [
        "slogan", "type", "family", "article_id", "paragraph", "source", "line", "start", "end", "quoted", "parallel", "speaker", "place", "score",
    ]  # fmt: skip
    raw = {name: (Path("seeds") / name) for name in corpus.sources["source"]}
    texts = {name: (Path(__file__).parent.parent / path).read_text("utf-8") for name, path in raw.items()}
    wide = str.maketrans(",:!?()", "，：！？（）")
    # page 003 is damaged, so its raw characters are others
    for row in mined[~mined["source"].str.startswith("003")].itertuples():
        there = texts[row.source][row.start : row.end]
        assert re.sub(r"\s", "", there.translate(wide)) == re.sub(r"\s", "", row.slogan.translate(wide))
        assert texts[row.source].count("\n", 0, row.start) + 1 == row.line


def test_the_score_beats_every_baseline_on_every_annotated_page(corpus):
    from slogans import annotated, baselines, mined, score

    wanted, ours, others = annotated(corpus), mined(corpus), baselines(corpus)
    assert len(wanted) == 238
    for source in {row[0] for row in wanted}:
        here = [row for row in wanted if row[0] == source]
        best, *rest = (score([r for r in found if r[0] == source], here)["f1"] for found in (ours, *others.values()))
        assert best > max(rest) + 0.15, source


def test_a_threshold_outside_0_to_1_is_named(corpus):
    with pytest.raises(ValueError, match="between 0 and 1, got 2"):
        qd.mine_slogans(corpus, threshold=2)
