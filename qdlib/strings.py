"""Repeated strings: how often, how firm, how free at both ends, inside which longer ones, and whether tokens show them.

Nothing here knows of words or of slogans: a string is any run of characters. Their places are sorted by one more
character at a time, so time and memory grow with the text and not with the number of its strings times their length.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate

import numpy as np
import pandas as pd
import pyarrow as pa

SENTENCE_MARKS = "。！？!?；;…\r\n"
STRING_COLUMNS = [
    "string", "count", "n_texts", "cohesion", "mutual_information", "left_entropy", "right_entropy",
]  # fmt: skip
WORDING_COLUMNS = ["wording", "count", "n_texts", "own", "inherited", "parent"]
AUDIT_COLUMNS = ["wording", "count", "whole", "cut", "crossed", "share_whole", "commonest"]
_WALL = 0  # the code of characters that no string contains
_BLOCK = 1 << 16  # places sorted at a time
Level = dict[str, np.ndarray]  # columns of the strings of one length
_HALF = re.compile("[\ud800-\udfff]")
NOTHING = 1e-9  # bits; the least entropy of n occurrences that is not 0 is about log2(n) / n


def repeated_strings(
    texts: Iterable[str],
    min_count: int = 3,
    min_chars: int = 2,
    max_chars: int = 30,
    walls: str = SENTENCE_MARKS,
    fragments: bool = False,
) -> pd.DataFrame:
    """Return the strings that texts repeat, with their cohesion and their freedom on both sides.

    With c(s) the count of a string and N the number of all characters that are no walls:

    - `cohesion` (number, above 0): the least of N c(ab) / (c(a) c(b)) over all ways to split a string into a and b: how many times more
      often its halves meet than if they were strewn at random. Above 0, no upper bound; 1 is chance, high is firm (one
      word or wording). It favours rare strings: read it beside the count.
    - `mutual_information` (number, bits): its logarithm to base 2, the pointwise mutual information of the weakest joint in bits
      (Church and Hanks 1990).
    - `left_entropy, right_entropy` (number, bits): branching entropy, -sum p log2 p with p the share of each character among
      those that stand before (after) the string (Jin and Tanaka-Ishii 2006). From 0 (always the same one: a fragment of
      something longer) to log2 of the count (always another one: free). The boundary of a text and a wall count as a
      neighbour of their own each time, since nothing binds the string there (Feng et al. 2004).

    Counts are of all occurrences, overlapping ones too. A string that is always part of the same longer one has an
    entropy of 0 on one side; it is left out unless `fragments` asks for it. Of what repeats beyond `max_chars` the
    first and the last `max_chars` characters are given.

    Args:
        texts: the texts; no string crosses from one to the next.
        min_count: least count of a string, 2 or more.
        min_chars, max_chars: its least and greatest length in characters, from 2.
        walls: characters that no string contains; sentence marks if not given, `""` for none.
        fragments: whether to give strings that are always part of the same longer one; there may be very many.

    Returns:
        A table, one row a string, with the columns above and these, the commonest first, then the longest, then by code
        point; empty if nothing repeats:

        - `string` (text): the string.
        - `count` (integer): all its occurrences.
        - `n_texts` (integer): texts with it.

    Raises:
        TypeError: `texts` is one string.
        ValueError: a bound is out of range.

    References:
        Church and Hanks (1990), Word association norms, mutual information, and lexicography. Feng, Chen, Deng and
        Zheng (2004), Accessor variety criteria for Chinese word extraction. Jin and Tanaka-Ishii (2006), Unsupervised
        segmentation of Chinese text by use of branching entropy.
    """
    check_bounds(min_count, min_chars, max_chars)
    codes, alphabet, lengths = encoded(_listed(texts), walls)
    levels, total = _levels(codes, lengths, min_count, max_chars), np.count_nonzero(codes)
    return _table(list(_wanted(levels, total, min_chars, max_chars, fragments)), codes, alphabet)


def check_bounds(min_count: int, min_chars: int, max_chars: int) -> None:
    """Raise where no string could be repeated."""
    if min_count < 2:
        raise ValueError(f"min_count must be 2 or more, got {min_count!r}; a string seen once is not repeated")
    if not 2 <= min_chars <= max_chars:
        raise ValueError(f"min_chars must be 2 or more and at most max_chars, got {min_chars!r} and {max_chars!r}")


def _listed(texts: Iterable[str]) -> list[str]:
    """Texts as a list; one string is refused, since it would be taken for a list of characters."""
    if isinstance(texts, str):
        raise TypeError("texts must be a list of texts, got one string; put it in a list")
    return list(texts)


def encoded(texts: list[str], walls: str) -> tuple[np.ndarray, ...]:
    """Small numbers for characters, 0 for walls; the code point of each number, in order; lengths of texts with an end."""
    joined = "\n".join([*texts, ""])
    points = np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), "<u4")
    known = np.zeros(0x110000, bool)
    known[points] = True
    known[[ord(character) for character in walls]] = False
    known[0xD800:0xE000] = False  # halves of broken surrogate pairs are no characters
    alphabet = np.append(0, np.flatnonzero(known)).astype(np.uint32)
    codes = (np.cumsum(known) * known).astype(np.min_scalar_type(len(alphabet) - 1)).take(points)
    lengths = np.array([len(text) + 1 for text in texts], int)
    codes[np.cumsum(lengths) - 1] = _WALL
    return codes, alphabet, lengths


def _levels(codes: np.ndarray, lengths: np.ndarray, least: int, longest: int) -> Iterator[Level]:
    """The frequent strings of 1, 2, 3 ... characters, each length found by splitting the groups of the one before.

    A group holds the places of one string in the order of the text. Strings that occur once are dropped on the way:
    they are of no use to longer ones, and an entropy over n occurrences, log2 n - sum c log2 c / n, does not feel them.
    The strings one character longer hold the counts of the neighbours: cs of those before s, sc of those after it. The
    link of sc, the string without its first character, is what the link of s becomes with c after it.

    Yields:
        Columns `at` (where one occurrence begins), `count`, `n_texts`, `parent` and `link` (rows of the level before:
        the string without its last, without its first character), `left_entropy`, `right_entropy`, by code point.
    """
    n_walls, *sizes = np.bincount(codes, minlength=1)
    places, sizes = np.argsort(codes, kind="stable")[n_walls:].astype(np.int32), np.array(sizes, np.int32)
    texts = np.repeat(np.arange(len(lengths), dtype=np.min_scalar_type(len(lengths))), lengths).take(places)
    bits = len(sizes).bit_length()
    names, row = np.arange(1, len(sizes) + 1), np.zeros(1, np.int32)
    link = parent = np.zeros(len(sizes), np.int32)
    for length in range(1, longest + 1):
        common, starts = sizes >= least, np.cumsum(sizes) - sizes
        if not common.any():
            return
        level = {"at": places[starts[common]], "count": sizes[common], "n_texts": _n_texts(texts, starts)[common]}
        level |= {"parent": row[parent[common]], "link": row[link[common]]}
        row = np.where(common, np.cumsum(common, dtype=np.int32) - 1, np.int32(len(level["at"])))
        places, texts, sizes, longer = _split(codes, places, texts, sizes, length, bits)
        parent = (longer >> bits).astype(np.int32)
        link = np.searchsorted(names, link[parent].astype(int) << bits | longer & (1 << bits) - 1).astype(np.int32)
        names, weights = longer, sizes * np.log2(sizes)
        for side, near in (("left_entropy", link), ("right_entropy", parent)):
            level[side] = _entropies(level["count"], np.bincount(row[near], weights, len(level["at"]) + 1)[:-1])
        yield level


def _split(
    codes: np.ndarray, places: np.ndarray, texts: np.ndarray, sizes: np.ndarray, length: int, bits: int
) -> tuple[np.ndarray, ...]:
    """Split groups of places by the character `length` further on; drop walls and what then stands alone.

    This is done block by block, so that the processor's cache holds what is sorted.

    Returns:
        The places and their texts, and of each new group its size and its name: the group it came from, then in so
        many bits its last character.
    """
    ends, first, filled, parts = np.cumsum(sizes), 0, 0, []
    columns = [(places, np.empty_like(places)), (texts, np.empty_like(texts))]
    while first < len(sizes):
        begin = ends[first] - sizes[first]
        after = max(first + 1, np.searchsorted(ends, begin + _BLOCK, "right"))
        block = slice(begin, ends[after - 1])
        order, counts, names = _grouped(codes.take(places[block] + length), sizes[first:after], bits)
        for old, new in columns:
            old[block].take(order, out=new[filled : filled + len(order)], mode="clip")
        filled += len(order)
        parts.append((counts, names + (first << bits)))
        first = after
    return *(new[:filled] for _, new in columns), *map(np.concatenate, zip(*parts))


def _grouped(last: np.ndarray, sizes: np.ndarray, bits: int) -> tuple[np.ndarray, ...]:
    """Order of the members of groups by group and last character, without walls and those that are alone with it.

    Group, character and place in the block are one number, so that a plain sort does what `lexsort` would, faster.
    """
    shift = len(last).bit_length()
    keys = np.repeat(np.arange(len(sizes)) << bits, sizes)
    keys |= last
    keys <<= shift
    keys |= np.arange(len(last))
    keys = keys[last != _WALL]
    keys.sort()
    names = keys >> shift
    same = np.zeros(len(keys) + 1, bool)
    same[1:-1] = names[1:] == names[:-1]
    ends = np.flatnonzero(same[1:] != same[:-1])  # the first and the last of each group in turn
    order = keys[same[1:] | same[:-1]] & (1 << shift) - 1
    return order, (ends[1::2] - ends[::2] + 1).astype(np.int32), names[ends[::2]]


def _n_texts(texts: np.ndarray, starts: np.ndarray) -> np.ndarray:
    """Number of different texts in each group, from the texts of its members in order."""
    new = np.append(True, texts[1:] != texts[:-1])
    new[starts] = True
    return np.add.reduceat(new, starts, dtype=np.int32)


def _entropies(counts: np.ndarray, sums: np.ndarray) -> np.ndarray:
    """Branching entropies of strings from their counts n and the sums of c log2 c over the counts c of neighbours."""
    entropy = np.log2(counts) - sums / counts
    return np.where(entropy < NOTHING, 0, entropy)


def _wanted(levels: Iterator[Level], total: int, shortest: int, longest: int, fragments: bool) -> Iterator[Level]:
    """Rows of each level that are wanted, all or those that are free on both sides, with their length and cohesion."""
    known = []
    for length, level in enumerate(levels, start=1):
        known.append((level["count"], level.pop("parent"), level.pop("link")))
        if length >= shortest:
            free = np.add(level["left_entropy"] > 0, level["right_entropy"] > 0, dtype=int)
            rows = np.flatnonzero(free >= (0 if fragments else 1 if length == longest else 2))
            level = {name: column[rows] for name, column in level.items()}
            yield level | {"n_chars": np.full(len(rows), length, np.int32), "cohesion": _cohesion(known, rows, total)}


def _cohesion(levels: list[tuple[np.ndarray, ...]], rows: np.ndarray, total: int) -> np.ndarray:
    """Least of N c(ab) / (c(a) c(b)) over all splits of the strings in some rows of the last level."""
    heads, tails, head, tail = [], [], rows, rows
    for (_, parent, link), (count, *_) in zip(levels[:0:-1], levels[-2::-1]):
        head, tail = parent.take(head), link.take(tail)
        heads.append(count.take(head))
        tails.append(count.take(tail))
    most = np.zeros(len(rows))
    for head, tail in zip(heads, reversed(tails)):  # a head of all but k characters goes with a tail of k
        most = np.maximum(most, head.astype(float) * tail)
    return float(total) * levels[-1][0][rows] / most


def _table(found: list[Level], codes: np.ndarray, alphabet: np.ndarray) -> pd.DataFrame:
    """The strings of all lengths in one table, in order."""
    if not found:
        types = ["str", int, int, float, float, float, float]
        return pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in zip(STRING_COLUMNS, types)})
    found.reverse()
    order = np.argsort(np.concatenate([-level["count"] for level in found]), kind="stable")
    columns = {name: np.concatenate([level.pop(name) for level in found]).take(order) for name in list(found[0])}
    strings = _strings(codes, alphabet, columns.pop("at"), columns.pop("n_chars"))
    columns["string"] = pd.array(strings, dtype="str")
    columns |= {name: columns[name].astype(int) for name in ("count", "n_texts")}
    columns["mutual_information"] = np.log2(columns["cohesion"])
    return pd.DataFrame({name: columns[name] for name in STRING_COLUMNS}, copy=False)


def _strings(codes: np.ndarray, alphabet: np.ndarray, at: np.ndarray, n_chars: np.ndarray) -> pa.ChunkedArray:
    """The strings that begin at some places, in Arrow's own form: made as Python's they would take most of the time."""
    parts = []
    for i in range(0, len(at), _BLOCK):
        n = n_chars[i : i + _BLOCK]
        ends = np.cumsum(n)
        points = alphabet.take(codes.take(np.arange(ends[-1]) + np.repeat(at[i : i + _BLOCK] + n - ends, n)))
        n_bytes = np.cumsum(1 + (points > 0x7F) + (points > 0x7FF) + (points > 0xFFFF))
        buffers = np.append(0, n_bytes[ends - 1]), points.tobytes().decode("utf-32-le").encode()
        parts.append(pa.LargeStringArray.from_buffers(len(n), *map(pa.py_buffer, buffers)))
    return pa.chunked_array(parts, pa.large_string())


def count_wordings(texts: Iterable[str], wordings: Iterable[str]) -> pd.DataFrame:
    """Count wordings on texts, and say how much of each count belongs to longer wordings of the same list.

    This makes a forest of a list of wordings, or of the strings that `repeated_strings` returns: each has a count of
    its own and one that it inherits from the longer wordings around it; the closest of them is its parent.

    - `count` (integer): all occurrences, overlapping ones too; a wording inside a longer word or wording counts.
    - `own, inherited` (integer): those that lie inside no occurrence of a longer wording of the list, and the others. Both depend
      on what else is in the list; their sum does not.
    - `parent` (text): the wording that stands closest around it most often: the one that begins last, and of these the
      shortest. Of two that do so equally often the longer one; `""` for a wording without inherited occurrences.

    Args:
        texts: the texts.
        wordings: what to count, exactly as it is written; marks count. One that is given twice is counted once.

    Returns:
        A table, one row a wording, in the order given, with the columns above and:

        - `wording` (text): the wording.
        - `n_texts` (integer): texts with it.

    Raises:
        TypeError: `texts` or `wordings` is one string.
        ValueError: a wording is empty.
    """
    wordings = _distinct(wordings)
    found = find_strings(texts, wordings)
    around = _closest_around(found)
    found["parent"] = np.where(around >= 0, found["wording"].to_numpy()[around], -1) if len(found) else -1
    grouped = found.groupby("wording")
    table = pd.DataFrame({"wording": wordings})
    table["count"] = grouped.size().reindex(table.index, fill_value=0)
    table["n_texts"] = grouped["text"].nunique().reindex(table.index, fill_value=0)
    table["inherited"] = (found["parent"] >= 0).groupby(found["wording"]).sum().reindex(table.index, fill_value=0)
    table["own"] = table["count"] - table["inherited"]
    parents = _commonest_parents(found[found["parent"] >= 0], wordings)
    table["parent"] = [wordings[parents[i]] if i in parents else "" for i in table.index]
    return table[WORDING_COLUMNS]


def _distinct(wordings: Iterable[str]) -> list[str]:
    """Wordings, each once; none may be empty."""
    if isinstance(wordings, str):
        raise TypeError("wordings must be a list of strings, got one string; put it in a list")
    wordings = list(dict.fromkeys(wordings))
    if "" in wordings:
        raise ValueError("wordings holds an empty string, which occurs everywhere; leave it out")
    return wordings


def find_strings(texts: Iterable[str], wordings: Iterable[str]) -> pd.DataFrame:
    """Return all occurrences of wordings on texts, overlapping ones too.

    Returns:
        A table `text, wording` (their numbers, from 0; of wordings given twice the first), `start, end` (offsets in the
        text), in the order of the texts and of `start`, longer ones first.

    Raises:
        TypeError: `texts` or `wordings` is one string.
        ValueError: a wording is empty.
    """
    from ahocorasick_rs import AhoCorasick, Implementation

    texts, wordings = _listed(texts), _distinct(wordings)
    # The default is a table of all transitions, made in time that grows with the square of a wording like 好好好好.
    kind = {"implementation": Implementation.ContiguousNFA, "store_patterns": False}
    automaton = AhoCorasick([_sound(wording) for wording in wordings], **kind)
    matches = (automaton.find_matches_as_indexes(_sound(text), overlapping=True) for text in texts)
    parts = [np.insert(np.array(found, int).reshape(-1, 3), 0, i, axis=1) for i, found in enumerate(matches)]
    found = pd.DataFrame(np.concatenate(parts or [np.empty((0, 4), int)]), columns=["text", "wording", "start", "end"])
    order = np.lexsort((-found["end"], found["start"], found["text"]))
    return found.iloc[order].reset_index(drop=True)


def _sound(text: str) -> str:
    """A text with the halves of broken surrogate pairs replaced one for one; the automaton takes sound text only."""
    return _HALF.sub("\ufffd", text)


def _closest_around(found: pd.DataFrame) -> np.ndarray:
    """For each occurrence the row of the one closest around it, -1 for none.

    Those that end too early for the occurrence at hand end too early for all that follow inside it, so they can go.
    """
    around, open_rows, last = np.full(len(found), -1), [], -1
    ends = found["end"].tolist()
    for row, (text, end) in enumerate(zip(found["text"].tolist(), ends)):
        if text != last:
            open_rows, last = [], text
        while open_rows and ends[open_rows[-1]] < end:
            open_rows.pop()
        around[row] = open_rows[-1] if open_rows else -1
        open_rows.append(row)
    return around


def _commonest_parents(inside: pd.DataFrame, wordings: list[str]) -> dict[int, int]:
    """The commonest parent of each wording that has one; of equally common ones the longest."""
    pairs = inside.groupby(["wording", "parent"]).size().rename("times").reset_index()
    pairs["n_chars"] = [len(wordings[i]) for i in pairs["parent"]]
    pairs = pairs.sort_values(["wording", "times", "n_chars"], ascending=[True, False, False], kind="stable")
    pairs = pairs.drop_duplicates("wording")
    return dict(zip(pairs["wording"].tolist(), pairs["parent"].tolist()))


def token_audit(texts: Iterable[str], wordings: Iterable[str], tokens: Iterable[Sequence[str]]) -> pd.DataFrame:
    """Say of each wording how often it stands on the texts and how often the tokens show it.

    - `whole` (integer): occurrences that are one token: all that a count of tokens sees.
    - `cut` (integer): occurrences that are several whole tokens: a count of token sequences would see them.
    - `crossed` (integer): occurrences with an end inside a token: no count of tokens sees them, whatever the sequence.
    - `share_whole` (number, 0 to 1): whole / count, from 0 (tokens hide the wording) to 1; missing if the wording does not occur.
    - `commonest` (text): the commonest way it is cut, the tokens it touches joined with `/`.

    A low share says that tokens are the wrong unit for this wording, not that the segmenter is wrong.

    Args:
        texts: the texts.
        wordings: what to look for, exactly as it is written; one that is given twice is looked for once.
        tokens: the tokens of each text as `segment` returns them, nothing filtered.

    Returns:
        A table, one row a wording, in the order given, with the columns above and:

        - `wording` (text): the wording.
        - `count` (integer): all its occurrences.

    Raises:
        TypeError: `texts` or `wordings` is one string.
        ValueError: a wording is empty, or the tokens of a text do not join to it.
    """
    texts, wordings = _listed(texts), _distinct(wordings)
    tokens = [[token for token in document if token] for document in tokens]
    for i in range(max(len(texts), len(tokens))):
        if i >= min(len(texts), len(tokens)) or "".join(tokens[i]) != texts[i]:
            raise ValueError(f"the tokens of text {i} do not join to it; give what segment() returns, nothing filtered")
    bounds = [list(accumulate(map(len, document), initial=0)) for document in tokens]
    seen = {wording: Counter() for wording in wordings}
    ways: dict[str, Counter[str]] = {wording: Counter() for wording in wordings}
    for text, wording, start, end in find_strings(texts, wordings).itertuples(index=False):
        edges = bounds[text]
        first, last = bisect_right(edges, start) - 1, bisect_left(edges, end)
        kind = "crossed" if edges[first] != start or edges[last] != end else "whole" if last == first + 1 else "cut"
        seen[wordings[wording]][kind] += 1
        ways[wordings[wording]]["/".join(tokens[text][first:last])] += 1
    rows = [[w, seen[w].total(), *(seen[w][kind] for kind in ("whole", "cut", "crossed"))] for w in wordings]
    table = pd.DataFrame(rows, columns=AUDIT_COLUMNS[:5])
    commonest = [min(ways[w], key=lambda way: (-ways[w][way], way), default="") for w in wordings]
    return table.assign(share_whole=table["whole"] / table["count"].replace(0, np.nan), commonest=commonest)
