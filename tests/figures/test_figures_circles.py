"""Points of a transform beside their squares, as they stand without scripts."""

from __future__ import annotations

import cmath

import pytest
from bs4 import BeautifulSoup

from conv import figures

WORDS = {"caption": "Points.", "alt": "Two circles."}


def parse(count):
    """Return the figure's stage, parsed."""
    shown = figures.squares(count, **WORDS)._repr_html_()
    return BeautifulSoup(shown, "html.parser").select_one(".cs-one")


def placed(circles, left):
    """Return the complex numbers at which circles are drawn."""
    return [complex(float(c["cx"]) - left - 88, 108 - float(c["cy"])) / 66 for c in circles]


def near(numbers, others):
    """Tell whether numbers are equal to others as far as tenths of pixels show."""
    return all(abs(a - b) < 0.01 for a, b in zip(numbers, others, strict=True))


@pytest.mark.parametrize("count", [4, 8, 12])
def test_points_are_roots_of_one(count):
    """They begin at 1 and go clockwise, and beside them stand the roots of half as many."""
    points = parse(count).find_all("circle", r="5")
    for dots, n, left in ((points[:count], count, 0), (points[count:], count // 2, 176)):
        roots = [cmath.exp(-2j * cmath.pi * k / n) for k in range(n)]
        assert near(placed(dots, left), roots)


@pytest.mark.parametrize("count", [4, 8, 12])
def test_a_pair_has_one_square(count):
    """Each position frames a point, its opposite, and on the right the square of both."""
    pairs = parse(count).select("[data-at]")
    assert len(pairs) == count
    for k, pair in enumerate(pairs):
        z = cmath.exp(-2j * cmath.pi * k / count)
        rings = pair.find_all("circle")
        assert near(placed(rings[:2], 0) + placed(rings[2:], 176), [z, -z, z**2])
        assert pair.has_attr("visibility") == (k != 1)


def test_numbers_are_written_as_people_do():
    """A part that is 0 is left out, as is a factor of 1, and a minus sign is one."""
    stage = parse(8)
    says = [one["data-say"] for one in stage.select("[data-say]")]
    assert says[0] == "z = 1 and −z = −1 have the square 1"
    assert says[1] == "z = 0.71 − 0.71i and −z = −0.71 + 0.71i have the square −i"
    assert says[6] == "z = i and −z = −i have the square −1"
    assert stage.p.text == says[1]


@pytest.mark.parametrize("count", [2, 7, 34])
def test_points_come_in_pairs(count):
    """An odd number has no opposites, and too many would touch each other."""
    with pytest.raises(ValueError, match="must be even and from 4 to 32"):
        figures.squares(count, **WORDS)
