"""Damaged characters back to the text as it was printed: one named rule for each kind of damage, every change in the ledger.

Each rule is a function `str -> edits` with a cheap test first, so that clean text costs next to nothing; `repair` applies
them in an order in which no rule hides the traces another needs.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable
from functools import cache

from qdlib.characters import readings, simple_of
from qdlib.injection import PINYIN_LETTERS, REMNANT, TONED, injection_edits
from qdlib.mojibake import mojibake_edits
from qdlib.traced import UNSOLVED, TracedText

SCRIPTS = ("simplified", "keep")

Edits = Iterable[tuple[int, int, str, str]]


def repair(text: str | TracedText, script: str = "simplified") -> TracedText:
    """Undo the damage of a page, character by character accounted for.

    Args:
        text: the raw text, or a text of which parts were taken out.
        script: `simplified` turns the traditional characters of a traditional page into simplified ones (OpenCC);
            `keep` leaves the script as it is.

    Returns:
        The repaired text, its `ledger()` naming the rule of every change; a clean text comes back with none. A rule
        ends in `(likely)` or `(doubtful)` where a reading was chosen by what reads best. What cannot be solved is left
        as it stands: its row has the action `kept` and a rule that ends in `(unsolved)`.

    Raises:
        TypeError: the text is no string.
        ValueError: `script` is unknown.
    """
    if not isinstance(text, (str, TracedText)):
        raise TypeError(f"text must be a string, got {type(text).__name__}; decode bytes first (qdlib.readers.decode)")
    if script not in SCRIPTS:
        raise ValueError(f"script must be one of {', '.join(SCRIPTS)}, got {script!r}")
    fixed = TracedText.of(text) if isinstance(text, str) else text
    for rule in RULES:
        fixed = fixed.edit(rule(fixed.text))
    if script == "simplified":
        fixed = fixed.edit(_simplified(fixed.text))
    return fixed.edit(_unsolved(fixed.text))


def replay(raw: str, ledger) -> str:
    """Apply a ledger to the raw text again and return the text it gives.

    Raises:
        ValueError: the ledger belongs to another text.
    """
    parts = []
    for start, end, before, after in ledger[["start", "end", "before", "after"]].itertuples(index=False):
        if raw[start:end] != before:
            raise ValueError(f"ledger row {start}-{end} has {before!r} but the text has {raw[start:end]!r} there")
        parts.append(after)
    return "".join(parts)


# -- rules, in the order they are applied -----------------------------------------------------------------------------

_HAN = r"\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003ffff"
_CHINESE = rf"{_HAN}\u3001-\u301f“”‘’，。：；！？（）％"

_SPACE = re.compile("[\u00a0\u2000-\u200a\u202f\u205f]")
# No sentence opens with question marks; where lines of a page open with equally many, they were an indent.
_INDENT = re.compile(rf"(?<![^\n])\?{{2,8}}(?=[{_HAN}“《（\d])")
_INVISIBLE = re.compile(
    "[\u00ad\u200b-\u200f\u2028\u2029\u202a-\u202e\u2060-\u2064\ufeff\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]"
)
# A joiner has work to do inside an emoji and in the scripts of the Near East and of India.
_JOINER = re.compile("(?<=[\u0600-\u109f\ufe0f\U0001f000-\U0001faff])[\u200c\u200d]")
_ESCAPED_BREAK = re.compile(r"(?:x0dx0a|_x000[dD]_)+")
_TAG_NAMES = (
    r"(?:p|h[1-6]|div|span|br|strong|b|i|em|a|td|tr|th|table|li|ul|ol|font|img|center|section|article|blockquote)"
)
_ATTRIBUTE = r"""\s+[\w-]+\s*=\s*(?:"[^"\n]{0,300}"|'[^'\n]{0,300}'|[^\s<>"']{1,300})"""
_TAG = re.compile(
    rf"<(?:/{_TAG_NAMES}(?:>|(?=[{_HAN}\n]|$))|{_TAG_NAMES}(?:{_ATTRIBUTE}){{0,20}}\s?/?>)", re.IGNORECASE
)
_TAG_REST = re.compile(rf"(?:(?<=[{_CHINESE}\s?])/{_TAG_NAMES}|(?<=[{_CHINESE}])br ?/)>(?!\d)", re.IGNORECASE)
_ENTITY = re.compile(r"&(?:[a-zA-Z]{2,8}|#\d{2,6}|#x[0-9a-fA-F]{2,5});")
_FULL_WIDTH = re.compile(
    "[０-９Ａ-Ｚａ-ｚ]|(?<=[０-９])(?:[％．]|：(?=[０-９])|，(?=[０-９]{3}(?![０-９])))|[＋－](?=[０-９])"
)
_FULL_WIDTH_ONE = re.compile("[０-９Ａ-Ｚａ-ｚ]")
_DOUBLED = re.compile("(?<![，、；])([，、；])\\1(?![，、；])")


def _spaces(text: str) -> Edits:
    """No-break and typographic spaces become plain ones."""
    return [(m.start(), m.end(), " ", "no-break space") for m in _SPACE.finditer(text)]


def _indents(text: str) -> Edits:
    """Runs of `?` that open lines become spaces again: an encoding without a no-break space wrote them for an indent."""
    if "??" not in text:
        return []
    runs = list(_INDENT.finditer(text))
    sizes = Counter(len(m[0]) for m in runs)
    return [(*m.span(), " " * len(m[0]), "no-break space shown as ?") for m in runs if sizes[len(m[0])] > 1]


# What a PDF has for a character whose glyph is a radical's too. NFKC knows the radicals of Kangxi; this table has, from U+2E81 on,
# the ideographs that Unicode (EquivalentUnifiedIdeograph) names for those of its supplement, a space where it is none of the common ones.
_RADICALS = (
    "厂乛乚乙亻冂　刀刂卜　小小兀尣尢　巳幺彑彐忄心扌攵　旡日月歺母民氵氺灬爫爫丬牛犭王　目示礻　糹纟罓罒　冗　羊　　耂肀"
    "聿肉　艹艹艹虎衤覀西见角　讠贝　车辶辶辶邑钅長镸长门　阝雨青韦页风飞食　飠饣　马骨鬼鱼鸟卤麦黄黾斉齐歯齿竜龙龜亀龟"
)  # fmt: skip
_COMPATIBILITY = re.compile("[\u2e81-\u2fd5\uf900-\ufad9\U0002f800-\U0002fa1d]")


def _ideographs(text: str) -> Edits:
    """Radicals and compatibility ideographs, which look like characters and are found by no word, become these characters."""
    edits = []
    for m in _COMPATIBILITY.finditer(text):
        at = ord(m[0]) - 0x2E81
        same = _RADICALS[at].strip() if at < len(_RADICALS) else unicodedata.normalize("NFKC", m[0])
        if same and same != m[0]:
            edits.append((*m.span(), same, "compatibility ideograph"))
    return edits


def _invisibles(text: str) -> Edits:
    """Zero-width characters and control characters go; the tab and line ends stay."""
    found = _INVISIBLE.finditer(text)
    return [(m.start(), m.end(), "", "invisible character") for m in found if not _JOINER.match(text, m.start())]


def _breaks(text: str) -> Edits:
    """Line ends that were written out as their codes become line ends."""
    if "x0dx0a" not in text and "_x000" not in text:
        return []
    return [(m.start(), m.end(), "\n", "escaped line end") for m in _ESCAPED_BREAK.finditer(text)]


def _tags(text: str) -> Edits:
    """HTML tags, and what is left of one whose `<` was lost, go."""
    if ">" not in text and "</" not in text:
        return []
    found = {(m.start(), m.end()) for m in _TAG.finditer(text)}
    found |= {(m.start(), m.end()) for m in _TAG_REST.finditer(text) if text[m.start() - 1] != "<"}
    return [(start, end, "", "tag debris") for start, end in sorted(found)]


def _entities(text: str) -> Edits:
    """HTML entities become their characters."""
    if "&" not in text:
        return []
    from html import unescape

    found = [(m, unescape(m[0])) for m in _ENTITY.finditer(text)]
    return [
        (m.start(), m.end(), character.replace("\u00a0", " "), "html entity")
        for m, character in found
        if character != m[0] and character.isprintable() or character == "\u00a0"
    ]


def _digits(text: str) -> Edits:
    """Full-width digits and letters, and the marks of such numbers, become plain ones that numbers are read by."""
    if not _FULL_WIDTH_ONE.search(text):
        return []
    return [
        (m.start(), m.end(), chr(ord(m[0]) - 0xFEE0), "full-width digit or letter") for m in _FULL_WIDTH.finditer(text)
    ]


_WIDE = dict(zip(",:;!?()", "，：；！？（）"))
_NARROW = re.compile(r"[,:;!?]")
_NARROW_IN_CHINESE = re.compile(rf"[{_CHINESE}] ?[,:;!?()]|[,:;!?()] ?[{_CHINESE}]")
_BEFORE = re.compile(rf"[{_CHINESE}]")
_LATIN = re.compile(r"[0-9A-Za-z]")
_HAN_INSIDE = re.compile(rf"[{_HAN}]")
_HAN_RUN = re.compile(rf"[{_HAN}]+")
_PINYIN = re.compile(rf"(?=[^{TONED}]*[{TONED}])[{PINYIN_LETTERS}{TONED} '’-]+")
_ADDRESS = re.compile(r"(?:https?://|www\.)[^\s，。；（）“”]+")
_BRACKETED = 300  # characters between two brackets in which a Chinese one is looked for


def _punctuation(text: str) -> Edits:
    """Half-width punctuation in Chinese context becomes full-width; in numbers, times, Latin text and addresses it stays."""
    if not any(mark in text for mark in _WIDE) or not _NARROW_IN_CHINESE.search(text):
        return []
    kept = {i for m in _ADDRESS.finditer(text) for i in range(*m.span())} if "://" in text or "www." in text else set()
    if "????" in text:  # characters that an encoding lost, no questions
        kept |= {i for m in re.finditer(r"\?{4,}", text) for i in range(*m.span())}
    if "?" in text:
        kept |= {m.start() for m in REMNANT.finditer(text)}
    found = [m.start() for m in _NARROW.finditer(text) if m.start() not in kept and _is_chinese(text, m.start())]
    for pair in _bracket_pairs(text):
        if pair[0] not in kept and _holds_chinese(text, *pair):
            found += pair
    return [(at, at + 1, _WIDE[text[at]], "half-width punctuation") for at in found]


def _holds_chinese(text: str, opening: int, closing: int) -> bool:
    """Whether brackets are Chinese: with Chinese in them and at one of them, or between Chinese and no gloss."""
    around = [text[max(0, opening - 1) : opening], text[closing + 1 : closing + 2]]
    if _HAN_INSIDE.search(text, opening, min(closing, opening + _BRACKETED)):
        within = text[opening + 1 : closing].strip(" ")
        english = around[0] == " " and re.search(r"[\w.,;:!?]", text[max(0, opening - 2) : opening], re.ASCII)
        ends = [within[:1], within[-1:]] if not english else []
        return around[0] in ("", "\n") or any(map(_BEFORE.match, around + ends))
    return all(map(_BEFORE.match, around)) and not _is_gloss(around[0], text[opening + 1 : min(closing, opening + 40)])


def _is_gloss(character: str, inside: str) -> bool:
    """Whether what stands in brackets is pinyin: with tones, or a reading of the character before."""
    return bool(_PINYIN.fullmatch(inside)) or inside.islower() and inside in readings(character)[1]


def _is_chinese(text: str, at: int) -> bool:
    """Whether the mark at an offset stands in Chinese: after a Chinese character, or before one and not inside Latin text."""
    after = text[at + 1 : at + 2]
    if text[at] == ":" and after == "/" or text[at] == ";" and re.search(r"&\w{2,8}$", text[max(0, at - 9) : at]):
        return False
    last = at - 1
    while last >= 0 and at - last < 6 and text[last] in ",:;!? ":  # several marks in a row go together
        last -= 1
    before = text[last] if last >= 0 else ""
    if _BEFORE.match(before):
        return True
    return bool(after and _BEFORE.match(after)) and (not before or bool(_LATIN.match(before)) or before in "%‰℃)]+…—")


def _bracket_pairs(text: str) -> Iterable[tuple[int, int]]:
    """Yield the pairs of half-width brackets that open and close on one line."""
    opened: list[int] = []
    for m in re.finditer(r"[()\n]", text):
        if m[0] == "\n":
            opened.clear()
        elif m[0] == "(":
            opened.append(m.start())
        elif opened:
            yield opened.pop(), m.start()


def _doubled(text: str) -> Edits:
    """A comma or semicolon set twice is set once."""
    if not any(mark in text for mark in ("，，", "、、", "；；")):
        return []
    return [(m.start() + 1, m.end(), "", "doubled comma") for m in _DOUBLED.finditer(text)]


RULES: tuple[Callable[[str], Edits], ...] = (
    mojibake_edits, _ideographs, _spaces, _indents, injection_edits, _invisibles, _breaks, _tags, _entities, _digits, _punctuation, _doubled,
)  # fmt: skip


_LOSS = re.compile("[\ufffd\ud800-\udfff\ue000-\uf8ff\U000f0000-\U0010fffd]")
_LOST = re.compile(
    rf"(?P<character_lost>[\ufffd\ud800-\udfff]+|(?<!\?)\?{{4,}}+(?=[{_HAN}]))|[\ue000-\uf8ff\U000f0000-\U0010fffd]+"
)


def _unsolved(text: str) -> Edits:
    """What nobody can read is marked: characters lost to an encoding, and private-use ones that only a lost font shows."""
    if "????" not in text and not _LOSS.search(text):
        return []
    return [
        (*m.span(), m[0], ("character lost" if m["character_lost"] else "private-use character") + UNSOLVED)
        for m in _LOST.finditer(text)
    ]


# -- script -----------------------------------------------------------------------------------------------------------

# A page is traditional when its characters are, not when it quotes a few; measured on simplified pages the share is
# below 1 in 500, on traditional ones above 1 in 5.
TRADITIONAL_SHARE = 0.02
TRADITIONAL_LEAST = 4  # a name with one or two old characters makes no traditional text


_KANA = re.compile("[\u3041-\u3096\u30a1-\u30fa]")


@cache
def _traditional() -> re.Pattern:
    """Pattern of the characters that have another simplified form."""
    return re.compile("[" + "".join(simple_of()) + "]")


def _simplified(text: str) -> Edits:
    """Traditional characters of a traditional page become simplified ones, by OpenCC with its phrases.

    The rule says `(one of several)` where there was a choice: a character that simplified script has too (乾, 著), or one
    that became another than it does alone.
    """
    traditional = len(_traditional().findall(text))
    if traditional < TRADITIONAL_LEAST or traditional < TRADITIONAL_SHARE * sum(map(len, _HAN_RUN.findall(text))):
        return []
    from opencc import OpenCC

    convert = OpenCC("t2s").convert
    edits, here = [], 0
    for line in text.splitlines(keepends=True):
        japanese = len(_KANA.findall(line)) * 10 > len(line)
        simple = line if japanese else convert(line)
        if len(simple) != len(line):  # a phrase of another length: go character by character
            simple = "".join(convert(character) for character in line)
        edits += [
            (here + i, here + i + 1, b, "traditional to simplified" + (" (one of several)" if _is_choice(a, b) else ""))
            for i, (a, b) in enumerate(zip(line, simple))
            if a != b
        ]
        here += len(line)
    return edits


def _is_choice(traditional: str, simple: str) -> bool:
    """Whether a traditional character could have become another simplified one, or could have stayed."""
    if simple_of().get(traditional) != simple:
        return True
    try:
        return bool(traditional.encode("gb2312"))
    except UnicodeEncodeError:
        return False
