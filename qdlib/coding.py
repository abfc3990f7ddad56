"""Coding by people: a sheet on which coders judge the metaphors that were found and mark those that were not, and scores.

After MIPVU (Steen and others 2010): for each marked word its basic meaning, its meaning in the context, whether the two
contrast, whether they are understood by comparison, and the decision. Sentences without marks, with hits and without, are
read blind, so that recall can be estimated too.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import combinations

import numpy as np
import pandas as pd

from qdlib.corpus import Corpus, sentences
from qdlib.measures import agreement, share_interval
from qdlib.metaphor import searched

DECISIONS = ("metaphor", "literal", "unclear")
NOTHING = ("none", "无", "-")
SHEET_COLUMNS = [
    "item", "sentence", "basic_meaning", "contextual_meaning", "contrast", "comparison", "decision", "metaphors",
]  # fmt: skip
KEY_COLUMNS = ["item", "form", "domain", "weight", "found", "article_id", "source", "line"]
SCORE_COLUMNS = ["measure", "coder", "domain", "n", "value", "low", "high"]


def coding_sheet(
    metaphors: pd.DataFrame, corpus: Corpus, n: int = 100, n_sentences: int = 50, seed: int = 1
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Make a sheet for coders: first sentences without marks, then sentences with one form marked 【】.

    Coders write into `metaphors` of an unmarked sentence all words they take for metaphors of the domains, parted by spaces, or
    `none`; for a marked form they fill in the five columns before it, `decision` with metaphor, literal or unclear. Empty
    cells are not counted.

    Args:
        metaphors: a table of `find_metaphors`.
        corpus: the corpus they were found in.
        n: marked forms, drawn evenly over the domains; all if there are fewer.
        n_sentences: sentences without marks, drawn from all, those without hits included.
        seed: of the draws and the order.

    Returns:
        sheet: one row an item, to be written as CSV and filled in by each coder:
            - `item` (integer, from 1): its number.
            - `sentence` (text): the sentence, with the form marked if there is one.
            - `basic_meaning, contextual_meaning` (text): for the coder: what the form means at its most basic, and
              here.
            - `contrast, comparison` (text): for the coder: whether the two differ, and whether one is understood by the
              other.
            - `decision` (text): for the coder: metaphor, literal or unclear.
            - `metaphors` (text): for the coder: all metaphors of an unmarked sentence, parted by spaces, or none.
        key: one row an item, to be kept from the coders:
            - `item` (integer, from 1): its number.
            - `form, domain` (text): the form marked and its domain; empty for an unmarked sentence.
            - `weight` (number): hits of the domain for each that was drawn; missing for an unmarked sentence.
            - `found` (text): the forms found in an unmarked sentence, parted by spaces.
            - `article_id, source, line`: as in `paragraphs`, of the sentence.

    Raises:
        ValueError: a number is negative, or the hits are not of this corpus.
    """
    if n < 0 or n_sentences < 0:
        raise ValueError(f"n and n_sentences must be 0 or more, got {n!r} and {n_sentences!r}")
    rng = np.random.default_rng(seed)
    hits = metaphors.reset_index(drop=True)
    items = [*_unmarked(corpus, hits, n_sentences, rng), *_marked(corpus, hits, n, rng)]
    sheet = pd.DataFrame([{"item": i, "sentence": item.pop("sentence")} for i, item in enumerate(items, start=1)])
    key = pd.DataFrame([{"item": i, **item} for i, item in enumerate(items, start=1)])
    return sheet.reindex(columns=SHEET_COLUMNS, fill_value=""), key.reindex(columns=KEY_COLUMNS)


def _marked(corpus: Corpus, hits: pd.DataFrame, n: int, rng: np.random.Generator) -> list[dict]:
    """Hits as items, as evenly from the domains as their numbers allow, in random order."""
    texts = searched(corpus).set_index(["article_id", "paragraph"])["text"].to_dict()
    shuffled = hits.loc[rng.permutation(len(hits))]
    drawn = shuffled.assign(turn=shuffled.groupby("domain").cumcount()).sort_values("turn", kind="stable").head(n)
    weight = hits["domain"].value_counts() / drawn["domain"].value_counts()
    items = []
    for row in rng.permutation(drawn.index).tolist():
        hit = hits.loc[row]
        text = texts.get((hit["article_id"], hit["paragraph"]), "")
        (start,) = _starts(corpus, text, hits.loc[[row]])
        end = start + len(hit["form"])
        first, last = next(span for span in _sentence_spans(text) if span[0] <= start < span[1])
        marked = f"{text[first:start]}【{text[start:end]}】{text[end : max(last, end)]}"
        about = hit[["form", "domain", "article_id", "source", "line"]].to_dict()
        items.append({"sentence": marked, "weight": weight[hit["domain"]], "found": "", **about})
    return items


def _unmarked(corpus: Corpus, hits: pd.DataFrame, n: int, rng: np.random.Generator) -> list[dict]:
    """Sentences as items, with the forms found in them."""
    population = [(row, span) for row in searched(corpus).itertuples() for span in _sentence_spans(row.text)]
    within = dict(list(hits.groupby(["article_id", "paragraph"])))
    items = []
    for i in rng.permutation(len(population))[:n].tolist():
        row, (start, end) = population[i]
        here = within.get((row.article_id, row.paragraph), hits[:0])
        begins = _starts(corpus, row.text, here) if len(here) else []
        found = " ".join(form for at, form in sorted(zip(begins, here["form"])) if start <= at < end)
        about = {"article_id": row.article_id, "source": row.source, "line": row.line}
        items.append({"sentence": row.text[start:end], "form": "", "domain": "", "found": found, **about})
    return items


def _starts(corpus: Corpus, text: str, hits: pd.DataFrame) -> list[int]:
    """Where hits of one paragraph begin in its text: the occurrences of their forms that have their raw offsets."""
    place = hits["article_id"].iloc[0], hits["paragraph"].iloc[0]
    known = {
        (form, corpus.origin(*place, *found.span())[0]): found.start()
        for form in hits["form"].unique()
        for found in re.finditer(re.escape(form), text)
    }
    for key in zip(hits["form"], hits["start"]):
        if key not in known:
            raise ValueError(f"metaphors has {key[0]!r} at {key[1]} of article {place[0]}, where the corpus has not")
    return [known[key] for key in zip(hits["form"], hits["start"])]


def _sentence_spans(text: str) -> list[tuple[int, int]]:
    """Where the sentences of a text begin and end."""
    spans, at = [], 0
    for sentence in sentences(text):
        start = text.index(sentence, at)
        at = start + len(sentence)
        spans.append((start, at))
    return spans


def score_coding(key: pd.DataFrame, sheets: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Score filled-in sheets.

    - `precision`: share of metaphors among the marked forms decided as metaphor or literal, by domain, with its Wilson interval;
      for the domain `all` the mean weighted by how many hits each domain has, without an interval.
    - `unclear`: share of the decisions that are unclear.
    - `recall`: share of the words that a coder listed in unmarked sentences that share a span of text with a form found
      there, with its Wilson interval; it knows only what that coder takes for a metaphor.
    - `raw_agreement`: mean share of pairs of coders who decided alike; `alpha`: Krippendorff's for their decisions
      (`measures.agreement`). Where coders agree poorly, precision says little.

    Args:
        key: the key that came with the sheet.
        sheets: the sheet as each coder filled it in, by the coder's name.

    Returns:
        A table, one row a number:

        - `measure` (text, one of precision, unclear, recall, raw_agreement, alpha): what is measured, see above.
        - `coder` (text): the coder's name; `all` for the agreement.
        - `domain` (text): the domain; `all` for all of them.
        - `n` (integer): decisions, listed words, or items decided by two coders or more.
        - `value` (number): the measure; missing if there is nothing to measure.
        - `low, high` (number, 0 to 1): its Wilson interval, where it has one.

    Raises:
        ValueError: a sheet has other items than the key, or a decision is none of the three.
    """
    if not sheets or "all" in sheets:
        raise ValueError(f"sheets must be sheets by the coder's name, not named 'all', got {list(sheets)}")
    key = key.set_index("item")
    rows, decided = [], {}
    for coder, sheet in sheets.items():
        cells = _cells(key, sheet, coder)
        decided[coder] = _decisions(cells["decision"][key["form"] != ""], coder)
        rows += [[measure, coder, *row] for measure, *row in _precision(key, decided[coder])]
        rows.append(["recall", coder, "all", *_recall(key["found"], cells["metaphors"][key["form"] == ""])])
    together = pd.DataFrame(decided)
    pairs = [
        np.mean([a == b for a, b in combinations(given, 2)])
        for given in (row.dropna() for _, row in together.iterrows())
        if len(given) > 1
    ]
    n, nan = len(pairs), float("nan")
    rows.append(["raw_agreement", "all", "all", n, np.mean(pairs) if pairs else nan, nan, nan])
    rows.append(["alpha", "all", "all", n, agreement(together), nan, nan])
    return pd.DataFrame(rows, columns=SCORE_COLUMNS)


def _cells(key: pd.DataFrame, sheet: pd.DataFrame, coder: str) -> pd.DataFrame:
    """What a coder wrote, by item, checked against the key."""
    if not {"item", "decision", "metaphors"} <= set(sheet) or sorted(sheet["item"]) != sorted(key.index):
        raise ValueError(
            f"sheet of {coder!r} must have the {len(key)} items of the key in a column `item`, and `decision` and `metaphors`"
        )
    cells = sheet.set_index("item").reindex(key.index)[["decision", "metaphors"]]
    return cells.map(lambda cell: "" if pd.isna(cell) else str(cell).strip())


def _decisions(cells: pd.Series, coder: str) -> pd.Series:
    """A coder's decisions, missing where there is none."""
    cells = cells.str.lower()
    wrong = cells[~cells.isin(["", *DECISIONS])]
    if len(wrong):
        raise ValueError(
            f"sheet of {coder!r}: decision of item {wrong.index[0]} must be {', '.join(DECISIONS)} or empty, got {wrong.iloc[0]!r}"
        )
    return cells.where(cells != "")


def _share(successes: int, trials: int) -> list[float]:
    """A share as `n, value, low, high`."""
    return [trials, successes / trials, *share_interval(successes, trials)] if trials else [0] + [float("nan")] * 3


def _precision(key: pd.DataFrame, decisions: pd.Series) -> list[list]:
    """Rows `measure, domain, n, value, low, high` of one coder's decisions."""
    given = key.join(decisions.rename("decision"), how="inner").dropna(subset=["decision"])
    clear = given[given["decision"] != "unclear"]
    yes = clear["decision"] == "metaphor"
    rows = [["precision", domain, *_share(int(hit.sum()), len(hit))] for domain, hit in yes.groupby(clear["domain"])]
    mean = np.average(yes, weights=clear["weight"].astype(float)) if len(clear) else float("nan")
    rows.append(["precision", "all", len(clear), mean, float("nan"), float("nan")])
    return [*rows, ["unclear", "all", *_share(len(given) - len(clear), len(given))]]


def _recall(found: pd.Series, listed: pd.Series) -> list[float]:
    """How many of the words listed share a span with a form found in the sentence, as `n, value, low, high`."""
    hits = total = 0
    for item, cell in listed.items():
        words = [word for word in re.split(r"[\s、，,;；]+", cell) if word and word.lower() not in NOTHING]
        total += len(words)
        hits += sum(any(form in word or word in form for form in found[item].split()) for word in words)
    return _share(hits, total)
