"""Networks: which words keep company with which, and what is key to each group of texts.

A collocation network joins words that stand near each other more often than chance would have it (Brezina, McEnery and
Wattam 2015). What is drawn depends on the window, the measure and the cut-off, so say all three.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

import pandas as pd

from qdlib.measures import KEYNESS_MEASURES, association, keyness

EDGE_COLUMNS = ["one", "other", "joint", "mi", "log_dice", "g2"]
KEY_COLUMNS = ["group", "term", "target", "reference", "g2", "g2_four", "log_ratio", "log_ratio_low"]


def collocation_network(
    tokens: Iterable[Sequence[str]],
    terms: Iterable[str],
    window: int = 5,
    min_count: int = 3,
    min_log_dice: float = 9.0,
) -> pd.DataFrame:
    """Join terms that stand near each other.

    Args:
        tokens: token lists, one a document; no window crosses from one to the next.
        terms: the words to join, each once.
        window: tokens on each side.
        min_count: least joint count of an edge.
        min_log_dice: least logDice, at most 14; 7 and more is usually taken as strong (Rychly 2008).

    Returns:
        A table, one row an edge, strongest logDice first; it does not depend on the order of the two terms:

        - `one, other` (text): the terms.
        - `joint` (integer): the occurrences with the other term at most `window` tokens away, of the term that has
          fewer of them, so it is never more than either term has.
        - `mi, log_dice, g2`: as in `association`, with the rarer term as the collocate.

    Raises:
        ValueError: the window or the least count is below 1.
    """
    for name, value in (("window", window), ("min_count", min_count)):
        if value < 1:
            raise ValueError(f"{name} must be 1 or more, got {value!r}")
    wanted = set(terms)
    counts, beside, total = Counter(), Counter(), 0
    for document in tokens:
        total += len(document)
        counts.update(token for token in document if token in wanted)
        beside.update(_beside(document, wanted, window))
    edges = []
    for one, other in sorted(pair for pair in beside if pair[0] < pair[1]):
        n = min(beside[one, other], beside[other, one])
        if n >= min_count:
            rarer, node = sorted((one, other), key=lambda term: (counts[term], term))
            row = association(pd.Series({rarer: n}), counts[node], pd.Series({rarer: counts[rarer]}), total, 2 * window)
            edges.append([one, other, n, *row[["mi", "log_dice", "g2"]].iloc[0]])
    table = pd.DataFrame(edges, columns=EDGE_COLUMNS)
    table = table[table["log_dice"] >= min_log_dice]
    return table.sort_values(["log_dice", "one", "other"], ascending=[False, True, True], ignore_index=True)


def _beside(document: Sequence[str], wanted: set[str], window: int) -> Iterator[tuple[str, str]]:
    """For each occurrence of a term, the term and each other one that stands near it."""
    for i, token in enumerate(document):
        if token in wanted:
            yield from (
                (token, other) for other in wanted.intersection(document[max(i - window, 0) : i + window + 1]) - {token}
            )


def keyness_by_group(
    tokens: Sequence[Sequence[str]], groups: Sequence[str], measure: str = "log_ratio_low", min_count: int = 3
) -> pd.DataFrame:
    """Compare each group of documents with all others, term by term.

    Args:
        tokens: token lists, one a document.
        groups: the group of each: its outlet, year, article or page; documents with an empty or missing one are left out.
        measure: what the rows of a group are sorted by, one of those of `keyness`.
        min_count: least count of a term in the group.

    Returns:
        A table, one row a group and term, the key terms of each group first:

        - `group` (text): the group.
        - `term` (text): the term.
        - `target, reference` (integer): its count in the group, and in all others.
        - `g2, g2_four, log_ratio, log_ratio_low`: as in `keyness`.

    Raises:
        ValueError: the lengths differ, the measure is unknown, or there are not two groups with tokens.
    """
    if len(tokens) != len(groups):
        raise ValueError(f"groups has {len(groups)} names for {len(tokens)} token lists; give one a document")
    if measure not in KEYNESS_MEASURES:
        raise ValueError(f"measure must be one of {', '.join(KEYNESS_MEASURES)}, got {measure!r}")
    counts: dict[str, Counter[str]] = {}
    for document, group in zip(tokens, groups):
        if pd.notna(group) and group:
            counts.setdefault(group, Counter()).update(document)
    counts = {group: count for group, count in counts.items() if count}
    if len(counts) < 2:
        raise ValueError(f"groups must hold two groups with tokens or more, got {', '.join(counts) or 'none'}")
    total = sum(counts.values(), Counter())
    tables = []
    for group, count in counts.items():
        table = keyness(count, total - count, measure)
        tables.append(table[table["target"] >= min_count].assign(group=group))
    return pd.concat(tables, ignore_index=True)[KEY_COLUMNS]
