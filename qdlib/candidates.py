"""Candidates for slogans: where each stands, and the named features with their weights that speak for and against it.

The sum of the weights is the score, so a reader can follow why a row is there.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from qdlib.parallelism import total

TYPES = ("slogan", "campaign_name", "numeric_formula", "quotation_motto", "four_char", "tifa")
HEADING_ROLES = ("headline", "subtitle", "title", "subhead")

# The weights of the features, set by hand with the seeds and some articles of other cities in view (tests/benchmarks/slogans.py
# scores them on the seeds). A logistic
# regression on the same candidates, drawn towards these weights, did no better on a page left out.
WEIGHTS = {
    "quoted": 0.3, "length 4-30": 0.1, "cited": 0.35, "number form": 0.45, "campaign": 0.45, "idiom": 0.2, "verb": 0.2,
    "noun": -0.2, "listed": 0.1, "called": 0.4, "repeated": 0.4, "parallel inside": 0.35, "speech": -0.3, "much speech": -0.6,
    "three or more": 0.1, "a sentence of its own": 0.1, "heading": 0.2, "long clauses": -0.1, "very long clauses": -0.2, "maxim": 0.2,
    "two short names": -0.1, "verb phrase heading": 0.6, "verb phrase headings": 0.7, "sum": 0.7, "number chain": 0.65, "hands": 0.6,
    "turns on itself": 0.6, "driven": 0.65, "quoted elsewhere": 0.6, "named elsewhere": 0.3, "if ... then": 0.4,
    "only ... then": 0.9, "only if": 0.6, "two halves": 0.6, "same head three times": 0.2, "answering quotations": 0.6, "by ... to": 0.6, "verb and image": 0.6, "repeated 3+": 0.3, "repeated 6+": 0.1, "cohesive": 0.2, "free at both ends": 0.2,
}  # fmt: skip


@dataclass
class Found:
    """One candidate: where it stands in its paragraph, its type, and the features that speak for and against it."""

    paragraph: int
    start: int
    end: int
    text: str
    type: str
    features: dict[str, float] = field(default_factory=dict)
    quoted: bool = False
    parallel: bool = False

    @property
    def score(self) -> float:
        """Sum of the features, kept between 0 and 1."""
        return round(min(1.0, max(0.0, total(self.features))), 3)


def weigh(*names: str) -> dict[str, float]:
    """Features with their weights."""
    return {name: WEIGHTS[name] for name in names}
