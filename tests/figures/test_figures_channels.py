"""One output of a filter over several channels, drawn channel by channel."""

from __future__ import annotations

import numpy as np
import pytest
from bs4 import BeautifulSoup

import conv
from conv import figures

X = np.arange(40).reshape(4, 5, 2)
W = np.array([[[1, -2], [0, 3], [5, -1]], [[2, 0], [-4, 1], [1, 1]]])
WORDS = {"caption": "A caption.", "alt": "What it shows."}


@pytest.mark.parametrize("at", [(0, 0), (2, 1)])
def test_the_sums_of_the_channels_make_the_output(at):
    """Each row ends with the sum of its products, and the last grid holds their sum."""
    figure = figures.channels(X, W, names=["one", "two"], at=at, **WORDS)
    soup = BeautifulSoup(figure._repr_html_(), "html.parser")
    titles = [svg.text for svg in soup.select(".conv-panels .conv-panels svg:last-of-type")]
    products = [title for title in titles if "sum" in title]
    sums = [int(t.split("sum ")[1].split()[0].replace("−", "-")) for t in products]
    window = X[at[0] : at[0] + 2, at[1] : at[1] + 3]
    assert sums == (window * W).sum(axis=(0, 1)).tolist()
    output = conv.correlate(X, W, padding="valid")[at]
    last = soup.select("svg")[-1].select("tspan")
    assert int(last[0].text.replace("−", "-")) == output == sum(sums)


def test_a_window_is_framed_in_each_channel():
    """One ring for each channel, in the place of the output."""
    figure = figures.channels(X, W, names=["one", "two"], at=(1, 2), **WORDS)
    soup = BeautifulSoup(figure._repr_html_(), "html.parser")
    rings = [ring["d"] for ring in soup.select(".conv-ring")]
    assert len(rings) == 2
    assert rings[0] == rings[1]


def test_an_output_that_is_not_there():
    """A place beyond the output is an error of the geometry."""
    with pytest.raises(IndexError, match="no output"):
        figures.channels(X, W, names=["one", "two"], at=(3, 0), **WORDS)


def test_a_sum_is_divided():
    """The quotient stands behind the sums, and only where there is a divisor."""
    words = {"names": ["one", "two"], **WORDS}
    total = conv.correlate(X, W, padding="valid")[0, 0]
    texts = [figures.channels(X, W, divisor=d, **words).panels[-1] for d in (1, 4)]
    assert "÷" not in texts[0]
    assert f", ÷ 4 = {total / 4:g}<".replace("-", "−") in texts[1].replace(" <", "<")
