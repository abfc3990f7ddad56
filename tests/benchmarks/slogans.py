"""Score the mined slogans against the hand annotations, beside three baselines in the same run.

A row counts as found if it stands in the same paragraph and shares at least 0.8 of its characters (Jaccard, punctuation and
white space set aside) with an annotated one; each annotated row is found once. The annotations have only what two readers
both marked, so precision is a lower limit. Weights and forms were set with all five pages in view: no figure here is unseen.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path

import pandas as pd
from gensim.models.phrases import Phrases

import qdlib as qd
from qdlib.slogans import TYPES, bare, quotations

ROOT = Path(__file__).resolve().parents[2]
GOLD = ("slogans.json", "slogans_own.json")
CORE = TYPES[:4]


def jaccard(one: str, other: str) -> float:
    """Shared characters over all characters, as multisets."""
    a, b = Counter(bare(one)), Counter(bare(other))
    return (a & b).total() / max(1, (a | b).total())


def hits(found: list[tuple[str, int, str]], wanted: list[tuple[str, int, str]]) -> int:
    """How many (source, line, text) rows are found, each wanted one once."""
    left = list(wanted)
    for source, line, text in found:
        best = max((w for w in left if w[:2] == (source, line)), key=lambda w: jaccard(text, w[2]), default=None)
        if best and jaccard(text, best[2]) >= 0.8:
            left.remove(best)
    return len(wanted) - len(left)


def score(found: list[tuple[str, int, str]], wanted: list[tuple[str, int, str]]) -> dict[str, float]:
    """Precision, recall and F1 of (source, line, text) rows."""
    n = hits(found, wanted)
    precision, recall = n / max(1, len(found)), n / max(1, len(wanted))
    f1 = 2 * precision * recall / max(1e-9, precision + recall)
    return {"found": len(found), "precision": precision, "recall": recall, "f1": f1}


def annotated(corpus: qd.Corpus) -> list[tuple[str, int, str]]:
    """The rows that readers marked, each on the line on which its paragraph begins (a page may cut a paragraph)."""
    rows = [row for name in GOLD for row in json.loads((ROOT / "tests/gold" / name).read_text("utf-8"))]
    placed = []
    for row in rows:
        lines = corpus.paragraphs.loc[corpus.paragraphs["source"] == row["source"], ["line", "text"]]
        here = [line for line, text in lines.itertuples(index=False) if bare(row["text"]) in bare(text)] or [
            row["line"]
        ]
        placed.append((row["source"], min(here, key=lambda line: abs(line - row["line"])), row["text"]))
    return placed


def mined(corpus: qd.Corpus) -> list[tuple[str, int, str]]:
    """The rows of the core types, each on the line on which its paragraph begins."""
    table = qd.mine_slogans(corpus)
    table = table[table["type"].isin(CORE)]
    first = corpus.paragraphs.set_index(["article_id", "paragraph"])["line"]
    lines = first.loc[list(zip(table["article_id"], table["paragraph"]))]
    return list(zip(table["source"], lines, table["slogan"]))


def baselines(corpus: qd.Corpus) -> dict[str, list[tuple[str, int, str]]]:
    """Quoted strings; strings of four characters and more that occur twice, the longest; phrases of gensim."""
    table = corpus.paragraphs[~corpus.paragraphs["role"].isin(["byline", "source", "dateline"])]
    strings = set(qd.repeated_strings(table["text"], min_count=2, min_chars=4, walls="。！？；，、：\n")["string"])
    tokens = qd.segment(table["text"])
    for _ in range(2):  # words to pairs, pairs to phrases of up to four
        phrases = Phrases(tokens, min_count=2, delimiter="")
        tokens = [list(phrases[document]) for document in tokens]
    words = {token for document in qd.segment(table["text"]) for token in document}
    found = {"quoted strings": [], "quoted, 4 and more": [], "repeated strings": [], "gensim Phrases": []}
    for row, document in zip(table.itertuples(), tokens):
        quoted = [row.text[i + 1 : j] for i, j in quotations(row.text)]
        spans = re.findall(r"\w+", row.text)
        here = {s[i:j] for s in spans for i in range(len(s)) for j in range(i + 4, min(len(s), i + 30) + 1)} & strings
        kinds = (
            quoted,
            [text for text in quoted if len(bare(text)) > 3],
            [text for text in here if not any(text != other and text in other for other in here)],
            [token for token in document if token not in words and len(token) > 3],
        )
        for name, texts in zip(found, kinds):
            found[name] += [(row.source, row.line, text) for text in texts]
    return found


def main() -> None:
    """Print the table of scores for each annotated page, and for all."""
    corpus = qd.load_corpus(ROOT / "seeds")
    wanted = annotated(corpus)
    methods = {"mine_slogans": mined(corpus)} | baselines(corpus)
    rows = []
    for page in [*sorted({row[0] for row in wanted}), ""]:
        here = [row for row in wanted if row[0].startswith(page)]
        for method, found in methods.items():
            about = {"page": page[:3] or "all", "annotated": len(here), "method": method}
            rows.append(about | score([row for row in found if row[0].startswith(page)], here))
    print(pd.DataFrame(rows).round(2).to_string(index=False))


if __name__ == "__main__":
    main()
