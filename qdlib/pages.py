"""A page's repaired text to articles in reading order with their metadata, and the account of what was no article.

A newspaper page's dump runs through its columns: paragraphs break off and go on many lines later, captions and other
articles stand between. `lines` says what each line is, `joins` which goes on where; here the lines are given to articles.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from itertools import accumulate, pairwise
from typing import NamedTuple

from qdlib.joins import find_joins, pairs_of, rarities
from qdlib.lines import (
    DATE,
    DISPATCH,
    FURNITURE,
    HAN,
    LABEL,
    MARKED,
    NUMBERED,
    PAPER,
    SIGNED,
    Line,
    classify,
    following,
    is_closed,
    read_lines,
)  # fmt: skip
from qdlib.traced import TracedText
from qdlib.words import read_lexicon

_WIDE = str.maketrans("(),:;", "（），：；")
CONTENT_ROLES = ("body", "lead", "abstract", "quote", "speaker", "subhead")


class Evidence(NamedTuple):
    """What proves a field of an article: the words, `explicit` where they say it, `inferred` where it follows from them."""

    field: str
    basis: str
    words: TracedText


@dataclass
class Article:
    """An article as found on a page; `part_of` is the index of the article it hangs on, or None."""

    headline: str = ""
    subtitle: str = ""
    byline: str = ""
    outlet: str = ""
    date: str = ""
    date_basis: str = ""
    genre: str = ""
    part_of: int | None = None
    paragraphs: list[tuple[str, TracedText]] = field(default_factory=list)
    evidence: list[Evidence] = field(default_factory=list)

    def metadata(self) -> list[str]:
        """Headline, subtitle, byline, outlet, date, date_basis and genre, in the order of the table of articles."""
        return [self.headline, self.subtitle, self.byline, self.outlet, self.date, self.date_basis, self.genre]


class Page(NamedTuple):
    """A page's articles, captions last, and the account of the whole page: the text without what is no article."""

    articles: list[Article]
    account: TracedText


def split_page(text: TracedText) -> Page:
    """Cut a page into articles.

    Args:
        text: the page's repaired text.

    Returns:
        The page. Every character of `text` is either in a paragraph of an article or dropped from the account under a
        rule `furniture: ...` or `layout`.
    """
    lines, junk = classify(read_lines(text.text))
    joins = find_joins(lines)
    for i in joins:
        lines[i].kind = "body" if lines[i].kind == "heading" else lines[i].kind
    for i in joins.values():
        if lines[i - 1].kind == "heading" and MARKED.match(lines[i - 1].text):
            lines[i - 1].kind = "caption"  # it heads nothing: what stands below goes on from elsewhere
    drafts, furniture = _assemble(lines, joins)
    titles = Counter(title for draft in drafts for title in {_bare(head.text) for head, _ in draft.heads})
    for draft in drafts:
        furniture += _choose_headline(draft, titles)
        _settle_roles(draft)
    return _finish(text, lines, drafts, junk + furniture)


# -- lines to articles ------------------------------------------------------------------------------------------------


@dataclass(eq=False, slots=True)
class _Paragraph:
    role: str
    spans: list[tuple[int, int]]
    text: str
    resumed_after: _Paragraph | None = None  # the article's last paragraph when the second half was found
    opens_abstract: bool = False


@dataclass(eq=False, slots=True)
class _Draft:
    genre: str = ""
    parent: _Draft | None = None
    label: Line | None = None
    heads: list[tuple[Line, bool]] = field(
        default_factory=list
    )  # heading line, and whether it stands below the dateline
    paragraphs: list[_Paragraph] = field(default_factory=list)
    headline: str = ""
    subtitle: str = ""
    byline: str = ""
    has_dateline: bool = False
    signed: bool = False
    talks: bool = False  # speakers and what they say
    pairs: set[str] = field(default_factory=set)  # of characters, which tell what it is about
    weight: float = 0.0  # of all of them

    def add(self, role: str, *lines: Line, separator: str = "") -> _Paragraph:
        """Append lines as one paragraph."""
        self.talks = self.talks or role == "speaker"
        spans = [span for line in lines for span in line.spans]
        self.paragraphs.append(_Paragraph(role, spans, separator.join(line.text for line in lines)))
        return self.paragraphs[-1]

    def learn(self, text: str, square: dict[str, float]) -> None:
        """Notice what a paragraph is about; `square` has what each pair weighs."""
        new = pairs_of(text) - self.pairs if square else frozenset()
        self.pairs |= new
        self.weight += math.fsum(map(square.__getitem__, new & square.keys()))

    def has_text(self) -> bool:
        """Whether there is more than a head."""
        return any(paragraph.role in CONTENT_ROLES for paragraph in self.paragraphs)


_CREDIT_ALONE = re.compile(r"^[^。,]{2,24}(?:摄影?|供图)$")


def _bare(text: str) -> str:
    """Chinese characters only, to compare titles."""
    return re.sub(f"[^{HAN}]", "", text)


def _assemble(lines: list[Line], joins: dict[int, int]) -> tuple[list[_Draft], list[tuple[int, int, str]]]:
    """Walk the lines in the order of the dump and give each to an article or to the furniture.

    A line that continues an earlier one carries the walk back to that article.
    """
    drafts: list[_Draft] = []
    captions: list[_Draft] = []
    furniture: list[tuple[int, int, str]] = []
    current: _Draft | None = None
    begun = {second: first for first, second in joins.items()}
    home: dict[int, tuple[_Draft, _Paragraph]] = {}
    first_text = next((i for i, line in enumerate(lines) if line.kind in ("body", "dispatch", "item")), len(lines))
    page_titles = [_bare(line.text) for line in lines[:first_text] if line.kind == "heading"][:1]

    def start(**about) -> _Draft:
        drafts.append(_Draft(**about))
        return drafts[-1]

    begins = [*accumulate((line.kind in ("byline", "dispatch", "name", "label") for line in lines), initial=0)]
    changing = any(begins[b] > begins[a + 1] for a, b in joins.items())  # columns: an article begins inside a paragraph
    passages = [pairs_of(line.text) for line in lines if line.kind == "body"] if changing else []
    square = {pair: rarity**2 for pair, rarity in rarities(passages).items()}
    i, in_briefs = 0, False
    while i < len(lines):
        line, kind, width = lines[i], lines[i].kind, 1
        in_briefs = kind == "briefs" or in_briefs and kind not in ("byline", "label")
        if kind in FURNITURE:
            furniture += [(a, b, kind) for a, b in line.spans]
        elif begun.get(i) in home:
            current, paragraph = home[i] = home[begun[i]]
            paragraph.spans += line.spans
            paragraph.text += line.text
            paragraph.resumed_after = current.paragraphs[-1]
            current.learn(line.text, square)
        elif kind == "caption" and current and current.genre == "caption" and _CREDIT_ALONE.match(line.text):
            current.byline = line.text
            current.add("byline", line)
        elif kind == "signature" and current:
            current.byline, current.signed = current.byline or line.text, True
            current.add("byline", line)
        elif kind == "caption":
            captions.append(_Draft(genre="caption", parent=current))
            captions[-1].add("caption", line)
        elif kind == "heading" and i not in joins:
            block = _heading_block(lines, i, joins, begun)
            width = len(block)
            after = following(lines, i + width)
            if (
                current
                and not current.has_text()
                and not (current.byline and current.heads)
                and not NUMBERED.match(line.text)
            ):
                current.heads += [(head, current.has_dateline) for head in block]
            elif (
                current is None
                or in_briefs
                or current.genre == "caption"
                or _opens_article(block, after, current, page_titles)
            ):
                if len(block) > 1 and current and after in ("byline", "dispatch") and is_closed(block[0].text):
                    current.add("body", block.pop(0))
                current = start(heads=[(head, False) for head in block])
            else:
                current = _about(lines, i, drafts, current, square)
                current.add("subhead", *block, separator=" ")
        elif kind == "label":
            genre = next(name for name, value in LABEL.match(line.text).groupdict().items() if value)
            headed = current if current and current.heads and not current.has_text() and not current.byline else None
            main = next((d for d in reversed(drafts) if d.parent is None and d is not headed), None)
            current = headed or start()
            current.genre, current.label, current.parent = genre, line, None if genre == "caption" else main
        elif kind == "name":
            current = start(genre="commentary", byline=line.text)
            current.add("byline", line)
        elif kind == "byline":
            closing = current is not None and current.has_text() and (
                line.text[0] == "("
                or not current.byline
                and following(lines, i + 1) in ("heading", "end", "label", "source")
            )  # fmt: skip
            if current is None or current.has_text() and not closing:
                current = start()
            current.byline = f"{current.byline} {line.text}".strip()
            current.signed = closing
            current.add("byline", line)
        elif kind in ("dateline", "source"):
            current = current or start()
            current.has_dateline = current.has_dateline or kind == "dateline"
            current.add(kind, line)
        else:
            if current is None or kind == "dispatch" and current.has_text():
                current = start()
            elif kind == "body" and lines[i - 1].kind in _BELOW_TEXT:
                current = _about(lines, i, drafts, current, square)
            home[i] = current, _add_text(current, line, stands_alone=i + 1 < len(lines))
            current.learn(line.text, square)
        i += width
    return drafts + captions, furniture


_BELOW_TEXT = FURNITURE | {"body", "dispatch", "caption"}
_LEVEL = 0.75  # power of an article's weight by which likeness is divided: a long one is like anything
_COLUMNS = 8  # articles that may stand beside each other
_CLOSER = 1.5, 0.01  # how many times as like, and by how much more, another article must be to carry the walk off


def _about(lines: list[Line], i: int, drafts: list[_Draft], current: _Draft, square: dict[str, float]) -> _Draft:
    """The article that a passage goes on with where columns change over: the current one, unless another is closer.

    A column may end with a paragraph. What stands below no speaker does not go on with a talk.
    """
    others = [d for d in drafts[-_COLUMNS:] if d is not current and d.weight and not d.talks]
    if not others or not current.weight:
        return current
    passage = [lines[i], *(lines[i + 1 : i + 2] if lines[i].kind == "heading" else [])]
    pairs = {pair for line in passage for pair in pairs_of(line.text)} & square.keys()

    def near(draft: _Draft) -> float:
        return math.fsum(map(square.__getitem__, pairs & draft.pairs)) / draft.weight**_LEVEL

    length = math.fsum(map(square.__getitem__, pairs)) ** (1 - _LEVEL)
    best = max(others, key=near)
    times, more = _CLOSER
    return best if near(best) > times * near(current) + more * length else current


def _heading_block(lines: list[Line], i: int, joins: dict[int, int], begun: dict[int, int]) -> list[Line]:
    """The heading lines from `i` on that stand together, four at most."""
    block = [lines[i]]
    for j in range(i + 1, min(i + 4, len(lines))):
        if lines[j].kind != "heading" or j in joins or j in begun or NUMBERED.match(lines[j].text):
            break
        block.append(lines[j])
    return block


def _opens_article(block: list[Line], after: str, current: _Draft, page_titles: list[str]) -> bool:
    """Whether headings begin an article: by what follows, by a signature above them, or by the page's title said again."""
    if current.signed or after in ("byline", "dispatch", "name", "label") or after == "dateline" and current.has_dateline:
        return True
    return any(len(_bare(head.text)) >= 6 and any(_bare(head.text) in title for title in page_titles) for head in block)


def _add_text(current: _Draft, line: Line, stands_alone: bool) -> _Paragraph:
    """Append a line of running text with the role its place gives it, and notice a signature at its end."""
    if (
        line.kind == "dispatch"
        and (len(line.text) < (end := DISPATCH.match(line.text).end()) + 14 or re.match(" ?题:", line.text[end:]))
        and stands_alone
        and not current.has_text()
    ):
        return current.add("dateline", line)
    above = current.paragraphs[-1].role if current.paragraphs else ""
    role = {"speaker": "speaker", "abstract": "subhead"}.get(line.kind) or ("quote" if above == "speaker" else "body")
    paragraph = current.add(role, line)
    paragraph.opens_abstract = line.kind == "abstract"
    signature = line.text[-1] == ")" and SIGNED.search(line.text)
    if signature:
        current.signed = True
        current.byline = current.byline or ("" if signature[1] == "完" else f"({signature[1]})")
    return paragraph


# Words of standing columns and series, which stand above a headline without being part of it.
_COLUMN = re.compile(
    r"新时代|新征程|走基层|奋进|建功|喜迎|学习贯彻|精神[在进]|争[做当]|开展.{2,14}(?:活动|教育)|进行时|在行动|在身边|看变化"
    r"|办实事|我和我的|话变化|(?:系列|特别|连续)报道|专栏|特刊|^聚焦|^关注|^直击|^权威发布|^要闻$|^头条$"
)


def _choose_headline(draft: _Draft, titles: Counter[str]) -> list[tuple[int, int, str]]:
    """Settle headline and subtitle among the heading lines; return the spans of page titles and column labels.

    `titles` counts on how many drafts each heading stands.
    """
    heads = [head for head, _ in draft.heads]
    below = [head for head, is_below in draft.heads if is_below]
    above = [head for head, is_below in draft.heads if not is_below]
    furniture: list[tuple[int, int, str]] = []
    again = next((n for n, head in enumerate(above) if n and _bare(head.text) == _bare(above[0].text)), 0)
    if again:  # a page's title, printed again as the headline; what stands between is the site's
        draft.paragraphs.insert(0, _Paragraph("title", above[0].spans, above[0].text))
        furniture += [(a, b, "masthead") for head in above[1:again] for a, b in head.spans]
        above, heads = above[again:], above[again:] + below
    own = {_bare(head.text) for head, _ in draft.heads}
    if above and below and (len(below) > 1 or _is_repeated(above, own, titles)):  # a web page's own title above the headline
        for head in reversed(above):
            draft.paragraphs.insert(0, _Paragraph("title", head.spans, head.text))
        heads = below
    while len(heads) > 1 and _is_column(heads):
        furniture += [(a, b, "column") for a, b in heads.pop(0).spans]
    if draft.label and heads:
        furniture += [(a, b, "column") for a, b in draft.label.spans]
    elif draft.label:
        heads = [draft.label]
    if not heads:
        return furniture
    whole = [head for head in heads if not head.text.startswith(("—", "－", "--"))] or heads
    if heads is not below:  # of a web page's title and what stands below its date, the title
        upper = {id(head) for head in above}
        whole = [head for head in whole if id(head) in upper] or whole
    best = whole[0] if len(heads) > 3 else min(whole, key=lambda head: len(head.text))
    front = [
        part
        for head in heads
        for part in (_with_deck(head) if head is best else [_Paragraph("subtitle", head.spans, head.text)])
    ]
    place = sum(paragraph.role == "title" for paragraph in draft.paragraphs)
    draft.paragraphs[place:place] = front
    draft.headline = " ".join(part.text for part in front if part.role == "headline")
    draft.subtitle = " ".join(part.text for part in front if part.role == "subtitle")
    return furniture


def _is_column(heads: list[Line]) -> bool:
    """Whether the first heading is named as columns are; or, of three, short and plain, above one hardly longer and a deck."""
    if _COLUMN.search(heads[0].text) and not re.search("[,:]", heads[0].text):
        return True
    if len(heads) < 3 or re.search("[,:!?]| ", heads[0].text):
        return False
    name, headline, deck = (len(head.text) for head in heads[:3])
    return name < 10 and name < headline <= 1.6 * name and deck > headline


def _is_repeated(heads: list[Line], own: set[str], titles: Counter[str]) -> bool:
    """Whether a heading holds one that stands on another draft too; `own` are those of this draft."""
    bare = [_bare(head.text) for head in heads]
    parts = {text[i:j] for text in bare for i in range(len(text)) for j in range(i + 6, len(text) + 1)}
    return any(titles[part] > (part in own) for part in parts)


def _with_deck(head: Line) -> list[_Paragraph]:
    """A headline and its deck set on one line: the first part of three, a couplet counting as one; or of a long two."""
    parts = list(re.finditer(r"(?:【[^】]*】|《[^》]*》|“[^”]*”|\([^)]*\)|\S)+", head.text))
    spaced_out = 2 * sum(len(part[0]) == 1 for part in parts) > len(parts)
    if len(head.spans) > 1 or len(parts) < 2 or spaced_out or len(parts) == 2 and len(head.text) <= 36:
        return [_Paragraph("headline", head.spans, head.text)]
    couplet = len(parts) > 2 and len(parts[0][0]) == len(parts[1][0]) <= 8
    end, deck = parts[couplet].end(), parts[couplet + 1].start()
    start = head.spans[0][0]
    return [
        _Paragraph("headline", [(start, start + end)], head.text[:end]),
        _Paragraph("subtitle", [(start + deck, start + len(head.text))], head.text[deck:]),
    ]


def _settle_roles(draft: _Draft) -> None:
    """Put a lead that was found inside a cut paragraph to the front; name lead and abstract."""

    def content() -> list[_Paragraph]:
        return [paragraph for paragraph in draft.paragraphs if paragraph.role in CONTENT_ROLES]

    for paragraph in [p for p in draft.paragraphs if p.resumed_after]:
        place, last = draft.paragraphs.index(paragraph), draft.paragraphs.index(paragraph.resumed_after)
        between = draft.paragraphs[place + 1 : last + 1]
        # Paragraphs inside a cut one belong elsewhere. If the article begins with a subhead it lacks its lead: it is this.
        if between and content()[0].role == "subhead" and all(p.role == "body" for p in between):
            del draft.paragraphs[place + 1 : last + 1]
            front = draft.paragraphs.index(content()[0])
            draft.paragraphs[front:front] = between
    found = content()
    first_subhead = next((i for i, p in enumerate(found) if p.role == "subhead" and not p.opens_abstract), 0)
    abstract = 0
    for paragraph in found[:first_subhead]:
        if paragraph.opens_abstract:
            abstract = 2
        elif paragraph.role == "body":
            if re.match(r"[“\"\d]|近日|日前|今年|去年|昨", paragraph.text):
                abstract = 0
            paragraph.role = "abstract" if abstract else "lead"
            abstract = max(0, abstract - 1)


# -- date, outlet, genre ----------------------------------------------------------------------------------------------


class _Said(NamedTuple):
    """A value, whether it is said or follows, and the words it is taken from."""

    value: str = ""
    basis: str = "explicit"
    words: tuple[str, ...] = ()


def _date_of(lines: list[Line]) -> _Said:
    """A page's date: printed on it, or as precisely as its words imply."""
    if not lines:
        return _Said()
    for kinds in (("masthead", "dateline"), ("source",), ("heading",)):
        for line in lines:
            if line.kind in kinds and (line.kind != "heading" or line.text.startswith(("—", "－"))):
                found = re.search(DATE, line.text.replace(" ", "") if line.kind == "heading" else line.text)
                if found and _is_date(found):
                    iso = f"{found[1]}-{int(found[2]):02d}-{int(found[3]):02d}"
                    return _Said(iso, "explicit", (line.text,))
    for line in lines[:6]:
        if line.kind == "heading" and (titled := re.match(r"((?:19|20)\d\d)年", line.text)):
            return _Said(titled[1], "inferred", (line.text,))
    text = "\n".join(line.text for line in lines if line.kind not in FURNITURE)
    year, proof = _year_of(text)
    if not year:
        return _Said()
    dispatch = next(
        (found for line in lines if line.kind == "dispatch" and (found := DISPATCH.match(line.text)) and found[1]), None
    )
    if dispatch:
        try:  # filed one day, printed the next
            printed = date(year, int(dispatch[1]), int(dispatch[2])) + timedelta(days=1)
            return _Said(printed.isoformat(), "inferred", (dispatch[0], proof))
        except ValueError:
            pass
    return _implied(text, year, proof)


def _is_date(found: re.Match) -> bool:
    """Whether year, month and day make a date."""
    try:
        return bool(date(*(int(part) for part in found.groups()[:3])))
    except ValueError:
        return False


@cache
def _events() -> dict[str, tuple[int, int]]:
    """Year and month of the dated events."""
    pairs = (entry.split() for entry in read_lexicon("events"))
    return {event: (int(when[:4]), int(when[5:])) for event, when in pairs}


# No later part of a range or of another number: told behind the century, so that a search can look for its digits first.
_YEAR = re.compile(r"((?:19|20)(?<![\d到至]..)\d\d)年.{0,18}")


# A year named as the end or the beginning of something is hardly the page's own.
_ANOTHER_YEAR = re.compile(r"\d{4}年(?:\d{1,2}月)?(?:年?[底末初]|将|以[来前后]|[起前后]|开始)")


def _year_of(text: str) -> tuple[int, str]:
    """Return the year that a page names most often, a dated event counting as naming its year, with the words."""
    named = [(int(found[1]), found[0]) for found in _YEAR.finditer(text)] if "年" in text else []
    named = [(year, words) for year, words in named if not _ANOTHER_YEAR.match(words)]
    named += [(year, event) for event, (year, _) in _events().items() if event in text]
    if not named:
        return 0, ""
    counts = Counter(year for year, _ in named)
    best = max(counts, key=lambda year: (counts[year], year))
    return best, next(words for year, words in named if year == best)


def _implied(text: str, year: int, proof: str) -> _Said:
    """Date a page by what it calls last year, and by its words for the turn of the year; no such words, no date."""
    named = {when: event for event, when in _events().items() if event in text}
    latest = max([*named, (year, 1)])
    proofs = [proof]
    for found in re.finditer(r"去年(\d{1,2})月.{0,8}", text):
        # a month of "last year" lies after the latest event named, so last year is the first year in which it can
        year = max(year, latest[0] + 1 + (int(found[1]) < latest[1]))
        proofs.insert(0, found[0])
    if len(proofs) == 1:
        return _Said()
    proofs += [event for when, event in named.items() if when == latest and event != proof]
    turn = re.search(r"岁末年初|新年伊始|新春伊始|今年一季度.{0,6}|今年1月.{0,6}", text)
    return _Said(f"{year}-01" if turn else str(year), "inferred", (*proofs, *([turn[0]] if turn else [])))


_GIVEN = [  # where a source stands that is no newspaper: said, beside the hour, before the day
    re.compile(r"(?:来 ?源|稿源|(?:发布|发文|制发)(?:机[构关]|单位)) ?[:|] ?([^\s|]{2,20})"),
    re.compile(rf"\d\d:\d\d[ ·|]*(?!发[布表]于)([{HAN}]{{2,10}})$"),
    re.compile(rf"^([{HAN}]{{2,10}})(?<!时间)(?<!日期) +(?:19|20)\d\d"),
]


def _outlet_of(lines: list[Line]) -> _Said:
    """The newspaper that a source line, masthead, dateline, byline or signature names, else the source as given."""
    if not lines:
        return _Said()
    head = next((i for i, line in enumerate(lines) if line.kind in ("body", "dispatch")), len(lines))
    for kind in ("source", "masthead", "dateline", "byline", "dispatch", "body"):
        for line in (line for i, line in enumerate(lines) if line.kind == kind and (kind != "masthead" or i < head)):
            text = line.text
            if kind == "body":
                signature = text[-1] == ")" and SIGNED.search(text)
                text = signature[1] if signature else ""
            names = text and re.findall(PAPER, re.sub(DATE, " ", text)[:60])
            if names:
                return _Said(names[-1], "explicit", (text[:60],))
    given = (
        (found, line.text)
        for pattern in _GIVEN
        for line in lines
        if line.kind in ("dateline", "source") and (found := pattern.search(line.text))
    )
    found, text = next(given, (None, ""))
    return _Said(found[1], "explicit", (text,)) if found else _Said()


def _genre_of(draft: _Draft) -> _Said:
    """Genre by signature, label, speakers, dispatch, subheads and length."""
    signed = re.search("评论员|社论", draft.byline) or re.search("评论员|社论", draft.headline[:4])
    if signed:
        return _Said("editorial", "explicit", (signed[0],))
    if draft.genre == "caption" and not draft.label:
        text = draft.paragraphs[0].text
        return _Said("caption", "explicit", (_photographer(text) or text[:1],))  # who took it, or the mark at its head
    if draft.genre:
        return _Said(draft.genre, "explicit", (draft.label.text if draft.label else draft.byline,))
    roles = Counter(paragraph.role for paragraph in draft.paragraphs)
    n_chars = sum(len(paragraph.text) for paragraph in draft.paragraphs)
    first = {paragraph.role: paragraph.text for paragraph in reversed(draft.paragraphs)}
    if roles["quote"] > len(draft.paragraphs) / 3:
        return _Said("voices", "inferred", (first.get("speaker", first["quote"]),))
    dispatch = next((found for p in draft.paragraphs if (found := DISPATCH.match(p.text))), None)
    if dispatch:
        return _Said("news" if n_chars > 250 else "brief", "explicit", (dispatch[0],))
    if roles["subhead"]:
        return _Said("feature", "inferred", (first["subhead"],))
    return _Said("feature" if n_chars > 1500 else "news", "inferred")  # by length alone


# -- the account ------------------------------------------------------------------------------------------------------


def _finish(text: TracedText, lines: list[Line], drafts: list[_Draft], furniture: list[tuple[int, int, str]]) -> Page:
    """Turn drafts into articles of traced text and drop all that is in none of them from the account."""
    numbers = {id(draft): number for number, draft in enumerate(drafts)}
    of_page = _date_of(lines), _outlet_of(lines)
    on_page = cache(lambda words: _locate(text, words, lines))  # once, not for each article of the page
    articles = []
    for draft in drafts:
        genre = _genre_of(draft)
        # An article of several may have its own.
        dated = [_as_line(p) for p in (draft.parent or draft).paragraphs if p.role in ("dateline", "source")]
        when, outlet = (own if own.value else page for own, page in zip((_date_of(dated), _outlet_of(dated)), of_page))
        basis = f"{when.basis}: {'; '.join(when.words)}" if when.value else ""
        article = Article(outlet=outlet.value, date=when.value, date_basis=basis, genre=genre.value)
        caption = draft.genre == "caption" and not draft.label
        article.part_of = numbers.get(id(draft.parent), 0) if caption or draft.parent else None
        if article.part_of == numbers[id(draft)]:
            article.part_of = None
        for paragraph in draft.paragraphs:
            article.paragraphs.append((paragraph.role, _text_of(text, paragraph, furniture)))
        by_role = {
            role: " ".join(t.text for r, t in article.paragraphs if r == role) for role in ("headline", "subtitle")
        }
        article.headline, article.subtitle = by_role["headline"], by_role["subtitle"]
        byline = _photographer(article.paragraphs[0][1].text) if caption else draft.byline or _reporter(draft)
        article.byline = byline.translate(_WIDE)
        article.evidence = [Evidence(r, "explicit", t) for r, t in article.paragraphs if r in by_role]
        asked = draft.paragraphs if byline or genre.words else []
        own = [*map(_as_line, asked), *([draft.label] if draft.label else [])]
        written = [t for r, t in article.paragraphs if r == "byline"] or [_locate(text, byline, own)] if byline else []
        article.evidence += [Evidence("byline", "explicit", words) for words in written]
        proofs = [(said, [_locate(text, words, dated) or on_page(words) for words in said.words]) for said in (outlet, when)]
        proofs.append((genre, [_locate(text, words, own) for words in genre.words]))
        for name, (said, found) in zip(("outlet", "date", "genre"), proofs):
            words = found or [TracedText.of("")]
            article.evidence += [Evidence(name, said.basis, each) for each in words if said.value]
        articles.append(article)
    return Page(articles, text.edit(_edits(len(text), drafts, furniture)))


def _as_line(paragraph: _Paragraph) -> Line:
    """A paragraph as a line to be searched."""
    return Line(paragraph.spans, paragraph.text, kind=paragraph.role)


def _locate(text: TracedText, words: str, lines: list[Line]) -> TracedText:
    """The traced text of some words of a line; the whole line where it is set on several, or in other words."""
    for line in lines:
        place = line.text.find(words)
        if place >= 0 and len(line.spans) == 1:
            start = line.spans[0][0] + place
            return text.cut(start, start + len(words))
        if place >= 0:
            return TracedText.join([text.cut(start, end) for start, end in line.spans])
    return TracedText.of("")


def _reporter(draft: _Draft) -> str:
    """Who wrote an article without a byline of its own: named in the head of its dispatch or beside its date."""
    for paragraph in draft.paragraphs:
        if paragraph.role == "dateline" and (
            found := re.search(r"(?:作者|记者|撰文)[ :]+[^\s。,]{2,20}", paragraph.text)
        ):
            return found[0]
        if paragraph.role in CONTENT_ROLES and (dispatch := DISPATCH.match(paragraph.text)):
            found = re.match(r" ?(\((?:[^()]{0,12}(?:记者|通讯员)[^()]{2,60})\))", paragraph.text[dispatch.end() :])
            if found:
                return found[1]
    return ""


def _photographer(caption: str) -> str:
    """The credit at the end of a caption."""
    credit = "摄" in caption and re.search(r"([^。，,；;！!？?（(）)]{2,20}?摄)[）)]?$", caption)
    return credit[1].strip() if credit else ""


def _gaps(paragraph: _Paragraph, furniture: list[tuple[int, int, str]]) -> list[tuple[int, int]]:
    """The line ends inside a heading set on several lines, each behind the junk that was cut off its line."""
    spans = paragraph.spans if paragraph.role == "subhead" else []
    between = [(end, start) for (_, end), (start, _) in pairwise(spans) if end < start]
    begins = [max([a, *(end for start, end, _ in furniture if a <= start and end <= b)]) for a, b in between]
    return [(begin, b) for begin, (_, b) in zip(begins, between) if begin < b]


def _text_of(text: TracedText, paragraph: _Paragraph, furniture: list[tuple[int, int, str]]) -> TracedText:
    """The traced text of a paragraph; in a heading of several lines a space stands for each line end."""
    if len(paragraph.spans) == 1:
        return text.cut(*paragraph.spans[0])
    gaps = {end: begin for begin, end in _gaps(paragraph, furniture)}
    parts = []
    for start, end in paragraph.spans:
        if start in gaps:
            gap = text.cut(gaps[start], start)
            parts.append(gap.replace(0, len(gap), " ", "layout"))
        parts.append(text.cut(start, end))
    return TracedText.join(parts)


def _edits(
    length: int, drafts: list[_Draft], furniture: list[tuple[int, int, str]]
) -> Iterator[tuple[int, int, str, str]]:
    """Yield the edits that leave only the paragraphs in the account: furniture and layout go, with their rules."""
    paragraphs = [paragraph for draft in drafts for paragraph in draft.paragraphs]
    gaps = [gap for paragraph in paragraphs for gap in _gaps(paragraph, furniture)]
    furniture = sorted(set(furniture))
    yield from ((start, end, " ", "layout") for start, end in gaps)
    yield from ((start, end, "", f"furniture: {kind}") for start, end, kind in furniture)
    taken = sorted(
        [span for p in paragraphs for span in p.spans] + gaps + [(start, end) for start, end, _ in furniture]
    )
    for (_, end), (start, _) in pairwise([(0, 0), *taken, (length, length)]):
        if end < start:
            yield end, start, "", "layout"
