"""Named governance systems: platforms, service models, campaigns, mechanisms, plans - which, whose, and what they are said to do.

A name ends with a head noun, or stands between marks, or has the form of a campaign. Where it begins is read from the words
before the head: at a naming verb, a function word, the organisation that owns it. Each candidate gets named features with
weights; their sum is its score. No name is listed, only forms.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import cache, lru_cache
from itertools import accumulate
from typing import NamedTuple

import pandas as pd
from ahocorasick_rs import AhoCorasick, MatchKind

from qdlib.corpus import Corpus
from qdlib.parallelism import CLOSING, OPENING, known_words, tags
from qdlib.slogans import HEADING_ROLES, Found, bare, mine, quotations
from qdlib.words import read_lexicon

KINDS = {
    "platform": "where data, requests or people meet: a system, app, code, hotline or database",
    "service model": "a named way of serving or working: a window, a steward, a procedure, a method",
    "campaign": "an organised effort with a beginning and an end: an action, a battle, a year, a project of works",
    "mechanism": "a standing rule of who does what: a mechanism, system, list, network or joint meeting",
    "facility": "a place one can go to: a centre, hall, station, base or zone",
    "assessment": "what ranks, checks or compares: an appraisal, a ranking, a contest of offices, an index",
    "plan": "a document or programme: a plan, strategy, rules, measures",
    "team": "people set apart for a task: a task force, leading group, alliance",
    "award": "an honour given",
}
COLUMNS = [
    "name", "kind", "owner", "clause", "figures", "full", "article_id", "paragraph", "source", "line", "start", "end", "quoted",
    "score", "features",
]  # fmt: skip
REGISTER_COLUMNS = [
    "name", "kind", "owner", "says", "figures", "n_mentions", "n_articles", "variants", "article_id", "source", "line",
]  # fmt: skip
THRESHOLD = 0.6
LONGEST = 30  # characters of a name

# Set by hand on three of the seeds; the other two were kept unseen.
WEIGHTS = {
    "head": 0.35, "rare head": 0.5, "listed": 0.1, "head of a quotation": 0.25, "quoted": 0.35, "naming verb": 0.2, "two words": 0.1, "three words": 0.25,
    "owner": 0.1, "unknown word": 0.1, "repeated": 0.15, "heading": 0.1, "introduced": 0.25, "campaign": 0.65, "formula": 0.45, "quoted formula": 0.15,
    "service form": 0.65, "role": 0.65, "document": 0.65, "named elsewhere": 0.6, "short form": 0.6, "generic": -0.5,
    "one of many": -0.4, "goes on": -0.2, "plain organisation": -0.3,
}  # fmt: skip


def find_systems(corpus: Corpus, threshold: float = THRESHOLD) -> pd.DataFrame:
    """Find the named governance systems of a corpus.

    Args:
        corpus: where to look; all paragraphs but the credits.
        threshold: least score of a row.

    Returns:
        A table, one row a mention in the order of the corpus: `name` as printed; `kind` (see `KINDS`); `owner`, the
        organisation or place that sets it up, empty if the text names none; `clause` that says what it does, verbatim;
        `figures` of that clause and the next, parted by ；; `full`, the name that a short form stands for; `article_id,
        paragraph, source, line, start, end` (raw offsets); `quoted`; `score` from 0 to 1 and the `features` it is the sum of.

    Raises:
        ValueError: the threshold is not between 0 and 1.
    """
    if not isinstance(threshold, (int, float)) or not 0 <= threshold <= 1:
        raise ValueError(f"threshold must lie between 0 and 1, got {threshold!r}")
    table = corpus.paragraphs[~corpus.paragraphs["role"].isin(("byline", "source", "dateline"))]
    texts, roles, articles = (table[column].tolist() for column in ("text", "role", "article_id"))
    rows = []
    for found, full in name_systems(texts, roles, articles, threshold):
        at, text = table.iloc[found.paragraph], texts[found.paragraph]
        start, end, line = corpus.origin(at["article_id"], at["paragraph"], found.start, found.end)
        said, after = clause(text, found.start, found.end)
        speaker = found.paragraph and roles[found.paragraph - 1] == "speaker"
        owner = (
            owner_of(text, found.start, found.end)
            or speaker
            and owner_of(texts[found.paragraph - 1], LONGEST, LONGEST)
            or ""
        )
        features = "; ".join(f"{name} {weight:+.2f}" for name, weight in found.features.items())
        place = [at["article_id"], at["paragraph"], at["source"], line, start, end]
        rows.append(
            [
                found.text,
                found.type,
                owner,
                said,
                figures(said + after),
                full,
                *place,
                found.quoted,
                found.score,
                features,
            ]
        )
    return pd.DataFrame(rows, columns=COLUMNS)


def name_systems(
    texts: Sequence[str], roles: Sequence[str], articles: Sequence[str], threshold: float = THRESHOLD
) -> list[tuple[Found, str]]:
    """Find names in paragraphs of plain text, in reading order, each with the full name if it is a short form.

    Args:
        texts: paragraphs.
        roles: their roles.
        articles: the article each belongs to; a short form holds in its own.
        threshold: least score.
    """
    candidates = [found for p, text in enumerate(texts) for found in (*_by_head(p, text), *_by_form(p, text))]
    candidates += _of_slogans(texts, roles)
    counts = Counter(name for name, *_ in {(bare(f.text), f.paragraph, f.start) for f in candidates})
    for found in candidates:
        about = {
            "naming verb": _is_set_up(texts[found.paragraph], found.start, found.end),
            "repeated": counts[bare(found.text)] > 1,
            "heading": roles[found.paragraph] in HEADING_ROLES,
        }
        found.features |= {name: WEIGHTS[name] for name, holds in about.items() if holds}
    kept = _settle([found for found in candidates if found.score >= threshold], [])
    short = dict(_short_forms(texts, articles, kept))
    kept += _settle(list(_again(texts, articles, kept, short)), kept)
    return [
        (found, short.get((articles[found.paragraph], found.text), ("", ""))[0])
        for found in sorted(kept, key=lambda found: (found.paragraph, found.start))
    ]


# -- names that end with a head noun ----------------------------------------------------------------------------------


@cache
def _heads() -> dict[str, tuple[str, str]]:
    """Kind of each head noun, and how common it is: `rare`, `quoted` or neither."""
    heads = {}
    for entry in read_lexicon("system_heads"):
        kind, *words = entry.split()
        use = words[0] if words[0] in ("rare", "quoted") else ""
        heads |= {word: (kind.replace("_", " "), use) for word in words[bool(use) :]}
    return heads


def _longest_first(words: Iterable[str]) -> str:
    """Alternatives of a pattern, the longer first."""
    return "|".join(map(re.escape, sorted(words, key=lambda word: (-len(word), word))))


@cache
def _pattern() -> re.Pattern:
    """Pattern of all head nouns, with the version of a document behind it."""
    return re.compile(rf"({_longest_first(_heads())})(?:\d(?:\.\d)?版)?")


@cache
def _words_of(lexicon: str, kind: str = "") -> frozenset[str]:
    """The words of a list with several a line, or of its lines of one kind."""
    lines = [line.split() for line in read_lexicon(lexicon)]
    return frozenset(word for line in lines if not kind or line[0] == kind for word in line[bool(kind) :])


def head_of(name: str) -> str:
    """The head noun a name ends with, empty if it has none."""
    return next((name[i:] for i in range(max(0, len(name) - 6), len(name)) if name[i:] in _heads()), "")


class Line(NamedTuple):
    """A paragraph cut into words: text, words with their parts of speech, where each ends, closing marks with their opening."""

    text: str
    words: tuple[tuple[str, str], ...]
    ends: list[int]
    opened: dict[int, int]

    def start(self, k: int) -> int:
        """Where word k begins."""
        return self.ends[k] - len(self.words[k][0])


@lru_cache(1024)
def _line(text: str) -> Line:
    """Cut a paragraph."""
    words = tags(text)
    pairs = [(i, j) for i, j in quotations(text, 40) if not re.search("[。！？!?；;]", text[i:j])]
    pairs += [
        (m.start(), m.end() - 1)
        for m in re.finditer(r"（[^（）：，。]{1,8}）", text)
        if text[m.start() + 1] not in "以简下"
    ]
    return Line(text, words, list(accumulate(len(word) for word, _ in words)), {j: i for i, j in pairs})


def _by_head(p: int, text: str) -> Iterator[Found]:
    """Names that end with a head noun."""
    line = _line(text)
    for m in _pattern().finditer(text):
        k = bisect_left(line.ends, m.end(1))
        if line.ends[k] != m.end(1) or len(m[1]) == 1 and line.words[k][0] != m[1]:
            continue
        kind, use = _heads()[m[1]]
        start = (
            _quotation_before(line, m.start(), "的|为主题的|式|型")
            if use == "quoted"
            else _beginning(line, k, m.start())
        )
        if start < m.start() and m.end() - start <= LONGEST:
            quoted = text[start] in OPENING or line.opened.get(m.end()) == start - 1
            features = _features(text, start, m.start(), m.end(), quoted, use)
            yield Found(p, start, m.end(), text[start : m.end()], kind, features, quoted)


def _quotation_before(line: Line, head: int, link: str = "的|为|式|型") -> int:
    """Where the quotation begins that a head noun stands behind, a few nouns between at most; else the head itself."""
    close = max(line.text.rfind(mark, max(0, head - 10), head) for mark in CLOSING)
    between = re.sub(f"^(?:{link})", "", line.text[close + 1 : head])
    if close not in line.opened or close - line.opened[close] < 3 or line.text[close - 1] in "上下中里内":
        return head
    nouns = all(tag[0] in "njmbltq" or tag in ("vn", "eng", "nz") for _, tag in (tags(between) if between else ()))
    named = any(_heads()[m[1]][1] != "quoted" for m in _pattern().finditer(between))
    return line.opened[close] if nouns and not named and re.fullmatch(r"\w{0,8}", between) else head


_INNER = frozenset("快速 统一 就近 联合 共同 自动 全程 及时 集中 直接 定期 线上 线下 网上 掌上".split())
_LEADING = frozenset("全市 全省 全区 全县 全国 我市 我省 我区 首个 首批 首家 国内 其 本 一 等 一个 首条 各 该".split())
_TIME = re.compile(r"\d|^[今去前明昨每当现目近]|[月日晨午晚]$|[期时]$")
_NO_NOUN = "cpruye"  # parts of speech of the words that hold a sentence together
_LIGHT = frozenset("有用做开建设办请送抓打让进看说要能会可应需须当管走来去推")
_STOP = frozenset("的了在是和与为以把将对从由向到并也已等使让及据按出")


def _belongs(line: Line, i: int) -> bool:
    """Whether word i can be part of the name that goes on to its right."""
    word, tag = line.words[i]
    before, part = line.words[i - 1] if i else ("", "x")
    noun = part[0] in "njb" or part == "vn"
    if word in "+＋-—·":
        return before != word and line.words[i + 1][0] != word
    if word in _words_of("naming_verbs", "also_noun"):
        if before == "、" and line.words[i + 1][1] == "v":  # A战略、创新驱动战略
            return True
        return (
            noun and not re.search(rf"(?:{_ORGAN}|[省市区县镇乡处])$", before) and line.words[i + 1][0] not in _LEADING
        )
    if not re.search(r"\w", word) or word in _LEADING | _STOP | _words_of("naming_verbs", "verb") | _words_of(
        "object_verbs"
    ):
        return False
    if tag[0] == "q" or word.isdigit():
        return tag[0] == "q" and part[0] not in "mr" and not before.isdigit()
    if tag[0] in "df":
        return word in _INNER
    if tag[0] == "t":
        return not _TIME.search(word)
    return (
        tag == "eng"
        or tag[0] not in _NO_NOUN
        and not (
            tag[0] == "v" and len(word) == 1 and not (noun and len(line.words[i + 1][0]) == 1 and word not in _LIGHT)
        )
    )


def _walk(line: Line, i: int, least: int) -> int:
    """Go left from word i as long as the words belong to a name and begin after `least`."""
    while i > 0 and line.start(i - 1) >= least:
        closing = line.ends[i - 1] - 1
        if closing in line.opened:
            i = bisect_left(line.ends, line.opened[closing] + 1)
            if i and line.words[i - 1][0] in CLOSING:
                break
        elif line.words[i - 1][0] in "和与及" and _answers(line, i - 1):
            i -= 1
        elif _belongs(line, i - 1):
            i -= 1
        else:
            break
    return i


def _answers(line: Line, i: int) -> bool:
    """Whether the words on both sides of a conjunction are of one pattern: 道路更新和道路建设 are one name's modifiers."""
    if not 1 < i < len(line.words) - 2:
        return False
    (a, _), (b, _), (c, _) = line.words[i - 2], line.words[i - 1], line.words[i + 1]
    return c[:2] in (a, b[:2])


def _beginning(line: Line, k: int, head: int) -> int:
    """Offset at which the name begins whose head noun stands in word k."""
    opening = line.opened.get(line.ends[k])
    if opening is not None and line.ends[k] - opening <= 18:
        return opening + 1
    least = line.ends[k] - LONGEST
    i = _walk(line, k, least)
    start = line.start(i)
    quotation = _quotation_before(line, start) if line.text[start - 1] in "的为" else start
    if quotation < start:
        return quotation
    of = i > 1 and line.words[i - 1][0] == "的" and _heads().get(line.text[head : line.ends[k]], ("",))[0] == "plan"
    if of and _is_generic(line.text[start:head]) and line.words[i - 2][1][0] in "nlj":
        start = line.start(_walk(line, i - 1, least))
    return min(head, _after_owner(line.text, start, head))


def _after_owner(text: str, start: int, head: int) -> int:
    """Where a name begins without the organisation in front, if what is left still says something."""
    for m in reversed(organisations(text)):
        if m[0] <= start < m[1] < head and not _is_generic(text[m[1] : head]) and head - m[1] > 1:
            return m[1] + (text[m[1]] == "的")
    return start


def _specific(modifier: str) -> list[str]:
    """The words of a modifier that single something out."""
    words = tags(modifier) if modifier else ()
    return [
        w for w, tag in words if re.search(r"\w", w) and tag[0] not in "adzu" and w not in _words_of("system_generic")
    ]


def _is_generic(modifier: str) -> bool:
    """Whether a modifier singles nothing out."""
    return not _specific(modifier)


def _features(text: str, start: int, head: int, end: int, quoted: bool, use: str) -> dict[str, float]:
    """What speaks for and against the name `text[start:end]`."""
    modifier = [(word, tag) for word, tag in tags(text[start:head]) if re.search(r"\w", word)]
    n = sum(len(word) > 1 for word, _ in modifier)
    n_specific = len(_specific(text[start:head]))
    unknown = any(tag in ("eng", "x", "nz", "nr") for _, tag in modifier) or len(modifier) > n + 1
    generic = not n_specific and (not quoted or head - start < 3)
    fits = {
        "head": use == "",
        "rare head": use == "rare",
        "head of a quotation": use == "quoted",
        "quoted": quoted,
        "two words": n == 2 or n > 2 and n_specific < 2,
        "three words": n > 2 and n_specific > 1,
        "unknown word": unknown,
        "owner": any(i < start <= j + 1 or i == start < j < head for i, j in organisations(text)),
        "generic": generic,
        "one of many": not quoted and bool(_MANY.search(text[max(0, start - 8) : start])),
        "goes on": bool(_GOES_ON.match(text, end)),
        "plain organisation": bool(_OFFICER.match(text, end)),
        "introduced": bool(_SHORT.match(text, end)) or bool(_CALLED.search(text[max(0, start - 6) : start])),
        "listed": _is_listed(text, start, head, end),
    }
    return {name: WEIGHTS[name] for name, holds in fits.items() if holds}


def _is_listed(text: str, start: int, head: int, end: int) -> bool:
    """Whether a name with the same head stands beside it in a list."""
    noun = re.escape(text[head:end])
    before, after = text[max(0, start - 14) : start], text[end : end + 16]
    return bool(re.search(rf"{noun}[”’]?[、和及]$", before)) or bool(
        re.match(rf"[”’]?[、和及][^，。；、]{{1,12}}{noun}", after)
    )


_MANY = re.compile(
    r"(?:各类|各种|各项|各个|多个|多项|多种|一批|一系列|这一|这种|这个|该|此类|几[个项家种类条批套支]|若干|任何|什么)(?:新型?|大)?$"
)
_GOES_ON = re.compile(r"思维|经济|企业|城市|人员|成员|方面|领域|水平|能力|站所|技术|产品|内|里|上(?!线)|者|员")
_OFFICER = re.compile(
    r"(?:党组|党委|党工委|办公室|副)?(?:[处科司局室]|主任|局长|部长|处长|书记|组长|负责人|院长|校长|站长|秘书长)"
)
_SHORT = re.compile(r"[”’]?[（(](?:以下|下)?简?称(?:为)?[：:，,]?[“‘]?([^”’）)“‘，]{2,12})[”’]?[）)]")
_CALLED = re.compile(r"(?:名为|称为|叫做|命名为|被称作|即|——|叫)[“‘]?$")
_VERB_AFTER = re.compile(
    r"[”’]?(?:正式|已经?|全面|也|成功|今起|今日|日前|今天)*(?:上线|启动|启用|成立|揭牌|挂牌|投用|投入|试?运行|开通|发布|实施|出台|印发|建成|落成)"
)


@cache
def _verb_before() -> re.Pattern:
    """Pattern of a naming verb before a name, and of what may stand between: other names of a list, words about it."""
    verbs = _longest_first(_words_of("naming_verbs") - {"verb", "also_noun"})
    return re.compile(rf"(?:{verbs})(?:了|起|出|好)?(?:[^，。；：！？\s]*[、和及“‘”’])?[^，。；：！？、\s]{{0,14}}$")


def _is_set_up(text: str, start: int, end: int) -> bool:
    """Whether a verb brings what is named into the world, before the name or after."""
    return bool(_verb_before().search(text[max(0, start - 40) : start])) or bool(_VERB_AFTER.match(text, end))


# -- organisations ----------------------------------------------------------------------------------------------------

_ORGAN = "局|委|厅|部|政府|法院|检察院|总工会|管委|管委会|委员会|办公室|集团|公司|银行|研究院|联合会"
_ORGANISATION = re.compile(rf"(?:{_ORGAN})$")
_PLACE = re.compile(r"[^\W\d_]{2,}(?:(?<!地)省|(?<!城)市|(?<![社城园地校片小景专矿山辖老新])区|县|镇|乡|街道)$")
_COMMON = re.compile(r"^(?:全|各|我|本|该|几|外|内|干|大|会|城|超|特大城|小型)?[省市区县镇部委]$|^小型")


def _is_place(word: str, tag: str) -> bool:
    """Whether a word names a place: by its suffix, or a name that the dictionary has with a suffix too."""
    known = known_words()
    return bool(_PLACE.search(word)) or tag[:2] == "ns" and any(word + suffix in known for suffix in "省市县区")


@cache
def _places() -> re.Pattern:
    """Pattern of the places of the list."""
    return re.compile(_longest_first(_words_of("places")))


@lru_cache(1024)
def organisations(text: str) -> tuple[tuple[int, int], ...]:
    """Spans of the organisations and places that a paragraph names, in order; an organisation with its place."""
    line = _line(text)
    places = {m.start(): m.end() for m in _places().finditer(text)}
    places |= {line.start(k): line.ends[k] for k, word in enumerate(line.words) if _is_place(*word)}
    spans = sorted(places.items())
    for k, (word, _) in enumerate(line.words):
        if (
            _ORGANISATION.search(word)
            and not _COMMON.search(word)
            and text[line.ends[k] : line.ends[k] + 1] not in "长员"
        ):
            start = _organisation(line, k, places)
            if line.ends[k] - start > 2 and text[start - 1 : start] not in tuple(OPENING):
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
    i = _walk(line, k, line.ends[k] - 24)
    if i > 1 and line.words[i - 1][0] in "和与":  # 某市科技和信息化局
        j = _walk(line, i - 1, line.ends[k] - 24)
        i = j if line.start(j) in places else i
    starts = [line.start(j) for j in range(i, k)]
    return next((start for start in starts if start in places or line.text[start] in "市省区县"), line.start(i))


# -- names by their form ----------------------------------------------------------------------------------------------

_SERVICE = re.compile(
    r"[^\W_]{1,6}(?:(?<![举主协承操])办|办公|通办|办理|办好|办结|代办|帮办|联办|即享|直达|审批|秒批|受理|办成|速办|联审|发证|联验|一网通|免跑)|(?:最多|只|零|不用)跑\w{1,3}|[^\W_]{2,4}受理"
)
_ROLE = re.compile(
    r"[^\W\d_]{2,6}(?:小哥|大姐|大妈|管家|专员|书记|指导员|网格员|联络员|合伙人|大使|特派员|红娘|店小二|代办员|监督员|观察员|体验官|推荐官|推介官|站长|服务官)"
)
_DOCUMENT = re.compile(
    r"《([^《》]{4,60}?(?:规划|方案|办法|条例|纲要|计划|意见|措施|细则|清单|目录|指南|规定|白皮书|公约|政策|章程)(?:（[^（）]{1,10}）)?)》"
)


def _by_form(p: int, text: str) -> Iterator[Found]:
    """Names in marks without a head noun: services that are done in some way, people who are a service, documents."""
    for i, j in quotations(text, 30):
        for name, kind, form in (("service form", "service model", _SERVICE), ("role", "service model", _ROLE)):
            if form.fullmatch(text, i + 1, j):
                yield Found(p, i + 1, j, text[i + 1 : j], kind, {name: WEIGHTS[name]}, True)
    for m in _DOCUMENT.finditer(text):
        yield Found(p, *m.span(1), m[1], "plan", {"document": WEIGHTS["document"]}, True)


def _of_slogans(texts: Sequence[str], roles: Sequence[str]) -> Iterator[Found]:
    """Campaigns and number formulas that the slogans have found."""
    for found in mine(texts, roles):
        if found.type in ("campaign_name", "numeric_formula"):
            name = "campaign" if found.type == "campaign_name" else "formula"
            kind = _heads().get(head_of(found.text), ("campaign" if name == "campaign" else "mechanism",))[0]
            yield Found(
                found.paragraph,
                found.start,
                found.end,
                found.text,
                kind,
                _weights(name, *["quoted formula"] * (found.quoted and name == "formula")),
                found.quoted,
            )


def _weights(*names: str) -> dict[str, float]:
    """Features with their weights."""
    return {name: WEIGHTS[name] for name in names}


def _settle(candidates: list[Found], kept: list[Found]) -> list[Found]:
    """Of candidates that overlap the longest, and none that overlaps what is kept already."""
    taken: dict[int, set[int]] = defaultdict(set)
    for found in kept:
        taken[found.paragraph].update(range(found.start, found.end))
    chosen = []
    for found in sorted(candidates, key=lambda f: (f.start - f.end, -f.score, f.paragraph, f.start)):
        if taken[found.paragraph].isdisjoint(range(found.start, found.end)):
            taken[found.paragraph].update(range(found.start, found.end))
            chosen.append(found)
    return chosen


# -- short forms ------------------------------------------------------------------------------------------------------


def _short_forms(texts: Sequence[str], articles: Sequence[str], kept: list[Found]) -> Iterator[tuple]:
    """Article and short form with the full name and kind it stands for, where the text introduces it."""
    for found in kept:
        m = _SHORT.match(texts[found.paragraph], found.end)
        if m:
            yield (articles[found.paragraph], m[1]), (found.text, found.type)


def _again(texts: Sequence[str], articles: Sequence[str], kept: list[Found], short: dict) -> Iterator[Found]:
    """Names found somewhere, where they stand in a form that alone would not be enough, and short forms in their article."""
    kinds = {found.text: found.type for found in kept if len(bare(found.text)) > 3}
    wordings = sorted({*kinds, *(form for _, form in short)})
    if not wordings:
        return
    search = AhoCorasick(wordings, matchkind=MatchKind.LeftmostLongest)
    for p, text in enumerate(texts):
        for which, start, end in search.find_matches_as_indexes(text):
            wording = wordings[which]
            if (articles[p], wording) in short:
                yield Found(
                    p, start, end, wording, short[articles[p], wording][1], {"short form": WEIGHTS["short form"]}
                )
            elif wording in kinds:
                yield Found(p, start, end, wording, kinds[wording], {"named elsewhere": WEIGHTS["named elsewhere"]})


# -- what is said of a system -----------------------------------------------------------------------------------------

_CLAUSE = re.compile(r"[^，,。；;！!？?\n]+[，,。；;！!？?\n]?")


def clause(text: str, start: int, end: int) -> tuple[str, str]:
    """The clause around a span, with the next one of the sentence if it ends with the span, and the clause after that."""
    spans = [m.span() for m in _CLAUSE.finditer(text)]
    first = next(k for k, (_, stop) in enumerate(spans) if stop > start)
    last = next(k for k, (_, stop) in enumerate(spans) if stop >= end)
    rest = bare(text[end : spans[last][1]])
    if len(rest) < 3 and text[spans[last][1] - 1] in "，," and last + 1 < len(spans):
        last += 1
    after = text[slice(*spans[last + 1])] if last + 1 < len(spans) else ""
    return text[spans[first][0] : spans[last][1]].strip("，,。；;！!？?\n "), after


@cache
def _figure() -> re.Pattern:
    """Pattern of a number with its unit and what is counted."""
    units = "".join(
        sorted(word for word in _words_of("measures") if len(word) == 1 and word not in "年月日号时点分秒届期度")
    )
    return re.compile(
        rf"\d[\d,.]*[余多]?[万亿千百]*[余多]?(?:%|％|个百分点|[{units}](?:月|小时)?|(?<=[万亿]))[^\W\d_]{{0,8}}"
    )


def figures(text: str) -> str:
    """The numbers with units of a text and what they count, parted by ；."""
    found = []
    for m in _figure().finditer(text):
        words = tags(m[0])
        length = 0
        for word, tag in words:
            if length and tag[0] in "vpcudrfx" and tag != "vn" and not re.match(r"[\d.,%％]", word):
                break
            length += len(word)
        found.append(m[0][:length])
    return "；".join(dict.fromkeys(found))


def owner_of(text: str, start: int, end: int) -> str:
    """The organisation or place named last before a span, or that it begins with; empty if there is none."""
    found = [(i, j) for i, j in organisations(text) if i <= start and j < end]
    return text[slice(*found[-1])] if found else ""


def register(systems: pd.DataFrame) -> pd.DataFrame:
    """Put the mentions of one system together.

    Args:
        systems: what `find_systems` returns.

    Returns:
        A table, one row a system in order of first mention: `name`, the fullest; `kind`; `owner`; `says`, the first clause
        that says what it does; all `figures`; `n_mentions`, `n_articles`; `variants`, its other forms; `article_id, source,
        line` of the first mention.
    """
    title = _titles(systems)
    rows = []
    for name, group in systems.groupby([title[key] for key in zip(systems["article_id"], systems["name"])], sort=False):
        first = group.iloc[0]
        variants = "；".join(dict.fromkeys(form for form in group["name"] if form != name))
        numbers = "；".join(dict.fromkeys(part for cell in group["figures"] for part in cell.split("；") if part))
        owner = next((cell for cell in group["owner"] if cell), "")
        says = max(group["clause"], key=len) if len(group) > 1 else first["clause"]
        rows.append([name, first["kind"], owner, says, numbers, len(group), group["article_id"].nunique(), variants])
        rows[-1] += [first["article_id"], first["source"], first["line"]]
    return pd.DataFrame(rows, columns=REGISTER_COLUMNS)


def _core(name: str) -> str:
    """What stands in the quotation marks of a name, else the name without marks."""
    inside = re.search(rf"[{OPENING}]([^{CLOSING}]{{4,}})[{CLOSING}]", name)
    return bare(inside[1] if inside else name)


def _titles(systems: pd.DataFrame) -> dict[tuple[str, str], str]:
    """The name under which the register puts each name of each article."""
    names = sorted(dict.fromkeys(systems["name"]), key=lambda name: (-len(bare(name)), name))
    by_core: dict[str, str] = {}
    for name in names:
        by_core.setdefault(_core(name), name)
    titles = {}
    for article, group in systems.groupby("article_id", sort=False):
        full = dict(zip(group["name"], group["full"]))
        here = sorted(full, key=lambda name: (-len(bare(name)), name))
        for i, name in enumerate(here):
            longer = full[name] or next((other for other in here[:i] if _is_short_for(name, other)), name)
            titles[article, name] = titles.get((article, longer), by_core[_core(longer)])
    return titles


def _is_short_for(short: str, long: str) -> bool:
    """Whether two names have the same head noun, and the modifier of one contains that of the other."""
    short, long = bare(short), bare(long)
    head = head_of(short)
    modifier, around = short.removesuffix(head), long.removesuffix(head)
    return bool(head) and long.endswith(head) and len(short) < len(long) and len(modifier) > 1 and modifier in around
