"""What is known about single characters: their simplified forms and readings, their GBK bytes, and how likely one follows another.

The tables are made from libraries' data when first needed (OpenCC, pypinyin, jieba's dictionary); the rooms that go back to
bytes choose between readings by them.
"""

from __future__ import annotations

import math
import unicodedata
from collections import Counter
from functools import cache, lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

UNKNOWN = -15.0  # log probability, in nats, of a character the model does not know
_STOPS = "，。、：；？！"


@cache
def simple_of() -> dict[str, str]:
    """Map of the traditional characters to simplified ones, one for one."""
    from opencc import OpenCC

    characters = [chr(code) for code in range(0x4E00, 0xA000)]
    simple = OpenCC("t2s").convert("\n".join(characters)).split("\n")
    return {a: b for a, b in zip(characters, simple) if a != b}


# How often marks stand in running text, and after what; jieba's dictionary knows words only.
_MARKS = {
    "，": .06, "。": .03, "、": .03, "“": .01, "”": .01, "：": .005, "；": .003, "？": .002, "！": .002, "《": .003, "》": .003,
    "（": .003, "）": .003, "—": .004, "…": .002, "‘": .001, "’": .001, "·": .001, "　": .001,
    "【": .0003, "】": .0003, "〔": .0003, "〕": .0003, "「": .0003, "」": .0003,
}  # fmt: skip
_MARK_PAIRS = "。　|　　|；　|！　|？　|。”|？”|！”|：“|，“|”，|”。|——|……|。“|”“|、《|》、|“‘|’”|》，|。《".split("|")


def known_words():
    """Return plain jieba's tokenizer with its dictionary; it is imported where damage asks for it, not before."""
    from qdlib.words import tokenizer

    return tokenizer(())


@cache
def character_model() -> tuple[dict[str, float], dict[str, float]]:
    """Probabilities of simplified characters, and of the second character of a pair, from jieba's words and their counts."""
    import numpy as np

    known = {word: count for word, count in known_words().FREQ.items() if count}
    lengths = np.fromiter(map(len, known), np.int64, len(known))
    weights = np.repeat(np.fromiter(known.values(), np.int64, len(known)), lengths)
    codes = np.frombuffer("".join(known).encode("utf-32-le"), "<u4").astype(np.int64)
    inside = np.ones(len(codes), dtype=bool)
    inside[np.cumsum(lengths) - 1] = False  # behind the last character of a word none follows
    inside = np.flatnonzero(inside)
    singles = _summed(codes, weights)
    pairs = _summed(codes[inside] << 32 | codes[inside + 1], weights[inside])
    words = singles.total()
    singles.update({mark: round(share * words) for mark, share in _MARKS.items()})
    pairs.update({pair: round(min(singles[pair[0]], singles[pair[1]]) / 4) for pair in _MARK_PAIRS})
    total = singles.total()
    return {c: n / total for c, n in singles.items()}, {pair: n / singles[pair[0]] for pair, n in pairs.items()}


def _summed(codes: np.ndarray, weights: np.ndarray) -> Counter[str]:
    """The sum of the weights of each character, or pair of characters, whose code points are these."""
    import numpy as np

    found, which = np.unique(codes, return_inverse=True)
    sums = np.zeros(len(found), np.int64)
    np.add.at(sums, which, weights)
    strings = (chr(code) if code < 1 << 32 else chr(code >> 32) + chr(code & 0xFFFFFFFF) for code in found.tolist())
    return Counter(dict(zip(strings, sums.tolist())))


@lru_cache(100_000)
def log_next(first: str, second: str) -> float:
    """Log probability of a character after another, traditional or simplified."""
    singles, pairs = character_model()
    single = singles.get(simple_of().get(second, second))
    if single is None:
        return UNKNOWN + (2 if second.isascii() else 0 if "\u4e00" <= second <= "\u9fff" else -3)
    if second in _STOPS:
        return UNKNOWN if first in _STOPS else math.log(single)
    pair = pairs.get(simple_of().get(first, first) + simple_of().get(second, second), 0)
    return math.log(0.7 * pair + 0.3 * single + 1e-9)


@lru_cache(20_000)
def readings(character: str) -> tuple[frozenset[str], frozenset[str]]:
    """All readings of a character, with their tones and without."""
    from pypinyin import Style, pinyin

    toned = frozenset(pinyin(character, heteronym=True, style=Style.TONE)[0])
    return toned, frozenset(map(toneless, toned))


@lru_cache(5_000)
def toneless(syllable: str) -> str:
    """A syllable without its tone mark."""
    bare = "".join(c for c in unicodedata.normalize("NFD", syllable) if c not in "\u0304\u0301\u030c\u0300")
    return unicodedata.normalize("NFC", bare).replace("v", "ü")


@lru_cache(70_000)
def decode_pair(lead: int, trail: int) -> str | None:
    """The character of two bytes, user-defined ones included, or None."""
    if not 0x40 <= trail <= 0xFE or trail == 0x7F:
        return None
    try:
        return bytes((lead, trail)).decode("gb18030")
    except UnicodeDecodeError:
        return None


@lru_cache(30_000)
def gbk_bytes(character: str) -> bytes:
    """The one or two bytes of a character; none for a character that GBK does not have."""
    code = character.encode("gb18030", "replace")
    return code if len(code) < 3 else b""
