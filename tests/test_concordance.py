"""Concordance: every occurrence on the text, with its place; orders that lose no line; a table that shows text as text."""

import dataclasses
import html
import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

import qdlib as qd
from qdlib.concordance import KWIC_COLUMNS, _n_columns, aligned, kwic, sort_lines
from qdlib.corpus import sentence_spans

ODD = "学习学，。“”‘！…(+[\\^$.*😀\ue000\u202e a\t"


@pytest.fixture
def small(tmp_path):
    """A corpus of one article with half-width punctuation."""
    (tmp_path / "a.txt").write_text(
        "某市召开会议\n\n本报记者 王小明\n\n春耕就是比武,秋收就是大考。印度尼西亚与印度。<b>好\n", "utf-8"
    )
    return qd.load_corpus(tmp_path)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A function that makes a corpus of one article from a headline and paragraphs."""

    def make(*paragraphs):
        folder = tmp_path_factory.mktemp("made")
        text = "\n\n".join(["学校召开会议", *paragraphs])
        (folder / "a.txt").write_text(text + "\n", "utf-8")
        return qd.load_corpus(folder)

    return make


def raw_of(corpus, root):
    """Raw texts of the seeds by their names."""
    return {name: (root / "seeds" / name).read_bytes().decode("utf-8") for name in corpus.sources["source"]}


def test_a_wording_is_found_across_its_comma_in_either_width(small):
    for pattern in ("比武，秋收", "比武,秋收"):
        lines = qd.kwic(small, pattern, window=4)
        assert list(lines) == KWIC_COLUMNS and lines[["left", "keyword", "right", "line"]].values.tolist() == [
            ["春耕就是", "比武，秋收", "就是大考", 5]
        ]


def test_the_columns_that_scripts_rely_on_come_first():
    assert KWIC_COLUMNS[:7] == ["left", "keyword", "right", "article_id", "date", "source", "line"]


def test_a_keyword_inside_a_longer_word_is_found_too(small):
    assert len(qd.kwic(small, "印度")) == 2 and len(qd.kwic(small, "印度(?!尼)", regex=True)) == 1


def test_occurrences_are_as_many_as_in_the_text(corpus):
    text = "\n".join(corpus.paragraphs["text"])
    for word in ("青岛", "就是", "，"):
        assert len(qd.kwic(corpus, word)) == text.count(word)
    for pattern in ("[一二三]个[^，。]", "(?<=就)是", "^.", "。$"):
        by_hand = sum(len(re.findall(pattern, paragraph)) for paragraph in corpus.paragraphs["text"])
        assert len(qd.kwic(corpus, pattern, regex=True)) == by_hand > 0


def test_the_line_and_the_offsets_are_those_of_the_raw_file(corpus, root):
    raw = raw_of(corpus, root)
    lines = qd.kwic(corpus, ["青岛", "创新", "就是"])
    assert len(lines) > 50
    for row in lines.itertuples():
        text = raw[row.source]
        assert row.line == text.count("\n", 0, row.start) + 1
        assert corpus.origin(row.article_id, row.paragraph, row.offset, row.offset + len(row.keyword))[:2] == (
            row.start,
            row.end,
        )
    plain = [row for row in lines.itertuples() if row.end - row.start == len(row.keyword) and "001" in row.source]
    assert len(plain) > 5 and all(raw[row.source][row.start : row.end] == row.keyword for row in plain)


@given(
    st.text(ODD, max_size=40),
    st.text(ODD, min_size=1, max_size=2),
    st.integers(0, 50),
    st.sampled_from(["paragraph", "sentence"]),
)
def test_left_keyword_and_right_are_neighbours_in_the_text(made, text, pattern, window, within):
    corpus = made(f"学习。{text}。好")
    texts = corpus.paragraphs.set_index("paragraph")["text"]
    lines = kwic(corpus, pattern, window, within=within)
    for row in lines.itertuples():
        whole = row.left + row.keyword + row.right
        begin = row.offset - len(row.left)
        assert texts[row.paragraph][begin : begin + len(whole)] == whole
        assert max(len(row.left), len(row.right)) <= window and 0 <= row.position < 1
        if within == "sentence":
            spans = sentence_spans(texts[row.paragraph])
            inside = {i for i, (start, end) in enumerate(spans) if start < begin + len(whole) and end > begin}
            touched = {
                i for i, (start, end) in enumerate(spans) if start < row.offset + len(row.keyword) and end > row.offset
            }
            assert inside == touched


@given(st.lists(st.sampled_from(["left", "right", "keyword", "date", "pattern"]), min_size=1, max_size=3, unique=True))
def test_an_order_is_a_permutation_in_which_keys_never_fall(corpus, keys):
    lines = kwic(corpus, ["创新", "就是", "，"], window=4)
    again = sort_lines(lines, keys)
    places = ["article_id", "paragraph", "offset", "pattern"]
    assert sorted(again[places].values.tolist()) == sorted(lines[places].values.tolist())
    if keys[0] == "date":
        dates = [date for date in again["date"] if date]
        assert dates == sorted(dates) and again["date"].tolist()[: len(dates)] == dates
    else:
        bare = [re.sub(r"[^\w+]", "", cell) for cell in again[keys[0]]]
        bare = (
            [cell[::-1] for cell in bare]
            if keys[0] == "left"
            else again["pattern"].tolist()
            if keys[0] == "pattern"
            else bare
        )
        assert bare == sorted(bare)


def test_left_contexts_are_read_from_the_keyword_outwards_marks_and_spaces_passed_over(made):
    corpus = made("乙甲，“学习丙。丙甲学习乙。甲乙 学习甲。甲学习")
    lines = kwic(corpus, "学习", 4, within="sentence", sort="left")
    assert lines["left"].tolist() == ["甲乙 ", "甲", "丙甲", "乙甲，“"]  # read as 乙甲, 甲, 甲丙, 甲乙


def test_rows_alike_in_the_first_key_are_in_the_order_of_the_second(made):
    corpus = made("甲学习乙。乙学习甲。甲学习丙。")
    lines = kwic(corpus, "学习", 1, sort=["left", "right"])
    assert (lines["left"] + lines["right"]).tolist() == ["乙甲", "甲丙", "甲乙"]  # 丙 4E19, 乙 4E59, 甲 7532
    assert kwic(corpus, "学习", 1, sort=["keyword", "corpus", "left"])["left"].tolist() == ["甲", "乙", "甲"]


def test_a_regular_expression_sees_the_paragraph_and_may_name_its_keyword(made):
    corpus = made("印度尼西亚与印度。首首首")
    assert kwic(corpus, "(?P<keyword>印度)尼西亚", 2, regex=True)[["left", "keyword", "right"]].values.tolist() == [
        ["", "印度", "尼西"]
    ]
    assert len(kwic(corpus, "首首")) == 1 and kwic(corpus, "(?=(?P<keyword>首首))", regex=True)["offset"].tolist() == [
        9,
        10,
    ]
    assert len(kwic(corpus, "x*", regex=True)) == 0
    assert kwic(corpus, "^印|首$", 0, regex=True)["offset"].tolist() == [0, 11]
    assert len(kwic(corpus, "会议印度|会议\n印度", regex=True)) == len(kwic(corpus, "会议印度")) == 0


def test_several_patterns_are_named_and_the_longer_of_two_comes_first(made):
    lines = kwic(made("大阅读、大背诵和阅读。"), ["阅读", "大阅读", "背诵", "没有"])
    assert lines["pattern"].tolist() == ["大阅读", "阅读", "背诵", "阅读"]


@pytest.mark.parametrize(
    ("pattern", "ignore", "keywords"),
    [
        ("养成好习惯", "width", ["养成好习惯"]),
        ("养成好习惯", "quotes", ["养成“好习惯", "养成好习惯"]),
        ("养成“好习惯”", "quotes", ["养成“好习惯", "养成好习惯"]),
        ('养成"好习惯', "width", []),
        ("你追我赶，再创新高", "quotes", ["你追我赶，“再创新高"]),
        ("你追我赶，再创新高", "marks", ["你追我赶，“再创新高", "你追我赶 再创新高"]),
        ("你追我赶再创新高", "marks", ["你追我赶，“再创新高", "你追我赶 再创新高"]),
        ("1+1", "width", ["1+1"]),
        ("１＋１", "marks", ["1+1"]),
    ],
)
def test_what_does_not_count_is_ignored_and_the_keyword_shown_as_printed(made, pattern, ignore, keywords):
    corpus = made("养成“好习惯”，养成好习惯。“你追我赶，“再创新高”。你追我赶 再创新高，1+1。")
    lines = kwic(corpus, pattern, ignore=ignore)
    assert lines["keyword"].tolist() == keywords
    text = corpus.paragraphs["text"].iloc[-1]
    assert all(text.startswith(row.keyword, row.offset) for row in lines.itertuples())


def test_the_position_is_the_share_of_the_article_before_the_keyword(made):
    corpus = made("学习学习。", "学习")  # six characters of headline, five, two
    assert kwic(corpus, "学习")["position"].tolist() == [6 / 13, 8 / 13, 11 / 13]
    assert kwic(corpus, "学校").loc[0, ["role", "position"]].tolist() == ["headline", 0]


def test_nothing_found_is_an_empty_table(corpus):
    nobody = dataclasses.replace(corpus, paragraphs=corpus.paragraphs.head(0), articles=corpus.articles.head(0))
    for lines in (qd.kwic(corpus, "没有这样的话", sort=["left", "date"]), qd.kwic(nobody, "好")):
        assert list(lines) == KWIC_COLUMNS and len(lines) == 0
        assert aligned(lines).text.endswith("0 lines") and "0 lines" in aligned(lines).html


@pytest.mark.parametrize(
    "pattern", ["，", "“”", "“", "...", "(", "[", "a\\", "^$", "😀", "\ue000", "\ud800", "好" * 10_000]
)
def test_any_string_can_be_looked_for(made, pattern):
    text = f"学习{pattern}。".replace("\ud800", "") + "学" * 10_000 + "”””"
    corpus = made(text)
    lines = kwic(corpus, pattern, window=10**9)
    assert len(lines) >= (pattern != "\ud800") and all(
        len(row.left) + len(row.right) >= 10_000 for row in lines.itertuples()
    )
    assert len(kwic(corpus, pattern, window=0)) == len(lines)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"pattern": ""}, "pattern must not be empty"),
        ({"pattern": []}, "pattern must not be empty"),
        ({"pattern": ["好", ""]}, "pattern must not be empty"),
        ({"pattern": None}, "pattern must not be empty"),
        ({"pattern": re.compile("好")}, "pattern must not be empty"),
        ({"pattern": "好", "window": -1}, "got -1"),
        ({"pattern": "好", "window": 2.5}, "got 2.5"),
        ({"pattern": "(", "regex": True}, "no regular expression"),
        ({"pattern": "好{99999999999}", "regex": True}, "no regular expression"),
        ({"pattern": "好", "regex": True, "ignore": "marks"}, "for plain searches"),
        ({"pattern": "，“", "ignore": "marks"}, "nothing but what ignore='marks' leaves out"),
        ({"pattern": "“”", "ignore": "quotes"}, "nothing but what ignore='quotes' leaves out"),
        ({"pattern": "好", "ignore": "case"}, "ignore must be one of width, quotes, marks, got 'case'"),
        ({"pattern": "好", "within": "article"}, "within must be one of paragraph, sentence, got 'article'"),
        ({"pattern": "好", "sort": "pinyin"}, "sort must be one or more of left, .*, got 'pinyin'"),
        ({"pattern": "好", "sort": []}, "sort must be one or more of"),
    ],
)
def test_bad_arguments_are_named(corpus, arguments, message):
    with pytest.raises(ValueError, match=message):
        qd.kwic(corpus, **arguments)


@pytest.mark.parametrize("ignore", ["width", "quotes", "marks"])
@pytest.mark.parametrize("text", ["学" * 9, "“" * 9, "学“" * 9, "学，" * 9, "学习“" * 9])
def test_odd_texts_take_time_in_proportion_to_their_size(made, text, ignore):
    seconds = []
    for times in (1_000, 8_000):
        corpus = made(text * times)
        begun = time.process_time()
        kwic(corpus, "学学学习", ignore=ignore, within="sentence")
        seconds.append(time.process_time() - begun)
    assert seconds[1] < 20 * max(
        seconds[0], 0.05
    )  # eight times if it grows with the text, sixty-four if with its square


# -- how it is shown --------------------------------------------------------------------------------------------------


def test_the_aligned_table_escapes_the_text(small):
    small.paragraphs.loc[small.paragraphs["role"] == "body", "text"] += "<script>"
    shown = qd.aligned(qd.kwic(small, "印度", window=40))
    assert "<script>" not in shown._repr_html_() and "&lt;script&gt;" in shown.html and "<script>" in repr(shown)


def test_keywords_stand_under_each_other(made):
    lines = kwic(made("我们都爱学习。", "a1学习,😀。", "😀“学习。"), "学习", 5)
    *rows, caption = aligned(lines, about=[]).text.split("\n")
    places = {_n_columns(row[: row.index("学习")]) for row in rows[1:]}
    assert len(places) == 1 and caption == "3 lines"
    assert rows[1:] == ["我们都爱   学习    。", "      a1   学习    ，😀。", "     😀“   学习    。"]


def test_the_caption_says_how_many_lines_there_are(corpus):
    lines = kwic(corpus, "创新")
    shown = aligned(lines, most=3)
    assert f"first 3 of {len(lines)} lines" in shown.html and shown.text.endswith(f"first 3 of {len(lines)} lines")
    assert len(shown.text.split("\n")) == 5 and shown.html.count("<tr>") == 4
    assert aligned(lines.head(1)).text.endswith("\n1 line")


@given(st.text(ODD + "\x00\x1b\r\n\u2028\ufeff\u200d<>&\"'$", max_size=20))
def test_no_character_is_unseen_or_moves_others(made, text):
    lines = kwic(made("学习。"), "学习").assign(left=text, source=text)
    shown = aligned(lines)
    assert len(shown.text.split("\n")) == 3 and len(shown.text.splitlines()) == 3
    assert not re.search("[\x00-\x09\x0b-\x1f\u2028\u202e\ufeff\u200d]", shown.text + shown.html)
    cells = re.findall("<td[^>]*>(.*?)</td>", shown.html)
    assert len(cells) == 6 and html.unescape(cells[0]) == html.unescape(cells[4])
    assert not re.search("[<>\"']", cells[0])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [({"most": 0}, "got 0"), ({"most": 1.5}, "got 1.5"), ({"about": ["page"]}, "no column page")],
)
def test_what_cannot_be_laid_out_is_named(corpus, arguments, message):
    with pytest.raises(ValueError, match=message):
        aligned(kwic(corpus, "创新"), **arguments)
    with pytest.raises(ValueError, match="no column left, keyword, right"):
        aligned(corpus.articles)
