"""Words: jieba's tokens with the lexicon, and counts that add up."""

import random
import sys
from itertools import product
from pathlib import Path

import jieba
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import qdlib as qd
from qdlib import segmenting, words
from qdlib.words import LEXICONS, jieba_frequencies, read_lexicon, tokenizer

TEXT = st.text(alphabet=st.sampled_from("青岛起步就是冲刺，开局决战。1234 abcRCEP“”\n+-"), max_size=60)


@given(TEXT)
def test_tokens_joined_give_the_text(text):
    assert "".join(qd.segment(text)[0]) == text


@given(TEXT)
def test_without_a_lexicon_the_tokens_are_those_of_plain_jieba(text):
    assert qd.segment([text], lexicons=())[0] == jieba.lcut(text)


# Chinese common, without a probability in the model, and of other ranges; letters, digits and signs; pairs halved; blanks
STRANGE = "常在我呢青岛起步就是冲刺始治来管丏黪踯揶苠韩㐀鿖豈𠀀éＡ１aB10.-_+%&#，。 　\r\n\t\x00\x1c\x85\u200b\ud800\udc00😀\ue000"


@given(st.lists(st.text(alphabet=st.sampled_from(STRANGE), max_size=40), max_size=4), st.booleans())
@pytest.mark.parametrize("lexicons", [(), LEXICONS])
def test_the_tokens_are_those_of_the_tokenizer(lexicons, texts, hmm):
    ours = tokenizer(lexicons)
    assert qd.segment(texts, lexicons, hmm=hmm) == [ours.lcut(text, HMM=hmm) for text in texts]


@given(st.text(max_size=30), st.text(alphabet=st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF), max_size=30))
def test_any_characters_give_the_tokens_of_the_tokenizer(anything, chinese):
    ours = tokenizer(())
    assert qd.segment([anything, chinese], ()) == [ours.lcut(anything), ours.lcut(chinese)]


def test_letters_digits_and_signs_are_cut_by_jieba_s_rule():
    texts = ["".join(signs) for n in range(6) for signs in product("a1.-%中", repeat=n)]
    assert len(texts) == sum(6**n for n in range(6))
    assert qd.segment(texts, ()) == [jieba.lcut(text) for text in texts]


def test_ties_are_broken_as_jieba_breaks_them():
    known = tokenizer(()).FREQ
    doubled = [word for word, count in known.items() if count and len(word) == 2 and word[0] == word[1]]
    turned = [word for word, count in known.items() if count and len(word) == 2 and known.get(word[::-1]) == count]
    texts = [word[0] * n for word in doubled for n in (3, 5)] + [word + word[0] for word in turned]
    assert len(texts) > 2000
    for lexicons in [(), LEXICONS]:
        for hmm in (True, False):
            assert qd.segment(texts, lexicons, hmm=hmm) == [tokenizer(lexicons).lcut(text, HMM=hmm) for text in texts]


def test_every_chinese_character_is_cut_by_jieba_s_rule():
    texts = [f"{c}韩{c}，高{c}{c}质a{c}1，{c}" for c in map(chr, [*range(0x3400, 0xA000), *range(0xF900, 0xFB00)])]
    assert qd.segment(texts, ()) == [jieba.lcut(text) for text in texts]


def test_the_model_has_jieba_s_numbers_in_full():
    # 常|在 and 常在 differ by less than a millionth in the model
    assert qd.segment("常在呢", ()) == [["常", "在", "呢"]]


def test_runs_of_the_model_are_long_or_many_or_end_a_text():
    draw = random.Random(0).choices
    texts = ["".join(draw("常在我呢的了是冲刺始治来管丏黪，1", k=n)) for n in [*range(40), 5000, *[3] * 500]]
    assert qd.segment(texts, ()) == [jieba.lcut(text) for text in texts]
    assert qd.segment(texts[:3] * 2, ()) == [jieba.lcut(text) for text in texts[:3] * 2]
    assert qd.segment([]) == [] and qd.segment(["", ""]) == [[], []]


def test_batches_end_anywhere(monkeypatch):
    monkeypatch.setattr(segmenting, "_BATCH", 5)
    texts = ["常在呢", "", "始终1.5mm，", "不", "常在", "我呢1", "2", "\ud800丏黪"]
    for hmm in (True, False):
        assert qd.segment(texts, (), hmm=hmm) == [jieba.lcut(text, HMM=hmm) for text in texts]


def test_words_of_a_lexicon_have_the_counts_that_jieba_gives_them(tmp_path):
    pytest.importorskip("rjieba")
    # a beginning of known words, one known, one after another of the list, signs, two that overlap, a lone character
    entries = ["有的", "冲刺", "海岸带城", "海岸带", "A-1", "RCEP", "管管来", "来治", "甲 乙", "𠀀丙", "丏", "e1"]
    path = tmp_path / "own.txt"
    path.write_text("\n".join(entries), "utf-8")
    ours, part = tokenizer((str(path),)), segmenting._excerpt(entries)
    for entry in entries:
        if entry not in part.FREQ:
            part.add_word(entry)
    assert part.total == ours.total
    assert {entry: part.FREQ[entry] for entry in entries} == {entry: ours.FREQ[entry] for entry in entries}
    draw = random.Random(1).choices
    texts = ["".join(draw([*entries, *"管来治海1-.A的"], k=8)) for _ in range(3000)]
    for hmm in (True, False):
        assert qd.segment(texts, (str(path),), hmm=hmm) == [ours.lcut(text, HMM=hmm) for text in texts]


def test_jieba_s_dictionary_is_not_loaded_beside_its_twin(monkeypatch):
    pytest.importorskip("rjieba")
    monkeypatch.setattr(jieba.Tokenizer, "initialize", None)
    words._twin.cache_clear()
    assert "西海岸新区" in qd.segment("西海岸新区2021-01-05，𠀀")[0]


@pytest.mark.parametrize("missing", ["package", "release"])
def test_without_the_twin_jieba_does_it_all(monkeypatch, missing):
    texts = ["西海岸新区推进作风建设", "常在2021-01-05"]
    expected = qd.segment(texts)
    words._twin.cache_clear()
    if missing == "package":
        monkeypatch.setitem(sys.modules, "rjieba", None)
    else:
        monkeypatch.setattr(segmenting, "version", lambda name: "0.2.1")
    assert words._twin(()) is None
    assert qd.segment(texts) == expected
    words._twin.cache_clear()


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
