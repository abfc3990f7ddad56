"""Quantities: which numbers a text claims, of what, in which unit, and whether as result, target, plan, rank or share.

A quantity is a number that measures or counts something: 3.2万户, 百分之三十, 一两个小时, 全省第三. Dates and times of day, numbers
in names (4号线), ordinals, idioms, slogans and number formulas are none, nor is 一 as an article (一个问题).
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from functools import cache
from typing import NamedTuple

import pandas as pd

from qdlib.corpus import Corpus, sentence_spans
from qdlib.measures import rate_interval
from qdlib.numerals import DIGITS, NARROW, NUMBER, read_number
from qdlib.parallelism import CLOSING, OPENING, tags
from qdlib.wordings import counted_texts
from qdlib.words import read_lexicon

COLUMNS = [
    "text", "value", "value_max", "unit", "counted", "qualifier", "claim", "basis", "article_id", "paragraph", "source",
    "line", "start", "end",
]  # fmt: skip
DENSITY_COLUMNS = ["claim", "count", "n_chars", "rate", "low", "high"]
CLAIMS = ("result", "target", "plan", "rank", "share", "other")
FORMULAS = ("numeric_formula", "campaign_name")  # slogans whose numbers count nothing

_BEFORE = re.compile(
    "(?:平均每?|人均|至少|起码|最多|最高|不少于|不低于|不超过|不高于|不到|不足|超过|突破|高达|多达|大约|大概|将近|接近|约|(?<![最附临])近"
    "|逾|超|仅有?|只有|上(?=[百千万亿])|达到?|增至|每)+$"
)
_AFTER = re.compile("(?:以上|以下|左右|上下|以内|之内|之多|内(?![部容需外陆]))")
_TOLD_ONE = re.compile("[多余半]|以?内|前|后|左右|以上|时间|[以之]?来|不到")  # behind 一, they make it a number
_ARTICLE = frozenset("person household item time score".split())  # where 一 is an article more often than a number
_WALL = re.compile("[，,；;：:、。！？!?…（）()《》\\s]")
_TELLS = re.compile(
    r"(?P<target>力争|争取|目标|确保|努力|任务(?!书)|要求|到(?:[12]\d{3}|二[〇○零][〇○零一二三四五六七八九]{2})年(?:底|末)?|年底前)"
    r"|(?P<plan>计划(?!生育|经济)|拟(?!定)|规划|预计|预期|打算|准备|即将|有望|明年|下一步)|(?P<modal>将|要|应当?)"
    r"|(?P<past>已经?|累计|截至|共(?=[有计为完实投收接办检排])|以来|去年|上年|前年|过去|同比|环比|先后|曾|了(?![解然望如]))"
)
_DONE = re.compile(
    "完成|达到|增[长加产收]|实现|新增|突破|建[成立]|竣工|投产|下降|提高|减少|降低|上升|缩短|压缩|超额|取得|获得|办理|办结|受理"
    "|发放|引进|签约|落地|培训|解决|举办|召开|开展|帮助|选派|提拔|晋升|招聘|拆除|整治|改造|清理|查处|处理|接待|接听|收到|促成|提出|梳理"
    "|惠及|吸引|带动|拨付|修建|兴建|出口|进口|走访|救助|排查|恢复|选树|送证|收件|制证|审批"
)
_GROWS = re.compile("[增减降升扩涨缩翻]|提高|超额|快于|高于|低于|回落")
_RANKED = re.compile(
    "((?:[位名]?列|[位稳跃]?居|排名?在?|升至|上升到|保持|全国|全省|全市|全区|全县|全球|世界|亚洲|[省国市]内|同类城市)+)(?:的)?(前?)$"
)
_CLAUSE = re.compile("[，,；;：:]")
_UNQUOTED = dict.fromkeys(map(ord, OPENING + CLOSING))
_COMPARED = frozenset("同比 环比 年均 共计 合计".split())


class Number(NamedTuple):
    """A number found in a text: where it stands, how much it is at least and at most, its unit, the kind of its unit."""

    start: int
    end: int
    low: float
    high: float
    unit: str
    kind: str
    qualifier: str


def find_quantities(corpus: Corpus, mined: pd.DataFrame | None = None) -> pd.DataFrame:
    """Find the numbers that a corpus gives, with what they count and as what they are claimed.

    By form, clause by clause: `counted` is the noun behind the unit, else the one before; `claim` follows the words near,
    those of intent (力争, 计划) holding until one says that a thing is done (已, 累计). What only another sentence tells is
    missed.

    Args:
        corpus: where to look; credits and datelines are left out.
        mined: its slogans, if `mine_slogans` has found them: numbers in number formulas and names of campaigns are left out.

    Returns:
        A table, one row a quantity in the order of the corpus: `text` as printed; `value` and `value_max` (the same, but for
        ranges and vague numbers: 三至四个, 十几名), times and magnitudes worked in (3.2万 is 32000; 翻两番 is 4 倍; shares in %);
        `unit`, empty where none is printed; `counted`; `qualifier` (多, 近, 以上 ..., parted by a space); `claim`: rank, target,
        plan, share (a part of a whole), result (said to be done or reached), other; `basis`, the words that decide it;
        `article_id, paragraph, source, line`, and raw offsets `start, end`.

    Raises:
        ValueError: `mined` does not say where in their paragraphs the slogans begin.
    """
    taken = _formulas(mined)
    rows = []
    table = counted_texts(corpus)
    for article, paragraph, source, text in table[["article_id", "paragraph", "source", "text"]].itertuples(
        index=False
    ):
        for number, counted, claim, basis in quantities_in(text, taken.get((article, paragraph), ())):
            start, end, line = corpus.origin(article, paragraph, number.start, number.end)
            printed = text[number.start : number.end]
            what = [printed, number.low, number.high, number.unit, counted, number.qualifier, claim, basis]
            rows.append([*what, article, paragraph, source, line, start, end])
    return pd.DataFrame(rows, columns=COLUMNS).astype({"value": float, "value_max": float})


def density(corpus: Corpus, quantities: pd.DataFrame, by: str = "article") -> pd.DataFrame:
    """Count quantities per 1,000 characters, by claim.

    Args:
        corpus: where they were found.
        quantities: what `find_quantities` found there.
        by: `article` (captions and side pieces with the article they are part of), `source`, `outlet` or `date`.

    Returns:
        A table, one row a unit and claim, and one for `all` claims: the unit under the name of `by`, `claim`, `count`, `n_chars`
        (credits and datelines left out), `rate` per 1,000 characters and its 95 % interval `low, high` (exact Poisson, see
        `rate_interval`: numbers come in clusters, so it is too narrow). Units without text are left out.

    Raises:
        ValueError: `by` is unknown.
    """
    if by not in ("article", "source", "outlet", "date"):
        raise ValueError(f"by must be article, source, outlet or date, got {by!r}")
    texts = counted_texts(corpus)
    texts = texts.join(corpus.articles.set_index("article_id")[["outlet", "date"]], on="article_id")
    sizes = texts.groupby(by, sort=False)["n_chars"].sum()
    units = dict(zip(zip(texts["article_id"], texts["paragraph"]), texts[by]))
    places = zip(quantities["article_id"], quantities["paragraph"])
    found = pd.Series([units.get(place, "") for place in places], dtype="str")
    counts = pd.crosstab(found, pd.Series(quantities["claim"].array, dtype="str"))
    rows = []
    for unit, size in sizes[sizes > 0].items():
        for claim in ("all", *CLAIMS):
            row = counts.loc[unit] if unit in counts.index else pd.Series(dtype=int)
            count = int(row.sum() if claim == "all" else row.get(claim, 0))
            low, high = rate_interval(count, size / 1000)
            rows.append([unit, claim, count, size, count / size * 1000, low, high])
    return pd.DataFrame(rows, columns=[by, *DENSITY_COLUMNS])


def _formulas(mined: pd.DataFrame | None) -> dict[tuple[str, int], list[tuple[int, int]]]:
    """The spans of number formulas and campaigns by paragraph."""
    spans: dict[tuple[str, int], list[tuple[int, int]]] = {}
    if mined is None:
        return spans
    if "offset" not in mined:
        raise ValueError("mined has no column offset; give the table that mine_slogans(corpus) returns")
    rows = mined[mined["type"].isin(FORMULAS)]
    for article, paragraph, offset, slogan in zip(
        rows["article_id"], rows["paragraph"], rows["offset"], rows["slogan"]
    ):
        spans.setdefault((article, paragraph), []).append((offset, offset + len(slogan)))
    return spans


def quantities_in(text: str, taken: Sequence[tuple[int, int]] = ()) -> Iterator[tuple[Number, str, str, str]]:
    """Yield the quantities of a text, each with what is counted, the claim, and the words that decide it.

    Args:
        text: a paragraph.
        taken: spans in it whose numbers count nothing.
    """
    flat = text.translate(NARROW)
    spans = sentence_spans(flat)
    starts = [start for start, _ in spans]
    for number in numbers(flat):
        if any(start < number.end and number.start < end for start, end in taken):
            continue
        start, end = spans[bisect_right(starts, number.start) - 1]
        yield number, _counted(flat, number), *_claim(flat, number, start, end)


# -- numbers ----------------------------------------------------------------------------------------------------------


@cache
def _units() -> dict[str, str]:
    """What each unit measures."""
    entries = [line.split() for line in read_lexicon("units")]
    return {unit: kind for kind, *units in entries for unit in units}


@cache
def _pattern() -> re.Pattern:
    """A numeral, or two of a range, with a unit; a part of a whole; so many times double; a rank."""
    unit = "|".join(sorted(map(re.escape, _units()), key=lambda form: (-len(form), form)))
    per = f"(?:[/／](?:{unit}))?"
    to = "[至到—–~～\\-－]{1,2}"
    half = "个半(?=月|小时|钟头|世纪|学期)(?:月|小时|钟头|世纪|学期)|个[多余]?(?:月|小时|百分点|星期|工作日|世纪)"
    return re.compile(
        rf"(?<![\d.A-Za-z+＋·#])(?<!\d[:：,])(?:"
        rf"翻了?(?P<double>[{DIGITS}几]?)番"
        rf"|(?P<whole>[百千]|{NUMBER})分之(?P<share>{NUMBER})(?:{to}(?:百分之)?(?P<share2>{NUMBER}))?"
        rf"|(?P<tenth>[{DIGITS}])成(?P<twentieth>[半{DIGITS}]?)(?=[以左多的，。；、）)]|$)"
        rf"|(?:(?P<low>{NUMBER})(?:(?:{unit})?{to}(?P<high>{NUMBER}))?(?P<more>[多余来几]?)|(?P<half>半))"
        rf"(?P<unit>{half}|(?:{unit}){per}|日(?=[以之]?内|游))(?P<tail>[多余半](?![数样种元]))?"
        rf"|(?P<bare>{NUMBER})(?P<some>[多余]?)"
        rf")"
    )


def numbers(text: str) -> Iterator[Number]:
    """Yield the numbers of a text that measure, count or rank, from left to right; figures must be half-width."""
    for found in _pattern().finditer(text):
        number = (
            _ordinal(text, found) if text[max(0, found.start() - 1) : found.start()] == "第" else _read(text, found)
        )
        if number and not _names(text, number):
            yield number


def _ordinal(text: str, found: re.Match) -> Number | None:
    """A rank, if words before 第 tell that it is one; other ordinals only number."""
    before = _RANKED.search(text, max(0, found.start() - 13), found.start() - 1)
    numeral = re.match(NUMBER, text[found.start() : found.end()])
    value = numeral and read_number(numeral[0])
    if not value:
        return None
    end = found.start() + numeral.end()
    unit = text[end] if text[end : end + 1] in ("位", "名") else ""
    if not unit and (not before or text[end : end + 1] in tuple(_units())):
        return None
    return Number(found.start() - 1, end + len(unit), *value, unit, "rank", "")


def _read(text: str, found: re.Match) -> Number | None:
    """The number that the pattern has found, with its qualifiers; None if it cannot be one."""
    if found["double"] is not None:
        twice = 2.0 ** (read_number(found["double"] or "一") or (1, 1))[0]
        return Number(*found.span(), twice, twice, "倍", "times", "")
    if found["share"]:
        return _share(text, found)
    if found["tenth"]:
        more = 5 if found["twentieth"] == "半" else (read_number(found["twentieth"] or "") or (0, 0))[0]
        tenths = 10 * read_number(found["tenth"])[0] + more
        return _qualified(text, Number(*found.span(), tenths, tenths, "%", "share", ""))
    if found["bare"]:
        return _bare(text, found)
    low = read_number(found["low"]) if found["low"] else (0.5, 0.5)
    high = read_number(found["high"]) if found["high"] else low
    if not low or not high:
        return None
    unit = found["unit"]
    half = 0.5 if unit.startswith("个半") or found["tail"] == "半" else 0.0
    plain = re.sub("[半多余](?=月|小时|钟头|世纪|学期|百分点|星期|工作日)", "", unit)
    mid = [
        *(found["more"] or ""),
        *(c for c in unit[:-1] if c in "多余"),
        *(c for c in found["tail"] or "" if c != "半"),
    ]
    kind = _units().get(plain.split("/")[0].split("／")[0], "time")
    number = Number(*found.span(), low[0] + half, high[1] + half, plain, kind, " ".join(mid))
    return _qualified(text, number) if _is_unit(text, found, kind) else None


def _share(text: str, found: re.Match) -> Number | None:
    """A part of a whole: of a hundred in per cent, of a thousand per mille, else as a fraction."""
    whole = {"百": (100.0, 1.0), "千": (1000.0, 1.0)}.get(found["whole"]) or read_number(found["whole"])
    low = read_number(found["share"])
    high = read_number(found["share2"]) if found["share2"] else low
    if not whole or not low or not high or not whole[0]:
        return None
    unit = {"百": "%", "千": "‰"}.get(found["whole"], "")
    over = 1.0 if unit else whole[0]
    return _qualified(text, Number(*found.span(), low[0] / over, high[1] / over, unit, "share", ""))


def _bare(text: str, found: re.Match) -> Number | None:
    """A number without a unit: it needs a magnitude, and a noun behind it or 突破 and the like before."""
    value = read_number(found["bare"]) if re.search(".[百千万亿]|[多余]", found[0]) else None
    if not value or text[found.end() : found.end() + 1] in ("年", "月", "日", "号", "元"):
        return None
    number = _qualified(text, Number(*found.span(), *value, "", "item", found["some"]))
    behind = text[found.end() : found.end() + 6]
    noun = behind and not _WALL.match(behind) and tags(behind)[0][1][0] == "n"
    closed = not behind or _WALL.match(behind)
    return number if noun or closed and number.qualifier.strip("多余 ") else None


def _qualified(text: str, number: Number) -> Number:
    """A number with the qualifiers before and behind it."""
    before = _BEFORE.search(text, max(0, number.start - 6), number.start)
    after = _AFTER.match(text, number.end)
    words = [before[0] if before else "", number.qualifier, after[0] if after else ""]
    return number._replace(qualifier=" ".join(word for word in words if word and word not in ("达", "达到", "增至")))


def _is_unit(text: str, found: re.Match, kind: str) -> bool:
    """Whether the unit found is one and not the beginning of a longer word (件 of 条件), a date or a time of day."""
    unit, start, end = found["unit"], found.start("unit"), found.end("unit")
    behind = text[end : end + 2]
    if unit == "年":
        figures = (found["low"] or "").isdigit() and len(found["low"]) == 4
        return not figures and not re.match("[级代份度终轻底末初月报]|计划|规划|行动|攻坚", behind)
    if kind == "score":
        return (
            found["low"][:1].isdigit()
            and not text[max(0, found.start() - 1) : found.start()] in ("时", "点")
            and not re.match("[之钟别]", behind)
        )
    if unit == "个":
        return not re.match("[体性别]", behind)
    if kind in ("time", "share", "times") or len(unit) > 1:
        return True
    return len(tags(text[start : start + 8])[0][0]) == 1


def _names(text: str, number: Number) -> bool:
    """Whether a number stands for no amount: as an article, in a quoted formula (“三个好”), in an idiom (五花八门)."""
    before, behind = text[max(0, number.start - 6) : number.start], text[number.end : number.end + 6]
    one = text[number.start] == "一" and number.high == 1
    if one and number.kind in _ARTICLE and not number.qualifier and not _TOLD_ONE.match(behind):
        return True
    if before and before[-1] in OPENING:
        close = re.search(f"[{CLOSING}，。；！？]", text[number.end : number.end + 14])
        return bool(close) and close[0] in CLOSING
    if (
        before.endswith("最后")
        or number.unit == "位"
        and behind.startswith("一体")
        or number.unit == "个"
        and behind[:1] == "一"
    ):
        return True
    odd = before[-2:-1] in DIGITS and before[-1:] not in _units()  # 三番五次
    return bool(before[1:]) and odd and text[number.start] in DIGITS and number.end - number.start == 2


# -- what is counted, and as what -------------------------------------------------------------------------------------


def _counted(text: str, number: Number) -> str:
    """The noun that is counted: behind a classifier; of a measure before it, if its clause names one there."""
    if number.kind == "rank":
        return ""
    behind = _noun_behind(text, number.end) if number.kind != "time" else ""
    if behind and number.kind in ("item", "person", "household"):
        return behind
    return _noun_before(text, number.start) or behind


def _noun_behind(text: str, at: int) -> str:
    """The noun phrase at an offset, up to the verb or mark that ends it."""
    at += len(re.match("(?:以上|左右|以下)?的?", text[at : at + 4])[0])
    clause = re.split(_WALL, text[at : at + 24], maxsplit=1)[0].translate(_UNQUOTED)
    words, last, seen = tags(clause) if clause else (), 0, False
    for i, (word, part) in enumerate(words):
        noun = part[0] in "nbjz" or part in ("vn", "an", "eng", "l", "x", "s")
        if not noun and (
            seen and not _links(words, i) or part[0] not in "vaqkhgfcdu" or _DONE.match(word) and not seen
        ):
            break
        last, seen = (i + 1, True) if noun else (last, seen)
    return "".join(word for word, _ in words[:last])


def _links(words: Sequence[tuple[str, str]], i: int) -> bool:
    """Whether a word inside a noun phrase joins two nouns (和), or is a suffix of the noun before (组, 点)."""
    word, part = words[i]
    return word in ("和", "与", "及") or len(word) == 1 and part[0] in "qkg"


def _noun_before(text: str, at: int) -> str:
    """The last noun phrase before an offset in its clause, over verbs, adverbs and particles."""
    clause = re.split(_WALL, _BEFORE.sub("", text[max(0, at - 24) : at]))[-1].translate(_UNQUOTED)
    words = list(tags(clause)) if clause else []
    while words and (words[-1][1][0] in "vdupcta" and words[-1][1] != "vn" or words[-1][0] in _COMPARED):
        words.pop()
    first = len(words)
    while first and (words[first - 1][1][0] in "nbjz" or words[first - 1][1] in ("vn", "an", "eng", "l", "x", "s")):
        first -= 1
    return "".join(word for word, _ in words[first:])


def _claim(text: str, number: Number, start: int, end: int) -> tuple[str, str]:
    """As what a number is given, and the words that say so, in the sentence from `start` to `end`.

    The last word of intent before it decides, or of what is past if that comes later; 要 and 将 hold to the next semicolon.
    """
    if number.kind == "rank":
        return "rank", text[number.start : number.end]
    start = max(start, number.start - 200)
    here = max(text.rfind(mark, start, number.start) for mark in "，,；;：:。") + 1 or start
    stop = re.compile("[，,；;。！？]|$").search(text, number.end, min(end, number.end + 40))
    clause = text[max(here, start) : number.start]
    told = _told(text, start, number.start)
    if told and told[0] != "past":
        return told
    if number.kind == "share" and not number.unit.endswith("点") and not _GROWS.search(clause[-12:]):
        return "share", number.unit or "分之"
    if told:
        return "result", told[1]
    behind = text[number.end : stop.start()] if stop else ""
    if aim := re.search("目标|任务|计划$", behind):
        return "target", aim[0]
    done = list(_DONE.finditer(clause)) or list(_DONE.finditer(behind))
    grown = number.kind in ("share", "times") and _GROWS.search(clause)
    return ("result", done[-1][0]) if done else ("result", grown[0]) if grown else ("other", "")


def _told(text: str, start: int, end: int) -> tuple[str, str] | None:
    """The last word before a number that tells what it is: target, plan or past; None if there is none."""
    for found in reversed(list(_TELLS.finditer(text, start, end))):
        kind, semicolon = found.lastgroup, "；" in text[found.end() : end]
        if kind == "target" or kind in ("plan", "past") and not semicolon:
            if found[0] == "了" and _CLAUSE.search(text[found.end() : end]):
                continue
            return kind, found[0]
        if kind == "modal" and not semicolon and _is_modal(text, found.start()):
            return ("plan" if found[0] == "将" else "target"), found[0]
    return None


def _is_modal(text: str, at: int) -> bool:
    """Whether 将 or 要 at an offset stands before what is to be done, not before an object (将材料) or in a word (需要)."""
    words = tags(text[at : at + 8])
    alone = words[0][0] in ("将", "要", "应", "应当") and len(words) > 1
    return (
        alone
        and words[1][1][0] in "vdpat"
        and text[at - 1 : at] not in tuple("主重需必想只不若如")
        and words[1][0] not in ("是", "看")
    )
