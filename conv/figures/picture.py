"""Photographs and arrays as pictures."""

from __future__ import annotations

import base64
import io
from dataclasses import dataclass
from html import escape

import numpy as np
from numpy.typing import ArrayLike
from PIL import Image


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

    Raises
    ------
    ValueError
        If the array has another shape, is empty, or holds values that are not finite, or
        the limits are not in ascending order.
    """

    values: ArrayLike
    title: str = ""
    limits: tuple[float, float] = (0, 1)

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

    def width(self, scale: int = 1) -> int:
        """Return its width in pixels of a page, so many for each value."""
        return scale * int(np.shape(self.values)[1])

    def html(self, scale: int = 1) -> str:
        """Return the picture, a PNG of one byte a value, as HTML."""
        low, high = self.limits
        array = np.asarray(self.values, float)
        shades = np.rint(np.clip((array - low) / (high - low), 0, 1) * 255)
        source = picture_url(Image.fromarray(shades.astype(np.uint8)))
        height, width = array.shape[:2]
        return (
            f'<span class="conv-picture"><span><b>{escape(self.title)}</b>'
            f' {height} × {width}</span><img src="{source}" alt=""'
            f' width="{scale * width}" height="{scale * height}" loading="lazy"></span>'
        )


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
