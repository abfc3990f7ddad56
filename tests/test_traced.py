"""`TracedText`: no raw character is lost, whatever is done to a text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qdlib.traced import TracedText

TEXT = st.text(alphabet="ab甲乙，。\n𠀀\ue000", max_size=40)


@st.composite
def edits(draw, length):
    """Non-overlapping edits of a text of that length."""
    marks = sorted(draw(st.sets(st.integers(0, length), max_size=8)))
    spans = list(zip(marks[::2], marks[1::2]))
    return [(start, end, draw(st.text("XYZ", max_size=3)), draw(st.sampled_from(["p", "q"]))) for start, end in spans]


@st.composite
def marks(draw, plain):
    """Marks of damage that stays, on parts of a text."""
    cuts = sorted(draw(st.sets(st.integers(0, len(plain)), max_size=4)))
    return [(start, end, plain[start:end], "m (unsolved)") for start, end in zip(cuts[::2], cuts[1::2])]


@st.composite
def edited(draw):
    """A text after some rounds of edits, with the string it must have become."""
    raw = draw(TEXT)
    text, plain = TracedText.of(raw), raw
    for _ in range(draw(st.integers(0, 4))):
        changes = draw(edits(len(plain)))
        text = text.edit(changes)
        for start, end, new, _ in reversed(changes):
            plain = plain[:start] + new + plain[end:]
        text = text.edit(draw(marks(plain)))
    return text, plain


@given(edited())
def test_edits_change_the_text_as_they_would_a_string(case):
    text, plain = case
    assert text.text == plain
    assert len(text) == len(plain)


@given(edited())
def test_kept_replaced_and_removed_add_up_to_the_raw_text(case):
    text, plain = case
    ledger = text.ledger()
    assert sum(text.counts().values()) == len(text.raw)
    assert "".join(ledger["before"]) == text.raw
    assert "".join(ledger["after"]) == plain
    assert ledger["start"].tolist() == [0, *ledger["end"]][: len(ledger)]
    assert set(ledger.loc[ledger["action"] == "kept", "rule"]) <= {"", "m (unsolved)"}
    kept = ledger[ledger["action"] == "kept"]
    assert kept["before"].equals(kept["after"])
    assert (ledger.loc[ledger["action"] != "kept", "rule"] != "").all()


@given(edited())
def test_origins_run_forward(case):
    text, plain = case
    origins = [text.origin(i, i + 1) for i in range(len(plain))]
    assert origins == sorted(origins)
    assert all(0 <= start <= end <= len(text.raw) for start, end in origins)


@given(edited(), st.data())
def test_a_text_cut_and_joined_again_is_the_same(case, data):
    text, plain = case
    place = data.draw(st.integers(0, len(plain)))
    parts = [text.cut(0, place), text.cut(place, len(plain))]
    assert [part.text for part in parts] == [plain[:place], plain[place:]]
    assert TracedText.join(parts).text == plain


def test_a_kept_character_has_its_own_origin_and_a_replaced_run_the_whole_of_its():
    text = TracedText.of("甲(jiǎ)乙丙").replace(1, 6, "", "gloss").replace(1, 3, "B", "merge")
    assert text.text == "甲B"
    assert text.origin(0, 1) == (0, 1)
    assert text.origin(1, 2) == (6, 8)
    assert text.spans() == ((0, 8),)


def test_rules_applied_one_after_the_other_are_both_named():
    text = TracedText.of("實").replace(0, 1, "实", "script").replace(0, 1, "石", "spelling")
    assert text.ledger().to_dict("records") == [
        {"start": 0, "end": 1, "action": "replaced", "rule": "script > spelling", "before": "實", "after": "石"}
    ]


def test_an_edit_that_changes_nothing_leaves_no_trace():
    assert TracedText.of("甲乙").replace(0, 1, "甲", "same").ledger()["action"].tolist() == ["kept"]


def test_a_mark_stays_on_what_is_left_and_gives_way_to_a_later_change():
    text = TracedText.of("甲??乙").replace(1, 3, "??", "lost (unsolved)")
    assert text.counts() == {"kept": 4, "replaced": 0, "removed": 0}
    rows = text.replace(2, 3, "？", "wide").ledger()[["action", "rule", "before", "after"]].values.tolist()
    assert rows == [
        ["kept", "", "甲", "甲"],
        ["kept", "lost (unsolved)", "?", "?"],
        ["replaced", "lost (unsolved) > wide", "?", "？"],
        ["kept", "", "乙", "乙"],
    ]
    assert text.origin(2, 3) == (2, 3)


@pytest.mark.parametrize(
    ("edit", "message"),
    [
        ([(0, 0, "x", "r")], "must not be empty"),
        ([(0, 9, "x", "r")], "must lie in 0..2"),
        ([(0, 2, "x", "r"), (1, 2, "y", "r")], "not overlap"),
        ([(0, 1, "x", "")], "name of a rule"),
    ],
)
def test_bad_edits_say_what_is_wrong(edit, message):
    with pytest.raises(ValueError, match=message):
        TracedText.of("甲乙").edit(edit)


def test_bad_spans_and_joins_say_what_is_wrong():
    with pytest.raises(ValueError, match="must lie in 0..2"):
        TracedText.of("甲乙").origin(1, 5)
    with pytest.raises(ValueError, match="at least one part"):
        TracedText.join([])
    with pytest.raises(ValueError, match="same raw text"):
        TracedText.join([TracedText.of("甲"), TracedText.of("乙")])


def test_the_two_accounts_agree_after_a_cut_inside_a_replaced_run():
    text = TracedText.of("abc").replace(0, 2, "xyz", "r")
    joined = TracedText.join([text.cut(0, 1), text.cut(1, 4)])
    assert joined.origin(1, 2) == (0, 2)
    counts = joined.drop(0, 1, "q").counts()
    ledger = joined.drop(0, 1, "q").ledger()
    assert counts == {"kept": 1, "replaced": 2, "removed": 0} and ledger["action"].tolist() == ["replaced", "kept"]
    with pytest.raises(ValueError, match="must lie in 0..4"):
        text.cut(2, 9)


def test_each_part_of_a_replaced_run_leads_back_to_the_whole_run():
    text = TracedText.of("甲abc乙").replace(1, 4, "  丙丁", "r")
    part = text.cut(3, 6)  # without the indent that the run began with
    assert part.text == "丙丁乙" and part.spans() == ((1, 5),)
    assert [part.origin(i, i + 1) for i in range(3)] == [(1, 4), (1, 4), (4, 5)]
    assert part.rows() == [(1, 4, "replaced", "r", "abc", "丙丁"), (4, 5, "kept", "", "乙", "乙")]
    whole = TracedText.join([text.cut(0, 2), text.cut(2, 6)])
    assert whole.counts() == text.counts() and whole.rows() == text.rows() and whole.spans() == ((0, 5),)
