"""Times: dates and periods resolved by hand, and doubt kept where the article's date leaves it. All sentences are made up."""

import time
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

import qdlib as qd
from qdlib.times import COLUMNS, KINDS, find_times, times_in


def found(text, when="2022-07-19", published=False):
    return [(text[t.start : t.end], t.kind, t.date, t.until, t.basis) for t in times_in(text, when, published)]


@pytest.mark.parametrize(
    ("text", "printed", "kind", "first", "until", "basis"),
    [
        ("2021年3月5日开工", "2021年3月5日", "event", "2021-03-05", "", "explicit"),
        ("二〇二一年三月五日开工", "二〇二一年三月五日", "event", "2021-03-05", "", "explicit"),
        ("2021年十二月，桥通了", "2021年十二月", "event", "2021-12", "", "explicit"),
        ("昨日，桥通了", "昨日", "event", "2022-07-18", "", "inferred"),
        ("前天上午8时30分，桥通了", "前天上午8时30分", "event", "2022-07-17", "", "inferred"),
        ("今年，桥通了", "今年", "event", "2022", "", "inferred"),
        ("去年12月起，桥通了", "去年12月起", "period", "2021-12", "", "inferred"),
        ("今年以来，桥通了", "今年以来", "period", "2022", "2022-07-19", "inferred"),
        ("上个月，桥通了", "上个月", "event", "2022-06", "", "inferred"),
        ("本月15日，桥通了", "本月15日", "event", "2022-07-15", "", "inferred"),
        ("上周五，桥通了", "上周五", "event", "2022-07-15", "", "inferred"),
        ("上周，桥通了", "上周", "period", "2022-07-11", "2022-07-17", "inferred"),
        ("1月至6月，产量增长", "1月至6月", "period", "2022-01", "2022-06", "inferred"),
        ("1-6月，产量增长", "1-6月", "period", "2022-01", "2022-06", "inferred"),
        ("7月5日至8日，桥关了", "7月5日至8日", "period", "2022-07-05", "2022-07-08", "inferred"),
        ("2020年10月至2021年3月，桥关了", "2020年10月至2021年3月", "period", "2020-10", "2021-03", "explicit"),
        ("2019-2021年，桥关了", "2019-2021年", "period", "2019", "2021", "explicit"),
        ("上半年，产量增长", "上半年", "period", "2022-01", "2022-06", "inferred"),
        ("去年前三季度，产量增长", "去年前三季度", "period", "2021-01", "2021-09", "inferred"),
        ("二季度，产量增长", "二季度", "period", "2022-04", "2022-06", "inferred"),
        ("前5个月，产量增长", "前5个月", "period", "2022-01", "2022-05", "inferred"),
        ("“十四五”期间，桥多了", "“十四五”期间", "period", "2021", "2025", "inferred"),
        ("一五时期，桥少", "一五时期", "period", "1953", "1957", "inferred"),
        ("八十年代，桥少", "八十年代", "period", "1980", "1989", "inferred"),
        ("到2025年，桥全通", "2025年", "deadline", "2025", "", "explicit"),
        ("年底前，桥全通", "年底前", "deadline", "2022-12", "", "inferred"),
        ("2022年底前，桥全通", "2022年底前", "deadline", "2022-12", "", "explicit"),
        ("到2020年，桥全通了", "2020年", "event", "2020", "", "explicit"),
        ("元旦，人多", "元旦", "event", "2022-01-01", "", "inferred"),
        ("去年中秋，人多", "去年中秋", "event", "2021", "", "inferred"),  # the moon's feast: its year and no more
        ("2021年清明，人多", "2021年清明", "event", "2021-04", "", "explicit"),
        ("近日，桥通了", "近日", "event", "", "", "unresolved"),
        ("18日，桥通了", "18日", "event", "2022-07-18", "", "inferred"),
        ("25日，桥通了", "25日", "event", "2022-06-25", "", "inferred"),  # the last one not after the article's day
        ("2021年2月30日，桥通了", "2021年2月30日", "event", "", "", "unresolved"),  # no such day
        ("去年年底，桥通了", "去年年底", "event", "2021-12", "", "inferred"),
        ("2020年年初，桥通了", "2020年年初", "event", "2020-01", "", "explicit"),
        ("2020年11月至2月，桥关了", "2020年11月至2月", "period", "2020-11", "2021-02", "explicit"),
        ("11月至2月，桥关了", "11月至2月", "period", "2021-11", "2022-02", "inferred"),
        ("2020年12月28日至1月3日，桥关了", "2020年12月28日至1月3日", "period", "2020-12-28", "2021-01-03", "explicit"),
        ("6月28日至2日，桥关了", "6月28日至2日", "period", "2022-06-28", "2022-07-02", "inferred"),
        ("28日至2日，桥关了", "28日至2日", "period", "2022-06-28", "2022-07-02", "inferred"),
        ("9月以来，人多", "9月以来", "period", "2021-09", "2022-07-19", "inferred"),
    ],
)
def test_times_in_an_article_of_a_day(text, printed, kind, first, until, basis):
    assert found(text) == [(printed, kind, first, until, basis)]


@pytest.mark.parametrize(
    ("text", "when", "first"),
    [
        ("昨日，桥通了", "2023-01", ""),  # may be in December
        ("昨日，桥通了", "2022", ""),
        ("昨日，桥通了", "", ""),
        ("今天，桥通了", "2023-01", "2023-01"),
        ("今年9月，桥通了", "2023-01", "2023-09"),
        ("去年，桥通了", "2023", "2022"),
        ("去年，桥通了", "", ""),
        ("上个月，桥通了", "2023-01", "2022-12"),
        ("4日，桥通了", "2023-01", ""),  # of January or of December
        ("元旦，桥通了", "2023-01", "2023-01-01"),
        ("5月，桥通了", "2022", "2022-05"),
        ("11月，桥通了", "2022", ""),  # of this year or of the last
        ("2021年，桥通了", "", "2021"),
        ("昨日，桥通了", "soon", ""),
        ("本周，桥通了", "2022-01", ""),  # begins in December or in January
    ],
)
def test_no_more_is_told_than_the_article_s_date_allows(text, when, first):
    assert [(t.date, t.until) for t in times_in(text, when)] == [(first, "")]


@pytest.mark.parametrize(
    ("text", "when", "first"),
    [
        ("12月25日，桥通了", "2021-01-05", "2020-12-25"),
        ("3月，桥将通车", "2021-12-20", "2022-03"),
        ("3月，桥通了", "2021-12-20", "2021-03"),
        ("9月，桥将通车", "2021-01-05", "2021-09"),
    ],
)
def test_a_month_without_a_year_is_the_near_one(text, when, first):
    assert [t.date for t in times_in(text, when)] == [first]


def test_a_year_or_month_named_before_holds_in_the_sentence():
    assert [t.date for t in times_in("2019年5月开工，8月完工。9月通车。", "2022-07-19")] == [
        "2019-05",
        "2019-08",
        "2022-09",
    ]
    assert [t.date for t in times_in("6月2日开工，9日完工。", "2022-07-19")] == ["2022-06-02", "2022-06-09"]
    assert [t.date for t in times_in("2020年12月25日开工，到4日已修好。", "2021-01-05")] == ["2020-12-25", "2021-01-04"]


def test_a_dispatch_says_when_it_was_filed_and_what_its_today_is():
    assert found("本报7月18日讯 今天，桥通了。") == [
        ("本报7月18日讯", "publication", "2022-07-18", "", "inferred"),
        ("今天", "event", "2022-07-18", "", "inferred"),
    ]
    assert found("2022-07-19 06:50 云溪日报", published=True)[0][1:3] == ("publication", "2022-07-19")


@pytest.mark.parametrize(
    "text",
    [
        "3天",
        "两个月",
        "4号线",
        "3日内办结",
        "1.5亿元",
        "一年之计",
        "三年行动",
        "十一个",
        "五一路",
        "起早",
        "",
        "😀",
        "月",
        "13月40日",
        "92年7月",  # a year of two digits
        "每年3月",
    ],
)
def test_what_is_no_time_is_left_out(text):
    assert [t for t in times_in(text, "2022-07-19") if t.date] == []


@given(st.dates(date(1900, 1, 1), date(2099, 12, 31)))
def test_a_written_day_is_read_back(day):
    for text in (f"{day.year}年{day.month}月{day.day}日", day.isoformat(), f"{day:%Y/%m/%d}"):
        assert [(t.start, t.end, t.date, t.basis) for t in times_in(text, "")] == [
            (0, len(text), day.isoformat(), "explicit")
        ]


@given(
    st.text(
        "0123456789年月日号今去前昨天上下个本半季度至到-—起以来底初末元旦十一二三五“”期间，。a😀\ue000", max_size=50
    ),
    st.sampled_from(["", "2022", "2022-02", "2024-02-29"]),
)
def test_any_text_gives_times_at_their_offsets(text, when):
    last = 0
    for t in times_in(text, when):
        assert last <= t.start < t.end <= len(text) and t.kind in KINDS
        assert (t.basis == "unresolved") == (not t.date) and not (
            t.until and t.until[: len(t.date)] < t.date[: len(t.until)]
        )
        last = t.end


def test_every_row_leads_back_to_its_place(tmp_path):
    text = "云溪通桥\n\n2022-07-19 06:50  云溪日报\n\n　　昨日，桥通了，市民来看桥的人很多。\n\n　　桥是去年12月起修的，修桥的人也来看。\n"
    (tmp_path / "a.txt").write_text(text, "utf-8")
    table = find_times(qd.load_corpus(tmp_path))
    assert list(table) == COLUMNS
    assert table["kind"].tolist() == ["publication", "event", "period"]
    assert table["date"].tolist() == ["2022-07-19", "2022-07-18", "2021-12"]
    assert [text[start:end] for start, end in zip(table["start"], table["end"])] == table["text"].tolist()
    assert table["line"].tolist() == [3, 5, 7]
    assert "2022-07-19" in table["words"][1]


def test_a_corpus_without_times_gives_an_empty_table(tmp_path):
    (tmp_path / "a.txt").write_text("云溪的变化实在很大。", "utf-8")
    table = find_times(qd.load_corpus(tmp_path))
    assert table.empty and list(table) == COLUMNS


@pytest.mark.parametrize(
    "text", ["1" * 10_000, "年" * 10_000, "3月" * 5_000, "至" * 10_000, "一" * 10_000, "1日至" * 3_000, " " * 10_000]
)
def test_long_texts_take_time_in_proportion(text):
    begun = time.process_time()
    list(times_in(text, "2022-07-19"))
    assert time.process_time() - begun < 5


def test_a_page_stamped_before_nine_may_tell_of_the_day_before(tmp_path):
    for name, hour in (("a.txt", "06:50"), ("b.txt", "16:50")):
        text = f"全市召开招商推进会\n\n2021-03-05 {hour} 某日报\n\n今天上午，大家来到现场。今年要建成一座桥。\n\n工作人员介绍了情况，大家都很满意。\n"
        (tmp_path / name).write_text(text, "utf-8")
    found = find_times(qd.load_corpus(tmp_path))
    today = found[found["text"].str.startswith("今天")].set_index("source")["date"]
    assert today.to_dict() == {"a.txt": "2021-03", "b.txt": "2021-03-05"}
    assert set(found.loc[found["text"] == "今年", "date"]) == {"2021"}
