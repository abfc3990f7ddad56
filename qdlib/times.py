"""Times: when a text was published and when what it tells of happened, resolved against the article's date, doubt kept.

A relative time is resolved for the first and the last day that the article's date may mean; only what both agree on is
given, so that 昨日 in an article known by its month alone stays open.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator
from datetime import date, timedelta
from typing import NamedTuple

import pandas as pd

from qdlib.corpus import Corpus, day_range, sentence_spans
from qdlib.lines import DISPATCH
from qdlib.numerals import NARROW, read_number

COLUMNS = [
    "text", "kind", "date", "until", "basis", "words", "article_id", "paragraph", "source", "line", "start", "end",
]  # fmt: skip
_SMALL_HOURS = re.compile(r"(?<![\d:])0?[0-8]:[0-5]\d")
CREDITS = ("dateline", "source", "byline")  # roles of paragraphs that say when a text was published
KINDS = ("publication", "event", "period", "deadline")
ISO = re.compile(r"[12]\d{3}(?:-\d\d){0,2}")
HALF_A_YEAR = 183  # days; a month without a year is taken for the one less than this ahead

_DAYS = {
    "前天": -2,
    "前日": -2,
    "昨天": -1,
    "昨日": -1,
    "昨晚": -1,
    "今天": 0,
    "今日": 0,
    "今晚": 0,
    "明天": 1,
    "明日": 1,
    "后天": 2,
}
_YEARS = {"前年": -2, "去年": -1, "上年": -1, "今年": 0, "本年": 0, "明年": 1, "后年": 2}
_MONTHS = {"上月": -1, "上个月": -1, "本月": 0, "这个月": 0, "下月": 1, "下个月": 1}
_WEEKS = {"上周": -1, "本周": 0, "这周": 0, "下周": 1}
_SEASONS = {"上半年": (1, 6), "下半年": (7, 12)}
_ENDS = {"初": 1, "底": 12, "末": 12}  # of a year: its first and its last month
_FIXED = {  # month and day; 0 where the day moves: within the month, or (month 0) within the year, as the moon has it
    "元旦": (1, 1), "三八": (3, 8), "妇女节": (3, 8), "植树节": (3, 12), "清明": (4, 0), "五一": (5, 1), "劳动节": (5, 1),
    "七一": (7, 1), "八一": (8, 1), "建军节": (8, 1), "教师节": (9, 10), "十一": (10, 1), "国庆": (10, 1), "春节": (0, 2),
    "除夕": (0, 2), "元宵": (0, 2), "端午": (0, 6), "中秋": (0, 9), "重阳": (0, 10),
}  # fmt: skip
_FIRST_PLANS = {1: 1953, 2: 1958}  # from the third, 1966, on they follow one another

_D = "[〇○零一二三四五六七八九]"
_TO = "[至到—–~～\\-－]{1,2}"
_YEAR_NUMBER = rf"(?:1[89]\d\d|20\d\d|[一二]{_D}{{3}})"
_MONTH_NUMBER = "(?:1[0-2]|0?[1-9]|十[一二]?|[一二三四五六七八九])"
_DAY_NUMBER = "(?:[12]\\d|3[01]|0?[1-9]|[二三]?十[一二三四五六七八九]?|[一二三四五六七八九])"
_CLOCK = (
    r"(?: {0,4}(?:[上下]午|晚上?|凌晨|中午|清晨|早[上晨]|夜间|傍晚))?"
    r"(?: {0,4}\d{1,2}(?:[时点]半?(?:\d{1,2}分)?|:\d\d(?::\d\d)?)许?)?"
)
_NAMED = "(?:国际)?(?:劳动|妇女|建军)?(?:节|假期|期间|前夕|黄金周|小长假)"
_FEAST = f"(?:元旦|春节|除夕|元宵|清明|端午|中秋|重阳|国庆|妇女节|劳动节|建军节|教师节|植树节|(?:三八|五一|七一|八一|十一)(?=[”’]?{_NAMED}))"
_TIME = re.compile(
    rf"(?<![\d.])(?<![\d每]年)(?:(?P<iso>(?:1[89]|20)\d\d[-/.]\d{{1,2}}[-/.]\d{{1,2}}(?!\d)){_CLOCK}"
    rf"|[“‘]?(?P<plan>[一二三四五六七八九]五|十[一二三四五六七八九]?五)[”’]?(?:期间|时期|末|(?=以来))"
    rf"|(?P<year_of>(?:(?P<year_from>{_YEAR_NUMBER})年?{_TO})?(?P<year>{_YEAR_NUMBER})年度?|(?P<year_word>{'|'.join(_YEARS)}))?(?:"
    rf"[“‘]?(?P<feast>{_FEAST})[”’]?(?:{_NAMED})?"
    rf"|(?:(?P<month_from>{_MONTH_NUMBER})月?{_TO})?(?P<month>{_MONTH_NUMBER})月份?"
    rf"(?:(?:(?P<day_from>{_DAY_NUMBER})[日号]?{_TO})?(?P<day>{_DAY_NUMBER})[日号]{_CLOCK}|[上中下]旬|[初底末]|中(?![国央心共华间外]))?"
    rf"|(?P<season>第?[一二三四1-4]季度|[上下]半年|前[一两二三1-3]个?季度|前(?:十[一]?|[二两三四五六七八九]|1[01]|[2-9])个月)"
    rf"|(?(year_of)(?:年?(?P<year_end>[初底末]))?|(?!)))"
    rf"|(?P<month_word>{'|'.join(_MONTHS)})(?:(?P<month_day>{_DAY_NUMBER})[日号]{_CLOCK}|[初底末])?"
    rf"|(?<![每半全多周某今去前明后上本当来数几两一二三四五六七八九十\d])年(?P<bare_end>[初底末])"
    rf"|(?:(?:20|二十|上)世纪)?(?P<decade>[2-9]0|[二三四五六七八九]十)年代[初末]?"
    rf"|(?P<day_word>{'|'.join(_DAYS)}){_CLOCK}"
    rf"|(?P<week>{'|'.join(_WEEKS)})(?P<weekday>[一二三四五六日]?)"
    rf"|(?:(?P<bare_from>[12]\d|3[01]|[1-9])日?{_TO})?(?P<bare_day>[12]\d|3[01]|[1-9])日(?![内均常益游报前后子程元产用]){_CLOCK}"
    rf"|(?P<vague>近日|日前|近期|近年来?|目前|眼下|当前|前不久|不久前|[当次翌]日|当天|[当同次]年|过去一年)"
    rf")(?P<since>以来|起(?![码步点草到义飞源伏诉来])|开始)?(?P<before>[之以]?前(?![三两后沿景提往来夕端线期十])|以内)?"
)
_AHEAD = re.compile("将|拟|计划|预计|预期|力争|确保|争取|定于")
_BY = re.compile("(?:到|至|截至|截止)$")
_JOINS = re.compile(rf"{_TO}")


class Time(NamedTuple):
    """A time found in a text: where it stands, its kind, first and last date as far as known, and what they rest on."""

    start: int
    end: int
    kind: str
    date: str
    until: str
    basis: str


def find_times(corpus: Corpus) -> pd.DataFrame:
    """Find the dates and periods that a corpus names, and when they were.

    Args:
        corpus: where to look; its articles' dates are what relative times (昨日, 去年12月起) are counted from.

    Returns:
        A table, one row a time in the order of the corpus. The moon's feasts are resolved to their year, 清明 to its
        month. Hours are not kept; years of two digits and lengths of time (see `quantities`) are not looked for.

        - `text` (text): as printed.
        - `kind` (text, one of publication, period, deadline, event): publication (in a dateline, source line or the
          head of a dispatch), period (上半年, 1月至6月, 今年以来), deadline (到, 前 and a time after the article's), event (any
          other).
        - `date` (text, ISO date): when it was or begins, as precise as is known; or empty.
        - `until` (text, ISO date): the end of a period; empty if none is told (去年12月起).
        - `basis` (text, one of explicit, inferred, unresolved): explicit (the year is printed), inferred (from the
          article's date, or from a year before it in the sentence), unresolved (no `date`).
        - `words` (text): what proves it: the text, or the article's date and its own proof.
        - `article_id, paragraph, source, line, start, end`: as in `paragraphs`, of the time.
    """
    about = corpus.articles.set_index("article_id")[["date", "date_basis"]]
    dates, proofs = about["date"].to_dict(), about["date_basis"].to_dict()
    early, rows = set(), []
    columns = ["article_id", "paragraph", "role", "source", "text"]
    for article, paragraph, role, source, text in corpus.paragraphs[columns].itertuples(index=False):
        if role in CREDITS and _SMALL_HOURS.search(text.translate(NARROW)):
            early.add(article)
        for time in times_in(text, dates[article], published=role in CREDITS, early=article in early):
            start, end, line = corpus.origin(article, paragraph, time.start, time.end)
            printed = text[time.start : time.end]
            words = {"explicit": printed, "inferred": f"{printed}; {dates[article]} ({proofs[article]})"}.get(
                time.basis, ""
            )
            if time.kind == "publication" and role not in CREDITS and time.date:  # a dispatch: the rest counts from it
                dates[article], proofs[article] = time.date, f"{time.basis}: {printed}"
            rows.append([printed, *time[2:], words, article, paragraph, source, line, start, end])
    return pd.DataFrame(rows, columns=COLUMNS)


def times_in(text: str, when: str = "", published: bool = False, early: bool = False) -> Iterator[Time]:
    """Yield the times of a text, from left to right.

    Args:
        text: a paragraph.
        when: the date of its article, ISO, as precise as is known; relative times stay open without it.
        published: whether whole dates in it say when it was published.
        early: whether it was published before nine in the morning: then 今天 may be the day before.
    """
    flat = text.translate(NARROW)
    known = [date.fromordinal(day) for day in day_range(when)] if ISO.fullmatch(when) else []
    filed = DISPATCH.match(flat)
    for start, end in sentence_spans(flat):
        context, last = "", None
        for found in _TIME.finditer(flat, start, end):
            in_head = filed is not None and found.start() < filed.end()
            ahead = bool(_AHEAD.search(flat, max(start, found.start() - 12), min(end, found.end() + 12)))
            doubtful = early and known and _DAYS.get(found["day_word"]) == 0  # 昨日 counts from the day of print
            span = _resolved(found, [known[0] - timedelta(1), *known] if doubtful else known, ahead, context)
            time = _time(flat, found, span, when, published or in_head)
            if in_head:  # what follows is told on the day it was filed
                time = time._replace(start=filed.start(), end=filed.end())
                when, known = (time.date, [date.fromisoformat(time.date)]) if len(time.date) == 10 else (when, known)
            joined = last and _JOINS.fullmatch(flat, last.end, time.start) and _joined(last, time)
            if joined:
                last = joined
                continue
            if last:
                yield last
            context, last = time.date or context, time
        if last:
            yield last


def _joined(first: Time, last: Time) -> Time | None:
    """The period from one time to another, into the next year if that one tells no year of its own; None if it would end first."""
    until = last.until or last.date
    if first.date and until < first.date[: len(until)] and last.basis == "inferred":
        year, *rest = map(int, until.split("-"))
        until = _iso(year + 1, *rest) if rest else until
    ends = until and until >= first.date[: len(until)]
    return first._replace(end=last.end, kind="period", until=until) if ends else None


def _time(text: str, found: re.Match, span: tuple[str, str], when: str, published: bool) -> Time:
    """The time found, with its kind and basis."""
    first, until = span
    printed = found["year"] or found["iso"]
    basis = "unresolved" if not first else "explicit" if printed else "inferred"
    until = until or (when if found["since"] == "以来" and first else "")
    until = until if until >= first[: len(until)] else ""
    by = found["before"] or _BY.search(text, max(0, found.start() - 2), found.start())
    late = not when or (until or first) > when
    if published and first.count("-") == 2 and not until:
        kind = "publication"
    elif by and first and late:
        kind = "deadline"
    else:
        kind = "period" if until or found["since"] else "event"
    return Time(*found.span(), kind, first, until, basis)


# -- resolving --------------------------------------------------------------------------------------------------------


def _resolved(found: re.Match, known: list[date], ahead: bool, context: str) -> tuple[str, str]:
    """First and last date of a time: what holds for the first and the last day the article may be of."""
    spans = [_span(found, day, ahead, context) for day in known or [None]]
    first = _common(spans[0][0], spans[-1][0])
    return first, _common(spans[0][1], spans[-1][1]) if first else ""


def _common(one: str, other: str) -> str:
    """Two ISO dates as precisely as they agree."""
    same = (one[:n] for n in (10, 7, 4) if one[:n] == other[:n])
    return next(same, "")


def _span(found: re.Match, day: date | None, ahead: bool, context: str) -> tuple[str, str]:
    """First and last date of a time in an article of a day; the last is empty where there is one date only."""
    if found["iso"]:
        return _iso(*(int(part) for part in re.split("[-/.]", found["iso"]))), ""
    if found["plan"]:
        return _plan(int(read_number(found["plan"][:-1] or "一")[0]), "末" in found[0])
    if found["decade"]:
        tens = int(read_number(found["decade"])[0])
        return f"{1900 + tens}", f"{1909 + tens}"
    if found["month"] and not found["year_of"]:
        return _of_month(found, _near_year(found, day, ahead, context))
    if found["year_of"] and found["year"]:
        return _of_year(found, int(_figures(found["year"])))
    if day is None or found["vague"]:
        return "", ""
    if found["year_word"]:
        return _of_year(found, day.year + _YEARS[found["year_word"]])
    return _relative(found, day, ahead, context)


def _relative(found: re.Match, day: date, ahead: bool, context: str) -> tuple[str, str]:
    """First and last date of a time told by the article's day alone."""
    if found["day_word"]:
        return (day + timedelta(_DAYS[found["day_word"]])).isoformat(), ""
    if found["week"]:
        monday = day + timedelta(7 * _WEEKS[found["week"]] - day.weekday())
        if found["weekday"]:
            return (monday + timedelta("一二三四五六日".index(found["weekday"]))).isoformat(), ""
        return monday.isoformat(), (monday + timedelta(6)).isoformat()
    if found["month_word"]:
        month = day.year * 12 + day.month - 1 + _MONTHS[found["month_word"]]
        return _next_month(*divmod(month, 12), int(_figures(found["month_day"] or "0"))), ""
    if found["bare_day"]:
        return _bare_day(found, day, ahead, context)
    if found["feast"]:
        return _feast(found, _feast_year(found["feast"], day))
    return _of_year(found, day.year)


def _of_year(found: re.Match, year: int) -> tuple[str, str]:
    """First and last date of a time in a year."""
    end = found["year_end"] or found["bare_end"]
    if found["feast"]:
        return _feast(found, year)
    if found["month"]:
        return _of_month(found, year)
    if found["season"]:
        first, last = _season(found["season"])
        return f"{year}-{first:02d}", f"{year}-{last:02d}"
    if end:
        return f"{year}-{_ENDS[end]:02d}", ""
    return (_figures(found["year_from"]), f"{year}") if found["year_from"] else (f"{year}", "")


def _of_month(found: re.Match, year: int) -> tuple[str, str]:
    """First and last date of a month or a day of a known year; without the year none."""
    if not year:
        return "", ""
    month, day, begins = (int(_figures(found[name] or "0")) for name in ("month", "day", "month_from"))
    if begins:  # a year that is printed is that of the first month
        over = begins > month
        from_year = year if found["year_of"] else year - over
        return _iso(from_year, begins), _iso(from_year + over, month, day)
    if found["day_from"]:
        first_day = int(_figures(found["day_from"]))
        return _iso(year, month, first_day), _next_month(year, month, day) if first_day > day else _iso(
            year, month, day
        )
    return _iso(year, month, day), ""


def _next_month(year: int, month: int, day: int) -> str:
    """A day of the month that follows `month`; 0 is the one before January."""
    return _iso(year + month // 12, month % 12 + 1, day)


def _near_year(found: re.Match, day: date | None, ahead: bool, context: str) -> int:
    """The year of a month without one: that named before it in the sentence, else the nearest by what the words say; 0 if unknown."""
    month = int(_figures(found["month"]))
    if context:
        return int(context[:4])
    if day is None:
        return 0
    gap = (date(day.year, month, 1) - day).days
    past = gap > 0 if found["since"] == "以来" else gap > HALF_A_YEAR and not ahead
    return day.year - past + (gap < -HALF_A_YEAR and ahead)


def _bare_day(found: re.Match, day: date, ahead: bool, context: str) -> tuple[str, str]:
    """A day without its month: in the month named before it in the sentence, if it may follow, else the last one not after the article's."""
    number, first = int(found["bare_day"]), int(found["bare_from"] or 0)
    month = day.year * 12 + day.month - 1
    if len(context) == 7 or len(context) == 10 and number >= int(context[8:]):
        month = int(context[:4]) * 12 + int(context[5:7]) - 1
    elif number > day.day and not ahead:
        month -= 1
    last = _next_month(*divmod(month, 12), number)
    return (_next_month(*divmod(month - (first > number), 12), first), last) if first else (last, "")


def _feast(found: re.Match, year: int) -> tuple[str, str]:
    """The date of a feast, as precise as the sun's calendar tells."""
    month, day = _FIXED[found["feast"]]
    return (_iso(year, month, day) if month else f"{year}"), ""


def _feast_year(feast: str, day: date) -> int:
    """The year of the feast that is near: the last one, unless the next is less than half as far."""
    month = _FIXED[feast][0] or _FIXED[feast][1]
    days = {year: (date(year, month, 1) - day).days for year in (day.year - 1, day.year, day.year + 1)}
    return min(days, key=lambda year: max(-days[year], 2 * days[year]))


def _plan(number: int, end: bool) -> tuple[str, str]:
    """First and last year of a five-year plan, or its last year alone."""
    first = _FIRST_PLANS.get(number, 1966 + 5 * (number - 3))
    return (f"{first + 4}", "") if end else (f"{first}", f"{first + 4}")


def _season(words: str) -> tuple[int, int]:
    """First and last month of a part of a year."""
    if words in _SEASONS:
        return _SEASONS[words]
    number = int(read_number(words.strip("第前个季度月"))[0])
    if "季" not in words:
        return 1, number
    return (1 if words[0] == "前" else 3 * number - 2), 3 * number


def _figures(numeral: str) -> str:
    """A year, month or day as figures: digit by digit if it is a year in characters."""
    if len(numeral) == 4 and not numeral.isdigit():
        return "".join(str("零一二三四五六七八九".index(c)) for c in re.sub("[〇○]", "零", numeral))
    return f"{int(read_number(numeral)[0])}"


def _iso(year: int, month: int, day: int = 0) -> str:
    """A date as ISO text; empty if there is no such day."""
    if not 1 <= month <= 12 or not 1 <= year <= 9999 or day > monthrange(year, month)[1]:
        return ""
    return f"{year:04d}-{month:02d}" + (f"-{day:02d}" if day else "")
