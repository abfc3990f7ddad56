"""Texts that occur twice: found and reported, never dropped, since whether a reprint counts twice is the researcher's choice."""

from __future__ import annotations

import re

import pandas as pd

from qdlib.corpus import Corpus

DUPLICATE_COLUMNS = [
    "document",
    "other",
    "similarity",
    "n_chars",
    "source",
    "line",
    "other_source",
    "other_line",
    "text",
]

SHINGLE = 5  # characters
_HASHES = 128
_MARGIN = 0.15  # candidates are looked for so far below the threshold, so that few above it are missed


def find_duplicates(corpus: Corpus, unit: str = "paragraph", threshold: float = 0.5, least: int = 20) -> pd.DataFrame:
    """Return the pairs of documents that are the same or nearly so.

    The similarity is the Jaccard index of two documents' sets of 5-character shingles, space left out: the share of the
    shingles of both that are in each; from 0 to 1, 1 for the same text. Candidates come from MinHash with locality-sensitive
    hashing, the figure itself is exact. A short text inside a long one scores low: this finds reprints, not quotations.

    Args:
        corpus: the corpus.
        unit: what is compared: `article`, `section`, `paragraph` or `sentence`.
        threshold: least similarity of a pair, above 0 and at most 1. At 0.5 a reprint with one character in twenty changed is found; at
            0.8 only one with fewer than one in fifty.
        least: least length of a document in characters; shorter ones repeat by chance.

    Returns:
        A table, one row a pair, the most similar and longest first; empty if nothing occurs twice:

        - `document, other` (text): the names of the two, as in `Corpus.documents`.
        - `similarity` (number, 0 to 1): the Jaccard index.
        - `n_chars` (integer, characters): the length of the shorter one.
        - `source, line`: as in `paragraphs`, of the first.
        - `other_source` (text): the name of the other's source.
        - `other_line` (integer, from 1): the other's first raw line.
        - `text` (text): the first one's beginning.

    Raises:
        ValueError: the threshold or the unit is out of range.

    Reference:
        Broder (1997), On the resemblance and containment of documents.
    """
    from datasketch import MinHash, MinHashLSH

    if not 0 < threshold <= 1:
        raise ValueError(
            f"threshold must be above 0 and at most 1, got {threshold!r}; 0.5 finds reprints with small changes"
        )
    documents = corpus.documents(unit)
    documents = documents[documents["n_chars"] >= max(least, SHINGLE)].reset_index(drop=True)
    shingles = [_shingles(text) for text in documents["text"]]
    index = MinHashLSH(threshold=max(0.1, threshold - _MARGIN), num_perm=_HASHES, weights=(0.2, 0.8))
    pairs: list[tuple[int, int, float]] = []
    hashes = MinHash.generator(([s.encode() for s in found] for found in shingles), num_perm=_HASHES, seed=1)
    for number, (found, hashed) in enumerate(zip(shingles, hashes)):
        for other in index.query(hashed):
            common = len(found & shingles[other])
            similarity = common / (len(found) + len(shingles[other]) - common)
            if similarity >= threshold:
                pairs.append((other, number, similarity))
        index.insert(number, hashed)
    firsts, seconds = (documents.iloc[[pair[side] for pair in pairs]].reset_index(drop=True) for side in (0, 1))
    of_pairs = [firsts["document"], seconds["document"], [similarity for *_, similarity in pairs], firsts["n_chars"]]
    places = [firsts["source"], firsts["line"], seconds["source"], seconds["line"], firsts["text"].str[:60]]
    table = pd.DataFrame(dict(zip(DUPLICATE_COLUMNS, [*of_pairs, *places])))
    return table.sort_values(
        ["similarity", "n_chars", "document", "other"], ascending=[False, False, True, True], ignore_index=True
    )


def _shingles(text: str) -> set[str]:
    """All runs of characters of one length, space left out."""
    text = re.sub(r"\s", "", text)
    return {text[i : i + SHINGLE] for i in range(max(1, len(text) - SHINGLE + 1))}
