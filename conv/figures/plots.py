"""Curves, drawn once and published in a light and a dark scheme."""

from __future__ import annotations

import base64
import io
import re
from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from conv.figures.colours import COLOURS
from conv.figures.figure import Figure, Measured
from conv.figures.picture import by_scheme

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Canvas

# Light and dark, in the order in which curves take them. After Okabe and Ito.
CURVES = [
    ("#0072b2", "#6fc3f2"),
    ("#b94a00", "#ff9d57"),
    ("#00805d", "#3fd0a4"),
    ("#a3457f", "#e795c4"),
    ("#6b6b6b", "#b5b5b5"),
]
INK, FAINT = COLOURS["text"], COLOURS["hair"]
MARKERS = "os^Dv"
STYLES: dict[str, Any] = {
    "": {},  # a line, with a marker at about a dozen of its values
    "dots": {"ls": "", "marker": "o", "ms": 3.5, "markevery": 1},
    "thin": {"lw": 1.2, "marker": ""},
    "thick": {"lw": 3.2, "marker": ""},
}
STYLE: Any = {
    "svg.fonttype": "path",
    "svg.hashsalt": "conv",
    "font.size": 10.5,
    "axes.edgecolor": FAINT[0],
    "axes.labelcolor": INK[0],
    "axes.spines.top": False,
    "axes.spines.right": False,
    "grid.color": FAINT[0],
    "text.color": INK[0],
    "xtick.color": INK[0],
    "ytick.color": INK[0],
}


def curves(
    x: ArrayLike,
    y: Mapping[str, ArrayLike],
    *,
    x_label: str,
    y_label: str,
    caption: str,
    alt: str,
    scale: str = "linear",
    joined: bool = True,
    styles: Sequence[str] = (),
    measured: bool = False,
) -> Figure:
    """Plot one or more curves over the same places.

    Parameters
    ----------
    x : array_like, (N,)
        Places.
    y : mapping of str to array_like, (N,)
        Values by the name of their curve, at most five. Curves differ in colour and in
        marker.
    x_label, y_label : str
        What the axes measure, with the unit.
    caption, alt : str
        See `conv.figures.Figure`.
    scale : {"linear", "log"}
        Of both axes.
    joined : bool
        Whether neighbouring values are joined by a line.
    styles : sequence of {"", "dots", "thin", "thick"}
        How each curve is drawn: every value as a dot, or a bare line. If not given, all are
        lines with markers.
    measured : bool
        Whether the values are times or the like, which differ from build to build.

    Raises
    ------
    ValueError
        If there are more curves than colours, one is not as long as ``x``, or there is not
        one style for each, or no such style.

    Examples
    --------
    >>> curves([0, 1], {"rise": [0, 2]}, x_label="time in s", y_label="height in m",
    ...        caption="A rise.", alt="A line that rises from 0 to 2.")
    Figure: A rise. [A line that rises from 0 to 2.]
    """
    if len(y) > len(CURVES):
        raise ValueError(f"y must hold at most {len(CURVES)} curves, not {len(y)}")
    styles = styles or [""] * len(y)
    if len(styles) != len(y) or not STYLES.keys() >= set(styles):
        choices = ", ".join(map(repr, STYLES))
        raise ValueError(f"styles must be one of {choices} for each curve, not {styles!r}")
    import matplotlib as mpl  # only where it is needed: it takes half a second
    from matplotlib.figure import Figure as Canvas

    x = np.asarray(x)
    with mpl.rc_context(STYLE):
        canvas = Canvas(figsize=(4.6, 2.9), layout="constrained")
        axes = canvas.add_subplot(
            xlabel=x_label, ylabel=y_label, xscale=scale, yscale=scale
        )
        for (name, values), (colour, _), marker, style in zip(
            y.items(), CURVES, MARKERS, styles, strict=False
        ):
            drawn = {
                "marker": marker,
                "ls": "-" if joined else "",
                "ms": 4.5,
                "markevery": max(1, len(x) // 12),
                **STYLES[style],
            }
            axes.plot(x, values, color=colour, label=name, **drawn)
        if scale == "log":  # names of powers between 1 and 10 would overlap
            first, last = np.log10(x[[0, -1]])
            powers = 10.0 ** np.arange(np.ceil(first), last + 1e-9)
            places = x if len(x) <= 12 else powers
            axes.set_xticks(places, [f"{place:g}" for place in places])
            axes.set_xticks([], minor=True)
        axes.grid(visible=True)
        if any(styles):  # dots would lie below the names
            columns = 2 if len(y) == 4 else 3
            canvas.legend(loc="outside upper center", ncols=columns, frameon=False)
        elif len(y) > 1:
            axes.legend(frameon=False)
        if measured:
            return Measured((in_the_page(canvas),), caption, alt)
        return Figure((in_both_schemes(canvas),), caption, alt)


def in_both_schemes(canvas: Canvas) -> str:
    """Return a drawing of matplotlib as HTML that follows the reader's colour scheme.

    The drawing must use the light colours of this module alone; the dark picture is the
    same drawing with its dark ones. Equal drawings give equal bytes.
    """
    dark = light = _svg(canvas)
    for before, after in (*CURVES, INK, FAINT):
        dark = dark.replace(before, after)
    width, height = (round(96 * inches) for inches in canvas.get_size_inches())
    light, dark = (
        "data:image/svg+xml;base64," + base64.b64encode(text.encode()).decode()
        for text in (light, dark)
    )
    return by_scheme(light, dark, width, height)


def in_the_page(canvas: Canvas) -> str:
    """Return a drawing likewise, but without a file whose name tells its contents."""
    superfluous = r"^.*?(?=<svg)|<!--.*?-->|<metadata.*?/metadata>"
    svg = re.sub(superfluous, "", _svg(canvas), flags=re.DOTALL)
    for light, dark in (*CURVES, INK, FAINT):
        svg = svg.replace(light, f"light-dark({light}, {dark})")
    svg = svg.replace("<svg", '<svg style="max-width: 100%; height: auto"', 1)
    return " ".join(svg.split())


def _svg(canvas: Canvas) -> str:
    """Return a drawing as SVG without style sheets, whose ids are its own."""
    import matplotlib as mpl

    file = io.StringIO()
    with mpl.rc_context(STYLE):
        canvas.savefig(
            file, format="svg", transparent=True, metadata={"Date": None, "Creator": None}
        )
    svg = re.sub(r"<style.*?</style>", "", file.getvalue(), flags=re.DOTALL)
    prefix = "c" + sha256(svg.encode()).hexdigest()[:8]
    return re.sub(r'(\bid="|href="#|url\(#)', rf"\g<1>{prefix}-", svg)
