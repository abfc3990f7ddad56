"""Run the study: every notebook in order, in place, its figures rewritten; then say what was made and where."""

from __future__ import annotations

import os
import sys
import tempfile
import time
from pathlib import Path

import nbformat
import papermill
from nbstripout import strip_output
from tqdm import tqdm

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent


def run(notebook: Path) -> None:
    """Execute one notebook and put it in the place of the old one, without what differs from run to run or machine to machine.

    It is executed beside the old one first, so that a failure leaves the committed notebook as it was.
    """
    with tempfile.TemporaryDirectory() as folder:
        executed = Path(folder) / notebook.name
        papermill.execute_notebook(
            notebook, executed, cwd=HERE, kernel_name="python3", progress_bar=False, extra_arguments=["--log-level=40"]
        )
        tidied = tidy(nbformat.read(executed, as_version=4))
    nbformat.write(tidied, notebook)


def tidy(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """Strip times, versions and papermill's notes from a notebook, keeping outputs, counts and cell names."""
    notebook.metadata = {key: notebook.metadata[key] for key in ("kernelspec",) if key in notebook.metadata}
    notebook = strip_output(notebook, keep_output=True, keep_count=True, keep_id=True)
    for cell in notebook.cells:
        tags = cell.metadata.get("tags")
        cell.metadata = {"tags": tags} if tags else {}
    return notebook


def main() -> int:
    """Run all notebooks with a progress bar and print a summary; the exit code is 1 if one fails."""
    figures = Path(os.environ.setdefault("QDLIB_FIGURES", str(ROOT / "figures")))
    notebooks = sorted(HERE.glob("[0-9][0-9]-*.ipynb"))
    began = time.time()
    os.environ["TQDM_DISABLE"] = "1"  # the bars of the notebooks' own grids; ours below was made before
    bar = tqdm(notebooks, bar_format="{desc:<12}{bar:30} {n_fmt}/{total_fmt} notebooks, {elapsed}", file=sys.stdout)
    for notebook in bar:
        bar.set_description_str(notebook.stem)
        try:
            run(notebook)
        except papermill.PapermillExecutionError as error:
            print(
                f"\nnotebooks/{notebook.name} failed in cell {error.exec_count}: {error.ename}: {error.evalue}",
                file=sys.stderr,
            )
            return 1
    written = sorted(path.stem for path in figures.glob("*.svg") if path.stat().st_mtime >= began - 1)
    print(f"\nThe study ran in {time.time() - began:.0f} s: {len(notebooks)} notebooks, {len(written)} figures.")
    for notebook in notebooks:
        own = [name for name in written if name[:2] == notebook.stem[:2]]
        print(f"  notebooks/{notebook.name:<17}  {', '.join(own)}")
    print(
        f"Each figure is in {os.path.relpath(figures, ROOT)}/ as .svg, .png and .csv (the numbers plotted). Read on with: make lab"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
