"""Concordance: every occurrence on the text, with its place."""

import pytest

import qdlib as qd
from qdlib.concordance import KWIC_COLUMNS


@pytest.fixture
def small(tmp_path):
    """A corpus of one article with half-width punctuation."""
    (tmp_path / "a.txt").write_text(
        "某市召开会议\n\n本报记者 王小明\n\n起步就是冲刺,开局就是决战。印度尼西亚与印度。<b>好\n", "utf-8"
    )
    return qd.load_corpus(tmp_path)


def test_a_wording_is_found_across_its_comma_in_either_width(small):
    for pattern in ("冲刺，开局", "冲刺,开局"):
        lines = qd.kwic(small, pattern, window=4)
        assert list(lines) == KWIC_COLUMNS and lines[["left", "keyword", "right", "line"]].values.tolist() == [
            ["起步就是", "冲刺，开局", "就是决战", 5]
        ]


def test_a_keyword_inside_a_longer_word_is_found_too(small):
    assert len(qd.kwic(small, "印度")) == 2 and len(qd.kwic(small, "印度(?!尼)", regex=True)) == 1


def test_occurrences_are_as_many_as_in_the_text(corpus):
    text = "\n".join(corpus.paragraphs["text"])
    for word in ("青岛", "就是", "，"):
        assert len(qd.kwic(corpus, word)) == text.count(word)


def test_the_line_is_that_of_the_raw_file(corpus, root):
    for row in qd.kwic(corpus, "起步就是冲刺").itertuples():
        assert row.keyword in (root / "seeds" / row.source).read_text("utf-8").split("\n")[row.line - 1]


def test_nothing_found_is_an_empty_table(corpus):
    assert list(qd.kwic(corpus, "没有这样的话")) == KWIC_COLUMNS and len(qd.kwic(corpus, "没有这样的话")) == 0


def test_the_aligned_table_escapes_the_text(small):
    small.paragraphs.loc[small.paragraphs["role"] == "body", "text"] += "<script>"
    assert "<script>" not in qd.aligned(qd.kwic(small, "印度", window=40)).data


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"pattern": ""}, "must not be empty"),
        ({"pattern": "好", "window": -1}, "got -1"),
        ({"pattern": "(", "regex": True}, "no regular expression"),
    ],
)
def test_bad_arguments_are_named(corpus, arguments, message):
    with pytest.raises(ValueError, match=message):
        qd.kwic(corpus, **arguments)
