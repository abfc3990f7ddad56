"""The committed notebooks: executed top to bottom, clean, and free of what belongs to one machine."""

import dis
import re
import subprocess
import sys
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
    bearing = {"several", "dated", "realigned", "districts", "topics"}
    known = {"parameters", "seeds", "exercises", *bearing, "solution", "hide-cell"}
    assert tags <= known and "NBVAL_" not in nbformat.writes(notebook)


LEVELS = ["easy", "medium", "hard"]


def tagged(cell, tag):
    """Whether a cell has a tag."""
    return tag in cell.metadata.get("tags", [])


def exercises(notebook):
    """The exercises in their order: number, level, the cells of the solution."""
    found = []
    for cell in notebook.cells:
        head = re.match(r"\*\*(\d+)\*\* \((\w+)\) \w", cell.source)
        if head and not tagged(cell, "solution"):
            found.append((int(head[1]), head[2], []))
        elif tagged(cell, "solution"):
            found[-1][2].append(cell)
    return found


def stored(cells):
    """The names that cells give a value to."""
    lines = [line for cell in cells for line in dis.get_instructions(compile(cell.source, "cell", "exec"))]
    return {line.argval for line in lines if line.opname == "STORE_NAME"}


def test_exercises_are_numbered_and_grow_harder(notebook):
    numbers, levels, _ = zip(*exercises(notebook))
    assert list(numbers) == list(range(1, len(numbers) + 1)) and 4 <= len(numbers) <= 6
    assert set(levels) == set(LEVELS) and list(levels) == sorted(levels, key=LEVELS.index)


def test_each_exercise_has_a_folded_solution_that_ran(notebook):
    for number, _, solution in exercises(notebook):
        assert {cell.cell_type for cell in solution} == {"code", "markdown"}
        for cell in solution:
            if cell.cell_type == "markdown":
                assert cell.source.startswith(f"<details><summary>Solution {number}</summary>\n\n")
                assert cell.source.endswith("\n\n</details>")
            else:
                assert cell.source.startswith(f"# Solution {number}\n") and len(cell.source.splitlines()) <= 25
                assert tagged(cell, "hide-cell") and cell.outputs
                assert cell.metadata["jupyter"] == {"source_hidden": True, "outputs_hidden": True}


def test_no_solution_gives_a_name_of_the_notebook_another_value(notebook):
    solutions = [cell for cell in code(notebook) if tagged(cell, "solution")]
    assert stored(solutions) & stored([cell for cell in code(notebook) if cell not in solutions]) == set()


def test_a_class_gets_the_notebooks_without_solutions(tmp_path):
    command = ["--to=notebook", "--TagRemovePreprocessor.enabled=True", "--TagRemovePreprocessor.remove_cell_tags=solution"]
    written = (Path(__file__).parent.parent / "lessons" / "teacher.md").read_text("utf-8")
    assert all(part in written for part in command)  # the command that teachers are told
    subprocess.run(
        [sys.executable, "-m", "nbconvert", *command, f"--output-dir={tmp_path}", *map(str, NOTEBOOKS)],
        check=True,
        capture_output=True,
    )
    for path in NOTEBOOKS:
        whole, without = (nbformat.read(folder / path.name, as_version=4) for folder in (path.parent, tmp_path))
        assert [cell.source for cell in without.cells] == [c.source for c in whole.cells if not tagged(c, "solution")]
        assert len(exercises(without)) == len(exercises(whole)) and "Solution 1" not in nbformat.writes(without)
