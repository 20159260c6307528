"""The frames in which weights slide along readings."""

from __future__ import annotations

import numpy as np
import pytest
from bs4 import BeautifulSoup

from conv import figures

F = [6, 12, 18, 6, 24]
G = [1 / 2, 1 / 3, 1 / 6]


def bars(frame):
    """List the bars of a frame: number, height and whether it is framed, row by row."""
    soup = BeautifulSoup(frame.panels[0], "html.parser")
    rows = {"input": [], "kernel": [], "output": []}
    for rect in soup("rect"):
        role = rect["fill"].removeprefix("var(--conv-").partition(",")[0]
        framed = rect.get("stroke-width") == "2"
        number = float(rect.find_next("text").string.replace("−", "-"))
        rows[role].append((number, float(rect["height"]), framed))
    return rows


def test_each_moment_shows_what_takes_part():
    """All readings, the weights in reverse where they stand, and the result so far."""
    frames = figures.sliding(F, G, caption="Sliding.").frames
    assert len(frames) == 5
    rows = bars(frames[3])
    assert [number for number, _, _ in rows["input"]] == F
    assert [framed for _, _, framed in rows["input"]] == [False, True, True, True, False]
    assert [number for number, _, _ in rows["kernel"]] == [0.167, 0.333, 0.5]
    expected = [np.dot(G[: t + 1], F[t::-1][:3]) for t in range(4)]
    assert [number for number, _, _ in rows["output"]] == np.round(expected, 3).tolist()
    assert [framed for _, _, framed in rows["output"]] == [False] * 3 + [True]


def test_bars_are_as_high_as_their_numbers():
    """Within a row, heights are in the proportion of the values."""
    rows = bars(figures.sliding(F, G, caption="Sliding.").frames[4])
    for row in rows.values():
        numbers, heights, _ = np.array(row, float).T
        np.testing.assert_allclose(
            heights / heights.max(), numbers / numbers.max(), atol=0.01
        )


def test_each_moment_is_said_in_words():
    """The frame's text holds the terms of the sum, the newest reading first."""
    frame = figures.sliding(F, G, caption="Sliding.").frames[4]
    assert frame.caption == "h(4) = 0.5 · 24 + 0.333 · 6 + 0.167 · 18 = 17"
    assert frame.alt == f"Moment 4. {frame.caption}."
    first = figures.sliding(F, G, caption="Sliding.").frames[0]
    assert first.caption == "h(0) = 0.5 · 6 = 3"


def test_zeros_have_no_height():
    """A signal of zeros is drawn, and does not divide by its largest value."""
    rows = bars(figures.sliding([0, 0], [1], caption="Nothing.").frames[1])
    assert [height for _, height, _ in rows["input"]] == [0, 0]


@pytest.mark.parametrize(
    ("readings", "weights", "message"),
    [
        ([[1]], [1], r"one-dimensional, not \(1, 1\) and \(1,\)"),
        ([1], 1, r"one-dimensional, not \(1,\) and \(\)"),
        ([1, -1], [1], "must be at least 0"),
    ],
)
def test_what_cannot_be_drawn_is_refused(readings, weights, message):
    """Bars need one axis, and no negative values."""
    with pytest.raises(ValueError, match=message):
        figures.sliding(readings, weights, caption="Sliding.")
