"""The committed notebooks: executed top to bottom, clean, and free of what belongs to one machine."""

import re
from pathlib import Path

import nbformat
import pytest

NOTEBOOKS = sorted((Path(__file__).parent.parent / "notebooks").glob("*.ipynb"))


@pytest.fixture(params=NOTEBOOKS, ids=lambda path: path.stem)
def notebook(request):
    """One notebook after the other."""
    return nbformat.read(request.param, as_version=4)


def code(notebook):
    """Its code cells."""
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def outputs(notebook):
    """All outputs."""
    return [output for cell in code(notebook) for output in cell.outputs]


def test_there_are_notebooks():
    assert [path.name for path in NOTEBOOKS]== [
        "01-corpus.ipynb",
        "02-words.ipynb",
        "03-topics.ipynb",
        "04-slogans.ipynb",
        "05-discourse.ipynb",
        "06-your-corpus.ipynb",
    ]


def test_cells_were_run_once_from_top_to_bottom(notebook):
    assert [cell.execution_count for cell in code(notebook)] == list(range(1, len(code(notebook)) + 1))


def test_nothing_went_to_stderr_and_nothing_failed(notebook):
    assert [o for o in outputs(notebook) if o.output_type == "error" or o.get("name") == "stderr"] == []


def test_no_path_of_a_machine_and_no_memory_address_is_shown(notebook):
    shown = nbformat.writes(notebook)
    assert not re.search(r"/home/|/root/|/tmp/|/work/|/Users/|C:\\\\|at 0x[0-9a-f]{6}|ipykernel_\d", shown)


def test_no_semicolon_pretends_to_hide_a_value(notebook):
    assert [cell.source for cell in code(notebook) if cell.source.rstrip().endswith(";")] == []


def test_cells_are_short_enough_to_read(notebook):
    assert max(len(cell.source.splitlines()) for cell in code(notebook)) <= 40
    assert not any(re.search(r"^class ", cell.source, re.MULTILINE) for cell in code(notebook))


def test_there_is_one_title_a_limit_and_exercises(notebook):
    text = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    assert len(re.findall(r"^# ", text, re.MULTILINE)) == 1
    assert "## What this can and cannot show" in text and "## Exercises" in text


def test_imports_come_first(notebook):
    first, *others = code(notebook)
    assert "import qdlib as qd" in first.source
    assert not any(re.search(r"^(?:import|from) ", cell.source, re.MULTILINE) for cell in others)


def test_nbval_is_told_to_skip_nothing(notebook):
    tags = {tag for cell in notebook.cells for tag in cell.metadata.get("tags", [])}
    assert tags <= {"parameters", "nbval-ignore-output", "seeds", "exercises", "several", "dated", "districts", "topics"} and "NBVAL_" not in nbformat.writes(notebook)
