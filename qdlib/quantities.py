"""Quantities: which numbers a text claims, of what, in which unit, and whether as result, target, plan, rank or share.

A quantity is a number that measures or counts something: 3.2万户, 百分之三十, 一两个小时, 全省第三. Dates and times of day, numbers
in names (4号线), ordinals, idioms, slogans and number formulas are none, nor is 一 as an article (一个问题).
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence

import pandas as pd

from qdlib.corpus import Corpus, sentence_spans
from qdlib.measures import rate_interval
from qdlib.numerals import NARROW, WALL, Number, numbers
from qdlib.parallelism import CLOSING, OPENING, tags
from qdlib.wordings import counted_texts

COLUMNS = [
    "text", "value", "value_max", "unit", "counted", "qualifier", "claim", "basis", "article_id", "paragraph", "source",
    "line", "start", "end",
]  # fmt: skip
DENSITY_COLUMNS = ["claim", "count", "n_chars", "rate", "low", "high"]
CLAIMS = ("result", "target", "plan", "rank", "share", "other")
FORMULAS = ("numeric_formula", "campaign_name")  # slogans whose numbers count nothing

_TELLS = re.compile(
    r"(?P<target>力争|争取|目标|确保|努力(?![，。；、的])|任务(?=[是为：:])|到(?:[12]\d{3}|[一二][〇○零一二三四五六七八九]{3})年(?:底|末)?|年底前)"
    r"|(?P<plan>拟(?!定)|预计|预期|安排|打算|准备|即将|有望|明年|下一步|尽快|早日)|(?P<modal>将|要|应当?|(?<!年)(?:计划|规划))"
    r"|(?P<past>已经?|累计|截至|(?<![公中总一])共(?![同产和享建识青鸣处性])|以来|去年|上年|前年|过去|同比|环比|先后|曾|了(?![解然望如]))"
    r"|(?P<other>可以|能够|如何|怎样|想要?)"
)
_MODALS = {"将": "plan", "计划": "plan", "规划": "plan", "要": "target", "应": "target", "应当": "target"}
_DONE = re.compile(  # verbs of what is reached, done or changed
    "完成|达到|达(?!标)|增[长加产收]|实现|新增|突破|建[成立]|开工|竣工|投产|下降|上涨|提高|减少|降低|上升|缩短|压缩|超额|取得|获得|办理|办结|受理"
    "|发放|引进|签约|落地|培训|解决|举办|召开|开展|帮助|选派|提拔|晋升|招聘|拆除|整治|改造|清理|查处|处理|接待|接听|收到|促成|提出|梳理"
    "|惠及|吸引|带动|拨付|修建|兴建|出口|进口|走访|救助|排查|恢复|审批|优化|调整|指导|提供"
)
_BEHIND = re.compile(f"^(?:已经?|被|全部|[均都]|顺利|一举|正式|集中|基本)*({_DONE.pattern})")  # 百个项目顺利开工
_GROWS = re.compile("(?:[增减降升扩涨缩翻]|提高|超额|快于|高于|低于|回落)(?!加值|[^，。]{0,3}[到至])")
_CLAUSE = re.compile("[，,；;：:。！？!?\n]")
_UNQUOTED = dict.fromkeys(map(ord, OPENING + CLOSING))
_INTENT = re.compile("比?(?:上年|去年|前年|同期)|力争|确保|计划|预计|累计|已经?|共")
_IDLE = re.compile(rf"同比|环比|年均|较|比|共计|合计|平均|实际|{_DONE.pattern}")  # between a noun and its number
_STATES = frozenset(
    "具有 拥有 包括 包含 位于 属于 存在 需要 距离 涉及 成为 作为 没有 围绕 面向 按照 根据 通过 来自 相当 等于 超过 不足 分为 处于"
    " 负责 称为 认为 设有 共有 含有 含 达成 保持 围 低于 高于 不到".split()
)
_LISTED = re.compile("[^、，,；;和]{0,20}[、，,；;和][^。有是含想可能]{0,20}")  # between two numbers of a list
_LASTS = tuple("为是达需约至")  # before a time, they tell what lasts so long


def find_quantities(corpus: Corpus, mined: pd.DataFrame | None = None) -> pd.DataFrame:
    """Find the numbers that a corpus gives, with what they count and as what they are claimed.

    By form, clause by clause: `counted` is the noun behind the unit, else the one before; `claim` follows the words near,
    those of intent (力争, 计划) holding until one says that a thing is done (已, 累计), and numbers of a list share it. What only
    another sentence or a heading tells is missed: in a plan, 标准提高10% reads like a result.

    Args:
        corpus: where to look; credits and datelines are left out.
        mined: its slogans, if `mine_slogans` has found them: numbers in number formulas and names of campaigns are left out.

    Returns:
        A table, one row a quantity in the order of the corpus:

        - `text` (text): as printed.
        - `value, value_max` (number): the same, but for ranges and vague numbers (三至四个, 十几名); times and magnitudes are
          worked in (3.2万 is 32000; 翻两番 is 4 倍; shares are in %).
        - `unit` (text): as printed; empty where there is none.
        - `counted` (text): the noun that is counted; or empty.
        - `qualifier` (text): 多, 近, 以上 ..., parted by a space.
        - `claim` (text, one of rank, target, plan, share, result, other): `share` is a part of a whole, `result` is
          said to be done or reached.
        - `basis` (text): the words that decide it.
        - `article_id, paragraph, source, line, start, end`: as in `paragraphs`, of the quantity.

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


def quantity_density(corpus: Corpus, quantities: pd.DataFrame, by: str | Mapping[str, str] = "article") -> pd.DataFrame:
    """Count quantities per 1,000 characters, by claim.

    Args:
        corpus: where they were found.
        quantities: what `find_quantities` found there.
        by: `article` (captions and side pieces with the article they are part of), `source`, `outlet` or `date`;
            or a label for each source.

    Returns:
        A table, one row a unit and claim, and one for all claims; units without text are left out:

        - `...` (text): the unit, under the name of `by` (`group` for labels).
        - `claim` (text, one of all, result, target, plan, rank, share, other): as in `find_quantities`; or all of them.
        - `count` (integer): quantities.
        - `n_chars` (integer, characters): of the unit, credits and datelines left out.
        - `rate` (number, per 1,000 characters): quantities for 1,000 of n_chars.
        - `low, high` (number, per 1,000 characters): its 95 % interval (exact Poisson, see `rate_interval`: numbers
          come in clusters, so it is too narrow).

    Raises:
        ValueError: `by` is unknown.
    """
    labels, by = (by, "group") if isinstance(by, Mapping) else ({}, by)
    if not labels and by not in ("article", "source", "outlet", "date"):
        raise ValueError(f"by must be article, source, outlet, date or a label for each source, got {by!r}")
    texts = counted_texts(corpus)
    about = corpus.articles.assign(group=corpus.articles["source"].map(labels)).set_index("article_id")
    texts = texts.join(about[["outlet", "date", "group"]], on="article_id")
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
    last, claim = 0, ("other", "")
    for number in numbers(flat):
        if any(start < number.end and number.start < end for start, end in taken):
            continue
        start, end = spans[bisect_right(starts, number.start) - 1]
        counted = _counted(flat, number)
        here = _claim(flat, number, counted, start, end)
        listed = start <= last and _LISTED.fullmatch(flat, last, number.start)
        claim = claim if here[0] == "other" and claim[0] == "result" and listed else here
        last = number.end
        yield number, counted, *claim


# -- what is counted, and as what -------------------------------------------------------------------------------------


def _counted(text: str, number: Number) -> str:
    """The noun that is counted: behind a classifier; of a measure before it, if its clause names one there."""
    if number.kind == "rank" or number.kind == "time" and text[number.start - 1 : number.start] not in _LASTS:
        return ""
    behind = _noun_behind(text, number.end) if number.kind != "time" else ""
    if behind and number.kind in ("item", "person", "household"):
        return behind
    return _noun_before(text, number.start) or behind


def _noun_behind(text: str, at: int) -> str:
    """The noun phrase at an offset, up to the verb or mark that ends it."""
    at += len(re.match("(?:以上|左右|以下)?的?", text[at : at + 4])[0])
    clause = WALL.split(text[at : at + 24], maxsplit=1)[0].translate(_UNQUOTED)
    words, last, seen = tags(clause) if clause else (), 0, False
    for (word, part), (later, _) in zip(words, (*words[1:], ("", ""))):
        noun = _is_nominal((word, part)) and later not in ("了", "着", "过")
        joins = word in ("和", "与", "及") or len(word) == 1 and part[0] in "qkg"  # 攻坚点
        if not noun and (not joins if seen else part[0] not in "vaqkhgfcdu" or _DONE.match(word)):
            break
        last, seen = (last + 1, seen or part[0] in "nj") if noun else (last, seen)
    return "".join(word for word, _ in words[:last])


def _is_nominal(word: tuple[str, str]) -> bool:
    """Whether a tagged word can be part of a noun phrase."""
    return (word[1][0] in "nbj" or word[1] in ("vn", "an", "eng", "l", "x", "s", "zg")) and word[0][0].isalpha()


def _noun_before(text: str, at: int) -> str:
    """The last noun phrase before an offset in its clause, over verbs, adverbs and particles."""
    clause = WALL.split(text[max(0, at - 24) : at])[-1].translate(_UNQUOTED)
    return next((noun for piece in reversed(_INTENT.split(clause)) if piece and (noun := _last_noun(piece))), "")


def _last_noun(clause: str) -> str:
    """The last noun phrase of a clause, without a verb at its head."""
    words = list(tags(clause))
    if len(words) > 1 and words[-1][1] == "v" and len(words[-1][0]) > 1 and _DONE.fullmatch(words[-2][0]):
        return words[-1][0]  # 完成改造: a verb as object
    while words and (words[-1][1][0] in "vdupcta" and words[-1][1] != "vn" or _IDLE.fullmatch(words[-1][0])):
        words.pop()
    first = len(words)
    while first and _is_nominal(words[first - 1]):
        first -= 1
    while first < len(words) - 1 and _DONE.match(words[first][0]):
        first += 1
    return "".join(word for word, _ in words[first:])


def _claim(text: str, number: Number, counted: str, start: int, end: int) -> tuple[str, str]:
    """As what a number is given, and the words that say so, in the sentence from `start` to `end`.

    The last word of intent before it decides, or of what is past if that comes later; else a verb in its own clause.
    """
    if number.kind == "rank":
        return "rank", text[number.start : number.end]
    start = max(start, number.start - 200)
    before = _CLAUSE.split(text[start : number.start])[-1]
    behind = _CLAUSE.split(text[number.end : min(end, number.end + 40)], maxsplit=1)[0]
    told = _told(text, start, number.start, bool(_DONE.search(before) or re.search("[保维]持|稳定在|控制", before)))
    if told and told[0] not in ("past", "other"):
        return told
    grown = _GROWS.search(before[-12:])
    if number.kind == "share" and not number.unit.endswith("点") and not grown and number.high <= 100:
        return "share", number.unit or "分之"
    if told:
        return ("result", told[1]) if told[0] == "past" else ("other", "")
    if aim := re.search("目标|任务$", behind):
        return "target", aim[0]
    behind = behind.partition(counted)[2] if counted else ""
    deed = _deed(re.split(r"、|\d", before)[-1])
    done = (
        [deed]
        if deed
        else _BEHIND.findall(behind) or ([grown[0]] if grown and number.kind in ("share", "times") else [])
    )
    words = done[-1] if done else ""
    return ("result", words) if words else ("other", "")


def _deed(clause: str) -> str:
    """The verb in a clause that says that something is done to what the number behind it counts; empty if there is none."""
    done = _DONE.findall(clause)
    words = list(tags(clause)) if clause and not done else []
    while words and (_is_nominal(words[-1]) or words[-1][1][0] in "dum"):
        words.pop()
    acts = words and words[-1][1] == "v" and len(words[-1][0]) > 1 and words[-1][0] not in _STATES
    return done[-1] if done else words[-1][0] if acts else ""


def _told(text: str, start: int, end: int, changes: bool) -> tuple[str, str] | None:
    """The last word before a number that tells what it is: target, plan or past; None if there is none.

    Args:
        text: the text; `start` and `end` are where the sentence and the number begin.
        changes: whether the number's own clause has a verb of change, without which 要 aims at no number.
    """
    for found in reversed(list(_TELLS.finditer(text, start, end))):
        kind, word, between = found.lastgroup, found[0], text[found.end() : end]
        if kind == "modal":
            kind = _MODALS[word] if _is_modal(text, found.start()) and (changes or word not in ("要", "应")) else ""
        elsewhere = kind == "plan" and "；" in between or word == "了" and _CLAUSE.search(between)
        if (
            kind
            and not elsewhere
            and not (word[0] == "到" and re.search("[从由自在][^，。]{2,12}$", text[start : found.start()]))
        ):
            return kind, word
    return None


def _is_modal(text: str, at: int) -> bool:
    """Whether 将 or 要 at an offset stands before what is to be done, not before an object (将材料) or in a word (需要)."""
    (word, _), (later, part) = (*tags(text[at : at + 8]), ("", " "))[:2]
    within = text[max(0, at - 1) : at] in tuple("主重需必想只不若如")
    return (
        word in _MODALS
        and part[0] in ("vdpatn" if len(word) > 1 else "vdpat")
        and later not in ("是", "看")
        and not within
    )
