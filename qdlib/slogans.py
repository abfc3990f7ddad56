"""Slogans found on the text: quoted wordings, parallel clauses, number formulas, campaign names, maxims.

Nothing here works on tokens, since a slogan may cross commas that every segmenter cuts at. Each candidate gets named
features with weights; their sum is its score, so a reader can follow why a row is there. No wording is listed, only forms:
suffixes, frames, numerals, part-of-speech patterns.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache

import numpy as np
import pandas as pd

from qdlib.corpus import Corpus, paragraph_places
from qdlib.families import bare, group_families
from qdlib.lines import NUMBERED
from qdlib.parallelism import (
    CLOSING,
    NAMED_THING,
    NUMERALS,
    OPENING,
    Run,
    is_maxim,
    is_verb,
    known_words,
    mean_features,
    runs,
    sentences,
    tags,
    total,
    verb_head,
    without_light_marks,
)  # fmt: skip
from qdlib.strings import SENTENCE_MARKS, repeated_strings
from qdlib.words import read_lexicon

TYPES = ("slogan", "campaign_name", "numeric_formula", "quotation_motto", "four_char", "tifa")
COLUMNS = [
    "slogan", "type", "family", "article_id", "paragraph", "source", "line", "start", "end", "quoted", "parallel", "speaker",
    "place", "score", "features", "nested", "offset",
]  # fmt: skip
DTYPES = dict.fromkeys(("quoted", "parallel", "nested"), bool) | {"score": float}
DTYPES |= dict.fromkeys(("paragraph", "line", "start", "end", "offset"), int)
HEADING_ROLES = ("headline", "subtitle", "title", "subhead")
THRESHOLD = 0.6

# The weights of the features, set by hand with the seeds in view (tests/benchmarks/slogans.py scores them). A logistic
# regression on the same candidates, drawn towards these weights, did no better on a page left out.
WEIGHTS = {
    "quoted": 0.3, "length 4-30": 0.1, "cited": 0.35, "number form": 0.45, "campaign": 0.45, "idiom": 0.2, "verb": 0.2,
    "noun": -0.2, "listed": 0.1, "called": 0.4, "repeated": 0.4, "parallel inside": 0.35, "speech": -0.3, "much speech": -0.6,
    "three or more": 0.1, "a sentence of its own": 0.1, "heading": 0.2, "long clauses": -0.1, "very long clauses": -0.2, "maxim": 0.2,
    "two short names": -0.1, "verb phrase heading": 0.6, "verb phrase headings": 0.7, "sum": 0.7, "number chain": 0.65, "hands": 0.6,
    "turns on itself": 0.6, "driven": 0.65, "quoted elsewhere": 0.6, "named elsewhere": 0.3, "if ... then": 0.4,
    "only ... then": 0.9, "only if": 0.6, "two halves": 0.6, "same head three times": 0.2, "answering quotations": 0.6, "by ... to": 0.6, "verb and image": 0.6, "repeated 3+": 0.3, "repeated 6+": 0.1, "cohesive": 0.2, "free at both ends": 0.2,
}  # fmt: skip


def mine_slogans(corpus: Corpus, threshold: float = THRESHOLD) -> pd.DataFrame:
    """Find the slogans of a corpus.

    Args:
        corpus: where to look; all paragraphs, headlines included, credits left out.
        threshold: least score of a row.

    Returns:
        A table, one row an occurrence in the order of the corpus: `slogan` as printed; `type` (slogan, campaign_name,
        numeric_formula, quotation_motto, and the softer four_char and tifa); `family`, the name its variants share;
        `article_id, paragraph, source, line, start, end` (raw offsets); `quoted`, `parallel`; `speaker` where the text
        names one, `place` in the article; `score` from 0 to 1 and the `features` it is the sum of. A slogan inside a
        longer one is a row of its own, marked `nested`: leave such rows out where occurrences are counted. `offset` is
        where it begins in the text of its paragraph.

    Raises:
        ValueError: the threshold is not between 0 and 1.
    """
    if not isinstance(threshold, (int, float)) or not 0 <= threshold <= 1:
        raise ValueError(f"threshold must lie between 0 and 1, got {threshold!r}")
    table = corpus.paragraphs[~corpus.paragraphs["role"].isin(("byline", "source", "dateline"))]
    texts, roles = table["text"].tolist(), table["role"].tolist()
    places = paragraph_places(table).tolist()
    rows = []
    outer = (-1, 0)  # paragraph and end of the longest row so far: rows come by start, longer ones first
    for found in mine(texts, roles, threshold):
        nested = found.paragraph == outer[0] and found.end <= outer[1]
        outer = outer if nested else (found.paragraph, found.end)
        at = table.iloc[found.paragraph]
        start, end, line = corpus.origin(at["article_id"], at["paragraph"], found.start, found.end)
        above = (
            texts[found.paragraph - 1]
            if roles[found.paragraph] == "quote" and roles[found.paragraph - 1] == "speaker"
            else ""
        )
        speaker = above.rstrip("：:") or named_speaker(texts[found.paragraph], found.start, found.end)
        features = "; ".join(f"{name} {weight:+.2f}" for name, weight in found.features.items())
        rows.append(
            [
                found.text,
                found.type,
                "",
                at["article_id"],
                at["paragraph"],
                at["source"],
                line,
                start,
                end,
                found.quoted,
            ]
            + [found.parallel, speaker, places[found.paragraph], found.score, features, nested, found.start]
        )
    mined = pd.DataFrame(rows, columns=COLUMNS).astype(DTYPES)  # without rows too, so that ~nested is a mask
    return mined.assign(family=group_families(mined["slogan"]))


@dataclass
class Found:
    """One candidate: where it stands in its paragraph, its type, and the features that speak for and against it."""

    paragraph: int
    start: int
    end: int
    text: str
    type: str
    features: dict[str, float] = field(default_factory=dict)
    quoted: bool = False
    parallel: bool = False

    @property
    def score(self) -> float:
        """Sum of the features, kept between 0 and 1."""
        return round(min(1.0, max(0.0, total(self.features))), 3)


def mine(texts: Sequence[str], roles: Sequence[str] | None = None, threshold: float = THRESHOLD) -> list[Found]:
    """Find slogans in paragraphs of plain text, best reading of every place, in reading order.

    Args:
        texts: paragraphs.
        roles: their roles; headings are judged by other standards than running text. All `body` if not given.
        threshold: least score.
    """
    roles = roles or ["body"] * len(texts)
    quotes = [quotations(text) for text in texts]
    marked = Counter(bare(text[i + 1 : j]) for text, pairs in zip(texts, quotes) for i, j in pairs)
    candidates: list[Found] = []
    for p, (text, role) in enumerate(zip(texts, roles)):
        candidates += _in_quotes(p, text, quotes[p], marked)
        candidates += _in_parallel(p, text, quotes[p], role)
        candidates += _by_form(p, text)
        if role in HEADING_ROLES:
            candidates += _as_heading(p, text)
    names = {bare(f.text) for f in candidates if f.type == "campaign_name" and f.score >= threshold}
    for found in candidates:
        if found.quoted and found.type != "campaign_name" and bare(found.text) in names:
            found.type, found.features["named elsewhere"] = "campaign_name", WEIGHTS["named elsewhere"]
    kept = _settle([f for f in candidates if f.score >= threshold and len(bare(f.text)) > 1])
    for more in (_echoes, _repetitions):
        kept += [f for f in more(texts, kept) if f.score >= threshold]
    return sorted(kept, key=lambda f: (f.paragraph, f.start, -f.end))


LONGEST_QUOTATION = 200


def quotations(text: str, longest: int = LONGEST_QUOTATION) -> list[tuple[int, int]]:
    """Offsets `(opening, closing)` of matched quotation marks, nested or not; a mark without its partner is passed over."""
    opened: dict[str, list[int]] = defaultdict(list)
    pairs = []
    for i, character in enumerate(text):
        if character in OPENING:
            opened[character].append(i)
        elif character in CLOSING and opened[OPENING[CLOSING.index(character)]]:
            pairs.append((opened[OPENING[CLOSING.index(character)]].pop(), i))
    return sorted((i, j) for i, j in pairs if 1 < j - i <= longest)


def _weights(*names: str) -> dict[str, float]:
    """Features with their weights."""
    return {name: WEIGHTS[name] for name in names}


# -- quoted wordings --------------------------------------------------------------------------------------------------

_NUMERAL = "".join(sorted(NUMERALS))
_COUNTED = "年月日号时点分秒天周元角万亿人名次个只件吨斤米里岁倍成度届级亩户家位项条种类大多余几十百千"
_GENERIC = "大|个|种|项|条|位|类"  # 六个率先, 八大行动
_SAYING = re.compile(
    r"(?:一段话|一句话|古语|古人|俗话|常言|谚语|名言|格言|诗句|诗云|写着|写道|标语|口号|所谓|说得好|有云|曰)[^。“]{0,6}$"
)
_PRONOUN = re.compile(r"(?<![有从你])我(?![为你他])|(?<!我)[你您他她它](?![我他])|咱|这个|那么|觉得|记者")
_IN_A_ROW = re.compile(rf"(?:[、和及]?[{OPENING}][^{OPENING}{CLOSING}]{{1,30}}[{CLOSING}])*")
_SAYS = re.compile("就是|不|要|才|更|必|无|零|为")
_ECHO = re.compile(r"([^\W\d_]).{1,2}\1.{1,3}")  # 真抓真干
_ONE_FOR_ALL = re.compile(r"一[^\W\d_线定些般部样种直时起位流年月日级把带二两三四五六七八九十][^\W\d_]{2}")  # 一网通办
_THING = re.compile(
    r"(?:[哥姐嫂员匠师者长兵郎器车站码圈群证室馆厅店网]|平台|中心|小组|系统|银行|小区|窗口|速度|办公室|直通车|会|吧)$"
)
_SHORT_NAME = re.compile("(?:专项|主题)?(?:活动|行动|工程|计划)")
_LONG_NAME = re.compile("[^\\W\\d_的和与等]{3,10}(?:活动|行动|攻坚战|计划|工程)(?=[，,。；;！!、”]|$)")
_CONDITION = re.compile(r"[^\W\d_]{1,8}[了者][^\W\d_]{0,5}[，,][就必才先][^\W\d_]{3,8}(?=[，,。”])")


@cache
def _campaign_forms() -> tuple[re.Pattern, re.Pattern, re.Pattern]:
    """Patterns of a campaign's last word, of what follows its quotation marks, and of one set in motion without marks."""
    nouns = "|".join(sorted(" ".join(read_lexicon("campaign")).split(), key=len, reverse=True))
    ends = re.compile(
        rf"(?:{nouns}|(?<![\d{_NUMERAL}多几半今明去每全跨青少老中幼成整近]).年|赛"
        rf"|(?<=[^\W\d_]{{4}})(?<![银执运进实推先举发施履流通飞航践])行)$"
    )
    follows = re.compile(
        rf"(?:为主题的)?(?:系列|主题|专题|专项|等){{0,2}}(?:宣传|实践|教育|学习|讨论|宣讲|志愿|交流){{0,2}}(?:{nouns}|营销|宣传)"
    )
    long = "|".join(noun for noun in nouns.split("|") if len(noun) > 2)
    driven = re.compile(
        rf"(?:开展|实施|启动|打响|打好|打赢|发起|推进|组织|举办|掀起)(?:了|好|全市|全国|新一轮){{0,2}}"
        rf"([^\W\d_]{{2,16}}?(?:{long}|攻坚行动|专项行动|百日行动|三年行动|教育实践活动|主题教育|提升年|落实年|运动))(?!者|方案|计划)"
    )
    return ends, follows, driven


@cache
def _called() -> re.Pattern:
    """Pattern of the noun after a quoted motto that says what it is."""
    nouns = "|".join(" ".join(read_lexicon("called")).split())
    return re.compile(rf"为主题|为口号|为目标|的?新?型?(?:工作|发展|服务|创建|忧患|责任|攻坚)?(?:{nouns})")


_CIRCLE = rf"(?:\d+|[{_NUMERAL}]+)(?:分钟|刻钟|小时|公里)[^\W\d_]{{0,8}}圈"  # 15分钟生活圈


def _is_number_form(text: str) -> bool:
    """Whether a quoted string is a number formula: a sum, a code, N个X, or a chain of numeral and word."""
    if re.fullmatch(rf"\w{{1,8}}(?:[+＋]\w{{1,8}})+|(?!19|20)\d{{3,4}}|{_CIRCLE}", text):
        return True
    flat = re.sub("[、，,·]", "", text)
    if not flat or len(flat) > 14 or flat[0] not in NUMERALS or re.fullmatch(rf"[{_NUMERAL}]+五", flat):
        return False
    if any(re.fullmatch(rf"(?![百千])(?:[{_NUMERAL}][^\W\d{_NUMERAL}_]{{{k}}}){{2,}}", flat) for k in (1, 2, 3)):
        return True
    if not re.fullmatch(rf"(?!一)[{_NUMERAL}](?:{_GENERIC})?\w{{1,7}}", flat):
        return False
    if re.match(f".(?:{_GENERIC})", flat):
        return True
    known = known_words()
    three_and_two = len(flat) == 4 and flat[2:] in known and flat not in known  # 三校联办
    if re.search("工作法|[法制][则度]?$|机制$|模式$|战略$|体系$|格局$", flat) and len(flat) < 7:
        return flat[1] not in _COUNTED
    return flat[1] not in _NUMERAL + _COUNTED and (len(flat) < 4 or three_and_two)


def _says_something(text: str) -> bool:
    """Whether a quoted string has a verb, rather than naming a thing."""
    words = tags(bare(text)[:40])
    if re.fullmatch(r"\w+的\w{1,2}|\w{2}(?:、\w{2})+", text):  # a thing with its attribute; words in a list
        return False
    if (
        len(words) > 2
        and words[0][1] == "vn"
        and words[-1][1][0] == "n"
        or len(words) > 1
        and words[-1][1] in ("a", "an")
    ):
        return not _THING.search(text)  # 服务企业发展, 参军光荣
    if not any(map(is_verb, words)):
        return len(bare(text)) > 3 and bool(_SAYS.search(text))
    attribute_and_noun = len(words) == 2 and words[1][1][0] == "n" and len(words[0][0]) == 2
    return not attribute_and_noun and not _THING.search(text)


def _judge_quoted(text: str, i: int, j: int, marked: Counter) -> tuple[str, dict[str, float]]:
    """Type and features of the string between two quotation marks."""
    inside, before = text[i + 1 : j], text[max(0, i - 14) : i]
    row = _IN_A_ROW.match(text, j + 1, j + 150).end()  # what stands behind the last of a row is said of all
    after = text[row : row + 14]
    plain = bare(inside)
    names, kind = ["quoted"], "slogan"
    ends, follows, _ = _campaign_forms()
    n_sentences = len([part for part in re.split("[。！？!?；;…]", inside) if part])
    if 4 <= len(plain) <= 30:
        names.append("length 4-30")
    if _SAYING.search(before.rstrip("：:，,")) and len(plain) > 5:
        names.append("cited")
        kind = "quotation_motto"
    if "cited" in names and n_sentences == 1:
        pass
    elif inside[-1] in "。！？!?，,…" or n_sentences > 1 or len(plain) > 40 or _PRONOUN.search(inside):
        names.append("speech" if n_sentences == 1 else "much speech")
    elif _is_number_form(inside) and not (ends.search(plain) and re.fullmatch(f".(?!{_GENERIC})...", plain)):
        names.append("number form")
        kind = "numeric_formula"
    elif (
        ends.search(plain)
        and 2 < len(plain) <= 14
        and "、" not in inside
        or follows.match(after.lstrip(CLOSING))
        and len(plain) > 3
    ):
        names.append("campaign")
        kind = "campaign_name"
    elif len(plain) == 4 and len(tags(plain)) == 1 and tags(plain)[0][1][0] in "ilvn":
        names.append("idiom")
        kind = "four_char"
    elif _says_something(inside) and len(plain) > 2 or _ECHO.fullmatch(plain) or _ONE_FOR_ALL.fullmatch(plain):
        names.append("verb")
    elif not re.search("[，,、 ·]", inside):
        names.append("noun")
    if row > j + 1 or before[-1:] and before[-1] in CLOSING:
        if re.fullmatch(r"大[^\W\d_]{2}", plain):  # “大学习”“大讨论”: a campaign's parts in a row
            names, kind = ["quoted", "listed", "campaign"], "campaign_name"
        elif 3 < len(plain) < 9:
            names.append("listed")
    if _called().match(after):
        names.append("called")
    if kind == "four_char" and {"called", "listed"} & set(names):
        kind = "slogan"
    thing = "noun" in names and (_THING.search(plain) or re.search("[A-Za-z]", plain))  # an app or a centre is no slogan
    if marked[plain] > 3 and len(plain) > 3 and not thing and not {"speech", "much speech"} & set(names):
        names.append("repeated")
        if "noun" in names or kind == "slogan" and tags(plain)[-1][1] == "n":
            kind = "campaign_name"
    return kind, _weights(*names)


def _in_quotes(p: int, text: str, pairs: list[tuple[int, int]], marked: Counter) -> Iterator[Found]:
    """Candidates between quotation marks: the whole string, and the maxim that a quoted speech opens with."""
    for i, j in pairs:
        kind, features = _judge_quoted(text, i, j, marked)
        inside = text[i + 1 : j]
        covered = [0.0, 0.0]
        for sentence in sentences(text, i + 1, j):
            for level, clauses in enumerate((sentence, without_light_marks(sentence))):
                for run in runs(clauses, text, need=0.4):
                    if max(map(len, run.clauses)) < 3:  # words in a list
                        continue
                    covered[level] += len(bare(text[run.start : run.end])) / max(1, len(bare(inside)))
                    if kind == "slogan" and is_maxim(run):
                        kind = "quotation_motto"
        if max(covered) > (0.45 if {"speech", "much speech"} & features.keys() else 0.01):
            features |= _weights("parallel inside")
            if "speech" in features:
                features["speech"] = WEIGHTS["speech"] / 3
        yield Found(p, i + 1, j, inside, kind, features, True, max(covered) > 0)
        named = (_SHORT_NAME if len(bare(inside)) == 2 else _LONG_NAME).match(text, j + 1)
        if named and len(bare(inside)) == 2 and inside[-1] in _COUNTED:  # “六项”活动 is counted, not named
            named = None
        if named and kind == "slogan" and "verb" in features:
            kind, features = "campaign_name", features | _weights("campaign")
        elif named:  # “三清”行动, “最美”教师评选活动: a part of the name is in quotation marks
            yield Found(p, i, named.end(), text[i : named.end()], "campaign_name", _weights("quoted", "campaign"), True)
        condition = _CONDITION.match(inside) if {"speech", "much speech"} & features.keys() else None
        if condition:
            yield Found(
                p,
                i + 1,
                i + 1 + condition.end(),
                condition[0],
                "quotation_motto",
                _weights("quoted", "if ... then"),
                True,
            )


# -- parallel clauses and headings ------------------------------------------------------------------------------------


def _in_parallel(p: int, text: str, pairs: list[tuple[int, int]], role: str) -> Iterator[Found]:
    """Candidates made of parallel clauses, outside quotation marks and inside long quotations, but never across a mark."""
    long = [(i, j) for i, j in pairs if j - i > 10 or re.search("[，,、 ·]", text[i:j])]
    within = {k for i, j in long for k in range(i + 1, j)}
    walls = frozenset(k for pair in long for k in pair) | {m.start() for m in re.finditer("”“", text)}
    for sentence in sentences(text, 0, len(text), walls):
        for clauses in (sentence, without_light_marks(sentence)):
            for run in runs(clauses, text, need=0.4 if role in HEADING_ROLES else 0.5):
                if len(bare(text[run.start : run.end])) >= 6 and not all(clause[-1] == "的" for clause in run.clauses):
                    yield _from_run(p, text, run, role, run.start in within)


def _from_run(p: int, text: str, run: Run, role: str, quoted: bool) -> Found:
    """The candidate that a run of parallel clauses makes."""
    features = dict(run.features)
    n_chars, n = sum(map(len, run.clauses)), len(run.clauses)
    attributes = [clause.count("的") for clause in run.clauses]
    fits = {
        "long clauses": n_chars > 8 * n or n_chars > 6 * n and min(attributes) > 0,
        "very long clauses": n_chars > 13 * n or max(attributes) > 1,
        "three or more": n > 2,
        "a sentence of its own": run.whole,
        "two short names": n == 2 and n_chars < 10 and "verb heads" not in features,
        "heading": role in HEADING_ROLES,
        "maxim": is_maxim(run),
        "same head three times": n > 2
        and len({clause[0] for clause in run.clauses} - set("更最较很")) == 1
        and n_chars < 5 * n,
    }
    features |= _weights(*(name for name, fit in fits.items() if fit))
    plain_four = all(len(clause) == 4 for clause in run.clauses) and role not in HEADING_ROLES
    if fits["maxim"]:
        kind = "quotation_motto"
    elif plain_four and (
        not {"frame", "alternation", "same inside"} & features.keys()
        or len({clause[:2] for clause in run.clauses}) < n
        or n > 3
        and not run.whole
    ):
        kind = "four_char"
    else:
        words = all(len(clause) < 3 for clause in run.clauses) and not fits["same head three times"]
        kind = "tifa" if words else "slogan"
    return Found(p, run.start, run.end, text[run.start : run.end], kind, features, quoted, True)


_BOXED = re.compile(r"[【\[〔][^】\]〕]{1,12}[】\]〕]")  # 【要闻】 before a headline


def _as_heading(p: int, text: str) -> Iterator[Found]:
    """A heading made of verb phrases, without the name and colon before it."""
    start = max(text.rfind("："), text.rfind(":")) + 1
    numbered = NUMBERED.match(text)
    boxed = _BOXED.match(text)
    start = max(start, *(match.end() for match in (numbered, boxed) if match), 0)
    start += len(text[start:]) - len(text[start:].lstrip())
    end = start + len(text[start:].rstrip().rstrip("！!"))
    clauses = [bare(clause) for clause in re.split(r"[，,\s]+", text[start:end]) if bare(clause)]
    quoted = any(
        j - i > 4 and _says_something(text[i + 1 : j]) for i, j in quotations(text)
    )  # then that is the wording
    if not 1 <= len(clauses) <= 4 or quoted or re.search(r"\d|召开|举行|举办|记者", text[start:end]):
        return
    several = len(clauses) > 1
    for clause in clauses:
        first = tags(clause)[0][1]
        if several:  # at the head of a clause a verbal noun is a verb: 服务企业发展
            speaks = first == "vn" or any(map(is_verb, tags(clause)[:4]))
        else:
            speaks = len(clause) > 4 and (verb_head(clause) > 0 or first in ("l", "i"))
        if not 4 <= len(clause) <= 16 or not speaks:
            return
    features = _weights("verb phrase headings" if several else "verb phrase heading")
    yield Found(p, start, end, text[start:end], "slogan", features, parallel=several)


# -- forms without marks ----------------------------------------------------------------------------------------------

_SUM = re.compile(r"(?<![\d.+＋])\d{1,3}(?:[+＋](?:\d{1,3}|[A-Za-z])){1,9}(?![\d.+＋])")
_CHAIN = re.compile(
    rf"(?!(?:一[^{_NUMERAL}]{{1,2}}、?)+(?![{_NUMERAL}]))(?:[一两双三四五六七八九](?![{_COUNTED}])[^\W\d{_NUMERAL}_第手的了]{{1,2}}、?){{2,}}"
)
_ONE_ONE = re.compile(
    rf"一(?![{_COUNTED}步笔声点面方样边对代])[^\W\d{_NUMERAL}_第的了着]{{1,2}}一(?![{_COUNTED}步笔声点面方样边代])[^\W\d{_NUMERAL}_第的了着地]{{1,2}}"
)
_PAIR = r"[^\W\d_]{2,8}(?:、[^\W\d_]{2,8})?"
_ONLY_THEN = re.compile(
    rf"[唯惟][有独其]{_PAIR}[，,][方才][能可得]?{_PAIR}(?=[。！!；;”]|$)|(?<![^\W_])[唯惟][^\W\d_]{{2,4}}[不方才可][^\W\d_]{{2,6}}(?=[。！!；;”]|$)"
)
_ONLY_WILL = re.compile(
    r"(?<![^\W_])只[要需用]?([^\W\d_]{2,7})[，,](?:即可|便可|就能|就可|就|便)([^\W\d_]{2,7})(?=[，,。！!；;”]|$)"
)
_ANSWERING_INSIDE = re.compile(  # 变“坐等服务”为“上门服务”
    r"(?<![^\W_])[^\W\d_]{0,8}“([^“”]{2,8})”(?![和与及或是、])[^\W\d_]{1,10}“([^“”]{2,8})”[^\W\d_]{0,4}(?=[，,。；;！!？”]|$)"
)
_BY_TO = re.compile(
    r"(?<![^\W_])[以用](?![来及上下往前后免便于至致此为实])[^\W\d_的地更]{2,12}?(?:(?:、[^\W\d_的地更]{2,8})?)"
    r"(?:促进?|带动?|助推|赋能|引领|撬动|护航|破|谋|做)[^\W\d_的地更]{2,12}(?=[，,。；;！!？”]|$)"
)
_VERB_IMAGE = re.compile(r"[^\W\d_][出下响亮活]“[^”，。]{2,5}”(?=[，,。；;！!？、”]|$)")
_ANSWERING = re.compile(
    r"(?<![^\W_])[^，。；;！!？?：:“”、了]{2,22}“([^“”]{1,4})”[，,、]\s?[^，。；;！!？?：:“”、了]{2,22}“([^“”]{1,4})”(?=[，,。；;！!？?”]|$)"
)
_HANDS = re.compile(
    rf"(?:[^\W_]{{0,4}}坚持)?([^\W_]{{0,10}}[{_NUMERAL}]手抓(?:[、，,]?[{_NUMERAL}]手[都要也]*硬|(?![^\W\d_])))"
)
_TURN = re.compile(
    r"(?:^|(?<=[，,。；;！!：:“]))([^\W\d_]{2,3})[^\W\d_]{1,4}(?:更要|更|就是|就要|就|才|要|为|不如)\1[^\W\d_]{0,4}(?=[，,。；;！!”]|$)"
)
_JUST_IS = re.compile(  # 抓安全就是抓效益
    r"([^\W\d_])(?:(?!就是)[^\W\d_]){2,9}就是\1[^\W\d_]{2,9}?(?=的[^\W\d_]?(?:理念|道理|观念|意识|思想)|[，,。；;！!”、]|$)"
)
_HALVES = re.compile(r"(?<![^\W_])((?:[^\W\d_][好准出起足紧住牢稳实响亮强优活][^\W\d_]){2})(?=[，,。；;！!？”、]|$)")


def _by_form(p: int, text: str) -> Iterator[Found]:
    """Number formulas, campaigns and sentences that turn on themselves, written without quotation marks."""
    for m in _SUM.finditer(text):
        yield Found(p, *m.span(), m[0], "numeric_formula", _weights("sum"))
    for pattern in (_CHAIN, _ONE_ONE):
        for m in pattern.finditer(text):
            chain = m[0].rstrip("、")
            after_number = m.start() and text[m.start() - 1] in NUMERALS | set("第每届")
            cut = text[m.start() + len(chain) - 1 :][:2] in known_words()
            cut = cut or any(text[max(0, k) : k + 4] in known_words() for k in (m.start() - 1, m.start()))  # 举一反三
            if len(bare(chain)) > 3 and not after_number and not cut and chain not in known_words():
                yield Found(p, m.start(), m.start() + len(chain), chain, "numeric_formula", _weights("number chain"))
    for m in _HANDS.finditer(text):
        yield Found(p, *m.span(1), m[1], "numeric_formula", _weights("hands"))
    for m in _ONLY_THEN.finditer(text):
        yield Found(p, *m.span(), m[0], "slogan", _weights("only ... then"), parallel=True)
    for name, pattern in (("turns on itself", _JUST_IS), ("two halves", _HALVES)):
        for m in pattern.finditer(text):
            yield Found(p, *m.span(), m[0], "slogan", _weights(name), parallel=True)
    for m in _ANSWERING.finditer(text):
        if len(m[1]) == len(m[2]) and m[1][0] not in NUMERALS:
            yield Found(p, *m.span(), m[0], "slogan", _weights("answering quotations"), parallel=True)
    for m in _ONLY_WILL.finditer(text):
        if abs(len(m[1]) - len(m[2])) < 2 and not _PRONOUN.search(m[0]):
            yield Found(p, *m.span(), m[0], "slogan", _weights("only if"), parallel=True)
    for m in _ANSWERING_INSIDE.finditer(text):
        before, between = m.start(1) - m.start() > 1, m.start(2) - m.end(1) > 3
        if len(bare(m[1])) == len(bare(m[2])) and (before or between) and m[1][0] not in NUMERALS:
            yield Found(p, *m.span(), m[0], "slogan", _weights("answering quotations"), parallel=True)
    for name, pattern in (("by ... to", _BY_TO), ("verb and image", _VERB_IMAGE)):
        for m in pattern.finditer(text):
            yield Found(p, *m.span(), m[0], "slogan", _weights(name))
    for m in _TURN.finditer(text):
        yield Found(p, *m.span(), m[0], "slogan", _weights("turns on itself"), parallel=True)
    for m in _campaign_forms()[2].finditer(text):
        if not re.search("(?<!党)的(?!.年|攻坚)", m[1]):
            yield Found(p, *m.span(1), m[1], "campaign_name", _weights("driven"))


# -- what remains -----------------------------------------------------------------------------------------------------


def _echoes(texts: Sequence[str], kept: list[Found]) -> Iterator[Found]:
    """Wordings that stand in quotation marks or are set in motion somewhere, where they occur without."""
    kinds = {
        f.text: f.type
        for f in kept
        if (f.quoted or "driven" in f.features)
        and f.type in TYPES[:4]
        and 4 <= len(f.text) <= 24
        and not {"speech", "idiom"} & f.features.keys()
    }
    for p, start, wording in _free_places(texts, kept, kinds):
        parallel = bool(re.search("[，,、]", wording))
        features = _weights("quoted elsewhere")
        yield Found(p, start, start + len(wording), wording, kinds[wording], features, parallel=parallel)


FREE = 1.5  # bits; least branching entropy of a repeated wording on either side
COHESIVE = (
    0.4  # least mutual information of its weakest joint, normalised: 1 if its parts never stand apart (Bouma 2009)
)
_OPEN = frozenset("nvailjbtsz")  # first letters of the parts of speech that a fixed wording is made of
_MODAL = frozenset("要应能会可使让被将是有到")
_ORGANISATION = re.compile(rf"{_THING.pattern}|{NAMED_THING.pattern}|(?:会|院|司|处|所|机构|公司|人员|组织|支部)$")


def _repetitions(texts: Sequence[str], kept: list[Found]) -> Iterator[Found]:
    """Strings that come back, hold together, are free at both ends, and name an action: fixed wordings (提法)."""
    strings = repeated_strings(
        texts, min_chars=5, max_chars=24, walls=SENTENCE_MARKS + OPENING + CLOSING + "：:（）()《》"
    )
    free = strings[["left_entropy", "right_entropy"]].min(axis=1)
    most = np.log2(sum(map(len, texts)) / strings["count"])
    strings = strings[(free >= FREE) & (strings["mutual_information"] >= COHESIVE * most)]
    judged = {text: _judge_repeated(text, count) for text, count in zip(strings["string"], strings["count"])}
    judged = {wording: judgement for wording, judgement in judged.items() if judgement[1]}
    for p, start, wording in _free_places(texts, kept, judged):
        kind, features = judged[wording]
        yield Found(p, start, start + len(wording), wording, kind, features, parallel=kind == "slogan")


def _judge_repeated(text: str, count: int) -> tuple[str, dict[str, float]]:
    """Type and features of a repeated string; none if it is no wording of its own."""
    clauses = re.split("[，,、]", text)
    whole = re.fullmatch(r"[^\W\d_](?:[^\W\d_]|[，、])+[^\W\d_]", text) and min(map(len, clauses)) > 3
    words = [word for clause in clauses for word in tags(clause)] if whole else []
    if not whole or any(part[0] not in _OPEN or word in _MODAL for word, part in words) or _ORGANISATION.search(text):
        return "tifa", {}
    if len(clauses) > 1:
        parallel = mean_features(clauses)
        return "slogan", _weights("repeated 3+") | parallel if total(parallel) >= 0.2 else {}
    acts = any(part[0] == "v" or word[-1] == "化" for word, part in (words[0], words[-1]))
    names = ["repeated 3+", "cohesive", "free at both ends"] + ["repeated 6+"] * (count > 5)
    return "tifa", _weights(*names) if acts and len(words) > 1 else {}


def _free_places(texts: Sequence[str], kept: list[Found], wordings: Iterable[str]) -> Iterator[tuple[int, int, str]]:
    """Paragraph and offset of wordings outside all that is kept, from left to right, the longest first."""
    by_start: dict[str, list[str]] = defaultdict(list)
    for wording in sorted(wordings, key=len, reverse=True):
        by_start[wording[:4]].append(wording)
    taken = defaultdict(set)
    for f in kept:
        taken[f.paragraph].update(range(f.start, f.end))
    for p, text in enumerate(texts):
        free = 0
        for i in range(len(text) - 3):
            wording = next((w for w in by_start.get(text[i : i + 4], ()) if text.startswith(w, i)), "")
            if wording and i >= free:
                free = i + len(wording)
                if i not in taken[p] and free - 1 not in taken[p]:
                    yield p, i, wording


def _settle(candidates: list[Found]) -> list[Found]:
    """Of candidates that cross keep the best; a quoted one may stay inside one twice as long, or around others."""
    kept: list[Found] = []
    cover: dict[int, dict[int, list[Found]]] = defaultdict(lambda: defaultdict(list))
    for found in sorted(candidates, key=lambda f: (-round(f.score + 0.01 * (f.end - f.start), 6), f.start)):
        here = cover[found.paragraph]
        crossed = {id(f): f for k in range(found.start, found.end) for f in here[k]}.values()
        if all(_may_stand_together(found, other) for other in crossed):
            kept.append(found)
            for k in range(found.start, found.end):
                here[k].append(found)
    return kept


def _may_stand_together(found: Found, other: Found) -> bool:
    """Whether two overlapping candidates are both wanted: one marked wording, and one at least twice as long around it."""
    inner, outer = sorted((found, other), key=lambda f: f.end - f.start)
    nested = outer.start <= inner.start and inner.end <= outer.end
    several = sum(outer.text.count(mark) for mark in OPENING) > 1  # a wording made of quoted ones is one wording
    marked = "quoted" in inner.features and not several or outer.quoted and inner.type == "numeric_formula"
    return nested and marked and 2 * (inner.end - inner.start) < outer.end - outer.start


_VERB_OF_SAYING = "说|表示|介绍|认为|告诉记者|指出|强调|坦言|感慨|回忆"
_SPEAKER_AFTER = re.compile(rf"^[，,]?([^。！？“”，,：:]{{2,30}}?)(?:{_VERB_OF_SAYING})")
_SPEAKER_BEFORE = re.compile(rf"([^。！？“”，,：:；]{{2,30}}?)(?:{_VERB_OF_SAYING})[，,：:]$")


def named_speaker(text: str, start: int, end: int) -> str:
    """Who says the quotation a slogan stands in, if the sentence names somebody next to it."""
    near = text[max(0, start - LONGEST_QUOTATION) : end + LONGEST_QUOTATION]
    shift = max(0, start - LONGEST_QUOTATION)
    around = [(i + shift, j + shift) for i, j in quotations(near) if i + shift < start and end <= j + shift]
    for i, j in around[:1]:
        named = _SPEAKER_AFTER.search(text[j + 1 : j + 40]) or _SPEAKER_BEFORE.search(text[max(0, i - 40) : i])
        if named:
            return named[1].strip()
    return ""
