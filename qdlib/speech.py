"""Speech in plain text: who says the words between two marks, or the words of a sentence that reports them.

Works on strings alone, so that every room may ask. A verb of saying with its subject ties words to a speaker; where there
is none, a person named in the sentence beside them may be the one, and the result says that it is only near.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from itertools import takewhile
from typing import NamedTuple

from qdlib.actors import HAN, name_before, organisations_in, persons_in, role_before, role_chain, role_kinds
from qdlib.parallelism import tags
from qdlib.words import read_lexicon, tokenizer

KINDS = ("leader", "cadre", "company", "citizen", "expert", "reporter", "document", "unknown")
NEAR = 120  # characters on either side of words within which their speaker is looked for

_PRONOUNS = re.compile("(?<!其)(?:他们|她们|他|她|我们|我|笔者|对方)$")
_PEOPLE = re.compile("(?:大家|人们|有人|不少人|许多人|很多人)$")
_COMPANY = re.compile("(?:公司|集团|企业|工厂|银行|酒店|商场|超市|合作社|事务所|[^\\W\\d_]厂|[^\\W\\d_]店)")
_STOPS = "。！？!?；;\\n“”「」『』"
# What may stand between a subject and its verb of saying.
_ADVERB = re.compile(  # the greedy beginning finds the shortest
    rf".*((?:也|还|则|又|都|均|曾|便|就|再|再次|同时|随后|当场|纷纷|坚定|特别|如是|这样|如此|一致|普遍|常|不禁|不由得|忍不住|明确|多次|反复|"
    rf"最后|接着|进一步|一再|着重|曾经|所|最近|后来|自己|本人|公开|中|里|(?:一边)?[笑哭指握拉看望拿捧翻算][{HAN}]{{0,6}}着|"
    rf"(?:[向对跟和同]|在|接受)[^，,。；：]{{1,40}}[时上中后里]|[向对跟][^，,。；：]{{1,24}}|(?:[昨今前]天|日前|近日)|\d{{4}}年(?:\d+月)?(?:\d+日)?)[，,]?)$"
)


class Speaker(NamedTuple):
    """Who speaks: a name or else the noun phrase, role, organisation, the verb of saying, and how it is known.

    `basis` is `named` (a verb ties the words to the speaker), `pronoun` (the subject is 他, to be resolved by who knows the
    text before), `near` (named in the sentence beside the words) or `layout`.
    """

    name: str = ""
    role: str = ""
    organisation: str = ""
    verb: str = ""
    basis: str = ""


@cache
def _nouns(name: str) -> str:
    """The words of a lexicon as alternatives of a pattern, longest first."""
    words = " ".join(read_lexicon(name)).split()
    return "|".join(sorted(set(words), key=lambda word: (-len(word), word)))


@cache
def verbs(kind: str) -> str:
    """The verbs of saying of a kind (`said`, `clause`, `feeling`) as alternatives of a pattern, longest first."""
    words = {word for line in read_lexicon("saying") for head, *rest in [line.split()] if head == kind for word in rest}
    return "|".join(sorted(words, key=lambda word: (-len(word), word)))


_NOT_SAID = r"(?<![小传学话游来是如要可])(?<!街)(?<!名)(?<!职)(?<!简)(?<!自)(?<!堪)"


@cache
def saying() -> re.Pattern:
    """Pattern of a verb of saying, with whom it speaks to, up to the mark after it."""
    told = rf"告诉[{HAN}]{{0,6}}|(?:{verbs('said')})(?:记者|大家|[他她我你]们?)?[说道称]?"
    return re.compile(rf"{_NOT_SAID}({told})(?:过|着|了)?(?=[：:，,。！!“；]|$)")


def kind_of(role: str, organisation: str, name: str = "") -> str:
    """Return the kind of a speaker by the head noun of the role, then by the organisation, then by the noun phrase.

    Args:
        role: a role as printed (党组书记、局长).
        organisation: who the speaker belongs to; a leader or cadre of a company counts as company.
        name: the speaker's noun phrase, for speakers without a role.
    """
    for phrase in (role, name):
        nouns = [noun for noun in role_kinds() if phrase.endswith(noun)]
        if nouns:
            kind = role_kinds()[max(nouns, key=len)]
            return "company" if kind in ("leader", "cadre") and _COMPANY.search(organisation) else kind
    if re.search(f"(?:{_nouns('documents')}|》)”?$", name):
        return "document"
    if organisation:
        return "company" if _COMPANY.search(organisation) else "cadre"
    return "citizen" if _PEOPLE.search(name) else "unknown"


def subject_before(text: str, end: int) -> Speaker | None:
    """Return the speaker who is the subject of a verb of saying that begins at `end`, if the words before it name one."""
    head = re.search(rf"[^{_STOPS}：:]*$", text[max(0, end - NEAR) : end])[0]
    marks = re.search(r"[“「]([^“”「」。！？；，]{2,30})[”」][^“”「」]*$", text[max(0, end - NEAR) : end])
    if marks:  # a name or a role in marks is part of the subject
        head = re.search(r"[^。！？!?；;\n：:]*$", text[max(0, end - NEAR) : end])[0]
    bare = head
    while (adverb := _adverb(bare)) and ("的" not in adverb or _to_person(adverb)):
        bare = bare.removesuffix(adverb)
    return _subject(bare) or (_subject(head) if len(head) - len(bare) < 2 else None)


def _adverb(text: str) -> str:
    """The adverbial that a string ends with: one of the list, or the word before 地."""
    if text.endswith("地"):
        return [*tokenizer().cut(text[-9:-1])][-1:][0] + "地" if len(text) > 1 else "地"
    found = _ADVERB.match(text)
    return found[1] if found else ""


def _to_person(phrase: str) -> bool:
    """Whether a phrase with 对 or 在 tells to whom or when somebody speaks, so that no noun follows it (对…的要求)."""
    return (
        phrase[-1] in "时上中后里地着"
        or bool(role_before(phrase, len(phrase))[0])
        or name_before(phrase, len(phrase)) >= 0
    )


def _subject(head: str) -> Speaker | None:
    """The speaker whom a string ends with: a name, a pronoun, a role, a document, an organisation."""
    plain = re.sub("(?:^|(?<=，))据", "", re.sub("（[^（）]{1,20}）$", "", head))
    titled = re.search(rf"《[^《》]{{2,40}}》$|“[^“”]{{2,30}}(?:{_nouns('documents')})”$", plain)
    if titled:
        return Speaker(titled[0])
    clause = re.search("[^，,、）]*$", plain)[0].removesuffix("同志")
    plain = plain.removesuffix("同志")
    if not clause or clause.endswith("的"):
        return None
    pronoun = _PRONOUNS.search(clause)
    if pronoun:
        return Speaker(pronoun[0], basis="pronoun")
    start = name_before(plain, len(plain))
    start = start if start >= 0 else _known_name(plain)
    if start >= 0:
        return Speaker(plain[start:], *role_before(plain, start))
    role, organisation = role_before(plain, len(plain))
    if role:
        return _with_role(clause, role, organisation)
    if re.search(f"(?:{_nouns('documents')})$", clause) and not re.search("[我向对把将为了着]", clause):
        return Speaker(_trimmed(clause))
    organisations = organisations_in(clause)
    if organisations and organisations[-1][1] == len(clause):
        return Speaker(organisations[-1][2], "", organisations[-1][2])
    people = _PEOPLE.search(clause)
    return Speaker(people[0]) if people else _place(clause)


def _place(clause: str) -> Speaker | None:
    """The place that a clause consists of, as the authority that speaks for it (某市提出)."""
    words = tags(_trimmed(clause)) if len(clause) < 12 else ()
    is_place = words and all(tag == "ns" or word[-1] in "省市区县镇" for word, tag in words)
    return Speaker(_trimmed(clause), "", _trimmed(clause)) if is_place else None


def _known_name(text: str) -> int:
    """Where a name that jieba's dictionary knows, or puts together of such, begins at the end of a text; -1 if none does."""
    names = list(takewhile(lambda word: word[1][:2] == "nr", reversed(tags(text[-20:]))))
    length = sum(len(word) for word, _ in names)
    return len(text) - length if length > 1 else -1


def _with_role(clause: str, role: str, organisation: str) -> Speaker:
    """The speaker of a phrase that ends in a role: a name before it (某某教授), or the phrase itself."""
    title = role_chain(clause)
    rest = clause.removesuffix(title)
    start = name_before(rest, len(rest))
    start = start if start >= 0 else _known_name(rest)
    if start >= 0 and title:
        return Speaker(rest[start:], title, rest[:start].rpartition("的")[2])
    return Speaker(_trimmed(clause if len(clause) < 26 else organisation + role), role, organisation)


def _trimmed(phrase: str) -> str:
    """A noun phrase without the words that lead in to it."""
    phrase = re.sub("^(?:据|特别是|尤其是|对此|但|而|这时|其中|家住|来自|正如|如|与此同时|在)+", "", phrase.strip(" "))
    return phrase if phrase.count("“") == phrase.count("”") else phrase.replace("“", "").replace("”", "")


def _said_before(text: str, start: int) -> Speaker | None:
    """The speaker whom a verb of saying right before the words names (某某说：“…”)."""
    low = max(0, start - NEAR)
    before = text[low:start]
    verb = max([*saying().finditer(before), *_feeling().finditer(before)], key=lambda found: found.end(), default=None)
    mark = before[verb.end() :].strip() if verb else "。"
    if mark not in ("，", ",", "：", ":", "") or not mark and not re.search("[说道称]$", verb[0]):  # 提出“快办”
        return None
    speaker = subject_before(text, low + verb.start())
    return speaker and speaker._replace(verb=verb[1], basis=speaker.basis or "named")


def _said_after(text: str, end: int, known: Sequence[str]) -> Speaker | None:
    """The speaker whom the sentence after the words names with a verb of saying or feeling (“…”某某说)."""
    sentence = re.match(r"[，,]?([^。！？!?\n]*)", text[end : end + NEAR])[1]
    quoted = re.search("[：:，,]“", sentence)
    sentence = sentence[: quoted.start()] if quoted else sentence
    found = sorted([*saying().finditer(sentence), *_feeling().finditer(sentence)], key=lambda verb: verb.start())
    for verb in found:
        speaker = subject_before("。" + sentence, verb.start() + 1)
        near = _near(sentence[: verb.start()], known)
        if near and (speaker is None or speaker.basis == "pronoun"):
            speaker = near if speaker is None else near._replace(basis="pronoun")
        if speaker:
            return speaker._replace(verb=verb[1], basis=speaker.basis or "named")
    return None if found else _near(sentence, known)


@cache
def _feeling() -> re.Pattern:
    """Pattern of an expression that goes with a quotation and is no verb of saying."""
    return re.compile(f"({verbs('feeling')})")


@cache
def _role_nouns() -> re.Pattern:
    """Pattern of a role's noun that stands for a person, not before an office's name."""
    nouns = sorted((noun for noun in role_kinds() if len(noun) > 1), key=lambda noun: (-len(noun), noun))
    return re.compile(f"(?:{'|'.join(nouns)})(?![{HAN}]?[的会室办])")


def _near(sentence: str, known: Sequence[str]) -> Speaker | None:
    """The first person whom a sentence names, else the first role that can be the subject of its clause."""
    persons = [(person.start, Speaker(*person[2:], "", "near")) for person in persons_in(sentence)]
    persons += [(sentence.index(name), Speaker(name, basis="near")) for name in known if name in sentence]
    if persons:
        return min(persons)[1]
    role = _role_nouns().search(sentence)
    clause = re.search("[^，,：:]*$", sentence[: role.end()])[0] if role else "了"
    if re.search("^的|[了为把向与并给对被让使]", clause):
        return None
    found, organisation = role_before(sentence, role.end())
    return Speaker(_trimmed(clause if len(clause) < 26 else organisation + found), found, organisation, "", "near")


def speaker_of(text: str, start: int, end: int, known: Sequence[str] = ()) -> Speaker | None:
    """Return who says the words of a span, as the sentences around it tell.

    Args:
        text: a text.
        start: where the words begin, their opening mark included.
        end: where they end, their closing mark included.
        known: names of persons who may be mentioned without anything that vouches for them.

    Returns:
        The speaker, or None if nothing near names one. A verb before the words counts first, then one after them, then a
        person in the sentence after or before.
    """
    speaker = _said_before(text, start) or _said_after(text, end, known)
    if speaker and speaker.basis != "near":
        return speaker
    before = re.search(r"([^。！？!?\n]*)[。！？!?]?[：:]?[”」]?$", text[max(0, start - NEAR) : start])[1]
    if text[start - 1 : start] in ("：", ":"):  # what stands before a colon introduces the words, named or not
        return _near(before, known) or Speaker()
    return speaker or _near(before, known)
