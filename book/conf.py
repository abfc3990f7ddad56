"""Settings of the book for Sphinx; `build.py` lays out what it reads and calls it."""

import html
import json
import re
from pathlib import Path

from sphinx.application import Sphinx
from sphinx.search.en import SearchEnglish

import qdlib

project = "qdlib"
author = "The qdlib authors"
release = version = qdlib.__version__
copyright = f"{author}, MIT licence; quoted pages belong to their newspapers"  # noqa: A001
language = "en"
highlight_language = "none"  # what is not said to be Python is a command or an output

extensions = [
    "myst_nb",
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "sphinx.ext.napoleon",
    "sphinx_copybutton",
]
myst_heading_anchors = 3
myst_enable_extensions = ["attrs_block"]
nb_execution_mode = "off"
autosummary_generate = False
autodoc_mock_imports = ["pyspark"]
autodoc_member_order = "bysource"
autodoc_typehints = "description"
napoleon_custom_sections = ["Returns"]  # taken as prose: what stands before its first colon is no type
copybutton_exclude = ".linenos, .gp"

html_theme = "pydata_sphinx_theme"
html_title = "qdlib"
html_static_path = ["_static"]
html_css_files = ["book.css"]
html_js_files = ["book.js"]
html_copy_source = html_show_sourcelink = False
html_domain_indices = False
html_search_language = "bigrams"
html_context = {"default_mode": "auto"}
html_sidebars = {name: [] for name in ("index", "gallery", "explorer", "glossary", "search")}
html_theme_options = {
    "navbar_align": "left",
    "header_links_before_dropdown": 8,
    "show_toc_level": 2,
    "pygments_light_style": "a11y-high-contrast-light",
    "pygments_dark_style": "a11y-high-contrast-dark",
    "footer_start": ["copyright"],
    "footer_end": [],
    "back_to_top_button": False,
}

HAN = "\u3400-\u4dbf\u4e00-\u9fff"


class Bigrams(SearchEnglish):
    """English by its stems, Chinese by its characters and pairs of neighbours, so that any run of characters is found.

    A dictionary would decide what can be found: cut into words, the index has no wording that crosses their borders.
    """

    lang = "bigrams"
    js_splitter_code = rf"""
var splitQuery = (query) => (query.match(/[{HAN}]+|(?:(?![{HAN}])[\p{{L}}\p{{N}}_])+/gu) || []).flatMap((run) =>
  /^[{HAN}]{{2,}}$/.test(run) ? [...run].slice(1).map((c, i) => run[i] + c) : [run]
);
"""

    def split(self, input: str) -> list[str]:
        """The words of a text: runs of letters and digits, Chinese characters, and pairs of these."""
        words = []
        for run in re.findall(rf"[{HAN}]+|(?:(?![{HAN}])\w)+", input):
            chinese = re.match(rf"[{HAN}]", run)
            words += [*run, *(run[i : i + 2] for i in range(len(run) - 1))] if chinese else [run]
        return words


def as_meant(app: Sphinx, what: str, name: str, obj: object, options: object, lines: list[str]) -> None:
    """Take docstrings as they are meant: names in single backticks, lists without blank lines, no star or bar for markup."""
    text = re.sub(r"(?<=\s)``(?=[.,)])", '`""`', "\n".join(apart(lines)))
    parts = re.split(r"(``.+?``|`[^`]+`)", text, flags=re.DOTALL)
    for i, part in enumerate(parts):
        inside = (part.strip("`") if part[:2] != "``" else part[2:-2]).strip()
        parts[i] = f"``{inside}``" if part[:1] == "`" else re.sub(r"([*|])", r"\\\1", part)
    lines[:] = "".join(parts).split("\n")


def apart(lines: list[str]) -> list[str]:
    """The lines of a docstring with a blank one before and after each list."""
    spaced, listed = [""], None
    for line in lines:
        depth, item = len(line) - len(line.lstrip()), line.lstrip().startswith("- ")
        begins, ends = item and listed is None, listed is not None and not item and depth <= listed
        spaced += [""] if line and spaced[-1] and (begins or ends) else []
        listed = depth if item else None if line and ends else listed
        spaced.append(line)
    return spaced[1:]


# What the theme says around a page; its own Chinese lacks a third of it.
CHINESE = {
    "Breadcrumb": "位置", "Collapse Sidebar": "收起侧栏", "Color mode": "配色", "Dark": "深色", "Expand Sidebar": "展开侧栏", "Home": "首页",
    "Light": "浅色", "On this page": "本页内容", "Search": "搜索", "Section Navigation": "本部分各页", "Site navigation": "全书导航",
    "Skip to main content": "跳到正文", "System Settings": "跟随系统", "next": "下一页", "next page": "下一页", "previous": "上一页",
    "previous page": "上一页",
}  # fmt: skip


def speak_chinese(app: Sphinx, page: str, template: str, context: dict, doctree: object) -> None:
    """Tell browsers and screen readers which pages are in Chinese, and say in Chinese what stands around these."""
    if "zh" in re.split(r"[/.-]", page):
        context["language"] = "zh-CN"
        context["_"] = lambda text: CHINESE.get(text, text)


TEXTS: dict[str, str] = {}  # what each page says, for the search


def keep_text(app: Sphinx, page: str, template: str, context: dict, doctree: object) -> None:
    """Keep the text of a page, without mark-up and runs of white space."""
    if doctree:
        shown = re.sub(r'<a class="headerlink".*?</a>|<(style|script).*?</\1>', "", context["body"], flags=re.DOTALL)
        TEXTS[page] = " ".join(html.unescape(re.sub(r"<[^>]*>", "", shown)).split())


def write_texts(app: Sphinx, failed: Exception | None) -> None:
    """Write the texts as a script beside the search page, since from disk a page may not read another one."""
    told = json.dumps(dict(sorted(TEXTS.items())), separators=(",", ":"))
    (Path(app.outdir) / "texts.js").write_text(f"window.TEXTS={told};\n", "utf-8")


def setup(app: Sphinx) -> None:
    """Add the search language and the hooks."""
    app.add_search_language(Bigrams)
    app.connect("html-page-context", keep_text)
    app.connect("build-finished", write_texts)
    app.connect("autodoc-process-docstring", as_meant, priority=1)
    app.connect("html-page-context", speak_chinese)
