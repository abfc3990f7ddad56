"""What several tests share."""

import json
import os
import tempfile
from pathlib import Path

import pytest
from hypothesis import settings

import qdlib as qd

# Notebooks run by nbval draw their figures aside, so that a check never touches the committed ones.
os.environ.setdefault("QDLIB_FIGURES", tempfile.mkdtemp(prefix="qdlib-figures-"))
os.environ.setdefault("TQDM_DISABLE", "1")  # a progress bar shows times, which differ from run to run

# The first example pays for loading dictionaries; the examples are the same on every machine.
settings.register_profile("qdlib", deadline=None, derandomize=True)
settings.load_profile("qdlib")

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def root():
    """The project's folder."""
    return ROOT


@pytest.fixture(scope="session")
def corpus():
    """The corpus of the five seeds."""
    return qd.load_corpus(ROOT / "seeds")


def gold(name):
    """Return a table of the hand annotation."""
    return json.loads((ROOT / "tests" / "gold" / f"{name}.json").read_text("utf-8"))


def cases(name):
    """Return the cases of a module: `tests/cases/<name>.json`."""
    return json.loads((ROOT / "tests" / "cases" / f"{name}.json").read_text("utf-8"))
