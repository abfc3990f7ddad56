"""The data of the explorer: a corpus with its slogans and topics as one script that a page opened from disk can load.

It stands here and not beside the page because it needs what only a corpus knows: which raw characters each character of a
paragraph stands for. The page finds and sorts; all it shows has been worked out by the rooms of this package.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from qdlib.corpus import Corpus
from qdlib.topics import TopicModel
from qdlib.variants import find_variants

FORMAT = 1  # the page says so if it is given data of another
ACTIONS = ("kept", "replaced", "removed")
LEAST_SHARE = 0.05  # of a topic in a paragraph, for the paragraph to be listed under it
N_TERMS = 12
_SLOGAN = ["slogan", "type", "family", "offset", "nested", "quoted", "place", "speaker", "score", "features"]
_VARIANT = ["family", "wording", "change", "detail", "of", "count"]
# All but plain ASCII and common Chinese is written as \uXXXX: no mark-up, no line ends of JavaScript, nothing unseen.
_UNSAFE = re.compile(r"[^ !#-%'-;=?-~\"\u3001-\u9fff\uff01-\uff65]")


def explorer_data(corpus: Corpus, mined: pd.DataFrame | None = None, model: TopicModel | None = None) -> dict:
    """Gather what the explorer shows.

    Args:
        corpus: the corpus; its raw texts are part of the data.
        mined: its slogans, from `mine_slogans`; none if not given.
        model: a topic model of its paragraphs, from `fit_lda` with `documents=`; none if not given.

    Returns:
        Plain lists and dicts of text and numbers: `sources` with the runs of their raw characters (a string is kept, a
        list is `action, rule, before, after`), `articles`, `paragraphs` with the raw places of their characters,
        `slogans`, `variants` and `topics`. The same corpus gives the same data.

    Raises:
        ValueError: the slogans or the documents of the model are not of this corpus.
    """
    rules = sorted(set(corpus.ledger["rule"]))
    places = {key: i for i, key in enumerate(zip(corpus.paragraphs["article_id"], corpus.paragraphs["paragraph"]))}
    return {
        "format": FORMAT,
        "fingerprint": corpus.fingerprint,
        "rules": rules,
        "sources": list(_sources(corpus, {rule: i for i, rule in enumerate(rules)})),
        "articles": corpus.articles[["article_id", "headline", "date", "outlet", "genre"]].to_dict("records"),
        "paragraphs": list(_paragraphs(corpus)),
        "slogans": [] if mined is None else list(_slogans(corpus, mined, places)),
        "variants": [] if mined is None or mined.empty else find_variants(mined)[_VARIANT].to_numpy().tolist(),
        "topics": [] if model is None else list(_topics(corpus, model)),
    }


def save_explorer_data(
    corpus: Corpus, path: str | Path, mined: pd.DataFrame | None = None, model: TopicModel | None = None, home: str = ""
) -> None:
    """Write the data of the explorer as a script that sets `window.QDLIB`.

    Args:
        corpus, mined, model: as `explorer_data` takes them.
        path: of the script; the page loads `data.js` beside it.
        home: address of the page to go back to, relative to the explorer's; no link if it is empty.

    Raises:
        ValueError: the slogans or the documents of the model are not of this corpus.
    """
    data = explorer_data(corpus, mined, model) | {"home": home}
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    Path(path).write_text(f"window.QDLIB={_UNSAFE.sub(_escaped, text)};\n", "utf-8", newline="\n")


def _escaped(found: re.Match) -> str:
    """A character as JavaScript may write it inside a string: one or two units of UTF-16."""
    units = found[0].encode("utf-16-be", "surrogatepass").hex()
    return "".join(f"\\u{units[i : i + 4]}" for i in range(0, len(units), 4))


def _sources(corpus: Corpus, rules: dict[str, int]) -> Iterator[dict]:
    """The sources with their raw texts, as runs."""
    runs, labels = defaultdict(list), corpus.labels()
    columns = ["source", "action", "rule", "before", "after"]
    for source, action, rule, before, after in corpus.ledger[columns].itertuples(index=False, name=None):
        plain = action == "kept" and not rule
        runs[source].append(before if plain else [ACTIONS.index(action), rules[rule], before, after])
    for name, encoding, problem, note in corpus.sources[["source", "encoding", "problem", "note"]].itertuples(
        index=False
    ):
        about = {"name": name, "label": labels[name], "encoding": encoding, "problem": problem, "note": note}
        yield about | {"runs": runs[name]}


def _paragraphs(corpus: Corpus) -> Iterator[list]:
    """Each paragraph: places of its article and source, number, role, text, and its pieces."""
    articles = {name: i for i, name in enumerate(corpus.articles["article_id"])}
    sources = {name: i for i, name in enumerate(corpus.sources["source"])}
    rows = corpus.paragraphs[["article_id", "source", "paragraph", "role", "text"]]
    for article, source, number, role, text in rows.itertuples(index=False, name=None):
        yield [articles[article], sources[source], number, role, text, _pieces(corpus, article, number)]


def _pieces(corpus: Corpus, article: str, number: int) -> list[int]:
    """Three numbers a piece that has text: its length, where its raw run begins, where it ends (0 if it is kept)."""
    flat: list[int] = []
    for piece in corpus._texts[article, number].pieces:
        follows = flat and piece.kept and not flat[-1] and flat[-2] + flat[-3] == piece.start
        if follows:
            flat[-3] += len(piece.text)
        elif piece.text:
            flat += [len(piece.text), piece.start, 0 if piece.kept else piece.end]
    return flat


def _slogans(corpus: Corpus, mined: pd.DataFrame, places: dict[tuple[str, int], int]) -> Iterator[list]:
    """Each occurrence of a slogan: place of its paragraph, then what the table says of it."""
    texts, rows = corpus.paragraphs["text"].tolist(), mined[["article_id", "paragraph", *_SLOGAN]]
    for article, number, slogan, *told in rows.itertuples(index=False, name=None):
        at, offset = places.get((article, number)), told[2]
        if at is None or not texts[at].startswith(slogan, offset):
            raise ValueError(f"mined has {slogan!r} in {article!r}, paragraph {number}, where this corpus has none")
        yield [at, slogan, *told[:-2], round(told[-2], 3), told[-1]]


def _topics(corpus: Corpus, model: TopicModel) -> Iterator[dict]:
    """Each topic: its terms, its share, and the paragraphs that hold some of it, those with most first."""
    at = _documents(corpus, model)
    terms = model.terms(N_TERMS).groupby("topic")
    names = model.terms(3, by="frex").groupby("topic")["term"].agg(list)
    groups = "article_id" if "article_id" in model.documents else None
    for topic, share, low, high in model.prevalence(groups).round(4).itertuples(index=False, name=None):
        own = model.theta[topic].round(4).reset_index(drop=True)
        own = own[own >= LEAST_SHARE].sort_values(ascending=False, kind="stable")
        rows = terms.get_group(topic)[["term", "probability"]].round(5).to_numpy().tolist()
        documents = [[at[place], value] for place, value in own.items()]
        yield {
            "topic": int(topic), "name": names[topic], "share": share, "low": low, "high": high, "terms": rows,
            "paragraphs": documents,
        }  # fmt: skip


def _documents(corpus: Corpus, model: TopicModel) -> list[int]:
    """The place of the paragraph that each document of a model is: of alike ones in an article the first not yet taken."""
    if missing := {"article_id", "text"} - set(model.documents):
        raise ValueError(
            f"model has documents without {', '.join(sorted(missing))}; fit it with documents=corpus.documents('paragraph')"
        )
    waiting = defaultdict(list)
    for place, key in enumerate(zip(corpus.paragraphs["article_id"], corpus.paragraphs["text"])):
        waiting[key].append(place)
    found = []
    for key in zip(model.documents["article_id"], model.documents["text"]):
        if not waiting[key]:
            raise ValueError(f"model has a document of {key[0]!r} that is no paragraph of this corpus: {key[1][:40]!r}")
        found.append(waiting[key].pop(0))
    return found
