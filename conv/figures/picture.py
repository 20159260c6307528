"""Photographs and arrays as pictures."""

from __future__ import annotations

import base64
import io
from dataclasses import dataclass
from html import escape

import numpy as np
from numpy.typing import ArrayLike, NDArray
from PIL import Image

from conv.figures.colours import SIGNED

SHADES = 64  # of a picture on the scale of signs


@dataclass(frozen=True, eq=False)
class Picture:
    """An array to be shown as a picture.

    Attributes
    ----------
    values : array_like, (H, W) or (H, W, 3)
        Brightness, or red, green and blue.
    title : str
        Name above the picture; the size is added.
    limits : (float, float)
        The values shown as black and as white; values beyond are shown as these.
    signed : bool
        Whether these are the ends of the scale of signs, violet and green: the lower one
        is then minus the upper one.
    note : str
        What stands behind the name instead of the size.

    Raises
    ------
    ValueError
        If the array has another shape, is empty, or holds values that are not finite, or
        the limits are not in ascending order, or it is signed and has
        colours or limits that are not opposite.
    """

    values: ArrayLike
    title: str = ""
    limits: tuple[float, float] = (0, 1)
    signed: bool = False
    note: str = ""

    def __post_init__(self) -> None:
        low, high = self.limits
        if not low < high:
            raise ValueError(f"limits must be in ascending order, not {self.limits}")
        array = np.asarray(self.values, float)
        if array.ndim not in (2, 3) or array.shape[2:] not in ((), (3,)) or not array.size:
            raise ValueError(
                f"{self.title!r} must be (H, W) or (H, W, 3), not {array.shape}"
            )
        if not np.isfinite(array).all():
            raise ValueError(f"{self.title!r} must be finite")
        if self.signed and (low != -high or array.ndim != 2):
            raise ValueError(
                f"{self.title!r} must be (H, W) between opposite limits, as it is signed"
            )

    def width(self, scale: int = 1) -> int:
        """Return its width in pixels of a page, so many for each value."""
        return scale * int(np.shape(self.values)[1])

    def html(self, scale: int = 1) -> str:
        """Return the picture, a PNG of one byte a value, as HTML."""
        low, high = self.limits
        array = np.asarray(self.values, float)
        shades = np.rint(np.clip((array - low) / (high - low), 0, 1) * 255)
        height, width = array.shape[:2]
        if self.signed:
            light, dark = (picture_url(signed_image(array, high, n)) for n in (0, 1))
            image = by_scheme(light, dark, scale * width, scale * height)
        else:
            source = picture_url(Image.fromarray(shades.astype(np.uint8)))
            size = f'width="{scale * width}" height="{scale * height}"'
            image = f'<img src="{source}" alt="" {size} loading="lazy">'
        note = escape(self.note or f"{height} × {width}")
        return (
            f'<span class="conv-picture"><span><b>{escape(self.title)}</b>'
            f" {note}</span>{image}</span>"
        )


def signed_image(values: NDArray[np.float64], limit: float, scheme: int) -> Image.Image:
    """Return values from −limit to limit on the scale of signs, in a scheme's colours."""
    stops = [[int(fill[scheme][n : n + 2], 16) for n in (1, 3, 5)] for fill, _ in SIGNED]
    places = np.linspace(0, 1, SHADES)
    palette = [
        np.interp(places, np.linspace(0, 1, len(stops)), c)
        for c in zip(*stops, strict=True)
    ]
    shares = np.clip(values / limit, -1, 1) / 2 + 0.5
    image = Image.fromarray(np.rint(shares * (SHADES - 1)).astype(np.uint8), "P")
    image.putpalette(np.rint(np.transpose(palette)).astype(np.uint8).tobytes())
    return image


def picture_url(image: Image.Image) -> str:
    """Return a picture as a PNG in a data URL."""
    file = io.BytesIO()
    image.save(file, "PNG", optimize=True)
    return "data:image/png;base64," + base64.b64encode(file.getvalue()).decode()


def by_scheme(light: str, dark: str, width: int, height: int) -> str:
    """Return a picture that has one of two sources, by the system's colour scheme."""
    return (
        f'<picture><source media="(prefers-color-scheme: dark)" srcset="{dark}">'
        f'<img src="{light}" alt="" width="{width}" height="{height}" loading="lazy">'
        "</picture>"
    )
