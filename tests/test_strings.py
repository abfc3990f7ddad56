"""Repeated strings against worked examples and against plain counters on random texts."""

import math
import re
import time
from collections import Counter, defaultdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

import qdlib as qd
from qdlib.strings import SENTENCE_MARKS, count_wordings, find_strings, repeated_strings, token_audit

GRAPES = "吃葡萄不吐葡萄皮不吃葡萄倒吐葡萄皮"
# few characters, so that much repeats: a wall, one beyond the basic plane, one for private use
TEXTS = st.lists(st.text("天地人。\U0002070e\ue000", max_size=40), max_size=5)
SETTINGS = {"min_count": st.integers(2, 4), "min_chars": st.integers(2, 3), "max_chars": st.integers(3, 8)}


def entropy(neighbours):
    """Entropy in bits of counts, those of `None` each a neighbour of its own."""
    counts = [n for neighbour, n in neighbours.items() if neighbour] + [1] * neighbours[None]
    return -sum(n / sum(counts) * math.log2(n / sum(counts)) for n in counts) + 0.0


def counted(texts, min_count, min_chars, max_chars):
    """The same table by plain counters: string -> count, n_texts, cohesion, left and right entropy."""
    pieces = [(i, piece) for i, text in enumerate(texts) for piece in re.split(f"[{SENTENCE_MARKS}]", text)]
    counts, where, left, right = Counter(), defaultdict(set), defaultdict(Counter), defaultdict(Counter)
    for i, piece in pieces:
        for a in range(len(piece)):
            for b in range(a + 1, min(a + max_chars, len(piece)) + 1):
                counts[piece[a:b]] += 1
                where[piece[a:b]].add(i)
                left[piece[a:b]][piece[a - 1] if a else None] += 1
                right[piece[a:b]][piece[b] if b < len(piece) else None] += 1
    total = sum(len(piece) for _, piece in pieces)
    return {
        s: (
            n,
            len(where[s]),
            min(total * n / (counts[s[:k]] * counts[s[k:]]) for k in range(1, len(s))),
            entropy(left[s]),
            entropy(right[s]),
        )
        for s, n in counts.items()
        if n >= min_count and len(s) >= min_chars
    }


def rows(table):
    """A table of repeated strings as the oracle gives it."""
    columns = ["string", "count", "n_texts", "cohesion", "left_entropy", "right_entropy"]
    return {string: tuple(values) for string, *values in table[columns].itertuples(index=False)}


def test_the_grapes_of_the_design():
    # 葡萄 four times among 17 characters: 17 * 4 / (4 * 4); before it 吃 吐 吃 吐, after it 不 皮 倒 皮
    row = repeated_strings([GRAPES]).set_index("string").loc["葡萄"]
    assert row["count"] == 4 and row["n_texts"] == 1
    assert row["cohesion"] == pytest.approx(4.25) and row["mutual_information"] == pytest.approx(math.log2(4.25))
    assert row["left_entropy"] == pytest.approx(1.0) and row["right_entropy"] == pytest.approx(1.5)


def test_fragments_are_left_out_unless_asked_for():
    # 吐葡萄 is always followed by 皮, 葡萄皮 always preceded by 吐; 吃葡萄 stands once at the beginning and once after 不
    assert repeated_strings([GRAPES], min_count=2)["string"].tolist() == ["葡萄", "吐葡萄皮", "吃葡萄"]
    assert set(repeated_strings([GRAPES], min_count=2, fragments=True)["string"]) == {
        "葡萄", "吐葡萄皮", "吃葡萄", "吐葡萄", "葡萄皮", "吃葡", "吐葡", "萄皮",
    }  # fmt: skip


def test_cohesion_is_that_of_the_weakest_joint():
    # 12 characters; 甲乙 is firm (12 * 2 / (2 * 2) = 6), its joint with the common 丙 is not: 12 * 2 / (2 * 4) = 3
    table = repeated_strings(["甲乙丙一丙二", "甲乙丙三丙四"], min_count=2, fragments=True).set_index("string")
    assert table["cohesion"].to_dict() == {"甲乙丙": 3.0, "甲乙": 6.0, "乙丙": 3.0}
    assert table["n_texts"].eq(2).all()


@given(TEXTS, st.fixed_dictionaries(SETTINGS))
def test_counts_cohesion_and_entropies_are_those_of_plain_counters(texts, settings):
    found, wanted = rows(repeated_strings(texts, **settings, fragments=True)), counted(texts, **settings)
    assert found.keys() == wanted.keys()
    for string, values in wanted.items():
        assert found[string] == pytest.approx(values, abs=1e-9)


@given(TEXTS)
def test_without_fragments_each_string_is_free_on_both_sides_or_as_long_as_may_be(texts):
    found = set(repeated_strings(texts, 2, 2, 4)["string"])
    for string, (_, _, _, left, right) in counted(texts, 2, 2, 4).items():
        free = (left > 0) + (right > 0)
        assert (string in found) == (free == 2 or free == 1 and len(string) == 4)


def test_the_ends_of_a_long_repeat_are_given():
    # the same 12 characters between changing ones; at most 5 are looked at
    long = "春眠不觉晓处处闻啼鸟夜来"
    table = repeated_strings([f"甲{long}乙丙{long}丁戊{long}己"], max_chars=5)
    assert sorted(table["string"]) == sorted([long[:5], long[-5:]])


def test_no_string_crosses_a_wall_or_a_text():
    assert repeated_strings(["甲", "乙", "甲", "乙", "甲", "乙"]).empty
    assert repeated_strings(["甲。乙。" * 3]).empty
    assert "甲。乙" in set(repeated_strings(["甲。乙。" * 3], walls="", fragments=True)["string"])
    assert repeated_strings(["甲乙" * 3], walls="乙").empty


def test_a_boundary_is_a_neighbour_of_its_own():
    # always at the beginning of a text and always before a sentence mark: log2 of 4 on both sides
    row = repeated_strings(["甲乙。一"] * 4).set_index("string").loc["甲乙"]
    assert (row["left_entropy"], row["right_entropy"], row["n_texts"]) == (2.0, 2.0, 4)


@pytest.mark.parametrize("texts", [[], [""], ["", ""], ["甲"], ["甲乙丙丁"], ["。。。。"], ["\n\n\n"]])
def test_texts_that_repeat_nothing_give_an_empty_table(texts):
    table = repeated_strings(texts)
    assert table.empty and table.columns.tolist() == [
        "string", "count", "n_texts", "cohesion", "mutual_information", "left_entropy", "right_entropy",
    ]  # fmt: skip


def test_halves_of_broken_pairs_are_no_characters():
    # neither in a string nor in a wording, and the offsets of what follows stay right
    assert repeated_strings(["\ud83d甲乙\ud83d甲乙\ud83d"], min_count=2)["string"].tolist() == ["甲乙"]
    assert count_wordings(["\ud83d甲乙\ud83d甲乙"], ["甲乙", "乙\ufffd"])["count"].tolist() == [2, 1]


def test_more_characters_than_two_bytes_hold():
    text = "".join(map(chr, (*range(0x20, 0xD800), *range(0xE000, 0x14000)))) + "甲𓀀" * 3
    table = repeated_strings([text], walls="").set_index("string")
    assert table.loc["甲𓀀", "count"] == 3


def test_what_cannot_be_counted_is_refused():
    with pytest.raises(TypeError, match="got one string"):
        repeated_strings("甲乙甲乙")
    with pytest.raises(ValueError, match="min_count must be 2 or more, got 1"):
        repeated_strings([""], min_count=1)
    with pytest.raises(ValueError, match="at most max_chars, got 5 and 4"):
        repeated_strings([""], min_chars=5, max_chars=4)


def test_time_grows_with_the_text_and_not_with_its_repeats():
    # one character 200,000 times: naive comparison of neighbouring suffixes would need 2 * 10^10 steps
    began = time.perf_counter()
    table = repeated_strings(["甲" * 200_000], fragments=True)
    assert time.perf_counter() - began < 10
    assert table["count"].tolist() == [200_000 - n + 1 for n in range(2, 31)]


def test_own_and_inherited_counts_of_the_grapes():
    table = count_wordings([GRAPES, "葡萄"], ["葡萄", "吐葡萄皮", "皮", "没有", "葡萄皮"]).set_index("wording")
    assert table["count"].to_dict() == {"葡萄": 5, "吐葡萄皮": 2, "皮": 2, "没有": 0, "葡萄皮": 2}
    assert table["own"].to_dict() == {"葡萄": 3, "吐葡萄皮": 2, "皮": 0, "没有": 0, "葡萄皮": 0}
    assert table["parent"].tolist() == ["葡萄皮", "", "葡萄皮", "", "吐葡萄皮"]
    assert table.loc["葡萄", "n_texts"] == 2


def test_the_commonest_parent_then_the_longest():
    # 乙 stands twice in 甲乙 and once in 乙丙丁; with one of each the longer wins
    wordings = ["乙", "甲乙", "乙丙丁"]
    assert count_wordings(["甲乙，甲乙，乙丙丁"], wordings)["parent"].tolist() == ["甲乙", "", ""]
    assert count_wordings(["甲乙，乙丙丁"], wordings)["parent"].tolist() == ["乙丙丁", "", ""]


@given(TEXTS, st.lists(st.text("天地人\U0002070e", min_size=1, max_size=4), max_size=6))
def test_counts_of_wordings_are_those_of_a_plain_search(texts, wordings):
    table = count_wordings(texts, wordings).set_index("wording")
    assert table.index.tolist() == list(dict.fromkeys(wordings))
    places = [
        (i, m.start(), m.start() + len(w), w)
        for i, text in enumerate(texts)
        for w in table.index
        for m in re.finditer(f"(?={w})", text)
    ]
    inside = [(w, [o for o in places if o[0] == i and o[1] <= a and b <= o[2] and o[3] != w]) for i, a, b, w in places]
    assert table["count"].to_dict() == {w: sum(p[3] == w for p in places) for w in table.index}
    assert table["own"].to_dict() == {w: sum(v == w and not longer for v, longer in inside) for w in table.index}
    assert (table["own"] + table["inherited"] == table["count"]).all()
    closest = Counter((v, max(longer, key=lambda o: (o[1], -o[2]))[3]) for v, longer in inside if longer)
    for wording, parent in table["parent"].items():
        most = max((n for (v, _), n in closest.items() if v == wording), default=0)
        assert closest[wording, parent] == most and wording in parent + wording * (parent == "")


@given(TEXTS)
def test_suffix_array_and_automaton_count_the_same(texts):
    table = repeated_strings(texts, min_count=2, fragments=True)
    counted_again = count_wordings(texts, table["string"])
    assert counted_again["count"].tolist() == table["count"].tolist()
    assert counted_again["n_texts"].tolist() == table["n_texts"].tolist()


def test_wordings_that_cannot_be_counted_are_refused():
    with pytest.raises(ValueError, match="empty string"):
        count_wordings(["甲"], ["甲", ""])
    with pytest.raises(TypeError, match="wordings must be a list of strings"):
        count_wordings(["甲"], "甲")
    with pytest.raises(TypeError, match="texts must be a list"):
        count_wordings("甲", ["甲"])


def test_the_audit_tells_whole_from_cut_and_crossed():
    texts = ["甲乙丙丁", "甲乙丙丁甲乙"]
    tokens = [["甲乙", "丙", "丁"], ["甲", "乙丙", "丁", "甲乙"]]
    table = token_audit(texts, ["甲乙", "丙丁", "甲乙丙丁", "戊"], tokens).set_index("wording")
    assert table.loc["甲乙", ["count", "whole", "cut", "crossed"]].tolist() == [3, 2, 0, 1]
    assert table.loc["丙丁", ["count", "whole", "cut", "crossed"]].tolist() == [2, 0, 1, 1]
    assert table.loc["甲乙丙丁", ["count", "whole", "cut", "crossed"]].tolist() == [2, 0, 2, 0]
    assert table.loc["甲乙", "share_whole"] == pytest.approx(2 / 3) and math.isnan(table.loc["戊", "share_whole"])
    assert table["commonest"].tolist() == ["甲乙", "丙/丁", "甲/乙丙/丁", ""]


def test_the_audit_of_jieba_sees_that_no_token_has_a_comma():
    texts = ["说了就算，定了就干。", "我们说了就算，定了就干"]
    table = token_audit(texts, ["说了就算，定了就干"], qd.segment(texts))
    assert table.loc[0, "count"] == 2 and table.loc[0, "whole"] == 0


def test_the_audit_refuses_filtered_tokens():
    with pytest.raises(ValueError, match="tokens of text 1 do not join to it"):
        token_audit(["甲", "甲，乙"], ["甲"], [["甲"], ["甲", "乙"]])
    with pytest.raises(ValueError, match="tokens of text 1"):
        token_audit(["甲", "乙"], ["甲"], [["甲"]])


def test_the_audit_counts_what_a_count_of_tokens_sees():
    texts = ["推动高质量发展，高质量发展是首要任务", "发展质量高"]
    tokens = qd.segment(texts)
    table = token_audit(texts, ["质量", "发展", "高质量发展"], tokens).set_index("wording")
    plain = Counter(token for document in tokens for token in document)
    assert table["whole"].to_dict() == {wording: plain[wording] for wording in table.index}


def test_occurrences_overlap_and_come_by_start_with_the_longer_ones_first():
    found = find_strings(["甲乙甲乙甲", "", "乙"], ["乙", "甲乙甲", "甲", "乙"])
    assert found.values.tolist() == [
        [0, 1, 0, 3], [0, 2, 0, 1], [0, 0, 1, 2], [0, 1, 2, 5], [0, 2, 2, 3], [0, 0, 3, 4], [0, 2, 4, 5], [2, 0, 0, 1],
    ]  # fmt: skip
    with pytest.raises(TypeError, match="wordings must be a list"):
        find_strings(["甲"], "甲")
