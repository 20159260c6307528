"""Convolution of a signal, one moment at a time."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

import numpy as np
from numpy.typing import ArrayLike

from conv import convolve
from conv.figures.colours import FOCUS, INPUT, KERNEL, LABEL, LINE, OUTPUT
from conv.figures.figure import Figure
from conv.figures.grid import format_number
from conv.figures.steps import Steps, steps

WIDE, HIGH = 38, 44  # a column, and the tallest bar
ROW = HIGH + 42  # with the numbers above and the name below


def sliding(readings: ArrayLike, weights: ArrayLike, *, caption: str) -> Steps:
    """Draw how weights slide along readings, one frame for each moment.

    The weight of a reading is ``weights[age]``, with its age at that moment. There are no
    readings before the first.

    Parameters
    ----------
    readings : array_like, (N,)
        The signal, at moments 0, 1, 2 and so on.
    weights : array_like, (k,)
        For ages 0, 1, 2 and so on.
    caption : str
        What the frames show together.

    Raises
    ------
    ValueError
        If readings or weights are not one-dimensional, or one is less than 0.

    Examples
    --------
    >>> sliding([6, 12, 18], [2 / 3, 1 / 3], caption="Smoothing.")
    Steps: Smoothing. [3 frames]
    """
    f, g = np.asarray(readings, float), np.asarray(weights, float)
    if f.ndim != 1 or g.ndim != 1:
        raise ValueError(
            f"readings and weights must be one-dimensional, not {f.shape} and {g.shape}"
        )
    if min(f.min(), g.min()) < 0:
        raise ValueError(
            "readings and weights must be at least 0: they are heights of bars"
        )
    h = convolve(f, g, padding="full")[: len(f)]
    return steps([_moment(f, g, h, t) for t in range(len(f))], caption=caption)


def _moment(f: np.ndarray, g: np.ndarray, h: np.ndarray, t: int) -> Figure:
    times = np.arange(len(f))
    ages = t - times
    covered = (ages >= 0) & (ages < len(g))
    placed = np.where(covered, g[np.where(covered, ages, 0)], np.nan)
    so_far = np.where(times <= t, h, np.nan)
    rows = (
        ("readings f(t′)", f, INPUT, covered),
        (f"weights g({t} − t′)", placed, KERNEL, covered),
        ("result h", so_far, OUTPUT, times == t),
    )
    drawn = "".join(
        part
        for number, (name, values, colour, framed) in enumerate(rows)
        for part in _bars(name, values, colour, framed, number * ROW)
    )
    width, height = WIDE * len(f) + 4, 3 * ROW
    svg = (
        f'<svg width="{width}" height="{height}" viewBox="-2 0 {width} {height}"'
        ' font-family="inherit" font-size="13" text-anchor="middle"'
        f' xmlns="http://www.w3.org/2000/svg">{drawn}</svg>'
    )
    terms = " + ".join(
        f"{format_number(placed[at])} · {format_number(f[at])}"
        for at in np.flatnonzero(covered)[::-1]
    )
    sum_ = f"h({t}) = {terms} = {format_number(h[t])}"
    return Figure((svg,), sum_, f"Moment {t}. {sum_}.")


def _bars(
    name: str, values: np.ndarray, colour: str, framed: np.ndarray, top: int
) -> Iterator[str]:
    """Draw a row of bars with their numbers, over a line; nothing where a value is NaN."""
    base = top + 16 + HIGH
    tallest = np.nanmax(np.abs(values)) or 1
    for at, value in enumerate(values):
        if np.isnan(value):
            continue
        high = HIGH * abs(value) / tallest
        stroke = f'{FOCUS}" stroke-width="2' if framed[at] else LINE
        yield (
            f'<rect x="{at * WIDE + 5}" y="{base - high:.1f}" width="{WIDE - 10}"'
            f' height="{high:.1f}" fill="{colour}" stroke="{stroke}"/>'
            f'<text x="{at * WIDE + WIDE / 2:g}" y="{base - high - 3:.1f}"'
            f' fill="{LABEL}">{format_number(value)}</text>'
        )
    yield (
        f'<path d="M0 {base}H{WIDE * len(values)}" stroke="{LINE}"/>'
        f'<text x="0" y="{base + 14}" text-anchor="start" font-size="12"'
        f' fill="{LABEL}">{escape(name)}</text>'
    )
