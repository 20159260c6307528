"""Points of a transform beside their powers, as they stand without scripts."""

from __future__ import annotations

import cmath

import pytest
from bs4 import BeautifulSoup

from conv import figures
from conv.figures.circles import RADIUS, SIDE, TOP

WORDS = {"caption": "Points.", "alt": "Three circles."}


def parse(count):
    """Return the figure's stage, parsed."""
    shown = figures.squares(count, **WORDS)._repr_html_()
    return BeautifulSoup(shown, "html.parser").select_one(".cs-one")


def placed(circle):
    """Return in which circle something is drawn, and at which complex number."""
    x, y = float(circle["cx"]), float(circle["cy"])
    n = int(x // SIDE)
    return n, complex(x - (n + 0.5) * SIDE, TOP + SIDE / 2 - y) / RADIUS


def near(one, other):
    """Tell whether two places are the same as far as tenths of pixels show."""
    return one[0] == other[0] and abs(one[1] - other[1]) < 0.01


@pytest.mark.parametrize("count", [4, 8, 12])
def test_points_are_roots_of_one(count):
    """They begin at 1 and go clockwise, and each circle has the roots of half as many."""
    points = [placed(c) for c in parse(count).find_all("circle", r="4")]
    roots = [
        (n, cmath.exp(-2j * cmath.pi * k / many))
        for n, many in enumerate((count, count // 2, count // 4))
        for k in range(many)
    ]
    assert all(near(*pair) for pair in zip(points, roots, strict=True))


@pytest.mark.parametrize("count", [4, 8, 12])
def test_a_pair_has_one_square(count):
    """Each position frames a point, its opposite, their square and their fourth power."""
    pairs = parse(count).select("[data-at]")
    assert len(pairs) == count // 2
    for k, pair in enumerate(pairs):
        z = cmath.exp(-2j * cmath.pi * k / count)
        rings = map(placed, pair.find_all("circle"))
        framed = [(0, -z), (0, z), (1, (-z) ** 2), (2, z**4)]
        assert all(near(*both) for both in zip(rings, framed, strict=True))
        assert pair.has_attr("visibility") == (k != 1)


def test_numbers_are_written_as_people_do():
    """A part that is 0 is left out, as is a factor of 1, and a minus sign is one."""
    stage = parse(8)
    says = [one["data-say"] for one in stage.select("[data-say]")]
    assert says == [
        "z = 1, −z = −1: z² = 1, z⁴ = 1",
        "z = 0.71 − 0.71i, −z = −0.71 + 0.71i: z² = −i, z⁴ = −1",
        "z = −i, −z = i: z² = −1, z⁴ = 1",
        "z = −0.71 − 0.71i, −z = 0.71 + 0.71i: z² = i, z⁴ = −1",
    ]
    assert stage.p.text == says[1]


@pytest.mark.parametrize("count", [0, 6, 28])
def test_points_can_be_halved_twice(count):
    """Six have no four opposites, and too many would touch each other."""
    with pytest.raises(ValueError, match="must be divisible by 4 and from 4 to 24"):
        figures.squares(count, **WORDS)
