"""The notebooks in Chinese: the same code and outputs, the prose from the catalogues in `zh/`.

    python notebooks/chinese.py         # after a change of prose: renew the catalogues and the notebooks in zh/

A catalogue (`zh/01-corpus.po`) holds each Markdown cell of a notebook and its Chinese; any editor of gettext catalogues
opens it. The notebooks in `zh/` are made from it and from the English ones, never written by hand, so neither side can change
alone.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

import nbformat
import polib

HERE = Path(__file__).resolve().parent
# A link to a file beside or above the notebook; one to another notebook stays, since that is in zh/ too.
_LINK = re.compile(r"(\]\()(?!https?:|#|\d\d-[\w-]+\.ipynb)(?=[^)\s]+\))")
_PLACE = re.compile(r'(?<=")(?=\.\./)')


def notebooks() -> list[Path]:
    """The English notebooks in order."""
    return sorted(HERE.glob("[0-9][0-9]-*.ipynb"))


def catalogue(notebook: Path) -> polib.POFile:
    """The catalogue of a notebook, its cells in their order; Chinese whose English is gone stays below as obsolete."""
    path = HERE / "zh" / f"{notebook.stem}.po"
    old = polib.pofile(str(path), wrapwidth=0) if path.exists() else polib.POFile(wrapwidth=0)
    known = {entry.msgid: entry.msgstr for entry in old}
    new = polib.POFile(wrapwidth=0)
    new.metadata = {
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
        "Language": "zh_CN",
    }
    for cell in nbformat.read(notebook, as_version=4).cells:
        if cell.cell_type == "markdown" and not new.find(cell.source):
            new.append(polib.POEntry(msgid=cell.source, msgstr=known.pop(cell.source, "")))
    new.extend(polib.POEntry(msgid=gone, msgstr=text, obsolete=True) for gone, text in known.items() if text)
    return new


def in_chinese(notebook: Path, words: polib.POFile) -> nbformat.NotebookNode:
    """A notebook with its prose in Chinese, to stand one folder below; a cell that has none stays as it is."""
    made = nbformat.read(notebook, as_version=4)
    chinese = {entry.msgid: entry.msgstr for entry in words if not entry.obsolete}
    for cell in made.cells:
        if cell.cell_type == "markdown":
            cell.source = _LINK.sub(r"\1../", chinese.get(cell.source) or cell.source)
        elif cell.cell_type == "code":
            cell.source = _PLACE.sub("../", cell.source)
    return made


def write(notebook: Path) -> list[str]:
    """Renew the catalogue of a notebook and its Chinese side; return the first lines of the cells that have no Chinese."""
    words = catalogue(notebook)
    words.save(str(HERE / "zh" / f"{notebook.stem}.po"))
    nbformat.write(in_chinese(notebook, words), HERE / "zh" / notebook.name)
    return [entry.msgid.split("\n")[0] for entry in words.untranslated_entries()]


def write_all() -> int:
    """Renew all of them and name what has no Chinese; return how many cells that are."""
    missing = {notebook.stem: write(notebook) for notebook in notebooks()}
    for stem, cells in missing.items():
        for line in cells:
            print(f"notebooks/zh/{stem}.po has no Chinese of: {line[:80]}")
    return sum(map(len, missing.values()))


if __name__ == "__main__":
    sys.exit(write_all() > 0)
