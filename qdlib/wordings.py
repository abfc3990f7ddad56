"""Wordings: where they stand on the text, at which place of the article and in whose voice.

What the measures of prominence count: occurrences are found on the text, never on tokens, since a wording may cross commas
and words. Credits and datelines do not count.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Iterator, Sequence

import numpy as np
import pandas as pd

from qdlib.corpus import Corpus, paragraph_places
from qdlib.parallelism import CLOSING, OPENING
from qdlib.slogans import quotations
from qdlib.strings import find_strings

Wordings = Iterable[str] | pd.DataFrame

VOICES = ("headline", "narration", "direct quote", "editorial")
FOUND_COLUMNS = [
    "wording", "form", "article_id", "paragraph", "source", "line", "start", "end", "place", "voice", "own",
]  # fmt: skip


def find_wordings(corpus: Corpus, wordings: Wordings, by: str = "slogan") -> pd.DataFrame:
    """Find the occurrences of wordings that the measures of prominence count.

    Args:
        corpus: where to look; credits and datelines are left out.
        wordings: a list of strings, each looked for on the text, full- and half-width signs alike and quotation marks set
            aside; or the table of `mine_slogans`, of which the occurrences found are taken and no others.
        by: `slogan`; or `family`, with such a table, to take all variants of a family as one wording.

    Returns:
        A table, one row an occurrence in the order of the corpus; one inside a longer variant of its own family is no
        row:

        - `wording` (text): as it was given, or the name of the family.
        - `form` (text): what is printed there.
        - `article_id, paragraph, source, line, start, end`: as in `paragraphs`, of the occurrence.
        - `place`: as in `count_by_place`.
        - `voice`: as in `count_by_voice`.
        - `own` (boolean): not true where a longer wording of the list stands around it: that occurrence is inherited.

    Raises:
        TypeError: `wordings` is one string.
        ValueError: a wording is empty, `by` is unknown or needs a table of slogans, or the table is of another corpus.
    """
    texts, found, _ = locate(corpus, wordings, by)
    printed = texts["text"].tolist()
    forms = [printed[i][start:end] for i, start, end in zip(found["text"], found["start"], found["end"])]
    table = traced(corpus, texts, found).assign(form=pd.Series(forms, dtype="str"), voice=voices_of(texts, found))
    return table[FOUND_COLUMNS]


def traced(corpus: Corpus, texts: pd.DataFrame, found: pd.DataFrame) -> pd.DataFrame:
    """Return occurrences that `locate` found with their article, paragraph, place, source, line and raw offsets."""
    at = texts.loc[found["text"], ["article_id", "paragraph", "source", "place"]].reset_index(drop=True)
    spans = zip(at["article_id"], at["paragraph"], found["start"], found["end"])
    at[["start", "end", "line"]] = np.array([corpus.origin(*span) for span in spans], int).reshape(-1, 3)
    return found[["wording", "own"]].join(at)


def locate(corpus: Corpus, wordings: Wordings, by: str = "slogan") -> tuple[pd.DataFrame, pd.DataFrame, pd.Index]:
    """Find wordings as `find_wordings` does, with offsets in paragraphs, for counting.

    Returns:
        The paragraphs that count, as `counted_texts` gives them; the occurrences `text, start, end, form, wording, own`,
        `text` the row of the paragraph; and the wordings in the order given.
    """
    texts, forms = counted_texts(corpus), forms_of(wordings, by)
    names = pd.Index(forms["wording"].unique(), name="wording")
    if isinstance(wordings, pd.DataFrame):
        return texts, _mined(texts, wordings, by), names
    return texts, on_texts(texts["text"], forms), names


def _mined(texts: pd.DataFrame, mined: pd.DataFrame, by: str) -> pd.DataFrame:
    """The rows of a table of slogans as occurrences, with the numbers of their paragraphs."""
    rows = {place: i for i, place in enumerate(zip(texts["article_id"], texts["paragraph"]))}
    printed, hits = texts["text"].tolist(), []
    for form, wording, *place, start in mined[["slogan", by, "article_id", "paragraph", "offset"]].itertuples(
        index=False
    ):
        row = rows.get(tuple(place), -1)
        if row < 0 or not printed[row].startswith(form, start):
            raise ValueError(
                f"wordings has {form!r} in paragraph {place[1]} of {place[0]!r}, which this corpus has not there; mine "
                "this corpus"
            )
        hits.append([row, start, start + len(form), form, wording])
    found = pd.DataFrame(hits, columns=["text", "start", "end", "form", "wording"])
    found = found.astype({name: int for name in ("text", "start", "end")})
    return _marked(found.sort_values(["text", "start", "end"], ascending=[True, True, False], ignore_index=True))


def counted_texts(corpus: Corpus) -> pd.DataFrame:
    """Return the paragraphs without credits and datelines, with `place`, `genre`, `n_chars` and `article` (`main_articles`)."""
    table = corpus.paragraphs.assign(place=paragraph_places(corpus.paragraphs))
    table = table[table["place"] != ""].reset_index(drop=True)
    genre = corpus.articles.set_index("article_id")["genre"]
    return table.assign(
        genre=table["article_id"].map(genre),
        n_chars=table["text"].str.len(),
        article=table["article_id"].map(main_articles(corpus)).astype("str"),
    )


def main_articles(corpus: Corpus) -> dict[str, str]:
    """Return the article that each one counts with: that which a caption or side piece is part of; `""` for lone captions."""
    rows = corpus.articles[["article_id", "part_of", "genre"]].itertuples(index=False, name=None)
    part_of = {article: parent or ("" if genre == "caption" else article) for article, parent, genre in rows}
    for article, parent in part_of.items():
        while part_of.get(parent, parent) != parent:
            parent = part_of[parent]
        part_of[article] = parent
    return part_of


def forms_of(wordings: Wordings, by: str = "slogan") -> pd.DataFrame:
    """Return what is to be looked for, `form`, and the `wording` it counts for; see `find_wordings`."""
    if by not in ("slogan", "family"):
        raise ValueError(f"by must be slogan or family, got {by!r}")
    if isinstance(wordings, pd.DataFrame):
        needed = ["slogan", "family", "article_id", "paragraph", "offset"]
        if missing := [name for name in needed if name not in wordings]:
            raise ValueError(f"wordings lacks the column {missing[0]!r}; give the table of mine_slogans or a list")
        table = wordings[["slogan", by]].set_axis(["form", "wording"], axis=1)
    elif isinstance(wordings, str):
        raise TypeError("wordings must be a list of strings, got one string; put it in a list")
    elif by == "family":
        raise ValueError("by='family' needs the table of mine_slogans, which names the families; got a list")
    else:
        names = pd.Series(list(wordings), dtype="str")
        table = pd.DataFrame({"form": names, "wording": names})
    forms = [fold(form)[0] for form in table["form"]]
    if empty := [form for form, plain in zip(table["form"], forms) if not plain.strip()]:
        raise ValueError(f"wordings has {empty[0]!r}, which holds no character that could be found; leave it out")
    return table.assign(form=forms).drop_duplicates("form", ignore_index=True)


def on_texts(texts: Iterable[str], forms: pd.DataFrame) -> pd.DataFrame:
    """Return the occurrences of forms on texts, `text, start, end, form, wording, own`; `text` is a number."""
    texts, distinct = list(texts), forms["form"].unique()
    folded = [fold(text) for text in texts]
    found = find_strings([plain for plain, _ in folded], distinct)
    spans = [
        _closed(texts[i], folded[i][1][start], folded[i][1][end - 1] + 1)
        for i, start, end in found[["text", "start", "end"]].itertuples(index=False)
    ]
    found[["start", "end"]] = np.array(spans, int).reshape(-1, 2)
    found = found.assign(form=distinct.take(found["wording"])).drop(columns="wording")
    return _marked(found.merge(forms, on="form", how="left"))


_MARKS = frozenset(OPENING + CLOSING + "\"'＂＇〝〞")
_NARROW = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}


def fold(text: str) -> tuple[str, list[int]]:
    """Return a text without quotation marks and with half-width signs, and the offset of each of its characters."""
    places = [i for i, character in enumerate(text) if character not in _MARKS]
    return "".join([text[i] for i in places]).translate(_NARROW), places


def _closed(text: str, start: int, end: int) -> tuple[int, int]:
    """The span with the closing quotation mark behind it that one inside it lacks."""
    inside = text[start:end]
    if text[end : end + 1] and text[end] in CLOSING:
        mark = CLOSING.index(text[end])
        end += inside.count(OPENING[mark]) > inside.count(CLOSING[mark])
    return start, end


def _marked(found: pd.DataFrame) -> pd.DataFrame:
    """Occurrences without those inside another one of the same wording; `own` says which are inside none at all."""
    found = found[~_inside(found, ["text", "wording"])].reset_index(drop=True)
    return found.assign(own=~_inside(found, ["text"]))


def _inside(found: pd.DataFrame, keys: list[str]) -> pd.Series:
    """Whether each occurrence lies inside a longer one with the same keys: those before it begin no later."""
    furthest = found.assign(end=found.groupby(keys)["end"].cummax()).groupby(keys)["end"].shift(fill_value=0)
    return found["end"] <= furthest


# -- in whose voice ---------------------------------------------------------------------------------------------------

_WIDE = str.maketrans(",:;!?()", "，：；！？（）")
_WORD = re.compile(r"\w")
_SAYS = "说|问|答|道|称|讲|喊|写|曰|云|表示|介绍|认为|指出|强调|提出|要求|坦言|感慨|感叹|回忆|透露|告诉[^，。：“”]{1,8}"
_SAID_BEFORE = re.compile(rf"(?:{_SAYS})[^，。！？；：“”]{{0,4}}[，：]$")
_SAID_AFTER = re.compile(rf"，?[^，。！？；：“”\s]{{1,24}}?(?:{_SAYS})(?=[，。：；]|$)")


def voices_of(texts: pd.DataFrame, found: pd.DataFrame) -> list[str]:
    """Return the voice of each occurrence; those of a paragraph come by start."""
    around = _voice_around(texts)
    voices: list[str] = []
    for i, rows in found.groupby("text", sort=False):
        quoted = _in_speech(texts.loc[i], zip(rows["start"], rows["end"]))
        voices += ["direct quote" if inside else around[i] for inside in quoted]
    return voices


def _in_speech(paragraph: pd.Series, spans: Iterable[tuple[int, int]]) -> Iterator[bool]:
    """Whether each span is somebody's words; one that alone fills its marks is, if a verb of saying stands beside them."""
    text = paragraph["text"]
    ahead = deque(_speeches(text, paragraph["role"], paragraph["place"]))
    here: list[tuple[int, int, bool]] = []
    for start, end in spans:
        while ahead and ahead[0][0] < start:
            here.append(ahead.popleft())
        here = [speech for speech in here if speech[1] > start]
        yield any(
            end <= closing and (said or _WORD.search(text, opening + 1, start) or _WORD.search(text, end, closing))
            for opening, closing, said in here
        )


def voice_lengths(texts: pd.DataFrame) -> pd.Series:
    """Return the characters of each voice."""
    spoken = [_spoken(_speeches(*row)) for row in texts[["text", "role", "place"]].itertuples(index=False, name=None)]
    lengths = (texts["n_chars"] - spoken).groupby(_voice_around(texts)).sum().reindex(list(VOICES), fill_value=0)
    lengths["direct quote"] = sum(spoken)
    return lengths.rename("n_chars").rename_axis("voice").astype(int)


def _voice_around(texts: pd.DataFrame) -> pd.Series:
    """The voice of each paragraph outside its quotations."""
    voice = pd.Series("narration", index=texts.index, dtype="str")
    voice[texts["genre"].isin(("editorial", "commentary"))] = "editorial"
    voice[texts["place"].isin(("headline", "subhead"))] = "headline"
    return voice


def _speeches(text: str, role: str, place: str) -> list[tuple[int, int, bool]]:
    """Where somebody speaks in a paragraph: marks `(opening, closing)`, and whether a verb of saying stands beside them."""
    if role == "quote":  # it stands under the line that names the speaker
        return [(-1, len(text), True)]
    if place in ("headline", "subhead"):
        return []
    text = text.translate(_WIDE)
    judged = ((i, j, *_judge(text, i, j)) for i, j in quotations(text, len(text)))
    return [(i, j, said) for i, j, speech, said in judged if speech]


def _judge(text: str, i: int, j: int) -> tuple[bool, bool]:
    """Whether marks hold what somebody says, and whether a verb of saying beside them tells so."""
    before, last, after = text[max(0, i - 16) : i], text[j - 1], text[j + 1 : j + 34]
    whole = last in "。！？…" and (not before or before[-1] in "。！？…；：，" + CLOSING)
    told = bool(_SAID_BEFORE.search(before)) and (last in "。！？…，；" or not after or after[0] in "。！？；…")
    named = (last in "。！？…，" or after.startswith("，")) and bool(_SAID_AFTER.match(after))
    return whole or told or named, told or named


def _spoken(speeches: Sequence[tuple[int, int, bool]]) -> int:
    """Characters between marks, a quotation inside another one counted once."""
    total, end = 0, 0
    for opening, closing, _ in speeches:
        total += max(0, closing - max(end, opening + 1))
        end = max(end, closing)
    return total
