"""Alignment: the clauses of a parallel slogan laid into columns, the frame they share and what fills its slots."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from operator import add
from typing import NamedTuple

import pandas as pd

from qdlib.parallelism import (
    FUNCTION,
    NUMERALS,
    RESULTATIVE,
    alternate,
    mean_features,
    parallel_features,
    sentences,
    tags,
    total,
    without_light_marks,
)
from qdlib.runs import lay

LONGEST = 60  # characters of a clause that is laid into columns
_SLOTS = "XYZUVWABCDEFGHIJKLMNOPQRST"


class Parallel(NamedTuple):
    """A parallel slogan laid open.

    Attributes:
        table: one row a clause, one column a piece of the frame (headed by its text) or a slot (headed X, Y, Z, …);
            before them, in brackets, the words ahead of the first clause that govern all of them.
        frame: the shared words with the slots between them, 'X就是Y'.
        score: the sum of `features`, as in `parallel_features`.
        features: the mean features of neighbouring clauses, each with its weight.
    """

    table: pd.DataFrame
    frame: str
    score: float
    features: dict[str, float]


def explain_parallel(slogan: str) -> Parallel:
    """Lay the clauses of a slogan into columns: the frame they share, and what fills its slots.

    Args:
        slogan: two or more clauses, parted by commas, spaces or other marks.

    Returns:
        The aligned table, the frame, and the score with its parts. A frame is made of whole words or grammatical
        characters that all clauses share in the same order; where nothing is shared, the slots are the words.

    Raises:
        ValueError: there are not two clauses of at most 60 characters.
    """
    parts = list(sentences(slogan, 0, len(slogan)))
    finest = [clause for sentence in parts for clause in sentence]
    levels = [[clause.text for clause in level] for level in (finest, without_light_marks(finest))]
    levels.append(["".join(clause.text for clause in sentence) for sentence in parts])  # couplets of two halves each
    levels = [clauses for clauses in levels if len(clauses) > 1 and max(map(len, clauses)) <= LONGEST]
    if not levels:
        raise ValueError(f"slogan must have two clauses of at most {LONGEST} characters, got {slogan[:40]!r}")
    lead, clauses = max(map(_without_lead, levels), key=lambda reading: total(mean_features(reading[1])))
    features, columns = mean_features(clauses), align_clauses(clauses)
    names, fresh = [], iter(_SLOTS)
    for texts, shared in columns:
        name = texts[0] if shared else next(fresh, "…")
        names.append(name + "′" * sum(name == other.rstrip("′") for other in names))
    table = pd.DataFrame(list(zip(*(texts for texts, _ in columns))), columns=names, index=range(1, len(clauses) + 1))
    if lead:
        table.insert(0, f"({lead})", [lead] + [""] * (len(clauses) - 1))
    return Parallel(table.rename_axis("clause"), "".join(names).replace("′", ""), total(features), features)


def _without_lead(clauses: list[str]) -> tuple[str, list[str]]:
    """The words ahead of the first clause, if it is more parallel without them; and the clauses."""
    score, _, kept, whole = lay(clauses[0], clauses[1], "、", begun=False)
    if kept and whole == len(clauses[1]) and score > total(parallel_features(*clauses[:2])):
        return clauses[0][:-kept] if kept < len(clauses[0]) else "", [clauses[0][-kept:], *clauses[1:]]
    return "", clauses


def align_clauses(clauses: Sequence[str]) -> list[tuple[tuple[str, ...], bool]]:
    """Cut clauses into columns: the texts of each, and whether all share it."""
    # of three clauses or more a shared character is no chance, of two it must be a word
    labels = [list(clause) if len(clauses) > 2 else _labels(clause) for clause in clauses]
    matches = [_matches(labels[0], other) for other in labels[1:]]
    common = sorted(i for i in range(len(clauses[0])) if all(i in match for match in matches))
    anchors = [(i, *(match[i] for match in matches)) for i in common]
    columns: list[tuple[tuple[str, ...], bool]] = []
    at = tuple(0 for _ in clauses)
    for anchor in anchors:
        columns += _slots(clauses, at, anchor)
        columns.append((tuple(clauses[0][anchor[0]] for _ in clauses), True))
        at = tuple(i + 1 for i in anchor)
    columns += _slots(clauses, at, tuple(map(len, clauses)))
    return _joined(columns)


def _joined(columns: list[tuple[tuple[str, ...], bool]]) -> list[tuple[tuple[str, ...], bool]]:
    """Columns, those of the frame that stand side by side made one."""
    joined: list[tuple[tuple[str, ...], bool]] = []
    for texts, shared in columns:
        if shared and joined and joined[-1][1]:
            joined[-1] = tuple(map(add, joined[-1][0], texts)), True
        else:
            joined.append((texts, shared))
    return joined


def _words(clause: str) -> list[tuple[str, str]]:
    """The tagged words of a clause, a numeral parted from what it counts."""
    parts = ((w[0], w[1:]) if w[0] in NUMERALS and len(w) < 4 else (w,) for w, _ in tags(clause))
    return [(part, tag) for split, (_, tag) in zip(parts, tags(clause)) for part in split if part]


def _labels(clause: str) -> list:
    """What clauses must share for a character to be of the frame: it alone if grammatical, else its word too."""
    labels = [
        c if c in FUNCTION and (tag[0] != "n" or len(word) == 1) else (word, i)
        for word, tag in _words(clause)
        for i, c in enumerate(word)
    ]
    return labels[:1] + [clause[1]] + labels[2:] if RESULTATIVE.match(clause) else labels


def _matches(a: list, b: list) -> dict[int, int]:
    """Places of a with those of b that answer them: in place if equally long, else by longest common subsequence."""
    if len(a) == len(b):
        return {i: i for i, (x, y) in enumerate(zip(a, b)) if x == y}
    longest = [[0] * (len(b) + 1) for _ in range(len(a) + 1)]
    for i, j in product(reversed(range(len(a))), reversed(range(len(b)))):
        longest[i][j] = 1 + longest[i + 1][j + 1] if a[i] == b[j] else max(longest[i + 1][j], longest[i][j + 1])
    found, i, j = {}, 0, 0
    while i < len(a) and j < len(b):
        if a[i] == b[j]:
            found[i] = j
            i, j = i + 1, j + 1
        elif longest[i + 1][j] >= longest[i][j + 1]:
            i += 1
        else:
            j += 1
    return found


def _slots(clauses: Sequence[str], starts: Sequence[int], ends: Sequence[int]) -> list[tuple[tuple[str, ...], bool]]:
    """The columns between two pieces of the frame: one a word if all clauses have as many, or cut where they alternate.

    What all have there is of the frame after all (X事 in 大事, 小事).
    """
    texts = tuple(clause[start:end] for clause, start, end in zip(clauses, starts, ends))
    words = [[word for word, _ in _words(text)] if text else [] for text in texts]
    if len(set(map(len, words))) == 1 and len(words[0]) > 1:
        return [(column, len(set(column)) == 1) for column in zip(*words)]
    if not any(texts):
        return []
    if len(set(map(len, texts))) > 1:
        return [(texts, False)]
    turns = [i for i, column in enumerate(zip(*texts)) if all(alternate(column[0], c) for c in column[1:])]
    cuts = sorted({0, len(texts[0]), *turns, *(i + 1 for i in turns)})
    pieces = [tuple(text[i:j] for text in texts) for i, j in zip(cuts, cuts[1:])]
    return [(piece, len(set(piece)) == 1) for piece in pieces]
