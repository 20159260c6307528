"""The points at which a Fourier transform evaluates a polynomial, and their powers."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from conv.figures.colours import FOCUS, LINE, TEXT, colour
from conv.figures.slide import HIDDEN, Slide, stage

RADIUS, SIDE, TOP = 48, 120, 20  # pixels: of a circle, of its square, and above it
DWELL = 1800  # milliseconds at each pair, to read its numbers
LABELS = {"1": 1, "i": 1j, "−1": -1, "−i": -1j}
POWERS = {1: "z", 2: "z²", 4: "z⁴"}


def squares(count: int, *, caption: str, alt: str) -> Slide:
    """Draw equally spaced points on the unit circle, their squares, and fourth powers.

    A point z and its opposite −z have one square, and the reader goes from pair to pair:
    from circle to circle there are half as many points, and they are equally spaced again.
    They are in the order of the discrete Fourier transform, clockwise from 1.

    Parameters
    ----------
    count : int
        How many points there are, divisible by 4: from 4 to 24.
    caption, alt : str
        See `conv.figures.Figure`.

    Raises
    ------
    ValueError
        If there is no such number of points.

    Examples
    --------
    >>> squares(8, caption="Points.", alt="Eight points, four and two.")
    Slide: Points. [Eight points, four and two.]
    """
    if count not in range(4, 25, 4):
        raise ValueError(f"count must be divisible by 4 and from 4 to 24, not {count}")
    pairs, at = _circle(count)[: count // 2], 1
    drawn = "".join(
        part
        for n, (power, name) in enumerate(POWERS.items())
        for part in _points(n * SIDE, f"{count // power} points {name}", count // power)
    )
    for k, z in enumerate(pairs):
        known = f'data-at="{k}" data-say="{_said(z)}"{HIDDEN * (k != at)}'
        drawn += f"<g {known}>{''.join(_pair(z))}</g>"
    width, height = len(POWERS) * SIDE, TOP + SIDE
    svg = (
        f'<svg width="{width}" height="{height}" viewBox="0 0 {width} {height}"'
        ' style="max-width: 100%; height: auto" font-family="inherit" font-size="13"'
        f' text-anchor="middle" fill="{TEXT}" xmlns="http://www.w3.org/2000/svg">'
        f"{drawn}</svg>"
    )
    data = {"name": "", "symbol": "k", "count": len(pairs), "columns": len(pairs)}
    shown = stage(svg, _said(pairs[at]), **data, step="0px", at=at, dwell=DWELL)
    return Slide((shown,), caption, alt)


def _circle(count: int) -> list[complex]:
    """Return the points of a transform, the first at 1."""
    return [complex(z) for z in np.exp(-2j * np.pi * np.arange(count) / count)]


def _place(left: int, z: complex, part: float = 1) -> tuple[str, str]:
    """Return where a number is drawn in a circle that begins at `left`."""
    middle = SIDE / 2
    x, y = left + middle + part * RADIUS * z.real, TOP + middle - part * RADIUS * z.imag
    return f"{x:.1f}", f"{y:.1f}"


def _points(left: int, title: str, count: int) -> Iterator[str]:
    """Draw a circle with points on it, and the names of four of its places."""
    x, y = _place(left, 0)
    yield f'<text x="{x}" y="14" font-size="14" font-weight="600">{title}</text>'
    yield f'<circle cx="{x}" cy="{y}" r="{RADIUS}" fill="none" stroke="{LINE}"/>'
    for label, z in LABELS.items():
        x, y = _place(left, z, 0.6)
        yield f'<text x="{x}" y="{y}" dy="4">{label}</text>'
    for z in _circle(count):
        x, y = _place(left, z)
        yield f'<circle cx="{x}" cy="{y}" r="4" fill="{colour("input")}" stroke="{LINE}"/>'


def _pair(z: complex) -> Iterator[str]:
    """Join a point with its opposite, and frame both and their powers."""
    (x1, y1), (x2, y2) = _place(0, z), _place(0, -z)
    yield f'<line x1="{x1}" y1="{y1}" x2="{x2}" y2="{y2}" stroke="{FOCUS}"/>'
    framed = [(0, -z), *((n * SIDE, z**power) for n, power in enumerate(POWERS))]
    for left, point in framed:
        x, y = _place(left, point)
        ring = f'fill="none" stroke="{FOCUS}" stroke-width="3"'
        yield f'<circle cx="{x}" cy="{y}" r="7" {ring}/>'


def _said(z: complex) -> str:
    powers = ", ".join(f"{name} = {_written(z**n)}" for n, name in POWERS.items() if n > 1)
    return f"z = {_written(z)}, −z = {_written(-z)}: {powers}"


def _written(z: complex) -> str:
    """Write a complex number in two places, with i and without what is 0."""
    real, imaginary = (round(part, 2) + 0.0 for part in (z.real, z.imag))
    number = f"{real:g}" if real or not imaginary else ""
    if imaginary:
        sign = "-" if imaginary < 0 else "+" * bool(number)
        size = "" if abs(imaginary) == 1 else f"{abs(imaginary):g}"
        number = f"{number} {sign} {size}i" if real else f"{sign}{size}i"
    return number.replace("-", "−")
