"""What is compared with what: each text with the others where they are few, else groups of them."""

from __future__ import annotations

from pathlib import PurePosixPath

import pandas as pd

from qdlib.corpus import Corpus

MOST = 12  # more cannot be told apart in one figure
ALL = "all texts"
UNKNOWN = "unknown"


def source_groups(corpus: Corpus, by: str = "", most: int = MOST) -> dict[str, str]:
    """Say to which group each source belongs, for comparing.

    Args:
        corpus: the corpus.
        by: `source` (each for itself), `year`, `decade`, `outlet`, `folder` (the first one below the corpus's), or a column of
            `corpus.metadata`. If not given, the sources themselves where they are `most` or fewer, else the first of
            these that makes two to `most` groups, none of them of unknown texts only.
        most: groups, if `by` is not given.

    Returns:
        A label for each source: that of `Corpus.labels`, the year, ...; `unknown` where nothing is known. If no grouping
        serves, all sources are in one group, `all texts`.

    Raises:
        ValueError: there is no such grouping.
    """
    ways = _ways(corpus)
    if by and by not in ways:
        raise ValueError(f"by must be one of {', '.join(ways)}, got {by!r}; a table of metadata can add columns")
    if by:
        return ways[by].to_dict()
    if len(corpus.articles["source"].unique()) <= most:
        return ways["source"].to_dict()
    for groups in (groups for way, groups in ways.items() if way != "source"):
        known = groups[groups != UNKNOWN]
        if 2 <= known.nunique() <= most and len(known) > len(groups) / 2:
            return groups.to_dict()
    return dict.fromkeys(corpus.sources["source"], ALL)


def _ways(corpus: Corpus) -> dict[str, pd.Series]:
    """The label of each source in each way of grouping."""
    names = corpus.sources["source"]
    first = corpus.articles.drop_duplicates("source").set_index("source").reindex(names)
    date, metadata = first["date"].fillna(""), corpus.metadata.set_index("source").reindex(names)
    folders = [path.parts[0] if len(path.parts) > 1 else "" for path in map(PurePosixPath, names)]
    ways = {
        "source": pd.Series(corpus.labels()),
        "year": date.str[:4],
        "decade": date.str[:3].where(date == "", date.str[:3] + "0s"),
        "outlet": first["outlet"].fillna(""),
        "folder": pd.Series(folders, index=names),
        **{
            column: metadata[column].fillna("").astype(str).str[:40]
            for column in metadata
            if column not in ("", "date")
        },
    }
    return {way: groups.where(groups != "", UNKNOWN) for way, groups in ways.items()}
