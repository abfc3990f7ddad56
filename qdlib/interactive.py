"""Tables to sort and filter and concordances to search in a running JupyterLab; plain tables everywhere else.

What a widget shows belongs to the session in which it was made, so that a saved notebook, a printed one and a web page
have the plain table, which is the same on every run. Where the libraries of the widgets are missing there is only that.
"""

from __future__ import annotations

import html
from collections.abc import Callable
from dataclasses import dataclass, field
from numbers import Integral
from typing import TYPE_CHECKING

import pandas as pd

from qdlib.concordance import BOUNDS, Aligned, aligned, kwic

if TYPE_CHECKING:
    from ipywidgets import Widget

    from qdlib.corpus import Corpus

WIDGET = "application/vnd.jupyter.widget-view+json"
ORDERS = ("corpus", "left", "right", "date")


@dataclass(frozen=True, repr=False)
class Shown:
    """Something to look at: `html` and `text` wherever it is shown, `widget` in front of a running kernel.

    Attributes:
        html: the plain table.
        text: the same for a terminal.
        widget: the widget of ipywidgets, or None where it is not installed.
    """

    html: str
    text: str
    widget: Widget | None = field(default=None, compare=False)

    def _repr_mimebundle_(self, **_: object) -> dict[str, object]:
        bundle: dict[str, object] = {"text/plain": self.text, "text/html": self.html}
        if self.widget is not None:
            bundle[WIDGET] = {"version_major": 2, "version_minor": 0, "model_id": self.widget.model_id}
        return bundle

    def __repr__(self) -> str:
        return self.text


def browse(table: pd.DataFrame, rows: int = 10) -> Shown:
    """Show a table to be sorted, searched and filtered by column, page by page.

    Args:
        table: any table; its cells are shown as text, never as HTML.
        rows: of a page, and of the plain table.

    Returns:
        What a notebook shows: a widget (DataTables, of itables) in a running JupyterLab, else the first rows and how many
        there are.

    Raises:
        TypeError: `table` is no DataFrame.
        ValueError: `rows` is below 1.
    """
    if not isinstance(table, pd.DataFrame):
        raise TypeError(f"table must be a DataFrame, got {type(table).__name__}; of a Series take .to_frame()")
    _check_rows(rows)
    n = f"{len(table):,} row{'s' * (len(table) != 1)}"
    caption = n if len(table) <= rows else f"first {rows:,} of {n}"
    first = table.head(rows)
    plain = f"{first.to_html(max_cols=pd.get_option('display.max_columns'), border=0)}\n<p>{caption}</p>"
    return Shown(plain, f"{first.to_string()}\n{caption}", _widget(lambda: _data_table(table, rows)))


def browse_kwic(corpus: Corpus, pattern: str, window: int = 15, rows: int = 20, *, sort: str = "corpus") -> Shown:
    """Show a concordance in which another string can be looked for, in another order and with more or less context.

    Args:
        corpus: where to look.
        pattern: what is looked for at first.
        window: characters of context on each side at first.
        rows: most lines shown.
        sort: the order at first: `corpus`, `left`, `right` or `date`, as for `kwic`.

    Returns:
        What a notebook shows: fields to change the search and the lines below them in a running JupyterLab, else the lines
        of `pattern` as `aligned` lays them out.

    Raises:
        ValueError: as for `kwic`; `rows` is below 1, or `sort` is none of these.
    """
    _check_rows(rows)
    if sort not in ORDERS:
        raise ValueError(f"sort must be one of {', '.join(ORDERS)}, got {sort!r}")
    plain = aligned(kwic(corpus, pattern, window, sort=sort), rows)
    return Shown(plain.html, plain.text, _widget(lambda: _search(corpus, pattern, window, rows, sort)))


def _check_rows(rows: int) -> None:
    """Refuse what is no number of rows."""
    if not isinstance(rows, Integral) or rows < 1:
        raise ValueError(f"rows must be 1 or more, got {rows!r}")


def _widget(make: Callable[[], Widget]) -> Widget | None:
    """A widget, or None without the libraries for it."""
    try:
        return make()
    except ImportError:
        return None


def _data_table(table: pd.DataFrame, rows: int) -> Widget:
    """A table as itables has it, with a search field for each column; of lists and spans their text."""
    from itables.widget import ITable

    listed = [name for name in table if table[name].dtype == object]
    shown = table.assign(**{str(name): table[name].map(str) for name in listed})
    sizes = sorted({rows, 10, 50, 200})
    return ITable(shown, column_filters="header", pageLength=rows, lengthMenu=sizes, allow_html=False, maxBytes=0)


def _search(corpus: Corpus, pattern: str, window: int, rows: int, sort: str) -> Widget:
    """The fields of a search and its lines."""
    import ipywidgets as widgets

    lines = widgets.HTML()
    fields = {
        "pattern": widgets.Text(pattern, description="search", continuous_update=False),
        "regex": widgets.Checkbox(False, description="regular expression", indent=False),
        "sort": widgets.Dropdown(options=ORDERS, value=sort, description="sort by"),
        "within": widgets.Dropdown(options=BOUNDS, description="within"),
        "window": widgets.BoundedIntText(window, min=0, max=200, description="context"),
    }

    def look(_: object = None) -> None:
        lines.value = _lines(corpus, rows, **{name: widget.value for name, widget in fields.items()})

    for widget in fields.values():
        widget.observe(look, names="value")
    look()
    top, below = [*fields.values()][:2], [*fields.values()][2:]
    return widgets.VBox([widgets.HBox(top), widgets.HBox(below), lines])


def _lines(corpus: Corpus, rows: int, **search: object) -> str:
    """The lines of a search as HTML, or what is wrong with it."""
    try:
        found: Aligned = aligned(kwic(corpus, **search), rows)
    except ValueError as error:
        return f"<p>{html.escape(str(error))}</p>"
    return found.html
