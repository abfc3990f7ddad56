"""UTF-8 text that was read as GBK (`銆�銆�浜屻�佺`) taken back to its bytes.

Each Chinese character is three bytes in UTF-8 and two in GBK, so a run of them shows as one and a half times as many wrong
characters. Going back is exact as long as every byte survived. A byte that GBK could not show became U+FFFD: 80, or the first of
two that are no GBK code, or the last before a line end. Few bytes fit each place, and the reading tells which.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from qdlib.characters import gbk_bytes, log_next
from qdlib.traced import UNSOLVED

# What the first two bytes of common characters and marks show as when read as GBK; rare in any other text.
_TRACE = re.compile("[銆锛鈥鐨鏄鍦涓鍙鏈鎴鍥鍏鏂骞鍔鍒鏃鍚鍜缁鏀鏉鎵瀛鐢鍑鎬璇闂闄鑰浠浜浣宸绗绀]")
_RUN = re.compile(r"[^\x00-\x7f]{2,}")
_LOST = "\ufffd"
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
    edits = []
    for run in _RUN.finditer(text):
        if _TRACE.search(run[0]):
            at_line_end = text[run.end() : run.end() + 1] in ("", "\n", "\r")
            found = list(_undo(run.start(), run[0], at_line_end))
            if not found and len(_TRACE.findall(run[0])) > max(2, UNDOUBTED * len(run[0])):
                found = [(run.start(), run.end(), run[0], "UTF-8 read as GBK" + UNSOLVED)]
            edits += found
    return edits


def _undo(start: int, run: str, at_line_end: bool) -> Iterator[tuple[int, int, str, str]]:
    """Yield the edit of one run, from where it turns into valid UTF-8 on: a file may be damaged only from some point."""
    first = _TRACE.search(run).start()
    for begin in sorted({0, max(0, first - 1), first}):
        found = _decode(run[begin:], at_line_end)
        if found:
            yield start + begin, start + len(run), *found
            return


def _decode(run: str, at_line_end: bool) -> tuple[str, str] | None:
    """The text of a run read as UTF-8, with the rule; None if it is not that."""
    data: list[int | None] = []
    for character in run:
        code = gbk_bytes(character)
        if not code and character != _LOST:
            return None
        data += code if code else [None]
    choices: list[list[str]] = []
    at = 0
    while at < len(data):
        size = _size(data, at)
        found = _characters(data[at : at + size], data[at + size] if at + size < len(data) else None)
        if not found:
            return None
        choices.append(found)
        at += size
    text = _best(choices, at_line_end)
    chinese = sum("\u3000" <= c <= "\u9fff" or c in "“”‘’…—·" or "\uff00" <= c <= "\uffef" for c in text)
    if chinese < SHARE * len(text) or len(text) >= len(run):
        return None
    rule = "UTF-8 read as GBK"
    if _LOST in text:
        rule += ", one lost"
    elif any(len(found) > 1 for found in choices):
        rule += " (doubtful)"
    return text, rule


def _size(data: list[int | None], at: int) -> int:
    """How many bytes the character at an offset has, by its first byte; three if that is lost, as Chinese ones have."""
    lead = data[at]
    return 1 if lead is not None and lead < 0x80 else 2 if lead is not None and 0xC0 <= lead < 0xE0 else 3


def _characters(part: list[int | None], following: int | None) -> list[str]:
    """The characters that bytes, at most one of them lost, can be; U+FFFD if more are lost, none if they are not UTF-8."""
    if len(part) < _size(part, 0):
        part = [*part, None]
    if part[1:] == [None, None]:  # a byte that was lost before another lost one can only have been 80
        part = [part[0], 0x80, None]
    lost = [place for place, byte in enumerate(part) if byte is None]
    if len(lost) > 1 or len(part) < _size(part, 0):
        return [_LOST]
    found = []
    for byte in (range(0x80, 0xF0) if lost and lost[0] else range(0xE0, 0xF0)) if lost else (None,):
        whole = [byte if place in lost else known for place, known in enumerate(part)]
        if lost and not _is_lost(whole, lost[0], following):
            continue
        try:
            found.append(bytes(whole).decode("utf-8"))
        except UnicodeDecodeError:
            continue
    return found


def _is_lost(part: list[int], place: int, following: int | None) -> bool:
    """Whether a byte would have been lost where it stands: 80, or with the byte after it no code of GBK."""
    after = part[place + 1] if place + 1 < len(part) else following
    if part[place] == 0x80 or after is None:
        return True
    try:
        bytes((part[place], after)).decode("gbk")
    except UnicodeDecodeError:
        return True
    return False


def _best(choices: list[list[str]], at_line_end: bool) -> str:
    """The sequence of characters that reads best; at the end of a line a sentence ends rather than pauses."""
    paths = {"\n": (0.0, "")}
    for place, found in enumerate(choices):
        last = at_line_end and place + 1 == len(choices) and len(found) > 1
        reached: dict[str, tuple[float, str]] = {}
        for character in found:
            pause = -3.0 if last and character in "，、；" else 0.0
            score, text = max((s + log_next(before, character) + pause, t) for before, (s, t) in paths.items())
            reached[character] = (score, text + character)
        paths = reached
    return max(paths.values())[1]
