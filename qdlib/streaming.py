"""Streaming: `stream_corpus` makes a corpus larger than memory, with tokens and counts, part by part in a folder.

A part is written under another name and renamed when it is safe on the disk. What is done is known from the parts alone,
so that a run that was stopped, however it was, goes on behind the last of them: no source is lost and none is there twice.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing, contextmanager, suppress
from functools import partial
from importlib.metadata import version
from itertools import chain
from multiprocessing import get_context
from numbers import Integral
from pathlib import Path
from typing import NamedTuple
from uuid import uuid4

import pandas as pd
import pyarrow as pa
from tqdm import tqdm

from qdlib.corpus import UNITS, Names, assemble, report
from qdlib.readers import ReadError, Source, Survey, files_from, iter_file, stamp, survey_sources
from qdlib.repair import repair
from qdlib.stored import (
    FILES,
    PARTS,
    TABLES,
    StoredCorpus,
    is_complete,
    last_source,
    open_corpus,
    part_name,
    parts_of,
    rename,
    write_part,
    write_table,
)
from qdlib.words import LEXICONS, read_lexicon, segment

BATCH = 2_000_000  # characters of a part
# Whose work is in the tables: a run that goes on must have the same of them.
_PACKAGES = ("qdlib", "jieba", "opencc", "trafilatura", "lxml", "pdfminer-six", "python-docx")
_NAMED = 5  # differences in a message
_SOURCE = 100  # characters that even an empty source counts for, since it has rows


class Batch(NamedTuple):
    """What a part is made of: its sources, what the names of all say of them, how far they reach, and if they are the last."""

    sources: list[Source]
    names: Names
    n_bytes: int
    last: bool


def stream_corpus(
    place: str | Path | Iterable[str | Path],
    out: str | Path,
    script: str = "simplified",
    *,
    text: str | None = None,
    unit: str = "article",
    lexicons: Sequence[str] = LEXICONS,
    batch_chars: int = BATCH,
    processes: int = 1,
) -> StoredCorpus:
    """Do in bounded memory what `load_corpus`, `segment` and a count of the terms do, and keep the tables in a folder.

    A run that was stopped goes on when it is called again as before; of one that is complete only the files are compared,
    by their bytes.

    Args:
        place, script, text: as for `load_corpus`. Tables with a text a row may have any size as .jsonl and .parquet; the
            names of files and what tables of metadata say of them are held in memory.
        out: the folder: a new or empty one, or that of an earlier call.
        unit: of the documents to segment, as for `Corpus.documents`.
        lexicons: as for `segment`.
        batch_chars: characters of a part, or a single longer text; that many are lost when a run is stopped, and each
            takes about 150 bytes of memory.
        processes: parts to make at the same time; if more than one, call it in a script below `if __name__ ==
            "__main__":`. No table depends on this or on `batch_chars`.

    Returns:
        The corpus. A file that cannot be read is set aside as by `load_corpus`.

    Raises:
        FileNotFoundError: a place does not exist.
        ReadError: no file could be read, or one changed during the run.
        ValueError: as for `load_corpus`; or the folder holds something else, lies in the corpus, or was made of other
            files or with other settings.
        OSError: the folder cannot be written; the parts that are there stay.
    """
    out, places = Path(out), [place] if isinstance(place, (str, Path)) else list(place)
    settings = _settings(script, text, unit, lexicons)
    for name, value in (("batch_chars", batch_chars), ("processes", processes)):
        if not isinstance(value, Integral) or value < 1:
            raise ValueError(f"{name} must be a whole number of at least 1, got {value!r}")
    survey = survey_sources(places, text)
    _check_folder(out, places)
    stamps = {name: stamp(path) for name, path in survey.files}
    digests = {name: _digest(path) for name, path in tqdm(survey.files, desc="files", leave=False)}
    with _writing(out):
        _begin(out, digests, settings)
        if not is_complete(out):
            batches = _batches(_sources(survey, stamps, last_source(out)), Names.of(survey.names), batch_chars)
            make = partial(_make_part, parts=out / PARTS, script=script, unit=unit, lexicons=tuple(lexicons))
            _run(out, _in_order(make, batches, processes), sum(size for size, _ in stamps.values()))
    stored = open_corpus(out)
    sources = stored.table("sources", ["source", "problem"])
    bad = sources[sources["problem"] != ""]
    report([f"{source}: {problem}" for source, problem in zip(bad["source"], bad["problem"])], len(sources))
    return stored


# -- before a run -----------------------------------------------------------------------------------------------------


def _settings(script: str, text: str | None, unit: str, lexicons: Sequence[str]) -> dict:
    """What the tables depend on besides the files."""
    repair("", script=script)  # refuses what is none
    if unit not in UNITS:
        raise ValueError(f"unit must be one of {', '.join(UNITS)}, got {unit!r}")
    if isinstance(lexicons, str):
        raise ValueError(f"lexicons must be a list of word lists, got {lexicons!r}; write [{lexicons!r}]")
    words = [[str(name), hashlib.sha256("\n".join(read_lexicon(name)).encode()).hexdigest()[:8]] for name in lexicons]
    about = {"script": script, "text": text, "unit": unit, "lexicons": words}
    return about | {f"version of {name}": version(name) for name in _PACKAGES}


def _check_folder(out: Path, places: list[str | Path]) -> None:
    """Refuse a folder in the corpus, whose tables would become its texts, and one that holds something else."""
    for place in map(Path, places):
        if place.is_dir() and out.resolve().is_relative_to(place.resolve()):
            raise ValueError(
                f"out {str(out)!r} lies in the corpus {str(place)!r}, of which it would become a part; give another"
            )
    if out.exists() and not out.is_dir():
        raise ValueError(f"out {str(out)!r} is a file; give a new folder")
    others = sorted(path.name for path in out.iterdir() if path.name[0] != ".") if out.exists() else []
    if others and FILES not in others:
        raise ValueError(f"out {str(out)!r} holds something else, such as {others[0]!r}; give a new or empty folder")


def _digest(path: Path) -> str:
    """The sha256 of a file; empty if it cannot be read."""
    if path.is_file():
        with suppress(OSError), path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    return ""


def _begin(out: Path, digests: dict[str, str], settings: dict) -> None:
    """Note files and settings in a new folder, or compare them with those it was begun with."""
    if (out / FILES).exists():
        _check_same(out, digests, settings)
    else:
        out.mkdir(parents=True, exist_ok=True)
        table = pa.table({"file": list(digests), "sha256": list(digests.values())})
        write_table(table.replace_schema_metadata({"settings": json.dumps(settings)}), out / f".{FILES}")
        rename(out / f".{FILES}", FILES)
    (out / PARTS).mkdir(exist_ok=True)
    _clear(out)


def _check_same(out: Path, digests: dict[str, str], settings: dict) -> None:
    """Refuse a folder that was begun with other files or settings."""
    from pyarrow import parquet

    try:
        begun = parquet.read_table(out / FILES)
        before = json.loads(begun.schema.metadata[b"settings"])
    except (pa.ArrowInvalid, KeyError, TypeError):
        raise ValueError(f"out {str(out)!r} holds something else named {FILES}; give a new or empty folder") from None
    other = [f"{key} was {before.get(key)!r}, not {now!r}" for key, now in settings.items() if before.get(key) != now]
    other += _changes(dict(zip(begun["file"].to_pylist(), begun["sha256"].to_pylist())), digests)
    if other:
        more = f" and {len(other) - _NAMED:,} more" if len(other) > _NAMED else ""
        raise ValueError(
            f"the corpus in {str(out)!r} was made of other files or with other settings: {'; '.join(other[:_NAMED])}{more}; "
            "give the same again, or another folder"
        )


def _changes(before: dict[str, str], now: dict[str, str]) -> list[str]:
    """What is different in the files."""
    found = [f"{name} has changed" for name in before if name in now and now[name] != before[name]]
    found += [f"{name} is gone" for name in before if name not in now]
    found += [f"{name} is new" for name in now if name not in before]
    return found or ["the files come in another order"] * (list(before) != list(now))


def _clear(out: Path) -> None:
    """Remove what a run that was stopped had not finished."""
    for left in [*out.glob(f".{FILES}"), *(out / PARTS).glob(".*")]:
        shutil.rmtree(left) if left.is_dir() else left.unlink()


# -- a run ------------------------------------------------------------------------------------------------------------


@contextmanager
def _writing(out: Path) -> Iterator[None]:
    """Say that it is the folder that cannot be written."""
    try:
        yield
    except OSError as error:
        what = f"{str(out)!r} cannot be written ({error.strerror or error}); what is complete there stays"
        raise OSError(error.errno, f"{what}: make room or give rights, and call again") from error


def _sources(survey: Survey, stamps: dict[str, tuple[int, int]], after: str) -> Iterator[tuple[Source, int]]:
    """Yield the sources behind `after`, each with about how many bytes of all files are then read."""
    files = files_from(survey.files, after)
    done = sum(size for size, _ in stamps.values()) - sum(stamps[name][0] for name, _ in files)
    for name, path in files:
        size, n_bytes = stamps[name][0], 0
        for source in iter_file(name, path, survey, after):
            n_bytes += len(source.text.encode("utf-8", "replace"))
            yield source, done + min(n_bytes, size)
        if stamp(path) != stamps[name]:
            raise ReadError(
                f"{name} changed during the run; make the corpus again in another folder when it is complete"
            )
        done += size


def _batches(sources: Iterable[tuple[Source, int]], names: Names, batch_chars: int) -> Iterator[Batch]:
    """Yield the sources in batches of so many characters."""
    batch, n_chars, reached = [], 0, 0
    for source, n_bytes in sources:
        source = source._replace(given=dict(source.given), hints=dict(source.hints))  # what another process can be sent
        size = _SOURCE + len(source.text) + sum(map(len, source.given.values()))
        if batch and n_chars + size > batch_chars:
            yield Batch(batch, names.among(source.name for source in batch), reached, False)
            batch, n_chars = [], 0
        batch.append(source)
        n_chars, reached = n_chars + size, n_bytes
    yield Batch(batch, names.among(source.name for source in batch), reached, True)


def _make_part(batch: Batch, parts: Path, script: str, unit: str, lexicons: tuple[str, ...]) -> tuple[Path, Batch]:
    """Make the tables of a batch in a folder with a name of its own."""
    corpus = assemble(batch.sources, batch.names, script)
    documents = corpus.documents(unit)
    tokens = segment(documents["text"], lexicons)
    tables = {name: getattr(corpus, name) for name in TABLES[:6]}
    tables["documents"] = documents.drop(columns="text").assign(tokens=pd.Series(tokens, dtype=object))
    tables["counts"] = _counts(documents["document"], tokens)
    folder = parts / f".{uuid4().hex}"
    write_part(tables, folder, batch.last)
    return folder, batch._replace(sources=[])


def _counts(documents: pd.Series, tokens: list[list[str]]) -> pd.DataFrame:
    """One row a term of a document, in the order in which they come."""
    bags = [Counter(document) for document in tokens]
    columns = {
        "document": documents.repeat([len(bag) for bag in bags]).to_numpy(),
        "term": list(chain.from_iterable(bags)),
        "count": list(chain.from_iterable(bag.values() for bag in bags)),
    }
    return pd.DataFrame(columns)


def _in_order(make: Callable[[Batch], tuple], batches: Iterable[Batch], processes: int) -> Iterator[tuple[Path, Batch]]:
    """Yield what is made of each batch, in their order, with no more of them held than are being made, and one."""
    if processes == 1:
        yield from map(make, batches)
        return
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        waiting: deque = deque()
        for batch in batches:
            waiting.append(pool.submit(make, batch))
            if len(waiting) > processes:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def _run(out: Path, made: Iterator[tuple[Path, Batch]], n_bytes: int) -> None:
    """Put the parts in their places as they are made."""
    try:
        with tqdm(total=n_bytes, unit="B", unit_scale=True, desc="corpus", leave=False) as bar, closing(made):
            for number, (folder, batch) in enumerate(made, start=len(parts_of(out))):
                rename(folder, part_name(number))
                bar.update(batch.n_bytes - bar.n)
    finally:
        with suppress(OSError):
            _clear(out)
