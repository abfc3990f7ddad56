"""Byte-blind pinyin injection undone by arithmetic.

A page in traditional characters, kept as GBK bytes, was edited by a program that looked for the two bytes of certain
characters and put `(pinyin)` after them wherever they stood, also across the boundary of two characters; and it cut the
bytes at the codes of ！？； wherever those stood. Read again, a byte left without its partner shows as `?`, often with the
bracket after it swallowed, and what follows is read one byte late.

Nothing of this is random, so it can be undone. From a `?` on, each displayed character goes back to its two bytes; only the
bytes behind `?` are unknown. The pinyin in the brackets names the character that its last two bytes made, which leaves one
or two values for the unknown byte; where there is no pinyin, the decoding that reads best under a model of character pairs
is chosen. The glosses go, and the bytes decode to the text as it was. What does not work out is left as it stands.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from functools import cache, lru_cache

from qdlib.words import tokenizer

_TONED = "āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜńňǹḿ"
_LETTERS = "a-zɡɑüê"  # some pages write pinyin with the phonetic letters ɡ and ɑ
_SYLLABLE = rf"[{_LETTERS}{_TONED}]{{1,7}}"
_TONED_END = rf"[{_LETTERS}]{{0,4}}[{_TONED}][a-zɡɑ]{{0,3}} ?\)"
_HAN = r"\u3400-\u9fff"
# A gloss in brackets, or one whose opening bracket was swallowed by the byte that shows as `?`.
_GLOSS = re.compile(rf"\( ?({_SYLLABLE}) ?\)|(?<=[?\ufffd])({_SYLLABLE})\)")
# The same gloss after a whole character (or after a trail byte that shows as a Latin letter), once or several times.
_PLAIN = re.compile(rf"(?:(?<=[{_HAN}])|(?<=[{_HAN})][A-Za-z]))\( ?({_SYLLABLE}) ?\)(?:\( ?\1 ?\))*")
_CUT_MARKS = "！？；，：。、（）"
_WIDE = dict(zip(",!?;:()", "，！？；：（）"))
_ANCHOR = re.compile(rf"[?\ufffd](?=\(?{_TONED_END}|[{_CUT_MARKS}]|[!?;,:](?=[^\x00-\x3e]|\?))")
_TRACE = re.compile(rf"[{_TONED}][a-zɡɑ]{{0,3}} ?\)|[?\ufffd][{_CUT_MARKS}!?;,:]|[{_HAN}]\([a-z]{{1,6}}\)")
_TAG_REST = re.compile(r"/?[a-zA-Z][a-zA-Z0-9]{0,9}(?: [^<>\n]{0,80})?/?>")
_STOPS = "，。、：；？！"
_LOST = "\ufffd"  # what stands for an ASCII character that nobody can know

# Costs are log probabilities in nats.
GAP = -4.0  # supposing a lost byte
MISQUOTE = -6.0  # a guessed quotation mark that does not pair
OTHER_TONE = -3.0  # a reading that fits but for its tone
UNKNOWN = -15.0  # a character the model does not know
BEAM = 20.0  # readings so far behind the best are given up
CALM = 3  # characters read in step before a run is closed
GAIN = 3.0  # by how much a run must read better than the damaged text,
GAIN_ALONE = 15.0  # and by how much on a page that shows no injection


def injection_edits(text: str) -> list[tuple[int, int, str, str]]:
    """Return the edits `(start, end, new, rule)` that undo the injection in a page; none for a page without its traces.

    Rules: `injected pinyin` takes a gloss out; `bytes read in step` decodes a run again, with `(likely)` or `(doubtful)`
    where the reading chosen leads the next best by less than 1 in 100 or 1 in 10; `bytes read in step, one lost` leaves
    U+FFFD for an ASCII character that nobody can know. Damage that cannot be solved is not touched.
    """
    if not _TRACE.search(text):
        return []
    injected = is_injected(text)
    edits: list[tuple[int, int, str, str]] = []
    done = 0
    for anchor in _ANCHOR.finditer(text):
        if anchor.start() < done:
            continue
        if injected:
            edits += _glosses(text, done, anchor.start())
        done = anchor.end()
        line_start = text.rfind("\n", 0, anchor.start()) + 1
        line = text[line_start : text.find("\n", anchor.start()) if "\n" in text[anchor.start() :] else len(text)]
        at = anchor.start() - line_start
        run = _search(line, at, text, before=_repaired(text, line_start, anchor.start(), edits))
        if run is None:
            continue
        end, parts, score, lead = run
        gain = score - _score_as_it_stands(line, at, end)
        # a bare `?` and a mark are also what ordinary text has, so alone and before little text they prove nothing
        short = line[at + 1 : at + 2] in _WIDE and sum(not c.isascii() for c in line[at:end]) < CALM + 2
        if any(line[a:b] != new for a, b, new in parts) and (gain > GAIN if injected else gain > GAIN_ALONE and not short):
            edits += _run_edits(text, line_start, parts, lead)
            done = line_start + end
    if injected:
        edits += _glosses(text, done, len(text))
    return edits


def is_injected(text: str) -> bool:
    """Whether the glosses of a page were injected rather than written.

    An injector glosses traditional characters only, common ones, and each time they occur; a pinyin lesson glosses rare
    or simplified characters, and most of them once.
    """
    singles, _ = _model()
    fitting: Counter[str] = Counter()
    others = 0
    for gloss in _PLAIN.finditer(text):
        character = _glossed(text, gloss.start())
        if _fit(character, gloss[1]) is not None:
            fitting[character] += 1
        elif character and _toneless(gloss[1]) in _readings(character)[1]:
            others += 1
    n = fitting.total()
    if others * 10 > n or n < 3 and not re.search(rf"[?\ufffd]\(?{_TONED_END}", text) or not n:
        return False
    common = sum(count for c, count in fitting.items() if singles.get(_simple()[c], 0) > 1e-5)
    occurrences = sum(text.count(c) for c in fitting)
    return n > 0.7 * occurrences and common > 0.7 * n


def _glosses(text: str, start: int, end: int) -> Iterator[tuple[int, int, str, str]]:
    """Yield the deletion of each gloss that is a reading of the traditional character before it."""
    for gloss in _PLAIN.finditer(text, start, end):
        if _fit(_glossed(text, gloss.start()), gloss[1]) is not None:
            spaced = gloss[1] == _toneless(gloss[1]) and text[gloss.end() : gloss.end() + 1] == " "
            yield gloss.start(), gloss.end() + spaced, "", "injected pinyin"


def _glossed(text: str, at: int) -> str:
    """The character a gloss at `at` stands after, also one made of a trail byte and the Latin letter after it."""
    if not text[at - 1].isascii():
        return text[at - 1]
    bare = re.sub(r"\([^()\n]{1,8}\)", "", text[max(0, at - 30) : at])
    return _last_pair((0, bare[-2:])) if len(bare) > 1 else ""


def _repaired(text: str, start: int, end: int, edits: list[tuple[int, int, str, str]]) -> str:
    """The text from `start` to `end` with the edits made so far."""
    recent = []
    for edit in reversed(edits):
        if edit[0] < start:
            break
        recent.append(edit)
    parts, here = [], start
    for left, right, new, _ in reversed(recent):
        parts += [text[here:left], new]
        here = right
    return "".join(parts) + text[here:end]


def _run_edits(text: str, line_start: int, parts: list[tuple[int, int, str]], lead: float) -> Iterator[tuple[int, int, str, str]]:
    """Yield the changed parts of a run, the rule saying how sure the reading is."""
    doubt = math.exp(-lead)
    for start, end, new in parts:
        start, end = start + line_start, end + line_start
        if text[start:end] == new:
            continue
        rare = any(not c.isascii() and _simple().get(c, c) not in _model()[0] for c in new)
        if not new and text[start] == "(":
            rule = "injected pinyin"
        elif _LOST in new:
            rule = "bytes read in step, one lost"
        else:
            grade = "(doubtful)" if doubt > 0.1 or rare else "(likely)" if doubt > 0.01 else ""
            rule = f"bytes read in step {grade}".strip()
        yield start, end, new, rule


# -- what is known about characters, loaded when first needed -----------------------------------------------------------


@cache
def _simple() -> dict[str, str]:
    """Map of the traditional characters to simplified ones, one for one."""
    from opencc import OpenCC

    characters = [chr(code) for code in range(0x4E00, 0xA000)]
    simple = OpenCC("t2s").convert("\n".join(characters)).split("\n")
    return {a: b for a, b in zip(characters, simple) if a != b}


# How often marks stand in running text, and after what; jieba's dictionary knows words only.
_MARKS = {
    "，": .06, "。": .03, "、": .03, "“": .01, "”": .01, "：": .005, "；": .003, "？": .002, "！": .002, "《": .003, "》": .003,
    "（": .003, "）": .003, "—": .004, "…": .002, "‘": .001, "’": .001, "·": .001, "　": .001,
}  # fmt: skip
_MARK_PAIRS = "。　|　　|；　|！　|？　|。”|？”|！”|：“|，“|”，|”。|——|……|。“|”“|、《|》、|“‘|’”|》，|。《".split("|")


@cache
def _model() -> tuple[dict[str, float], dict[str, float]]:
    """Probabilities of simplified characters, and of the second character of a pair, from jieba's words and their counts."""
    singles: Counter[str] = Counter()
    pairs: Counter[str] = Counter()
    for word, count in tokenizer(()).FREQ.items():
        if count:
            for character in word:
                singles[character] += count
            for i in range(len(word) - 1):
                pairs[word[i : i + 2]] += count
    words = singles.total()
    singles.update({mark: round(share * words) for mark, share in _MARKS.items()})
    pairs.update({pair: round(min(singles[pair[0]], singles[pair[1]]) / 4) for pair in _MARK_PAIRS})
    total = singles.total()
    return {c: n / total for c, n in singles.items()}, {pair: n / singles[pair[0]] for pair, n in pairs.items()}


@lru_cache(100_000)
def _log_next(first: str, second: str) -> float:
    """Log probability of a character after another, traditional or simplified."""
    singles, pairs = _model()
    single = singles.get(_simple().get(second, second))
    if single is None:
        return UNKNOWN + (2 if second.isascii() else 0 if "\u4e00" <= second <= "\u9fff" else -3)
    if second in _STOPS:
        return UNKNOWN if first in _STOPS else math.log(single)
    pair = pairs.get(_simple().get(first, first) + _simple().get(second, second), 0)
    return math.log(0.7 * pair + 0.3 * single + 1e-9)


@lru_cache(20_000)
def _readings(character: str) -> tuple[frozenset[str], frozenset[str]]:
    """All readings of a character, with their tones and without."""
    from pypinyin import Style, pinyin

    toned = frozenset(pinyin(character, heteronym=True, style=Style.TONE)[0])
    return toned, frozenset(map(_toneless, toned))


@lru_cache(5_000)
def _toneless(syllable: str) -> str:
    """A syllable without its tone mark."""
    bare = "".join(c for c in unicodedata.normalize("NFD", syllable) if c not in "\u0304\u0301\u030c\u0300")
    return unicodedata.normalize("NFC", bare).replace("v", "ü")


def _fit(character: str, syllable: str) -> float | None:
    """Cost of taking a syllable for the reading of a traditional character; None if it is not one."""
    if character not in _simple():
        return None
    syllable = syllable.replace("ɡ", "g").replace("ɑ", "a")
    toned, toneless = _readings(character)
    return 0.0 if syllable in toned else OTHER_TONE if _toneless(syllable) in toneless else None


@lru_cache(70_000)
def _decode(lead: int, trail: int) -> str | None:
    """The character of two bytes, user-defined ones included, or None."""
    if not 0x40 <= trail <= 0xFE or trail == 0x7F:
        return None
    try:
        return bytes((lead, trail)).decode("gb18030")
    except UnicodeDecodeError:
        return None


@lru_cache(30_000)
def _encode(character: str) -> bytes:
    """The one or two bytes of a character; none for a character that GBK does not have."""
    code = character.encode("gb18030", "replace")
    return code if len(code) < 3 else b""


@lru_cache(20_000)
def _bytes_read_as(before: int, syllable: str) -> list[tuple[int, float]]:
    """The bytes, with their costs, that make after the byte `before` a traditional character read like the syllable."""
    made = ((byte, _decode(before, byte)) for byte in range(0x81, 0xFF))
    fits = ((byte, _fit(character, syllable)) for byte, character in made if character)
    return [(byte, cost) for byte, cost in fits if cost is not None]


@cache
def _bytes_after(lead: int) -> list[tuple[int, float]]:
    """The bytes that complete a waiting lead byte to a character the model knows; all lead bytes if none waits."""
    singles, _ = _model()
    every = range(0x81, 0xFF)
    if not lead:
        return [(byte, 0.0) for byte in every]
    return [(byte, 0.0) for byte in every if (c := _decode(lead, byte)) and _simple().get(c, c) in singles]


# -- the search ---------------------------------------------------------------------------------------------------------
# A state is (waiting lead byte or 0, the last one or two characters, score, text read since raw and read were in step).
# States that agree in the first two have the same future; of them the best is kept, with the lead it won by.

State = tuple[int, str, float, str]


def _feed(state: State | None, code: bytes) -> State | None:
    """The state after some bytes of the original, or None if they cannot stand there."""
    for byte in code:
        if state is None:
            return None
        lead, last, score, out = state
        if lead:
            character = _decode(lead, byte)
            state = (0, character, score + _log_next(last[-1:], character), out + character) if character else None
        elif byte > 0x80:
            state = (byte, last, score, out)
        else:
            character = chr(byte)
            # a Latin letter may be the trail byte of a character that was glossed across the boundary
            kept = last[-1:] + character if byte >= 0x40 else character
            state = (0, kept, score + _log_next(last[-1:], character), out + character)
    return state


def _last_pair(state: State | tuple[int, str]) -> str:
    """The character that the last two bytes make, across a boundary or not."""
    lead, last = state[:2]
    if not lead and len(last) == 1:
        return last
    code = _encode(last[-1 if lead else 0])
    return code and code[-1] > 0x80 and _decode(code[-1], lead or ord(last[1])) or ""


def _unknown_byte(state: State, syllable: str | None, opened: int) -> Iterator[State]:
    """Yield the states after a byte that shows as `?`: with a gloss only bytes whose pair is read so."""
    before = state[0] or (_encode(state[1][-1]) or b"?")[-1]
    for byte, cost in _bytes_read_as(before, syllable) if syllable else _bytes_after(state[0]):
        after = _feed(state, bytes((byte,)))
        if after:
            lead, last, score, out = after
            yield lead, last, score + GAP + cost + _quote_cost(after, opened), out


def _quote_cost(state: State, opened: int) -> float:
    """Cost of a guessed opening mark inside a quotation, or a closing one outside."""
    lead, last, _, out = state
    if lead or last not in ("“", "”"):
        return 0.0
    inside = opened + out.count("“") - out.count("”") - (1 if last == "“" else -1)
    return MISQUOTE if (inside > 0) == (last == "“") else 0.0


@lru_cache(64)
def _swallowed(line: str, at: int, page: str) -> tuple[str, int]:
    """The ASCII character that a byte swallowed before `at`, and where to go on.

    It is a tag's `<` if the rest of a tag follows (which goes too), nothing at the end of a line, else the sign that this
    page sets before the character that follows, else unknown.
    """
    tag = _TAG_REST.match(line, at)
    if tag:
        return "", tag.end()
    if at >= len(line):
        return "", at
    signs = Counter(re.findall(rf"[+\-*/=%&#.](?={re.escape(line[at])})", page)).most_common(1)
    return (signs[0][0] if signs else _LOST), at


def _steps(line: str, at: int, state: State, page: str, opened: int) -> Iterator[tuple[int, State]]:
    """Yield (next offset, state) for every way to read a damaged line at an offset."""
    character = line[at]
    gloss = _GLOSS.match(line, at) if character == "(" else None
    if gloss:
        cost = _fit(_last_pair(state), gloss[1])
        if cost is not None:
            yield gloss.end(), (*state[:2], state[2] + cost, state[3])
            return
    if character in "?\ufffd":
        gloss = _GLOSS.match(line, at + 1)
        mark = _WIDE.get(line[at + 1 : at + 2], line[at + 1 : at + 2])
        if gloss:
            for after in _unknown_byte(state, gloss[1] or gloss[2], opened):
                yield gloss.end(), after
        elif mark and mark in _CUT_MARKS:
            for after in _unknown_byte(state, None, opened):
                if after := _feed(after, _encode(mark)):
                    yield at + 2, after
        if state[0] and not gloss:
            text, to = _swallowed(line, at + 1, page)
            for after in _unknown_byte(state, None, opened):
                yield to, (*after[:3], after[3] + text)
    code = b"\x80" if state[0] and character in "€\x80" else _encode(character)
    if code and (after := _feed(state, code)):
        yield at + 1, after
    if state[0] and character in _WIDE and (after := _feed(state, _encode(_WIDE[character]))):
        yield at + 1, after
    if not code and not state[0]:
        yield at + 1, (0, character, state[2] + UNKNOWN, state[3] + character)


def _search(line: str, at: int, page: str, before: str) -> tuple[int, list[tuple[int, int, str]], float, float] | None:
    """Read a line again from an anchor until it is in step.

    Args:
        line: the damaged line; at: offset of the anchor in it; page: the whole text; before: the line repaired so far.

    Returns:
        (end, parts, score, lead): where the run ends, its parts `(start, end, text)` between points in step, the log
        probability of the reading, and by how much it led at its closest; None if no reading holds.
    """
    opened = before.count("“") - before.count("”")
    last = before[-2:] if "@" <= before[-1:] <= "~" else before[-1:] or "\n"
    # (lead, last) -> (score, text since in step, node, lead over the runner-up); a node is (parent, offset, text)
    frontier: dict[int, dict] = {at: {(0, last): (0.0, "", (None, at, ""), math.inf)}}
    calm = 0
    while frontier:
        here = min(frontier)
        level = frontier.pop(here)
        least = max(held[0] for held in level.values()) - BEAM
        level = {key: held for key, held in level.items() if held[0] > least}
        calm = calm + 1 if not frontier and not any(lead for lead, _ in level) else 0
        if here >= len(line) or calm > CALM and line[here] not in "?\ufffd":
            return _best(level, here)
        for (lead, last), (score, out, node, margin) in level.items():
            for to, (lead2, last2, score2, out2) in _steps(line, here, (lead, last, score, out), page, opened):
                new = (score2, out2, node, margin) if lead2 else (score2, "", (node, to, out2), margin)
                _keep_better(frontier.setdefault(to, {}), (lead2, last2), new)
    return None


def _keep_better(level: dict, key: tuple[int, str], new: tuple) -> None:
    """Keep the better of two readings with the same future, and by how much it led."""
    old = level.get(key)
    if old and old[0] > new[0]:
        old, new = new, old
    level[key] = (*new[:3], min(new[3], new[0] - old[0])) if old else new


def _best(level: dict, here: int) -> tuple[int, list[tuple[int, int, str]], float, float] | None:
    """The best reading that ends in step, its parts in order."""
    done = sorted((held for (lead, _), held in level.items() if not lead), key=lambda held: -held[0])
    if not done:
        return None
    score, _, node, margin = done[0]
    if len(done) > 1:
        margin = min(margin, score - done[1][0])
    parts = []
    while node[0]:
        parts.append((node[0][1], node[1], node[2]))
        node = node[0]
    return here, parts[::-1], score, margin


def _score_as_it_stands(line: str, start: int, end: int) -> float:
    """Log probability of a stretch of the damaged line taken for text."""
    before = line[start - 1] if start else "\n"
    return sum(_log_next(a, b) for a, b in zip(before + line[start : end - 1], line[start:end]))
