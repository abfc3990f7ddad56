"""Segmenting: what jieba gives, by a faster way.

Of jieba's twin `rjieba` only the cutting by the dictionary is used, which is the same to the last tie. Its hidden Markov
model is not: the twin has jieba's numbers rounded to seven digits, so that near ties come out otherwise, and keeps letters
and digits joined by points and hyphens. jieba's own model goes over what the dictionary leaves, runs of single characters;
here over all runs at once, in jieba's order of floating-point operations.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache, partial
from importlib.metadata import version
from itertools import compress, groupby, pairwise
from pathlib import Path

import numpy as np

with warnings.catch_warnings():
    # Old string escapes in jieba's source warn when Python 3.12 and later compile it for the first time.
    warnings.simplefilter("ignore", SyntaxWarning)
    import jieba
    from jieba import finalseg

RELEASE = "0.2.2"  # of the twin: of no other is it known that it cuts by the dictionary as jieba does
# Characters the twin takes for Chinese and jieba does not, and halves of pairs, which no UTF-8 holds: a token each.
_RARE = re.compile("([\u3400-\u4dbf\u9fd6-\u9fff\ud800-\udfff\uf900-\ufaff\U00020000-\U0002fa1f])")
_FIRST, _LAST = 0x4E00, 0x9FD5  # jieba's Chinese
_ASCII = np.array([bool(jieba.re_han_default.match(chr(code))) for code in range(128)] + [False])
_BATCH = 1 << 16  # characters
_BREAK = "\0"  # a token of its own wherever it stands, of which no other goes on

# The states of the model in jieba's order of ties, and the two that can come before each: in a tie the latter does.
_STATES = "BEMS"
_BEFORE = np.array([[_STATES.index(a) for a in sorted(finalseg.PrevStatus[b])] for b in _STATES])
_PASSING = np.array([[finalseg.trans_P[a][b] for a in sorted(finalseg.PrevStatus[b])] for b in _STATES])


def twin(words: Iterable[str]):
    """jieba's twin, these words added as jieba would; none where that release is not installed."""
    try:
        import rjieba
    except ImportError:
        return None
    if version("rjieba") != RELEASE:
        return None
    fast, words = rjieba.Jieba(), list(words)
    # jieba's list has B超 twice, 3 each, and its total counts both, which decides ties; nothing cut holds a space
    fast.add_word(" ", 3, "")
    ours = _excerpt(words) if words else None
    for word in words:
        if word not in ours.FREQ:
            ours.add_word(word)
            fast.add_word(word, ours.FREQ[word], "")
    return fast


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


def cut_as_jieba(texts: Iterable[str], fast, hmm: bool) -> Iterator[list[str]]:
    """Yield the tokens that jieba with the words of its twin `fast` gives of each text."""
    batch: list[str] = []
    size = 0
    for text in texts:
        batch.append(text)
        size += len(text) + 1
        if size > _BATCH:
            yield from _cut(fast, batch, hmm)
            batch, size = [], 0
    yield from _cut(fast, batch, hmm)


def _cut(fast, batch: list[str], hmm: bool) -> Iterator[list[str]]:
    """Yield the tokens of each text of a batch, which is cut as one: no word and no run goes on behind a `_BREAK`."""
    joined = "".join(text + _BREAK for text in batch)
    tokens = _by_dictionary(fast, joined)
    lengths = np.fromiter(map(len, tokens), np.int32, len(tokens))
    starts = np.cumsum(lengths) - lengths
    breaks = np.searchsorted(starts, np.cumsum([len(text) + 1 for text in batch]) - 1)
    if hmm:
        codes = np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), "<u4")
        begins = _by_model(fast, tokens, codes[starts], lengths == 1)
        tokens, breaks = list(compress(tokens, begins.tobytes())), np.cumsum(begins)[breaks] - 1
    yield from (tokens[a + 1 : b] for a, b in pairwise([-1, *breaks.tolist()]))


def _by_dictionary(fast, text: str) -> list[str]:
    """Words of the dictionary and single characters; letters and digits in a row are together."""
    parts = _RARE.split(text)
    if len(parts) == 1:
        return fast.cut(text, False)
    return [token for i, part in enumerate(parts) for token in (part if i % 2 else fast.cut(part, False))]


def _by_model(fast, tokens: list[str], first: np.ndarray, single: np.ndarray) -> np.ndarray:
    """Let the model join what the dictionary left, each word where it begins; tell which tokens begin a word.

    `first` is the first character of each token, `single` whether it is the only one.
    """
    begins = _chinese(fast, tokens, first, (first >= _FIRST) & (first <= _LAST) & single)
    signs = lru_cache(None)(partial(_signs, fast))  # most of them come again, such as the parts of dates
    for a, b in zip(*_runs(_ASCII[np.minimum(first, 128)]).T.tolist()):
        words = signs(tuple(tokens[a:b]))
        tokens[a : a + len(words)] = words  # never more than there were
        begins[a + len(words) : b] = False
    return begins


def _chinese(fast, tokens: list[str], codes: np.ndarray, single: np.ndarray) -> np.ndarray:
    """Join single Chinese characters as the model does, each word where it begins; tell which tokens begin a word."""
    runs = _runs(single)
    begins = _viterbi(codes, runs)
    inside = np.concatenate([[0], np.cumsum(~begins)])
    for a, b in zip(*runs[inside[runs[:, 1]] > inside[runs[:, 0]]].T.tolist()):
        if fast.has_word("".join(tokens[a:b])) and not any(_is_left(fast, tokens[i]) for i in (a - 1, b)):
            begins[a:b] = True  # jieba leaves in single characters what is a word of the dictionary, but alone
    starts = np.flatnonzero(begins)
    stops = np.append(starts[1:], len(tokens))
    for a, b in zip(starts[stops - starts > 1].tolist(), stops[stops - starts > 1].tolist()):
        tokens[a] = "".join(tokens[a:b])
    return begins


def _runs(flags: np.ndarray) -> np.ndarray:
    """Where two flags or more follow each other: first and end."""
    runs = np.flatnonzero(np.diff(flags, prepend=False, append=False)).reshape(-1, 2)
    return runs[runs[:, 1] - runs[:, 0] > 1]


def _is_left(fast, token: str) -> bool:
    """Whether letters, digits or a sign are no word of the dictionary."""
    return token[0] < "\x80" and bool(_ASCII[ord(token[0])]) and not (len(token) > 1 and fast.has_word(token))


def _signs(fast, run: tuple[str, ...]) -> list[str]:
    """Letters, digits and signs in a row as jieba's model cuts them; words of the dictionary stay as they are."""
    words: list[str] = []
    for left, group in groupby(run, key=lambda token: len(token) == 1 or not fast.has_word(token)):
        tokens = list(group)
        words += filter(None, finalseg.re_skip.split("".join(tokens))) if left else tokens
    return words


@cache
def _emissions() -> np.ndarray:
    """Log probabilities of jieba's Chinese characters in each state."""
    table = [finalseg.emit_P[state] for state in _STATES]
    return np.array([[p.get(chr(c), finalseg.MIN_FLOAT) for p in table] for c in range(_FIRST, _LAST + 1)])


def _viterbi(codes: np.ndarray, runs: np.ndarray) -> np.ndarray:
    """Which characters begin a word by jieba's model in each run, and all that are in none."""
    begins = np.ones(len(codes), bool)
    if not len(runs):
        return begins
    runs = runs[np.argsort(runs[:, 0] - runs[:, 1], kind="stable")]  # the longest first
    begin, lengths = runs[:, 0], runs[:, 1] - runs[:, 0]
    alive = [int(np.searchsorted(-lengths, -t)) for t in range(lengths[0])]  # how many have a character there
    seen = [_emissions()[codes[begin[:n] + t] - _FIRST] for t, n in enumerate(alive)]
    best = np.array([finalseg.start_P[state] for state in _STATES]) + seen[0]
    chosen = [np.empty((0, 4), np.int64)]
    for n, emission in zip(alive[1:], seen[1:]):
        one, other = (best[:n, _BEFORE[:, k]] + _PASSING[:, k] + emission for k in (0, 1))
        chosen.append(np.where(other >= one, _BEFORE[:, 1], _BEFORE[:, 0]))
        best[:n] = np.maximum(one, other)
    state = np.where(best[:, 3] >= best[:, 1], 3, 1)  # S or E
    for t in reversed(range(len(alive))):
        begins[begin[: alive[t]] + t] = state[: alive[t]] % 3 == 0  # B and S
        state[: len(chosen[t])] = chosen[t][np.arange(len(chosen[t])), state[: len(chosen[t])]]
    begins[begin] = True  # even where M or E comes first: of a rare character all states may be as unlikely
    return begins
