"""House style: figures that can be read in print and in grey, with whole Chinese labels, saved with their numbers."""

from __future__ import annotations

import os
import warnings
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib import font_manager
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib.transforms import Affine2D

from qdlib.corpus import Corpus
from qdlib.words import read_lexicon

# Okabe and Ito's colours for all kinds of colour vision, in an order that also falls from dark to light in grey.
PALETTE = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#F0E442", "#000000")
GREY = "#8C8C8C"
WIDTH = 6.3  # inches: the text width of an A4 page


@cache
def _font() -> str:
    """Register the Chinese font that the package zhplot carries and return its family name."""
    path = Path(find_spec("zhplot").origin).parent / "fonts" / "NotoSansSC-Regular.ttf"
    font_manager.fontManager.addfont(path)
    return font_manager.FontProperties(fname=path).get_name()


def use_house_style() -> None:
    """Set matplotlib up for this project: font, colours, sizes, and output that is the same every time."""
    plt.rcdefaults()
    mpl.rcParams.update(
        {
            "font.family": _font(),
            "font.size": 9,
            "axes.titlesize": 10,
            "axes.titlelocation": "left",
            "axes.unicode_minus": False,
            "axes.prop_cycle": mpl.cycler(color=PALETTE),
            "axes.spines.top": False,
            "axes.spines.right": False,
            "axes.edgecolor": "#444444",
            "axes.grid": False,
            "grid.color": "#DDDDDD",
            "grid.linewidth": 0.6,
            "legend.frameon": False,
            "figure.figsize": (WIDTH, 3.6),
            "figure.dpi": 110,
            "figure.constrained_layout.use": True,
            "savefig.dpi": 200,
            "svg.hashsalt": "qdlib",
            "svg.fonttype": "path",
        }
    )


def gloss(term: str, translations: dict[str, str] | None = None, separator: str = " ") -> str:
    """Return a Chinese term with its English gloss, from `translations` or the package's glossary, if there is one."""
    english = (translations or {}).get(term) or _glossary().get(term)
    return f"{term}{separator}{english}" if english else term


@cache
def _glossary() -> dict[str, str]:
    """The glossary as a dictionary: a line is a Chinese term, white space, its English."""
    return dict(line.split(maxsplit=1) for line in read_lexicon("glossary"))


def circles(axis: Axes, table: pd.DataFrame, largest: float = 480) -> None:
    """Draw a table of counts as circles: a row of the table a line, the area of a circle the count, and the count in it.

    Args:
        axis: to draw on; ticks and labels of rows and columns are the caller's.
        table: counts, rows x columns; a 0 is left empty.
        largest: area of the circle of the largest count (of 8, where it is smaller), in square points. A count that its
            circle has no room for stands beside it.
    """
    counts = table.to_numpy()
    scale = largest / max(counts.max(initial=0), 8)
    axis.hlines(range(len(counts)), -0.5, counts.shape[1] - 0.5, color="#E8E8E8", linewidth=0.7, zorder=1)
    rows, columns = counts.nonzero()
    axis.scatter(columns, rows, s=scale * counts[rows, columns], color=PALETTE[0], linewidth=0, zorder=2)
    for row, column in zip(rows, columns):
        n = counts[row, column]
        radius = np.sqrt(scale * n / np.pi)
        style = {"color": "white", "ha": "center"} if radius > 2.6 + 1.2 * len(str(n)) else {"color": "#444444", "ha": "left"}
        beside = 0 if style["ha"] == "center" else radius + 1
        axis.annotate(
            n, (column, row), (beside, 0), textcoords="offset points", va="center_baseline", fontsize=6.3, **style
        )
    axis.set(xlim=(-0.5, max(counts.shape[1], 1) - 0.5), ylim=(len(counts) - 0.4, -0.6))
    axis.spines[:].set_visible(False)
    axis.tick_params(length=0)


def sign(fig: Figure, corpus: Corpus, note: str = "") -> None:
    """Put what the figure rests on under it in small type: a note (n, interval), the corpus and its fingerprint."""
    about = f"{corpus}."
    fig.supxlabel(f"{note}\n{about}".strip(), fontsize=6.5, color="#555555", x=0.01, ha="left")


def save_figure(fig: Figure, name: str, data: pd.DataFrame, folder: str | Path | None = None) -> None:
    """Save a figure as `.svg` and `.png` with the plotted numbers as `.csv`, the same bytes for the same input.

    Where there are no numbers the figure says so instead of showing empty axes.

    Args:
        fig: the figure.
        name: stem of the files, `NN-name` after the notebook it belongs to.
        data: the numbers behind the figure, written with six significant digits.
        folder: where to; by default the environment's QDLIB_FIGURES, or `figures` beside the notebooks.

    Raises:
        ValueError: a character of a label is missing from the font.

    Warns:
        UserWarning: labels overlap or are cut.
    """
    check_labels(fig)
    if data.empty and fig.axes:
        for axis in fig.axes:
            axis.set_visible(False)
        fig.text(0.5, 0.7, "nothing was found that could be drawn here", ha="center", fontsize=8, color="#555555")
    folder = Path(folder or os.environ.get("QDLIB_FIGURES") or _beside_notebooks())
    folder.mkdir(parents=True, exist_ok=True)
    fig.savefig(folder / f"{name}.svg", metadata={"Date": None, "Creator": None})
    fig.savefig(folder / f"{name}.png", metadata={"Software": None})
    data.to_csv(folder / f"{name}.csv", index=False, float_format="%.6g", lineterminator="\n")


def _beside_notebooks() -> Path:
    """The folder `figures` of the project, whether the work is done in its root, in `notebooks` or in `notebooks/zh`."""
    here = Path.cwd()
    return next((folder.parent for folder in (here, here.parent) if folder.name == "notebooks"), here) / "figures"


def check_labels(fig: Figure) -> None:
    """Check that every character has a glyph, and that labels neither overlap nor leave the figure.

    Raises:
        ValueError: a character is missing from the font.

    Warns:
        UserWarning: two labels overlap, or one is cut at the edge.
    """
    labels = [t for t in fig.findobj(Text) if t.get_visible() and t.get_text().strip()]
    for label in labels:
        glyphs = font_manager.get_font(font_manager.findfont(label.get_fontproperties())).get_charmap()
        missing = sorted({c for c in label.get_text() if ord(c) not in glyphs and not c.isspace()})
        if missing:
            raise ValueError(f"label {label.get_text()!r} has no glyph for {' '.join(missing)}; change it or the font")
    fig.canvas.draw()
    unseen = _labels_out_of_view(fig)
    boxes = [(label.get_text(), _corners(label)) for label in labels if label not in unseen]
    frame = fig.bbox.padded(1)
    for i, (text, box) in enumerate(boxes):
        if (box < frame.min).any() or (box > frame.max).any():
            warnings.warn(f"label {text!r} is cut at the edge of the figure", stacklevel=3)
        for other, second in boxes[i + 1 :]:
            if _overlap(box, second):
                warnings.warn(f"labels {text!r} and {other!r} overlap", stacklevel=3)


def _corners(label: Text) -> np.ndarray:
    """The four corners of a label, turned with it where it is turned about its anchor."""
    angle = label.get_rotation()
    turned = bool(angle % 90) and label.get_rotation_mode() == "anchor"
    if turned:
        label.set_rotation(0)
    box = label.get_window_extent()
    corners = np.array([(box.x0, box.y0), (box.x1, box.y0), (box.x1, box.y1), (box.x0, box.y1)])
    if turned:
        label.set_rotation(angle)
        anchor = label.get_transform().transform(label.get_position())
        corners = Affine2D().rotate_deg_around(*anchor, angle).transform(corners)
    return corners


def _overlap(one: np.ndarray, other: np.ndarray, slack: float = 2.0) -> bool:
    """Whether two rectangles overlap by more than a hair: on every axis along one of their sides."""
    for box in (one, other):
        for side in (box[1] - box[0], box[3] - box[0]):
            axis = side / (np.hypot(*side) or 1)
            first, second = one @ axis, other @ axis
            if first.max() - slack <= second.min() or second.max() - slack <= first.min():
                return False
    return True


def _labels_out_of_view(fig: Figure) -> set[Text]:
    """Tick labels that matplotlib keeps but does not draw, since their ticks lie beyond the limits of the axis."""
    unseen: set[Text] = set()
    for axis in (axis for axes in fig.axes for axis in (axes.xaxis, axes.yaxis)):
        low, high = sorted(axis.get_view_interval())
        slack = 1e-9 * max(1.0, abs(high - low))
        ticks = [*axis.get_major_ticks(), *axis.get_minor_ticks()]
        beyond = [tick for tick in ticks if not low - slack <= tick.get_loc() <= high + slack]
        unseen |= {label for tick in beyond for label in (tick.label1, tick.label2)}
    return unseen
