"""Templates of slogans: what stays when the words change, X就是Y，X就是Y or N个X."""

from __future__ import annotations

import re
from collections import Counter

import pandas as pd

from qdlib.alignment import explain_parallel
from qdlib.families import bare, campaign_heads
from qdlib.parallelism import NUMERALS, tags

COLUMNS = ["template", "kind", "count", "n_wordings", "n_articles", "examples"]
_N = "".join(sorted(NUMERALS))
LEAST_PARALLEL = 0.4  # score from which clauses are taken to answer each other
_SLOTS = "XYZUVW"
_COUNTED = re.compile(rf"(?P<numeral>第?[\d{_N}]+)|(?P<measure>(?<=[\d{_N}])[个大种项条类])|[^\d{_N}]+?(?=[\d{_N}]|$)")


def template_of(slogan: str, type: str) -> tuple[str, str]:
    """The template that a slogan fills, and its kind; two empty strings if it fills none.

    Args:
        slogan: a wording.
        type: one of the types of `mine_slogans`.

    Returns:
        Of a `numeric_formula` its shape, kind `number`: N for a numeral, X, Y, … for a word of two characters or more
        (N+N+N, N个X, N查N改). Of a `campaign_name` its last word, kind `campaign` (X年, X攻坚战). Of any other the
        frame of its parallel clauses, kind `parallel` (X就是Y，X就是Y), with … for a third and further ones; if they
        share no word the number of their words, kind `pattern` (XY，XY).
    """
    if type == "numeric_formula":
        template, kind = _number_template(bare(slogan)), "number"
    else:
        template, kind = _campaign_template(slogan) if type == "campaign_name" else "", "campaign"
    if not template:
        template = _parallel_template(slogan)
        kind = "parallel" if re.search("[^A-Z，…]", template) else "pattern"
    return (template, kind) if template else ("", "")


def _number_template(formula: str) -> str:
    """The shape of a number formula."""
    slots = iter(_SLOTS)
    terms = re.split("[+＋]", formula)
    if len(terms) > 1:
        return "+".join("N" if re.fullmatch(rf"[\d{_N}]+|[A-Za-z]", term) else next(slots, "…") for term in terms)
    if re.fullmatch(r"\d{3,4}", formula):  # a code: each digit counts something
        return "N" * len(formula)
    parts = [
        "N" if m["numeral"] else m[0] if m["measure"] or len(m[0]) == 1 else next(slots, "…")
        for m in _COUNTED.finditer(formula)
    ]
    return "".join(parts) if "N" in parts else ""


def _campaign_template(slogan: str) -> str:
    """A slot and the last word of a campaign's name."""
    name = bare(slogan)
    head = next((head for head in campaign_heads() if name.endswith(head) and name != head), "")
    if not head and re.fullmatch("大..", name):  # 大练兵 and its like
        return "大X"
    word, part = tags(name)[-1] if name else ("", "x")
    if not head and name == slogan and part[0] == "n" and 1 < len(word) < len(name):
        head = word
    return f"X{head}" if head else ""


def _parallel_template(slogan: str) -> str:
    """The frame of parallel clauses, twice, with … if there are more."""
    try:
        reading = explain_parallel(slogan)
    except ValueError:  # not two clauses, or one too long
        return ""
    more = "，…" if len(reading.table) > 2 else ""
    apart = reading.score < LEAST_PARALLEL or len(reading.frame) < 2  # one slot for a clause says nothing
    return "" if apart else f"{reading.frame}，{reading.frame}{more}"


def find_templates(mined: pd.DataFrame) -> pd.DataFrame:
    """Count the templates that slogans fill.

    Args:
        mined: slogans as `mine_slogans` returns them, or some of its rows.

    Returns:
        A table, one row a template, the most frequent first, then the one with most wordings, then by name:

        - `template` (text): see `template_of`.
        - `kind` (text, one of parallel, pattern, number, campaign): of template.
        - `count` (integer): occurrences, nested ones too: what stands around them has a template of its own.
        - `n_wordings` (integer): wordings of that form.
        - `n_articles` (integer): articles with one.
        - `examples` (text): the three most frequent wordings, parted by /.
    """
    distinct = mined[["slogan", "type"]].drop_duplicates()
    known = {key: template_of(*key) for key in distinct.itertuples(index=False, name=None)}
    found = [known[key] for key in zip(mined["slogan"], mined["type"])]
    table = mined.assign(template=[template for template, _ in found], kind=[kind for _, kind in found])
    table = table[table["template"] != ""]
    rows = []
    for (template, kind), group in table.groupby(["template", "kind"]):
        times = Counter(group["slogan"])
        examples = sorted(times, key=lambda slogan: (-times[slogan], slogan))[:3]
        rows.append([template, kind, len(group), len(times), group["article_id"].nunique(), " / ".join(examples)])
    rows.sort(key=lambda row: (-row[2], -row[3], row[0], row[1]))
    return pd.DataFrame(rows, columns=COLUMNS)
