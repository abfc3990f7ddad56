"""Run the study: every notebook, in place, its figures rewritten; then say what was made and where.

The notebooks do not depend on each other, so as many run side by side as there are processors.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path

import chinese
import nbformat
import papermill
from joblib import cpu_count
from nbstripout import strip_output
from tqdm import tqdm

from qdlib.interactive import WIDGET

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
BAR = "{desc:<12}{bar:30} {n_fmt}/{total_fmt} notebooks, {elapsed}"


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
        kept = ("tags", "jupyter") if "solution" in cell.metadata.get("tags", []) else ("tags",)  # solutions stay folded
        cell.metadata = {name: cell.metadata[name] for name in kept if cell.metadata.get(name)}
        for output in cell.get("outputs", []):
            output.get("data", {}).pop(WIDGET, None)  # it belongs to the kernel that is gone; the plain table stays
        if cell.get("outputs"):
            cell.outputs = whole(cell.outputs)
    return notebook


def whole(outputs: list[nbformat.NotebookNode]) -> list[nbformat.NotebookNode]:
    """The outputs of a cell, each print in one piece: where a busy kernel cuts one is chance."""
    pieces: list[nbformat.NotebookNode] = []
    for output in outputs:
        if pieces and output.output_type == "stream" and pieces[-1].get("name") == output.name:
            pieces[-1].text += output.text
        else:
            pieces.append(output)
    return pieces


def run_all(notebooks: list[Path]) -> list[str]:
    """Run notebooks side by side, the largest first since they take longest, with a progress bar; say which cells failed."""
    failures = []
    with ProcessPoolExecutor(min(cpu_count(), len(notebooks))) as pool:
        runs = {pool.submit(run, path): path for path in sorted(notebooks, key=lambda path: -path.stat().st_size)}
        bar = tqdm(as_completed(runs), total=len(runs), bar_format=BAR, file=sys.stdout)
        for done in bar:
            bar.set_description_str(runs[done].stem)
            try:
                done.result()
            except papermill.PapermillExecutionError as error:
                where = f"notebooks/{runs[done].name} failed in cell {error.exec_count}"
                failures.append(f"{where}: {error.ename}: {error.evalue}")
    return failures


def main() -> int:
    """Run all notebooks with a progress bar and print a summary; the exit code is 1 if one fails."""
    figures = Path(os.environ.setdefault("QDLIB_FIGURES", str(ROOT / "figures")))
    notebooks = sorted(HERE.glob("[0-9][0-9]-*.ipynb"))
    began = time.time()
    os.environ["TQDM_DISABLE"] = "1"  # the bars of the notebooks' own grids; tqdm has read it for ours already
    failures = run_all(notebooks)
    if failures:
        print("", *failures, sep="\n", file=sys.stderr)
        return 1
    chinese.write_all()  # names the cells that have no Chinese yet
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
