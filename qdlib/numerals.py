"""Numerals: what number a Chinese text writes, in figures, in characters or in both, and how vaguely.

`cn2an` reads the plain ones; those it does not read (1.2亿3千万, 1,234.5, 十几, 数百, 三四十, 一万万) are put together from its answers.
"""

from __future__ import annotations

import re
from decimal import Decimal
from functools import lru_cache

import cn2an

NARROW = str.maketrans("０１２３４５６７８９．％", "0123456789.%")  # one for one, so that offsets hold
DIGITS = "一二两三四五六七八九"
_SCALE = "(?:十|百(?!分)|千(?![克米瓦伏])|万|亿)"
_FIGURE = r"(?:\d{1,3}(?:,\d{3}){1,5}(?:\.\d{1,9})?(?!\d)|\d{1,15}(?:\.\d{1,9})?)"
NUMBER = (
    rf"(?:(?:{_FIGURE}{_SCALE}{{1,3}}){{0,3}}{_FIGURE}{_SCALE}{{0,3}}"
    rf"|(?:[{DIGITS}十]|[几数](?=[十百千万亿]))(?:[〇零{DIGITS}几]|{_SCALE}){{0,16}}(?:点[零{DIGITS}]{{1,6}})?)"
)
_NEIGHBOURS = {"一两", "一二", "两三", "二三", "三四", "三五", "四五", "五六", "六七", "七八", "八九"}
_TWO = re.compile(rf"(.*?)([{DIGITS}])([{DIGITS}])([十百千万亿]*)")
_PIECE = re.compile(r"(\d+(?:\.\d+)?)([十百千万亿]*)")


@lru_cache(10_000)
def read_number(written: str) -> tuple[float, float] | None:
    """Return the least and the greatest number that a numeral may mean; None if it is no numeral.

    The two differ in vague numerals only: 三四十 is 30 to 40, 十几 11 to 19, 数百 200 to 900. Digits in a row without a
    magnitude are read as figures if they are figures, but not if they are characters (二〇二一, 五七), which name and do not count.

    Args:
        written: the numeral and nothing else, commas and full-width figures allowed.
    """
    numeral = written.translate(NARROW).replace(",", "").replace("〇", "零").replace("万万", "亿")
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
    except ValueError:
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
