"""Weights that slide along readings, drawn at each moment."""

from __future__ import annotations

import re
from fractions import Fraction

import numpy as np
import pytest
from bs4 import BeautifulSoup

import conv
from conv import figures
from conv.figures.moments import BASES, HIGH

X = [6, 12, 18, 6, 24]
W = [1 / 2, 1 / 3, 1 / 6]


def parse(shown):
    """Return what is shown, parsed."""
    return BeautifulSoup(shown._repr_html_(), "html.parser")


def bars(drawing):
    """Return the bars that are seen, by role and column: number, height, and whether framed."""
    rows = {"input": {}, "kernel": {}, "bar": {}, "output": {}}
    columns = len(drawing.select("[data-from]"))
    for rect in drawing("rect"):
        column = round(float(rect["x"].removesuffix("%")) * columns / 100 - 0.12)
        if rect.find_parent(visibility="hidden") or not 0 <= column < columns:
            continue  # what is beyond is cut off
        role = rect["fill"].removeprefix("var(--conv-").partition(",")[0]
        number = Fraction(rect.find_next("text").string)
        framed = rect["stroke-width"] == "4"  # drawn over the bar without a frame
        rows[role][column] = (number, float(rect["height"]), framed)
    return rows


def test_each_moment_shows_what_takes_part():
    """All readings, the weights in reverse where they stand, and the result so far."""
    rows = bars(parse(figures.moment(X, W, 3)))
    numbers = {role: {t: bar[0] for t, bar in row.items()} for role, row in rows.items()}
    assert list(numbers["input"].values()) == X
    assert numbers["kernel"] == {1: Fraction(1, 6), 2: Fraction(1, 3), 3: Fraction(1, 2)}
    assert numbers["bar"] == {1: 2, 2: 6, 3: 3}
    assert numbers["output"] == {0: 3, 1: 8, 2: 14, 3: 11}
    framed = {role: [t for t, bar in row.items() if bar[2]] for role, row in rows.items()}
    assert sorted(framed["input"]) == [1, 2, 3]
    assert framed["output"] == [3]


@pytest.mark.parametrize("first_age", [0, -1, -2])
def test_a_slide_holds_every_moment(first_age):
    """Where one is not seen, it waits: its sum is that of `convolve`, its products sum to it."""
    soup = parse(figures.sliding(X, W, first_age=first_age, at=2, caption="Sliding."))
    y = conv.convolve(X, W, padding="full")[-first_age:][: len(X)]
    stage = soup.select_one(".cs-one")
    assert [stage[f"data-{name}"] for name in ("count", "columns", "step", "at")] == [
        *("5", "5", "20%", "2")
    ]
    for t in range(len(X)):
        (moment,) = stage.select(f"[data-at='{t}'][data-say]")
        assert moment.has_attr("visibility") == (t != 2)
        assert float(moment["data-say"].split(" = ")[-1]) == pytest.approx(y[t])
        products = moment("rect", fill=re.compile("conv-bar"))
        products = [float(Fraction(bar.find_next("text").string)) for bar in products]
        assert sum(products) == pytest.approx(y[t])
        (result,) = stage.select(f"[data-from='{t}']")
        assert result.has_attr("visibility") == (t > 2)
        assert float(result.find("text").string) == pytest.approx(y[t])


def test_lines_lead_from_what_takes_part_to_the_result():
    """At the moment 1 two readings have a line down, and one on to the result."""
    (group,) = parse(figures.moment(X, W, 1)).select("[data-at='1']")
    lines = {(line["x1"], line["x2"]) for line in group("line")}
    assert lines == {("10%", "10%"), ("10%", "30%"), ("30%", "30%")}


def test_without_scripts_four_moments_stand_there():
    """A strip from the first to the last moment, each with its sum in words."""
    soup = parse(figures.sliding([*X, 12, 18, 6], W, at=4, caption="Sliding."))
    strip = soup.select_one(".cs-strip")
    sums = [line.string for line in strip("p")]
    assert [line.split(" = ")[0] for line in sums] == ["y(0)", "y(2)", "y(4)", "y(7)"]
    assert sums[2] == "y(4) = 1/2 · 24 + 1/3 · 6 + 1/6 · 18 = 17"
    assert soup.select_one(".cs-note").string == sums[2]
    alone = figures.moment([*X, 12, 18, 6], W, 4)
    assert parse(alone).svg == strip("svg", class_="cs-signal")[2]


def test_times_stand_below_the_bars():
    """The last row of texts numbers the moments."""
    texts = parse(figures.moment(X, W, 0))("text", y=f"{BASES[3] + 28:.1f}")
    assert [text.string for text in texts] == ["t = 0", "1", "2", "3", "4"]


def test_bars_are_as_high_as_their_numbers():
    """Readings, products and results share a scale in all moments; the weights have theirs."""
    for at in range(len(X)):
        for role, row in bars(parse(figures.moment(X, W, at))).items():
            numbers, heights, _ = np.array([*row.values()], float).T
            scale = HIGH / (max(W) if role == "kernel" else max(X))
            np.testing.assert_allclose(heights, numbers * scale, atol=0.06)


def test_each_moment_is_said_in_words():
    """A text holds the terms of the sum, the newest reading first."""
    last, first = figures.moment(X, W, 4), figures.moment(X, W, 0)
    assert last.caption == "y(4) = 1/2 · 24 + 1/3 · 6 + 1/6 · 18 = 17"
    assert last.alt == f"Bars: {last.caption}."
    assert first.caption == "y(0) = 1/2 · 6 = 3"
    own = figures.moment(X, W, 3, first_age=-2, caption="Now.", alt="The moment 3.")
    assert repr(own) == "Figure: Now. [The moment 3.]"


def test_readings_to_come_have_negative_ages():
    """With a first age of -1 the weights reach one moment ahead."""
    two, four = (figures.moment(X, W, at, first_age=-1) for at in (2, 4))
    assert two.caption == "y(2) = 1/2 · 6 + 1/3 · 18 + 1/6 · 12 = 11"
    assert four.caption == "y(4) = 1/3 · 24 + 1/6 · 6 = 9"


def test_what_is_no_simple_fraction_is_rounded():
    """Three digits stand for numbers that are not halves, thirds and the like."""
    assert figures.moment([1, 1], [0.4137], 1).caption == "y(1) = 0.414 · 1 = 0.414"


def test_zeros_have_no_height():
    """Signals and weights of zeros are drawn, and nothing is divided by their largest value."""
    for x, w in (([0, 0], [1]), ([1, 1], [0]), ([0, 0], [0])):
        rows = bars(parse(figures.moment(x, w, 1)))
        assert [height for _, height, _ in rows["output"].values()] == [0, 0]


def test_a_slide_tells_its_words():
    """Without a text of its own, the alternative text holds the first sum."""
    shown = figures.sliding(X, W, caption="All <b>", alt="Words.")
    assert repr(shown) == "Slide: All <b> [Words.]"
    assert parse(shown).figcaption.string == "All <b>"
    assert figures.sliding(X, W, caption="All.").alt.endswith(": y(0) = 1/2 · 6 = 3.")


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
        figures.moment(readings, weights, at, first_age=first_age)
    with pytest.raises(ValueError, match=message):
        figures.sliding(readings, weights, at=at, first_age=first_age, caption="All.")
