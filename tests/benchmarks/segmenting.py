"""Segmentation beside jieba, whose tokens it must give, and beside its twin rjieba, which does not always give them.

Texts are those of the folder in BENCH_CORPUS, else of the JSON lines file in BENCH_LABELLED (`text`), else the seeds.
"""

from __future__ import annotations

import json
import os
import statistics
import sys
import time
from pathlib import Path

import pandas as pd
import rjieba
from strings import texts_of

import qdlib as qd
from qdlib.words import LEXICONS, tokenizer


def seconds(work, runs: int) -> float:
    """Median seconds of the processor of several runs."""
    times = []
    for _ in range(runs):
        began = time.process_time()
        work()
        times.append(time.process_time() - began)
    return statistics.median(times)


def texts(megabytes: float) -> list[str]:
    """The texts, the labelled ones as they are, others up to so many megabytes."""
    file = os.environ.get("BENCH_LABELLED")
    if file and not os.environ.get("BENCH_CORPUS"):
        return [json.loads(line)["text"] for line in Path(file).read_text("utf-8").splitlines()]
    return texts_of(megabytes, "as it is")


def table(megabytes: float) -> pd.DataFrame:
    """With and without the model, lists kept and strings joined: times, and lines that differ from jieba's."""
    some, twin = texts(megabytes), rjieba.Jieba()
    lines = [line for text in some for line in text.splitlines(keepends=True)]
    rows = []
    for lexicons, hmm in [(LEXICONS, True), (LEXICONS, False), ((), True)]:
        cut = tokenizer(lexicons).lcut
        expected = [cut(line, HMM=hmm) for line in lines]
        wrong = sum(a != b for a, b in zip(qd.segment(lines, lexicons, hmm=hmm), expected))
        twin_wrong = "" if lexicons else sum(twin.cut(line, hmm) != a for line, a in zip(lines, expected))
        for kept in ("lists", "strings"):
            keep = list if kept == "lists" else " ".join
            ours = seconds(lambda: [keep(words) for words in qd.segment(some, lexicons, hmm=hmm)], 5)
            theirs = seconds(lambda: [keep(cut(text, HMM=hmm)) for text in some], 3)
            fast = seconds(lambda: [keep(twin.cut(text, hmm)) for text in some], 5)
            rows.append([len(lexicons), hmm, kept, ours, theirs, theirs / ours, theirs / fast, wrong, twin_wrong])
    print(f"{sum(len(text.encode()) for text in some) / 1e6:.1f} MB, {len(some)} texts, {len(lines)} lines")
    columns = ["lexicons", "model", "kept", "s", "jieba s", "ratio", "rjieba's ratio", "lines that differ", "rjieba's"]
    return pd.DataFrame(rows, columns=columns)


def main(megabytes: float = 5) -> None:
    """Print the table."""
    print(table(megabytes).round(2).to_string(index=False))


if __name__ == "__main__":
    main(*map(float, sys.argv[1:]))
