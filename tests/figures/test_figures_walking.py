"""Curves that a reader moves along, and the pictures at each place."""

from __future__ import annotations

import numpy as np
import pytest
from bs4 import BeautifulSoup

from conv import figures

PLACES = ["0°", "45°", "90°"]
CURVES = {"falls": [2, 1, 0], "top": [0, 4, 1], "rises": [0, 1, 3]}
PICTURES = [[figures.Picture([[n / 2]], "one", note=" ")] for n in range(3)]
NOTES = ["first", "<second>", "third"]
WORDS = {"label": "height", "caption": "Curves.", "alt": "Three."}


def parse(at=1, **changed):
    """Return the figure, parsed."""
    given = {"places": PLACES, "curves": CURVES, "pictures": PICTURES, "notes": NOTES}
    shown = figures.along(**given | changed, at=at, **WORDS)
    return BeautifulSoup(shown._repr_html_(), "html.parser")


def test_each_place_has_its_pictures_and_its_note():
    """One of them is seen; the others wait in the same place."""
    soup = parse()
    stage = soup.select_one(".cs-one")
    frames = stage.select("div[data-at]")
    assert [frame["data-say"] for frame in frames] == NOTES
    assert ["hidden" in frame["style"] for frame in frames] == [True, False, True]
    assert [len(frame.select("img")) for frame in frames] == [1, 1, 1]
    assert soup.select_one(".cs-note").text == "<second>"
    assert stage["data-places"].split(" ") == PLACES
    known = [stage[f"data-{name}"] for name in ("count", "columns", "step", "at")]
    assert known == ["3", "3", "33.3333%", "1"]


def test_curves_are_as_high_as_their_values():
    """They share a scale, and their dots are at the places."""
    svg = parse().svg
    base = float(svg.line["y1"])
    dots = [float(dot["cy"]) for dot in svg("circle")]
    heights = (base - np.reshape(dots, (3, 3))) / (base - min(dots)) * 4
    np.testing.assert_allclose(heights, list(CURVES.values()), atol=0.01)
    assert [dot["data-at"] for dot in svg("circle")] == list("012") * 3
    seen = [dot["data-at"] for dot in svg("circle") if not dot.has_attr("visibility")]
    assert seen == ["1"] * 3


def test_names_stand_above_the_highest_values():
    """At either end they stay inside."""
    names = [text for text in parse().svg("text") if text.string in CURVES]
    assert [name["text-anchor"] for name in names] == ["start", "middle", "end"]
    assert [name["x"] for name in names] == ["16.6667%", "50%", "83.3333%"]


def test_few_of_many_places_have_their_names():
    """All places can be reached, but not all have room for a name."""
    n = 13
    soup = parse(
        at=3,
        places=[f"{15 * n}°" for n in range(n)],
        curves={"flat": np.zeros(n)},
        pictures=PICTURES[:1] * n,
        notes=["."] * n,
    )
    words = [text.string for text in soup.svg("text")]
    assert words == ["0°", "45°", "90°", "135°", "180°", "flat", "height"]


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"notes": NOTES[:2]}, r"all must be of 3 places, not \[2, 3\]"),
        ({"curves": {"one": [1, 2]}}, r"not \[2, 3\]"),
        ({"curves": {}}, "must be 1 to 5"),
        ({"curves": {str(n): [1, 2, 3] for n in range(6)}}, "must be 1 to 5"),
        ({"curves": {"one": [1, -1, 1]}}, "nowhere below 0"),
        ({"at": 3}, "at must be a place from 0 to 2, not 3"),
    ],
)
def test_what_cannot_be_drawn_is_refused(changed, message):
    """Each place needs its values, pictures and note."""
    with pytest.raises(ValueError, match=message):
        parse(**changed)
