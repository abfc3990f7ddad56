"""What is browsed: a widget in front of a kernel, and the same plain table everywhere else."""

import sys

import pandas as pd
import pytest
from conftest import corpus_of

import qdlib as qd
from qdlib.interactive import WIDGET, browse, browse_kwic

NASTY = "<img src=x onerror=alert(1)>&amp;</script>"


@pytest.fixture(scope="module")
def small():
    """A corpus of one article that holds HTML."""
    return corpus_of(
        ("news", None, ("headline", "学校召开会议"), ("body", f"春耕就是比武，秋收就是大考。{NASTY}比武开始了。"))
    )


@pytest.fixture
def no_widgets(monkeypatch):
    """A Python without the libraries of the widgets."""
    for name in ("ipywidgets", "itables.widget", "itables", "anywidget"):
        monkeypatch.setitem(sys.modules, name, None)


def fields(shown):
    """The fields of a search by name, and its lines."""
    top, below, lines = shown.widget.children
    return {field.description: field for field in (*top.children, *below.children)}, lines


def test_a_table_has_a_widget_and_a_plain_table_in_one():
    bundle = browse(pd.DataFrame({"term": list("abc"), "n": [1, 2, 3]}), rows=2)._repr_mimebundle_()
    assert set(bundle) == {"text/plain", "text/html", WIDGET}
    assert bundle["text/plain"].endswith("first 2 of 3 rows")
    assert "<td>b</td>" in bundle["text/html"] and "<td>c</td>" not in bundle["text/html"]


def test_the_plain_table_is_the_same_in_every_session_and_without_the_libraries(no_widgets):
    table = pd.DataFrame({"term": ["甲"], "spans": [((1, 2),)]})
    bundle = browse(table)._repr_mimebundle_()
    assert set(bundle) == {"text/plain", "text/html"} and bundle["text/plain"].endswith("1 row")


def test_widget_and_plain_table_are_the_same_but_for_the_widget(small, no_widgets, monkeypatch):
    without = browse_kwic(small, "比武")
    monkeypatch.undo()
    with_widget = browse_kwic(small, "比武")
    assert without.widget is None and with_widget.widget is not None and without == with_widget


def test_cells_are_text_and_never_html(small):
    assert "<img" not in browse(pd.DataFrame({NASTY: [NASTY]})).html
    shown = browse_kwic(small, "大考")
    _, lines = fields(shown)
    assert "&lt;img" in lines.value and "<img" not in lines.value + shown.html


def test_a_table_of_spans_and_missing_values_can_be_browsed(small):
    assert browse(small.paragraphs).widget is not None
    assert browse(pd.DataFrame({"x": [None, 1.5]})).widget is not None
    assert browse(small.paragraphs.head(0)).text.endswith("0 rows")


def test_the_lines_are_those_of_kwic_after_each_change(small):
    asked, lines = fields(browse_kwic(small, "比武", sort="right"))
    assert lines.value == qd.aligned(qd.kwic(small, "比武", sort="right"), 20).html
    asked["search"].value = "就是"
    asked["sort by"].value = "left"
    asked["context"].value = 3
    asked["within"].value = "sentence"
    assert lines.value == qd.aligned(qd.kwic(small, "就是", 3, within="sentence", sort="left"), 20).html
    asked["regular expression"].value = True
    asked["search"].value = "..就是"
    assert lines.value == qd.aligned(qd.kwic(small, "..就是", 3, True, within="sentence", sort="left"), 20).html


def test_a_search_that_is_none_says_so_and_the_next_one_works(small):
    asked, lines = fields(browse_kwic(small, "比武"))
    asked["regular expression"].value = True
    asked["search"].value = "(比"
    assert lines.value.startswith("<p>") and "(比" in lines.value
    asked["search"].value = "比."
    assert "比武" in lines.value


def test_what_cannot_be_shown_is_refused(small):
    with pytest.raises(TypeError, match="DataFrame, got list"):
        browse([1])
    with pytest.raises(ValueError, match="rows must be 1 or more, got 0"):
        browse(small.articles, rows=0)
    with pytest.raises(ValueError, match="rows"):
        browse_kwic(small, "比武", rows=-1)
    with pytest.raises(ValueError, match="sort must be one of corpus"):
        browse_kwic(small, "比武", sort="length")
    with pytest.raises(ValueError):
        browse_kwic(small, "")
