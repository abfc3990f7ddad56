"""Which line of a page goes on where another breaks off: the ends of columns, undone.

A column ends in the middle of a sentence, a caption or another article follows, and the sentence goes on many lines below.
What can follow on what is told by the words across the joint, by what can neither end nor begin a sentence, and by what
the lines are about. All cuts of a page are settled together: the joins that are likeliest as a whole.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache, cached_property, lru_cache
from itertools import accumulate, chain, pairwise

from qdlib.lines import HAN, MARKED, NUMBERED, Line, following, is_closed
from qdlib.words import read_lexicon, segment, tokenizer

# Cues and their weights in log odds (nats); a join needs a sum above zero. A conditional logit on made pages (which of
# the later lines, or none, goes on where one breaks off; two to four articles, cut also inside words and numbers) gave
# them, rounded. Those marked * are stricter by hand, since headings and last lines are more varied on real pages.
WEIGHTS = {
    "base": -1.5,
    "word": 0.85,  # for each nat of log probability by which a dictionary word across the joint beats two halves, up to 10
    "half": -1.6,  # for each half of a word at the joint that does not make a word there
    "bound": 2.7,  # the second line begins with what cannot begin a sentence
    "particle": 1.0,  # the same, a word of one character, as many a line does where columns are cut
    "open": 0.5,  # the first ends with what cannot end a sentence
    "comma": 1.5,  # the first ends with a comma, as no whole paragraph or heading does*
    "speech": -2.5,  # the second begins with a sentence in quotation marks*
    "number": 2.0,  # a digit on either side
    "marks": 3.5,  # the first leaves a quotation, title or bracket open and the second closes one; minus if only one does
    "next": 2.5,  # the second is the next text line; each text line between costs 0.1
    "switch": 1.2,  # the second stands below another line that breaks off
    "beside": 1.0,  # the second stands below a caption or furniture
    "phrase": 2.4,  # the page has the characters around the joint elsewhere
    "shared": 0.25,  # for each nat of rarity of the pairs of characters that both share, up to 10
    "alike": 8.5,  # cosine of the pairs of characters of both, each weighing its rarity
    "theme": 8.5,  # the same with the lines above the first and below the second, as far as no column changes over
    "fresh": -1.2,  # the second begins as a paragraph does*
    "numbered": -3.0,  # the second begins with a number of a list*
    "top": -1.8,  # the second stands first below a heading or byline*
    "heading": -1.5,  # the first may be a heading*, which shares words with its section: then what both share says nothing
    "indent": -6.0,  # the second is indented*
    "flush": 3.0,  # the second is not indented, though the page's paragraphs are*
    "formed": -3.5,  # the first is short, numbered or set with a gap, as headings are*
    "sure": 0.5,  # the first is too long or full for a heading*
    "rest": 3.0,  # the second, or its first sentence, is as short as hardly any, and closed*
    "headed": -2.5,  # the second looks like a heading, and no clause*
}
_REACH = 25  # text lines a continuation may lie ahead
_NEAR = 6  # lines above and below that tell what a passage is about
_ENDS = 300  # characters at either end of a line that do so
_OPEN = frozenset("的和与及在对把被将为从向以于各第是有到、,(“‘《")
_NUMBER_END = re.compile(r"[\d〇一二三四五六七八九十百千万亿]$|\d[年月]$")
_FRESH = re.compile(
    r"^(?:[“‘](?=[^”’]*[,。;!?:])|[■□◆●【(\d《]|(?:今年|去年|近日|日前|目前|据|截至|同时|此外|其中|会议|会上|下一步|接下来|当天|昨[日天]|今[日天]|记者"
    r"|在|随着|为了?|自|作为|从|近年))"
)
_MANY_WORDS = re.compile(rf"(?:[{HAN}][^{HAN}]*){{6}}")
_SPEECH = re.compile("^[“‘](?=[^”’]*[,。;!?:])")
_REST = re.compile("^(?:[^,。!?:“”]{1,5}。|[^。“]{1,15}。$)")
_IN_BRACKETS = re.compile(r"^\([^()]*\)$")
_GAPPED = re.compile(rf"[{HAN}”！？!?] +[{HAN}“]")
_RUN_BEFORE, _RUN_BEHIND = re.compile(r"[^,。;:!?、“”‘’《》() ]*$"), re.compile(r"[^,。;:!?、“”‘’《》() ]*")
_HAN_RUN, _HAN_ONE, _HAN_JOINT = re.compile(f"[{HAN}]+"), re.compile(f"[{HAN}]"), re.compile(f"[{HAN}]{{3,4}}\\Z")
_NO_SPEECH = re.compile("[:说道,]$")
_TEXT = ("body", "dispatch", "heading")
_HEADS = ("heading", "byline", "label", "abstract", "dateline", "speaker")
_PAIRS = (("“", "”"), ("《", "》"), ("(", ")"))


def find_joins(lines: list[Line]) -> dict[int, int]:
    """Return, for each line that breaks off, the index of the line that continues it, where the cues suffice.

    A line continues at most one other, and the sum of the log odds of all joins is the greatest there is. Where most lines
    lack a closing mark, the lack proves nothing, and none are joined.
    """
    text_lines = [i for i, line in enumerate(lines) if line.kind in _TEXT]
    broken = [i for i in text_lines if not _is_whole(lines[i].text) and _MANY_WORDS.search(lines[i].text)]
    broken = [i for i in broken if lines[i].kind != "heading" or _may_be_cut(lines, i)]
    if not broken or len(text_lines) > 30 and len(broken) > 0.6 * len(text_lines):
        return {}
    page = _Page(lines, text_lines, broken)
    odds = {pair: math.fsum(page.cues(*pair).values()) for pair in page.candidates}  # the same on every Python
    for pair in page.said_again([pair for pair, score in odds.items() if score > -WEIGHTS["phrase"]]):
        odds[pair] += WEIGHTS["phrase"]
    return _likeliest({pair: round(score, 6) for pair, score in odds.items() if round(score, 6) > 0})


def _likeliest(odds: dict[tuple[int, int], float]) -> dict[int, int]:
    """The pairs whose sum is greatest when a line is in one pair at most."""
    if not odds:
        return {}
    if len({i for i, _ in odds}) == len({j for _, j in odds}) == len(odds):
        return dict(sorted(odds))  # nobody competes
    from scipy.sparse import coo_array  # half a second, which most pages need not pay
    from scipy.sparse.csgraph import min_weight_full_bipartite_matching

    rows, columns = sorted({i for i, _ in odds}), sorted({j for _, j in odds})
    row, column = {i: n for n, i in enumerate(rows)}, {j: n for n, j in enumerate(columns)}
    # a column of its own, worth next to nothing, for each line that is better left broken
    data = [*odds.values(), *[1e-9] * len(rows)]
    at = [*[row[i] for i, _ in odds], *range(len(rows))]
    to = [*[column[j] for _, j in odds], *range(len(columns), len(columns) + len(rows))]
    shape = (len(rows), len(columns) + len(rows))
    pairs = zip(*min_weight_full_bipartite_matching(coo_array((data, (at, to)), shape).tocsr(), maximize=True))
    return {rows[a]: columns[b] for a, b in pairs if b < len(columns)}


class _Page:
    """The lines around the cuts of a page, and what the cues need to know of them."""

    def __init__(self, lines: list[Line], text_lines: list[int], broken: list[int]):
        self.lines, self.text_lines, self.broken = lines, text_lines, broken
        self.place = {i: n for n, i in enumerate(text_lines)}
        indented = sum(lines[i].indent >= 2 for i in text_lines if lines[i].kind == "body" and i not in broken)
        self.indented = 2 * indented > sum(lines[i].kind == "body" for i in text_lines if i not in broken) > 0
        self.bodies = list(accumulate((lines[i].kind == "body" for i in text_lines), initial=0))
        self.ends = frozenset(i for i in broken if lines[i].kind != "heading" or _is_clause(lines[i].text))
        self.candidates = [pair for i in broken for pair in self._candidates(i)]
        at = {self.place[i] for pair in self.candidates for i in pair}
        near = sorted({n for m in at for n in range(max(0, m - _NEAR), min(m + _NEAR, len(text_lines)))})
        self.near = [text_lines[n] for n in near]
        ends, starts = sorted({i for i, _ in self.candidates}), sorted({j for _, j in self.candidates})
        words = segment([*(lines[i].text[-8:] for i in ends), *(lines[j].text[:8] for j in starts)], hmm=False)
        self.last = {i: tokens[-1] for i, tokens in zip(ends, words)}
        self.first = {j: tokens[0] for j, tokens in zip(starts, words[len(ends) :])}
        self.alone = {j: self._cues_alone(j) for j in self.first}
        self.passages: dict[tuple[int, int], frozenset[str]] = {}
        self.lengths: dict[frozenset[str], float] = {}

    # What the lines are about is found when first asked for: nobody asks for headings, and most pages cut nothing else.

    @cached_property
    def pairs(self) -> dict[int, frozenset[str]]:
        """The pairs of characters of each line around the cuts."""
        return {i: pairs_of(self.lines[i].text) for i in self.near}

    @cached_property
    def rarity(self) -> dict[str, float]:
        """How rare each pair is on these lines, in nats."""
        return rarities([*self.pairs.values()])

    @cached_property
    def square(self) -> dict[str, float]:
        """The squares of the rarities."""
        return {pair: rarity**2 for pair, rarity in self.rarity.items()}

    def _candidates(self, i: int) -> Iterator[tuple[int, int]]:
        """Yield the line that breaks off with each later one that may continue it."""
        for j in self.text_lines[self.place[i] + 1 : self.place[i] + _REACH]:
            kind = self.lines[j].kind
            if kind == "body" or kind == "heading" and j == i + 1 and _may_be_cut(self.lines, j):
                yield i, j

    def cues(self, i: int, j: int) -> dict[str, float]:
        """Return the cues, each with its weight, that line `j` goes on where line `i` breaks off."""
        a, b, cues = self.lines[i].text, self.lines[j].text, {"base": WEIGHTS["base"], **self.alone[j]}
        word = min(10.0, max(0.0, _word_across(a, b)))
        cues["word"] = WEIGHTS["word"] * word
        halves = _is_half(self.last[i]) + _is_half(self.first[j])
        cues["half"] = WEIGHTS["half"] * halves if word < 0.5 else 0.0
        opened, closes = _left_open(a), _closes(b)
        between = self.bodies[self.place[j]] - self.bodies[self.place[i] + 1]
        number = bool(_NUMBER_END.search(a)) and (_is_number(b[0]) or b[0] in _measures())
        is_open = self.last[i] in _OPEN
        short = self.lines[i].kind == "heading" and not is_open and not number
        heading = short and not _is_clause(a)
        holds = {
            "open": is_open,
            "comma": a[-1] in ",、",
            "speech": _SPEECH.match(b) and not _NO_SPEECH.search(a),
            "number": number,
            "marks": opened & closes,
            "switch": self._above(j) != i and self._above(j) in self.ends,
            "fresh": a[-1] not in ",、" and not number and _FRESH.match(b) and not NUMBERED.match(b),
            "top": j > i + 1 and self._is_head(j - 1) and j - 1 not in self.ends,
            "heading": heading,
            "formed": short and _is_formed(a),
            "sure": self.lines[i].kind != "heading",
            "rest": not heading and self.lines[j].kind == "body" and _REST.match(b),
            "headed": self.lines[j].kind == "heading" and not _is_clause(b),
        }
        cues |= {name: WEIGHTS[name] for name, value in holds.items() if value}
        if opened ^ closes and not opened & closes:
            cues["marks"] = -WEIGHTS["marks"]
        cues["next"] = WEIGHTS["next"] if between == 0 else -0.1 * between
        return cues if heading else cues | self._subject(i, j)

    def _subject(self, i: int, j: int) -> dict[str, float]:
        """Return the cues, each with its weight, that two lines are about the same."""
        shared = math.fsum(map(self.rarity.__getitem__, self.pairs[i] & self.pairs[j]))
        return {
            "shared": WEIGHTS["shared"] * min(10.0, shared),
            "alike": WEIGHTS["alike"] * self._cosine(self.pairs[i], self.pairs[j]),
            "theme": WEIGHTS["theme"] * self._cosine(self._passage(i, -1), self._passage(j, 1)),
        }

    def _is_head(self, i: int) -> bool:
        """Whether a line heads what stands below it; one with a picture's mark may be a caption."""
        line = self.lines[i]
        return line.kind in _HEADS and not (line.kind == "heading" and MARKED.match(line.text))

    def _cues_alone(self, j: int) -> dict[str, float]:
        """The cues of a second line alone, whichever the first."""
        line, first = self.lines[j], self.first[j]
        holds = {
            "bound": line.text[:2] in _bound() or line.text[0] in ",、。;)”’》%" or line.text[1:2] in (",", "、"),
            "particle": first in _bound() and len(first) == 1,
            "beside": self.lines[j - 1].kind not in (*_TEXT, *_HEADS),
            "numbered": NUMBERED.match(line.text),
            "indent": line.indent >= 2,
            "flush": self.indented and line.indent < 2,
        }
        return {name: WEIGHTS[name] for name, value in holds.items() if value}

    def _above(self, j: int) -> int:
        """The text line above."""
        return self.text_lines[self.place[j] - 1] if self.place[j] else -1

    def _passage(self, i: int, step: int) -> frozenset[str]:
        """The pairs of the text lines from `i` up or down as far as no heading stands between and no column changes over."""
        if (i, step) not in self.passages:
            self.passages[i, step] = frozenset().union(*(self.pairs[n] for n in self._around(i, step)))
        return self.passages[i, step]

    def _around(self, i: int, step: int) -> Iterator[int]:
        """Yield the text lines of a passage."""
        place = self.place[i]
        for n in range(place, place + step * _NEAR, step):
            if not 0 <= n < len(self.text_lines):
                return
            here = self.text_lines[n]
            if n != place and (
                step < 0 and here in self.ends or self.lines[here].kind != "body" and here not in self.ends
            ):
                return
            yield here
            if step > 0 and here in self.ends:
                return

    def _length(self, pairs: frozenset[str]) -> float:
        """Square root of the sum of squared rarities."""
        if pairs not in self.lengths:
            self.lengths[pairs] = math.sqrt(math.fsum(map(self.square.__getitem__, pairs))) or 1.0
        return self.lengths[pairs]

    def _cosine(self, a: frozenset[str], b: frozenset[str]) -> float:
        """Cosine of two sets of pairs, each pair weighing its rarity."""
        return math.fsum(map(self.square.__getitem__, a & b)) / self._length(a) / self._length(b)

    def said_again(self, pairs: list[tuple[int, int]]) -> list[tuple[int, int]]:
        """Those of some pairs of lines whose characters around the joint the lines around the cuts have elsewhere."""
        spans = {pair: _joint_spans(*(self.lines[i].text for i in pair)) for pair in pairs}
        wanted = {span for found in spans.values() for span in found}
        begins = {span[0] for span in wanted}
        texts = (self.lines[i].text for i in self.near) if wanted else ()
        found = ((k, text) for text in texts for k, character in enumerate(text) if character in begins)
        known = {s for k, text in found for n in (3, 4) if (s := text[k : k + n]) in wanted}
        return [pair for pair in pairs if not known.isdisjoint(spans[pair])]


# -- the cues ---------------------------------------------------------------------------------------------------------


def pairs_of(text: str) -> frozenset[str]:
    """The pairs of Chinese characters that stand together at either end of a line."""
    if len(text) > 2 * _ENDS:
        text = f"{text[:_ENDS]} {text[-_ENDS:]}"
    return frozenset(a + b for run in _HAN_RUN.findall(text) for a, b in pairwise(run))


def rarities(passages: list[frozenset[str]]) -> dict[str, float]:
    """How rare each pair of characters is among some passages: the log of the share that lack it."""
    spread = Counter(chain.from_iterable(passages))
    logs = {n: math.log(len(passages) / n) for n in set(spread.values())}
    return {pair: logs[n] for pair, n in spread.items()}


def _word_across(a: str, b: str) -> float:
    """By how much a segmentation across the joint is likelier than one of each side, in nats."""
    left, right = _RUN_BEFORE.search(a[-10:])[0], _RUN_BEHIND.match(b[:10])[0]
    known = tokenizer().FREQ  # it has the beginnings of words, too
    if not right or not any(left[k:] + right[0] in known for k in range(len(left))):
        return 0.0  # no word across
    return _log_probability(left + right) - _log_probability(left) - _log_probability(right)


@lru_cache(100_000)
def _log_probability(text: str) -> float:
    """Log probability of the best segmentation of a string under jieba's dictionary."""
    route: dict = {}
    words = tokenizer()
    words.calc(text, words.get_DAG(text), route)
    return route[0][0]


def _is_half(word: str) -> bool:
    """Whether a word is one character that hardly stands alone: half a word."""
    return len(word) == 1 and word not in _bound() and word not in _alone() and bool(_HAN_ONE.match(word))


@cache
def _bound() -> frozenset[str]:
    """Words that cannot begin a sentence."""
    return frozenset(" ".join(read_lexicon("bound")).split())


@cache
def _alone() -> frozenset[str]:
    """Words of one character."""
    return frozenset(" ".join(read_lexicon("alone")).split())


def _is_number(character: str) -> bool:
    """Whether a character is a digit or a Chinese numeral."""
    return character.isdigit() or character in "〇一二三四五六七八九十百千万亿"


@cache
def _measures() -> frozenset[str]:
    """Measure words of one character."""
    return frozenset(" ".join(read_lexicon("measures")).split())


@lru_cache(1000)
def _left_open(text: str) -> frozenset[str]:
    """The opening marks that a text does not close."""
    return frozenset(mark for mark, end in _PAIRS if text.count(mark) > text.count(end))


@lru_cache(1000)
def _closes(text: str) -> frozenset[str]:
    """The opening marks that a text closes without having them."""
    return frozenset(mark for mark, end in _PAIRS if text.count(mark) < text.count(end))


def _joint_spans(a: str, b: str) -> list[str]:
    """The Chinese strings of three or four characters across a joint."""
    return [s for s in (a[-2:] + b[:2], a[-1:] + b[:2], a[-2:] + b[:1]) if _HAN_JOINT.match(s)]


def _is_whole(text: str) -> bool:
    """Whether a line is complete: closed, or all of it in brackets."""
    return is_closed(text) or text[-1] == ")" and bool(_IN_BRACKETS.match(text))


def _is_clause(text: str) -> bool:
    """Whether a short open line reads as running text: unequal clauses with commas; headings are balanced or gapped."""
    parts = re.split("[,;]", text)
    return len(text) >= 20 and len(parts) > 1 and " " not in text and abs(len(parts[0]) - len(parts[-1])) > 2


def _may_be_cut(lines: list[Line], i: int) -> bool:
    """Whether a heading-like line could be a cut paragraph: below some text or a byline, and not above one, or a date."""
    text = lines[i].text
    near = any(line.kind in ("body", "dispatch", "byline") for line in lines[max(0, i - 3) : i])
    return near and len(text) > 5 and following(lines, i + 1) not in ("byline", "dispatch", "dateline", "name")


def _is_formed(text: str) -> bool:
    """Whether a line is as short as most headings, numbered, or set in two halves with a gap."""
    return bool(len(text) < 15 or len(text) < 30 and NUMBERED.match(text) or _GAPPED.search(text))
