"""The explorer's preset state, and the figure that stands for it without scripts."""

from __future__ import annotations

import numpy as np
import pytest
from bs4 import BeautifulSoup

import conv
from conv import figures
from tests.figures.test_figures import WORDS, cells

X, W = np.arange(12).reshape(3, 4), np.array([[1, 0.5], [-2, 3]])


def element(shown):
    """Parse the custom element of an explorer."""
    return BeautifulSoup(shown._repr_html_(), "html.parser").find("conv-explorer")


def test_the_state_is_in_the_attribute():
    """Sizes and numbers, mode, stride, dilation and operation are written out."""
    shown = figures.explorer(
        X, W, padding="same", stride=(1, 2), flipped=True, at=(2, 1), **WORDS
    )
    assert element(shown)["state"] == (
        "v=1&input=3x4:0,1,2,3,4,5,6,7,8,9,10,11&kernel=2x2:1,0.5,-2,3&padding=same"
        "&stride=1,2&dilation=1,1&op=convolve&at=2,1"
    )
    assert repr(shown).startswith("Explorer: v=1&input=3x4:0,1")


@pytest.mark.parametrize("flipped", [False, True])
def test_without_scripts_it_is_a_figure(flipped):
    """The element holds the figure of the same convolution, with its words."""
    shown = figures.explorer(X, W, stride=(2, 1), flipped=flipped, **WORDS)
    figure = element(shown).figure
    assert figure.figcaption.string == WORDS["caption"]
    operation = conv.convolve if flipped else conv.correlate
    output = operation(X, W, padding="valid", stride=(2, 1))
    drawn = [float(text.replace("−", "-")) for text, _ in cells(figure("svg")[2])]
    assert drawn == output.ravel().tolist()


def test_large_and_small():
    """The large one keeps its state in the address; a small one opens one view."""
    assert element(figures.explorer(X, W, large=True, **WORDS)).has_attr("address")
    small = element(figures.explorer(X, W, view="im2col", **WORDS))
    assert small.has_attr("small")
    assert small["view"] == "im2col"
    chosen = element(figures.explorer(X, W, controls=["padding", "kernel"], **WORDS))
    assert (chosen["view"], chosen["controls"]) == ("", "padding kernel")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            {"view": "table"},
            "view must be one of '', 'matrix', 'im2col', 'scatter', not 'table'",
        ),
        (
            {"controls": ["mode"]},
            "controls must be of 'padding', 'operation', 'kernel', not",
        ),
        ({"inputs": np.ones((13, 1))}, r"inputs must have two axes of 1 to 12.*\(13, 1\)"),
        ({"kernel": np.ones((1, 8))}, r"kernel must have two axes of 1 to 7.*\(1, 8\)"),
        ({"kernel": [1, 2]}, r"kernel must have two axes"),
        ({"at": (0, 3)}, r"at must be a place in the output \(2, 3\), not \(0, 3\)"),
    ],
)
def test_what_it_cannot_show_is_refused(options, message):
    """Sizes and views beyond the explorer's are errors that say what is allowed."""
    with pytest.raises(ValueError, match=message):
        figures.explorer(**({"inputs": X, "kernel": W} | options), **WORDS)
