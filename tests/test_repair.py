"""Repair: cases in JSON, damage that is undone to the letter, and clean text left alone."""

import re

import pytest
from conftest import cases
from damage import damage
from hypothesis import given
from hypothesis import strategies as st

from qdlib.injection import is_injected
from qdlib.repair import repair, replay

CASES = cases("repair")


def ids(case):
    """The label of a case."""
    return case["label"]


@pytest.mark.parametrize("case", CASES["in the wild"] + CASES["synthetic"], ids=ids)
def test_damage_is_undone(case):
    assert repair(case["original"]).text == case["expected"]


@pytest.mark.parametrize("case", CASES["negative"], ids=ids)
def test_what_is_not_damaged_stays(case):
    fixed = repair(case["original"])
    rules = set(fixed.ledger()["rule"])
    assert fixed.text == case["original"] and set(fixed.ledger()["action"]) == {"kept"}
    assert {rule for rule in rules if rule} == {f"{rule} (unsolved)" for rule in case.get("unsolved", [])}


@pytest.mark.parametrize("case", CASES["known failures"], ids=ids)
@pytest.mark.xfail(strict=True, reason="known failure, see its comment")
def test_known_failures(case):
    assert repair(case["original"]).text == case["expected"]


@pytest.mark.parametrize("case", CASES["synthetic"], ids=ids)
def test_the_ledger_explains_and_replays_each_change(case):
    fixed = repair(case["original"])
    ledger = fixed.ledger()
    assert replay(case["original"], ledger) == fixed.text
    assert (ledger.loc[ledger["action"] != "kept", "rule"] != "").all()


@pytest.mark.parametrize(
    ("raw", "left", "rule"),
    [
        ("他说\ufffd\ufffd是的", "\ufffd\ufffd", "character lost"),
        ("青岛????????会议", "????????", "character lost"),
        ("标题\ue004正文", "\ue004", "private-use character"),
        ("鏄鐨锛夈涓鏄鍦鏈鐨", "鏄鐨锛夈涓鏄鍦鏈鐨", "UTF-8 read as GBK"),
        ("經(jīng)濟(jì)發(fā)展，項(xiàng)目?xuéng)開(kāi)工", "?xuéng)", "injected pinyin"),
    ],
)
def test_what_cannot_be_solved_is_kept_and_marked(raw, left, rule):
    fixed = repair(raw)
    marked = fixed.ledger().query("rule.str.endswith('(unsolved)')")
    assert marked[["action", "rule", "before", "after"]].values.tolist() == [["kept", f"{rule} (unsolved)", left, left]]
    assert left in fixed.text and replay(raw, fixed.ledger()) == fixed.text


def test_a_choice_between_simplified_characters_is_said():
    ledger = repair("後來乾杯，經濟發展，實幹興邦，讀書學習。" * 2).ledger().set_index("before")["rule"]
    assert set(ledger["乾"]) == {"traditional to simplified (one of several)"}
    assert set(ledger["經"]) == {"traditional to simplified"}


def test_a_page_stripped_of_its_private_use_characters_is_read_with_less_certainty():
    page = damage(("“工作要落到实处。”此后，各级干部都到一线。" + CLEAN + "\n") * 12, share=1.0, cut=True, seed=1)
    assert re.search("[\ue000-\uf8ff]", page)
    grades = [
        set(repair(raw).ledger()["rule"].str.extract("^(bytes realigned(?: \\(.+?\\))?)")[0].dropna())
        for raw in (page, re.sub("[\ue000-\uf8ff]", "", page))
    ]
    assert "bytes realigned" in grades[0] and grades[1] and "bytes realigned" not in grades[1]


def test_a_ledger_of_another_text_is_refused():
    with pytest.raises(ValueError, match="ledger row"):
        replay("另一段", repair("这一段").ledger())


CLEAN = (
    "今年以来，全市经济运行稳中向好，发展质量持续提升。各级领导干部深入一线，了解企业的实际困难，帮助解决问题。"
    "“办事难不难，群众说了算。”市民张女士说，现在的服务窗口态度好、效率高。会议强调，要进一步转变作风，树立实干导向，"
    "把各项任务落到实处；要统筹推进城市更新，补齐民生短板！时间紧，任务重，怎么办？大家的回答是：迎难而上。"
    "“项目就是生命线。”区委书记说，“我们要争分夺秒，一刻也不能耽误。”据统计，全年新开工项目一百二十个，总投资超过三百亿元。"
)


def wrong(one, other):
    """How many characters differ, place by place, width of punctuation set aside."""
    wide = str.maketrans(",:;!?()", "，：；！？（）")
    a, b = one.translate(wide), other.translate(wide)
    return sum(x != y for x, y in zip(a, b)) + abs(len(a) - len(b))


@pytest.mark.parametrize("listed", [1.0, 0.5, 0.2])
@pytest.mark.parametrize("cut", [True, False])
@pytest.mark.parametrize("seed", range(3))
def test_text_damaged_by_the_forward_process_comes_back(listed, cut, seed):
    raw = damage(CLEAN * 3, share=listed, cut=cut, seed=seed)
    assert raw != CLEAN * 3
    assert wrong(repair(raw).text, CLEAN * 3) <= 0.002 * len(CLEAN * 3)


@pytest.mark.parametrize(
    "form",
    [{"tones": False}, {"form": "({} )"}, {"form": "({}) ", "tones": False}, {"form": "({0})({0})"}],
    ids=str,
)
def test_glosses_of_other_forms_and_lists_come_back(form):
    page = CLEAN + "人民日报请读者谈企业发展潜能，说怎样调节供需。"  # 日報 holds the bytes of 請, 展潛 those of 節
    raw = damage(page, **form)
    assert re.search(r"\?[a-zǐé]+ ?\)", raw)
    assert wrong(repair(raw).text, page) <= 0.002 * len(page)


@pytest.mark.parametrize("share", [1.0, 0.5, 0.3])
def test_a_list_of_characters_of_both_scripts_comes_back(share):
    raw = damage(CLEAN * 3, share=share, both=True)
    assert raw.count("(") > 100 * share
    assert wrong(repair(raw).text, CLEAN * 3) <= 0.002 * len(CLEAN * 3)


@pytest.mark.parametrize("codec", ["gbk", "gb18030"])
@pytest.mark.parametrize("mark", ["\ufffd", "?"])
def test_utf_8_read_as_gbk_comes_back(codec, mark):
    raw = CLEAN.encode("utf-8").decode(codec, "replace").replace("\ufffd", mark)
    fixed = repair(raw)
    assert wrong(fixed.text, CLEAN) <= 0.01 * len(CLEAN)
    assert set(fixed.ledger()["rule"]) <= {"", "UTF-8 read as GBK", "UTF-8 read as GBK (doubtful)"}


def test_the_annotated_page_comes_out_whole(root):
    from conftest import gold
    from test_pages import plain

    for source in {a["source"] for a in gold("articles")}:
        raw = (root / "seeds" / source).read_text("utf-8")
        lines = [plain(line) for line in repair(raw).text.split("\n")]
        for article in gold("articles"):
            for paragraph in article["paragraphs"] if article["source"] == source else ():
                if len(paragraph["lines"]) == 1:
                    assert plain(paragraph["text"]) in lines


def test_repairing_a_second_time_changes_nothing():
    once = repair(damage(CLEAN, share=1.0, cut=True, seed=1)).text
    assert repair(once).text == once


def test_traditional_script_can_be_kept():
    page = "經濟發展，實幹興邦，爲人民服務。" * 3
    assert repair(page, script="keep").text == page
    assert repair(page).text == "经济发展，实干兴邦，为人民服务。" * 3


def test_a_lesson_s_glosses_are_no_injection():
    lesson = "乐（yuè）曲，快乐（lè）；重（zhòng）量，重（chóng）复；你（nǐ）好（hǎo）。".replace("（", "(").replace(
        "）", ")"
    )
    assert not is_injected(lesson)
    assert not is_injected("讀(dú)書(shū)要用心(xīn)，大(dà)家(jiā)好(hǎo)，這字讀?(mā)還是?(má)，怎(zěn)麼寫。")
    assert "(yuè)" in repair(lesson).text.replace("（", "(").replace("）", ")")


@given(st.text(max_size=300))
def test_no_text_breaks_it(text):
    assert repair(text).raw == text


def test_bad_arguments_are_named():
    with pytest.raises(TypeError, match="text must be a string, got bytes"):
        repair(b"x")
    with pytest.raises(ValueError, match="got 'both'"):
        repair("文", script="both")
