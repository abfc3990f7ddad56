"""UTF-8 text that was read as GBK (`銆�銆�浜屻�佺`) taken back to its bytes.

Each Chinese character is three bytes in UTF-8 and two in GBK, so a run of them shows as one and a half times as many wrong
characters. Going back is exact as long as every byte survived. A byte that GBK could not show became U+FFFD or `?`: 80 (which
Windows shows as `€`), or the first of two that are no GBK code, or the last before ASCII or a line end. Few bytes fit each
place, and the reading tells which.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import product

from qdlib.characters import UNKNOWN, character_model, gbk_bytes, known_words, simple_of
from qdlib.traced import UNSOLVED

# What the first two bytes of common characters and marks show as when read as GBK; rare in any other text.
_TRACE = re.compile("[銆锛鈥鐨鏄鍦涓鍙鏈鎴鍥鍏鏂骞鍔鍒鏃鍚鍜缁鏀鏉鎵瀛鐢鍑鎬璇闂闄鑰浠浜浣宸绗绀]")
_RUN = re.compile(r"[^\x00-\x7f][^\x00-\x3e\x40-\x7f]+")
_LOST = "\ufffd"
_PRIVATE = re.compile("[\ue000-\uf8ff]")  # shown by a reader that knows a character for every two bytes
LONGEST = 4  # characters of a word that a lost one is read with
PROVED = 12  # characters taken back that prove a page to be damaged; then short runs without a trace are tried, too
UNDOUBTED = 0.2  # of the characters of a run that must be traces to mark one that cannot be undone
SHARE = 0.9  # of the characters of a run that must come out as characters of Chinese text


def mojibake_edits(text: str) -> list[tuple[int, int, str, str]]:
    """Return the edits `(start, end, new, rule)` that take runs of UTF-8 read as GBK back to what they were.

    Rule: `UTF-8 read as GBK`, with `(doubtful)` where a lost byte was chosen by what reads best, and `, one lost` where
    U+FFFD is left for a character of which too little survived; `UTF-8 read as GBK (unsolved)` marks a run that looks
    like it and is no valid UTF-8, and leaves it as it stands.
    """
    if not _TRACE.search(text):
        return []
    codec = "gb18030" if _PRIVATE.search(text) else "gbk"
    runs = list(_RUN.finditer(text))
    edits = [edit for run in runs if _TRACE.search(run[0]) for edit in _undo(run, codec)]
    if sum(len(new) for *_, new, rule in edits if not rule.endswith(UNSOLVED)) >= PROVED:
        done = {at for start, end, *_ in edits for at in range(start, end)}
        left = (run for run in runs if done.isdisjoint(range(*run.span())))
        edits += [(*run.span(), *found) for run in left if (found := _decode(run[0], False, codec, bold=True))]
    return edits


def _undo(run: re.Match[str], codec: str) -> Iterator[tuple[int, int, str, str]]:
    """Yield the edit of one run, from where it turns into valid UTF-8 on: a file may be damaged only from some point."""
    at_line_end = run.string[run.end() : run.end() + 1] in ("", "\n", "\r")
    first = _TRACE.search(run[0]).start()
    for begin in sorted({0, max(0, first - 1), first}):
        if found := _decode(run[0][begin:], at_line_end, codec):
            yield run.start() + begin, run.end(), *found
            return
    if len(_TRACE.findall(run[0])) > max(2, UNDOUBTED * len(run[0])):
        yield *run.span(), run[0], "UTF-8 read as GBK" + UNSOLVED


def _decode(run: str, at_line_end: bool, codec: str, *, bold: bool = False) -> tuple[str, str] | None:
    """The text of a run read as UTF-8, with the rule; None if it is not that. A bold reading may be short, but not lossy."""
    choices = _choices(run, codec)
    if not choices:
        return None
    text = _best(choices, at_line_end)
    chinese = sum("\u3000" <= c <= "\u9fff" or c in "“”‘’…—·" or "\uff00" <= c <= "\uffef" for c in text)
    lossy = _LOST in text or any(len(found) > 1 for found in choices)
    if lossy or not chinese if bold else chinese < SHARE * len(text) or len(text) >= len(run):
        return None
    rule = "UTF-8 read as GBK"
    if _LOST in text:
        rule += ", one lost"
    elif lossy:
        rule += " (doubtful)"
    return text, rule


def _choices(run: str, codec: str) -> list[tuple[str, ...]] | None:
    """The characters that each place of a run can hold when its bytes are read as UTF-8; None if they are not that."""
    codes = [None if character == "?" else gbk_bytes(character) for character in run.replace(_LOST, "?")]
    if b"" in codes:
        return None
    data: list[int | None] = []
    for character, code, following in zip(run, codes, [*codes[1:], None]):
        if character == "€" and not (data and _continues(data[-1]) and _continues(following and following[0])):
            code = b"\x80"  # as Windows shows it; between bytes that continue a character it is the code of `€`
        data += code or [None]
    choices: list[tuple[str, ...]] = []
    at = 0
    while at < len(data):
        size = _size(data, at)
        found = _characters(tuple(data[at : at + size]), data[at + size] if at + size < len(data) else None, codec)
        if not found:
            return None
        choices.append(found)
        at += size
    return choices


def _continues(byte: int | None) -> bool:
    """Whether a byte, or a lost one, continues a character of UTF-8."""
    return byte is None or 0x80 <= byte < 0xC0


def _size(data: Sequence[int | None], at: int) -> int:
    """How many bytes the character at an offset has, by its first byte; three if that is lost, as Chinese ones have."""
    lead = data[at]
    return 1 if lead is not None and lead < 0x80 else 2 if lead is not None and 0xC0 <= lead < 0xE0 else 3


@lru_cache(20_000)
def _characters(part: tuple[int | None, ...], following: int | None, codec: str) -> tuple[str, ...]:
    """The characters that bytes can be, at least one of them known; U+FFFD if none is, nothing if they are not UTF-8."""
    part += (None,) * (_size(part, 0) - len(part))
    if part == (None, None, None):
        return (_LOST,)
    made = []
    lead = range(0xE3, 0xF0) if part[0] is None else part[:1]
    for whole in product(lead, *(range(0x80, 0xC0) if byte is None else (byte,) for byte in part[1:])):
        try:
            made.append((bytes(whole).decode("utf-8"), whole))
        except UnicodeDecodeError:
            continue
    known, _ = character_model()
    if None in part:
        made = [(c, whole) for c, whole in made if simple_of().get(c, c) in known] or made
    # if no likely character could be lost there, the byte was lost with ASCII after it
    return tuple(c for c, whole in made if _is_lost(part, whole, following, codec)) or tuple(c for c, _ in made)


def _is_lost(part: tuple[int | None, ...], whole: tuple[int, ...], following: int | None, codec: str) -> bool:
    """Whether the lost bytes of a character would have been lost: 80, or with the byte after it no code of GBK."""
    pairs = zip(part, whole, (*whole[1:], following))
    return all(old is not None or byte == 0x80 or not after or not _is_code(byte, after, codec) for old, byte, after in pairs)


@lru_cache(70_000)
def _is_code(lead: int, trail: int, codec: str) -> bool:
    """Whether a codec has a character for two bytes."""
    try:
        return len(bytes((lead, trail)).decode(codec)) == 1
    except UnicodeDecodeError:
        return False


def _best(choices: list[tuple[str, ...]], at_line_end: bool) -> str:
    """The sequence of characters that reads best as words; at the end of a line a sentence ends rather than pauses."""
    if 20 * sum(len(found) == 1 and found[0] in simple_of() for found in choices) < len(choices):  # simplified script
        choices = [tuple(c for c in found if c not in simple_of()) or found for found in choices]
    near = {p for i, found in enumerate(choices) if len(found) > 1 for p in range(i - LONGEST + 1, i + LONGEST)}
    best: list[tuple[float, str]] = [(0.0, "")] + [(-math.inf, "")] * len(choices)  # (score, last word) up to a place
    for start, found in enumerate(choices):
        for word, cost in _words(choices, start) if start in near else ((found[0], 0.0),):
            pause = -3.0 if at_line_end and start + 1 == len(choices) and word in "，、；" else 0.0
            end = start + len(word)
            best[end] = max(best[end], (best[start][0] + cost + pause, word))
    words, end = [], len(choices)
    while end:
        words.append(best[end][1])
        end -= len(words[-1])
    return "".join(reversed(words))


def _words(choices: list[tuple[str, ...]], start: int) -> Iterator[tuple[str, float]]:
    """Yield the words that choices spell from a place on, and every single character, with their log probabilities."""
    spelt = [""]
    for place in range(start, min(start + LONGEST, len(choices))):
        spelt = [begun + character for begun in spelt for character in choices[place]]
        yield from ((word, cost) for word in spelt if (cost := _log_word(word)) > -math.inf)
        spelt = [word for word in spelt if _simple(word) in known_words().FREQ]
        if not spelt:
            return


@lru_cache(50_000)
def _log_word(word: str) -> float:
    """Log probability of a word of the dictionary or a single character, traditional or simplified."""
    count = known_words().FREQ.get(_simple(word), 0)
    if count:
        return math.log(count / known_words().total)
    share = character_model()[0].get(_simple(word), 0)
    return math.log(share) if share else UNKNOWN if len(word) == 1 else -math.inf


def _simple(word: str) -> str:
    """A word in simplified characters."""
    return "".join(simple_of().get(character, character) for character in word)
