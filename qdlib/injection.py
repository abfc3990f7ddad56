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
from collections import Counter
from collections.abc import Iterator
from functools import cache, lru_cache

from qdlib.characters import UNKNOWN, character_model, decode_pair, gbk_bytes, log_next, readings, simple_of, toneless
from qdlib.traced import UNSOLVED

TONED = "āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜńňǹḿ"
PINYIN_LETTERS = "a-zɡɑüê"  # some pages write pinyin with the phonetic letters ɡ and ɑ
_SYLLABLE = rf"[{PINYIN_LETTERS}{TONED}]{{1,7}}"
_TONED_END = rf"[{PINYIN_LETTERS}]{{0,4}}[{TONED}][a-zɡɑ]{{0,3}} ?\)"
_HAN = r"\u3400-\u9fff"
# A gloss in brackets, or one whose opening bracket was swallowed by the byte that shows as `?`, once or several times.
_GLOSS = re.compile(rf"(?:\( ?|(?<=[?\ufffd]))({_SYLLABLE}) ?\)(?:\( ?\1 ?\))*")
# The same gloss after a whole character, or after a trail byte that shows as a Latin letter.
_PLAIN = re.compile(rf"(?:(?<=[{_HAN}])|(?<=[{_HAN}),，：；！？（＝][A-Za-z]))\( ?({_SYLLABLE}) ?\)(?:\( ?\1 ?\))*")
_CUT_MARKS = "！？；，：。、（）"
_WIDE = dict(zip(",!?;:()", "，！？；：（）"))
# Three and more `?` in a row are another damage: characters lost to an encoding, which nobody can bring back.
_ANCHOR = re.compile(
    rf"(?<![?\ufffd]{{2}})[?\ufffd](?![?\ufffd]{{2}})(?=\(?{_TONED_END}|\(?[a-z]{{1,6}} ?\)"
    rf"|[{_CUT_MARKS}]|[!?;,:](?=[^\x00-\x3e]|\?))"
)
_TRACE = re.compile(rf"[{TONED}][a-zɡɑ]{{0,3}} ?\)|[?\ufffd][{_CUT_MARKS}!?;,:]|[{_HAN}]\( ?[a-z]{{1,6}} ?\)")
# What an injection left where it could not be undone: a gloss whose bracket or character is lost.
REMNANT = re.compile(rf"[?\ufffd]\(?{_TONED_END}")
_PRIVATE = re.compile("[\ue000-\uf8ff]")
_TAG_REST = re.compile(r"/?[a-zA-Z][a-zA-Z0-9]{0,9}(?: [^<>\n]{0,80})?/?>")
REALIGNED = "bytes realigned"
_LOST = "\ufffd"  # what stands for an ASCII character that nobody can know

# Costs are log probabilities in nats.
GAP = -4.0  # supposing a lost byte
MISQUOTE = -6.0  # a guessed quotation mark that does not pair
OTHER_TONE = -3.0  # a reading that fits but for its tone
BOTH_SCRIPTS = -4.0  # a gloss on a character that is not traditional only
BEAM = 20.0  # readings so far behind the best are given up,
WIDEST = 400  # and all but so many
STRIPPED = 200  # characters read again among which some are private-use ones, one in 50, unless they were taken out
CALM = 3  # characters read in step before a run is closed
GAIN = 3.0  # by how much a run must read better than the damaged text,
GAIN_ALONE = 15.0  # and by how much on a page that shows no injection
REACH = 4000  # characters of a line that are read from an anchor, and that are known of what stands before it
WASTE = 10_000  # characters read in vain, beside a quarter of those passed, after which no more of a page is tried


def injection_edits(text: str) -> list[tuple[int, int, str, str]]:
    """Return the edits `(start, end, new, rule)` that undo the injection in a page; none for a page without its traces.

    Rules: `injected pinyin` takes a gloss out; `bytes realigned` decodes a run again, with `(likely)` or `(doubtful)`
    where the reading chosen leads the next best by less than 1 in 100 or 1 in 10; `bytes realigned, one lost` leaves
    U+FFFD for an ASCII character that nobody can know; `injected pinyin (unsolved)` marks what shows a trace of the
    damage but does not work out, and leaves it as it stands. Where all private-use characters, which carry bytes, seem
    to have been stripped from a page, no run is graded better than likely.
    """
    if not ("?" in text or "(" in text or "\ufffd" in text) or not _TRACE.search(text):
        return []
    injected = is_injected(text)
    edits: list[tuple[int, int, str, str]] = []
    done = last = wasted = 0
    for anchor in _ANCHOR.finditer(text):
        if wasted > WASTE + (anchor.start() - last) / 4:
            break
        if anchor.start() < done:
            continue
        if injected:
            edits += _glosses(text, done, anchor.start())
        done = anchor.end()
        line_start = max(text.rfind("\n", 0, anchor.start()) + 1, anchor.start() - REACH)
        line = text[line_start : anchor.start()] + text[anchor.start() : anchor.start() + REACH].split("\n", 1)[0]
        at = anchor.start() - line_start
        if not injected and sum(not c.isascii() for c in line[at + 1 : at + 12]) < CALM + 2:
            continue  # too little text to prove anything
        ahead = line[at : at + 80]
        if len(ahead) > 40 and ahead.count("?") + ahead.count(_LOST) > len(ahead) / 3:
            continue  # so many are characters lost, not bytes
        end, parts, score, lead = _search(line, at, text, before=_repaired(text, line_start, anchor.start(), edits))
        gain = score - _score_as_it_stands(line, at, end)
        # a bare `?` and a mark are also what ordinary text has, so alone and before little text they prove nothing
        short = line[at + 1 : at + 2] in _WIDE and sum(not c.isascii() for c in line[at:end]) < CALM + 2
        if any(line[a:b] != new for a, b, new in parts) and (
            gain > GAIN if injected else gain > GAIN_ALONE and not short
        ):
            edits += _run_edits(text, line_start, parts, lead)
            done = last = line_start + end
            wasted = 0
        else:
            wasted += end - at
    if injected:
        edits += _glosses(text, done, len(text))
        edits += _unsolved(text, edits)
    if not _PRIVATE.search(text) and sum(b - a for a, b, _, rule in edits if rule.startswith(REALIGNED)) > STRIPPED:
        edits = [(a, b, new, f"{rule} (likely)" if rule == REALIGNED else rule) for a, b, new, rule in edits]
    return edits


def _unsolved(text: str, edits: list[tuple[int, int, str, str]]) -> list[tuple[int, int, str, str]]:
    """Marks of the traces of injection that no edit touches."""
    solved = {at for start, end, _, _ in edits for at in range(start, end)}
    traces = (trace.span() for trace in REMNANT.finditer(text))
    return [(a, b, text[a:b], "injected pinyin" + UNSOLVED) for a, b in traces if solved.isdisjoint(range(a, b))]


def is_injected(text: str) -> bool:
    """Whether the glosses of a page were injected rather than written.

    An injector glosses common characters, each time they occur and the same way, mostly traditional ones only; a pinyin
    lesson glosses rare or simplified characters, most of them once, or every one of a line.
    """
    glosses = Counter(
        (character, gloss[1])
        for gloss in _PLAIN.finditer(text)
        if (character := _glossed(text, gloss.start())) and _fit(character, gloss[1]) is not None
    )
    traditional = Counter({pair: n for pair, n in glosses.items() if pair[0] in simple_of()})
    if glosses.total() > 1.1 * traditional.total():
        return _is_list(glosses, text)
    n = traditional.total()
    if n < 3 and not REMNANT.search(text) or not n:
        return False
    singles, _ = character_model()
    common = sum(count for (c, _), count in traditional.items() if singles.get(simple_of()[c], 0) > 1e-5)
    return n > 0.7 * sum(text.count(c) for c in {c for c, _ in traditional}) and common > 0.7 * n


def _is_list(glosses: Counter[tuple[str, str]], text: str) -> bool:
    """Whether glosses, many of them on characters that both scripts have, follow a list in a traditional page."""
    han = re.findall(f"[{_HAN}]", text)
    n = glosses.total()
    regular = sum(count for (character, _), count in glosses.items() if count > 0.7 * text.count(character))
    traditional = sum(character in simple_of() for character in han)
    if traditional < 0.1 * len(han) or regular < 0.7 * n:
        return False
    remnants = REMNANT.findall(text)
    swallowed = any("(" not in remnant for remnant in remnants)  # which nobody writes
    if swallowed or len(remnants) > max(2, 0.02 * n):
        return True
    return n - len({character for character, _ in glosses}) > 5 and n < 0.8 * len(han)


def _glosses(text: str, start: int, end: int) -> Iterator[tuple[int, int, str, str]]:
    """Yield the deletion of each gloss that is a reading of the character before it."""
    for gloss in _PLAIN.finditer(text, start, end):
        if _fit(_glossed(text, gloss.start()), gloss[1]) is not None:
            yield gloss.start(), _gloss_end(gloss, text), "", "injected pinyin"


def _gloss_end(gloss: re.Match[str], page: str) -> int:
    """Where a gloss ends, with the space after it if the page's injector set one."""
    return gloss.end() + (gloss.string[gloss.end() : gloss.end() + 1] == " " and _is_spaced(page, gloss[1].isascii()))


@lru_cache(16)
def _is_spaced(page: str, bare: bool) -> bool:
    """Whether most glosses of a page, those without tones or those with them, are followed by a space."""
    ends = [m.end() for m in _PLAIN.finditer(page) if m[1].isascii() == bare and ")(" not in m[0]]
    doubt = 0 if bare else 2  # the form with tones and a space is rare, and a single gloss may stand before a true space
    return 2 * sum(page[end : end + 1] == " " for end in ends) > len(ends) + doubt


def _glossed(text: str, at: int) -> str:
    """The character a gloss at `at` stands after, also one made of a trail byte and the Latin letter after it."""
    if not text[at - 1].isascii():
        return text[at - 1]
    bare = re.sub(r"\([^()\n]{1,8}\)", "", text[max(0, at - 30) : at])
    return _last_pair((0, _WIDE.get(bare[-2], bare[-2]) + bare[-1])) if len(bare) > 1 else ""


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


def _run_edits(
    text: str, line_start: int, parts: list[tuple[int, int, str]], lead: float
) -> Iterator[tuple[int, int, str, str]]:
    """Yield the changed parts of a run, the rule saying how sure the reading is."""
    doubt = math.exp(-lead)
    for start, end, new in parts:
        start, end = start + line_start, end + line_start
        if text[start:end] == new:
            continue
        rare = any(not c.isascii() and simple_of().get(c, c) not in character_model()[0] for c in new)
        if not new and text[start] == "(":
            rule = "injected pinyin"
        elif _LOST in new:
            rule = f"{REALIGNED}, one lost"
        else:
            grade = "(doubtful)" if doubt > 0.1 or rare else "(likely)" if doubt > 0.01 else ""
            rule = f"{REALIGNED} {grade}".strip()
        yield start, end, new, rule


# -- bytes that fit -----------------------------------------------------------------------------------------------------


def _fit(character: str, syllable: str) -> float | None:
    """Cost of taking a syllable for the reading of a character; None if it is not one."""
    if character not in simple_of() and character not in character_model()[0]:
        return None
    cost = 0.0 if character in simple_of() else BOTH_SCRIPTS
    syllable = syllable.replace("ɡ", "g").replace("ɑ", "a")
    toned, bare = readings(character)
    return cost if syllable in toned else cost + OTHER_TONE if toneless(syllable) in bare else None


@lru_cache(20_000)
def _bytes_read_as(before: int, syllable: str) -> list[tuple[int, float]]:
    """The bytes, with their costs, that make after the byte `before` a character read like the syllable."""
    made = ((byte, decode_pair(before, byte)) for byte in range(0x81, 0xFF))
    fits = ((byte, _fit(character, syllable)) for byte, character in made if character)
    return [(byte, cost) for byte, cost in fits if cost is not None]


@cache
def _bytes_after(lead: int) -> list[tuple[int, float]]:
    """The bytes that complete a waiting lead byte to a character the model knows; all lead bytes if none waits."""
    singles, _ = character_model()
    every = range(0x81, 0xFF)
    if not lead:
        return [(byte, 0.0) for byte in every]
    return [(byte, 0.0) for byte in every if (c := decode_pair(lead, byte)) and simple_of().get(c, c) in singles]


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
            character = decode_pair(lead, byte)
            state = (0, character, score + log_next(last[-1:], character), out + character) if character else None
        elif byte > 0x80:
            state = (byte, last, score, out)
        else:
            character = chr(byte)
            # a Latin letter may be the trail byte of a character that was glossed across the boundary
            kept = last[-1:] + character if byte >= 0x40 else character
            state = (0, kept, score + log_next(last[-1:], character), out + character)
    return state


def _last_pair(state: State | tuple[int, str]) -> str:
    """The character that the last two bytes make, across a boundary or not."""
    lead, last = state[:2]
    if not lead and len(last) == 1:
        return last
    code = gbk_bytes(last[-1 if lead else 0])
    return code and code[-1] > 0x80 and decode_pair(code[-1], lead or ord(last[1])) or ""


def _unknown_byte(state: State, syllable: str | None, opened: int) -> Iterator[State]:
    """Yield the states after a byte that shows as `?`: with a gloss only bytes whose pair is read so."""
    before = state[0] or (gbk_bytes(state[1][-1]) or b"?")[-1]
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


def _swallowed(line: str, at: int, page: str) -> tuple[str, int]:
    """The ASCII character that a byte swallowed before `at`, and where to go on.

    It is a tag's `<` if the rest of a tag follows (which goes too), nothing at the end of a line or where the reader of
    the page swallowed none, else the sign that this page sets before the character that follows, else unknown.
    """
    tag = _TAG_REST.match(line, at)
    if tag:
        return "", tag.end()
    if at >= len(line) or _keeps_brackets(page):
        return "", at
    return _signs(page).get(line[at], _LOST), at


@lru_cache(16)
def _keeps_brackets(page: str) -> bool:
    """Whether the bytes that show as `?` before a gloss mostly left its bracket, so that nothing was swallowed."""
    brackets = re.findall(rf"[?\ufffd](\(?) ?{_SYLLABLE} ?\)", page)
    return 2 * brackets.count("(") > len(brackets)


@lru_cache(16)
def _signs(page: str) -> dict[str, str]:
    """The sign that a page most often sets before a character, for each character."""
    pairs = Counter(re.findall(r"[+\-*/=%&#.][^+\-*/=%&#.\n]", page))
    return {pair[1]: pair[0] for pair, _ in reversed(pairs.most_common())}


def _steps(line: str, at: int, state: State, page: str, opened: int) -> Iterator[tuple[int, State]]:
    """Yield (next offset, state) for every way to read a damaged line at an offset."""
    character = line[at]
    gloss = _GLOSS.match(line, at) if character == "(" else None
    if gloss:
        cost = _fit(_last_pair(state), gloss[1])
        if cost is not None:
            yield _gloss_end(gloss, page), (*state[:2], state[2] + cost, state[3])
            return
    if character in "?\ufffd":
        gloss = _GLOSS.match(line, at + 1)
        mark = _WIDE.get(line[at + 1 : at + 2], line[at + 1 : at + 2])
        if gloss:
            for after in _unknown_byte(state, gloss[1], opened):
                yield _gloss_end(gloss, page), after
        elif mark and mark in _CUT_MARKS:
            for after in _unknown_byte(state, None, opened):
                if after := _feed(after, gbk_bytes(mark)):
                    yield at + 2, after
        if state[0] and not gloss:
            text, to = _swallowed(line, at + 1, page)
            for after in _unknown_byte(state, None, opened):
                yield to, (*after[:3], after[3] + text)
    code = b"\x80" if state[0] and character in "€\x80" else gbk_bytes(character)
    if code and (after := _feed(state, code)):
        yield at + 1, after
    if state[0] and character in _WIDE and (after := _feed(state, gbk_bytes(_WIDE[character]))):
        yield at + 1, after
    if not code and not state[0]:
        yield at + 1, (0, character, state[2] + UNKNOWN, state[3] + character)


def _search(line: str, at: int, page: str, before: str) -> tuple[int, list[tuple[int, int, str]], float, float]:
    """Read a line again from an anchor until it is in step.

    Args:
        line: the damaged line; at: offset of the anchor in it; page: the whole text; before: the line repaired so far.

    Returns:
        (end, parts, score, lead): where the run ends, its parts `(start, end, text)` between points in step, the log
        probability of the reading, and by how much it led at its closest; no parts if no reading holds.
    """
    opened = before.count("“") - before.count("”")
    last = before[-2:] if "@" <= before[-1:] <= "~" else before[-1:] or "\n"
    # (lead, last) -> (score, text since in step, node, lead over the runner-up); a node is (parent, offset, text)
    frontier: dict[int, dict] = {at: {(0, last): (0.0, "", (None, at, ""), math.inf)}}
    calm, here = 0, at
    while frontier:
        here = min(frontier)
        level = frontier.pop(here)
        least = max(held[0] for held in level.values()) - BEAM
        level = {key: held for key, held in level.items() if held[0] > least}
        if len(level) > WIDEST:
            level = dict(sorted(level.items(), key=lambda item: -item[1][0])[:WIDEST])
        calm = calm + 1 if not frontier and not any(lead for lead, _ in level) else 0
        if here >= len(line) or calm > CALM and line[here] not in "?\ufffd":
            return _best(level, here)
        for (lead, last), (score, out, node, margin) in level.items():
            for to, (lead2, last2, score2, out2) in _steps(line, here, (lead, last, score, out), page, opened):
                new = (score2, out2, node, margin) if lead2 else (score2, "", (node, to, out2), margin)
                _keep_better(frontier.setdefault(to, {}), (lead2, last2), new)
    return here, [], -math.inf, 0.0


def _keep_better(level: dict, key: tuple[int, str], new: tuple) -> None:
    """Keep the better of two readings with the same future, and by how much it led."""
    old = level.get(key)
    if old and old[0] > new[0]:
        old, new = new, old
    level[key] = (*new[:3], min(new[3], new[0] - old[0])) if old else new


def _best(level: dict, here: int) -> tuple[int, list[tuple[int, int, str]], float, float]:
    """The best reading that ends in step, its parts in order."""
    done = sorted((held for (lead, _), held in level.items() if not lead), key=lambda held: -held[0])
    if not done:
        return here, [], -math.inf, 0.0
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
    return math.fsum(log_next(a, b) for a, b in zip(before + line[start : end - 1], line[start:end]))
