"""Text that remembers where each of its characters came from.

Every cleaning step is a function `TracedText -> TracedText` built on three moves: replace a span, drop a span, cut and
join. Each move carries the name of a rule, so any result can be led back to the raw text and every raw character can be
accounted for: it is kept, replaced or removed, never lost.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from operator import itemgetter
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import pandas as pd

LEDGER_COLUMNS = ["start", "end", "action", "rule", "before", "after"]
UNSOLVED = " (unsolved)"  # ends the rule that marks damage left as it stands: the characters are kept


class Piece(NamedTuple):
    """A run of raw characters `start:end` and the text that stands for it.

    It is kept as it was if it has no rule, or one that only marks it as damage nobody could solve.
    """

    start: int
    end: int
    text: str
    rule: str = ""

    @property
    def kept(self) -> bool:
        """Whether the text is that of the raw characters, one for one."""
        return not self.rule or self.rule.endswith(UNSOLVED)

    @property
    def action(self) -> str:
        """`kept`, `replaced` or `removed`."""
        return "kept" if self.kept else "replaced" if self.text else "removed"


@dataclass(frozen=True)
class TracedText:
    """An immutable text with its map to the raw text; make one with `TracedText.of(raw)`."""

    raw: str
    pieces: tuple[Piece, ...]

    @classmethod
    def of(cls, raw: str) -> TracedText:
        """Return `raw` as a text of which every character is kept."""
        return cls(raw, (Piece(0, len(raw), raw),) if raw else ())

    @cached_property
    def text(self) -> str:
        """The text as it now reads."""
        return "".join(piece.text for piece in self.pieces)

    @cached_property
    def _offsets(self) -> list[int]:
        """Offset in `text` at which each piece begins, with the length of the text at the end."""
        return list(accumulate((len(piece.text) for piece in self.pieces), initial=0))

    def __len__(self) -> int:
        return self._offsets[-1]

    def __str__(self) -> str:
        return self.text

    # -- the three moves ----------------------------------------------------------------------------------------------

    def edit(self, edits: Iterable[tuple[int, int, str, str]]) -> TracedText:
        """Replace or drop many spans at once.

        Args:
            edits: `(start, end, new, rule)` in offsets of `text`, not empty, not overlapping, in any order; an empty
                `new` drops the span. One that changes nothing leaves no trace, unless its rule ends in `(unsolved)`:
                then it marks what is kept as damaged.

        Returns:
            A new text; the spans outside the edits are untouched.

        Raises:
            ValueError: a span is empty, out of the text or overlaps another, or a rule has no name.
        """
        edits = sorted(edits)
        if not edits:
            return self
        touched: dict[int, list[tuple[int, int, str, str]]] = {}
        here, length = 0, len(self)
        for start, end, new, rule in edits:
            if not here <= start < end <= length:
                raise ValueError(
                    f"edit ({start}, {end}) of rule {rule!r} must lie in {here}..{length}, "
                    "must not be empty and must not overlap another edit"
                )
            if not rule:
                raise ValueError(f"edit ({start}, {end}) needs the name of a rule")
            for index, share in self._shares(start, end, new, rule):
                touched.setdefault(index, []).append(share)
            here = end
        pieces: list[Piece] = []
        for i, piece in enumerate(self.pieces):
            pieces += _rewrite(piece, touched[i]) if i in touched else (piece,)
        return TracedText(self.raw, tuple(pieces))

    def replace(self, start: int, end: int, new: str, rule: str) -> TracedText:
        """Replace the span `start:end` by `new` under a rule."""
        return self.edit([(start, end, new, rule)])

    def drop(self, start: int, end: int, rule: str) -> TracedText:
        """Remove the span `start:end` under a rule."""
        return self.edit([(start, end, "", rule)])

    def cut(self, start: int, end: int) -> TracedText:
        """Return the span `start:end` as a text of its own, with what was removed inside it (not what was beside it).

        Raises:
            ValueError: the span is out of the text.
        """
        if not 0 <= start <= end <= len(self):
            raise ValueError(f"span ({start}, {end}) must lie in 0..{len(self)}")
        return TracedText(self.raw, tuple(self._slice(start, end)))

    @staticmethod
    def join(parts: Iterable[TracedText]) -> TracedText:
        """Return parts of one raw text put together in the given order.

        Raises:
            ValueError: there is no part, or the parts come from different raw texts.
        """
        parts = list(parts)
        if not parts or any(part.raw != parts[0].raw for part in parts):
            raise ValueError("join needs at least one part, all cut from the same raw text")
        return TracedText(parts[0].raw, tuple(piece for part in parts for piece in part.pieces))

    # -- the account --------------------------------------------------------------------------------------------------

    def origin(self, start: int, end: int) -> tuple[int, int]:
        """Return the raw span `(start, end)` from which the span `start:end` of `text` came.

        For a span across a join it runs from the first character's origin to the last one's; `spans` gives the parts.

        Raises:
            ValueError: the span is empty or out of the text.
        """
        if not 0 <= start < end <= len(self):
            raise ValueError(f"span ({start}, {end}) must not be empty and must lie in 0..{len(self)}")
        return self._raw_at(start)[0], self._raw_at(end - 1)[1]

    def spans(self) -> tuple[tuple[int, int], ...]:
        """Return the raw spans the text stands for, in reading order, neighbours merged."""
        merged: list[tuple[int, int]] = []
        for piece in self.pieces:
            if merged and merged[-1][1] == piece.start:
                merged[-1] = (merged[-1][0], piece.end)
            elif not merged or not merged[-1][0] <= piece.start < piece.end == merged[-1][1]:  # not that run's next part
                merged.append((piece.start, piece.end))
        return tuple(merged)

    def ledger(self) -> pd.DataFrame:
        """Return the account of every raw character in order: start, end, action, rule, before, after.

        Each row is a raw span with one action (`kept`, `replaced`, `removed`); for a whole text the rows follow one
        another without a gap from 0 to the raw length, so the three actions add up to it.

        Returns:
            A table, one row a raw span with one action; for a whole text the rows follow one another without a gap from
            0 to the raw length, so the three actions add up to it:

            - `start, end` (integer, characters): where it begins and ends in the raw text.
            - `action` (text, one of kept, replaced, removed): what became of it.
            - `rule` (text): the rule, or the rules one after the other; empty if nothing was done.
            - `before, after` (text): the raw characters, and what stands for them.
        """
        import pandas as pd

        return pd.DataFrame(self.rows(), columns=LEDGER_COLUMNS)

    def rows(self) -> list[tuple[int, int, str, str, str, str]]:
        """Return the rows of `ledger` as tuples."""
        return list(self._rows)

    @cached_property
    def _rows(self) -> list[tuple[int, int, str, str, str, str]]:
        """The rows of the ledger."""
        rows = []
        for start, end, text, rule in self._merged:
            if not rule or rule.endswith(UNSOLVED):
                rows.append((start, end, "kept", rule, text, text))
            else:
                rows.append((start, end, "replaced" if text else "removed", rule, self.raw[start:end], text))
        return sorted(rows)

    def counts(self) -> dict[str, int]:
        """Return how many raw characters were kept, replaced and removed."""
        total = {"kept": 0, "replaced": 0, "removed": 0}
        for start, end, action, *_ in self._rows:
            total[action] += end - start
        return total

    # -- inside -------------------------------------------------------------------------------------------------------

    def _index(self, offset: int) -> int:
        """Index of the piece that holds the character at `offset`."""
        return bisect_right(self._offsets, offset) - 1

    def _raw_at(self, offset: int) -> tuple[int, int]:
        """Raw span of the character at `offset`: itself when kept, the whole replaced run otherwise."""
        index = self._index(offset)
        piece = self.pieces[index]
        if not piece.kept:
            return piece.start, piece.end
        raw = piece.start + offset - self._offsets[index]
        return raw, raw + 1

    def _overlaps(self, start: int, end: int) -> Iterator[tuple[int, int, int]]:
        """Yield `(index, left, right)` for each piece in the span: the part of its text that the span covers."""
        for index in range(self._index(start), self._index(end - 1) + 1):
            offset, length = self._offsets[index], len(self.pieces[index].text)
            yield index, max(start - offset, 0), min(end - offset, length)

    def _shares(self, start: int, end: int, new: str, rule: str) -> list[tuple[int, tuple[int, int, str, str]]]:
        """Divide one edit among the pieces it covers: character by character if the length stays, else to the first."""
        index = self._index(start)
        offset = self._offsets[index]
        if end <= self._offsets[index + 1]:  # as nearly always
            return [(index, (start - offset, end - offset, new, rule))]
        one_for_one, shares = len(new) == end - start, []
        for index, left, right in self._overlaps(start, end):
            if left < right:
                text = new[: right - left] if one_for_one else new
                new = new[right - left :] if one_for_one else ""
                shares.append((index, (left, right, text, rule)))
        return shares

    def _slice(self, start: int, end: int) -> list[Piece]:
        """The pieces of the span, the removed ones inside it included."""
        if start == end:
            return []
        index, last = self._index(start), self._index(end - 1)
        pieces, offsets = list(self.pieces[index : last + 1]), self._offsets
        if end < offsets[last + 1]:  # the ends are cut, and the last one first: it may be the first too
            pieces[-1] = _part(pieces[-1], 0, end - offsets[last])
        if start > offsets[index]:
            pieces[0] = _part(pieces[0], start - offsets[index], len(pieces[0].text))
        return pieces

    @cached_property
    def _merged(self) -> list[Piece]:
        """Pieces in raw order with neighbours of the same rule put together, and the parts of a run that was cut."""
        merged: list[Piece] = []
        last = Piece(-1, -1, "")
        for piece in sorted(self.pieces, key=itemgetter(0, 1)):
            if last.end == piece.start and _alike(last, piece) or last[:2] == piece[:2]:
                last = merged[-1] = Piece(last.start, piece.end, last.text + piece.text, last.rule)
            else:
                last = piece
                merged.append(piece)
        return merged


def _alike(one: Piece, other: Piece) -> bool:
    """Whether two neighbours can share a row of the ledger: both kept, or both removed by the same rule."""
    return one.rule == other.rule and one.action == other.action != "replaced"


def _part(piece: Piece, left: int, right: int) -> Piece:
    """Part `left:right` of a piece; of a replaced one each part stands for all the raw characters."""
    start, end, text, rule = piece
    if right - left == len(text):
        return piece
    if piece.kept:
        return Piece(start + left, start + right, text[left:right], rule)
    return Piece(start, end, text[left:right], rule)


def _chain(first: str, then: str) -> str:
    """Name of two rules applied one after the other."""
    return first if first.split(" > ")[-1] == then else f"{first} > {then}"


def _rewrite(piece: Piece, edits: list[tuple[int, int, str, str]]) -> list[Piece]:
    """Apply edits to one piece: a kept one is split, a replaced one stays a single run with a longer rule."""
    start, end, old, rule = piece
    if not piece.kept:
        text, here = "", 0
        for left, right, new, name in edits:
            text, here = text + old[here:left] + new, right
            rule = rule if name.endswith(UNSOLVED) else _chain(rule, name)
        return [Piece(start, end, text + old[here:], rule)]
    pieces, here = [], 0
    for left, right, new, name in edits:
        if here < left:
            pieces.append(Piece(start + here, start + left, old[here:left], rule))
        if old[left:right] != new:
            name = _chain(rule, name) if rule else name
        elif not name.endswith(UNSOLVED):
            name = rule
        pieces.append(Piece(start + left, start + right, new, name))
        here = right
    if here < len(old):
        pieces.append(Piece(start + here, end, old[here:], rule))
    return pieces
