"""Actors: the persons and organisations that a text names, with what they are.

A name is taken for one where something vouches for it: a role before it (局长, 市民), a role after it (in brackets, 是…), a verb
of saying after it, or a form of address (先生). Once vouched for, it is found wherever its source repeats it. No name
and no office is listed, only surnames and head nouns.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from itertools import accumulate
from typing import NamedTuple

import pandas as pd
from ahocorasick_rs import AhoCorasick, MatchKind

from qdlib.corpus import Corpus
from qdlib.parallelism import known_words, tags
from qdlib.words import read_lexicon, tokenizer

PERSON_COLUMNS = ["name", "role", "organisation", "article_id", "source", "line", "start", "end"]
ORGANISATION_COLUMNS = ["organisation", "article_id", "source", "line", "start", "end"]
CREDITS = ("byline", "source", "dateline")  # who wrote it and where it is from: not what it tells of

HAN = r"\u3400-\u9fff"
LONGEST_NAME = 24  # of an organisation, in characters
_LONGEST_ROLE = 60
_ADDRESS = "先生|女士|小姐|大爷|大妈|大姐|大哥|阿姨|师傅|奶奶|爷爷|叔叔|大叔|老伯|婆婆|同志|某某|某(?![些个种一位])"
# Characters that begin another word when they follow a surname and one character.
_PARTICLES = "的了着在是也就还都则又把被从与却才已等及"  # no given name begins with one
_FUNCTION = "的了着在是也就还都则又把被从与让给却才已曾等和及对向为将正并或到来去有会要能以因于用自说称问答讲此一带"
_ALSO_WORDS = "于任时全成应连单向关解管计常万方路位练党代安和满"  # surnames that are more often words
_MODIFIERS = (
    "副|党组|党委|党支部|党总支|党工委|纪委|团委|区委|市委|省委|县委|执行|常务|首席|第一|总|项目|行政|市场|技术|现场|销售|生产|"
    "运营|宣传|财务|相关|有关|主要|高级|资深|退休|退役|老|女|基层|一线|业务|荣誉|代理|特约"
)
# What stands before an organisation and is no part of its name.
_LEAD = re.compile(
    r".*(?:[的了着是由被请让等当说，,]|一[位名个]|时任|现任|作为|包括|以及|记者|邀请|看望|采访)|^[在到从向对与给据原跟由]"
)


class Person(NamedTuple):
    """A person in a text: span of the name, name, role and organisation as printed beside it."""

    start: int
    end: int
    name: str
    role: str = ""
    organisation: str = ""


@cache
def role_kinds() -> dict[str, str]:
    """Head nouns of roles and the kind of speaker each makes."""
    rows = (line.split() for line in read_lexicon("roles"))
    return {noun: kind for kind, *nouns in rows for noun in nouns}


@cache
def _roles() -> tuple[re.Pattern, re.Pattern]:
    """Patterns of a role's head noun, and of a chain of roles at the end of a string (党组副书记、局长)."""
    nouns = "|".join(sorted(role_kinds(), key=lambda noun: (-len(noun), noun)))
    one = rf"(?:{_MODIFIERS}){{0,3}}(?:{nouns})"
    return re.compile(nouns), re.compile(rf"{one}(?:[、兼和]{one})*$")


@cache
def _verbs() -> re.Pattern:
    """Pattern of a verb of saying that begins here and introduces words."""
    verbs = [
        verb for line in read_lexicon("saying") for kind, *words in [line.split()] if kind != "clause" for verb in words
    ]
    return re.compile(
        "(?:" + "|".join(sorted(set(verbs), key=lambda v: (-len(v), v))) + ")[说道称]?(?=[，。：:,“！]|记者|$)"
    )


@cache
def _surnames() -> frozenset[str]:
    return frozenset(" ".join(read_lexicon("surnames")).split())


_HALF = re.compile("[\ud800-\udfff]")
_HAN = re.compile(f"[{HAN}]")
_FOREIGN = re.compile(rf"(?:[{HAN}A-Z]{{1,6}}[·・])+[{HAN}]{{1,8}}|(?:[A-Z][.·] ?){{1,3}}[{HAN}]{{1,8}}")
_FOREIGN_END = re.compile(f"(?:{_FOREIGN.pattern})$")
_ADDRESSED = re.compile(rf"([{HAN}]{{0,3}}?)(?:{_ADDRESS})")
_BRACKET = re.compile(r"（([^（）]{2,30})）")
_IS = re.compile(r"(?:是|，|,)([^，。：；“”！？]{2,30}?)(?=[，。])")
_CLAUSE = re.compile(r"(?:^|[，。；：！？”’）、和与跟\n ])(?=[^\W\d_])")


def _is_word(text: str) -> bool:
    """Whether a string is a word of the dictionary, and no name."""
    tag = known_words().get(text)
    return bool(tag) and not tag.startswith("nr")


def _begins_word(text: str, at: int) -> bool:
    """Whether the character at `at`, the third of a possible name, rather begins the next word."""
    if not _HAN.match(text, at + 1) or _verbs().match(text, at + 1):
        return bool(_verbs().match(text, at))
    frequency = tokenizer().FREQ
    return text[at] in _FUNCTION or any(frequency.get(text[at : at + n], 0) >= 30 for n in (2, 3, 4))


def _sounds_foreign(name: str) -> bool:
    """Whether the parts of a string with · are no words and no numerals, as in a transcribed name."""
    words = [word for part in re.split("[·・. ]", name) if part for word in tags(part)]
    return not any(
        len(word) > 1 and tag in ("n", "v", "vn", "a", "d", "l", "i") or tag == "m" for word, tag in words[-2:]
    )


def name_at(text: str, start: int) -> int:
    """Return where the personal name that begins at `start` ends; 0 if none can begin there."""
    foreign = _FOREIGN.match(text, start)
    if foreign:
        second = max(text.rfind(mark, start, foreign.end()) for mark in "·・. ") + 2
        end = next((k for k in range(second, foreign.end()) if _begins_word(text, k)), foreign.end())
        if _sounds_foreign(text[start:end]):
            return end
    given = start + next((n for n in (2, 1) if text[start : start + n] in _surnames()), 0)
    if given == start or not _HAN.match(text, given) or text[given] in _PARTICLES:
        return 0
    address = _ADDRESSED.match(text, given)
    if address:  # 甲先生 is a name, in 甲某某先生 the name stands before
        return address.end(1) if address.end(1) > given + 1 else address.end()
    end = given + 1
    if _HAN.match(text, end) and not _begins_word(text, end):
        end += 1
    closed = not _HAN.match(text, end) or bool(_verbs().match(text, end))
    word = _is_word(text[start : start + 2]) or _is_word(text[start : end + 1])
    doubts = (
        text[end - 1] in "的地得着了",
        _is_word(text[start:end]),
        not closed and word,
        text[start] in _ALSO_WORDS and (word or not closed),
    )
    return 0 if any(doubts) else end


def name_before(text: str, end: int) -> int:
    """Return where the personal name that ends at `end` begins; -1 if none can end there. One behind a role comes first."""
    foreign = _FOREIGN_END.search(text[max(0, end - 20) : end])
    if foreign and _sounds_foreign(foreign[0]):  # 学者甲·乙: the role is no part of the name
        nouns = [noun.end() for noun in _roles()[0].finditer(foreign[0].split("·")[0])]
        return end - len(foreign[0]) + max(nouns, default=0)
    lengths = (4, 3, 2) if text[max(0, end - 4) : max(0, end - 2)] in _surnames() else (3, 2, 5, 4)
    starts = [
        end - n
        for n in lengths
        if n <= end and name_at(text[end - n : end], 0) == n and text[end - 1] not in _PARTICLES
    ]
    return next((start for start in starts if _may_begin(text, start)), -1)


def _may_begin(text: str, start: int) -> bool:
    """Whether a name may begin at `start`: at the head of a clause, after 的, a role or an organisation."""
    before = text[max(0, start - _LONGEST_ROLE) : start]
    if not before or not _HAN.match(before[-1]) or before[-1] == "的":
        return text[start] not in _ALSO_WORDS or not before
    return bool(role_before(text, start)[0]) or any(end == len(before) for _, end, _ in organisations_in(before))


def role_chain(text: str) -> str:
    """Return the role or roles that a string ends with (党组书记、局长), empty if there is none."""
    found = _roles()[1].search(text[-_LONGEST_ROLE:])
    return found[0] if found else ""


def role_before(text: str, end: int) -> tuple[str, str]:
    """Return role and organisation that stand right before `end` in apposition (市教育局副局长…), empty where there is none."""
    head = re.search(r"[^，。；：！？!?,;:\n（）]*$", text[max(0, end - _LONGEST_ROLE) : end])[0]
    marked = re.search(r"[“「‘]([^“”「」‘’]{2,10})[”」’]$", head)
    if marked and _roles()[1].search(marked[1]):
        return marked[1], _organisation(head[: marked.start()])
    found = _roles()[1].search(head) or _roles()[1].search(head.removesuffix("的"))
    if not found:
        return "", ""
    rest = head[: found.start()]
    organisation = _organisation(rest)
    last = tags(organisation)[-1][1] if organisation else "v"
    if last in ("v", "vn") or len(organisation) < 3 and last != "ns":
        return organisation + found[0], ""  # 养老管家
    return found[0], organisation


def _organisation(rest: str) -> str:
    """The organisation that what stands before a role names."""
    rest = rest[
        max(
            (noun.end() for noun in _roles()[0].finditer(rest) if rest[noun.end() : noun.end() + 1] == "、"), default=0
        ) :
    ]
    last = _LEAD.match(rest)
    run = _RUN.search(rest[last.end() if last else 0 :])
    if run:
        return _name(run[0])
    known = organisations_in(rest)
    return known[-1][2] if known else ""


def finder(words: Iterable[str]) -> Callable[[str], list[tuple[int, int, str]]]:
    """Return a function that finds these words in a text, `(start, end, word)`: leftmost first, the longest of those, one pass."""
    words = sorted(set(words))
    if not words:
        return lambda text: []
    search = AhoCorasick(words, matchkind=MatchKind.LeftmostLongest).find_matches_as_indexes
    # the automaton takes sound text only: halves of broken surrogate pairs are replaced one for one
    return lambda text: [(start, end, words[i]) for i, start, end in search(_HALF.sub("\ufffd", text))]


def persons_in(text: str) -> list[Person]:
    """Find the persons of a text that something in it vouches for.

    Returns:
        Spans with name, role and organisation, in reading order, none overlapping. Names behind the role of a reporter are
        left out.
    """
    found: dict[int, Person] = {}
    for person in (*_after_roles(text), *_at_clauses(text)):
        found.setdefault(person.start, person)
    kept: list[Person] = []
    for person in sorted(found.values()):
        if not kept or person.start >= kept[-1].end:
            kept.append(person)
    return kept


def _after_roles(text: str) -> Iterator[Person]:
    """Persons whose role stands before their name, and those in a row after them (副局长甲、乙)."""
    for noun in _roles()[0].finditer(text):
        start = noun.end()
        start += text[start : start + 1] in ("的", "”", "’", "」")
        end = name_at(text, start) if start < len(text) else 0
        if _known_before(text, noun.start()):  # 某某某教授
            yield Person(noun.start() - 3, noun.start(), text[noun.start() - 3 : noun.start()], noun[0])
        if not end or role_kinds()[noun[0]] == "reporter" or _cuts_words(text, noun.start(), noun.end()):
            continue
        role, organisation = role_before(text, start)
        while end:
            yield Person(start, end, text[start:end], role or noun[0], organisation)
            start = end + 1
            end = name_at(text, start) if text[end : end + 1] in ("、", "和") and start < len(text) else 0


def _known_before(text: str, end: int) -> bool:
    """Whether a full name that the dictionary knows ends here."""
    return end > 2 and known_words().get(text[end - 3 : end], "").startswith("nr")


def _cuts_words(text: str, start: int, end: int) -> bool:
    """Whether a span neither begins nor ends where a word does (the middle of 男女儿童)."""
    low = max(0, start - 4)
    ends = {low, *(low + k for k in accumulate(map(len, tokenizer().cut(text[low : end + 4]))))}
    return start not in ends and end not in ends


def _at_clauses(text: str) -> Iterator[Person]:
    """Persons at the head of a clause: who say something, or whose role follows; and forms of address anywhere."""
    for clause in _CLAUSE.finditer(text):
        start = clause.end()
        end = name_at(text, start)
        if not end:
            continue
        told = _BRACKET.match(text, end) or _IS.match(text, end)
        role = _roles()[1].search(told[1]) if told else None
        if role:
            yield Person(start, end, text[start:end], role[0], _organisation(told[1][: role.start()]))
        elif _verbs().match(text, end) or _ADDRESSED.fullmatch(text, start, end) or _ADDRESSED.match(text, end):
            yield Person(start, end, text[start:end])


def find_persons(corpus: Corpus) -> pd.DataFrame:
    """Find the persons whom a corpus names.

    Args:
        corpus: where to look; bylines, sources and datelines are left out, and names behind 记者 or 通讯员.

    Returns:
        A table, one row a mention by full name, in the order of the corpus:

        - `name` (text): the name.
        - `role, organisation` (text): as printed beside it, or else where the source first tells them; or empty.
        - `article_id, source, line, start, end`: as in `paragraphs`, of the mention.
    """
    table = corpus.paragraphs[~corpus.paragraphs["role"].isin(CREDITS)]
    rows = []
    for _, page in table.groupby("source", sort=False):
        here = [(at, persons_in(at.text)) for at in page.itertuples()]
        known: dict[str, Person] = {}
        for person in (person for _, persons in here for person in persons):
            if person.name not in known or person.role and not known[person.name].role:
                known[person.name] = person
        find = finder(known)
        for at, persons in here:
            told = {person.start: person for person in persons}
            for first, last, name in find(at.text):
                person = told.get(first, known[name])
                person = person if person.role else known[name]
                start, end, line = corpus.origin(at.article_id, at.paragraph, first, last)
                rows.append([name, person.role, person.organisation, at.article_id, at.source, line, start, end])
    return pd.DataFrame(rows, columns=PERSON_COLUMNS)


# -- organisations ----------------------------------------------------------------------------------------------------


@cache
def _heads() -> tuple[re.Pattern, dict[str, str]]:
    """Pattern of an organisation's head noun, and the kind of each: long, short, alone, or not (ends in one by chance)."""
    kinds = {noun: kind for kind, *nouns in (line.split() for line in read_lexicon("organisations")) for noun in nouns}
    nouns = "|".join(sorted((n for n in kinds if kinds[n] != "not"), key=lambda noun: (-len(noun), noun)))
    # 教育局局长, 党组织: the noun of a role is none of an organisation
    return re.compile(f"(?:{nouns})(?![长级内织]|员(?!工))"), kinds


_LEVEL = re.compile(r"(?:[省市区县镇乡州]|街道|社区|全国|国家|中国|中共|中央)$")
_RUN = re.compile(rf"[{HAN}A-Za-z0-9·+]+$")
_CUTS = {
    *"是让有将为来到在由于受给把被使从向对据等并已正还也就都各多",
    "时任",
    "各个",
    "享受到",
    "以及",
    "代表",
    "最近",
}
_COUNTED = re.compile(r"\d+年|\d+月|以前|[一二两三几多数\d]+[位名个家]")
_LEADS_IN = ("v", "d", "p", "r", "c", "u", "t", "y", "m")


def organisations_in(text: str) -> list[tuple[int, int, str]]:
    """Find the organisations that a text names in full.

    Returns:
        `(start, end, name)` in reading order, none overlapping; of two that begin together, the longer.
    """
    pattern, kinds = _heads()
    ends = set(accumulate(map(len, tokenizer().cut(text))))
    found: list[tuple[int, int, str]] = []
    for noun in pattern.finditer(text):
        start, end = noun.span()
        if len(noun[0]) == 1 and end not in ends or "not" in (kinds.get(text[end - n : end]) for n in (2, 3)):
            continue
        before = found[-1][1] if found else 0
        run = _RUN.search(text[max(end - LONGEST_NAME, before) : start])
        if found and (before == start or run and run[0] == text[before:start] == _name(run[0])):
            start = found.pop()[0]  # 市委组织部
        elif kinds[noun[0]] != "alone":
            start -= len(_name(run[0], kinds[noun[0]] == "short") if run else "")
        if start < noun.start() or kinds[noun[0]] == "alone":
            found.append((start, end, text[start:end]))
    return found


def _name(run: str, needs_place: bool = False) -> str:
    """What of a run of characters before a head noun belongs to the name: without the words that lead in to it."""
    words = list(tags(run))
    places = [i for i, (word, tag) in enumerate(words) if tag == "ns" or _LEVEL.search(word)]
    if needs_place and not places:
        return ""
    cuts = [i for i, (word, tag) in enumerate(words) if word in _CUTS or tag[0] in "pur" or _COUNTED.fullmatch(word)]
    cuts += [
        i
        for i, (_, tag) in enumerate(words)
        if tag == "q" and i and (words[i - 1][1] == "m" or words[i - 1][0].isdigit())
    ]  # 6个街道
    cuts += [i - 1 for i in places if i and words[i - 1][0] in ("和", "与", "及")]
    cuts += [i - 1 for i in places if i and len(words[i - 1][0]) > 1 and words[i - 1][1][0] in "vdp"]
    cuts += [i for i, (word, tag) in enumerate(words) if not places and tag == "v" and len(word) > 1]
    words = words[max(cuts) + 1 :] if cuts else words
    while words and words[0][1][0] in _LEADS_IN and words[0][1] != "vn":
        words = words[1:]
    name = "".join(word for word, _ in words)
    return name if len(name) > 1 or name in ("市", "省", "区", "县") else ""


def find_organisations(corpus: Corpus) -> pd.DataFrame:
    """Find the organisations that a corpus names: offices, companies, institutions, by their head nouns.

    Returns:
        A table, one row a mention. A place or level before the name (市教育局) is a part of it; short forms without a head
        noun are not found.

        - `organisation` (text): as printed.
        - `article_id, source, line, start, end`: as in `paragraphs`, of the mention.
    """
    rows = []
    for at in corpus.paragraphs[~corpus.paragraphs["role"].isin(CREDITS)].itertuples():
        for first, last, name in organisations_in(at.text):
            start, end, line = corpus.origin(at.article_id, at.paragraph, first, last)
            rows.append([name, at.article_id, at.source, line, start, end])
    return pd.DataFrame(rows, columns=ORGANISATION_COLUMNS)
