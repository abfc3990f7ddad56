"""Words: jieba with this field's lexicon, content words, counts, and the document-term matrix.

The tokenizer is jieba's own, unchanged; the lexicon only adds fixed terms and places that its dictionary lacks, so any
result can be repeated with plain jieba and the word lists in `lexicons/`. Whole texts go through its twin `rjieba`, which
has the same dictionary and model and is many times as fast; where the two are known to differ, jieba's rule is put back.
"""

from __future__ import annotations

import logging
import re
import warnings
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from functools import cache, lru_cache
from importlib.metadata import version
from importlib.resources import files
from itertools import groupby
from pathlib import Path

import pandas as pd

with warnings.catch_warnings():
    # Old string escapes in jieba's source warn when Python 3.12 and later compile it for the first time.
    warnings.simplefilter("ignore", SyntaxWarning)
    import jieba
    from jieba import finalseg

jieba.setLogLevel(logging.WARNING)

LEXICONS = ("official", "places")


def read_lexicon(name: str | Path) -> list[str]:
    """Return the entries of a word list: one a line, `#` begins a comment, repeated entries once.

    Args:
        name: one of the package's lists (`official`, `places`, `stopwords`, ...) or the path of your own.

    Raises:
        FileNotFoundError: there is no such list.
    """
    path = Path(name) if str(name).endswith(".txt") else files("qdlib") / "lexicons" / f"{name}.txt"
    if not path.is_file():
        raise FileNotFoundError(f"lexicon {str(name)!r} does not exist; name a list of the package or a .txt file")
    lines = (line.split("#")[0].strip() for line in path.read_text("utf-8").splitlines())
    return list(dict.fromkeys(line for line in lines if line))


@cache
def tokenizer(lexicons: tuple[str, ...] = LEXICONS) -> jieba.Tokenizer:
    """Return a jieba tokenizer of our own that knows the words of the lexicons; jieba's global one stays as it is."""
    ours = jieba.Tokenizer()
    ours.initialize()
    for word in _entries(lexicons):
        if word not in ours.FREQ:
            ours.add_word(word)
    return ours


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
    cut = _cutter(tuple(lexicons))
    return [cut(text, hmm) for text in texts]


# Of the twin only the cutting by the dictionary is used. Its model is jieba's rounded to seven digits and joins letters and
# digits otherwise, so jieba's own model goes over what the dictionary leaves: runs of single characters.
_TWIN = "0.2.2"
_BETWEEN = "\ud800"  # no text given to the twin holds it
_RARE = re.compile(
    "([\u3400-\u4dbf\u9fd6-\u9fff\ud800-\udfff\uf900-\ufaff\U00020000-\U0002fa1f])"
)  # Chinese to it alone
_LEFT = re.compile(
    f"([\u4e00-\u9fd5a-zA-Z0-9+#&._%-](?<={_BETWEEN}.)[a-zA-Z0-9]*"
    f"(?:{_BETWEEN}[\u4e00-\u9fd5a-zA-Z0-9+#&._%-][a-zA-Z0-9]*)+)(?={_BETWEEN})"
)


@cache
def _cutter(lexicons: tuple[str, ...]) -> Callable[[str, bool], list[str]]:
    """What cuts a text as `tokenizer(lexicons)` does, given the text and whether to use the model."""
    twin = _twin(lexicons)
    if twin is None:
        return lambda text, hmm: tokenizer(lexicons).lcut(text, HMM=hmm)

    @lru_cache(maxsize=1 << 18)
    def guess(run: str) -> str:
        tokens: list[str] = []
        for known, words in groupby(run.split(_BETWEEN), key=lambda word: len(word) > 1 and twin.has_word(word)):
            left = "" if known else "".join(words)
            tokens += words if known else left if len(left) == 1 or twin.has_word(left) else finalseg.cut(left)
        return _BETWEEN.join(tokens)

    def cut(text: str, hmm: bool) -> list[str]:
        if len(parts := _RARE.split(text)) > 1:
            return [token for i, part in enumerate(parts) for token in (part if i % 2 else cut(part, hmm))]
        tokens = twin.cut(text, False)
        if not hmm or not tokens:
            return tokens
        pieces = _LEFT.split(_BETWEEN.join(["", *tokens, ""]))
        pieces[1::2] = map(guess, pieces[1::2])
        return "".join(pieces)[1:-1].split(_BETWEEN)

    return cut


@cache
def _twin(lexicons: tuple[str, ...]):
    """The twin with the words of the lexicons as `tokenizer` adds them; none where this release is not installed."""
    try:
        import rjieba
    except ImportError:
        return None
    if version("rjieba") != _TWIN:
        return None
    twin, words = rjieba.Jieba(), _entries(lexicons)
    # jieba's list has B超 twice, 3 each, and its total counts both, which decides ties; no block holds a space
    twin.add_word(" ", 3, "")
    ours = _excerpt(words) if words else None
    for word in words:
        if word not in ours.FREQ:
            ours.add_word(word)
            twin.add_word(word, ours.FREQ[word], "")
    return twin


def _excerpt(words: Iterable[str]) -> jieba.Tokenizer:
    """jieba with as much of its dictionary as lies within these words: it gives them the same counts."""
    parts = {word[i:j] for word in words for i in range(len(word)) for j in range(i + 1, len(word) + 1)}
    ours = jieba.Tokenizer()
    with Path(jieba.__file__).with_name("dict.txt").open(encoding="utf-8") as lines:
        for line in lines:
            word, count, _ = line.split(" ")
            ours.total += int(count)
            if word in parts:
                ours.FREQ[word] = int(count)
            for end in range(1, len(word) if word[0] in parts else 0):  # beginnings count as known, with 0
                if word[:end] in parts:
                    ours.FREQ.setdefault(word[:end], 0)
    ours.initialized = True
    return ours


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

    def wanted(token: str) -> bool:
        return (
            len(token) >= min_chars
            and token not in stop
            and bool(_WORD.search(token))
            and not _NUMERAL.fullmatch(token)
        )

    return [[token for token in document if wanted(token)] for document in tokens]


def document_term_matrix(
    words: Sequence[Sequence[str]], documents: Sequence | None = None, min_documents: int = 1
) -> pd.DataFrame:
    """Count every term in every document.

    Args:
        words: token lists, one a document.
        documents: names of the rows; 0, 1, 2, ... if not given.
        min_documents: a term must occur in at least so many documents.

    Returns:
        A table documents x terms of counts (pandas sparse integers), terms in order of frequency, then of code point.

    Raises:
        ValueError: `documents` has another length than `words`.
    """
    from gensim.corpora import Dictionary
    from gensim.matutils import corpus2csc

    if documents is not None and len(documents) != len(words):
        raise ValueError(f"documents has {len(documents)} names for {len(words)} token lists; give one a document")
    dictionary = Dictionary(words)
    terms = [term for term, i in dictionary.token2id.items() if dictionary.dfs[i] >= min_documents]
    terms.sort(key=lambda term: (-dictionary.cfs[dictionary.token2id[term]], term))
    bags = (dictionary.doc2bow(document) for document in words)
    matrix = corpus2csc(bags, num_terms=len(dictionary), num_docs=len(words), dtype=int).T.tocsr()
    matrix = matrix[:, [dictionary.token2id[term] for term in terms]]
    return pd.DataFrame.sparse.from_spmatrix(matrix, index=documents, columns=terms)


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
