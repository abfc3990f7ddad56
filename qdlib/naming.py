"""Naming: the verbs by which a text sets something up, and the wordings in marks that are names by their form or surroundings.

A name need not end with a head noun: “一窗通办” has the form of a service, a verb of founding stands before “护苗”, a head
noun sums up the row “甲”“乙”等活动.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from qdlib.names import LONGEST, any_of, head_nouns, head_of, listed
from qdlib.parallelism import CLOSING, OPENING, known_words
from qdlib.slogans import quotations
from qdlib.words import read_lexicon

# -- verbs around a name ----------------------------------------------------------------------------------------------


@cache
def _verbs() -> tuple[re.Pattern, re.Pattern]:
    """Patterns of a naming verb before a name (between them other names of a list, or words about it), and behind one."""
    verbs = any_of(listed("naming_verbs", "verb") | listed("naming_verbs", "also_noun"))
    before = re.compile(rf"(?:{verbs})(?:了|起|出|好)?(?:[^，。；：！？\s]*[、和及“‘”’])?[^，。；：！？、\s]{{0,14}}$")
    after = re.compile(
        rf"[”’]?(?:正式|已经?|全面|也|成功|今[起日]|日前|今天)*(?:{any_of(listed('naming_verbs', 'after'))})"
    )
    return before, after


def is_set_up(text: str, start: int, end: int) -> bool:
    """Whether a verb brings what is named into the world, before the name or after."""
    before, after = _verbs()
    return bool(before.search(text[max(0, start - 40) : start]) or after.match(text, end))


@cache
def _founding() -> tuple[dict[str, str], re.Pattern]:
    """Kind of what each verb of founding sets up, and the pattern of such a verb right before a name."""
    lines = [line.split() for line in read_lexicon("setting_up")]
    kinds = {verb: kind.replace("_", " ") for kind, *verbs in lines for verb in verbs}
    return kinds, re.compile(
        rf"({any_of(kinds)})[了起]?(?:[首两\d一二三四五六七八九十百]+[个处家支项批条])?[{OPENING}]?$"
    )


def founded_kind(text: str, start: int) -> str:
    """Kind of thing that the verb right before a name sets up, empty if it is no verb of founding."""
    kinds, pattern = _founding()
    m = pattern.search(text[max(0, start - 12) : start])
    return kinds[m[1]] if m else ""


# -- names in marks ---------------------------------------------------------------------------------------------------


class Marked(NamedTuple):
    """A name in marks: where it begins and ends without them, its kind, and what speaks for it."""

    start: int
    end: int
    kind: str
    features: tuple[str, ...]


_COUNTED = re.compile(r"(?:[一两双三四五六七八九十百千][^\W\d_]{1,3}?){2,4}")  # 一周一汇报, 两室一厅一站
_SHORT_COUNT = re.compile(
    r"[两双三四五六七八九十](?![一二两三四五六七八九十百千个项种条位次年月日天点])[^\W\d_]{1,2}"
)  # 四有, 双报到
_NO_NAME = re.compile("[，,。！？!?；;：《》]|、.*、")


@cache
def _form(form: str) -> re.Pattern:
    """Pattern of a quoted wording of one form."""
    endings = any_of(listed("system_forms", form))
    patterns = {
        "one": rf"一(?:{endings})[^\W\d_]{{2}}",
        "way": rf"(?![举主协承操]办)[^\W_]{{1,6}}(?<![举主协承操])(?:{endings})|(?:最多|只|零|不用)跑\w{{1,3}}",
        "role": rf"[^\W\d_]{{2,10}}(?:{endings})",
        "document": rf"《([^《》]{{4,60}}?(?:{endings})(?:（[^（）]{{1,10}}）)?)》",
    }
    return re.compile(patterns[form])


@cache
def _group() -> re.Pattern:
    """Pattern of what a row of quotations goes on with to the head noun that all share: “甲”“乙”活动, “甲”“乙”等主题活动."""
    row = rf"(?:[、和]?[{OPENING}][^{OPENING}{CLOSING}]{{1,{LONGEST}}}[{CLOSING}])"
    return re.compile(rf"(?:{row}{{0,6}}等|{row}{{1,6}})[^\W\d_]{{0,8}}?({any_of(head_nouns())})")


def marked_names(text: str) -> Iterator[Marked]:
    """Yield the wordings in marks that are names without a head noun behind them."""
    pairs = quotations(text, LONGEST)
    for i, j in pairs:
        if by_form := _by_form(text[i + 1 : j]):
            yield Marked(i + 1, j, *by_form)
    yield from _by_context(text, pairs)
    for m in _form("document").finditer(text):
        yield Marked(*m.span(1), "plan", ("document",))


def _by_form(wording: str) -> tuple[str, tuple[str, ...]] | None:
    """Kind and features of a quoted wording that has the form of a name."""
    if wording in known_words():
        return None
    if _COUNTED.fullmatch(wording) and len(wording) > 3 or _SHORT_COUNT.fullmatch(wording):
        return "mechanism", ("formula", "quoted formula")
    ways = len(wording) > 2 or wording[0] in "秒网掌即"
    if _form("one").fullmatch(wording) or ways and any(map(_form("way").fullmatch, wording.split("、"))):
        return "service model", ("service form",)
    kind, use = head_nouns().get(wording, ("", ""))
    if use == "rare" and len(wording) > 2:
        return kind, ("rare head", "quoted")
    return ("service model", ("role",)) if _form("role").fullmatch(wording) else None


def _rows(text: str, pairs: list[tuple[int, int]]) -> list[list[tuple[int, int]]]:
    """Quotations that stand in a row, put together."""
    rows: list[list[tuple[int, int]]] = []
    for i, j in pairs:
        if rows and text[rows[-1][-1][1] + 1 : i] in ("", "、", "和"):
            rows[-1].append((i, j))
        else:
            rows.append([(i, j)])
    return rows


def _by_context(text: str, pairs: list[tuple[int, int]]) -> Iterator[Marked]:
    """Names by what stands around them: a verb of founding, a head noun for their row, names beside them, or what they do."""
    for row in _rows(text, pairs):
        founded = founded_kind(text, row[0][0])
        among_names = len(row) > 2 and sum(bool(head_of(text[i + 1 : j])) for i, j in row) > 1
        for i, j in row:
            wording = text[i + 1 : j]
            if len(wording) < 3 or wording in known_words() or _NO_NAME.search(wording):
                continue
            group = _group().match(text, j + 1) if "、" not in wording else None
            if group and (len(wording) > 3 or "等" not in group[0]):
                yield Marked(i + 1, j, head_nouns()[group[1]][0], ("row",))
            elif among_names or text.startswith("系列", j + 1):
                yield Marked(i + 1, j, "service model" if among_names else "campaign", ("row",))
            elif founded and text[j + 1 : j + 2] != "的":
                yield Marked(i + 1, j, founded, ("set up",))
            elif text[max(0, i - 1) : i] in ("", *"。！？!?；;\n") and _verbs()[1].match(text, j):
                yield Marked(i + 1, j, "service model", ("at work",))
