"""Convolution of a signal, one moment at a time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from html import escape

import numpy as np
from numpy.typing import ArrayLike

from conv import convolve
from conv.figures.colours import FOCUS, LINE, TEXT, colour
from conv.figures.figure import Figure
from conv.figures.grid import format_number
from conv.figures.slide import HIDDEN, Slide, Stage

GUTTER, WIDE = 120, 64  # pixels, for the names of rows, and of a column
ROOM = 632  # for all of them
HIGH, ROW = 50, 84  # the tallest bar, and a row with numbers above and a name below
INPUT, KERNEL, OUTPUT, PRODUCT = map(colour, ("input", "kernel", "output", "bar"))
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
    Figure: y(0) = 2/3 · 6 = 4 [Bars of the moment 0, with the sum y(0) = 2/3 · 6 = 4.]
    """
    signal = _Signal.of(readings, weights, first_age, at)
    total = signal.sum(at)
    words = f"Bars of the moment {at}, with the sum {total}."
    return Figure((signal.svg(at),), caption or total, alt or words)


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
    Slide: Smoothing. [Weights that slide along 3 readings. First y(1) = 2/3 · 12 + 1/3 · 6 = 10.]
    """  # noqa: E501
    signal = _Signal.of(readings, weights, first_age, at)
    last = len(signal.x) - 1
    strip = ""
    for moment_at in sorted({0, (last + 1) // 4, (last + 1) // 2, last}):
        total = signal.sum(moment_at)
        still = Figure((signal.svg(moment_at),), total, f"Bars of one moment: {total}.")
        strip += f"<div>{still.body()}<p>{total}</p></div>"
    stage = Stage(
        *(signal.svg(at, every=True), last + 1, last + 1, f"{100 / (last + 1):g}%", at),
        note=signal.sum(at),
    )
    words = f"Weights that slide along {last + 1} readings. First {signal.sum(at)}."
    return Slide((stage,), caption, alt or words, moved=True, strip=strip)


@dataclass(frozen=True)
class _Signal:
    """Readings and weights, their convolution, and its drawing at each moment."""

    x: np.ndarray
    w: np.ndarray
    first_age: int

    @classmethod
    def of(
        cls, readings: ArrayLike, weights: ArrayLike, first_age: int, at: int
    ) -> _Signal:
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
        return cls(x, w, first_age)

    @cached_property
    def y(self) -> np.ndarray:
        return convolve(self.x, self.w, padding="full")[-self.first_age :][: len(self.x)]

    def taking_part(self, at: int) -> dict[int, float]:
        """Return the weight of each reading that has one at a moment, the newest first."""
        placed = {at - self.first_age - n: weight for n, weight in enumerate(self.w)}
        return {t: weight for t, weight in placed.items() if 0 <= t < len(self.x)}

    def sum(self, at: int) -> str:
        """Write the sum at a moment in numbers."""
        weights = self.taking_part(at)
        terms = (f"{_short(weight)} · {_short(self.x[t])}" for t, weight in weights.items())
        return f"y({at}) = {' + '.join(terms)} = {_short(self.y[at])}"

    def svg(self, at: int, every: bool = False) -> str:
        """Draw a moment; or every moment, of which this one is seen."""
        width, height = min(ROOM, GUTTER + WIDE * len(self.x)), BASES[3] + 34
        names = "".join(
            f'<text class="cs-name" x="{-GUTTER}" y="{base - 4}" text-anchor="start"'
            f' font-size="13" fill="{TEXT}">{escape(name)}</text>'
            for name, base in zip(NAMES, BASES, strict=True)
        )
        style = (
            f"height: {height}px; padding-left: var(--conv-gutter, {GUTTER}px);"
            " box-sizing: border-box; overflow: visible"
        )
        return (
            f'<svg class="cs-signal" width="{width}" height="{height}" style="{style}"'
            ' font-family="inherit" font-size="14" text-anchor="middle"'
            f' stroke="{colour("frame")}" stroke-width="4" paint-order="stroke"'
            ' xmlns="http://www.w3.org/2000/svg"><svg class="cs-plot">'
            f"{''.join(self._plot(at, every))}</svg>{names}</svg>"
        )

    def _plot(self, at: int, every: bool) -> Iterator[str]:
        tallest = max(self.x.max(), self.y.max())  # one scale for all but the weights
        moments = range(len(self.x)) if every else [at]
        for t in moments:
            lines = "".join(self._lines(t, tallest))
            yield f'<g data-at="{t}"{HIDDEN * (t != at)}>{lines}</g>'
        for base in BASES:
            yield f'<line x2="100%" y1="{base}" y2="{base}" {_pen(LINE, 1)}/>'
        for t, value in enumerate(self.x):
            yield self._bar(0, t, value / tallest if tallest else 0, value, INPUT)
            yield (
                f'<text x="{self._middle(t)}" y="{BASES[3] + 28}" font-size="12"'
                f' fill="{TEXT}">{t or "t = 0"}</text>'
            )
        yield '<g class="cs-move">'  # weights beyond both ends are cut off by the plot
        for n, weight in enumerate(self.w):
            share = weight / self.w.max() if self.w.any() else 0
            yield self._bar(1, at - self.first_age - n, share, weight, KERNEL, FOCUS)
        yield "</g>"
        for t, value in enumerate(self.y if every else self.y[: at + 1]):
            bar = self._bar(3, t, value / tallest if tallest else 0, value, OUTPUT)
            yield f'<g data-from="{t}"{HIDDEN * (t > at)}>{bar}</g>'
        for t in moments:
            yield (
                f'<g data-at="{t}" data-say="{self.sum(t)}"{HIDDEN * (t != at)}>'
                f"{''.join(self._moment(t, tallest or 1))}</g>"
            )

    def _lines(self, at: int, tallest: float) -> Iterator[str]:
        """Connect the readings that take part with what they give."""
        end = BASES[3] - HIGH * self.y[at] / (tallest or 1) - 16
        for t in self.taking_part(at):
            for x1, y1, x2, y2 in ((t, BASES[0], t, BASES[2]), (t, BASES[2], at, end)):
                yield (
                    f'<line x1="{self._middle(x1)}" y1="{y1}" x2="{self._middle(x2)}"'
                    f' y2="{y2:.1f}" {_pen(FOCUS, 1)}/>'
                )

    def _moment(self, at: int, tallest: float) -> Iterator[str]:
        """Draw the products, and frame what takes part."""
        for t, weight in self.taking_part(at).items():
            yield self._bar(0, t, self.x[t] / tallest, None, "none", FOCUS)
            product = weight * self.x[t]
            yield self._bar(2, t, product / tallest, product, PRODUCT, FOCUS)
        yield self._bar(3, at, self.y[at] / tallest, None, "none", FOCUS)

    def _bar(
        self,
        row: int,
        t: int,
        share: float,
        value: float | None,
        fill: str,
        ring: str = LINE,
    ) -> str:
        """Draw a bar that has a share of the greatest height, and its number above it."""
        high, base = HIGH * share, BASES[row]
        bar = (
            f'<rect x="{100 * (t + 0.12) / len(self.x):g}%" y="{base - high:.1f}"'
            f' width="{76 / len(self.x):g}%" height="{high:.1f}" fill="{fill}"'
            f" {_pen(ring, 1 + (ring == FOCUS))}/>"
        )
        if value is None:
            return bar
        return (
            f'{bar}<text x="{self._middle(t)}" y="{base - high - 4:.1f}"'
            f' fill="{TEXT}">{_short(value)}</text>'
        )

    def _middle(self, t: int) -> str:
        return f"{100 * (t + 0.5) / len(self.x):g}%"


def _pen(ink: str, width: int) -> str:
    return f'stroke="{ink}" stroke-width="{width}"'


def _short(value: float) -> str:
    """Write halves, thirds and the like as fractions, other numbers in three digits."""
    near = Fraction(value).limit_denominator(12)
    return str(near) if np.isclose(float(near), value) else format_number(value)
