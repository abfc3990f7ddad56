"""The pages for teachers: what they quote is in the notebooks, what they call exists, and the two languages say the same."""

import ast
import inspect
import os
import re
import sys
from collections import Counter
from importlib.util import find_spec
from pathlib import Path

import nbformat
import pytest
from conftest import BROWSER

import qdlib as qd

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "lessons"))
from sheets import main  # noqa: E402

sys.path.remove(str(ROOT / "lessons"))
PAGES = {
    name: tuple((ROOT / "lessons" / f"{name}{side}.md").read_text("utf-8") for side in ("", ".zh"))
    for name in ("teacher", "cheatsheet")
}
SPANS = [span for sides in PAGES.values() for text in sides for span in re.findall(r"`([^`\n]+)`", text)]
CODE = [span for span in dict.fromkeys(SPANS) if re.match(r"(?:\w+ = )?(?:qd|corpus|model)\.", span)]
OWNERS = {"qd": qd, "corpus": qd.Corpus, "model": qd.TopicModel}
NUMBER = r"(?:\d+(?:\.\d+)?|\.\d+)"


def numbers(text):
    """The numbers of a text, counted."""
    return Counter(re.findall(NUMBER, text))


@pytest.mark.parametrize("name", PAGES)
def test_both_languages_have_the_same_headings_code_and_numbers(name):
    english, chinese = PAGES[name]
    for pattern in (r"^#+ ", r"`[^`\n]+`", r"^\|", r"^(?:- |\d\. )"):
        one, other = (re.findall(pattern, text, re.MULTILINE) for text in (english, chinese))
        assert one == other
    assert "`" in english and "## " in english
    assert numbers(english) == numbers(chinese)


def function_of(node):
    """What a node calls, if it is a function of the package or a method of its tables."""
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in OWNERS:
        return getattr(OWNERS[node.value.id], node.attr)
    return None


def bound(call):
    """Bind the arguments of a call to the signature of what it calls."""
    function = function_of(call.func)
    own = [None] if call.func.value.id != "qd" else []
    inspect.signature(function).bind(*own, *call.args, **{word.arg: word.value for word in call.keywords})


@pytest.mark.parametrize("span", CODE)
def test_each_call_exists_with_these_arguments(span):
    nodes = list(ast.walk(ast.parse(span)))
    assert any(function_of(node) for node in nodes)
    for node in nodes:
        if isinstance(node, ast.Call) and function_of(node.func):
            bound(node)


def test_a_wrong_argument_is_seen():
    with pytest.raises(TypeError, match="widow"):
        bound(ast.parse('qd.kwic(corpus, "a", widow=3)', mode="eval").body)


def solutions(stem):
    """The text and outputs of a notebook's solutions, by their number."""
    notebook = nbformat.read(next((ROOT / "notebooks").glob(f"{stem}-*.ipynb")), as_version=4)
    told = {}
    for cell in notebook.cells:
        if "solution" in cell.metadata.get("tags", []):
            shown = [output.get("text") or output["data"]["text/plain"] for output in cell.get("outputs", [])]
            number = int(re.search(r"Solution (\d+)", cell.source)[1])
            told[number] = told.get(number, "") + "\n".join([cell.source, *shown])
    return told


@pytest.mark.parametrize("stem", ["01", "02", "03", "04", "05"])
def test_what_the_teacher_is_told_of_an_exercise_stands_in_its_solution(stem):
    section = re.search(rf"^## {stem} .*?(?=^## )", PAGES["teacher"][0], re.MULTILINE | re.DOTALL)[0]
    told = solutions(stem)
    for line in re.findall(r"^- .*", section, re.MULTILINE):
        for number in re.findall(r"[Ee]xercise (\d)", line):
            claims = re.findall(NUMBER, re.sub(r"[Ee]xercise \d", "", line))
            assert [claim for claim in claims if claim not in told[int(number)]] == []


def test_the_plans_name_exercises_that_there_are():
    plans = PAGES["teacher"][0].partition("## Plans")[2].partition("## Grading")[0]
    named = {int(n) for part in re.findall(r"exercises? ([\d, andto]+)", plans) for n in re.findall(r"\d", part)}
    assert named <= set(solutions("01")) and max(named) == 6


def test_the_sheets_to_print_hold_everything(tmp_path):
    main(tmp_path)
    for side, language in (("", "en"), (".zh", "zh-Hans")):
        made = (tmp_path / f"cheatsheet{side}.html").read_text("utf-8")
        assert f'lang="{language}"' in made and "http" not in made
        rows = re.findall(r"^\|(?!-)", PAGES["cheatsheet"][0], re.MULTILINE)
        assert made.count("<tr>") == len(rows)


@pytest.mark.skipif(
    not (find_spec("playwright") and BROWSER) and not os.environ.get("BOOK"),
    reason="printing is tested with BOOK=1 make test; it needs playwright and Chromium",
)
def test_each_sheet_fits_one_side_of_a4(chromium, tmp_path):
    main(tmp_path)
    for path in sorted(tmp_path.glob("*.html")):
        page = chromium.new_page()
        page.goto(path.as_uri())
        assert len(re.findall(rb"/Type\s*/Page\b", page.pdf(prefer_css_page_size=True))) == 1
        page.close()
