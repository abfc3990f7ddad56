"""Duplicates: pairs found as counting them all finds them, nothing dropped, nothing found where there is none."""

import random

import pytest

import qdlib as qd
from qdlib.duplicates import DUPLICATE_COLUMNS, find_duplicates

LINE = "各级各部门要认真贯彻落实会议精神，把各项任务落到实处，不断提升城市品质和群众的获得感。"


def load(tmp_path, texts):
    """A corpus of these texts."""
    for number, text in enumerate(texts):
        (tmp_path / f"{number:02d}.txt").write_text(text, "utf-8")
    return qd.load_corpus(tmp_path)


def test_the_similarity_of_a_pair_is_the_share_of_common_runs_of_five(tmp_path):
    # 24 characters give 20 runs; another last character leaves 19 of them, of 21 in both
    first, second = (
        "今天上午市里召开工作推进会安排部署城市更新重点任务",
        "今天上午市里召开工作推进会安排部署城市更新重点任勿",
    )
    assert len(first) == 25
    found = find_duplicates(load(tmp_path, [first, second]), least=5)
    assert found["similarity"].tolist() == [20 / 22]
    assert found[["source", "line", "other_source", "other_line"]].values.tolist() == [["00.txt", 1, "01.txt", 1]]


def test_the_pairs_are_those_that_comparing_all_with_all_finds(tmp_path):
    rng = random.Random(1)
    texts = []
    for number in range(40):
        letters = list(LINE if number % 2 else "".join(rng.sample(LINE, len(LINE))))
        for _ in range(number % 5):
            letters[rng.randrange(len(letters) - 1)] = rng.choice("甲乙丙丁")
        texts.append("".join(letters))
    corpus = load(tmp_path, texts)
    documents = corpus.documents("paragraph")
    runs = [{t[i : i + 5] for i in range(len(t) - 4)} for t in documents["text"]]
    names = documents["document"].tolist()
    wanted = {
        (names[i], names[j])
        for j in range(len(runs))
        for i in range(j)
        if len(runs[i] & runs[j]) / len(runs[i] | runs[j]) >= 0.5
    }
    found = find_duplicates(corpus, threshold=0.5)
    assert len(wanted) > 20 and set(zip(found["document"], found["other"])) == wanted
    assert len(corpus.documents("paragraph")) == 40  # reported, not dropped


def test_a_corpus_without_duplicates_gives_an_empty_table(corpus):
    found = find_duplicates(corpus)
    assert list(found) == DUPLICATE_COLUMNS and len(found) == 0


def test_a_threshold_out_of_range_is_named(corpus):
    with pytest.raises(ValueError, match="threshold must be above 0 and at most 1, got 2"):
        find_duplicates(corpus, threshold=2)
