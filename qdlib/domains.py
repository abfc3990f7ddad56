"""Which domain of metaphor rules where: rates with intervals, shares of groups compared, and claims put to the test.

Metaphors clump: one writer, one image, one paragraph. So groups are compared by drawing whole paragraphs or articles, never
single hits.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from scipy.sparse import csr_array

from qdlib.corpus import Corpus
from qdlib.measures import rate_interval
from qdlib.metaphor import DOMAINS, searched

GROUPS = ("article", "source", "outlet", "date", "year")
RATE_COLUMNS = ["group", "domain", "n", "n_articles", "articles", "n_chars", "per_1000", "low", "high"]
SHARE_COLUMNS = ["group", "domain", "n", "share", "low", "high", "rank", "leads", "p_leads", "p_share"]


def metaphor_rates(metaphors: pd.DataFrame, corpus: Corpus, by: str | Mapping[str, str] = "article") -> pd.DataFrame:
    """Count metaphors of each domain per 1,000 characters.

    The interval is exact for a Poisson count (`rate_interval`): it takes hits as independent, but they clump in articles,
    so it is too narrow for saying how a year or an outlet differs from another; `compare_domains` asks that.

    Args:
        metaphors: a table of `find_metaphors`, or some of its rows.
        corpus: the corpus they were found in.
        by: `article`, `source`, `outlet`, `date` or `year`, or a label for each source; articles of which it is unknown are the group ``.

    Returns:
        A table, one row a group and domain, those without hits included, in the order of the corpus:

        - `group` (text): the article, source, outlet, date or year; empty where it is unknown.
        - `domain`: as in `metaphor_lexicon`.
        - `n` (integer): hits.
        - `n_articles, articles` (integer): articles of the group with a hit, and all.
        - `n_chars` (integer, characters): searched.
        - `per_1000` (number, per 1,000 characters): the rate.
        - `low, high` (number, per 1,000 characters): its 95 % interval.

    Raises:
        ValueError: `by` is unknown, or a hit is of an article that the corpus does not have.
    """
    group_of = _groups(corpus, by)
    _check_articles(metaphors, group_of)
    paragraphs = searched(corpus)
    n_chars = paragraphs["text"].str.len().groupby(paragraphs["article_id"].map(group_of), sort=False).sum()
    articles = paragraphs.groupby(paragraphs["article_id"].map(group_of), sort=False)["article_id"].nunique()
    cells = metaphors.groupby([metaphors["article_id"].map(group_of), "domain"])["article_id"].agg(["size", "nunique"])
    hits = {cell: (int(n), int(spread)) for cell, n, spread in cells.itertuples()}
    rows = []
    for group in n_chars[n_chars > 0].index:
        for domain in _domains(metaphors):
            n, spread = hits.get((group, domain), (0, 0))
            size = int(n_chars[group])
            low, high = rate_interval(n, size / 1000)
            rows.append([group, domain, n, spread, int(articles[group]), size, 1000 * n / size, low, high])
    return pd.DataFrame(rows, columns=RATE_COLUMNS)


def _domains(metaphors: pd.DataFrame) -> list[str]:
    """The domains of the package, then others that a lexicon of one's own has brought, by name."""
    return [*DOMAINS, *sorted(set(metaphors["domain"]) - set(DOMAINS))]


def _groups(corpus: Corpus, by: str | Mapping[str, str]) -> pd.Series:
    """The group of each article."""
    articles = corpus.articles.set_index("article_id", drop=False).rename_axis(None)
    if isinstance(by, Mapping):
        return articles["source"].map(by).fillna("").astype(str)
    if by not in GROUPS:
        raise ValueError(f"by must be one of {', '.join(GROUPS)}, or a label for each source, got {by!r}")
    if by == "year":
        return articles["date"].fillna("").astype(str).str[:4]
    return articles["article_id" if by == "article" else by].fillna("").astype(str)


def _check_articles(metaphors: pd.DataFrame, group_of: pd.Series) -> None:
    """Refuse hits of another corpus."""
    strange = metaphors.loc[~metaphors["article_id"].isin(group_of.index), "article_id"]
    if len(strange):
        raise ValueError(
            f"metaphors has article {strange.iloc[0]!r}, which the corpus does not have; give their own corpus"
        )


def compare_domains(
    metaphors: pd.DataFrame,
    corpus: Corpus,
    by: str = "source",
    unit: str = "paragraph",
    draws: int = 2000,
    seed: int = 1,
) -> pd.DataFrame:
    """Compare what share each domain has of the metaphors of each group, with doubt that respects clumping.

    Two questions, answered by whole units (paragraphs or articles), since their metaphors come together:

    - How sure is the order within a group? Its units are drawn again with replacement: `low, high` are the 2.5 and 97.5
      per cent points of the share, `leads` is how often the domain leads.
    - Could the groups be one and the same? Units are dealt out to the groups anew, each group keeping its number:
      `p_leads` is how often the domain would lead the group all the same, `p_share` how often its share would be as high
      as it is, (k + 1) / (draws + 1). A domain that leads everywhere has a high `p_leads`: that it leads is no mark of the group.

    `p_leads` says nothing of a domain that does not lead. Neither knows more than the units at hand: with one page a group,
    a small `p_share` says that the pages differ, not that the years or the outlets do. There are as many tests as rows;
    settle what to ask before (`check_claims`).

    Args:
        metaphors, corpus, by: see `metaphor_rates`.
        unit: `paragraph` or `article`; articles are the safer unit where a group has several.
        draws: of each kind.
        seed: of the draws.

    Returns:
        A table, one row a group and domain. Values are missing where a group has no metaphor, or, for what is drawn
        again, a single unit.

        - `group, domain, n`: as in `metaphor_rates`.
        - `share` (number, 0 to 1): of the metaphors of the group.
        - `low, high` (number, 0 to 1): its 2.5 and 97.5 per cent points.
        - `rank` (number, from 1): in the group, 1 being most; ties share the best.
        - `leads` (number, 0 to 1): how often it leads when units are drawn again; a lead may be shared.
        - `p_leads` (number, 0 to 1): how often it would lead all the same if units were dealt out anew.
        - `p_share` (number, 0 to 1): how often its share would be as high then.

    Raises:
        ValueError: `by` or `unit` is unknown, `draws` is no positive number, or a hit is of another corpus.
    """
    groups, observed, again, dealt = _draw(metaphors, corpus, by, unit, draws, seed)
    return _table(groups, _domains(metaphors), observed, again, dealt)


def check_claims(
    metaphors: pd.DataFrame,
    corpus: Corpus,
    claims: Mapping[str, str],
    by: str = "year",
    unit: str = "paragraph",
    draws: int = 2000,
    seed: int = 1,
) -> pd.DataFrame:
    """Test claims of the kind "this domain rules that year", made before the counts were seen, one by one and together.

    Args:
        metaphors, corpus, by, unit, draws, seed: see `compare_domains`.
        claims: the domain that is said to rule each group, by the group's name.

    Returns:
        The rows of `compare_domains` for the claims, and a last row `all`, for which `low`, `high`, `rank` and `leader`
        are empty:

        - `group, domain, n`: as in `metaphor_rates`; in the last row of all claims.
        - `share` (number, 0 to 1): of the metaphors of the group; in the last row the mean of the claimed shares.
        - `low, high, rank`: as in `compare_domains`.
        - `leads` (number, 0 to 1): how often it leads, in the last row all lead at once, when units are drawn again.
        - `p_leads` (number, 0 to 1): how often it does, in the last row all do, when units are dealt out anew.
        - `p_share` (number, 0 to 1): how often its share, in the last row the mean, is as high then.
        - `leader` (text): the domain that does lead (the first, if several).

    Raises:
        ValueError: as `compare_domains`; or there is no claim, or one of a group or domain that is not there.
    """
    groups, observed, again, dealt = _draw(metaphors, corpus, by, unit, draws, seed)
    domains = _domains(metaphors)
    for group, domain in claims.items():
        if group not in groups or domain not in domains:
            raise ValueError(
                f"claims has {group!r}: {domain!r}; groups are {', '.join(map(str, groups))}, domains {', '.join(domains)}"
            )
    if not claims:
        raise ValueError("claims must name a domain for at least one group, such as {'2021': 'motion'}")
    where = [groups.index(group) for group in claims], [domains.index(domain) for domain in claims.values()]
    table = _table(groups, domains, observed, again, dealt).set_index(["group", "domain"])
    rows = table.loc[list(claims.items())].reset_index()
    rows["leader"] = [domains[observed[i].argmax()] if observed[i].any() else "" for i in where[0]]
    mean = _shares(observed)[where].mean()
    together = {
        "group": "all",
        "domain": "",
        "n": int(observed[where].sum()),
        "share": mean,
        "leads": rows["leads"].iloc[0] if len(rows) == 1 else _leading(again)[:, *where].all(axis=1).mean(),
        "p_leads": _chance(_leading(dealt)[:, *where].all(axis=1)),
        "p_share": _chance(_as_high(_shares(dealt)[:, *where].mean(axis=1), mean)),
        "leader": "",
    }
    return pd.concat([rows, pd.DataFrame([together])], ignore_index=True)


def _draw(
    metaphors: pd.DataFrame, corpus: Corpus, by: str, unit: str, draws: int, seed: int
) -> tuple[list[str], np.ndarray, np.ndarray, np.ndarray]:
    """The groups, their counts of each domain, and those of the draws: units drawn again (NaN for a single unit), dealt anew."""
    if draws < 1:
        raise ValueError(f"draws must be at least 1, got {draws!r}")
    counts, codes, groups = _units(metaphors, corpus, by, unit)
    rng = np.random.default_rng(seed)
    n = len(groups)
    dealt = np.stack([_by_group(counts, rng.permutation(codes), n) for _ in range(draws)])
    again = np.stack([_by_group(*_resample(counts, codes, rng), n) for _ in range(draws)]).astype(float)
    again[:, np.bincount(codes, minlength=n) < 2] = np.nan
    return groups, _by_group(counts, codes, n), again, dealt


def _table(
    groups: list[str], domains: list[str], observed: np.ndarray, again: np.ndarray, dealt: np.ndarray
) -> pd.DataFrame:
    """The table of `compare_domains` from the counts and those of the draws."""
    share, resampled = _shares(observed), _shares(again)
    empty, alone = np.isnan(share), np.isnan(again).all(axis=0)
    more = (observed[:, None, :] > observed[:, :, None]).sum(axis=2)
    table = {
        "n": observed,
        "share": share,
        "low": _quantile(resampled, 0.025),
        "high": _quantile(resampled, 0.975),
        "rank": np.where(empty, np.nan, 1 + more),
        "leads": np.where(empty | alone, np.nan, _leading(again).mean(axis=0)),
        "p_leads": np.where(empty, np.nan, _chance(_leading(dealt))),
        "p_share": np.where(empty, np.nan, _chance(_as_high(_shares(dealt), share))),
    }
    rows = pd.MultiIndex.from_product([groups, domains], names=["group", "domain"])
    return pd.DataFrame({name: cells.ravel() for name, cells in table.items()}, index=rows).reset_index()[SHARE_COLUMNS]


def _units(metaphors: pd.DataFrame, corpus: Corpus, by: str, unit: str) -> tuple[csr_array, np.ndarray, list[str]]:
    """Counts of units x domains, the group of each unit as a number, and the groups."""
    if unit not in ("paragraph", "article"):
        raise ValueError(f"unit must be paragraph or article, got {unit!r}")
    group_of = _groups(corpus, by)
    _check_articles(metaphors, group_of)
    keys = ["article_id", "paragraph"] if unit == "paragraph" else ["article_id"]
    units = pd.MultiIndex.from_frame(searched(corpus)[keys].drop_duplicates())
    codes, groups = pd.factorize(units.get_level_values(0).map(group_of))
    places = units.get_indexer(pd.MultiIndex.from_frame(metaphors[keys]))
    domains = _domains(metaphors)
    columns = pd.Index(domains).get_indexer(metaphors["domain"])
    return (
        csr_array((np.ones(len(places), int), (places, columns)), shape=(len(units), len(domains))),
        codes,
        list(groups),
    )


def _by_group(counts: csr_array, codes: np.ndarray, n: int) -> np.ndarray:
    """Sums of the units of each group, groups x domains."""
    member = csr_array((np.ones(len(codes), int), (codes, np.arange(len(codes)))), shape=(n, len(codes)))
    return (member @ counts).toarray()


def _resample(counts: csr_array, codes: np.ndarray, rng: np.random.Generator) -> tuple[csr_array, np.ndarray]:
    """As many units of each group, drawn with replacement."""
    order = np.argsort(codes, kind="stable")
    sizes = np.bincount(codes)
    begins = np.repeat(np.cumsum(sizes) - sizes, sizes)
    drawn = order[begins + (rng.random(len(codes)) * np.repeat(sizes, sizes)).astype(int)]
    return counts[drawn], codes[drawn]


def _shares(counts: np.ndarray) -> np.ndarray:
    """Shares within groups along the last axis; NaN where a group has nothing."""
    total = counts.sum(axis=-1, keepdims=True)
    return counts / np.where(total > 0, total, np.nan)


def _leading(counts: np.ndarray) -> np.ndarray:
    """Whether a domain has as many as any other, and some."""
    return (counts == counts.max(axis=-1, keepdims=True)) & (counts > 0)


def _as_high(drawn: np.ndarray, observed: np.ndarray | float) -> np.ndarray:
    """Whether drawn shares reach the observed ones; rounded, since the same share may differ in its last digits."""
    return np.round(drawn, 12) >= np.round(observed, 12)


def _chance(happens: np.ndarray) -> np.ndarray:
    """Probability of what happens in some of the draws, the observed order counted as one of them."""
    return (happens.sum(axis=0) + 1) / (len(happens) + 1)


def _quantile(drawn: np.ndarray, q: float) -> np.ndarray:
    """Quantile over the draws, those that are NaN left out."""
    flat = pd.DataFrame(drawn.reshape(len(drawn), -1))
    return flat.quantile(q).to_numpy().reshape(drawn.shape[1:])
