"""Metaphor: words of war, speed, contest, warmth and the like where the talk is of something else.

A lexicon of forms stands for each domain of the source (Lakoff and Johnson 1980; Charteris-Black 2004), and every hit is a
row that a coder can judge (`coding`). Matching runs on the text, since a wording may lie across tokens; segmentation only
shuts out hits inside longer words. A hit is a candidate: whether it is a metaphor in its place is for a reader to say.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate
from pathlib import Path

import pandas as pd

from qdlib.corpus import Corpus
from qdlib.words import read_lexicon, segment, tokenizer

DOMAINS = {
    "war": "战争", "motion": "速度与运动", "contest": "竞赛", "family": "家庭与温情", "machine": "机器与能量", "body": "身体与医疗",
    "exam": "考试与学校", "journey": "道路与旅程", "building": "建筑", "nature": "自然", "market": "市场",
}  # fmt: skip
DEGREES = ("conventional", "live")
COLUMNS = [
    "form", "domain", "degree", "left", "right", "article_id", "paragraph", "source", "line", "start", "end", "doubt", "in_slogan",
]  # fmt: skip
CREDITS = ("byline", "source", "dateline")
_BEFORE, _AFTER = "新大总双", "性化式期"  # with these a word stays the word it was: 新动能, 战略性
_PHRASE = 4  # characters from which a form is taken at its word, whatever the tokens are
REACH = 10  # characters on each side that are shown, and searched for words of the literal domain


def metaphor_lexicon(lexicon: str | Path | pd.DataFrame | None = None) -> pd.DataFrame:
    """Read a lexicon of metaphor.

    Args:
        lexicon: the path of a .txt file like `lexicons/metaphor.txt`, or a table with its columns; the package's list if not given.

    Returns:
        A table, one row a form:

        - `domain` (text): the source domain, such as war or building.
        - `form` (text): the word.
        - `degree` (text, one of conventional, live, literal): `literal` for a word of the domain itself, which puts a
          hit near it in doubt.
        - `literal_in` (text): longer strings, parted by spaces, in which the form does not count.

    Raises:
        ValueError: a line has no form, a degree is unknown, or a form stands twice.
        FileNotFoundError: there is no such file.
    """
    columns = ["domain", "form", "degree", "literal_in"]
    if isinstance(lexicon, pd.DataFrame):
        table = lexicon.reindex(columns=columns, fill_value="").astype(object)
        table = table.where(table.notna(), "").astype(str)
    else:
        lines = [line.split("\t") for line in read_lexicon("metaphor" if lexicon is None else lexicon)]
        table = pd.DataFrame([(line + [""] * 4)[:4] for line in lines], columns=columns, dtype=str)
    table = table.map(str.strip)
    wrong = table[~table["degree"].isin([*DEGREES, "literal"]) | (table["domain"] == "") | (table["form"] == "")]
    if len(wrong):
        raise ValueError(
            f"lexicon: an entry is domain, form and degree ({', '.join(DEGREES)} or literal), parted by tabs; "
            f"got {' / '.join(wrong.iloc[0])!r}"
        )
    forms = table.loc[table["degree"] != "literal", "form"]
    twice = forms[forms.duplicated()]
    if len(twice):
        raise ValueError(f"lexicon: form {twice.iloc[0]!r} stands twice; a form has one domain and one degree")
    return table.reset_index(drop=True)


def find_metaphors(
    corpus: Corpus,
    lexicon: str | Path | pd.DataFrame | None = None,
    degree: str = "all",
    mined: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Find the forms of the lexicon in a corpus, longest first, each place once.

    Shut out are forms within a string of `literal_in`, and strings that only look like a form across words or inside one.
    Kept with a `doubt` are forms with a word of the literal domain within 10 characters (冲刺 beside 运动员): leave such
    rows out, or code them (`coding_sheet`), before counting.

    Args:
        corpus: where to look; all paragraphs but the credits.
        lexicon: see `metaphor_lexicon`.
        degree: `conventional`, `live` or `all`.
        mined: slogans of the same corpus (`mine_slogans`), to say which hits stand in one.

    Returns:
        A table, one row a hit in the order of the corpus:

        - `form, domain`: as in `metaphor_lexicon`.
        - `degree` (text, one of conventional, live): of the form.
        - `left, right` (text): 10 characters beside it.
        - `article_id, paragraph, source, line, start, end`: as in `paragraphs`, of the hit.
        - `doubt` (text): why it may be none; or empty.
        - `in_slogan` (boolean): whether it stands in a slogan; missing without `mined`.

    Raises:
        ValueError: the degree is unknown or the lexicon is not in order.
    """
    if degree not in ("all", *DEGREES):
        raise ValueError(f"degree must be all, {' or '.join(DEGREES)}, got {degree!r}")
    entries = metaphor_lexicon(lexicon)
    about = {form: (domain, kind) for domain, form, kind, _ in entries.itertuples(index=False) if kind != "literal"}
    literal = entries[entries["degree"] == "literal"].groupby("domain")["form"].agg(list).to_dict()
    paragraphs = list(searched(corpus).itertuples())
    rows = []
    for place, start, end in _hits([at.text for at in paragraphs], entries):
        at = paragraphs[place]
        text = at.text
        form = text[start:end]
        domain, kind = about[form]
        if degree in ("all", kind):
            left, right = text[max(start - REACH, 0) : start], text[end : end + REACH]
            cue = next((word for word in literal.get(domain, ()) if word in left or word in right), "")
            doubt = f"beside {cue}" if cue else ""
            first, last, line = corpus.origin(at.article_id, at.paragraph, start, end)
            where = [at.article_id, at.paragraph, at.source, line, first, last]
            rows.append([form, domain, kind, left, right, *where, doubt, pd.NA])
    found = pd.DataFrame(rows, columns=COLUMNS).astype({"in_slogan": "boolean"})
    return found if mined is None else found.assign(in_slogan=_inside(found, mined))


def searched(corpus: Corpus) -> pd.DataFrame:
    """The paragraphs in which metaphors are looked for."""
    return corpus.paragraphs[~corpus.paragraphs["role"].isin(CREDITS)]


def _hits(texts: Sequence[str], entries: pd.DataFrame) -> Iterator[tuple[int, int, int]]:
    """Hits `(text, start, end)` that are words of their own and not literal, the longest at each place."""
    from ahocorasick_rs import AhoCorasick

    forms = entries.loc[entries["degree"] != "literal", "form"].tolist()
    barred = sorted({string for cell in entries["literal_in"] for string in cell.split()} - set(forms))
    machine = AhoCorasick(forms + barred)
    for place, text in enumerate(texts):
        spans = machine.find_matches_as_indexes(text, overlapping=True)
        shut = _cover((start, end) for i, start, end in spans if i >= len(forms))
        tokens = _token_spans(text) if len(spans) > len(shut[0]) else []
        reached = 0
        for start, end in sorted(((a, b) for i, a, b in spans if i < len(forms)), key=lambda span: (span[0], -span[1])):
            if start >= reached and _whole(text, start, end, tokens) and not _within(start, end, shut):
                reached = end
                yield place, start, end


def _token_spans(text: str) -> list[tuple[int, int]]:
    """For each character, where its token begins and ends; the dictionary alone, since guessed words hide real ones."""
    (tokens,) = segment([text], hmm=False)
    ends = accumulate(map(len, tokens))
    return [(end - len(token), end) for token, end in zip(tokens, ends) for _ in token]


def _whole(text: str, start: int, end: int, tokens: list[tuple[int, int]]) -> bool:
    """Whether a span is made of whole tokens, or a word of its own inside one: 斗争 in 阶级斗争, not 动力 in 劳动力."""
    first, last = tokens[start], tokens[end - 1]
    if end - start >= _PHRASE:
        return True
    if first == last:
        return _apart(text[first[0] : start], _BEFORE) and _apart(text[end : last[1]], _AFTER)
    return first[0] == start and last[1] == end


def _apart(rest: str, affixes: str) -> bool:
    """Whether what is left of a longer word leaves the form a word of its own: nothing, a word, or a light affix."""
    return not rest or rest in affixes or (len(rest) > 1 and tokenizer().FREQ.get(rest, 0) > 0)


def _cover(spans: Iterable[tuple[int, int]]) -> tuple[list[int], list[int]]:
    """The starts of spans in order, and how far those up to each reach."""
    ordered = sorted(spans)
    return [start for start, _ in ordered], list(accumulate((end for _, end in ordered), max))


def _within(start: int, end: int, cover: tuple[list[int], list[int]]) -> bool:
    """Whether a span lies within one of those of the cover."""
    before = bisect_right(cover[0], start)
    return before > 0 and end <= cover[1][before - 1]


def _inside(found: pd.DataFrame, mined: pd.DataFrame) -> list[bool]:
    """Whether each hit lies within a slogan, by raw offsets."""
    covers = {source: _cover(zip(rows["start"], rows["end"])) for source, rows in mined.groupby("source")}
    places = found[["source", "start", "end"]].itertuples(index=False)
    return [_within(start, end, covers.get(source, ([], []))) for source, start, end in places]
