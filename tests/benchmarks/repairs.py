"""Damage clean text as hacked pages do, repair it, and count the characters that come back wrong, beside doing nothing.

Clean text is made of the clauses of `texts`. Errors are counted against the undamaged text, width of
punctuation set aside.
"""

from __future__ import annotations

import difflib
import sys
from pathlib import Path

import pandas as pd
from texts import shuffled

import qdlib as qd

sys.path.insert(0, str(Path(__file__).parent.parent))
from damage import damage  # noqa: E402

WIDE = str.maketrans(",:;!?()", "，：；！？（）")


def wrong(found: str, wanted: str) -> int:
    """How many characters of the wanted text are not found, line by line."""
    total = 0
    for a, b in zip(found.translate(WIDE).split("\n"), wanted.translate(WIDE).split("\n")):
        if a != b:
            matched = sum(m.size for m in difflib.SequenceMatcher(None, a, b, autojunk=False).get_matching_blocks())
            total += max(len(a), len(b)) - matched
    return total


def table(text: str) -> pd.DataFrame:
    """Wrong characters after repair, and if nothing were done, for several kinds of damage."""
    settings = {
        "all characters glossed": {"share": 1.0},
        "half of them": {"share": 0.5},
        "a fifth of them": {"share": 0.2},
        "half, bytes not cut": {"share": 0.5, "cut": False},
        "half, punctuation kept wide": {"share": 0.5, "narrow": False},
        "bytes cut only": {"share": 0.0},
    }
    rows = []
    for name, setting in settings.items():
        raw = damage(text, **setting)
        ours, nothing = wrong(qd.repair(raw).text, text), wrong(raw, text)
        rows.append(
            {
                "damage": name,
                "characters": len(text),
                "wrong": ours,
                "%": 100 * ours / len(text),
                "% if left": 100 * nothing / len(text),
            }
        )
    counts = qd.repair(text).counts()
    changed = counts["replaced"] + counts["removed"]
    rows.append(
        {
            "damage": "none (changed)",
            "characters": len(text),
            "wrong": changed,
            "%": 100 * changed / len(text),
            "% if left": 0.0,
        }
    )
    return pd.DataFrame(rows)


if __name__ == "__main__":
    print(table("\n".join(shuffled(0.09))).round(3).to_string(index=False))
