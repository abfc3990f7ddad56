"""Slogans without quotation marks: runs of parallel clauses, headings, number formulas, campaigns, sentences that turn on
themselves. No wording is listed, only forms: suffixes, frames, numerals, part-of-speech patterns.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from qdlib.candidates import HEADING_ROLES, Found, weigh
from qdlib.families import bare
from qdlib.lines import NUMBERED
from qdlib.parallelism import NUMERALS, is_verb, known_words, sentences, tags, verb_head, without_light_marks
from qdlib.quoted import COUNTED, NUMERAL, PRONOUN, quotations, says_something
from qdlib.runs import Run, find_runs, is_maxim
from qdlib.words import read_lexicon

# -- parallel clauses and headings ------------------------------------------------------------------------------------


def in_parallel(p: int, text: str, pairs: list[tuple[int, int]], role: str) -> Iterator[Found]:
    """Candidates made of parallel clauses, outside quotation marks and inside long quotations, but never across a mark."""
    long = [(i, j) for i, j in pairs if j - i > 10 or re.search("[，,、 ·]", text[i:j])]
    within = {k for i, j in long for k in range(i + 1, j)}
    walls = frozenset(k for pair in long for k in pair) | {m.start() for m in re.finditer("”“", text)}
    for sentence in sentences(text, 0, len(text), walls):
        for clauses in (sentence, without_light_marks(sentence)):
            for run in find_runs(clauses, text, need=0.4 if role in HEADING_ROLES else 0.5):
                if len(bare(text[run.start : run.end])) >= 6 and not all(clause[-1] == "的" for clause in run.clauses):
                    yield _from_run(p, text, run, role, run.start in within)


def _from_run(p: int, text: str, run: Run, role: str, quoted: bool) -> Found:
    """The candidate that a run of parallel clauses makes."""
    features = dict(run.features)
    n_chars, n = sum(map(len, run.clauses)), len(run.clauses)
    attributes = [clause.count("的") for clause in run.clauses]
    fits = {
        "long clauses": n_chars > 8 * n or n_chars > 6 * n and min(attributes) > 0,
        "very long clauses": n_chars > 13 * n or max(attributes) > 1,
        "three or more": n > 2,
        "a sentence of its own": run.whole,
        "two short names": n == 2 and n_chars < 10 and "verb heads" not in features,
        "heading": role in HEADING_ROLES,
        "maxim": is_maxim(run),
        "same head three times": n > 2
        and len({clause[0] for clause in run.clauses} - set("更最较很")) == 1
        and n_chars < 5 * n,
    }
    features |= weigh(*(name for name, fit in fits.items() if fit))
    plain_four = all(len(clause) == 4 for clause in run.clauses) and role not in HEADING_ROLES
    if fits["maxim"]:
        kind = "quotation_motto"
    elif plain_four and (
        not {"frame", "alternation", "same inside"} & features.keys()
        or len({clause[:2] for clause in run.clauses}) < n
        or n > 3
        and not run.whole
    ):
        kind = "four_char"
    else:
        words = all(len(clause) < 3 for clause in run.clauses) and not fits["same head three times"]
        kind = "tifa" if words else "slogan"
    return Found(p, run.start, run.end, text[run.start : run.end], kind, features, quoted, True)


_BOXED = re.compile(r"[【\[〔][^】\]〕]{1,12}[】\]〕]")  # 【要闻】 before a headline


def as_heading(p: int, text: str) -> Iterator[Found]:
    """A heading made of verb phrases, without the name and colon before it."""
    start = max(text.rfind("："), text.rfind(":")) + 1
    numbered = NUMBERED.match(text)
    boxed = _BOXED.match(text)
    start = max(start, *(match.end() for match in (numbered, boxed) if match), 0)
    start += len(text[start:]) - len(text[start:].lstrip())
    end = start + len(text[start:].rstrip().rstrip("！!"))
    clauses = [bare(clause) for clause in re.split(r"[，,\s]+", text[start:end]) if bare(clause)]
    quoted = any(j - i > 4 and says_something(text[i + 1 : j]) for i, j in quotations(text))  # then that is the wording
    if not 1 <= len(clauses) <= 4 or quoted or re.search(r"\d|召开|举行|举办|记者", text[start:end]):
        return
    several = len(clauses) > 1
    for clause in clauses:
        first = tags(clause)[0][1]
        if several:  # at the head of a clause a verbal noun is a verb: 服务学生成长
            speaks = first == "vn" or any(map(is_verb, tags(clause)[:4]))
        else:
            speaks = len(clause) > 4 and (verb_head(clause) > 0 or first in ("l", "i"))
        if not 4 <= len(clause) <= 16 or not speaks:
            return
    features = weigh("verb phrase headings" if several else "verb phrase heading")
    yield Found(p, start, end, text[start:end], "slogan", features, parallel=several)


# -- forms without marks ----------------------------------------------------------------------------------------------

_SUM = re.compile(r"(?<![\d.+＋])\d{1,3}(?:[+＋](?:\d{1,3}|[A-Za-z])){1,9}(?![\d.+＋])")
_CHAIN = re.compile(rf"(?:[一两双三四五六七八九](?![{COUNTED}])[^\W\d{NUMERAL}_第手的了]{{1,2}}、?){{2,}}")
_ONE_ONE = re.compile(
    rf"一(?![{COUNTED}步笔声点面方样边对代])[^\W\d{NUMERAL}_第的了着]{{1,2}}一(?![{COUNTED}步笔声点面方样边代])[^\W\d{NUMERAL}_第的了着地]{{1,2}}"
)
_PAIR = r"[^\W\d_]{2,8}(?:、[^\W\d_]{2,8})?"
_ONLY_THEN = re.compile(
    rf"[唯惟][有独其]{_PAIR}[，,][方才][能可得]?{_PAIR}(?=[。！!；;”]|$)|(?<![^\W_])[唯惟][^\W\d_]{{2,4}}[不方才可][^\W\d_]{{2,6}}(?=[。！!；;”]|$)"
)
_ONLY_WILL = re.compile(
    r"(?<![^\W_])只[要需用]?([^\W\d_]{2,7})[，,](?:即可|便可|就能|就可|就|便)([^\W\d_]{2,7})(?=[，,。！!；;”]|$)"
)
_ANSWERING_INSIDE = re.compile(  # 变“坐等服务”为“上门服务”
    r"(?<![^\W_])[^\W\d_]{0,8}“([^“”]{2,8})”(?![和与及或是、])[^\W\d_]{1,10}“([^“”]{2,8})”[^\W\d_]{0,4}(?=[，,。；;！!？”]|$)"
)
_BY_TO = re.compile(
    r"(?<![^\W_])[以用](?![来及上下往前后免便于至致此为实])[^\W\d_的地更]{2,12}?(?:(?:、[^\W\d_的地更]{2,8})?)"
    r"(?:促进?|带动?|助推|赋能|引领|撬动|护航|破|谋|做)[^\W\d_的地更]{2,12}(?=[，,。；;！!？”]|$)"
)
_VERB_IMAGE = re.compile(r"[^\W\d_][出下响亮活]“[^”，。]{2,5}”(?=[，,。；;！!？、”]|$)")
_ANSWERING = re.compile(
    r"(?<![^\W_])[^，。；;！!？?：:“”、了]{2,22}“([^“”]{1,4})”[，,、]\s?[^，。；;！!？?：:“”、了]{2,22}“([^“”]{1,4})”(?=[，,。；;！!？?”]|$)"
)
_HANDS = re.compile(
    rf"(?:[^\W_]{{0,4}}坚持)?([^\W_]{{0,10}}[{NUMERAL}]手抓(?:[、，,]?[{NUMERAL}]手[都要也]*硬|(?![^\W\d_])))"
)
_TURN = re.compile(
    r"(?:^|(?<=[，,。；;！!：:“]))([^\W\d_]{2,3})[^\W\d_]{1,4}(?:更要|更|就是|就要|就|才|要|为|不如)\1[^\W\d_]{0,4}(?=[，,。；;！!”]|$)"
)
_JUST_IS = re.compile(  # 抓安全就是抓效益
    r"([^\W\d_])(?:(?!就是)[^\W\d_]){2,9}就是\1[^\W\d_]{2,9}?(?=的[^\W\d_]?(?:理念|道理|观念|意识|思想)|[，,。；;！!”、]|$)"
)
_HALVES = re.compile(r"(?<![^\W_])((?:[^\W\d_][好准出起足紧住牢稳实响亮强优活][^\W\d_]){2})(?=[，,。；;！!？”、]|$)")


_YEAR = "(?:建设|攻坚|突破|提升|落实|优化|创新|深化|巩固|改革|服务|治理|整治|创建|推进|提质|增效)"  # 质量巩固年


@cache
def _driven() -> re.Pattern:
    """Pattern of a campaign that is set in motion, its name written without marks."""
    nouns = sorted(
        (noun for noun in " ".join(read_lexicon("campaign")).split() if len(noun) > 2), key=len, reverse=True
    )
    return re.compile(
        rf"(?:开展|实施|启动|打响|打好|打赢|发起|推进|组织|举办|掀起)(?:了|好|全市|全国|新一轮){{0,2}}"
        rf"([^\W\d_]{{2,16}}?(?:{'|'.join(nouns)}|攻坚行动|专项行动|百日行动|三年行动|教育实践活动|主题教育|{_YEAR}年|运动))(?!者|方案|计划)"
    )


def _chains(text: str) -> Iterator[tuple[int, str]]:
    """Where chains of numeral and word stand, and the chains; none that cuts a word or a longer number."""
    known = known_words()
    for pattern in (_CHAIN, _ONE_ONE):
        for m in pattern.finditer(text):
            start, chain = m.start(), m[0].rstrip("、")
            cut = text[start + len(chain) - 1 :][:2] in known
            if cut and re.fullmatch(rf"(?:[{NUMERAL}]\w、?){{3,}}", chain[:-1]):  # 一减两提三增|效益
                chain, cut = chain[:-1], False
            cut = cut or any(text[max(0, k) : k + 4] in known for k in (start - 1, start))  # 举一反三
            after_number = start and text[start - 1] in NUMERALS | set("第每届")
            ones = pattern is _CHAIN and set(chain) & NUMERALS == {"一"}  # only two of them are a formula: 一书一案
            if len(bare(chain)) > 3 and not (after_number or cut or ones) and chain not in known:
                yield start, chain


def by_form(p: int, text: str) -> Iterator[Found]:
    """Number formulas, campaigns and sentences that turn on themselves, written without quotation marks."""
    for m in _SUM.finditer(text):
        yield Found(p, *m.span(), m[0], "numeric_formula", weigh("sum"))
    for start, chain in _chains(text):
        yield Found(p, start, start + len(chain), chain, "numeric_formula", weigh("number chain"))
    for m in _HANDS.finditer(text):
        yield Found(p, *m.span(1), m[1], "numeric_formula", weigh("hands"))
    for m in _ONLY_THEN.finditer(text):
        yield Found(p, *m.span(), m[0], "slogan", weigh("only ... then"), parallel=True)
    for name, pattern in (("turns on itself", _JUST_IS), ("two halves", _HALVES)):
        for m in pattern.finditer(text):
            yield Found(p, *m.span(), m[0], "slogan", weigh(name), parallel=True)
    for m in _ANSWERING.finditer(text):
        if len(m[1]) == len(m[2]) and m[1][0] not in NUMERALS:
            yield Found(p, *m.span(), m[0], "slogan", weigh("answering quotations"), parallel=True)
    for m in _ONLY_WILL.finditer(text):
        if abs(len(m[1]) - len(m[2])) < 2 and not PRONOUN.search(m[0]):
            yield Found(p, *m.span(), m[0], "slogan", weigh("only if"), parallel=True)
    for m in _ANSWERING_INSIDE.finditer(text):
        before, between = m.start(1) - m.start() > 1, m.start(2) - m.end(1) > 3
        if len(bare(m[1])) == len(bare(m[2])) and (before or between) and m[1][0] not in NUMERALS:
            yield Found(p, *m.span(), m[0], "slogan", weigh("answering quotations"), parallel=True)
    for name, pattern in (("by ... to", _BY_TO), ("verb and image", _VERB_IMAGE)):
        for m in pattern.finditer(text):
            yield Found(p, *m.span(), m[0], "slogan", weigh(name))
    for m in _TURN.finditer(text):
        yield Found(p, *m.span(), m[0], "slogan", weigh("turns on itself"), parallel=True)
    for m in _driven().finditer(text):
        if not re.search("(?<!党)的(?!.年|攻坚)", m[1]):
            yield Found(p, *m.span(1), m[1], "campaign_name", weigh("driven"))
