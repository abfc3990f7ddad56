"""Diffusion: occurrences in every width, reprints told from uses, and firsts no surer than the dates are. Texts are made up."""

import json
import random

import pandas as pd
import pytest
from conftest import corpus_of
from hypothesis import given
from hypothesis import strategies as st

import qdlib as qd
from qdlib.corpus import day_range
from qdlib.diffusion import (
    COLUMNS,
    TIMELINE_COLUMNS,
    adoption,
    first_uses,
    occurrences,
    spread,
    timeline,
)
from qdlib.wordings import fold

WORDING = "马上就办，办就办好"


def load(tmp_path, rows):
    """A corpus of rows `date, outlet, text`."""
    keys = ("date", "outlet", "text")
    lines = [json.dumps(dict(zip(keys, row)), ensure_ascii=False) for row in rows]
    (tmp_path / "t.jsonl").write_text("\n".join(lines), "utf-8")
    return qd.load_corpus(tmp_path)


def filler(seed, length=120):
    """A text that resembles no other."""
    rng = random.Random(seed)
    return "".join(chr(rng.randrange(0x4E00, 0x9000)) for _ in range(length)) + "。"


SAID = f"本市各部门提出{WORDING}。"
LONG = filler(1) + SAID


@pytest.fixture
def wave(tmp_path):
    """A wording that spreads: first in one paper, twice in a second, reprinted by a third, and once without a date."""
    return load(
        tmp_path,
        [
            ("2021-12-30", "甲报", filler(0)),
            ("2022-01-05", "甲报", LONG),
            ("2022-01-15", "乙报", filler(2) + SAID + SAID),
            ("2022-01-09", "丙报", LONG),
            ("2023", "丁报", filler(3) + SAID),
            ("", "戊报", filler(4) + SAID),
        ],
    )


# -- occurrences ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "printed", ["马上就办,办就办好", "“马上就办”，办就办好", "马上就办，‘办就办好’", "马上就办，“办就“办好"]
)
def test_widths_and_quotation_marks_inside_do_not_matter(tmp_path, printed):
    text = f"某地提出“{printed}”的要求。"
    (tmp_path / "a.txt").write_text(text, "utf-8")
    found = occurrences(qd.load_corpus(tmp_path), [WORDING])
    raw = text[found["start"].iat[0] : found["end"].iat[0]]
    assert len(found) == 1 and fold(raw)[0] == fold(WORDING)[0]


def test_the_offsets_are_those_of_the_raw_file_and_take_the_closing_mark_in(tmp_path):
    text = "标题在此\n\n某地提出“走出“新路子””的要求，走出新路子。\n"
    (tmp_path / "a.txt").write_text(text, "utf-8")
    found = occurrences(qd.load_corpus(tmp_path), ["走出“新路子”"])
    assert [text[a:b] for a, b in zip(found["start"], found["end"])] == ["走出“新路子”", "走出新路子"]
    assert found["line"].tolist() == [3, 3] and list(found) == COLUMNS


@given(st.text('马上就办，,“”‘’"😀\ue000a１ ', max_size=40))
def test_folding_keeps_the_offset_of_every_character(text):
    plain, places = fold(text)
    assert len(plain) == len(places) and places == sorted(set(places))
    assert all(fold(text[place])[0] == character for character, place in zip(plain, places))


def test_a_wording_inside_a_longer_one_counts_for_both(tmp_path):
    (tmp_path / "a.txt").write_text("马上就办办就办好。", "utf-8")
    found = occurrences(qd.load_corpus(tmp_path), ["就办", "马上就办"])
    assert found["wording"].tolist() == ["马上就办", "就办", "就办"]


def test_mined_rows_are_taken_as_they_are_under_the_names_of_their_families(corpus):
    mined = qd.mine_slogans(corpus)
    outer = mined[~mined["nested"]]
    found = occurrences(corpus, outer, by="family")
    assert found["wording"].tolist() == outer["family"].tolist()
    assert found[["source", "start", "line"]].values.tolist() == outer[["source", "start", "line"]].values.tolist()
    assert set(timeline(corpus, mined, by="family")["wording"]) == set(mined["family"])


def test_the_speaker_or_the_subject_is_the_actor(tmp_path):
    text = "“我们要马上就办。”云溪市市长王小明说。\n\n云溪区科技局坚持马上就办。\n\n马上就办是习惯。"
    (tmp_path / "a.txt").write_text(text, "utf-8")
    found = occurrences(qd.load_corpus(tmp_path), ["马上就办"])
    assert found[["actor", "actor_kind"]].values.tolist() == [
        ["云溪市市长王小明", "speaker"],
        ["云溪区科技局", "organisation"],
        ["", ""],
    ]


def test_a_reprint_names_the_oldest_article_though_it_comes_first(tmp_path):
    rows = [("2022-03-02", "乙报", LONG), ("2022-03-01", "甲报", LONG), ("2022", "丙报", LONG), ("", "丁报", LONG)]
    found = occurrences(load(tmp_path, rows), [WORDING])
    oldest = found["article_id"].iat[1]
    assert found["duplicate_of"].tolist() == [oldest, "", oldest, oldest]


@pytest.mark.parametrize(
    ("wordings", "error", "message"),
    [("马上", TypeError, "put it in a list"), (["“”"], ValueError, "leave it out"), ([""], ValueError, "leave it out")],
)
def test_bad_wordings_are_named(corpus, wordings, error, message):
    with pytest.raises(error, match=message):
        occurrences(corpus, wordings)


def test_slogans_of_another_corpus_are_refused(corpus, tmp_path):
    with pytest.raises(ValueError, match="which this corpus has not there"):
        occurrences(load(tmp_path, [("", "", LONG)]), qd.mine_slogans(corpus))


def test_a_reprint_that_adds_the_wording_is_a_use_of_its_own(tmp_path):
    corpus = load(tmp_path, [("2021", "甲报", LONG[:-10] + "。"), ("2022", "乙报", LONG)])
    assert occurrences(corpus, [WORDING])["duplicate_of"].tolist() == [""]
    assert timeline(corpus, [WORDING])["n_distinct"].tolist() == [0, 1]


# -- firsts -----------------------------------------------------------------------------------------------------------


def test_a_date_means_all_the_days_it_may_mean():
    year, month, day, none = day_range("2024"), day_range("2024-02"), day_range("2024-02-29"), day_range("")
    assert year[1] - year[0] == 365 and month[1] - month[0] == 28 and day[0] == day[1] == month[1]  # a leap year
    assert none[0] < year[0] < month[0] < day[0] and day[1] < year[1] < none[1]
    assert day_range("2023-02-30") == day_range("2023-13") == day_range("n. d.") == none


def test_who_was_first_and_how_sure_that_is(wave):
    row = first_uses(occurrences(wave, [WORDING]), wave).iloc[0]
    told = ["first", "outlet", "last", "n", "n_distinct", "earlier", "tied", "doubt"]
    # six uses of which the reprint is none of its own; one article is older; the undated one may be
    assert row[told].tolist() == ["2022-01-05", "甲报", "2023", 6, 5, 1, 1, "no date: 1"]


def test_the_first_in_each_outlet_is_set_against_that_outlet(wave):
    table = first_uses(occurrences(wave, [WORDING]), wave, by="outlet").set_index("outlet")
    assert table["earlier"].to_dict() == {"甲报": 1, "乙报": 0, "丙报": 0, "丁报": 0, "戊报": 0}
    assert table["first"].tolist() == ["2022-01-05", "2022-01-09", "2022-01-15", "2023", ""]
    assert table.loc["丙报", ["n", "n_distinct"]].tolist() == [1, 0]


@pytest.mark.parametrize(
    ("dates", "first", "doubt"),
    [
        (["2022-05-01", "2022-05-01"], "2022-05-01", "same date: 1"),
        (["2022", "2022-05-01"], "2022-05-01", "overlapping date: 1"),
        (["2022-05", "2022-06-01"], "2022-05", ""),
        (["2022-05", "2022-05"], "2022-05", "same date: 1"),
        (["2021", "2022-05-01"], "2021", ""),
        (["", "2022-05-01", "2022-05-01"], "2022-05-01", "no date: 1; same date: 1"),
        (["", ""], "", "no date: 1"),
    ],
)
def test_a_first_is_no_surer_than_the_dates(tmp_path, dates, first, doubt):
    corpus = load(tmp_path, [(when, "甲报", filler(i) + SAID) for i, when in enumerate(dates)])
    row = first_uses(occurrences(corpus, [WORDING]), corpus).iloc[0]
    assert [row["first"], row["doubt"], row["earlier"]] == [first, doubt, 0]


def test_a_reprint_of_the_same_day_leaves_open_who_was_first(tmp_path):
    corpus = load(tmp_path, [("2022-05-01", "甲报", LONG), ("2022-05-01", "乙报", LONG)])
    row = first_uses(occurrences(corpus, [WORDING]), corpus).iloc[0]
    assert row[["n", "n_distinct", "tied", "doubt"]].tolist() == [2, 1, 1, "same date: 1"]


# -- adoption ---------------------------------------------------------------------------------------------------------


def test_who_took_it_up_in_which_order_and_how_much_later(wave):
    table = adoption(occurrences(wave, [WORDING]), by="outlet")
    assert table["outlet"].tolist() == ["甲报", "丙报", "乙报", "丁报", "戊报"]
    assert table["lag"].fillna(-1).tolist() == [0, 4, 10, -1, -1]  # a year is no day
    assert table["order"].fillna(-1).tolist() == [1, 2, 3, 4, -1]
    assert table[["n", "n_distinct"]].values.tolist() == [[1, 1], [1, 0], [2, 2], [1, 1], [1, 1]]


def test_dates_that_do_not_tell_share_their_place(tmp_path):
    rows = [
        (when, outlet, filler(i) + SAID)
        for i, (when, outlet) in enumerate(zip(["2022-05-01", "2022", "2022-05-01", "2023"], "甲乙丙丁"))
    ]
    table = adoption(occurrences(load(tmp_path, rows), [WORDING])).set_index("outlet")
    assert table["order"].to_dict() == {"甲": 1, "丙": 1, "乙": 1, "丁": 4}


@given(st.lists(st.sampled_from(["2021-03-01", "2021-03-02", "2021-04-01", "2022-01-01"]), min_size=1, max_size=8))
def test_with_full_dates_the_order_is_the_rank(dates):
    rows = [["话", f"甲{i}", when, f"甲{i}", ""] for i, when in enumerate(dates)]
    uses = pd.DataFrame(rows, columns=["wording", "article_id", "date", "outlet", "duplicate_of"])
    table = adoption(uses)
    assert table["order"].tolist() == table["first"].rank(method="min").tolist()


def test_wordings_against_actors_in_an_order_for_a_figure(tmp_path):
    rows = [
        ("2022-05-01", "甲", filler(0) + "马上就办。"),
        ("2021-05-01", "乙", filler(1) + "说干就干。马上就办。"),
        ("2022-06-01", "丙", filler(2) + "说干就干。说干就干。"),
    ]
    table = spread(occurrences(load(tmp_path, rows), ["说干就干", "马上就办"]), by="outlet")
    wide = table.pivot(index="wording", columns="outlet", values="n")
    assert list(wide.columns) == ["乙", "丙", "甲"] and set(wide.index) == {"说干就干", "马上就办"}
    assert wide.loc["说干就干"].fillna(0).tolist() == [1, 2, 0] and set(table["kind"]) == {"outlet"}


@pytest.mark.parametrize("function", [adoption, spread, lambda uses, by: first_uses(uses, None, by)])
def test_an_unknown_group_is_named(corpus, function):
    with pytest.raises(ValueError, match="by must be one of .*outlet.*, got 'paper'"):
        function(occurrences(corpus, ["青岛"]), by="paper")


# -- timeline ---------------------------------------------------------------------------------------------------------


def test_periods_with_text_are_shown_and_others_left_out(wave):
    table = timeline(wave, [WORDING, "没有的话"])
    assert list(table) == TIMELINE_COLUMNS and table.attrs["unplaced"] == 1
    assert table["period"].tolist() == ["2021", "2022", "2023"] * 2
    assert table["n"].tolist() == [0, 4, 1, 0, 0, 0] and table["n_distinct"].tolist() == [0, 3, 1, 0, 0, 0]
    assert table["n_articles"].tolist() == [1, 2, 1] * 2
    first = table.iloc[1]
    assert first["n_chars"] == len(LONG) + len(filler(2) + SAID + SAID)
    assert (
        first["rate"] == pytest.approx(10_000 * 3 / first["n_chars"]) and first["low"] < first["rate"] < first["high"]
    )
    assert table.iloc[3][["rate", "low"]].tolist() == [0, 0]  # not once in 121 characters: up to 3.689 / 121
    assert table.iloc[3]["high"] == pytest.approx(10_000 * 3.688879 / 121)


def test_a_coarse_date_has_no_month(wave):
    table = timeline(wave, [WORDING], freq="month")
    assert table["period"].tolist() == ["2021-12", "2022-01"] and table.attrs["unplaced"] == 2


def test_a_period_of_reprints_alone_has_a_count_and_no_rate(tmp_path):
    table = timeline(load(tmp_path, [("2021", "甲", LONG), ("2022", "乙", LONG)]), [WORDING])
    assert (
        table["n"].tolist() == [1, 1]
        and table["n_distinct"].tolist() == [1, 0]
        and table["rate"].isna().tolist() == [False, True]
    )


def test_an_unknown_period_is_named(corpus):
    with pytest.raises(ValueError, match="freq must be one of year, month, day, got 'week'"):
        timeline(corpus, ["青岛"], freq="week")


@pytest.mark.parametrize("wordings", [["没有这样的话"], []])
def test_nothing_found_gives_empty_tables_with_their_columns(corpus, wordings):
    uses = occurrences(corpus, wordings)
    assert list(uses) == COLUMNS and len(uses) == 0
    for by in ("outlet", "actor", "date"):
        assert len(adoption(uses, by)) == len(spread(uses, by)) == len(first_uses(uses, corpus, by)) == 0
        assert list(adoption(uses, by))[:2] == list(first_uses(uses, corpus, by))[:2] == ["wording", by]
    assert timeline(corpus, wordings)["n"].sum() == 0


def test_texts_without_marks_or_dates_and_with_odd_characters_are_no_trouble(tmp_path):
    text = "马上就办" * 3000 + "😀\ue000“"
    (tmp_path / "a.txt").write_text(text, "utf-8")
    corpus = qd.load_corpus(tmp_path)
    uses = occurrences(corpus, ["马上就办", "😀", "\ue000"])
    assert uses["wording"].value_counts().to_dict() == {"马上就办": 3000, "😀": 1, "\ue000": 1}
    assert first_uses(uses, corpus)["first"].tolist() == ["", "", ""] and len(timeline(corpus, ["马上就办"])) == 0


def test_nothing_is_counted_in_a_corpus_without_articles():
    table = timeline(corpus_of(), [WORDING])
    assert (len(table), list(table)) == (0, TIMELINE_COLUMNS)


def test_the_last_line_of_one_article_names_no_speaker_in_the_next():
    line, said = ("speaker", "张老师："), ("quote", f"我们{WORDING}。")
    assert occurrences(corpus_of(("news", None, line), ("news", None, said)), [WORDING])["actor"].tolist() == [""]
    found = occurrences(corpus_of(("news", None, line, said)), [WORDING])
    assert found[["actor", "actor_kind"]].values.tolist() == [["张老师", "speaker"]]


def test_an_article_that_says_it_twice_is_tied_once(tmp_path):
    rows = [("2022-01-05", "甲报", filler(0) + SAID), ("2022-01", "乙报", filler(2) + SAID + SAID)]
    corpus = load(tmp_path, rows)
    row = first_uses(occurrences(corpus, [WORDING]), corpus).iloc[0]
    assert (row["n"], row["tied"], row["doubt"]) == (3, 1, "overlapping date: 1")
