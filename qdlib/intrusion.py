"""Validation by people: sheets on which annotators look for what does not belong to a topic, and their scores.

A topic that means something to readers lets them find the word that was put among its own (word intrusion), and a
document's topics the one that is not (topic intrusion) (Chang and others 2009, Reading Tea Leaves).
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from qdlib.measures import agreement, share_interval
from qdlib.topics import TopicModel

_LETTERS = tuple("abcdefgh")


def word_intrusion(
    model: TopicModel, n: int = 5, by: str = "probability", seed: int = 1
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Make a sheet on which each topic's top words stand with one that is not its own.

    The intruder is a top word of another topic, of those the less probable half in this one, so that it is neither rare
    nor fitting; items and words stand in random order.

    Args:
        model: the model, of two topics or more.
        n: words of the topic an item, at most 7.
        by: how they are ranked, see `TopicModel.terms`.
        seed: of the order and of the intruders.

    Returns:
        sheet: one row an item, to be written as CSV and filled in with the letter of the intruder; a topic for which no
            intruder can be found is left out.
            - `item` (integer, from 1): its number.
            - `...` (text): a, b, ...: the words.
            - `answer` (text): for the annotator.
        key: one row an item, to be kept from the annotators.
            - `item` (integer, from 1): its number.
            - `topic` (integer, from 0): the topic.
            - `intruder` (text): its letter.

    Raises:
        ValueError: `n` is out of range, the model has one topic, or its topics do not differ in their top words.
    """
    if not 2 <= n < len(_LETTERS):
        raise ValueError(f"n must lie between 2 and {len(_LETTERS) - 1}, got {n!r}")
    if len(model.weights) < 2:
        raise ValueError("model has one topic; an intruder comes from another")
    rng = np.random.default_rng(seed)
    tops = model.top_words(n, by)
    items = []
    for topic in rng.permutation(len(tops)).tolist():
        share = model.topic_terms.loc[topic].round(12)
        strangers = sorted({word for top in tops for word in top} - set(tops[topic]), key=lambda w: (share[w], w))
        if strangers:
            items.append((topic, tops[topic], rng.choice(strangers[: (len(strangers) + 1) // 2])))
    if not items:
        raise ValueError("model's topics all have the same top words; there is no intruder among them")
    sheet, key = _sheet(items, rng)
    return sheet, key.rename(columns={"about": "topic"})


def topic_intrusion(
    model: TopicModel, n_documents: int = 20, n: int = 8, shown: int = 3, seed: int = 1
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Make a sheet on which each document stands with its leading topics and one that it hardly has.

    Args:
        model: a model fitted with a table of documents that has their `text`, of more topics than `shown`.
        n_documents: documents drawn at random, of those with topics.
        n: top words that stand for a topic.
        shown: leading topics an item, at most 7.
        seed: of the draw, the intruders (from the lower half of the document's topics) and the order.

    Returns:
        sheet: one row an item, to be filled in with the letter of the intruder.
            - `item` (integer, from 1): its number.
            - `text` (text): the document.
            - `...` (text): a, b, ...: the topics, each by its top words.
            - `answer` (text): for the annotator.
        key: one row an item, to be kept from the annotators.
            - `item` (integer, from 1): its number.
            - `document` (text): its name.
            - `intruder` (text): its letter.
            - `...` (number, 0 to 1): share_a, share_b, ...: the document's share of each topic shown.

    Raises:
        ValueError: the model has too few topics, or its documents have no text.
    """
    k = len(model.weights)
    if not 1 <= shown < min(k, len(_LETTERS)):
        raise ValueError(f"shown must lie between 1 and {min(k, len(_LETTERS)) - 1} for {k} topics, got {shown!r}")
    if n_documents < 1:
        raise ValueError(f"n_documents must be at least 1, got {n_documents!r}")
    if "text" not in model.documents:
        raise ValueError("model's documents have no text; fit it with documents=corpus.documents(...)")
    names = [" ".join(words) for words in model.top_words(n)]
    if len(set(names)) < k:
        raise ValueError(f"topics must differ in their top {n} words to be told apart; take more words or fewer topics")
    rng = np.random.default_rng(seed)
    known = np.flatnonzero(model.theta.notna().all(axis=1))
    places = rng.choice(known, min(n_documents, len(known)), replace=False)
    items = []
    for place in places:
        order = np.argsort(-model.theta.iloc[place].to_numpy(), kind="stable")
        intruder = rng.choice(order[max(shown, (k + 1) // 2) :])
        items.append((model.theta.index[place], [names[topic] for topic in order[:shown]], names[intruder]))
    sheet, key = _sheet(items, rng)
    sheet.insert(1, "text", model.documents["text"].iloc[places].tolist())
    for letter in _LETTERS[: shown + 1]:
        topics = sheet[letter].map(names.index)
        key[f"share_{letter}"] = [model.theta.iat[place, topic] for place, topic in zip(places, topics)]
    return sheet, key.rename(columns={"about": "document"})


def _sheet(items: list, rng: np.random.Generator) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The sheet and the key of items `(what it is about, its own, intruder)`, the choices in random order."""
    rows, keys = [], []
    for number, (about, own, intruder) in enumerate(items, start=1):
        order = rng.permutation([*own, intruder]).tolist()
        rows.append({"item": number, **dict(zip(_LETTERS, order)), "answer": ""})
        keys.append({"item": number, "about": about, "intruder": _LETTERS[order.index(intruder)]})
    return pd.DataFrame(rows), pd.DataFrame(keys)


def score_intrusion(key: pd.DataFrame, answers: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Score filled-in sheets.

    `precision` is the share of the items answered in which the intruder was found (model precision), with its Wilson
    interval `low, high`; `corrected` is (precision - 1/c) / (1 - 1/c) with c choices an item: 0 is guessing, 1 every
    intruder found. `log_odds`, for topic intrusion, is the mean of log share of the intruder - log share of the topic
    chosen: 0 at best, lower the more the document has of what was taken for the intruder. `alpha` is Krippendorff's for
    all annotators (`measures.agreement`): low agreement means that the precision of one annotator says little.

    Args:
        key: the key that came with the sheet.
        answers: the sheet as each annotator filled it in, by the annotator's name; an empty answer is left out.

    Returns:
        A table, one row an annotator and one for all:

        - `annotator` (text): the name; or all.
        - `n` (integer): items answered.
        - `precision` (number, 0 to 1): the share in which the intruder was found.
        - `low, high` (number, 0 to 1): its Wilson interval.
        - `corrected` (number, at most 1): the precision, corrected for guessing.
        - `log_odds` (number, at most 0): see above; where the key has shares.
        - `alpha` (number, at most 1): Krippendorff's; in the row of all, missing for a single annotator.

    Raises:
        ValueError: a sheet has other items than the key, or an answer is no letter of its choices.
    """
    if not answers or "all" in answers:
        raise ValueError(f"answers must be sheets by the annotator's name, not named 'all', got {list(answers)}")
    choices = {len(_letters(sheet)) for sheet in answers.values()}
    if len(choices) > 1:
        raise ValueError(f"answers must be copies of one sheet; they have {sorted(choices)} choices an item")
    given = pd.DataFrame({name: _answers(key, sheet, name) for name, sheet in answers.items()})
    chance = 1 / choices.pop()
    found = given.eq(key.set_index("item")["intruder"], axis=0).where(given.notna())
    odds = _log_odds(key, given)
    rows = []
    for name in [*given, "all"]:
        columns = list(given) if name == "all" else [name]
        hits = pd.Series(found[columns].to_numpy().ravel()).dropna()
        row = {
            "annotator": name,
            "n": len(hits),
            "precision": np.nan,
            "low": np.nan,
            "high": np.nan,
            "corrected": np.nan,
        }
        if len(hits):
            precision = hits.mean()
            low, high = share_interval(int(hits.sum()), len(hits))
            row |= {
                "precision": precision,
                "low": low,
                "high": high,
                "corrected": (precision - chance) / (1 - chance),
            }
        if odds is not None:
            row["log_odds"] = np.nanmean(odds[columns].to_numpy()) if len(hits) else np.nan
        rows.append(row | {"alpha": agreement(given) if name == "all" else np.nan})
    return pd.DataFrame(rows)


def _letters(sheet: pd.DataFrame) -> list[str]:
    """The columns of choices of a sheet."""
    return [column for column in sheet if column in _LETTERS]


def _answers(key: pd.DataFrame, sheet: pd.DataFrame, name: str) -> pd.Series:
    """An annotator's answers by item, checked against the sheet; NaN where none was given."""
    if not {"item", "answer"} <= set(sheet) or sorted(sheet["item"]) != sorted(key["item"]):
        raise ValueError(
            f"sheet of {name!r} must have the {len(key)} items of the key in a column `item`, and a column `answer`"
        )
    answer = sheet.set_index("item")["answer"].map(lambda given: "" if pd.isna(given) else str(given).strip().lower())
    letters = _letters(sheet)
    wrong = answer[~answer.isin(["", *letters])]
    if len(wrong):
        raise ValueError(
            f"sheet of {name!r}: answer of item {wrong.index[0]} must be one of {', '.join(letters)} or empty, got {wrong.iloc[0]!r}"
        )
    return answer.where(answer != "")


def _log_odds(key: pd.DataFrame, given: pd.DataFrame) -> pd.DataFrame | None:
    """Log share of the true intruder less that of the topic chosen, for each item and annotator; None without shares."""
    if not any(column.startswith("share_") for column in key):
        return None
    shares = np.log(key.set_index("item").filter(like="share_").rename(columns=lambda column: column[-1]))
    true = {item: shares.at[item, letter] for item, letter in key.set_index("item")["intruder"].items()}
    rows = {
        name: {item: true[item] - shares.at[item, letter] for item, letter in column.dropna().items()}
        for name, column in given.items()
    }
    return pd.DataFrame(rows).reindex(given.index)
