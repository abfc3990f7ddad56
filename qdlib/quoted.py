"""Wordings in quotation marks: the marks matched, and what stands between them judged by its form and surroundings."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from functools import cache

from qdlib.candidates import WEIGHTS, Found, weigh
from qdlib.families import bare
from qdlib.parallelism import CLOSING, NUMERALS, OPENING, is_verb, known_words, sentences, tags, without_light_marks
from qdlib.runs import find_runs, is_maxim
from qdlib.words import read_lexicon

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


NUMERAL = "".join(sorted(NUMERALS))
COUNTED = "年月日号时点分秒天周元角万亿人名次个只件吨斤米里岁倍成度届级亩户家位项条种类大多余几十百千"
_GENERIC = "大|个|种|项|条|位|类"  # 四个坚持, 九大工程
_SAYING = re.compile(
    r"(?:一段话|一句话|古语|古人|俗话|常言|谚语|名言|格言|诗句|诗云|写着|写道|标语|口号|所谓|说得好|有云|曰|[校院厂店家族]训|座右铭)[^。“]{0,6}$"
)
PRONOUN = re.compile(r"(?<![有从你])我(?![为你他])|(?<!我)[你您他她它](?![我他])|咱|这个|那么|觉得|记者")
_IN_A_ROW = re.compile(rf"(?:[、和及]?[{OPENING}][^{OPENING}{CLOSING}]{{1,30}}[{CLOSING}])*")
_SAYS = re.compile("就是|不|要|才|更|必|无|零|为")
_ECHO = re.compile(r"([^\W\d_]).{1,2}\1.{1,3}")  # 真抓真干
_ONE_FOR_ALL = re.compile(r"一[^\W\d_线定些般部样种直时起位流年月日级把带二两三四五六七八九十][^\W\d_]{2}")  # 一网通办
THING = re.compile(
    r"(?:[哥姐嫂员匠师者长兵郎器车站码圈群证室馆厅店网]|平台|中心|小组|系统|银行|小区|窗口|速度|办公室|直通车|会|吧)$"
)
_SHORT_NAME = re.compile("(?:专项|主题)?(?:活动|行动|工程|计划)")
_LONG_NAME = re.compile("[^\\W\\d_的和与等]{3,10}(?:活动|行动|攻坚战|计划|工程)(?=[，,。；;！!、”]|$)")
_CONDITION = re.compile(r"[^\W\d_]{1,8}[了者][^\W\d_]{0,5}[，,][就必才先][^\W\d_]{3,8}(?=[，,。”])")


_DIALLED = re.compile("的?(?:[^\\W\\d_]{0,4})(?:热线|专线|电话|报警|急救)")  # a number that is called up counts nothing


@cache
def _campaign_forms() -> tuple[re.Pattern, re.Pattern]:
    """Patterns of a campaign's last word, and of what follows its quotation marks."""
    nouns = "|".join(sorted(" ".join(read_lexicon("campaign")).split(), key=len, reverse=True))
    ends = re.compile(
        rf"(?:{nouns}|(?<![\d{NUMERAL}多几半今明去每全跨青少老中幼成整近]).年|赛"
        rf"|(?<=[^\W\d_]{{4}})(?<![银执运进实推先举发施履流通飞航践])行)$"
    )
    follows = re.compile(
        rf"(?:为主题的)?(?:系列|主题|专题|专项|等){{0,2}}(?:宣传|实践|教育|学习|讨论|宣讲|志愿|交流){{0,2}}(?:{nouns}|营销|宣传)"
    )
    return ends, follows


@cache
def _called() -> re.Pattern:
    """Pattern of the noun after a quoted motto that says what it is."""
    nouns = "|".join(" ".join(read_lexicon("called")).split())
    return re.compile(rf"为主题|为口号|为目标|的?新?型?(?:工作|发展|服务|创建|忧患|责任|攻坚)?(?:{nouns})")


_CIRCLE = rf"(?:\d+|[{NUMERAL}]+)(?:分钟|刻钟|小时|公里)[^\W\d_]{{0,8}}圈"  # 15分钟生活圈


def _is_number_form(text: str) -> bool:
    """Whether a quoted string is a number formula: a sum, a code, N个X, or a chain of numeral and word."""
    if re.fullmatch(rf"\w{{1,8}}(?:[+＋]\w{{1,8}})+|(?!19|20)\d{{3,4}}|{_CIRCLE}", text):
        return True
    if re.fullmatch(rf"[{NUMERAL}](?:{_GENERIC})\w{{1,6}}(?:[、，,][{NUMERAL}](?:{_GENERIC})\w{{1,6}})+", text):
        return True  # 两个坚持、三个到位
    flat = re.sub("[、，,·]", "", text)
    if not flat or len(flat) > 14 or flat[0] not in NUMERALS or re.fullmatch(rf"[{NUMERAL}]+五", flat):
        return False
    if any(
        re.fullmatch(rf"(?![百千])(?:[{NUMERAL}][^\W\d{NUMERAL}_]{{{k}}}){{2,}}(?:多[^\W\d{NUMERAL}_]{{{k}}})?", flat)
        for k in (1, 2, 3)
    ):
        return True
    if not re.fullmatch(rf"(?!一)[{NUMERAL}](?:{_GENERIC})?\w{{1,7}}", flat):
        return False
    if re.match(f".(?:{_GENERIC})", flat):
        return True
    known = known_words()
    three_and_two = len(flat) == 4 and flat[2:] in known and flat not in known  # 三校联办
    if re.search("工作法|[法制][则度]?$|机制$|模式$|战略$|体系$|格局$", flat) and len(flat) < 7:
        return flat[1] not in COUNTED
    return flat[1] not in NUMERAL + COUNTED and (len(flat) < 4 or three_and_two)


def says_something(text: str) -> bool:
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
        return not THING.search(text)  # 服务学生成长, 参军光荣
    if not any(map(is_verb, words)):
        return len(bare(text)) > 3 and bool(_SAYS.search(text))
    attribute_and_noun = len(words) == 2 and words[1][1][0] == "n" and len(words[0][0]) == 2
    return not attribute_and_noun and not THING.search(text)


def _judge_quoted(text: str, i: int, j: int, marked: Counter) -> tuple[str, dict[str, float]]:
    """Type and features of the string between two quotation marks, by itself and by what stands around the marks."""
    inside, before = text[i + 1 : j], text[max(0, i - 14) : i]
    row = _IN_A_ROW.match(text, j + 1, j + 150).end()  # what stands behind the last of a row is said of all
    after = text[row : row + 14]
    plain = bare(inside)
    cited = bool(_SAYING.search(before.rstrip("：:，,"))) and len(plain) > 5
    names = ["quoted"] + ["length 4-30"] * (4 <= len(plain) <= 30) + ["cited"] * cited
    if cited and _is_one_saying(inside):
        kind = "quotation_motto"
    else:
        name, kind = _judge_inside(inside, plain, after)
        kind = "quotation_motto" if cited and kind == "slogan" else kind
        names += [name] * bool(name)
    if row > j + 1 or before[-1:] and before[-1] in CLOSING:
        if re.fullmatch(r"大[^\W\d_]{2}", plain):  # “大整改”“大练兵”: a campaign's parts in a row
            names, kind = ["quoted", "listed", "campaign"], "campaign_name"
        elif 3 < len(plain) < 9:
            names.append("listed")
    if _called().match(after):
        names.append("called")
    if kind == "four_char" and {"called", "listed"} & set(names):
        kind = "slogan"
    thing = "noun" in names and (THING.search(plain) or re.search("[A-Za-z]", plain))  # an app or a centre is no slogan
    if marked[plain] > 3 and len(plain) > 3 and not thing and not {"speech", "much speech"} & set(names):
        names.append("repeated")
        if "noun" in names or kind == "slogan" and tags(plain)[-1][1] == "n":
            kind = "campaign_name"
    return kind, weigh(*names)


def _n_sentences(inside: str) -> int:
    """Number of sentences in a quoted string, clauses parted by semicolons counted as such."""
    return len([part for part in re.split("[。！？!?；;…]", inside) if part])


def _is_one_saying(inside: str) -> bool:
    """Whether what is cited is one sentence, or a couplet with a semicolon between its halves."""
    return _n_sentences(inside) == 1 or len(bare(inside)) <= 40 and not re.search("[。！？!?…].", inside)


def _judge_inside(inside: str, plain: str, after: str) -> tuple[str, str]:
    """The feature, if any, and the type that a quoted string has by its own form and by the word behind its marks."""
    ends, follows = _campaign_forms()
    n_sentences = _n_sentences(inside)
    if inside[-1] in "。！？!?，,…" or n_sentences > 1 or len(plain) > 40 or PRONOUN.search(inside):
        return "speech" if n_sentences == 1 else "much speech", "slogan"
    if (
        _is_number_form(inside)
        and not (inside.isdigit() and _DIALLED.match(after))
        and not (ends.search(plain) and re.fullmatch(f".(?!{_GENERIC})...", plain))
    ):
        return "number form", "numeric_formula"
    by_end = ends.search(plain) and 2 < len(plain) <= 14 and "、" not in inside
    if by_end or follows.match(after.lstrip(CLOSING)) and len(plain) > 3:
        return "campaign", "campaign_name"
    if len(plain) == 4 and len(tags(plain)) == 1 and tags(plain)[0][1][0] in "ilvn":
        return "idiom", "four_char"
    if says_something(inside) and len(plain) > 2 or _ECHO.fullmatch(plain) or _ONE_FOR_ALL.fullmatch(plain):
        return "verb", "slogan"
    return "" if re.search("[，,、 ·]", inside) else "noun", "slogan"


def in_quotes(p: int, text: str, pairs: list[tuple[int, int]], marked: Counter) -> Iterator[Found]:
    """Candidates between quotation marks: the whole string, and the maxim that a quoted speech opens with."""
    for i, j in pairs:
        kind, features = _judge_quoted(text, i, j, marked)
        inside = text[i + 1 : j]
        covered = [0.0, 0.0]
        for sentence in sentences(text, i + 1, j):
            for level, clauses in enumerate((sentence, without_light_marks(sentence))):
                for run in find_runs(clauses, text, need=0.4):
                    if max(map(len, run.clauses)) < 3:  # words in a list
                        continue
                    covered[level] += len(bare(text[run.start : run.end])) / max(1, len(bare(inside)))
                    if kind == "slogan" and is_maxim(run):
                        kind = "quotation_motto"
        if max(covered) > (0.45 if {"speech", "much speech"} & features.keys() else 0.01):
            features |= weigh("parallel inside")
            if "speech" in features:
                features["speech"] = WEIGHTS["speech"] / 3
        yield Found(p, i + 1, j, inside, kind, features, True, max(covered) > 0)
        named = (_SHORT_NAME if len(bare(inside)) == 2 else _LONG_NAME).match(text, j + 1)
        if named and len(bare(inside)) == 2 and inside[-1] in COUNTED:  # “六项”活动 is counted, not named
            named = None
        if named and kind == "slogan" and "verb" in features:
            kind, features = "campaign_name", features | weigh("campaign")
        elif named:  # “三清”行动, “最美”教师评选活动: a part of the name is in quotation marks
            yield Found(p, i, named.end(), text[i : named.end()], "campaign_name", weigh("quoted", "campaign"), True)
        condition = _CONDITION.match(inside) if {"speech", "much speech"} & features.keys() else None
        if condition:
            yield Found(
                p,
                i + 1,
                i + 1 + condition.end(),
                condition[0],
                "quotation_motto",
                weigh("quoted", "if ... then"),
                True,
            )
