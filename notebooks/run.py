"""Run the study: every notebook in order, in place, its figures rewritten; then say what was made and where."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import nbformat
import papermill
from nbstripout import strip_output
from tqdm import tqdm

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent


def run(notebook: Path) -> None:
    """Execute one notebook in place and take out what differs from run to run (times, machine, widget state)."""
    papermill.execute_notebook(notebook, notebook, cwd=HERE, kernel_name="python3", progress_bar=False, log_output=False)
    executed = nbformat.read(notebook, as_version=4)
    tidy = strip_output(
        executed, keep_output=True, keep_count=True, keep_id=True, extra_keys=["metadata.papermill", "metadata.language_info.version"]
    )
    for cell in tidy.cells:
        for key in ("papermill", "execution"):
            cell.metadata.pop(key, None)
        if cell.metadata.get("tags") == []:
            cell.metadata.pop("tags")
    nbformat.write(tidy, notebook)


def main() -> int:
    """Run all notebooks with a progress bar and print a summary; the exit code is 1 when one fails."""
    os.environ.setdefault("QDLIB_FIGURES", str(ROOT / "figures"))
    figures = Path(os.environ["QDLIB_FIGURES"])
    notebooks = sorted(HERE.glob("[0-9][0-9]-*.ipynb"))
    began = time.time()
    for notebook in (bar := tqdm(notebooks, unit="notebook", bar_format="{l_bar}{bar:30}| {n_fmt}/{total_fmt} {elapsed}")):
        bar.set_description(notebook.stem)
        try:
            run(notebook)
        except papermill.PapermillExecutionError as error:
            print(f"\n{notebook.name} failed in cell {error.exec_count}: {error.ename}: {error.evalue}", file=sys.stderr)
            return 1
    made = sorted(path.name for path in figures.iterdir() if path.stat().st_mtime >= began - 1)
    print(f"\nThe study ran in {time.time() - began:.0f} s.")
    for notebook in notebooks:
        own = [name.removesuffix(".svg") for name in made if name.startswith(notebook.stem[:2]) and name.endswith(".svg")]
        print(f"  notebooks/{notebook.name:<18} figures: {', '.join(own)}")
    print(f"Figures are in {os.path.relpath(figures, ROOT)}/ as .svg, .png and .csv (the plotted numbers).")
    print("Read the notebooks with `make lab`.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
