"""Quantities: numbers with their unit, what they count, and as what they are claimed. All sentences are made up."""

import time

import cn2an
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chi2

import qdlib as qd
from qdlib.numerals import numbers, read_number
from qdlib.quantities import COLUMNS, DENSITY_COLUMNS, find_quantities, quantities_in, quantity_density


def corpus_of(folder, text, name="a"):
    (folder / f"{name}.txt").write_text(text, "utf-8")
    return qd.load_corpus(folder)


def found(text):
    return [(text[n.start : n.end], n.low, n.high, n.unit) for n in numbers(text)]


@pytest.mark.parametrize(
    ("written", "low", "high"),
    [
        ("3.2万", 32_000, 32_000),
        ("1,234.5", 1_234.5, 1_234.5),
        ("４５", 45, 45),
        ("1.2亿3千万", 150_000_000, 150_000_000),
        ("1.55万亿", 1.55e12, 1.55e12),
        ("一千二百零五", 1_205, 1_205),
        ("两千三", 2_300, 2_300),
        ("三万万", 300_000_000, 300_000_000),
        ("五点八", 5.8, 5.8),
        ("一两", 1, 2),
        ("三四十", 30, 40),
        ("十七八", 17, 18),
        ("一百二三十", 120, 130),
        ("七八十万", 700_000, 800_000),
        ("十几", 11, 19),
        ("数百", 200, 900),
        ("几千万", 20_000_000, 90_000_000),
        ("百", 100, 100),
    ],
)
def test_a_numeral_is_read_as_it_is_meant(written, low, high):
    assert read_number(written) == (pytest.approx(low), pytest.approx(high))


@pytest.mark.parametrize("written", ["二〇二一", "五七", "三亿五", "三三", "个", "", "1.2.3", "😀"])
def test_what_is_no_numeral_is_not_read(written):
    assert read_number(written) is None


@given(st.integers(0, 10**12))
def test_a_written_number_is_read_back(number):
    assert read_number(str(number)) == (number, number)
    assert read_number(f"{number:,}") == (number, number)
    written = cn2an.an2cn(str(number), "low")
    assert read_number(written) == (number, number)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("惠及3.2万户", [("3.2万户", 32_000, 32_000, "户")]),
        ("投资百分之三十", [("百分之三十", 30, 30, "%")]),
        ("增长-3.2%", [("-3.2%", -3.2, -3.2, "%")]),
        ("降到零下5至10度", [("零下5至10度", -10, -5, "度")]),
        ("共5个，-3个", [("5个", 5, 5, "个"), ("3个", 3, 3, "个")]),
        ("占三成以上", [("三成", 30, 30, "%")]),
        ("占三成五。", [("三成五", 35, 35, "%")]),
        ("占三成半。", [("三成半", 35, 35, "%")]),
        ("完成百分之百", [("百分之百", 100, 100, "%")]),
        ("上升千分之五", [("千分之五", 5, 5, "‰")]),
        ("占四分之一", [("四分之一", 0.25, 0.25, "")]),
        ("产值翻两番", [("翻两番", 4, 4, "倍")]),
        ("提高2.5倍", [("2.5倍", 2.5, 2.5, "倍")]),
        ("提高2.5个百分点", [("2.5个百分点", 2.5, 2.5, "个百分点")]),
        ("招收三至四个徒弟", [("三至四个", 3, 4, "个")]),
        ("增长5%—6%", [("5%—6%", 5, 6, "%")]),
        ("引来3-5万人", [("3-5万人", 30_000, 50_000, "人")]),
        ("投资一至两亿元", [("一至两亿元", 100_000_000, 200_000_000, "元")]),
        ("500至1万元", [("500至1万元", 500, 10_000, "元")]),
        ("3千至5万元", [("3千至5万元", 3_000, 50_000, "元")]),
        ("从30天到3天", [("30天到3天", 3, 30, "天")]),
        ("产值翻几番", [("翻几番", 4, 512, "倍")]),
        ("等了一两个小时", [("一两个小时", 1, 2, "个小时")]),
        ("工期一个半月", [("一个半月", 1.5, 1.5, "个月")]),
        ("用了两年半", [("两年半", 2.5, 2.5, "年")]),
        ("歇了半天", [("半天", 0.5, 0.5, "天")]),
        ("3个工作日内办结", [("3个工作日", 3, 3, "个工作日")]),
        ("来了4000多名农民", [("4000多名", 4_000, 4_000, "名")]),
        ("走了三个多月", [("三个多月", 3, 3, "个月")]),
        ("近万名群众", [("万名", 10_000, 10_000, "名")]),
        ("百余名群众", [("百余名", 100, 100, "名")]),
        ("每亩800元", [("800元", 800, 800, "元")]),
        ("租金30元/平方米", [("30元/平方米", 30, 30, "元/平方米")]),
        ("九百万云溪人", [("九百万", 9_000_000, 9_000_000, "")]),
        ("2021年1月4日，3个村", [("3个", 3, 3, "个")]),
        ("位列全省第三", [("第三", 3, 3, "")]),
        ("排名全国第12位", [("第12位", 12, 12, "位")]),
    ],
)
def test_numbers_with_their_units(text, expected):
    assert found(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "2021年", "二〇二一年", "1月4日", "上午8时30分", "二十一世纪", "90年代",  # dates and times
        "第一，要抓紧；第二，要抓实", "一是抓紧，二是抓实", "第三批", "第二次会议", "三年级",  # ordinals
        "4号线", "三中全会", "211高校", "5G网络", "12345热线", "拨打0532-12345678", "3.0版", "14楼",  # names
        "一心一意", "五花八门", "三番五次", "三位一体", "千方百计", "七嘴八舌",  # idioms
        "一个问题", "一度紧张", "成立50周年", "一批项目", "一起努力", "新的一年",  # 一 as an article
        "“三个好”", "1+8+N", "“15分钟服务圈”", "十分钟健身圈", "四大行动", "三个一批", "最后一公里",  # formulas
        "两条件", "三门峡市", "十九届三次全会", "上半年", "五年计划", "三年行动方案", "", "多", "%", "分之",
    ],
)  # fmt: skip
def test_what_counts_nothing_is_no_quantity(text):
    assert found(text) == []


@pytest.mark.parametrize(
    ("text", "counted", "claim"),
    [
        ("全区已完成改造3.2万户。", "改造", "result"),
        ("引进了6家研究院，效果很好。", "研究院", "result"),
        ("云溪区力争新增就业5000人。", "就业", "target"),
        ("到2035年，云溪建成20座公园。", "公园", "target"),
        ("工厂计划投资3亿元。", "投资", "plan"),
        ("工厂将为村民提供岗位200个。", "岗位", "plan"),
        ("计划修建果园500座，目前已修建300座。", "果园", "plan"),
        ("每亩８００元。", "", "other"),
        ("今年粮食产量要稳定在2亿斤。", "粮食产量", "target"),
        ("妇女占40%。", "妇女", "share"),
        ("50%的业务在网上办。", "业务", "share"),
        ("产量比上年增长8%。", "产量", "result"),
        ("产值位居全省第二。", "", "rank"),
        ("村里有商户26家。", "商户", "other"),
        ("把材料分发给3个村。", "村", "other"),
        ("干部将材料分发给3个村。", "村", "other"),  # 将 before an object, not before what is to come
        ("它需要3个人。", "人", "other"),  # 要 in a word
        ("从1952年到1957年，粮食产量2亿吨。", "粮食产量", "other"),  # 到 of a range
    ],
)
def test_what_is_counted_and_as_what(text, counted, claim):
    number, noun, kind, basis = next(quantities_in(text))
    assert (noun, kind) == (counted, claim)
    assert not basis or basis in text


def test_the_nearest_word_of_intent_or_of_deed_decides():
    claims = [row[2] for row in quantities_in("计划种树500棵，目前已种树300棵，力争再种200棵。")]
    assert claims == ["plan", "result", "target"]


@pytest.mark.parametrize(
    ("text", "qualifier"),
    [
        ("约30人", "约"), ("30人以上", "以上"), ("近30余人", "近 余"), ("至少3天", "至少"), ("不到3天", "不到"), ("上百人", "上"),
        ("最近3天", ""), ("达30人", ""), ("平均3天", "平均"), ("30人", ""),
    ],
)  # fmt: skip
def test_qualifiers(text, qualifier):
    assert [n.qualifier for n in numbers(text)] == [qualifier]


def test_every_row_leads_back_to_its_place(tmp_path):
    text = "云溪新闻\n\n　　云溪区引进了６家研究院，惠及3.2万户居民。\n\n　　投资约2亿元。\n"
    corpus = corpus_of(tmp_path, text)
    table = find_quantities(corpus)
    assert list(table) == COLUMNS
    assert table["text"].tolist() == ["6家", "3.2万户", "2亿元"]  # as repaired
    assert [text[start:end] for start, end in zip(table["start"], table["end"])] == ["６家", "3.2万户", "2亿元"]
    assert table["line"].tolist() == [3, 3, 5]
    assert table["value"].tolist() == [6, 32_000, 200_000_000] and (table["value"] == table["value_max"]).all()


@given(
    st.text("0123456789.,一二三十百千万亿几数两半多近约个户元年月%成分之第“”，。将要已了 增长a😀\ue000", max_size=60)
)
def test_text_stands_at_its_offsets_and_values_are_numbers(text):
    last = 0
    for number, _, _, basis in quantities_in(text):
        assert last <= number.start < number.end <= len(text)
        assert 0 <= number.low and number.high == number.high
        assert basis in text or basis == "分之"
        last = number.end


def test_numbers_in_mined_formulas_are_left_out(tmp_path):
    corpus = corpus_of(
        tmp_path, "云溪新闻\n\n　　云溪区推进三项清单制度，建设了6家工厂，群众说这里的变化实在是很大。\n"
    )
    place = corpus.paragraphs[corpus.paragraphs["text"].str.contains("三项")].iloc[0]
    row = {"slogan": "三项清单", "type": "numeric_formula", "offset": place["text"].index("三项")}
    mined = pd.DataFrame([row | {"article_id": place["article_id"], "paragraph": place["paragraph"]}])
    assert find_quantities(corpus)["text"].tolist() == ["三项", "6家"]
    assert find_quantities(corpus, mined)["text"].tolist() == ["6家"]
    with pytest.raises(ValueError, match="offset"):
        find_quantities(corpus, mined.drop(columns="offset"))


def test_density_counts_per_thousand_characters(tmp_path):
    corpus = corpus_of(tmp_path, "云溪区引进了6家研究院，计划再引进3家。")
    table = quantity_density(corpus, find_quantities(corpus)).set_index("claim")
    size = int(table.loc["all", "n_chars"])
    assert (table.loc["all", "count"], table.loc["result", "count"], table.loc["plan", "count"]) == (2, 1, 1)
    assert table.loc["all", "rate"] == pytest.approx(2 / size * 1000)
    assert table.loc["rank", "low"] == 0 and table.loc["rank", "high"] == pytest.approx(3.6889 / size * 1000, rel=1e-4)
    assert table.loc["all", "low"] == pytest.approx(chi2.ppf(0.025, 4) / 2 / size * 1000)
    with pytest.raises(ValueError, match="by must be article"):
        quantity_density(corpus, find_quantities(corpus), by="claim")


def test_a_corpus_without_numbers_gives_tables_with_their_columns(tmp_path):
    corpus = corpus_of(tmp_path, "云溪的变化实在很大\n\n没有数。")
    table = find_quantities(corpus)
    assert table.empty and list(table) == COLUMNS
    assert quantity_density(corpus, table, by="source")["count"].sum() == 0
    assert list(quantity_density(corpus, table)) == ["article", *DENSITY_COLUMNS]


@pytest.mark.parametrize(
    "text",
    ["9" * 10_000, "一" * 10_000, "3个" * 5_000, "万" * 10_000, "1,234" * 2_000, "将" * 10_000, "要3个村，" * 2_500],
)
def test_long_texts_take_time_in_proportion(text):
    list(quantities_in("要建3个村"))  # a dictionary may have to be loaded first
    begun = time.process_time()
    list(quantities_in(text))
    assert time.process_time() - begun < 5
