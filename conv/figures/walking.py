"""Curves over places that a reader moves along, and the pictures at each place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from html import escape

import numpy as np
from numpy.typing import ArrayLike, NDArray

from conv.figures.colours import FOCUS, LINE, TEXT, colour
from conv.figures.picture import Picture
from conv.figures.plots import CURVES
from conv.figures.slide import HIDDEN, Slide, stage

HIGH, TOP, BELOW = 130, 22, 26  # pixels: of the plot, above it, and for names of places
NAMED = 6  # places that have room for a name on a phone


def along(
    places: Sequence[str],
    curves: Mapping[str, ArrayLike],
    pictures: Sequence[Sequence[Picture]],
    notes: Sequence[str],
    *,
    label: str,
    at: int = 0,
    scale: int = 4,
    caption: str,
    alt: str,
) -> Slide:
    """Let the reader move along curves, and see the pictures that belong to each place.

    A line marks the place; it follows a pointer, and can be played and stepped. Each curve
    has its name above its highest value.

    Parameters
    ----------
    places : sequence of str
        Names of the places, without spaces. Of many only some are written below the curves.
    curves : mapping of str to array_like, (N,)
        At most five curves by name, with a value from 0 on for each place.
    pictures : sequence of sequence of Picture
        For each place those that are shown above the curves; as many, of one size, for all.
    notes : sequence of str
        What is said below at each place.
    label : str
        What the curves measure.
    at : int
        Which place is shown first.
    scale : int
        Pixels for each value of a picture.
    caption, alt : str
        See `conv.figures.Figure`.

    Raises
    ------
    ValueError
        If curves, pictures and notes are not one for each place, a value is below 0, there
        are too many curves, or there is no such place.

    Examples
    --------
    >>> along(["left", "right"], {"height": [0, 2]}, [[Picture([[0]])], [Picture([[1]])]],
    ...       ["low", "high"], label="height in m", caption="A slope.", alt="It rises.")
    Slide: A slope. [It rises.]
    """
    heights = {name: np.asarray(values, float) for name, values in curves.items()}
    lengths = {len(pictures), len(notes), *(len(y) for y in heights.values())}
    if lengths != {len(places)}:
        raise ValueError(f"all must be of {len(places)} places, not {sorted(lengths)}")
    if not 1 <= len(heights) <= len(CURVES) or min(y.min() for y in heights.values()) < 0:
        raise ValueError(f"curves must be 1 to {len(CURVES)}, and nowhere below 0")
    if not 0 <= at < len(places):
        raise ValueError(f"at must be a place from 0 to {len(places) - 1}, not {at}")
    shown = ""
    for n, row in enumerate(pictures):
        hidden = "; visibility: hidden" * (n != at)
        panels = "".join(picture.html(scale) for picture in row)
        shown += (
            f'<div class="conv-panels" data-at="{n}" data-say="{escape(notes[n])}"'
            f' style="grid-area: 1 / 1{hidden}">{panels}</div>'
        )
    html = f'<div style="display: grid; margin-bottom: 8px">{shown}</div>'
    html += _svg(places, heights, label, at)
    data = {"name": "", "count": len(places), "columns": len(places), "at": at}
    data |= {"step": f"{100 / len(places):g}%", "places": escape(" ".join(places))}
    return Slide((stage(html, notes[at], **data),), caption, alt)


def _svg(
    places: Sequence[str], heights: Mapping[str, NDArray[np.float64]], label: str, at: int
) -> str:
    """Draw the curves on one scale, and the line that moves."""
    base = TOP + HIGH
    x = [f"{100 * (n + 0.5) / len(places):g}%" for n in range(len(places))]
    words = f'fill="{TEXT}" stroke="none"'
    drawn = f'<line x2="100%" y1="{base}" y2="{base}" stroke="{LINE}"/>'
    each = 1 + len(places) // NAMED
    for n, place in list(enumerate(places))[::each]:
        drawn += f'<text x="{x[n]}" y="{base + 18}" {words}>{escape(place)}</text>'
    drawn += (
        f'<svg><g class="cs-move"><line x1="{x[at]}" x2="{x[at]}" y1="{TOP}" y2="{base}"'
        f' stroke="{FOCUS}" stroke-width="2"/></g></svg>'
    )
    most = max(y.max() for y in heights.values()) or 1
    for (name, y), (light, dark) in zip(heights.items(), CURVES, strict=False):
        ends = [f"{base - HIGH * value / most:.1f}" for value in y]
        ink = f"light-dark({light}, {dark})"
        drawn += f'<g stroke="{ink}" fill="{ink}">{"".join(_curve(x, ends, at))}</g>'
        top = int(y.argmax())
        anchor = "start" if not top else "end" if top == len(y) - 1 else "middle"
        drawn += (
            f'<text x="{x[top]}" y="{float(ends[top]) - 8:.1f}" text-anchor="{anchor}"'
            f' fill="{ink}" font-weight="600" stroke="{colour("frame")}" stroke-width="4"'
            f' paint-order="stroke">{escape(name)}</text>'
        )
    height = base + BELOW + 18
    return (
        f'<svg class="cs-signal" width="100%" height="{height}" font-family="inherit"'
        ' style="max-width: 632px; overflow: visible" font-size="13" text-anchor="middle"'
        f' xmlns="http://www.w3.org/2000/svg">{drawn}<text x="50%" y="{base + 38}"'
        f" {words}>{escape(label)}</text></svg>"
    )


def _curve(x: Sequence[str], y: Sequence[str], at: int) -> Iterator[str]:
    """Draw a curve from place to place, with a dot at the one that is shown."""
    for n, (place, height) in enumerate(zip(x, y, strict=True)):
        if n:
            yield (
                f'<line x1="{x[n - 1]}" y1="{y[n - 1]}" x2="{place}" y2="{height}"'
                ' stroke-width="2"/>'
            )
        yield (
            f'<circle data-at="{n}" cx="{place}" cy="{height}" r="4.5" stroke="none"'
            f"{HIDDEN * (n != at)}/>"
        )
