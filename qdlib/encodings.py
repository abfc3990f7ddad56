"""Bytes to text: say which encoding they are in, and give every byte that is in none a place in the text.

Strict decoding tells UTF-8 from the rest with near certainty; between the two national encodings the share of common
characters decides. A text that no encoding fits throughout is decoded line by line, and each byte that does not fit shows
as U+FFFD and is counted: one bad byte costs one character, not the file.
"""

from __future__ import annotations

import codecs
import re
from typing import NamedTuple

LOST = "\ufffd"  # stands for a byte that could not be decoded
NO_TEXT = 0.1  # share of lost and control characters from which on bytes are no text

_MARKS = [
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
]
# first bytes of the 3,755 and 5,401 common characters, and of the punctuation
_COMMON = {"gb18030": ((0xB0, 0xD7), (0xA1, 0xA3)), "big5": ((0xA4, 0xC6), (0xA1, 0xA1)), "big5hkscs": ((0xA4, 0xC6), (0xA1, 0xA1))}  # fmt: skip
_SAMPLE = 20_000  # bytes that are enough to tell encodings by their letters
_CHINESE = re.compile(r"[\u3000-\u301f\u4e00-\u9fff\uff00-\uff5e \n\r]")
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

    A byte order mark decides; then strict UTF-8; then UTF-16 without a mark; then GB18030 or Big5, whichever decodes
    strictly, and where both do the one whose letters look more like text. If none fits throughout, each line goes by
    itself: `encoding` then names all that occur, joined by `+`.

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
    if error.encoding in _COMMON and data[end : end + 1] > b"\x7f":
        here, next_ = (_share_of_common(data[at : at + 24], *_COMMON[error.encoding]) for at in (end, end + 1))
        end += next_ > here + 0.2
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
    plain = _tried(data, "utf-8")
    if plain and b"\0" not in data:
        return plain
    for encoding in ("utf-16-le", "utf-16-be"):
        wide = _tried(data, encoding)
        if wide and len(_CHINESE.findall(wide.text[:_SAMPLE])) > 0.6 * len(wide.text[:_SAMPLE]):
            return wide
    fitting = [text for encoding in _COMMON if (text := _tried(data, encoding))]
    return plain or max(fitting, key=lambda text: _share_of_common(data, *_COMMON[text.encoding]), default=None)


def _tried(data: bytes, encoding: str) -> Decoded | None:
    """The text if every byte decodes."""
    try:
        return Decoded(data.decode(encoding), encoding)
    except UnicodeDecodeError:
        return None


def _by_lines(data: bytes) -> Decoded:
    """Decode each line in the encoding in which it loses least, UTF-8 first: two encodings in one file do occur."""
    national = max(_COMMON, key=lambda encoding: _fit(data[:_SAMPLE], encoding))
    lines, encodings, lost = [], [], 0
    for line in data.splitlines(keepends=True):
        found = _lossy(line, "utf-8")
        wide = sum(byte > 0x7F for byte in line) if found.undecodable else 0
        # a cut character of UTF-8 loses a few bytes; a line in a national encoding read as UTF-8 loses most of them
        if found.undecodable * 3 > wide > 0:
            found = _lossy(line, national)
        lines.append(found.text)
        lost += found.undecodable
        if not line.isascii() and found.encoding not in encodings:
            encodings.append(found.encoding)
    return Decoded("".join(lines), "+".join(sorted(encodings, reverse=True)), lost)


def _fit(data: bytes, encoding: str) -> float:
    """How well bytes fit a national encoding: the share of common characters, less that of the lost ones."""
    found = _lossy(data, encoding)
    return _share_of_common(data, *_COMMON[encoding]) - found.undecodable / max(len(found.text), 1)


def _share_of_common(data: bytes, common: tuple[int, int], marks: tuple[int, int]) -> float:
    """Share of the two-byte codes whose first byte is that of a common character or a mark."""
    n = hits = at = 0
    while at < min(len(data), _SAMPLE):
        wide = data[at] > 0x80
        if wide:
            n += 1
            hits += common[0] <= data[at] <= common[1] or marks[0] <= data[at] <= marks[1]
        at += 1 + wide
    return hits / max(n, 1)
