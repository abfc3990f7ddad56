"""Number formulas expanded: which items 五种本领 or 三勤两严 stands for, where they are named, and whether the count fits."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import accumulate, groupby
from typing import NamedTuple

import pandas as pd

from qdlib.corpus import Corpus
from qdlib.parallelism import CLOSING, OPENING, tags
from qdlib.slogans import mine_slogans

COLUMNS = [
    "formula", "part", "count", "expansion", "n_items", "fits", "explained", "how", "article_id", "source", "line",
    "found_line",
]  # fmt: skip

NEAR = 300  # characters on either side of a formula in which its items are looked for
WORTH = {"count": 2.0, "pair": 1.0, "head": 1.5, "after": 1.0, "before": 1.0, "ordinals": 0.4, "same sentence": 0.5}
LEAST = 3.0  # the count alone, or a head in the same sentence alone, explains nothing

_VALUES = {"双": 2, "两": 2} | {numeral: value for value, numeral in enumerate("一二三四五六七八九十", 1)}
_NUMBER = "[二三四五六七八九]?十[一二三四五六七八九]?|[两双三四五六七八九]|(?<!\\d)(?:[2-9]|[1-9]\\d)(?!\\d)"  # to 99
_COUNTERS = tuple("个大种项条类")
_PART = re.compile(
    rf"({_NUMBER})(?!分钟|刻钟|小时|公里|字|[一二三四五六七八九十])(?:[个大种项条类]([^、，,]+)|([^\W\d_]+?)(?=[一两双三四五六七八九十]|[、，,]|$))"
)
_WALLS = "。；;！!？?\n"
_MARKS = "，,：:—（）()"
_BARE = dict.fromkeys(map(ord, OPENING + CLOSING))
_AND = re.compile(rf"、|以及|(?<=[{CLOSING}])(?=[{OPENING}])|(?<=[^\W\d_]{{2}})[和及](?=[^\W\d_]{{2}})")
_LEADS_IN = re.compile(
    r"[”’」』）)]?[^\W\d_]{0,8}(?:[：:—（(]{1,2}(?:即|分别[是为]|包括)?|[，,]?(?:即|也就是|就是|分别[是为]|包括|做到|是指)[：:]?)"
)
_LEADS_UP = re.compile(r"[”’」』]?(?:等|这|的|为(?:主要)?(?:内容|标准|要求)的|[，,：:—])[“‘「『]?")
_TAIL = re.compile(rf"(?<=.)(?:[的等].*|[{OPENING}{CLOSING}]+)$")
_UNQUOTED = re.compile(
    rf"[^{OPENING}{CLOSING}]+(?=[{CLOSING}])|.*"
)  # what stands before a mark that closes a row: a、b”
_LEAD = re.compile("是指|指的是|即|就是|分别[是为]|包括|做到(?=.)")
_ORDINAL = re.compile(
    r"(?:[一二三四五六七八九十]要|[一二三四五六七八九十]是|第[一二三四五六七八九十]，)([^，,。；;：:]{2,20})"
)


class Items(NamedTuple):
    """Items in a row: their texts, where they start and end, and what tells that they are the items of a formula."""

    texts: tuple[str, ...]
    start: int
    end: int
    signs: tuple[str, ...] = ()

    @property
    def worth(self) -> float:
        """Sum of what the signs are worth."""
        return sum(WORTH[sign] for sign in self.signs)


NONE = Items((), 0, 0)


def expand_formulas(corpus: Corpus, mined: pd.DataFrame | None = None) -> pd.DataFrame:
    """Find the items that the number formulas of a corpus stand for.

    Args:
        corpus: where the formulas and their items stand.
        mined: its slogans, if `mine_slogans` has already found them.

    Returns:
        A table, one row an occurrence of each counted part of a formula (三勤两严 has two). One (一村一品) counts nothing.

        - `formula` (text): as printed.
        - `part` (text): the counted part.
        - `count` (integer): the numeral in it; of a sum or a code the number of its terms.
        - `expansion` (text): the items, parted by 、.
        - `n_items` (integer): how many.
        - `fits` (boolean): whether they are as many as the numeral says.
        - `explained` (boolean): whether the text explains it, or it stays opaque.
        - `how` (text): the signs that tell: `count` (`pair` if it is two), `head` (every item has the counted word),
          `after` or `before` (the formula), `ordinals`, `same sentence`, `itself` (a sum of words), `elsewhere` (at
          another occurrence).
        - `article_id, source, line`: as in `paragraphs`, of the formula.
        - `found_line` (integer, from 1): the raw line of the items; 0 if there are none.

    Raises:
        ValueError: `mined` does not say where in their paragraphs the slogans begin.
    """
    mined = mine_slogans(corpus) if mined is None else mined
    if "offset" not in mined:
        raise ValueError("mined has no column offset; give the table that mine_slogans(corpus) returns")
    counted = (mined["type"] == "campaign_name") & mined["slogan"].str[:1].isin(list(_VALUES))
    table = corpus.paragraphs
    texts = dict(zip(zip(table["article_id"], table["paragraph"]), table["text"]))
    rows = []
    for row in mined[(mined["type"] == "numeric_formula") | counted].itertuples():
        pieces = _around(texts, row.article_id, row.paragraph, row.offset, row.offset + len(row.slogan))
        text = "\n".join(
            piece.replace("\n", "。") for _, _, piece in pieces
        )  # so that a line's end parts two paragraphs
        start = len(pieces[0][2]) + 1 + row.offset - pieces[1][1]
        for part, count, head in parts(row.slogan):
            items = _itself(part) or find_items(text, start, start + len(row.slogan), count, head) or NONE
            found = [
                "、".join(items.texts),
                len(items.texts),
                len(items.texts) == count,
                items != NONE,
                ", ".join(items.signs),
            ]
            line = _line(corpus, row.article_id, pieces, text, items) if items.end else row.line if items.texts else 0
            rows.append([row.slogan, part, count, *found, row.article_id, row.source, row.line, line])
    return _elsewhere(pd.DataFrame(rows, columns=COLUMNS))


def _around(texts: dict, article: str, paragraph: int, start: int, end: int) -> list[tuple[int, int, str]]:
    """What stands near a span of a paragraph, there and in the paragraphs beside it: number, offset and text of each."""
    before, here, after = (texts.get((article, paragraph + step), "") for step in (-1, 0, 1))
    cut, low = max(0, len(before) - NEAR), max(0, start - NEAR)
    return [
        (paragraph - 1, cut, before[cut:]),
        (paragraph, low, here[low : end + NEAR]),
        (paragraph + 1, 0, after[:NEAR]),
    ]


def _line(corpus: Corpus, article: str, pieces: list[tuple[int, int, str]], text: str, items: Items) -> int:
    """The raw line on which items begin that were found in these pieces, set one under the other."""
    paragraph, shift, _ = pieces[text.count("\n", 0, items.start)]
    offset = shift + items.start - text.rfind("\n", 0, items.start) - 1
    return corpus.origin(article, paragraph, offset, offset + 1)[2]


def _elsewhere(table: pd.DataFrame) -> pd.DataFrame:
    """Let occurrences without items have those of another occurrence of the same formula, the same source first."""
    names = ["expansion", "n_items", "fits", "explained", "found_line"]
    told = table[table["explained"].astype(bool)].sort_values("fits", ascending=False, kind="stable")
    for keys in (["formula", "part", "source"], ["formula", "part"]):
        known = told.drop_duplicates(keys).set_index(keys)
        for i in table.index[~table["explained"].astype(bool)]:
            key = tuple(table.loc[i, keys])
            if key in known.index:
                table.loc[i, names] = known.loc[key, names].to_list()
                table.loc[i, "how"] = f"elsewhere: {known.loc[key, 'article_id']}"
    return table


def parts(formula: str) -> list[tuple[str, int, str]]:
    """Cut a formula into its counted parts: each as printed, its number, and the word counted.

    三勤两严 gives (三勤, 3, 勤) and (两严, 2, 严); of a sum or a code (1+3+N, 246) the terms are counted.
    """
    terms = re.split("[+＋]", formula)
    if len(terms) > 1:
        return [(formula, len(terms), "")]
    if re.fullmatch(r"\d{3,4}", formula):
        return [(formula, len(formula), "")]
    return [(m[0], _value(m[1]), m[2] or m[3]) for m in _PART.finditer(formula)]


def _value(number: str) -> int:
    """The value of a number below 100 in figures or in characters: 十二 is 12, 双 is 2."""
    if number.isdigit():
        return int(number)
    tens, ten, ones = number.rpartition("十")
    return 10 * _VALUES.get(tens, 1) * bool(ten) + _VALUES.get(ones, 0)


def _itself(formula: str) -> Items | None:
    """The items of a sum of words, which names them itself (老店+新货)."""
    terms = tuple(re.split("[+＋]", formula))
    words = all(len(term) > 1 and not term.isdigit() for term in terms)
    return Items(terms, 0, 0, ("itself",)) if len(terms) > 1 and words else None


def enumerations(text: str, start: int, end: int, head: str = "") -> Iterator[Items]:
    """Yield what stands in a row in a stretch of text: items parted by 、 or 和, or clauses that all have the head."""
    for sentence in re.finditer(rf"[^{_WALLS}]+", text[start:end]):
        shift = start + sentence.start()
        clauses = [
            Items(tuple(t for t in _AND.split(m[0]) if t), shift + m.start(), shift + m.end())
            for m in re.finditer(rf"[^{_MARKS}]+", sentence[0])
        ]
        yield from (_trimmed(items) for items in clauses if len(items.texts) > 1)
        for has_head, group in groupby(clauses, key=lambda items: bool(head) and head in "".join(items.texts)):
            members = list(group)
            if has_head and len(members) > 1:
                texts = tuple(text for items in members for text in items.texts)
                yield _trimmed(Items(texts, members[0].start, members[-1].end))


def _trimmed(items: Items) -> Items:
    """Items without quotation marks, the words before the first (着力做到降成本) and after the last (降门槛的)."""
    lead = _LEAD.match(items.texts[0])
    first, second = items.texts[0][lead.end() if lead else 0 :], items.texts[1]
    last = _UNQUOTED.match(items.texts[-1])[0]
    whole = len(last.translate(_BARE)) == len(second.translate(_BARE)) == 2 and last[1] == "等"  # 不急、不等
    last = last if whole else _TAIL.sub("", last)
    end = items.end - len(items.texts[-1]) + len(last)
    cut = 0
    if len(first) > len(second):
        same = first.rfind(second.strip(OPENING)[:1], 1)
        starts = [0, *accumulate(len(word) for word, _ in tags(first))]
        cut = same if 0 < same < len(first) - 1 else min(starts[:-1], key=lambda k: abs(len(first) - k - len(second)))
    texts = (first[cut:], *items.texts[1:-1], last)
    start = items.start + len(items.texts[0]) - len(first) + cut
    return Items(tuple(text.translate(_BARE) or text for text in texts), start, end)


def find_items(text: str, start: int, end: int, count: int, head: str) -> Items | None:
    """Find the items of one formula in the text around it.

    Args:
        text: a text; only 300 characters on either side of the formula are read.
        start: where the formula begins.
        end: where it ends.
        count: how many items it claims.
        head: the word it counts; empty if it names none.
    """
    low, high = max(0, start - NEAR), min(len(text), end + NEAR)
    found = [*enumerations(text, low, start, head), *enumerations(text, end, high, head)]
    ordinals = [m for m in _ORDINAL.finditer(text, end, high)]
    if len(ordinals) > 1 and ordinals[0].start() - end < 20:
        found.append(Items(tuple(m[1] for m in ordinals), ordinals[0].start(), ordinals[-1].end(), ("ordinals",)))
    judged = [items._replace(signs=tuple(_signs(text, start, end, count, head, items))) for items in found]
    best = max(judged, key=lambda items: items.worth, default=None)
    return best if best and best.worth >= LEAST else None


def _in_one_place(word: str, items: tuple[str, ...]) -> bool:
    """Whether all items have a word, as far from the beginning or from the end."""
    if not all(word in item for item in items):
        return False
    return len({item.index(word) for item in items}) == 1 or len({len(item) - item.rindex(word) for item in items}) == 1


def _signs(text: str, start: int, end: int, count: int, head: str, items: Items) -> Iterator[str]:
    """What tells that items are those of a formula."""
    yield from items.signs
    if len(items.texts) == count:
        yield "count" if count > 2 else "pair"
    if head and any(_in_one_place(word, items.texts) for word in (head, head[:2])):
        yield "head"
    if items.start >= end and _LEADS_IN.fullmatch(text, end, items.start):
        yield "after"
    between = text[end : items.start] if items.start >= end else text[items.end : start]
    apposed = text[start + 1 : start + 2] in _COUNTERS and not between.translate(_BARE)  # A、B、C三大工程
    one_more = text[items.end - 1] in "和与及"  # A、B和“三个C”
    if items.end <= start and not one_more and (apposed or _LEADS_UP.fullmatch(between)):
        yield "before"
    if not re.search(f"[{_WALLS}]", between):
        yield "same sentence"
