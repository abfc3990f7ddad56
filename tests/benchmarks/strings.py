"""Repeated strings beside a plain Python `Counter` that does the same, and how time and memory grow with the text.

Texts are those of the folder in BENCH_CORPUS, the seeds without it. Beyond their own size they go on as new text of the same
characters: after each pair of characters one that follows it somewhere in the texts, drawn at random. `repeated` text is
the worst case: the same texts over and over, so that every string repeats. Each figure is one run in a process of its own;
times are the processor's, so that other work on the machine does not count. Memory is the peak of the process, with all that
is imported and the texts themselves. Run with a number, the plain `Counter` is given so many megabytes; 50 take it about five minutes.
"""

from __future__ import annotations

import math
import multiprocessing
import os
import re
import resource
import sys
import time
from collections import Counter, defaultdict
from pathlib import Path

import numpy as np
import pandas as pd

import qdlib as qd
from qdlib.readers import read_sources
from qdlib.strings import SENTENCE_MARKS

ROOT = Path(__file__).resolve().parents[2]
LONGEST = 12
COUNTER, ALL = "Counter", "with fragments"
PIECE = re.compile(f"[^{SENTENCE_MARKS}]+")


def chained(texts: list[str], size: int, length: int = 5000) -> list[str]:
    """About `size` characters of new text, each drawn after the pair before it."""
    rng = np.random.default_rng(0)
    points = np.frombuffer("\n".join(texts).encode("utf-32-le"), "<u4").astype(np.int64)
    _, pair, counts = np.unique(points[:-2] << 21 | points[1:-1], return_inverse=True, return_counts=True)
    order, starts = np.argsort(pair, kind="stable"), np.cumsum(counts) - counts
    at = rng.integers(0, len(pair), size // length + 1)
    made = np.empty((length, len(at)), "<u4")
    for row in made:
        at = order[starts[pair[at]] + (rng.random(len(at)) * counts[pair[at]]).astype(int)] + 1
        at[at == len(pair)] = 0
        row[:] = points[at + 1]
    return [column.tobytes().decode("utf-32-le") for column in made.T]


def texts_of(megabytes: float, kind: str) -> list[str]:
    """Texts of so many megabytes of UTF-8."""
    texts = [source.text for source in read_sources(os.environ.get("BENCH_CORPUS") or ROOT / "seeds")]
    sizes = [len(text.encode()) for text in texts]
    size = int(megabytes * 1e6 * sum(map(len, texts)) / sum(sizes))
    if kind == "repeated":
        texts = texts * (size // sum(map(len, texts)) + 1)
    elif kind == "chained":
        texts = chained(texts, size)
    elif size > sum(map(len, texts)):
        texts += chained(texts, size - sum(map(len, texts)))
    ends = np.cumsum([len(text) for text in texts])
    return [text[: max(0, size - int(end) + len(text))] for text, end in zip(texts, ends) if size > end - len(text)]


def plain(texts: list[str]) -> pd.DataFrame:
    """Strings that occur at least 3 times, with both entropies, by counters; one length at a time, to spare memory."""
    pieces = [piece for text in texts for piece in PIECE.findall(text)]
    rows = []
    for n in range(2, LONGEST + 1):
        counts = Counter(piece[i : i + n] for piece in pieces for i in range(len(piece) - n + 1))
        counts = {string: count for string, count in counts.items() if count >= 3}
        left, right = defaultdict(Counter), defaultdict(Counter)
        for number, piece in enumerate(pieces):
            for i in range(len(piece) - n + 1):
                string = piece[i : i + n]
                if string in counts:
                    left[string][piece[i - 1] if i else number] += 1
                    right[string][piece[i + n] if i + n < len(piece) else number] += 1
        rows += [(string, count, entropy(left[string]), entropy(right[string])) for string, count in counts.items()]
    return pd.DataFrame(rows, columns=["string", "count", "left_entropy", "right_entropy"])


def entropy(counts: Counter) -> float:
    """Entropy of counts in bits."""
    total = counts.total()
    return math.log2(total) - sum(n * math.log2(n) for n in counts.values()) / total


def digest(table: pd.DataFrame) -> int:
    """One number for the strings, counts and entropies of a table in any order, entropies to six decimals."""
    table = table[["string", "count", "left_entropy", "right_entropy"]].astype({"string": "str"})
    sides = table[["left_entropy", "right_entropy"]]
    rounded = (sides + 1e-7).round(6)  # so that no multiple of a power of 1/2 falls between two
    return int(pd.util.hash_pandas_object(table.assign(**rounded), index=False).sum())


def measured(megabytes: float, kind: str, work: str) -> list:
    """Strings found and their digest, seconds of the processor, and peak gigabytes of one run."""
    texts = texts_of(megabytes, kind)
    functions = {
        "repeated_strings": lambda texts: qd.repeated_strings(texts, max_chars=LONGEST),
        ALL: lambda texts: qd.repeated_strings(texts, max_chars=LONGEST, fragments=True),
        COUNTER: plain,
    }
    began = time.process_time()
    table = functions[work](texts)
    took = time.process_time() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    return [kind, megabytes, work, len(table), digest(table), took, peak / 1e9]


def table(runs: list[tuple[float, str, str]]) -> pd.DataFrame:
    """The runs, each in a new process, beside the `Counter` on the same text and the first run of the same work.

    Returns:
        A table `text, MB, work, strings, s, peak GB, s/MB`; `faster`, `smaller`: how many times the seconds and the peak
        of the `Counter` are these, missing where it was not run; `same`: whether it found the same; `MB, s, GB to the
        first`: how many times those of the first run of this work on this kind of text.
    """
    with multiprocessing.get_context("spawn").Pool(1, maxtasksperchild=1) as pool:
        rows = [pool.apply(measured, run) for run in runs]
    found = pd.DataFrame(rows, columns=["text", "MB", "work", "strings", "digest", "s", "peak GB"])
    found["s/MB"] = found["s"] / found["MB"]
    peer = found[found["work"] == COUNTER].set_index(["text", "MB"])[["digest", "s", "peak GB"]]
    peer = found[["text", "MB"]].join(peer, on=["text", "MB"])
    found["faster"], found["smaller"] = peer["s"] / found["s"], peer["peak GB"] / found["peak GB"]
    found["same"] = peer["digest"] == found["digest"]
    first = found.groupby(["text", "work"])[["MB", "s", "peak GB"]].transform("first")
    found[["MB to the first", "s to the first", "GB to the first"]] = found[["MB", "s", "peak GB"]] / first
    return found.drop(columns="digest")


def main(peer: float = 10) -> None:
    """Print both tables."""
    beside = table([(peer, "as it is", work) for work in (ALL, "repeated_strings", COUNTER)])
    print(beside.drop(columns=[name for name in beside if "first" in name]).round(3).to_string(index=False))
    sizes = [(megabytes, "chained", "repeated_strings") for megabytes in (6.25, 12.5, 25, 50)]
    growth = table([*sizes, (50, "repeated", "repeated_strings")])
    print(growth.drop(columns=["faster", "smaller", "same"]).round(3).to_string(index=False))


if __name__ == "__main__":
    main(*map(float, sys.argv[1:]))
