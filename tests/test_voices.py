"""Voices: who says what, by marks, by report and by layout; what nobody says is none; shares add up to one."""

import itertools
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

import qdlib as qd
from qdlib import voices
from qdlib.actors import find_persons
from qdlib.speech import KINDS, kind_of, speaker_of
from qdlib.voices import find_quotations, marked, said_in, voice_shares


@pytest.fixture
def corpus_of(tmp_path):
    """A function that makes a corpus of one text, paragraphs parted by blank lines."""

    def made(text):
        (tmp_path / "page.txt").write_text(f"学校办好家长学堂\n\n{text}\n", "utf-8")
        return qd.load_corpus(tmp_path)

    return made


def said(text):
    return [(text[s.start : s.end], s.speaker.name, s.direct) for s in said_in(text)]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("海风餐饮有限公司总经理林小海说：“客人越来越多。”", [("客人越来越多。", "林小海", True)]),
        ("“客人越来越多。”海风餐饮有限公司总经理林小海说。", [("客人越来越多。", "林小海", True)]),
        (
            "“路修好了，”村民孙大山说，“出门方便多了。”",
            [("路修好了，", "孙大山", True), ("出门方便多了。", "孙大山", True)],
        ),
        ("“还要多久？”“三天。”王师傅答道。", [("还要多久？", "王师傅", True), ("三天。", "王师傅", True)]),
        ("“书多了，灯也亮了。人人爱来。”一位居民高兴地说。", [("书多了，灯也亮了。人人爱来。", "一位居民", True)]),
        ("“‘快办’不是口号。”李红说。", [("‘快办’不是口号。", "李红", True)]),
        ("林小海说，“好。”李红说，“不好。”", [("好。", "林小海", True), ("不好。", "李红", True)]),
        ("《读书报告》指出，“读书使人明白”。", [("读书使人明白", "《读书报告》", True)]),
        ("村民孙大山走进教室。“孩子们都好吗？”", [("孩子们都好吗？", "孙大山", True)]),
        ("“这里变了。”看着新教室，村民孙大山赞不绝口。", [("这里变了。", "孙大山", True)]),
        ("先做好再说。”李红说，“不急。”", [("先做好再说。", "李红", True), ("不急。", "李红", True)]),  # never opened
        ("张三教授说：“水质在变好。”", [("水质在变好。", "张三", True)]),
    ],
)
def test_words_in_marks_have_their_speaker(text, wanted):
    assert said(text) == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("林小海表示，今年再开两家店。明年不开。", [("今年再开两家店", "林小海", False)]),
        ("据李红介绍，学校有三百人。", [("学校有三百人", "李红", False)]),
        ("据介绍，学校有三百人。", [("学校有三百人", "", False)]),
        ("会议强调，要把“一门一窗”办好。", [("要把“一门一窗”办好", "会议", False)]),
        ("会议要求各单位马上行动。", [("各单位马上行动", "会议", False)]),
        ("李红认为：学校办得好。", [("学校办得好", "李红", False)]),
        (
            "东山市提出，要多读书；西山市提出，要多走路。",
            [("要多读书", "东山市", False), ("要多走路", "西山市", False)],
        ),
        ("“好。”李红说，学校要办得更好。", [("好。", "李红", True), ("学校要办得更好", "李红", False)]),
        ("在接受采访时，李红（右）告诉记者，大家都很满意。", [("大家都很满意", "李红", False)]),
    ],
)
def test_reported_words_go_to_the_end_of_the_sentence_or_to_the_next_speaker(text, wanted):
    assert said(text) == wanted


@pytest.mark.parametrize(
    "text",
    [
        "推进“一门一窗”改革，打造“满意窗口”。",
        "学校提出“人人读书”的口号，大家叫它“小书房”。",
        "他写了一本小说，“好看”得很；街道，“新”。",
        "我认为，这是好事。",  # the author's own view
        "按照老师的要求，大家站好了。",  # a noun
        "他对学校工作的要求，大家都记得。",
        "“一", "”", "“”", "说：“", "",
    ],
)  # fmt: skip
def test_slogans_names_and_nouns_are_no_quotations(text):
    assert said(text) == []


def test_role_organisation_and_verb_stand_apart_from_the_name():
    text = "云海市教育局党组书记、局长陈小芳在会上强调：“要读书。”"
    speaker = speaker_of(text, text.index("“"), len(text))
    assert speaker == ("陈小芳", "党组书记、局长", "云海市教育局", "强调", "named")


def test_a_person_only_named_nearby_is_marked_so():
    text = "村民孙大山走进教室。“孩子们都好吗？”"
    assert speaker_of(text, text.index("“"), len(text)).basis == "near"


@pytest.mark.parametrize(
    ("role", "organisation", "name", "kind"),
    [
        ("党组书记、局长", "云海市教育局", "陈小芳", "leader"),
        ("党委书记", "海风有限公司", "陈小芳", "company"),
        ("总经理", "", "林小海", "company"),
        ("工作人员", "服务大厅", "工作人员", "cadre"),
        ("村民", "", "孙大山", "citizen"),
        ("教授", "", "张三", "expert"),
        ("", "", "会议", "document"),
        ("", "", "《读书报告》", "document"),
        ("", "市教育局", "市教育局", "cadre"),
        ("", "东海集团", "东海集团", "company"),
        ("", "", "李红", "unknown"),
        ("", "", "", "unknown"),
    ],
)
def test_the_kind_of_speaker_follows_from_the_head_noun(role, organisation, name, kind):
    assert kind_of(role, organisation, name) == kind


# -- articles ---------------------------------------------------------------------------------------------------------

LONG = "村民孙大山在学校里工作了二十年，每天早上六点到校，晚上八点回家，从来没有请过一天假，学生们都很喜欢。"
TALK = f"""{LONG}他说，学校就是家。

“我喜欢这里，孩子们也喜欢我，每天和他们在一起，日子过得很快，从来不觉得累，一转眼二十年就过去了。

“将来我还要干下去，干到走不动的那一天为止，只要学校还需要，只要孩子们还愿意听，我就一直讲下去。”孙大山说。"""


def test_a_pronoun_stands_for_the_one_person_named_before_it(corpus_of):
    first = find_quotations(corpus_of(TALK)).iloc[0]
    assert (first["quote"], first["speaker"], first["basis"], first["kind"]) == (
        "学校就是家",
        "孙大山",
        "pronoun",
        "citizen",
    )
    assert first["direct"] == False  # noqa: E712  numpy's own


def test_of_two_persons_a_pronoun_names_neither(corpus_of):
    table = find_quotations(corpus_of(f"{LONG}校长李红和村民孙大山站在一起。他说，学校就是家。"))
    assert table[["speaker", "basis"]].values.tolist() == [["", "pronoun"]]


def test_a_quotation_runs_over_paragraphs(corpus_of):
    table = find_quotations(corpus_of(TALK))
    assert table["quote"].str[:5].tolist() == ["学校就是家", "我喜欢这里", "将来我还要"]
    assert table["speaker"].tolist()[2] == "孙大山" and table["line"].tolist() == [3, 5, 7]


def test_questions_and_answers_are_quotations_by_layout(corpus_of):
    answers = "记者：学校什么时候开学，学生和家长都很关心这件事，请您介绍一下今年的安排和变化？\n\n李红：九月一日开学，今年的新变化是食堂扩大了一倍，菜的花样也多了，欢迎家长们来品尝。\n\n记者：谢谢您接受采访，祝孩子们在新的学年里学习进步，身体健康，天天都有好心情！"
    table = find_quotations(corpus_of(answers))
    assert table["speaker"].tolist() == ["记者", "记者"]  # a bare name before a colon is too little to go by
    assert set(table["basis"]) == {"layout"} and set(table["kind"]) == {"reporter"} and table["direct"].all()


def test_every_quotation_leads_back_to_its_place(corpus_of):
    corpus = corpus_of(TALK)
    raw = f"学校办好家长学堂\n\n{TALK}\n"
    for row in find_quotations(corpus).itertuples():
        assert raw[row.start : row.end] == row.quote
        assert raw[: row.start].count("\n") + 1 == row.line


def test_quotations_do_not_overlap(corpus):
    table = find_quotations(corpus).sort_values(["source", "start"])
    for _, page in table.groupby("source"):
        spans = list(zip(page["start"], page["end"]))
        assert all(a[1] <= b[0] or a[0] > b[0] for a, b in itertools.pairwise(spans))
    assert len(table) and set(table["kind"]) <= set(KINDS)
    assert set(table["basis"]) <= {"", "named", "pronoun", "near", "layout"}


def test_the_speakers_found_in_a_corpus_are_among_its_persons_or_phrases(corpus):
    table, people = find_quotations(corpus), find_persons(corpus)
    held = table[(table["basis"] == "layout") & (table["role"] != "")]
    assert len(held) and held["speaker"].isin(people["name"]).mean() > 0.9


# -- shares -----------------------------------------------------------------------------------------------------------


def test_shares_are_characters_of_quotations_in_those_of_the_unit(corpus_of):
    corpus = corpus_of(TALK)
    table = find_quotations(corpus)
    shares = voice_shares(corpus, table, by="corpus").set_index("kind")
    total = corpus.paragraphs["text"].str.len().sum()
    spoken = table["quote"].str.len().sum()
    assert shares["n_chars"].sum() == total
    assert shares.loc["narration", "n_chars"] == total - spoken
    assert shares.loc["citizen", "share"] == pytest.approx(spoken / total, abs=1e-11)


@pytest.mark.parametrize("by", ["article", "source", "corpus"])
def test_shares_add_up_to_one_exactly_in_any_order(corpus, by):
    shares = voice_shares(corpus, find_quotations(corpus), by=by)
    assert (shares["share"] >= 0).all()
    for _, unit in shares.groupby("unit"):
        assert sum(unit["share"]) == sum(reversed(unit["share"].tolist())) == 1


def test_a_unit_that_is_none_is_said(corpus_of):
    corpus = corpus_of("天黑了，下雨了。")
    with pytest.raises(ValueError, match="by must be article, source or corpus, got 'page'"):
        voice_shares(corpus, find_quotations(corpus), by="page")


# -- bad input --------------------------------------------------------------------------------------------------------


def test_a_corpus_where_nobody_speaks_gives_an_empty_table_with_the_same_columns(corpus_of):
    corpus = corpus_of("天黑了，下雨了。")
    table = find_quotations(corpus)
    assert list(table.columns) == voices.COLUMNS and not len(table)
    shares = voice_shares(corpus, table)
    assert list(shares.columns) == voices.SHARE_COLUMNS
    assert shares.loc[shares["kind"] == "narration", "share"].tolist() == [1]


@given(st.text(alphabet="他王明局长说表示会议要求，。：；“”‘’《》（）！？…、\n \ue000😀\ud800地对时的", max_size=80))
def test_any_text_gives_quotations_in_order_that_do_not_overlap(text):
    found = said_in(text)
    assert all(0 <= a.start < a.end <= len(text) for a in found)
    assert all(a.end <= b.start for a, b in itertools.pairwise(found))
    assert all(i < j for i, j in marked(text))


@pytest.mark.parametrize(
    "piece", ["王明说：“好。”", "“", "说，", "他说，要", "“好。”", "会议要求", "对着他地说", "王明，", "《", "在时说。"]
)
def test_time_grows_with_length_only(piece):
    def seconds(n):
        text = piece * (n // len(piece))
        start = time.process_time()
        said_in(text)
        return time.process_time() - start

    seconds(1000)
    assert seconds(16000) < 8 * max(seconds(4000), 0.05)


def test_time_grows_with_the_quotations_and_the_persons_of_a_paragraph(corpus_of):
    def seconds(n):
        corpus = corpus_of("镇长王明明说，“好的。”他说，“好的，我们去。”王明明来了。" * n)
        start = time.process_time()
        qd.find_quotations(corpus)
        return time.process_time() - start

    seconds(10)
    assert seconds(3200) < 8 * max(seconds(800), 0.05)


def test_a_verb_of_saying_may_end_in_称_and_a_short_clause_still_parts_two_speakers():
    assert said("云州市交通局回应称，那座桥没有问题。") == [("那座桥没有问题", "云州市交通局", False)]
    assert said("有人说，桥早就塌了；也有人说，没有。") == [("桥早就塌了", "有人", False)]


def test_the_speaker_may_stand_far_behind_the_words():
    text = "“桥修好了。”在柳溪镇的那座新桥旁边，看着一河春水，七十岁的村民孙志远对记者说。"
    assert speaker_of(text, 0, text.index("”") + 1).name == "孙志远"


def test_who_says_other_words_behind_does_not_say_these():
    text = "“桥修好了。”镇里挂出标语，“人人修路”，镇长说。"
    assert speaker_of(text, 0, text.index("”") + 1) is None


def test_words_within_a_word_are_no_verb_of_saying():
    text = "“桥修好了。”这是孙志远镇长的传说，大家都知道。"
    assert speaker_of(text, 0, text.index("”") + 1).verb == ""


def test_words_with_a_page_behind_them_are_from_a_book():
    assert voices.said_in("“桥修好了就好。”（村民孙志远读过）") == []


def test_a_name_that_nothing_vouches_for_leaves_a_pronoun_open(corpus_of):
    table = qd.find_quotations(corpus_of("镇长孙志远讲了陶渊明的故事，大家听得入神。他说，“这样的桥要修好。”"))
    assert table[["speaker", "basis"]].values.tolist() == [["", "pronoun"]]
    table = qd.find_quotations(corpus_of("镇长孙志远讲了一座桥的故事，大家听得入神。他说，“这样的桥要修好。”"))
    assert table[["speaker", "basis"]].values.tolist() == [["孙志远", "pronoun"]]


def test_one_line_with_a_colon_makes_no_conversation(corpus_of):
    line = "镇长孙志远：桥修好了，路也要修好，大家一起来。"
    assert qd.find_quotations(corpus_of(line)).empty
    assert len(qd.find_quotations(corpus_of(f"{line}\n\n村民李秀兰：好，我们明天一早就来，带上铁锹。"))) == 2
