"""The committed figures: rebuilt from the seeds they are the same, to the byte in SVG and CSV."""

import os
import re
from pathlib import Path

import matplotlib.pyplot as plt
import pandas as pd
import papermill
import pytest

from qdlib import figures

ROOT = Path(__file__).parent.parent
STEMS = sorted(path.stem for path in (ROOT / "figures").glob("*.svg"))


@pytest.fixture(scope="module")
def drawn(tmp_path_factory):
    """The folder of the figures that notebooks drew in this run of the tests; one that has not drawn all its own is run."""
    folder = Path(os.environ["QDLIB_FIGURES"])
    for notebook in sorted((ROOT / "notebooks").glob("*.ipynb")):
        own = [f"{stem}.{suffix}" for stem in STEMS if stem[:2] == notebook.stem[:2] for suffix in ("svg", "csv")]
        if not all((folder / name).exists() for name in own):
            out = tmp_path_factory.mktemp("executed") / notebook.name
            papermill.execute_notebook(notebook, out, cwd=notebook.parent, kernel_name="python3", progress_bar=False)
    return folder


def test_every_figure_is_made_and_no_other(drawn):
    assert sorted(path.stem for path in drawn.glob("*.svg")) == STEMS


@pytest.mark.parametrize("stem", STEMS)
@pytest.mark.parametrize("suffix", ["csv", "svg"])
def test_a_figure_made_anew_is_the_same(drawn, stem, suffix):
    name = f"{stem}.{suffix}"
    assert (drawn / name).read_bytes() == (ROOT / "figures" / name).read_bytes()


@pytest.mark.parametrize("stem", STEMS)
def test_a_figure_comes_with_its_picture_and_its_numbers(stem):
    assert (ROOT / "figures" / f"{stem}.png").stat().st_size > 5000
    assert len(pd.read_csv(ROOT / "figures" / f"{stem}.csv")) > 0
    svg = (ROOT / "figures" / f"{stem}.svg").read_text("utf-8")
    assert "<dc:date>" not in svg and not re.search(r"/home/|/root/|/tmp/", svg)


def test_each_notebook_has_at_least_two_figures():
    notebooks = [path.stem[:2] for path in (ROOT / "notebooks").glob("[0-9][0-9]-*.ipynb")]
    assert all(sum(stem.startswith(number) for stem in STEMS) >= 2 for number in notebooks)


@pytest.fixture
def axes():
    """Empty axes in the house style."""
    figures.use_house_style()
    fig, axis = plt.subplots()
    yield axis
    plt.close(fig)
    plt.rcdefaults()


def test_the_same_figure_gives_the_same_bytes(tmp_path):
    figures.use_house_style()
    for folder in "ab":
        fig, axis = plt.subplots()
        axis.plot([1, 2], [3, 4])
        axis.set_title("标题 title")
        figures.save_figure(fig, "00-x", pd.DataFrame({"x": [1, 2]}), tmp_path / folder)
        plt.close(fig)
    for suffix in ("svg", "png", "csv"):
        assert (tmp_path / "a" / f"00-x.{suffix}").read_bytes() == (tmp_path / "b" / f"00-x.{suffix}").read_bytes()


def test_a_figure_without_numbers_says_so(axes, tmp_path):
    figures.save_figure(axes.figure, "00-x", pd.DataFrame(columns=["x"]), tmp_path)
    assert [text.get_text() for text in axes.figure.texts] == ["nothing was found that could be drawn here"]
    assert not axes.get_visible() and (tmp_path / "00-x.csv").read_text() == "x\n"


def test_a_character_without_a_glyph_is_named(axes, tmp_path):
    axes.set_title("\ue000")
    with pytest.raises(ValueError, match="has no glyph"):
        figures.save_figure(axes.figure, "00-x", pd.DataFrame(), tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_labels_that_overlap_or_are_cut_are_told(axes):
    axes.text(0.5, 0.5, "one label here")
    axes.text(0.5, 0.5, "another there")
    with pytest.warns(UserWarning, match="overlap"):
        figures.check_labels(axes.figure)
    for text in axes.texts[:]:
        text.remove()
    axes.figure.text(0.95, 0.5, "a label that runs over the edge of the figure")
    with pytest.warns(UserWarning, match="cut at the edge"):
        figures.check_labels(axes.figure)


def test_turned_labels_overlap_only_where_their_turned_boxes_do(axes):
    style = {"rotation": 45, "rotation_mode": "anchor", "va": "center"}
    axes.text(0.2, 0.2, "wording after wording", **style)
    axes.text(0.3, 0.2, "wording after wording", **style)  # side by side, though upright boxes would cross
    figures.check_labels(axes.figure)
    axes.text(0.21, 0.2, "wording after wording", **style)
    with pytest.warns(UserWarning, match="overlap"):
        figures.check_labels(axes.figure)


def test_a_gloss_is_given_where_one_is_known():
    assert figures.gloss("干部") == "干部 cadre"
    assert figures.gloss("某某某") == "某某某"
    assert figures.gloss("某某某", {"某某某": "so-and-so"}, separator="\n") == "某某某\nso-and-so"


def test_circles_have_the_counts_for_areas_and_show_each_once():
    figures.use_house_style()
    table = pd.DataFrame([[1, 0, 100], [25, 9, 0]])
    fig, axis = plt.subplots()
    figures.circles(axis, table, largest=400)
    (drawn,) = (each for each in axis.collections if len(each.get_offsets()) == 4)
    assert drawn.get_sizes().tolist() == [4, 400, 100, 36]  # four for each hundredth of the largest
    assert drawn.get_offsets().tolist() == [[0, 0], [2, 0], [0, 1], [1, 1]]
    beside = {text.get_text(): text.get_color() == "#444444" for text in axis.texts}
    assert beside == {"1": True, "100": False, "25": False, "9": True}
    plt.close(fig)


def test_circles_of_small_counts_do_not_fill_the_row():
    fig, axis = plt.subplots()
    figures.circles(axis, pd.DataFrame([[2]]), largest=400)
    figures.circles(axis, pd.DataFrame(), largest=400)
    assert axis.collections[1].get_sizes().tolist() == [100]
    plt.close(fig)
