"""Photographs and arrays as pictures."""

from __future__ import annotations

import base64
import io
from collections.abc import Mapping
from html import escape

import numpy as np
from numpy.typing import ArrayLike
from PIL import Image

from conv.figures.figure import Figure


def pictures(
    arrays: Mapping[str, ArrayLike],
    *,
    caption: str,
    alt: str,
    limits: tuple[float, float] = (0, 1),
) -> Figure:
    """Show arrays as pictures, side by side, each with its name below it.

    Parameters
    ----------
    arrays : mapping of str to array_like, (H, W) or (H, W, 3)
        Pictures by name.
    caption, alt : str
        See :class:`conv.figures.Figure`.
    limits : (float, float)
        The values shown as black and as white; values beyond are shown as these.

    Raises
    ------
    ValueError
        If an array has another shape, holds values that are not finite, or the limits are
        not in ascending order.

    Examples
    --------
    >>> pictures({"dark": [[0, 0.1]], "bright": [[0.9, 1]]}, caption="Pair.", alt="Two.")
    Figure: Pair. [Two.]
    """
    low, high = limits
    if not low < high:
        raise ValueError(f"limits must be in ascending order, not {limits}")
    panels = []
    for name, values in arrays.items():
        array = np.asarray(values, float)
        if not (array.ndim == 2 or (array.ndim == 3 and array.shape[2] == 3)):
            raise ValueError(f"{name!r} must be (H, W) or (H, W, 3), not {array.shape}")
        if not np.isfinite(array).all():
            raise ValueError(f"{name!r} must be finite")
        shades = np.rint(np.clip((array - low) / (high - low), 0, 1) * 255)
        file = io.BytesIO()
        Image.fromarray(shades.astype(np.uint8)).save(file, "PNG", optimize=True)
        data = base64.b64encode(file.getvalue()).decode()
        height, width = array.shape[:2]
        panels.append(
            f'<span class="conv-picture"><img src="data:image/png;base64,{data}" alt=""'
            f' width="{width}" height="{height}" loading="lazy">'
            f"<span>{escape(name)}</span></span>"
        )
    return Figure(tuple(panels), caption, alt)
