"""The book in a browser: every page opens from disk, asks nothing of the net, can be searched, and can be used by everyone.

These tests need the book's packages and Chromium. Where one is missing they are skipped, unless BOOK is set (`BOOK=1 make test`).
"""

import json
import os
import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import nbformat
import pytest
from conftest import BROWSER

ROOT = Path(__file__).parent.parent
MISSING = [name for name in ("sphinx", "myst_nb", "playwright", "axe_playwright_python") if not find_spec(name)]
MISSING += [] if BROWSER else ["Chromium"]
pytestmark = pytest.mark.skipif(
    bool(MISSING) and not os.environ.get("BOOK"),
    reason=f"the book is tested with BOOK=1 make test; missing: {', '.join(MISSING)}",
)


@pytest.fixture(scope="session")
def site(tmp_path_factory):
    """The book, built once; every warning is an error."""
    assert not MISSING, f"BOOK is set, but there is no {', '.join(MISSING)}"
    return built(tmp_path_factory.mktemp("book"))


def built(out, order="0"):
    """Build the book into a folder, sets in one order or another."""
    done = subprocess.run(
        [sys.executable, ROOT / "book" / "build.py", out],
        capture_output=True,
        text=True,
        env=os.environ | {"PYTHONPATH": str(ROOT), "PYTHONHASHSEED": order},
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return out / "html"


@pytest.fixture(scope="session")
def pages(site):
    """All pages, by their path in the site; the explorer has tests of its own."""
    paths = {path.relative_to(site).as_posix(): path for path in sorted(site.rglob("*.html"))}
    return {name: path for name, path in paths.items() if not name.startswith("explorer/")}


@pytest.fixture
def tab(chromium):
    """A new tab."""
    page = open_tab(chromium)
    yield page
    page.close()


def open_tab(chromium):
    """Open a tab that notes faults and requests beyond the disk."""
    page = chromium.new_page()
    page.faults = []
    page.on("console", lambda message: message.type in ("error", "warning") and page.faults.append(message.text))
    page.on("pageerror", lambda error: page.faults.append(str(error)))
    page.on("requestfailed", lambda request: page.faults.append(f"failed: {request.url}"))
    page.on(
        "request",
        lambda request: request.url.startswith(("file:", "data:", "blob:")) or page.faults.append(request.url),
    )
    return page


def search(tab, site, query):
    """Search the book from its search page and return the links of the results."""
    tab.goto((site / "search.html").as_uri() + f"?q={query}")
    tab.wait_for_function("/finished|did not match/.test(document.querySelector('.search-summary')?.innerText)")
    return tab.locator("ul.search li > a")


def test_every_part_of_the_book_is_there(pages):
    notebooks = {f"notebooks/{path.stem}.html" for path in (ROOT / "notebooks").glob("[0-9][0-9]-*.ipynb")}
    parts = {
        "index.html",
        "gallery.html",
        "glossary.html",
        "codebook.html",
        "api.html",
        "guide/large-corpora.html",
        "DATA.html",
    }
    assert notebooks | parts | {"guide/citing-and-licence.html", "README.zh-CN.html"} <= set(pages)


def test_every_page_stands_in_the_contents_once_and_notebooks_first(pages):
    under = {}
    for head in ("study", "zh", "guide", "reference", "about"):
        article = pages[f"{head}.html"].read_text("utf-8").partition("<article")[2].partition("</article>")[0]
        under[head] = re.findall(r'<li class="toctree-l1"><a class="reference internal" href="([^"#]+)">([^<]+)', article)
    links = [link for listed in under.values() for link, _ in listed]
    assert len(links) == len(set(links)) > 25
    for head, folder in (("study", "notebooks/"), ("zh", "notebooks/zh/")):
        numbered = [(link, title) for link, title in under[head] if link.startswith(folder)]
        assert [title[:3] for _, title in numbered] == [f"{link.removeprefix(folder)[:2]} " for link, _ in numbered]
        last = [link for link, _ in under[head]][-2:]
        assert len(numbered) == 6 and all(link.startswith("lessons/") for link in last)


def test_a_notebook_leads_to_its_other_language_and_can_be_taken_along(pages, site):
    for path in (ROOT / "notebooks").glob("**/[0-9][0-9]-*.ipynb"):
        page = pages[path.relative_to(ROOT).with_suffix(".html").as_posix()].read_text("utf-8")
        twin = f"../{path.stem}.html" if path.parent.name == "zh" else f"zh/{path.stem}.html"
        assert f'href="{twin}"' in page and f'<a href="{path.name}" download>' in page
        assert (site / path.relative_to(ROOT)).read_bytes() == path.read_bytes()


def test_a_term_leads_to_the_notebooks_of_both_languages(pages):
    glossary = pages["glossary.html"].read_text("utf-8")
    english, chinese = (re.findall(rf'href="notebooks/{folder}(\d\d)-', glossary) for folder in ("", "zh/"))
    assert english == chinese and set(english) == {"01", "02", "03", "04", "05", "06"}


def test_a_chinese_page_is_chinese_around_its_text_and_folds_say_what_is_in_them(pages):
    for name, page in pages.items():
        text = page.read_text("utf-8")
        words = ["On this page", "Section Navigation", "Show code cell", "Collapse Sidebar"]
        words = words if "zh" in re.split(r"[/.-]", name) else words[2:3]
        assert [word for word in words if word in text] == [], name
    for folder, solution, figure in (("", "Solution in code", "Code of the figure"), ("zh/", "代码答案", "作图代码")):
        text = pages[f"notebooks/{folder}04-slogans.html"].read_text("utf-8")
        folds = re.findall(r'<p class="collapsed admonition-title">([^<]+)', text)
        cells = nbformat.read(ROOT / "notebooks" / folder / "04-slogans.ipynb", 4).cells
        drawn = [cell for cell in cells if any("image/png" in output.get("data", {}) for output in cell.get("outputs", []))]
        long = [cell for cell in drawn if cell.source.count("\n") >= 12 and "solution" not in cell.metadata.get("tags", [])]
        assert folds.count(solution) == 6 and folds.count(figure) == len(long) > 3 and folds[0] == "ENGLISH = { … }"


def test_no_link_to_a_page_is_named_by_a_file(pages):
    for name in ("index.html", "README.zh-CN.html", "lessons/teacher.html", "guide/citing-and-licence.html"):
        assert not re.search(r"<a [^>]*>(?:<span[^>]*>)?[\w./-]+\.md<", pages[name].read_text("utf-8")), name


@pytest.fixture(scope="session")
def seen(chromium, pages):
    """What is seen of each page in one visit: faults and outside requests, its width in two windows, what axe reports in both schemes.

    Axe takes seconds for a notebook, so of pages made alike it sees some: three modules, two notebooks, one in Chinese.
    """
    from axe_playwright_python.sync_playwright import Axe

    modules = sorted((name for name in pages if name.startswith("api/")), key=lambda name: -pages[name].stat().st_size)
    english, chinese = ([name for name in pages if name.startswith(part + "0")] for part in ("notebooks/", "notebooks/zh/"))
    alike = {*modules[3:], *english[1:-1], *chinese[1:]}
    page, axe, seen = open_tab(chromium), Axe().axe_script, {}
    for name, path in pages.items():
        page.set_viewport_size({"width": 1280, "height": 800})
        page.emulate_media(color_scheme="light", reduced_motion="reduce")
        page.goto(path.as_uri())
        faults = []
        if name not in alike:
            page.evaluate(axe)
            faults += serious(page, "light")
            page.emulate_media(color_scheme="dark", reduced_motion="reduce")
            faults += serious(page, "dark", "color-contrast")
        wide = page.evaluate("document.documentElement.scrollWidth") > 1280
        page.set_viewport_size({"width": 390, "height": 800})
        wide = wide or page.evaluate("document.documentElement.scrollWidth") > 390
        seen[name] = {"faults": page.faults[:], "wide": wide, "axe": faults}
        page.faults.clear()
    page.close()
    return seen


def serious(page, scheme, *rules):
    """The serious and critical faults that axe finds in a page, once it has changed its colours; all rules unless some are named."""
    page.wait_for_function(f"document.documentElement.dataset.theme === '{scheme}' && !document.getAnimations().length")
    options = {"preload": False, "resultTypes": ["violations"]} | ({"runOnly": rules} if rules else {})
    found = page.evaluate("(options) => axe.run(options).then((told) => told.violations)", options)
    return [(scheme, v["id"], v["nodes"][0]["html"][:120]) for v in found if v["impact"] in ("serious", "critical")]


def test_every_page_opens_from_disk_without_fault_or_outside_request(seen):
    assert {name: page["faults"] for name, page in seen.items() if page["faults"]} == {}


def test_axe_reports_no_serious_fault_in_light_and_dark(seen):
    assert {name: page["axe"] for name, page in seen.items() if page["axe"]} == {}


def test_no_page_is_wider_than_a_telephone_or_a_desk(seen):
    assert [name for name, page in seen.items() if page["wide"]] == []


def test_no_mark_up_is_left_in_the_text(pages):
    for name, path in pages.items():
        article = path.read_text("utf-8").partition("<article")[2].partition("</article>")[0]
        text = re.sub(r"<(pre|code|script|style|dt)\b.*?</\1>|<[^>]+>", "", article, flags=re.DOTALL)
        stars = r"\*\*" if not name.startswith("api/") else r"\*\*\W"  # **options is a name there
        assert re.findall(rf".{{0,20}}(?:{stars}|`|\]\(|\{{term\}}).{{0,20}}", text) == [], name


def test_tables_have_numbers_to_the_right_and_words_to_the_left(tab, pages):
    tab.goto(pages["notebooks/04-slogans.html"].as_uri())
    sides = tab.locator("table.dataframe", has_text="share_whole").first.evaluate(
        "table => [table.tHead.rows[0], table.tBodies[0].rows[0]].map(row => [...row.cells].map(cell => getComputedStyle(cell).textAlign))"
    )
    # row number, wording, count, whole, cut, crossed, share_whole, commonest
    assert sides == [["right", "left", *["right"] * 5, "left"]] * 2
    grouped = tab.goto(pages["notebooks/03-topics.html"].as_uri()) and tab.locator("table.dataframe", has_text="shuffled").first
    assert grouped.locator("tbody td.words").count() == 0 < grouped.locator("tbody th.words").count()


def test_code_in_a_table_leaves_room_for_words_on_a_telephone(tab, pages):
    tab.set_viewport_size({"width": 390, "height": 800})
    for name, least in (("index.html", 200), ("api.html", 150), ("codebook.html", 90), ("lessons/cheatsheet.html", 90)):
        tab.goto(pages[name].as_uri())
        widths = tab.locator(".bd-content table.table").first.evaluate(
            "table => [table.parentElement.clientWidth - table.clientWidth, table.tBodies[0].rows[0].cells[table.tBodies[0].rows[0].cells.length - 1].clientWidth]"
        )
        assert widths[0] >= -1 and widths[1] > least, (name, widths)


def test_every_link_inside_the_book_leads_somewhere(pages, site):
    anchors = {
        name: set(re.findall(r'\b(?:id|name)="([^"]+)"', path.read_text("utf-8"))) for name, path in pages.items()
    }
    for name, path in pages.items():
        for link in re.findall(r'(?:href|src)="([^"]+)"', path.read_text("utf-8")):
            if re.match(r"[a-z]+:", link):
                continue
            file, _, anchor = link.split("?")[0].partition("#")
            target = (path.parent / file).resolve() if file else path
            target = target / "index.html" if target.is_dir() else target
            assert target.exists(), f"{name} links to {link}"
            inside = target.relative_to(site).as_posix()
            assert not anchor or inside not in anchors or anchor in anchors[inside], f"{name} links to {link}"


def test_nothing_in_the_site_names_another_server(site):
    outside = r'<(?:script|img|iframe|source)[^>]*src="(?:https?:)?//|<link[^>]*rel="(?:stylesheet|preload|icon)"[^>]*href="(?:https?:)?//'
    assert [path.name for path in site.rglob("*.html") if re.search(outside, path.read_text("utf-8"))] == []
    assert [
        path.name
        for path in site.rglob("*.css")
        if re.search(r"(?:url\(|@import)\s*['\"]?(?:https?:)?//", path.read_text("utf-8"))
    ] == []


@pytest.mark.parametrize("query", ["冲刺", "起步就是冲刺", "就是冲"])
def test_search_finds_chinese_inside_longer_wordings_and_opens_the_place(tab, site, query):
    notebooks = search(tab, site, query).and_(tab.locator("a[href^='notebooks/']"))
    assert notebooks.count() >= 1
    notebooks.first.click()
    tab.wait_for_load_state("load")
    tab.wait_for_function(
        "[...document.querySelectorAll('article span.highlighted')].some((place) => place.checkVisibility())",
        timeout=5000,
    )
    tab.wait_for_timeout(200)
    places = tab.evaluate(
        "[...document.querySelectorAll('article span.highlighted')].map((place) => place.getBoundingClientRect().top)"
    )
    assert "notebooks/" in tab.url and any(0 < top < 720 for top in places)  # one of them is in view
    assert tab.faults == []


def test_search_finds_english_and_names_and_says_when_there_is_nothing(tab, site):
    assert search(tab, site, "fit_lda").first.inner_text() == "qdlib.topics.fit_lda"
    assert search(tab, site, "dispersed").count() > 0  # by its stem
    assert search(tab, site, "鱼鱼鱼鱼").count() == 0


@pytest.mark.parametrize("query", ["冲刺", "作风能力提升", "held-out"])
def test_results_are_quoted_and_those_that_say_it_oftest_come_first(tab, site, query):
    search(tab, site, query)
    tab.wait_for_selector("ul.search .context")
    items = tab.locator("ul.search > li.kind-text").evaluate_all(
        "items => items.map(item => [item.querySelector('a').getAttribute('href').split('#')[0],"
        " parseInt(item.querySelector('.places')?.textContent ?? 0), item.querySelectorAll('.context').length,"
        " [...item.querySelectorAll('mark')].map(mark => mark.textContent)])"
    )
    counts = [n for _, n, _, _ in items]
    assert len(items) > 4 and counts == sorted(counts, reverse=True)
    for name, n, lines, marks in items[:3]:
        assert lines == min(n, 2) == len(marks) and {mark.lower() for mark in marks} == {query}
        tab.goto((site / name).as_uri())
        text = tab.locator("article").evaluate(
            "article => { article.querySelectorAll('style, script, .headerlink').forEach(part => part.remove()); return article.textContent; }"
        )
        assert " ".join(text.split()).lower().count(query) == n
    assert tab.faults == []


def test_search_gives_every_wording_of_the_chinese_readme(site):
    """The index against the text itself: each pair of neighbours of the page is in the index, under that page."""
    index = json.loads((site / "searchindex.js").read_text("utf-8").removeprefix("Search.setIndex(").removesuffix(")"))
    here = index["docnames"].index("README.zh-CN")
    terms = [*index["terms"].items(), *index["titleterms"].items()]
    found = {term for term, where in terms if here in (where if isinstance(where, list) else [where])}
    prose = re.sub(
        r"`[^`]*`|```.*?```|<!--.*?-->|\]\([^)]*\)", " ", (ROOT / "README.zh-CN.md").read_text("utf-8"), flags=re.DOTALL
    )
    body = "\n".join(line for line in prose.splitlines() if not line.startswith(("#", "!")))
    runs = re.findall(r"[\u4e00-\u9fff]{2,}", body)
    assert len(runs) > 100 and {run[i : i + 2] for run in runs for i in range(len(run) - 1)} <= found


def test_every_picture_has_a_meaning_in_words(pages):
    texts = [text for path in pages.values() for text in re.findall(r"<img\b[^>]*>", path.read_text("utf-8"))]
    alts = [re.search(r'\balt="([^"]*)"', text) for text in texts]
    assert len(texts) >= 27 and all(alts)
    assert [alt[1] for alt in alts if len(alt[1].encode()) < 60 or re.search(r"\.svg|\.png|_images", alt[1])] == []


def test_every_figure_stands_in_its_notebook_with_its_data_below(pages, site):
    for path in (ROOT / "figures").glob("*.svg"):
        notebook = next(text for name, text in pages.items() if name.startswith(f"notebooks/{path.stem[:2]}-"))
        for suffix in ("csv", "svg", "png"):
            assert f'href="../figures/{path.stem}.{suffix}" download' in notebook.read_text("utf-8")
            assert (site / "figures" / f"{path.stem}.{suffix}").read_bytes() == path.with_suffix(
                f".{suffix}"
            ).read_bytes()


def test_the_same_sources_give_the_same_site_in_any_order_of_sets(site, tmp_path):
    again = built(tmp_path, order="1")
    first, second = (
        {path.relative_to(top): path for path in top.rglob("*") if path.is_file()} for top in (site, again)
    )
    assert first.keys() == second.keys()
    assert [str(name) for name in first if first[name].read_bytes() != second[name].read_bytes()] == []
