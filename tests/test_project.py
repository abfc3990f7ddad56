"""The project's own promises: the seeds untouched, the pins the same for everyone, nothing of one machine in it."""

import csv
import hashlib
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import qdlib as qd

ROOT = Path(__file__).parent.parent


def test_the_seeds_are_those_of_the_manifest():
    rows = list(csv.DictReader((ROOT / "seeds" / "manifest.csv").read_text("utf-8").splitlines()))
    files = {path.name: path.read_bytes() for path in (ROOT / "seeds").glob("*.txt")}
    assert {row["name"]: (row["sha256"], int(row["bytes"])) for row in rows} == {
        name: (hashlib.sha256(data).hexdigest(), len(data)) for name, data in files.items()
    }


def pins(text):
    """The pins `name==version ; marker` of a file."""
    return {
        re.sub(r"\s+", " ", m[1]).strip()
        for m in re.finditer(r"^\s*(?:- \")?([A-Za-z0-9][\w.-]*==[^\\\"\n]+)", text, re.MULTILINE)
    }


def test_conda_and_pip_users_get_the_same_pins():
    lock = pins((ROOT / "requirements.lock").read_text("utf-8"))
    assert len(lock) > 50 and pins((ROOT / "environment.yml").read_text("utf-8")) == lock


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-spark.lock", "requirements-book.lock"])
def test_every_pin_has_its_hashes_and_no_registry_is_named(name):
    lock = (ROOT / name).read_text("utf-8")
    blocks = re.split(r"\n(?=[A-Za-z0-9])", lock.strip())
    assert all("--hash=sha256:" in block for block in blocks)
    assert not re.search(r"https?://|--(?:extra-)?index-url|--find-links", lock)


@pytest.mark.parametrize("name", ["requirements-spark.lock", "requirements-book.lock"])
def test_what_is_added_later_changes_no_pin(name):
    read = [pins((ROOT / lock).read_text("utf-8")) for lock in ("requirements.lock", name)]
    first, later = ({pin.split(" ")[0] for pin in lock} for lock in read)  # without the marks of platforms
    names = {pin.split("==")[0] for pin in first}
    assert {pin for pin in later if pin.split("==")[0] in names} <= first


def test_what_pyproject_asks_for_is_pinned():
    asked = set(re.findall(r'"([a-z][\w.-]*)[>=]', (ROOT / "pyproject.toml").read_text("utf-8")))
    locks = "\n".join(path.read_text("utf-8") for path in ROOT.glob("requirements*.lock"))
    pinned = {pin.split("==")[0].replace("_", "-") for pin in pins(locks)}
    assert {name.replace("_", "-") for name in asked} <= pinned


def test_the_readme_gives_a_reason_for_every_dependency():
    readme = (ROOT / "README.md").read_text("utf-8")
    asked = set(re.findall(r'"([a-z][\w.-]*)[>=]', (ROOT / "pyproject.toml").read_text("utf-8"))) - {"flit_core"}
    assert {name for name in asked if f"`{name}`" not in readme} == set()


def test_the_design_s_public_names_are_there():
    names = [
        "load_corpus", "repair", "segment", "content_words", "document_term_matrix", "kwic", "keyness", "dispersion", "fit_lda",
        "choose_k", "mine_slogans", "save_figure",
    ]  # fmt: skip
    assert [name for name in names if not callable(getattr(qd, name, None))] == []


def run(code, **env):
    """What a new Python prints."""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=os.environ | env)
    return done.stdout.strip()


def test_importing_qdlib_loads_none_of_the_libraries_behind_it():
    heavy = ("pandas", "numpy", "scipy", "jieba", "gensim", "tomotopy", "matplotlib", "pyspark", "opencc")
    assert run(f"import sys, qdlib; print([m for m in {heavy} if m in sys.modules])") == "[]"


def test_every_public_name_is_there_and_no_module_takes_its_place():
    code = """
import pkgutil, importlib, types, qdlib
for module in pkgutil.iter_modules(qdlib.__path__, 'qdlib.'):
    if module.name != 'qdlib.spark':
        importlib.import_module(module.name)
print([name for name in qdlib.__all__ if not callable(getattr(qdlib, name))])
"""
    assert run(code) == "[]" and len(qd.__all__) > 60
    assert run("import qdlib; print(qdlib.repair('x').text)", EAGER_IMPORT="1") == "x"


def test_a_function_that_names_the_package_can_be_sent_to_other_processes():
    code = """
import qdlib as qd
from joblib import Parallel, delayed
def told(text):
    return qd.repair(text).text
print(Parallel(2)(delayed(told)(text) for text in ("a", "b")))
"""
    assert run(code) == "['a', 'b']"


def test_no_seed_sentence_stands_in_the_code():
    seeds = re.sub(r"\s", "", "".join(path.read_text("utf-8") for path in (ROOT / "seeds").glob("*.txt")))
    for path in (ROOT / "qdlib").rglob("*.py"):
        for found in re.findall(r"[\u4e00-\u9fff，。“”]{10,}", path.read_text("utf-8")):
            assert found not in seeds, f"{path.name} quotes the seeds: {found}"
