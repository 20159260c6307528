"""Convolution of a signal, one moment at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import ArrayLike

from conv import convolve
from conv.figures.colours import FOCUS, LINE, TEXT, colour
from conv.figures.figure import Figure
from conv.figures.grid import format_number
from conv.figures.slide import HIDDEN, Slide, stage

GUTTER, WIDE = 120, 64  # pixels, for the names of rows, and of a column
ROOM = 632  # for all of them
HIGH, ROW = 50, 84  # the tallest bar, and a row with numbers above and a name below
FILLS = [*map(colour, ("input", "kernel", "bar", "output"))]
NAMES = ("readings x(t′)", "weights w(t − t′)", "products", "result y(t)")
BASES = tuple(row * ROW + 16 + HIGH for row in range(4))


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
    Figure: y(0) = 2/3 · 6 = 4 [Bars: y(0) = 2/3 · 6 = 4.]
    """
    signal = _signal(readings, weights, first_age, at)
    total = signal.sum(at)
    return Figure((signal.svg(at, [at]),), caption or total, alt or f"Bars: {total}.")


def sliding(
    readings: ArrayLike,
    weights: ArrayLike,
    *,
    first_age: int = 0,
    at: int = 0,
    caption: str,
    alt: str = "",
) -> Slide:
    """Let the reader slide weights along readings, and see the result grow.

    Each moment is drawn as by `conv.figures.moment`. Without scripts four of them stand
    there.

    Parameters
    ----------
    readings, weights : array_like, (N,) and (k,)
        As for `conv.figures.moment`.
    first_age : int
        As for `conv.figures.moment`.
    at : int
        The moment that is shown first, from 0 to N - 1.
    caption, alt : str
        See `conv.figures.Figure`. If not given, alt holds the first sum in numbers.

    Raises
    ------
    ValueError
        As for `conv.figures.moment`.

    Examples
    --------
    >>> sliding([6, 12, 18], [2 / 3, 1 / 3], at=1, caption="Smoothing.")
    Slide: Smoothing. [Weights that slide: y(1) = 2/3 · 12 + 1/3 · 6 = 10.]
    """
    signal = _signal(readings, weights, first_age, at)
    n, first, strip = len(signal.x), signal.sum(at), ""
    for t in sorted({0, n // 4, n // 2, n - 1}):
        still = moment(readings, weights, t, first_age=first_age)
        strip += f"<div>{still.body()}<p>{still.caption}</p></div>"
    step = f"{100 / n:g}%"
    data = {"name": "", "symbol": "t", "count": n, "columns": n, "step": step, "at": at}
    shown = stage(signal.svg(at, range(n)), first, **data)
    return Slide((shown,), caption, alt or f"Weights that slide: {first}.", strip)


def _signal(readings: ArrayLike, weights: ArrayLike, first_age: int, at: int) -> _Signal:
    x, w = np.asarray(readings, float), np.asarray(weights, float)
    if x.ndim != 1 or w.ndim != 1 or not x.size or not w.size:
        raise ValueError(
            "readings and weights must be one-dimensional and not empty, "
            f"not {x.shape} and {w.shape}"
        )
    if min(x.min(), w.min()) < 0:
        raise ValueError("readings and weights are heights of bars: must be at least 0")
    if not -len(w) < first_age <= 0:
        raise ValueError(f"first_age must be from {1 - len(w)} to 0, not {first_age}")
    if not 0 <= at < len(x):
        raise ValueError(f"at must be a moment from 0 to {len(x) - 1}, not {at}")
    return _Signal(x, w, convolve(x, w, padding="full")[-first_age:][: len(x)], first_age)


@dataclass(frozen=True)
class _Signal:
    """Readings, weights and their convolution, and its drawing at each moment."""

    x: np.ndarray
    w: np.ndarray
    y: np.ndarray
    first_age: int

    def weights(self, at: int) -> dict[int, float]:
        """Return the weight of each reading that has one at a moment, the newest first."""
        placed = {at - self.first_age - n: weight for n, weight in enumerate(self.w)}
        return {t: weight for t, weight in placed.items() if 0 <= t < len(self.x)}

    def sum(self, at: int) -> str:
        """Write the sum at a moment in numbers."""
        weights = self.weights(at).items()
        terms = (f"{_short(weight)} · {_short(self.x[t])}" for t, weight in weights)
        return f"y({at}) = {' + '.join(terms)} = {_short(self.y[at])}"

    def svg(self, at: int, moments: Sequence[int]) -> str:
        """Draw a moment; of others what belongs to them alone is there, and not seen."""
        width, height = min(ROOM, GUTTER + WIDE * len(self.x)), BASES[3] + 34
        style = f"height: {height}px; padding-left: var(--conv-gutter, {GUTTER}px)"
        return (
            f'<svg class="cs-signal" width="{width}" height="{height}" style="{style};'
            ' box-sizing: border-box; overflow: visible" font-family="inherit"'
            f' font-size="14" text-anchor="middle" stroke="{colour("frame")}"'
            ' stroke-width="4" paint-order="stroke" xmlns="http://www.w3.org/2000/svg">'
            f"{''.join(self._rows(at, moments))}</svg>"
        )

    def _rows(self, at: int, moments: Sequence[int]) -> Iterator[str]:
        for name, y in zip(NAMES, BASES, strict=True):
            yield (
                f'<line x2="100%" y1="{y}" y2="{y}" stroke="{LINE}" stroke-width="1"/>'
                f'<text class="cs-name" x="{-GUTTER}" y="{y - 4}" font-size="13"'
                f' text-anchor="start" fill="{TEXT}">{name}</text>'
            )
        for t, (x, y) in enumerate(zip(self.x, self.y, strict=True)):
            yield self._bar(0, t, x) + self._text(t, BASES[3] + 28, str(t or "t = 0"))
            yield f'<g data-from="{t}"{HIDDEN * (t > at)}>{self._bar(3, t, y)}</g>'
        for t in moments:
            known = f'data-at="{t}" data-say="{self.sum(t)}"{HIDDEN * (t != at)}'
            yield f"<g {known}>{''.join(self._moment(t))}</g>"
        ages = enumerate(self.w, self.first_age)
        bars = "".join(self._bar(1, at - age, weight, FOCUS) for age, weight in ages)
        yield f'<svg><g class="cs-move">{bars}</g></svg>'  # cuts off what has no reading

    def _moment(self, at: int) -> Iterator[str]:
        """Draw products, frame what takes part, and lead a line from it to the result."""
        end = BASES[3] - self._high(3, self.y[at]) - 16
        for t, weight in self.weights(at).items():
            for y1, to, y2 in ((BASES[0], t, BASES[2]), (BASES[2], at, end)):
                yield (
                    f'<line x1="{self._x(t)}" y1="{y1}" x2="{self._x(to)}" y2="{y2:.1f}"'
                    f' stroke="{FOCUS}" stroke-width="1"/>'
                )
            yield self._bar(0, t, self.x[t], FOCUS)
            yield self._bar(2, t, weight * self.x[t], FOCUS)
        yield self._bar(3, at, self.y[at], FOCUS)

    def _bar(self, row: int, t: int, value: float, ring: str = LINE) -> str:
        """Draw a bar with its number above it."""
        high, base = self._high(row, value), BASES[row]
        return (
            f'<rect x="{self._x(t, 0.12)}" y="{base - high:.1f}" width="{self._x(0, 0.76)}"'
            f' height="{high:.1f}" fill="{FILLS[row]}" stroke="{ring}"'
            f' stroke-width="{4 if ring == FOCUS else 2}"/>'
            f"{self._text(t, base - high - 4, _short(value))}"
        )

    def _high(self, row: int, value: float) -> float:
        """Return the height of a bar: there is one scale for all but the weights."""
        return (
            HIGH * value / ((self.w if row == 1 else np.append(self.x, self.y)).max() or 1)
        )

    def _text(self, t: int, y: float, text: str) -> str:
        return f'<text x="{self._x(t)}" y="{y:.1f}" fill="{TEXT}">{text}</text>'

    def _x(self, t: int, part: float = 0.5) -> str:
        return f"{100 * (t + part) / len(self.x):g}%"


def _short(value: float) -> str:
    """Write halves, thirds and the like as fractions, other numbers in three digits."""
    near = Fraction(value).limit_denominator(12)
    return str(near) if np.isclose(float(near), value) else format_number(value)
