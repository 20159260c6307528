"""Convolution of a signal, one moment at a time."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from html import escape

import numpy as np
from numpy.typing import ArrayLike

from conv import convolve
from conv.figures.colours import FOCUS, LINE, TEXT, colour
from conv.figures.figure import Figure
from conv.figures.frames import Steps, steps
from conv.figures.grid import format_number

WIDE, HIGH = 38, 34  # a column, and the tallest bar
ROW = HIGH + 42  # with the numbers above and the name below
INPUT, KERNEL, OUTPUT, PRODUCT = map(colour, ("input", "kernel", "output", "bar"))


def moment(
    readings: ArrayLike,
    weights: ArrayLike,
    at: int,
    *,
    first_age: int = 0,
    caption: str = "",
    alt: str = "",
) -> Figure:
    """Draw readings, the weights where they stand at one moment, products, and their sum.

    The weight of a reading depends on its age at that moment. There are no readings before
    the first or after the last.

    Parameters
    ----------
    readings : array_like, (N,)
        The signal, at moments 0, 1, 2 and so on.
    weights : array_like, (k,)
        For the ages ``first_age``, ``first_age + 1`` and so on.
    at : int
        The moment, from 0 to N - 1.
    first_age : int
        Age of the first weight; a reading that is still to come has a negative age.
    caption, alt : str
        See `conv.figures.Figure`. If not given, they hold the sum in numbers.

    Raises
    ------
    ValueError
        If readings or weights are not one-dimensional, are empty or less than 0, no weight
        is for age 0, or there is no such moment.

    Examples
    --------
    >>> moment([6, 12, 18], [2 / 3, 1 / 3], 0)
    Figure: h(0) = 2/3 · 6 = 4 [Bars of the moment 0, with the sum h(0) = 2/3 · 6 = 4.]
    """
    f, g = np.asarray(readings, float), np.asarray(weights, float)
    if f.ndim != 1 or g.ndim != 1 or not f.size or not g.size:
        raise ValueError(
            "readings and weights must be one-dimensional and not empty, "
            f"not {f.shape} and {g.shape}"
        )
    if min(f.min(), g.min()) < 0:
        raise ValueError("readings and weights are heights of bars: must be at least 0")
    if not -len(g) < first_age <= 0:
        raise ValueError(f"first_age must be from {1 - len(g)} to 0, not {first_age}")
    if not 0 <= at < len(f):
        raise ValueError(f"at must be a moment from 0 to {len(f) - 1}, not {at}")
    times = np.arange(len(f))
    ages = at - times - first_age  # counted from the first weight
    covered = (ages >= 0) & (ages < len(g))
    placed = np.where(covered, g[np.where(covered, ages, 0)], np.nan)
    h = convolve(f, g, padding="full")[-first_age:][: len(f)]
    so_far = np.where(times <= at, h, np.nan)
    tallest = max(f.max(), h.max())  # one scale for all but the weights, in all moments
    drawn = (
        *_bars(0, "readings f(t′)", f, tallest, INPUT, covered),
        *_bars(1, f"weights g({at} − t′)", placed, g.max(), KERNEL, covered),
        *_bars(2, "products", placed * f, tallest, PRODUCT, covered),
        *_bars(3, "result h: sums of products", so_far, tallest, OUTPUT, times == at),
        *(
            f'<text x="{(t + 0.5) * WIDE}" y="{4 * ROW + 12}" font-size="12"'
            f' fill="{TEXT}">{t or "t = 0"}</text>'
            for t in times
        ),
    )
    width, height = WIDE * len(f) + 4, 4 * ROW + 18
    svg = (
        f'<svg width="{width}" height="{height}" viewBox="-2 0 {width} {height}"'
        ' font-family="inherit" font-size="13" text-anchor="middle"'
        f' xmlns="http://www.w3.org/2000/svg">{"".join(drawn)}</svg>'
    )
    terms = (f"{_short(placed[t])} · {_short(f[t])}" for t in times[covered][::-1])
    total = f"h({at}) = {' + '.join(terms)} = {_short(h[at])}"
    return Figure(
        (svg,), caption or total, alt or f"Bars of the moment {at}, with the sum {total}."
    )


def sliding(
    readings: ArrayLike, weights: ArrayLike, *, first_age: int = 0, caption: str
) -> Steps:
    """Draw how weights slide along readings: `moment` for each moment in turn.

    Parameters
    ----------
    readings, weights : array_like, (N,) and (k,)
        As for `conv.figures.moment`.
    first_age : int
        As for `conv.figures.moment`.
    caption : str
        What the frames show together.

    Examples
    --------
    >>> sliding([6, 12, 18], [2 / 3, 1 / 3], caption="Smoothing.")
    Steps: Smoothing. [3 frames]
    """
    moments = range(np.size(readings))
    frames = [moment(readings, weights, at, first_age=first_age) for at in moments]
    return steps(frames, caption=caption)


def _bars(
    row: int, name: str, values: np.ndarray, tallest: float, colour: str, framed: np.ndarray
) -> Iterator[str]:
    """Draw a row of bars with their numbers, over a line; nothing where a value is NaN."""
    base = row * ROW + 16 + HIGH
    for at, value in enumerate(values):
        if np.isnan(value):
            continue
        high = HIGH * value / (tallest or 1)
        stroke = f'{FOCUS}" stroke-width="2' if framed[at] else LINE
        yield (
            f'<rect x="{at * WIDE + 5}" y="{base - high:.1f}" width="{WIDE - 10}"'
            f' height="{high:.1f}" fill="{colour}" stroke="{stroke}"/>'
            f'<text x="{at * WIDE + WIDE / 2:g}" y="{base - high - 3:.1f}"'
            f' fill="{TEXT}">{_short(value)}</text>'
        )
    yield (
        f'<path d="M0 {base}H{WIDE * len(values)}" stroke="{LINE}"/>'
        f'<text x="0" y="{base + 14}" text-anchor="start" font-size="12"'
        f' fill="{TEXT}">{escape(name)}</text>'
    )


def _short(value: float) -> str:
    """Write halves, thirds and the like as fractions, other numbers in three digits."""
    near = Fraction(value).limit_denominator(12)
    return str(near) if np.isclose(float(near), value) else format_number(value)
