"""Run the notebooks of the study on somebody's own texts: `make CORPUS=my_folder OUT=my_study`.

What reads the results of the seeds (cells tagged `seeds`) and the exercises are left out, and what a corpus cannot bear is left
out with a sentence that says why. Executed copies, figures and tables land in OUT; the repository is not touched.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import sys
import time
import warnings
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import Manager
from pathlib import Path
from queue import Empty

import nbformat
import papermill
import run
from joblib import cpu_count
from nbclient.exceptions import DeadKernelError
from tqdm import tqdm

import qdlib as qd
from qdlib.places import gazetteer
from qdlib.readers import CorpusWarning
from qdlib.words import WordLists

ABOUT = "qdlib-study.json"  # in OUT: what was run on what, and the files that were made
BAR = "{desc:<15}{bar:20} {n_fmt:>3}/{total_fmt} cells, {elapsed}  {postfix}"
FEW = 0.02  # of the texts that name districts are an accident
CHINESE = 0.1  # of a corpus's letters must be Chinese
# What cells with a tag need, and what stands in their place where a corpus lacks it.
NEEDS = {
    "several": "it compares pages, and this corpus has only one. Put more texts there, or name what is to be compared with GROUP.",
    "dated": "no text of this corpus has a date. Name files by their dates, or add a table `metadata.csv` with the columns `file` and `date`.",
    "realigned": "no text of this corpus had its bytes shifted, so none had to be read again from them.",
    "districts": "hardly a text names a district of the gazetteer. Put a `gazetteer.txt` of your own area with the texts.",
    "topics": "topics need at least 5 articles and 100 paragraphs of running text, and this corpus has less. Cut a long text into files, one a chapter.",
}
# What the seeds' notebooks look at is chosen from the corpus itself where these are empty.
PARAMETERS = {"NODE": "", "SLOGAN": "", "PAIR": ""}
LARGE = 1000  # paragraphs from which on the grids of topic models are smaller, and samplers sweep less
# On 340,000 words 200 sweeps reach 98 to 99 per cent of the held-out gain of 1,000 (K = 10 and 30).
GRIDS = {"KS": [5, 10, 20, 30], "SEEDS": "range(3)", "DRAWS": 3, "SWEEPS": 200}
TABLES = {
    "01-corpus": ["corpus.sources", "corpus.articles", "corpus.paragraphs", "corpus.ledger", "corpus.metadata", "corpus.evidence"],
    "02-words": ["key", "frequent", "company", "lines"],
    "03-topics": ["grid", "chance", "choices", "cards", "prevalence", "carried"],
    "04-slogans": ["mined", "formulas", "variants", "templates", "strength", "key", "first", "index"],
    "05-discourse": ["register", "quotations", "persons", "organisations", "places", "judged", "metaphors", "quantities", "times", "key_words"],
    "06-your-corpus": ["found", "commonest", "mined"],
}  # fmt: skip
WRITE = """from pathlib import Path

Path("tables").mkdir(exist_ok=True)
for name in {names}:
    table = eval(name) if name.split(".")[0] in globals() else None  # a step that was left out has none
    if isinstance(table, pd.DataFrame) and len(table.columns):
        stem = f"{number}-{{name.split('.')[-1].replace('_', '-')}}"
        qd.write_table(table, Path("tables") / f"{{stem}}.csv")"""


class StudyError(ValueError):
    """A run cannot begin; the message says why and what to do."""


def checked(corpus: str, out: str) -> tuple[Path, Path]:
    """Return the two places, whole.

    Raises:
        StudyError: one is missing or lies in the other, or `out` holds what is not ours or was changed since.
    """
    if not corpus or not out:
        missing = "CORPUS" if not corpus else "OUT"
        raise StudyError(f"{missing} is missing; write make CORPUS=folder_of_texts OUT=new_folder")
    place, folder = (Path(name).expanduser().resolve() for name in (corpus, out))
    if not place.exists():
        raise StudyError(f"CORPUS {corpus!r} does not exist; give a folder of texts, or a file")
    if folder == place or place in folder.parents or folder in place.parents:
        raise StudyError(f"OUT {out!r} and CORPUS {corpus!r} must not lie in each other; give OUT a place of its own")
    if folder.exists() and not folder.is_dir():
        raise StudyError(f"OUT {out!r} is a file; give a new folder")
    if folder.is_dir() and any(folder.iterdir()):
        if not (folder / ABOUT).is_file():
            raise StudyError(f"OUT {out!r} is not empty and holds no earlier study; give a new folder")
        made = json.loads((folder / ABOUT).read_text("utf-8"))["files"]
        changed = [
            name for name, digest in made.items() if (folder / name).exists() and digest_of(folder / name) != digest
        ]
        if changed:
            raise StudyError(
                f"OUT {out!r}: {', '.join(changed[:5])} changed since they were made; move them or give a new folder"
            )
        for name in made:
            (folder / name).unlink(missing_ok=True)
    return place, folder


def digest_of(path: Path) -> str:
    """The sha256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def survey(place: Path, group: str = "") -> dict:
    """Load the corpus once, check that the study can be made of it, and say what it is.

    Returns:
        `name`, `opening` (what stands at the head of every notebook), `lacks` (tags of what it cannot bear), and `large`.

    Raises:
        StudyError: it cannot be read, or is not Chinese.
    """
    try:
        lists = qd.word_lists(place)
        gazetteer(lists.gazetteer)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", CorpusWarning)  # notebook 06 lists what was set aside
            corpus = qd.load_corpus(place)
    except (ValueError, OSError) as error:
        raise StudyError(str(error)) from None
    try:
        pages = qd.source_groups(corpus, group)
    except ValueError as error:
        raise StudyError(re.sub("^by ", "GROUP ", str(error))) from None
    text = "".join(corpus.paragraphs["text"])
    chinese, letters = len(re.findall(r"[\u3400-\u9fff]", text)), sum(map(str.isalpha, text))
    if chinese < CHINESE * max(letters, 1) or not chinese:
        raise StudyError(
            f"CORPUS {place.name!r} holds {chinese:,} Chinese characters among {letters:,} letters; this study reads Chinese texts"
        )
    running = corpus.documents("paragraph", roles=["lead", "abstract", "body", "quote"])
    dates = sorted(date for date in corpus.articles["date"] if date)
    groups = sorted({pages[source] for source in corpus.articles["source"]})
    places = qd.find_places(corpus, lists.gazetteer)
    naming = places.loc[places["kind"] == "district", "source"]
    has = {
        "several": len(groups) > 1,
        "dated": bool(dates),
        "realigned": corpus.ledger["rule"].str.contains("bytes realigned").any(),
        "districts": naming.nunique() > FEW * corpus.articles["source"].nunique(),
        "topics": running["article_id"].nunique() >= 5 and len(running) >= 100,
    }
    large = len(running) > LARGE
    less = f" With more than {LARGE:,} paragraphs, notebook 03 tries fewer numbers of topics, from fewer starts, each with fewer sweeps."
    return {
        "name": place.name,
        "opening": opening(place.name, corpus, dates, groups, lists) + less * large,
        "lacks": [tag for tag in NEEDS if not has[tag]],
        "large": large,
    }


def opening(name: str, corpus: qd.Corpus, dates: list[str], groups: list[str], lists: WordLists) -> str:
    """What stands at the head of every notebook: what ran on what."""
    aside = int((corpus.sources["problem"] != "").sum())
    n = len(corpus.sources) - aside
    said = f"{dates[0]} to {dates[-1]}" if len(set(dates)) > 1 else dates[0] if dates else "undated"
    some = (
        f", {len(corpus.articles) - len(dates)} of {len(corpus.articles)} articles undated"
        if 0 < len(dates) < len(corpus.articles)
        else ""
    )
    single = len(groups) == corpus.articles["source"].nunique()
    what = "is one text" if single else f"is a group of texts: {', '.join(groups)}"
    what = "is all texts together" if len(groups) == 1 < n else what
    traditional = corpus.ledger.loc[corpus.ledger["rule"].str.startswith("traditional to simplified"), "source"].nunique()
    script = f" {traditional:,} of the texts {'is' if traditional == 1 else 'are'} in traditional characters, which were made simplified ones to be counted with the rest."
    own = f" Word lists of your own: {', '.join(path.name for path in lists.own)}." if lists.own else ""
    places = (
        ""
        if lists.gazetteer != "gazetteer"
        else " Districts are looked for by a gazetteer of one city of Shandong; a `gazetteer.txt` with the texts replaces it."
    )
    return (
        f"> This notebook of the study ran on **{name}**: {n:,} text{'s' * (n != 1)}"
        + (f" ({aside} more could not be read, see notebook 06)" if aside else "")
        + f", {int(corpus.articles['n_chars'].sum()):,} characters, {said}{some} (corpus {corpus.fingerprint}, qdlib {qd.__version__}).\n>\n"
        f"> A *page* {what} here.{own}{script * bool(traditional)}{places} The rules were made on other texts: the last section says what to expect of them."
    )


def personal(notebook: nbformat.NotebookNode, stem: str, place: str, about: dict, group: str) -> nbformat.NotebookNode:
    """A notebook of the study made ready for another corpus: parameters set, and cells left out by their tags."""
    cells, note = [nbformat.v4.new_markdown_cell(about["opening"], id="about")], ""
    for cell in notebook.cells:
        tags = set(cell.metadata.get("tags", []))
        if tags & {"seeds", "exercises"}:
            continue
        lacking = next((tag for tag in about["lacks"] if tag in tags), "")
        if lacking and lacking != note:
            cells.append(
                nbformat.v4.new_markdown_cell(f"*Left out here: {NEEDS[lacking]}*", id=f"{cell.id}-left-out"[:64])
            )
        note = lacking or (note if cell.cell_type == "code" and not cell.source else "")
        if lacking:
            continue
        if "parameters" in tags:
            cell.source = with_parameters(cell.source, place, about["large"], group)
        if cell.cell_type == "markdown":  # the list of contents
            cell.source = cell.source.replace(" · exercises", "")
        cell.metadata.pop("tags", None)
        cells.append(cell)
    names = TABLES.get(stem, [])
    cells.append(nbformat.v4.new_markdown_cell("The main tables, as CSV files that Excel opens:", id="tables"))
    cells.append(nbformat.v4.new_code_cell(WRITE.format(names=names, number=stem[:2]), id="write-tables"))
    notebook.cells = cells
    return notebook


def with_parameters(source: str, place: str, large: bool, group: str) -> str:
    """The cell of parameters, set for a corpus."""
    values = {"CORPUS": repr(place), "GROUP": repr(group)} | {name: repr(value) for name, value in PARAMETERS.items()}
    values |= {name: str(value) for name, value in GRIDS.items()} if large else {}
    return re.sub(
        r"^(\w+) = (.*?)(?=  #|$)", lambda m: f"{m[1]} = {values.get(m[1], m[2])}", source, flags=re.MULTILINE
    )


class Steps:
    """Takes what a kernel writes to stderr, and tells how far the bar of a grid in it is."""

    def __init__(self, tell):
        self.tell = tell

    def write(self, text: str) -> None:
        """Tell the last `done/all` of a bar."""
        if found := re.findall(r"(\w+):[^\r\n]*?(\d+)/(\d+) \[", text):
            self.tell("{} {} of {}".format(*found[-1]))

    def flush(self) -> None:
        """Nothing is held back."""


def run_one(path: Path, out: Path, place: str, about: dict, group: str, queue) -> None:
    """Make one notebook ready, execute it into `out`, and tell the queue of each cell and each step of a grid."""
    stem, section = path.stem, ""
    made = personal(nbformat.read(path, as_version=4), stem, place, about, group)
    ready = out / f".{path.name}"
    nbformat.write(made, ready)

    def begins(cell, cell_index):
        nonlocal section
        heads = [
            line
            for c in made.cells[: cell_index + 1]
            if c.cell_type == "markdown"
            for line in c.source.splitlines()
            if line.startswith("#")
        ]
        section = heads[-1].lstrip("# ")[:40] if heads else ""
        queue.put((stem, cell_index, len(made.cells), section))

    try:
        papermill.execute_notebook(
            ready, out / path.name, cwd=out, kernel_name="python3", progress_bar=False, on_cell_start=begins, extra_arguments=["--log-level=40"],
            stderr_file=Steps(lambda step: queue.put((stem, -1, 0, f"{section}: {step}"))),
        )  # fmt: skip
    finally:
        ready.unlink()
        executed = run.tidy(nbformat.read(out / path.name, as_version=4))
        for cell in (cell for cell in executed.cells if cell.cell_type == "code"):
            cell.outputs = [output for output in cell.outputs if output.get("name") != "stderr"]  # bars
        nbformat.write(executed, out / path.name)
        queue.put((stem, len(made.cells), len(made.cells), "done"))


def run_all(notebooks: list[Path], out: Path, place: str, about: dict, group: str) -> list[str]:
    """Run notebooks side by side with a bar for each; say which cells failed."""
    failures = []
    bars = {
        path.stem: tqdm(total=1, desc=path.stem, position=i, bar_format=BAR, file=sys.stdout)
        for i, path in enumerate(notebooks)
    }
    with Manager() as manager, ProcessPoolExecutor(min(cpu_count(), len(notebooks))) as pool:
        queue = manager.Queue()
        order = sorted(notebooks, key=lambda path: -path.stat().st_size)
        runs = {pool.submit(run_one, path, out, place, about, group, queue): path for path in order}
        while not (all(done.done() for done in runs) and queue.empty()):
            try:
                stem, cell, n_cells, section = queue.get(timeout=0.5)
            except Empty:
                continue
            bar = bars[stem]
            bar.total, bar.n = n_cells or bar.total, bar.n if cell < 0 else cell
            bar.set_postfix_str(section)
        for done in as_completed(runs):
            try:
                done.result()
            except papermill.PapermillExecutionError as error:
                failures.append(f"{runs[done].name} failed in cell {error.exec_count}: {error.ename}: {error.evalue}")
            except DeadKernelError:
                failures.append(f"{runs[done].name} was ended by the system, most likely for want of memory; take fewer texts")
    for bar in bars.values():
        bar.close()
    return failures


def main(corpus: str, out: str, group: str = "") -> int:
    """Run the study on a corpus; the exit code is 1 if a notebook failed, 2 if the run could not begin."""
    began = time.time()
    try:
        place, folder = checked(corpus, out)
        about = survey(place, group)
    except StudyError as error:
        print(error, file=sys.stderr)
        return 2
    folder.mkdir(parents=True, exist_ok=True)
    (folder / ABOUT).write_text(json.dumps({"corpus": about["name"], "files": {}}), "utf-8")
    if run.ROOT in folder.parents:
        (folder / ".gitignore").write_text("*\n")  # a study made inside the repository is none of its files
    os.environ.update(QDLIB_FIGURES=str(folder / "figures"))
    os.environ.pop("TQDM_DISABLE", None)
    print(re.sub(r"[>*]", "", about["opening"]).strip().split("\n")[0].strip())
    notebooks = sorted(run.HERE.glob("[0-9][0-9]-*.ipynb"))
    failures = run_all(notebooks, folder, os.path.relpath(place, folder), about, group)
    made = sorted(
        p
        for p in folder.rglob("*")
        if p.suffix in (".ipynb", ".csv", ".svg", ".png") and ".ipynb_checkpoints" not in p.parts
    )
    files = {p.relative_to(folder).as_posix(): digest_of(p) for p in made}
    (folder / ABOUT).write_text(
        json.dumps({"corpus": about["name"], "files": files}, ensure_ascii=False, indent=1), "utf-8"
    )
    print(f"\nThe study of {about['name']} ran in {time.time() - began:.0f} s; in {out}: {len(notebooks) - len(failures)} of {len(notebooks)} notebooks, "
          f"{len(list(folder.glob('figures/*.svg')))} figures and {len(list(folder.glob('tables/*.csv')))} tables. Begin with 06-your-corpus.ipynb.")  # fmt: skip
    print(*failures, sep="\n", file=sys.stderr)
    return int(bool(failures))


if __name__ == "__main__":
    sys.exit(main(*[*sys.argv[1:4], "", "", ""][:3]))
