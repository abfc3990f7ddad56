"""Voices: what is said in a corpus, by whom, and how much of the text each kind of speaker has.

A quotation is direct (between marks), indirect (the sentence after a verb of saying) or carried by the layout (a
speaker's line and a paragraph below it, question and answer). Words in marks that nobody says, slogans and names, are none.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

import pandas as pd

from qdlib.actors import CREDITS, Person, find_persons, finder, name_at, name_before, role_before, role_chain
from qdlib.corpus import Corpus
from qdlib.parallelism import known_words, tags
from qdlib.slogans import quotations
from qdlib.speech import KINDS, Speaker, kind_of, saying, speaker_of, subject_before, verbs

COLUMNS = [
    "quote", "speaker", "role", "organisation", "verb", "direct", "article_id", "source", "line", "start", "end", "kind", "basis",
]  # fmt: skip
SHARE_COLUMNS = ["unit", "kind", "n_chars", "share"]
_HEADINGS = ("headline", "subtitle", "title", "subhead")

_PRONOUN = re.compile("[他她我]们?|笔者|对方")
_STOP = re.compile("[。！？!?\n]")
_COMMAS_TEXT = "，,：:"
_COMMAS = tuple(_COMMAS_TEXT)
_AUTHOR = ("我", "我们", "笔者", "记者")
_ENDS = "。！？!?…，,"
_SPOKEN = re.compile("[我咱你您]|[吗呢吧啊呀嘛]|[？?]")
_TURN = re.compile(r"^([^，。！？“”：:]{1,40})[：:](?=.)")
_FAR, _RECENT = 300, 50  # characters and mentions before a pronoun that are looked at
_ASKS = re.compile("^(?:问|答|记者|主持人|编辑|嘉宾|提问|回答)$")


class Said(NamedTuple):
    """Words in a paragraph: their span without marks, whether in marks or by layout, and who says them."""

    start: int
    end: int
    direct: bool
    speaker: Speaker


def find_quotations(corpus: Corpus) -> pd.DataFrame:
    """Find who says what in a corpus.

    Args:
        corpus: where to look; headings and credits are left out.

    Returns:
        A table, one row a quotation in the order of the corpus, none overlapping; one that runs over paragraphs is a
        row in each:

        - `quote` (text): what is said.
        - `speaker` (text): the name, else the noun phrase; empty if nobody is named.
        - `role, organisation` (text): of the speaker; or empty.
        - `verb` (text): of saying; or empty.
        - `direct` (boolean): whether it is in the speaker's own words, or reported.
        - `article_id, source, line, start, end`: as in `paragraphs`, of the quotation.
        - `kind` (text, one of leader, cadre, company, citizen, expert, reporter, document, unknown): of speaker.
        - `basis` (text, one of named, pronoun, near, layout): how the speaker is known: `named` (a verb says so),
          `pronoun` (他 is the only person named before), `near` (named in the sentence beside) or `layout`.
    """
    table = corpus.paragraphs[~corpus.paragraphs["role"].isin((*CREDITS, *_HEADINGS))]
    people = find_persons(corpus)
    known = {source: finder(rows["name"]) for source, rows in people.groupby("source")}
    about = {(p.source, p.name): p for p in people[people["role"] != ""].iloc[::-1].itertuples()}
    rows = []
    for _, article in table.groupby("article_id", sort=False):
        names = known.get(article["source"].iloc[0], finder(()))
        for at, said in _in_article(list(article.itertuples()), names):
            who = said.speaker
            told = about.get((at.source, who.name))
            role, organisation = (
                (told.role, told.organisation) if told and not who.role else (who.role, who.organisation)
            )
            start, end, line = corpus.origin(at.article_id, at.paragraph, said.start, said.end)
            place = [at.article_id, at.source, line, start, end]
            kind = kind_of(role, organisation, who.name)
            quote = at.text[said.start : said.end]
            rows.append([quote, who.name, role, organisation, who.verb, said.direct, *place, kind, who.basis])
    return pd.DataFrame(rows, columns=COLUMNS)


def _in_article(paragraphs: list, known: Callable) -> list[tuple[object, Said]]:
    """The quotations of an article with the paragraph each stands in."""
    turns = sum(_turn(at.text) is not None for at in paragraphs)
    talk: Speaker | None = None
    named: list[Person] = []
    rows: list[tuple[object, Said]] = []
    for before, at in zip([None, *paragraphs], paragraphs):
        turn = _turn(at.text) if turns > 1 else None
        if at.role == "speaker":
            talk = None if re.search("[，。；,;]", at.text) else _of_line(at.text)
        elif at.role == "quote" and talk:
            rows.append((at, Said(0, len(at.text), True, talk)))
        elif turn:
            rows.append((at, Said(turn[0], len(at.text), True, turn[1])))
        else:
            here = [Person(*found) for found in known(at.text)]
            goes_on = rows[-1][1].speaker if rows and rows[-1][0] is before and _is_open(*rows[-1]) else None
            found = said_in(at.text, goes_on, [person.name for person in here])
            rows += [(at, _resolved(said, at.text, here, named)) for said in found]
            named = here
    return _named_later(rows)


def _is_open(at: object, said: Said) -> bool:
    """Whether a quotation is not closed in its paragraph."""
    return said.direct and said.end == len(at.text) and said.speaker.basis != "layout"


def _named_later(rows: list[tuple[object, Said]]) -> list[tuple[object, Said]]:
    """Rows whose quotation is not closed and has no speaker get the one of the row after, where it goes on."""
    for n in range(len(rows) - 2, -1, -1):
        (at, said), (_, after) = rows[n : n + 2]
        if _is_open(at, said) and not said.speaker.name and after.start == 1:
            rows[n] = at, said._replace(speaker=after.speaker)
    return rows


def _turn(text: str) -> tuple[int, Speaker] | None:
    """The speaker a paragraph opens with (答：…), and where the words begin."""
    found = _TURN.match(text)
    if not found:
        return None
    if _ASKS.match(found[1]):
        return found.end(), Speaker(found[1], basis="layout")
    told = name_before(found[1], len(found[1])) >= 0 or role_chain(found[1])
    speaker = _of_line(found[1])
    return (found.end(), speaker) if told and speaker.role else None


def _of_line(line: str) -> Speaker:
    """The speaker of a line that names one; a name that no surname tells is what follows the role."""
    line = line.strip().rstrip("：:")
    known = name_before(line, len(line))
    for start in (known,) if known >= 0 else (len(line), len(line) - 3, len(line) - 2, len(line) - 4):
        role, organisation = role_before(line, start) if start > 0 else ("", "")
        if role:
            return Speaker(line[start:] or line, role, organisation, basis="layout")
    return Speaker(line[max(known, 0) :], basis="layout")


def _resolved(said: Said, text: str, here: list[Person], before: list[Person]) -> Said:
    """The quotation with its pronoun resolved: to the one person named before it in the sentence, else the paragraph, else the last one.

    A name that nothing vouches for, but the dictionary knows, makes it unsafe: the pronoun then stays without a name.
    """
    speaker = said.speaker
    if speaker.basis != "pronoun" or not _PRONOUN.fullmatch(speaker.name):
        return said
    low = max(0, said.start - _FAR)
    sentence = max(low - 1, *(text.rfind(mark, low, max(said.start - 1, 0)) for mark in "。！？”\n"))
    k = bisect_right(here, said.start, key=lambda person: person.end)
    earlier = here[max(0, k - _RECENT) : k]
    inside = [person for person in earlier if person.start > sentence]
    names = {person.name for person in inside or earlier or before}
    since = tags(text[max(low, (inside or earlier)[-1].end if earlier else 0) : said.start])
    others = {
        word for word, tag in since if tag[:2] == "nr" and known_words().get(word) and name_at(word, 0) == len(word) > 2
    }
    single = len(names) == 1 and others <= names and speaker.name in ("他", "她")
    return said._replace(speaker=speaker._replace(name=names.pop() if single else ""))


# -- in plain text ----------------------------------------------------------------------------------------------------


def said_in(text: str, goes_on: Speaker | None = None, known: Sequence[str] = ()) -> list[Said]:
    """Find the quotations of a paragraph, direct and indirect, in reading order.

    Args:
        text: a paragraph.
        goes_on: who is still speaking from the paragraph before, whose marks were not closed.
        known: names of persons who may be mentioned without anything that vouches for them.
    """
    direct = list(_direct(text, goes_on, known))
    return sorted(direct + list(_indirect(text, direct)))


def marked(text: str) -> list[tuple[int, int]]:
    """Offsets of the outermost quotation marks of a paragraph.

    One at its beginning or after a verb that stays open goes to the end; one that closes a sentence and was never opened
    begins with the paragraph, at -1.
    """
    first = re.match("[^“”]*[。！？…]”", text)
    pairs: list[tuple[int, int]] = [(-1, first.end() - 1)] if first else []
    every = quotations(text, len(text))
    for i, j in every:
        if not pairs or i > pairs[-1][1]:
            pairs.append((i, j))
    opened = text.rfind("“")
    last = pairs[-1][1] if pairs else -1
    if opened > last and (opened == 0 or text[opened - 1] in "：:，,"):
        pairs.append((opened, len(text)))
    elif text[:1] == "“" and not any(i == 0 for i, _ in every):
        return [(0, len(text))]
    return pairs


def _direct(text: str, goes_on: Speaker | None, known: Sequence[str]) -> Iterator[Said]:
    """Words in marks that somebody says."""
    group: list[tuple[int, int]] = []
    said_last: tuple[int, Speaker | None] = (0, None)
    pairs = marked(text)
    for n, (i, j) in enumerate(pairs):
        group.append((i, j))
        if n + 1 < len(pairs) and pairs[n + 1][0] == j + 1 and _is_spoken(text, i, j):
            continue  # “…”“…”: one speaker
        speaker = goes_on if goes_on and goes_on.name and group[0][0] < 1 else _speaker(text, group[0][0], j, known)
        if (
            said_last[1] and text[said_last[0] : group[0][0]] in _COMMAS and (speaker is None or not speaker.name)
        ):  # “…”，“…”
            speaker = said_last[1]
        said_last = (j + 1, speaker)
        for first, last in group:
            if last > first + 1 and speaker and (speaker.basis not in ("", "near") or _is_spoken(text, first, last)):
                yield Said(first + 1, last, True, speaker)
        group = []


def _is_spoken(text: str, i: int, j: int) -> bool:
    """Whether words in marks have the form of speech: a sentence of their own."""
    return j == len(text) or text[j - 1] in _ENDS and j - i > 4 or bool(re.search("[。！？；]", text[i:j]))


def _speaker(text: str, i: int, j: int, known: Sequence[str]) -> Speaker | None:
    """Who says the words between two marks; None if they are no speech."""
    after = text[j + 1 : j + 2]
    if not _is_spoken(text, i, j) and not (after in tuple("。！？；，,") and text[i - 1 : i] in tuple("，,：:")):
        return None
    speaker = speaker_of(text, max(i, 0), j + 1, known)
    if speaker and speaker.basis in ("", "near") and (after == "（" or i > 0 and text[i - 1] not in "。！？!?”：:\n…"):
        return None  # words quoted within a sentence, or from a book
    if speaker is None and _is_spoken(text, i, j) and _SPOKEN.search(text[i:j]):
        return Speaker()
    return speaker


def _indirect(text: str, direct: list[Said]) -> Iterator[Said]:
    """Sentences that report what somebody says: from the verb to the full stop, to words in marks, or to who speaks next."""
    plain = list(text)
    for i, j in marked(text):
        plain[i + 1 : j] = "□" * (j - i - 1)
    hidden = "".join(plain)
    verbs_ = sorted(
        [*saying().finditer(hidden), *_clauses().finditer(hidden)], key=lambda verb: (verb.start(), -verb.end())
    )
    walls = sorted(
        [found.start() for found in _STOP.finditer(hidden)] + [said.start - 1 for said in direct] + [len(text)]
    )
    begins = [said.start - 1 for said in direct]
    last: Said | None = None
    for verb in verbs_:
        start = verb.end() + (hidden[verb.end() : verb.end() + 1] in _COMMAS)
        at = bisect_right(begins, start) - 1
        if at >= 0 and start <= direct[at].end:
            continue
        semicolon = hidden.rfind("；", last.start, verb.start()) if last and start <= last.end else 0
        speaker = _reporter(text, verb) if semicolon >= 0 else None
        end = walls[bisect_left(walls, start)]
        if speaker is None:
            continue
        if last and start <= last.end:  # …；乙表示，…
            last = last._replace(end=semicolon)
        if len(hidden[start:end].strip(_COMMAS_TEXT)) < 4:
            continue
        if last:
            yield last
        last = Said(start, end, False, speaker._replace(verb=verb[1], basis=speaker.basis or "named"))
    if last:
        yield last


def _reporter(text: str, verb: re.Match) -> Speaker | None:
    """Whose words a verb in running text reports; None if it reports none, or the author's own."""
    if text.endswith("据介绍", 0, verb.end()):
        return Speaker()
    speaker = subject_before(text, verb.start())
    if speaker is None or speaker.name in _AUTHOR:
        return None
    comma = text[verb.end() : verb.end() + 1] in _COMMAS
    return speaker if comma or kind_of(speaker.role, speaker.organisation, speaker.name) == "document" else None


def _clauses() -> re.Pattern:
    """Pattern of the verbs that report a clause without a mark after them."""
    return re.compile(f"({verbs('clause')})(?![，,：:。的了过着])")


# -- shares -----------------------------------------------------------------------------------------------------------

_GRAIN = 2**40  # shares are multiples of 1 / 2**40, so that they add up to 1 exactly in any order


def voice_shares(
    corpus: Corpus, quotations: pd.DataFrame, by: str | Mapping[str, str] = "article"
) -> pd.DataFrame:
    """Measure how much of the text each kind of speaker has; the rest is the reporter's narration.

    Args:
        corpus: the corpus.
        quotations: its quotations, as `find_quotations` gives them.
        by: `article`, `source` or `corpus`; or a label for each source, such as `source_groups` gives.

    Returns:
        A table, one row a unit and kind. The shares of a unit add up to 1 exactly. Characters measure space: a
        headline counts like any other line.

        - `unit` (text): the article, the source or its label; or the corpus's fingerprint.
        - `kind` (text): the kind of speaker, as in `find_quotations`, or narration.
        - `n_chars` (integer, characters): of the quotations.
        - `share` (number, 0 to 1): n_chars / characters of the unit's paragraphs without credits.

    Raises:
        ValueError: `by` is unknown.
    """
    if not isinstance(by, Mapping) and by not in ("article", "source", "corpus"):
        raise ValueError(f"by must be article, source or corpus, got {by!r}; or give a label for each source")
    table = corpus.paragraphs[~corpus.paragraphs["role"].isin(CREDITS)]
    label_of = by if isinstance(by, Mapping) else dict.fromkeys(corpus.sources["source"], corpus.fingerprint)
    column = {"article": "article_id", "source": "source"}.get(by if isinstance(by, str) else "")
    unit = (lambda rows: rows[column]) if column else (lambda rows: rows["source"].map(label_of))
    totals = table["text"].str.len().groupby(unit(table), sort=False).sum()
    spoken = quotations["quote"].str.len().groupby([unit(quotations), quotations["kind"]]).sum().to_dict()
    rows = []
    for name, total in totals[totals > 0].items():
        counts = {kind: int(spoken.get((name, kind), 0)) for kind in KINDS}
        shares = {kind: round(count / total * _GRAIN) / _GRAIN for kind, count in counts.items()}
        rows += [[name, kind, counts[kind], shares[kind]] for kind in KINDS]
        rows.append([name, "narration", int(total) - sum(counts.values()), 1 - sum(shares.values())])
    return pd.DataFrame(rows, columns=SHARE_COLUMNS)
