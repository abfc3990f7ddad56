"""Bytes to text: say which encoding they are in, and give every byte that is in none a place in the text.

Strict decoding tells UTF-8 from the rest with near certainty; between the others decides how likely the
characters are that each makes of the same bytes. A text that no encoding fits throughout is decoded line by line, and each
byte that does not fit shows as U+FFFD and is counted: one bad byte costs one character, not the file.
"""

from __future__ import annotations

import codecs
import re
from itertools import pairwise
from typing import NamedTuple

from qdlib.characters import UNKNOWN, log_next

LOST = "\ufffd"  # stands for a byte that could not be decoded
NO_TEXT = 0.1  # share of lost and control characters from which on bytes are no text

_MARKS = [
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
]
_NATIONAL = ("gb18030", "big5hkscs")  # HKSCS is Big5 with more characters, and with ① where Python's Big5 has ヾ
_WIDE = ("utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be")
_SAMPLE = 4_000  # bytes that are enough to tell encodings by their characters, a multiple of four
_LIKELY = -12.0  # mean log probability of a text's characters: Chinese has -6 to -9, bytes of no text less than -14
_PLAIN = -4.0  # log probability of a character of ASCII: about a letter's
_NOT_TEXT = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
# What files begin with that have another name than their content: a suffix can lie, the first bytes do not.
_SIGNATURES = {b"%PDF-": "PDF", b"PK\x03\x04": "zip, docx or xlsx", b"\xd0\xcf\x11\xe0": "old Word or Excel", b"PAR1": "Parquet"}  # fmt: skip

_HELD = "\udcff"  # no encoding decodes to it, so what is lost here is told from U+FFFD that a text itself holds


class DecodeError(ValueError):
    """Bytes are no text in any encoding known here; the message says what is wrong and what to do."""


class Decoded(NamedTuple):
    """A text, the encoding it was in, and how many bytes of it could not be decoded."""

    text: str
    encoding: str
    undecodable: int = 0


def decode(data: bytes) -> Decoded:
    """Decode the bytes of a text file, line ends left as they are.

    A byte order mark decides; then strict UTF-8; then, of GB18030, Big5, UTF-16 and UTF-32 without a mark, the one that
    decodes strictly and gives the likeliest characters. If none fits throughout, each line goes by itself: `encoding` then
    names all that occur, joined by `+`.

    Returns:
        The text; the encoding; and the number of bytes that could not be decoded, each U+FFFD in the text.

    Raises:
        DecodeError: the bytes are empty, or more than one in ten of their characters is lost or a control character.
    """
    if not data.strip():
        raise DecodeError("is empty; remove it or put its text back")
    for signature, kind in _SIGNATURES.items():
        if data.startswith(signature):
            raise DecodeError(f"is not text but a {kind} file by its first bytes; give it the suffix of what it is")
    decoded = _marked(data) or _strict(data) or _by_lines(data)
    bad = decoded.undecodable + len(_NOT_TEXT.findall(decoded.text))
    if bad > NO_TEXT * len(decoded.text):
        raise DecodeError(
            f"is not text: read as {decoded.encoding}, {bad:,} of its {len(decoded.text):,} characters are lost or "
            "control characters; save its text as UTF-8, or remove it"
        )
    return decoded


def _hold(error: UnicodeDecodeError) -> tuple[str, int]:
    """Put a sign for each byte that is lost, and go on where the letters look more like text: a byte more or less shifts pairs."""
    data, end = error.object, error.end
    if error.encoding in _NATIONAL and data[end : end + 1] > b"\x7f":
        here, next_ = (likelihood(data[at : at + 24].decode(error.encoding, "ignore")) for at in (end, end + 1))
        end += next_ > here + 12
    return _HELD * (end - error.start), end


codecs.register_error("qdlib.lost", _hold)


def _lossy(data: bytes, encoding: str) -> Decoded:
    """Decode whatever it costs."""
    text = data.decode(encoding, "qdlib.lost")
    return Decoded(text.replace(_HELD, LOST), encoding, text.count(_HELD))


def _marked(data: bytes) -> Decoded | None:
    """Decode by the byte order mark, if there is one."""
    return next((_lossy(data, encoding) for mark, encoding in _MARKS if data.startswith(mark)), None)


def _strict(data: bytes) -> Decoded | None:
    """Decode without any loss, if an encoding allows it."""
    plain = tried(data, "utf-8")
    if plain and b"\0" not in data:
        return plain
    fitting = [found for encoding in _NATIONAL if (found := tried(data, encoding))]
    fitting += [found for encoding in _WIDE if (found := tried(data, encoding)) and _is_likely(found.text)]
    fitting += [plain] if plain else []
    best = max(fitting, key=lambda found: likelihood(_sample(data).decode(found.encoding, "ignore")), default=None)
    if best and best.encoding == "big5hkscs" and (common := tried(data, "big5")) and common.text == best.text:
        return common  # the name that readers know, where nothing needs more
    return best


def _is_likely(text: str) -> bool:
    """Whether a text can be one: nearly any bytes of even number decode as UTF-16, and many do as GB18030."""
    return likelihood(text[:1000]) > _LIKELY * len(text[:1000])


def _sample(data: bytes) -> bytes:
    """Some bytes from the first on that is not ASCII, where encodings begin to differ."""
    first = re.search(rb"[^\t\n\r -~]", data)
    start = first.start() // 4 * 4 if first else 0
    return data[start : start + _SAMPLE]


def likelihood(text: str) -> float:
    """Log probability of a text, each character after the one before."""
    return sum(_PLAIN if "\x20" <= b <= "~" or b in "\t\n\r" else _log_next(a, b) for a, b in pairwise("\n" + text))


def _log_next(first: str, second: str) -> float:
    """Log probability of a character that is not ASCII; what stands in no Chinese text is less likely than the rare."""
    return log_next(first, second) - 3 * (not "\u2000" <= second <= "\uffef" or "\ua000" <= second <= "\uf8ff")


def tried(data: bytes, encoding: str) -> Decoded | None:
    """The text if every byte decodes."""
    try:
        return Decoded(data.decode(encoding), encoding)
    except UnicodeDecodeError:
        return None


def _by_lines(data: bytes) -> Decoded:
    """Decode each line in the encoding in which it loses least, UTF-8 first: two encodings in one file do occur."""
    national = max(_NATIONAL, key=lambda encoding: _fit(_sample(data), encoding))
    lines, encodings, lost = [], [], 0
    for line in data.splitlines(keepends=True):
        found = tried(line, "utf-8") or tried(line, national)
        if not found or found.encoding == national and not _is_likely(found.text):
            found = _lossy(line, max(("utf-8", national), key=lambda encoding: _fit(line[:400], encoding)))
        lines.append(found.text)
        lost += found.undecodable
        if not line.isascii() and found.encoding not in encodings:
            encodings.append(found.encoding)
    return Decoded("".join(lines), "+".join(sorted(encodings, reverse=True)), lost)


def _fit(data: bytes, encoding: str) -> float:
    """How well bytes fit a national encoding: how likely they are in it, at a loss for each that is in none."""
    found = _lossy(data, encoding)
    return likelihood(found.text) + 2 * UNKNOWN * found.undecodable
