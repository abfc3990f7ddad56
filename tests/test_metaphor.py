"""Metaphor: forms found where they stand, literal uses shut out or doubted, rates, comparisons and codings worked by hand."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import poisson

import qdlib as qd
from qdlib.coding import SCORE_COLUMNS, coding_sheet, score_coding
from qdlib.domains import RATE_COLUMNS, SHARE_COLUMNS, check_claims, compare_domains, metaphor_rates
from qdlib.measures import rate_interval
from qdlib.metaphor import COLUMNS, DEGREES, DOMAINS, find_metaphors, metaphor_lexicon

OWN = pd.DataFrame(
    [
        ("war", "攻坚", "conventional", ""),
        ("war", "攻坚战", "live", ""),
        ("war", "一线", "conventional", "一线城市"),
        ("motion", "冲刺", "live", ""),
        ("motion", "运动员", "literal", ""),
        ("family", "暖心", "live", ""),
    ],
    columns=["domain", "form", "degree", "literal_in"],
)


def written(folder, **texts):
    """A corpus of one article a text, each with a headline and a date."""
    for name, (date, *paragraphs) in texts.items():
        text = "\n\n".join(["某县召开座谈会", f"{date} 08:00", *paragraphs])
        (folder / f"{name}.txt").write_text(text, "utf-8")
    return qd.load_corpus(folder)


@pytest.fixture
def years(tmp_path):
    """Three articles: two of speed in 2021, one of warmth in 2023, eight paragraphs each."""
    fast = ["各单位起步就要冲刺，全年都在冲刺。"] * 8
    warm = ["窗口人员说话暖心，办事也暖心，偶尔冲刺一回。"] * 8
    return written(tmp_path, a=("2021-03-01", *fast), b=("2021-05-01", *fast), c=("2023-02-01", *warm))


def forms(folder, text, lexicon=None, **options):
    """The forms found in one paragraph of text."""
    return find_metaphors(written(folder, a=("2021-03-01", text)), lexicon, **options)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("全县打响污染防治攻坚战。", {"打响": "war", "攻坚战": "war"}),
        ("新学期开局良好，班子成员甘当老黄牛。", {"开局": "contest", "老黄牛": "nature"}),
        ("村里的半劳动力都回来了。", {}),  # a string inside a word
        ("中央重视阶级斗争。", {"斗争": "war"}),  # a word inside a word
        ("他喜欢冲锋枪模型。", {}),  # literal in a longer string
        ("农村人民生活水平稳步提高。", {"稳步": "motion"}),  # 活水 lies across two words
        ("处处风清气正在情理之中。", {"风清气正": "nature"}),  # a phrase stands, though 正在 is a word
        ("沿着伟大潮流走。", {"潮流": "nature"}),  # 大潮, which begins first, is no word here
        ("图书馆每天九点开门。", {}),
    ],
)
def test_forms_are_found_as_words_and_literal_uses_are_not(tmp_path, text, expected):
    table = forms(tmp_path, text)
    assert dict(zip(table["form"], table["domain"])) == expected


def test_the_longest_form_wins_and_no_place_counts_twice(tmp_path):
    table = forms(tmp_path, "攻坚战要攻坚，一线城市的一线。", OWN)
    assert table["form"].tolist() == ["攻坚战", "攻坚", "一线"]
    assert table["degree"].tolist() == ["live", "conventional", "conventional"]
    assert table["left"].iloc[2] == "攻坚战要攻坚，一线城市的"[-10:] and table["right"].iloc[2] == "。"


def test_a_word_inside_a_word_counts_and_a_mere_string_does_not(tmp_path):
    own = pd.DataFrame({"domain": ["machine", "war"], "form": ["动力", "斗争"], "degree": "live"})
    table = forms(tmp_path, "半劳动力、劳动力参加阶级斗争，增添新动力。", own)
    assert table["form"].tolist() == ["斗争", "动力"] and table["left"].iloc[1].endswith("新")


def test_degrees_part_the_hits(years):
    every, *parts = (find_metaphors(years, degree=degree) for degree in ("all", *DEGREES))
    assert len(every) == sum(map(len, parts)) and set(parts[1]["degree"]) == {"live"}


def test_a_literal_scene_close_by_is_a_doubt_and_not_a_loss(tmp_path):
    table = forms(tmp_path, "运动员最后冲刺。" + "天" * 12 + "。项目进入冲刺。", OWN)
    assert table["doubt"].tolist() == ["beside 运动员", ""]


def test_every_hit_leads_back_to_its_raw_place(years, tmp_path):
    table = find_metaphors(years)
    assert list(table) == COLUMNS and len(table)
    for hit in table.itertuples():
        raw = (tmp_path / hit.source).read_text("utf-8")
        assert raw[hit.start : hit.end] == hit.form and raw.count("\n", 0, hit.start) + 1 == hit.line


def test_hits_inside_a_slogan_are_marked(tmp_path):
    corpus = written(tmp_path, a=("2021-03-01", "大家以“动工就是冲刺，进场就是决战”的劲头工作，项目进入冲刺。"))
    assert find_metaphors(corpus, OWN)["in_slogan"].isna().all()
    table = find_metaphors(corpus, OWN, mined=qd.mine_slogans(corpus))
    assert table["in_slogan"].tolist() == [True, False]


@pytest.mark.parametrize("text", ["没有标点" * 2500, "😀😀\ue000“”’’（", "“冲刺（", "、，。"])
def test_odd_texts_give_tables_with_the_same_columns(tmp_path, text):
    corpus = written(tmp_path, a=("2021-03-01", text))
    table = find_metaphors(corpus, OWN)
    assert list(table) == COLUMNS and len(table) == text.count("冲刺")
    assert list(metaphor_rates(table, corpus)) == RATE_COLUMNS
    assert list(compare_domains(table, corpus, draws=5)) == SHARE_COLUMNS
    sheet, key = coding_sheet(table, corpus)
    assert sorted(sheet["item"]) == sorted(key["item"])


def test_the_package_s_lexicon_is_in_order():
    table = metaphor_lexicon()
    hits = table[table["degree"] != "literal"]
    assert set(hits["domain"]) == set(DOMAINS) and (hits["form"].str.len() > 1).all()
    assert hits.groupby(["domain", "degree"]).size().min() >= 10
    assert all(row.form in string for row in hits.itertuples() for string in row.literal_in.split())
    assert set(table.loc[table["degree"] == "literal", "domain"]) == set(DOMAINS)


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ("war\t攻坚\tdead", "conventional, live or literal"),
        ("war\t攻坚", "parted by tabs; got 'war / 攻坚 /  / '"),
        ("war\t攻坚\tlive\nmotion\t攻坚\tlive", "form '攻坚' stands twice"),
    ],
)
def test_a_lexicon_out_of_order_is_refused(tmp_path, lines, message):
    path = tmp_path / "own.txt"
    path.write_text("# mine\n" + lines, "utf-8")
    with pytest.raises(ValueError, match=message):
        metaphor_lexicon(path)


def test_a_lexicon_of_one_s_own_may_bring_a_domain(tmp_path):
    path = tmp_path / "own.txt"
    path.write_text("theatre\t重头戏\tlive\n", "utf-8")
    (tmp_path / "texts").mkdir()
    corpus = written(tmp_path / "texts", a=("2021-03-01", "今年的重头戏是修渠。"))
    table = find_metaphors(corpus, path)
    rates = metaphor_rates(table, corpus)
    assert table["domain"].tolist() == ["theatre"]
    assert set(rates["domain"]) == {*DOMAINS, "theatre"}
    assert find_metaphors(corpus, OWN[:0]).empty


def test_rates_are_counts_over_characters_with_zero_cells(years):
    table = find_metaphors(years, OWN)
    rates = metaphor_rates(table, years, by="year").set_index(["group", "domain"])
    assert len(rates) == 2 * len(DOMAINS)
    motion = rates.loc[("2021", "motion")]
    assert motion["n"] == 32 and motion["n_articles"] == motion["articles"] == 2
    assert motion["per_1000"] == pytest.approx(32_000 / motion["n_chars"])
    assert rates.loc[("2023", "family"), "n"] == 16 and rates.loc[("2021", "family"), "n"] == 0
    assert rates.loc[("2021", "family"), "low"] == 0 < rates.loc[("2021", "family"), "high"]
    assert metaphor_rates(table, years).groupby("domain")["n"].sum().to_dict()["motion"] == 40
    assert motion["n_chars"] == 2 * (7 + 8 * 17)  # two headlines of 7, eight paragraphs of 17 each


def test_the_interval_of_a_rate_is_garwood_s():
    # published: 0 events (0, 3.689), 10 events (4.795, 18.390)
    assert rate_interval(0, 1) == pytest.approx((0, 3.689), abs=5e-4)
    assert rate_interval(10, 2) == pytest.approx((4.795 / 2, 18.390 / 2), abs=5e-4)
    for bad in ((-1, 1), (1, 0), (1, 1, 1)):
        with pytest.raises(ValueError, match="count must be 0 or more"):
            rate_interval(*bad)


@given(st.integers(1, 200), st.floats(0.1, 100))
def test_at_the_ends_of_the_interval_the_count_is_just_possible(count, exposure):
    low, high = rate_interval(count, exposure)
    assert poisson.sf(count - 1, low * exposure) == pytest.approx(0.025, rel=1e-6)
    assert poisson.cdf(count, high * exposure) == pytest.approx(0.025, rel=1e-6)


def test_a_domain_that_marks_a_group_stands_out_and_one_that_leads_everywhere_does_not(years):
    table = find_metaphors(years, OWN)
    shares = compare_domains(table, years, by="year", draws=400).set_index(["group", "domain"])
    warm = shares.loc[("2023", "family")]
    # 16 of 24 in each drawing again, since all paragraphs are alike
    assert warm[["n", "share", "rank", "leads"]].tolist() == [16, pytest.approx(2 / 3), 1, 1.0]
    assert warm["low"] == pytest.approx(2 / 3) and warm["high"] == pytest.approx(2 / 3)
    assert warm["p_leads"] < 0.02 and warm["p_share"] < 0.02
    assert shares.loc[("2021", "motion"), "p_leads"] > 0.9  # it leads whatever the paragraphs
    assert shares.loc[("2021", "motion"), "p_share"] < 0.02


def test_whole_articles_know_less_than_paragraphs(years):
    table = find_metaphors(years, OWN)
    shares = compare_domains(table, years, by="year", unit="article", draws=600).set_index(["group", "domain"])
    # one article of three is dealt to 2023: warmth is it in a third of the cases
    assert shares.loc[("2023", "family"), "p_share"] == pytest.approx(1 / 3, abs=0.07)
    assert np.isnan(shares.loc[("2023", "family"), "low"])  # a single unit cannot be drawn again
    assert shares.loc[("2021", "motion"), "low"] == 1


def test_paragraphs_alike_show_no_difference(tmp_path):
    same = ["项目进入冲刺，也很暖心。"] * 6
    corpus = written(tmp_path, a=("2021-03-01", *same), b=("2023-03-01", *same))
    shares = compare_domains(find_metaphors(corpus, OWN), corpus, draws=50)
    assert (shares.loc[shares["n"] > 0, "p_share"] == 1).all() and (shares["p_leads"][shares["n"] > 0] == 1).all()


def test_claims_are_tested_alone_and_together(years):
    table = find_metaphors(years, OWN)
    right = check_claims(table, years, {"2021": "motion", "2023": "family"}, draws=400)
    assert right["leader"].tolist() == ["motion", "family", ""] and right["group"].tolist() == ["2021", "2023", "all"]
    assert right["share"].iloc[2] == pytest.approx((1 + 2 / 3) / 2)
    assert right["leads"].iloc[2] == 1 and right["p_share"].iloc[2] < 0.02 and right["p_leads"].iloc[2] < 0.02
    wrong = check_claims(table, years, {"2023": "motion"}, draws=400)
    assert wrong["leader"].iloc[0] == "family" and wrong["rank"].iloc[0] == 2 and wrong["p_share"].iloc[0] > 0.9
    again = check_claims(table, years, {"2023": "motion"}, draws=400)
    pd.testing.assert_frame_equal(wrong, again)


def test_nothing_found_is_nothing_compared(years):
    nothing = find_metaphors(years, OWN[:0])
    shares = compare_domains(nothing, years, draws=5)
    assert (shares["n"] == 0).all() and shares.drop(columns=["group", "domain", "n"]).isna().all(axis=None)
    assert (metaphor_rates(nothing, years)["per_1000"] == 0).all()
    claims = check_claims(nothing, years, {"2021": "motion"}, draws=5)
    assert claims["share"].isna().all() and claims["leader"].tolist() == ["", ""]


def test_what_never_happens_in_the_draws_still_has_a_chance_of_one_in_draws_and_one(tmp_path):
    for name, line in (("war", "大家打好攻坚战。"), ("speed", "大家一起冲刺。")):
        (tmp_path / f"{name}.txt").write_text("大家吃饭睡觉的一年\n\n" + f"{line}\n\n" * 20, "utf-8")
    corpus = qd.load_corpus(tmp_path)
    table = compare_domains(find_metaphors(corpus), corpus, draws=9).set_index(["group", "domain"])
    assert table.loc["war.txt", "war"][["n", "share", "rank", "p_share"]].tolist() == [20, 1, 1, 0.1]


def test_a_group_without_metaphors_in_a_draw_has_no_leader(tmp_path):
    (tmp_path / "a.txt").write_text("大家吃饭睡觉的一年\n\n大家打好攻坚战。\n", "utf-8")
    (tmp_path / "b.txt").write_text("大家吃饭睡觉的一年\n\n大家吃饭睡觉。\n", "utf-8")
    corpus = qd.load_corpus(tmp_path)
    table = compare_domains(find_metaphors(corpus), corpus, draws=200).set_index(["group", "domain"])
    assert 0.3 < table.loc[("a.txt", "war"), "p_leads"] < 0.7  # the only hit falls to either page
    assert table.loc[("a.txt", "motion"), "p_leads"] == 1 / 201


def test_the_interval_of_a_share_is_that_of_the_draws(tmp_path):
    (tmp_path / "a.txt").write_text("大家打好攻坚战，桥就修好了。\n\n大家一起冲刺，桥就修好了。\n", "utf-8")
    corpus = qd.load_corpus(tmp_path)
    table = compare_domains(find_metaphors(corpus), corpus, draws=200).set_index("domain")
    # two units of one hit: the share is 0 or 1 in a quarter of the draws each
    assert table.loc["war", ["n", "share", "low", "high"]].tolist() == [1, 0.5, 0, 1]


def test_the_sheet_marks_forms_and_hides_them_in_the_blind_sentences(years):
    table = find_metaphors(years, OWN)
    sheet, key = coding_sheet(table, years, n=6, n_sentences=10, seed=3)
    assert len(sheet) == 16 and (sheet[["decision", "metaphors", "contrast"]] == "").all(axis=None)
    blind, marked = sheet[:10], sheet[10:]
    assert not blind["sentence"].str.contains("【").any() and (key["form"][:10] == "").all()
    assert key["domain"][10:].value_counts().to_dict() == {"motion": 3, "family": 3}
    assert set(key["weight"][10:]) == {40 / 3, 16 / 3}  # hits of the domain for each that was drawn
    for sentence, form in zip(marked["sentence"], key["form"][10:]):
        assert f"【{form}】" in sentence and sentence.count("【") == 1
    for sentence, found in zip(blind["sentence"], key["found"][:10]):
        assert found.split() == [w for w in ("暖心", "暖心", "冲刺", "冲刺") if w in sentence][: len(found.split())]
    assert sheet.equals(coding_sheet(table, years, n=6, n_sentences=10, seed=3)[0])
    assert not sheet.equals(coding_sheet(table, years, n=6, n_sentences=10, seed=4)[0])


def test_scores_worked_by_hand(tmp_path):
    key = pd.DataFrame(
        {
            "item": range(1, 7),
            "form": ["", "", "冲刺", "冲刺", "暖心", "暖心"],
            "domain": ["", "", "motion", "motion", "family", "family"],
            "weight": [np.nan, np.nan, 6, 6, 2, 2],
            "found": ["攻坚战", "", "", "", "", ""],
        }
    )
    sheet = pd.DataFrame({"item": range(1, 7), "decision": "", "metaphors": ""})
    one = sheet.assign(
        decision=["", "", "metaphor", "literal", "Metaphor ", "metaphor"],
        metaphors=["攻坚 东风", "none", "", "", "", ""],
    )
    two = sheet.assign(decision=["", "", "metaphor", "metaphor", "unclear", ""])
    two.to_csv(tmp_path / "two.csv", index=False)
    scores = score_coding(key, {"one": one, "two": pd.read_csv(tmp_path / "two.csv")})
    assert list(scores) == SCORE_COLUMNS
    value = scores.set_index(["measure", "coder", "domain"])["value"]
    assert value["precision", "one", "motion"] == 0.5 and value["precision", "one", "family"] == 1
    assert value["precision", "one", "all"] == pytest.approx((6 + 0 + 2 + 2) / 16)
    assert value["unclear", "two", "all"] == pytest.approx(1 / 3)
    assert value["recall", "one", "all"] == 0.5 and np.isnan(
        value["recall", "two", "all"]
    )  # 攻坚 is in 攻坚战, 东风 nowhere
    assert value["raw_agreement", "all", "all"] == pytest.approx(1 / 3)
    # three items mm, lm, mu: observed disagreement 4 of 6 values; expected of m 4, l 1, u 1: 1 - (12 + 0 + 0)/30 = 18/30
    assert value["alpha", "all", "all"] == pytest.approx(1 - (4 / 6) / (18 / 30))
    low, high = scores.loc[scores["domain"] == "motion", ["low", "high"]].iloc[0]
    assert low < 0.5 < high


def test_what_cannot_be_done_is_named(years):
    table = find_metaphors(years, OWN)
    strange = table.assign(article_id="elsewhere")
    sheet, key = coding_sheet(table, years, n=2, n_sentences=0)
    bad = [
        (lambda: find_metaphors(years, degree="dead"), "degree must be all, conventional or live, got 'dead'"),
        (lambda: metaphor_rates(table, years, by="city"), "by must be one of article, source"),
        (lambda: metaphor_rates(strange, years), "article 'elsewhere', which the corpus does not have"),
        (lambda: compare_domains(table, years, unit="hit"), "unit must be paragraph or article, got 'hit'"),
        (lambda: compare_domains(table, years, draws=0), "draws must be at least 1, got 0"),
        (lambda: check_claims(table, years, {"1999": "war"}), "claims has '1999': 'war'; groups are 2021, 2023"),
        (lambda: check_claims(table, years, {}), "claims must name a domain"),
        (lambda: coding_sheet(table, years, n=-1), "n and n_sentences must be 0 or more, got -1 and 50"),
        (lambda: coding_sheet(strange, years), "where the corpus has not"),
        (lambda: score_coding(key, {"all": sheet}), "not named 'all'"),
        (lambda: score_coding(key, {"x": sheet[1:]}), "sheet of 'x' must have the 2 items"),
        (lambda: score_coding(key, {"x": sheet.assign(decision="yes")}), "must be metaphor, literal, unclear or empty"),
    ]
    for work, message in bad:
        with pytest.raises(ValueError, match=message):
            work()
    with pytest.raises(FileNotFoundError, match="does not exist"):
        metaphor_lexicon("nowhere.txt")
