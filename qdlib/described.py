"""The codebook: what the docstrings say of the columns of every table, as a table.

A docstring describes a column in a line of its own, a dash and then `` `name` (type, unit or values): description `` or,
where another table has the same column, `` `name`: as in `table` ``; several names share a line, parted by commas. The
name `...` stands for columns that are named by the data. Nothing is written down a second time.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from typing import NamedTuple

import pandas as pd

COLUMNS = ["table", "column", "type", "values", "description", "function"]
TYPES = ("text", "integer", "number", "boolean", "list")
OTHERS = "..."  # stands for columns that the data name
_COLUMN = re.compile(rf"- `([^`]+)`(?: \(({'|'.join(TYPES)})(?:, ([^)]+))?\): (.*)|: as in `([\w.]+)`,? ?(.*))")
_SECTION = re.compile(r"[A-Z]\w*:")
_PART = re.compile(r"([a-z]\w*): ")  # a table among several that one docstring describes


class Column(NamedTuple):
    """A column as a docstring describes it; `like` is the table in which it is described instead."""

    table: str
    column: str
    type: str
    values: str
    description: str
    function: str
    like: str = ""


def codebook(*functions) -> pd.DataFrame:
    """Return what the docstrings say of the columns of tables.

    Args:
        *functions: functions that return tables, or classes that hold them, such as `kwic` or `Corpus`; all public ones
            if not given.

    Returns:
        A table, one row a column, in the order of the docstrings:

        - `table` (text): the name of the function that returns it; of a method with its class; of one of several tables
          also with a name of its own. The tables of a corpus have their name alone.
        - `column` (text): its name; `...` for all those that the data name, such as one a topic.
        - `type` (text, one of text, integer, number, boolean, list): what its cells hold.
        - `values` (text): the unit, the range or the allowed values; or empty.
        - `description` (text): what it says.
        - `function` (text): the function or class whose docstring this is.

    Raises:
        ValueError: a docstring describes no column, or one as in a table that does not have it.
    """
    known = {(column.table, column.column): column for column in _public()}
    wanted = known.values()
    if functions:
        wanted = [column for function in functions for column in _described(function, _name(function))]
    return pd.DataFrame([_resolved(column, known)[:-1] for column in wanted], columns=COLUMNS, dtype="str")


def _name(function) -> str:
    """The name under which a function or class is described.

    Raises:
        ValueError: its docstring describes no column.
    """
    name = getattr(function, "__qualname__", repr(function))
    if not any(_described(function, name)):
        raise ValueError(f"{name} does not describe the columns of a table; codebook() lists all that do")
    return name


def _public() -> Iterator[Column]:
    """Yield the columns that the docstrings of all public functions and classes describe."""
    import qdlib

    for name in qdlib.__all__:
        yield from _described(getattr(qdlib, name), name)


def _described(thing, name: str) -> Iterator[Column]:
    """Yield the columns that the docstring of a function, or those of a class and its methods, describe."""
    yield from _columns(inspect.getdoc(thing) or "", name)
    for key, value in vars(thing).items() if inspect.isclass(thing) else ():
        if inspect.isfunction(value) and not key.startswith("_"):
            yield from _columns(inspect.getdoc(value) or "", f"{name}.{key}")


def _columns(doc: str, function: str) -> Iterator[Column]:
    """Yield the columns that a docstring describes."""
    section = part = ""
    for line in _joined(doc):
        if found := _COLUMN.fullmatch(line):
            names, kind, values, description, like, tail = (group or "" for group in found.groups())
            for column in names.split(", "):
                yield Column(_table(function, part), column, kind, values, description or tail, function, like)
        elif _SECTION.fullmatch(line):
            section, part = line, ""
        elif section in ("Attributes:", "Returns:") and (named := _PART.match(line)):
            part = named[1]


def _joined(doc: str) -> Iterator[str]:
    """Yield the lines of a docstring without their indent, what goes on in deeper ones put together."""
    held, depth = "", 0
    for line in doc.splitlines():
        text, indent = line.strip(), len(line) - len(line.lstrip())
        if held and text and indent > depth and not text.startswith("- `") and not _SECTION.fullmatch(held):
            held += f" {text}"
        else:
            yield held
            held, depth = text, indent
    yield held


def _table(function: str, part: str) -> str:
    """The name of a table: that of its function, and of its part if there are several; a corpus' tables need no more."""
    return part if function == "Corpus" else f"{function}.{part}" if part else function


def _resolved(column: Column, known: dict[tuple[str, str], Column]) -> Column:
    """A column with what is said of it in another table.

    Raises:
        ValueError: that table does not have it.
    """
    if not column.like:
        return column
    if (column.like, column.column) not in known:
        raise ValueError(
            f"column {column.column!r} of {column.table} is described as in {column.like!r}, which lacks it"
        )
    other = _resolved(known[column.like, column.column], known)
    tail = column.description.rstrip(".")
    description = f"{other.description.rstrip('.')}; {tail}." if tail else other.description
    return column._replace(type=other.type, values=other.values, description=description, like="")
