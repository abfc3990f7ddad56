"""Numerals: the numbers that a Chinese text writes, in figures, in characters or in both, with their units.

`cn2an` reads plain numerals; those it does not read (1.2亿3千万, 1,234.5, 十几, 数百, 三四十, 一万万) are put together from its
answers. What looks like a number and counts nothing (dates, names, idioms, 一 as an article) is told by form.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from functools import cache, lru_cache
from typing import NamedTuple

import cn2an

from qdlib.parallelism import CLOSING, OPENING, tags
from qdlib.words import read_lexicon, tokenizer

NARROW = str.maketrans("０１２３４５６７８９．％", "0123456789.%")  # one for one, so that offsets hold
DIGITS = "一二两三四五六七八九"
_SCALE = "(?:十|百(?!分)|千(?![克米瓦伏])|万|亿)"
_FIGURE = r"(?:\d{1,3}(?:,\d{3}){1,5}(?:\.\d{1,9})?(?!\d)|\d{1,15}(?:\.\d{1,9})?)"
NUMBER = (
    rf"(?:(?:{_FIGURE}{_SCALE}{{1,3}}){{0,3}}{_FIGURE}{_SCALE}{{0,3}}"
    rf"|(?:[{DIGITS}十]|[几数](?=[十百千万亿])|(?:(?<=[上近过逾超约])|(?=[百千万亿]{{1,2}}[余多]))[百千万亿])(?:[〇零{DIGITS}几]|{_SCALE}){{0,16}}(?:点[零{DIGITS}]{{1,6}})?)"
)
_NEIGHBOURS = {"一两", "一二", "两三", "二三", "三四", "三五", "四五", "五六", "六七", "七八", "八九"}
_TWO = re.compile(rf"(.*?)([{DIGITS}])([{DIGITS}])([十百千万亿]*)")
_PIECE = re.compile(r"(\d+(?:\.\d+)?)([十百千万亿]*)")
_BEFORE = re.compile(
    "(?:平均每?|人均|至少|起码|最多|最高|不少于|不低于|不超过|不高于|不到|不足|超过|突破|高达|多达|大约|大概|将近|接近|约|(?<![最附临])近"
    "|逾|超|仅有?|只有|上|达到?|增至|每)+$"
)
_AFTER = re.compile("(?:以上|以下|左右|上下|以内|之内|之多|内(?![部容需外陆]))")
_TOLD_ONE = re.compile("[多余半]|以?内|前|后|左右|以上|时间|[以之]?来|不到")  # behind 一, they make it a number
_MINUS = re.compile(r"(?:(?<![\dA-Za-z%‰])[-－−]|零下)$")
_COMMON = 500  # in jieba's dictionary; a rarer word (家规) is taken for a unit and the beginning of another word
_ARTICLE = frozenset(
    "person household item time score energy".split()
)  # where 一 is an article more often than a number
_CIRCLE = "[^，。、的]{0,8}圈"
_FORMULAS = {  # what behind a unit makes a name of the two: 三位一体, 三个一批, 十分钟服务圈
    "位": ("一体",), "次": ("全会",), "周": ("[年岁]",), "个": (rf"[\d{DIGITS}]",), "分钟": (_CIRCLE,), "小时": (_CIRCLE,), "公里": (_CIRCLE,)
}  # fmt: skip
_RANKED = re.compile(
    "((?:[位名]?列|[位稳跃]?居|排名?在?|升至|上升到|保持|全国|全省|全市|全区|全县|全球|世界|亚洲|[省国市]内|同类城市)+)(?:的)?(前?)$"
)
WALL = re.compile("[，,；;：:、。！？!?…（）()《》\\s]")  # ends a phrase


class Number(NamedTuple):
    """A number found in a text: where it stands, how much it is at least and at most, its unit, the kind of its unit."""

    start: int
    end: int
    low: float
    high: float
    unit: str
    kind: str
    qualifier: str


@lru_cache(10_000)
def read_number(written: str) -> tuple[float, float] | None:
    """Return the least and the greatest number that a numeral may mean; None if it is no numeral.

    The two differ in vague numerals only: 三四十 is 30 to 40, 十几 11 to 19, 数百 200 to 900. Digits in a row without a
    magnitude are read as figures if they are figures, but not if they are characters (二〇二一, 五七), which name and do not count.

    Args:
        written: the numeral and nothing else, commas and full-width figures allowed.
    """
    numeral = written.translate(NARROW).replace(",", "").replace("〇", "零").replace("万万", "亿")
    numeral = "一" + numeral if numeral[:1] in tuple("百千万亿") else numeral  # 近百, 千余
    two = _TWO.fullmatch(numeral)
    if two and two[2] + two[3] in _NEIGHBOURS and (not two[1] or two[1][-1] in "十百千万亿"):
        return _span(two[1] + two[2] + two[4], two[1] + two[3] + two[4])
    if re.search("[几数]", numeral):
        return _span(
            re.sub("十几", "十一", numeral).translate({ord("几"): "二", ord("数"): "二"}),
            re.sub("[几数]", "九", numeral),
        )
    if len(numeral) > 1 and not re.search(r"[\d十百千万亿点]", numeral):
        return None
    return _span(numeral, numeral)


def _span(low: str, high: str) -> tuple[float, float] | None:
    """The values of two plain numerals; None if one cannot be read."""
    values = _value(low), _value(high)
    return values if None not in values else None


def _value(numeral: str) -> float | None:
    """The value of a plain numeral: as cn2an reads it, or the sum of its pieces."""
    try:
        return float(cn2an.cn2an(numeral, "smart"))
    except (ValueError, KeyError):  # the latter for 三亿五
        pass
    if not re.fullmatch(rf"(?:{_PIECE.pattern})+", numeral):
        return None
    total = section = Decimal(0)
    for digits, scale in _PIECE.findall(numeral):
        section += Decimal(digits) * _scale(re.sub("[万亿]", "", scale))
        if large := re.sub("[十百千]", "", scale):
            total, section = total + section * _scale(large), Decimal(0)
    return float(total + section)


def _scale(magnitudes: str) -> int:
    """What magnitudes in a row multiply by (万亿)."""
    product = 1
    for magnitude in magnitudes:
        product *= int(cn2an.cn2an("一" + magnitude, "normal"))
    return product


# -- with their units -------------------------------------------------------------------------------------------------


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
        rf"|(?P<whole>[百千]|{NUMBER})分之(?P<share>{NUMBER}|百)(?:{to}(?:百分之)?(?P<share2>{NUMBER}))?"
        rf"|(?P<tenth>[{DIGITS}])成(?P<twentieth>[半{DIGITS}]?)(?=[以左多的，。；、）)]|$)"
        rf"|(?:(?P<low>{NUMBER})(?:(?:{unit})?{to}(?P<high>{NUMBER}))?(?:(?P<more>[多余来几])(?P<scale>[十百千万亿]{{0,2}}))?|(?P<half>半))"
        rf"(?P<unit>{half}|(?:{unit}){per}|日(?=[以之]?内|游))(?P<tail>[多余半](?![数样种元]))?"
        rf"|(?P<bare>{NUMBER})(?P<some>[多余]?)(?P<bare_scale>[十百千万亿]{{0,2}})"
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
        least, most = read_number(found["double"] or "一")
        return Number(*found.span(), 2.0**least, 2.0**most, "倍", "times", "")
    if found["share"]:
        return _share(text, found)
    if found["tenth"]:
        more = 5 if found["twentieth"] == "半" else (read_number(found["twentieth"] or "") or (0, 0))[0]
        tenths = 10 * read_number(found["tenth"])[0] + more
        return _qualified(text, Number(*found.span(), tenths, tenths, "%", "share", ""))
    if found["bare"]:
        return _bare(text, found)
    scale = found["scale"] or ""  # 40多万
    low, high = _range(found["low"], found["high"], scale) if found["low"] else ((0.5, 0.5), (0.5, 0.5))
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
    number = Number(*found.span(), min(low[0], high[0]) + half, max(low[1], high[1]) + half, plain, kind, " ".join(mid))
    return _qualified(text, _signed(text, number)) if _is_unit(text, found, kind) else None


def _signed(text: str, number: Number) -> Number:
    """A percentage or a temperature with the minus before it."""
    minus = _MINUS.search(text, max(0, number.start - 2), number.start)
    if not minus or number.unit not in ("%", "‰", "度"):
        return number
    return number._replace(start=minus.start(), low=-number.high, high=-number.low)


def _range(first: str, last: str | None, scale: str) -> tuple[tuple[float, float] | None, tuple[float, float] | None]:
    """The values of the two numerals of a range; the first has the magnitude of the last if it is short for it (3至5万)."""
    shared = re.search("[万亿]+$", last or "")
    if shared and (low := read_number(first)) and (high := read_number(last[: shared.start()])) and low < high:
        first += shared[0]
    low = read_number(first + scale)
    return low, read_number(last + scale) if last else low


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
    value = read_number(found["bare"] + found["bare_scale"]) if re.search(".[百千万亿]|[多余]", found[0]) else None
    if not value or text[found.end() : found.end() + 1] in ("年", "月", "日", "号", "元"):
        return None
    number = _qualified(text, Number(*found.span(), *value, "", "item", found["some"]))
    behind = text[found.end() : found.end() + 6]
    noun = behind and not WALL.match(behind) and tags(behind)[0][1][0] == "n"
    closed = not behind or WALL.match(behind)
    return number if noun or closed and number.qualifier.strip("多余 ") else None


def _qualified(text: str, number: Number) -> Number:
    """A number with the qualifiers before and behind it."""
    before = _BEFORE.search(text, max(0, number.start - 6), number.start)
    after = _AFTER.match(text, number.end)
    prior = before[0].removesuffix("" if text[number.start] in "百千万亿" else "上") if before else ""
    words = [prior, number.qualifier, after[0] if after else ""]
    return number._replace(qualifier=" ".join(word for word in words if word and word not in ("达", "达到", "增至")))


def _is_unit(text: str, found: re.Match, kind: str) -> bool:
    """Whether the unit found is one and not the beginning of a longer word (件 of 条件), a date or a time of day."""
    unit, start, end = found["unit"], found.start("unit"), found.end("unit")
    behind = text[end : end + 2]
    if found["half"] and text[max(0, found.start() - 1) : found.start()] in tuple("上下前后一大过多"):
        return False
    if unit == "年":
        figures = (found["low"] or "").isdigit() and len(found["low"]) == 4
        return not figures and not re.match("[级代份度终轻底末初月报制]|计划|规划|行动|攻坚", behind)
    if kind == "score":
        return (
            (found["low"] or "")[:1].isdigit()
            and text[max(0, found.start() - 1) : found.start()] not in ("时", "点")
            and not re.match("[之钟别]", behind)
        )
    if unit == "个":
        return not re.match("[体性别]", behind)
    if kind in ("time", "share", "times") or len(unit) > 1:
        return True
    word = tags(text[start : start + 8])[0][0]
    return len(word) == 1 or tokenizer().FREQ.get(word, 0) < _COMMON


def _names(text: str, number: Number) -> bool:
    """Whether a number stands for no amount: as an article, in a quoted formula (“三个好”), in an idiom (五花八门)."""
    before, behind = text[max(0, number.start - 6) : number.start], text[number.end : number.end + 10]
    one = text[number.start] == "一" and number.high == 1
    if one and number.kind in _ARTICLE and number.qualifier in ("", "每") and not _TOLD_ONE.match(behind):
        return True
    if before and before[-1] in OPENING:
        close = re.search(f"[{CLOSING}，。；！？]", text[number.end : number.end + 14])
        return bool(close) and close[0] in CLOSING
    if re.search(rf"最后$|[{DIGITS}]个$", before) or any(
        re.match(form, behind) for form in _FORMULAS.get(number.unit, ())
    ):
        return True
    word, part = tags(text[number.start : number.start + 8])[0] if text[number.start] in DIGITS else ("", "")
    if part in ("ns", "nr", "nt", "i") and len(word) > 1:  # the beginning of a place
        return True
    odd = before[-2:-1] in DIGITS and before[-1:] not in _units()  # 三番五次
    return bool(before[1:]) and odd and text[number.start] in DIGITS and number.end - number.start == 2
