"""Wordings on the text: each occurrence with its file and line, its place, its voice, and what stands around it."""

import time

import pandas as pd
import pytest
from conftest import corpus_of
from hypothesis import given
from hypothesis import strategies as st

import qdlib as qd
from qdlib.strings import count_wordings
from qdlib.wordings import FOUND_COLUMNS, counted_texts, find_wordings, fold, locate, main_articles, voice_lengths

# two letters, so that wordings stand inside wordings
FORMS = st.lists(st.text("天地", min_size=1, max_size=3), min_size=2, max_size=6, unique=True)
# quotation marks with and without their partners, stops, verbs of saying, an emoji, a character for private use
TALK = st.text("“”‘’「」。，：！?他说问好\U0001f600\ue000", max_size=60)


@pytest.fixture(scope="module")
def mined(corpus):
    """The slogans of the seeds."""
    return qd.mine_slogans(corpus)


def voice(text, wording="学在先", role="body", genre="news"):
    """The voices of a wording in one paragraph."""
    return find_wordings(corpus_of((genre, None, (role, text))), [wording])["voice"].tolist()


def test_a_wording_is_found_across_its_comma_in_either_width_and_named_as_given():
    corpus = corpus_of(("news", None, ("headline", "学在先，干在前"), ("byline", "学在先"), ("body", "要学在先。")))
    found = find_wordings(corpus, ["学在先,干在前", "学在先"])
    assert list(found) == FOUND_COLUMNS
    assert found[["wording", "form", "source", "line", "start", "end", "place", "own"]].values.tolist() == [
        ["学在先,干在前", "学在先，干在前", "a0.txt", 1, 0, 7, "headline", True],
        ["学在先", "学在先", "a0.txt", 1, 0, 3, "headline", False],
        ["学在先", "学在先", "a0.txt", 3, 13, 16, "lead", True],
    ]


@given(st.lists(st.text("天地，", max_size=20), min_size=1, max_size=4), FORMS)
def test_the_counts_are_those_of_the_strings(texts, forms):
    corpus = corpus_of(("news", None, *(("body", text) for text in texts)))
    _, found, names = locate(corpus, forms)
    counts = found.groupby("wording")["own"].agg(["size", "sum"]).reindex(names, fill_value=0)
    assert counts.to_numpy().tolist() == count_wordings(texts, forms)[["count", "own"]].to_numpy().tolist()


def test_of_a_table_of_slogans_the_rows_themselves_are_found(corpus, mined, root):
    found = find_wordings(corpus, mined)
    keys = ["article_id", "paragraph", "start", "end"]
    both = mined.merge(found, on=keys, suffixes=("", "_found"))
    assert len(found) == len(both) == len(mined.drop_duplicates(keys))
    assert (both["slogan"] == both["form"]).all() and (both["own"] == ~both["nested"]).all()


def test_a_family_counts_its_longest_variant_once(corpus, mined):
    by_family = find_wordings(corpus, mined, by="family")
    assert set(by_family["wording"]) == set(mined["family"]) and len(by_family) < len(mined)
    for _, rows in by_family.groupby(["article_id", "wording"]):
        spans = rows[["start", "end"]].to_numpy().tolist()
        assert not any(a <= c and d <= b for a, b in spans for c, d in spans if (a, b) != (c, d))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("他说：“我们要学在先，也要干在前。”", "direct quote"),
        ("“我们要学在先，”张明说，“也要干在前。”", "direct quote"),
        ("“只有学在先，才能干在前。”一位村民拉着记者的手。", "direct quote"),
        ("报告提出，“要坚持学在先，不断总结经验”。", "direct quote"),
        ("校长表示：“学在先。”", "direct quote"),
        ("校长说：“学在先。”大家都笑了。", "direct quote"),
        ("老师说：“要学在先”。", "direct quote"),
        ("他问：“什么叫‘学在先’？”", "direct quote"),
        ("他说要学在先。", "narration"),
        ("大家以“学在先”的姿态投入工作。", "narration"),
        ("“学在先。”这是墙上的标语。", "narration"),
        ("“学在先”，这正是大家的心声。", "narration"),
        ("以“学在先，干在前”为口号，他说了很多。", "narration"),
        ("“他说学在先", "narration"),
        ("他说：“好。”大家学在先，又说：“很好。”", "narration"),
    ],
)
def test_marks_alone_make_no_direct_quote(text, expected):
    assert voice(text) == [expected]


@pytest.mark.parametrize("text", ["他说：“好。”", "“好", "”好“", "“‘好’"])
def test_a_paragraph_of_marks_takes_time_in_proportion_to_its_length(text):
    times = []
    for n in (2_000, 20_000):
        corpus = corpus_of(("news", None, ("body", text * n)))
        start = time.perf_counter()
        find_wordings(corpus, ["好"])["voice"]
        times.append(time.perf_counter() - start)
    assert times[1] < 40 * max(times[0], 0.05)


def test_heads_quotes_under_a_speaker_and_editorials_have_their_own_voice():
    assert voice("他说：“要学在先。”", role="subhead") == ["headline"]
    assert voice("我们学在先。", role="quote") == ["direct quote"]
    assert voice("我们学在先。", genre="commentary") == ["editorial"]
    assert voice("有人说：“我们学在先。”", genre="editorial") == ["direct quote"]


def test_the_characters_of_each_voice_by_hand():
    corpus = corpus_of(
        ("news", None, ("headline", "四字标题"), ("body", "他说：“‘好’，说得好。”完。"), ("quote", "我们好")),
        ("editorial", None, ("body", "五个字评论")),
    )
    # of the 15 characters of the body 8 are between the outer marks
    assert voice_lengths(counted_texts(corpus)).to_dict() == {
        "headline": 4, "narration": 7, "direct quote": 11, "editorial": 5,
    }  # fmt: skip


@given(st.lists(st.tuples(st.sampled_from(["body", "headline", "quote", "caption"]), TALK), max_size=4))
def test_whatever_the_marks_every_character_has_one_voice_and_every_row_its_text(paragraphs):
    corpus = corpus_of(("news", None, *paragraphs))
    assert voice_lengths(counted_texts(corpus)).sum() == sum(len(text) for _, text in paragraphs)
    found = find_wordings(corpus, ["好", "他说"])
    raw = "\n".join(text for _, text in paragraphs)
    assert all(raw[row.start : row.end] == row.form and fold(row.form)[0] == fold(row.wording)[0] for row in found.itertuples())


def test_captions_and_side_pieces_count_with_their_article():
    corpus = corpus_of(("news", None), ("commentary", 0), ("caption", 1), ("caption", None))
    assert main_articles(corpus) == {"a0": "a0", "a1": "a0", "a2": "a0", "a3": ""}


def test_nothing_found_is_a_table_with_the_same_columns():
    for corpus in (corpus_of(), corpus_of(("news", None, ("body", "无")))):
        for wordings in ([], ["学在先"], qd.mine_slogans(corpus)):
            found = find_wordings(corpus, wordings)
            assert found.empty and list(found) == FOUND_COLUMNS


def test_what_cannot_be_looked_for_is_refused(corpus, mined):
    with pytest.raises(TypeError, match="put it in a list"):
        find_wordings(corpus, "学在先")
    with pytest.raises(ValueError, match="no character"):
        find_wordings(corpus, [""])
    with pytest.raises(ValueError, match="by must be slogan or family, got 'type'"):
        find_wordings(corpus, mined, by="type")
    with pytest.raises(ValueError, match="by='family' needs the table of mine_slogans"):
        find_wordings(corpus, ["学在先"], by="family")
    with pytest.raises(ValueError, match="lacks the column 'slogan'"):
        find_wordings(corpus, pd.DataFrame({"wording": ["学在先"]}))
    with pytest.raises(ValueError, match="which this corpus has not there"):
        find_wordings(corpus_of(("news", None, ("body", "无"))), mined)
