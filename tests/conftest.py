"""What several tests share."""

import json
import os
import shutil
import tempfile
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import settings

import qdlib as qd
from qdlib.corpus import ARTICLE_COLUMNS, LEDGER_COLUMNS, PARAGRAPH_COLUMNS, SOURCE_COLUMNS

# Notebooks run by nbval draw their figures aside, so that a check never touches the committed ones; the folder is new in
# each run, so that a figure of an earlier one is never taken for one of this.
DRAWN = tempfile.TemporaryDirectory(prefix="qdlib-figures-")
os.environ["QDLIB_FIGURES"] = DRAWN.name
os.environ.setdefault("TQDM_DISABLE", "1")  # a progress bar shows times, which differ from run to run

# The first example pays for loading dictionaries; the examples are the same on every machine.
settings.register_profile("qdlib", deadline=None, derandomize=True)
settings.load_profile("qdlib")

ROOT = Path(__file__).resolve().parent.parent
BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items):
    """Compare figures last, when the notebooks checked in the same run have drawn them."""
    items.sort(key=lambda item: "drawn" in getattr(item, "fixturenames", ()))


@pytest.fixture(scope="session")
def root():
    """The project's folder."""
    return ROOT


@pytest.fixture(scope="session")
def corpus():
    """The corpus of the five seeds."""
    return qd.load_corpus(ROOT / "seeds")


@pytest.fixture(scope="session")
def chromium():
    """Chromium without a window and without a net; one for all, since a second one cannot start beside it."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        running = driver.chromium.launch(executable_path=BROWSER, args=["--no-sandbox", "--disable-gpu"])
        yield running
        running.close()


def gold(name):
    """Return a table of the hand annotation."""
    return json.loads((ROOT / "tests" / "gold" / f"{name}.json").read_text("utf-8"))


def cases(name):
    """Return the cases of a module: `tests/cases/<name>.json`."""
    return json.loads((ROOT / "tests" / "cases" / f"{name}.json").read_text("utf-8"))


def corpus_of(*articles):
    """A corpus of articles given as `(genre, part_of, (role, text), ...)`, part_of being a number or None; one source each."""
    heads, paragraphs, texts = [], [], {}
    for number, (genre, part_of, *given) in enumerate(articles):
        raw, here, name = qd.TracedText.of("\n".join(text for _, text in given)), 0, f"a{number}"
        parent = "" if part_of is None else f"a{part_of}"
        heads.append([name, f"{name}.txt", "", "", "", "", "", "", genre, parent, len(raw)])
        for line, (role, text) in enumerate(given):
            spans = [(here, here + len(text))]
            texts[name, line] = raw.cut(*spans[0])
            paragraphs.append([name, line, role, text, f"{name}.txt", line + 1, *spans[0], spans])
            here += len(text) + 1
    tables = [
        pd.DataFrame(columns=SOURCE_COLUMNS),
        pd.DataFrame(heads, columns=ARTICLE_COLUMNS),
        pd.DataFrame(paragraphs, columns=PARAGRAPH_COLUMNS),
        pd.DataFrame(columns=LEDGER_COLUMNS),
    ]
    return qd.Corpus(*tables, _texts=texts)
