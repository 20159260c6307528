"""Filters beside each other, and each with its frequency response."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

import numpy as np
from numpy.typing import ArrayLike, NDArray

from conv.figures.figure import Figure
from conv.figures.grid import Grid, format_number
from conv.figures.picture import Picture
from conv.figures.plots import STYLE, in_both_schemes

SIDE = 128  # pixels, of a kernel that is drawn as a picture
SAMPLES = 64  # frequencies along each axis


class Gallery(Figure):
    """A figure whose panels are links, each of which has a text of its own."""

    def body(self) -> str:
        """Return the panels as HTML, in a group that is named by the alternative text."""
        return (
            f'<div class="conv-gallery" role="group" aria-label="{escape(self.alt)}">'
            f"{''.join(self.panels)}</div>"
        )


def gallery(pictures: Mapping[str, Picture], *, caption: str, alt: str) -> Gallery:
    """Show small pictures, each as a link to the place on the page that explains it.

    Parameters
    ----------
    pictures : mapping of str to Picture
        By the name of the place, such as ``"blur"`` for ``#blur``.
    caption, alt : str
        See `conv.figures.Figure`.

    Examples
    --------
    >>> gallery({"day": Picture([[1]], "day")}, caption="Day.", alt="Bright.")
    Gallery: Day. [Bright.]
    """
    links = (f'<a href="#{name}">{one.html()}</a>' for name, one in pictures.items())
    return Gallery(tuple(links), caption, alt)


def filtered(
    kernel: ArrayLike,
    output: Picture,
    *,
    times: int = 1,
    limit: float | None = None,
    caption: str,
    alt: str,
) -> Figure:
    """Draw a kernel, its frequency response, and an output.

    Up to 5 by 5 the kernel is a grid of numbers, and else a picture on the scale of signs.
    So is a grid with numbers below 0.

    Parameters
    ----------
    kernel : array_like, (h, w)
        Not zero everywhere.
    output : Picture
        What it makes of an image; drawn twice as large.
    times : int
        By what the numbers of a grid are multiplied, so that they are short; the title says
        that they are, for example, 25ths.
    limit : float, optional
        The end of the scale of a kernel that is a picture, so that entries are seen beside
        one that is much larger; if not given, the largest.
    caption, alt : str
        See `conv.figures.Figure`.

    Examples
    --------
    >>> filtered([[1, 1]], Picture([[1]], "output"), caption="A sum.", alt="Kernel 1 1")
    Figure: A sum. [Kernel 1 1]
    """
    w = np.asarray(kernel, float)
    if max(w.shape) <= 5:
        role = "output" if w.min() < 0 else "kernel"  # outputs show their signs
        note = "" if times == 1 else f"in {times}ths"  # instead of the size
        grid = Grid(times * w, "kernel", role, axes=("", note))
        drawn = grid.html(34 if max(w.shape) <= 3 else 24)
    else:
        most, scale = limit or float(np.abs(w).max()), max(1, SIDE // max(w.shape))
        note = f"{'±' if w.min() < 0 else '0 to '}{format_number(most)}"
        drawn = Picture(w, "kernel", (-most, most), True, note).html(scale)
    return Figure((drawn, _response(w), output.html(2)), caption, alt)


def _response(kernel: NDArray[np.float64]) -> str:
    """Plot by how much the kernel multiplies the amplitude of a wave of each frequency."""
    import matplotlib as mpl  # only where it is needed, as in plots.py
    from matplotlib.figure import Figure as Canvas

    response = np.abs(np.fft.fftshift(np.fft.fft2(kernel, (SAMPLES, SAMPLES))))
    response = np.pad(response, (0, 1), "wrap")  # from −1/2 to 1/2, both included
    with mpl.rc_context({**STYLE, "font.size": 9}):
        canvas = Canvas(figsize=(1.9, 2.1), layout="constrained")
        axes = canvas.add_subplot(xlabel="across\n(cycles per pixel)", ylabel="down")
        axes.set_title(f"response 0 to {format_number(response.max())}", size=9)
        half = 0.5 + 0.5 / SAMPLES
        axes.imshow(response, "gray", vmin=0, extent=(-half, half, half, -half))
        for ticks in (axes.set_xticks, axes.set_yticks):
            ticks((-0.5, 0, 0.5), ("−½", "0", "½"))
        return in_both_schemes(canvas)
