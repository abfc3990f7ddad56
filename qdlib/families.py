"""Families of slogans: which wordings are variants of one another.

Wordings are compared as clauses and words, not as strings of characters. What most of the language or much of the list
shares (numerals, grammatical words, head nouns of campaigns, worn words) binds nothing.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence, Set
from functools import cache, lru_cache
from typing import NamedTuple

import numpy as np
from scipy.sparse import csr_array, triu

from qdlib.parallelism import CLOSING, NUMERALS, OPENING, known_words, sentences
from qdlib.words import read_lexicon, tokenizer

ALIKE = 0.5  # least likeness of two variants
LEAST_BOUND = 0.25  # least part of it that clauses and words which bind must make up
ALONE = 0.8  # what a shared word is worth without a neighbour that is shared too
LIGHT = 0.25  # what it is worth if it is grammatical, the head of a campaign's name, or in many wordings
MOST_PAIRS = 10_000  # more pairs of words than so many are not searched for words that are alike

_N = "".join(sorted(NUMERALS))
_UNCOUNTED = re.compile(r"[^\w+]|_")
_NUMERAL = re.compile(rf"第?[\d{_N}]+")
_SUM = re.compile(r"((?:\d+|[A-Za-z])(?:[+＋](?:\d+|[A-Za-z]))+)")
_NUMBER_WORD = re.compile(rf"第?[\d{_N}多几]+[个大种项条类手]?")
_ENUMERATOR = re.compile(rf"{_NUMBER_WORD.pattern}[是要年月日天次期届]?")
_ITEM_NUMBER = re.compile(r"^\s*(?:[（(][一二三四五六七八九十\d]+[）)]|[一二三四五六七八九十]+、)\s*(?=\w{2})")
_QUOTED = re.compile(rf"[{OPENING}]([^{OPENING}{CLOSING}]+)[{CLOSING}]")


def bare(text: str) -> str:
    """A string without punctuation and white space, as slogans are compared."""
    return _UNCOUNTED.sub("", text)


def unnumbered(wording: str) -> str:
    """A wording without the number of an item before it, （一）."""
    return _ITEM_NUMBER.sub("", wording)


def plain(wording: str) -> str:
    """A wording as families compare it: bare and unnumbered."""
    return bare(unnumbered(wording))


# -- wordings taken apart ---------------------------------------------------------------------------------------------


class Reading(NamedTuple):
    """A wording taken apart.

    Attributes:
        clauses: its clauses, each a tuple of words.
        words: the words, each once.
        pairs: words that stand side by side in a clause; one that is a clause of its own stands beside "".
        numerals: what it counts with.
        quoted: the pieces it has between quotation marks, bare.
    """

    clauses: tuple[tuple[str, ...], ...]
    words: frozenset[str]
    pairs: frozenset[tuple[str, str]]
    numerals: frozenset[str]
    quoted: tuple[str, ...]


@lru_cache(100_000)
def read(wording: str) -> Reading:
    """Take a wording apart."""
    text = unnumbered(wording)
    parts = (clause.text for sentence in sentences(text, 0, len(text)) for clause in sentence)
    clauses = tuple(filter(None, (tuple(_joined(_cut(part))) for part in parts)))
    words = frozenset(word for clause in clauses for word in clause)
    pairs = frozenset(pair for c in clauses for pair in (zip(c, c[1:]) if len(c) > 1 else [(c[0], "")]))
    numerals = frozenset(m[0] for m in map(_NUMERAL.match, words) if m)
    return Reading(clauses, words, pairs, numerals, tuple(bare(m[1]) for m in _QUOTED.finditer(text)))


def _cut(clause: str) -> Iterator[str]:
    """The words of a clause; a sum, 1+3+N, is one, and three characters are read 1 + 2 where they can be, 修|水渠."""
    for i, part in enumerate(_SUM.split(clause)):
        words = [part] if i % 2 or len(_one_two(part)) > 1 else tokenizer().cut(part, HMM=False)
        yield from (piece for word in words for piece in _one_two(word) if bare(piece))


def _one_two(word: str) -> Sequence[str]:
    """Three characters as one and two, if the two are a word; other words whole."""
    return (word[0], word[1:]) if len(word) == 3 and tokenizer().FREQ.get(word[1:], 0) else (word,)


def _joined(words: Iterable[str]) -> Iterator[str]:
    """Words, a numeral joined to what it counts, so that 三查 and 五查 are two, and 大 to what follows (大提速)."""
    first = ""
    for word in words:
        if word == "大" or _NUMBER_WORD.fullmatch(word):
            first += word
        else:
            yield first + word
            first = ""
    if first:
        yield first


@cache
def campaign_heads() -> tuple[str, ...]:
    """Last words that say only what kind of campaign a name names, the longest first."""
    heads = [*" ".join(read_lexicon("campaign")).split(), "年", "月", "周"]
    halves = {half for head in heads if len(head) == 4 for half in (head[:2], head[2:])}
    return tuple(sorted({*heads, *halves}, key=lambda head: (-len(head), head)))


@cache
def _empty_words() -> frozenset[str]:
    """Words that bind nothing: grammatical ones and the heads of campaigns."""
    return frozenset(campaign_heads()) | frozenset(read_lexicon("stopwords")) | {""}


@lru_cache(100_000)
def _empty(word: str) -> bool:
    """Whether a word says nothing by itself."""
    drive = len(word) == 3 and word[0] == "大" and known_words().get(word[1:], "").startswith("v")  # 大提速, 大练兵
    return drive or word in _empty_words() or bool(_ENUMERATOR.fullmatch(word))


def _binds(word: str) -> bool:
    """Whether a word that two wordings share can make them variants of one another."""
    return len(word) > 1 and not _empty(word)


@lru_cache(100_000)
def weight(word: str) -> int:
    """What a word says: hundredths of its surprisal in the segmenter's own frequency list, in nats."""
    known = tokenizer()
    return round(100 * math.log(known.total / max(1, known.FREQ.get(word, 0))))


# -- families ---------------------------------------------------------------------------------------------------------


def group_families(slogans: Sequence[str]) -> list[str]:
    """Name the family of each slogan.

    Two wordings are variants if their likeness is 0.5 or more, or if one is a clause, a row of clauses, a quoted
    piece or the number formula at the head (N个X) of the other. Likeness is the cosine of their sets of words, each weighted by its surprisal in the segmenter's
    frequency list: shared weight / sqrt(weight of one x weight of the other), from 0 to 1. A shared word counts in full
    beside another shared word, 0.8 without, and 0.25 if it is grammatical, the head noun of a campaign, or worn: in more
    wordings than the square root of their number (10 or more). Whole clauses and words that are none of these must make
    up 0.25. A numeral is one word with what it counts, and wordings that count with other numerals are no variants.

    A family is a star: a wording and variants of that wording, so no chain leads from one slogan to another. Caveat:
    it is a judgement of form; what two offices call by one name is one family here.

    Args:
        slogans: wordings, as often as they occur, in any order.

    Returns:
        The name of the family of each, in the order given: its most frequent member, of equals the shortest, as it is
        printed most often.

    References:
        Aslam, Pelekhov and Rus (2004), The star clustering algorithm for static and dynamic information organization.
    """
    forms = Counter(slogans)
    count: Counter[str] = Counter()
    printed: dict[str, str] = {}
    for form in sorted(forms, key=lambda form: (-forms[form], form)):
        count[plain(form)] += forms[form]
        printed.setdefault(plain(form), form)
    names = sorted(count, key=lambda name: (-count[name], len(name), name))
    family: dict[str, str] = {}
    title: dict[int, str] = {}
    for name, star in zip(names, _stars(len(names), _variant_pairs([printed[name] for name in names]))):
        family[name] = title.setdefault(star, printed[name])
    return [family[plain(slogan)] for slogan in slogans]


def _stars(n: int, pairs: dict[tuple[int, int], float]) -> list[int]:
    """The centre of each of n wordings: those with most variants first, then each goes to the centre it is most like."""
    near: dict[int, dict[int, float]] = defaultdict(dict)
    for (i, j), value in pairs.items():
        near[i][j] = near[j][i] = value
    centres: set[int] = set()
    for i in sorted(range(n), key=lambda i: (-len(near[i]), i)):
        if not centres & near[i].keys():
            centres.add(i)
    return [i if i in centres else min(centres & near[i].keys(), key=lambda j: (-near[i][j], j)) for i in range(n)]


def _variant_pairs(wordings: list[str]) -> dict[tuple[int, int], float]:
    """Pairs of wordings, by their numbers, that are variants, with their likeness."""
    readings = [read(wording) for wording in wordings]
    keys = [_keys(reading) for reading in readings]
    most = max(10, math.isqrt(len(wordings)))
    worn = {key for key, n in Counter(key for row in keys for key in row).items() if n > most}
    pairs = {
        (i, j): likeness(readings[i], readings[j], worn) for i, j in _sharing([row - worn for row in keys], readings)
    }
    pairs = {pair: value for pair, value in pairs.items() if value >= ALIKE}
    return pairs | {pair: max(pairs.get(pair, 0), ALIKE) for pair in _inside(wordings)}


def _keys(reading: Reading) -> set:
    """What can make a wording the variant of another: its clauses, and its words unless it has three characters only."""
    clauses = {clause for clause in reading.clauses if sum(map(len, clause)) > 1}
    long = reading.numerals or sum(map(len, reading.words)) > 3
    return clauses | {word for word in reading.words if long and _binds(word)}


def _sharing(keys: list[set], readings: list[Reading]) -> Iterator[tuple[int, int]]:
    """Pairs of wordings for which the keys they share are at least a quarter of what they say."""
    number = {key: k for k, key in enumerate({key: None for row in keys for key in row})}
    rows = np.repeat(np.arange(len(keys)), [len(row) for row in keys])
    columns = np.array([number[key] for row in keys for key in row], int)
    weights = np.array([weight(key) if isinstance(key, str) else sum(map(weight, key)) for row in keys for key in row])
    sizes = np.array([max(1, sum(map(weight, reading.words))) for reading in readings])
    values = np.sqrt(weights / sizes[rows]) if len(rows) else weights
    table = csr_array((values, (rows, columns)), shape=(len(keys), max(1, len(number))))
    pairs = triu(table @ table.T, k=1).tocoo()
    near = np.round(pairs.data, 6) >= LEAST_BOUND
    yield from zip(pairs.row[near].tolist(), pairs.col[near].tolist())


def likeness(a: Reading, b: Reading, worn: Set = frozenset()) -> float:
    """Weighted cosine of the words of two wordings, 0 to 1, as in `group_families`; words in `worn` bind nothing.

    Two words in the same place that share half of their characters count in part.
    """
    if a.numerals and b.numerals and not a.numerals & b.numerals:
        return 0.0
    both, pairs = a.words & b.words, a.pairs & b.pairs
    firm = {word for pair in pairs if not all(map(_empty, pair)) for word in pair}
    parts = [
        weight(word) * (1 if word in firm else ALONE if _binds(word) and word not in worn else LIGHT) for word in both
    ]
    for x, y in _close(a.pairs - pairs, b.pairs - pairs, both):
        parts.append(_overlap(x, y) * math.sqrt(weight(x) * weight(y)))
    sizes = [math.fsum(map(weight, reading.words)) for reading in (a, b)]
    return round(math.fsum(parts) / math.sqrt(sizes[0] * sizes[1]), 6) if all(sizes) else 0.0


def _close(a: frozenset, b: frozenset, both: frozenset) -> Iterator[tuple[str, str]]:
    """Words, each once, that stand before or after the same word and share half of their characters.

    Rows of hundreds of words are compared by whole words alone, since every word would meet every other.
    """
    found: set[tuple[str, str]] = set()
    if len(a) * len(b) > MOST_PAIRS:
        return
    for side in (0, 1):
        there = defaultdict(list)
        for pair in b:
            there[pair[side]].append(pair[1 - side])
        found |= {(pair[1 - side], word) for pair in a for word in there[pair[side]]}
    used = set(both)
    for x, y in sorted(found, key=lambda pair: (-_overlap(*pair), sorted(pair), pair)):
        if _overlap(x, y) >= 0.5 and not {x, y} & used:
            used |= {x, y}
            yield x, y


def _overlap(a: str, b: str) -> float:
    """Dice coefficient of the characters of two words, 0 to 1."""
    return 2 * len(set(a) & set(b)) / max(1, len(set(a)) + len(set(b)))


def _inside(wordings: list[str]) -> Iterator[tuple[int, int]]:
    """Pairs of wordings of which one is a clause, a row of clauses, a quoted piece or the number formula at the head of the other.

    Of the quoted pieces only the most frequent counts: what quotes two wordings does not make them one.
    """
    number = {plain(wording): i for i, wording in reversed(list(enumerate(wordings)))}
    for i, reading in enumerate(map(read, wordings)):
        clauses = ["".join(clause) for clause in reading.clauses][:12]
        rows = ("".join(clauses[a:b]) for a in range(len(clauses)) for b in range(a + 1, len(clauses) + 1))
        found = {number.get(row, i) for row in rows if len(row) > 3}
        quoted = [number.get(piece, i) for piece in reading.quoted if len(piece) > 3 and piece not in tokenizer().FREQ]
        found.add(min(quoted, default=i))
        first = reading.clauses[0][0] if reading.clauses else ""
        found.add(number.get(first, i) if len(first) > 3 and _NUMERAL.match(first) else i)
        yield from ((min(i, j), max(i, j)) for j in found if j != i)
