"""Variants of slogans: how the wordings of a family differ, and which slogans stand inside longer ones."""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from difflib import SequenceMatcher
from itertools import chain, groupby, zip_longest

import pandas as pd

from qdlib.corpus import Corpus
from qdlib.families import ALIKE, Reading, likeness, plain, read, unnumbered, weight
from qdlib.strings import count_wordings

VARIANT_COLUMNS = [
    "family", "wording", "change", "detail", "of", "count", "nested", "n_articles", "article_id", "source", "line",
]  # fmt: skip
TREE_COLUMNS = ["wording", "count", "own", "inherited", "parent", "depth"]

KINDS = ("clipped", "extended", "substituted", "reordered", "unquoted", "quoted")
MOST_WORDS = 200  # wordings of more are not compared word by word
COMMA = "，"  # stands between clauses in a detail
MOST_CHANGES = 3  # more than so many places that differ are a rewording


def describe_change(wording: str, of: str) -> tuple[str, str]:
    """Say how a wording differs from another, word by word.

    Args:
        wording: the variant.
        of: what it is a variant of.

    Returns:
        The change and its detail. The change is `same`; or one or more of `clipped`, `extended`, `substituted`,
        `reordered`, `unquoted` and `quoted` (a piece lost or got its quotation marks), joined with ` + `;
        `repunctuated` if only other marks differ; or `reworded` if more than three places differ, in more than one
        way. The detail shows what was taken out (`- x`), put in (`+ x`), replaced (`x -> y`), the clauses in their new
        order (`order 2 1`), and words that stand elsewhere (`moved x`).
    """
    if wording == of:
        return "same", ""
    before, after = read(of), read(wording)
    marks = list(_requoted(before, after, plain(of), plain(wording)))
    if plain(wording) == plain(of):
        marks = marks or [("repunctuated", f"{_marks(of)} -> {_marks(wording)}")]
        return " + ".join(dict.fromkeys(kind for kind, _ in marks)), "; ".join(text for _, text in marks)
    if max(sum(map(len, reading.clauses)) for reading in (before, after)) > MOST_WORDS:
        return "reworded", ""
    edits = [*_edits(before.clauses, after.clauses), *marks]
    detail = "; ".join(text for _, text in edits)
    inner = [kind for kind, _ in edits if kind in KINDS[:3]]
    if len(inner) > MOST_CHANGES and len(set(inner)) > 1:
        return "reworded", detail
    return " + ".join(kind for kind in KINDS if kind in dict(edits)), detail


def _marks(wording: str) -> str:
    """What of a wording is not counted: its marks, and the number of an item."""
    number = wording[: len(wording) - len(unnumbered(wording))]
    return number + re.sub(r"[\w+]", "", unnumbered(wording))


def _requoted(before: Reading, after: Reading, old: str, new: str) -> Iterator[tuple[str, str]]:
    """Pieces that are quoted in one wording and stand without marks in the other; marks around all of it are outside."""
    yield from (("unquoted", f"“{p}” -> {p}") for p in before.quoted if p in new and p not in (*after.quoted, new))
    yield from (("quoted", f"{p} -> “{p}”") for p in after.quoted if p in old and p not in (*before.quoted, old))


def _edits(before: Sequence[tuple], after: Sequence[tuple]) -> Iterator[tuple[str, str]]:
    """The edits that make one row of clauses of another: the kind of each, and its detail."""
    partner = _partners(before, after)
    order = list(partner.values())
    changes = [change for j, i in partner.items() for change in _word_changes(before[i], after[j])]
    moved = _moved(changes)
    lost, new = list(_rows(before, partner.values())), list(_rows(after, partner.keys()))
    if _hold(changes, 1, lost) or _hold(changes, 0, new):  # clauses have been joined or parted
        changes, order = list(_word_changes([*chain(*before)], [*chain(*after)])), []
        moved = _moved(changes)
    else:
        changes += zip_longest(lost, new, fillvalue=())
    if order != sorted(order):
        yield "reordered", "order " + " ".join(str(i + 1) for i in order)
    for old, fresh in zip(_without(moved, (old for old, _ in changes)), _without(moved, (new for _, new in changes))):
        if old or fresh:
            yield _edit(old, fresh)
    if moved:
        yield "reordered", "moved " + " ".join(sorted(moved))


def _edit(old: str, fresh: str) -> tuple[str, str]:
    """The kind and detail of one edit; what only grew or shrank at one end (切实加强 and 加强) is not replaced."""
    for kind, sign, long, short in (("clipped", "-", old, fresh), ("extended", "+", fresh, old)):
        rest = long.removesuffix(short) if long.endswith(short) else long.removeprefix(short)
        if rest != long or not short:
            return kind, f"{sign} {rest}"
    return "substituted", f"{old} -> {fresh}"


def _rows(clauses: Sequence[tuple], kept: Iterable[int]) -> Iterator[list[str]]:
    """The words of clauses that are not kept; those in a row together."""
    for gone, row in groupby(range(len(clauses)), key=lambda i: i not in kept):
        if gone:
            yield [word for i in row for word in (*clauses[i], COMMA)]


def _moved(changes: Sequence[tuple]) -> Counter:
    """Words that went in one place and came in another, with their number."""
    gone, fresh = (Counter(word for change in changes for word in change[side]) for side in (0, 1))
    return gone & fresh


def _hold(changes: Sequence[tuple], side: int, rows: Sequence[list[str]]) -> bool:
    """Whether the words that came (side 1) or went (0) inside clauses are those of whole clauses."""
    words = {word for change in changes for word in change[side]}
    return any(words.issuperset(row) for row in ({*row} - {COMMA} for row in rows))


def _without(moved: Counter, texts: Iterable[Sequence[str]]) -> Iterator[str]:
    """Texts without the words that only stand elsewhere now, as often as they do."""
    left = moved.copy()
    for words in texts:
        kept = [word for word in words if left[word] < 1 or left.subtract([word])]
        yield "".join(kept).strip(COMMA)


def _partners(before: Sequence[tuple], after: Sequence[tuple]) -> dict[int, int]:
    """For each clause of a wording the clause of another that it stands for: the likest first, each once."""
    scored = []
    for j, fresh in enumerate(after):
        for i, old in enumerate(before):
            shared = math.fsum(map(weight, set(old) & set(fresh)))
            size = math.fsum(map(weight, {*old, *fresh}))
            if shared:
                scored.append((-round(shared / size, 6), abs(i - j), j, i))
    partner: dict[int, int] = {}
    for _, _, j, i in sorted(scored):
        if j not in partner and i not in partner.values():
            partner[j] = i
    return dict(sorted(partner.items()))


def _word_changes(old: Sequence[str], fresh: Sequence[str]) -> Iterator[tuple[Sequence[str], Sequence[str]]]:
    """Words of a clause that differ, in order: those that went and those that stand in their place."""
    for tag, a, b, c, d in SequenceMatcher(None, old, fresh, autojunk=False).get_opcodes():
        if tag != "equal":
            yield old[a:b], fresh[c:d]


def find_variants(mined: pd.DataFrame) -> pd.DataFrame:
    """Tell how the wordings of each family differ.

    Args:
        mined: slogans as `mine_slogans` returns them, or some of its rows.

    Returns:
        A table, one row a distinct wording, the most frequent families first, in each the name, then the most frequent
        wordings:

        - `family` (text): the name of the family.
        - `wording` (text): as it is printed.
        - `change, detail` (text): how it differs, as `describe_change` gives them.
        - `of` (text): what it is compared with, the family's name or, if it is no variant of that, the member it is
          most like.
        - `count` (integer): all occurrences.
        - `nested` (integer): those in longer slogans.
        - `n_articles` (integer): articles with it.
        - `article_id, source, line`: as in `paragraphs`, of the first occurrence.
    """
    found = mined.groupby(["family", "slogan"], sort=False)
    table = found.agg(count=("nested", "size"), nested=("nested", "sum"), n_articles=("article_id", "nunique"))
    table = table.join(found[["article_id", "source", "line"]].first()).reset_index()
    table = table.rename(columns={"slogan": "wording"}).assign(
        size=lambda t: t.groupby("family")["count"].transform("sum")
    )
    table["first"] = table["wording"] != table["family"]
    table = table.sort_values(
        ["size", "family", "first", "count", "wording"], ascending=[False, True, True, False, True]
    )
    members = table.groupby("family")["wording"].agg(list).to_dict()
    table["of"] = [_model(row.wording, row.family, members[row.family]) for row in table.itertuples()]
    changes = [describe_change(row.wording, row.of) for row in table.itertuples()]
    table["change"], table["detail"] = ([change[k] for change in changes] for k in (0, 1))
    return table[VARIANT_COLUMNS].astype({"count": int, "nested": int, "n_articles": int}).reset_index(drop=True)


def _model(wording: str, name: str, members: list[str]) -> str:
    """What a wording is to be compared with: the name of its family, or the member it is most like."""
    reading = read(wording)
    if plain(wording) in plain(name) or plain(name) in plain(wording) or likeness(reading, read(name)) >= ALIKE:
        return name
    others = sorted(other for other in members if other != wording)  # none if only some rows of the family are given
    return max(others, key=lambda other: likeness(reading, read(other)), default=name)


# -- containment ------------------------------------------------------------------------------------------------------


def containment(corpus: Corpus, mined: pd.DataFrame, singles: bool = False) -> pd.DataFrame:
    """Set slogans under the longer slogans that they stand inside of.

    Args:
        corpus: where the occurrences are counted, in all paragraphs.
        mined: its slogans as `mine_slogans` returns them, or some of its rows.
        singles: whether to give wordings, too, that neither hold another nor stand inside one.

    Returns:
        A table, one row a distinct wording, in the order of the tree, parents before children:

        - `wording, count, own, inherited, parent`: as in `count_wordings`.
        - `depth` (integer): 0 for those inside no other, 1 for those inside such a one, and so on.
    """
    counted = count_wordings(corpus.paragraphs["text"], mined["slogan"])
    children: dict[str, list[str]] = defaultdict(list)
    for wording, parent in counted.sort_values(["count", "wording"], ascending=[False, True])[
        ["wording", "parent"]
    ].values:
        children[parent].append(wording)
    rows = []
    waiting = [(root, 0) for root in reversed(children[""]) if singles or children.get(root)]
    while waiting:
        wording, depth = waiting.pop()
        rows.append((wording, depth))
        waiting += [(child, depth + 1) for child in reversed(children.get(wording, []))]
    tree = pd.DataFrame(rows, columns=["wording", "depth"]).astype({"wording": counted["wording"].dtype, "depth": int})
    return tree.merge(counted, on="wording", how="left")[TREE_COLUMNS]
