"""Names in running text: where the name of a system, an organisation or a place begins and ends.

Such a name ends with a head noun. It begins behind a verb that takes it as object, behind a function word, behind the
organisation it belongs to, or at a quotation mark; the words before the head tell, by their parts of speech and short lists.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from functools import cache, lru_cache
from itertools import accumulate
from typing import NamedTuple

from qdlib.parallelism import CLOSING, OPENING, known_words, tags
from qdlib.slogans import HEADING_ROLES, quotations
from qdlib.words import read_lexicon

LONGEST = 30  # characters of a name
FAR = 400  # characters around a name in which its owner is looked for, and at most taken for its clause


class Line(NamedTuple):
    """A paragraph cut into words with their parts of speech, where each word ends, and the opening mark of each closing one."""

    text: str
    words: tuple[tuple[str, str], ...]
    ends: list[int]
    opened: dict[int, int]

    def start(self, k: int) -> int:
        """Where word k begins."""
        return self.ends[k] - len(self.words[k][0])

    def word(self, k: int) -> tuple[str, str]:
        """Word k and its part of speech; an empty mark outside the paragraph."""
        return self.words[k] if 0 <= k < len(self.words) else ("", "x")


@lru_cache(1024)
def _cut(text: str) -> Line:
    """Cut a paragraph into words, and find its quotations and short brackets."""
    words = tags(text)
    pairs = [(i, j) for i, j in quotations(text, 40) if not re.search("[。！？!?；;]", text[i:j])]
    pairs += [(m.start(), m.end() - 1) for m in re.finditer(r"（(?!以下|下?简?称)[^（）：，。]{1,8}）", text)]
    return Line(text, words, list(accumulate(len(word) for word, _ in words)), {j: i for i, j in pairs})


@cache
def listed(lexicon: str, kind: str = "") -> frozenset[str]:
    """The words of a list with several a line; if its lines begin with a kind, those of one kind."""
    lines = [line.split() for line in read_lexicon(lexicon)]
    return frozenset(word for line in lines if not kind or line[0] == kind for word in line[bool(kind) :])


def any_of(words: Iterable[str]) -> str:
    """Alternatives of a pattern, the longer first."""
    return "|".join(map(re.escape, sorted(words, key=lambda word: (-len(word), word))))


@cache
def head_nouns() -> dict[str, tuple[str, str]]:
    """Kind of each head noun and its use: `rare`, `common`, `quoted` (a name only behind a quotation), `title` or none of these."""
    heads = {}
    for entry in read_lexicon("system_heads"):
        kind, *words = entry.split()
        use = words[0] if words[0] in ("rare", "common", "quoted", "title") else ""
        heads |= {word: (kind.replace("_", " "), use) for word in words[bool(use) :]}
    return heads


@cache
def _head_pattern() -> re.Pattern:
    """Pattern of a head noun, with the version of a document or the number of a hotline behind it."""
    return re.compile(rf"({any_of(head_nouns())})(?:\d(?:\.\d)?版|\d{{5}}(?!\d))?")


def head_of(name: str) -> str:
    """The head noun a name ends with, empty if it has none."""
    return next((name[i:] for i in range(max(0, len(name) - 6), len(name)) if name[i:] in head_nouns()), "")


def specific(modifier: str) -> list[str]:
    """The words of a modifier that single something out."""
    words = tags(modifier) if modifier else ()
    return [w for w, tag in words if re.search(r"\w", w) and tag[0] not in "adzu" and not _is_generic(w)]


def _is_generic(word: str) -> bool:
    """Whether a word, or each half of it, singles nothing out."""
    generic = listed("system_generic")
    return word in generic or word[:2] in generic and word[2:] in generic


# -- where a name begins ----------------------------------------------------------------------------------------------

_INNER = frozenset("快速 统一 就近 联合 共同 自动 全程 及时 集中 直接 定期 线上 线下 网上 掌上".split())
_BEFORE = frozenset(
    "全市 全省 全区 全县 我市 我省 我区 首个 首批 首家 首条 国内 唯一 一个 其 本 各 该 一 等 全面 深入 大力 着力 积极 稳步 坚决 切实 一批".split()
)
_LEVELS = frozenset("全国 国家级 省级 市级".split())
_FUNCTION = frozenset("的了在暨是和与为以把将对从由向到并也已等使让及据按出")
_LIGHT = frozenset("有用做开建设办请送抓打让进看说要能会可应需须当管走来去推")  # verbs that take objects
_TIME = re.compile(r"\d|^[今去前明昨每当现目近]|[月日晨午晚]$|(?<!长)期$|时$")


@cache
def _verbs() -> frozenset[str]:
    """Verbs that a name begins behind."""
    return listed("naming_verbs", "verb") | listed("object_verbs")


@cache
def _last_words() -> frozenset[str]:
    """The words that head nouns end with, as the tagger cuts them."""
    return frozenset(tags(head)[0][0] for head in head_nouns())


def _belongs(line: Line, i: int) -> bool:
    """Whether word i can be part of the name that goes on to its right."""
    (before, part), (word, _), (after, after_part) = line.word(i - 1), line.words[i], line.word(i + 1)
    also, nominal, objects = (
        listed("naming_verbs", "also_noun"),
        listed("naming_verbs", "nominal"),
        listed("object_verbs"),
    )
    noun = part[0] in "njb" or part == "vn" or before in also | nominal
    if word in "+＋-—·":
        return word not in (before, after)
    if not re.search(r"\w", word) or word in _BEFORE or word in _FUNCTION:
        return False
    if word == "之":
        return part[0] in "njm" and after_part[0] in "njv"
    if word in also:
        in_list = (before == "、" or before in _verbs()) and after_part[0] == "v"  # A战略、创新驱动战略
        ends = _is_organisation(before) or _is_place(before, part) or _ends_quoted_name(line, i - 1)
        acts = part[0] == "v" and len(before) > 1 and before not in _verbs() and after in head_nouns()  # 增产改造工程
        return in_list or (noun or acts) and not ends and after not in _BEFORE and after not in _LEVELS
    if word in objects and (before in listed("naming_verbs", "verb") or noun and word in nominal):
        return True  # 实施 + 提升就业质量工程, 素质提升培训工程
    if word in _verbs():  # 产业提升行动, 项目推进工作专班
        object_ = word in objects and head_nouns().get(after, ("", "quoted"))[1] != "quoted"
        return noun and (object_ or after == "工作" and line.word(i + 2)[0] in _last_words())
    if len(word) == 4 and (word[2:] in _verbs() or word[:2] in _verbs() and word[2:] in also):
        return False
    return _may_modify(line, i, noun or part[0] == "a")


def _ends_quoted_name(line: Line, i: int) -> bool:
    """Whether word i is a head noun right behind a quotation: “四有”标准 + 建设驿站."""
    return line.word(i)[0] in head_nouns() and line.word(i - 1)[0] in CLOSING


def _may_modify(line: Line, i: int, noun_before: bool) -> bool:
    """Whether word i can modify a noun, by its part of speech."""
    word, tag = line.words[i]
    if tag[0] == "q" or word.isdigit():
        return tag[0] == "q" and line.word(i - 1)[1][0] not in "mrv" and not line.word(i - 1)[0].isdigit()
    if tag[0] in "df":  # no adverb stands between a noun and a head noun
        return word in _INNER or len(word) > 1 and noun_before and line.word(i + 1)[0] in head_nouns()
    if tag[0] == "t":
        return not _TIME.search(word)
    if tag == "m":
        return word[-1] not in "个项大种条类批场次"
    if tag[0] == "v" and len(word) == 1:
        after = line.word(i + 1)[0]
        inside = word == "进" or (len(after) == 1 or after in head_nouns()) and word not in _LIGHT  # 服务进社区活动
        return inside and (noun_before or line.word(i - 1)[0] == "、" and line.word(i - 3)[0] == word)
    return tag == "eng" or tag[0] not in "cpruye"


def _walk(line: Line, i: int, least: int) -> int:
    """Go left from word i as long as the words belong to its name and begin at `least` or later."""
    while i > 0 and line.start(i - 1) >= least:
        closing = line.ends[i - 1] - 1
        if closing in line.opened and line.words[i][1] not in ("d", "ad"):
            i = bisect_left(line.ends, line.opened[closing] + 1)
            if line.word(i - 1)[0] in CLOSING:
                break
        elif _belongs(line, i - 1) or line.word(i - 1)[0] in ("和", "与", "及", "、") and _answers(line, i - 1):
            i -= 1
        else:
            break
    return i


def _answers(line: Line, i: int) -> bool:
    """Whether what follows a conjunction repeats what stands before it: 道路更新和道路建设 modify one head, 进校园、进社区 too."""
    after = line.word(i + 1)[0]
    if line.words[i][0] == "、":
        return after == line.word(i - 2)[0] and line.word(i + 1)[1] == "v"
    return 1 < len(after) and after[:2] in (line.word(i - 2)[0], line.word(i - 1)[0][:2])


def _quotation_before(line: Line, head: int, link: str = "的|为|式|型") -> int:
    """Where the quotation begins that a head noun stands behind, a few nouns between at most; else the head itself."""
    close = max(line.text.rfind(mark, max(0, head - 14), head) for mark in CLOSING)
    if (
        line.text[head] in OPENING
        or close not in line.opened
        or close - line.opened[close] < 3
        or line.text[close - 1] in "上下中里内"
    ):
        return head
    between = re.sub(f"^(?:{link})", "", line.text[close + 1 : head])
    words = tags(between) if between else ()
    nouns = all(
        w == "新" or (tag[0] in "njmbltqv" or tag in ("eng", "an")) and w not in _FUNCTION and w not in _verbs()
        for w, tag in words
    )
    behind = {m.end(): head_nouns()[m[1]][1] for m in _head_pattern().finditer(between)}
    verbs = listed("naming_verbs", "also_noun")  # “X”标准建设驿站
    named = any(use != "quoted" or between[end : end + 2] in verbs for end, use in behind.items())
    return line.opened[close] if nouns and not named and re.fullmatch(r"\w{0,12}", between) else head


def headed_names(text: str) -> Iterator[tuple[int, int, int, str]]:
    """Yield the names of a paragraph that end with a head noun: where it begins, where its head begins, where it ends, the noun."""
    line = _cut(text)
    for m in _head_pattern().finditer(text):
        k = bisect_left(line.ends, m.end(1))
        inside = line.ends[k] != m.end(1) and len(m[1]) < 4  # the dictionary joins 小组会议, also behind 领导
        if inside or len(m[1]) == 1 and line.words[k][0] != m[1]:
            continue
        if head_nouns()[m[1]][1] == "quoted":
            start = _quotation_before(line, m.start(), "的|为主题的|式|型")
        else:
            start = _name_start(line, k, m.start())
        if start < m.start() and m.end() - start <= LONGEST:
            yield start, m.start(), m.end(), m[1]


def _name_start(line: Line, k: int, head: int) -> int:
    """Where the name begins whose head noun begins at `head` and ends with word k."""
    opening = line.opened.get(line.ends[k])
    if opening is not None and line.ends[k] - opening <= 18:
        return opening + 1
    least = line.ends[k] - LONGEST
    i = _walk(line, min(k, bisect_right(line.ends, head)), least)
    start = line.start(_without_lead(line, i, k))
    quotation = _quotation_before(line, start)
    if quotation < start and not any(mark in line.text[start:head] for mark in OPENING):
        return quotation
    kind = head_nouns().get(line.text[head : line.ends[k]], ("",))[0]
    of_noun = line.word(i - 1)[0] == "的" and line.word(i - 2)[1][0] in "njbl"
    if kind == "plan" and of_noun and not specific(line.text[start:head]):
        start = line.start(_walk(line, i - 1, least))
    return min(head, _behind_owner(line.text, start, head, kind))


def _without_lead(line: Line, i: int, k: int) -> int:
    """Where the name begins that was followed back to word i, without adverbs, units and what only leads up to a quotation."""
    mark = next((j for j in range(i, k) if line.words[j][0] in OPENING), i)
    if i < mark and (line.words[mark - 1][1] == "v" or not specific(line.text[line.start(i) : line.start(mark)])):
        i = mark
    while i < k:
        counts = line.words[i][0] in listed("measures") and line.word(i - 1)[0][-1:].isdigit()
        lead = re.match(f"好|[市省区县实好强][{OPENING}]|年度", line.text[line.start(i) : line.ends[i] + 1])
        if not (lead or counts or line.words[i][1] in ("d", "ad")):
            break
        i += 1
    return i


def _behind_owner(text: str, start: int, head: int, kind: str) -> int:
    """Where a name begins without the organisation in front of it, if what is left still says something; a facility keeps it."""
    i, j = organisation_before(text, start)
    if not i <= start < j <= head:
        return start
    says = j < head - 1 and text[j] not in "-—·" and (text[j] in OPENING or bool(specific(text[j:head])))
    return j + (text[j] == "的") if says and (kind != "facility" or _is_organisation(text[i:j])) else i


# -- organisations and places -----------------------------------------------------------------------------------------

_ORGANISATION = re.compile(
    "(?:(?<![布格结])局|委|(?<!大)厅|(?<![干内外全一中东西南北业])部|政府|法院|检察院|总工会|管委|管委会|委员会|办公室|集团|公司|银行|研究院|联合会)$"
)
_SHORT_BODY = re.compile(r"(?<![城全各我本])[市省区县][^\W\d_的了在和与长]{2}[局委厅](?![长员])")  # 市发改委
_AREA = re.compile("(?<!城)市$|(?<![社城园地校片小景专山])区$|[省县镇乡]$|街道$")
_COMMUNITY = re.compile(r"(?<=[镇乡道])[^\W\d_的]{2,4}?(?:社区|村(?![民级庄委居]))")  # behind its town
_ANY = re.compile(r"(?:全|各|我|本|该|几|外|内|大|会|城|小型)[省市区县镇部委]")


def _is_organisation(word: str) -> bool:
    """Whether a word ends the name of an organisation."""
    return bool(_ORGANISATION.search(word)) and not _ANY.fullmatch(word)


def _is_place(word: str, tag: str) -> bool:
    """Whether a word names a place: by its suffix, or the dictionary has it with a suffix too."""
    if tag != "ns" or len(word) < 2 or _ANY.fullmatch(word):
        return False
    return bool(_AREA.search(word)) or any(word + suffix in known_words() for suffix in "省市县")


def _split_place(line: Line, k: int) -> int:
    """Where a place begins whose suffix is a word of its own (柳溪 + 镇), -1 if word k is none."""
    if line.words[k][0] not in ("市", "区", "县", "镇", "乡", "街道") or not k:
        return -1
    i = k - 1 if len(line.words[k - 1][0]) > 1 else max(0, k - 2)
    name = line.text[line.start(i) : line.ends[k - 1]]
    usual = _is_generic(name) or name in _verbs() or line.words[i][1][0] in "vdpmurb" or _FUNCTION & set(name)
    fits = re.fullmatch(r"[^\W\d_]{2,3}", name) and _AREA.search(name + line.words[k][0])
    return line.start(i) if fits and not usual else -1


@cache
def _places() -> re.Pattern:
    """Pattern of the places of the list."""
    return re.compile(any_of(listed("places")))


@lru_cache(1024)
def organisations(text: str) -> tuple[tuple[int, int], ...]:
    """Spans of the organisations and places that a paragraph names, in order; an organisation with its place."""
    line = _cut(text)
    places = {line.start(k): line.ends[k] for k, word in enumerate(line.words) if _is_place(*word)}
    places |= {start: line.ends[k] for k in range(len(line.words)) if (start := _split_place(line, k)) >= 0}
    ends = set(line.ends)
    places |= {m.start(): m.end() for m in _places().finditer(text) if m.end() in ends}
    spans = [(i, m.end() if (m := _COMMUNITY.match(text, j)) else j) for i, j in places.items()]
    spans += [m.span() for m in _SHORT_BODY.finditer(text)]
    for k, (word, _) in enumerate(line.words):
        if _is_organisation(word) and not re.match("[长员]", line.word(k + 1)[0]):
            start = _organisation(line, k, places)
            rest = _ORGANISATION.sub("", text[start : line.ends[k]])
            named = start in places or text[start] in "市省区县" or specific(rest)
            if named and line.ends[k] - start > 2 and text[start - 1 : start] not in tuple(OPENING):
                spans.append((start, line.ends[k]))
    kept: list[tuple[int, int]] = []
    for start, end in sorted(spans, key=lambda span: (span[0], -span[1])):
        if not kept or start > kept[-1][1]:
            kept.append((start, end))
        elif end > kept[-1][1]:
            kept[-1] = (kept[-1][0], end)
    return tuple(kept)


def _organisation(line: Line, k: int, places: dict[int, int]) -> int:
    """Where the name of an organisation begins that ends with word k: at its place, if it has one."""
    least = line.ends[k] - 24
    i = _walk(line, k, least)
    listed_before = _is_organisation(line.word(i - 2)[0]) or line.start(i) - 1 in places.values()
    if line.word(i - 1)[0] in ("和", "与") and not listed_before:  # 某市科技和信息化局
        j = _walk(line, i - 1, least)
        i = j if line.start(j) in places else i
    while i < k and line.words[i][1] == "v":
        i += 1
    starts = (line.start(j) for j in range(i, k))
    return next((start for start in starts if start in places or line.text[start] in "市省区县"), line.start(i))


def organisation_before(text: str, offset: int) -> tuple[int, int]:
    """The last organisation or place that begins at `offset` or before; an empty span if there is none."""
    spans = organisations(text)
    at = bisect_right(spans, (offset, len(text)))
    return spans[at - 1] if at else (0, 0)


def owner_of(text: str, start: int, end: int, above: str = "") -> str:
    """Name the organisation that a span of a paragraph belongs to.

    Args:
        text: the paragraph.
        start: where the span begins.
        end: where it ends.
        above: the line above that says whose words or doings the paragraph holds, if there is one.

    Returns:
        The organisation, else the place, named last in the sentence up to the span; else that of the line above; else the last
        of the sentence before; empty if there is none.
    """
    low = max(0, start - FAR)
    sentence = max(low, *(text.rfind(mark, low, start) for mark in "。！？；"))
    previous = max(low, *(text.rfind(mark, low, sentence) for mark in "。！？；"))
    spans = organisations(text)
    near = [(i, j) for i, j in spans[bisect_left(spans, (previous, 0)) : bisect_left(spans, (start + 1, 0))] if j < end]
    here = [text[i:j] for i, j in near if i >= sentence]
    bodies = [name for name in here if _is_organisation(name)]
    own = [text[start : start + j] for i, j in organisations(text[start:end]) if i == 0 and start + j < end]
    over = [above[i:j] for i, j in organisations(above)]
    before = [text[i:j] for i, j in near if i < sentence]
    return next((names[-1] for names in (bodies, here, own, over, before) if names), "")


def lines_above(texts: Sequence[str], roles: Sequence[str], articles: Sequence[str]) -> list[str]:
    """For each paragraph the line above that says whose words or doings it holds: its speaker, else a heading with a colon."""
    above, heading = [], ""
    for text, role, article, role_before, text_before, article_before in zip(
        texts, roles, articles, ["", *roles], ["", *texts], ["", *articles]
    ):
        heading = heading if article == article_before else ""
        above.append(text_before if role_before == "speaker" and article == article_before else heading)
        if role in HEADING_ROLES:
            heading = text.partition("：")[0] if "：" in text else ""
    return above
