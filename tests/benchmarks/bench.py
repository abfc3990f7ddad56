"""Times beside named peers, and scores against the annotation: `make bench`.

Every pair is timed in this one run, several times over, in seconds of one core; the ratio is of the medians. Text is
made from the seeds by shuffling their clauses, or taken from the folder in BENCH_CORPUS; made pages need whole texts, so
without that folder they are made of the seeds' own paragraphs; clean pages are paragraphs and subheads in random order.
"""

from __future__ import annotations

import os
import random
import re
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import concordance
import jieba
import pages
import pandas as pd
import repairs
import segmenting
import slogans
import strings
import topics
from opencc import OpenCC

import qdlib as qd
from qdlib.readers import read_sources

ROOT = Path(__file__).resolve().parents[2]
RUNS = 5
SIZES = (100_000, 800_000)  # characters


def text_of(size: int) -> str:
    """About `size` characters of clean text."""
    folder = os.environ.get("BENCH_CORPUS")
    if folder:
        base = "\n".join(path.read_text("utf-8", "replace") for path in sorted(Path(folder).rglob("*.txt")))
    else:
        paragraphs = corpus().paragraphs
        clauses = [
            c
            for t in paragraphs.loc[paragraphs["role"] == "body", "text"]
            for c in re.findall(r"[^，。；]+[，。；]", t)
        ]
        rng = random.Random(0)
        base = "\n".join("".join(rng.choices(clauses, k=8)) for _ in range(size // 80 + 1))
    return (base * (size // len(base) + 1))[:size]


def seconds(work) -> float:
    """Median seconds of several runs."""
    times = []
    for _ in range(RUNS):
        began = time.process_time()
        work()
        times.append(time.process_time() - began)
    return statistics.median(times)


def clean_pages(size: int) -> list[str]:
    """Clean pages of about 5,000 characters, about `size` together: whole paragraphs and subheads in random order."""
    rows = corpus().paragraphs
    lines = list(rows.loc[rows["role"].isin(["body", "lead", "subhead"]), "text"])
    rng, mean = random.Random(0), statistics.mean(map(len, lines))
    return ["\n".join(rng.choices(lines, k=round(5000 / mean))) for _ in range(size // 5000)]


def damaged_pages(n: int) -> Iterator[str]:
    """Pages of 10,000 characters damaged as hacked pages are, each another text."""
    text = text_of(7_000 * n)
    return (repairs.damage(text[k * 7_000 : (k + 1) * 7_000], share=0.5, seed=k)[:10_000] for k in range(n))


def speed() -> pd.DataFrame:
    """Megabytes a second of each stage beside a peer, and how many times as long eight times as much text takes."""
    convert = OpenCC("t2s").convert
    small, large = (["\n".join(pages)] for pages in map(clean_pages, SIZES))
    few, many = map(clean_pages, SIZES)
    stages = [
        ("read and repair, one file", read_and_repair, small, large, "OpenCC t2s", convert),
        ("load_corpus, one file", qd.load_corpus, small, large, "jieba.lcut", jieba.lcut),
        ("load_corpus, pages of 5,000 characters", qd.load_corpus, few, many, "jieba.lcut", jieba.lcut),
        ("segment", segment_files, few, many, "jieba.lcut", jieba.lcut),
    ]
    rows = []
    for stage, work, less, more, peer, other in stages:
        with files(less) as folder:
            work(folder)  # dictionaries and tables are read once
            brief = seconds(lambda: work(folder))
        with files(more) as folder:
            took = seconds(lambda: work(folder))
        theirs = seconds(lambda: other("\n".join(more)))
        size = sum(len(text.encode()) for text in more) / 1e6
        rows.append([stage, size, size / took, took / brief, peer, size / theirs, took / theirs])
    return pd.DataFrame(
        rows, columns=["stage", "MB", "MB/s", "time at 8x the text", "peer", "peer MB/s", "ratio of times"]
    )


@contextmanager
def files(texts: list[str]) -> Iterator[Path]:
    """A folder with a file for each text, as long as it is needed."""
    with tempfile.TemporaryDirectory() as folder:
        for n, text in enumerate(texts):
            (Path(folder) / f"{n}.txt").write_text(text, "utf-8")
        yield Path(folder)


def read_and_repair(folder: Path) -> list[qd.TracedText]:
    """Repair the files of a folder."""
    return [qd.repair(source.text) for source in read_sources(folder)]


def segment_files(folder: Path) -> list[list[str]]:
    """Read and segment the files of a folder."""
    return qd.segment([source.text for source in read_sources(folder)])


@cache
def corpus() -> qd.Corpus:
    """BENCH_CORPUS, else the seeds."""
    return qd.load_corpus(os.environ.get("BENCH_CORPUS") or ROOT / "seeds")


def page_texts() -> list[str]:
    """Texts of whole paragraphs, one an article."""
    rows = corpus().paragraphs
    rows = rows[rows["role"].isin(["body", "lead"])]
    return ["\n".join(group) for _, group in rows.groupby("article_id")["text"]]


def main() -> None:
    """Print the tables."""
    print(f"Clean text, at two sizes (MB: the larger, eight times the smaller); medians of {RUNS} runs on one core:")
    print(speed().round(2).to_string(index=False))
    first, *damaged = damaged_pages(RUNS + 1)
    qd.repair(first)
    each = iter(damaged)  # another page each time, so that nothing is remembered of it
    print(f"A damaged page of {len(first):,} characters: {1000 * seconds(lambda: qd.repair(next(each))):.0f} ms")
    print("\nPages made of whole articles, taken apart again:")
    print(pages.table(page_texts()).round(3).to_string(index=False, na_rep=""))
    print("\nRepair of text damaged on purpose:")
    print(repairs.table(text_of(30_000)).round(3).to_string(index=False))
    print("\nSlogans against the annotation, beside three baselines:")
    slogans.main()
    print("\nRepeated strings beside a plain Counter, and their growth:")
    strings.main()
    print("\nA concordance beside re.finditer:")
    concordance.main()
    print("\nSegmentation beside jieba and rjieba:")
    segmenting.main()
    print("\nTopic models beside their peers:")
    topics.main()


if __name__ == "__main__":
    main()
