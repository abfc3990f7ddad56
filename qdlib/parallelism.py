"""Parallel clauses (对偶, 排比): clauses laid side by side, what they share, and how strongly they answer each other.

Parallelism is measured on the text, across commas, with features a reader can check: equal length, the same function
words in the same place, the same part of speech, numerals or opposites that alternate.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from typing import NamedTuple

from qdlib.segmenting import twin
from qdlib.words import read_lexicon, tokenizer

OPENING, CLOSING = "“‘「『", "”’」』"
NUMERALS = frozenset("一二两三四五六七八九十百千双")
_STOPS = frozenset("。！？!?；;…\n：:（）()《》【】[]—■□")  # end a sentence, or a run of clauses for good
_COMMAS = frozenset("，,、 \u3000·")  # what a run of clauses may cross
FUNCTION = frozenset("就是不有为以要更一在中到从于去来起好出了之者其所而把能再没无多少大小新让向用当各都必先对第")
_CONJUNCTION = re.compile(
    r"不但|不仅|而且|因为|所以|虽然|但是|如果|一面|一方面|另一方面|或者|并且|即使|由于|既|又|也|还|其中|同时|这|那|我们|他们|他|她|记者"
)
# Endings of names of people, places and things: a list of such nouns is no parallelism.
NAMED_THING = re.compile(
    r"(?:[哥姐嫂员匠师者长兵郎器车站码圈群证室馆厅店网局委办部区市县镇家场业]|平台|中心|小组|系统|银行|窗口|速度)$"
)
RESULTATIVE = re.compile(r"[^\W\d_][好准出起足紧到住牢稳实响亮强优活]了?[^\W\d_]")  # verb, its result, object: 谋好篇
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
    """A part-of-speech tagger of our own on jieba's dictionary, and jieba's twin, which cuts pure Chinese as it does."""
    import jieba.posseg

    return jieba.posseg.POSTokenizer(tokenizer(())), twin(())


def known_words() -> dict[str, str]:
    """The words of jieba's dictionary with their parts of speech."""
    return _tagger()[0].word_tag_tab


# What jieba's tagger cuts as one, and such of it as has Chinese only.
_BLOCKS = re.compile(r"([\u4e00-\u9fd5a-zA-Z0-9+#&._]+)")
_CHINESE = re.compile(r"[\u4e00-\u9fd5]+")


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
    return tuple(pair for block in _BLOCKS.split(clause) for pair in _tagged(block))


def _tagged(block: str) -> list[tuple[str, str]]:
    """Words and parts of speech of a block."""
    tagger, fast = _tagger()
    if fast and _CHINESE.fullmatch(block):
        return [(word, tagger.word_tag_tab.get(word, "x")) for word in fast.cut(block, False)]
    return [(pair.word, pair.flag) for pair in tagger.cut(block, HMM=False)]


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
    if RESULTATIVE.match(clause) and len(clause) < 10 or first == "在" and "中" in clause[2:-2]:
        return 1.0
    adjective_as_verb = part in ("a", "ad", "n", "nr", "t", "p") and len(clause) == 3 and len(words) == 2
    if len(clause) > 2 and len(first) == 1 and (is_verb(words[0]) or adjective_as_verb):
        return 1.0 if first not in FUNCTION - set("起开有当让") and part != "a" else 0.6
    return 0.5 if any(map(is_verb, words[:2])) or first in _COVERBS and any(map(is_verb, words)) else 0.0


@cache
def _antonyms() -> frozenset[frozenset[str]]:
    """Pairs of opposites."""
    return frozenset(frozenset(pair) for pair in " ".join(read_lexicon("antonyms")).split())


def alternate(x: str, y: str) -> bool:
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
    shared = sum(x == y and x in FUNCTION for x, y in pairs)
    if 0 < shared < 0.67 * shorter:
        features["frame"] = min(0.3, WEIGHTS["frame"] * shared)
    if not gap and _same_inside(pairs):
        features["same inside"] = WEIGHTS["same inside"]
    first = {tags(a)[0], tags(b)[0]}
    by_chance = len(first) == 2 and all(len(word[0]) == 2 and is_verb(word) for word in first)  # 加强 and 加快
    if a[0] == b[0] and a[0] not in FUNCTION and not by_chance or a[-1] == b[-1] and a[-1] not in FUNCTION:
        features["same end"] = WEIGHTS["same end"]
    if any(alternate(x, y) for x, y in pairs):
        features["alternation"] = WEIGHTS["alternation"]
    if sorted(a) == sorted(b):
        features["same characters"] = WEIGHTS["same characters"]
    if not gap and len(a) in (5, 7):
        features["verse"] = WEIGHTS["verse"]
    if RESULTATIVE.match(a) and RESULTATIVE.match(b):
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
    return any(x == y and x not in FUNCTION for x, y in pairs[differ[0] : differ[-1]])


def _names(words: tuple[tuple[str, str], ...]) -> bool:
    """Whether a tagged clause only names a thing: a noun last, and before it no preposition, aspect, adverb or short verb."""
    return words[-1][1][0] == "n" and not any(
        word[1] in ("p", "uz", "ul", "ug") or word[1] == "d" and len(word[0]) > 2 or len(word[0]) == 1 and is_verb(word)
        for word in words
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


def mean_features(clauses: Sequence[str]) -> dict[str, float]:
    """Mean features of neighbouring clauses."""
    pairs = [parallel_features(a, b) for a, b in zip(clauses, clauses[1:])]
    return mean(pairs)


def mean(pairs: list[dict[str, float]]) -> dict[str, float]:
    """Mean of each feature over pairs, absent ones counted as 0."""
    names = dict.fromkeys(name for features in pairs for name in features)
    return {name: round(math.fsum(f.get(name, 0.0) for f in pairs) / len(pairs), 3) for name in names}
