"""Named governance systems: platforms, service models, campaigns, mechanisms, plans - which, whose, and what they are said to do.

A name ends with a head noun, stands between marks, or has the form of a campaign. Each candidate gets named features with
weights; their sum is its score, so a reader can follow why a row is there. No name is listed, only forms.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import cache, lru_cache
from itertools import combinations

import pandas as pd
from ahocorasick_rs import AhoCorasick, MatchKind

from qdlib.corpus import Corpus
from qdlib.names import (
    FAR,
    any_of,
    head_nouns,
    head_of,
    headed_names,
    lines_above,
    listed,
    organisation_before,
    owner_of,
    specific,
)
from qdlib.naming import founded_kind, is_set_up, marked_names
from qdlib.parallelism import CLOSING, OPENING, tags
from qdlib.slogans import HEADING_ROLES, Found, bare, mine

KINDS = {
    "platform": "where data, requests or people meet: a system, app, code, hotline or database",
    "service model": "a named way of serving or working: a window, a steward, a procedure, a method",
    "campaign": "an organised effort with a beginning and an end: an action, a battle, a year, a series of works",
    "mechanism": "a standing rule of who does what: a mechanism, list, network or joint meeting, or a number formula",
    "facility": "a place one can go to: a centre, hall, station, base or zone",
    "assessment": "what ranks, checks or compares: an appraisal, a ranking, a contest of offices, an index, a title won",
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

# Set by hand with the seeds in view; what counts are pages annotated before the program saw them.
WEIGHTS = {
    "head": 0.35, "common head": 0.15, "rare head": 0.5, "head of a quotation": 0.25, "quoted": 0.35,
    "naming verb": 0.2, "founded": 0.15, "two words": 0.1, "three words": 0.2, "long name": 0.1, "level": 0.1,
    "owner": 0.1, "unknown word": 0.1, "repeated": 0.15, "heading": 0.1, "introduced": 0.25, "listed": 0.1,
    "campaign": 0.65, "formula": 0.45, "quoted formula": 0.15, "service form": 0.65, "set up": 0.65,
    "row": 0.65, "at work": 0.65, "role": 0.65, "document": 0.65, "named elsewhere": 0.6, "short form": 0.6,
    "principle": -0.3, "generic": -0.5, "one of many": -0.4, "goes on": -0.2, "plain organisation": -0.3,
}  # fmt: skip


def find_systems(corpus: Corpus, threshold: float = THRESHOLD) -> pd.DataFrame:
    """Find the named governance systems of a corpus.

    Args:
        corpus: where to look; all paragraphs but the credits.
        threshold: least score of a row.

    Returns:
        A table, one row a mention in the order of the corpus:

        - `name` (text): as printed.
        - `kind` (text): of system, see `KINDS`.
        - `owner` (text): the organisation or place named with it; empty if there is none.
        - `clause` (text): the clause that says what it does, verbatim.
        - `figures` (text): of that clause and the next, parted by ；.
        - `full` (text): the name that a short form stands for; or empty.
        - `article_id, paragraph, source, line, start, end`: as in `paragraphs`, of the mention.
        - `quoted` (boolean): whether it stands in quotation marks.
        - `score` (number, 0 to 1): the sum of the features.
        - `features` (text): each with its weight, parted by ;.

    Raises:
        ValueError: the threshold is not between 0 and 1.
    """
    if not isinstance(threshold, (int, float)) or not 0 <= threshold <= 1:
        raise ValueError(f"threshold must lie between 0 and 1, got {threshold!r}")
    table = corpus.paragraphs[~corpus.paragraphs["role"].isin(("byline", "source", "dateline"))]
    texts, roles, articles = (table[column].tolist() for column in ("text", "role", "article_id"))
    rows, above = [], lines_above(texts, roles, articles)
    for found, full in name_systems(texts, roles, articles, threshold):
        at, text = table.iloc[found.paragraph], texts[found.paragraph]
        start, end, line = corpus.origin(at["article_id"], at["paragraph"], found.start, found.end)
        said, after = clause_of(text, found.start, found.end)
        owner = owner_of(text, found.start, found.end, above[found.paragraph])
        features = "; ".join(f"{name} {weight:+.2f}" for name, weight in found.features.items())
        place = [at["article_id"], at["paragraph"], at["source"], line, start, end]
        about = [owner, said, figures_of(f"{said}，{after}"), full]
        rows.append([found.text, found.type, *about, *place, found.quoted, found.score, features])
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
    candidates = [found for p, text in enumerate(texts) for by in (_by_head, _marked) for found in by(p, text)]
    candidates += _of_slogans(texts, roles)
    counts = Counter(name for name, *_ in {(bare(f.text), f.paragraph, f.start) for f in candidates})
    for found in candidates:
        about = {
            "naming verb": is_set_up(texts[found.paragraph], found.start, found.end),
            "founded": founded_kind(texts[found.paragraph], found.start) not in ("", "campaign"),
            "repeated": counts[bare(found.text)] > 1 and found.score >= 0.5,  # common phrases are repeated too
            "heading": roles[found.paragraph] in HEADING_ROLES,
        }
        found.features |= _weights(about)
    kept = _settle([found for found in candidates if found.score >= threshold], [])
    short = _short_forms(texts, articles, kept)
    kept += _settle(list(_again(texts, articles, kept, short)), kept)
    kept.sort(key=lambda found: (found.paragraph, found.start))
    return [(found, short.get((articles[found.paragraph], found.text), ("", ""))[0]) for found in kept]


def _weights(fits: dict[str, bool]) -> dict[str, float]:
    """The weights of the features that hold."""
    return {name: WEIGHTS[name] for name, holds in fits.items() if holds}


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


# -- names that end with a head noun ----------------------------------------------------------------------------------


def _by_head(p: int, text: str) -> Iterator[Found]:
    """Names that end with a head noun."""
    for start, head, end, noun in headed_names(text):
        kind, use = head_nouns()[noun]
        whole = text[start - 1 : start] in tuple(OPENING) and text[end : end + 1] in tuple(CLOSING)
        quoted = whole or any(mark in text[start:end] for mark in OPENING)
        yield Found(
            p, start, end, text[start:end], kind, _weights(_features(text, start, head, end, quoted, use)), quoted
        )


_MANY = re.compile(
    r"(?:各[类种项个]?|多[个项种]|一批|一系列|这[一种个]|该|此类|几[个项家种类条]|若干|任何|什么)(?:新型?|大)?$"
)
_LEVEL = re.compile("全国|国家级?|全省|省级?(?!市)|市级")
_GOES_ON = re.compile(r"思维|经济|企业|城市|方面|领域|水平|能力|站所|技术|产品|内|里|上(?!线)|者")
_OFFICE = re.compile(
    r"(?:党组|党委|党工委|办公室|副)?(?:[处科司局室]|主任|部长|书记|组长|负责人|[院校站]长|秘书长|干部|职工|讲师|专家|工作人员)"
)
_SHORT = re.compile(r"[”’]?[（(](?:以下|下)?简?称(?:为)?[：:，,]?[“‘]?([^”’）)“‘，]{2,12})[”’]?[）)]")
_CALLED = re.compile(r"(?:名为|称为|叫做|命名为|被称作|即|——|叫|包括)[“‘]?(?:[^，。；：]*[、和及])?$")


def _features(text: str, start: int, head: int, end: int, quoted: bool, use: str) -> dict[str, bool]:
    """What speaks for and against the name `text[start:end]`."""
    modifier = [(word, tag) for word, tag in tags(text[start:head]) if re.search(r"\w", word)]
    n, n_specific = sum(len(word) > 1 for word, _ in modifier), len(specific(text[start:head]))
    introduced = bool(_SHORT.match(text, end) or _CALLED.search(text[max(0, start - 40) : start]))
    beside = _has_sibling(text, start, head, end)
    unknown = len(modifier) > n + 1 or any(tag in ("eng", "x", "nz", "nr") for _, tag in modifier)
    counted = (
        re.fullmatch("[一二三四五六七八九十]+大", text[start:head]) and head_nouns()[text[head:end]][0] == "campaign"
    )
    proved = counted or introduced or beside and n > 1 or quoted and head - start > 2
    i, j = organisation_before(text, start)
    level = bool(_LEVEL.match(text, start) or _LEVEL.fullmatch(text[max(0, start - 2) : start]))
    return {
        "head": use == "" or use == "title" and level,
        "common head": use == "common",
        "rare head": use == "rare",
        "head of a quotation": use == "quoted",
        "quoted": quoted,
        "two words": n == 2 or bool(counted) or n > 2 and n_specific < 2,
        "three words": n > 2 and n_specific > 1,
        "unknown word": unknown or text[end - 1].isdigit(),
        "long name": n > 3 and n_specific > 2,
        "level": level,
        "owner": i < start <= j + 1 or i == start < j <= head,
        "generic": not n_specific
        and n < 4
        and not proved
        or not quoted
        and any(tag == "i" and len(word) == 4 for word, tag in modifier),
        "one of many": not quoted and bool(_MANY.search(text[max(0, start - 8) : start])),
        "goes on": bool(_GOES_ON.match(text, end)),
        "plain organisation": bool(_OFFICE.match(text, end)),
        "introduced": introduced,
        "listed": beside,
    }


def _has_sibling(text: str, start: int, head: int, end: int) -> bool:
    """Whether a name with the same head stands beside it in a list."""
    noun = re.escape(text[head:end])
    before, after = text[max(0, start - 14) : start], text[end : end + 18]
    one_before = re.search(rf"{noun}[”’]?[、和及]$", before)
    return bool(one_before or re.match(rf"[”’]?[、和及][^，。；、]{{1,12}}{noun}", after))


def _marked(p: int, text: str) -> Iterator[Found]:
    """Names in marks without a head noun, by their form and their surroundings."""
    for name in marked_names(text):
        yield Found(
            p,
            name.start,
            name.end,
            text[name.start : name.end],
            name.kind,
            _weights(dict.fromkeys(name.features, True)),
            True,
        )


def _of_slogans(texts: Sequence[str], roles: Sequence[str]) -> Iterator[Found]:
    """Campaigns and number formulas that the slogans have found."""
    for f in mine(texts, roles):
        campaign = f.type == "campaign_name" and bool({"campaign", "driven"} & f.features.keys())
        if campaign or f.type == "numeric_formula" and len(f.text) > 2:
            head = head_of(f.text)
            words_only = "+" in f.text and not re.search(r"\d", f.text)  # 互联网+监管
            usual = "campaign" if campaign else "service model" if words_only else "mechanism"
            kind = head_nouns().get(head, (usual,))[0]
            features = {"campaign": campaign, "formula": not campaign}
            features["quoted formula"] = f.quoted and not campaign and len(f.text) > 3
            features["principle"] = bool(re.match("[一两二三四五六七八九十]+个", f.text)) and not head
            features["generic"] = f.text.removesuffix(head) in ("大", "新", "小", "总")
            yield Found(f.paragraph, f.start, f.end, f.text, kind, _weights(features), f.quoted)


def _short_forms(texts: Sequence[str], articles: Sequence[str], kept: list[Found]) -> dict[tuple, tuple[str, str]]:
    """Full name and kind by article and short form, where the text introduces one: X服务平台（以下简称“X平台”）."""
    introduced = ((found, _SHORT.match(texts[found.paragraph], found.end)) for found in kept)
    return {(articles[found.paragraph], m[1]): (found.text, found.type) for found, m in introduced if m}


def _again(texts: Sequence[str], articles: Sequence[str], kept: list[Found], short: dict) -> Iterator[Found]:
    """Names found somewhere, where they stand in a form that alone would not be enough, and short forms in their article."""
    least = {True: 2, False: 4}  # of a short name only one with a mark and a head: “X码”
    kinds = {f.text: f.type for f in kept if len(bare(f.text)) > least[f.quoted and bool(head_of(f.text))]}
    wordings = sorted({*kinds, *(form for _, form in short)})
    search = AhoCorasick(wordings, matchkind=MatchKind.LeftmostLongest)
    for p, text in enumerate(texts):
        for which, start, end in search.find_matches_as_indexes(text):
            wording = wordings[which]
            is_short = (articles[p], wording) in short
            if is_short or wording in kinds:
                kind = short[articles[p], wording][1] if is_short else kinds[wording]
                features = _weights({"short form": is_short, "named elsewhere": not is_short})
                yield Found(p, start, end, wording, kind, features)


# -- what is said of a system -----------------------------------------------------------------------------------------

_CLAUSE = re.compile(r"[，,。；;！!？?\n]+|$")


@lru_cache(1024)
def _clause_ends(text: str) -> list[int]:
    """Where the clauses of a paragraph end, their marks included."""
    return [m.end() for m in _CLAUSE.finditer(text)]


def clause_of(text: str, start: int, end: int) -> tuple[str, str]:
    """The clause around a span, with the next one of the sentence if it says no more than the name, and the one after that."""
    ends = _clause_ends(text)
    first, last = bisect_right(ends, start), bisect_left(ends, end)
    begin = max(start - FAR, ends[first - 1] if first else 0)
    rest = bare(text[end : min(ends[last], end + FAR)])
    if (len(rest) < 3 or rest[-1] in "来后时中") and text[ends[last] - 1] in "，," and last + 1 < len(ends):
        last += 1
    after = text[ends[last] : min(ends[last] + FAR, ends[min(last + 1, len(ends) - 1)])]
    return text[begin : min(ends[last], end + FAR)].strip("，,。；;！!？?\n ").lstrip(CLOSING), after


@cache
def _figure() -> re.Pattern:
    """Pattern of a number with its unit and what is counted."""
    units = any_of(unit for unit in listed("measures") if unit not in "年月日号时点分秒届期度")
    unit = rf"%|％|个百分点|(?:{units})(?:月|小时)?|(?<=[万亿])"
    return re.compile(rf"(\d[\d,.]*[余多]?[万亿千百]*[余多]?(?:{unit}))([^\W\d_]{{0,8}})")


def figures_of(text: str) -> str:
    """The numbers with units of a text and what they count, parted by ；."""
    return "；".join(dict.fromkeys(m[1] + m[2][: _counted(m[2])] for m in _figure().finditer(text)))


def _counted(text: str) -> int:
    """How far what is counted goes in the words behind a unit: to the last noun before a function word."""
    length = end = 0
    for word, tag in tags(text) if text else ():
        if tag[0] in "pcudrfx" or tag[0] == "v" and word in listed("object_verbs"):
            break
        length += len(word)
        end = length if tag[0] in "nljs" or tag == "vn" and word in listed("system_generic") else end
    return end


# -- the register -----------------------------------------------------------------------------------------------------


def register_systems(systems: pd.DataFrame) -> pd.DataFrame:
    """Put the mentions of one system together.

    Args:
        systems: what `find_systems` returns.

    Returns:
        A table, one row a system in order of first mention:

        - `name` (text): the fullest.
        - `kind`: as in `find_systems`.
        - `owner` (text): the first named, if a quarter of the mentions or more name one; or empty.
        - `says` (text): the longest clause that says what it does.
        - `figures` (text): all its figures.
        - `n_mentions` (integer): mentions.
        - `n_articles` (integer): articles with one.
        - `variants` (text): its other forms.
        - `article_id, source, line`: as in `paragraphs`, of the first mention.
    """
    titles = _titles(systems)
    keys = pd.Series([titles[key] for key in zip(systems["source"], systems["name"])], systems.index, dtype="str")
    rows = []
    for name, group in systems.groupby(keys, sort=False):
        first = group.iloc[0]
        kind = [*group.loc[group["name"] == name, "kind"], first["kind"]][0]
        variants = "；".join(dict.fromkeys(form for form in group["name"] if form != name))
        numbers = "；".join(dict.fromkeys(part for cell in group["figures"] for part in cell.split("；") if part))
        owners = group.loc[group["owner"] != "", "owner"]
        owner = owners.iloc[0] if 4 * len(owners) >= len(group) else ""
        says = max(group["clause"], key=len)
        rows.append([name, kind, owner, says, numbers, len(group), group["article_id"].nunique(), variants])
        rows[-1] += [first["article_id"], first["source"], first["line"]]
    return pd.DataFrame(rows, columns=REGISTER_COLUMNS)


def _core(name: str) -> str:
    """What stands in the quotation marks of a name whose head only says what it is (“X”活动), else all without marks."""
    inside = re.search(rf"[{OPENING}]([^{CLOSING}]{{4,}})[{CLOSING}]", name)
    kind, use = head_nouns().get(head_of(name), ("", ""))
    return bare(inside[1] if inside and (use == "quoted" or kind == "campaign") else name)


def _titles(systems: pd.DataFrame) -> dict[tuple[str, str], str]:
    """The name under which the register puts each name of each source: the longest of those it is short for."""
    by_core: dict[str, str] = {}
    for name in sorted(dict.fromkeys(systems["name"]), key=lambda name: (-len(bare(name)), name)):
        by_core.setdefault(_core(name), name)
    titles: dict[tuple[str, str], str] = {}
    for source, group in systems.groupby("source", sort=False):
        full = dict(zip(group["name"], group["full"]))
        longer = _longer(full)
        for name in sorted(full, key=lambda name: (-len(bare(name)), name)):
            other = full[name] or longer.get(bare(name), name)
            titles[source, name] = titles.get((source, other), by_core.get(_core(other), other))
    return titles


def _longer(names: Iterable[str]) -> dict[str, str]:
    """The longest name that each name can be short for: the same head noun, and its modifier inside the other's; plans have parts."""
    heads = {bare(name): head_of(bare(name)) for name in names}
    longer: dict[str, str] = {}
    for name in sorted(names, key=lambda name: (-len(bare(name)), name)):
        long = bare(name)
        head = heads[long]
        modifier = long.removesuffix(head)
        for i, j in combinations(range(len(modifier) + 1), 2) if head and head_nouns()[head][0] != "plan" else ():
            if 1 < j - i < len(modifier) and heads.get(modifier[i:j] + head) == head:
                longer.setdefault(modifier[i:j] + head, name)
    return longer
