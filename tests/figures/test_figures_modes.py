"""The three modes beside each other, as they stand without scripts."""

from __future__ import annotations

import re

import numpy as np
import pytest
from bs4 import BeautifulSoup

import conv
from conv import figures

X = np.random.default_rng(0).integers(0, 4, (5, 5))
W = np.array([[1, 0, 1], [0, 2, 0], [1, 0, 1]])
MODES = ("valid", "same", "full")


def parse(image=X, kernel=W):
    """Return the figure's three stages, parsed."""
    shown = figures.modes(image, kernel, caption="Modes.")
    return BeautifulSoup(shown._repr_html_(), "html.parser").select(".cs-one")


def corners(stage, selector):
    """List where rings begin, in the pixels of the frame that they stand in."""
    for ring in stage.select(selector):
        x, y = ring["d"][1 : ring["d"].index("h")].split()
        moved = ring.find_parent("g", transform=True)["transform"]
        across, down = moved.removeprefix("translate(").removesuffix(")").split()
        yield int(x) + int(across), int(y) + int(down)


@pytest.mark.parametrize(
    ("image", "kernel"),
    [(X, W), (X - 2, W[:2, :2]), (X[:4, :3], W[:3, :2]), (X[:1], W[:1]), (X, W[:1, :1])],
)
def test_the_numbers_are_those_of_correlate(image, kernel):
    """For square and other sizes, odd kernels and even: all outputs, in reading order."""
    for stage, mode in zip(parse(image, kernel), MODES, strict=True):
        output = conv.correlate(image, kernel, padding=mode)
        cells = stage.select("[data-from]")
        shown = [int(cell.text.replace("−", "-")) for cell in cells]
        assert shown == output.ravel().tolist()
        assert [int(cell["data-from"]) for cell in cells] == list(range(output.size))
        assert stage["data-name"] == mode
        assert (stage["data-count"], stage["data-columns"]) == (
            str(output.size),
            str(output.shape[1]),
        )


def test_the_first_frame_is_the_message():
    """The window at its first place, dashes at its last, and the output complete below."""
    for stage, mode in zip(parse(), MODES, strict=True):
        geometry = conv.Geometry.of(X.shape, W.shape, padding=mode)
        before, size = geometry.pads[0][0], geometry.output_size[0]
        first = 22 * (2 - before)
        last = first + 22 * (size - 1)
        moving = corners(stage, ".cs-move .conv-ring")
        dashed = corners(stage, ":not(.cs-move) > .conv-ring")
        assert [*moving] == [(first, first)] * 2  # in the input, and in the output
        assert [*dashed] == [(last, last)] * 2
        assert all(cell["visibility"] == "hidden" for cell in stage.select("[data-from]"))
        (complete,) = stage.select("[data-at='-1']")
        assert not complete.has_attr("visibility")
        assert len("".join(complete.stripped_strings)) >= size**2


def test_the_image_stands_in_the_same_place():
    """Modes differ in their zeros alone: the frame is that of full in all three."""
    stages = parse()
    assert len({stage.svg["viewbox"] for stage in stages}) == 1
    for stage, zeros in zip(stages, (0, 24, 56), strict=True):
        for role, count in (("input", 25), ("padding", zeros)):
            cells = stage.find("path", fill=re.compile(f"conv-{role}"))
            assert (cells["d"].count("M") if cells else 0) == count
        cells = stage.find("path", fill=re.compile("conv-input"))
        x, y = map(int, cells["d"][1 : cells["d"].index("h")].split())
        (corner,) = set(corners(stage, "g:nth-of-type(1) > g > .cs-move .conv-ring"))
        assert (x + corner[0], y + corner[1]) == (44, 44)


def test_sizes_are_told():
    """The alternative text has the places of all three, and each stage its own."""
    assert [stage.p.string for stage in parse()] == ["9 places", "25 places", "49 places"]
    assert parse(X[:1, :1], W[:1, :1])[0].p.string == "1 place"
    shown = figures.modes(X, W, caption="Modes.", alt="Own words.")
    assert repr(shown) == "Slide: Modes. [Own words.]"


@pytest.mark.parametrize(
    ("image", "kernel", "message"),
    [
        (X[0], W, r"two axes and at most 11 columns in all, not \(5,\) and \(3, 3\)"),
        (X, W[0], r"not \(5, 5\) and \(3,\)"),
        (np.ones((3, 8)), W, r"not \(3, 8\) and \(3, 3\)"),
        (X[:2], W, "kernel"),
    ],
)
def test_modes_that_are_refused(image, kernel, message):
    """What has no place in a stage, and kernels that fit nowhere."""
    with pytest.raises(ValueError, match=message):
        figures.modes(image, kernel, caption="Modes.")
