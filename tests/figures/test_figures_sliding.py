"""The frames in which weights slide along readings."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from bs4 import BeautifulSoup

from conv import figures
from conv.figures.moments import HIGH

F = [6, 12, 18, 6, 24]
G = [1 / 2, 1 / 3, 1 / 6]


def bars(frame):
    """List the bars of a frame: number, height and whether it is framed, row by row."""
    soup = BeautifulSoup(frame.panels[0], "html.parser")
    rows = {"input": [], "kernel": [], "bar": [], "output": []}
    for rect in soup("rect"):
        role = rect["fill"].removeprefix("var(--conv-").partition(",")[0]
        framed = rect.get("stroke-width") == "2"
        number = Fraction(rect.find_next("text").string)
        rows[role].append((number, float(rect["height"]), framed))
    return rows


def test_each_moment_shows_what_takes_part():
    """All readings, the weights in reverse where they stand, and the result so far."""
    frames = figures.sliding(F, G, caption="Sliding.").frames
    assert len(frames) == 5
    rows = bars(frames[3])
    assert [number for number, _, _ in rows["input"]] == F
    assert [framed for _, _, framed in rows["input"]] == [False, True, True, True, False]
    assert [str(number) for number, _, _ in rows["kernel"]] == ["1/6", "1/3", "1/2"]
    assert [number for number, _, _ in rows["bar"]] == [2, 6, 3]
    assert [number for number, _, _ in rows["output"]] == [3, 8, 14, 11]
    assert [framed for _, _, framed in rows["output"]] == [False] * 3 + [True]


def test_times_stand_below_the_bars():
    """The last row of texts numbers the moments."""
    frame = figures.sliding(F, G, caption="Sliding.").frames[0]
    texts = BeautifulSoup(frame.panels[0], "html.parser")("text")
    assert [text.string for text in texts[-5:]] == ["t = 0", "1", "2", "3", "4"]


def test_bars_are_as_high_as_their_numbers():
    """Readings, products and results share a scale in all moments; the weights have theirs."""
    for frame in figures.sliding(F, G, caption="Sliding.").frames:
        for role, row in bars(frame).items():
            numbers, heights, _ = np.array(row, float).T
            scale = HIGH / (max(G) if role == "kernel" else max(F))
            np.testing.assert_allclose(heights, numbers * scale, atol=0.06)


def test_each_moment_is_said_in_words():
    """The frame's text holds the terms of the sum, the newest reading first."""
    first, *_, last = figures.sliding(F, G, caption="Sliding.").frames
    assert last.caption == "h(4) = 1/2 · 24 + 1/3 · 6 + 1/6 · 18 = 17"
    assert last.alt == f"Bars of the moment 4, with the sum {last.caption}."
    assert first.caption == "h(0) = 1/2 · 6 = 3"


def test_readings_to_come_have_negative_ages():
    """With a first age of -1 the weights reach one moment ahead."""
    frames = figures.sliding(F, G, first_age=-1, caption="Sliding.").frames
    assert frames[2].caption == "h(2) = 1/2 · 6 + 1/3 · 18 + 1/6 · 12 = 11"
    assert frames[4].caption == "h(4) = 1/3 · 24 + 1/6 · 6 = 9"


def test_one_moment_is_drawn_as_in_the_steps():
    """A moment alone is the frame of that moment, with words of its own."""
    alone = figures.moment(F, G, 3, first_age=-2, caption="Now.", alt="The moment 3.")
    frame = figures.sliding(F, G, first_age=-2, caption="Sliding.").frames[3]
    assert alone.panels == frame.panels
    assert repr(alone) == "Figure: Now. [The moment 3.]"


def test_what_is_no_simple_fraction_is_rounded():
    """Three digits stand for numbers that are not halves, thirds and the like."""
    frame = figures.sliding([1, 1], [0.4137], caption="Sliding.").frames[1]
    assert frame.caption == "h(1) = 0.414 · 1 = 0.414"


def test_zeros_have_no_height():
    """A signal of zeros is drawn, and does not divide by its largest value."""
    rows = bars(figures.sliding([0, 0], [1], caption="Nothing.").frames[1])
    assert [height for _, height, _ in rows["input"]] == [0, 0]


@pytest.mark.parametrize(
    ("readings", "weights", "at", "first_age", "message"),
    [
        ([[1]], [1], 0, 0, r"one-dimensional and not empty, not \(1, 1\) and \(1,\)"),
        ([1], 1, 0, 0, r"one-dimensional and not empty, not \(1,\) and \(\)"),
        ([], [1], 0, 0, r"not empty, not \(0,\) and \(1,\)"),
        ([1], [], 0, 0, r"not empty, not \(1,\) and \(0,\)"),
        ([1, -1], [1], 0, 0, "must be at least 0"),
        ([1, 1], [1], 2, 0, "at must be a moment from 0 to 1, not 2"),
        ([1, 1], [1], -1, 0, "at must be a moment from 0 to 1, not -1"),
        ([1, 1], [1, 1], 0, 1, "first_age must be from -1 to 0, not 1"),
        ([1, 1], [1, 1], 0, -2, "first_age must be from -1 to 0, not -2"),
    ],
)
def test_what_cannot_be_drawn_is_refused(readings, weights, at, first_age, message):
    """Bars need one axis, values, none of them negative, and a moment that there is."""
    with pytest.raises(ValueError, match=message):
        figures.moment(
            readings, weights, at, first_age=first_age, caption="Now.", alt="No moment."
        )
