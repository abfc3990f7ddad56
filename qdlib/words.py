"""Words: jieba with this field's lexicon, content words, counts, and the document-term matrix.

The tokenizer is jieba's own, unchanged; the lexicon only adds fixed terms and places that its dictionary lacks, so any
result can be repeated with plain jieba and the word lists in `lexicons/`. Whole texts take the faster way of `segmenting`
to the same tokens.
"""

from __future__ import annotations

import gc
import logging
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from importlib.resources import files
from itertools import chain
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from qdlib.readers import find_lists
from qdlib.segmenting import cut_as_jieba, jieba, twin

jieba.setLogLevel(logging.WARNING)

LEXICONS = ("official", "places")


def read_lexicon(name: str | Path) -> list[str]:
    """Return the entries of a word list: one a line, `#` begins a comment, repeated entries once.

    Args:
        name: one of the package's lists (`official`, `places`, `stopwords`, ...) or the path of your own.

    Raises:
        FileNotFoundError: there is no such list.
        ValueError: it is not UTF-8.
    """
    path = Path(name) if str(name).lower().endswith(".txt") else files("qdlib") / "lexicons" / f"{name}.txt"
    if not path.is_file():
        raise FileNotFoundError(f"lexicon {str(name)!r} does not exist; name a list of the package or a .txt file")
    try:
        text = path.read_text("utf-8-sig")  # editors may put a byte order mark before the first entry
    except UnicodeDecodeError as error:
        raise ValueError(f"lexicon {str(name)!r} must be UTF-8 ({error}); save it as UTF-8") from None
    lines = (line.split("#")[0].strip() for line in text.splitlines())
    return list(dict.fromkeys(line for line in lines if line))


class WordLists(NamedTuple):
    """The word lists of a study: the package's own, with what the reader has put beside the texts.

    Attributes:
        lexicons: what `segment` takes: names of the package's lists and paths of the reader's.
        stopwords: what `content_words` leaves out: the package's list and the reader's.
        gazetteer: what `find_places` takes: the reader's if there is one, else the package's.
        own: the reader's files.
    """

    lexicons: tuple[str, ...]
    stopwords: list[str]
    gazetteer: str
    own: list[Path]


def word_lists(place: str | Path | Iterable[str | Path]) -> WordLists:
    """Find the word lists that lie with the texts of a corpus; they are never read as texts of it.

    `lexicon.txt` holds words that are to stay whole (added to the package's lexicons), `stopwords.txt` words that are not to
    be counted (added to the package's), both one a line; `gazetteer.txt` the places of another area (instead of the
    package's; its form: `places.gazetteer`). `#` begins a comment.

    Args:
        place: the folder of the texts (subfolders included), or a file of texts, beside which the lists lie.

    Raises:
        ValueError: a list is empty, is not in UTF-8 or has a line that is no entry, or there are two gazetteers.
    """
    found = find_lists(place)
    lexicons, stops, gazetteers = found["lexicon.txt"], found["stopwords.txt"], found["gazetteer.txt"]
    for path in (*lexicons, *stops):
        _check_entries(path)
    if len(gazetteers) > 1:
        raise ValueError(f"there are {len(gazetteers)} files gazetteer.txt, {', '.join(map(str, gazetteers))}; keep one")
    stopwords = chain(read_lexicon("stopwords"), *map(read_lexicon, stops))
    gazetteer = str(gazetteers[0]) if gazetteers else "gazetteer"
    own = [*lexicons, *stops, *gazetteers]
    return WordLists((*LEXICONS, *map(str, lexicons)), list(dict.fromkeys(stopwords)), gazetteer, own)


# A word and what other programs want beside it (its frequency, its part of speech), or several words on one line.
_NO_ENTRY = re.compile(r"\S\s+\S|\w[,;，；、|]\w")


def _check_entries(path: Path) -> None:
    """Refuse a word list without entries, or with a line that holds more than one word.

    Raises:
        ValueError: as said.
    """
    entries = read_lexicon(path)
    if not entries:
        raise ValueError(f"word list {str(path)!r} holds no word; write one a line, or remove the file")
    if wrong := next(filter(_NO_ENTRY.search, entries), None):
        raise ValueError(f"word list {str(path)!r}: {wrong[:40]!r} is more than one word; write one word a line and nothing else")


@cache
def tokenizer(lexicons: tuple[str, ...] = LEXICONS) -> jieba.Tokenizer:
    """Return a jieba tokenizer of our own that knows the words of the lexicons; jieba's global one stays as it is."""
    ours = jieba.Tokenizer()
    if lexicons:
        plain = tokenizer(())  # the words of both are held once
        ours.FREQ, ours.total, ours.initialized = plain.FREQ.copy(), plain.total, True
    else:
        ours.initialize()
    for word in _entries(lexicons):
        if word not in ours.FREQ:
            ours.add_word(word)
    return ours


@cache
def _twin(lexicons: tuple[str, ...]):
    """Return jieba's twin with the words of the lexicons, or nothing where it is not installed."""
    return twin(_entries(lexicons))


def _entries(lexicons: Iterable[str]) -> list[str]:
    """The entries of several lexicons, one after the other."""
    return [word for lexicon in lexicons for word in read_lexicon(lexicon)]


def jieba_frequencies() -> pd.Series:
    """Return jieba's own frequency list, without our lexicons: a reference for the keyness of words.

    Its counts come from newspapers and novels whose make-up was never published, so it stands for written Chinese at
    large, not for one kind of text or time. More than half of its words have a count of 3 or less, many of them common ones
    that were only added by hand (改革开放 has 3): a low count is no evidence that a word is rare. It lists words: of a
    wording of several words it says nothing.

    Returns:
        Counts by word, in the order of the list; all of them together, about 60 million, are its size.
    """
    # the beginnings of words stand there too, with 0
    counts = {word: count for word, count in tokenizer(()).FREQ.items() if count}
    return pd.Series(counts, name="count", dtype=int).rename_axis("word")


def segment(texts: str | Iterable[str], lexicons: tuple[str, ...] = LEXICONS, *, hmm: bool = True) -> list[list[str]]:
    """Return the tokens of each text, nothing filtered: joined again they give the text.

    They are those of `tokenizer(lexicons)`, token for token, but come from rjieba where it is installed, and jieba's own
    dictionary is then not loaded.

    Args:
        texts: strings; a single string counts as one text.
        lexicons: word lists added to jieba's dictionary; `()` gives plain jieba.
        hmm: let jieba's hidden Markov model guess words that no dictionary has.

    Raises:
        TypeError: a text is no string.
    """
    texts = [texts] if isinstance(texts, str) else list(texts)
    for position, text in enumerate(texts):
        if not isinstance(text, str):
            raise TypeError(f"texts[{position}] must be a string, got {type(text).__name__}; drop it or make it text")
    fast = _twin(tuple(lexicons))
    with uncollected():
        if fast:
            return list(cut_as_jieba(texts, fast, hmm))
        return [tokenizer(tuple(lexicons)).lcut(text, HMM=hmm) for text in texts]


@contextmanager
def uncollected() -> Iterator[None]:
    """Keep the garbage collector from walking over millions of tokens or rows time and again: none can be part of a cycle."""
    running = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if running:
            gc.enable()


_WORD = re.compile(r"[^\W\d_]")  # holds a letter, so is neither punctuation nor a bare number
_NUMERAL = re.compile(r"[\d.,%％〇零一二三四五六七八九十百千万亿两几余多第]+[年月日号个项名人次家场件]?")


def content_words(
    tokens: Iterable[Sequence[str]], stopwords: Iterable[str] | None = None, min_chars: int = 1
) -> list[list[str]]:
    """Return each document's tokens without stop words, punctuation and numbers.

    Args:
        tokens: token lists.
        stopwords: words to leave out; the package's list if not given, `()` for none.
        min_chars: shortest word kept, in characters; 2 also drops the single characters that segmentation leaves over.
    """
    stop = set(read_lexicon("stopwords") if stopwords is None else stopwords)

    @cache  # a text has far fewer types than tokens, and one string a type takes a tenth of the memory
    def wanted(token: str) -> str:
        known = len(token) >= min_chars and token not in stop and _WORD.search(token) and not _NUMERAL.fullmatch(token)
        return token if known else ""

    return [list(filter(None, map(wanted, document))) for document in tokens]


def document_term_matrix(
    words: Sequence[Sequence[str]], documents: Sequence | None = None, min_documents: int = 1
) -> pd.DataFrame:
    """Count every term in every document.

    Args:
        words: token lists, one a document.
        documents: names of the rows; 0, 1, 2, ... if not given.
        min_documents: a term must occur in at least so many documents.

    Returns:
        A table documents x terms (pandas sparse integers), terms in order of frequency, then of code point:

        - `...` (integer): the counts of the term that names the column.

    Raises:
        ValueError: `documents` has another length than `words`.
    """
    from scipy.sparse import csr_array

    if documents is not None and len(documents) != len(words):
        raise ValueError(f"documents has {len(documents)} names for {len(words)} token lists; give one a document")
    for position, document in enumerate(words):
        if isinstance(document, str):
            raise TypeError(f"words[{position}] must be a list of tokens, got one string; segment it first")
    numbers: dict[str, int] = {}
    columns = np.fromiter((numbers.setdefault(word, len(numbers)) for word in chain.from_iterable(words)), np.int32)
    ends = np.cumsum([0, *map(len, words)])
    matrix = csr_array((np.ones(len(columns), int), columns, ends), shape=(len(words), len(numbers)))
    matrix.sum_duplicates()
    terms, counts = list(numbers), np.bincount(columns, minlength=len(numbers)).tolist()
    common = np.flatnonzero(np.bincount(matrix.indices, minlength=len(numbers)) >= min_documents)
    order = sorted(common.tolist(), key=lambda i: (-counts[i], terms[i]))
    return pd.DataFrame.sparse.from_spmatrix(matrix[:, order], index=documents, columns=[terms[i] for i in order])


def cooccurrences(tokens: Iterable[Sequence[str]], node: str, window: int = 5) -> tuple[Counter, int]:
    """Count the words within `window` tokens of each occurrence of `node`, never across documents.

    Returns:
        The counts (each token once, however many nodes it is near) and the number of tokens inside the windows.
    """
    near: Counter[str] = Counter()
    for document in tokens:
        places = [i for i, token in enumerate(document) if token == node]
        inside = {j for i in places for j in range(max(i - window, 0), min(i + window + 1, len(document)))}
        near.update(document[j] for j in inside.difference(places))
    return near, near.total()
