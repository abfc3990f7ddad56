"""Times beside named peers, and scores against the annotation: `make bench`.

Every pair is timed in this one run, several times over; the ratio is of the medians. Text is made from the seeds by
shuffling their clauses, or taken from the folder in BENCH_CORPUS.
"""

from __future__ import annotations

import os
import random
import re
import statistics
import time
from pathlib import Path

import jieba
import pandas as pd
import repairs
import slogans
from opencc import OpenCC

import qdlib as qd
from qdlib.pages import split_page

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


def main() -> None:
    """Print the tables."""
    rows = []
    converter = OpenCC("t2s")
    qd.repair(text_of(1000)), qd.segment("预热"), jieba.lcut("预热")
    for size in (100_000, 800_000):
        text = text_of(size)
        megabytes = len(text.encode()) / 1e6
        for stage, work, peer, other in [
            (
                "repair (clean text)",
                lambda: qd.repair(text),
                "OpenCC t2s of the same text",
                lambda: converter.convert(text),
            ),
            (
                "split into articles",
                lambda: split_page(qd.TracedText.of(text)),
                "str.splitlines",
                lambda: text.splitlines(),
            ),
            ("segment", lambda: qd.segment(text), "jieba.lcut", lambda: jieba.lcut(text)),
        ]:
            own, theirs = seconds(work), seconds(other)
            rows.append(
                {
                    "stage": stage,
                    "MB": round(megabytes, 1),
                    "seconds": own,
                    "MB/s": megabytes / own,
                    "peer": peer,
                    "peer seconds": theirs,
                    "ratio": own / theirs,
                }
            )
    print(f"n = {RUNS} runs, medians\n" + pd.DataFrame(rows).round(3).to_string(index=False))
    print("\nRepair of text damaged on purpose:")
    print(repairs.table(text_of(30_000)).round(3).to_string(index=False))
    print("\nSlogans against the annotation, beside three baselines:")
    slogans.main()


if __name__ == "__main__":
    main()
