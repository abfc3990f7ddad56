"""Networks: edges counted by hand, keyness of each group as of that group against the rest."""

import math

import pytest

from qdlib.measures import keyness
from qdlib.networks import EDGE_COLUMNS, KEY_COLUMNS, collocation_network, keyness_by_group

TOKENS = [["甲", "乙", "丙"], ["甲", "丙", "丙", "乙"], ["乙", "丁", "丁", "丁", "甲"]]


def test_pairs_within_the_window_are_joined_and_counted():
    edges = collocation_network(TOKENS, ["甲", "乙"], window=2, min_count=1, min_log_dice=-99)
    assert edges[["one", "other", "joint"]].values.tolist() == [["乙", "甲", 1]]  # 甲丙丙乙 is 3 apart, 乙丁丁丁甲 4
    wide = collocation_network(TOKENS, ["甲", "乙"], window=4, min_count=1, min_log_dice=-99)
    assert wide["joint"].tolist() == [3]
    # 3 of each in 12 tokens: expected 3 * 8 * 3 / 12 = 6
    assert wide["mi"].tolist() == pytest.approx([math.log2(3 / 6)])
    assert wide["log_dice"].tolist() == pytest.approx([14 + math.log2(2 * 3 / 6)])


def test_an_edge_does_not_depend_on_the_order_of_its_terms():
    # 乙 stands beside a 甲 once, however many they are: 1 of 3 + 1, in 4 tokens
    one = collocation_network([["甲", "甲", "甲", "乙"]], ["甲", "乙"], min_count=1, min_log_dice=-99)
    other = collocation_network([["乙", "乙", "乙", "甲"]], ["甲", "乙"], min_count=1, min_log_dice=-99)
    assert one.equals(other) and one["joint"].tolist() == [1]
    assert one["log_dice"].tolist() == [14 + math.log2(2 * 1 / 4)]
    dense = collocation_network([["甲", "乙"] * 4], ["甲", "乙"], min_count=1, min_log_dice=-99)
    assert dense["joint"].tolist() == [4] and dense["log_dice"].max() <= 14


def test_rare_and_weak_pairs_are_left_out():
    assert collocation_network(TOKENS, ["甲", "乙"], window=4, min_count=4).empty
    assert collocation_network(TOKENS, ["甲", "乙"], window=2, min_count=1, min_log_dice=13.9).empty
    assert list(collocation_network([], [])) == EDGE_COLUMNS


def test_each_group_is_compared_with_all_others():
    table = keyness_by_group(TOKENS, ["a", "a", "b"], "g2", min_count=1)
    ours = table[table["group"] == "b"].drop(columns="group").reset_index(drop=True)
    wanted = keyness({"乙": 1, "丁": 3, "甲": 1}, {"甲": 2, "乙": 2, "丙": 3})
    assert ours.equals(wanted[wanted["target"] > 0].reset_index(drop=True)[ours.columns])
    assert list(table) == KEY_COLUMNS


def test_bad_arguments_are_named():
    with pytest.raises(ValueError, match="window must be 1 or more, got 0"):
        collocation_network(TOKENS, ["甲"], window=0)
    with pytest.raises(ValueError, match="2 names for 3 token lists"):
        keyness_by_group(TOKENS, ["a", "b"])
    with pytest.raises(ValueError, match="two groups"):
        keyness_by_group(TOKENS, ["a", "a", ""])
    with pytest.raises(ValueError, match="two groups"):
        keyness_by_group(TOKENS, ["a", "a", float("nan")])
    with pytest.raises(ValueError, match="measure must be one of"):
        keyness_by_group(TOKENS, ["a", "a", "b"], "p")
