"""Subjects: the organisation, place or person that a sentence names as the one who acts, found by form.

A subject is a name at the head of a clause with a predicate behind it. Names are known by their last words, of which
`lexicons/subjects.txt` lists the forms; nothing here knows any one office, and nothing looks beyond the sentence.
"""

from __future__ import annotations

import re
from functools import cache
from itertools import accumulate

from qdlib.parallelism import CLOSING, OPENING, is_verb, tags
from qdlib.words import read_lexicon

_CLAUSE = re.compile(r"(?:[“‘「『][^“”‘’「」『』。]{1,40}[”’」』]|[^，,；;：:\s])+")  # what is quoted is not cut
_WHEN = re.compile(
    r"^(?:\d{4}年|\d{1,2}月份?|\d{1,2}日|\d{1,2}[时点]|上午|下午|晚上?|凌晨|日前|近日|昨[日天]|今[日天年]|去年|目前|当前|眼下"
    r"|随后|同时|此外|其中|据悉|下一步|以来|近年来?)+"
)
_NUMBERING = re.compile(r"^(?:[〔\[（(]?\d{1,3}[〕\]）)、.．]|[^\w“‘「『])+")
_LONGEST = 60  # characters of a clause that are read
_KINDS = ("whole", "organisation", "place", "person", "document", "meeting")
_LEADS = frozenset("还也又再则已正都均更仍亦但而并且")  # may stand before a subject
_WHOSE = frozenset("各我本该某全")  # 各单位, 我市, 该局


@cache
def _forms() -> dict[str, str]:
    """The kind of each last word of a name, and of each word inside one, by which subjects are recognised."""
    entries = [line.split() for line in read_lexicon("subjects")]
    return {form: kind for kind, *forms in entries for form in forms}


@cache
def _patterns() -> tuple[re.Pattern, re.Pattern]:
    """Patterns of a known place at the head of a clause, and of a name of two or three characters behind a post."""
    places = "|".join(sorted(read_lexicon("places"), key=len, reverse=True))
    posts = "|".join(sorted((form for form, kind in _forms().items() if kind == "person"), key=len, reverse=True))
    surnames = "|".join(" ".join(read_lexicon("surnames")).split())
    return re.compile(places), re.compile(rf"(?:{posts})((?:{surnames})[^\W\d_]{{1,2}})$")


def acting(sentence: str, start: int) -> tuple[str, str]:
    """Return the organisation, place or person that a sentence names as the one who acts, and its kind.

    The subject at the head of the clause at `start`, else of the nearest clause before it up to a semicolon, else, where
    its own clause begins with a preposition, of the first after it that has one. By form alone: names that end in no known
    word are missed, and so is whoever only another sentence names.

    Args:
        sentence: the sentence, or a heading.
        start: offset of the wording in it.

    Returns:
        The name as printed, and its kind: organisation, place, person, document, meeting; `("", "")` if none is found.
    """
    begin = max(sentence.rfind(mark, 0, start) for mark in "；;") + 1
    clauses = [(m.start(), m[0], sentence[m.end() : m.end() + 1]) for m in _CLAUSE.finditer(sentence, begin)]
    before = [clause for clause in clauses if clause[0] <= start]
    for at, clause, mark in reversed(before):
        name, kind = subject(clause, mark)
        if name and at + clause.find(name) + len(name) <= start:
            return name, kind
    opens = before and tags(before[-1][1][:_LONGEST])[0][1] == "p"
    later = (subject(clause, mark) for _, clause, mark in clauses[len(before) :]) if opens else ()
    return next((found for found in later if found[0]), ("", ""))


def subject(clause: str, mark: str = "") -> tuple[str, str]:
    """The name at the head of a clause that a predicate or a colon follows, and its kind; two empty strings if there is none."""
    clause = _WHEN.sub("", _NUMBERING.sub("", clause[:_LONGEST]))
    place = _patterns()[0].match(clause)
    words = [(place[0], "ns"), *tags(clause[place.end() :])] if place else list(tags(clause))
    while words and (words[0][1] in ("t", "c", "d") and len(words[0][0]) > 1 or words[0][0] in _LEADS):
        words = words[1:]
    for i in range(len(words), 0, -1):
        kind = _kind(words[:i])
        if kind and _is_followed(words[i:], mark, kind):
            return "".join(word for word, _ in words[:i]), kind
    return "", ""


def _kind(words: list[tuple[str, str]]) -> str:
    """The kind of the name that tagged words make: by its last word, if there is more than that; empty if they make none."""
    if len(words) > 2 and words[0][0] in OPENING and words[-1][0] in CLOSING:  # a document may stand in quotation marks
        words = words[1:-1]
    name, (last, part) = "".join(word for word, _ in words), words[-1]
    named = _patterns()[1].search(name)
    if named:
        starts = list(accumulate((len(word) for word, _ in words), initial=0))
        given = [pair for pair, start in zip(words, starts) if start >= named.start(1)]
        whole = all(len(word) == 1 or part == "nr" for word, part in given)
        return "person" if whole and _is_nominal(words[: len(words) - len(given)]) else ""
    suffixes = (name[-length:] for length in range(min(4, len(name)), 0, -1))
    form = next((suffix for suffix in suffixes if suffix in _forms()), "")
    known = last != form and all(part == "ns" for _, part in words)
    kind = "place" if known else _forms().get(form, "")
    chance = len(form) == 1 and len(last) == 2 and part not in ("ns", "nt") and last[0] not in _WHOSE  # 开局, 出台
    if kind not in _KINDS or chance or kind != "whole" and name == form or not _is_nominal(words):
        return ""
    return "organisation" if kind == "whole" else kind


def _is_nominal(words: list[tuple[str, str]]) -> bool:
    """Whether tagged words can make a name: quoted words can, a verb only behind something and if offices are called by it."""
    quoted = False
    for i, (word, part) in enumerate(words):
        quoted = word in OPENING or quoted and word not in CLOSING
        form = _forms().get(word, "")
        noun = (
            part[0] in "nqjsfxbakl"
            or part in ("vn", "eng")
            or form in _KINDS
            or word[0] in _WHOSE
            and part == "r"
            or word in "和与及"
        )
        fits = i > 0 if form in ("office", "document") or part in ("m", "vn") else noun
        fixed = word == "的" and i > 0 and words[i - 1][0] == "党"
        if not (quoted or fits or fixed) or word == "我们":
            return False
    return not quoted


def _is_followed(rest: list[tuple[str, str]], mark: str, kind: str) -> bool:
    """Whether what stands behind a name makes it a subject: a predicate; of a text or a meeting a verb of saying."""
    tells = kind in ("document", "meeting")
    passed = "日时月中还上" if tells else "日时月"
    while rest and (rest[0][1] in ("t", "eng") or rest[0][1] == "m" and rest[0][0] != "多" or rest[0][0] in passed):
        rest = rest[1:]
    if not rest:
        return mark in ("：", ":")
    word, part = rest[0]
    if tells:
        return _forms().get(word) == "say"
    acts = part[0] in "vdpil" or part == "ad" or is_verb(rest[0]) or _forms().get(word) in ("say", "do")
    manner = part == "a" and len(rest) > 1 and rest[1][1][0] == "v"  # 扎实开展
    return word not in "和与及或跟同" and (acts or manner)
