"""Build the book: one HTML site from the notebooks as they were executed, the README, glossary, codebook and docstrings.

Nothing is run anew. What Sphinx reads is laid out beside the site first, each figure with its alternative text and its data.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from string import Template

from parts import (
    api_page,
    codebook,
    gallery,
    glossary,
    illustrate,
    modules_table,
    picked,
    public_names,
    read,
    sections,
    titled,
    to_book,
    toctree,
    up,
)
from sphinx.cmd.build import build_main

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
FRONT = ("two-commands", "what-comes-out-and-where")  # sections of the README that stay on the first page
NO_PAGE = ("", *FRONT, "figures", "for-teachers")  # those that make no page, since the book has one for each of its own
ELSEWHERE = ("citing-and-licence",)  # a page that stands under another head than the guide
EXPLORER = HERE / "explorer" / "dist"


def main() -> int:
    """Build the book into the folder named, by default `book/_build`, and say where it is."""
    out = Path(sys.argv[1] if len(sys.argv) > 1 else HERE / "_build").resolve()
    failed = build(out)
    if not failed:
        print(f"The book is in {out / 'html' / 'index.html'}; it works from disk, without a server.")
    return failed


def build(out: Path) -> int:
    """Lay out the sources in `out/source` and build the site in `out/html`; any warning of Sphinx fails."""
    for name in ("source", "html", "doctrees"):
        shutil.rmtree(out / name, ignore_errors=True)
    source, site = out / "source", out / "html"
    lay_out(source)
    options = ["-b", "html", "-q", "-W", "--keep-going", "-c", str(HERE), "-d", str(out / "doctrees")]
    failed = build_main([*options, str(source), str(site)])
    for name in ("doctrees", "jupyter_execute"):
        shutil.rmtree(out / name, ignore_errors=True)
    if not failed:
        add_files(site)
    return failed


def add_files(site: Path) -> None:
    """Copy the figures with their data, the notebooks as committed, and the explorer if it is there, into the site."""
    shutil.copytree(ROOT / "figures", site / "figures", dirs_exist_ok=True)
    for path in (ROOT / "notebooks").glob("**/[0-9][0-9]-*.ipynb"):
        shutil.copy(path, site / path.relative_to(ROOT))
    if EXPLORER.exists():
        shutil.copytree(EXPLORER, site / "explorer", dirs_exist_ok=True)
    for name in (".buildinfo", "_static/webpack-macros.html"):  # what names settings and parts of the theme, no page
        (site / name).unlink(missing_ok=True)
    shutil.rmtree(site / "_sources", ignore_errors=True)


def lay_out(source: Path) -> None:
    """Write all that Sphinx is to read into a folder of its own, in the places it has in the repository."""
    figures, terms = read("figures"), read("glossary")["term"]
    notebooks = sorted((ROOT / "notebooks").glob("[0-9][0-9]-*.ipynb"))
    chinese = sorted((ROOT / "notebooks" / "zh").glob("[0-9][0-9]-*.ipynb"))
    guide, modules = sections((ROOT / "README.md").read_text("utf-8")), public_names()
    parts = {
        "notebooks": toctree([f"notebooks/{path.stem}" for path in notebooks]),
        "lessons": toctree(["lessons/teacher", "lessons/cheatsheet"]),
        "chinese": toctree(["README.zh-CN", *(f"notebooks/zh/{path.stem}" for path in chinese)]),
        "chinese_lessons": toctree(["lessons/teacher.zh", "lessons/cheatsheet.zh"]),
        "sections": toctree([f"guide/{slug}" for slug in guide if slug not in (*NO_PAGE, *ELSEWHERE)]),
        "preamble": titled(guide[""]),
        "front": "\n".join(f"## {guide[slug]}" for slug in FRONT),
        "gallery": gallery(figures, picked(figures)),
        "terms": glossary(terms, notebooks),
        "codebook": codebook(),
        "modules": modules_table(modules),
        "explorer": "explorer" if EXPLORER.exists() else "",
    }
    pages = {
        path.name: Template(path.read_text("utf-8")).safe_substitute(parts) for path in (HERE / "pages").glob("*.md")
    }
    pages |= {f"guide/{slug}.md": f"# {up(titled(text))}" for slug, text in guide.items() if slug not in NO_PAGE}
    pages |= {f"api/{module}.md": api_page(module, names) for module, names in modules.items()}
    pages |= {str(path.relative_to(ROOT)): illustrate(path, figures, terms) for path in [*notebooks, *chinese]}
    pages |= {str(path.relative_to(ROOT)): titled(path.read_text("utf-8")) for path in (ROOT / "lessons").glob("*.md")}
    for name in ("README.zh-CN.md", "DATA.md", "seeds/README.md", "seeds/manifest.csv", "LICENSE", "CITATION.cff"):
        pages[name] = titled(to_book((ROOT / name).read_text("utf-8")))
    if not EXPLORER.exists():
        del pages["explorer.md"]
    for name, text in pages.items():
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        (source / name).write_text(text, "utf-8")
    shutil.copytree(ROOT / "figures", source / "figures")


if __name__ == "__main__":
    sys.exit(main())
