"""Parallel clauses (对偶, 排比): clauses laid side by side, what they share, and how strongly they answer each other.

Parallelism is measured on the text, across commas, with features a reader can check: equal length, the same function
words in the same place, the same part of speech, numerals or opposites that alternate.
"""

from __future__ import annotations

import logging
import math
import re
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from itertools import accumulate, product
from typing import NamedTuple

import pandas as pd

from qdlib.words import read_lexicon

OPENING, CLOSING = "“‘「『", "”’」』"
NUMERALS = frozenset("一二两三四五六七八九十百千双")
_STOPS = frozenset("。！？!?；;…\n：:（）()《》【】[]—■□")  # end a sentence, or a run of clauses for good
_COMMAS = frozenset("，,、 \u3000·")  # what a run of clauses may cross
_FUNCTION = frozenset("就是不有为以要更一在中到从于去来起好出了之者其所而把能再没无多少大小新让向用当各都必先对第")
_CLASSICAL = frozenset("者之其必于则而矣乎")
_CONJUNCTION = re.compile(
    r"不但|不仅|而且|因为|所以|虽然|但是|如果|一面|一方面|另一方面|或者|并且|即使|由于|既|又|也|还|其中|同时|这|那|我们|他们|他|她|记者"
)
# Endings of names of people, places and things: a list of such nouns is no parallelism.
NAMED_THING = re.compile(
    r"(?:[哥姐嫂员匠师者长兵郎器车站码圈群证室馆厅店网局委办部区市县镇家场业]|平台|中心|小组|系统|银行|窗口|速度)$"
)
_RESULTATIVE = re.compile(r"[^\W\d_][好准出起足紧到住牢稳实响亮强优活]了?[^\W\d_]")  # verb, its result, object: 谋好篇
_HAN = re.compile(r"[\u3400-\u9fff]")
_COVERBS = frozenset("在从以用向为把靠")

WEIGHTS = {
    "equal length": 0.25,  # 0.15 with a difference of one character, 0.05 of two
    "frame": 0.15,  # for each function word both have in the same place, up to 0.3
    "same end": 0.15,  # the same content character first or last
    "same inside": 0.15,  # the same content character elsewhere in the same place
    "alternation": 0.15,  # numerals or opposites in the same place
    "same characters": 0.3,  # the same characters in another order
    "verse": 0.1,  # five or seven characters
    "resultative": 0.1,  # both are verb, result, object
    "verb heads": 0.25,  # both begin with a verb; 0.1 if neither is a short one
    "same pattern": 0.2,  # the same lengths and parts of speech; 0.1 for lengths alone, 0.05 for the last word alone
    "nouns": -0.25,  # both are nouns: a list
    "predications": 0.1,  # both say something of a subject (小病不出村)
    "parted by 、": 0.25,  # two predications with the light mark between them, which argument does not have
    "same head": 0.15,  # short clauses parted by 、 that begin with the same character
    "same beginning": 0.2,  # three characters or more
    "narrated": -0.2,  # 了 in the same place near the head: what was done, not what is to be done
    "unlike heads": -0.15,  # one begins with a short verb, the other with none
    "conjunction": -0.3,  # one begins with a conjunction or pronoun: argument rather than slogan
    "cut": -0.1,  # only the end of the first clause is taken
}


class Clause(NamedTuple):
    """A clause without its quotation marks: its characters, their offsets, and the mark before it."""

    text: str
    places: tuple[int, ...]
    before: str


class Run(NamedTuple):
    """Parallel clauses in a row: span in the text, the clauses, the mean features of neighbours, and whether the run is
    all of its sentence."""

    start: int
    end: int
    clauses: tuple[str, ...]
    features: dict[str, float]
    whole: bool


def sentences(text: str, start: int, end: int, walls: frozenset[int] = frozenset()) -> Iterator[list[Clause]]:
    """Yield the sentences of a region as lists of clauses; offsets in `walls` end a sentence too."""
    sentence: list[Clause] = []
    characters: list[str] = []
    places: list[int] = []
    before = ""
    for i in range(start, end + 1):
        c = text[i] if i < end else "\n"
        stop = c in _STOPS or i in walls
        if stop or c in _COMMAS:
            if places:
                sentence.append(Clause("".join(characters), tuple(places), before))
                characters, places, before = [], [], c
            if stop:
                if sentence:
                    yield sentence
                sentence, before = [], ""
        elif c not in OPENING and c not in CLOSING and c != '"':
            characters.append(c)
            places.append(i)


def without_light_marks(sentence: list[Clause]) -> list[Clause]:
    """The sentence with clauses parted by 、 or · taken as one; empty if nothing changes."""
    groups: list[list[Clause]] = []
    for clause in sentence:
        if groups and clause.before in "、·":
            groups[-1].append(clause)
        else:
            groups.append([clause])
    if len(groups) == len(sentence):
        return []
    return [Clause("".join(c.text for c in g), tuple(i for c in g for i in c.places), g[0].before) for g in groups]


# -- two clauses ------------------------------------------------------------------------------------------------------


@cache
def _tagger():
    """A part-of-speech tagger of our own on jieba's dictionary."""
    import jieba.posseg

    jieba.setLogLevel(logging.WARNING)
    tagger = jieba.posseg.POSTokenizer(jieba.Tokenizer())
    tagger.initialize()
    return tagger


def known_words() -> dict[str, str]:
    """The words of jieba's dictionary with their parts of speech."""
    return _tagger().word_tag_tab


@lru_cache(200_000)
def tags(clause: str) -> tuple[tuple[str, str], ...]:
    """Words and parts of speech of a clause, by the dictionary alone: guessing mistakes 开好局 for a name."""
    known = known_words()
    one_and_two = len(clause) == 3 and clause[1:] in known and clause[0] in known and clause[0] not in "新大小高老多"
    if one_and_two and not (clause[:2] in known and clause[2] in "人者员家户物力性"):  # 明白人 is 2 + 1
        return (clause[0], known[clause[0]]), (
            clause[1:],
            known[clause[1:]],
        )  # 打基础 is one word to jieba, 1 + 2 to the ear
    return tuple((pair.word, pair.flag) for pair in _tagger().cut(clause, HMM=False))


@cache
def _headline_verbs() -> frozenset[str]:
    """Verbs that the dictionary does not know as such."""
    return frozenset(" ".join(read_lexicon("headline_verbs")).split())


def is_verb(word: tuple[str, str]) -> bool:
    """Whether a tagged word can head a verb phrase."""
    return (
        word[0] in _headline_verbs()
        or word[1][0] == "v"
        and word[1] != "vn"
        and word[0] not in "是有会能可为被由到对使等将与和及或"
        or word[1] in ("l", "i")
    )


def verb_head(clause: str) -> float:
    """How surely a clause begins with a verb: 1 for a one-character verb or a coverb frame, 0.5 for another, else 0."""
    words = tags(clause)
    while len(words) > 1 and (words[0][1][0] in "pd" and words[0][0] != "在" or words[0][0] in "要不更再"):
        words = words[1:]
    first, part = words[0]
    if first in "新大小高老多" and len(clause) < 5:
        return 0.0
    if _RESULTATIVE.match(clause) and len(clause) < 10 or first == "在" and "中" in clause[2:-2]:
        return 1.0
    adjective_as_verb = part in ("a", "ad", "n", "nr", "t", "p") and len(clause) == 3 and len(words) == 2
    if len(clause) > 2 and len(first) == 1 and (is_verb(words[0]) or adjective_as_verb):
        return 1.0 if first not in _FUNCTION - set("起开有当让") and part != "a" else 0.6
    return 0.5 if any(map(is_verb, words[:2])) or first in _COVERBS and any(map(is_verb, words)) else 0.0


@cache
def _antonyms() -> frozenset[frozenset[str]]:
    """Pairs of opposites."""
    return frozenset(frozenset(pair) for pair in " ".join(read_lexicon("antonyms")).split())


def _alternate(x: str, y: str) -> bool:
    """Whether two characters are different numerals, coverbs or opposites."""
    of_a_kind = any(x in kind and y in kind for kind in (NUMERALS, _COVERBS))
    return x != y and (of_a_kind or frozenset((x, y)) in _antonyms())


@lru_cache(200_000)
def _compare(a: str, b: str) -> tuple[tuple[str, float], ...] | None:
    """Features by which two clauses are parallel; None if their lengths forbid it."""
    if len(_HAN.findall(a)) < 2 or len(_HAN.findall(b)) < 2:
        return None
    shorter, longer = sorted((len(a), len(b)))
    gap = longer - shorter
    if a == b or shorter < 2 or longer > 24 or gap > (0 if shorter < 5 else 1 if shorter < 8 else 2):
        return None
    ahead, back = list(zip(a, b)), list(zip(reversed(a), reversed(b)))
    half = shorter // 2
    pairs = max((ahead, back, ahead[:half] + back[:half]), key=lambda p: sum(x == y for x, y in p)) if gap else ahead
    features = {"equal length": (0.25, 0.15, 0.05)[gap]}
    shared = sum(x == y and x in _FUNCTION for x, y in pairs)
    if 0 < shared < 0.67 * shorter:
        features["frame"] = min(0.3, WEIGHTS["frame"] * shared)
    if not gap and _same_inside(pairs):
        features["same inside"] = WEIGHTS["same inside"]
    first = {tags(a)[0], tags(b)[0]}
    by_chance = len(first) == 2 and all(len(word[0]) == 2 and is_verb(word) for word in first)  # 加强 and 加快
    if a[0] == b[0] and a[0] not in _FUNCTION and not by_chance or a[-1] == b[-1] and a[-1] not in _FUNCTION:
        features["same end"] = WEIGHTS["same end"]
    if any(_alternate(x, y) for x, y in pairs):
        features["alternation"] = WEIGHTS["alternation"]
    if sorted(a) == sorted(b):
        features["same characters"] = WEIGHTS["same characters"]
    if not gap and len(a) in (5, 7):
        features["verse"] = WEIGHTS["verse"]
    if _RESULTATIVE.match(a) and _RESULTATIVE.match(b):
        features["resultative"] = WEIGHTS["resultative"]
    if _CONJUNCTION.match(a) or _CONJUNCTION.match(b):
        features["conjunction"] = WEIGHTS["conjunction"]
    if a.find("了", 1, 4) == b.find("了", 1, 4) > 0:
        features["narrated"] = WEIGHTS["narrated"]
    if len(features) > 1 or not gap or shorter >= 5:
        features |= _grammar(a, b, features)
    if not gap and shorter > 4 and a[:3] == b[:3] and not {"conjunction", "nouns"} & features.keys():
        features["same beginning"] = WEIGHTS["same beginning"]
    return tuple(features.items())


def _same_inside(pairs: list[tuple[str, str]]) -> bool:
    """Whether clauses share a content character in one place, past the words both begin and end with."""
    differ = [i for i, (x, y) in enumerate(pairs) if x != y]
    return any(x == y and x not in _FUNCTION for x, y in pairs[differ[0] : differ[-1]])


def _names(words: tuple[tuple[str, str], ...]) -> bool:
    """Whether a tagged clause only names a thing: a noun last, and no preposition, aspect or short verb before it."""
    return words[-1][1][0] == "n" and not any(
        word[1] in ("p", "uz", "ul", "ug") or len(word[0]) == 1 and is_verb(word) for word in words
    )


def _predicates(words: tuple[tuple[str, str], ...]) -> bool:
    """Whether a tagged clause says something of a subject: after its first word a verb or adverb, no 的, no adjective last."""
    later = [part for _, part in words[1:]]
    return (
        len(words) > 2
        and later[-1][0] != "a"
        and "uj" not in later
        and any(part[0] in "vd" and part != "vn" for part in later)
    )


def _grammar(a: str, b: str, features: dict[str, float]) -> dict[str, float]:
    """Features by part of speech."""
    heads, left, right = sorted((verb_head(a), verb_head(b))), tags(a), tags(b)
    found = {}
    same_coverb = left[0][0] == right[0][0] and left[0][0] in _COVERBS
    things = bool(NAMED_THING.search(a) and NAMED_THING.search(b))
    if heads[0] > 0 and not (things and a[-1] == b[-1]):
        found["verb heads"] = WEIGHTS["verb heads"] if heads[0] >= 0.6 and heads[1] == 1 else 0.1
    elif things or _names(left) and _names(right):
        if round(features.get("frame", 0) + features.get("alternation", 0), 6) < 0.3 and not same_coverb:
            found["nouns"] = WEIGHTS["nouns"]
    elif heads[1] == 1:
        found["unlike heads"] = WEIGHTS["unlike heads"]
    elif 4 < len(a) == len(b) < 8 and _predicates(left) and _predicates(right):
        found["predications"] = WEIGHTS["predications"]
    if [len(word) for word, _ in left] == [len(word) for word, _ in right]:
        alike = [part[0] for _, part in left[1:]] == [part[0] for _, part in right[1:]]
        found["same pattern"] = WEIGHTS["same pattern"] if alike else 0.1
    elif left[-1][1][0] == right[-1][1][0]:
        found["same pattern"] = 0.05
    return found


def total(features: dict[str, float]) -> float:
    """Sum of weights, the same on every Python: rounded, so that a threshold is met or missed exactly."""
    return round(math.fsum(features.values()), 6)


def parallel_features(a: str, b: str) -> dict[str, float]:
    """Return the features, each with its weight, by which two clauses are parallel; empty if their lengths forbid it.

    The score of a pair is the sum of its features: below 0 for unlike clauses, about 0.5 for a plain pair, above 1 for a
    strict couplet. It is a judgement of form, set by hand, not a probability.
    """
    return dict(_compare(a, b) or ())


# -- clauses in a row -------------------------------------------------------------------------------------------------


def _tails(clause: str, length: int) -> list[int]:
    """Lengths, near a wanted one, of the ends of a clause that begin where a word begins."""
    sizes = {length} | ({length - 1, length + 1} if length >= 5 else set())
    starts, n = set(), 0
    for word, _ in reversed(tags(clause[-24:])):
        n += len(word)
        starts.add(n)
    fit = (k for k in sizes if 2 <= k < len(clause) and (k in starts or k < 5 and _RESULTATIVE.match(clause[-k:])))
    return sorted(k for k in fit if clause[-k] not in "的地得了着和与及中里内")


def _word_ends(clause: str) -> set[int]:
    """Offsets in a clause at which a word ends."""
    return set(accumulate(len(word) for word, _ in tags(clause)))


def _lay(a: str, b: str, mark: str, begun: bool) -> tuple[float, dict[str, float], int, int]:
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


DROP = 0.35  # a clause this much less parallel than those before it is no more of their run
_SHARED = frozenset({"frame", "same end", "same inside"})
RISE = 0.35  # a pair this much more parallel than one that shares nothing begins a run
_DIGIT = "[一二两三四五六七八九十]"
_NUMBER = re.compile(rf"\d|分之{_DIGIT}|点{_DIGIT}|{_DIGIT}倍|[十百千万亿][多余]?[元吨人户个斤亩]")


def runs(sentence: list[Clause], text: str, need: float = 0.5) -> Iterator[Run]:
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
            score, features, kept_a, kept_b = _lay(a, words[j + 1], sentence[j + 1].before, begun=bool(pairs))
            least = max(need - 0.1, min(so_far / len(pairs) - DROP, need + 0.05)) if pairs else need
            if score < round(least, 6) or _NUMBER.search(a[len(a) - kept_a :] + words[j + 1][:kept_b]):
                break
            rise = 0.05 if pairs and "cut" in pairs[0] else RISE
            if (
                len(pairs) == 1 and not _SHARED & pairs[0].keys() and score >= round(so_far + rise, 6)
            ):  # a better run begins here
                i, head, pairs, so_far = j, kept, [], 0.0
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
            yield Run(*_with_quotes(text, start, end), clauses, _mean(pairs), whole)
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


# -- explained --------------------------------------------------------------------------------------------------------

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
    finest = [clause for sentence in sentences(slogan, 0, len(slogan)) for clause in sentence]
    levels = [[clause.text for clause in level] for level in (finest, without_light_marks(finest)) if len(level) > 1]
    levels = [clauses for clauses in levels if max(map(len, clauses)) <= LONGEST]
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
    score, _, kept, whole = _lay(clauses[0], clauses[1], "、", begun=False)
    if kept and whole == len(clauses[1]) and score > total(parallel_features(*clauses[:2])):
        return clauses[0][:-kept] if kept < len(clauses[0]) else "", [clauses[0][-kept:], *clauses[1:]]
    return "", clauses


def mean_features(clauses: Sequence[str]) -> dict[str, float]:
    """Mean features of neighbouring clauses."""
    pairs = [parallel_features(a, b) for a, b in zip(clauses, clauses[1:])]
    return _mean(pairs)


def _mean(pairs: list[dict[str, float]]) -> dict[str, float]:
    """Mean of each feature over pairs, absent ones counted as 0."""
    names = dict.fromkeys(name for features in pairs for name in features)
    return {name: round(math.fsum(f.get(name, 0.0) for f in pairs) / len(pairs), 3) for name in names}


def align_clauses(clauses: Sequence[str]) -> list[tuple[tuple[str, ...], bool]]:
    """Cut clauses into columns: the texts of each, and whether all share it."""
    # of three clauses or more a shared character is no chance, of two it must be a word
    labels = [list(clause) if len(clauses) > 2 else _labels(clause) for clause in clauses]
    matches = [_matches(labels[0], other) for other in labels[1:]]
    common = sorted(i for i in range(len(clauses[0])) if all(i in match for match in matches))
    anchors = [(i, *(match[i] for match in matches)) for i in common]
    columns: list[tuple[tuple[str, ...], bool]] = []
    at = tuple(0 for _ in clauses)
    for anchor in [*anchors, tuple(map(len, clauses))]:
        if any(map(int.__lt__, at, anchor)):
            columns += _slots(clauses, at, anchor)
        if anchor[0] == len(clauses[0]):
            break
        if columns and columns[-1][1] and at == anchor:  # the frame goes on
            columns[-1] = tuple(text + clauses[0][anchor[0]] for text in columns[-1][0]), True
        else:
            columns.append((tuple(clauses[0][anchor[0]] for _ in clauses), True))
        at = tuple(i + 1 for i in anchor)
    return columns


def _words(clause: str) -> list[tuple[str, str]]:
    """The tagged words of a clause, a numeral parted from what it counts."""
    parts = ((w[0], w[1:]) if w[0] in NUMERALS and len(w) < 4 else (w,) for w, _ in tags(clause))
    return [(part, tag) for split, (_, tag) in zip(parts, tags(clause)) for part in split if part]


def _labels(clause: str) -> list:
    """What clauses must share for a character to be of the frame: it alone if grammatical, else its word too."""
    labels = [
        c if c in _FUNCTION and (tag[0] != "n" or len(word) == 1) else (word, i)
        for word, tag in _words(clause)
        for i, c in enumerate(word)
    ]
    return labels[:1] + [clause[1]] + labels[2:] if _RESULTATIVE.match(clause) else labels


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
    """The columns between two pieces of the frame: one a word if all clauses have as many, or cut where they alternate."""
    texts = tuple(clause[start:end] for clause, start, end in zip(clauses, starts, ends))
    words = [[word for word, _ in _words(text)] if text else [] for text in texts]
    if len(set(map(len, words))) == 1 and len(words[0]) > 1:
        return [(column, False) for column in zip(*words)]
    if len(set(map(len, texts))) > 1:
        return [(texts, False)]
    turns = [i for i, column in enumerate(zip(*texts)) if all(_alternate(column[0], c) for c in column[1:])]
    cuts = sorted({0, len(texts[0]), *turns, *(i + 1 for i in turns)})
    return [(tuple(text[i:j] for text in texts), False) for i, j in zip(cuts, cuts[1:])]
