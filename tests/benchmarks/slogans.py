"""Score the mined slogans against the hand annotation, beside three simple baselines in the same run.

A row counts as found if it lies on the same source line and shares at least 0.8 of its characters (Jaccard, punctuation and
white space set aside) with an annotated one; each annotated row is found once. The annotation has only what two readers
both marked, so precision is a lower limit. The weights and forms were set looking at all pages: no figure here is unseen.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path

import pandas as pd

import qdlib as qd
from qdlib.slogans import bare, quotations

ROOT = Path(__file__).resolve().parents[2]
CORE = ["slogan", "campaign_name", "numeric_formula", "quotation_motto"]


def jaccard(one: str, other: str) -> float:
    """Shared characters over all characters, as multisets."""
    a, b = Counter(bare(one)), Counter(bare(other))
    return (a & b).total() / max(1, (a | b).total())


def score(found: list[tuple[str, int, str]], wanted: list[tuple[str, int, str]]) -> dict[str, float]:
    """Precision, recall and F1 of (source, line, text) rows."""
    left = list(wanted)
    hits = 0
    for source, line, text in found:
        best = max((w for w in left if w[:2] == (source, line)), key=lambda w: jaccard(text, w[2]), default=None)
        if best and jaccard(text, best[2]) >= 0.8:
            left.remove(best)
            hits += 1
    precision, recall = hits / max(1, len(found)), hits / len(wanted)
    f1 = 2 * precision * recall / max(1e-9, precision + recall)
    return {"found": len(found), "precision": precision, "recall": recall, "f1": f1}


def baselines(corpus: qd.Corpus) -> dict[str, list[tuple[str, int, str]]]:
    """Every quoted string; quoted strings of four and more and number formulas; strings that occur twice."""
    rows = {"quoted": [], "quoted 4+ and numbers": [], "repeated strings": []}
    table = corpus.paragraphs[~corpus.paragraphs["role"].isin(["byline", "source", "dateline"])]
    strings = Counter(
        t[i : i + n]
        for t in table["text"]
        for n in range(4, 21)
        for i in range(len(t) - n + 1)
        if re.fullmatch(r"\w+", t[i : i + n])
    )
    for r in table.itertuples():
        quoted = [r.text[i + 1 : j] for i, j in quotations(r.text)]
        numbers = [m[0] for m in re.finditer(r"\d+(?:\+\w)+|[一二三四五六七八九]个\w{2,6}", r.text)]
        repeated = {s for n in range(4, 21) for i in range(len(r.text) - n + 1) if strings[s := r.text[i : i + n]] > 1}
        longest = [s for s in repeated if not any(s != o and s in o for o in repeated)]
        for name, found in zip(rows, (quoted, [q for q in quoted if len(bare(q)) > 3] + numbers, longest)):
            rows[name] += [(r.source, r.line, text) for text in found]
    return rows


def main() -> None:
    """Print the table of scores for each annotated page."""
    corpus = qd.load_corpus(ROOT / "seeds")
    gold = pd.DataFrame(json.loads((ROOT / "tests/gold/slogans.json").read_text("utf-8")))
    mined = qd.mine_slogans(corpus)
    mined = mined[mined["type"].isin(CORE)]
    methods = {
        "mine_slogans": list(mined[["source", "line", "slogan"]].itertuples(index=False, name=None))
    } | baselines(corpus)
    rows = []
    for source, part in gold.groupby("source"):
        wanted = list(part[["source", "line", "text"]].itertuples(index=False, name=None))
        for method, found in methods.items():
            rows.append(
                {"page": source[:3], "annotated": len(wanted), "method": method}
                | score([f for f in found if f[0] == source], wanted)
            )
    print(pd.DataFrame(rows).round(2).to_string(index=False))


if __name__ == "__main__":
    main()
