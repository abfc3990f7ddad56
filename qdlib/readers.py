"""Bytes and files to raw text: find the files, read each once, say which encoding it is in and what could not be read."""

from __future__ import annotations

import codecs
import hashlib
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

SUFFIXES = (".txt",)

# The encodings Chinese text is found in. Strict decoding tells UTF-8 from the rest with near certainty; between the two
# national ones the share of common characters decides: each keeps its common ones together in a range of first bytes.
_MARKS = [
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
]
_NATIONAL = ["gb18030", "big5"]
# first bytes of the 3,755 and 5,401 common characters, and of the punctuation
_COMMON = {"gb18030": ((0xB0, 0xD7), (0xA1, 0xA3)), "big5": ((0xA4, 0xC6), (0xA1, 0xA1))}


class CorpusWarning(UserWarning):
    """A source was set aside; its row in `corpus.sources` says why."""


class ReadError(ValueError):
    """A source cannot be read as text; the message names it, says what is wrong and what to do."""


class Source(NamedTuple):
    """One source as read: its name, the raw text, and how it was found; `problem` is empty for a good one."""

    name: str
    text: str
    sha256: str
    encoding: str
    problem: str = ""


def find_sources(place: str | Path | Iterable[str | Path]) -> list[tuple[str, Path]]:
    """Return `(name, path)` of every text file a corpus is made of.

    Args:
        place: a file, a folder (searched with its subfolders for `.txt` files) or a list of either. A file that is
            named itself is taken whatever its suffix.

    Returns:
        Files in the order of their names; a file in a folder is named by its path below that folder.

    Raises:
        FileNotFoundError: a place does not exist.
        ValueError: there is no file at all, or two files have one name.
    """
    places = [place] if isinstance(place, (str, Path)) else list(place)
    found: list[tuple[str, Path]] = []
    for path in map(Path, places):
        if path.is_dir():
            inside = (p for p in path.rglob("*") if p.suffix.lower() in SUFFIXES and p.is_file())
            found += sorted((p.relative_to(path).as_posix(), p) for p in inside)
        elif path.exists():
            found.append((path.name, path))
        else:
            raise FileNotFoundError(
                f"corpus {str(path)!r} does not exist; give a folder of .txt files, a file or a list"
            )
    if not found:
        named = ", ".join(repr(str(p)) for p in places) or "an empty list"
        raise ValueError(f"corpus {named} holds no text; put at least one {' or '.join(SUFFIXES)} file there")
    names = [name for name, _ in found]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ValueError(f"two sources are named {twice[0]!r}; rename one, since every result is traced by that name")
    return found


def read_source(path: str | Path, name: str | None = None) -> Source:
    """Read one file.

    Args:
        path: the file.
        name: its name in the corpus; the file's own name if not given.

    Returns:
        The source. One that cannot be read has an empty text and its reason in `problem`; nothing is raised, so that
        the rest of a corpus can be loaded.
    """
    path = Path(path)
    name = name or path.name
    try:
        data = path.read_bytes()
    except OSError as error:
        return Source(name, "", "", "", f"cannot be opened ({error.strerror}); check that it is a readable file")
    digest = hashlib.sha256(data).hexdigest()
    try:
        text, encoding = decode(data)
    except ReadError as error:
        return Source(name, "", digest, "", str(error))
    return Source(name, text, digest, encoding)


def decode(data: bytes) -> tuple[str, str]:
    """Return `(text, encoding)` of the bytes of a text file, line ends left as they are.

    A byte order mark decides; then strict UTF-8; then GB18030 or Big5, whichever decodes strictly, and where both do
    the one whose letters look more like text.

    Raises:
        ReadError: the bytes are empty, are no text, or are in none of these encodings.
    """
    if not data.strip():
        raise ReadError("is empty; remove it or put its text back")
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            try:
                return data.decode(encoding), encoding
            except UnicodeDecodeError as error:
                raise ReadError(
                    f"begins as {encoding} but breaks off at byte {error.start}; save it as UTF-8"
                ) from None
    if b"\0" in data:
        raise ReadError("is not text (it holds zero bytes); save its text as UTF-8, or remove it")
    fitting = []
    for encoding in ["utf-8", *_NATIONAL]:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if encoding == "utf-8":
            return text, encoding
        fitting.append(encoding)
    if not fitting:
        raise ReadError("is neither UTF-8, UTF-16, GB18030 nor Big5 throughout; save it as UTF-8, or remove it")
    if len(fitting) > 1:
        fitting.sort(key=lambda encoding: -_share_of_common(data, *_COMMON[encoding]))
    return data.decode(fitting[0]), fitting[0]


def _share_of_common(data: bytes, common: tuple[int, int], marks: tuple[int, int]) -> float:
    """Share of the two-byte codes whose first byte is that of a common character or a mark."""
    n = hits = at = 0
    while at < min(len(data), 20_000):
        wide = data[at] > 0x80
        if wide:
            n += 1
            hits += common[0] <= data[at] <= common[1] or marks[0] <= data[at] <= marks[1]
        at += 1 + wide
    return hits / max(n, 1)
