"""How strong a wording stands: against worked examples, closed forms, and what the field's papers give."""

import math

import pytest
from conftest import corpus_of

import qdlib as qd
from qdlib.corpus import PLACES
from qdlib.measures import dispersion_by_chance, share_interval
from qdlib.prominence import (
    DISPERSION_COLUMNS,
    KEYNESS_COLUMNS,
    SHARE_COLUMNS,
    article_share,
    collocates,
    count_by_place,
    count_by_voice,
    string_keyness,
    wording_dispersion,
)
from qdlib.wordings import VOICES


def text(n_chars, wording="", times=0):
    """A paragraph of so many characters that holds a wording so many times."""
    return (wording + "。") * times + "口" * (n_chars - times * (len(wording) + 1))


def paragraphs(*texts):
    """A corpus of articles of one paragraph."""
    return corpus_of(*(("news", None, ("body", text)) for text in texts))


# -- how many articles have it ----------------------------------------------------------------------------------------


def test_articles_are_counted_with_their_captions_and_lone_captions_are_none():
    corpus = corpus_of(
        ("news", None, ("headline", "甲"), ("body", "甲乙")),
        ("caption", 0, ("caption", "丙")),
        ("news", None, ("body", "乙，乙")),
        ("caption", None, ("caption", "乙丙")),
        ("news", None, ("body", "丁")),
    )
    table = article_share(corpus, ["甲", "乙", "甲乙", "丙", "戊"])
    assert list(table) == SHARE_COLUMNS
    assert table[["wording", "count", "own", "n_articles", "articles", "share"]].values.tolist() == [
        ["甲", 2, 1, 1, 3, 1 / 3],
        ["乙", 4, 3, 2, 3, 2 / 3],
        ["甲乙", 1, 1, 1, 3, 1 / 3],
        ["丙", 2, 2, 1, 3, 1 / 3],
        ["戊", 0, 0, 0, 3, 0],
    ]
    assert table.loc[1, ["low", "high"]].tolist() == list(share_interval(2, 3))


def test_how_likely_the_tier_flips_with_a_single_article():
    # one of one: Beta(3/2, 1/2), whose distribution at x is 2/pi (asin sqrt x - sqrt(x(1-x))); none of one: Beta(1/2, 3/2),
    # with a plus. The tiers found are the highest and the lowest, so the flip is what lies below the one, above the other.
    table = article_share(paragraphs("甲"), ["甲", "乙"])
    below = 2 / math.pi * (math.asin(math.sqrt(0.0518)) - math.sqrt(0.0518 * 0.9482))
    above = 1 - 2 / math.pi * (math.asin(math.sqrt(0.0129)) + math.sqrt(0.0129 * 0.9871))
    assert table["tier"].tolist() == ["沸", "below 烫"] and table["flip"].tolist() == pytest.approx([below, above])


def test_the_tiers_begin_at_the_published_shares():
    corpus = paragraphs(*["甲"] * 1, *["乙"] * 4, *["无"] * 72)  # 1/77 = 0.01299, 4/77 = 0.0519
    table = article_share(corpus, ["甲", "乙", "丙"], reprints=None)
    assert table["tier"].tolist() == ["烫", "沸", "below 烫"]
    more = paragraphs(*["甲"] * 1, *["乙"] * 4, *["无"] * 73)  # 1/78 = 0.01282, 4/78 = 0.0513
    assert article_share(more, ["甲", "乙"], reprints=None)["tier"].tolist() == ["below 烫", "烫"]


def test_a_tier_is_the_surer_the_more_articles_there_are():
    flips = [
        article_share(paragraphs(*["甲"] * n, *["无"] * 9 * n), ["甲"], reprints=None)["flip"][0] for n in (1, 3, 9, 27)
    ]
    assert flips == sorted(flips, reverse=True) and flips[0] > 0.2 and flips[-1] < 0.001


def test_reprints_count_once_and_both_counts_are_shown():
    story = "今天上午市里召开工作推进会，安排部署学在先和城市更新重点任务。"
    corpus = paragraphs(
        story, story[:-2] + "项。", story, "村里开会学在先，大家都说这样好，明年还要接着干下去才行。", "无关"
    )
    table = article_share(corpus, ["学在先"])
    assert table[["count", "n_articles", "articles", "n_distinct", "distinct"]].values.tolist() == [[4, 4, 5, 2, 3]]
    assert table["share"].tolist() == [2 / 3]
    assert article_share(corpus, ["学在先"], reprints=None)["share"].tolist() == [4 / 5]


def test_a_corpus_of_captions_alone_has_no_share():
    with pytest.raises(ValueError, match="no article, only captions"):
        article_share(corpus_of(("caption", None, ("caption", "甲"))), ["甲"])


# -- against another corpus, and over this one ------------------------------------------------------------------------


def test_keyness_of_strings_is_set_against_characters():
    corpus, reference = paragraphs(text(1000, "学在先", 30)), paragraphs(text(2000, "学在先", 10))
    table = string_keyness(corpus, reference, ["学在先", "学", "无"])
    assert list(table) == KEYNESS_COLUMNS and table["wording"].tolist() == ["学", "学在先"]  # equals by code point
    row = table.iloc[1]
    assert row[["target", "target_own", "reference", "reference_own"]].tolist() == [30, 30, 10, 10]
    assert row[["g2", "g2_four", "log_ratio"]].tolist() == pytest.approx([29.0392, 29.4627, 2.58496], abs=5e-5)
    assert table.loc[0, ["target", "target_own"]].tolist() == [30, 0]


def test_in_a_list_of_words_a_longer_word_counts_and_what_it_lacks_is_unknown():
    table = string_keyness(
        paragraphs("甲乙，甲乙丙，戊己。"), {"甲乙": 2, "甲乙丙": 3, "丁": 10}, ["戊己", "甲乙", "甲乙丙", "庚", "丙"]
    )
    assert table["wording"].tolist()[-1] == "戊己" and table.iloc[-1, 3:].isna().all()
    rows = table.set_index("wording")[["target", "target_own", "reference", "reference_own"]]
    assert rows.loc["甲乙"].tolist() == [2, 1, 5, 2] and rows.loc["甲乙丙"].tolist() == [1, 1, 3, 3]
    assert rows.loc["丙"].tolist() == [1, 0, 3, 0]
    # 2 of 10 characters against 5 of 2*2 + 3*3 + 10 = 23
    assert table.set_index("wording").loc["甲乙", "log_ratio"] == pytest.approx(math.log2(2 / 10 / (5 / 23)))


def test_a_list_that_has_none_of_the_wordings_gives_no_measure():
    table = string_keyness(paragraphs("甲乙"), {"丁": 1}, ["甲乙"])
    assert list(table) == KEYNESS_COLUMNS and table["wording"].tolist() == ["甲乙"] and table["g2"].isna().all()


def test_dispersion_of_gries_five_part_example_in_characters():
    sizes = [9, 10, 10, 10, 11]
    corpus = paragraphs(*("甲" * n + "口" * (size - n) for n, size in enumerate(sizes, 1)))
    table = wording_dispersion(corpus, ["甲", "乙"])
    assert list(table) == DISPERSION_COLUMNS
    assert table.loc[0, ["count", "range", "parts"]].tolist() == [15, 5, 5]
    assert table.loc[0, ["dp", "dp_norm", "d"]].round(4).tolist() == [0.18, 0.2195, 0.7852]
    assert table.loc[0, ["chance_low", "chance", "chance_high"]].tolist() == dispersion_by_chance(15, sizes).tolist()
    assert table.loc[1, ["count", "range"]].tolist() == [0, 0] and table.iloc[1, 4:].isna().all()


def test_the_parts_are_articles_with_their_captions_sections_or_sources():
    corpus = corpus_of(
        ("news", None, ("body", "甲口"), ("subhead", "甲口"), ("body", "口口"), ("subhead", "口口")),
        ("caption", 0, ("caption", "口口口口")),
        ("news", None, ("body", "甲" * 12)),
    )
    rows = {unit: wording_dispersion(corpus, ["甲"], unit).iloc[0] for unit in ("article", "section", "source")}
    assert {unit: (row["range"], row["parts"]) for unit, row in rows.items()} == {
        "article": (2, 2), "section": (3, 5), "source": (2, 3),
    }  # fmt: skip
    # 2 of 14 in a part of 12 of 24: |1/7 - 1/2| twice, halved
    assert rows["article"]["dp"] == pytest.approx(5 / 14)
    with pytest.raises(ValueError, match="unit must be one of article, section, source, got 'page'"):
        wording_dispersion(corpus, ["甲"], "page")
    with pytest.raises(ValueError, match="the corpus has 1 article"):
        wording_dispersion(paragraphs("甲"), ["甲"])


# -- what company it keeps --------------------------------------------------------------------------------------------


def company(texts, wording="学在先", **options):
    """The collocates of a wording: joint and whole count."""
    table = collocates(paragraphs(*texts), wording, **({"min_count": 1} | options))
    return {row.term: (row.joint, row.count_) for row in table.rename(columns={"count": "count_"}).itertuples()}


def test_a_word_cut_by_the_window_and_the_wording_s_own_words_are_left_out():
    line = "经济，学在先，社会。教育"
    assert company([line], window=2) == {}
    assert company([line], window=3) == {"经济": (1, 1), "社会": (1, 1)}
    assert company([line], window=6) == {"经济": (1, 1), "社会": (1, 1), "教育": (1, 1)}
    # 经济 is a word of the wording in its first place, a collocate in the second
    assert company(["经济，社会，经济"], wording="经济，社会") == {"经济": (1, 1)}
    assert company(["经济，社会。经济，社会"], wording="经济，社会") == {}


def test_a_word_in_two_windows_counts_once_and_no_window_leaves_its_unit():
    texts = ["学在先，经济，学在先。社会", "教育"]
    assert company(texts) == {"经济": (1, 1), "社会": (1, 1)}
    assert company(texts, unit="sentence") == {"经济": (1, 1)}
    joined = corpus_of(("news", None, ("body", "学在先"), ("body", "经济")))
    assert collocates(joined, "学在先", min_count=1).empty
    assert collocates(joined, "学在先", min_count=1, unit="article")["term"].tolist() == ["经济"]


def test_the_strength_of_a_collocate_by_hand():
    # 2 occurrences of the wording and 6 words make 8; 2 words stand in the windows, so 经济, 3 in all, is expected 2 * 3/8
    row = collocates(paragraphs("学在先，经济", "学在先，经济", "经济，社会，社会，社会"), "学在先").iloc[0]
    assert row["term"] == "经济" and row["mi"] == pytest.approx(math.log2(2 / 0.75))
    assert row["log_dice"] == pytest.approx(14 + math.log2(4 / 5))
    assert row["g2"] == pytest.approx(2 * (2 * math.log(2 / 0.75) + math.log(1 / 2.25)))


def test_a_collocate_is_expected_by_the_words_in_all_windows():
    # 老师 thrice, 花园 and 学生 once stand in the windows of three: 5/3 a window; 3 occurrences and 7 words make 10
    table = collocates(paragraphs("老师守护。老师守护花园，学生守护。老师，学生，校长"), "守护", window=3, min_count=1)
    row = table.set_index("term").loc["老师"]
    assert (row["joint"], row["count"]) == (3, 3) and row["mi"] == pytest.approx(math.log2(3 / (3 * 5 / 3 * 3 / 10)))


def test_collocates_refuse_what_they_cannot_do_and_find_nothing_without_fuss():
    corpus = paragraphs("学在先")
    assert (
        list(collocates(corpus, "无"))
        == list(collocates(corpus, "学在先"))
        == ["term", "joint", "count", "mi", "log_dice", "g2"]
    )
    with pytest.raises(TypeError, match="got list"):
        collocates(corpus, ["学在先"])
    with pytest.raises(ValueError, match="window must be 1 or more characters, got 0"):
        collocates(corpus, "学在先", window=0)


# -- where in the article, and in whose voice -------------------------------------------------------------------------


def test_places_against_what_their_length_would_have():
    corpus = corpus_of(
        (
            "news",
            None,
            ("headline", text(10, "甲", 2)),
            ("body", text(30, "甲", 1)),
            ("body", text(40, "甲", 1)),
            ("body", text(20)),
        )
    )
    table = count_by_place(corpus, ["甲", "乙"])
    assert table["place"].tolist() == [*PLACES, *PLACES]
    rows = table[table["wording"] == "甲"].set_index("place")[["count", "n_chars", "expected", "ratio"]]
    assert rows.loc[["headline", "lead", "body", "close"]].values.tolist() == [
        [2, 10, 0.4, 5], [1, 30, 1.2, pytest.approx(1 / 1.2)], [1, 40, 1.6, 0.625], [0, 20, 0.8, 0],
    ]  # fmt: skip
    assert rows.loc["caption", "ratio"] != rows.loc["caption", "ratio"]  # nothing expected: missing
    assert table[table["wording"] == "乙"]["count"].sum() == 0


def test_voices_against_what_their_length_would_have():
    corpus = corpus_of(
        ("news", None, ("body", "他说：“要甲。”甲口口口口口口口口口口")), ("commentary", None, ("body", "口口口口口"))
    )
    rows = count_by_voice(corpus, ["甲"]).set_index("voice")
    assert rows.index.tolist() == list(VOICES)
    # 19 characters, 3 of them between the marks, and 5 of a commentary
    assert rows["n_chars"].to_dict() == {"headline": 0, "narration": 16, "direct quote": 3, "editorial": 5}
    assert rows["count"].to_dict() == {"headline": 0, "narration": 1, "direct quote": 1, "editorial": 0}
    assert rows.loc["direct quote", ["expected", "ratio"]].tolist() == [0.25, 4]


def test_all_measures_take_the_mined_table_and_count_a_family_as_one(corpus):
    mined = qd.mine_slogans(corpus)
    families = mined["family"].drop_duplicates().tolist()
    tables = [
        measure(corpus, mined, by="family")
        for measure in (article_share, wording_dispersion, count_by_place, count_by_voice)
    ]
    for table in tables:
        assert table["wording"].drop_duplicates().tolist() == families
    sums = [table.groupby("wording", sort=False)["count"].agg("sum").tolist() for table in tables]
    assert sums[0] == sums[1] == sums[2] == sums[3]
    key = string_keyness(corpus, paragraphs("无"), mined, by="family").set_index("wording")["target"]
    assert (
        key[families] >= tables[0].set_index("wording")["count"]
    ).all()  # on the text there may be more than were mined


def test_without_occurrences_the_tables_have_their_columns():
    corpus = paragraphs("无", "口")
    assert list(article_share(corpus, [])) == SHARE_COLUMNS
    assert list(wording_dispersion(corpus, [])) == DISPERSION_COLUMNS
    assert list(string_keyness(corpus, corpus, [])) == KEYNESS_COLUMNS
    assert list(count_by_place(corpus, [])) == ["wording", "place", "count", "n_chars", "expected", "ratio"]
    assert list(count_by_voice(corpus, [])) == ["wording", "voice", "count", "n_chars", "expected", "ratio"]
