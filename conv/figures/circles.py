"""The points at which a Fourier transform evaluates a polynomial, and their squares."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from conv.figures.colours import FOCUS, LINE, TEXT, colour
from conv.figures.slide import HIDDEN, Slide, stage

RADIUS, SIDE, TOP = 66, 176, 20  # pixels: of a circle, of its square, and above it
LABELS = {"1": 1, "i": 1j, "−1": -1, "−i": -1j}


def squares(count: int, *, caption: str, alt: str) -> Slide:
    """Draw equally spaced points on the unit circle beside their squares.

    A point z and its opposite −z have one square, and the reader goes from pair to pair: of
    `count` points the squares are half as many, and equally spaced again. Points are in the
    order of the discrete Fourier transform, clockwise from 1.

    Parameters
    ----------
    count : int
        How many points there are: even, from 4 to 32.
    caption, alt : str
        See `conv.figures.Figure`.

    Raises
    ------
    ValueError
        If there is no such number of points.

    Examples
    --------
    >>> squares(8, caption="Points.", alt="Eight points and four.")
    Slide: Points. [Eight points and four.]
    """
    if count not in range(4, 33, 2):
        raise ValueError(f"count must be even and from 4 to 32, not {count}")
    points, at = _circle(count), 1
    drawn = "".join(_points(0, f"{count} points z", points, "input"))
    halved = _circle(count // 2)
    drawn += "".join(_points(SIDE, f"{count // 2} squares z²", halved, "output"))
    for k, z in enumerate(points):
        known = f'data-at="{k}" data-say="{_said(z)}"{HIDDEN * (k != at)}'
        drawn += f"<g {known}>{''.join(_pair(z))}</g>"
    width, height = 2 * SIDE, TOP + SIDE
    svg = (
        f'<svg width="{width}" height="{height}" viewBox="0 0 {width} {height}"'
        ' style="max-width: 100%; height: auto" font-family="inherit" font-size="13"'
        f' text-anchor="middle" fill="{TEXT}" xmlns="http://www.w3.org/2000/svg">'
        f"{drawn}</svg>"
    )
    data = {"name": "", "symbol": "k", "count": count, "columns": count, "step": "0px"}
    return Slide((stage(svg, _said(points[at]), **data, at=at),), caption, alt)


def _circle(count: int) -> list[complex]:
    """Return the points of a transform, the first at 1."""
    return [complex(z) for z in np.exp(-2j * np.pi * np.arange(count) / count)]


def _place(left: int, z: complex, out: float = 1) -> tuple[str, str]:
    """Return where a number is drawn in a circle that begins at `left`."""
    middle = SIDE / 2
    x, y = left + middle + out * RADIUS * z.real, TOP + middle - out * RADIUS * z.imag
    return f"{x:.1f}", f"{y:.1f}"


def _points(left: int, title: str, points: list[complex], role: str) -> Iterator[str]:
    """Draw a circle with points on it, and the names of four of its places."""
    x, y = _place(left, 0)
    yield f'<text x="{x}" y="14" font-size="14" font-weight="600">{title}</text>'
    yield f'<circle cx="{x}" cy="{y}" r="{RADIUS}" fill="none" stroke="{LINE}"/>'
    for label, z in LABELS.items():
        x, y = _place(left, z, 1.22)
        yield f'<text x="{x}" y="{y}" dy="4">{label}</text>'
    for z in points:
        x, y = _place(left, z)
        yield f'<circle cx="{x}" cy="{y}" r="5" fill="{colour(role)}" stroke="{LINE}"/>'


def _pair(z: complex) -> Iterator[str]:
    """Join a point with its opposite, lead to their square, and frame all three."""
    for (left, end), start in (((0, z), -z), ((SIDE, z**2), 0)):
        (x1, y1), (x2, y2) = _place(left, start), _place(left, end)
        yield f'<line x1="{x1}" y1="{y1}" x2="{x2}" y2="{y2}" stroke="{FOCUS}"/>'
    for left, point in ((0, z), (0, -z), (SIDE, z**2)):
        x, y = _place(left, point)
        ring = f'fill="none" stroke="{FOCUS}" stroke-width="3"'
        yield f'<circle cx="{x}" cy="{y}" r="8" {ring}/>'


def _said(z: complex) -> str:
    return f"z = {_written(z)} and −z = {_written(-z)} have the square {_written(z**2)}"


def _written(z: complex) -> str:
    """Write a complex number in two places, with i and without what is 0."""
    real, imaginary = (round(part, 2) + 0.0 for part in (z.real, z.imag))
    number = f"{real:g}" if real or not imaginary else ""
    if imaginary:
        sign = "-" if imaginary < 0 else "+" * bool(number)
        size = "" if abs(imaginary) == 1 else f"{abs(imaginary):g}"
        number = f"{number} {sign} {size}i" if real else f"{sign}{size}i"
    return number.replace("-", "−")
