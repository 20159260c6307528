"""A photograph under a kernel, which the reader of the site can take hold of."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from html import escape

import numpy as np
from numpy.typing import ArrayLike, NDArray
from PIL import Image

from conv import correlate, flip
from conv.figures.grid import format_number
from conv.figures.picture import SHADES, by_scheme, picture_url, signed_image
from conv.figures.presets import KERNELS, SIGNED_LIMIT

# The operators as drawings, so that the front page needs no font for them.
STAR = "M8 1l2 5h5l-4 3 2 6-5-4-5 4 2-6-4-3h5z"
EQUALS = "M1 4h14v2H1zM1 10h14v2H1z"


@dataclass(frozen=True, eq=False)
class Photo:
    """A photograph, a kernel, the output, and one sum; without scripts it stands still."""

    values: NDArray[np.float64]
    kernel: str
    at: tuple[int, int]
    caption: str
    alt: str
    flipped: bool
    small: bool
    noise: bool

    def __repr__(self) -> str:
        return f"Photo: {self.caption} [{self.alt}]"

    def _repr_html_(self) -> str:
        form = "small" if self.small else "hero"
        form += " flipped" * self.flipped + " noise" * self.noise
        row, column = self.at
        return (  # div: a block in Markdown
            f'<div><conv-photo {form} kernel="{escape(self.kernel)}" at="{row},{column}">'
            f'<figure class="conv-figure cp" style="--row: {row}; --column: {column};'
            f' --width: {self.values.shape[1]}">'
            f'<div class="cp-stage" role="img" aria-label="{escape(self.alt)}">'
            f'{"".join(self._panels())}</div><div class="cp-bar"></div>'
            f"<figcaption>{escape(self.caption)}</figcaption></figure></conv-photo></div>"
        )

    def _panels(self) -> Iterator[str]:
        entries, divisor = KERNELS[self.kernel]
        if self.flipped:
            entries = flip(entries)
        output = correlate(self.values, entries / divisor, padding="valid")
        image = _image(_grey(self.values, 100))
        yield _panel("input", self.values, f'{image}<span class="cp-window"></span>')
        note = _note(entries / divisor) if self.noise else ""
        yield f'{_sign(STAR)}<div class="cp-kernel"><p class="cp-title"><b>kernel</b>'
        yield f" <span>{note}</span></p>"
        yield '<div class="cp-grid">'
        yield from (f"<span>{format_number(entry)}</span>" for entry in entries.flat)
        yield f'<p class="cp-divisor">÷ <span>{divisor}</span></p></div>'
        yield from self._products(entries, divisor)
        yield f'<div class="cp-presets"></div></div>{_sign(EQUALS)}'
        image = _image(_grey(output, SHADES - 1))
        if entries.sum() <= 0:
            light, dark = (
                picture_url(signed_image(output, SIGNED_LIMIT, n)) for n in (0, 1)
            )
            image = by_scheme(light, dark, 2 * output.shape[1], 2 * output.shape[0])
        yield _panel("output", output, f'{image}<span class="cp-ring"></span>')

    def _products(self, entries: NDArray[np.int64], divisor: int) -> Iterator[str]:
        """Write the products in the window, in the kernel's order, and their sum."""
        row, column = self.at
        window = self.values[row : row + 3, column : column + 3]
        yield '<p class="cp-products">'
        for entry, value in zip(entries.flat, window.flat, strict=True):
            yield f"<span><i>{format_number(entry)}</i>·<u>{value:g}</u></span>"
        total = (entries * window).sum()
        division = f"{format_number(total)} ÷ {divisor} = " if divisor != 1 else ""
        yield f"<span>= {division}<b>{format_number(total / divisor)}</b></span></p>"


def photo(
    values: ArrayLike,
    *,
    caption: str,
    alt: str,
    kernel: str = "Sobel x",
    at: tuple[int, int] = (0, 0),
    flipped: bool = False,
    small: bool = False,
    noise: bool = False,
) -> Photo:
    """Lay a kernel of 3 by 3 on a photograph, and let the reader move and change it.

    The output is the cross-correlation in the mode ``valid``. Where the kernel's entries
    sum to 0 or less, it is shown on a scale of signs, and in grey otherwise. This site
    brings the scripts; in a notebook the figure stands still.

    Parameters
    ----------
    values : array_like, (H, W)
        Brightness in whole per cent.
    caption, alt : str
        See `conv.figures.Figure`.
    kernel : str
        One of the names of ``presets.KERNELS``.
    at : (int, int)
        Row and column of the output that is looked at first.
    flipped : bool
        Whether the kernel is flipped first, for convolution.
    small : bool
        Whether it is one figure among others, and not the page's main part.
    noise : bool
        Whether to say how many times as large the kernel makes white noise and an upright
        edge.

    Raises
    ------
    ValueError
        If the values are not (H, W) or no whole per cent, there is no such kernel or place.

    Examples
    --------
    >>> photo([[0] * 3 + [99] * 3] * 4, caption="An edge.", alt="Dark left, bright right.")
    Photo: An edge. [Dark left, bright right.]
    """
    array = np.asarray(values, float)
    if array.ndim != 2 or min(array.shape) < 3:
        raise ValueError(f"values must be (H, W), at least 3 by 3, not {array.shape}")
    if not np.isin(array, range(101)).all():
        raise ValueError("values must be whole numbers from 0 to 100, in per cent")
    if kernel not in KERNELS:
        raise ValueError(
            f"kernel must be one of {', '.join(map(repr, KERNELS))}, not {kernel!r}"
        )
    last = array.shape[0] - 3, array.shape[1] - 3
    if not all(0 <= place <= most for place, most in zip(at, last, strict=True)):
        raise ValueError(f"at must be from (0, 0) to {last}, not {at}")
    return Photo(array, kernel, at, caption, alt, flipped, small, noise)


def _note(weights: NDArray[np.float64]) -> str:
    """Say by what the weights multiply white noise, and the height of an upright edge."""
    gain = np.sqrt(np.sum(weights**2))
    edge = np.ptp(np.cumsum([0, *weights.sum(axis=0)]))
    return f"noise {gain:.2g}, edge {edge:.2g}"


def _panel(name: str, values: NDArray[np.float64], view: str) -> str:
    height, width = values.shape
    title = f'<p class="cp-title"><b>{name}</b> {height} × {width}</p>'
    return f'<div class="cp-{name}">{title}<div class="cp-view">{view}</div></div>'


def _image(image: Image.Image) -> str:
    size = f'width="{2 * image.width}" height="{2 * image.height}"'
    return f'<img src="{picture_url(image)}" alt="" {size}>'


def _sign(path: str) -> str:
    size = 'width="16" height="16" viewBox="0 0 16 16"'
    return f'<svg class="cp-sign" {size}><path d="{path}"/></svg>'


def _grey(values: NDArray[np.float64], steps: int) -> Image.Image:
    """Return per cent as shades of grey, so many between black and white."""
    shares = np.rint(np.clip(values, 0, 100) / 100 * steps) / steps
    return Image.fromarray(np.rint(255 * shares).astype(np.uint8))
