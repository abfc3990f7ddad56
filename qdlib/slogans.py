"""Slogans found on the text: quoted wordings, parallel clauses, number formulas, campaign names, maxims.

Nothing here works on tokens, since a slogan may cross commas that every segmenter cuts at. The rooms below give candidates;
here those that cross are settled, wordings that come back are added, and each row is traced to its line.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from numbers import Real

import numpy as np
import pandas as pd

from qdlib.candidates import HEADING_ROLES, TYPES, WEIGHTS, Found, weigh
from qdlib.corpus import Corpus, paragraph_places
from qdlib.families import bare, group_families
from qdlib.parallelism import CLOSING, NAMED_THING, OPENING, mean_features, tags, total
from qdlib.quoted import LONGEST_QUOTATION, THING, in_quotes, quotations
from qdlib.strings import SENTENCE_MARKS, repeated_strings
from qdlib.unmarked import as_heading, by_form, in_parallel

COLUMNS = [
    "slogan", "type", "family", "article_id", "paragraph", "source", "line", "start", "end", "quoted", "parallel", "speaker",
    "place", "score", "features", "nested", "offset",
]  # fmt: skip
_DTYPES = {  # the same in a table without rows
    "str": ["slogan", "type", "family", "article_id", "source", "speaker", "place", "features"],
    "int": ["paragraph", "line", "start", "end", "offset"], "bool": ["quoted", "parallel", "nested"], "float": ["score"],
}  # fmt: skip
THRESHOLD = 0.6


def mine_slogans(corpus: Corpus, threshold: float = THRESHOLD) -> pd.DataFrame:
    """Find the slogans of a corpus.

    Args:
        corpus: where to look; all paragraphs, headlines included, credits left out.
        threshold: least score of a row.

    Returns:
        A table, one row an occurrence in the order of the corpus:

        - `slogan` (text): as printed.
        - `type` (text, one of slogan, campaign_name, numeric_formula, quotation_motto, four_char, tifa): of wording;
          the last two are softer.
        - `family` (text): the name that its variants share.
        - `article_id, paragraph, source, line, start, end`: as in `paragraphs`, of the slogan.
        - `quoted` (boolean): whether it stands in quotation marks.
        - `parallel` (boolean): whether its clauses are parallel.
        - `speaker` (text): where the text names one; or empty.
        - `place` (text, one of headline, subhead, lead, body, close, caption): in the article.
        - `score` (number, 0 to 1): the sum of the features, cut at 0 and 1.
        - `features` (text): each with its weight, parted by ;.
        - `nested` (boolean): whether it stands inside a longer one: leave such rows out where occurrences are counted.
        - `offset` (integer, characters): where it begins in the text of its paragraph.

    Raises:
        ValueError: the threshold is not between 0 and 1.
    """
    if not isinstance(threshold, Real) or not 0 <= threshold <= 1:
        raise ValueError(f"threshold must lie between 0 and 1, got {threshold!r}")
    table = corpus.paragraphs[~corpus.paragraphs["role"].isin(("byline", "source", "dateline"))]
    table = table.assign(place=paragraph_places(table), above=spoken_under(table))
    found = mine(table["text"].tolist(), table["role"].tolist(), threshold)
    rows = [_row(corpus, table.iloc[one.paragraph], one, nested) for one, nested in zip(found, _nested(found))]
    mined = pd.DataFrame(rows, columns=COLUMNS)
    mined = mined.assign(family=group_families(mined["slogan"]))
    return mined.astype({name: kind for kind, names in _DTYPES.items() for name in names})


def _row(corpus: Corpus, at: pd.Series, found: Found, nested: bool) -> list:
    """A row of the table for what was found in a paragraph; its family is not known yet."""
    start, end, line = corpus.origin(at["article_id"], at["paragraph"], found.start, found.end)
    speaker = at["above"] or named_speaker(at["text"], found.start, found.end)
    features = "; ".join(f"{name} {weight:+.2f}" for name, weight in found.features.items())
    where = [at["article_id"], at["paragraph"], at["source"], line, start, end]
    told = [found.quoted, found.parallel, speaker, at["place"], found.score, features, nested, found.start]
    return [found.text, found.type, "", *where, *told]


def _nested(found: Iterable[Found]) -> Iterator[bool]:
    """Whether each candidate lies inside one before it; they come by start, longer ones first."""
    outer = (-1, 0)  # paragraph and end of the longest so far
    for one in found:
        nested = one.paragraph == outer[0] and one.end <= outer[1]
        outer = outer if nested else (one.paragraph, one.end)
        yield nested


def spoken_under(paragraphs: pd.DataFrame) -> list[str]:
    """The speaker whose line stands right above each quotation that is a paragraph of its own, else `""`."""
    columns = [paragraphs[name].tolist() for name in ("article_id", "role", "text")]
    above = ("", "", "")  # the line before, never one of another article
    speakers = []
    for here in zip(*columns):
        told = above[:2] == (here[0], "speaker") and here[1] == "quote"
        speakers.append(above[2].rstrip("：: ") if told else "")
        above = here
    return speakers


def mine(texts: Sequence[str], roles: Sequence[str] | None = None, threshold: float = THRESHOLD) -> list[Found]:
    """Find slogans in paragraphs of plain text, best reading of every place, in reading order.

    Args:
        texts: paragraphs.
        roles: their roles; headings are judged by other standards than running text. All `body` if not given.
        threshold: least score.
    """
    roles = roles or ["body"] * len(texts)
    quotes = [quotations(text) for text in texts]
    marked = Counter(bare(text[i + 1 : j]) for text, pairs in zip(texts, quotes) for i, j in pairs)
    candidates: list[Found] = []
    for p, (text, role) in enumerate(zip(texts, roles)):
        candidates += in_quotes(p, text, quotes[p], marked)
        candidates += in_parallel(p, text, quotes[p], role)
        candidates += by_form(p, text)
        if role in HEADING_ROLES:
            candidates += as_heading(p, text)
    names = {bare(f.text) for f in candidates if f.type == "campaign_name" and f.score >= threshold}
    for found in candidates:
        if found.quoted and found.type != "campaign_name" and bare(found.text) in names:
            found.type, found.features["named elsewhere"] = "campaign_name", WEIGHTS["named elsewhere"]
    kept = _settle([f for f in candidates if f.score >= threshold and len(bare(f.text)) > 1])
    for more in (_echoes, _repetitions):
        kept += [f for f in more(texts, kept) if f.score >= threshold]
    return sorted(kept, key=lambda f: (f.paragraph, f.start, -f.end))


# -- what remains -----------------------------------------------------------------------------------------------------


def _echoes(texts: Sequence[str], kept: list[Found]) -> Iterator[Found]:
    """Wordings that stand in quotation marks or are set in motion somewhere, where they occur without."""
    kinds = {
        f.text: f.type
        for f in kept
        if (f.quoted or "driven" in f.features)
        and f.type in TYPES[:4]
        and 4 <= len(f.text) <= 24
        and not {"speech", "idiom"} & f.features.keys()
    }
    for p, start, wording in _free_places(texts, kept, kinds):
        parallel = bool(re.search("[，,、]", wording))
        features = weigh("quoted elsewhere")
        yield _again(texts[p], p, start, wording, kinds[wording], features, parallel)


FREE = 1.5  # bits; least branching entropy of a repeated wording on either side
# least mutual information of its weakest joint, normalised: 1 if its parts never stand apart (Bouma 2009)
COHESIVE = 0.4
_OPEN = frozenset("nvailjbtsz")  # first letters of the parts of speech that a fixed wording is made of
_MODAL = frozenset("要应能会可使让被将是有到")
_ORGANISATION = re.compile(rf"{THING.pattern}|{NAMED_THING.pattern}|(?:会|院|司|处|所|机构|公司|人员|组织|支部)$")


def _repetitions(texts: Sequence[str], kept: list[Found]) -> Iterator[Found]:
    """Strings that come back, hold together, are free at both ends, and name an action: fixed wordings (提法)."""
    strings = repeated_strings(
        texts, min_chars=5, max_chars=24, walls=SENTENCE_MARKS + OPENING + CLOSING + "：:（）()《》"
    )
    free = strings[["left_entropy", "right_entropy"]].min(axis=1)
    most = np.log2(sum(map(len, texts)) / strings["count"])
    strings = strings[(free >= FREE) & (strings["mutual_information"] >= COHESIVE * most)]
    judged = {text: _judge_repeated(text, count) for text, count in zip(strings["string"], strings["count"])}
    judged = {wording: judgement for wording, judgement in judged.items() if judgement[1]}
    for p, start, wording in _free_places(texts, kept, judged):
        kind, features = judged[wording]
        yield _again(texts[p], p, start, wording, kind, features, kind == "slogan")


def _again(text: str, p: int, start: int, wording: str, kind: str, features: dict[str, float], parallel: bool) -> Found:
    """A wording that comes back, with whether it stands in quotation marks here."""
    end = start + len(wording)
    quoted = 0 < start and text[start - 1] in OPENING and text[end : end + 1] != "" and text[end] in CLOSING
    return Found(p, start, end, wording, kind, dict(features), quoted, parallel)


def _judge_repeated(text: str, count: int) -> tuple[str, dict[str, float]]:
    """Type and features of a repeated string; none if it is no wording of its own."""
    clauses = re.split("[，,、]", text)
    whole = re.fullmatch(r"[^\W\d_](?:[^\W\d_]|[，、])+[^\W\d_](?<!分之)", text) and min(map(len, clauses)) > 3
    words = [word for clause in clauses for word in tags(clause)] if whole else []
    if not whole or any(part[0] not in _OPEN or word in _MODAL for word, part in words) or _ORGANISATION.search(text):
        return "tifa", {}
    if len(clauses) > 1:
        parallel = mean_features(clauses)
        return "slogan", weigh("repeated 3+") | parallel if total(parallel) >= 0.2 else {}
    acts = any(part[0] == "v" or word[-1] == "化" for word, part in (words[0], words[-1]))
    names = ["repeated 3+", "cohesive", "free at both ends"] + ["repeated 6+"] * (count > 5)
    return "tifa", weigh(*names) if acts and len(words) > 1 else {}


def _free_places(texts: Sequence[str], kept: list[Found], wordings: Iterable[str]) -> Iterator[tuple[int, int, str]]:
    """Paragraph and offset of wordings outside all that is kept, from left to right, the longest first."""
    by_start: dict[str, list[str]] = defaultdict(list)
    for wording in sorted(wordings, key=len, reverse=True):
        by_start[wording[:4]].append(wording)
    taken = defaultdict(set)
    for f in kept:
        taken[f.paragraph].update(range(f.start, f.end))
    for p, text in enumerate(texts):
        free = 0
        for i in range(len(text) - 3):
            wording = next((w for w in by_start.get(text[i : i + 4], ()) if text.startswith(w, i)), "")
            if wording and i >= free:
                free = i + len(wording)
                if i not in taken[p] and free - 1 not in taken[p]:
                    yield p, i, wording


def _settle(candidates: list[Found]) -> list[Found]:
    """Of candidates that cross keep the best; a quoted one may stay inside one twice as long, or around others."""
    kept: list[Found] = []
    cover: dict[int, dict[int, list[Found]]] = defaultdict(lambda: defaultdict(list))
    for found in sorted(candidates, key=lambda f: (-round(f.score + 0.01 * (f.end - f.start), 6), f.start)):
        here = cover[found.paragraph]
        crossed = {id(f): f for k in range(found.start, found.end) for f in here[k]}.values()
        if all(_may_stand_together(found, other) for other in crossed):
            kept.append(found)
            for k in range(found.start, found.end):
                here[k].append(found)
    return kept


def _may_stand_together(found: Found, other: Found) -> bool:
    """Whether two overlapping candidates are both wanted: one marked wording, and one at least twice as long around it."""
    inner, outer = sorted((found, other), key=lambda f: f.end - f.start)
    nested = outer.start <= inner.start and inner.end <= outer.end
    several = sum(outer.text.count(mark) for mark in OPENING) > 1  # a wording made of quoted ones is one wording
    marked = "quoted" in inner.features and not several or outer.quoted and inner.type == "numeric_formula"
    return nested and marked and 2 * (inner.end - inner.start) < outer.end - outer.start


_VERB_OF_SAYING = "说|表示|介绍|认为|告诉记者|指出|强调|坦言|感慨|回忆"
_SPEAKER_AFTER = re.compile(rf"^[，,]?([^。！？“”，,：:]{{2,30}}?)(?:{_VERB_OF_SAYING})")
_SPEAKER_BEFORE = re.compile(rf"([^。！？“”，,：:；]{{2,30}}?)(?:{_VERB_OF_SAYING})[，,：:]$")


def named_speaker(text: str, start: int, end: int) -> str:
    """Who says the quotation a slogan stands in, if the sentence names somebody next to it."""
    near = text[max(0, start - LONGEST_QUOTATION) : end + LONGEST_QUOTATION]
    shift = max(0, start - LONGEST_QUOTATION)
    around = [(i + shift, j + shift) for i, j in quotations(near) if i + shift < start and end <= j + shift]
    for i, j in around[:1]:
        named = _SPEAKER_AFTER.search(text[j + 1 : j + 40]) or _SPEAKER_BEFORE.search(text[max(0, i - 40) : i])
        if named:
            return named[1].strip()
    return ""
