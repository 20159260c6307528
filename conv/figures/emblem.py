"""The site's logo, and the picture that a link to it shows elsewhere."""

from __future__ import annotations

import base64
import io
from collections.abc import Mapping
from dataclasses import dataclass

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Canvas
from matplotlib.patches import Rectangle
from numpy.typing import NDArray
from PIL import Image, ImageColor

from conv import correlate, images, kernels
from conv.figures.colours import INK, INPUT, KERNEL, LINE, OUTPUT
from conv.figures.grid import format_number

BACKDROP = "#083650"  # a dark blue: the cells stand out on it in either scheme
SIDE, CELL, STEP = 16, 4, 5  # of the logo, in pixels of the smallest icon
LOGO = [
    (1 + STEP * column, 1 + STEP * row, colour)
    for row, colours in enumerate(
        [(INPUT, KERNEL, INPUT), (KERNEL, OUTPUT, KERNEL), (INPUT, KERNEL, INPUT)]
    )
    for column, colour in enumerate(colours)
]
CARD = (1200, 630)  # width and height in pixels that social networks ask for
FACE = np.s_[40:400, 100:420]  # of the photograph


@dataclass(frozen=True, repr=False)
class Files:
    """Files that the site publishes; on the page itself nothing is seen of them.

    Attributes
    ----------
    contents : mapping of str to bytes
        What each file holds, by its place in the site.
    """

    contents: Mapping[str, bytes]

    def __repr__(self) -> str:
        return f"Files: {', '.join(self.contents)}"

    def _repr_mimebundle_(self, **_: object) -> dict[str, object]:
        encoded = {
            name: base64.b64encode(data).decode() for name, data in self.contents.items()
        }
        return {"application/vnd.conv.files+json": encoded, "text/plain": repr(self)}


def emblem(name: str) -> Files:
    """Draw what stands for the site: its logo, its icon, and its card for links elsewhere.

    The logo is a kernel of 3 by 3, sharp at 16 pixels. The card is 1200 by 630 pixels.

    Parameters
    ----------
    name : str
        Of the site, written on the card.

    Examples
    --------
    >>> emblem("Convolution")
    Files: assets/logo.svg, assets/icon.png, assets/card.png
    """
    return Files(
        {
            "assets/logo.svg": _logo().encode(),
            "assets/icon.png": _icon(),
            "assets/card.png": _card(name),
        }
    )


def _logo() -> str:
    cells = "".join(
        f'<rect x="{x}" y="{y}" width="{CELL}" height="{CELL}" fill="{_plain(colour)}"/>'
        for x, y, colour in LOGO
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {SIDE} {SIDE}">'
        f'<rect width="{SIDE}" height="{SIDE}" rx="2" fill="{BACKDROP}"/>{cells}</svg>\n'
    )


def _icon() -> bytes:
    """Return the logo as a PNG, for browsers that take no SVG and for home screens."""
    pixels = np.full((SIDE, SIDE, 3), ImageColor.getrgb(BACKDROP), np.uint8)
    for x, y, colour in LOGO:
        pixels[y : y + CELL, x : x + CELL] = ImageColor.getrgb(_plain(colour))
    file = io.BytesIO()
    Image.fromarray(pixels.repeat(12, axis=0).repeat(12, axis=1)).save(file, "PNG")
    return file.getvalue()


def _card(name: str) -> bytes:
    photo = images.sample().mean(axis=2)
    kernel = kernels.emboss()
    relief = correlate(photo, kernel)
    canvas = Canvas(figsize=(CARD[0] / 72, CARD[1] / 72), dpi=72)  # a point is a pixel
    with mpl.rc_context({"font.family": "DejaVu Sans"}):
        canvas.text(
            0.05, 0.86, name, size=56, weight="bold", color=_plain(INK), va="center"
        )
        for left, sign in ((440, "⋆"), (760, "=")):
            canvas.text(left / CARD[0], 0.38, sign, size=48, ha="center", va="center")
        _shade(_place(canvas, 60, 60, 320, 360), photo[FACE], (0, 1))
        _cells(_place(canvas, 500, 137, 206, 206), kernel)
        _shade(_place(canvas, 820, 60, 320, 360), relief[FACE], (-0.5, 1.5))
        file = io.BytesIO()
        canvas.savefig(file, format="png", metadata={"Software": None})
    return file.getvalue()


def _place(canvas: Canvas, left: int, bottom: int, width: int, height: int) -> Axes:
    """Return empty axes at a place given in pixels."""
    across, up = CARD
    axes = canvas.add_axes((left / across, bottom / up, width / across, height / up))
    axes.set_axis_off()
    return axes


def _shade(axes: Axes, values: NDArray[np.float64], limits: tuple[float, float]) -> None:
    axes.imshow(values, cmap="gray", vmin=limits[0], vmax=limits[1], aspect="auto")


def _cells(axes: Axes, kernel: NDArray[np.float64]) -> None:
    rows, columns = kernel.shape
    axes.set(xlim=(-0.02, columns + 0.02), ylim=(rows + 0.02, -0.02))
    fill, edge = _plain(KERNEL), _plain(LINE)
    for (row, column), value in np.ndenumerate(kernel):
        axes.add_patch(Rectangle((column, row), 1, 1, facecolor=fill, edgecolor=edge, lw=2))
        where = (column + 0.5, row + 0.5)
        axes.text(*where, format_number(value), size=30, ha="center", va="center_baseline")


def _plain(colour: str) -> str:
    """Return the colour behind a variable of the site's style sheet."""
    return colour[colour.index("#") : -1]
