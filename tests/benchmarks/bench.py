"""Times beside named peers, and scores against the annotation: `make bench`.

Every pair is timed in this one run, several times over; the ratio is of the medians. Text is made from the seeds by
shuffling their clauses, or taken from the folder in BENCH_CORPUS; made pages need whole texts, so without that folder they
are made of the seeds' own paragraphs.
"""

from __future__ import annotations

import os
import random
import re
import statistics
import tempfile
import time
from pathlib import Path

import jieba
import pages
import pandas as pd
import repairs
import slogans
import strings
import topics
from opencc import OpenCC

import qdlib as qd
from qdlib.pages import split_page
from qdlib.readers import read_sources

ROOT = Path(__file__).resolve().parents[2]
RUNS = 5


def text_of(size: int) -> str:
    """About `size` characters of clean text."""
    folder = os.environ.get("BENCH_CORPUS")
    if folder:
        base = "\n".join(path.read_text("utf-8", "replace") for path in sorted(Path(folder).rglob("*.txt")))
    else:
        paragraphs = qd.load_corpus(ROOT / "seeds").paragraphs
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
        began = time.perf_counter()
        work()
        times.append(time.perf_counter() - began)
    return statistics.median(times)


def damaged_page() -> str:
    """About 10,000 characters damaged as hacked pages are."""
    return repairs.damage(text_of(7_000), share=0.5)[:10_000]


def speed() -> pd.DataFrame:
    """Seconds and megabytes a second of each stage beside a peer, at two sizes, with the growth from one to the other."""
    converter = OpenCC("t2s")
    qd.repair(text_of(1000)), qd.segment("预热"), jieba.lcut("预热")
    small, large = text_of(100_000), text_of(800_000)
    with tempfile.TemporaryDirectory() as folder:
        files = {text: Path(folder) / f"{len(text)}.txt" for text in (small, large)}
        for text, file in files.items():
            file.write_text(text, "utf-8")
        stages = [
            ("read and repair (clean text)", lambda t: [qd.repair(s.text) for s in read_sources(files[t])],
             "OpenCC t2s", converter.convert),
            ("split into articles", lambda t: split_page(qd.TracedText.of(t)), "str.splitlines", str.splitlines),
            ("load_corpus", lambda t: qd.load_corpus(files[t]), "jieba.lcut", jieba.lcut),
            ("segment", qd.segment, "jieba.lcut", jieba.lcut),
        ]  # fmt: skip
        rows = []
        for stage, work, peer, other in stages:
            few, many = seconds(lambda: work(small)), seconds(lambda: work(large))
            theirs = seconds(lambda: other(large))
            rate = len(large.encode()) / 1e6 / many
            rows.append([stage, rate, many / few, peer, len(large.encode()) / 1e6 / theirs, many / theirs])
    page = damaged_page()
    rows.append(
        [f"repair a damaged page of {len(page):,} characters: {1000 * seconds(lambda: qd.repair(page)):.0f} ms"]
    )
    return pd.DataFrame(rows, columns=["stage", "MB/s", "time at 8x the text", "peer", "peer MB/s", "ratio of times"])


def page_texts() -> list[str]:
    """Texts of whole paragraphs: those of BENCH_CORPUS, else the articles of the seeds."""
    corpus = qd.load_corpus(os.environ.get("BENCH_CORPUS") or ROOT / "seeds")
    rows = corpus.paragraphs[corpus.paragraphs["role"].isin(["body", "lead"])]
    return ["\n".join(group) for _, group in rows.groupby("article_id")["text"]]


def main() -> None:
    """Print the tables."""
    print(f"n = {RUNS} runs, medians; text of 0.3 and 2.4 MB")
    print(speed().round(2).to_string(index=False))
    page = damaged_page()
    print(f"a damaged page of {len(page):,} characters is repaired in {1000 * seconds(lambda: qd.repair(page)):.0f} ms")
    print("\nPages made of whole articles, taken apart again:")
    print(pages.table(page_texts()).round(3).to_string(index=False, na_rep=""))
    print("\nRepair of text damaged on purpose:")
    print(repairs.table(text_of(30_000)).round(3).to_string(index=False))
    print("\nSlogans against the annotation, beside three baselines:")
    slogans.main()
    print("\nRepeated strings beside a plain Counter, and their growth:")
    strings.main()
    print("\nTopic models beside their peers:")
    topics.main()


if __name__ == "__main__":
    main()
