"""Places: the districts, towns and communities that a text names, praise and blame of them, and who is named with what.

Places come from a gazetteer, which another city's file can replace; street offices, towns and communities that it lacks
are told by their form.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from qdlib.actors import CREDITS, HAN, finder
from qdlib.corpus import Corpus, sentences
from qdlib.parallelism import tags
from qdlib.words import read_lexicon, tokenizer

PLACE_COLUMNS = ["place", "kind", "parent", "form", "article_id", "source", "line", "start", "end"]
JUDGED_COLUMNS = ["place", "article_id", "source", "line", "word", "side", "sentence", "rule"]
CROSS_COLUMNS = ["one", "other", "together", "expected", "n_one", "n_other", "n_units"]
WITHIN = ("sentence", "paragraph", "article")


class Place(NamedTuple):
    """A place in a text: span, official name, kind (city, district, area, town, community) and what it belongs to."""

    start: int
    end: int
    place: str
    kind: str
    parent: str


# A short form before these is the name of something else (即墨路, 崂山茶).
_FEATURES = "路街巷山湾河湖岛港茶酒桥站话语菜"
_FORM = re.compile(rf"([{HAN}]{{2,7}}?)(街道|(?<!城)镇|社区|新村|村)(?![民里级委街居道庄务])")
_LEADS_IN = re.compile(
    r".*(?:[的了着在是由到为向从与和及对让被将以等里个各该本每这那其进自处]|位于|来自|[省市区县镇乡]|街道|社区)"
)
_GENERIC = re.compile(
    r"(?:老旧|智慧|新|各|城市|农村|试点|示范|基层|美丽|特色|乡|小|和谐|平安|国际|文明|城乡|所在|有的|多个|全区|全市|沿海|旧|城中|农|全|一步|驻)$"
)


@cache
def gazetteer(path: str | Path = "gazetteer") -> dict[str, tuple[str, str, str]]:
    """Read a gazetteer: each form of a place's name with its official name, kind and parent.

    Args:
        path: a list of the package or a text file of your own: `[kind]` begins the places of a kind, one a line: official
            name, parent, and any other forms, parted by spaces; `#` begins a comment.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: a line names a place without its parent, or stands before the first `[kind]`.
    """
    forms: dict[str, tuple[str, str, str]] = {}
    kind = ""
    for line in read_lexicon(path):
        if line.startswith("["):
            kind = line.strip("[] ")
            continue
        name, *rest = line.split()
        if not rest or not kind:
            raise ValueError(f"gazetteer {str(path)!r}: {line!r} must be `name parent forms` below a line `[kind]`")
        for form in (name, *rest[1:]):
            forms.setdefault(form, (name, kind, rest[0]))
        if name[0] == "市" and rest[0][-1] == "市":  # one 市 is written where two meet
            forms.setdefault(rest[0][:-1] + name, (name, kind, rest[0]))
        if kind == "town":  # a town may have become a street office
            stem = re.sub("(?:街道|镇|乡)$", "", name)
            forms.setdefault(stem + ("镇" if name.endswith("街道") else "街道"), (name, kind, rest[0]))
    return forms


def places_in(text: str, path: str | Path = "gazetteer") -> list[Place]:
    """Find the places of a text, in reading order, none overlapping: those of the gazetteer, then towns and communities by form."""
    forms = gazetteer(path)
    found = [Place(*span, *forms[form]) for *span, form in _finder(path)(text) if _is_place(text, *span, forms)]
    taken = {k for place in found for k in range(place.start, place.end)}
    ends = {place.end: place for place in found}
    for start, end, kind in _by_form(text, taken):
        within = ends.get(start)
        parent = (within.place if within.kind != "city" or kind == "town" else "") if within else ""
        found.append(Place(start, end, text[start:end], kind, parent))
        ends[end] = found[-1]
    return sorted(found)


@cache
def _finder(path: str | Path) -> Callable:
    """What finds the forms of a gazetteer."""
    return finder(gazetteer(path))


def _is_place(text: str, start: int, end: int, forms: dict) -> bool:
    """Whether a form found is the place, not a part of another word."""
    form = text[start:end]
    official, _, parent = forms[form]
    if form[0] == "市":  # 上海市南外滩: the character belongs to the city before
        words = {text[start - size : start + 1] for size in (1, 2, 3) if size <= start} - {parent}
        if any(map(tokenizer().FREQ.get, words)):
            return False
    return official == form or len(form) > 2 or text[end : end + 1] not in tuple(_FEATURES)


def _by_form(text: str, taken: set[int]) -> Iterator[tuple[int, int, str]]:
    """Towns and communities by their form, where the gazetteer has named nothing."""
    at = 0
    while found := _FORM.search(text, at):
        last = _LEADS_IN.match(found[1])
        start = max(
            [found.start() + (last.end() if last else 0)]
            + [k + 1 for k in range(found.start(), found.end()) if k in taken]
        )
        stem = text[start : found.start(2)]
        at = found.end()
        nominal = all(tag[0] in "nmfjabsqhkgx" for _, tag in tags(stem))
        if (
            len(stem) > 1
            and nominal
            and (start - 1 in taken or tokenizer().FREQ.get(stem, 0) < 1000)
            and not _GENERIC.search(stem)
        ):
            taken.update(range(start, found.end()))
            yield start, found.end(), "town" if found[2] in ("街道", "镇") else "community"


def find_places(corpus: Corpus, gazetteer: str | Path = "gazetteer") -> pd.DataFrame:
    """Find the places that a corpus names.

    Args:
        corpus: where to look; credits are left out.
        gazetteer: the package's (Qingdao) or the path of your own; see `gazetteer`.

    Returns:
        A table, one row a mention:

        - `place` (text): its official name.
        - `kind` (text): of the gazetteer; `town` and `community` by form.
        - `parent` (text): the place that it belongs to.
        - `form` (text): as printed.
        - `article_id, source, line, start, end`: as in `paragraphs`, of the mention.
    """
    rows = []
    for at in corpus.paragraphs[~corpus.paragraphs["role"].isin(CREDITS)].itertuples():
        for place in places_in(at.text, gazetteer):
            start, end, line = corpus.origin(at.article_id, at.paragraph, place.start, place.end)
            rows.append([*place[2:], at.text[place.start : place.end], at.article_id, at.source, line, start, end])
    return pd.DataFrame(rows, columns=PLACE_COLUMNS)


# -- praise and blame -------------------------------------------------------------------------------------------------

_WALL = re.compile("[，,。；;：:！？!?\n]")
_REMEDIES = "补齐|补上|补足|补强|弥补|克服|解决|消除|破解|化解|治理|打通|疏通|攻克|缩小|拆除|防止|杜绝|避免|整治|找|查|查找|促|督促|推动|聚焦|直面"
_REMEDY = re.compile(rf"(?<!难以)(?<![未没])(?<!没有)(?:{_REMEDIES})[^、]{{0,8}}$")
_DONE = re.compile(r"[^，。没未难不]{0,8}(?:拆除|得到解决|化解|清零|整改到位|被攻克|补齐)")
_NEGATED = re.compile(
    rf"(?:没有|没(?!有)|无|不再|未|并非|不是|不|免于|摆脱)(?!{_REMEDIES})[^、]{{0,3}}$"
)  # not 没有补齐短板
_AIM = re.compile(
    r"[争创当]$|(?:要|力争|争取|争当|争创|努力|将|确保|必须|希望|计划|打造|创建|建设|为了|推动|奋力|勇|向|冲刺|目标)[^、]{0,12}$"
)


def judge(text: str, side: str, start: int, end: int) -> str:
    """Return the rule by which an evaluative word in a sentence is neither praise nor blame, or an empty string.

    In the clause before the word: `negated` (没有短板, 不是第一); `remedied`, what is blamed is what is being done away with
    (补齐短板, 欠账已经清零); `aimed at`, what is praised is still wanted (力争率先).

    Args:
        text: the sentence.
        side: `praise` or `blame`.
        start: where the word begins.
        end: where it ends.
    """
    clause = _WALL.split(text[max(0, start - 20) : start])[-1]
    if _NEGATED.search(clause):
        return "negated"
    if side == "blame":
        return "remedied" if _REMEDY.search(clause) or _DONE.match(text, end) else ""
    return "aimed at" if _AIM.search(clause) else ""


@cache
def _judging() -> tuple[re.Pattern, dict[str, str]]:
    """Pattern of the words of praise and blame, longest first, and the side of each."""
    sides = {word: side for side in ("praise", "blame") for word in " ".join(read_lexicon(side)).split()}
    return re.compile("|".join(sorted(sides, key=lambda word: (-len(word), word)))), sides


def praise_and_blame(corpus: Corpus, places: pd.DataFrame, kind: str = "district") -> pd.DataFrame:
    """Find words of praise and blame in the sentences that name a place.

    Args:
        corpus: the corpus.
        places: its places, as `find_places` gives them.
        kind: the kind of places to take.

    Returns:
        A table, one row a place and word. One sentence that names two places gives a row for each, one that names a
        place twice one row a word. The words stand in the same sentence; whether they are about the place is for a
        reader to say.

        - `place`: as in `find_places`.
        - `article_id, source, line`: as in `paragraphs`, of the place.
        - `word` (text): the word of praise or blame.
        - `side` (text, one of praise, blame, neither): of the word; `neither` where a rule takes it away.
        - `sentence` (text): up to a full stop or a semicolon, since official texts list places so.
        - `rule` (text): why it is neither, see `judge`; or empty.
    """
    pattern, sides = _judging()
    units = _sentence_units(corpus, statements)
    rows, read = [], set()
    for place in places[places["kind"] == kind].itertuples():
        at, sentence = _unit_at(units.get(place.source, []), place.start)
        if (place.place, place.source, at) in read:
            continue
        read.add((place.place, place.source, at))
        for found in pattern.finditer(sentence):
            rule = judge(sentence, sides[found[0]], *found.span())
            side = "neither" if rule else sides[found[0]]
            where = [place.place, place.article_id, place.source, place.line]
            rows.append([*where, found[0], side, sentence, rule])
    return pd.DataFrame(rows, columns=JUDGED_COLUMNS)


def statements(text: str) -> list[str]:
    """Cut a text at its full stops and semicolons."""
    return [part for sentence in sentences(text) for part in re.findall("[^；;]+[；;]?", sentence)]


# -- who is named with what -------------------------------------------------------------------------------------------


class Unit(NamedTuple):
    """A run of raw characters of a sentence or paragraph, with its name in the source and its text."""

    start: int
    end: int
    name: str
    text: str


def _sentence_units(corpus: Corpus, cut: Callable = sentences) -> dict[str, list[Unit]]:
    """The sentences of each source, by each raw span they are made of."""
    units: dict[str, list[Unit]] = {}
    for at in corpus.paragraphs[~corpus.paragraphs["role"].isin(CREDITS)].itertuples():
        end = 0
        for sentence in cut(at.text):
            start = at.text.index(sentence, end)
            end = start + len(sentence)
            first, last, _ = corpus.origin(at.article_id, at.paragraph, start, end)
            parts = ((max(first, i), min(last, j)) for i, j in at.spans)  # another paragraph may stand between two
            units.setdefault(at.source, []).extend(Unit(i, j, str(first), sentence) for i, j in parts if i < j)
    return {source: sorted(spans) for source, spans in units.items()}


def _paragraph_units(corpus: Corpus) -> dict[str, list[Unit]]:
    """The paragraphs of each source, by each raw span they are made of."""
    units: dict[str, list[Unit]] = {}
    for at in corpus.paragraphs[~corpus.paragraphs["role"].isin(CREDITS)].itertuples():
        name = f"{at.article_id}.{at.paragraph}"
        units.setdefault(at.source, []).extend(Unit(start, end, name, at.text) for start, end in at.spans)
    return {source: sorted(spans) for source, spans in units.items()}


def _unit_at(units: list[Unit], start: int) -> tuple[str, str]:
    """Name and text of the unit that holds a raw offset; two empty strings if none does."""
    at = bisect_right(units, start, key=lambda unit: unit.start) - 1
    return units[at][2:] if at >= 0 and start < units[at].end else ("", "")


def cross(corpus: Corpus, one: pd.DataFrame, other: pd.DataFrame, within: str = "paragraph") -> pd.DataFrame:
    """Count who is named with what: in how many units a thing of one table and a thing of another both occur.

    Args:
        corpus: the corpus both tables were made from.
        one: occurrences, a thing in the first column, with `article_id, source, start` (raw offset).
        other: occurrences likewise: `cross(corpus, places, slogans[["slogan", "article_id", "source", "start"]])`.
        within: `sentence`, `paragraph` or `article`.

    Returns:
        A table, one row a pair that occurs together, most frequent first, ties by name. In few units the expectation
        says little: report n.

        - `one, other` (text): the things.
        - `together` (integer): units with both.
        - `expected` (number): n_one * n_other / n_units, if the two had nothing to do with each other.
        - `n_one, n_other` (integer): units with each.
        - `n_units` (integer): all units.

    Raises:
        ValueError: `within` is unknown, or a table lacks a column.
    """
    if within not in WITHIN:
        raise ValueError(f"within must be one of {', '.join(WITHIN)}, got {within!r}")
    for name, table in (("one", one), ("other", other)):
        lacking = {"article_id", "source", "start"} - set(table.columns)
        if lacking:
            raise ValueError(
                f"{name} lacks {', '.join(sorted(lacking))}; a table of occurrences has article_id, source, start"
            )
    units, n_units = _units(corpus, within)
    first, second = (_in_units(table, units, within) for table in (one, other))
    pairs = first.rename(columns={"thing": "one"}).merge(second.rename(columns={"thing": "other"}), on="unit")
    counts = pairs.groupby(["one", "other"]).size().rename("together").reset_index()
    n_one, n_other = first["thing"].value_counts(), second["thing"].value_counts()
    counts = counts.assign(
        n_one=counts["one"].map(n_one).astype("int64"),
        n_other=counts["other"].map(n_other).astype("int64"),
        n_units=n_units,
    )
    counts["expected"] = counts["n_one"] * counts["n_other"] / max(n_units, 1)
    return counts.sort_values(["together", "one", "other"], ascending=[False, True, True], ignore_index=True)[
        CROSS_COLUMNS
    ]


def _units(corpus: Corpus, within: str) -> tuple[dict[str, list[Unit]], int]:
    """The units of the corpus by source, and how many there are."""
    if within == "article":
        return {}, len(corpus.articles)
    units = _sentence_units(corpus) if within == "sentence" else _paragraph_units(corpus)
    return units, sum(len({unit.name for unit in spans}) for spans in units.values())


def _in_units(table: pd.DataFrame, units: dict, within: str) -> pd.DataFrame:
    """Each thing of a table once in each unit where it occurs."""
    things = table.iloc[:, 0].astype(str)
    if within == "article":
        names = table["article_id"].astype(str)
    else:
        found = [
            (source, _unit_at(units.get(source, []), start)[0])
            for source, start in zip(table["source"], table["start"])
        ]
        names = pd.Series(
            [f"{source}:{name}" if name else "" for source, name in found], index=table.index, dtype="str"
        )
    made = pd.DataFrame({"thing": things, "unit": names}).drop_duplicates()
    return made[made["unit"] != ""]
