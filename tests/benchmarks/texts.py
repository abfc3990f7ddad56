"""Texts to measure on, of any size: those of BENCH_CORPUS and BENCH_LABELLED, of the seeds without them.

BENCH_CORPUS is a folder of texts, BENCH_LABELLED a JSON lines file with the column `text`. Where more is wanted than they
hold, new text is made in one of two ways. `shuffled` draws whole clauses: right for what reads clauses, wrong for repeated
strings, since each clause would come back again and again. `chained` draws word after word, each among those that follow
the one before somewhere in the texts: words are as common as they were, but no string is longer repeated than chance has it.
"""

from __future__ import annotations

import json
import os
import random
import re
from functools import cache
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
DOCUMENT = 500  # characters, about 1.5 kB
_CLAUSE = re.compile(r"(?:“[^”\n]*”|[^“，。；？！\n])+[，。；？！]+”?")
_SENTENCE = re.compile(r"[^。！？\n]*[。！？\n]+|[^。！？\n]+$")


@cache
def base() -> list[str]:
    """The texts at hand; of the seeds the repaired paragraphs of each article."""
    folder, file = os.environ.get("BENCH_CORPUS"), os.environ.get("BENCH_LABELLED")
    found = [path.read_text("utf-8", "replace") for path in sorted(Path(folder).rglob("*.txt"))] if folder else []
    found += [json.loads(line)["text"] for line in Path(file).read_text("utf-8").splitlines()] if file else []
    if found:
        return found
    import qdlib as qd

    return qd.load_corpus(ROOT / "seeds").documents("article", roles=["lead", "body"])["text"].tolist()


def n_bytes(texts: list[str]) -> int:
    """Bytes of texts in UTF-8."""
    return sum(len(text.encode()) for text in texts)


def shuffled(megabytes: float, length: int = DOCUMENT) -> list[str]:
    """Documents of about `length` characters, their clauses drawn at random, six a paragraph; others for each size."""
    clauses = [clause for text in base() for clause in _CLAUSE.findall(text) if 4 < len(clause) < 80]
    rng, mean = random.Random(megabytes), sum(map(len, clauses)) / len(clauses)
    made, left = [], megabytes * 1e6
    while left > 0:
        drawn = rng.choices(clauses, k=max(1, round(length / mean)))
        lines = ["".join(drawn[i : i + 6]) for i in range(0, len(drawn), 6)]
        made.append("\n".join(line.rstrip("，。；？！") + "。" for line in lines))
        left -= len(made[-1].encode())
    return made


def real(megabytes: float, length: int = DOCUMENT) -> list[str]:
    """Documents of about `length` characters in random order: pieces of the texts, as long as there are any, then chained."""
    pieces = [piece for text in base() for piece in _cut(text, length)]
    random.Random(0).shuffle(pieces)
    wanted, own = int(megabytes * 1e6), n_bytes(pieces)
    if wanted > own:
        return pieces + [piece for text in chained((wanted - own) / 1e6) for piece in _cut(text, length)]
    ends = np.cumsum([len(piece.encode()) for piece in pieces])
    return pieces[: int(np.searchsorted(ends, wanted)) + 1]


def _cut(text: str, length: int) -> list[str]:
    """A text cut at ends of sentences into pieces of at least `length` characters, the last one shorter."""
    pieces = [""]
    for sentence in _SENTENCE.findall(text):
        pieces[-1] += sentence
        if len(pieces[-1]) >= length:
            pieces.append("")
    return [piece for piece in pieces if piece.strip()]


def chained(megabytes: float, length: int = 5000) -> list[str]:
    """New texts of `length` words or marks, each drawn after the one before it; all chains grow side by side."""
    import qdlib as qd

    words = [word for tokens in qd.segment(base()) for word in [*tokens, "\n"]]
    known, codes = np.unique(np.array(words, dtype=object), return_inverse=True)
    order = np.argsort(codes[:-1], kind="stable")
    counts = np.bincount(codes[:-1], minlength=len(known))
    starts, rng = np.cumsum(counts) - counts, np.random.default_rng(0)
    mean = n_bytes(words) / len(words)
    at = rng.integers(0, len(codes) - 1, round(megabytes * 1e6 / mean / length) + 1)
    made = np.empty((length, len(at)), codes.dtype)
    for row in made:
        here = codes[at]
        at = (order[starts[here] + (rng.random(len(at)) * counts[here]).astype(int)] + 1) % (len(codes) - 1)
        row[:] = codes[at]
    return ["".join(known[column]) for column in made.T]
