"""Words: jieba's tokens with the lexicon, and counts that add up."""

from pathlib import Path

import jieba
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import qdlib as qd
from qdlib.words import jieba_frequencies, read_lexicon, tokenizer

TEXT = st.text(alphabet=st.sampled_from("青岛起步就是冲刺，开局决战。1234 abcRCEP“”\n+-"), max_size=60)


@given(TEXT)
def test_tokens_joined_give_the_text(text):
    assert "".join(qd.segment(text)[0]) == text


@given(TEXT)
def test_without_a_lexicon_the_tokens_are_those_of_plain_jieba(text):
    assert qd.segment([text], lexicons=())[0] == jieba.lcut(text)


def test_plain_jieba_and_the_lexicon_differ_where_they_should():
    plain, ours = qd.segment("西海岸新区推进作风建设", lexicons=()), qd.segment("西海岸新区推进作风建设")
    assert "西海岸新区" in ours[0] and "西海岸新区" not in plain[0]


def test_the_global_tokenizer_is_left_alone():
    qd.segment("西海岸新区")
    assert "西海岸新区" not in jieba.dt.FREQ


def test_a_text_that_is_no_string_is_named():
    with pytest.raises(TypeError, match=r"texts\[1\] must be a string, got float"):
        qd.segment(["文", float("nan")])


def test_content_words_leave_out_stop_words_punctuation_and_numbers():
    tokens = [["青岛", "的", "，", "2021", "1.5", "三十", "发展", "“", "RCEP", "城"]]
    assert qd.content_words(tokens) == [["青岛", "发展", "RCEP", "城"]]
    assert qd.content_words(tokens, min_chars=2) == [["青岛", "发展", "RCEP"]]
    assert qd.content_words(tokens, stopwords=["发展"]) == [["青岛", "的", "RCEP", "城"]]


@given(st.lists(st.lists(st.sampled_from(["甲", "乙", "丙"]), max_size=8), min_size=1, max_size=6))
def test_the_matrix_counts_every_token_once(words):
    matrix = qd.document_term_matrix(words)
    assert matrix.shape[0] == len(words)
    assert np.array_equal(matrix.to_numpy().sum(axis=1), [len(document) for document in words])


def test_the_matrix_of_a_worked_example():
    matrix = qd.document_term_matrix([["甲", "乙", "甲"], ["乙"], ["丙"]], documents=["x", "y", "z"])
    assert matrix.columns.tolist() == ["乙", "甲", "丙"]
    assert matrix.to_numpy().tolist() == [[1, 2, 0], [1, 0, 0], [0, 0, 1]]
    assert qd.document_term_matrix([["甲", "乙"], ["乙"]], min_documents=2).columns.tolist() == ["乙"]
    with pytest.raises(ValueError, match="1 names for 2 token lists"):
        qd.document_term_matrix([["甲"], ["乙"]], documents=["x"])


def test_cooccurrences_count_a_neighbour_once_and_stay_inside_the_document():
    near, inside = qd.cooccurrences([["甲", "乙", "甲"], ["乙"]], "甲", window=1)
    assert dict(near) == {"乙": 1} and inside == 1


def test_lexicons_have_a_source_and_no_entry_twice(root):
    for path in (root / "qdlib" / "lexicons").glob("*.txt"):
        lines = [line.strip() for line in path.read_text("utf-8").splitlines()]
        entries = [line for line in lines if line and not line.startswith("#")]
        assert any(line.startswith("# Source:") for line in lines), f"{path.name} does not say where it is from"
        assert sorted({e for e in entries if entries.count(e) > 1}) == [], f"{path.name} repeats entries"


def test_an_unknown_lexicon_is_named():
    with pytest.raises(FileNotFoundError, match="'nothing' does not exist"):
        read_lexicon("nothing")


def test_a_list_of_one_s_own_may_begin_with_a_byte_order_mark_and_must_be_utf_8(tmp_path):
    path = tmp_path / "own.txt"
    path.write_bytes("云州\n柳溪\n".encode("utf-8-sig"))
    assert read_lexicon(path) == ["云州", "柳溪"]
    path.write_bytes("云州".encode("gbk"))
    with pytest.raises(ValueError, match="must be UTF-8"):
        read_lexicon(path)


def test_jieba_s_own_list_has_neither_our_lexicon_nor_beginnings_of_words():
    counts = jieba_frequencies()
    lines = (Path(jieba.__file__).parent / "dict.txt").read_text("utf-8").splitlines()
    assert counts.to_dict() == {line.split()[0]: int(line.split()[1]) for line in lines}
    ours = [word for word in read_lexicon("official") if word not in tokenizer(()).FREQ]
    assert ours and not counts.index.isin(ours).any()
