"""The parts of the book that are made from the repository's files, as Markdown."""

from __future__ import annotations

import ast
import re
import tomllib
from pathlib import Path

import nbformat

import qdlib

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
DRAWS = re.compile(r"""save_figure\(\s*\w+,\s*["'](\d\d-[\w-]+)["']""")
LONG, LONG_LIST = 12, 20  # lines; the code of a figure and a list that are longer are folded


def read(name: str) -> dict:
    """A table of the book's own: `figures` or `glossary`."""
    return tomllib.loads((HERE / f"{name}.toml").read_text("utf-8"))


def toctree(documents: list[str]) -> str:
    """A list of contents."""
    return "\n".join(["```{toctree}", ":maxdepth: 1", "", *documents, "```"])


# ---- the README, in pages


def slug(heading: str) -> str:
    """A heading as it stands in an address."""
    return re.sub(r"[^\w]+", "-", heading.lower()).strip("-")


def sections(readme: str) -> dict[str, str]:
    """The README cut at its second-level headings, by address; what stands before the first is under the empty one."""
    preamble, *rest = re.split(r"^## ", readme, flags=re.MULTILINE)
    return {"": preamble} | {slug(text.split("\n", 1)[0]): text for text in rest}


def up(text: str) -> str:
    """A text moved one folder down: its links to files lead up again."""
    return re.sub(r"\]\((?!#|\w+:)", "](../", text)


def to_book(text: str) -> str:
    """A text whose links to the README lead to the pages that are made of it."""
    return re.sub(r"\]\(README\.md(#?)([\w-]*)\)", lambda m: f"](guide/{m[2]}.md)" if m[1] else "](index.md)", text)


def titled(text: str) -> str:
    """A text whose links that are named by a file of prose are named by its title."""
    return re.sub(r"\[[\w./-]+\.md\](?=\([\w./-]+\.md\))", "[]", text)


# ---- notebooks


def illustrate(path: Path, figures: dict, terms: list[dict]) -> str:
    """A notebook as committed, its number before its title, its figures as vectors that have alternative text and links to their data.

    Raises:
        ValueError: a picture is not saved with `save_figure`, or has no entry in `figures.toml`.
    """
    notebook, chinese = nbformat.read(path, as_version=4), path.parent.name == "zh"
    first = notebook.cells[0]
    first.source = re.sub(r"^# (.*)", rf"# {path.stem[:2]} \1\n\n{beside(path)}", first.source)
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            cell.source = link_terms(cell.source, terms)
        for output in cell.get("outputs", []):
            if "image/png" in output.get("data", {}):
                stem = stem_of(cell.source, figures, path.name)
                output.data = {"image/svg+xml": (ROOT / "figures" / f"{stem}.svg").read_text("utf-8")}
                cell.metadata["mystnb"] = caption(stem, figures[stem], chinese)
        if words := folded(cell, chinese):
            tags = cell.metadata.get("tags", [])
            cell.metadata["tags"] = tags if "hide-cell" in tags else [*tags, "hide-input"]
            prompts = {"code_prompt_show": words, "code_prompt_hide": words}
            cell.metadata["mystnb"] = cell.metadata.get("mystnb", {}) | prompts
    return nbformat.writes(notebook)


def beside(path: Path) -> str:
    """The line under a notebook's title: the same page in the other language, and the notebook as a file."""
    download = f'<a href="{path.name}" download>'
    if path.parent.name == "zh":
        return f"[English](../{path.name}) · {download}下载笔记本</a>"
    return f"[中文](zh/{path.name}) · {download}download this notebook</a>"


def folded(cell: nbformat.NotebookNode, chinese: bool) -> str:
    """The words over a cell that is folded: a solution, the long code of a figure, a long list; empty if it stays open."""
    if cell.cell_type != "code":
        return ""
    if "solution" in cell.metadata.get("tags", []):
        return "代码答案" if chinese else "Solution in code"
    lines = cell.source.splitlines()
    if len(lines) > LONG and any("image/svg+xml" in output.get("data", {}) for output in cell.outputs):
        return "作图代码" if chinese else "Code of the figure"
    body = ast.parse(cell.source).body
    listed = len(body) == 1 and isinstance(body[0], ast.Assign) and isinstance(body[0].value, ast.Dict)
    return f"{lines[0]} … {lines[-1]}" if listed and len(lines) > LONG_LIST else ""


def stem_of(source: str, figures: dict, where: str) -> str:
    """The name under which a cell saves its figure."""
    drawn = DRAWS.search(source)
    if not drawn or drawn[1] not in figures:
        raise ValueError(
            f"{where} shows a picture that book/figures.toml does not describe: {drawn[1] if drawn else source[:60]!r}"
        )
    return drawn[1]


def caption(stem: str, figure: dict, chinese: bool) -> dict:
    """What MyST-NB is told of a figure: its alternative text, and under it its title with the files."""
    base = "../../figures/" if chinese else "../figures/"
    links = [f'<a href="{base}{stem}.{suffix}" download>{suffix.upper()}</a>' for suffix in ("csv", "svg", "png")]
    files = " · ".join(links)
    text = f"{figure['title_zh']}（数据与图：{files}）" if chinese else f"{figure['title']} (data and picture: {files})"
    return {
        "image": {"alt": figure["alt_zh" if chinese else "alt"]},
        "figure": {"caption": text, "name": slug(f"{'zh-' * chinese}{stem}")},
    }


def link_terms(text: str, terms: list[dict]) -> str:
    """Make the term that a notebook defines, in bold with its name in the other language beside it, a link to the glossary."""
    known = {name.lower(): term["en"] for term in terms for name in (term["en"], *term.get("also", []), *term["zh"])}

    def link(match: re.Match) -> str:
        name = " ".join(match[1].split())
        # A tag, since two stars between a Chinese character and a bracket open nothing.
        return f"<strong>{{term}}`{name} <{known[name.lower()]}>`</strong>" if name.lower() in known else match[0]

    return re.sub(r"\*\*([^*`]+)\*\*(?=\s*[(（])", link, text)


# ---- figures


def picked(figures: dict) -> list[str]:
    """The figures of the gallery."""
    return [stem for stem, figure in figures.items() if "caption" in figure]


def gallery(figures: dict, stems: list[str], language: str = "") -> str:
    """Figures with caption, data and the command that makes each; `language` is empty or `_zh`."""
    chinese = "生成：{0}（[数据]({1})，[笔记本]({2})）。"
    made = chinese if language else "Made by {0} ([data]({1}), [notebook]({2}))."
    blocks = []
    for stem in stems:
        place = next(f"notebooks/{path.name}" for path in sorted((ROOT / "notebooks").glob(f"{stem[:2]}-*.ipynb")))
        figure = figures[stem]
        blocks += [
            f"![{figure['alt' + language]}](figures/{stem}.svg)",
            "",
            f"*{figure['caption' + language].strip()}* "
            + made.format(f"`.venv/bin/jupyter execute {place}`", f"figures/{stem}.csv", place),
            "",
        ]
    return "\n".join(blocks)


def write_gallery() -> None:
    """Write the figures anew into both READMEs, the first at their head, the others under their own heading."""
    figures = read("figures")
    six = picked(figures)
    for name, language in (("README.md", ""), ("README.zh-CN.md", "_zh")):
        path, blocks = ROOT / name, iter([gallery(figures, six[:1], language), gallery(figures, six[1:], language)])
        place = r"(<!-- gallery -->\n).*?(<!-- /gallery -->)"
        text = re.sub(
            place, lambda match: f"{match[1]}{next(blocks)}{match[2]}", path.read_text("utf-8"), flags=re.DOTALL
        )
        path.write_text(text, "utf-8")


# ---- glossary


def glossary(terms: list[dict], notebooks: list[Path]) -> str:
    """The glossary: each term with its Chinese, one or two sentences in both languages, and in which notebooks of each it is used."""
    texts = {path.stem: nbformat.read(path, as_version=4).cells for path in notebooks}
    texts = {
        stem: "\n".join(cell.source for cell in cells if cell.cell_type == "markdown") for stem, cells in texts.items()
    }
    entries = []
    for term in sorted(terms, key=lambda term: term["en"].lower()):
        used = [stem for stem, text in texts.items() if stands_in(term, text)]
        english, chinese = ([f"[{stem[:2]}](notebooks/{folder}{stem}.ipynb)" for stem in used] for folder in ("", "zh/"))
        where = f" Notebook{'s' * (len(used) > 1)} {', '.join(english)}." if used else ""
        where_zh = f"见笔记本{'、'.join(chinese)}。" if used else ""
        names = [term["en"], *term.get("also", []), *term["zh"]]
        told_zh = f'<span lang="zh-CN">{term["text_zh"]}{where_zh}</span>'
        entries += [*names, *(f"  {line}" for line in (term["text"] + where, "", told_zh)), ""]
    return "\n".join(["```{glossary}", *entries, "```"])


def stands_in(term: dict, text: str) -> bool:
    """Whether a text has a term under one of its names."""
    english = "|".join(map(re.escape, (term["en"], *term.get("also", []))))
    return any(name in text for name in term["zh"]) or bool(re.search(rf"\b(?:{english})(?!\w)", text, re.IGNORECASE))


# ---- the package


def public_names() -> dict[str, list[str]]:
    """The public names of the package by module, as its stub lists them, and all of `spark`, which is loaded by name."""
    stub = ast.parse((ROOT / "qdlib" / "__init__.pyi").read_text("utf-8"))
    modules = {
        node.module: [name.name for name in node.names] for node in stub.body if isinstance(node, ast.ImportFrom)
    }
    return dict(sorted(modules.items())) | {"spark": []}


def modules_table(modules: dict[str, list[str]]) -> str:
    """The list of all public names by module, with the first sentence of each."""
    lines = []
    for module, names in modules.items():
        listed = "\n".join(f"   ~qdlib.{module}.{name}" for name in names)
        lines += [f"## [{module}](api/{module}.md)", "", first_sentence(module), ""]
        lines += ["```{eval-rst}", ".. autosummary::", "   :nosignatures:", "", listed, "```", ""] if names else []
    return "\n".join([*lines, "```{toctree}", ":hidden:", "", *(f"api/{module}" for module in modules), "```"])


def first_sentence(module: str) -> str:
    """The first sentence of a module's docstring."""
    tree = ast.parse((ROOT / "qdlib" / f"{module}.py").read_text("utf-8"))
    return ast.get_docstring(tree).split("\n\n")[0].replace("\n", " ")


def api_page(module: str, names: list[str]) -> str:
    """The page of a module: its docstring and those of its public names."""
    return f"# {module}\n\n```{{eval-rst}}\n.. automodule:: qdlib.{module}\n   :members: {', '.join(names)}\n```\n"


def codebook() -> str:
    """The codebook of all tables, which the package reads from the docstrings."""
    if not hasattr(qdlib, "codebook"):
        return "The columns of each table are described with the function that returns it, under [Functions](api.md)."
    lines = []
    for table, rows in qdlib.codebook().groupby("table", sort=False):
        lines += [f"## {table}", "", "| column | type | values | what it says |", "|---|---|---|---|"]
        for row in rows.itertuples():
            cells = (f"`{row.column}`", row.type, row.values, row.description)
            lines.append("| " + " | ".join(re.sub(r"([|*])", r"\\\1", cell) for cell in cells) + " |")
        lines.append("")
    return "\n".join(lines)


if __name__ == "__main__":
    write_gallery()
