"""A concordance beside plain `re.finditer` on the same text, which gives neither context nor place."""

from __future__ import annotations

import re
import sys
import tempfile
import time
from pathlib import Path

import pandas as pd
from strings import texts_of

import qdlib as qd

RUNS = 3
SEARCHES = [("城市", False), ("的", False), ("，", False), ("[一二三]个[^，。]{2}", True)]


def seconds(work) -> tuple[float, int]:
    """Least seconds of the processor of several runs, and what the work returned."""
    times = []
    for _ in range(RUNS):
        began = time.process_time()
        found = work()
        times.append(time.process_time() - began)
    return min(times), found


def table(megabytes: float) -> pd.DataFrame:
    """Each search in so many megabytes, with both times and their ratio."""
    with tempfile.TemporaryDirectory() as folder:
        for n, text in enumerate(texts_of(megabytes, "as it is")):
            (Path(folder) / f"{n}.txt").write_text(text, "utf-8")
        corpus = qd.load_corpus(folder)
    joined = "\n".join(corpus.paragraphs["text"])
    rows = []
    for pattern, regex in SEARCHES:
        ours, n = seconds(lambda: len(qd.kwic(corpus, pattern, regex=regex)))
        theirs, _ = seconds(lambda: sum(1 for _ in re.finditer(pattern, joined)))
        rows.append([pattern, len(joined.encode()) / 1e6, n, ours, theirs, ours / theirs, 1e6 * (ours - theirs) / max(n, 1)])
    return pd.DataFrame(rows, columns=["pattern", "MB", "lines", "kwic s", "finditer s", "ratio", "µs a line"])


def main(megabytes: float = 10) -> None:
    """Print the table."""
    print(table(megabytes).round(3).to_string(index=False))


if __name__ == "__main__":
    main(*map(float, sys.argv[1:]))
