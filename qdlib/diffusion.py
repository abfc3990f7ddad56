"""Diffusion: who says a wording first, who repeats it, and how often in each period.

A date says only what it says: 2022 is no earlier than 2022-07-19 and no later, and an undated text may be older than all.
Each table therefore says how sure a first use is, and counts reprints apart from uses of one's own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace

import numpy as np
import pandas as pd
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from qdlib.corpus import Corpus, day_range
from qdlib.duplicates import find_duplicates
from qdlib.measures import rate_interval
from qdlib.slogans import named_speaker, spoken_under
from qdlib.subjects import acting
from qdlib.wordings import Wordings, locate, traced

COLUMNS = [
    "wording", "article_id", "paragraph", "source", "line", "start", "end", "date", "outlet", "genre", "actor", "actor_kind",
    "duplicate_of",
]  # fmt: skip
FIRST_COLUMNS = [
    "first", "article_id", "source", "line", "outlet", "actor", "last", "n", "n_distinct", "earlier", "tied", "doubt",
]  # fmt: skip
ADOPTION_COLUMNS = ["first", "lag", "order", "n", "n_distinct"]
TIMELINE_COLUMNS = ["wording", "period", "n", "n_distinct", "n_articles", "n_chars", "rate", "low", "high"]
GROUPS = ("outlet", "actor", "source", "date", "genre", "article_id")
FREQUENCIES = {"year": 4, "month": 7, "day": 10}  # characters of an ISO date
PER = 10_000  # characters


# -- occurrences ------------------------------------------------------------------------------------------------------


def occurrences(corpus: Corpus, wordings: Wordings, by: str = "slogan") -> pd.DataFrame:
    """Find every occurrence of wordings on the text, with who says it where and when.

    Args:
        corpus, wordings, by: as in `find_wordings`.

    Returns:
        A table, one row an occurrence in the order of the corpus:

        - `wording` (text): as it was given, or the name of the family.
        - `article_id, paragraph, source, line, start, end`: as in `paragraphs`, of the occurrence.
        - `date, outlet, genre`: as in `articles`.
        - `actor` (text): the speaker of the quotation that it stands in, else the one whom its sentence names as
          acting; or empty.
        - `actor_kind` (text, one of speaker, organisation, place, person, document, meeting): what that is; or empty.
        - `duplicate_of` (text): the oldest of the articles found that are nearly the same text; empty for that one and
          for all that are no reprints.

    Raises:
        TypeError: `wordings` is one string.
        ValueError: a wording has no character but quotation marks, or a mined row is not of this corpus.
    """
    table, found, _ = locate(corpus, wordings, by)
    made = traced(corpus, table, found)
    texts, above = table["text"].tolist(), spoken_under(table)
    spans = found[["text", "start", "end"]].itertuples(index=False, name=None)
    actors = [_actor(texts[row], above[row], start, end) for row, start, end in spans]
    made["actor"], made["actor_kind"] = (pd.Series([a[i] for a in actors], dtype="str") for i in range(2))
    made = made.join(corpus.articles.set_index("article_id")[["date", "outlet", "genre"]], on="article_id")
    used = {name: _of(getattr(corpus, name), made["article_id"]) for name in ("articles", "paragraphs")}
    originals = _originals(used["articles"], find_duplicates(replace(corpus, **used), unit="article"))
    made["duplicate_of"] = made["article_id"].map(lambda article: originals.get(article, "")).astype("str")
    return made[COLUMNS]


def _of(table: pd.DataFrame, articles: Iterable[str]) -> pd.DataFrame:
    """The rows of a table that are of some articles."""
    return table[table["article_id"].isin(set(articles))]


def _originals(articles: pd.DataFrame, pairs: pd.DataFrame) -> dict[str, str]:
    """The oldest article of each that is a reprint of it, by pairs of duplicates; where dates do not tell, the first."""
    names = articles["article_id"].tolist()
    number = {name: i for i, name in enumerate(names)}
    pairs = pairs[pairs["document"].isin(number) & pairs["other"].isin(number)]
    edges = pairs["document"].map(number).astype(int), pairs["other"].map(number).astype(int)
    graph = coo_array(([1] * len(pairs), edges), shape=(len(names), len(names)))
    groups = connected_components(graph, directed=False)[1] if names else []
    oldest: dict[int, str] = {}
    originals = {}
    age = [day_range(when)[1] for when in articles["date"]]
    for i in sorted(range(len(names)), key=lambda i: (age[i], i)):
        first = oldest.setdefault(groups[i], names[i])
        if first != names[i]:
            originals[names[i]] = first
    return originals


_STOPS = "。！？!?…\n"
_REACH = 300  # characters of a sentence on either side that are read


def _actor(text: str, above: str, start: int, end: int) -> tuple[str, str]:
    """Who says or does what stands at a span of a paragraph, under a speaker's line or not: see `occurrences`."""
    speaker = above or named_speaker(text, start, end)
    if speaker:
        return speaker, "speaker"
    low = max(0, start - _REACH)
    begin = max(low, *(text.rfind(stop, low, start) + 1 for stop in _STOPS))
    stops = [at for stop in _STOPS if (at := text.find(stop, end, end + _REACH)) >= 0]
    return acting(text[begin : min(stops, default=end + _REACH)], start - begin)


# -- who was first, who followed --------------------------------------------------------------------------------------


def first_uses(occurrences: pd.DataFrame, corpus: Corpus, by: str | None = None) -> pd.DataFrame:
    """Say who used each wording first, and how far the corpus bears that out.

    Args:
        occurrences: of `occurrences`.
        corpus: the corpus they are of, which says what else was there to use the wording.
        by: `outlet, actor, source, date, genre` or `article_id`: the first use in each of these, where it is known; in
            the whole corpus if not given.

    Returns:
        A table, one row a wording (and a value of `by`), the oldest first:

        - `wording`: as in `occurrences`.
        - `...` (text): the value of `by`, under its name.
        - `first` (text, ISO date): of the oldest use.
        - `article_id, source, line, outlet, actor`: as in `occurrences`, of the oldest use.
        - `last` (text, ISO date): of the youngest use.
        - `n` (integer): uses.
        - `n_distinct` (integer): uses in articles that are no reprints.
        - `earlier` (integer): articles (captions left out) that are older for certain, which all lack it (of the same
          outlet, source or genre with such a `by`): with 0 "first" means nothing.
        - `tied` (integer): other articles with it that may be as old.
        - `doubt` (text): by what dates they may.

    Raises:
        ValueError: `by` is unknown.
    """
    _check(by, (None, *GROUPS))
    articles = corpus.articles[corpus.articles["genre"] != "caption"]
    articles = articles.assign(youngest=[day_range(when)[1] for when in articles["date"]])
    rows = []
    for key, group in _groups(occurrences, by):
        first, tied, doubt = _first(group)
        others = articles[articles[by] == key[by]] if by in ("outlet", "source", "genre") else articles
        earlier = int((others["youngest"] < first["oldest"]).sum())
        place = {name: first[name] for name in ("article_id", "source", "line", "outlet", "actor")}
        last = group.sort_values(["oldest", "youngest"], kind="stable")["date"].iloc[-1]
        told = {"last": last, **_counts(group), "earlier": earlier, "tied": tied, "doubt": doubt}
        rows.append({**key, "first": first["date"], **place, **told, "youngest": first["youngest"]})
    keys = ["wording", by] if by else ["wording"]
    table = pd.DataFrame(rows, columns=list(dict.fromkeys([*keys, *FIRST_COLUMNS, "youngest"])))
    return table.sort_values(["youngest", *keys], ignore_index=True).drop(columns="youngest")


def _check(by: str | None, allowed: tuple) -> None:
    """Refuse a column that does not group occurrences."""
    if by not in allowed:
        raise ValueError(f"by must be one of {', '.join(map(str, allowed))}, got {by!r}")


def _groups(occurrences: pd.DataFrame, by: str | None) -> Iterator[tuple[dict[str, str], pd.DataFrame]]:
    """The uses of each wording (and known value of `by`), with the first and last day that their dates may mean."""
    known = occurrences[occurrences[by] != ""] if by else occurrences
    spans = [day_range(when) for when in known["date"]]
    known = known.assign(oldest=[low for low, _ in spans], youngest=[high for _, high in spans])
    keys = ["wording", by] if by else ["wording"]
    for key, group in known.groupby(keys, sort=False):
        yield dict(zip(keys, key)), group


def _counts(group: pd.DataFrame) -> dict[str, int]:
    """All uses, and those in articles that are no reprints."""
    return {"n": len(group), "n_distinct": int((group["duplicate_of"] == "").sum())}


def _first(group: pd.DataFrame) -> tuple[pd.Series, int, str]:
    """The use that is known to be the oldest, how many other articles may be as old, and by what dates."""
    first = group.sort_values("youngest", kind="stable").iloc[0]
    rivals = group[(group["oldest"] <= first["youngest"]) & (group["article_id"] != first["article_id"])]
    dates = rivals.drop_duplicates("article_id")["date"]
    kinds = Counter(
        "no date" if not when else "same date" if when == first["date"] else "overlapping date" for when in dates
    )
    return first, len(dates), "; ".join(f"{kind}: {n}" for kind, n in sorted(kinds.items()))


def adoption(occurrences: pd.DataFrame, by: str = "outlet") -> pd.DataFrame:
    """Say who took up each wording, in which order and how much later.

    Args:
        occurrences: of `occurrences`.
        by: who: `outlet, actor, source, date, genre` or `article_id`. Occurrences where it is not known are left out.

    Returns:
        A table, one row a wording and a value of `by`, in the order of the wordings' first dates:

        - `wording`: as in `occurrences`.
        - `...` (text): the value of `by`, under its name.
        - `first` (text, ISO date): of its oldest use there.
        - `lag` (integer, days): after the oldest use anywhere; missing unless both dates are days.
        - `order` (integer, from 1): 1 and the number of those that were earlier for certain; missing without a date.
          Those whose dates do not tell share theirs.
        - `n` (integer): uses.
        - `n_distinct` (integer): uses in articles that are no reprints (0: it only reprinted).

    Raises:
        ValueError: `by` is unknown.
    """
    _check(by, GROUPS)
    oldest = {key["wording"]: _first(group)[0] for key, group in _groups(occurrences, None)}
    rows = []
    for key, group in _groups(occurrences, by):
        first, start = _first(group)[0], oldest[key["wording"]]
        exact = first["oldest"] == first["youngest"] and start["oldest"] == start["youngest"]
        lag = first["oldest"] - start["oldest"] if exact else pd.NA
        span = {"start": start["youngest"], "oldest": first["oldest"], "youngest": first["youngest"]}
        rows.append({**key, "first": first["date"], "lag": lag, **_counts(group), **span})
    table = pd.DataFrame(rows, columns=["wording", by, *ADOPTION_COLUMNS, "start", "oldest", "youngest"])
    table["order"] = _orders(table)
    table = table.sort_values(["start", "wording", "youngest", by], ignore_index=True)
    return table.astype({"lag": "Int64", "order": "Int64"})[["wording", by, *ADOPTION_COLUMNS]]


def _orders(table: pd.DataFrame) -> pd.Series:
    """1 and the number of adopters of the same wording whose dates lie before for certain; missing without a date."""
    orders = pd.Series(pd.NA, table.index, dtype="Int64")
    for _, group in table.groupby("wording", sort=False):
        ends = np.sort(group["youngest"].to_numpy(int))
        orders[group.index] = np.searchsorted(ends, group["oldest"].to_numpy(int), side="left") + 1
    return orders.where(table["first"] != "")


def spread(occurrences: pd.DataFrame, by: str = "actor") -> pd.DataFrame:
    """Return wordings against those who use them, in an order that makes a figure readable.

    Args:
        occurrences: of `occurrences`.
        by: who uses them: see `adoption`.

    Returns:
        A long table, one row a pair that occurs; its first two columns are ordered categories, which a pivot keeps:
        wordings by their first date, actors by how many wordings they use, then by uses and name.

        - `wording`: as in `occurrences`.
        - `...` (text): the value of `by`, under its name.
        - `kind` (text): of an actor, as in `occurrences`; else the name of the column.
        - `n` (integer): uses.
        - `n_distinct` (integer): uses in articles that are no reprints.
        - `first` (text, ISO date): of the oldest use.

    Raises:
        ValueError: `by` is unknown.
    """
    table = adoption(occurrences, by)
    kinds = occurrences.groupby(by)["actor_kind"].agg(lambda kind: kind.mode().iloc[0]) if by == "actor" else {}
    table["kind"] = [kinds[who] if by == "actor" else by for who in table[by]]
    ranks = table.groupby(by)["n"].agg(["size", "sum"]).reset_index()
    ranks = ranks.sort_values(["size", "sum", by], ascending=[False, False, True])
    table["wording"] = pd.Categorical(table["wording"], table["wording"].unique(), ordered=True)
    table[by] = pd.Categorical(table[by], ranks[by], ordered=True)
    table = table[list(dict.fromkeys(["wording", by, "kind", "n", "n_distinct", "first"]))]
    return table.sort_values(["wording", by], ignore_index=True)


# -- how often, when --------------------------------------------------------------------------------------------------


def timeline(corpus: Corpus, wordings: Wordings, freq: str = "year", by: str = "slogan") -> pd.DataFrame:
    """Count wordings in each period that the corpus covers, as rates with their intervals.

    Args:
        corpus, wordings, by: as in `find_wordings`.
        freq: `year`, `month` or `day`. Articles with a coarser date or none have no period; `attrs["unplaced"]` of the table
            says how many.

    Returns:
        A table, one row a wording and a period with text, 0 where it does not occur; periods without text are left out,
        since nothing is known of them:

        - `wording`: as in `occurrences`.
        - `period` (text): the year, month or day.
        - `n` (integer): occurrences.
        - `n_distinct` (integer): those in articles that are no reprints.
        - `n_articles` (integer): articles of the period, without reprints and captions.
        - `n_chars` (integer, characters): of the period, without reprints.
        - `rate` (number, per 10,000 characters): n_distinct for 10,000 of n_chars; missing where a period has only
          reprints.
        - `low, high` (number, per 10,000 characters): its Poisson interval at 95 % (`rate_interval`).

    Raises:
        TypeError, ValueError: as for `occurrences`, or `freq` is unknown.
    """
    if freq not in FREQUENCIES:
        raise ValueError(f"freq must be one of {', '.join(FREQUENCIES)}, got {freq!r}")
    table, found, names = locate(corpus, wordings, by)
    pairs = find_duplicates(corpus, unit="article")
    length, dates = FREQUENCIES[freq], corpus.articles.set_index("article_id")["date"]
    periods = dates.str[:length].where(dates.str.len() >= length)
    hits = table[["article_id"]].iloc[found["text"]].assign(wording=found["wording"].to_numpy())
    hits["distinct"] = ~hits["article_id"].isin(_originals(_of(corpus.articles, hits["article_id"]), pairs))
    counts = hits.groupby(["wording", hits["article_id"].map(periods).astype("str")])["distinct"].agg(
        n="size", n_distinct="sum"
    )
    sizes = _sizes(corpus, table, set(_originals(corpus.articles, pairs))).groupby(periods).sum()
    grid = pd.MultiIndex.from_product([names, sizes.index], names=TIMELINE_COLUMNS[:2])
    made = counts.rename_axis(grid.names).reindex(grid, fill_value=0).join(sizes, on="period").reset_index()
    rates = [_rates(*count) for count in zip(made["n_distinct"], made["n_chars"])]
    made[TIMELINE_COLUMNS[6:]] = pd.DataFrame(rates, columns=TIMELINE_COLUMNS[6:], dtype=float)
    made.attrs["unplaced"] = int(periods.isna().sum())
    return made[TIMELINE_COLUMNS]


def _sizes(corpus: Corpus, table: pd.DataFrame, reprints: set[str]) -> pd.DataFrame:
    """For each article with text whether it counts as an article, and its characters: none of a reprint."""
    sizes = table["text"].str.len().groupby(table["article_id"]).sum().to_frame("n_chars")
    genres = corpus.articles.set_index("article_id")["genre"].reindex(sizes.index)
    sizes.insert(0, "n_articles", (genres != "caption").astype(int))
    sizes.loc[sizes.index.isin(reprints)] = 0
    return sizes


def _rates(count: int, n_chars: int) -> list[float]:
    """A count for 10,000 characters with its interval; missing if there are no characters."""
    if not n_chars:
        return [np.nan] * 3
    return [PER * rate for rate in (count / n_chars, *rate_interval(count, n_chars))]
