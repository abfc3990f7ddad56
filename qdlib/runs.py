"""Runs of parallel clauses: where in a sentence they begin, how far they go, and whether they read as a maxim."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import accumulate
from typing import NamedTuple

from qdlib.parallelism import (
    CLOSING,
    NUMERALS,
    OPENING,
    RESULTATIVE,
    WEIGHTS,
    Clause,
    mean,
    parallel_features,
    tags,
    total,
)

_CLASSICAL = frozenset("者之其必于则而矣乎")
DROP = 0.35  # a clause this much less parallel than those before it is no more of their run
_DIGIT = "[一二两三四五六七八九十]"
_NUMBER = re.compile(rf"\d|分之{_DIGIT}|点{_DIGIT}|{_DIGIT}倍|[十百千万亿][多余]?[元吨人户个斤亩]")


class Run(NamedTuple):
    """Parallel clauses in a row: span in the text, the clauses, the mean features of neighbours, and whether the run is
    all of its sentence."""

    start: int
    end: int
    clauses: tuple[str, ...]
    features: dict[str, float]
    whole: bool


def _tails(clause: str, length: int) -> list[int]:
    """Lengths, near a wanted one, of the ends of a clause that begin where a word begins."""
    sizes = {length} | ({length - 1, length + 1} if length >= 5 else set())
    starts, n = set(), 0
    for word, _ in reversed(tags(clause[-24:])):
        n += len(word)
        starts.add(n)
    fit = (k for k in sizes if 2 <= k < len(clause) and (k in starts or k < 5 and RESULTATIVE.match(clause[-k:])))
    # a numeral stays with what it counts
    return sorted(k for k in fit if clause[-k] not in "的地得了着和与及中里内" and clause[-k - 1] not in NUMERALS)


def _word_ends(clause: str) -> set[int]:
    """Offsets in a clause at which a word ends."""
    return set(accumulate(len(word) for word, _ in tags(clause)))


def lay(a: str, b: str, mark: str, begun: bool) -> tuple[float, dict[str, float], int, int]:
    """Lay clause b against clause a as well as possible: score, features, and how much is kept of each.

    Of the first clause of a run only the end may belong to it (全力推动…), of the last only the beginning (…的精神).
    """
    best: tuple[float, dict[str, float], int, int] = (0.0, {}, 0, 0)
    ends = [(k, k) for k in (len(b), *(m.start() for m in re.finditer("[的等之这]", b[:16]) if m.start() > 1))]
    if begun and len(a) < len(b) and a[0] == b[0] and b[len(a) - 1] not in "是的" and len(a) in _word_ends(b):
        ends.append(
            (len(a), len(b) if len(b) < len(a) + 3 else len(a))
        )  # 抓好、抓实、抓出成效 goes on for two characters
    for laid, kept_b in ends:
        for kept_a in [len(a)] + ([] if begun else _tails(a, laid)):
            if laid < len(b) and kept_a != laid:
                continue
            features = parallel_features(a[len(a) - kept_a :], b[:laid])
            if features and kept_a < len(a) and mark != "、" and "frame" not in features:
                features["cut"] = WEIGHTS["cut"]
            if mark == "、":
                features |= _light(features, a[len(a) - kept_a :], b[:laid])
            score = total(features)
            if round(score + 0.05 * (kept_a == len(a)), 6) > best[0]:
                best = score, features, kept_a, kept_b
    return best


def _light(features: dict[str, float], a: str, b: str) -> dict[str, float]:
    """What 、 between two parallel clauses adds: it joins set phrases, and not the steps of an argument."""
    if "predications" in features:
        return {"parted by 、": WEIGHTS["parted by 、"]}
    if features and len(a) == len(b) == 4 and "same inside" in features and "nouns" not in features:
        return {"parted by 、": 0.1}
    short = (
        features
        and len(a) == len(b) < 5
        and a[0] == b[0] not in "更最较很"
        and ("nouns" not in features or "frame" in features)
    )
    return {"same head": WEIGHTS["same head"]} if short else {}


def find_runs(sentence: list[Clause], text: str, need: float = 0.5) -> Iterator[Run]:
    """Yield the runs of parallel clauses in a sentence.

    Args:
        sentence: its clauses.
        text: the text they stand in.
        need: score a pair needs to begin a run; 0.1 less to go on with one. Clauses with figures make no run.
    """
    words = [clause.text for clause in sentence]
    i = 0
    while i < len(words) - 1:
        head, kept, pairs, j, cut, so_far = 0, 0, [], i, False, 0.0
        while j < len(words) - 1 and not cut:
            a = words[j][len(words[j]) - kept :] if kept else words[j]
            score, features, kept_a, kept_b = lay(a, words[j + 1], sentence[j + 1].before, begun=bool(pairs))
            least = max(need - 0.1, min(so_far / len(pairs) - DROP, need + 0.05)) if pairs else need
            if score < round(least, 6) or _NUMBER.search(a[len(a) - kept_a :] + words[j + 1][:kept_b]):
                break
            head = head if pairs else kept_a
            pairs.append(features)
            so_far += score
            kept, j = kept_b, j + 1
            cut = kept < len(words[j])
        if pairs:
            clauses = (words[i][len(words[i]) - head :], *words[i + 1 : j], words[j][:kept])
            start = sentence[i].places[len(words[i]) - head]
            end = sentence[j].places[kept - 1] + 1
            whole = i == 0 and j == len(words) - 1 and not cut and head == len(words[0])
            yield Run(*_with_quotes(text, start, end), clauses, mean(pairs), whole)
            i = j + (not cut)
        else:
            i += 1


def _with_quotes(text: str, start: int, end: int) -> tuple[int, int]:
    """The span with the quotation mark that one of its own lacks."""
    depth = lowest = 0
    for character in text[start:end]:
        depth += (character in OPENING) - (character in CLOSING)
        lowest = min(lowest, depth)
    if lowest < 0 < start and text[start - 1] in OPENING:
        start, depth = start - 1, depth + 1
    if depth > 0 and text[end : end + 1] and text[end] in CLOSING:
        end += 1
    return start, end


def is_maxim(run: Run) -> bool:
    """Whether parallel clauses read as a maxim: classical words that both share, or counted shares in a sentence of its own."""
    first, last = run.clauses[0], run.clauses[-1]
    if max(map(len, run.clauses)) > 10 or "conjunction" in run.features:
        return False
    if {"same characters", "frame"} <= run.features.keys():  # a sentence turned round
        return True
    counted = run.whole and len(run.clauses) == 2 and "alternation" in run.features and first[0] in NUMERALS
    # 爱国者, 记者 and the like are words, not the particle 者
    classical = (
        set(re.sub("[爱国记劳动消费参与志愿]者", "", first))
        & set(re.sub("[爱国记劳动消费参与志愿]者", "", last))
        & _CLASSICAL
    )
    return bool(classical) or counted
