"""TEI P5: an article as a text of its own, with a header that says what is known of it and from where.

What was done to a character stands in the text: `choice` holds what the source has (`sic`, `orig`) and what is read
(`corr`, `reg`), with the rule; a `sic` alone is damage that nobody could undo.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from urllib.parse import quote

import pandas as pd
from lxml import etree

from qdlib.traced import UNSOLVED, TracedText

NAMESPACE = "http://www.tei-c.org/ns/1.0"
_XML = "{http://www.w3.org/XML/1998/namespace}"
_RIGHTS = ("licence", "license", "rights", "许可", "版权")  # columns of metadata that say them
_HEADS = ("headline", "subtitle", "title")
_NOTES = ("byline", "outlet", "date_basis", "genre", "part_of", "n_chars", "headline", "subtitle", "date")
_NO_XML = re.compile("([^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff])")
_WHEN = re.compile(r"\d{4}(-\d\d(-\d\d)?)?")
# rules that bring sound characters into one form; all others correct damage
_REGULAR = re.compile("traditional to simplified|full-width|half-width|no-break space|compatibility|layout")
_CERTAINTY = {"one of several": "medium", "likely": "medium", "doubtful": "low"}  # of a rule, from high to low


def write_tei(
    article: Mapping,
    paragraphs: pd.DataFrame,
    texts: Sequence[TracedText],
    said: Mapping,
    about: Mapping,
    number: int,
    path: Path,
) -> None:
    """Write an article.

    Args:
        article: its row in the table of articles.
        paragraphs: its rows in the table of paragraphs.
        texts: of each of them, with what was done to its characters.
        said: what metadata say of its source; a licence is taken from there, or from `about`.
        about: what is said of the corpus, in the words of a Data Package.
        number: of the article in the corpus.
        path: the file.
    """
    root = etree.Element(f"{{{NAMESPACE}}}TEI", n=str(number), nsmap={None: NAMESPACE})
    roles = list(dict.fromkeys(paragraphs["role"]))
    rules = list(dict.fromkeys(rule for text in texts for rule, _, _ in _changes(text) if rule))
    _header(_add(root, "teiHeader"), article, said, about, {"role": roles, "rule": rules})
    body = _add(_add(root, "text", **{f"{_XML}lang": "zh"}), "body")
    division = _add(body, "div", type="article", n=article["article_id"])
    heading = True
    for row, traced in zip(paragraphs.itertuples(), texts):
        heading = heading and row.role in _HEADS
        source = " ".join(f"{quote(row.source)}#char={start},{end}" for start, end in row.spans)
        marks = {"n": str(row.paragraph), "ana": f"#role-{roles.index(row.role) + 1}", "source": source}
        node = _add(division, "head" if heading else "p", **{key: value for key, value in marks.items() if value})
        _emended(node, traced, rules)
    if not len(division) or heading:
        _add(division, "p")
    path.write_bytes(etree.tostring(root, encoding="UTF-8", xml_declaration=True) + b"\n")


def read_tei(folder: Path) -> Iterator[tuple[dict, list[tuple[str, str]]]]:
    """Yield each article that `write_tei` wrote into a folder, with its paragraphs as (role, text)."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True)
    roots = (etree.parse(path, parser).getroot() for path in folder.glob("*.xml"))
    for root in sorted(roots, key=lambda root: int(root.get("n"))):
        article = {note.get("type"): _text(note) for note in root.iter(_tag("note")) if note.get("type") in _NOTES}
        article["n_chars"] = int(article["n_chars"])
        article["source"] = _text(next(node for node in root.iter(_tag("idno")) if node.get("type") == "source"))
        division = next(root.iter(_tag("div")))
        article["article_id"] = division.get("n")
        roles = {f"#{node.get(f'{_XML}id')}": _text(node[0]) for node in root.iter(_tag("category"))}
        yield article, [(roles[node.get("ana")], _text(node)) for node in division if node.get("ana")]


def _changes(traced: TracedText) -> Iterator[tuple[str, str, str]]:
    """Yield runs of a text as (rule, what the source has, what is read); white space alone counts as untouched."""
    for (start, end, rule), pieces in groupby(traced.pieces, lambda piece: (piece.start, piece.end, piece.rule)):
        before, after = traced.raw[start:end], "".join(piece.text for piece in pieces)
        yield rule if (before + after).strip() else "", before, after


def _emended(node, traced: TracedText, rules: list[str]) -> None:
    """Put a text into the element of its paragraph, each emendation with what the source has."""
    for rule, before, after in _changes(traced):
        why = {"ana": f"#rule-{rules.index(rule) + 1}"} if rule else {}
        if not rule:
            _append(node, after)
        elif rule.endswith(UNSOLVED):
            _add(node, "sic", after, **why)
        else:
            choice = _add(node, "choice", **why)
            regular = all(map(_REGULAR.match, rule.split(" > ")))
            words = [word for said, word in _CERTAINTY.items() if f"({said})" in rule]
            certainty = {"cert": words[-1]} if words else {}
            _add(choice, "orig" if regular else "sic", before)
            _add(choice, "reg" if regular else "corr", after, **certainty)


def _header(header, article: Mapping, said: Mapping, about: Mapping, taxonomies: Mapping[str, list[str]]) -> None:
    """What is known of an article, where it is from, and on which terms."""
    description = _add(header, "fileDesc")
    titles = _add(description, "titleStmt")
    _add(titles, "title", article["headline"] or article["article_id"])
    if article["byline"]:
        _add(titles, "author", article["byline"])
    publication = _add(description, "publicationStmt")
    _add(publication, "distributor", str(about.get("title") or "Exported with qdlib"))
    rights = [str(said[key]) for key in said if key.strip().lower() in _RIGHTS and isinstance(said[key], str)]
    rights += [str(each.get("title") or each.get("name") or each.get("path")) for each in about.get("licenses", [])]
    terms = _add(publication, "availability", status="restricted" if rights else "unknown")
    for each in rights or ["No licence is stated."]:
        _add(terms, "licence" if rights else "p", each)
    printed = _add(_add(description, "sourceDesc"), "bibl")
    _add(printed, "title", article["headline"] or article["article_id"], level="a")
    if article["outlet"]:
        _add(printed, "title", article["outlet"], level="j")
    if article["date"]:
        when = {"when": article["date"]} if _WHEN.fullmatch(article["date"]) else {}
        _add(printed, "date", article["date"], **when)
    _add(printed, "idno", article["source"], type="source")
    for name in _NOTES:
        _add(printed, "note", str(article[name]), type=name)
    encoding = _add(header, "encodingDesc")
    _add(
        _add(encoding, "projectDesc"),
        "p",
        "The text as it reads when the damage of its source is undone; @source points to the raw characters.",
    )
    _add(
        _add(_add(encoding, "editorialDecl"), "correction", method="markup"),
        "p",
        "choice holds what the source has and what is read, with the rule in @ana; sic alone is damage left as it stands. "
        "Changes of white space are not marked.",
    )
    if any(taxonomies.values()):
        classes = _add(encoding, "classDecl")
    for name, entries in taxonomies.items():
        taxonomy = _add(classes, "taxonomy", **{f"{_XML}id": f"{name}s"}) if entries else None
        for number, entry in enumerate(entries, 1):
            _add(_add(taxonomy, "category", **{f"{_XML}id": f"{name}-{number}"}), "catDesc", entry)
    if article["genre"]:
        profile = _add(_add(header, "profileDesc"), "textClass")
        _add(_add(profile, "keywords"), "term", article["genre"])


def _tag(name: str) -> str:
    """The full name of an element."""
    return f"{{{NAMESPACE}}}{name}"


def _add(parent, name: str, text: str = "", **attributes: str):
    """Add an element with a text."""
    node = etree.SubElement(
        parent, _tag(name), {key: _NO_XML.sub("\ufffd", value) for key, value in attributes.items()}
    )
    _append(node, text)
    return node


def _append(node, text: str) -> None:
    """Put a text at the end of an element; a character that XML cannot hold becomes a `g` with its number."""
    first, *rest = _NO_XML.split(text)
    if len(node):
        node[-1].tail = (node[-1].tail or "") + first
    elif first:
        node.text = (node.text or "") + first
    for character, after in zip(rest[::2], rest[1::2]):
        glyph = etree.SubElement(node, _tag("g"), n=f"U+{ord(character):04X}")
        glyph.tail = after


def _text(node) -> str:
    """The text of an element as it reads."""
    if node.tag == _tag("g"):
        return chr(int(node.get("n")[2:], 16))
    read = node[-1:] if node.tag == _tag("choice") else node
    return (node.text or "") + "".join(_text(child) + (child.tail or "") for child in read)
