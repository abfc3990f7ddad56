"""Tables in files that other programs read: CSV that is safe in a spreadsheet, JSON Lines, Parquet; and back, the same.

A spreadsheet takes a cell that begins with `=`, `+`, `-` or `@` for a formula and runs it. In CSV such a text is written
with an apostrophe before it, as is one that begins with an apostrophe, so that reading takes exactly one off. A missing
value is `NA`, as R has it, and the text `NA` has an apostrophe. Characters that files of text cannot hold (NUL, halves of
surrogate pairs) are written as `\\u0000` in a cell that begins with an apostrophe and a backslash.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

import pandas as pd
import pyarrow as pa

from qdlib.described import OTHERS, codebook

SUFFIXES = (".csv", ".jsonl", ".parquet")
MISSING = "NA"
_GUARD, _ESCAPED = "'", "'\\"
_FORMULA = tuple("=+-@＝＋－＠")  # begins one, in half and full width, also behind white space that a program trims
_GUARDED = (*_FORMULA, *"\t\r\n", _GUARD)
_UNSAFE = re.compile("[\0\ud800-\udfff]")
_FIELD = 2**31 - 1  # characters of a cell, as many as the csv module can allow


def write_table(table: pd.DataFrame, path: str | Path) -> None:
    """Write a table as CSV (UTF-8 with a byte order mark for Excel, formulas defused), JSON Lines or Parquet.

    Args:
        table: any table of this package; the names of an index are written as columns.
        path: the file; its suffix .csv, .jsonl or .parquet says how.

    Raises:
        ValueError: the suffix is another, or Parquet cannot hold a value.
    """
    path = Path(path)
    if any(table.index.names):
        table = table.reset_index()
    table = table.set_axis([str(column) for column in table], axis=1)
    write_frames([table], list(table), path)


def read_table(path: str | Path, function: Callable | None = None) -> pd.DataFrame:
    """Read a table that `write_table` wrote.

    Args:
        path: the file.
        function: the function that made the table, whose docstring says what its columns hold; without it the cells of
            CSV are text.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: the suffix is unknown, or a cell does not hold what it should.
    """
    book = codebook(function) if function else pd.DataFrame(columns=["column", "type"])
    return read_frame(Path(path), dict(zip(book["column"], book["type"])))


def write_frames(frames: Iterable[pd.DataFrame], columns: list[str], path: Path) -> None:
    """Write frames one after the other as one table; columns that a frame lacks are missing there.

    Raises:
        ValueError: the suffix is unknown, or Parquet cannot hold a value.
    """
    frames = (frame.reindex(columns=columns) for frame in frames)
    if _suffix(path) == ".parquet":
        _write_parquet(list(frames), path)
    elif _suffix(path) == ".csv":
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            rows = csv.writer(file, lineterminator="\r\n")
            rows.writerow(map(_guarded, columns))
            rows.writerows([_cell(value) for value in row] for frame in frames for row in _rows(frame))
    else:
        with path.open("w", encoding="utf-8", newline="") as file:
            file.writelines(f"{_json(dict(zip(columns, row)))}\n" for frame in frames for row in _rows(frame))


def read_frame(path: Path, types: Mapping[str, str]) -> pd.DataFrame:
    """Read a table with columns of these types; the type of `...` is that of all others.

    Raises:
        ValueError: the suffix is unknown, or a cell does not hold what it should.
    """
    if _suffix(path) == ".parquet":
        from pyarrow import parquet

        return parquet.read_table(path).to_pandas()
    with path.open(encoding="utf-8-sig" if path.suffix == ".csv" else "utf-8", newline="") as file:
        cells = _csv_cells(file) if path.suffix == ".csv" else _json_cells(file)
    cells = cells or {column: [] for column in types if column != OTHERS}
    kinds = {column: types.get(column, types.get(OTHERS, "")) for column in cells}
    return pd.DataFrame({name: _series(cells[name], kind, f"{path.name}, {name}") for name, kind in kinds.items()})


def _suffix(path: Path) -> str:
    """The suffix of a file.

    Raises:
        ValueError: it is none of those that can be written.
    """
    if path.suffix not in SUFFIXES:
        raise ValueError(f"the file of a table must end in one of {', '.join(SUFFIXES)}, got {path.name!r}")
    return path.suffix


# -- cells ------------------------------------------------------------------------------------------------------------


def _rows(frame: pd.DataFrame) -> Iterator[tuple]:
    """The rows of a table as Python's own values."""
    return zip(*(frame[column].astype(object) for column in frame))


def _missing(value) -> bool:
    """Whether a cell has no value."""
    return value is None or value is pd.NA or isinstance(value, float) and value != value


def _cell(value) -> str:
    """A value as a cell of CSV."""
    if _missing(value):
        return MISSING
    if isinstance(value, str):
        return _guarded(value)
    if isinstance(value, (list, tuple)):
        return _guarded(json.dumps(value, ensure_ascii=False))
    return (
        str(value).upper()
        if isinstance(value, bool)
        else repr(float(value))
        if isinstance(value, float)
        else str(value)
    )


def _guarded(text: str) -> str:
    """A text as a cell that no spreadsheet runs, and that differs from a missing one."""
    if _UNSAFE.search(text):
        return _ESCAPED + re.sub(r"[\\\0\ud800-\udfff]", lambda found: f"\\u{ord(found[0]):04x}", text)
    guarded = text.startswith(_GUARDED) or text.lstrip().startswith(_FORMULA) or text == MISSING
    return _GUARD + text if guarded else text


def _unguarded(cell: str) -> str | None:
    """The text of a cell; None for a missing one."""
    if cell.startswith(_ESCAPED):
        return re.sub(r"\\u([0-9a-f]{4})", lambda found: chr(int(found[1], 16)), cell[len(_ESCAPED) :])
    return None if cell == MISSING else cell.removeprefix(_GUARD)


def _json(row: dict) -> str:
    """A row as a line of JSON."""
    row = {name: None if _missing(value) else value for name, value in row.items()}
    line = json.dumps(row, ensure_ascii=False, default=lambda value: value.item())
    return json.dumps(row, default=lambda value: value.item()) if _UNSAFE.search(line) else line


def _csv_cells(file: io.TextIOBase) -> dict[str, list]:
    """The cells of a CSV file by column."""
    allowed = csv.field_size_limit(_FIELD)
    try:
        header, *rows = list(csv.reader(file, strict=True)) or [[]]
    finally:
        csv.field_size_limit(allowed)
    return {_unguarded(name) or name: [_unguarded(row[at]) for row in rows] for at, name in enumerate(header)}


def _json_cells(file: io.TextIOBase) -> dict[str, list]:
    """The cells of a file of JSON Lines by column."""
    rows = [json.loads(line) for line in file]
    return {name: [row.get(name) for row in rows] for name in dict.fromkeys(name for row in rows for name in row)}


def _series(cells: list, kind: str, where: str) -> pd.Series:
    """Cells as a column of a type; without one as they are.

    Raises:
        ValueError: a cell does not hold what it should.
    """
    try:
        if kind == "integer":
            whole = [None if cell is None else int(cell) for cell in cells]
            return pd.Series(whole, dtype="Int64" if None in whole else "int64")
        if kind == "number":
            return pd.Series([float("nan") if cell is None else float(cell) for cell in cells], dtype="float64")
        if kind == "boolean":
            said = [cell if not isinstance(cell, str) else {"TRUE": True, "FALSE": False}[cell] for cell in cells]
            return pd.Series(said, dtype="boolean" if None in said else "bool")
        if kind == "list":
            lists = [json.loads(cell) if isinstance(cell, str) else cell for cell in cells]
            return pd.Series(lists, dtype=object)
    except (ValueError, TypeError, KeyError) as error:
        raise ValueError(
            f"{where}: a cell holds no {kind} ({error}); was the file changed by another program?"
        ) from None
    unsafe = any(isinstance(cell, str) and re.search("[\ud800-\udfff]", cell) for cell in cells)
    texts = unsafe or not all(cell is None or isinstance(cell, str) for cell in cells)
    return pd.Series(cells, dtype=object if texts else "str")


def _write_parquet(frames: list[pd.DataFrame], path: Path) -> None:
    """Write frames as one Parquet file.

    Raises:
        ValueError: a value cannot be held.
    """
    from qdlib.stored import write_table as write_arrow

    try:
        table = pa.Table.from_pandas(pd.concat(frames, ignore_index=True), preserve_index=False)
    except (pa.ArrowInvalid, pa.ArrowTypeError, UnicodeEncodeError) as error:
        raise ValueError(f"{path.name}: Parquet cannot hold a value ({error}); write .csv or .jsonl") from None
    write_arrow(table, path)
